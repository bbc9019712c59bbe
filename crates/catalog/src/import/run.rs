//! The work of an import: what would happen is looked at, or done, in one transaction, so that it is all there or not at all.
use jiff::Timestamp;
use kernel::{Error, Money, Result, Scope, TenantTx, job::Job, sql};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    ItemImport, ItemImportId, ItemsImported, Outcome, State,
    decide::{Decision, decide},
    deed::{self, Deed, PART},
    field::Field,
    go, hold,
    line::{Fault, read},
    lines_after,
    undo::take_back,
    write::{surroundings, write},
};
use crate::{item::version::Why, queue_up};

#[derive(Debug, Serialize, Deserialize)]
pub struct ImportItems {
    pub import: ItemImportId,
}

impl Job for ImportItems {
    const KIND: &'static str = "catalog.import";
    fn key(&self) -> Option<String> {
        Some(self.import.to_string())
    }

    async fn run(self, scope: Scope) -> Result<()> {
        let done = scope.retrying(async |tx: &mut TenantTx| work(tx, self.import).await).await;
        match done {
            // What cannot be, though it was looked at before: somebody else's change came between. Or it is a fault of ours.
            Err(error) if !error.may_pass() => {
                if !error.is_of_values() {
                    tracing::error!(tenant = %scope.tenant().id, import = %self.import, %error, "an import of a price book was given up");
                }
                let why = error.problem().detail;
                scope.write_with(async |tx: &mut TenantTx| give_up(tx, self.import, why.clone()).await).await
            }
            other => other,
        }
    }
}

sql! {
    fn mark(import: ItemImportId, lines: Vec<i32>, outcomes: Vec<String>, abouts: Vec<Option<String>>, reasons: Vec<Option<String>>) -> u64 = "
        update item_import_row r set outcome = m.outcome, about = m.about, reason = m.reason
        from unnest($3::int[], $4::text[], $5::text[], $6::text[]) m(line, outcome, about, reason)
        where r.tenant_id = $1 and r.import_id = $2 and r.line = m.line";
    fn finish(import: ItemImportId, status: State, made: i32, changed: i32, same: i32, wrong: i32, categories: Vec<Uuid>, at: Timestamp) -> u64 = "
        update item_import set status = $3, made = $4, changed = $5, same = $6, wrong = $7, categories = $8, updated_at = $9, version = version + 1
        where tenant_id = $1 and id = $2";
    fn stop(import: ItemImportId, status: State, why: String, at: Timestamp) -> u64 = "
        update item_import set status = $3, problem = $4, updated_at = $5, version = version + 1 where tenant_id = $1 and id = $2";
}

async fn work(tx: &mut TenantTx, id: ItemImportId) -> Result<()> {
    let (_, import) = tx.run((queue_up(), hold(id))).await?;
    match import {
        Some(import) if matches!(import.status, State::Checking | State::Running) => lines(tx, &import).await,
        Some(import) if import.status == State::Undoing => take_back(tx, &import).await,
        // Somebody else was here before.
        _ => Ok(()),
    }
}

async fn give_up(tx: &mut TenantTx, id: ItemImportId, why: String) -> Result<()> {
    let Some(import) = tx.run(hold(id)).await? else { return Ok(()) };
    let back = match import.status {
        State::Checking => State::Uploaded,
        State::Running => State::Checked,
        State::Undoing => State::Done,
        _ => return Ok(()),
    };
    tx.run(stop(id, back, why, tx.now())).await.map(drop)
}

