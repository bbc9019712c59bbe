//! A deposit asked for before the work: an invoice of its own, due at once, which the job's invoice takes off again.
use jiff::civil::Date;
use kernel::{Currency, Money, Result, TenantTx, row, sql};
use scheduling::{Appointment, AppointmentId};
use work::WorkOrderId;

use super::{
    draft::{DraftInput, draft},
    issue::issue,
    lines::LineInput,
};
use crate::{CustomerId, InvoiceId};

row! {
    pub(super) struct Deposit {
        number: Option<String>,
        total_minor: i64,
    }
}

sql! {
    fn is_deposit_of(id: InvoiceId, order: WorkOrderId) -> u64 = "
        update invoice set deposit_of_order_id = $3 where tenant_id = $1 and id = $2";
    fn is_deposit_of_visit(id: InvoiceId, visit: AppointmentId) -> u64 = "
        update invoice set deposit_of_appointment_id = $3 where tenant_id = $1 and id = $2";
    // Its own, and those of its visits. What was given back by credit notes is no deposit any more.
    pub(super) fn of_order(order: WorkOrderId) -> Vec<Deposit> = "
        select i.number, i.total_minor - coalesce(g.minor, 0)::bigint as total_minor
        from invoice i
        left join lateral (select sum(n.total_minor) as minor from credit_note n where n.tenant_id = $1 and n.invoice_id = i.id) g on true
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
    deposits.into_iter().filter(|deposit| deposit.total_minor > 0).map(move |deposit| {
        let number = deposit.number.unwrap_or_default();
        line(format!("Less deposit, invoice {number}"), None, -deposit.total_minor, currency)
    })
}
