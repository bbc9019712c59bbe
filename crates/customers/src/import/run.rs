//! The work of an import, a batch of lines in one transaction with its cursor: it can break off anywhere and go on.
use jiff::Timestamp;
use kernel::{Error, Result, Scope, TenantTx, job::Job, sql};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use super::{
    CustomersImported, Import, ImportId, Line, Outcome, Status,
    apply::apply,
    decide::{Crowd, Decision},
    find,
    format::is_totals,
    line::{self, Reading},
    lines_after,
};
use crate::{CustomerId, custom, customer::New};

#[derive(Debug, Serialize, Deserialize)]
pub struct ImportLines {
    pub import: ImportId,
}

/// So many lines are one transaction and one statement for each table: enough that a line costs next to nothing beside its
/// rows, few enough for memory and for those who wait on the counter of numbers.
const BATCH: usize = 2000;
/// After so many batches others have their turn.
const TURN: usize = 20;

impl Job for ImportLines {
    const KIND: &'static str = "customers.import";
    fn key(&self) -> Option<String> {
        Some(self.import.to_string())
    }

    async fn run(self, scope: Scope) -> Result<()> {
        let mut size = BATCH;
        for _ in 0..TURN {
            let Some(import) = scope.read(find(self.import)).await?.filter(Import::reads_lines) else { return Ok(()) };
            size = import.fitting(size);
            match scope.write_with(async |tx: &mut TenantTx| batch(tx, &import, size).await).await {
                Ok(true) => return Ok(()),
                Ok(false) => size = (size * 2).min(BATCH),
                // Somebody else works on it, and is further.
                Err(Error::Stale(_)) => return Ok(()),
                // A line contradicts what is kept: half as many until it is alone.
                Err(error) if error.is_of_values() && size > 1 => size /= 2,
                Err(error) if error.is_of_values() => {
                    let why = error.problem().detail;
                    scope.write_with(async |tx: &mut TenantTx| refuse_next(tx, &import, why).await).await?;
                }
                Err(error) => return Err(error),
            }
        }
        scope
            .write_with(async |tx: &mut TenantTx| {
                tx.enqueue(&self);
                Ok(())
            })
            .await
    }
}

sql! {
    // The range of lines keeps the plan on the batch, however many lines the file has.
    fn mark(import: ImportId, after: i32, till: i32, lines: Vec<i32>, outcomes: Vec<String>, reasons: Vec<Option<String>>, customers: Vec<Option<String>>) -> u64 = "
        update import_row r set outcome = m.outcome, reason = m.reason, customer_id = m.customer_id::uuid
        from unnest($5::int[], $6::text[], $7::text[], $8::text[]) m(line, outcome, reason, customer_id)
        where r.tenant_id = $1 and r.import_id = $2 and r.line > $3 and r.line <= $4 and r.line = m.line";
    fn advance(import: ImportId, from: i32, status: Status, to: i32, made: i32, changed: i32, same: i32, wrong: i32, at: Timestamp) -> u64 = "
        update import set cursor = $5, made = made + $6, changed = changed + $7, same = same + $8, wrong = wrong + $9, updated_at = $10, version = version + 1
        where tenant_id = $1 and id = $2 and cursor = $3 and status = $4";
    fn finish(import: ImportId, status: Status, next: Status, at: Timestamp) -> u64 = "
        update import set status = $4, updated_at = $5, version = version + 1
        where tenant_id = $1 and id = $2 and status = $3";
    fn earlier(import: ImportId, mapping: String, identities: Vec<String>, till: i32) -> Vec<Earlier> = "
        select r.identity, r.line from unnest($4::text[]) a(identity) cross join lateral (
            select identity, line from import_identity
            where tenant_id = $1 and import_id = $2 and mapping = md5($3)::uuid and identity = a.identity offset 0) r
        where r.line <= $5";
    // A run finds there what its check has written.
    fn remember(import: ImportId, mapping: String, identities: Vec<String>, lines: Vec<i32>) = "
        insert into import_identity (tenant_id, import_id, mapping, identity, line)
        select $1::uuid, $2::uuid, md5($3)::uuid, n.identity, n.line from unnest($4::text[], $5::int[]) n(identity, line)
        order by n.identity
        on conflict (tenant_id, import_id, mapping, identity) do nothing";
}
kernel::row! {
    struct Earlier {
        identity: String,
        line: i32,
    }
}

/// What is written down about a line.
pub(super) struct Mark {
    pub line: i32,
    pub outcome: Outcome,
    pub reason: Option<String>,
    pub customer: Option<CustomerId>,
}

/// The next lines; true when there are none left.
async fn batch(tx: &mut TenantTx, import: &Import, size: usize) -> Result<bool> {
    let (lines, own) = tx.run((lines_after(import.id, import.cursor, size as i64), custom::all())).await?;
    let Some(last) = lines.last().map(|line| line.line) else {
        let next = if import.status == Status::Running { Status::Done } else { Status::Checked };
        // Somebody paused or stopped it meanwhile, or somebody else was here before.
        if tx.run(finish(import.id, import.status, next, tx.now())).await? == 0 {
            return Err(Error::Stale(None));
        }
        if next == Status::Done {
            let Import { id, made, changed, same, wrong, .. } = *import;
            tx.tell(&CustomersImported { import: id, made, changed, same, wrong });
        }
        return Ok(true);
    };
    let reading = Reading::of(import, own);
    let read: Vec<Read> = lines.iter().map(|line| read(&reading, &line.cells())).collect();
    let known: Vec<&New> = read.iter().filter_map(Read::customer).collect();
    let mut seen = seen_before(tx, import, &known).await?;
    let mut crowd = Crowd::of(tx, import.source, &known).await?;
    let decisions: Vec<_> =
        lines.iter().zip(read).map(|(line, read)| decide(&reading, line, read, &mut seen, &mut crowd)).collect();
    let marks = match import.status {
        Status::Running => apply(tx, import, decisions).await?,
        _ => decisions.into_iter().map(|(mark, _)| mark).collect(),
    };
    if import.status == Status::Checking {
        let (identities, of_lines) = seen.into_iter().filter(|(_, line)| *line > import.cursor).unzip();
        tx.queue(remember(import.id, import.mapping.clone(), identities, of_lines));
    }
    keep(tx, import, last, marks).await?;
    Ok(false)
}

