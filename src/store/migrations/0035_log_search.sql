-- The data-protection officer searches the whole log, newest first; what is rare has an index of its own.
create index access_log_at on access_log (at, id);
create index access_log_organisation on access_log (organisation, at) where organisation is not null;
create index access_log_consumer on access_log (consumer, at) where consumer is not null;
create index access_log_emergency on access_log (at, id) where emergency;
create index access_log_refused on access_log (at, id) where decision in ('denied', 'failed');
