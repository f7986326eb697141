-- What only the hosted service had besides: templates of agents, tokens for web pages, environments.

-- A template of agents. current: the agent file that is being worked on, JSON. latest: the number of the newest saved version.
create table template (
  id text not null primary key,
  organization_id text not null references organization (id),
  project_id text not null,
  name text not null,
  description text,
  current text not null,
  latest integer not null,
  created_at bigint not null,
  updated_at bigint not null,
  created_by_id text,
  unique (organization_id, project_id, name)
);
create index template_by_time on template (organization_id, created_at, id);

-- What was saved of a template, never changed.
create table template_version (
  template_id text not null references template (id) on delete cascade,
  version integer not null,
  id text not null unique,
  message text,
  file text not null,
  created_at bigint not null,
  primary key (template_id, version)
);

-- Which agent was made from which template. variables: what was filled into its blocks, JSON object of texts.
create table template_agent (
  agent_id text not null primary key references agent (id) on delete cascade,
  template_id text not null references template (id) on delete cascade,
  version integer not null,
  deployment_id text not null,
  variables text not null
);
create index template_agent_by_template on template_agent (template_id);
create index template_agent_by_deployment on template_agent (deployment_id);

-- A token that a page in a browser may hold. hash: SHA-256 of the whole of it. policy: JSON array of {type, id, access}.
create table access_token (
  id text not null primary key,
  hash text not null,
  organization_id text not null references organization (id),
  user_id text not null,
  hostname text not null,
  policy text not null,
  expires_at bigint not null,
  created_at bigint not null
);
create index access_token_by_time on access_token (organization_id, created_at);
create index access_token_by_end on access_token (expires_at);

-- A machine that works for agents and says so now and then. last_heartbeat: null once it said goodbye.
create table environment (
  id text not null primary key,
  organization_id text not null references organization (id),
  device_id text not null,
  connection_id text,
  name text not null,
  metadata text,
  user_id text,
  first_seen_at bigint not null,
  last_seen_at bigint not null,
  connected_at bigint,
  last_heartbeat bigint,
  unique (organization_id, device_id)
);
create index environment_by_time on environment (organization_id, first_seen_at, id);
