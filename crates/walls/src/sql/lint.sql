-- Every row is a hole in the walls: the rule and the object. $1: definer functions that are allowed, without their schema.
with s as (
  select oid, nspname::text as nspname, nspname in ('app') or nspname ~ '^tenant_[a-z0-9_]{1,56}$' as tenants, nspname ~ '^tenant_[a-z0-9_]{1,56}$' as dedicated
  from pg_namespace where nspname in ('app', 'ops') or nspname ~ '^tenant_[a-z0-9_]{1,56}$'
),
rel as (select c.*, s.nspname, s.tenants, s.dedicated from pg_class c join s on s.oid = c.relnamespace),
tab as (select * from rel where relkind in ('r', 'p')),
runtime as (
  select oid, rolname::text as rolname, rolname ~ '^tenant_[a-z0-9_]{1,56}$' as dedicated from pg_roles
  where rolname in ('tw_app', 'tw_job', 'tw_control', 'tw_tenant', 'tw_ro') or rolname ~ '^tenant_[a-z0-9_]{1,56}$'
),
-- A policy's readers, by name; PUBLIC is ''.
pol as (
  select p.*, r.nspname, r.relname, r.tenants, r.dedicated,
    coalesce(pg_get_expr(p.polqual, p.polrelid), '') as qual, coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') as chk,
    (select array_agg(coalesce(g.rolname::text, '') order by g.rolname) from unnest(p.polroles) x left join pg_roles g on g.oid = x) as readers
  from pg_policy p join tab r on r.oid = p.polrelid
),
-- Rights as granted. Since R18 lets no role have any by membership, but for tw_tenant's, these are all; asking has_…_privilege
-- of every role for every column instead took seconds with a hundred dedicated tenants.
held as (
  select r.oid, r.nspname, r.relname, r.relowner, r.tenants, r.dedicated, '' as col, a.grantee, a.privilege_type, a.is_grantable from rel r cross join lateral aclexplode(r.relacl) a
  union all
  select r.oid, r.nspname, r.relname, r.relowner, r.tenants, r.dedicated, t.attname::text, a.grantee, a.privilege_type, a.is_grantable
  from rel r join pg_attribute t on t.attrelid = r.oid and t.attacl is not null cross join lateral aclexplode(t.attacl) a
),
entry as (
  select n.nspname::text as nspname, coalesce(g.rolname::text, 'public') as grantee, a.privilege_type
  from pg_namespace n cross join lateral aclexplode(n.nspacl) a left join pg_roles g on g.oid = a.grantee
  where a.grantee = 0 or a.grantee in (select oid from runtime)
)
select 'R01' as rule, oid::regclass::text as object from tab where not relrowsecurity
union all select 'R02', oid::regclass::text from tab where not relforcerowsecurity
-- What the job role alone can reach, in ops, may belong to no tenant: the clock, the relay's place.
union all select 'R03', oid::regclass::text from tab r
  where not (nspname = 'ops' and not exists (select from runtime rt where rt.rolname <> 'tw_job'
      and (has_table_privilege(rt.oid, r.oid, 'SELECT,INSERT,UPDATE,DELETE') or has_any_column_privilege(rt.oid, r.oid, 'SELECT,INSERT,UPDATE'))))
    and not exists (select from pg_attribute a where a.attrelid = r.oid and a.attname = 'tenant_id' and a.atttypid = 'uuid'::regtype and a.attnotnull and not a.attisdropped)
union all select 'R04', oid::regclass::text from tab r where relrowsecurity and not exists (select from pg_policy p where p.polrelid = r.oid and p.polpermissive)
-- In ops, tw_job alone may claim everybody's rows; roles of dedicated tenants are held to their name besides.
union all select 'R05', polrelid::regclass || ' ' || polname from pol
  where not (polcmd = 'a' and qual = '' and chk = '(tenant_id = wall.current_tenant())')
    and not (polcmd = '*' and qual = '(tenant_id = wall.current_tenant())' and chk = '(tenant_id = wall.current_tenant())')
    and not (nspname = 'ops' and polname = 'claim' and readers = array['tw_job'] and qual = 'true' and chk = 'true')
    and polpermissive
