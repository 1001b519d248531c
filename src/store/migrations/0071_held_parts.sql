-- One held deletion per source and kind, for as long as pulls find it again: same id, however often it is found and however
-- many citizens it is about. What is held lies in parts: what a complete load missed, and what looks at single citizens missed.
create table held_part (
  deletion_id bigint not null references held_deletion on delete cascade,
  -- Null: a complete load, or keys that were told to be gone.
  citizen_id uuid references citizen,
  -- A page of a later load may have seen some of them again.
  load bigint not null,
  stored int not null,
  missing int not null,
  record_ids uuid[] not null,
  -- The last time it was found.
  found_at timestamptz not null default now(),
  unique nulls not distinct (deletion_id, citizen_id)
);
create index held_part_citizen on held_part (citizen_id) where citizen_id is not null;

alter table held_deletion
  add column last_found_at timestamptz not null default now(),
  -- How often records have come to it since it was first held; who approves says which of these was looked at.
  add column growth int not null default 0,
  -- Held records that the source showed again, and those that went.
  add column returned int not null default 0,
  add column removed int not null default 0;
update held_deletion set last_found_at = held_at, removed = case when state = 'approved' then missing else 0 end;

-- The oldest of a kind's open ones becomes the one.
insert into held_part (deletion_id, citizen_id, load, stored, missing, record_ids, found_at)
  select min(id) over (partition by source, kind), citizen_id, load, stored, missing, record_ids, held_at
  from held_deletion where state = 'held';
update held_deletion h set state = 'overtaken', decided_at = now()
  where state = 'held' and exists (
    select from held_deletion o where o.source = h.source and o.kind = h.kind and o.state = 'held' and o.id < h.id);
update held_deletion h set missing = p.missing, stored = p.stored, last_found_at = p.found_at from (
    select deletion_id, sum(missing) as missing, coalesce(max(stored) filter (where citizen_id is null), sum(stored)) as stored,
      max(found_at) as found_at from held_part group by deletion_id) p
  where h.id = p.deletion_id;

drop index held_deletion_open;
alter table held_deletion drop column citizen_id, drop column load, drop column record_ids;
create unique index held_deletion_open on held_deletion (source, kind) where state = 'held';
