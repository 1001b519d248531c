-- Who asks what somebody could see looks that person up in the log.
create index access_log_person on access_log (person, at);
