-- What a block held before each change of its value, label, description or limit.
-- version: the block's number while it held this. replaced_by_id: the user who changed it; null: an agent, by a tool.
create table block_version (
  block_id text not null references block (id) on delete cascade,
  organization_id text not null,
  version bigint not null,
  label text not null,
  value text not null,
  char_limit integer not null,
  description text,
  replaced_at bigint not null,
  replaced_by_id text,
  primary key (block_id, version)
);
