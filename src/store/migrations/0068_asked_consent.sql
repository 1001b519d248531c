-- A professional may ask the citizen for their consent: a proposal like those other systems report, with who asks and why.
-- `asked` is sealed: what somebody is called and why they ask is for the citizen, not for the table.
alter table consent_proposal add column asked_by text, add column asked text;
create index consent_proposal_asked_by on consent_proposal (asked_by, identity_id) where asked_by is not null;
