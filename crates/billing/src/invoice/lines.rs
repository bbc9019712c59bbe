//! The lines of an invoice: what is typed, what is kept, and their sum.
use kernel::{Checks, Currency, Error, Money, Result, TenantTx, row, sql, tx::Statement};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Head, line_id};
use crate::{
    InvoiceId, LineId,
    sum::{MOST_MINOR, Priced, Totals, sum},
};

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
        pub tax_name: String,
        pub tax_rate_ppm: i64,
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
        select id, description, detail, quantity_milli, unit_price_minor, discount_minor, amount_minor, tax_name, tax_rate_ppm
        from invoice_line where tenant_id = $1 and invoice_id = $2 order by position, id";
    pub(super) fn clear(invoice_id: InvoiceId) -> u64 = "
        delete from invoice_line where tenant_id = $1 and invoice_id = $2";
    fn add(id: LineId, invoice_id: InvoiceId, position: i32, description: String, detail: Option<String>, quantity_milli: i64,
           unit_price_minor: i64, discount_minor: i64, amount_minor: i64, tax_name: String, tax_rate_ppm: i64) = "
        insert into invoice_line (tenant_id, id, invoice_id, position, description, detail, quantity_milli, unit_price_minor,
                                  discount_minor, amount_minor, tax_name, tax_rate_ppm)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
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
    /// Quantity × price, rounded once, less the discount; before tax.
    pub amount: Money,
    pub tax_name: String,
    /// Millionths: 82500 is 8.25 %.
    pub tax_rate_ppm: i64,
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
    #[serde(default)]
    pub tax_name: Option<String>,
    /// Millionths: 82500 is 8.25 %. No tax when left out.
    #[serde(default)]
    pub tax_rate_ppm: i64,
}

fn one() -> i64 {
    1000
}

impl LineInput {
    pub fn check(&mut self, checks: &mut Checks) {
        checks.text("description", &mut self.description, 300, "a description");
        checks.optional("detail", &mut self.detail, 1000);
        checks.optional("tax_name", &mut self.tax_name, 60);
        let quantity = "A quantity is more than nothing and at most a million.";
        checks.range("quantity_milli", self.quantity_milli, 1, 1_000_000_000, quantity);
        let price = "That price is beyond what an invoice can hold.";
        checks.range("unit_price", self.unit_price.minor, -MOST_MINOR, MOST_MINOR, price);
        let rate = "A tax rate is 0 to 100 percent.";
        checks.range("tax_rate_ppm", self.tax_rate_ppm, 0, 1_000_000, rate);
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
            tax_name: self.tax_name,
            tax_rate_ppm: self.tax_rate_ppm,
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
            tax_name: input.tax_name.unwrap_or_default(),
            tax_rate_ppm: input.tax_rate_ppm,
        })
    }
}

pub fn total(lines: &[Kept]) -> Result<Totals> {
    let priced: Vec<Priced<'_>> = lines
        .iter()
        .map(|line| Priced {
            quantity_milli: line.quantity_milli,
            unit_price_minor: line.unit_price_minor,
            discount_minor: line.discount_minor,
            tax_name: &line.tax_name,
            tax_rate_ppm: line.tax_rate_ppm,
        })
        .collect();
    sum(&priced).map_err(|_| {
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
            line.tax_name.clone(),
            line.tax_rate_ppm,
        )
    };
    (1..).zip(lines).zip(amounts).map(insert).collect()
}

/// Puts `lines` in the place of those of a held draft. The caller stores the totals.
pub async fn replace(tx: &mut TenantTx, draft: &Head, lines: &[Kept]) -> Result<Totals> {
    let totals = total(lines)?;
    tx.run(clear(draft.id)).await?;
    tx.queue(inserts(draft.id, lines, &totals));
    Ok(totals)
}
