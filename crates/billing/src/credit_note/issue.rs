//! Giving an invoice back. What is given is the difference of two sums: of all that was given so far and this, and of what was given so
//! far. So the notes of an invoice sum to it exactly, cent by cent and tax by tax, however it is cut.
use jiff::{Timestamp, civil::Date};
use kernel::{
    Checks, Error, Input, Result, TenantTx,
    access::Access,
    http::{Created, Json, Path, Repeatable},
    money::scale,
    sql,
    sum::Totals,
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::HashMap;
use uuid::Uuid;

use super::{CreditNote, KeptTax, LineRow, Row, lines_in, lines_of, note, notes_of, told};
use crate::{
    CreditNoteId, CustomerId, InvoiceId, LineId, credit, deferral,
    deposit::held,
    invoice::{
        Head, Status, hold,
        lines::{self, Kept},
    },
    ledger::{self, post},
    payment::record::Settled,
    permissions::InvoicesWrite,
    series,
};

/// Of a line so much.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditLine {
    pub line_id: LineId,
    /// Thousandths; what is left of the line when left out.
    #[serde(default)]
    pub quantity_milli: Option<i64>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditInput {
    /// Why, as the customer reads it.
    pub reason: String,
    /// All that is left of the invoice when left out.
    #[serde(default)]
    pub lines: Option<Vec<CreditLine>>,
}
impl Input for CreditInput {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("reason", &mut self.reason, 300, "a reason");
        if let Some(lines) = &self.lines {
            checks.that(!lines.is_empty(), "lines", "required", "Say what is given back.");
            checks.that(lines.len() <= lines::MOST_LINES, "lines", "too_many", "An invoice has no so many lines.");
        }
    }
}

kernel::event! {
    /// An invoice is given back, or part of it.
    pub struct CreditNoteIssued = "credit_note.issued", seen by crate::permissions::InvoicesRead {
        credit_note: CreditNoteId, invoice: InvoiceId, customer: CustomerId, number: String, invoice_number: String, total_minor: i64, currency: String,
    }
}

