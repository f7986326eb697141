-- Servers of the Model Context Protocol, and which tools came from which.

-- server_type: stdio, sse or streamable_http. config_enc: address, token, headers or command, sealed JSON. failure: why the last
-- connection came to nothing.
create table mcp_server (
  id text not null primary key,
  organization_id text not null references organization (id),
  server_name text not null,
  server_type text not null,
  config_enc text not null,
  failure text,
  created_at bigint not null,
  updated_at bigint not null,
  created_by_id text,
  last_updated_by_id text,
  unique (organization_id, server_name)
);

-- remote_name: what the server itself calls the tool.
create table mcp_tool (
  server_id text not null references mcp_server (id) on delete cascade,
  tool_id text not null references tool (id) on delete cascade,
  organization_id text not null,
  remote_name text not null,
  primary key (server_id, tool_id)
);
create index mcp_tool_by_tool on mcp_tool (tool_id);
