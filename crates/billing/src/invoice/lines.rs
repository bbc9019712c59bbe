//! The lines of an invoice: what is typed, what is kept, and their sum.
use catalog::TaxRateId;
use kernel::{
    Checks, Currency, Error, Money, Result, TenantTx, row, sql,
    sum::{Charged, LineTax, LineTaxes, MOST_MINOR, Rules, Totals, check_taxes, sum},
    tx::Statement,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use taxes::{Basis, Place};

use super::{Head, line_id};
use crate::{CustomerId, InvoiceId, LineId, WorkOrderId};

pub const MOST_LINES: usize = 200;

row! {
    #[derive(Debug, Clone, Deserialize)]
    pub struct Kept {
        pub id: LineId,
        pub description: String,
        pub detail: Option<String>,
        pub quantity_milli: i64,
        pub unit_price_minor: i64,
        pub discount_minor: i64,
        pub amount_minor: i64,
        #[serde(default)]
        pub taxes: LineTaxes,
        #[serde(default)]
        pub tax_rate_id: Option<TaxRateId>,
        #[serde(default)]
        pub deposit_id: Option<InvoiceId>,
    }
}

/// A line of the past, with where it stood.
#[derive(Debug, Deserialize)]
pub(super) struct Placed {
    pub position: i32,
    #[serde(flatten)]
    pub kept: Kept,
}

sql! {
    pub(super) fn of(invoice_id: InvoiceId) -> Vec<Kept> = "
        select id, description, detail, quantity_milli, unit_price_minor, discount_minor, amount_minor, taxes, tax_rate_id, deposit_id
        from invoice_line where tenant_id = $1 and invoice_id = $2 order by position, id";
    pub(super) fn clear(invoice_id: InvoiceId) -> u64 = "
        delete from invoice_line where tenant_id = $1 and invoice_id = $2";
    fn add(id: LineId, invoice_id: InvoiceId, position: i32, description: String, detail: Option<String>, quantity_milli: i64,
           unit_price_minor: i64, discount_minor: i64, amount_minor: i64, taxes: LineTaxes, tax_rate_id: Option<TaxRateId>, deposit: Option<InvoiceId>) = "
        insert into invoice_line (tenant_id, id, invoice_id, position, description, detail, quantity_milli, unit_price_minor,
                                  discount_minor, amount_minor, taxes, tax_rate_id, deposit_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
}

row! {
    struct At { customer_id: CustomerId, location_id: Option<uuid::Uuid> }
}
sql! {
    // Where the job is done; where nothing is said there, `taxes` knows what counts.
    fn at(customer_id: CustomerId, work_order_id: Option<WorkOrderId>) -> At = "
        select $2::uuid as customer_id, (select w.location_id from work_order w where w.tenant_id = $1 and w.id = $3::uuid) as location_id";
    fn at_invoice(id: InvoiceId) -> Option<At> = "
        select i.customer_id, w.location_id
        from invoice i left join work_order w on w.tenant_id = $1 and w.id = i.work_order_id where i.tenant_id = $1 and i.id = $2";
}

/// What decides about the taxes of a new invoice.
pub async fn basis(tx: &mut TenantTx, customer: CustomerId, order: Option<WorkOrderId>) -> Result<Basis> {
    let at = tx.run(at(customer, order)).await?;
    of_place(tx, at).await
}

/// The same for one that is there.
pub async fn basis_of(tx: &mut TenantTx, id: InvoiceId) -> Result<Basis> {
    let at = tx.run(at_invoice(id)).await?.ok_or(Error::NotFound)?;
    of_place(tx, at).await
}

/// For what is done at an address of the customer without a job.
pub(crate) async fn basis_at(
    tx: &mut TenantTx,
    customer: CustomerId,
    location: customers::LocationId,
) -> Result<Basis> {
    of_place(tx, At { customer_id: customer, location_id: Some(location.0) }).await
}

async fn of_place(tx: &mut TenantTx, at: At) -> Result<Basis> {
    let place = Place { location: at.location_id, ..Place::default() };
    Basis::today(tx, place, at.customer_id.0).await
}

/// A line as it is shown.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Line {
    pub id: LineId,
    pub description: String,
    /// Small below the description.
    pub detail: Option<String>,
    /// Thousandths: 1500 is 1.5.
    pub quantity_milli: i64,
    pub unit_price: Money,
    pub discount: Money,
    /// Quantity × price, rounded once, less the discount; before tax, or with it where prices include it.
    pub amount: Money,
    pub taxes: Vec<LineTax>,
    /// The tax of the price book these come from.
    pub tax_rate_id: Option<TaxRateId>,
    /// The invoice of the deposit that this line takes off.
    pub deposit_id: Option<InvoiceId>,
}

/// A line as it is given.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineInput {
    /// Of a line that is there already and shall keep its place in links; new lines need none.
    #[serde(default)]
    pub id: Option<LineId>,
    pub description: String,
    #[serde(default)]
    pub detail: Option<String>,
    /// Thousandths: 1500 is 1.5. One when left out.
    #[serde(default = "one")]
    pub quantity_milli: i64,
    /// May be negative: something given back.
    pub unit_price: Money,
    #[serde(default)]
    pub discount: Option<Money>,
    /// The taxes themselves, in order; at most ten. None when left out, unless `tax_rate_id` says which.
    #[serde(default)]
    pub taxes: Vec<LineTax>,
    /// A tax of the price book: what it comes to where the customer is served, today.
    #[serde(default)]
    pub tax_rate_id: Option<TaxRateId>,
    /// The invoice of a deposit of the same customer, which this line takes off: a price below zero, without tax.
    #[serde(default)]
    pub deposit_id: Option<InvoiceId>,
}

