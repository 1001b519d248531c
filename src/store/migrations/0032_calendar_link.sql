-- Secret addresses under which a citizen's (or representative's) own calendar programme reads the shared calendar. Only the
-- secret's keyed hash is kept; who made it, and for whom it reads, is sealed.
create table calendar_link (
  id uuid primary key,
  citizen_id uuid not null references citizen (id),
  secret_hash bytea not null unique,
  actor bytea not null,
  made_by text not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  last_used_on date
);
create index calendar_link_citizen on calendar_link (citizen_id, made_by);
