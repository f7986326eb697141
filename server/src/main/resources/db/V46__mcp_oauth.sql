-- People signing in at MCP servers by OAuth, and the tokens that came of it (decision 0030).

-- id: mcp-oauth-<8 hex>. url_hash: SHA-256 of the server's address, hex. state_hash: the same of what the browser must bring back.
-- status: pending, authorized or error; claimed: the browser came back, so nobody may come back again. failure: why it is error.
-- grant_enc: address, endpoints, client and verifier, sealed JSON. tokens_enc: the tokens, sealed JSON. version: counts the tokens.
-- refreshing_until: one server of those on this database is getting new tokens. Times in microseconds since 1970 UTC.
create table mcp_oauth (
  id text not null primary key,
  organization_id text not null references organization (id),
  user_id text not null references person (id) on delete cascade,
  url_hash text not null,
  state_hash text not null unique,
  status text not null,
  claimed boolean not null default false,
  failure text,
  grant_enc text not null,
  tokens_enc text,
  version bigint not null default 0,
  refreshing_until bigint not null default 0,
  created_at bigint not null,
  updated_at bigint not null,
  expires_at bigint not null
);
create index mcp_oauth_by_address on mcp_oauth (organization_id, url_hash, user_id);
