//! What customers pay before the work is owed to them: a liability from its issue on, revenue once an invoice takes it off.
//!
//! What is left of a deposit is its invoice, less what was given back of it and what issued invoices take off. Whoever takes some of it
//! off holds it, so that nothing of it is taken twice.
use kernel::{Error, Result, TenantTx, Uuid, row, sql};
use std::collections::BTreeMap;

use crate::{
    CustomerId, InvoiceId,
    invoice::{Head, lines::Kept},
};

row! {
    #[derive(Debug, Clone)]
    pub struct Held {
        pub id: InvoiceId,
        pub number: Option<String>,
        pub customer_id: CustomerId,
        /// Whether the books keep it as owed; deposits of before they did are revenue.
        pub holds: bool,
        pub left_minor: i64,
    }
}

sql! {
    fn hold(ids: Vec<Uuid>) -> Vec<InvoiceId> = "
        select id from invoice where tenant_id = $1 and id = any($2) order by id for no key update";
    fn those(ids: Vec<Uuid>) -> Vec<Held> = "
        select i.id, i.number, i.customer_id, i.holds_deposit as holds, coalesce(deposit_left(i.id), 0)::bigint as left_minor
        from invoice i where i.tenant_id = $1 and i.id = any($2)
          and (i.deposit_of_order_id is not null or i.deposit_of_appointment_id is not null) order by i.id";
    // Those that the books keep; at most fifty of them are looked at.
    pub(crate) fn of_customer(customer: CustomerId) -> Vec<Held> = "
        select f.id, f.number, f.customer_id, f.holds, f.left_minor from (
            select i.id, i.number, i.customer_id, i.holds_deposit as holds, coalesce(deposit_left(i.id), 0)::bigint as left_minor
            from invoice i where i.tenant_id = $1 and i.customer_id = $2 and i.holds_deposit order by i.id desc limit 50) f
        where f.left_minor > 0 order by f.id";
    fn users(deposit: InvoiceId) -> Vec<String> = "
        select distinct coalesce(u.number, '') as number from invoice_line l
        join invoice u on u.tenant_id = $1 and u.id = l.invoice_id and u.status not in ('draft', 'void') and u.number is not null
        where l.tenant_id = $1 and l.deposit_id = $2 order by 1 limit 3";
}

/// The deposits that lines take off, with what each line takes.
fn taken<'a>(lines: impl IntoIterator<Item = (&'a Kept, i64)>) -> BTreeMap<Uuid, i64> {
    let mut taken = BTreeMap::new();
    for (line, amount) in lines {
        if let Some(deposit) = line.deposit_id {
            *taken.entry(deposit.0).or_default() -= amount;
        }
    }
    taken
}

/// The deposits that lines name exist, and are this customer's.
pub(crate) async fn known(tx: &mut TenantTx, customer: CustomerId, of_lines: &[Option<InvoiceId>]) -> Result<()> {
    let named: Vec<Uuid> = of_lines.iter().flatten().map(|id| id.0).collect();
    if named.is_empty() {
        return Ok(());
    }
    let found = tx.run(those(named)).await?;
    for (at, deposit) in of_lines.iter().enumerate() {
        let Some(deposit) = *deposit else { continue };
        if !found.iter().any(|held| held.id == deposit && held.customer_id == customer) {
            let says = "There is no such deposit of this customer.";
            return Err(Error::field(&format!("/lines/{at}/deposit_id"), "missing", says));
        }
    }
    Ok(())
}

/// An invoice is issued with these lines: its deposits are held, have enough left, and so much of them is owed no longer.
pub(crate) async fn take(tx: &mut TenantTx, invoice: &Head, lines: &[Kept]) -> Result<i64> {
    let taken = taken(lines.iter().map(|line| (line, line.amount_minor)));
    if taken.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Uuid> = taken.keys().copied().collect();
    // Read after they are held: each statement sees what was committed before it.
    let (_, found) = tx.run((hold(ids.clone()), those(ids))).await?;
    let mut released = 0;
    for (id, minor) in taken {
        let held = found.iter().find(|held| held.id.0 == id && held.customer_id == invoice.customer_id);
        let held = held.ok_or_else(|| Error::refused("A line takes off a deposit that is not this customer's."))?;
        if minor > held.left_minor {
            let left = invoice.money(held.left_minor);
            return Err(Error::refused(format!(
                "Of the deposit {} only {} {} is left. Change or remove the line that takes it off.",
                held.number.as_deref().unwrap_or("that was asked for"),
                left.amount(),
                left.currency.code()
            )));
        }
        released += if held.holds { minor } else { 0 };
    }
    Ok(released)
}

/// Lines are given back: what they took off a deposit is owed again. With each line goes what of its amount is given back.
pub(crate) async fn give_back<'a>(tx: &mut TenantTx, lines: impl IntoIterator<Item = (&'a Kept, i64)>) -> Result<i64> {
    let taken = taken(lines);
    if taken.is_empty() {
        return Ok(0);
    }
    let found = tx.run(those(taken.keys().copied().collect())).await?;
    Ok(found.iter().filter(|held| held.holds).filter_map(|held| taken.get(&held.id.0)).sum())
}

/// A deposit that is held, before something of it is given back, or all of it is void: what invoices have taken off stays with them.
pub(crate) async fn must_have_left(tx: &mut TenantTx, deposit: &Head, minor: i64) -> Result<()> {
    if !deposit.is_deposit {
        return Ok(());
    }
    let (found, users) = tx.run((those(vec![deposit.id.0]), users(deposit.id))).await?;
    let left = found.first().map_or(0, |held| held.left_minor);
    if minor <= left || users.is_empty() {
        return Ok(());
    }
    Err(Error::refused(format!(
        "{} is taken off by {}, and {} {} of it is left. Give the deposit's line back there, or void that invoice, first.",
        deposit.called(),
        users.join(", "),
        deposit.money(left).amount(),
        deposit.currency
    )))
}
