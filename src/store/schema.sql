-- Generated from the migrations by `npm run generate`: to read and to compare, never to run or to edit.

-- Sequences

create sequence change_position;

create sequence look_position;

create sequence quarantine_arrival;

-- Tables

create table access_log (
  id uuid not null,
  at timestamp with time zone not null,
  actor_kind text not null,
  person text not null,
  role text,
  organisation text,
  unit text,
  consumer text,
  actor_citizen uuid,
  represented uuid,
  purpose text not null,
  endpoint text not null,
  citizen_id uuid,
  number_hash bytea,
  records uuid[] not null,
  decision text not null,
  bases text[] not null,
  correlation text not null,
  emergency boolean not null,
  mac bytea not null,
  constraint access_log_pkey PRIMARY KEY (id),
  constraint access_log_decision_check CHECK ((decision = ANY (ARRAY['allowed'::text, 'partly'::text, 'denied'::text, 'failed'::text])))
);

create table act (
  id bigint not null generated always as identity,
  at timestamp with time zone not null,
  person text not null,
  role text not null,
  what text not null,
  subject text not null,
  source text,
  why text,
  outcome text not null,
  detail jsonb not null,
  constraint act_pkey PRIMARY KEY (id),
  constraint act_detail_check CHECK ((octet_length((detail)::text) <= 4000))
);

create table alert (
  id uuid not null,
  rule text not null,
  subject text not null,
  source text,
  severity text not null,
  step integer not null default 1,
  said jsonb not null,
  since timestamp with time zone not null,
  opened_at timestamp with time zone not null,
  gone_at timestamp with time zone,
  resolved_at timestamp with time zone,
  told_step integer not null default 0,
  told_end boolean not null default false,
  acknowledged_at timestamp with time zone,
  acknowledged_by text,
  acknowledged_why text,
  constraint alert_pkey PRIMARY KEY (id),
  constraint alert_severity_check CHECK ((severity = ANY (ARRAY['warning'::text, 'critical'::text])))
);

create table alert_digest (
  day date not null,
  made_at timestamp with time zone not null,
  constraint alert_digest_pkey PRIMARY KEY (day)
);

create table alert_notice (
  id uuid not null,
  alert uuid,
  event text not null,
  step integer not null default 0,
  contact text not null,
  place text not null,
  said jsonb not null,
  created_at timestamp with time zone not null,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  next_at timestamp with time zone not null,
  sending_at timestamp with time zone,
  outcome text,
  ended_at timestamp with time zone,
  constraint alert_notice_pkey PRIMARY KEY (id),
  constraint alert_notice_alert_fkey FOREIGN KEY (alert) REFERENCES alert(id) ON DELETE CASCADE,
  constraint alert_notice_check CHECK (((alert IS NULL) = (event = ANY (ARRAY['digest'::text, 'trial'::text])))),
  constraint alert_notice_event_check CHECK ((event = ANY (ARRAY['opened'::text, 'worsened'::text, 'resolved'::text, 'digest'::text, 'trial'::text]))),
  constraint alert_notice_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'failed'::text, 'dropped'::text])))
);

create table alert_pending (
  rule text not null,
  subject text not null,
  since timestamp with time zone not null,
  constraint alert_pending_pkey PRIMARY KEY (rule, subject)
);

create table alert_snooze (
  rule text not null,
  subject text not null,
  until timestamp with time zone not null,
  by text not null,
  why text not null,
  at timestamp with time zone not null,
  constraint alert_snooze_pkey PRIMARY KEY (rule, subject)
);

create table born_record (
  record_id uuid not null,
  identity_id bigint not null,
  kind text not null,
  unit_id text,
  about_id uuid,
  sensitivity text not null,
  named text[] not null default '{}'::text[],
  author_kind text not null,
  author_person text not null,
  written_at timestamp with time zone not null default now(),
  version integer not null default 1,
  withdrawn_at timestamp with time zone,
  withdrawn_by text,
  constraint born_record_pkey PRIMARY KEY (record_id),
  constraint born_record_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint born_record_kind_check CHECK ((kind = ANY (ARRAY['comment'::text, 'agreement'::text, 'request'::text, 'appointment'::text, 'contact'::text, 'rating'::text]))),
  constraint born_record_unit_check CHECK (((unit_id IS NULL) = (kind = 'rating'::text)))
);

create table breaker (
  source text not null,
  state text not null default 'closed'::text,
  failures integer not null default 0,
  opened_at timestamp with time zone,
  probe_at timestamp with time zone,
  error_code text,
  constraint breaker_pkey PRIMARY KEY (source),
  constraint breaker_state_check CHECK ((state = ANY (ARRAY['closed'::text, 'open'::text, 'half-open'::text])))
);

create table calendar_link (
  id uuid not null,
  citizen_id uuid not null,
  secret_hash bytea not null,
  actor bytea not null,
  made_by text not null,
  created_at timestamp with time zone not null default now(),
  revoked_at timestamp with time zone,
  last_used_on date,
  constraint calendar_link_pkey PRIMARY KEY (id),
  constraint calendar_link_secret_hash_key UNIQUE (secret_hash),
  constraint calendar_link_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id)
);

create table change (
  "position" bigint not null,
  at timestamp with time zone not null default clock_timestamp(),
  citizen_id uuid not null,
  record_id uuid,
  op text not null,
  constraint change_pkey PRIMARY KEY ("position"),
  constraint change_op_check CHECK ((op = ANY (ARRAY['created'::text, 'changed'::text, 'removed'::text, 'look'::text])))
);

create table change_horizon (
  one boolean not null default true,
  due_to timestamp with time zone not null,
  pruned_to bigint not null default 0,
  constraint change_horizon_pkey PRIMARY KEY (one),
  constraint change_horizon_one_check CHECK (one)
);

create table citizen (
  id uuid not null,
  created_at timestamp with time zone not null default now(),
  merged_into uuid,
  constraint citizen_pkey PRIMARY KEY (id),
  constraint citizen_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES citizen(id)
);

create table citizen_fetch (
  citizen_id uuid not null,
  source text not null,
  requested_at timestamp with time zone not null default now(),
  state text not null default 'pending'::text,
  ended_at timestamp with time zone,
  attempts integer not null default 0,
  error_code text,
  constraint citizen_fetch_pkey PRIMARY KEY (citizen_id, source),
  constraint citizen_fetch_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint citizen_fetch_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'done'::text, 'refused'::text, 'failed'::text])))
);

create table citizen_fetch_kind (
  citizen_id uuid not null,
  source text not null,
  kind text not null,
  requested_at timestamp with time zone not null default now(),
  constraint citizen_fetch_kind_pkey PRIMARY KEY (source, citizen_id, kind),
  constraint citizen_fetch_kind_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id)
);

create table citizen_record (
  record_id uuid not null,
  citizen_id uuid not null,
  identity_id bigint not null,
  source text not null,
  constraint citizen_record_pkey PRIMARY KEY (record_id, citizen_id),
  constraint citizen_record_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint citizen_record_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES identity(id)
);

create table consent (
  id uuid not null,
  version integer not null,
  citizen_id uuid not null,
  numbers bigint[] not null,
  decision text not null,
  recipient text,
  domains text[],
  kinds text[],
  record_id uuid,
  purposes text[],
  up_to text not null default 'normal'::text,
  show text not null default 'content'::text,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone not null default 'infinity'::timestamp with time zone,
  withdrawn boolean not null default false,
  recorded_at timestamp with time zone not null default now(),
  superseded_at timestamp with time zone not null default 'infinity'::timestamp with time zone,
  recorded_by text not null,
  recorded_as text not null,
  evidence text,
  source text,
  source_record uuid,
  source_day date,
  under_since timestamp with time zone not null default '-infinity'::timestamp with time zone,
  constraint consent_pkey PRIMARY KEY (id, version),
  constraint consent_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint consent_decision_check CHECK ((decision = ANY (ARRAY['grant'::text, 'refuse'::text]))),
  constraint consent_recorded_as_check CHECK ((recorded_as = ANY (ARRAY['citizen'::text, 'representative'::text, 'professional'::text, 'system'::text]))),
  constraint consent_show_check CHECK ((show = ANY (ARRAY['content'::text, 'busy'::text]))),
  constraint consent_up_to_check CHECK ((up_to = ANY (ARRAY['normal'::text, 'confidential'::text, 'sensitive'::text])))
);

create table consent_proposal (
  id uuid not null,
  identity_id bigint not null,
  source text not null,
  reference_hash bytea not null,
  decision text not null,
  recipient text,
  domains text[],
  kinds text[],
  purposes text[],
  up_to text not null default 'normal'::text,
  show text not null default 'content'::text,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone not null default 'infinity'::timestamp with time zone,
  evidence text,
  proposed_at timestamp with time zone not null default now(),
  state text not null default 'open'::text,
  decided_at timestamp with time zone,
  decided_by text,
  consent_id uuid,
  meeting_id uuid,
  record_id uuid,
  asked_by text,
  asked text,
  constraint consent_proposal_pkey PRIMARY KEY (id),
  constraint consent_proposal_source_reference_hash_key UNIQUE (source, reference_hash),
  constraint consent_proposal_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint consent_proposal_decision_check CHECK ((decision = ANY (ARRAY['grant'::text, 'refuse'::text]))),
  constraint consent_proposal_show_check CHECK ((show = ANY (ARRAY['content'::text, 'busy'::text]))),
  constraint consent_proposal_state_check CHECK ((state = ANY (ARRAY['open'::text, 'confirmed'::text, 'dismissed'::text, 'revoked'::text]))),
  constraint consent_proposal_up_to_check CHECK ((up_to = ANY (ARRAY['normal'::text, 'confidential'::text, 'sensitive'::text])))
);

create table consumer (
  id text not null,
  acknowledged bigint not null default 0,
  produced bigint not null default 0,
  empty_polls bigint not null default 0,
  polled_at timestamp with time zone,
  known_since timestamp with time zone not null default now(),
  "position" bigint,
  walked uuid,
  reader bytea,
  constraint consumer_pkey PRIMARY KEY (id)
);

create table consumer_hold (
  consumer text not null,
  citizen_id uuid not null,
  records uuid[] not null,
  marks bytea[] not null,
  constraint consumer_hold_pkey PRIMARY KEY (consumer, citizen_id),
  constraint consumer_hold_consumer_fkey FOREIGN KEY (consumer) REFERENCES consumer(id)
);

