-- What belongs to one number rather than to whoever it is one citizen with today: parted again by a split, erased with
-- it. And which records cannot be parted per person.

-- The citizen a representation was given for before a merge; absent: the one it is with.
alter table representation add column home_id uuid references citizen;

-- Every enrolled subject of the quarantined body, by the number's own citizen: whoever of them ends takes it along.
alter table quarantine add column homes uuid[] not null default '{}';
create index quarantine_homes on quarantine using gin (homes);

-- Its text is about all of its subjects at once: it must be read anew when one of them is no longer enrolled.
alter table record add column mixed boolean not null default false;
