drop index contact_by_email;
drop table portal_terms;
drop table portal_session;
drop table portal_link;
drop table portal_request;
