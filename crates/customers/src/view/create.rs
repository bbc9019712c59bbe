//! Saving the filters of the list under a name.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Repeatable},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::MemberId;

use super::{Filter, MOST, View, ViewId, ViewSaved, may_share, owner, visible};
use crate::permissions::CustomersRead;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewCustomerView")]
pub struct New {
    pub name: String,
    pub filter: Filter,
    /// Everybody shall have it; that needs `customers.write`.
    #[serde(default)]
    pub shared: bool,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        check_name(checks, &mut self.name);
        check_filter(checks, &mut self.filter);
    }
}

pub(super) fn check_filter(checks: &mut Checks, filter: &mut Filter) {
    checks.within("filter", |checks| filter.check(checks));
    let filtered = !filter.is_nothing();
    checks.that(filtered, "filter", "required", "Filter the list first: a view of everybody is the list.");
}

pub(super) fn check_name(checks: &mut Checks, name: &mut String) {
    checks.text("name", name, 60, "the view a name");
    if !name.is_empty() {
        checks.that(!fold(name).is_empty(), "name", "name", "A name is letters and figures, such as Net 30 in Salem.");
    }
}

sql! {
    fn insert(id: ViewId, name: String, name_key: String, filter: serde_json::Value, shared: bool, member: Option<MemberId>, at: Timestamp, created_by: Option<uuid::Uuid>) = "
        insert into saved_view (tenant_id, id, name, name_key, filter, shared, member_id, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)";
}

pub async fn create(tx: &mut TenantTx, new: New, member_id: Option<MemberId>) -> Result<View> {
    let there = tx.run(visible(tx.user())).await?;
    if there.iter().filter(|view| view.shared == new.shared).count() >= MOST as usize {
        return Err(Error::refused("There are 50 views already. Delete one that is no longer needed first."));
    }
    let New { name, filter, shared } = new;
    let (id, now) = (ViewId::new(), tx.now());
    let kept = serde_json::to_value(&filter).map_err(|e| Error::Bug(format!("a filter: {e}")))?;
    tx.queue(insert(id, name.clone(), fold(&name), kept, shared, member_id, now, tx.user()));
    tx.tell(&ViewSaved { view: id, shared });
    Ok(View { id, name, filter, shared, version: 1, created_at: now, updated_at: now })
}

pub async fn api(access: Access<CustomersRead>, Json(new): Json<New>) -> Result<Repeatable<Created<View>>> {
    may_share(&access, new.shared)?;
    let member = owner(&access, new.shared)?;
    access
        .once(async |tx: &mut TenantTx| {
            let view = create(tx, new.clone(), member).await?;
            Ok(Created { location: format!("/api/v1/customer-views/{}", view.id), body: view })
        })
        .await
}
