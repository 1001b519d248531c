-- Consents that a source tells, where configuration believes it: which source, which of its records, on which day.

alter table consent
  -- The configured source that said so; null: said in the hub.
  add column source text,
  add column source_record uuid,
  -- The day it was given, as the source has it.
  add column source_day date;
create index consent_source_record on consent (source_record) where source_record is not null;

-- That a source's record of a consent is there, and whose: its end, its deletion and the end of the enrolment find the
-- consent by it. What is about the record itself (key, source, fingerprint) stands in record, like of any other.
create table source_consent (
  record_id uuid not null,
  identity_id bigint not null references identity,
  -- When the source wrote what was told last: what is older comes too late.
  told_at timestamptz,
  primary key (record_id, identity_id)
);
create index source_consent_identity on source_consent (identity_id);