union all select 'R06', polrelid::regclass || ' ' || polname from pol where 0 = any (polroles)
union all select 'R07', i.indexrelid::regclass::text from pg_index i join tab r on r.oid = i.indrelid
  where r.tenants and (i.indisprimary or i.indisunique) and i.indkey[0] <> coalesce((select attnum from pg_attribute where attrelid = i.indrelid and attname = 'tenant_id'), -1)
union all select 'R08', k.conname || ' on ' || k.conrelid::regclass from pg_constraint k join tab r on r.oid = k.conrelid
  where k.contype = 'x' and r.tenants and not coalesce(k.conkey[array_position(k.conkey, (select attnum from pg_attribute where attrelid = k.conrelid and attname = 'tenant_id'))] is not null
    and exists (select from unnest(k.conkey, k.conexclop) u (col, op) join pg_operator o on o.oid = u.op join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.col where a.attname = 'tenant_id' and o.oprname = '='), false)
union all select 'R09', k.conname || ' on ' || k.conrelid::regclass from pg_constraint k join tab r on r.oid = k.conrelid
  where k.contype = 'f' and r.tenants and not exists (
    select from unnest(k.conkey, k.confkey) u (a, b)
    join pg_attribute x on x.attrelid = k.conrelid and x.attnum = a and x.attname = 'tenant_id'
    join pg_attribute y on y.attrelid = k.confrelid and y.attnum = b and y.attname = 'tenant_id')
union all select 'R10', k.conname || ' on ' || k.conrelid::regclass from pg_constraint k join tab r on r.oid = k.conrelid
  where k.contype = 'f' and r.tenants and (k.confdeltype in ('n', 'd') or k.confupdtype <> 'a')
union all select 'R11', oid::regclass::text from rel where relkind = 'v' and not coalesce(reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)
union all select 'R12', oid::regclass::text from rel where relkind in ('m', 'f')
union all select 'R13', p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where p.prosecdef and (n.nspname in ('wall', 'app', 'ops', 'ctl', 'public') or n.nspname ~ '^tenant_')
    and (not coalesce(p.proconfig::text like '%search_path=%', false) or p.proowner <> 'tw_auth'::regrole
      or not (p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')') = any ($1::text[]))
union all select 'R14', p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where (n.nspname in ('wall', 'app', 'ops', 'ctl') or n.nspname ~ '^tenant_[a-z0-9_]{1,56}$') and (p.proacl is null or exists (select from aclexplode(p.proacl) a where a.grantee = 0))
union all select 'R15', c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where (n.nspname in ('wall', 'app', 'ops', 'ctl') or n.nspname ~ '^tenant_[a-z0-9_]{1,56}$')
    and (exists (select from aclexplode(c.relacl) a where a.grantee = 0)
      or exists (select from pg_attribute t cross join lateral aclexplode(t.attacl) a where t.attrelid = c.oid and a.grantee = 0))
union all select 'R16', d.what from (
    select c.oid::regclass::text as what, c.relowner as owner from pg_class c
    union all select p.oid::regprocedure::text, p.proowner from pg_proc p
    union all select 'schema ' || n.nspname, n.nspowner from pg_namespace n
    union all select 'database ' || b.datname, b.datdba from pg_database b where b.datname = current_database()
  ) d where d.owner in (select oid from runtime)
union all select 'R17', g.rolname::text from pg_roles g
  where (g.oid in (select oid from runtime) or g.rolname in ('tw_migrate', 'tw_owner')) and (g.rolsuper or g.rolbypassrls or g.rolcreaterole or g.rolcreatedb or g.rolreplication)
-- The administrator may be a plain role on a managed server and is a member of runtime roles there, never the reverse.
union all select 'R18', rt.rolname || ' -> ' || b.rolname from runtime rt cross join pg_roles b
  where (b.rolsuper or b.rolbypassrls or b.rolcreaterole or b.rolname in ('tw_owner', 'tw_migrate') or b.rolname ~ '^pg_' or (b.oid in (select oid from runtime) and b.rolname <> 'tw_tenant'))
    and b.rolname <> 'pg_database_owner' and b.oid <> rt.oid and not rt.rolname = 'tw_tenant'
    and exists (
      with recursive up (member, roleid) as (select m.member, m.roleid from pg_auth_members m where m.member = rt.oid union select up.member, m.roleid from up join pg_auth_members m on m.member = up.roleid)
      select from up where up.roleid = b.oid)
