-- How many requests a run took (what a forecast is made from), and the timelines of rate budgets that all processes share.

alter table run add column requests int;

-- When the next request of a budget may start. Unlogged: after a crash of the server a budget begins anew.
create unlogged table rate_budget (
  name text primary key,
  next_at timestamptz not null
);
