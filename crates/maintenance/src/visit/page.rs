//! One visit on a page: another day or time, somebody else, or left out. Whoever means the following ones too is led to the plan.
use jiff::civil::{Date, Time};
use kernel::{
    Access, Checks, Error, Input, Result, Scope,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use scheduling::{TechnicianId, technician};
use tenancy::shell::filled;
use ui::{Filled, button, field, form, link_button};

use super::{Ahead, Change, Standing, ahead, change};
use crate::{
    permissions::MaintenanceWrite,
    plan::{Outcome, Plan, PlanId, draw_lines, find, frame, tried, when},
};

async fn known(scope: &Scope, id: PlanId, due_on: Date) -> Result<(Plan, Ahead)> {
    let plan = scope.read(find(id)).await?.ok_or(Error::NotFound)?;
    if !plan.is_near(due_on, scope.now()) {
        return Err(Error::NotFound);
    }
    let one = ahead(scope, &plan, due_on, usize::MAX).await?.into_iter().find(|one| one.due_on == due_on);
    match one {
        Some(one) => Ok((plan, one)),
        None => Err(plan.has_none()),
    }
}

pub async fn page(access: Access<MaintenanceWrite>, Path((id, due_on)): Path<(PlanId, Date)>) -> Result<Page> {
    let (plan, one) = known(&access, id, due_on).await?;
    let at = one.starts_at.map(|at| at.to_zoned(plan.zone()));
    let values = Filled::of([
        ("on", at.as_ref().map_or(due_on, |at| at.date()).to_string()),
        ("time", at.as_ref().map_or(plan.time, |at| at.time()).strftime("%H:%M").to_string()),
        ("skip", if at.is_none() { "true".to_owned() } else { String::new() }),
    ]);
    sheet(&access, &plan, &one, &values, None).await
}

async fn sheet(scope: &Scope, plan: &Plan, one: &Ahead, values: &Filled, looked: Option<&Outcome>) -> Result<Page> {
    let technicians = scope.read(technician::list_active()).await?;
    let kept = one.technician_name.as_deref().unwrap_or("nobody yet");
    let mut people = vec![(String::new(), format!("As it is: {kept}"))];
    people.extend(technicians.iter().map(|t| (t.id.to_string(), t.name.clone())));
    let (here, due) = (format!("/maintenance/{}", plan.id), one.due_on);
    let now = match (one.starts_at, one.standing) {
        (Some(at), Standing::Booked) => format!("booked for {}", when(at, plan, scope)),
        (Some(at), _) => format!("to be booked for {}", when(at, plan, scope)),
        (None, _) => "left out".to_owned(),
    };
    let fields: Markup = match looked {
        None => html! {
            (form::pair(html! { (field::date(values, "on", "Day").required()) (field::time(values, "time", "Begins").required()) }))
            (field::select(values, "technician_id", "With", &people))
            (field::checkbox(values, "skip", "Leave this visit out").hint("If it is booked, it is cancelled. The visits after it come as before."))
            @if values.is_wrong() { (field::checkbox(values, "anyway", "Do it anyway").hint("Passes over a missing skill, the shift and what the customer prefers.")) }
            (form::actions(html! { (button("See what changes").primary().sends("step", "look")) (link_button("Cancel", here.clone()).quiet()) }))
        },
        Some(outcome) => html! {
            (draw_lines(scope, plan, &outcome.changes))
            @for name in ["on", "time", "technician_id", "skip", "anyway"] { @if !values.value(name).is_empty() { (field::hidden(name, values.value(name))) } }
            (form::actions(html! { (button("Save changes").primary().sends("step", "save")) (link_button("Cancel", here.clone()).quiet()) }))
        },
    };
    let body = html! {
        p."mb-1" { strong { "Due " (due.strftime("%A %-d %B %Y")) } ", " span.soft { (now) } @if let Some(why) = &one.why { span.soft { " (" (why) ")" } } }
        p.soft.t13."mb-5" { "This visit alone. " a.link href={ (here) "/edit?from=" (due) } { "Change it and all that follow" } " or " a.link href={ (here) "/edit" } { "the whole plan" } "." }
        (form::form(&format!("{here}/visits/{due}"), values, html! { (field::hidden("version", plan.version.to_string())) (fields) }))
    };
    Ok(frame(scope, plan, "Change one visit", values.is_wrong(), body))
}

kernel::text_enum! {
    pub enum Step { Look = "look": "Look", Save = "save": "Save" }
}

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitForm {
    step: Option<Step>,
    on: Option<Date>,
    time: Option<Time>,
    technician_id: Option<TechnicianId>,
    skip: Option<bool>,
    anyway: Option<bool>,
}
impl Input for VisitForm {
    fn check(&mut self, _: &mut Checks) {}
}

pub async fn post(
    access: Access<MaintenanceWrite>,
    Path((id, due_on)): Path<(PlanId, Date)>,
    form: Form<VisitForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let version = form.version()?;
    let (plan, one) = known(&access, id, due_on).await?;
    let typed = Filled { values: form.typed(), errors: vec![] };
    let work = async |input: VisitForm| {
        let step = input.step.unwrap_or(Step::Look);
        // What stands there as the plan says is no word of its own about this visit.
        let as_planned = plan.season(&access.tenant().locale.country).place_of(due_on);
        let skip = input.skip;
        let on = input.on.filter(|on| Some(*on) != as_planned);
        let time = input.time.filter(|time| *time != plan.time);
        let input = Change { skip, on, time, technician_id: input.technician_id, anyway: input.anyway, preview: None }
            .checked()?;
        match step {
            Step::Look => {
                let looked = tried(&access, true, async |tx| change(&access, tx, id, version, due_on, &input).await);
                Ok(Err(looked.await?))
            }
            Step::Save => access
                .once(async |tx| {
                    change(&access, tx, id, version, due_on, &input).await?;
                    Ok(Redirect::to(format!("/maintenance/{id}")).toast("The visit is changed."))
                })
                .await
                .map(Ok),
        }
    };
    match form.then(work).await? {
        Ok(Ok(redirect)) => Ok(Either::Done(redirect)),
        Ok(Err(outcome)) => sheet(&access, &plan, &one, &typed, Some(&outcome)).await.map(Either::Again),
        Err(typed) => sheet(&access, &plan, &one, &filled(typed), None).await.map(Either::Again),
    }
}
