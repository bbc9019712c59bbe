//! A credit note: an issued invoice given back, whole or in part. It has a number of its own and never changes.
mod form;
mod issue;
mod paper;

use jiff::{Timestamp, civil::Date};
use kernel::{
    Currency, Error, Money, Paged, Result,
    access::Access,
    http::{Json, One, Path, Versioned},
    row, sql,
    sum::Tax,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use form::{page, post};
pub use issue::{CreditInput, CreditLine, api as issue_api, issue};
pub use paper::{api as pdf_api, pdf};

use crate::{
    CreditNoteId, CustomerId, InvoiceId, LineId,
    invoice::{TaxLine, head},
    permissions::InvoicesRead,
};

row! {
    #[derive(Debug, Clone)]
    pub struct Row {
        pub id: CreditNoteId,
        pub invoice_id: InvoiceId,
        pub invoice_number: String,
        pub customer_id: CustomerId,
        pub number: String,
        pub issued_on: Date,
        pub reason: String,
        pub currency: String,
        pub net_minor: i64,
        pub tax_minor: i64,
        pub total_minor: i64,
        pub applied_minor: i64,
        pub taxes: serde_json::Value,
        pub bill_to: String,
        pub created_at: Timestamp,
    }
}
row! {
    #[derive(Debug, Clone)]
    struct LineRow { credit_note_id: CreditNoteId, invoice_line_id: LineId, description: String, quantity_milli: i64, amount_minor: i64 }
}

/// A tax as the note keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct KeptTax {
    name: String,
    rate_ppm: i64,
    base_minor: i64,
    tax_minor: i64,
}

impl KeptTax {
    fn of(tax: Tax) -> Self {
        Self { name: tax.name, rate_ppm: tax.rate_ppm, base_minor: tax.base_minor, tax_minor: tax.tax_minor }
    }
}

impl Row {
    pub fn total(&self) -> Money {
        Money::new(self.total_minor, Currency::of(&self.currency).unwrap_or(Currency::USD))
    }
    fn kept_taxes(&self) -> Vec<KeptTax> {
        serde_json::from_value(self.taxes.clone()).unwrap_or_default()
    }
}

sql! {
    pub(crate) fn notes_of(invoice: InvoiceId) -> Vec<Row> = "
        select n.id, n.invoice_id, coalesce(i.number, '') as invoice_number, n.customer_id, n.number, n.issued_on, n.reason, n.currency, n.net_minor, n.tax_minor,
               n.total_minor, n.applied_minor, n.taxes, n.bill_to, n.created_at
        from credit_note n join invoice i on i.tenant_id = $1 and i.id = n.invoice_id
        where n.tenant_id = $1 and n.invoice_id = $2 order by n.id";
    fn note(id: CreditNoteId) -> Option<Row> = "
        select n.id, n.invoice_id, coalesce(i.number, '') as invoice_number, n.customer_id, n.number, n.issued_on, n.reason, n.currency, n.net_minor, n.tax_minor,
               n.total_minor, n.applied_minor, n.taxes, n.bill_to, n.created_at
        from credit_note n join invoice i on i.tenant_id = $1 and i.id = n.invoice_id
        where n.tenant_id = $1 and n.id = $2";
    /// Whether anything of it was given back.
    pub(crate) fn is_noted(invoice: InvoiceId) -> bool = "
        select exists (select from credit_note where tenant_id = $1 and invoice_id = $2) as noted";
    fn lines_of(invoice: InvoiceId) -> Vec<LineRow> = "
        select l.credit_note_id, l.invoice_line_id, l.description, l.quantity_milli, l.amount_minor
        from credit_note n join credit_note_line l on l.tenant_id = $1 and l.credit_note_id = n.id
        where n.tenant_id = $1 and n.invoice_id = $2 order by n.id, l.position";
    fn lines_in(note: CreditNoteId) -> Vec<LineRow> = "
        select credit_note_id, invoice_line_id, description, quantity_milli, amount_minor
        from credit_note_line where tenant_id = $1 and credit_note_id = $2 order by position";
    fn seen(id: Uuid) -> Option<CreditNoteId> = "select id from credit_note where tenant_id = $1 and id = $2";
}
kernel::heard! { "credit_note." by who sees seen }

/// A line given back.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CreditedLine {
    pub invoice_line_id: LineId,
    pub description: String,
    /// Thousandths.
    pub quantity_milli: i64,
    pub amount: Money,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CreditNote {
    pub id: CreditNoteId,
    pub number: String,
    pub invoice_id: InvoiceId,
    pub invoice_number: String,
    pub customer_id: CustomerId,
    pub issued_on: Date,
    pub reason: String,
    pub net: Money,
    pub tax: Money,
    pub total: Money,
    /// What was open on the invoice and is no more.
    pub applied: Money,
    /// The rest: the customer's credit.
    pub to_credit: Money,
    pub taxes: Vec<TaxLine>,
    pub lines: Vec<CreditedLine>,
    pub created_at: Timestamp,
}
impl Versioned for CreditNote {
    /// Written once.
    fn version(&self) -> i64 {
        1
    }
}

fn told(row: Row, lines: &[LineRow]) -> CreditNote {
    let currency = Currency::of(&row.currency).unwrap_or(Currency::USD);
    let money = |minor| Money::new(minor, currency);
    let tax = |tax: KeptTax| TaxLine {
        name: tax.name,
        rate_ppm: tax.rate_ppm,
        base: money(tax.base_minor),
        tax: money(tax.tax_minor),
    };
    let line = |line: &LineRow| CreditedLine {
        invoice_line_id: line.invoice_line_id,
        description: line.description.clone(),
        quantity_milli: line.quantity_milli,
        amount: money(line.amount_minor),
    };
    CreditNote {
        taxes: row.kept_taxes().into_iter().map(tax).collect(),
        lines: lines.iter().filter(|line| line.credit_note_id == row.id).map(line).collect(),
        net: money(row.net_minor),
        tax: money(row.tax_minor),
        total: money(row.total_minor),
        applied: money(row.applied_minor),
        to_credit: money(row.total_minor - row.applied_minor),
        id: row.id,
        number: row.number,
        invoice_id: row.invoice_id,
        invoice_number: row.invoice_number,
        customer_id: row.customer_id,
        issued_on: row.issued_on,
        reason: row.reason,
        created_at: row.created_at,
    }
}

pub async fn list_api(access: Access<InvoicesRead>, Path(id): Path<InvoiceId>) -> Result<Json<Paged<CreditNote>>> {
    let (invoice, rows, lines) = access.read((head(id), notes_of(id), lines_of(id))).await?;
    invoice.ok_or(Error::NotFound)?;
    let data = rows.into_iter().map(|row| told(row, &lines)).collect();
    Ok(Json(Paged { data, next_cursor: None }))
}

pub async fn api(access: Access<InvoicesRead>, Path(id): Path<CreditNoteId>) -> Result<One<CreditNote>> {
    let (row, lines) = access.read((note(id), lines_in(id))).await?;
    Ok(One(told(row.ok_or(Error::NotFound)?, &lines)))
}
