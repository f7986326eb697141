-- Rows of agents are wide. What lists ask of all of them stands in the index, so that only the rows of the page are read.
create index agent_listed on agent (organization_id, created_at, id, hidden, name);
drop index agent_by_time;
create index agent_by_last_run on agent (organization_id, (coalesce(last_run_completion, -1)), id);
