//! Deleting a field: nobody is asked for it any more, and jobs clear what stands in it. The history of each customer keeps it.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{NoContent, Path, Repeatable},
    job::Job,
    sql,
};
use serde::{Deserialize, Serialize};
use tenancy::SettingsWrite;
use uuid::Uuid;

use super::{Field, FieldDeleted, FieldId, find, forget};
use crate::customer::{Customer, CustomerId, words};

sql! {
    fn delete(id: FieldId) -> u64 = "delete from custom_field where tenant_id = $1 and id = $2";
    fn there(key: String) -> Option<FieldId> = "select id from custom_field where tenant_id = $1 and key = $2";
    fn next(after: CustomerId) -> Vec<Uuid> = "
        select id from customer where tenant_id = $1 and id > $2 order by id limit 200";
    fn clear(ids: Vec<Uuid>, key: String, at: Timestamp) -> Vec<Customer> = "
        update customer set custom = custom - $3, updated_at = $4, version = version + 1
        where tenant_id = $1 and id = any($2) and custom ? $3
        returning id, number, kind, name, email, phone, notes, external_id, place, city, status, assigned_to, tags, custom, merged_into, version, created_at, updated_at";
}

pub async fn remove(tx: &mut TenantTx, id: FieldId) -> Result<Field> {
    let field = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    tx.run(delete(id)).await?;
    tx.tell(&FieldDeleted { field: id });
    tx.enqueue(&Clear { key: field.key.clone(), after: CustomerId(Uuid::nil()) });
    Ok(field)
}

/// Some customers after the other, each job leaving the rest to the next; it ends where a new field has the key.
#[derive(Debug, Serialize, Deserialize)]
pub struct Clear {
    key: String,
    after: CustomerId,
}
impl Job for Clear {
    const KIND: &'static str = "customers.clear_field";
    fn key(&self) -> Option<String> {
        Some(format!("{} {}", self.key, self.after))
    }
    async fn run(self, scope: Scope) -> Result<()> {
        scope
            .retrying(async |tx: &mut TenantTx| {
                let (there, ids) = tx.run((there(self.key.clone()), next(self.after))).await?;
                let Some(last) = ids.last().filter(|_| there.is_none()) else { return Ok(()) };
                tx.enqueue(&Clear { key: self.key.clone(), after: CustomerId(*last) });
                let changed = tx.run(clear(ids, self.key.clone(), tx.now())).await?;
                words::renew_all(tx, &changed).await
            })
            .await
    }
}

pub async fn api(access: Access<SettingsWrite>, Path(id): Path<FieldId>) -> Result<Repeatable<NoContent>> {
    let done = access.once(async |tx: &mut TenantTx| remove(tx, id).await.map(|_| NoContent)).await;
    forget(&access);
    done
}
