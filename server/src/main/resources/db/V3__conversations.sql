-- Threads of their own beside an agent's default one, and batches of requests.

-- summary is a title that people give. model and model_settings: instead of the agent's; null: as the agent.
-- A deleted conversation keeps its row, so that its runs still say where they belonged; its messages and private blocks go.
create table conversation (
  id text not null primary key,
  organization_id text not null references organization (id),
  agent_id text not null references agent (id) on delete cascade,
  summary text,
  model text,
  model_settings text,
  last_message_at bigint,
  last_run_completion bigint,
  deleted_at bigint,
  created_at bigint not null,
  updated_at bigint not null,
  created_by_id text,
  last_updated_by_id text
);
create index conversation_by_time on conversation (organization_id, created_at, id);
create index conversation_by_agent on conversation (agent_id, created_at, id);

-- The private copies of blocks that a conversation sees instead of its agent's. block_id null: the conversation gave the block up.
create table conversation_block (
  conversation_id text not null references conversation (id) on delete cascade,
  shared_block_id text not null,
  block_id text references block (id) on delete set null,
  position bigint not null,
  primary key (conversation_id, shared_block_id)
);
create index conversation_block_by_block on conversation_block (block_id);

-- Messages of other threads that a fork took over without copying them.
create table shared_message (
  conversation_id text not null references conversation (id) on delete cascade,
  message_id text not null references message (id) on delete cascade,
  primary key (conversation_id, message_id)
);
create index shared_message_by_message on shared_message (message_id);

create index message_by_conversation on message (conversation_id, created_at, id);

-- Many requests handed in at once. status: created, running, completed, cancelled.
create table batch (
  id text not null primary key,
  organization_id text not null references organization (id),
  status text not null,
  callback_url text,
  created_at bigint not null,
  updated_at bigint not null,
  completed_at bigint,
  created_by_id text
);
create index batch_by_time on batch (organization_id, created_at, id);
create index batch_by_status on batch (status);

-- One request of a batch. request: as the desk takes it in, JSON. run_id: once it was. error: why it was not.
create table batch_item (
  batch_id text not null references batch (id) on delete cascade,
  position bigint not null,
  agent_id text not null,
  request text not null,
  run_id text,
  error text,
  primary key (batch_id, position)
);
create index batch_item_by_run on batch_item (run_id);
