-- What PostgreSQL leaves open to everybody and a tenant's session must not have, as statements that close it.
-- Each row: a statement that is still needed.
-- The runner itself needs two of them; an administrator who is no superuser keeps them by name.
select case when p.proname in ('set_config', 'pg_try_advisory_lock') and not (select rolsuper from pg_roles where rolname = current_user)
    then format('grant execute on function pg_catalog.%s to %I; ', p.oid::regprocedure, current_user) else '' end
  || format('revoke execute on function pg_catalog.%s from public', p.oid::regprocedure) as statement
from pg_proc p
where p.pronamespace = 'pg_catalog'::regnamespace
  and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0 and a.privilege_type = 'EXECUTE')
  and p.proname in (
    -- one expression that switches tenant
    'set_config',
    -- text that is run as SQL
    'query_to_xml', 'query_to_xmlschema', 'query_to_xml_and_xmlschema', 'cursor_to_xml', 'cursor_to_xmlschema',
    'table_to_xml', 'table_to_xmlschema', 'table_to_xml_and_xmlschema', 'schema_to_xml', 'schema_to_xmlschema',
    'schema_to_xml_and_xmlschema', 'database_to_xml', 'database_to_xmlschema', 'database_to_xml_and_xmlschema', 'ts_stat',
    'ts_rewrite',
    -- large objects know no tenant
    'lo_import', 'lo_export', 'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lo_get', 'lo_open', 'lo_unlink',
    -- ways to wake, hold up or watch other sessions
    'pg_notify', 'pg_logical_emit_message', 'pg_sleep', 'pg_sleep_for', 'pg_sleep_until', 'pg_advisory_lock',
    'pg_advisory_lock_shared', 'pg_try_advisory_lock', 'pg_try_advisory_lock_shared', 'pg_export_snapshot',
    'pg_stat_get_activity', 'pg_stat_get_backend_activity', 'pg_stat_get_backend_idset',
    'pg_cancel_backend', 'pg_terminate_backend')
union all
select format('revoke select on pg_catalog.%I from public', c.relname)
from pg_class c
where c.relnamespace = 'pg_catalog'::regnamespace
  and c.relname in ('pg_stat_activity', 'pg_locks', 'pg_stat_all_tables', 'pg_stat_user_tables', 'pg_prepared_xacts', 'pg_cursors',
    'pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs', 'pg_stat_ssl', 'pg_stat_gssapi', 'pg_stat_replication')
  and exists (select from aclexplode(c.relacl) a where a.grantee = 0 and a.privilege_type = 'SELECT')
union all
-- pg_dump as tw_backup, and the definer functions of tw_auth, see no rows without it.
select format('alter role %I bypassrls', r.rolname) from pg_roles r where r.rolname in ('tw_auth', 'tw_backup') and not r.rolbypassrls
order by 1
