-- Keys of the API besides the server's password. hash: SHA-256 of the whole key, hex. prefix: its beginning, which may be shown.
-- role: admin, read_only, agent. agent_ids: separated by commas, of role agent only. user_id: on whose behalf requests with it act.
create table api_key (
  id text not null primary key,
  organization_id text not null references organization (id),
  user_id text not null references person (id),
  name text not null,
  role text not null,
  agent_ids text not null,
  prefix text not null unique,
  hash text not null,
  created_at bigint not null,
  last_used_at bigint,
  expires_at bigint,
  revoked_at bigint
);
create index api_key_by_time on api_key (organization_id, created_at, id);
