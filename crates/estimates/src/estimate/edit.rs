//! Changing a draft: what it says, its options and their lines.
use customers::{CustomerId, LocationId};
use jiff::civil::Date;
use kernel::{
    Checks, Error, Input, Money, Result, TenantTx,
    access::Access,
    http::{IfMatch, Json, One, Path},
    sql,
    sum::Rules,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Estimate, Head, fill, find, hold_whole, must_be_draft, must_be_theirs,
    option::{self, Kept, KeptOption, OptionInput},
};
use crate::{EstimateId, permissions::EstimatesWrite};

sql! {
    fn store(id: EstimateId, location: Option<LocationId>, title: String, note: Option<String>, terms: Option<String>, valid_until: Option<Date>,
             deposit_ppm: i64, deposit_minor: i64, total_minor: i64, at: jiff::Timestamp, tax_rules: Rules, tax_note: Option<String>) -> u64 = "
        update estimate set location_id = $3, title = $4, note = $5, terms = $6, valid_until = $7, deposit_ppm = $8, deposit_minor = $9,
                            total_minor = $10, updated_at = $11, tax_rules = $12, tax_note = $13, version = version + 1
        where tenant_id = $1 and id = $2 and status = 'draft'";
}

kernel::event! {
    /// What a draft says, its options or their lines were changed.
    pub struct EstimateEdited = "estimate.edited", seen by crate::permissions::EstimatesRead {
        estimate: EstimateId, customer: CustomerId, total_minor: i64,
    }
}

/// What is absent stays as it is. `options`, when there, are all the options with all their lines from now on.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditInput {
    #[serde(default)]
    pub location_id: Option<LocationId>,
    #[serde(default)]
    pub title: Option<String>,
    /// An empty text takes it away.
    #[serde(default)]
    pub note: Option<String>,
    /// An empty text takes them away.
    #[serde(default)]
    pub terms: Option<String>,
    #[serde(default)]
    pub valid_until: Option<Date>,
    /// Asked for on approval: millionths of the total.
    #[serde(default)]
    pub deposit_ppm: Option<i64>,
    /// And an amount besides.
    #[serde(default)]
    pub deposit_amount: Option<Money>,
    #[serde(default)]
    pub options: Option<Vec<OptionInput>>,
}

impl Input for EditInput {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(title) = &mut self.title {
            checks.text("title", title, 200, "a title");
        }
        for (field, text, max) in [("note", &self.note, 2000), ("terms", &self.terms, 5000)] {
            let length = text.as_ref().map_or(0, |text| text.chars().count());
            checks.that(length <= max, field, "too_long", format!("At most {max} characters; this has {length}."));
        }
        option::check_part(checks, "deposit", self.deposit_ppm.unwrap_or(0), self.deposit_amount);
        if let Some(options) = &mut self.options {
            option::check_all(options, checks);
        }
    }
}

/// Changes options and lines of a draft in place, such as adding a line.
pub async fn change(
    tx: &mut TenantTx,
    id: EstimateId,
    version: Option<i64>,
    work: impl AsyncFnOnce(&mut TenantTx, &Head, &mut Vec<KeptOption>, &mut Vec<Kept>) -> Result<()>,
) -> Result<()> {
    let (found, mut options, mut lines) = hold_whole(tx, id, version).await?;
    must_be_draft(&found)?;
    work(tx, &found, &mut options, &mut lines).await?;
    if !(1..=option::MOST_OPTIONS).contains(&options.len()) {
        let says = format!("An estimate has one to {} options.", option::MOST_OPTIONS);
        return Err(Error::field("/options", "range", says));
    }
    for option in &options {
        fill::within(lines.iter().filter(|line| line.option_id == option.id).count())?;
    }
    let worth = option::replace(tx, &found, &options, &lines).await?;
    keep(tx, &found, worth).await
}

/// Changes what `input` names.
pub async fn edit(tx: &mut TenantTx, id: EstimateId, version: i64, input: EditInput) -> Result<()> {
    let (mut found, options, mut lines) = hold_whole(tx, id, Some(version)).await?;
    must_be_draft(&found)?;
    let moved = input.location_id.is_some() && input.location_id != found.location_id;
    if moved {
        must_be_theirs(tx, found.customer_id, input.location_id, None).await?;
        found.location_id = input.location_id;
    }
    let currency = found.currency();
    currency.only("/deposit_amount", "Estimates", input.deposit_amount)?;
    let filled = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    found.title = input.title.unwrap_or(found.title);
    found.note = input.note.map_or(found.note, filled);
    found.terms = input.terms.map_or(found.terms, filled);
    found.valid_until = input.valid_until.or(found.valid_until);
    found.deposit_ppm = input.deposit_ppm.unwrap_or(found.deposit_ppm);
    found.deposit_minor = input.deposit_amount.map_or(found.deposit_minor, |amount| amount.minor);
    let worth = match input.options {
        None if moved => match fill::anew(tx, &mut found, &mut lines).await? {
            true => option::replace(tx, &found, &options, &lines).await?,
            false => found.total_minor,
        },
        None => found.total_minor,
        Some(given) => {
            let basis = fill::basis(tx, found.customer_id, found.location_id).await?;
            fill::governed(&mut found, &basis);
            let known = (options.as_slice(), lines.as_slice());
            let (options, lines) = fill::all(tx, &basis, (found.customer_id, currency), given, known).await?;
            option::replace(tx, &found, &options, &lines).await?
        }
    };
    keep(tx, &found, worth).await
}

async fn keep(tx: &mut TenantTx, found: &Head, total_minor: i64) -> Result<()> {
    tx.tell(&EstimateEdited { estimate: found.id, customer: found.customer_id, total_minor });
    let stored = store(
        found.id,
        found.location_id,
        found.title.clone(),
        found.note.clone(),
        found.terms.clone(),
        found.valid_until,
        found.deposit_ppm,
        found.deposit_minor,
        total_minor,
        tx.now(),
        found.tax_rules,
        found.tax_note.clone(),
    );
    match tx.run(stored).await? {
        1 => Ok(()),
        _ => Err(Error::Stale(Some(found.version))),
    }
}

pub async fn api(
    access: Access<EstimatesWrite>,
    Path(id): Path<EstimateId>,
    version: IfMatch,
    Json(input): Json<EditInput>,
) -> Result<One<Estimate>> {
    let version = version.required()?;
    let work = access.retrying(async |tx| {
        edit(tx, id, version, input.clone()).await?;
        find(tx, id).await
    });
    work.await.map(One)
}
