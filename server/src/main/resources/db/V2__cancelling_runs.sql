-- A run that somebody asked to stop while another server works on it: that server sees the wish within a second.
alter table run add column cancel_requested boolean not null default false;

-- Requests that may have waited too long (partial: requests are few, messages are many).
create index message_asking on message (created_at) where role = 'approval';