sql! {
    fn insert(id: CreditNoteId, invoice: InvoiceId, customer: CustomerId, number: String, sequence: i64, on: Date, reason: String, currency: String, net_minor: i64,
              tax_minor: i64, total_minor: i64, applied_minor: i64, taxes: serde_json::Value, bill_to: String, at: Timestamp, by: Option<Uuid>) = "
        insert into credit_note (tenant_id, id, invoice_id, customer_id, number, sequence, issued_on, reason, currency, net_minor, tax_minor, total_minor, applied_minor, taxes, bill_to, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    fn insert_line(id: Uuid, note: CreditNoteId, line: LineId, position: i32, description: String, quantity_milli: i64, amount_minor: i64) = "
        insert into credit_note_line (tenant_id, id, credit_note_id, invoice_line_id, position, description, quantity_milli, amount_minor)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
}

/// What of each line was given back already: quantity and amount.
pub(super) fn given_so_far(rows: &[LineRow]) -> HashMap<LineId, (i64, i64)> {
    let mut given: HashMap<LineId, (i64, i64)> = HashMap::new();
    for row in rows {
        let so_far = given.entry(row.invoice_line_id).or_default();
        so_far.0 += row.quantity_milli;
        so_far.1 += row.amount_minor;
    }
    given
}

/// What is asked for of each line, checked against what is left of it.
fn asked(input: &CreditInput, kept: &[Kept], given: &HashMap<LineId, (i64, i64)>) -> Result<HashMap<LineId, i64>> {
    let left = |line: &Kept| line.quantity_milli - given.get(&line.id).map_or(0, |(quantity, _)| *quantity);
    let Some(lines) = &input.lines else {
        return Ok(kept.iter().map(|line| (line.id, left(line))).filter(|(_, left)| *left > 0).collect());
    };
    let mut asked = HashMap::new();
    for (at, one) in lines.iter().enumerate() {
        let wrong =
            |field: &str, code: &'static str, says: String| Error::field(&format!("/lines/{at}/{field}"), code, says);
        let line = kept.iter().find(|line| line.id == one.line_id);
        let line = line.ok_or_else(|| wrong("line_id", "missing", "There is no such line on this invoice.".into()))?;
        let left = left(line);
        let quantity = one.quantity_milli.unwrap_or(left);
        if !(1..=left).contains(&quantity) {
            let says = match left {
                ..=0 => format!("“{}” is given back already.", line.description),
                left => {
                    format!("Of “{}” at most {} can be given back.", line.description, crate::written::quantity(left))
                }
            };
            return Err(wrong("quantity_milli", "range", says));
        }
        if asked.insert(line.id, quantity).is_some() {
            return Err(wrong("line_id", "twice", "This line is named twice.".into()));
        }
    }
    Ok(asked)
}

/// The lines as they would be on an invoice of what is given back so far.
fn cut(kept: &[Kept], quantity: impl Fn(&Kept) -> i64) -> Vec<Kept> {
    let part = |line: &Kept| {
        let quantity_milli = quantity(line);
        let discount_minor = scale(line.discount_minor, quantity_milli, line.quantity_milli);
        Kept { quantity_milli, discount_minor, ..line.clone() }
    };
    kept.iter().map(part).filter(|line| line.quantity_milli > 0).collect()
}

/// By name and rate: what is more in the one than in the others.
fn more_tax(after: &Totals, before: &[Row]) -> Vec<KeptTax> {
    let mut more: Vec<KeptTax> = after.taxes.iter().cloned().map(KeptTax::of).collect();
    for tax in before.iter().flat_map(Row::kept_taxes) {
        if let Some(same) = more.iter_mut().find(|one| one.name == tax.name && one.rate_ppm == tax.rate_ppm) {
            same.base_minor -= tax.base_minor;
            same.tax_minor -= tax.tax_minor;
        }
    }
    more.retain(|tax| tax.base_minor != 0 || tax.tax_minor != 0);
    more
}

fn may_give_back(found: &Head) -> Result<()> {
    let number = found.called();
    match found.status {
        Status::Issued | Status::PartPaid | Status::Paid => Ok(()),
        Status::Draft => Err(Error::refused("A draft is changed or discarded; there is nothing to give back yet.")),
        Status::Void => Err(Error::refused(format!("{number} is void; there is nothing to give back."))),
        Status::WrittenOff => Err(Error::refused(format!("{number} is written off. Take that back first."))),
    }
}

pub async fn issue(tx: &mut TenantTx, id: InvoiceId, input: &CreditInput, today: Date) -> Result<CreditNoteId> {
    let (found, kept) = hold(tx, id, None).await?;
    may_give_back(&found)?;
    let (before, rows) = tx.run((notes_of(id), lines_of(id))).await?;
    let given = given_so_far(&rows);
    let asked = asked(input, &kept, &given)?;
    let now = |line: &Kept| asked.get(&line.id).copied().unwrap_or(0);
    let after = cut(&kept, |line| now(line) + given.get(&line.id).map_or(0, |(quantity, _)| *quantity));
    let totals = lines::total(found.tax_rules, &after)?;
    let sum = |of: fn(&Row) -> i64| before.iter().map(of).sum::<i64>();
    let total = totals.total_minor - sum(|row| row.total_minor);
    let tax = totals.tax_minor - sum(|row| row.tax_minor);
    if total <= 0 {
        return Err(Error::refused(match asked.is_empty() {
            true => format!("{} is given back whole already.", found.called()),
            false => "That would give nothing back.".to_owned(),
        }));
    }
    held::must_have_left(tx, &found, total).await?;
    let back: Vec<(&Kept, i64)> = (after.iter().zip(&totals.amounts))
        .map(|(line, amount)| (line, amount - given.get(&line.id).map_or(0, |(_, amount)| *amount)))
        .collect();
    let owed_again = held::give_back(tx, back).await?;
    let applied = total.min(found.balance_minor());
    let taxes = more_tax(&totals, &before);
    let note_id = CreditNoteId::new();
    let sequence = series::take_one(tx, series::CREDIT_NOTES).await?;
    let number = series::credit_note_number(sequence);
    let (at, by) = (tx.now(), tx.user());
    let kept_taxes = serde_json::to_value(&taxes).map_err(|error| Error::Bug(error.to_string()))?;
    let (currency, address) = (found.currency.clone(), found.bill_to.clone());
    let (customer, reason) = (found.customer_id, input.reason.clone());
    tx.queue(insert(
        note_id,
        id,
        customer,
        number.clone(),
        sequence,
        today,
        reason,
        currency,
        total - tax,
        tax,
        total,
        applied,
        kept_taxes,
        address,
        at,
        by,
    ));
    let line = |(position, (line, amount)): (i32, (&Kept, i64))| {
        let before = given.get(&line.id).map_or(0, |(_, amount)| *amount);
        let quantity = now(line);
        (quantity > 0).then(|| {
            let words = line.description.clone();
            insert_line(Uuid::now_v7(), note_id, line.id, position, words, quantity, amount - before)
        })
    };
    for line in (1..).zip(after.iter().zip(totals.amounts.iter().copied())).filter_map(line) {
        tx.queue(line);
    }
    tx.tell(&CreditNoteIssued {
        credit_note: note_id,
        invoice: id,
        customer,
        number: number.clone(),
        invoice_number: found.called(),
        total_minor: total,
        currency: found.currency.clone(),
    });
    if total > applied {
        let entry = credit::Entry::of(credit::Kind::CreditNote, &found, total - applied, today);
        credit::keep(tx, credit::Entry { note: Some(note_id), ..entry });
    }
    if applied > 0 {
        Settled { credited: found.credited_minor + applied, ..Settled::of(&found) }.keep(tx, &found).await?;
    }
    let voucher = post::Voucher {
        kind: ledger::Kind::CreditNote,
        posted_on: today,
        subject: note_id.0,
        invoice: Some(id),
        currency: found.currency.clone(),
        memo: format!("Credit note {number} for {}", found.called()),
    };
    let net = total - tax;
    let deferred = deferral::given_back(tx, id, net).await?;
    let held = if found.holds_deposit { net } else { 0 };
    let entries: Vec<post::Entry> = [
        post::Entry::debit(ledger::DEFERRED, deferred, String::new()),
        post::Entry::debit(ledger::DEPOSITS, held - owed_again, String::new()),
        post::Entry::debit(ledger::REVENUE, net - deferred - held + owed_again, String::new()),
        post::Entry::credit(ledger::RECEIVABLE, applied, String::new()),
        post::Entry::credit(ledger::CREDITS, total - applied, String::new()),
    ]
    .into_iter()
    .chain(taxes.iter().map(|tax| post::Entry::debit(ledger::TAX, tax.tax_minor, tax.name.clone())))
    .collect();
    post::post(tx, voucher, &entries).await?;
    Ok(note_id)
}

pub async fn api(
    access: Access<InvoicesWrite>,
    Path(id): Path<InvoiceId>,
    Json(input): Json<CreditInput>,
) -> Result<Repeatable<Created<CreditNote>>> {
    let today = access.local_now().date();
    access
        .once(async |tx| {
            let made = issue(tx, id, &input, today).await?;
            let (row, lines) = tx.run((note(made), lines_in(made))).await?;
            let body = told(row.ok_or(Error::NotFound)?, &lines);
            Ok(Created { location: format!("/api/v1/credit-notes/{made}"), body })
        })
        .await
}
