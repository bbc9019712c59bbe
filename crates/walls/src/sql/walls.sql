-- What each database has of its own: extensions, schemas, who may enter them, and the four functions of the wall.
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

-- Whose rows of a noun this transaction reaches: these members', or everybody's when null.
create or replace function wall.reach(noun text) returns uuid[] language sql stable parallel safe
return nullif(pg_catalog.current_setting('app.reach_' operator(pg_catalog.||) noun, true), '')::pg_catalog.uuid[];

-- `customer={id,id} appointment={id}`: once in a transaction, and it only ever narrows.
create or replace function wall.set_reach(t uuid, reach text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  part text;
  noun text;
begin
  if t is null or t is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
    raise exception 'reach is set inside a tenant' using errcode = '42501';
  end if;
  foreach part in array string_to_array(reach, ' ') loop
    noun := split_part(part, '=', 1);
    if noun !~ '^[a-z_]{1,40}$' or split_part(part, '=', 2) !~ '^\{[0-9a-f,-]*\}$' then
      raise exception 'no reach: %', part using errcode = '42501';
    end if;
    if nullif(current_setting('app.reach_' || noun, true), '') is not null then
      raise exception 'reach already set in this transaction' using errcode = '42501';
    end if;
    execute format('set local app.reach_%s = %L', noun, split_part(part, '=', 2));
  end loop;
end $$;
alter function wall.current_tenant() owner to tw_owner;
alter function wall.set_tenant(uuid) owner to tw_owner;
alter function wall.reach(text) owner to tw_owner;
alter function wall.set_reach(uuid, text) owner to tw_owner;
revoke all on function wall.current_tenant(), wall.set_tenant(uuid), wall.reach(text), wall.set_reach(uuid, text) from public;
grant execute on function wall.current_tenant(), wall.set_tenant(uuid) to tw_app, tw_ro, tw_tenant;
grant execute on function wall.reach(text), wall.set_reach(uuid, text) to tw_app, tw_tenant;
