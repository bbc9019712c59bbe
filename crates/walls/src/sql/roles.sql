-- The roles of the cluster. Every database of the cluster shares them, so each statement may find its work done already.
-- Role attributes are set again on every start: somebody may have widened them by hand.
do $$
declare r record; me text := current_user; super boolean := (select rolsuper from pg_roles where rolname = current_user);
begin
  for r in select * from (values
    ('tw_owner',   'nologin noinherit', false),  -- owns every object, never logs in
    ('tw_migrate', 'login noinherit',   false),  -- for an operator who migrates without the administrator; becomes tw_owner
    ('tw_app',     'login noinherit',   false),  -- the web and the tenants' part of jobs
    ('tw_job',     'login noinherit',   false),  -- claims outbox and jobs
    ('tw_control', 'login noinherit',   false),  -- the registry
    ('tw_tenant',  'nologin noinherit', false),  -- what all dedicated tenants' roles have in common
    ('tw_ro',      'nologin noinherit', false),  -- support, through the same policies
    ('tw_auth',    'nologin noinherit', true),   -- owner of the few definer functions
    ('tw_backup',  'nologin noinherit', true)    -- pg_dump
  ) as wanted (name, attributes, bypass) loop
    begin
      if not exists (select from pg_roles where rolname = r.name) then
        execute format('create role %I %s', r.name, r.attributes);
      end if;
      if exists (select from pg_roles where rolname = r.name and (rolcreaterole or rolcreatedb)) then
        execute format('alter role %I nocreaterole nocreatedb', r.name);
      end if;
      -- Only a superuser may say these words at all, even to take a right away.
      if super then
        execute format('alter role %I nosuperuser noreplication %s', r.name, case when r.bypass then 'bypassrls' else 'nobypassrls' end);
      end if;
    end;
  end loop;
  if not pg_has_role('tw_migrate', 'tw_owner', 'member') then
    grant tw_owner to tw_migrate;
  end if;
  -- An administrator who is no superuser must be able to become the roles it works as.
  if not super then
    foreach me in array array['tw_owner', 'tw_app', 'tw_tenant'] loop
      execute format('grant %I to current_user', me);
    end loop;
  end if;
end $$;

alter role tw_app set search_path = app, public, pg_temp;
alter role tw_app set statement_timeout = '10s';
alter role tw_app set lock_timeout = '3s';
alter role tw_app set idle_in_transaction_session_timeout = '15s';
alter role tw_app set row_security = on;
alter role tw_job set search_path = ops, public, pg_temp;
alter role tw_job set statement_timeout = '10s';
alter role tw_job set lock_timeout = '3s';
alter role tw_job set idle_in_transaction_session_timeout = '15s';
alter role tw_control set search_path = ctl, public, pg_temp;
alter role tw_control set statement_timeout = '10s';
alter role tw_control set lock_timeout = '3s';
alter role tw_control set idle_in_transaction_session_timeout = '15s';
