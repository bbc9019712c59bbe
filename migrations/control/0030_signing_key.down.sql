drop table ctl.signing_key;
