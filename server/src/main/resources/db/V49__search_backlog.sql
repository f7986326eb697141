-- What an owner has that the search index has not taken in yet: found without reading the rows of others.
create index passage_by_archive_change on passage (archive_id, change_seq);
create index message_by_agent_change on message (agent_id, change_seq);
create index file_passage_by_folder_change on file_passage (folder_id, change_seq);