create table consumer_page (
  consumer text not null,
  page bigint not null,
  produced_at timestamp with time zone not null default now(),
  opens_snapshot boolean not null,
  citizens uuid[] not null,
  records uuid[] not null,
  marks bytea[] not null,
  prior bigint,
  constraint consumer_page_pkey PRIMARY KEY (consumer, page),
  constraint consumer_page_consumer_fkey FOREIGN KEY (consumer) REFERENCES consumer(id)
);

create table consumer_use (
  consumer text not null,
  day date not null,
  scope text not null,
  requests bigint not null,
  reads bigint not null,
  constraint consumer_use_pkey PRIMARY KEY (consumer, day, scope)
);

create table drift (
  source text not null,
  kind text not null,
  type text not null,
  name text not null,
  times bigint not null default 1,
  first_seen timestamp with time zone not null default now(),
  last_seen timestamp with time zone not null default now(),
  id bigint not null generated always as identity,
  was text,
  became text,
  codes text[] not null default '{}'::text[],
  did text not null default 'note'::text,
  accepted_at timestamp with time zone,
  accepted_by text,
  constraint drift_pkey PRIMARY KEY (source, kind, type, name),
  constraint drift_id_key UNIQUE (id),
  constraint drift_did_check CHECK ((did = ANY (ARRAY['note'::text, 'hold'::text, 'stop'::text]))),
  constraint drift_type_check CHECK ((type = ANY (ARRAY['unknown-field'::text, 'vanished-field'::text, 'unknown-code'::text, 'type-change'::text, 'zero-rows'::text, 'volume'::text])))
);

create table emergency_access (
  id uuid not null,
  citizen_id uuid not null,
  person text not null,
  role text not null,
  organisation text not null,
  reason text,
  valid_from timestamp with time zone not null default now(),
  valid_to timestamp with time zone not null,
  reason_cipher bytea,
  constraint emergency_access_pkey PRIMARY KEY (id),
  constraint emergency_access_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id)
);

create table enrolment (
  id uuid not null,
  citizen_id uuid not null,
  identity_id bigint not null,
  basis text not null,
  evidence text,
  starts_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null default now(),
  recorded_by text not null,
  ended_at timestamp with time zone,
  ended_by text,
  constraint enrolment_pkey PRIMARY KEY (id),
  constraint enrolment_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint enrolment_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES identity(id)
);

create table field_seen (
  source text not null,
  kind text not null,
  path text not null,
  types text[] not null,
  records bigint not null,
  recent bigint not null,
  first_seen timestamp with time zone not null default now(),
  constraint field_seen_pkey PRIMARY KEY (source, kind, path)
);

create table figure (
  month date not null,
  name text not null,
  cell text not null,
  persons integer not null,
  amount integer not null,
  constraint figure_pkey PRIMARY KEY (month, name, cell),
  constraint figure_month_fkey FOREIGN KEY (month) REFERENCES figure_month(month)
);

create table figure_month (
  month date not null,
  taken_at timestamp with time zone not null default now(),
  citizens integer,
  constraint figure_month_pkey PRIMARY KEY (month)
);

create table held_deletion (
  id bigint not null generated always as identity,
  source text not null,
  kind text not null,
  held_at timestamp with time zone not null default now(),
  stored integer not null,
  missing integer not null,
  state text not null default 'held'::text,
  decided_at timestamp with time zone,
  decided_by text,
  last_found_at timestamp with time zone not null default now(),
  growth integer not null default 0,
  returned integer not null default 0,
  removed integer not null default 0,
  constraint held_deletion_pkey PRIMARY KEY (id),
  constraint held_deletion_state_check CHECK ((state = ANY (ARRAY['held'::text, 'approved'::text, 'overtaken'::text])))
);

create table held_part (
  deletion_id bigint not null,
  citizen_id uuid,
  load bigint not null,
  stored integer not null,
  missing integer not null,
  record_ids uuid[] not null,
  found_at timestamp with time zone not null default now(),
  constraint held_part_deletion_id_citizen_id_key UNIQUE NULLS NOT DISTINCT (deletion_id, citizen_id),
  constraint held_part_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint held_part_deletion_id_fkey FOREIGN KEY (deletion_id) REFERENCES held_deletion(id) ON DELETE CASCADE
);

create table hub_setting (
  name text not null,
  value text not null,
  constraint hub_setting_pkey PRIMARY KEY (name)
);

create table idempotency (
  caller bytea not null,
  key bytea not null,
  request bytea not null,
  status integer,
  answer bytea,
  created_at timestamp with time zone not null default now(),
  constraint idempotency_pkey PRIMARY KEY (caller, key)
);

create table identity (
  id bigint not null generated always as identity,
  cpr_hash bytea not null,
  cpr_cipher bytea not null,
  number_type text not null,
  citizen_id uuid not null,
  home_id uuid not null,
  former boolean not null default false,
  created_at timestamp with time zone not null default now(),
  constraint identity_pkey PRIMARY KEY (id),
  constraint identity_cpr_hash_key UNIQUE (cpr_hash),
  constraint identity_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint identity_home_id_fkey FOREIGN KEY (home_id) REFERENCES citizen(id),
  constraint identity_number_type_check CHECK ((number_type = ANY (ARRAY['cpr'::text, 'replacement'::text, 'x-ecpr'::text, 'd-ecpr'::text])))
);

create table inbox_about (
  "position" bigint not null,
  identity_id bigint not null,
  constraint inbox_about_pkey PRIMARY KEY ("position", identity_id),
  constraint inbox_about_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint inbox_about_position_fkey FOREIGN KEY ("position") REFERENCES inbox_message("position") ON DELETE CASCADE
);

create table inbox_id (
  source text not null,
  id_hash bytea not null,
  "position" bigint not null,
  constraint inbox_id_pkey PRIMARY KEY (source, id_hash),
  constraint inbox_id_position_fkey FOREIGN KEY ("position") REFERENCES inbox_message("position") ON DELETE CASCADE
);

create table inbox_message (
  "position" bigint not null generated always as identity,
  source text not null,
  thread_hash bytea not null,
  cipher bytea not null,
  kept_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  constraint inbox_message_pkey PRIMARY KEY ("position")
);

create table journal_item (
  id uuid not null,
  record_id uuid not null,
  version integer not null,
  said_by text not null,
  said_at timestamp with time zone not null default now(),
  content bytea not null,
  settled text,
  settled_at timestamp with time zone,
  settled_by text,
  note bytea,
  constraint journal_item_pkey PRIMARY KEY (id),
  constraint journal_item_record_id_version_key UNIQUE (record_id, version),
  constraint journal_item_record_id_fkey FOREIGN KEY (record_id) REFERENCES born_record(record_id) ON DELETE CASCADE,
  constraint journal_item_settled_check CHECK ((settled = ANY (ARRAY['confirmed'::text, 'released'::text])))
);

create table link (
  from_id uuid not null,
  rel text not null,
  to_id uuid not null,
  constraint link_pkey PRIMARY KEY (from_id, rel, to_id),
  constraint link_rel_check CHECK ((rel = ANY (ARRAY['plan'::text, 'parent'::text, 'goal'::text, 'about'::text, 'meeting'::text])))
);

create table load_history (
  source text not null,
  kind text not null,
  load bigint not null,
  served bigint not null,
  ended_at timestamp with time zone not null default now(),
  constraint load_history_pkey PRIMARY KEY (source, kind, load)
);

create table load_page (
  source text not null,
  kind text not null,
  load bigint not null,
  page bigint not null generated always as identity,
  keys text[] not null,
  constraint load_page_pkey PRIMARY KEY (source, kind, load, page)
);

create table log_seal (
  number bigint not null,
  entry_id uuid not null,
  hash bytea not null,
  constraint log_seal_pkey PRIMARY KEY (number)
);

create table log_unsealed (
  entry_id uuid not null,
  queued_at timestamp with time zone not null default clock_timestamp(),
  constraint log_unsealed_pkey PRIMARY KEY (entry_id)
);

create table look (
  id bigint not null,
  source text not null,
  kind text not null,
  names text[] not null,
  overtaken boolean not null default false,
  begun_at timestamp with time zone not null default now(),
  constraint look_pkey PRIMARY KEY (id)
);

create table look_mark (
  source text not null,
  kind text not null,
  name text not null,
  stored bigint not null,
  look bigint not null,
  at timestamp with time zone not null default now(),
  constraint look_mark_pkey PRIMARY KEY (source, kind, name)
);

create table meeting (
  record_id uuid not null,
  recipients text[] not null,
  agenda uuid[] not null,
  purposes text[] not null,
  days_after integer not null,
  answer text,
  answered_at timestamp with time zone,
  constraint meeting_pkey PRIMARY KEY (record_id),
  constraint meeting_record_id_fkey FOREIGN KEY (record_id) REFERENCES record(id) ON DELETE CASCADE,
  constraint meeting_answer_check CHECK ((answer = ANY (ARRAY['accepted'::text, 'declined'::text])))
);

create table merge_log (
  id bigint not null generated always as identity,
  at timestamp with time zone not null default now(),
  action text not null,
  kept uuid not null,
  other uuid not null,
  reason text not null,
  actor text not null,
  constraint merge_log_pkey PRIMARY KEY (id),
  constraint merge_log_action_check CHECK ((action = ANY (ARRAY['merge'::text, 'split'::text])))
);

create table moved_said (
  said_id uuid not null,
  version integer not null,
  citizen_id uuid not null,
  since timestamp with time zone not null,
  until timestamp with time zone not null,
  constraint moved_said_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id)
);

create table notice (
  id bigint not null generated always as identity,
  source text not null,
  kind text not null,
  key_hash bytea not null,
  key_cipher bytea,
  citizens uuid[],
  change text not null,
  state text not null default 'open'::text,
  times integer not null default 1,
  received_at timestamp with time zone not null default clock_timestamp(),
  next_at timestamp with time zone not null default now(),
  attempts integer not null default 0,
  error_code text,
  ended_at timestamp with time zone,
  constraint notice_pkey PRIMARY KEY (id),
  constraint notice_change_check CHECK ((change = ANY (ARRAY['created'::text, 'updated'::text, 'deleted'::text]))),
  constraint notice_state_check CHECK ((state = ANY (ARRAY['open'::text, 'done'::text, 'failed'::text])))
);

