//! Payments, newest first; of one invoice or customer where asked.
use kernel::{
    Cursor, Paged, Result,
    access::Access,
    http::{Json, Query},
    page, sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Payment, Row};
use crate::{CustomerId, InvoiceId, PaymentId, permissions::InvoicesRead};

sql! {
    fn all(before: PaymentId, limit: i64) -> Vec<Row> = "
        select id, invoice_id, customer_id, amount_minor, kept_minor, refunded_minor, currency, method, reference, received_on, reversed_on, reversed_reason, created_at
        from payment where tenant_id = $1 and id < $2 order by id desc limit $3";
    fn of_customer(customer_id: CustomerId, before: PaymentId, limit: i64) -> Vec<Row> = "
        select id, invoice_id, customer_id, amount_minor, kept_minor, refunded_minor, currency, method, reference, received_on, reversed_on, reversed_reason, created_at
        from payment where tenant_id = $1 and customer_id = $2 and id < $3 order by id desc limit $4";
    fn of_invoice(invoice_id: InvoiceId, before: PaymentId, limit: i64) -> Vec<Row> = "
        select id, invoice_id, customer_id, amount_minor, kept_minor, refunded_minor, currency, method, reference, received_on, reversed_on, reversed_reason, created_at
        from payment where tenant_id = $1 and invoice_id = $2 and id < $3 order by id desc limit $4";
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub limit: Option<i64>,
    pub cursor: Option<String>,
    pub invoice_id: Option<InvoiceId>,
    pub customer_id: Option<CustomerId>,
}

pub async fn api(access: Access<InvoicesRead>, Query(ask): Query<Ask>) -> Result<Json<Paged<Payment>>> {
    let limit = page::limit(ask.limit)?;
    let before = Cursor::maybe::<PaymentId>(ask.cursor.as_deref())?.unwrap_or(PaymentId::max());
    let more = limit as i64 + 1;
    let rows = match (ask.invoice_id, ask.customer_id) {
        (Some(invoice), _) => access.read(of_invoice(invoice, before, more)).await?,
        (None, Some(customer)) => access.read(of_customer(customer, before, more)).await?,
        (None, None) => access.read(all(before, more)).await?,
    };
    let rows = rows.into_iter().map(Row::payment).collect();
    Ok(Json(Paged::of(rows, limit, |payment| payment.id)))
}
