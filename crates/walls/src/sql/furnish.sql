-- Walls every table of one tenant schema: called by the runner after each migration, in the migration's transaction.
-- What is right already is left alone, so that a second call takes no lock.
--   target    the schema
--   tenant    its one tenant, or null for the pooled schema
--   narrowed  {"audit": {"select": true, "insert": true}, "member": {"update": ["phone"]}}: verbs, whole or by column
--   secret    tables that support may not read
create or replace function ctl.furnish(target text, tenant uuid, narrowed jsonb, secret text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  runtime constant text := case when tenant is null then 'tw_app' else target end;
  readers constant text[] := case when tenant is null then array['tw_app', 'tw_ro'] else array[target] end;
  predicate constant text := '(tenant_id = wall.current_tenant())';
  t record;
  s record;
  pass text;
begin
  for t in
    select key as relname from jsonb_object_keys(narrowed) as key
    where not exists (select from pg_class c where c.relnamespace = quote_ident(target)::regnamespace and c.relname = key)
  loop
    raise exception 'a grant directive names the table %, which schema % does not have', t.relname, target
      using hint = format('correct the name, or, where a migration drops the table, say there: --! forget %s', t.relname);
  end loop;

  for t in
    select c.oid, c.relname::text as relname, c.relkind, c.relowner, c.relrowsecurity, c.relforcerowsecurity
    from pg_class c
    where c.relnamespace = quote_ident(target)::regnamespace and c.relkind in ('r', 'p', 'v')
    order by c.relname
  loop
    if t.relkind in ('r', 'p') then
      if not exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant_id' and a.atttypid = 'uuid'::regtype and a.attnotnull) then
        raise exception 'table %.% has no column "tenant_id uuid not null"', target, t.relname
          using hint = 'begin it with: tenant_id uuid not null default wall.current_tenant()';
      end if;
      if not t.relrowsecurity then
        execute format('alter table %I.%I enable row level security', target, t.relname);
      end if;
      if not t.relforcerowsecurity then
        execute format('alter table %I.%I force row level security', target, t.relname);
      end if;
      if not exists (
        select from pg_policy p
        where p.polrelid = t.oid and p.polname = 'tenant_isolation' and p.polcmd = '*' and p.polpermissive
          and pg_get_expr(p.polqual, p.polrelid) = predicate and pg_get_expr(p.polwithcheck, p.polrelid) = predicate
          and (select array_agg(r.rolname::text order by r.rolname) from pg_roles r where r.oid = any (p.polroles)) = readers
      ) then
        execute format('drop policy if exists tenant_isolation on %I.%I', target, t.relname);
        execute format('create policy tenant_isolation on %I.%I to %s using %s with check %s', target, t.relname,
          (select string_agg(quote_ident(r), ', ') from unnest(readers) r), predicate, predicate);
      end if;
      -- Even a row written past every policy cannot be another tenant's.
      if tenant is not null and not exists (select from pg_constraint k where k.conrelid = t.oid and k.conname = 'one_tenant') then
        execute format('alter table %I.%I add constraint one_tenant check (tenant_id = %L::uuid)', target, t.relname, tenant);
      end if;
    end if;
  end loop;

  -- One question for the whole schema, not one per table: a migration of hundreds of schemas spends its time here.
  -- Revoking from a whole table takes the columns along, so what is granted is looked at again after revoking.
  foreach pass in array array['revoke', 'grant'] loop
    for s in
      with tab as (
        select c.oid, c.relname::text as relname, c.relkind, c.relowner, c.relacl from pg_class c
        where c.relnamespace = quote_ident(target)::regnamespace and c.relkind in ('r', 'p', 'v')
      ), wanted as (
        select b.oid, b.relname, case
          when narrowed ? b.relname then narrowed -> b.relname
          when b.relkind = 'v' then '{"select": true}'::jsonb
          else jsonb_build_object('select', true, 'insert', true, 'delete', true, 'update', coalesce(
            (select jsonb_agg(a.attname::text order by a.attnum) from pg_attribute a
             where a.attrelid = b.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
               and a.attname not in ('tenant_id', 'id', 'created_at', 'created_by')), '[]'::jsonb))
          end as verbs
        from tab b
      ), asked as (
        select w.oid, runtime as grantee, v.key as verb, v.value as columns from wanted w, jsonb_each(w.verbs) v
        union all select w.oid, 'tw_ro', 'select', w.verbs -> 'select' from wanted w where tenant is null and w.verbs ? 'select' and not w.relname = any (secret)
        union all select w.oid, 'tw_backup', 'select', 'true'::jsonb from wanted w
      ), desired as (
        select oid, grantee, verb, '' as col from asked where columns = 'true'::jsonb
        union select oid, grantee, verb, c from asked, jsonb_array_elements_text(case when jsonb_typeof(columns) = 'array' then columns else '[]' end) c
      ), held as (
        select b.oid, coalesce(r.rolname::text, 'public') as grantee, lower(a.privilege_type) as verb, '' as col
        from tab b cross join lateral aclexplode(b.relacl) a left join pg_roles r on r.oid = a.grantee
        where a.grantee <> b.relowner
        union
        select b.oid, coalesce(r.rolname::text, 'public'), lower(a.privilege_type), x.attname::text
        from tab b join pg_attribute x on x.attrelid = b.oid and x.attacl is not null and not x.attisdropped
        cross join lateral aclexplode(x.attacl) a left join pg_roles r on r.oid = a.grantee
        where a.grantee <> b.relowner
      ), change as (
        select x.oid, x.grantee, x.verb, x.col from (select oid, grantee, verb, col from held where grantee <> 'tw_auth' except select oid, grantee, verb, col from desired) x where pass = 'revoke'
        union all
        select x.oid, x.grantee, x.verb, x.col from (select oid, grantee, verb, col from desired except select oid, grantee, verb, col from held) x where pass = 'grant'
      ), piece as (
        select oid, grantee, verb || case when bool_or(col = '') then '' else '(' || string_agg(quote_ident(col), ', ' order by col) || ')' end as what
        from change group by oid, grantee, verb
      )
      select b.relname, p.grantee, string_agg(p.what, ', ' order by p.what) as what from piece p join tab b on b.oid = p.oid group by b.relname, p.grantee
    loop
      execute format('%s %s on table %I.%I %s %s', pass, s.what, target, s.relname, case pass when 'grant' then 'to' else 'from' end,
        case s.grantee when 'public' then 'public' else quote_ident(s.grantee) end);
    end loop;
  end loop;

  for s in
    select p.oid::regprocedure as f from pg_proc p
    where p.pronamespace = quote_ident(target)::regnamespace and not p.prosecdef
      and not exists (select from aclexplode(p.proacl) a join pg_roles r on r.oid = a.grantee where r.rolname = runtime)
  loop
    execute format('revoke execute on function %s from public', s.f);
    execute format('grant execute on function %s to %I', s.f, runtime);
  end loop;
end $$;

-- Lets the owner see all rows of these tables until ctl.furnish forces the policies on it again.
create or replace function ctl.loosen(target text, tables text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare t text;
begin
  foreach t in array tables loop
    execute format('alter table %I.%I no force row level security', target, t);
  end loop;
end $$;

-- Holds a table's rows to the reach of whoever asks: `noun` as in wall.reach, `predicate` says which rows are theirs.
-- Called by migrations. Who reaches all pays for one look at a setting, for the plan begins with it.
create or replace function ctl.within_reach(target text, tab text, noun text, predicate text) returns void
language plpgsql as $$
declare everything constant text := format('(select wall.reach(%L)) is null', noun);
begin
  execute format('create policy reach on %I.%I as restrictive for all to %I using (%s or %s) with check (%s or %s)',
    target, tab, case when target = 'app' then 'tw_app' else target end, everything, predicate, everything, predicate);
end $$;
alter function ctl.within_reach(text, text, text, text) owner to tw_owner;
revoke all on function ctl.within_reach(text, text, text, text) from public;
alter function ctl.furnish(text, uuid, jsonb, text[]) owner to tw_owner;
alter function ctl.loosen(text, text[]) owner to tw_owner;
revoke all on function ctl.furnish(text, uuid, jsonb, text[]), ctl.loosen(text, text[]) from public;

-- The login role and the empty schema of one dedicated tenant. Called by the administrator, who may make roles.
create or replace function ctl.raise_schema(target text, verifier text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if target !~ '^tenant_[a-z0-9_]{1,56}$' then
    raise exception '% is no name for a tenant''s schema', target;
  end if;
  execute format('create role %I login inherit nocreatedb nocreaterole connection limit 32 in role tw_tenant password %L', target, verifier);
  -- Roles belong to the cluster: the comment says which of its databases this one serves.
  execute format('comment on role %I is %L', target, 'tradewind: ' || current_database());
  execute format('alter role %I set search_path = %I, public, pg_temp', target, target);
  execute format('alter role %I set statement_timeout = ''10s''', target);
  execute format('alter role %I set lock_timeout = ''3s''', target);
  execute format('alter role %I set idle_in_transaction_session_timeout = ''15s''', target);
  execute format('alter role %I set row_security = on', target);
  execute format('create schema %I authorization tw_owner', target);
  -- An administrator who is no superuser works as these roles, and so must be a member.
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant %I to current_user', target);
    execute 'set local role tw_owner';
  end if;
  execute format('grant usage on schema %I to %I, tw_backup', target, target);
  if current_user = 'tw_owner' then
    execute 'reset role';
  end if;
end $$;

-- What a dedicated tenant leaves behind, taken away: its schema with everything in it, and its role.
create or replace function ctl.raze_schema(target text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if target !~ '^tenant_[a-z0-9_]{1,56}$' then
    raise exception '% is no name for a tenant''s schema', target;
  end if;
  execute format('drop schema if exists %I cascade', target);
  if exists (select from pg_roles where rolname = target) then
    execute format('drop owned by %I', target);
    execute format('drop role %I', target);
  end if;
end $$;
alter function ctl.raise_schema(text, text) owner to tw_owner;
alter function ctl.raze_schema(text) owner to tw_owner;
revoke all on function ctl.raise_schema(text, text), ctl.raze_schema(text) from public;
