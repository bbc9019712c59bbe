//! A finished job becomes a draft, once, with the lines as they were sold.
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use kernel::{Error, Money, Result, Scope, TenantTx, row, sql};
use work::{WorkOrder, WorkOrderCompleted, WorkOrderId, order};

use super::{
    Status,
    discard::discard,
    draft::{DraftInput, draft_by},
    lines::{self, LineInput},
    of_deposit,
};
use crate::{InvoiceId, recurring};

sql! {
    // One that was voided since the job was finished counts too: what comes then is for the office to say.
    fn invoiced(work_order_id: WorkOrderId, finished: Option<Timestamp>) -> bool = "
        select exists (select 1 from invoice where tenant_id = $1 and work_order_id = $2 and (status <> 'void' or created_at >= $3)) as invoiced";
}

sql! {
    fn of_job(work_order_id: WorkOrderId) -> Vec<OfJob> = "
        select id, status, number from invoice where tenant_id = $1 and work_order_id = $2 and status <> 'void' order by id limit 10";
}
row! { struct OfJob { id: InvoiceId, status: Status, number: Option<String> } }

/// Before a finished job is taken up again: its draft goes, for finishing writes a new one; what is issued stands.
fn taken_up(tx: &mut TenantTx, order: WorkOrderId) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        for invoice in tx.run(of_job(order)).await? {
            if invoice.status != Status::Draft {
                let called = invoice.number.unwrap_or_else(|| "an invoice".into());
                let says =
                    format!("This job is invoiced as {called}. Void that first, or make a follow-up of the job.");
                return Err(Error::refused(says));
            }
            discard(tx, invoice.id, None).await?;
        }
        Ok(())
    })
}
#[linkme::distributed_slice(work::order::reopen::BEFORE_REOPENING)]
static TAKEN_UP: work::order::reopen::Undoing = taken_up;

/// Hears of the finished job. Told twice it drafts once; a job whose invoice was voided is left to the office, until it is finished anew.
pub async fn completed(scope: Scope, done: WorkOrderCompleted) -> Result<()> {
    let drafted = scope.retrying(async |tx: &mut TenantTx| {
        // Taken up again before anybody heard of its end, it has nothing to be charged for yet; held, it stays as it is found.
        let order = order::hold(tx, done.order).await?;
        match order.status {
            order::Status::Completed => of_work(tx, &order).await.map(drop),
            _ => Ok(()),
        }
    });
    let drafted = drafted.await;
    match drafted {
        // Its twin was faster.
        Err(error) if error.is_broken("invoice_work_order_once") => Ok(()),
        outcome => outcome,
    }
}

/// The draft for a finished job; none if it has an invoice already or nothing was sold.
pub async fn of_work(tx: &mut TenantTx, order: &WorkOrder) -> Result<Option<InvoiceId>> {
    let (finished, customer, order) = (order.completed_at, order.customer_id, order.id);
    let (invoiced, sold, deposits, covered) = tx
        .run((invoiced(order, finished), order::lines(order), of_deposit::of_order(order), recurring::covered(order)))
        .await?;
    let sold = recurring::beyond(tx, covered, customer, sold).await?;
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
        deposit_id: None,
        tax_rate_id: known(&line),
        taxes: if known(&line).is_some() { vec![] } else { line.taxes.0 },
        description: line.description,
    };
    let lines = sold.into_iter().map(line).chain(of_deposit::taken_off(deposits, currency)).collect();
    let input = DraftInput { work_order_id: Some(order), ..DraftInput::of(customer, lines) };
    draft_by(tx, currency, &basis, input).map(Some)
}
