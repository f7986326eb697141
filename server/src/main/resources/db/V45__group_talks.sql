-- Talks of groups that are not over; a group has one at a time. opening: what was said to the group, JSON. speakers: who takes part and how
-- it goes on, as of its begin, JSON. owner: the server that leads it, until: no longer than that without a sign of life. Its turns are runs
-- with talk_id and a number as their key. Times in microseconds since 1970 UTC.
create table group_talk (
  group_id text not null primary key references agent_group (id) on delete cascade,
  organization_id text not null,
  talk_id text not null,
  opening text not null,
  speakers text not null,
  owner text not null,
  until bigint not null,
  created_at bigint not null
);
