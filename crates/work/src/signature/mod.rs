//! Signatures of customers: on the phone, drawn or typed, bound to what was shown and never changed afterwards.
pub mod draw;
pub mod page;
pub mod sign;
mod strokes;

use jiff::Timestamp;
use kernel::{
    Money, Result,
    http::Versioned,
    row,
    secret::{hash, hex},
    serde_json::{self, Value},
    sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use strokes::Strokes;

use crate::{
    AppointmentId,
    line::Line,
    order::{WorkOrder, WorkOrderId},
};

kernel::id!(SignatureId);

kernel::text_enum! {
    /// What is signed for.
    pub enum Kind { Approval = "approval": "Agreed before the work", Completion = "completion": "Accepted after the work" }
}

impl Kind {
    /// The sentence above the line.
    pub fn words(self) -> &'static str {
        match self {
            Self::Approval => "I agree to the work and materials listed above.",
            Self::Completion => "The work listed above was done, and I accept it.",
        }
    }
}

/// A job as it was shown to whoever signed. The order of the fields is part of what is signed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sheet {
    job: i64,
    customer: String,
    title: String,
    lines: Vec<SheetLine>,
    /// With tax; none where prices were not shown.
    total_minor: Option<i64>,
    currency: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SheetLine {
    description: String,
    quantity_milli: i64,
    amount_minor: Option<i64>,
}

impl Sheet {
    pub(crate) fn of(order: &WorkOrder, lines: &[Line], rules: kernel::sum::Rules, priced: bool) -> Self {
        let sums = crate::line::Sums::of(lines, rules);
        let line = |line: &Line| SheetLine {
            description: line.description.clone(),
            quantity_milli: line.quantity_milli,
            amount_minor: priced.then(|| line.amount_minor(rules)),
        };
        Self {
            job: order.number,
            customer: order.customer_name.clone(),
            title: order.title.clone(),
            lines: lines.iter().map(line).collect(),
            total_minor: priced.then_some(sums.total_minor),
            currency: order.currency.clone(),
        }
    }
    /// Stands for having seen it: whoever signs sends it along, and what has changed meanwhile is not signed.
    pub(crate) fn seen(&self) -> Result<String> {
        let text = serde_json::to_string(self).map_err(|e| kernel::Error::Bug(format!("a job's sheet: {e}")))?;
        Ok(hash(text))
    }
}

/// Of the lines as they are: other work, another amount or price makes another.
pub(crate) fn lines_hash(lines: &[Line]) -> String {
    let mut digest = Sha256::new();
    for line in lines {
        let words = (&line.description, line.quantity_milli, line.unit_price_minor, &line.taxes.0);
        digest.update(serde_json::to_string(&words).unwrap_or_default());
        digest.update([0]);
    }
    hex(&digest.finalize())
}

row! {
    /// As kept.
    #[derive(Debug, Clone)]
    pub struct Kept {
        pub id: SignatureId,
        pub order_id: WorkOrderId,
        pub appointment_id: Option<AppointmentId>,
        pub kind: Kind,
        pub name: String,
        pub words: String,
        pub shown: Value,
        pub lines_hash: String,
        pub strokes: Option<String>,
        pub hash: String,
        pub taken_by: String,
        pub created_at: Timestamp,
    }
}

impl Kept {
    /// The canonical form: JSON of these fields in this order.
    fn canonical(&self) -> Result<String> {
        let shown =
            Sheet::deserialize(&self.shown).map_err(|e| kernel::Error::Bug(format!("a signature's sheet: {e}")))?;
        let whole = (
            self.order_id,
            self.kind,
            &self.name,
            &self.words,
            shown,
            &self.lines_hash,
            &self.strokes,
            self.created_at.as_microsecond(),
        );
        serde_json::to_string(&whole).map_err(|e| kernel::Error::Bug(format!("a signature's form: {e}")))
    }
    fn sealed(&self) -> Result<String> {
        Ok(hash(self.canonical()?))
    }
    /// Whether it is what was signed.
    pub fn is_intact(&self) -> bool {
        self.sealed().is_ok_and(|hash| hash == self.hash)
    }
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SignedLine {
    pub description: String,
    /// Thousandths: 1500 is 1.5.
    pub quantity_milli: i64,
    /// None where prices were not shown.
    pub amount: Option<Money>,
}

/// A signature as it is told.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Signature {
    pub id: SignatureId,
    pub work_order_id: WorkOrderId,
    /// The visit in which it was signed.
    pub appointment_id: Option<AppointmentId>,
    pub kind: Kind,
    pub name: String,
    /// The sentence above the line.
    pub words: String,
    pub lines: Vec<SignedLine>,
    /// With tax; none where prices were not shown.
    pub total: Option<Money>,
    /// As drawn, in a field of 1000 by 400: `x,y x,y;x,y`. None: the name was typed instead.
    pub strokes: Option<String>,
    /// SHA-256 of all of it, in hex.
    pub hash: String,
    /// It is still what was signed.
    pub intact: bool,
    /// The job's lines are other ones now.
    pub changed_since: bool,
    /// Who held the phone.
    pub taken_by: String,
    pub signed_at: Timestamp,
}
impl Versioned for Signature {
    /// What was signed stays.
    fn version(&self) -> i64 {
        1
    }
}

impl Signature {
    pub(crate) fn of(kept: Kept, now: &[Line]) -> Self {
        let sheet = Sheet::deserialize(&kept.shown).ok();
        let currency = sheet.as_ref().and_then(|sheet| kernel::Currency::of(&sheet.currency));
        let money = |minor: Option<i64>| minor.zip(currency).map(|(minor, currency)| Money::new(minor, currency));
        let line = |line: &SheetLine| SignedLine {
            description: line.description.clone(),
            quantity_milli: line.quantity_milli,
            amount: money(line.amount_minor),
        };
        Self {
            intact: kept.is_intact(),
            changed_since: kept.lines_hash != lines_hash(now),
            lines: sheet.iter().flat_map(|sheet| &sheet.lines).map(line).collect(),
            total: money(sheet.as_ref().and_then(|sheet| sheet.total_minor)),
            id: kept.id,
            work_order_id: kept.order_id,
            appointment_id: kept.appointment_id,
            kind: kept.kind,
            name: kept.name,
            words: kept.words,
            strokes: kept.strokes,
            hash: kept.hash,
            taken_by: kept.taken_by,
            signed_at: kept.created_at,
        }
    }
}

sql! {
    pub fn of(order: WorkOrderId) -> Vec<Kept> = "
        select id, order_id, appointment_id, kind, name, words, shown, lines_hash, strokes, hash, taken_by, created_at
        from signature where tenant_id = $1 and order_id = $2 order by id limit 20";
}