create table protection (
  record_id uuid not null,
  citizen_id uuid not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone not null default 'infinity'::timestamp with time zone,
  recorded_at timestamp with time zone not null default now(),
  superseded_at timestamp with time zone not null default 'infinity'::timestamp with time zone,
  constraint protection_pkey PRIMARY KEY (record_id, citizen_id, recorded_at),
  constraint protection_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id)
);

create table purge (
  consumer text not null,
  citizen_id uuid not null,
  record_id uuid not null,
  page bigint not null,
  told_at timestamp with time zone not null default now(),
  confirmed_at timestamp with time zone,
  constraint purge_pkey PRIMARY KEY (consumer, citizen_id, record_id),
  constraint purge_consumer_fkey FOREIGN KEY (consumer) REFERENCES consumer(id)
);

create table purge_reminder (
  consumer text not null,
  at timestamp with time zone not null,
  records integer not null,
  owed_since timestamp with time zone not null,
  overdue boolean not null,
  constraint purge_reminder_pkey PRIMARY KEY (consumer, at),
  constraint purge_reminder_consumer_fkey FOREIGN KEY (consumer) REFERENCES consumer(id)
);

create table quarantine (
  id bigint not null generated always as identity,
  source text not null,
  kind text not null,
  key_hash bytea not null,
  run_id uuid,
  citizen_id uuid,
  code text not null,
  path text not null,
  mapping_version text not null,
  cipher bytea,
  received_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  state text not null default 'open'::text,
  homes uuid[] not null default '{}'::uuid[],
  arrival bigint not null default nextval('quarantine_arrival'::regclass),
  last_received_at timestamp with time zone not null default now(),
  decided_at timestamp with time zone,
  decided_by text,
  reason text,
  constraint quarantine_pkey PRIMARY KEY (id),
  constraint quarantine_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint quarantine_state_check CHECK ((state = ANY (ARRAY['open'::text, 'replayed'::text, 'superseded'::text, 'discarded'::text])))
);

create unlogged table rate_budget (
  name text not null,
  next_at timestamp with time zone not null,
  constraint rate_budget_pkey PRIMARY KEY (name)
);

create table record (
  id uuid not null,
  source text not null,
  source_kind text not null,
  key text not null,
  entity text not null,
  part text not null,
  domain text not null,
  sensitivity text not null,
  owner_unit text,
  content_hash bytea not null,
  mapping text not null,
  source_updated_at timestamp with time zone,
  observed_at timestamp with time zone not null,
  stale_since timestamp with time zone,
  mixed boolean not null default false,
  raw_hash bytea,
  raw_parts smallint,
  constraint record_pkey PRIMARY KEY (id),
  constraint record_sensitivity_check CHECK ((sensitivity = ANY (ARRAY['normal'::text, 'confidential'::text, 'sensitive'::text, 'vip'::text])))
);

create table record_body (
  record_id uuid not null,
  body text,
  cipher bytea,
  stripped text,
  stripped_cipher bytea,
  shown_hash bytea,
  stripped_hash bytea,
  constraint record_body_pkey PRIMARY KEY (record_id),
  constraint record_body_check CHECK (((body IS NULL) <> (cipher IS NULL)))
) partition by HASH (record_id);

create table record_body_00 partition of record_body FOR VALUES WITH (modulus 16, remainder 0);

create table record_body_01 partition of record_body FOR VALUES WITH (modulus 16, remainder 1);

create table record_body_02 partition of record_body FOR VALUES WITH (modulus 16, remainder 2);

create table record_body_03 partition of record_body FOR VALUES WITH (modulus 16, remainder 3);

create table record_body_04 partition of record_body FOR VALUES WITH (modulus 16, remainder 4);

create table record_body_05 partition of record_body FOR VALUES WITH (modulus 16, remainder 5);

create table record_body_06 partition of record_body FOR VALUES WITH (modulus 16, remainder 6);

create table record_body_07 partition of record_body FOR VALUES WITH (modulus 16, remainder 7);

create table record_body_08 partition of record_body FOR VALUES WITH (modulus 16, remainder 8);

create table record_body_09 partition of record_body FOR VALUES WITH (modulus 16, remainder 9);

create table record_body_10 partition of record_body FOR VALUES WITH (modulus 16, remainder 10);

create table record_body_11 partition of record_body FOR VALUES WITH (modulus 16, remainder 11);

create table record_body_12 partition of record_body FOR VALUES WITH (modulus 16, remainder 12);

create table record_body_13 partition of record_body FOR VALUES WITH (modulus 16, remainder 13);

create table record_body_14 partition of record_body FOR VALUES WITH (modulus 16, remainder 14);

create table record_body_15 partition of record_body FOR VALUES WITH (modulus 16, remainder 15);

create table record_version (
  record_id uuid not null,
  citizen_id uuid not null,
  identity_id bigint not null,
  kind text not null,
  domain text not null,
  source text not null,
  sensitivity text not null,
  owner_unit text,
  named text[] not null default '{}'::text[],
  withheld boolean not null default false,
  third_party_protected boolean not null default false,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone not null default 'infinity'::timestamp with time zone,
  about_id uuid,
  constraint record_version_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint record_version_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES identity(id)
);

create table representation (
  id uuid not null,
  version integer not null,
  citizen_id uuid not null,
  representative bytea not null,
  type text not null,
  domains text[],
  kinds text[],
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone not null default 'infinity'::timestamp with time zone,
  recorded_at timestamp with time zone not null default now(),
  superseded_at timestamp with time zone not null default 'infinity'::timestamp with time zone,
  evidence text,
  home_id uuid,
  form text,
  name_cipher bytea,
  recorded_by text not null default 'samspil'::text,
  recorded_as text not null default 'system'::text,
  ended boolean not null default false,
  record_id uuid,
  under_since timestamp with time zone not null default '-infinity'::timestamp with time zone,
  constraint representation_pkey PRIMARY KEY (id, version),
  constraint representation_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint representation_home_id_fkey FOREIGN KEY (home_id) REFERENCES citizen(id),
  constraint representation_form_check CHECK ((form = ANY (ARRAY['5'::text, '6'::text, '7'::text]))),
  constraint representation_recorded_as_check CHECK ((recorded_as = ANY (ARRAY['citizen'::text, 'representative'::text, 'professional'::text, 'system'::text]))),
  constraint representation_type_check CHECK ((type = ANY (ARRAY['guardian'::text, 'custody'::text, 'powerOfAttorney'::text])))
);

create table retained (
  source text not null,
  kind text not null,
  key text not null,
  homes uuid[] not null,
  cipher bytea not null,
  received_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  constraint retained_pkey PRIMARY KEY (source, kind, key)
);

create table run (
  id uuid not null,
  source text not null,
  kind text not null,
  mode text not null,
  trigger text not null,
  state text not null default 'queued'::text,
  queued_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  pages integer not null default 0,
  counts jsonb not null default '{}'::jsonb,
  error_code text,
  error_message text,
  attempt integer not null default 0,
  requests integer,
  planned bigint,
  stop_wanted boolean not null default false,
  settings jsonb not null default '{}'::jsonb,
  error_fault text,
  told_counts jsonb not null default '{}'::jsonb,
  told_requests integer not null default 0,
  told_ms bigint not null default 0,
  told_attempt integer not null default 0,
  constraint run_pkey PRIMARY KEY (id),
  constraint run_mode_check CHECK ((mode = ANY (ARRAY['incremental'::text, 'load'::text, 'citizen'::text, 'replay'::text]))),
  constraint run_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'skipped'::text, 'cancelled'::text])))
);

create table run_day (
  day date not null,
  source text not null,
  kind text not null,
  runs bigint not null default 0,
  failed bigint not null default 0,
  served bigint not null default 0,
  stored bigint not null default 0,
  created bigint not null default 0,
  changed bigint not null default 0,
  removed bigint not null default 0,
  quarantined bigint not null default 0,
  requests bigint not null default 0,
  ms bigint not null default 0,
  longest_ms bigint not null default 0,
  constraint run_day_pkey PRIMARY KEY (day, source, kind)
);

create table run_page (
  run_id uuid not null,
  page integer not null,
  at timestamp with time zone not null default clock_timestamp(),
  served integer not null,
  stored integer not null,
  written integer not null,
  quarantined integer not null,
  issues integer not null,
  constraint run_page_pkey PRIMARY KEY (run_id, page)
);

create table schedule (
  source text not null,
  kind text not null,
  cron text not null,
  next_at timestamp with time zone not null,
  last_fired_at timestamp with time zone,
  rearmed integer not null default 0,
  constraint schedule_pkey PRIMARY KEY (source, kind)
);

create table schema_migration (
  number integer not null,
  name text not null,
  hash text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migration_pkey PRIMARY KEY (number)
);

create table shared_citizen (
  citizen_id uuid not null,
  constraint shared_citizen_pkey PRIMARY KEY (citizen_id)
);

create table source_consent (
  record_id uuid not null,
  identity_id bigint not null,
  told_at timestamp with time zone,
  constraint source_consent_pkey PRIMARY KEY (record_id, identity_id),
  constraint source_consent_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES identity(id)
);

create table source_version (
  source text not null,
  domain text not null,
  existence_shown boolean not null default false,
  valid_from timestamp with time zone not null default now(),
  valid_to timestamp with time zone not null default 'infinity'::timestamp with time zone,
  constraint source_version_pkey PRIMARY KEY (source, valid_from)
);

create table statute_version (
  statute_id text not null,
  title text not null,
  recipients text[] not null,
  domains text[],
  kinds text[],
  purposes text[],
  up_to text not null,
  opt_out boolean not null,
  valid_from timestamp with time zone not null default now(),
  valid_to timestamp with time zone not null default 'infinity'::timestamp with time zone,
  constraint statute_version_pkey PRIMARY KEY (statute_id, valid_from),
  constraint statute_version_up_to_check CHECK ((up_to = ANY (ARRAY['normal'::text, 'confidential'::text, 'sensitive'::text])))
);

create table subject_key (
  source text not null,
  kind text not null,
  key_hash bytea not null,
  identity_id bigint not null,
  first_seen timestamp with time zone not null default now(),
  constraint subject_key_pkey PRIMARY KEY (source, kind, key_hash, identity_id),
  constraint subject_key_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES identity(id)
);

