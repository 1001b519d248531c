-- What a reader's tag is made of: fingerprints of the two texts themselves, so that a change in something a reader is not
-- shown moves nothing of what they are. Absent until the record next changes.
alter table record_body add column shown_hash bytea, add column stripped_hash bytea;
