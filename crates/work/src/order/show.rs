//! One job with everything on it.
use kernel::{
    Access, Error, Money, PricesSee, Result, Scope,
    http::{One, Path, Query, Versioned},
    serde_json::Value,
    sum::Rules,
};
use scheduling::TechnicianId;
use schemars::JsonSchema;
use serde::Serialize;
use tenancy::history::{self, AsOf, Past};

use super::{
    Shown, WorkOrder, WorkOrderId, find,
    follows::{Related, related},
};
use crate::{
    AppointmentId,
    line::{self, Line, ShownLine, Sums},
    note::{self, Note},
    permissions::WorkRead,
    photo::{self, Photo},
    question::{self, Asked, Kept},
    serviced::{self, Serviced, Unit},
    signature::{self, Sheet, Signature},
    time::{self, TimeEntry},
    visit::{self, JobVisit},
};

/// What pages draw.
pub struct Whole {
    pub order: WorkOrder,
    pub lines: Vec<Line>,
    pub notes: Vec<Note>,
    pub photos: Vec<Photo>,
    /// What it worked on, and what else it could have.
    pub equipment: Vec<Unit>,
    pub questions: Vec<Asked>,
    /// For who may see working time, or what it cost.
    pub times: Vec<TimeEntry>,
    pub signatures: Vec<Signature>,
    /// Earlier and later jobs of the same matter.
    pub related: Vec<Related>,
    pub visits: Vec<JobVisit>,
    /// How its lines are added up.
    pub rules: Rules,
}

impl Whole {
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.order.currency())
    }
    /// Which of its visits, where it has several.
    pub(crate) fn nth(&self, visit: Option<AppointmentId>) -> Option<i32> {
        let one = self.visits.iter().find(|one| Some(one.appointment_id) == visit);
        one.filter(|_| self.visits.len() > 1).map(|one| one.nth)
    }
    pub fn sums(&self) -> Sums {
        Sums::of(&self.lines, self.rules)
    }
    /// As it is shown to whoever signs, by who shows it.
    pub(crate) fn sheet(&self, scope: &Scope) -> Sheet {
        Sheet::of(&self.order, &self.lines, self.rules, scope.can::<PricesSee>())
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
    /// What it worked on.
    pub equipment: Vec<Unit>,
    /// What its checklists ask, with the answers.
    pub questions: Vec<Asked>,
    pub signatures: Vec<Signature>,
    /// In their order.
    pub visits: Vec<JobVisit>,
    /// Stands for the lines as they are shown to you; whoever signs sends it along.
    pub shown_hash: String,
}
impl Versioned for ShownWhole {
    fn version(&self) -> i64 {
        self.job.version()
    }
}

/// Two round trips.
pub async fn whole(scope: &Scope, id: WorkOrderId) -> Result<Whole> {
    let read = (
        find(id),
        line::of(id),
        note::of(id),
        photo::of(id),
        serviced::at(id),
        question::of(id),
        taxes::terms::rules(),
    );
    let signed = (signature::of(id), related(id), time::of_order(id), visit::of(id));
    let (order, lines, notes, photos, equipment, questions, rules) = scope.read(read).await?;
    let rules = rules.unwrap_or_default();
    let (signatures, related, times, visits) = scope.read(signed).await?;
    let signatures = signatures.into_iter().map(|kept| Signature::of(kept, &lines)).collect();
    let questions = questions.into_iter().map(Asked::from).collect();
    let order = order.ok_or(Error::NotFound)?;
    Ok(Whole { order, lines, notes, photos, equipment, questions, times, signatures, related, visits, rules })
}

