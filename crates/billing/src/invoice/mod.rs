//! An invoice: its states, what it says, and how it is found.
pub mod discard;
pub mod draft;
pub mod edit;
mod export;
pub mod issue;
pub mod lines;
pub mod list;
pub mod new;
pub mod of_deposit;
pub mod of_fee;
pub mod of_work;
pub mod page;
pub mod paper;
pub mod post;
pub mod show;
pub mod void;

use jiff::{Timestamp, civil::Date};
use kernel::{
    Currency, Error, Money, Result, TenantTx,
    access::Access,
    http::{One, Path, Query, Versioned},
    row, sql,
    sum::Rules,
    text_enum,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::history::{self, AsOf, Past};

use crate::{CustomerId, InvoiceId, LineId, WorkOrderId, payment, permissions::InvoicesRead};

text_enum! {
    /// A draft has no number and may change. What is issued stays; only payments and voiding move it on.
    pub enum Status {
        Draft = "draft": "Draft",
        Issued = "issued": "Issued",
        PartPaid = "part_paid": "Part paid",
        Paid = "paid": "Paid",
        WrittenOff = "written_off": "Written off",
        Void = "void": "Void",
    }
}

kernel::promise! {
    "invoice_work_order_once": "/work_order_id", "This job has an invoice already.";
    "invoice_work_order": "/work_order_id", "There is no such job.";
    "invoice_customer": "/customer_id", "There is no such customer. Choose one of yours.";
    "invoice_stays": "", "An issued invoice stays as it is. Void it and write another.";
    "invoice_line_deposit": "/lines", "There is no such deposit.";
    "invoice_terms": "/terms_days", "Terms are 0 to 365 days.";
}

row! {
    /// The invoice as it is kept; `Invoice` is what the wire and the pages show.
    #[derive(Debug, Clone, Deserialize)]
    pub struct Head {
        pub id: InvoiceId,
        pub customer_id: CustomerId,
        pub customer_name: String,
        pub work_order_id: Option<WorkOrderId>,
        pub status: Status,
        pub number: Option<String>,
        pub currency: String,
        pub terms_days: i32,
        pub issued_on: Option<Date>,
        pub due_on: Option<Date>,
        pub bill_to: String,
        pub note: Option<String>,
        pub reference: Option<String>,
        #[serde(default, deserialize_with = "Rules::of_words")]
        pub tax_rules: Rules,
        #[serde(default)]
        pub tax_note: Option<String>,
        pub subtotal_minor: i64,
        pub discount_minor: i64,
        pub tax_minor: i64,
        pub total_minor: i64,
        pub paid_minor: i64,
        #[serde(default)]
        pub credited_minor: i64,
        #[serde(default)]
        pub written_off_minor: i64,
        pub void_reason: Option<String>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
        /// Asked for before the work, as the deposit of a job or a visit.
        #[serde(default)]
        pub is_deposit: bool,
        /// It is owed in the books until it is taken off.
        #[serde(default)]
        pub holds_deposit: bool,
    }
}

sql! {
    fn first() -> Option<InvoiceId> = "select id from invoice where tenant_id = $1 limit 1";
}

/// Whether there is one at all.
pub async fn any(scope: kernel::Scope) -> kernel::Result<bool> {
    Ok(scope.read(first()).await?.is_some())
}

sql! {
    pub fn head(id: InvoiceId) -> Option<Head> = "
        select i.id, i.customer_id, c.name as customer_name, i.work_order_id, i.status, i.number, i.currency, i.terms_days,
               i.issued_on, i.due_on, i.bill_to, i.note, i.reference, i.tax_rules, i.tax_note, i.subtotal_minor, i.discount_minor, i.tax_minor, i.total_minor,
               i.paid_minor, i.credited_minor, i.written_off_minor, i.void_reason, i.version, i.created_at, i.updated_at,
               (i.deposit_of_order_id is not null or i.deposit_of_appointment_id is not null) as is_deposit, i.holds_deposit
        from invoice i join customer c on c.tenant_id = $1 and c.id = i.customer_id
        where i.tenant_id = $1 and i.id = $2";
    fn locked(id: InvoiceId) -> Option<Head> = "
        select i.id, i.customer_id, c.name as customer_name, i.work_order_id, i.status, i.number, i.currency, i.terms_days,
               i.issued_on, i.due_on, i.bill_to, i.note, i.reference, i.tax_rules, i.tax_note, i.subtotal_minor, i.discount_minor, i.tax_minor, i.total_minor,
               i.paid_minor, i.credited_minor, i.written_off_minor, i.void_reason, i.version, i.created_at, i.updated_at,
               (i.deposit_of_order_id is not null or i.deposit_of_appointment_id is not null) as is_deposit, i.holds_deposit
        from invoice i join customer c on c.tenant_id = $1 and c.id = i.customer_id
        where i.tenant_id = $1 and i.id = $2 for no key update of i";
    fn taxes(invoice_id: InvoiceId) -> Vec<TaxRow> = "
        select name, rate_ppm, base_minor, tax_minor from invoice_tax
        where tenant_id = $1 and invoice_id = $2 order by rate_ppm desc, name";
}

row! {
    struct TaxRow {
        name: String,
        rate_ppm: i64,
        base_minor: i64,
        tax_minor: i64,
    }
}

/// An invoice without its lines, as lists show it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Listed {
    pub id: InvoiceId,
    /// Given at issue.
    pub number: Option<String>,
    pub status: Status,
    /// Open and past its due date.
    pub overdue: bool,
    pub customer_id: CustomerId,
    pub customer_name: String,
    pub work_order_id: Option<WorkOrderId>,
    pub terms_days: i32,
    pub issued_on: Option<Date>,
    pub due_on: Option<Date>,
    pub subtotal: Money,
    pub discount: Money,
    pub tax: Money,
    pub total: Money,
    pub paid: Money,
    /// Given back by credit notes, or taken out of the customer's credit.
    pub credited: Money,
    pub written_off: Money,
    /// What is still to be paid; zero for drafts and void invoices.
    pub balance: Money,
    pub note: Option<String>,
    pub reference: Option<String>,
    /// By which rules it was added up.
    pub tax_rules: Rules,
    /// Why it has no tax, or not all.
    pub tax_note: Option<String>,
    pub void_reason: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
}

