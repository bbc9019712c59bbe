drop index ctl.signup_waiting;
alter table ctl.signup drop constraint signup_state_known;
update ctl.signup set state = case state when 'asked' then 'failed' when 'making' then 'failed' when 'ready' then 'done' else state end;
alter table ctl.signup add constraint signup_state_known check (state in ('draft', 'provisioning', 'done', 'failed'));
alter table ctl.signup drop column slug, drop column run_at, drop column claimed_by, drop column attempts;