create table sync_state (
  source text not null,
  kind text not null,
  checkpoint jsonb,
  load bigint not null default 0,
  load_started_at timestamp with time zone,
  load_complete boolean not null default true,
  load_sweep boolean not null default true,
  load_served bigint not null default 0,
  load_pages bigint not null default 0,
  last_load_started_at timestamp with time zone,
  last_complete_at timestamp with time zone,
  last_sweep_at timestamp with time zone,
  mapping_version text,
  reload_wanted boolean not null default false,
  paused boolean not null default false,
  load_position bigint not null default 0,
  settings_digest text,
  constraint sync_state_pkey PRIMARY KEY (source, kind)
);

create table unit_above (
  unit_id text not null,
  above_id text not null,
  above_type text not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone not null
);

create table unit_version (
  unit_id text not null,
  parent_id text,
  name text not null,
  type text not null,
  valid_from timestamp with time zone not null default now(),
  valid_to timestamp with time zone not null default 'infinity'::timestamp with time zone,
  constraint unit_version_pkey PRIMARY KEY (unit_id, valid_from),
  constraint unit_version_type_check CHECK ((type = ANY (ARRAY['unit'::text, 'organisation'::text])))
);

create table web_session (
  id_hash bytea not null,
  tokens bytea not null,
  created_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  renewing_until timestamp with time zone,
  constraint web_session_pkey PRIMARY KEY (id_hash),
  constraint web_session_check CHECK ((ends_at > created_at))
);

create table webhook (
  id uuid not null,
  consumer text not null,
  url bytea not null,
  host text not null,
  signature text not null,
  actor bytea not null,
  state text not null default 'unverified'::text,
  reason text,
  state_since timestamp with time zone not null,
  created_at timestamp with time zone not null,
  "position" bigint not null default 0,
  walked uuid,
  events bigint not null default 0,
  last_event_at timestamp with time zone,
  not_before timestamp with time zone,
  last_delivered_at timestamp with time zone,
  name text,
  constraint webhook_pkey PRIMARY KEY (id),
  constraint webhook_check CHECK (((state = 'disabled'::text) = (reason IS NOT NULL))),
  constraint webhook_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 80))),
  constraint webhook_reason_check CHECK ((reason = ANY (ARRAY['gone'::text, 'failing'::text, 'unregistered'::text, 'operator'::text]))),
  constraint webhook_signature_check CHECK ((signature = ANY (ARRAY['hmac'::text, 'ed25519'::text]))),
  constraint webhook_state_check CHECK ((state = ANY (ARRAY['unverified'::text, 'active'::text, 'disabled'::text])))
);

create table webhook_attempt (
  delivery uuid not null,
  at timestamp with time zone not null,
  outcome text not null,
  ms integer not null,
  constraint webhook_attempt_delivery_fkey FOREIGN KEY (delivery) REFERENCES webhook_delivery(id) ON DELETE CASCADE
);

create table webhook_delivery (
  id uuid not null,
  webhook uuid not null,
  kind text not null,
  event bigint,
  created_at timestamp with time zone not null,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  next_at timestamp with time zone not null,
  sending_at timestamp with time zone,
  due_by timestamp with time zone,
  constraint webhook_delivery_pkey PRIMARY KEY (id),
  constraint webhook_delivery_webhook_fkey FOREIGN KEY (webhook) REFERENCES webhook(id) ON DELETE CASCADE,
  constraint webhook_delivery_check CHECK (((kind = 'hint'::text) = (event IS NOT NULL))),
  constraint webhook_delivery_due_by_check CHECK (((kind = 'reminder'::text) = (due_by IS NOT NULL))),
  constraint webhook_delivery_kind_check CHECK ((kind = ANY (ARRAY['challenge'::text, 'hint'::text, 'reminder'::text]))),
  constraint webhook_delivery_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'failed'::text, 'dropped'::text])))
);

create table webhook_secret (
  id uuid not null,
  webhook uuid not null,
  secret bytea not null,
  made_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  constraint webhook_secret_pkey PRIMARY KEY (id),
  constraint webhook_secret_webhook_fkey FOREIGN KEY (webhook) REFERENCES webhook(id) ON DELETE CASCADE
);

create table webhook_told (
  webhook uuid not null,
  citizen_id uuid not null,
  mark bytea not null,
  constraint webhook_told_pkey PRIMARY KEY (webhook, citizen_id),
  constraint webhook_told_webhook_fkey FOREIGN KEY (webhook) REFERENCES webhook(id) ON DELETE CASCADE
);

create table worker_seen (
  id uuid not null,
  version text not null,
  started_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  constraint worker_seen_pkey PRIMARY KEY (id)
);

-- Indexes

CREATE INDEX access_log_at ON public.access_log USING btree (at, id);

CREATE INDEX access_log_citizen ON public.access_log USING btree (citizen_id, id) WHERE (citizen_id IS NOT NULL);

CREATE INDEX access_log_consumer ON public.access_log USING btree (consumer, at) WHERE (consumer IS NOT NULL);

CREATE INDEX access_log_emergency ON public.access_log USING btree (at, id) WHERE emergency;

CREATE INDEX access_log_number ON public.access_log USING btree (number_hash, id) WHERE (number_hash IS NOT NULL);

CREATE INDEX access_log_organisation ON public.access_log USING btree (organisation, at) WHERE (organisation IS NOT NULL);

CREATE INDEX access_log_person ON public.access_log USING btree (person, at);

CREATE INDEX access_log_refused ON public.access_log USING btree (at, id) WHERE (decision = ANY (ARRAY['denied'::text, 'failed'::text]));

CREATE INDEX act_at ON public.act USING btree (at);

CREATE INDEX act_person ON public.act USING btree (person, id);

CREATE INDEX act_source ON public.act USING btree (source, id) WHERE (source IS NOT NULL);

CREATE INDEX act_what ON public.act USING btree (what, id);

CREATE INDEX alert_notice_due ON public.alert_notice USING btree (next_at) WHERE (state = 'waiting'::text);

CREATE INDEX alert_notice_failed ON public.alert_notice USING btree (ended_at) WHERE (state = 'failed'::text);

CREATE UNIQUE INDEX alert_notice_once ON public.alert_notice USING btree (alert, event, step, contact, place) WHERE (alert IS NOT NULL);

CREATE UNIQUE INDEX alert_open ON public.alert USING btree (rule, subject) WHERE (resolved_at IS NULL);

CREATE INDEX alert_resolved ON public.alert USING btree (opened_at DESC, id DESC);

CREATE INDEX alert_untold ON public.alert USING btree (id) WHERE (NOT told_end);

CREATE INDEX born_record_identity ON public.born_record USING btree (identity_id);

CREATE UNIQUE INDEX born_record_rating_day ON public.born_record USING btree (identity_id, author_kind, author_person, ((timezone('Europe/Copenhagen'::text, written_at))::date)) WHERE ((kind = 'rating'::text) AND (withdrawn_at IS NULL));

CREATE INDEX calendar_link_citizen ON public.calendar_link USING btree (citizen_id, made_by);

CREATE INDEX change_citizen ON public.change USING btree (citizen_id, "position" DESC);

CREATE INDEX change_record ON public.change USING btree (record_id) WHERE (record_id IS NOT NULL);

CREATE INDEX citizen_fetch_pending ON public.citizen_fetch USING btree (source, requested_at) WHERE (state = 'pending'::text);

CREATE INDEX citizen_record_citizen ON public.citizen_record USING btree (citizen_id);

CREATE INDEX consent_citizen ON public.consent USING btree (citizen_id, superseded_at);

CREATE INDEX consent_ends ON public.consent USING btree (valid_to) WHERE ((superseded_at = 'infinity'::timestamp with time zone) AND (NOT withdrawn) AND (valid_to < 'infinity'::timestamp with time zone));

CREATE INDEX consent_proposal_asked_by ON public.consent_proposal USING btree (asked_by, identity_id) WHERE (asked_by IS NOT NULL);

CREATE INDEX consent_proposal_identity ON public.consent_proposal USING btree (identity_id);

CREATE INDEX consent_proposal_meeting ON public.consent_proposal USING btree (meeting_id) WHERE (meeting_id IS NOT NULL);

CREATE INDEX consent_recipient ON public.consent USING btree (recipient, citizen_id) WHERE ((decision = 'grant'::text) AND (superseded_at = 'infinity'::timestamp with time zone));

CREATE INDEX consent_source_record ON public.consent USING btree (source_record) WHERE (source_record IS NOT NULL);

CREATE INDEX consent_starts ON public.consent USING btree (valid_from) WHERE ((superseded_at = 'infinity'::timestamp with time zone) AND (NOT withdrawn));

CREATE INDEX consumer_hold_citizen ON public.consumer_hold USING btree (citizen_id);

CREATE INDEX emergency_access_citizen ON public.emergency_access USING btree (citizen_id, valid_to);

CREATE INDEX emergency_access_from ON public.emergency_access USING btree (valid_from);

CREATE INDEX emergency_access_person ON public.emergency_access USING btree (person, valid_to);

CREATE UNIQUE INDEX enrolment_active ON public.enrolment USING btree (citizen_id) WHERE (ended_at IS NULL);

CREATE INDEX enrolment_starts ON public.enrolment USING btree (starts_at) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX held_deletion_open ON public.held_deletion USING btree (source, kind) WHERE (state = 'held'::text);

CREATE INDEX held_part_citizen ON public.held_part USING btree (citizen_id) WHERE (citizen_id IS NOT NULL);

CREATE INDEX idempotency_created ON public.idempotency USING btree (created_at);

CREATE INDEX identity_citizen ON public.identity USING btree (citizen_id);

CREATE INDEX inbox_about_identity ON public.inbox_about USING btree (identity_id);

CREATE INDEX inbox_expiry ON public.inbox_message USING btree (expires_at);

CREATE INDEX inbox_id_position ON public.inbox_id USING btree ("position");

CREATE INDEX inbox_order ON public.inbox_message USING btree (source, "position");

CREATE INDEX inbox_thread ON public.inbox_message USING btree (source, thread_hash);

CREATE INDEX journal_item_waiting ON public.journal_item USING btree (said_at, id) WHERE (settled IS NULL);