/// Tax of one name and rate, rounded once for the whole invoice.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TaxLine {
    pub name: String,
    /// Millionths: 82500 is 8.25 %.
    pub rate_ppm: i64,
    pub base: Money,
    pub tax: Money,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Invoice {
    #[serde(flatten)]
    pub head: Listed,
    /// Name and address as they were at issue, a line each; empty in a draft.
    pub bill_to: String,
    pub lines: Vec<lines::Line>,
    pub taxes: Vec<TaxLine>,
    pub payments: Vec<payment::Payment>,
}

impl Versioned for Invoice {
    fn version(&self) -> i64 {
        self.head.version
    }
}

impl Head {
    pub fn currency(&self) -> Currency {
        Currency::of(&self.currency).unwrap_or(Currency::USD)
    }
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency())
    }
    pub fn balance_minor(&self) -> i64 {
        match self.status {
            Status::Issued | Status::PartPaid | Status::Paid | Status::WrittenOff => {
                self.total_minor - self.paid_minor - self.credited_minor - self.written_off_minor
            }
            Status::Draft | Status::Void => 0,
        }
    }
    /// As people call it.
    pub fn called(&self) -> String {
        self.number.clone().unwrap_or_else(|| "This draft".to_owned())
    }

    /// `today` is the company's own date.
    pub fn listed(self, today: Date) -> Listed {
        let open = matches!(self.status, Status::Issued | Status::PartPaid);
        Listed {
            overdue: open && self.due_on.is_some_and(|due| due < today),
            subtotal: self.money(self.subtotal_minor),
            discount: self.money(self.discount_minor),
            tax: self.money(self.tax_minor),
            total: self.money(self.total_minor),
            paid: self.money(self.paid_minor),
            credited: self.money(self.credited_minor),
            written_off: self.money(self.written_off_minor),
            balance: self.money(self.balance_minor()),
            id: self.id,
            number: self.number,
            status: self.status,
            customer_id: self.customer_id,
            customer_name: self.customer_name,
            work_order_id: self.work_order_id,
            terms_days: self.terms_days,
            issued_on: self.issued_on,
            due_on: self.due_on,
            note: self.note,
            reference: self.reference,
            tax_rules: self.tax_rules,
            tax_note: self.tax_note,
            void_reason: self.void_reason,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        }
    }
}

sql! {
    fn seen(id: uuid::Uuid) -> Option<InvoiceId> = "select id from invoice where tenant_id = $1 and id = $2";
    fn seen_payment(id: uuid::Uuid) -> Option<InvoiceId> = "select invoice_id from payment where tenant_id = $1 and id = $2";
}
kernel::heard! {
    "invoice." by who sees seen;
    "invoice.discarded" by who sees seen, or at least that;
    "payment." by who sees seen_payment
}

