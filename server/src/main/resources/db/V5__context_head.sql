-- Which state a thread's context is in: a new number whenever anything but rows at its end changed, so that a server may keep the context in
-- memory and read only what was added. A thread without a row here is read as a whole each time.
create table context_head (
  thread_id text not null primary key,
  agent_id text not null references agent (id) on delete cascade,
  revision bigint not null
);
create index context_head_by_agent on context_head (agent_id);
