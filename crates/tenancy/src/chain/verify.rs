//! Walking the chain from its first seal: what was changed, is missing, stands out of order, or was slipped in.
use jiff::Timestamp;
use kernel::{Result, Scope, row, sql};
use serde::Serialize;
use std::{collections::HashSet, fmt};
use uuid::Uuid;

use super::{
    append,
    archive::{ArchiveId, Fate, Reader},
    audits, changes, digest, earlier, link,
};

row! {
    struct Sealed {
        number: i64,
        entry: Uuid,
        kind: String,
        digest: String,
        chain: String,
        sealed_at: Timestamp,
        at_us: Option<i64>,
        facts: Option<String>,
        called: Option<String>,
    }
}

sql! {
    fn sealed(after: i64, limit: i64) -> Vec<Sealed> = "
        select s.number, s.entry, s.kind, s.digest, s.chain, s.at as sealed_at,
          (extract(epoch from coalesce(a.at, c.at)) * 1000000)::bigint as at_us,
          case
            when a.id is not null then jsonb_build_array(a.actor_kind, a.actor_id, a.actor_name, a.action, a.subject, a.request_id, a.detail, a.via, a.session_id, a.address, a.agent, a.tx)::text
            when c.id is not null then jsonb_build_array(c.record, c.record_id, c.part_of, c.n, c.deed, c.before, c.after, c.tx)::text
          end as facts,
          coalesce(a.action, c.deed || ' of ' || c.record) as called
        from audit_seal s
        left join audit a on a.tenant_id = $1 and a.id = s.entry and s.kind = 'audit'
        left join record_change c on c.tenant_id = $1 and c.id = s.entry and s.kind = 'record_change'
        where s.tenant_id = $1 and s.number > $2 order by s.number limit $3";
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The row is not what was sealed.
    Changed,
    /// The row is gone.
    Missing,
    /// The seal does not follow the one before it.
    OutOfOrder,
    /// A number, or several, have no seal.
    SealMissing,
    /// The row is older than the newest seals and has none.
    SlippedIn,
    /// A file of the archive is gone, or not what was put there.
    Unreadable,
}

/// One row that is not as it was.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    pub fault: Fault,
    pub number: Option<i64>,
    /// `audit` or `record_change`, with the row's id.
    pub table: String,
    pub row: Uuid,
    /// `invoice.issued`, or `update of customer`, as far as it is known.
    pub called: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, row, called, .. } = self;
        let number = self.number.unwrap_or_default();
        match self.fault {
            Fault::Changed => {
                write!(f, "changed: row {row} of {table} ({called}) is not what seal {number} was put on")
            }
            Fault::Missing => write!(f, "missing: row {row} of {table}, sealed as number {number}, is gone"),
            Fault::OutOfOrder => write!(
                f,
                "reordered: row {row} of {table} ({called}) stands at number {number}, and the chain says otherwise"
            ),
            Fault::SealMissing => write!(f, "missing: the seals before number {number} ({table} {row}) are gone"),
            Fault::Unreadable => {
                write!(
                    f,
                    "unreadable: {called} of the archive is gone, or is not what was put there; seal {number} is one of its rows"
                )
            }
            Fault::SlippedIn => {
                write!(f, "slipped in: row {row} of {table} ({called}) has no seal, and newer rows have")
            }
        }
    }
}

#[derive(Debug, Default, Serialize)]
pub struct Report {
    pub sealed: i64,
    /// Rows read in the archive.
    pub archived: i64,
    /// Rows whose time was over: their seals alone are left.
    pub over: i64,
    /// The last link: noted elsewhere, it shows later that nothing was cut off the end.
    pub head: String,
    pub findings: Vec<Finding>,
}

const MANY: i64 = 1000;

pub async fn verify(scope: &Scope) -> Result<Report> {
    let mut report = Report::default();
    let (mut number, mut chain) = (0, scope.tenant().id.to_string());
    let (mut archive, mut unreadable): (_, HashSet<ArchiveId>) = (Reader::new(scope)?, HashSet::new());
    loop {
        let mut page = scope.read(sealed(number, MANY)).await?;
        for seal in &mut page {
            let mut left = None;
            if seal.facts.is_none() && seal.kind == "audit" {
                match archive.find(scope, seal.number, seal.sealed_at, seal.entry).await? {
                    Fate::Kept(line) => {
                        report.archived += 1;
                        (seal.at_us, seal.facts) = (Some(line.at_us), Some(line.facts));
                        seal.called = Some("in the archive".into());
                    }
                    Fate::Over => {
                        report.over += 1;
                        left = Some(Left::Over);
                    }
                    // Once for the file, not for each of its rows.
                    Fate::Unreadable(id, path) => {
                        left = Some(if unreadable.insert(id) { Left::Unreadable(path) } else { Left::Over })
                    }
                    Fate::Missing => {}
                }
            }
            inspect(seal, number, &chain, left, &mut report.findings);
            number = seal.number;
            chain = seal.chain.clone();
            report.sealed += 1;
        }
        if (page.len() as i64) < MANY {
            break;
        }
    }
    // What is older than all that can still be on its way must have been sealed when newer rows were.
    for kind in ["audit", "record_change"] {
        let Some(newest) = scope.read(append::newest(kind.to_owned())).await? else { continue };
        let old = earlier(newest, append::LATE);
        let bare = match kind {
            "audit" => scope.read(audits(Uuid::nil(), MANY)).await?,
            _ => scope.read(changes(Uuid::nil(), MANY)).await?,
        };
        report.findings.extend(bare.into_iter().filter(|line| line.id < old).map(|line| Finding {
            fault: Fault::SlippedIn,
            number: None,
            table: kind.to_owned(),
            row: line.id,
            called: line.facts.chars().take(80).collect(),
        }));
    }
    report.head = chain;
    Ok(report)
}

/// Why there is no row to hold against its seal.
enum Left {
    Over,
    Unreadable(String),
}

fn inspect(seal: &Sealed, before: i64, chain: &str, left: Option<Left>, findings: &mut Vec<Finding>) {
    let mut find = |fault| {
        findings.push(Finding {
            fault,
            number: Some(seal.number),
            table: seal.kind.clone(),
            row: seal.entry,
            called: match &left {
                Some(Left::Unreadable(path)) => path.clone(),
                _ => seal.called.clone().unwrap_or_else(|| "gone".into()),
            },
        });
    };
    if seal.number != before + 1 {
        find(Fault::SealMissing);
    } else if link(chain, seal.number, &seal.kind, seal.entry, &seal.digest) != seal.chain {
        find(Fault::OutOfOrder);
    }
    match (&seal.facts, seal.at_us) {
        (None, _) if matches!(left, Some(Left::Over)) => {}
        (None, _) if left.is_some() => find(Fault::Unreadable),
        (Some(facts), Some(at_us)) if digest(seal.entry, at_us, facts) == seal.digest => {}
        (Some(_), _) => find(Fault::Changed),
        (None, _) => find(Fault::Missing),
    }
}
