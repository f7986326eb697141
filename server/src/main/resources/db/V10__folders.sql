-- Folders of files (sources, in older words), what was read from the files, and which agents see them.

create table folder (
  id text not null primary key,
  organization_id text not null references organization (id),
  name text not null,
  description text,
  instructions text,
  metadata text,
  embedding_config text not null,
  created_at bigint not null,
  updated_at bigint not null,
  created_by_id text,
  last_updated_by_id text,
  unique (organization_id, name)
);
create index folder_by_time on folder (organization_id, created_at, id);

-- file_name: without the folder's name, unique in the folder. status: pending, parsing, embedding, completed, error.
-- spooled: whether the upload itself still lies in the data folder of the server `owner`; once it is read, it is deleted.
-- job_deleted: old clients no longer want to see the job that stands for it.
-- lease_until: the server `owner` works on it until then, unless it says so again. chunks_embedded counts vectors.
create table folder_file (
  id text not null primary key,
  organization_id text not null,
  folder_id text not null references folder (id) on delete cascade,
  file_name text not null,
  original_file_name text not null,
  file_type text not null,
  file_size bigint not null,
  status text not null,
  error_message text,
  total_chunks integer,
  chunks_embedded integer,
  spooled boolean not null,
  job_deleted boolean not null,
  owner text not null,
  lease_until bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  created_by_id text,
  unique (folder_id, file_name)
);
create index folder_file_by_folder on folder_file (folder_id, created_at, id);
create index folder_file_by_status on folder_file (status, lease_until);
create index folder_file_by_time on folder_file (organization_id, created_at, id);

-- The text of a file, once it is read.
create table file_content (
  file_id text not null primary key references folder_file (id) on delete cascade,
  content text not null
);

-- A piece of a file's text, in order. embedding: little-endian float32; null until it is embedded.
create table file_passage (
  id text not null primary key,
  organization_id text not null,
  folder_id text not null references folder (id) on delete cascade,
  file_id text not null references folder_file (id) on delete cascade,
  position integer not null,
  text text not null,
  embedding ${blob},
  embedding_model text,
  created_at bigint not null,
  change_seq bigint not null,
  unique (file_id, position)
);
create index file_passage_by_folder on file_passage (folder_id, created_at, id);
create index file_passage_by_change on file_passage (change_seq);

create table agent_folder (
  agent_id text not null references agent (id) on delete cascade,
  folder_id text not null references folder (id) on delete cascade,
  created_at bigint not null,
  primary key (agent_id, folder_id)
);
create index agent_folder_by_folder on agent_folder (folder_id);

-- A file that an agent can see. visible_content: what is in its prompt, already cut to the agent's limit; null when it is closed.
-- start_line, end_line: 1-based and inclusive, null: from the start, to the end.
create table agent_file (
  id text not null primary key,
  agent_id text not null references agent (id) on delete cascade,
  file_id text not null references folder_file (id) on delete cascade,
  folder_id text not null references folder (id) on delete cascade,
  is_open boolean not null,
  visible_content text,
  start_line integer,
  end_line integer,
  last_accessed_at bigint not null,
  unique (agent_id, file_id)
);
create index agent_file_by_file on agent_file (file_id);
