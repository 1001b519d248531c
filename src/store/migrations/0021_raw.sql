-- An unchanged source record is recognised before it is mapped: every record that came of it carries the fingerprint of the
-- raw body, of whom it is about and of what translates it, and how many records came of it. Null: always map.
alter table record add column raw_hash bytea, add column raw_parts smallint;
