-- A sign-up that was asked for is made into a company by whichever worker takes it: asked, making, then ready or failed.
alter table ctl.signup
  -- The address this sign-up has spoken for, so that two of them cannot both believe in it.
  add column slug text constraint signup_slug_once unique,
  -- When a worker may take it, or take it again; while one is at it, when that one is believed no more. Null: nothing to do.
  add column run_at timestamptz,
  add column claimed_by uuid,
  add column attempts int not null default 0;
alter table ctl.signup drop constraint signup_state_known;
update ctl.signup set slug = draft ->> 'slug' where state = 'provisioning'
  and not exists (select from ctl.signup o where o.id < signup.id and o.state = 'provisioning' and o.draft ->> 'slug' = signup.draft ->> 'slug');
update ctl.signup set
  run_at = case state when 'provisioning' then now() end,
  state = case state when 'provisioning' then 'asked' when 'done' then 'ready' else state end;
alter table ctl.signup add constraint signup_state_known check (state in ('draft', 'asked', 'making', 'ready', 'failed'));
create index signup_waiting on ctl.signup (run_at) where run_at is not null;
