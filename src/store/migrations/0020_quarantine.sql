-- Quarantine by cause: when a key's latest version arrived, in the order versions arrived; and what was given up on purpose.

create sequence quarantine_arrival;
alter table quarantine
  -- Drawn anew whenever a newer version of the same key takes the place of the one that waits: replay goes by it.
  add column arrival bigint not null default nextval('quarantine_arrival'),
  add column last_received_at timestamptz not null default now(),
  add column decided_at timestamptz,
  add column decided_by text,
  add column reason text;
alter sequence quarantine_arrival owned by quarantine.arrival;
update quarantine set arrival = t.n, last_received_at = received_at
  from (select id, row_number() over (order by id) as n from quarantine) t where t.id = quarantine.id;
select setval('quarantine_arrival', (select count(*) + 1 from quarantine));
alter table quarantine drop constraint quarantine_state_check;
alter table quarantine add constraint quarantine_state_check
  check (state in ('open', 'replayed', 'superseded', 'discarded'));
create index quarantine_waiting on quarantine (source, arrival) where state = 'open';

-- A long piece of work can be told how far it will go, and to stop.
alter table run
  add column planned bigint,
  add column stop_wanted boolean not null default false;
