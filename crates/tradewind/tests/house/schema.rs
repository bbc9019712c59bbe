//! A schema as lines that a reviewer can read, golden/schema.txt; and that a dedicated company's differs only where it must.
use super::golden::{difference, golden};
use std::collections::BTreeMap;
use tokio_postgres::Client;
use tradewind::modules;

/// Columns, keys, indexes, policies, triggers and rights of every table and view: (table, line), each in its order. The
/// role of a dedicated schema, which is called what the schema is called, goes by the name of the pooled one.
const OF_TABLES: [&str; 7] = [
    "select c.relname::text, '    ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
            || coalesce(case when a.attgenerated = 's' then ' generated ' else ' default ' end || pg_get_expr(d.adbin, d.adrelid), '')
     from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where c.relnamespace = $1::text::regnamespace and c.relkind in ('r', 'p', 'v') and a.attnum > 0 and not a.attisdropped order by c.relname, a.attnum",
    "select c.relname::text, '    + ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
     from pg_constraint k join pg_class c on c.oid = k.conrelid
     where c.relnamespace = $1::text::regnamespace and k.contype in ('c', 'f', 'p', 'u', 'x') order by c.relname, k.conname",
    "select tablename::text, '    # ' || indexdef from pg_indexes where schemaname = $1 order by tablename, indexname",
    "select c.relname::text, '    = rows: ' || case when c.relrowsecurity then 'walled' else 'open' end || case when c.relforcerowsecurity then ', for the owner too' else '' end
            || ' · owner ' || pg_get_userbyid(c.relowner)
     from pg_class c where c.relnamespace = $1::text::regnamespace and c.relkind in ('r', 'p') order by c.relname",
    "select c.relname::text, '    = policy ' || p.polname || case when p.polpermissive then '' else ' (restrictive)' end || ' ' || p.polcmd::text || ' to ' ||
            (select string_agg(case when r.rolname = $1::text then 'tw_app' else r.rolname::text end, ', ' order by r.rolname = $1::text desc, r.rolname) from unnest(p.polroles) o join pg_roles r on r.oid = o)
            || coalesce(' using ' || pg_get_expr(p.polqual, p.polrelid), '') || coalesce(' with check ' || pg_get_expr(p.polwithcheck, p.polrelid), '')
     from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = $1::text::regnamespace order by c.relname, p.polname",
    "select c.relname::text, '    = ' || pg_get_triggerdef(t.oid) || case when t.tgenabled = 'O' then '' else ' (' || t.tgenabled::text || ')' end
     from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = $1::text::regnamespace and not t.tgisinternal order by c.relname, t.tgname",
    "with held as (
       select c.relname::text as relname, a.grantee, lower(a.privilege_type) as verb, '' as col
       from pg_class c cross join lateral aclexplode(c.relacl) a
       where c.relnamespace = $1::text::regnamespace and c.relkind in ('r', 'p', 'v') and a.grantee <> c.relowner
       union all
       select c.relname::text, a.grantee, lower(a.privilege_type), x.attname::text
       from pg_class c join pg_attribute x on x.attrelid = c.oid and x.attacl is not null and not x.attisdropped cross join lateral aclexplode(x.attacl) a
       where c.relnamespace = $1::text::regnamespace and a.grantee <> c.relowner
     ), verbs as (
       select relname, grantee, verb || case when bool_or(col = '') then '' else '(' || string_agg(col, ', ' order by col) || ')' end as what
       from held group by relname, grantee, verb
     )
     select relname, '    = ' || case when v.grantee = 0 then 'public' when r.rolname = $1::text then 'tw_app' else r.rolname::text end || ' may ' || string_agg(what, ', ' order by what)
     from verbs v left join pg_roles r on r.oid = v.grantee group by relname, v.grantee, r.rolname order by relname, 2",
];

/// Who may enter the schema, and its functions; of what they do, a hash.
const OF_SCHEMA: [&str; 2] = [
    "select '  = ' || case when a.grantee = 0 then 'public' when r.rolname = $1::text then 'tw_app' else r.rolname::text end || ' may ' || string_agg(lower(a.privilege_type), ', ' order by a.privilege_type)
     from pg_namespace n cross join lateral aclexplode(n.nspacl) a left join pg_roles r on r.oid = a.grantee
     where n.nspname = $1::text and a.grantee <> n.nspowner group by a.grantee, r.rolname order by 1",
    "select '  ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ') owner ' || pg_get_userbyid(p.proowner) || case when p.prosecdef then ', with its rights' else '' end
            || coalesce(', for ' || (select string_agg(case when a.grantee = 0 then 'public' when r.rolname = $1::text then 'tw_app' else r.rolname::text end, ', ' order by r.rolname = $1::text desc, r.rolname)
                 from aclexplode(p.proacl) a left join pg_roles r on r.oid = a.grantee where a.grantee <> p.proowner), '')
            || ' md5 ' || md5(p.proargtypes::text || coalesce(p.prosrc, '') || replace(coalesce(pg_get_function_sqlbody(p.oid), ''), $1::text, 'app'))
     from pg_proc p where p.pronamespace = $1::text::regnamespace order by p.proname, 1",
];

