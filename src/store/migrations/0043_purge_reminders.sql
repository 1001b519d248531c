-- Reminders of deletions that are owed go to the webhooks of whoever owes them, with the instant they are due by.
alter table webhook_delivery drop constraint webhook_delivery_kind_check;
alter table webhook_delivery add constraint webhook_delivery_kind_check check (kind in ('challenge', 'hint', 'reminder'));
alter table webhook_delivery add column due_by timestamptz;
alter table webhook_delivery add constraint webhook_delivery_due_by_check check ((kind = 'reminder') = (due_by is not null));
