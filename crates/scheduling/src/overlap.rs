//! Two things at once for one person, on purpose: who let it happen, and why.
use kernel::{Checks, Error, Permission, Result, Scope, TenantTx, row, sql};

use crate::permissions::AppointmentsOverlap;

kernel::id!(OverlapId);

/// What becomes of a time that is taken already.
#[derive(Debug, Clone, PartialEq)]
pub enum Overlapping {
    /// It is refused.
    Never,
    /// Whoever plans is asked for a reason.
    Ask,
    Because {
        reason: String,
        author: String,
    },
}

impl Overlapping {
    /// A reason is heard only from those who may say one.
    pub fn of(scope: &Scope, reason: Option<&str>) -> Result<Self> {
        match (scope.can::<AppointmentsOverlap>(), reason) {
            (true, Some(reason)) => {
                Ok(Self::Because { reason: reason.to_owned(), author: scope.actor().name().to_owned() })
            }
            (true, None) => Ok(Self::Ask),
            (false, Some(_)) => Err(Error::Forbidden(AppointmentsOverlap::NAME)),
            (false, None) => Ok(Self::Never),
        }
    }
}

pub(crate) fn check(checks: &mut Checks, reason: &mut Option<String>) {
    checks.optional("overlap_reason", reason, 200);
}

/// Where the reason is asked for, once a time was found taken.
pub(crate) fn field(filled: &ui::Filled) -> ui::field::Field {
    let words = "Only when the time is taken, and both are meant. The board shows it with your name.";
    ui::field::text(filled, "overlap_reason", "Why two at once").most(200).hint(words)
}

row! { pub struct Overlap { pub reason: String, pub author: String } }

sql! {
    pub(crate) fn find(id: OverlapId) -> Option<Overlap> = "select reason, author from overlap where tenant_id = $1 and id = $2";
    fn insert(id: OverlapId, reason: String, author: String, at: jiff::Timestamp, by: Option<kernel::Uuid>) = "
        insert into overlap (tenant_id, id, reason, author, created_at, created_by) values ($1, $2, $3, $4, $5, $6)";
}

pub(crate) fn record(tx: &mut TenantTx, id: OverlapId, reason: &str, author: &str) {
    let statement = insert(id, reason.to_owned(), author.to_owned(), tx.now(), tx.user());
    tx.queue(statement);
}
