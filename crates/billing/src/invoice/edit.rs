//! Changing a draft: its lines, terms and words.
use kernel::{
    Checks, Error, Input, Result, TenantTx,
    access::Access,
    http::{IfMatch, Json, One, Path},
    sql,
    sum::Totals,
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

use super::{Head, Invoice, Status, find, hold, lines};
use crate::{CustomerId, InvoiceId, LineId, deposit::held, permissions::InvoicesWrite};

sql! {
    fn store(id: InvoiceId, terms_days: i32, note: Option<String>, reference: Option<String>, subtotal_minor: i64, discount_minor: i64,
             tax_minor: i64, total_minor: i64, at: jiff::Timestamp) -> u64 = "
        update invoice set terms_days = $3, note = $4, reference = $5, subtotal_minor = $6, discount_minor = $7, tax_minor = $8,
                           total_minor = $9, updated_at = $10, version = version + 1
        where tenant_id = $1 and id = $2 and status = 'draft'";
}

kernel::event! {
    /// Lines, terms or words of a draft were changed.
    pub struct InvoiceEdited = "invoice.edited", seen by crate::permissions::InvoicesRead {
        invoice: InvoiceId, customer: CustomerId, total_minor: i64,
    }
}

/// What is absent stays as it is. `lines`, when there, are all the lines from now on.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditInput {
    #[serde(default)]
    pub terms_days: Option<i32>,
    #[serde(default)]
    pub note: Option<String>,
    #[serde(default)]
    pub reference: Option<String>,
    #[serde(default)]
    pub lines: Option<Vec<lines::LineInput>>,
}

impl Input for EditInput {
    fn check(&mut self, checks: &mut Checks) {
        let terms = "Terms are 0 to 365 days.";
        checks.range("terms_days", i64::from(self.terms_days.unwrap_or(0)), 0, 365, terms);
        // An empty text is a wish too: it takes the note away.
        for (field, text, max) in [("note", &mut self.note, 2000), ("reference", &mut self.reference, 100)] {
            let length = text.as_ref().map_or(0, |text| text.chars().count());
            checks.that(length <= max, field, "too_long", format!("At most {max} characters; this has {length}."));
        }
        if let Some(lines) = &mut self.lines {
            lines::check_all(lines, checks);
        }
    }
}

/// Refuses, in words, what is no draft any more.
pub fn must_be_draft(found: &Head) -> Result<()> {
    match found.status {
        Status::Draft => Ok(()),
        Status::Void => Err(Error::refused(format!("{} is void and stays as it is.", found.called()))),
        _ => Err(Error::refused(format!(
            "{} is issued and stays as it is. Void it and write another if something is wrong.",
            found.called()
        ))),
    }
}

/// Changes the lines of a draft in place, such as adding one or taking one away.
pub async fn change_lines(
    tx: &mut TenantTx,
    id: InvoiceId,
    version: Option<i64>,
    change: impl FnOnce(&Head, &mut Vec<lines::Kept>) -> Result<()>,
) -> Result<()> {
    let (found, mut kept) = hold(tx, id, version).await?;
    must_be_draft(&found)?;
    change(&found, &mut kept)?;
    if kept.len() > lines::MOST_LINES {
        return Err(Error::field("/lines", "too_many", format!("An invoice has at most {} lines.", lines::MOST_LINES)));
    }
    let totals = lines::replace(tx, &found, &kept).await?;
    keep(tx, &found, totals).await
}

/// Changes what `input` names.
pub async fn edit(tx: &mut TenantTx, id: InvoiceId, version: i64, input: EditInput) -> Result<()> {
    let (mut found, mut kept) = hold(tx, id, Some(version)).await?;
    must_be_draft(&found)?;
    let filled = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    found.terms_days = input.terms_days.unwrap_or(found.terms_days);
    found.note = input.note.map_or(found.note, filled);
    found.reference = input.reference.map_or(found.reference, filled);
    let totals = match input.lines {
        None => lines::total(found.tax_rules, &kept)?,
        Some(mut given) => {
            if given.iter().any(lines::LineInput::asks) {
                let basis = lines::basis_of(tx, id).await?;
                for (at, line) in given.iter_mut().enumerate() {
                    line.settle(at, &basis)?;
                }
            }
            let currency = found.currency();
            let own: HashMap<LineId, Option<InvoiceId>> = kept.iter().map(|line| (line.id, line.deposit_id)).collect();
            // What a line takes off stays with it: whoever does not know of deposits loses none.
            for line in &mut given {
                line.deposit_id = line.deposit_id.or_else(|| own.get(&line.id?).copied().flatten());
            }
            let mut checks = Checks::default();
            lines::check_all(&mut given, &mut checks);
            checks.done()?;
            let named: Vec<_> = given.iter().map(|line| line.deposit_id).collect();
            held::known(tx, found.customer_id, &named).await?;
            kept = given
                .into_iter()
                .enumerate()
                .map(|(at, line)| lines::Kept::of_input(at, line, currency))
                .collect::<Result<_>>()?;
            // An id is kept only where it is this invoice's own, and once.
            let mut seen = HashSet::new();
            for line in &mut kept {
                if !own.contains_key(&line.id) || !seen.insert(line.id) {
                    line.id = LineId::new();
                }
            }
            lines::replace(tx, &found, &kept).await?
        }
    };
    keep(tx, &found, totals).await
}

async fn keep(tx: &mut TenantTx, found: &Head, totals: Totals) -> Result<()> {
    tx.tell(&InvoiceEdited { invoice: found.id, customer: found.customer_id, total_minor: totals.total_minor });
    let touched = tx
        .run(store(
            found.id,
            found.terms_days,
            found.note.clone(),
            found.reference.clone(),
            totals.subtotal_minor,
            totals.discount_minor,
            totals.tax_minor,
            totals.total_minor,
            tx.now(),
        ))
        .await?;
    if touched == 1 { Ok(()) } else { Err(Error::Stale(Some(found.version))) }
}

pub async fn api(
    access: Access<InvoicesWrite>,
    Path(id): Path<InvoiceId>,
    version: IfMatch,
    Json(input): Json<EditInput>,
) -> Result<One<Invoice>> {
    let (version, today) = (version.required()?, access.local_now().date());
    let work = access.retrying(async |tx| {
        edit(tx, id, version, input.clone()).await?;
        find(tx, id, today).await
    });
    work.await.map(One)
}
