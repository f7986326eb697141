-- Every table of Mneme. Runs on SQLite and on PostgreSQL; ${blob} is `blob` or `bytea`.
-- Times are bigint microseconds since 1970 UTC. JSON is text. Ids are `<kind>-<uuid4>` (contract 12.1).
-- change_seq: strictly rising per server (base.Clock.next), so that an index can follow what changed.

create table organization (
  id text not null primary key,
  name text not null,
  created_at bigint not null
);

create table person (
  id text not null primary key,
  organization_id text not null references organization (id),
  name text not null,
  created_at bigint not null
);

-- Facts about this server: hash of the generated password, id of this installation.
create table setting (
  name text not null primary key,
  value text not null
);

create table agent (
  id text not null primary key,
  organization_id text not null references organization (id),
  name text not null,
  agent_type text not null,
  system text not null,
  description text,
  metadata text,
  llm_config text not null,
  embedding_config text,
  compaction_settings text,
  response_format text,
  tool_rules text not null,
  timezone text not null,
  message_buffer_autoclear boolean not null,
  enable_sleeptime boolean,
  max_files_open integer,
  per_file_view_window_char_limit integer,
  hidden boolean,
  project_id text,
  template_id text,
  base_template_id text,
  deployment_id text,
  entity_id text,
  last_run_completion bigint,
  last_run_duration_ms bigint,
  last_stop_reason text,
  created_at bigint not null,
  updated_at bigint not null,
  created_by_id text,
  last_updated_by_id text
);
create index agent_by_time on agent (organization_id, created_at, id);
create index agent_by_name on agent (organization_id, name);

create table agent_tag (
  agent_id text not null references agent (id) on delete cascade,
  tag text not null,
  primary key (agent_id, tag)
);
create index agent_tag_by_tag on agent_tag (tag, agent_id);

create table agent_secret (
  id text not null primary key,
  agent_id text not null references agent (id) on delete cascade,
  organization_id text not null,
  secret_key text not null,
  value_enc text not null,
  description text,
  created_at bigint not null,
  updated_at bigint not null,
  created_by_id text,
  last_updated_by_id text,
  unique (agent_id, secret_key)
);

create table block (
  id text not null primary key,
  organization_id text not null references organization (id),
  label text not null,
  value text not null,
  char_limit integer not null,
  description text,
  read_only boolean not null,
  is_template boolean not null,
  template_name text,
  metadata text not null,
  hidden boolean,
  preserve_on_migration boolean not null,
  project_id text,
  template_id text,
  base_template_id text,
  deployment_id text,
  entity_id text,
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  created_by_id text,
  last_updated_by_id text
);
create index block_by_time on block (organization_id, created_at, id);
create index block_by_label on block (organization_id, label);

create table block_tag (
  block_id text not null references block (id) on delete cascade,
  tag text not null,
  primary key (block_id, tag)
);
create index block_tag_by_tag on block_tag (tag, block_id);

create table agent_block (
  agent_id text not null references agent (id) on delete cascade,
  block_id text not null references block (id) on delete cascade,
  label text not null,
  position bigint not null,
  primary key (agent_id, block_id),
  unique (agent_id, label)
);
create index agent_block_by_block on agent_block (block_id);

create table tool (
  id text not null primary key,
  organization_id text not null references organization (id),
  name text not null,
  tool_type text not null,
  source_type text,
  source_code text,
  description text,
  json_schema text,
  args_json_schema text,
  tags text not null,
  return_char_limit integer not null,
  default_requires_approval boolean,
  enable_parallel_execution boolean not null,
  pip_requirements text,
  npm_requirements text,
  project_id text,
  metadata text not null,
  created_at bigint not null,
  updated_at bigint not null,
  created_by_id text,
  last_updated_by_id text,
  unique (organization_id, name)
);

create table agent_tool (
  agent_id text not null references agent (id) on delete cascade,
  tool_id text not null references tool (id) on delete cascade,
  position bigint not null,
  primary key (agent_id, tool_id)
);
create index agent_tool_by_tool on agent_tool (tool_id);

-- Every message ever said (recall memory). The rows of a run's input have is_input true.
create table message (
  id text not null primary key,
  organization_id text not null,
  agent_id text not null references agent (id) on delete cascade,
  conversation_id text,
  role text not null,
  content text not null,
  tool_calls text,
  tool_returns text,
  approval text,
  name text,
  otid text,
  sender_id text,
  group_id text,
  model text,
  step_id text,
  run_id text,
  is_input boolean not null,
  is_err boolean,
  created_at bigint not null,
  updated_at bigint not null,
  change_seq bigint not null,
  created_by_id text
);
create index message_by_agent on message (agent_id, created_at, id);
create index message_by_run on message (run_id, created_at, id);
create index message_by_time on message (organization_id, created_at, id);
create index message_by_change on message (change_seq);
create index message_by_step on message (step_id);

