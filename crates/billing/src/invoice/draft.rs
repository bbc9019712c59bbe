//! Drafting an invoice, by hand or from finished work.
use jiff::civil::Date;
use kernel::{
    Checks, Currency, Error, Input, Result, TenantTx,
    access::Access,
    http::{Created, Json, Repeatable},
    sql,
    sum::Rules,
};
use schemars::JsonSchema;
use serde::Deserialize;
use taxes::Basis;

use super::{Invoice, find, lines};
use crate::{CustomerId, InvoiceId, WorkOrderId, deposit::held, permissions::InvoicesWrite};

/// Days to pay where nobody said otherwise.
pub const TERMS_DAYS: i32 = 14;

sql! {
    fn insert(id: InvoiceId, customer_id: CustomerId, work_order_id: Option<WorkOrderId>, currency: String, terms_days: i32, note: Option<String>,
              reference: Option<String>, subtotal_minor: i64, discount_minor: i64, tax_minor: i64, total_minor: i64, created_by: Option<uuid::Uuid>,
              at: jiff::Timestamp, tax_rules: Rules, tax_note: Option<String>) = "
        insert into invoice (tenant_id, id, customer_id, work_order_id, currency, terms_days, note, reference, subtotal_minor, discount_minor,
                             tax_minor, total_minor, created_by, created_at, updated_at, tax_rules, tax_note)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $16)";
}

kernel::event! {
    /// A draft was made; it has no number yet.
    pub struct InvoiceDrafted = "invoice.drafted", seen by crate::permissions::InvoicesRead {
        invoice: InvoiceId, customer: CustomerId, work_order: Option<WorkOrderId>, total_minor: i64,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftInput {
    pub customer_id: CustomerId,
    /// The job it is for; a job has one invoice.
    #[serde(default)]
    pub work_order_id: Option<WorkOrderId>,
    /// Days to pay, counted from issue. 14 when left out.
    #[serde(default)]
    pub terms_days: Option<i32>,
    /// Shown to the customer below the total.
    #[serde(default)]
    pub note: Option<String>,
    /// The customer's own order number.
    #[serde(default)]
    pub reference: Option<String>,
    #[serde(default)]
    pub lines: Vec<lines::LineInput>,
}

impl DraftInput {
    /// With nothing but its lines; the rest as the company has it.
    pub fn of(customer_id: CustomerId, lines: Vec<lines::LineInput>) -> Self {
        Self { customer_id, work_order_id: None, terms_days: None, note: None, reference: None, lines }
    }
}

impl Input for DraftInput {
    fn check(&mut self, checks: &mut Checks) {
        let terms = "Terms are 0 to 365 days.";
        checks.range("terms_days", i64::from(self.terms_days.unwrap_or(0)), 0, 365, terms);
        checks.optional("note", &mut self.note, 2000);
        checks.optional("reference", &mut self.reference, 100);
        lines::check_all(&mut self.lines, checks);
    }
}

/// Drafts the invoice and tells of it. What it costs is in the company's own currency.
pub async fn draft(tx: &mut TenantTx, currency: Currency, input: DraftInput) -> Result<InvoiceId> {
    let basis = lines::basis(tx, input.customer_id, input.work_order_id).await?;
    draft_by(tx, currency, &basis, input)
}

/// The same for who knows already what decides about its taxes.
pub(crate) fn draft_by(
    tx: &mut TenantTx,
    currency: Currency,
    basis: &Basis,
    mut input: DraftInput,
) -> Result<InvoiceId> {
    let id = InvoiceId::new();
    for (at, line) in input.lines.iter_mut().enumerate() {
        line.settle(at, basis)?;
    }
    let kept: Result<Vec<_>> =
        input.lines.into_iter().enumerate().map(|(at, line)| lines::Kept::of_input(at, line, currency)).collect();
    // A new invoice has new lines, whatever ids came along.
    let kept: Vec<_> = kept?.into_iter().map(|line| lines::Kept { id: crate::LineId::new(), ..line }).collect();
    let totals = lines::total(basis.rules, &kept)?;
    tx.queue(insert(
        id,
        input.customer_id,
        input.work_order_id,
        currency.code().to_owned(),
        input.terms_days.unwrap_or(TERMS_DAYS),
        input.note,
        input.reference,
        totals.subtotal_minor,
        totals.discount_minor,
        totals.tax_minor,
        totals.total_minor,
        tx.user(),
        tx.now(),
        basis.rules,
        basis.note(),
    ));
    tx.queue(lines::inserts(id, &kept, &totals));
    tx.tell(&InvoiceDrafted {
        invoice: id,
        customer: input.customer_id,
        work_order: input.work_order_id,
        total_minor: totals.total_minor,
    });
    Ok(id)
}

async fn draft_and_show(tx: &mut TenantTx, currency: Currency, input: DraftInput, today: Date) -> Result<Invoice> {
    if let Some(order) = input.work_order_id {
        let order = tx.run(work::order::find(order)).await?;
        if order.is_some_and(|order| order.customer_id != input.customer_id) {
            return Err(Error::field("/work_order_id", "customer", "That job was done for another customer."));
        }
    }
    let named: Vec<_> = input.lines.iter().map(|line| line.deposit_id).collect();
    held::known(tx, input.customer_id, &named).await?;
    let id = draft(tx, currency, input).await?;
    find(tx, id, today).await
}

pub async fn api(access: Access<InvoicesWrite>, Json(input): Json<DraftInput>) -> Result<Repeatable<Created<Invoice>>> {
    let (currency, today) = (access.tenant().locale.currency, access.local_now().date());
    access
        .once(async |tx| {
            let body = draft_and_show(tx, currency, input.clone(), today).await?;
            Ok(Created { location: format!("/api/v1/invoices/{}", body.head.id), body })
        })
        .await
}
