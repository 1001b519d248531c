-- An operator may stop a webhook; then its consumer cannot start it again by itself.
alter table webhook drop constraint webhook_reason_check;
alter table webhook add constraint webhook_reason_check check (reason in ('gone', 'failing', 'unregistered', 'operator'));