-- How many messages an agent has; kept with them, so that a turn costs the same after 100,000 of them.
create table message_count (
  agent_id text not null primary key references agent (id) on delete cascade,
  messages bigint not null
);

-- What is in the context window of a thread (an agent's id, or one day a conversation's), in order. Position 0 is the system message.
create table context_entry (
  thread_id text not null,
  position bigint not null,
  message_id text not null references message (id) on delete cascade,
  primary key (thread_id, position)
);
create index context_entry_by_message on context_entry (message_id);

-- Vectors of messages, computed behind the conversation; derived, never the truth.
create table message_vector (
  message_id text not null primary key references message (id) on delete cascade,
  model text not null,
  embedding ${blob} not null
);

create table archive (
  id text not null primary key,
  organization_id text not null references organization (id),
  name text not null,
  description text,
  embedding_config text,
  vector_db_provider text not null,
  metadata text,
  passage_count bigint not null default 0,
  created_at bigint not null,
  updated_at bigint not null,
  created_by_id text,
  last_updated_by_id text
);
create index archive_by_time on archive (organization_id, created_at, id);

-- How many passages of an archive carry a tag; kept with them, so that a prompt need not read the passages.
create table archive_tag (
  archive_id text not null references archive (id) on delete cascade,
  tag text not null,
  passages bigint not null,
  primary key (archive_id, tag)
);

create table agent_archive (
  agent_id text not null primary key references agent (id) on delete cascade,
  archive_id text not null references archive (id) on delete cascade,
  is_owner boolean not null,
  created_at bigint not null
);
create index agent_archive_by_archive on agent_archive (archive_id);

-- embedding: little-endian float32, as many as the model gives (no padding); null when the archive has no embedder.
create table passage (
  id text not null primary key,
  organization_id text not null,
  archive_id text not null references archive (id) on delete cascade,
  text text not null,
  tags text,
  metadata text not null,
  embedding ${blob},
  embedding_model text,
  created_at bigint not null,
  updated_at bigint not null,
  change_seq bigint not null,
  created_by_id text,
  last_updated_by_id text
);
create index passage_by_archive on passage (archive_id, created_at, id);
create index passage_by_time on passage (organization_id, created_at, id);
create index passage_by_change on passage (change_seq);

-- What the search index must forget: kind is `passage`, `message`, `archive` or `agent` (all entries of that owner).
create table tombstone (
  change_seq bigint not null primary key,
  kind text not null,
  entity_id text not null
);

-- One request to an agent. input holds what was asked until the turn starts; otid_key and body_hash make repeats join it.
create table run (
  id text not null primary key,
  organization_id text not null,
  agent_id text not null references agent (id) on delete cascade,
  thread_id text not null,
  conversation_id text,
  status text not null,
  stop_reason text,
  background boolean not null,
  streaming boolean not null,
  input text not null,
  request_config text not null,
  metadata text not null,
  otid_key text,
  body_hash text,
  usage text,
  error text,
  callback_url text,
  created_at bigint not null,
  started_at bigint,
  completed_at bigint,
  ttft_ns bigint,
  total_duration_ns bigint,
  created_by_id text
);
create index run_by_time on run (organization_id, created_at, id);
create index run_by_agent on run (agent_id, created_at, id);
create index run_by_thread on run (thread_id, status, created_at);
create index run_by_status on run (status, created_at);
create index run_by_otid on run (thread_id, otid_key);
create index run_by_body on run (thread_id, body_hash, created_at);

-- The one turn that may run on a thread. until: lease end, renewed by heartbeat.
create table lease (
  thread_id text not null primary key,
  run_id text not null,
  owner text not null,
  until bigint not null
);

-- The numbered records of a run, as readers get them, several in one row: seq is the first number, last_seq the last;
-- each line of data is a record: `data JSON`, `error JSON` or `data [DONE]`.
create table run_event (
  run_id text not null references run (id) on delete cascade,
  seq bigint not null,
  last_seq bigint not null,
  data text not null,
  created_at bigint not null,
  primary key (run_id, seq)
);
create index run_event_by_time on run_event (created_at);

-- One model call and the tools that it asked for.
create table step (
  id text not null primary key,
  organization_id text not null,
  agent_id text not null references agent (id) on delete cascade,
  run_id text not null,
  status text not null,
  stop_reason text,
  provider_name text,
  provider_category text,
  model text,
  model_handle text,
  model_endpoint text,
  context_window_limit integer,
  prompt_tokens integer,
  completion_tokens integer,
  total_tokens integer,
  cached_input_tokens integer,
  cache_write_tokens integer,
  reasoning_tokens integer,
  error_type text,
  error_data text,
  feedback text,
  tags text not null,
  llm_request_ns bigint,
  tool_execution_ns bigint,
  step_ns bigint,
  created_at bigint not null
);
create index step_by_run on step (run_id, created_at);
create index step_by_agent on step (agent_id, created_at);
