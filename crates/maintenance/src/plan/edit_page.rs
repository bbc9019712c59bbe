//! Changes a plan on a page: the form, then what the change does to each visit, then it is saved.
use catalog::ItemId;
use customers::LocationId;
use jiff::civil::{Date, Time};
use kernel::{
    Access, Checks, Error, Input, Result, Scope,
    http::{Either, Form, Page, Path, Query, Redirect, Repeatable},
};
use maud::html;
use scheduling::TechnicianId;
use tenancy::shell::filled;
use ui::{Filled, field, form, link_button};

use super::{
    Change, Holidays, Outcome, Plan, PlanId, change, draw_lines,
    fields::{self, Said},
    find, frame, tried,
};
use crate::{
    permissions::MaintenanceWrite,
    recurrence::{Place, Unit},
};

#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct EditQuery {
    /// From this visit on.
    pub from: Option<Date>,
}

fn title(from: Option<Date>) -> String {
    match from {
        None => "Change the plan".into(),
        Some(day) => format!("Change from {} on", day.strftime("%-d %b %Y")),
    }
}

pub async fn page(
    access: Access<MaintenanceWrite>,
    Path(id): Path<PlanId>,
    Query(query): Query<EditQuery>,
) -> Result<Page> {
    let plan = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    let from = query.from.map(|day| day.to_string()).unwrap_or_default();
    let values = fields::values(&plan).into_iter().chain([("from", from), ("version", plan.version.to_string())]);
    sheet(&access, &plan, &Filled::of(values)).await
}

fn hidden(values: &Filled) -> maud::Markup {
    html! { @for name in ["version", "from"] { (field::hidden(name, values.value(name))) } }
}

async fn sheet(scope: &Scope, plan: &Plan, values: &Filled) -> Result<Page> {
    let known = fields::known(scope, plan.customer_id).await?;
    let from: Option<Date> = values.value("from").parse().ok();
    let first = html! {
        p.soft.t13."mb-4" {
            @match from {
                None => { "Counted from " (plan.starts_on.strftime("%-d %b %Y")) ", which stays. What is over stays as it was." }
                Some(_) => { "What falls due before that day stays as it is; the rest becomes a plan of its own." }
            }
        }
    };
    let body = html! {
        (form::form(&format!("/maintenance/{}/edit", plan.id), values, html! {
            (hidden(values))
            (fields::draw(scope, values, &known, first, !values.value("rule").is_empty()))
            (form::actions(html! { (ui::button("See what changes").primary().sends("step", "look")) (link_button("Cancel", format!("/maintenance/{}", plan.id)).quiet()) }))
        }))
    };
    Ok(frame(scope, plan, &title(from), values.is_wrong(), body))
}

/// What was typed goes along, and is saved by the second button.
fn look(scope: &Scope, plan: &Plan, values: &Filled, outcome: &Outcome) -> Page {
    const NAMES: [&str; 15] = [
        "version",
        "from",
        "location_id",
        "item_id",
        "technician_id",
        "note",
        "every",
        "unit",
        "place",
        "weekday",
        "rule",
        "time",
        "ends_on",
        "leeway_days",
        "holidays",
    ];
    let body = html! {
        (draw_lines(scope, plan, &outcome.changes))
        div."mt-6" { (form::form(&format!("/maintenance/{}/edit", plan.id), &Filled::default(), html! {
            @for name in NAMES { @if !values.value(name).is_empty() { (field::hidden(name, values.value(name))) } }
            @for month in values.value("months").split(',').filter(|month| !month.is_empty()) { (field::hidden("months", month)) }
            (form::actions(html! {
                (ui::button("Save changes").primary().sends("step", "save"))
                (ui::button("Change it again").sends("step", "again"))
            }))
        })) }
    };
    frame(scope, plan, &title(values.value("from").parse().ok()), false, body)
}

kernel::text_enum! {
    pub enum Step { Look = "look": "Look", Save = "save": "Save", Again = "again": "Again" }
}

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditForm {
    step: Option<Step>,
    from: Option<Date>,
    location_id: LocationId,
    item_id: ItemId,
    technician_id: Option<TechnicianId>,
    note: Option<String>,
    every: Option<i64>,
    unit: Option<Unit>,
    place: Option<Place>,
    weekday: Option<i32>,
    rule: Option<String>,
    time: Time,
    ends_on: Option<Date>,
    #[serde(default)]
    months: Vec<i32>,
    leeway_days: Option<i32>,
    holidays: Option<Holidays>,
}
impl Input for EditForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("note", &mut self.note, 2000);
        fields::check(checks, self.every, self.weekday, &mut self.rule);
    }
}
impl EditForm {
    fn change(self, plan: &Plan) -> Result<Change> {
        let from = self.from;
        let terms = Said {
            location_id: self.location_id,
            item_id: self.item_id,
            technician_id: self.technician_id,
            note: self.note,
            every: self.every,
            unit: self.unit,
            place: self.place,
            weekday: self.weekday,
            rule: self.rule,
            time: self.time,
            ends_on: self.ends_on,
            months: self.months,
            leeway_days: self.leeway_days,
            holidays: self.holidays,
        }
        .terms(from.unwrap_or(plan.starts_on));
        Change {
            preview: None,
            from,
            location_id: terms.location_id,
            item_id: terms.item_id,
            technician_id: terms.technician_id,
            note: terms.note,
            rule: terms.rule,
            time: terms.time,
            ends_on: terms.ends_on,
            months: terms.months,
            leeway_days: terms.leeway_days,
            holidays: terms.holidays,
        }
        .checked()
    }
}

enum Done {
    Looked(Box<Outcome>),
    Again,
    Saved(Repeatable<Redirect>),
}

pub async fn post(
    access: Access<MaintenanceWrite>,
    Path(id): Path<PlanId>,
    form: Form<EditForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let plan = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    let version = form.version()?;
    let typed = form.typed();
    let work = async |input: EditForm| {
        let step = input.step.unwrap_or(Step::Look);
        let input = input.change(&plan)?;
        match step {
            Step::Again => Ok(Done::Again),
            Step::Look => {
                let outcome = tried(&access, true, async |tx| change(&access, tx, id, version, &input).await).await?;
                Ok(Done::Looked(Box::new(outcome)))
            }
            Step::Save => access
                .once(async |tx| {
                    let outcome = change(&access, tx, id, version, &input).await?;
                    let to = outcome.plan.map_or(id, |plan| plan.id);
                    Ok(Redirect::to(format!("/maintenance/{to}")).toast("The plan is changed."))
                })
                .await
                .map(Done::Saved),
        }
    };
    match form.then(work).await? {
        Ok(Done::Saved(redirect)) => Ok(Either::Done(redirect)),
        Ok(Done::Looked(outcome)) => {
            Ok(Either::Again(look(&access, &plan, &Filled { values: typed, errors: vec![] }, &outcome)))
        }
        Ok(Done::Again) => sheet(&access, &plan, &Filled { values: typed, errors: vec![] }).await.map(Either::Again),
        Err(typed) => sheet(&access, &plan, &filled(typed)).await.map(Either::Again),
    }
}