union all select 'R18', 'tw_tenant -> ' || g.rolname from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = 'tw_tenant'::regrole
union all select 'R19', r.oid::regclass || ' ' || a.privilege_type || ' ' || rt.rolname from rel r cross join lateral aclexplode(r.relacl) a join runtime rt on rt.oid = a.grantee
  where a.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN')
union all select 'R19', r.oid::regclass || ' with grant option ' || rt.rolname from rel r cross join lateral aclexplode(r.relacl) a join runtime rt on rt.oid = a.grantee where a.is_grantable
union all select 'R20', rolname from runtime where has_function_privilege(oid, 'pg_catalog.set_config(text,text,boolean)', 'execute')
union all select 'R21', rolname from runtime where has_database_privilege(oid, current_database(), 'TEMP') or has_database_privilege(oid, current_database(), 'CREATE')
union all select 'R22', grantee || ' ' || nspname from entry where privilege_type = 'CREATE' and nspname not like 'pg\_temp%'
union all select 'R23', rt.rolname || ' ' || c.oid::regclass from runtime rt, pg_class c
  where rt.rolname <> 'tw_control' and c.relnamespace = 'ctl'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
    and (has_table_privilege(rt.oid, c.oid, 'SELECT,INSERT,UPDATE,DELETE') or has_any_column_privilege(rt.oid, c.oid, 'SELECT,INSERT,UPDATE'))
union all select 'R24', h.oid::regclass || ' ' || h.privilege_type from held h where h.tenants and h.relname in ('audit', 'record_change', 'audit_seal') and h.privilege_type in ('UPDATE', 'DELETE') and h.grantee <> h.relowner
  -- What has been archived may leave the audit, as long as the trigger stands that lets nothing else go.
  and not (h.relname = 'audit' and h.privilege_type = 'DELETE' and exists (
    select from pg_trigger t join pg_proc p on p.oid = t.tgfoid and p.proname = 'let_go' join pg_class c on c.oid = t.tgrelid and c.relnamespace = p.pronamespace
    where t.tgrelid = h.oid and t.tgtype = 11 and t.tgenabled = 'O' and t.tgqual is null))
union all select 'R25', h.oid::regclass || '.' || a.attname from held h join pg_attribute a on a.attrelid = h.oid and a.attnum > 0 and not a.attisdropped and (h.col = '' or h.col = a.attname)
  where h.tenants and h.privilege_type = 'UPDATE' and h.grantee <> h.relowner and a.attname in ('tenant_id', 'id', 'created_at', 'created_by')
union all select 'R26', oid::regclass::text from rel where relkind = 'S' and tenants
union all select 'R27', extname::text from pg_extension where extname in ('dblink', 'postgres_fdw', 'file_fdw', 'plpython3u', 'plperlu', 'pltclu', 'adminpack', 'lo')
-- A dedicated role: its own schema, and through tw_tenant: wall, public, ops.
union all select 'R28', grantee || ' ' || nspname from entry
  where privilege_type = 'USAGE' and nspname not in ('pg_catalog', 'information_schema') and not case
    when nspname = 'wall' then grantee in ('tw_app', 'tw_job', 'tw_control', 'tw_ro', 'tw_tenant')
    when nspname = 'public' then grantee in ('tw_app', 'tw_job', 'tw_control', 'tw_ro', 'tw_tenant')
    when nspname = 'ctl' then grantee = 'tw_control'
    when nspname = 'ops' then grantee in ('tw_app', 'tw_job', 'tw_tenant')
    when nspname = 'app' then grantee in ('tw_app', 'tw_ro')
    else nspname = grantee end
