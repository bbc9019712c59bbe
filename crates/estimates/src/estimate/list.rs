//! The list of estimates: by state, by customer, by number; newest first.
use customers::CustomerId;
use kernel::{
    Cursor, Paged, Result, Scope,
    access::Access,
    http::{Json, Query},
    page, sql, text_enum,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Head, Listed, Status};
use crate::{EstimateId, permissions::EstimatesRead};
use billing::series;

text_enum! {
    /// The chips above the list.
    pub enum Chip {
        Draft = "draft": "Drafts",
        Open = "open": "Open",
        Approved = "approved": "Approved",
        Declined = "declined": "Declined",
        Expired = "expired": "Expired",
        Withdrawn = "withdrawn": "Withdrawn",
    }
}

impl Chip {
    fn holds(self) -> (Status, Status) {
        match self {
            Self::Draft => (Status::Draft, Status::Draft),
            Self::Open => (Status::Sent, Status::Viewed),
            Self::Approved => (Status::Approved, Status::Approved),
            Self::Declined => (Status::Declined, Status::Declined),
            Self::Expired => (Status::Expired, Status::Expired),
            Self::Withdrawn => (Status::Withdrawn, Status::Withdrawn),
        }
    }
}

sql! {
    fn all(before: EstimateId, limit: i64) -> Vec<Head> = "
        select e.id, e.customer_id, c.name as customer_name, e.location_id, e.work_order_id, e.status, e.number, e.revision, e.title, e.note,
               e.terms, e.valid_until, e.deposit_ppm, e.deposit_minor, e.currency, e.tax_rules, e.tax_note, e.total_minor, e.sent_at, e.viewed_at, e.decided_at,
               e.made_order_id, e.deposit_invoice_id, e.version, e.created_at, e.updated_at
        from estimate e join customer c on c.tenant_id = $1 and c.id = e.customer_id
        where e.tenant_id = $1 and e.id < $2 order by e.id desc limit $3";
    fn of_status(before: EstimateId, limit: i64, status: Status) -> Vec<Head> = "
        select e.id, e.customer_id, c.name as customer_name, e.location_id, e.work_order_id, e.status, e.number, e.revision, e.title, e.note,
               e.terms, e.valid_until, e.deposit_ppm, e.deposit_minor, e.currency, e.tax_rules, e.tax_note, e.total_minor, e.sent_at, e.viewed_at, e.decided_at,
               e.made_order_id, e.deposit_invoice_id, e.version, e.created_at, e.updated_at
        from estimate e join customer c on c.tenant_id = $1 and c.id = e.customer_id
        where e.tenant_id = $1 and e.id < $2 and e.status = $4 order by e.id desc limit $3";
    fn open(before: EstimateId, limit: i64) -> Vec<Head> = "
        select e.id, e.customer_id, c.name as customer_name, e.location_id, e.work_order_id, e.status, e.number, e.revision, e.title, e.note,
               e.terms, e.valid_until, e.deposit_ppm, e.deposit_minor, e.currency, e.tax_rules, e.tax_note, e.total_minor, e.sent_at, e.viewed_at, e.decided_at,
               e.made_order_id, e.deposit_invoice_id, e.version, e.created_at, e.updated_at
        from estimate e join customer c on c.tenant_id = $1 and c.id = e.customer_id
        where e.tenant_id = $1 and e.id < $2 and e.status in ('sent', 'viewed') order by e.id desc limit $3";
    fn of_customer(before: EstimateId, limit: i64, customer: CustomerId) -> Vec<Head> = "
        select e.id, e.customer_id, c.name as customer_name, e.location_id, e.work_order_id, e.status, e.number, e.revision, e.title, e.note,
               e.terms, e.valid_until, e.deposit_ppm, e.deposit_minor, e.currency, e.tax_rules, e.tax_note, e.total_minor, e.sent_at, e.viewed_at, e.decided_at,
               e.made_order_id, e.deposit_invoice_id, e.version, e.created_at, e.updated_at
        from estimate e join customer c on c.tenant_id = $1 and c.id = e.customer_id
        where e.tenant_id = $1 and e.customer_id = $4 and e.id < $2 order by e.id desc limit $3";
    fn of_customer_in(before: EstimateId, limit: i64, customer: CustomerId, status: Status, or_status: Status) -> Vec<Head> = "
        select e.id, e.customer_id, c.name as customer_name, e.location_id, e.work_order_id, e.status, e.number, e.revision, e.title, e.note,
               e.terms, e.valid_until, e.deposit_ppm, e.deposit_minor, e.currency, e.tax_rules, e.tax_note, e.total_minor, e.sent_at, e.viewed_at, e.decided_at,
               e.made_order_id, e.deposit_invoice_id, e.version, e.created_at, e.updated_at
        from estimate e join customer c on c.tenant_id = $1 and c.id = e.customer_id
        where e.tenant_id = $1 and e.customer_id = $4 and e.id < $2 and (e.status = $5 or e.status = $6) order by e.id desc limit $3";
    fn numbered(sequence: i64) -> Vec<Head> = "
        select e.id, e.customer_id, c.name as customer_name, e.location_id, e.work_order_id, e.status, e.number, e.revision, e.title, e.note,
               e.terms, e.valid_until, e.deposit_ppm, e.deposit_minor, e.currency, e.tax_rules, e.tax_note, e.total_minor, e.sent_at, e.viewed_at, e.decided_at,
               e.made_order_id, e.deposit_invoice_id, e.version, e.created_at, e.updated_at
        from estimate e join customer c on c.tenant_id = $1 and c.id = e.customer_id
        where e.tenant_id = $1 and e.sequence = $2";
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub limit: Option<i64>,
    pub cursor: Option<String>,
    /// A number, such as EST-0042 or 42.
    pub q: Option<String>,
    pub status: Option<Chip>,
    pub customer_id: Option<CustomerId>,
}

pub async fn list(scope: &Scope, ask: &Ask) -> Result<Paged<Listed>> {
    let limit = page::limit(ask.limit)?;
    if let Some(text) = &ask.q {
        let rows = match number_in(text) {
            Some(sequence) => scope.read(numbered(sequence)).await?,
            None => vec![],
        };
        return Ok(Paged { data: rows.into_iter().map(Head::listed).collect(), next_cursor: None });
    }
    let before = Cursor::maybe(ask.cursor.as_deref())?.unwrap_or(EstimateId::max());
    let more = limit as i64 + 1;
    let rows = match (ask.customer_id, ask.status) {
        (None, None) => scope.read(all(before, more)).await?,
        (None, Some(Chip::Open)) => scope.read(open(before, more)).await?,
        (None, Some(chip)) => scope.read(of_status(before, more, chip.holds().0)).await?,
        (Some(customer), None) => scope.read(of_customer(before, more, customer)).await?,
        (Some(customer), Some(chip)) => {
            let (status, or_status) = chip.holds();
            scope.read(of_customer_in(before, more, customer, status, or_status)).await?
        }
    };
    Ok(Paged::of(rows.into_iter().map(Head::listed).collect(), limit, |row: &Listed| row.id))
}

/// "EST-0042", "est 42" and "42" are the estimate with sequence 42.
pub fn number_in(text: &str) -> Option<i64> {
    series::number_in("est", text)
}

pub async fn api(access: Access<EstimatesRead>, Query(ask): Query<Ask>) -> Result<Json<Paged<Listed>>> {
    list(&access, &ask).await.map(Json)
}
