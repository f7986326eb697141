-- What became of the last try to tell callback_url that the batch has ended.
alter table batch add column callback_sent_at bigint;
alter table batch add column callback_status_code integer;
alter table batch add column callback_error text;

-- Batches whose end is still to be told to their callback_url, as callback_due for runs. attempts: tries so far. due_at: not before.
create table batch_callback_due (
  batch_id text not null primary key references batch (id) on delete cascade,
  organization_id text not null,
  attempts integer not null,
  due_at bigint not null
);
create index batch_callback_due_by_time on batch_callback_due (due_at);