union all select 'R28', g.rolname || ' ' || c.oid::regclass || ' ' || v from runtime g, pg_class c, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) v
  where (g.dedicated or g.rolname = 'tw_tenant') and c.relnamespace = 'ops'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') and not (v = 'INSERT' and c.relname in ('job', 'outbox'))
    and (has_table_privilege(g.oid, c.oid, v) or (v <> 'DELETE' and has_any_column_privilege(g.oid, c.oid, v)))
union all select 'R29', c.oid::regclass::text from pg_inherits h join rel c on c.oid = h.inhrelid where c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
union all select 'R30', r.oid::regclass::text from tab r where relhasrules or exists (select from pg_trigger t where t.tgrelid = r.oid and t.tgenabled <> 'O')
union all select 'R31', version() where current_setting('server_version_num')::int < 150019
union all select 'R32', rolname from runtime
  where has_table_privilege(oid, 'pg_catalog.pg_stat_activity', 'SELECT') or has_function_privilege(oid, 'pg_catalog.pg_stat_get_backend_activity(int)', 'execute')
    or has_function_privilege(oid, 'pg_catalog.pg_stat_get_activity(int)', 'execute')
union all select 'R33', k.conname || ' on ' || k.conrelid::regclass from pg_constraint k join tab r on r.oid = k.conrelid
  where k.contype = 'f' and r.tenants and not exists (
    select from pg_index i where i.indrelid = k.conrelid and i.indisvalid and i.indpred is null and i.indkey[0] = k.conkey[1] and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)
union all select 'R34', r.oid::regclass::text from tab r
  where r.dedicated and not exists (
    select from pg_constraint k where k.conrelid = r.oid and k.contype = 'c' and k.convalidated and pg_get_constraintdef(k.oid) ~ ('^CHECK \(\(tenant_id = ''[0-9a-f-]{24}' || right(r.nspname, 12) || '''::uuid\)\)$')
      and (pg_get_constraintdef(k.oid) like '%''' || coalesce((select t.id::text from ctl.tenant t where t.schema_name = r.nspname), '') || '%'))
-- Readers of a tenant's rows: the pooled roles in app, the role of the schema's name elsewhere.
union all select 'R35', polrelid::regclass || ' ' || polname || ' to ' || array_to_string(readers, ', ') from pol
  where tenants and not readers <@ case when dedicated then array[nspname] else array['tw_app', 'tw_ro'] end
union all select distinct 'R36', h.oid::regclass || ' ' || g.rolname from held h join pg_roles g on g.oid = h.grantee
  where h.tenants and g.oid <> h.relowner and g.rolname not in ('tw_auth', 'tw_backup') and not (case when h.dedicated then g.rolname = h.nspname else g.rolname in ('tw_app', 'tw_ro') end)
union all select 'R37', r.oid::regclass::text from rel r where relkind in ('r', 'p', 'v') and relowner <> 'tw_owner'::regrole
union all select 'R37', p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'wall'::regnamespace and (p.proowner <> 'tw_owner'::regrole or p.oid::regprocedure::text not in ('wall.current_tenant()', 'wall.set_tenant(uuid)', 'wall.reach(text)', 'wall.set_reach(uuid,text)'))
-- What a dedicated tenant says must be under its own name, and only this policy knows the name.
union all select 'R38', t from unnest(array['ops.job', 'ops.outbox']) t
  where not exists (select from pol where polrelid = t::regclass and polname = 'own_name' and not polpermissive and polcmd = 'a' and readers = array['tw_tenant']
    and chk = '("right"((tenant_id)::text, 12) = "right"((CURRENT_USER)::text, 12))')
union all select 'R39', rolname from runtime rt
  where not exists (select from pg_db_role_setting c where c.setrole = rt.oid and c.setdatabase = 0 and exists (select from unnest(c.setconfig) x
      where x = case when rt.dedicated then 'search_path=' || rt.rolname || ', public, pg_temp' else 'search_path=app, public, pg_temp' end))
    and (rt.dedicated or rt.rolname = 'tw_app')
union all select 'R40', rt.rolname || ' ' || x from runtime rt join pg_db_role_setting c on c.setrole = rt.oid, unnest(c.setconfig) x where x like 'app.%' or x like 'role=%' or x = 'row_security=off' or x like 'session_preload%'
order by 1, 2
