//! The entries of a customer's credit, newest first.
use kernel::{
    Cursor, Money, Result,
    access::Access,
    http::{Json, Path, Query},
    page,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Credit, latest, sum_of};
use crate::{CreditId, CustomerId, permissions::InvoicesRead};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreditsAsked")]
pub struct Ask {
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Credits {
    /// What there is to use.
    pub balance: Money,
    pub data: Vec<Credit>,
    pub next_cursor: Option<String>,
}

pub async fn api(
    access: Access<InvoicesRead>,
    Path(customer): Path<CustomerId>,
    Query(ask): Query<Ask>,
) -> Result<Json<Credits>> {
    let limit = page::limit(ask.limit)?;
    let before = Cursor::maybe::<CreditId>(ask.cursor.as_deref())?.unwrap_or(CreditId::max());
    let read = (customers::customer::find(customer), sum_of(customer), latest(customer, before, limit as i64 + 1));
    let (_, balance, rows) = access.read(read).await?;
    let found = kernel::Paged::of(rows.into_iter().map(Credit::from).collect(), limit, |one| one.id);
    let balance = Money::new(balance, access.tenant().locale.currency);
    Ok(Json(Credits { balance, data: found.data, next_cursor: found.next_cursor }))
}