/// As it was, with the lines and the equipment of that moment; notes and photos are only ever added.
async fn as_of(past: &mut Past<'_>, id: WorkOrderId) -> Result<Whole> {
    let state = past.one("work_order", id.0).await?;
    let field = |state: &Value, name: &str| state.get(name).cloned().unwrap_or_default();
    let visit = match history::id_in(&state, "appointment_id") {
        Some(visit) => past.find(visit).await?.map(|(_, state)| state).unwrap_or_default(),
        None => Value::Null,
    };
    let technician = history::id_in(&state, "technician_id").or_else(|| history::id_in(&visit, "technician_id"));
    let mut lines: Vec<Line> = past.parts("line_item", id.0).await?;
    lines.sort_by_key(|line| (line.position, line.id));
    let mut asked: Vec<Kept> = past.parts("job_question", id.0).await?;
    asked.sort_by(|a, b| {
        (a.created_at, &a.checklist_name, a.position).cmp(&(b.created_at, &b.checklist_name, b.position))
    });
    let questions = asked.into_iter().map(Asked::from).collect();
    let signed = past.tx().run(signature::of(id)).await?;
    let at = past.at;
    let signed = signed.into_iter().filter(|kept| kept.created_at <= at);
    let signatures = signed.map(|kept| Signature::of(kept, &lines)).collect();
    let worked_on: Vec<Serviced> = past.parts("serviced", id.0).await?;
    let units = serviced::those(worked_on.iter().map(|one| one.equipment_id.0).collect());
    let read = (note::of(id), photo::of(id), units, taxes::terms::rules());
    let (mut notes, mut photos, equipment, rules) = past.tx().run(read).await?;
    let rules = rules.unwrap_or_default();
    notes.retain(|note| note.created_at <= past.at);
    photos.retain(|photo| photo.created_at <= past.at);
    let customer = past.name(history::id_in(&state, "customer_id")).await?.unwrap_or_default();
    let order = WorkOrder {
        customer_name: customer,
        visit_status: history::shaped(field(&visit, "status"))?,
        visit_starts_at: history::shaped(field(&visit, "starts_at"))?,
        visit_ends_at: history::shaped(field(&visit, "ends_at"))?,
        technician_name: past.name(technician).await?,
        technician_id: technician.map(TechnicianId),
        lines: lines.len() as i64,
        subtotal_minor: Sums::of(&lines, rules).subtotal_minor,
        id,
        number: history::shaped(field(&state, "number"))?,
        customer_id: history::shaped(field(&state, "customer_id"))?,
        location_id: history::shaped(field(&state, "location_id"))?,
        appointment_id: history::shaped(field(&state, "appointment_id"))?,
        title: history::shaped(field(&state, "title"))?,
        scope: history::shaped(field(&state, "scope"))?,
        status: history::shaped(field(&state, "status"))?,
        started_at: history::shaped(field(&state, "started_at"))?,
        completed_at: history::shaped(field(&state, "completed_at"))?,
        cancelled_at: history::shaped(field(&state, "cancelled_at"))?,
        cancel_reason: history::shaped(field(&state, "cancel_reason"))?,
        finished_anyway: history::shaped(field(&state, "finished_anyway"))?,
        held_for: history::shaped(field(&state, "held_for"))?,
        held_note: history::shaped(field(&state, "held_note"))?,
        follows_id: history::shaped(field(&state, "follows_id"))?,
        follows_as: history::shaped(field(&state, "follows_as"))?,
        currency: history::shaped(field(&state, "currency"))?,
        version: history::shaped(field(&state, "version"))?,
        created_at: history::shaped(field(&state, "created_at"))?,
        updated_at: history::shaped(field(&state, "updated_at"))?,
    };
    Ok(Whole {
        order,
        lines,
        notes,
        photos,
        equipment,
        questions,
        times: vec![],
        signatures,
        related: vec![],
        visits: vec![],
        rules,
    })
}

pub async fn api(
    access: Access<WorkRead>,
    Path(id): Path<WorkOrderId>,
    Query(asked): Query<AsOf>,
) -> Result<One<ShownWhole>> {
    let whole = match asked.as_of {
        None => whole(&access, id).await?,
        Some(at) => Past::of(&access, at, async |past: &mut Past<'_>| as_of(past, id).await).await?,
    };
    let sums = whole.sums();
    Ok(One(ShownWhole {
        shown_hash: whole.sheet(&access).seen()?,
        tax: whole.money(sums.tax_minor),
        total: whole.money(sums.total_minor),
        job: whole.order.into(),
        line_items: whole.lines.into_iter().map(|line| ShownLine::of(line, whole.rules)).collect(),
        notes: whole.notes,
        photos: whole.photos,
        equipment: whole.equipment.into_iter().filter(|unit| unit.worked_on).collect(),
        questions: whole.questions,
        signatures: whole.signatures,
        visits: whole.visits,
    }))
}
