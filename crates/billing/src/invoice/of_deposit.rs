//! A deposit asked for before the work: an invoice of its own, due at once, which the job's invoice takes off again.
use jiff::civil::Date;
use kernel::{Currency, Error, Money, Result, TenantTx, row, sql};
use scheduling::{Appointment, AppointmentId};
use work::WorkOrderId;

use super::{
    draft::{DraftInput, draft},
    head,
    issue::issue,
    lines::LineInput,
};
use crate::{CustomerId, InvoiceId, deposit::held};

row! {
    pub(super) struct Deposit {
        id: InvoiceId,
        number: Option<String>,
        left_minor: i64,
    }
}

sql! {
    fn is_deposit_of(id: InvoiceId, order: WorkOrderId) -> u64 = "
        update invoice set deposit_of_order_id = $3 where tenant_id = $1 and id = $2";
    fn is_deposit_of_visit(id: InvoiceId, visit: AppointmentId) -> u64 = "
        update invoice set deposit_of_appointment_id = $3 where tenant_id = $1 and id = $2";
    // Its own, and those of its visits. What was given back by credit notes, or is taken off elsewhere, is no deposit any more.
    pub(super) fn of_order(order: WorkOrderId) -> Vec<Deposit> = "
        select i.id, i.number, deposit_left(i.id) as left_minor
        from invoice i
        where i.tenant_id = $1 and i.id in (
            select o.id from invoice o where o.tenant_id = $1 and o.deposit_of_order_id = $2
            union all
            select v.id from work_order_visit w join invoice v on v.tenant_id = $1 and v.deposit_of_appointment_id = w.appointment_id
            where w.tenant_id = $1 and w.order_id = $2)
          and i.status in ('issued', 'part_paid', 'paid', 'written_off') order by i.sequence";
}

/// Without tax: the job's invoice carries all of it, on the whole.
fn line(description: String, detail: Option<String>, minor: i64, currency: Currency) -> LineInput {
    LineInput {
        id: None,
        deposit_id: None,
        description,
        detail,
        quantity_milli: 1000,
        unit_price: Money::new(minor, currency),
        discount: None,
        taxes: vec![],
        tax_rate_id: None,
    }
}

/// Drafts and issues it in the transaction that agrees to it. `what` it is for reads below the line.
pub async fn ask(
    tx: &mut TenantTx,
    customer: CustomerId,
    order: WorkOrderId,
    what: String,
    amount: Money,
    today: Date,
) -> Result<InvoiceId> {
    let id = drafted(tx, customer, what, amount).await?;
    tx.run(is_deposit_of(id, order)).await?;
    issue(tx, id, None, today).await?;
    Ok(id)
}

/// The same for a visit, which is held. Its job may not be written down yet.
pub(crate) async fn ask_of_visit(
    tx: &mut TenantTx,
    visit: &Appointment,
    what: String,
    amount: Money,
) -> Result<InvoiceId> {
    let id = drafted(tx, visit.customer_id, what, amount).await?;
    tx.run(is_deposit_of_visit(id, visit.id)).await?;
    let today = tx.today();
    issue(tx, id, None, today).await?;
    Ok(id)
}

async fn drafted(tx: &mut TenantTx, customer: CustomerId, what: String, amount: Money) -> Result<InvoiceId> {
    let line = line("Deposit".into(), Some(what), amount.minor, amount.currency);
    let input = DraftInput { terms_days: Some(0), ..DraftInput::of(customer, vec![line]) };
    draft(tx, amount.currency, input).await
}

/// What was asked for before, as lines that take it off.
pub(super) fn taken_off(deposits: Vec<Deposit>, currency: Currency) -> impl Iterator<Item = LineInput> {
    let left = deposits.into_iter().filter(|deposit| deposit.left_minor > 0);
    left.map(move |deposit| less(deposit.id, deposit.number, deposit.left_minor, currency))
}

/// What takes it off.
pub(super) fn less(deposit: InvoiceId, number: Option<String>, minor: i64, currency: Currency) -> LineInput {
    let words = format!("Less deposit, invoice {}", number.unwrap_or_default());
    LineInput { deposit_id: Some(deposit), ..line(words, None, -minor, currency) }
}

/// The line that takes a deposit of its customer off this draft.
pub(super) async fn line_of(tx: &mut TenantTx, draft: InvoiceId, deposit: InvoiceId) -> Result<LineInput> {
    let found = tx.run(head(draft)).await?.ok_or(Error::NotFound)?;
    let held = tx.run(held::of_customer(found.customer_id)).await?.into_iter().find(|held| held.id == deposit);
    let held = held.ok_or_else(|| Error::refused("Nothing of this deposit is left to be taken off."))?;
    // Not more than there is to pay: the rest stays owed to the customer.
    let minor = if found.total_minor > 0 { held.left_minor.min(found.total_minor) } else { held.left_minor };
    Ok(less(held.id, held.number, minor, found.currency()))
}
