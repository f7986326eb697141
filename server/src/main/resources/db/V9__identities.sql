-- People and organisations outside: who an agent or a block belongs to, by the key that the caller's own system knows them by.

-- properties: JSON array of {key, value, type}. project_id '' stands for none, so that the key is unique there too.
create table identity (
  id text not null primary key,
  organization_id text not null references organization (id),
  identifier_key text not null,
  name text not null,
  identity_type text not null,
  project_id text not null,
  properties text not null,
  created_at bigint not null,
  updated_at bigint not null,
  created_by_id text,
  last_updated_by_id text,
  unique (organization_id, identifier_key, project_id)
);
create index identity_by_time on identity (organization_id, created_at, id);

create table identity_agent (
  identity_id text not null references identity (id) on delete cascade,
  agent_id text not null references agent (id) on delete cascade,
  primary key (identity_id, agent_id)
);
create index identity_agent_by_agent on identity_agent (agent_id);

create table identity_block (
  identity_id text not null references identity (id) on delete cascade,
  block_id text not null references block (id) on delete cascade,
  primary key (identity_id, block_id)
);
create index identity_block_by_block on identity_block (block_id);
