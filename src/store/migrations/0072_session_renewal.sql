-- Who renews a session's tokens says so here instead of holding the row: nobody else asks the provider until then.
alter table web_session add column renewing_until timestamptz;
