//! Writing an estimate: for whom, about what, in one to five options.
use customers::{CustomerId, LocationId};
use jiff::{ToSpan, civil::Date};
use kernel::{
    Checks, Input, Money, Result, TenantTx,
    access::Access,
    http::{Created, Json, Repeatable},
    sql,
    sum::Rules,
};
use schemars::JsonSchema;
use serde::Deserialize;
use work::WorkOrderId;

use super::{
    Estimate, Head, fill, find, must_be_theirs,
    option::{self, KeptOption, OptionInput},
};
use crate::{EstimateId, permissions::EstimatesWrite};

/// How long an estimate holds where nobody says otherwise.
pub const VALID_DAYS: i64 = 30;

sql! {
    fn insert(id: EstimateId, customer: CustomerId, location: Option<LocationId>, order: Option<WorkOrderId>, title: String, note: Option<String>, terms: Option<String>,
              valid_until: Option<Date>, deposit_ppm: i64, deposit_minor: i64, currency: String, total_minor: i64, at: jiff::Timestamp, by: Option<uuid::Uuid>, tax_rules: Rules, tax_note: Option<String>) = "
        insert into estimate (tenant_id, id, customer_id, location_id, work_order_id, title, note, terms, valid_until, deposit_ppm, deposit_minor, currency, total_minor, created_at, updated_at, created_by, tax_rules, tax_note)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $16, $17)";
    // Where the work is done when nobody says otherwise.
    fn first_place(customer: CustomerId) -> Option<LocationId> = "
        select id from location where tenant_id = $1 and customer_id = $2 order by position, id limit 1";
}

kernel::event! {
    /// A draft was written; it has no number yet.
    pub struct EstimateDrafted = "estimate.drafted", seen by crate::permissions::EstimatesRead {
        estimate: EstimateId, customer: CustomerId, total_minor: i64,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftInput {
    pub customer_id: CustomerId,
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// The job it belongs to; approved, its lines come onto that job.
    #[serde(default)]
    pub work_order_id: Option<WorkOrderId>,
    /// What it is about, in a few words.
    pub title: String,
    /// Shown to the customer above the options.
    #[serde(default)]
    pub note: Option<String>,
    /// Shown below them: what is agreed to.
    #[serde(default)]
    pub terms: Option<String>,
    /// The last day on which it can be approved; thirty days from now when left out.
    #[serde(default)]
    pub valid_until: Option<Date>,
    /// Asked for on approval: millionths of the total.
    #[serde(default)]
    pub deposit_ppm: i64,
    /// And an amount besides.
    #[serde(default)]
    pub deposit_amount: Option<Money>,
    /// One named Good, without lines, when left out.
    #[serde(default)]
    pub options: Vec<OptionInput>,
}

impl Input for DraftInput {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("title", &mut self.title, 200, "a title");
        checks.optional("note", &mut self.note, 2000);
        checks.optional("terms", &mut self.terms, 5000);
        option::check_part(checks, "deposit", self.deposit_ppm, self.deposit_amount);
        if self.options.is_empty() {
            self.options.push(OptionInput::default());
        }
        option::check_all(&mut self.options, checks);
    }
}

/// Writes it and tells of it. What it costs is in the company's own currency.
pub async fn draft(tx: &mut TenantTx, input: DraftInput) -> Result<EstimateId> {
    must_be_theirs(tx, input.customer_id, input.location_id, input.work_order_id).await?;
    let (id, currency) = (EstimateId::new(), tx.currency());
    currency.only("/deposit_amount", "Estimates", input.deposit_amount)?;
    let valid_until = input.valid_until.unwrap_or_else(|| tx.today().saturating_add(VALID_DAYS.days()));
    let location = match input.location_id {
        None => tx.run(first_place(input.customer_id)).await?,
        given => given,
    };
    let basis = fill::basis(tx, input.customer_id, location).await?;
    let (options, lines) = fill::all(tx, &basis, (input.customer_id, currency), input.options, (&[], &[])).await?;
    let (inserts, worth) = option::inserts(basis.rules, id, &options, &lines, tx.now())?;
    tx.queue(insert(
        id,
        input.customer_id,
        location,
        input.work_order_id,
        input.title,
        input.note,
        input.terms,
        Some(valid_until),
        input.deposit_ppm,
        input.deposit_amount.map_or(0, |amount| amount.minor),
        currency.code().to_owned(),
        worth,
        tx.now(),
        tx.user(),
        basis.rules,
        basis.note(),
    ));
    tx.queue(inserts);
    tx.tell(&EstimateDrafted { estimate: id, customer: input.customer_id, total_minor: worth });
    Ok(id)
}

/// The copy of another, for the same customer: a draft of its own, with the taxes of today.
pub(super) async fn copy(
    tx: &mut TenantTx,
    mut from: Head,
    options: &[KeptOption],
    mut lines: Vec<option::Kept>,
) -> Result<EstimateId> {
    let id = EstimateId::new();
    fill::anew(tx, &mut from, &mut lines).await?;
    let (inserts, worth) = option::inserts(from.tax_rules, id, options, &lines, tx.now())?;
    let valid_until = tx.today().saturating_add(VALID_DAYS.days());
    tx.queue(insert(
        id,
        from.customer_id,
        from.location_id,
        None,
        from.title,
        from.note,
        from.terms,
        Some(valid_until),
        from.deposit_ppm,
        from.deposit_minor,
        from.currency,
        worth,
        tx.now(),
        tx.user(),
        from.tax_rules,
        from.tax_note,
    ));
    tx.queue(inserts);
    tx.tell(&EstimateDrafted { estimate: id, customer: from.customer_id, total_minor: worth });
    Ok(id)
}

pub async fn api(
    access: Access<EstimatesWrite>,
    Json(input): Json<DraftInput>,
) -> Result<Repeatable<Created<Estimate>>> {
    access
        .once(async |tx| {
            let id = draft(tx, input.clone()).await?;
            let body = find(tx, id).await?;
            Ok(Created { location: format!("/api/v1/estimates/{id}"), body })
        })
        .await
}