async fn lines(tx: &mut TenantTx, import: &ItemImport) -> Result<()> {
    let (mapping, columns, currency) = (import.mapping(), import.columns(), tx.currency());
    let runs = import.status == State::Running;
    let kept = tx.run(lines_after(import.id, 0, i64::from(super::MOST_LINES))).await?;
    let said = kept.iter().map(|line| (line.line, read(&mapping, &line.cells(), currency))).collect();
    let (book, decisions) = decide(tx, said, runs).await?;
    let heading = |field: Field| {
        let n = mapping.iter().position(|held| *held == Some(field))?;
        columns.get(n).cloned()
    };
    let mut marks: Vec<Mark> = vec![];
    let mut deeds: Vec<Deed> = vec![];
    for (line, decision) in decisions {
        let (outcome, about, reason) = match decision {
            Decision::Same => (Outcome::Same, None, None),
            Decision::Wrong(Fault { about, says }) => {
                (Outcome::Wrong, about.map(|field| heading(field).unwrap_or_else(|| field.label().into())), Some(says))
            }
            Decision::Written(deed) => {
                let deed = *deed;
                let (outcome, reason) = match &deed.before {
                    None => (Outcome::New, None),
                    Some(before) => (Outcome::Changed, Some(changes(&deed, before, currency))),
                };
                deeds.push(deed);
                (outcome, None, reason)
            }
        };
        marks.push(Mark { line, outcome, about, reason });
    }
    let mut categories = vec![];
    if runs && !deeds.is_empty() {
        categories = surroundings(tx, &book, &deeds, import.created_by).await?;
        write(tx, &deeds, Why::Import, import.created_by).await?;
        deed::keep(tx, import.id, &deeds).await?;
    }
    for part in marks.chunks(PART) {
        let lines = part.iter().map(|mark| mark.line).collect();
        let outcomes = part.iter().map(|mark| mark.outcome.to_string()).collect();
        let abouts = part.iter().map(|mark| mark.about.clone()).collect();
        let reasons = part.iter().map(|mark| mark.reason.clone()).collect();
        tx.run(mark(import.id, lines, outcomes, abouts, reasons)).await?;
    }
    let count = |outcome| marks.iter().filter(|mark| mark.outcome == outcome).count() as i32;
    let [made, changed, same, wrong] = [Outcome::New, Outcome::Changed, Outcome::Same, Outcome::Wrong].map(count);
    let next = if runs { State::Done } else { State::Checked };
    tx.run(finish(import.id, next, made, changed, same, wrong, categories, tx.now())).await?;
    if runs {
        tx.tell(&ItemsImported { item_import: import.id, made, changed, same, wrong });
    }
    Ok(())
}

/// What is written down about a line.
struct Mark {
    line: i32,
    outcome: Outcome,
    about: Option<String>,
    reason: Option<String>,
}

/// "Price 129.00 → 139.00, description". What it costs is nobody's to read here.
fn changes(deed: &Deed, before: &super::deed::Entry, currency: kernel::Currency) -> String {
    let amount = |minor| Money::new(minor, currency).amount();
    let words = deed.after.changes(before).into_iter().map(|field| match field {
        Field::Price => format!("price {} → {}", amount(before.price), amount(deed.after.price)),
        Field::Name => format!("name, it was “{}”", before.name),
        Field::Code => "code".into(),
        Field::Kind => {
            format!("kind {} → {}", before.kind.label().to_lowercase(), deed.after.kind.label().to_lowercase())
        }
        Field::Minutes => format!("minutes {} → {}", before.minutes, deed.after.minutes),
        Field::Status if deed.after.status == crate::category::Status::Active => "back in the price book".into(),
        Field::Status => "out of the price book".into(),
        Field::Category => "category".into(),
        Field::Description => "description".into(),
        Field::Unit => "unit".into(),
        Field::Cost => "cost".into(),
        Field::Online => "booked online".into(),
        Field::Pricing => "how it is priced".into(),
        Field::LaborRate => "labor rate".into(),
        Field::SoldAs => "how it is sold".into(),
        Field::Parts => "parts".into(),
        Field::Tax | Field::TaxPercent | Field::Taxed | Field::Currency => "tax".into(),
    });
    let all = words.collect::<Vec<String>>().join(", ");
    let mut letters = all.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Begins what the job goes on with.
pub(super) async fn begin(tx: &mut TenantTx, id: ItemImportId, status: State) -> Result<ItemImport> {
    tx.run(go(id, status, tx.now())).await?;
    tx.enqueue(&ImportItems { import: id });
    tx.run(hold(id)).await?.ok_or(Error::NotFound)
}
