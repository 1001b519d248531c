-- Network meetings, the coordinating contact and ratings are born here too, in the manner of 0037.

alter table born_record drop constraint born_record_kind_check;
alter table born_record add constraint born_record_kind_check
  check (kind in ('comment', 'agreement', 'request', 'appointment', 'contact', 'rating'));

-- A meeting convened here, beside its record (an appointment): who is asked to it and what its agenda is about, in the
-- order of the record's own lists, and what the citizen says. Goes with the record.
create table meeting (
  record_id uuid primary key references record on delete cascade,
  -- Consent's recipients; null where a participant is named without an id.
  recipients text[] not null,
  -- The record each line of the agenda is about; null where none.
  agenda uuid[] not null,
  purposes text[] not null,
  -- So long after the meeting what was said yes to stays open.
  days_after int not null,
  -- Absent: asked and not answered.
  answer text check (answer in ('accepted', 'declined')),
  answered_at timestamptz
);

-- What a yes to a meeting would let its participants see, one record and recipient each: a proposal like those of other
-- systems, answered with the meeting or each for itself.
alter table consent_proposal
  add column meeting_id uuid,
  add column record_id uuid;
create index consent_proposal_meeting on consent_proposal (meeting_id) where meeting_id is not null;