CREATE INDEX link_to ON public.link USING btree (to_id);

CREATE UNIQUE INDEX log_seal_entry ON public.log_seal USING btree (entry_id);

CREATE INDEX log_unsealed_age ON public.log_unsealed USING btree (queued_at);

CREATE INDEX look_kind ON public.look USING btree (source, kind);

CREATE INDEX look_mark_at ON public.look_mark USING btree (at);

CREATE INDEX look_mark_stored ON public.look_mark USING btree (source, kind, stored);

CREATE INDEX moved_said_citizen ON public.moved_said USING btree (citizen_id);

CREATE INDEX notice_citizens ON public.notice USING gin (citizens) WHERE (state <> 'done'::text);

CREATE INDEX notice_done ON public.notice USING btree (ended_at) WHERE (state = 'done'::text);

CREATE INDEX notice_due ON public.notice USING btree (source, next_at) WHERE (state = 'open'::text);

CREATE UNIQUE INDEX notice_open ON public.notice USING btree (source, kind, key_hash) WHERE (state <> 'done'::text);

CREATE INDEX protection_citizen ON public.protection USING btree (citizen_id);

CREATE INDEX protection_ends ON public.protection USING btree (valid_to) WHERE ((superseded_at = 'infinity'::timestamp with time zone) AND (valid_to < 'infinity'::timestamp with time zone));

CREATE INDEX protection_starts ON public.protection USING btree (valid_from) WHERE (superseded_at = 'infinity'::timestamp with time zone);

CREATE INDEX purge_unconfirmed ON public.purge USING btree (consumer, page) WHERE (confirmed_at IS NULL);

CREATE INDEX quarantine_citizen ON public.quarantine USING btree (citizen_id);

CREATE INDEX quarantine_homes ON public.quarantine USING gin (homes);

CREATE UNIQUE INDEX quarantine_open ON public.quarantine USING btree (source, kind, key_hash) WHERE (state = 'open'::text);

CREATE INDEX quarantine_received ON public.quarantine USING btree (source, kind, received_at) WHERE (state = 'open'::text);

CREATE INDEX quarantine_run ON public.quarantine USING btree (run_id) WHERE (run_id IS NOT NULL);

CREATE INDEX quarantine_waiting ON public.quarantine USING btree (source, arrival) WHERE (state = 'open'::text);

CREATE INDEX record_source_key ON public.record USING btree (source, source_kind, key);

CREATE INDEX record_stale ON public.record USING btree (id) WHERE (stale_since IS NOT NULL);

CREATE INDEX record_version_about ON public.record_version USING btree (citizen_id) WHERE (about_id IS NOT NULL);

CREATE INDEX record_version_citizen ON public.record_version USING btree (citizen_id, valid_to);

CREATE UNIQUE INDEX record_version_current ON public.record_version USING btree (record_id, citizen_id) WHERE (valid_to = 'infinity'::timestamp with time zone);

CREATE INDEX record_version_owner ON public.record_version USING btree (owner_unit, citizen_id) WHERE (valid_to = 'infinity'::timestamp with time zone);

CREATE INDEX record_version_record ON public.record_version USING btree (record_id, valid_to);

CREATE INDEX representation_citizen ON public.representation USING btree (citizen_id, superseded_at);

CREATE UNIQUE INDEX representation_current ON public.representation USING btree (id) WHERE (superseded_at = 'infinity'::timestamp with time zone);

CREATE INDEX representation_person ON public.representation USING btree (representative, superseded_at);

CREATE INDEX representation_record ON public.representation USING btree (record_id) WHERE (superseded_at = 'infinity'::timestamp with time zone);

CREATE INDEX retained_expiry ON public.retained USING btree (expires_at);

CREATE INDEX retained_homes ON public.retained USING gin (homes);

CREATE INDEX run_day_source ON public.run_day USING btree (source, day);

CREATE INDEX run_ended ON public.run USING brin (ended_at);

CREATE INDEX run_failed ON public.run USING btree (queued_at DESC, id DESC) WHERE (state = 'failed'::text);

CREATE INDEX run_pull ON public.run USING btree (source, kind, ended_at DESC) WHERE ((mode = ANY (ARRAY['incremental'::text, 'load'::text])) AND (state = ANY (ARRAY['done'::text, 'failed'::text, 'cancelled'::text])));

CREATE INDEX run_queued ON public.run USING btree (queued_at DESC, id DESC);

CREATE INDEX run_recent ON public.run USING btree (source, kind, queued_at DESC);

CREATE INDEX run_source ON public.run USING btree (source, queued_at DESC, id DESC);

CREATE INDEX run_state ON public.run USING btree (state) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX source_consent_identity ON public.source_consent USING btree (identity_id);

CREATE INDEX subject_key_identity ON public.subject_key USING btree (identity_id);

CREATE INDEX unit_above_above ON public.unit_above USING btree (above_id);

CREATE INDEX unit_above_unit ON public.unit_above USING btree (unit_id, above_id);

CREATE INDEX web_session_end ON public.web_session USING btree (ends_at);

CREATE INDEX webhook_attempt_of ON public.webhook_attempt USING btree (delivery, at);

CREATE INDEX webhook_consumer ON public.webhook USING btree (consumer);

CREATE INDEX webhook_delivery_due ON public.webhook_delivery USING btree (next_at) WHERE (state = 'waiting'::text);

CREATE INDEX webhook_delivery_of ON public.webhook_delivery USING btree (webhook, created_at, id);

CREATE INDEX webhook_secret_of ON public.webhook_secret USING btree (webhook);

-- Functions

CREATE OR REPLACE FUNCTION public.acknowledge_page(a_consumer text, a_page bigint)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  acked bigint;
  chain bigint[];
  root bigint;
  p consumer_page;