/// Everything of a schema, line by line, under the name `app` where it is a dedicated one.
pub async fn lines(client: &Client, schema: &str) -> Vec<String> {
    let mut all = vec![format!("schema {schema}")];
    for sql in OF_SCHEMA {
        all.extend(client.query(sql, &[&schema]).await.unwrap().iter().map(|row| row.get(0)));
    }
    let mut tables = BTreeMap::<String, Vec<String>>::new();
    for sql in OF_TABLES {
        for row in client.query(sql, &[&schema]).await.unwrap() {
            tables.entry(row.get(0)).or_default().push(row.get(1));
        }
    }
    for (table, lines) in tables {
        all.push(format!("{schema}.{table}"));
        all.extend(lines);
    }
    let name = if schema.starts_with("tenant_") { "app" } else { schema };
    all.iter().map(|line| line.replace(schema, name)).collect()
}

#[tokio::test]
async fn golden_schema() {
    let house = harness::start(modules::list()).await;
    let client = house.above().await;
    let mut text = String::from(
        "# Every schema: + constraints, # indexes, = policies, triggers and who may do what. A dedicated company's is as `app`.\n",
    );
    for schema in ["app", "ctl", "ops", "wall"] {
        text += &(lines(&client, schema).await.join("\n") + "\n");
    }
    golden("schema.txt", &text);
}

/// The pooled schema without what only it has, and a dedicated one without what only that has.
fn alike(pooled: Vec<String>, dedicated: Vec<String>, tenant: &str) -> [String; 2] {
    let foreign = |line: &String| ["tw_ro", "tw_auth"].iter().any(|role| line.contains(&format!("= {role} may ")));
    let own = format!("    + one_tenant CHECK ((tenant_id = '{tenant}'::uuid))");
    let pooled: Vec<String> = pooled
        .into_iter()
        .filter(|line| !foreign(line))
        .map(|line| line.replace(" to tw_app, tw_ro", " to tw_app"))
        .collect();
    let tables = dedicated.iter().filter(|line| line.starts_with("    = rows: ")).count();
    let held = dedicated.iter().filter(|line| **line == own).count();
    assert_eq!(held, tables, "each dedicated table has a CHECK on the one tenant");
    [pooled.join("\n"), dedicated.into_iter().filter(|line| *line != own).collect::<Vec<_>>().join("\n")]
}

#[tokio::test]
async fn a_dedicated_schema_is_the_pooled_one_but_for_its_walls() {
    let house = harness::start(modules::list()).await;
    let acme = house.company("dedicated").await;
    let (client, schema, id) = (house.above().await, acme.schema().await, acme.id.to_string());
    assert!(schema.starts_with("tenant_"), "{schema}");
    let compare = async || {
        let [pooled, dedicated] = alike(lines(&client, "app").await, lines(&client, &schema).await, &id);
        difference("schema.txt (pooled against dedicated)", &pooled, &dedicated)
    };
    assert_eq!(compare().await, None);

    // It can see: whatever is missing, added or other in the dedicated schema is named.
    for (planted, named) in [
        (format!("drop index {schema}.audit_subject"), "audit_subject"),
        (format!("alter table {schema}.customer add column nickname text"), "nickname"),
        (format!("alter table {schema}.customer drop constraint customer_status"), "customer_status"),
        (format!("drop policy tenant_isolation on {schema}.customer"), "tenant_isolation"),
        (format!("grant update (tenant_id) on {schema}.customer to {schema}"), "tenant_id"),
        (format!("alter table {schema}.customer disable row level security"), "rows: open"),
        (format!("create function {schema}.planted() returns int language sql return 1"), "planted()"),
    ] {
        client.batch_execute("begin").await.unwrap();
        client.batch_execute(&planted).await.unwrap_or_else(|e| panic!("{planted}: {e:?}"));
        let found = compare().await;
        client.batch_execute("rollback").await.unwrap();
        assert!(found.as_ref().is_some_and(|text| text.contains(named)), "{planted}: {found:?}");
    }
}
