-- What the model of a step was really sent: the provider's request, gzipped JSON, of the last steps of each agent.
create table sent_prompt (
  agent_id text not null references agent (id) on delete cascade,
  organization_id text not null,
  created_at bigint not null,
  step_id text not null,
  request ${blob} not null,
  primary key (agent_id, created_at, step_id)
);
