-- The settings by which a kind's records were last loaded: when they differ from the configured ones, all come again.
alter table sync_state add column settings_digest text;

-- Few records are stale at any time: whoever reads a plan looks only here for the ones among it that are.
create index record_stale on record (id) where stale_since is not null;