pub(super) type Decided = (Mark, Option<(New, Decision)>);

/// What a line says.
enum Read {
    Customer(Box<New>),
    Nobody,
    Wrong(String),
}

impl Read {
    fn customer(&self) -> Option<&New> {
        if let Self::Customer(new) = self { Some(new) } else { None }
    }
}

fn read(reading: &Reading, cells: &[String]) -> Read {
    match is_totals(reading.source, cells) {
        true => Read::Nobody,
        false => reading.customer(cells).map_or_else(Read::Wrong, |new| Read::Customer(Box::new(new))),
    }
}

fn decide(reading: &Reading, line: &Line, read: Read, seen: &mut HashMap<String, i32>, crowd: &mut Crowd) -> Decided {
    let mark = |outcome, reason| Mark { line: line.line, outcome, reason, customer: None };
    let new = match read {
        Read::Customer(new) => *new,
        Read::Nobody => return (mark(Outcome::Same, Some("A line of totals, left out.".into())), None),
        Read::Wrong(why) => return (mark(Outcome::Wrong, Some(why)), None),
    };
    let identities = line::identities(&new);
    let place = line::place_of_id(&new);
    let decision = match identities.iter().find_map(|identity| seen.get(identity)).copied() {
        None => crowd.decide(&new),
        // The same id with another place is a customer with several.
        Some(first) => match new.location.clone().zip(place.as_ref()) {
            Some((place, key)) if !seen.contains_key(key) && line::is_of_id(&new, seen) => {
                crowd.another(&new, first, place)
            }
            _ => return (mark(Outcome::Same, Some(format!("The same customer as line {first}."))), None),
        },
    };
    // Before the line counts as seen: another may bring the same customer whole.
    if let Some(lacks) = matches!(decision, Decision::New).then(|| reading.lacks(&new)).flatten() {
        return (mark(Outcome::Wrong, Some(lacks)), None);
    }
    seen.extend(place.map(|key| (key, line.line)));
    for identity in identities {
        seen.entry(identity).or_insert(line.line);
    }
    let mark = match &decision {
        Decision::New => mark(Outcome::New, None),
        Decision::Another { of, .. } => {
            mark(Outcome::Changed, Some(format!("Another place of the customer of line {of}.")))
        }
        Decision::Known { known, change } => {
            let outcome = if change.is_none() { Outcome::Same } else { Outcome::Changed };
            let reason = Some(format!("#{} {}", known.customer.number, known.customer.name));
            Mark { customer: Some(known.customer.id), ..mark(outcome, reason) }
        }
    };
    (mark, Some((new, decision)))
}

async fn seen_before(tx: &mut TenantTx, import: &Import, lines: &[&New]) -> Result<HashMap<String, i32>> {
    let identities = lines.iter().flat_map(|new| line::identities(new).into_iter().chain(line::place_of_id(new)));
    let identities = identities.collect();
    let found = tx.run(earlier(import.id, import.mapping.clone(), identities, import.cursor)).await?;
    Ok(found.into_iter().map(|earlier| (earlier.identity, earlier.line)).collect())
}

async fn keep(tx: &mut TenantTx, import: &Import, last: i32, marks: Vec<Mark>) -> Result<()> {
    let count = |outcome| marks.iter().filter(|mark| mark.outcome == outcome).count() as i32;
    let advance = advance(
        import.id,
        import.cursor,
        import.status,
        last,
        count(Outcome::New),
        count(Outcome::Changed),
        count(Outcome::Same),
        count(Outcome::Wrong),
        tx.now(),
    );
    let mark = mark(
        import.id,
        import.cursor,
        last,
        marks.iter().map(|mark| mark.line).collect(),
        marks.iter().map(|mark| mark.outcome.to_string()).collect(),
        marks.iter().map(|mark| mark.reason.clone()).collect(),
        marks.iter().map(|mark| mark.customer.map(|id| id.to_string())).collect(),
    );
    let (_, advanced) = tx.run((mark, advance)).await?;
    // Nobody moved the cursor meanwhile, or all of this is undone.
    if advanced == 0 { Err(Error::Stale(None)) } else { Ok(()) }
}

/// The next line could not be kept, for a reason only the database knew.
async fn refuse_next(tx: &mut TenantTx, import: &Import, why: String) -> Result<()> {
    let lines = tx.run(lines_after(import.id, import.cursor, 1)).await?;
    let Some(line) = lines.first().map(|line| line.line) else { return Ok(()) };
    let mark = Mark { line, outcome: Outcome::Wrong, reason: Some(why), customer: None };
    keep(tx, import, line, vec![mark]).await
}
