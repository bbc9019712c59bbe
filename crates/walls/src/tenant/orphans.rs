//! Schemas and roles that no tenant owns: left by a restore, a moved registry, a hand at work. Listed, then dropped.

use crate::{Result, connect, error::doing};
use serde::Serialize;
use tokio_postgres::Client;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Orphan {
    pub name: String,
    pub has_schema: bool,
    pub has_role: bool,
}

/// Roles of other databases of the cluster are not ours to judge; a role says in its comment whose it is.
async fn find(client: &Client) -> Result<Vec<Orphan>> {
    let sql = r"select x.name, bool_or(x.kind = 's'), bool_or(x.kind = 'r')
        from (
          select nspname::text as name, 's' as kind from pg_namespace where nspname ~ '^tenant_[a-z0-9_]{1,56}$'
          union all
          select rolname::text, 'r' from pg_roles
          where rolname ~ '^tenant_[a-z0-9_]{1,56}$' and shobj_description(oid, 'pg_authid') = 'tradewind: ' || current_database()
        ) x
        where not exists (select from ctl.tenant t where t.schema_name = x.name)
        group by x.name order by x.name";
    let rows = client.query(sql, &[]).await.map_err(doing("looking for orphaned schemas"))?;
    Ok(rows.iter().map(|row| Orphan { name: row.get(0), has_schema: row.get(1), has_role: row.get(2) }).collect())
}

pub async fn orphans(admin: &str) -> Result<Vec<Orphan>> {
    find(&connect(admin).await?).await
}

/// Drops them with everything in them and says which they were.
pub async fn drop_orphans(admin: &str) -> Result<Vec<Orphan>> {
    let mut client = connect(admin).await?;
    let found = find(&client).await?;
    for orphan in &found {
        let what = || doing(format!("dropping {}", orphan.name));
        let tx = client.transaction().await.map_err(what())?;
        tx.execute("select ctl.raze_schema($1)", &[&orphan.name]).await.map_err(what())?;
        // A tenant made anew under the name starts at nothing.
        tx.execute("delete from ctl.migration where schema_name = $1", &[&orphan.name]).await.map_err(what())?;
        tx.execute("delete from ctl.migration_failure where schema_name = $1", &[&orphan.name]).await.map_err(what())?;
        tx.commit().await.map_err(what())?;
    }
    Ok(found)
}
