//! A finished job becomes a draft, once, with the lines as they were sold.
use kernel::{Money, Result, Scope, TenantTx, sql};
use work::{WorkOrderCompleted, WorkOrderId, order};

use super::{
    draft::{DraftInput, draft_by},
    lines::{self, LineInput},
    of_deposit,
};
use crate::{CustomerId, InvoiceId};

sql! {
    fn invoiced(work_order_id: WorkOrderId) -> bool = "
        select exists (select 1 from invoice where tenant_id = $1 and work_order_id = $2) as invoiced";
}

/// Hears of the finished job. Told twice it drafts once; a job whose invoice was voided is left to the office.
pub async fn completed(scope: Scope, done: WorkOrderCompleted) -> Result<()> {
    let drafted =
        scope.retrying(async |tx: &mut TenantTx| of_work(tx, done.order, done.customer).await.map(|_| ())).await;
    match drafted {
        // Its twin was faster.
        Err(error) if error.is_broken("invoice_work_order_once") => Ok(()),
        outcome => outcome,
    }
}

/// The draft for a finished job; none if it has an invoice already or nothing was sold.
pub async fn of_work(tx: &mut TenantTx, order: WorkOrderId, customer: CustomerId) -> Result<Option<InvoiceId>> {
    let (invoiced, sold, deposits) =
        tx.run((invoiced(order), order::lines(order), of_deposit::of_order(order))).await?;
    let Some(currency) = sold.first().map(|line| line.money(0).currency).filter(|_| !invoiced) else { return Ok(None) };
    // The price is as it was sold; the tax is that of the day of the invoice.
    let basis = lines::basis(tx, customer, Some(order)).await?;
    let known = |line: &work::Line| line.tax_rate_id.filter(|id| basis.taxes().iter().any(|tax| tax.id == *id));
    let line = |line: work::Line| LineInput {
        id: None,
        unit_price: Money::new(line.unit_price_minor, currency),
        detail: None,
        quantity_milli: line.quantity_milli,
        discount: None,
        tax_rate_id: known(&line),
        taxes: if known(&line).is_some() { vec![] } else { line.taxes.0 },
        description: line.description,
    };
    let lines = sold.into_iter().map(line).chain(of_deposit::taken_off(deposits, currency)).collect();
    let input = DraftInput { work_order_id: Some(order), ..DraftInput::of(customer, lines) };
    draft_by(tx, currency, &basis, input).map(Some)
}
