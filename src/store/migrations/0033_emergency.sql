-- Why somebody took emergency access can tell as much as a journal: it is sealed.
alter table emergency_access add column reason_cipher bytea;
alter table emergency_access alter column reason drop not null;
