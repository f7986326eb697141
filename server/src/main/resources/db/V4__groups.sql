-- Groups of agents, runs that agents start, and what is told to callback addresses when a run has ended.

-- A group (contract 08 §8.1). is_automatic: made with its main agent by enable_sleeptime, and goes with it. A manager that is deleted takes
-- its groups along; members stay.
create table agent_group (
  id text not null primary key,
  organization_id text not null references organization (id),
  manager_type text not null,
  manager_agent_id text references agent (id) on delete cascade,
  description text not null,
  termination_token text,
  max_turns integer,
  sleeptime_agent_frequency integer,
  turns_counter integer,
  last_processed_message_id text,
  max_message_buffer_length integer,
  min_message_buffer_length integer,
  hidden boolean,
  is_automatic boolean not null,
  project_id text,
  template_id text,
  base_template_id text,
  deployment_id text,
  created_at bigint not null,
  updated_at bigint not null,
  created_by_id text,
  last_updated_by_id text
);
create index agent_group_by_time on agent_group (organization_id, created_at, id);
create index agent_group_by_manager on agent_group (manager_agent_id);

-- Who belongs to a group, in speaking order. An agent that is deleted stays named here (contract 08 §8.1), so agent_id refers to nothing.
create table group_member (
  group_id text not null references agent_group (id) on delete cascade,
  position integer not null,
  agent_id text not null,
  primary key (group_id, position)
);
create index group_member_by_agent on group_member (agent_id);

-- Blocks that were given to all members and to the manager.
create table group_block (
  group_id text not null references agent_group (id) on delete cascade,
  block_id text not null references block (id) on delete cascade,
  position bigint not null,
  primary key (group_id, block_id)
);

-- Turns of a main agent that its background agents have not read yet.
create table group_turn (
  group_id text not null references agent_group (id) on delete cascade,
  run_id text not null references run (id) on delete cascade,
  position bigint not null,
  primary key (group_id, run_id)
);

create index message_by_group on message (group_id, created_at, id) where group_id is not null;

-- Where a run comes from: caller_run_id is the run whose tool started it, caller_waits says whether that tool waits for the answer,
-- chain_depth how many agents passed the matter on before. group_id: the group on whose behalf it runs.
alter table run add column caller_run_id text;
alter table run add column caller_waits boolean not null default false;
alter table run add column chain_depth integer not null default 0;
alter table run add column group_id text;
create index run_by_caller on run (caller_run_id) where caller_run_id is not null;

-- What became of the last try to tell callback_url that the run has ended.
alter table run add column callback_sent_at bigint;
alter table run add column callback_status_code integer;
alter table run add column callback_error text;

-- Runs whose end is still to be told to their callback_url. attempts: tries so far. due_at: not before.
create table callback_due (
  run_id text not null primary key references run (id) on delete cascade,
  organization_id text not null,
  attempts integer not null,
  due_at bigint not null
);
create index callback_due_by_time on callback_due (due_at);
