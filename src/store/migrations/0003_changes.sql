-- The change log. Order is commit order: the lock is the last thing a transaction takes, and it is released only after
-- the transaction has become visible, so a reader that has seen position n will never see a smaller one appear later.

create table change (
  position bigint primary key,
  at timestamptz not null default clock_timestamp(),
  citizen_id uuid not null,
  -- Absent: look at this citizen again (consent, protection, enrolment, merge).
  record_id uuid,
  op text not null check (op in ('created', 'changed', 'removed', 'look'))
);
create index change_record on change (record_id) where record_id is not null;
-- The last change of a citizen: whether what was decided for a reader still stands.
create index change_citizen on change (citizen_id, position desc);
create sequence change_position owned by change.position;

create function append_changes(citizens uuid[], records uuid[], ops text[]) returns bigint
language plpgsql as $$
declare last bigint;
begin
  if coalesce(cardinality(citizens), 0) = 0 then return null; end if;
  perform pg_advisory_xact_lock(7265741);
  insert into change (position, citizen_id, record_id, op)
  select nextval('change_position'), c, r, o
  from unnest(citizens, records, ops) with ordinality as t(c, r, o, n) order by n;
  select max(position) into last from change;
  -- Wakes long polls; carries nothing about anyone.
  perform pg_notify('samspil_change', '');
  return last;
end $$;
