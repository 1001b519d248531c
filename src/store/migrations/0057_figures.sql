-- Figures about everybody, month by month, and what the list of failed runs is read by.

-- A month is counted once and never again. Persons and amounts here are exact: they are shown through suppression alone.
create table figure_month (
  month date primary key,
  taken_at timestamptz not null default now(),
  -- Enrolled citizens then, exact; absent for months that were told of afterwards.
  citizens int
);
create table figure (
  month date not null references figure_month,
  name text not null,
  cell text not null,
  persons int not null,
  amount int not null,
  primary key (month, name, cell)
);

create index run_failed on run (queued_at desc, id desc) where state = 'failed';
