//! A new address: its secret is in the answer and nowhere else.
use customers::CustomerId;
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Created, Json, Path, Versioned},
    secret::{draw, hash},
    sql,
};
use scheduling::TechnicianId;

use super::{Link, LinkId, LinkMade, MOST, Whose, find, of_customer, of_technician, url};
use crate::permissions::CalendarsShare;

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// Whose calendar program it is for: "Marco's phone".
    pub label: String,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("label", &mut self.label, 60, "a word for whose calendar it is, such as Marco's phone");
    }
}

#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct Made {
    #[serde(flatten)]
    pub link: Link,
    /// The address, shown this once. Whoever has it reads the calendar.
    pub url: String,
}
impl Versioned for Made {
    fn version(&self) -> i64 {
        self.link.version
    }
}

sql! {
    fn insert(id: LinkId, technician: Option<TechnicianId>, customer: Option<CustomerId>, label: String, token_hash: String, at: Timestamp, by: Option<uuid::Uuid>) = "
        insert into calendar_link (tenant_id, id, technician_id, customer_id, label, token_hash, renewed_at, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $7, $7, $8)";
}

pub async fn make(scope: &Scope, tx: &mut TenantTx, whose: Whose, new: &New) -> Result<Made> {
    let there = match whose {
        Whose::Technician(id) => {
            let (found, links) = tx.run((scheduling::technician::find(id), of_technician(id))).await?;
            found.map(|_| links.len()).ok_or(Error::NotFound)?
        }
        Whose::Customer(id) => tx.run((customers::customer::find(id), of_customer(id))).await?.1.len(),
    };
    if there >= MOST {
        return Err(Error::refused(format!("There are {MOST} such addresses already. Revoke one that nobody uses.")));
    }
    let (id, token, now, by) = (LinkId::new(), draw(), tx.now(), tx.user());
    let (technician, customer) = whose.ids();
    tx.tell(&LinkMade { link: id, technician, reader: customer });
    let row = insert(id, technician, customer, new.label.clone(), hash(&token), now, by);
    let (_, found) = tx.run((row, find(id))).await?;
    Ok(Made { link: found.ok_or(Error::NotFound)?, url: url(scope, &token) })
}

/// Not kept with an idempotency key: the answer holds the secret, and nothing may keep that.
async fn made(access: &Access<CalendarsShare>, whose: Whose, new: &New) -> Result<Created<Made>> {
    let body = access.retrying(async |tx: &mut TenantTx| make(access, tx, whose, new).await).await?;
    Ok(Created { location: format!("/api/v1{}", whose.page()), body })
}

pub async fn make_technician_api(
    access: Access<CalendarsShare>,
    Path(id): Path<TechnicianId>,
    Json(new): Json<New>,
) -> Result<Created<Made>> {
    made(&access, Whose::Technician(id), &new).await
}

pub async fn make_customer_api(
    access: Access<CalendarsShare>,
    Path(id): Path<CustomerId>,
    Json(new): Json<New>,
) -> Result<Created<Made>> {
    made(&access, Whose::Customer(id), &new).await
}
