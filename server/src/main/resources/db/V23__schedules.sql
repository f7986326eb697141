-- Messages sent at a time.

-- A message that is sent to an agent later. request: as the desk takes it in, JSON; message: as its caller wrote it, for lists.
-- cron: null for one time. scheduled_at: the one time. zone: where cron's hours are meant.
-- next_at: when it is due, null when it is not to come again, which is so since over_at. run_id, ran_at, error: what became of the last time.
create table schedule (
  id text not null primary key,
  organization_id text not null references organization (id),
  agent_id text not null references agent (id) on delete cascade,
  request text not null,
  message text not null,
  cron text,
  scheduled_at bigint,
  zone text not null,
  next_at bigint,
  over_at bigint,
  run_id text,
  ran_at bigint,
  error text,
  created_at bigint not null,
  created_by_id text
);
create index schedule_by_time on schedule (organization_id, created_at, id);
create index schedule_by_agent on schedule (agent_id, created_at, id);
create index schedule_due on schedule (next_at) where next_at is not null;