begin
  select acknowledged into acked from consumer where id = a_consumer;
  with recursive back(page, prior) as (
    select c.page, c.prior from consumer_page c where c.consumer = a_consumer and c.page = a_page
    union all
    select c.page, c.prior from back b join consumer_page c on c.consumer = a_consumer and c.page = b.prior
  )
  select array_agg(b.page order by b.page), (array_agg(b.prior order by b.page))[1] into chain, root from back b;
  if chain is null or coalesce(root, acked) <> acked then return false; end if;
  for p in select * from consumer_page c where c.consumer = a_consumer and c.page = any (chain) order by c.page loop
    if p.opens_snapshot then
      update consumer_hold h set marks = array_fill(null::bytea, array[cardinality(h.records)]) where h.consumer = a_consumer;
    end if;
    perform hold_told(a_consumer, p.citizens, p.records, p.marks);
    with delta as materialized (
      select distinct on (t.c, t.r) t.c, t.r, t.m
      from unnest(p.citizens, p.records, p.marks) with ordinality as t(c, r, m, n) order by t.c, t.r, t.n desc
    ),
    again as (
      delete from purge g using delta d
      where g.consumer = a_consumer and g.citizen_id = d.c and g.record_id = d.r and d.m is not null
    )
    insert into purge (consumer, citizen_id, record_id, page)
    select a_consumer, d.c, d.r, p.page from delta d where d.m is null
    -- What was not confirmed the first time is owed since then.
    on conflict (consumer, citizen_id, record_id) do update set page = excluded.page, confirmed_at = null,
      told_at = case when purge.confirmed_at is null then purge.told_at else excluded.told_at end;
  end loop;
  update consumer set acknowledged = a_page where id = a_consumer;
  with recursive onward(page) as (
    select a_page
    union all
    select c.page from onward o join consumer_page c on c.consumer = a_consumer and c.prior = o.page
  )
  delete from consumer_page c where c.consumer = a_consumer
    and (c.page = a_page or c.page not in (select o.page from onward o));
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.append_access_log(ids uuid[], ats timestamp with time zone[], kinds text[], persons text[], roles text[], organisations text[], units text[], consumers text[], actor_citizens uuid[], representeds uuid[], purposes text[], endpoints text[], citizens uuid[], numbers bytea[], record_lists text[], decisions text[], basis_lists text[], correlations text[], emergencies boolean[], macs bytea[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  -- Durable even where the server's default is not: without the entry on disk there is no answer.
  perform set_config('synchronous_commit', 'on', true);
  insert into access_log
  select i, a, k, p, r, o, u, c, ac, rp, pu, e, ci, n, ('{' || rl || '}')::uuid[], d, string_to_array(bl, chr(31)), co, em, m
  from unnest(ids, ats, kinds, persons, roles, organisations, units, consumers, actor_citizens, representeds, purposes,
    endpoints, citizens, numbers, record_lists, decisions, basis_lists, correlations, emergencies, macs)
    as t(i, a, k, p, r, o, u, c, ac, rp, pu, e, ci, n, rl, d, bl, co, em, m);
  insert into log_unsealed (entry_id) select unnest(ids);
end $function$;

CREATE OR REPLACE FUNCTION public.append_changes(citizens uuid[], records uuid[], ops text[])
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.change_citizens(a_consumer text, grant_keys text[], after bigint, most integer)
 RETURNS TABLE(reached bigint, rows_read integer, citizens uuid[])
 LANGUAGE sql
 STABLE
AS $function$
  with batch as materialized (
    select position, citizen_id, record_id from change where position > after order by position limit most
  ),
  looked as materialized (select distinct citizen_id from batch where record_id is null),
  touched as materialized (
    select citizen_id from batch
    union
    select o.citizen_id from looked l
    join record_version v on v.citizen_id = l.citizen_id
    join record_version o on o.record_id = v.record_id and o.valid_to = 'infinity'
  ),
  by_law as materialized (select exists (select from statute_version s where s.recipients && grant_keys
    and s.valid_from <= statement_timestamp() and s.valid_to > statement_timestamp()) as reads)
  select max(b.position), count(*)::int, (
    select array_agg(t.citizen_id order by t.citizen_id) from touched t
    where (select reads from by_law)
      or exists (select from consumer_hold h where h.consumer = a_consumer and h.citizen_id = t.citizen_id)
      or exists (select from consent g where g.citizen_id = t.citizen_id and g.superseded_at = 'infinity'
        and g.decision = 'grant' and g.recipient = any (grant_keys)))
  from batch b
$function$;

CREATE OR REPLACE FUNCTION public.citizen_access(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text, a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text, asked uuid, as_of timestamp with time zone)
 RETURNS TABLE(visible boolean, stripped boolean)
 LANGUAGE plpgsql
 STABLE ROWS 1
AS $function$
declare
  t constant timestamptz := coalesce(as_of, statement_timestamp());
  in_person constant boolean := a_kind in ('citizen', 'representative');
begin
  return query
  select exists (select from citizen c where c.id = asked and c.merged_into is null) and (
      in_person and a_citizen is not distinct from asked
      or in_person and exists (select from representation r where r.citizen_id = asked and r.representative = a_number
        and r.recorded_at <= t and r.superseded_at > t and r.valid_from <= t and r.valid_to > t)
      or exists (select from decide(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, a_sector, a_consumer,
          a_citizen, a_number, a_purpose, array[asked], null, t) d
        where d.show in ('content', 'busy'))),
    (in_person or a_sector is distinct from 'public') and not (in_person and a_citizen is not distinct from asked)
      and exists (select from protection p where p.citizen_id = asked
        and p.valid_from <= t and p.valid_to > t and p.recorded_at <= t and p.superseded_at > t);
end $function$;

CREATE OR REPLACE FUNCTION public.consumer_changes(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text, a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text, asked uuid[], told_citizens uuid[], told_records uuid[], told_marks bytea[], anew boolean, most integer, wanted text[])
 RETURNS TABLE(citizen_id uuid, record_id uuid, kind text, held bytea, was_held boolean, mark bytea, rule integer, basis text, stripped boolean, links text, stale_since timestamp with time zone, body text, cipher bytea, is_stripped boolean)
 LANGUAGE plpgsql
 STABLE ROWS 60
AS $function$
#variable_conflict use_column
declare
  one uuid;
  found_rows int;
  given int := 0;
begin
  foreach one in array asked loop
    return query
    with seen as materialized (
      select d.record_id, d.kind, d.rule, d.basis, d.stripped, d.master_stripped
      from decide(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, a_sector, a_consumer, a_citizen, a_number,
        a_purpose, array[one], null, null) d
      where d.show = 'content'
    ),
    shown as materialized (select * from seen s where wanted is null or s.kind = any (wanted)),
    now_seen as materialized (
      select s.record_id, s.kind, s.rule, s.basis, s.stripped, l.links, r.stale_since,
        substr(sha256(r.content_hash || convert_to(concat_ws('|', s.stripped, extract(epoch from r.stale_since),
          coalesce(l.links, '')), 'UTF8')), 1, 8) as mark
      from shown s join record r on r.id = s.record_id
      left join lateral (
        select string_agg(k.rel || ' ' || k.to_id, ',' order by k.rel, k.to_id) as links
        from link k join shown t on t.record_id = k.to_id where k.from_id = s.record_id) l on true
      union all
      select one, 'citizen', null, null, bool_or(s.master_stripped), null, null,
        substr(sha256(convert_to(concat_ws('|', bool_or(s.master_stripped), (
          select string_agg(c.source || encode(r.content_hash, 'hex'), ',' order by c.source, c.record_id)
          from citizen_record c join record r on r.id = c.record_id where c.citizen_id = one)), 'UTF8')), 1, 8)
      from seen s having count(*) > 0
    ),
    told as materialized (
      select distinct on (t.r) t.r as record_id, t.m as mark
      from unnest(told_citizens, told_records, told_marks) with ordinality as t(c, r, m, n) where t.c = one
      order by t.r, t.n desc
    ),
    held_now as materialized (
      select t.record_id, t.mark from told t where t.mark is not null
      union all
      select x.r, case when anew then null else x.m end
      from consumer_hold h cross join lateral unnest(h.records, h.marks) as x(r, m)
      where h.consumer = a_consumer and h.citizen_id = one and not exists (select from told t where t.record_id = x.r)
    ),
    differing as materialized (
      select coalesce(n.record_id, h.record_id) as record_id, n.kind, h.mark as held, h.record_id is not null as was_held,
        n.mark, n.rule, n.basis, n.stripped, n.links, n.stale_since
      from now_seen n full join held_now h on h.record_id = n.record_id
      where n.record_id is null or h.record_id is null or h.mark is null or substr(h.mark, 1, 8) <> n.mark
    )
    select one, d.record_id,
      coalesce(d.kind, case when d.record_id = one then 'citizen' end,
        (select v.kind from record_version v where v.record_id = d.record_id limit 1)),
      d.held, d.was_held, d.mark, d.rule, d.basis, d.stripped, d.links, d.stale_since,
      case when p.is_stripped then b.stripped else b.body end,
      case when p.is_stripped then b.stripped_cipher else b.cipher end,
      p.is_stripped
    from differing d
    left join record_body b on b.record_id = d.record_id and d.mark is not null
    cross join lateral (select coalesce(d.stripped and (b.stripped is not null or b.stripped_cipher is not null), false)
      as is_stripped) p
    -- Master data comes first and goes last, so that no record is ever told of without its citizen.
    order by case when d.record_id <> one then 1 when d.mark is null then 2 else 0 end, d.record_id;
    get diagnostics found_rows = row_count;
    given := given + found_rows;
    exit when given >= most;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.cut_access_log(last bigint)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
declare gone bigint;
begin
  perform set_config('samspil.log_retention', 'on', true);
  delete from access_log e using log_seal s where s.entry_id = e.id and s.number <= last;
  get diagnostics gone = row_count;
  delete from log_seal where number <= last;
  perform set_config('samspil.log_retention', 'off', true);
  return gone;
end $function$;

CREATE OR REPLACE FUNCTION public.decide(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text, a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text, asked uuid[], only_records uuid[], as_of timestamp with time zone)
 RETURNS TABLE(citizen_id uuid, record_id uuid, kind text, domain text, source text, show text, rule integer, basis text, stripped boolean, master_stripped boolean, by_other_subject boolean)
 LANGUAGE plpgsql
 STABLE ROWS 60
AS $function$
#variable_conflict use_column
declare
  t constant timestamptz := coalesce(as_of, statement_timestamp());
begin
  if not exists (select from record_version v where v.citizen_id = any (asked) and v.about_id is not null) then
    return query select * from decide_each(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, a_sector, a_consumer,
      a_citizen, a_number, a_purpose, asked, only_records, t);
    return;
  end if;
  return query
  with tied as materialized (
    select v.citizen_id, v.record_id, v.about_id from record_version v
    where v.citizen_id = any (asked) and v.about_id is not null and v.valid_from <= t and v.valid_to > t
      and (only_records is null or v.record_id = any (only_records))
  ),
  each_one as materialized (
    select * from decide_each(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, a_sector, a_consumer,
      a_citizen, a_number, a_purpose, asked,
      case when only_records is not null then only_records || array(select about_id from tied) end, t)
  )
  select d.citizen_id, d.record_id, d.kind, d.domain, d.source,
    case when said.plain then d.show when said.shown then 'content' else 'hidden' end,
    case when said.plain then d.rule when r.record_id is null then case when said.shown then d.rule else 7 end
      when r.show in ('content', 'hidden') then r.rule else 7 end,
    case when said.plain then d.basis when r.record_id is null then case when said.shown then d.basis end
      when r.show in ('content', 'hidden') then r.basis end,
    d.stripped, d.master_stripped, coalesce(r.by_other_subject, d.by_other_subject)
  from each_one d
  left join tied on tied.citizen_id = d.citizen_id and tied.record_id = d.record_id
  left join each_one r on r.citizen_id = tied.citizen_id and r.record_id = tied.about_id
  cross join lateral (select tied.about_id is null as plain,
    case when r.record_id is null then d.rule in (1, 2) and d.show = 'content' else r.show = 'content' end as shown) said
  where only_records is null or d.record_id = any (only_records);
end $function$;

CREATE OR REPLACE FUNCTION public.decide_each(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text, a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text, asked uuid[], only_records uuid[], as_of timestamp with time zone)
 RETURNS TABLE(citizen_id uuid, record_id uuid, kind text, domain text, source text, show text, rule integer, basis text, stripped boolean, master_stripped boolean, by_other_subject boolean)
 LANGUAGE plpgsql
 STABLE ROWS 60
AS $function$
#variable_conflict use_column
declare
  t constant timestamptz := coalesce(as_of, statement_timestamp());
  in_person constant boolean := a_kind in ('citizen', 'representative');
  self constant uuid := case when in_person then a_citizen end;
  private constant boolean := in_person or a_sector is distinct from 'public';
  shows constant text[] := array['hidden', 'stub', 'busy', 'content'];
  keys record;
  one uuid;
  shared uuid[];
begin
  keys := reader_keys(a_kind, a_person, a_role, a_organisation, a_unit, a_consumer, t);
  -- One citizen at a time: what is said about one is a handful of rows, so that nested loops stay short.
  foreach one in array case when cardinality(asked) > 1 then array(select distinct c from unnest(asked) c) else asked end loop
    -- Most records concern one citizen; those with more are weighed together below.
    shared := '{}';
    if exists (select from shared_citizen k where k.citizen_id = one) then
      shared := array(
        select o.record_id from record_version a join record_version o on o.record_id = a.record_id
        where a.citizen_id = one and a.valid_from <= t and a.valid_to > t
          and (only_records is null or a.record_id = any (only_records))
          and o.citizen_id <> one and o.valid_from <= t and o.valid_to > t);
    end if;
    return query
    select one, j.record_id, j.kind, j.domain, j.source, shows[1 + j.strength], j.rule, j.basis, private and j.guarded,
      private and one is distinct from self and exists (select from protection p where p.citizen_id = one
        and p.valid_from <= t and p.valid_to > t and p.recorded_at <= t and p.superseded_at > t),
      false
    from judge(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, self, a_number, a_purpose, keys.for_grants,
      keys.for_refusals, one, only_records, t) j
    where shared = '{}' or j.record_id <> all (shared);
    continue when shared = '{}';
    return query
    with together as (
      select j.*, bool_or(j.guarded) over record as guarded_any,
        bool_or(j.rule = 1 and j.strength = 0) over record as barred,
        first_value(j.strength) over record as weakest_strength, first_value(j.rule) over record as weakest_rule,
        first_value(j.basis) over record as weakest_basis
      from (
        select v.citizen_id as id from record_version v
        where v.record_id = any (shared) and v.valid_from <= t and v.valid_to > t group by v.citizen_id
      ) person cross join lateral judge(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, self, a_number,
        a_purpose, keys.for_grants, keys.for_refusals, person.id, shared, t) j
      window record as (partition by j.record_id order by j.strength, j.rule desc, j.basis, j.citizen_id
        rows between unbounded preceding and unbounded following)
    )
    -- A citizen sees a record whatever the others in it say, unless it is withheld from them; others need every subject.
    select one, f.record_id, f.kind, f.domain, f.source,
      shows[1 + case when own then f.strength else f.weakest_strength end],
      case when own then f.rule else f.weakest_rule end,
      case when own then f.basis else f.weakest_basis end,
      private and f.guarded_any,
      private and one is distinct from self and exists (select from protection p where p.citizen_id = one
        and p.valid_from <= t and p.valid_to > t and p.recorded_at <= t and p.superseded_at > t),
      not own
    from together f
    cross join lateral (select case when f.barred then f.rule = 1 and f.strength = 0
      else f.rule = 1 or f.strength = f.weakest_strength end as own) side
    where f.citizen_id = one;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.fell_due(since timestamp with time zone, til timestamp with time zone)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE
AS $function$
  select citizen_id from consent where superseded_at = 'infinity' and not withdrawn
    and valid_from > since and valid_from <= til and valid_from > recorded_at
  union
  select citizen_id from consent where superseded_at = 'infinity' and not withdrawn
    and valid_to < 'infinity' and valid_to > since and valid_to <= til
  union
  select citizen_id from protection where superseded_at = 'infinity'
    and valid_from > since and valid_from <= til and valid_from > recorded_at
  union
  select citizen_id from protection where superseded_at = 'infinity'
    and valid_to < 'infinity' and valid_to > since and valid_to <= til
  union
  select citizen_id from enrolment where ended_at is null and starts_at > since and starts_at <= til and starts_at > recorded_at
  union
  select citizen_id from enrolment where ended_at is null and exists (select from statute_version s
    where s.valid_from > since and s.valid_from <= til or s.valid_to > since and s.valid_to <= til)
$function$;

CREATE OR REPLACE FUNCTION public.hold_told(a_consumer text, told_citizens uuid[], told_records uuid[], told_marks bytea[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  with delta as materialized (
    select distinct on (t.c, t.r) t.c, t.r, t.m
    from unnest(told_citizens, told_records, told_marks) with ordinality as t(c, r, m, n) order by t.c, t.r, t.n desc
  ),
  merged as (
    select d.c, d.r, d.m from delta d where d.m is not null
    union all
    select h.citizen_id, x.r, x.m
    from consumer_hold h cross join lateral unnest(h.records, h.marks) as x(r, m)
    where h.consumer = a_consumer and h.citizen_id = any (told_citizens)
      and not exists (select from delta d where d.c = h.citizen_id and d.r = x.r)
  )
  insert into consumer_hold as k (consumer, citizen_id, records, marks)
  select a_consumer, t.c, coalesce(array_agg(e.r order by e.r) filter (where e.r is not null), '{}'),
    coalesce(array_agg(e.m order by e.r) filter (where e.r is not null), '{}')
  from (select distinct c from delta) t left join merged e on e.c = t.c group by t.c
  on conflict (consumer, citizen_id) do update set records = excluded.records, marks = excluded.marks;
  delete from consumer_hold h
  where h.consumer = a_consumer and h.citizen_id = any (told_citizens) and cardinality(h.records) = 0;
end $function$;

CREATE OR REPLACE FUNCTION public.judge(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text, self uuid, a_number bytea, a_purpose text, grant_keys text[], refuse_keys text[], one uuid, only_records uuid[], t timestamp with time zone)
 RETURNS TABLE(record_id uuid, citizen_id uuid, kind text, domain text, source text, rule integer, strength integer, basis text, guarded boolean)
 LANGUAGE plpgsql
 STABLE ROWS 60
AS $function$
#variable_conflict use_column
declare
  in_person constant boolean := a_kind in ('citizen', 'representative');
  is_self constant boolean := coalesce(one = self, false);
  in_unit constant boolean := a_kind = 'professional' and a_unit is not null;
  reads constant boolean := a_kind not in ('administrator', 'dpo');
  of_health constant boolean := coalesce(a_domain = 'health', false);
begin
  return query
  with said as materialized (
    select c.decision, c.domains, c.kinds, c.record_id, c.numbers, c.show,
      coalesce(of_health or 'health' = any (c.domains), false) as names_health,
      case when c.up_to = 'sensitive' and c.recipient like 'person:%' then 3 else sensitivity_rank(c.up_to) end as reach,
      'consent:' || c.id || ':' || c.version as basis
    from (
      select x.* from consent x where x.citizen_id = one and x.under_since <= t
      union all
      select x.* from moved_said m join consent x on x.id = m.said_id and x.version = m.version
      where m.citizen_id = one and m.since <= t and m.until > t) c
    where c.recorded_at <= t and c.superseded_at > t and not c.withdrawn
      and c.valid_from <= t and c.valid_to > t and (c.purposes is null or a_purpose = any (c.purposes))
      and case c.decision when 'grant' then c.recipient = any (grant_keys)
          else c.recipient is null or c.recipient = any (refuse_keys) end
    -- Content is preferred to busy time.
    order by c.show desc, c.id
  ),
  law as materialized (
    select s.opt_out, s.domains, s.kinds, coalesce(of_health or 'health' = any (s.domains), false) as names_health,
      case when s.up_to = 'sensitive' and exists (select from unnest(s.recipients) r
        where r like 'person:%' and r = any (grant_keys)) then 3 else sensitivity_rank(s.up_to) end as reach,
      'statute:' || s.statute_id as basis
    from statute_version s
    where s.valid_from <= t and s.valid_to > t and s.recipients && grant_keys
      and (s.purposes is null or a_purpose = any (s.purposes))
    order by s.statute_id
  ),
  represented as materialized (
    select r.domains, r.kinds, 'representation:' || r.id || ':' || r.version as basis
    from (
      select x.* from representation x where in_person and x.citizen_id = one and x.under_since <= t
      union all
      select x.* from moved_said m join representation x on x.id = m.said_id and x.version = m.version
      where in_person and m.citizen_id = one and m.since <= t and m.until > t) r
    where r.representative = a_number and r.recorded_at <= t and r.superseded_at > t
      and r.valid_from <= t and r.valid_to > t
  )
  select j.record_id, one, j.kind, j.domain, j.source, left(j.verdict, 1)::int, substr(j.verdict, 2, 1)::int,
    nullif(substr(j.verdict, 3), ''), j.guarded
  from (
    select s.record_id, s.kind, s.domain, s.source,
      s.third_party_protected or (not is_self and exists (select from protection p where p.citizen_id = one
        and p.valid_from <= t and p.valid_to > t and p.recorded_at <= t and p.superseded_at > t)) as guarded,
      -- Rule, strength, basis. The first that decides ends the search.
      coalesce(
        case when s.withheld and (is_self or exists (select from represented)) then '10' when is_self then '13' end,
        case when in_person then (select '13' || r.basis from represented r
          where (r.domains is null or s.domain = any (r.domains)) and (r.kinds is null or s.kind = any (r.kinds)) limit 1) end,
        case when in_unit and not s.theirs and (s.level < 3 or a_person = any (s.named)) and (s.owner_unit = a_unit or s.owner_unit in (
          select u.unit_id from unit_above u where u.above_id = a_unit and u.valid_from <= t and u.valid_to > t)) then '23' end,
        (select min('33emergency:' || e.id) from emergency_access e where not s.theirs and a_kind = 'professional' and e.citizen_id = one
          and e.person = a_person and e.role = a_role and e.organisation = a_organisation
          and e.valid_from <= t and e.valid_to > t),
        (select '43' || l.basis from law l where not s.theirs and not l.opt_out and s.level <= l.reach
          and (l.domains is null or s.domain = any (l.domains)) and (l.kinds is null or s.kind = any (l.kinds))
          and (l.names_health or s.domain <> 'health') limit 1),
        (select '50' || c.basis from said c where c.decision = 'refuse'
          and (c.domains is null or s.domain = any (c.domains)) and (c.kinds is null or s.kind = any (c.kinds))
          and (c.record_id is null or c.record_id = s.record_id) limit 1),
        (select '63' || c.basis from said c where c.decision = 'grant' and c.show = 'content' and s.level <= c.reach
          and (c.domains is null or s.domain = any (c.domains)) and (c.kinds is null and not s.theirs or s.kind = any (c.kinds))
          and (c.record_id is null or c.record_id = s.record_id) and s.identity_id = any (c.numbers)
          and (c.names_health or s.domain <> 'health') limit 1),
        (select '63' || l.basis from law l where not s.theirs and l.opt_out and s.level <= l.reach
          and (l.domains is null or s.domain = any (l.domains)) and (l.kinds is null or s.kind = any (l.kinds))
          and (l.names_health or s.domain <> 'health') limit 1),
        case when s.kind = 'appointment' then (select '62' || c.basis from said c
          where c.decision = 'grant' and c.show = 'busy' and s.level <= c.reach
          and (c.domains is null or s.domain = any (c.domains)) and (c.kinds is null or s.kind = any (c.kinds))
          and (c.record_id is null or c.record_id = s.record_id) and s.identity_id = any (c.numbers)
          and (c.names_health or s.domain <> 'health') limit 1) end,
        case when reads and not s.theirs and s.source = any (array(select x.source from source_version x
          where x.existence_shown and x.valid_from <= t and x.valid_to > t)) then '71' end,
        '70') as verdict
    from (
      select v.record_id, v.identity_id, v.kind, v.domain, v.source, v.owner_unit, v.named, v.withheld,
        v.third_party_protected, sensitivity_rank(v.sensitivity) as level,
        v.kind = 'rating' as theirs
      from record_version v
      where v.citizen_id = one and v.valid_from <= t and v.valid_to > t
        and (only_records is null or v.record_id = any (only_records))
      offset 0
    ) s
    -- Without these fences the planner would compute each column once for every place that mentions it.
    offset 0
  ) j;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_acts()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' and current_setting('samspil.log_retention', true) = 'on' then return old; end if;
  raise exception 'what operators did is append-only';
end $function$;

CREATE OR REPLACE FUNCTION public.keep_log()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' and current_setting('samspil.log_retention', true) = 'on' then return old; end if;
  raise exception 'the access log is append-only';
end $function$;

CREATE OR REPLACE FUNCTION public.note_moved_said()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into moved_said values (old.id, old.version, old.citizen_id, old.under_since, greatest(now(), old.under_since));
  new.under_since := greatest(now(), old.under_since);
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.note_shared_citizens()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into shared_citizen
  select distinct both_of.id
  from added n
  -- Row by row through the index, whatever the planner was told of the table when it was empty.
  cross join lateral (select v.citizen_id from record_version v where v.record_id = n.record_id and v.citizen_id <> n.citizen_id offset 0) v
  cross join lateral (values (n.citizen_id), (v.citizen_id)) both_of(id)
  on conflict do nothing;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.reader_keys(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_consumer text, t timestamp with time zone, OUT for_grants text[], OUT for_refusals text[])
 RETURNS record
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
declare
  named text[];
  unknown_type text[];
begin
  select coalesce(array_agg(distinct n.type || ':' || n.id), '{}'),
    coalesce(array_agg(distinct case n.type when 'unit' then 'organisation:' else 'unit:' end || n.id), '{}')
    into named, unknown_type
  from (
    select above_type as type, above_id as id from unit_above
    where unit_id = a_unit and valid_from <= t and valid_to > t
    union all
    -- An organisation claim never stands for a unit of the tree that happens to have the same id.
    select u.above_type, u.above_id from unit_above o join unit_above u on u.unit_id = o.unit_id
    where o.unit_id = a_organisation and o.above_id = a_organisation and o.above_type = 'organisation'
      and o.valid_from <= t and o.valid_to > t and u.valid_from <= t and u.valid_to > t
    union all
    select 'unit', a_unit where a_unit is not null
      and not exists (select from unit_above where unit_id = a_unit and valid_from <= t and valid_to > t)
    union all
    select 'organisation', a_organisation where a_organisation is not null
  ) n;
  for_refusals := array_remove(array['person:' || a_person, 'role:' || a_role, 'consumer:' || a_consumer], null) || named;
  for_grants := case
    when a_kind in ('administrator', 'dpo') then '{}'
    when a_kind = 'consumer-system' then array_remove(array['consumer:' || a_consumer], null)
    else for_refusals end;
  for_refusals := for_refusals || unknown_type;
end $function$;

CREATE OR REPLACE FUNCTION public.refresh_unit_above()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from unit_above;
  insert into unit_above
  with recursive up(unit_id, above_id, above_type, parent_id, valid_from, valid_to, depth) as (
    select unit_id, unit_id, type, parent_id, valid_from, valid_to, 1 from unit_version where valid_from < valid_to
    union all
    select up.unit_id, p.unit_id, p.type, p.parent_id, greatest(up.valid_from, p.valid_from), least(up.valid_to, p.valid_to),
      up.depth + 1
    from up join unit_version p on p.unit_id = up.parent_id and p.valid_from < up.valid_to and up.valid_from < p.valid_to
      and p.valid_from < p.valid_to
    where up.depth < 32
  )
  select unit_id, above_id, above_type, valid_from, valid_to from up;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.sensitivity_rank(level text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case level when 'normal' then 0 when 'confidential' then 1 when 'sensitive' then 2 else 3 end
$function$;

CREATE OR REPLACE FUNCTION public.unit_ancestors(start text, at timestamp with time zone)
 RETURNS text[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  with recursive up(unit_id, parent_id, depth) as (
    select unit_id, parent_id, 1 from unit_version where unit_id = start and valid_from <= at and at < valid_to
    union all
    select u.unit_id, u.parent_id, up.depth + 1
    from up join unit_version u on u.unit_id = up.parent_id and u.valid_from <= at and at < u.valid_to
    where up.depth < 32
  )
  select coalesce(array_agg(unit_id), array[start]) from up
$function$;

CREATE OR REPLACE FUNCTION public.visible_citizens(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text, a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text, after uuid, most integer)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE ROWS 100
AS $function$
#variable_conflict use_column
declare
  t constant timestamptz := statement_timestamp();
  in_person constant boolean := a_kind in ('citizen', 'representative');
  grant_keys constant text[] := (
    reader_keys(a_kind, a_person, a_role, a_organisation, a_unit, a_consumer, t)).for_grants;
  by_law constant boolean := exists (
    select from statute_version s where s.valid_from <= t and s.valid_to > t and s.recipients && grant_keys);
  step constant int := least(most + 20, 200);
  units text[] := '{}';
  last uuid := coalesce(after, '00000000-0000-0000-0000-000000000000');
  batch uuid[];
  seen uuid;
  given int := 0;
begin
  if a_kind = 'professional' and a_unit is not null then
    units := array(select distinct u.unit_id from unit_above u
      where u.above_id = a_unit and u.valid_from <= t and u.valid_to > t) || a_unit;
  end if;
  while given < most loop
    select array_agg(id order by id) into batch from (
      select id from (
        (select distinct c.citizen_id as id from unnest(grant_keys) k cross join lateral (
          select distinct g.citizen_id from consent g
          where g.recipient = k and g.decision = 'grant' and g.superseded_at = 'infinity' and g.citizen_id > last
          order by g.citizen_id limit step) c order by 1 limit step)
        union
        (select distinct o.citizen_id from unnest(units) u cross join lateral (
          select distinct v.citizen_id from record_version v
          where v.owner_unit = u and v.valid_to = 'infinity' and v.citizen_id > last
          order by v.citizen_id limit step) o order by 1 limit step)
        union
        (select e.citizen_id from enrolment e where by_law and e.ended_at is null and e.citizen_id > last
          order by 1 limit step)
        union
        (select distinct e.citizen_id from emergency_access e
          where e.person = a_person and e.valid_to > t and e.citizen_id > last order by 1 limit step)
        union
        (select distinct r.citizen_id from representation r
          where in_person and r.representative = a_number and r.superseded_at > t and r.citizen_id > last
          order by 1 limit step)
        union
        select a_citizen where in_person and a_citizen > last
      ) candidate order by id limit step
    ) page;
    exit when batch is null;
    for seen in
      select id from (
        select d.citizen_id as id
        from decide(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, a_sector, a_consumer, a_citizen, a_number,
          a_purpose, batch, null, t) d where d.show in ('content', 'busy')
        union
        select b.id from unnest(batch) b(id) where in_person and (b.id = a_citizen or exists (
          select from representation r where r.citizen_id = b.id and r.representative = a_number
            and r.recorded_at <= t and r.superseded_at > t and r.valid_from <= t and r.valid_to > t))
      ) known where exists (select from citizen c where c.id = known.id and c.merged_into is null) order by id
    loop
      return next seen;
      given := given + 1;
      exit when given = most;
    end loop;
    exit when cardinality(batch) < step;
    last := batch[cardinality(batch)];
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.visible_records(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text, a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text, asked uuid[], only_records uuid[], as_of timestamp with time zone)
 RETURNS TABLE(citizen_id uuid, record_id uuid, kind text, domain text, source text, show text, rule integer, basis text, stripped boolean, master_stripped boolean)
 LANGUAGE plpgsql
 STABLE ROWS 60
AS $function$
#variable_conflict use_column
begin
  return query
  select d.citizen_id, d.record_id, d.kind, d.domain, d.source, d.show, d.rule, d.basis, d.stripped, d.master_stripped
  from decide(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, a_sector, a_consumer, a_citizen, a_number,
    a_purpose, asked, only_records, as_of) d
  where d.show in ('content', 'busy') or (d.show = 'stub' and exists (
    select from decide(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, a_sector, a_consumer, a_citizen,
      a_number, a_purpose, array[d.citizen_id], null, as_of) o
    where o.show in ('content', 'busy')));
end $function$;

CREATE OR REPLACE FUNCTION public.write_fell_due()
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  since timestamptz;
  -- Not later than what this statement sees: what commits afterwards writes its own row, after it.
  til constant timestamptz := statement_timestamp();
  due uuid[];
begin
  select due_to into since from change_horizon;
  if not exists (select from fell_due(since, til)) then
    -- Now and then, so that the next look need not go back far.
    if since < til - interval '10 minutes' then
      update change_horizon set due_to = til where due_to = since;
    end if;
    return false;
  end if;
  select due_to into since from change_horizon for update;
  select array_agg(c order by c) into due from fell_due(since, til) c;
  if due is null then return false; end if;
  update change_horizon set due_to = til;
  perform append_changes(due, array_fill(null::uuid, array[cardinality(due)]),
    array_fill('look'::text, array[cardinality(due)]));
  return true;
end $function$;

-- Triggers

CREATE TRIGGER access_log_kept BEFORE DELETE OR UPDATE ON public.access_log FOR EACH ROW EXECUTE FUNCTION keep_log();

CREATE TRIGGER access_log_whole BEFORE TRUNCATE ON public.access_log FOR EACH STATEMENT EXECUTE FUNCTION keep_log();

CREATE TRIGGER act_kept BEFORE DELETE OR UPDATE ON public.act FOR EACH ROW EXECUTE FUNCTION keep_acts();

CREATE TRIGGER act_whole BEFORE TRUNCATE ON public.act FOR EACH STATEMENT EXECUTE FUNCTION keep_acts();

CREATE TRIGGER consent_moved BEFORE UPDATE OF citizen_id ON public.consent FOR EACH ROW WHEN ((old.citizen_id <> new.citizen_id)) EXECUTE FUNCTION note_moved_said();

CREATE TRIGGER log_seal_kept BEFORE DELETE OR UPDATE ON public.log_seal FOR EACH ROW EXECUTE FUNCTION keep_log();

CREATE TRIGGER log_seal_whole BEFORE TRUNCATE ON public.log_seal FOR EACH STATEMENT EXECUTE FUNCTION keep_log();

CREATE TRIGGER record_version_added AFTER INSERT ON public.record_version REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION note_shared_citizens();

CREATE TRIGGER representation_moved BEFORE UPDATE OF citizen_id ON public.representation FOR EACH ROW WHEN ((old.citizen_id <> new.citizen_id)) EXECUTE FUNCTION note_moved_said();

CREATE TRIGGER unit_version_changed AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.unit_version FOR EACH STATEMENT EXECUTE FUNCTION refresh_unit_above();
