-- What its consumer calls a webhook: of its address no more than the host is shown, and one host may have several.
alter table webhook add column name text check (char_length(name) between 1 and 80);
