//! Card payments, newest first; of one invoice where asked.
use billing::InvoicesRead;
use kernel::{
    Access, Cursor, Paged, Result,
    http::{Json, Query},
    page, sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CardPayment, Row, with_all};
use crate::{CardPaymentId, InvoiceId};

sql! {
    fn all(before: CardPaymentId, limit: i64) -> Vec<Row> = "
        select id, payment_id, invoice_id, intent_ref, brand, last_four, amount_minor, currency, fee_minor, created_at
        from card_payment where tenant_id = $1 and id < $2 order by id desc limit $3";
    fn of(invoice: InvoiceId, before: CardPaymentId, limit: i64) -> Vec<Row> = "
        select id, payment_id, invoice_id, intent_ref, brand, last_four, amount_minor, currency, fee_minor, created_at
        from card_payment where tenant_id = $1 and invoice_id = $2 and id < $3 order by id desc limit $4";
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CardPaymentsAsked")]
pub struct Ask {
    pub limit: Option<i64>,
    pub cursor: Option<String>,
    pub invoice_id: Option<InvoiceId>,
}

pub async fn api(access: Access<InvoicesRead>, Query(ask): Query<Ask>) -> Result<Json<Paged<CardPayment>>> {
    let limit = page::limit(ask.limit)?;
    let before = Cursor::maybe::<CardPaymentId>(ask.cursor.as_deref())?.unwrap_or(CardPaymentId::max());
    let more = limit as i64 + 1;
    let rows = match ask.invoice_id {
        Some(invoice) => access.read(of(invoice, before, more)).await?,
        None => access.read(all(before, more)).await?,
    };
    let whole = with_all(&access, rows).await?;
    Ok(Json(Paged::of(whole, limit, |payment| payment.id)))
}
