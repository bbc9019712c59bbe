-- The keys that sign access tokens, for all processes of the house. The newest whose time has come signs; all verify until
-- their time is over. Two who rotate at once make the same number, and one of them finds it taken.
create table ctl.signing_key (
  number int primary key check (number > 0),
  kid text not null constraint signing_key_kid_once unique check (kid <> ''),
  -- PKCS 8 in PEM, sealed with AES-256-GCM under a key that follows from the installation's secret; Base64.
  sealed text not null,
  created_at timestamptz not null,
  signs_from timestamptz not null,
  -- None while no younger key has been made.
  verifies_until timestamptz
);
grant select, insert, delete, update (verifies_until) on ctl.signing_key to tw_control;
grant select on ctl.signing_key to tw_backup;
