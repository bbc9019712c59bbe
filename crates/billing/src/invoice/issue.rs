//! Issuing: the next number, the lines locked, the voucher posted, all in one transaction.
use jiff::{ToSpan, civil::Date};
use kernel::{
    Error, Result, TenantTx,
    access::Access,
    http::{IfMatch, One, Path, Repeatable},
    sql,
    sum::{Tax, Totals},
};
use uuid::Uuid;

use super::{Head, Invoice, Status, find, hold, lines};
use crate::{
    CustomerId, InvoiceId, bill_to,
    deferral::{self, Prepaid},
    deposit::held,
    ledger::{self, post},
    permissions::InvoicesWrite,
    series,
};

sql! {
    fn store(id: InvoiceId, status: Status, number: String, sequence: i64, issued_on: Date, due_on: Date, bill_to: String, subtotal_minor: i64,
             discount_minor: i64, tax_minor: i64, total_minor: i64, at: jiff::Timestamp, holds_deposit: bool) -> u64 = "
        update invoice set status = $3, number = $4, sequence = $5, issued_on = $6, due_on = $7, bill_to = $8, subtotal_minor = $9,
                           discount_minor = $10, tax_minor = $11, total_minor = $12, issued_at = $13, updated_at = $13, holds_deposit = $14, version = version + 1
        where tenant_id = $1 and id = $2 and status = 'draft'";
    fn keep_tax(id: Uuid, invoice_id: InvoiceId, name: String, rate_ppm: i64, base_minor: i64, tax_minor: i64) = "
        insert into invoice_tax (tenant_id, id, invoice_id, name, rate_ppm, base_minor, tax_minor) values ($1, $2, $3, $4, $5, $6, $7)";
}

kernel::event! {
    /// The invoice has its number and stays as it is from now on.
    pub struct InvoiceIssued = "invoice.issued", seen by crate::permissions::InvoicesRead {
        invoice: InvoiceId, customer: CustomerId, number: String, total_minor: i64, currency: String, due_on: Date,
    }
}

/// Issues the draft on the company's date `today`.
pub async fn issue(tx: &mut TenantTx, id: InvoiceId, version: Option<i64>, today: Date) -> Result<()> {
    issue_for(tx, id, version, today, None).await
}

/// The same for what is paid in advance: its revenue is deferred, and earned later.
pub(crate) async fn issue_for(
    tx: &mut TenantTx,
    id: InvoiceId,
    version: Option<i64>,
    today: Date,
    prepaid: Option<&Prepaid>,
) -> Result<()> {
    let (found, kept) = hold(tx, id, version).await?;
    let totals = may_issue(&found, &kept)?;
    let due_on = today.saturating_add(i64::from(found.terms_days).days());
    let taken_off = held::take(tx, &found, &kept).await?;
    let status = if totals.total_minor == 0 { Status::Paid } else { Status::Issued };
    let address = bill_to::of(tx, found.customer_id, &found.customer_name).await?;
    let sequence = series::take_one(tx, series::INVOICES).await?;
    let number = series::invoice_number(sequence);
    for tax in &totals.taxes {
        tx.queue(keep_tax(Uuid::now_v7(), id, tax.name.clone(), tax.rate_ppm, tax.base_minor, tax.tax_minor));
    }
    tx.tell(&InvoiceIssued {
        invoice: id,
        customer: found.customer_id,
        number: number.clone(),
        total_minor: totals.total_minor,
        currency: found.currency.clone(),
        due_on,
    });
    let minor = totals.total_minor - totals.tax_minor;
    let account = match prepaid {
        Some(_) => ledger::DEFERRED,
        None if found.is_deposit => ledger::DEPOSITS,
        None => ledger::REVENUE,
    };
    let entries = entries(&totals, account, taken_off);
    let stored = store(
        id,
        status,
        number.clone(),
        sequence,
        today,
        due_on,
        address,
        totals.subtotal_minor,
        totals.discount_minor,
        totals.tax_minor,
        totals.total_minor,
        tx.now(),
        found.is_deposit,
    );
    if tx.run(stored).await? != 1 {
        return Err(Error::Stale(Some(found.version)));
    }
    let voucher = post::Voucher {
        kind: ledger::Kind::Invoice,
        posted_on: today,
        subject: id.0,
        invoice: Some(id),
        currency: found.currency.clone(),
        memo: format!("Invoice {number}"),
    };
    if let Some(prepaid) = prepaid {
        deferral::begin(tx, id, prepaid, minor, &found.currency);
    }
    post::post(tx, voucher, &entries).await
}

fn may_issue(found: &Head, kept: &[lines::Kept]) -> Result<Totals> {
    match found.status {
        Status::Draft => {}
        _ => return Err(Error::refused(format!("{} is issued already.", found.called()))),
    }
    if kept.is_empty() {
        return Err(Error::refused("There is nothing on this invoice yet. Add a line, then issue it."));
    }
    let totals = lines::total(found.tax_rules, kept)?;
    if totals.total_minor < 0 {
        return Err(Error::refused(
            "The total is below zero. An invoice asks for money; take a line away or lower the discount.",
        ));
    }
    Ok(totals)
}

/// Receivable against revenue, or what is owed for it, and each tax. What is taken off a deposit is earned now, and owed no longer.
fn entries(totals: &Totals, account: &str, taken_off: i64) -> Vec<post::Entry> {
    // Prices may have their taxes in them: what is earned is what is left of the total.
    let revenue = totals.total_minor - totals.tax_minor + taken_off;
    let tax = |tax: &Tax| post::Entry::credit(ledger::TAX, tax.tax_minor, tax.name.clone());
    [
        post::Entry::debit(ledger::RECEIVABLE, totals.total_minor, String::new()),
        post::Entry::debit(ledger::DEPOSITS, taken_off, String::new()),
        post::Entry::credit(account, revenue, String::new()),
    ]
    .into_iter()
    .chain(totals.taxes.iter().map(tax))
    .collect()
}

pub async fn api(
    access: Access<InvoicesWrite>,
    Path(id): Path<InvoiceId>,
    version: IfMatch,
) -> Result<Repeatable<One<Invoice>>> {
    let today = access.local_now().date();
    access
        .once(async |tx| {
            issue(tx, id, version.0, today).await?;
            find(tx, id, today).await.map(One)
        })
        .await
}