fn one() -> i64 {
    1000
}

impl LineInput {
    pub fn check(&mut self, checks: &mut Checks) {
        checks.text("description", &mut self.description, 300, "a description");
        checks.optional("detail", &mut self.detail, 1000);
        let quantity = "A quantity is more than nothing and at most a million.";
        checks.range("quantity_milli", self.quantity_milli, 1, 1_000_000_000, quantity);
        let price = "That price is beyond what an invoice can hold.";
        checks.range("unit_price", self.unit_price.minor, -MOST_MINOR, MOST_MINOR, price);
        check_taxes(checks, &mut self.taxes);
        if self.deposit_id.is_some() {
            let untaxed = self.taxes.is_empty() && self.tax_rate_id.is_none();
            checks.that(
                untaxed,
                "taxes",
                "deposit",
                "A deposit is taken off without tax; the other lines carry all of it.",
            );
            checks.that(self.unit_price.minor < 0, "unit_price", "deposit", "What takes a deposit off is below zero.");
        }
        if let Some(discount) = self.discount {
            let gross = kernel::money::scale(self.unit_price.minor, self.quantity_milli, 1000);
            let sentence = "A discount is not below zero and not more than the line itself.";
            checks.range("discount", discount.minor, 0, gross.max(0), sentence);
        }
    }
}

/// All lines at once: each fault points at its line.
pub fn check_all(lines: &mut [LineInput], checks: &mut Checks) {
    let count = lines.len();
    checks.that(count <= MOST_LINES, "lines", "too_many", format!("At most {MOST_LINES} lines; this has {count}."));
    for (i, line) in lines.iter_mut().enumerate() {
        checks.within(&format!("lines/{i}"), |checks| line.check(checks));
    }
}

impl LineInput {
    /// Whether the price book has to be asked.
    pub fn asks(&self) -> bool {
        self.taxes.is_empty() && self.tax_rate_id.is_some()
    }
    /// What its tax of the price book comes to here.
    pub fn settle(&mut self, at: usize, basis: &Basis) -> Result<()> {
        if !self.asks() {
            return Ok(());
        }
        if !basis.taxes().iter().any(|tax| Some(tax.id) == self.tax_rate_id) {
            let says = "There is no such tax in the price book.";
            return Err(Error::field(&format!("/lines/{at}/tax_rate_id"), "missing", says));
        }
        self.taxes = basis.of_tax(self.tax_rate_id).0;
        Ok(())
    }
}

impl Kept {
    pub fn line(self, currency: Currency) -> Line {
        Line {
            unit_price: Money::new(self.unit_price_minor, currency),
            discount: Money::new(self.discount_minor, currency),
            amount: Money::new(self.amount_minor, currency),
            id: self.id,
            description: self.description,
            detail: self.detail,
            quantity_milli: self.quantity_milli,
            taxes: self.taxes.0,
            tax_rate_id: self.tax_rate_id,
            deposit_id: self.deposit_id,
        }
    }

    /// In the invoice's currency, or the field that is not.
    pub fn of_input(at: usize, input: LineInput, currency: Currency) -> Result<Self> {
        let foreign = |field: &str| {
            let sentence = format!("Invoices of this company are in {}.", currency.code());
            Error::field(&format!("/lines/{at}/{field}"), "currency", sentence)
        };
        if input.unit_price.currency != currency {
            return Err(foreign("unit_price"));
        }
        if input.discount.is_some_and(|discount| discount.currency != currency) {
            return Err(foreign("discount"));
        }
        Ok(Self {
            id: line_id(input.id),
            description: input.description,
            detail: input.detail,
            quantity_milli: input.quantity_milli,
            unit_price_minor: input.unit_price.minor,
            discount_minor: input.discount.map_or(0, |discount| discount.minor),
            amount_minor: 0,
            taxes: LineTaxes(input.taxes.into_iter().filter(|tax| tax.rate_ppm > 0).collect()),
            tax_rate_id: input.tax_rate_id,
            deposit_id: input.deposit_id,
        })
    }
}

pub fn total(rules: Rules, lines: &[Kept]) -> Result<Totals> {
    let charged: Vec<Charged<'_>> = lines
        .iter()
        .map(|line| Charged {
            quantity_milli: line.quantity_milli,
            unit_price_minor: line.unit_price_minor,
            discount_minor: line.discount_minor,
            taxes: &line.taxes,
        })
        .collect();
    sum(rules, &charged).map_err(|_| {
        Error::field(
            "/lines",
            "too_large",
            "The total is beyond what an invoice can hold. Look for a slip in quantity or price.",
        )
    })
}

/// The inserts of all lines, with their amounts.
pub fn inserts(invoice: InvoiceId, lines: &[Kept], totals: &Totals) -> Vec<Statement<()>> {
    let amounts = totals.amounts.iter().copied();
    let insert = |((position, line), amount): ((i32, &Kept), i64)| {
        add(
            line.id,
            invoice,
            position,
            line.description.clone(),
            line.detail.clone(),
            line.quantity_milli,
            line.unit_price_minor,
            line.discount_minor,
            amount,
            line.taxes.clone(),
            line.tax_rate_id,
            line.deposit_id,
        )
    };
    (1..).zip(lines).zip(amounts).map(insert).collect()
}

/// Puts `lines` in the place of those of a held draft. The caller stores the totals.
pub async fn replace(tx: &mut TenantTx, draft: &Head, lines: &[Kept]) -> Result<Totals> {
    let totals = total(draft.tax_rules, lines)?;
    tx.run(clear(draft.id)).await?;
    tx.queue(inserts(draft.id, lines, &totals));
    Ok(totals)
}
