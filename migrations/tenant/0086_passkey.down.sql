drop table passkey_ceremony;
drop table passkey;
