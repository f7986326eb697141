-- Users and organisations over REST, and providers with keys of an organisation's own.

alter table organization add column privileged_tools boolean not null default false;
alter table person add column updated_at bigint;

-- api_key_enc and access_key_enc: sealed. last_synced_at: when its models were last listed; null: never, or it failed.
create table provider (
  id text not null primary key,
  organization_id text not null references organization (id),
  name text not null,
  provider_type text not null,
  api_key_enc text,
  access_key_enc text,
  base_url text,
  region text,
  api_version text,
  created_at bigint not null,
  updated_at bigint not null,
  last_synced_at bigint,
  unique (organization_id, name)
);
create index provider_by_time on provider (organization_id, created_at, id);
