//! The options of an estimate and their lines: what is given, what is kept, and what each comes to.
use billing::invoice::TaxLine;
use catalog::{ItemId, TaxRateId, item::Kind};
use kernel::{
    Checks, Currency, Error, Money, Result, TenantTx, row, sql,
    sum::{LineTax, LineTaxes, MOST_MINOR, Rules, check_taxes},
    tx::Statement,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Head, tax_lines};
use crate::{
    EstimateId, EstimateLineId, OptionId,
    sum::{Counted, Part, Reckoned, Taxed, reckon},
};

pub const MOST_OPTIONS: usize = 5;
/// Of one option.
pub const MOST_LINES: usize = 100;
/// What options are called where nobody says otherwise.
pub const NAMES: [&str; MOST_OPTIONS] = ["Good", "Better", "Best", "Option 4", "Option 5"];
/// As `work::line` holds it.
pub const MOST_PRICE: i64 = 100_000_000_000;
pub const QUANTITY: &str = "A quantity is more than nothing and at most a million.";

row! {
    #[derive(Debug, Clone, Serialize, Deserialize)]
    pub struct KeptOption {
        pub id: OptionId,
        pub name: String,
        pub says: Option<String>,
        pub recommended: bool,
        pub discount_ppm: i64,
        pub discount_minor: i64,
    }
}
row! {
    #[derive(Debug, Clone, Serialize, Deserialize)]
    pub struct Kept {
        pub id: EstimateLineId,
        pub option_id: OptionId,
        pub item_id: Option<ItemId>,
        pub kind: Kind,
        pub description: String,
        pub detail: Option<String>,
        pub quantity_milli: i64,
        pub unit_price_minor: i64,
        pub taxes: LineTaxes,
        pub tax_rate_id: Option<TaxRateId>,
        pub optional: bool,
    }
}

sql! {
    pub(crate) fn of(estimate: EstimateId) -> Vec<KeptOption> = "
        select id, name, says, recommended, discount_ppm, discount_minor
        from estimate_option where tenant_id = $1 and estimate_id = $2 order by position, id";
    pub(crate) fn lines_of(estimate: EstimateId) -> Vec<Kept> = "
        select id, option_id, item_id, kind, description, detail, quantity_milli, unit_price_minor, taxes, tax_rate_id, optional
        from estimate_line where tenant_id = $1 and estimate_id = $2 order by option_id, position, id";
    pub(super) fn clear_lines(estimate: EstimateId) -> u64 = "
        delete from estimate_line where tenant_id = $1 and estimate_id = $2";
    pub(super) fn clear(estimate: EstimateId) -> u64 = "
        delete from estimate_option where tenant_id = $1 and estimate_id = $2";
    fn add(id: OptionId, estimate: EstimateId, position: i32, name: String, says: Option<String>, recommended: bool, discount_ppm: i64, discount_minor: i64, at: jiff::Timestamp) = "
        insert into estimate_option (tenant_id, id, estimate_id, position, name, says, recommended, discount_ppm, discount_minor, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    fn add_line(id: EstimateLineId, estimate: EstimateId, option: OptionId, position: i32, item: Option<ItemId>, kind: Kind, description: String, detail: Option<String>,
                quantity_milli: i64, unit_price_minor: i64, taxes: LineTaxes, tax_rate: Option<TaxRateId>, optional: bool, at: jiff::Timestamp) = "
        insert into estimate_line (tenant_id, id, estimate_id, option_id, position, item_id, kind, description, detail, quantity_milli, unit_price_minor, taxes, tax_rate_id, optional, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
}

/// A line as it is shown.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EstimateLine {
    pub id: EstimateLineId,
    /// Of the price book; none for a line written by hand.
    pub item_id: Option<ItemId>,
    pub kind: Kind,
    pub description: String,
    /// Small below the description.
    pub detail: Option<String>,
    /// Thousandths: 1500 is 1.5.
    pub quantity_milli: i64,
    pub unit_price: Money,
    /// Quantity × price, rounded once; before discount and tax.
    pub amount: Money,
    pub taxes: Vec<LineTax>,
    /// The tax of the price book these come from.
    pub tax_rate_id: Option<TaxRateId>,
    /// The customer ticks it, or does not; the option's sums are without it.
    pub optional: bool,
}

/// One of the ways the customer may choose, summed without the lines that may be ticked.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EstimateOption {
    pub id: OptionId,
    pub name: String,
    pub description: Option<String>,
    pub recommended: bool,
    /// Millionths of its lines that are taken off.
    pub discount_ppm: i64,
    /// And an amount besides.
    pub discount_amount: Money,
    pub lines: Vec<EstimateLine>,
    pub subtotal: Money,
    pub discount: Money,
    pub taxes: Vec<TaxLine>,
    pub tax: Money,
    pub total: Money,
    /// Asked for on approval.
    pub deposit: Money,
}

