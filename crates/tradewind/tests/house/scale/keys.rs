//! What the keys of a company's tables need beyond the lint of the walls (R03, R07 to R10, R26), so that each table can be spread by
//! `tenant_id` as it is; and that a broken constraint is still understood when its name comes back with a shard's number.
use kernel::error::PROMISES;
use tokio_postgres::GenericClient;

pub const RULES: [(&str, &str); 8] = [
    ("K01", "a company's table without a primary key: its rows cannot be moved while they are written"),
    ("K02", "a foreign key whose first column is not tenant_id on both sides"),
    ("K03", "a foreign key from a company's table to one that is not, or the reverse"),
    ("K04", "a name too long for a shard's number behind it: it would be cut, and no sentence found for it"),
    ("K05", "a name that ends as a shard's does: the number would be taken for one"),
    ("K06", "a unique index over an expression without tenant_id, or an exclusion that does not begin with it"),
    ("K07", "a column of tenant_id that is generated or has another default than the bound company"),
    ("K08", "a trigger for each statement: it would run once for each shard, with no rows in sight"),
];

/// A name of PostgreSQL's has 63 bytes; `_102008` and up to ten digits stand behind it on a shard.
const LONGEST: i32 = 63 - 11;

const FINDINGS: &str = "
with tab as (
  select c.oid, c.relname::text as name,
    (select a.attnum from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as tenant
  from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p')
)
select 'K01', t.name from tab t where not exists (select from pg_constraint k where k.conrelid = t.oid and k.contype = 'p' and k.conkey[1] = t.tenant)
union all
select 'K02', k.conname::text from pg_constraint k join tab t on t.oid = k.conrelid join tab r on r.oid = k.confrelid
  where k.contype = 'f' and not (k.conkey[1] = t.tenant and k.confkey[1] = r.tenant)
union all
select 'K03', k.conname::text from pg_constraint k
  where k.contype = 'f' and (k.conrelid in (select oid from tab)) <> (k.confrelid in (select oid from tab))
union all
select 'K04', k.conname::text from pg_constraint k join tab t on t.oid = k.conrelid where octet_length(k.conname) > $1
union all
select 'K04', i.relname::text from pg_index x join tab t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid where octet_length(i.relname) > $1
union all
select 'K04', t.name from tab t where octet_length(t.name) > $1
union all
select 'K05', k.conname::text from pg_constraint k join tab t on t.oid = k.conrelid where k.conname ~ '_[0-9]+$'
union all
select 'K05', i.relname::text from pg_index x join tab t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid where i.relname ~ '_[0-9]+$'
union all
select 'K06', i.relname::text from pg_index x join tab t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
  where (x.indisunique or x.indisexclusion) and x.indkey[0] is distinct from t.tenant
union all
select 'K07', t.name from tab t join pg_attribute a on a.attrelid = t.oid and a.attnum = t.tenant
  left join pg_attrdef d on d.adrelid = t.oid and d.adnum = t.tenant
  where a.attgenerated <> '' or a.attidentity <> '' or coalesce(pg_get_expr(d.adbin, d.adrelid), 'wall.current_tenant()') <> 'wall.current_tenant()'
union all
select 'K08', g.tgname::text from pg_trigger g join tab t on t.oid = g.tgrelid where not g.tgisinternal and g.tgtype & 1 = 0
order by 1, 2";

pub async fn findings(client: &impl GenericClient) -> Vec<(String, String)> {
    let rows = client.query(FINDINGS, &[&LONGEST]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Sentences whose constraint no schema has, and no trigger names: nobody would ever read them.
pub async fn unkept(client: &impl GenericClient) -> Vec<&'static str> {
    let known = "select conname::text from pg_constraint where connamespace in ('app'::regnamespace, 'ctl'::regnamespace, 'ops'::regnamespace)
        union select relname::text from pg_class where relkind = 'i'
        union select said[1] from pg_proc p cross join lateral regexp_matches(p.prosrc, 'constraint = ''([a-z_0-9]+)''', 'g') said
          where p.pronamespace = 'app'::regnamespace";
    let rows = client.query(known, &[]).await.unwrap();
    let names: std::collections::HashSet<String> = rows.iter().map(|row| row.get(0)).collect();
    PROMISES.iter().map(|promise| promise.constraint).filter(|name| !names.contains(*name)).collect()
}
