-- Tools that people write: earlier sources, and what every sandbox of an organisation gets.

-- schema_given: the client brought the json_schema, so it is not derived anew when the source changes.
alter table tool add column schema_given boolean not null default false;

-- What a tool was before its source was overwritten or changed. version counts from 1; the newest one stands in the tool itself.
create table tool_version (
  tool_id text not null references tool (id) on delete cascade,
  version integer not null,
  organization_id text not null,
  source_type text,
  source_code text not null,
  json_schema text,
  args_json_schema text,
  replaced_at bigint not null,
  replaced_by_id text,
  primary key (tool_id, version)
);

-- Settings of the sandboxes of an organisation, one per kind (local, e2b, modal; contract 12.6).
create table sandbox_config (
  id text not null primary key,
  organization_id text not null references organization (id),
  kind text not null,
  config text not null,
  created_at bigint not null,
  updated_at bigint not null,
  created_by_id text,
  last_updated_by_id text,
  unique (organization_id, kind)
);

-- Environment values that every tool of the organisation sees; value_enc is sealed.
create table sandbox_env (
  id text not null primary key,
  sandbox_config_id text not null references sandbox_config (id) on delete cascade,
  organization_id text not null,
  env_key text not null,
  value_enc text not null,
  description text,
  created_at bigint not null,
  updated_at bigint not null,
  created_by_id text,
  last_updated_by_id text,
  unique (sandbox_config_id, env_key)
);
