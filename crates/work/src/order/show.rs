//! One job with everything on it.
use kernel::{
    Access, Error, Money, Result, Scope,
    http::{One, Path, Versioned},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Shown, WorkOrder, WorkOrderId, find};
use crate::{
    line::{self, Line, ShownLine, Sums},
    note::{self, Note},
    permissions::WorkRead,
    photo::{self, Photo},
};

/// What pages draw.
pub struct Whole {
    pub order: WorkOrder,
    pub lines: Vec<Line>,
    pub notes: Vec<Note>,
    pub photos: Vec<Photo>,
}

impl Whole {
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.order.currency())
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ShownWhole {
    #[serde(flatten)]
    pub job: Shown,
    /// As it would be charged now; the invoice has the last word.
    pub tax: Money,
    pub total: Money,
    pub line_items: Vec<ShownLine>,
    pub notes: Vec<Note>,
    pub photos: Vec<Photo>,
}
impl Versioned for ShownWhole {
    fn version(&self) -> i64 {
        self.job.version()
    }
}

/// One round trip.
pub async fn whole(scope: &Scope, id: WorkOrderId) -> Result<Whole> {
    let (order, lines, notes, photos) = scope.read((find(id), line::of(id), note::of(id), photo::of(id))).await?;
    Ok(Whole { order: order.ok_or(Error::NotFound)?, lines, notes, photos })
}

pub async fn api(access: Access<WorkRead>, Path(id): Path<WorkOrderId>) -> Result<One<ShownWhole>> {
    let whole = whole(&access, id).await?;
    let sums = Sums::of(&whole.lines);
    Ok(One(ShownWhole {
        tax: whole.money(sums.tax_minor),
        total: whole.money(sums.subtotal_minor + sums.tax_minor),
        job: whole.order.into(),
        line_items: whole.lines.into_iter().map(ShownLine::from).collect(),
        notes: whole.notes,
        photos: whole.photos,
    }))
}
