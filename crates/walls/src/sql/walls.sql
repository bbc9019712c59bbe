-- What each database has of its own: extensions, schemas, who may enter them, and the two functions of the wall.
create extension if not exists btree_gist with schema public;
create extension if not exists pg_trgm with schema public;

do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to tw_app, tw_job, tw_control, tw_migrate, tw_owner, tw_auth, tw_backup, tw_ro, tw_tenant', current_database());
end $$;
revoke all on schema public from public;
-- The types and operators of extensions live there; nobody may create in it.
grant usage on schema public to tw_owner, tw_app, tw_job, tw_control, tw_auth, tw_ro, tw_tenant;

create schema if not exists wall authorization tw_owner;
create schema if not exists ctl authorization tw_owner;
create schema if not exists ops authorization tw_owner;
create schema if not exists app authorization tw_owner;
grant usage on schema wall to tw_app, tw_job, tw_control, tw_auth, tw_ro, tw_tenant;
grant usage on schema ctl to tw_control, tw_auth;
grant usage on schema ops to tw_app, tw_job, tw_tenant;
grant usage on schema app to tw_app, tw_ro, tw_auth, tw_backup;
alter default privileges for role tw_owner revoke execute on functions from public;
-- A backup takes every table, those of later migrations too.
grant select on all tables in schema ctl, ops to tw_backup;
alter default privileges for role tw_owner in schema ctl, ops grant select on tables to tw_backup;

-- Written in the standard's form, so that every name in it was looked up once, here, and none follows a caller's
-- search_path. It inlines. After a finished transaction the setting is '' and not null: no tenant, no rows.
create or replace function wall.current_tenant() returns uuid language sql stable parallel safe
return nullif(pg_catalog.current_setting('app.tenant_id', true), '')::pg_catalog.uuid;

create or replace function wall.set_tenant(t uuid) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare bound text := nullif(current_setting('app.tenant_id', true), '');
begin
  if t is null then
    raise exception 'tenant is null' using errcode = '42501';
  end if;
  if bound is not null and bound <> t::text then
    raise exception 'tenant already bound in this transaction' using errcode = '42501';
  end if;
  -- A dedicated role carries the end of its tenant's id in its name.
  if session_user like 'tenant\_%' and right(session_user, 12) <> right(t::text, 12) then
    raise exception 'this role belongs to another tenant' using errcode = '42501';
  end if;
  -- A utility statement: the form that Citus forwards to its workers, and that no expression can contain.
  execute format('set local app.tenant_id = %L', t);
end $$;
alter function wall.current_tenant() owner to tw_owner;
alter function wall.set_tenant(uuid) owner to tw_owner;
revoke all on function wall.current_tenant(), wall.set_tenant(uuid) from public;
grant execute on function wall.current_tenant(), wall.set_tenant(uuid) to tw_app, tw_ro, tw_tenant;
