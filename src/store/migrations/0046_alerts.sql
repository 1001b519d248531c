-- What operators did, and what the hub warns of. Neither holds anything about a citizen: names of sources, kinds and
-- consumer systems, ids and counts.

create table act (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  -- An id, never a name.
  person text not null,
  role text not null,
  -- A noun and what was done to it: `source.pause`.
  what text not null,
  -- What it was done to: `momentum/case`, a webhook's or run's id.
  subject text not null,
  source text,
  why text,
  outcome text not null,
  detail jsonb not null check (octet_length(detail::text) <= 4000)
);
create index act_source on act (source, id) where source is not null;
create index act_what on act (what, id);
create index act_person on act (person, id);
create index act_at on act (at);

create function keep_acts() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('samspil.log_retention', true) = 'on' then return old; end if;
  raise exception 'what operators did is append-only';
end $$;
create trigger act_kept before update or delete on act for each row execute function keep_acts();
create trigger act_whole before truncate on act for each statement execute function keep_acts();

-- A condition that has not held long enough to be an alert.
create table alert_pending (
  rule text not null,
  subject text not null,
  since timestamptz not null,
  primary key (rule, subject)
);

-- One row per episode of a rule and a subject.
create table alert (
  id uuid primary key,
  rule text not null,
  subject text not null,
  source text,
  severity text not null check (severity in ('warning', 'critical')),
  -- How bad it has become: 1 when it opens, more where a rule counts on.
  step int not null default 1,
  -- Names and numbers its texts are made of.
  said jsonb not null,
  since timestamptz not null,
  opened_at timestamptz not null,
  -- The condition has not been there since; it may come back before the alert resolves.
  gone_at timestamptz,
  resolved_at timestamptz,
  -- The step contacts have been told of, and that it is over.
  told_step int not null default 0,
  told_end boolean not null default false,
  acknowledged_at timestamptz,
  acknowledged_by text,
  acknowledged_why text
);
create unique index alert_open on alert (rule, subject) where resolved_at is null;
create index alert_untold on alert (id) where not told_end;
create index alert_resolved on alert (opened_at desc, id desc);

-- Nobody is told of the rule and subject until then, also when a new episode begins.
create table alert_snooze (
  rule text not null,
  subject text not null,
  until timestamptz not null,
  by text not null,
  why text not null,
  at timestamptz not null,
  primary key (rule, subject)
);

-- The outbox: one row per message, contact and place. Its id is the message's, however often it is sent.
create table alert_notice (
  id uuid primary key,
  alert uuid references alert on delete cascade,
  event text not null check (event in ('opened', 'worsened', 'resolved', 'digest', 'trial')),
  step int not null default 0,
  contact text not null,
  -- `webhook`, or `mail` and a hash of the address: addresses stand in the configuration alone.
  place text not null,
  said jsonb not null,
  created_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed', 'dropped')),
  attempts int not null default 0,
  next_at timestamptz not null,
  -- Set while it is being sent; what a killed worker leaves is sent again.
  sending_at timestamptz,
  outcome text,
  ended_at timestamptz,
  check ((alert is null) = (event in ('digest', 'trial')))
);
create unique index alert_notice_once on alert_notice (alert, event, step, contact, place) where alert is not null;
create index alert_notice_due on alert_notice (next_at) where state = 'waiting';
create index alert_notice_failed on alert_notice (ended_at) where state = 'failed';

-- Days the digest has been written for.
create table alert_digest (
  day date primary key,
  made_at timestamptz not null
);

-- Watchdogs ask how many waiting records came lately, and whether emergency access was taken.
create index quarantine_received on quarantine (source, kind, received_at) where state = 'open';
create index emergency_access_from on emergency_access (valid_from);