/// A line as it is given: an item of the price book, or a description with a price.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineInput {
    /// Of a line that is there already; new ones need none.
    #[serde(default)]
    pub id: Option<EstimateLineId>,
    #[serde(default)]
    pub item_id: Option<ItemId>,
    /// The price book's name when left out.
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub detail: Option<String>,
    /// Of what is written by hand; a material when left out.
    #[serde(default)]
    pub kind: Option<Kind>,
    /// Thousandths: 1500 is 1.5. One when left out.
    #[serde(default)]
    pub quantity_milli: Option<i64>,
    /// The price book's for this customer when left out. May be negative: something given back.
    #[serde(default)]
    pub unit_price: Option<Money>,
    /// The taxes themselves, in order; at most ten, and none of them for no tax. When left out, what `tax_rate_id` comes to there.
    #[serde(default)]
    pub taxes: Option<Vec<LineTax>>,
    /// A tax of the price book; when left out the item's, or by hand the company's standard tax.
    #[serde(default)]
    pub tax_rate_id: Option<TaxRateId>,
    #[serde(default)]
    pub optional: bool,
}

impl LineInput {
    pub fn check(&mut self, checks: &mut Checks) {
        checks.optional("description", &mut self.description, 300);
        checks.optional("detail", &mut self.detail, 1000);
        checks.range("quantity_milli", self.quantity_milli.unwrap_or(1000), 1, 1_000_000_000, QUANTITY);
        let price = "That price is beyond what an estimate can hold.";
        checks.range("unit_price", self.unit_price.map_or(0, |price| price.minor), -MOST_PRICE, MOST_PRICE, price);
        check_taxes(checks, self.taxes.as_deref_mut().unwrap_or_default());
        if self.item_id.is_none() {
            let what = "Choose an item of the price book, or say what it is.";
            checks.that(self.description.is_some(), "description", "required", what);
            let price = "Say what one of it costs; a line from the price book knows its price.";
            // Who sees no prices says what it is; whoever sends it gives it its price.
            let priced = self.unit_price.is_some() || !kernel::sight::prices();
            checks.that(priced, "unit_price", "required", price);
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionInput {
    /// Of an option that is there already; new ones need none.
    #[serde(default)]
    pub id: Option<OptionId>,
    /// Good, Better, Best in their order when left out.
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    /// At most one is.
    #[serde(default)]
    pub recommended: bool,
    /// Millionths of its lines that are taken off: 100000 is 10 %.
    #[serde(default)]
    pub discount_ppm: i64,
    /// And an amount besides.
    #[serde(default)]
    pub discount_amount: Option<Money>,
    #[serde(default)]
    pub lines: Vec<LineInput>,
}

impl OptionInput {
    pub fn check(&mut self, checks: &mut Checks) {
        checks.optional("name", &mut self.name, 60);
        checks.optional("description", &mut self.description, 1000);
        check_part(checks, "discount", self.discount_ppm, self.discount_amount);
        let count = self.lines.len();
        let says = format!("At most {MOST_LINES} lines in an option; this has {count}.");
        checks.that(count <= MOST_LINES, "lines", "too_many", says);
        for (i, line) in self.lines.iter_mut().enumerate() {
            checks.within(&format!("lines/{i}"), |checks| line.check(checks));
        }
    }
}

/// `what` is `discount` or `deposit`: both are so many millionths and an amount.
pub fn check_part(checks: &mut Checks, what: &str, ppm: i64, amount: Option<Money>) {
    let says = format!("A {what} is 0 to 100 percent.");
    checks.range(&format!("{what}_ppm"), ppm, 0, 1_000_000, &says);
    let says = format!("A {what} is nothing or more.");
    checks.range(&format!("{what}_amount"), amount.map_or(0, |amount| amount.minor), 0, MOST_MINOR, &says);
}

pub fn check_all(options: &mut [OptionInput], checks: &mut Checks) {
    let count = options.len();
    let says = format!("An estimate has one to {MOST_OPTIONS} options; this has {count}.");
    checks.that((1..=MOST_OPTIONS).contains(&count), "options", "range", says);
    let recommended = options.iter().filter(|option| option.recommended).count();
    checks.that(recommended <= 1, "options", "recommended", "Recommend one option at most.");
    for (i, option) in options.iter_mut().enumerate() {
        checks.within(&format!("options/{i}"), |checks| option.check(checks));
    }
}

impl Kept {
    /// The one place where a line says its tax.
    pub fn taxed(&self) -> Taxed {
        Taxed { taxes: self.taxes.clone(), by: self.tax_rate_id }
    }
    pub fn counted(&self) -> Counted {
        Counted { quantity_milli: self.quantity_milli, unit_price_minor: self.unit_price_minor, taxed: self.taxed() }
    }
    pub fn shown(self, rules: Rules, currency: Currency) -> EstimateLine {
        EstimateLine {
            unit_price: Money::new(self.unit_price_minor, currency),
            amount: Money::new(rules.amount(self.unit_price_minor, self.quantity_milli), currency),
            id: self.id,
            item_id: self.item_id,
            kind: self.kind,
            description: self.description,
            detail: self.detail,
            quantity_milli: self.quantity_milli,
            taxes: self.taxes.0,
            tax_rate_id: self.tax_rate_id,
            optional: self.optional,
        }
    }
}

impl KeptOption {
    pub fn discount(&self) -> Part {
        Part { ppm: self.discount_ppm, minor: self.discount_minor }
    }
}

pub fn too_large() -> Error {
    let says = "The total is beyond what an estimate can hold. Look for a slip in quantity or price.";
    Error::field("/options", "too_large", says)
}

/// What an option comes to with these of its lines.
pub fn total<'a>(rules: Rules, option: &KeptOption, lines: impl Iterator<Item = &'a Kept>) -> Result<Reckoned> {
    reckon(rules, &lines.map(Kept::counted).collect::<Vec<_>>(), option.discount()).map_err(|_| too_large())
}

/// The options with their lines and sums, as they are shown.
pub fn shown(
    rules: Rules,
    options: Vec<KeptOption>,
    lines: Vec<Kept>,
    currency: Currency,
    deposit: Part,
) -> Result<Vec<EstimateOption>> {
    let money = |minor| Money::new(minor, currency);
    let show = |option: KeptOption| {
        let own: Vec<Kept> = lines.iter().filter(|line| line.option_id == option.id).cloned().collect();
        let sums = total(rules, &option, own.iter().filter(|line| !line.optional))?;
        Ok(EstimateOption {
            id: option.id,
            name: option.name,
            description: option.says,
            recommended: option.recommended,
            discount_ppm: option.discount_ppm,
            discount_amount: money(option.discount_minor),
            lines: own.into_iter().map(|line| line.shown(rules, currency)).collect(),
            subtotal: money(sums.subtotal_minor),
            discount: money(sums.discount_minor),
            taxes: tax_lines(&sums.taxes, currency),
            tax: money(sums.tax_minor),
            total: money(sums.total_minor),
            deposit: money(deposit.of(sums.total_minor)),
        })
    };
    options.into_iter().map(show).collect()
}

/// The inserts of all options and lines, and what the estimate is worth: its recommended option, or its first.
/// Every option is reckoned with all that may be ticked too, so that no choice is beyond what can be held.
pub fn inserts(
    rules: Rules,
    estimate: EstimateId,
    options: &[KeptOption],
    lines: &[Kept],
    at: jiff::Timestamp,
) -> Result<(Vec<Statement<()>>, i64)> {
    let (mut all, mut worth) = (vec![], None);
    for (position, option) in (1..).zip(options) {
        let own = || lines.iter().filter(|line| line.option_id == option.id);
        total(rules, option, own())?;
        let sums = total(rules, option, own().filter(|line| !line.optional))?;
        if worth.is_none() || option.recommended {
            worth = Some(sums.total_minor);
        }
        all.push(add(
            option.id,
            estimate,
            position,
            option.name.clone(),
            option.says.clone(),
            option.recommended,
            option.discount_ppm,
            option.discount_minor,
            at,
        ));
        for (position, line) in (1..).zip(own()) {
            all.push(add_line(
                line.id,
                estimate,
                option.id,
                position,
                line.item_id,
                line.kind,
                line.description.clone(),
                line.detail.clone(),
                line.quantity_milli,
                line.unit_price_minor,
                line.taxes.clone(),
                line.tax_rate_id,
                line.optional,
                at,
            ));
        }
    }
    Ok((all, worth.unwrap_or(0)))
}

/// Puts these in the place of those of a held draft, and says what it is worth now. The caller stores that.
pub async fn replace(tx: &mut TenantTx, draft: &Head, options: &[KeptOption], lines: &[Kept]) -> Result<i64> {
    let (inserts, worth) = inserts(draft.tax_rules, draft.id, options, lines, tx.now())?;
    tx.run((clear_lines(draft.id), clear(draft.id))).await?;
    tx.queue(inserts);
    Ok(worth)
}