/// The invoice, held until the transaction ends; with its lines. `version` is the one the caller saw, where it says so.
pub async fn hold(tx: &mut TenantTx, id: InvoiceId, version: Option<i64>) -> Result<(Head, Vec<lines::Kept>)> {
    // The lines are read after the lock is held, in the same round trip: each statement of the batch sees what was committed before it.
    let (found, kept) = tx.run((locked(id), lines::of(id))).await?;
    let found = found.ok_or(Error::NotFound)?;
    match version {
        Some(version) if version != found.version => Err(Error::Stale(Some(found.version))),
        _ => Ok((found, kept)),
    }
}

/// The whole invoice, in one round trip.
pub async fn find(tx: &mut TenantTx, id: InvoiceId, today: Date) -> Result<Invoice> {
    let (found, kept, taxed, paid) = tx.run((head(id), lines::of(id), taxes(id), payment::of_invoice(id))).await?;
    whole(found.ok_or(Error::NotFound)?, kept, taxed, paid, today)
}

fn whole(
    found: Head,
    kept: Vec<lines::Kept>,
    taxed: Vec<TaxRow>,
    paid: Vec<payment::Row>,
    today: Date,
) -> Result<Invoice> {
    let currency = found.currency();
    let money = |minor| Money::new(minor, currency);
    // A draft's tax is computed for the eye; from issue on it is what was kept.
    let taxed: Vec<TaxRow> = match found.status {
        Status::Draft => lines::total(found.tax_rules, &kept)?
            .taxes
            .into_iter()
            .map(|t| TaxRow { name: t.name, rate_ppm: t.rate_ppm, base_minor: t.base_minor, tax_minor: t.tax_minor })
            .collect(),
        _ => taxed,
    };
    let tax =
        |t: TaxRow| TaxLine { name: t.name, rate_ppm: t.rate_ppm, base: money(t.base_minor), tax: money(t.tax_minor) };
    Ok(Invoice {
        bill_to: found.bill_to.clone(),
        lines: kept.into_iter().map(|line| line.line(currency)).collect(),
        taxes: taxed.into_iter().map(tax).collect(),
        payments: paid.into_iter().map(payment::Row::payment).collect(),
        head: found.listed(today),
    })
}

pub async fn api(
    access: Access<InvoicesRead>,
    Path(id): Path<InvoiceId>,
    Query(asked): Query<AsOf>,
) -> Result<One<Invoice>> {
    if let Some(at) = asked.as_of {
        let today = at.to_zoned(access.tenant().locale.zone.clone()).date();
        return Past::of(&access, at, async |past: &mut Past<'_>| as_of(past, id, today).await).await.map(One);
    }
    let today = access.local_now().date();
    let batch = (head(id), lines::of(id), taxes(id), payment::of_invoice(id));
    let (found, kept, taxed, paid) = access.read(batch).await?;
    whole(found.ok_or(Error::NotFound)?, kept, taxed, paid, today).map(One)
}

/// As it was, with the lines and payments of that moment. What was charged as tax stays as it was at issue.
async fn as_of(past: &mut Past<'_>, id: InvoiceId, today: Date) -> Result<Invoice> {
    let state = past.one("invoice", id.0).await?;
    let customer = past.name(history::id_in(&state, "customer_id")).await?.unwrap_or_default();
    let found = history::shaped(history::with(state, "customer_name", customer))?;
    let mut kept: Vec<lines::Placed> = past.parts("invoice_line", id.0).await?;
    kept.sort_by_key(|line| line.position);
    let paid = past.parts("payment", id.0).await?;
    let taxed = past.tx().run(taxes(id)).await?;
    whole(found, kept.into_iter().map(|line| line.kept).collect(), taxed, paid, today)
}

/// The same for pages, which have their own frame around it.
pub async fn view(scope: &kernel::Scope, id: InvoiceId) -> Result<Invoice> {
    let today = scope.local_now().date();
    let (found, kept, taxed, paid) = scope.read((head(id), lines::of(id), taxes(id), payment::of_invoice(id))).await?;
    whole(found.ok_or(Error::NotFound)?, kept, taxed, paid, today)
}

/// For the ids of lines that come without one.
pub(crate) fn line_id(given: Option<LineId>) -> LineId {
    given.unwrap_or_else(LineId::new)
}
