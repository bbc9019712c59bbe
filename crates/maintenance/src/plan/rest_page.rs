//! Pausing and ending a plan on a page: what it does to the visits that are booked is shown before it is done.
use jiff::civil::Date;
use kernel::{
    Access, Checks, Error, Input, Result, Scope,
    http::{Either, Form, Nothing, Page, Path, Redirect, Repeatable},
};
use maud::html;
use tenancy::shell::filled;
use ui::{Filled, button, field, form, link_button};

use super::{
    End, Outcome, Pause, Plan, PlanId, draw_lines, end as end_plan, find, frame, pause as pause_plan, resume, tried,
};
use crate::permissions::MaintenanceWrite;

type Answer = Result<Either<Repeatable<Redirect>, Page>>;

async fn known(scope: &Scope, id: PlanId) -> Result<Plan> {
    scope.read(find(id)).await?.ok_or(Error::NotFound)
}

async fn pause_sheet(scope: &Scope, plan: &Plan, values: &Filled) -> Result<Page> {
    let both = Pause { cancel_visits: Some(true), preview: None };
    let (id, version) = (plan.id, plan.version);
    let looked = tried(scope, true, async |tx| pause_plan(scope, tx, id, version, &both).await).await;
    let lines = looked.map(|outcome| outcome.changes).unwrap_or_default();
    let body = html! {
        p.soft."mb-4" { "While it is paused the plan books no visits. Taken up again, it goes on as if it had never rested: what fell due meanwhile is not made up for." }
        (form::form(&format!("/maintenance/{id}/pause"), values, html! {
            (field::hidden("version", version.to_string()))
            @if !lines.is_empty() {
                (draw_lines(scope, plan, &lines))
                (field::checkbox(values, "cancel_visits", "Cancel these visits too").hint("Otherwise they stay booked."))
            }
            (form::actions(html! { (button("Pause plan").primary()) (link_button("Cancel", format!("/maintenance/{id}")).quiet()) }))
        }))
    };
    Ok(frame(scope, plan, "Pause the plan", values.is_wrong(), body))
}

pub async fn pause(access: Access<MaintenanceWrite>, Path(id): Path<PlanId>) -> Result<Page> {
    let plan = known(&access, id).await?;
    pause_sheet(&access, &plan, &Filled::default()).await
}

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseForm {
    cancel_visits: Option<bool>,
}
impl Input for PauseForm {
    fn check(&mut self, _: &mut Checks) {}
}

pub async fn pause_post(access: Access<MaintenanceWrite>, Path(id): Path<PlanId>, form: Form<PauseForm>) -> Answer {
    let version = form.version()?;
    let work = async |input: PauseForm| {
        let input = Pause { cancel_visits: input.cancel_visits, preview: None };
        access
            .once(async |tx| {
                pause_plan(&access, tx, id, version, &input).await?;
                Ok(Redirect::to(format!("/maintenance/{id}")).toast("The plan is paused."))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let plan = known(&access, id).await?;
            pause_sheet(&access, &plan, &filled(typed)).await.map(Either::Again)
        }
    }
}

pub async fn resume_post(
    access: Access<MaintenanceWrite>,
    Path(id): Path<PlanId>,
    form: Form<Nothing>,
) -> Result<Repeatable<Redirect>> {
    let version = form.version()?;
    let work = async |_: Nothing| {
        access
            .once(async |tx| {
                resume(&access, tx, id, version).await?;
                Ok(Redirect::to(format!("/maintenance/{id}")).toast("The plan goes on."))
            })
            .await
    };
    form.then(work).await?.map_err(|typed| typed.refused())
}

fn end_sheet(scope: &Scope, plan: &Plan, values: &Filled, looked: Option<&Outcome>) -> Page {
    let id = plan.id;
    let body = html! {
        p.soft."mb-4" { "Visits that fall due after the last day are cancelled; what was made stays." }
        @if let Some(outcome) = looked { (draw_lines(scope, plan, &outcome.changes)) }
        (form::form(&format!("/maintenance/{id}/end"), values, html! {
            (field::hidden("version", plan.version.to_string()))
            @match looked {
                None => (field::date(values, "ends_on", "Last day").required()),
                Some(_) => (field::hidden("ends_on", values.value("ends_on"))),
            }
            (form::actions(html! {
                @match looked {
                    None => (button("See what changes").primary().sends("step", "look")),
                    Some(_) => (button("End plan").danger().sends("step", "save")),
                }
                (link_button("Cancel", format!("/maintenance/{id}")).quiet())
            }))
        }))
    };
    frame(scope, plan, "End the plan", values.is_wrong(), body)
}

pub async fn end(access: Access<MaintenanceWrite>, Path(id): Path<PlanId>) -> Result<Page> {
    let plan = known(&access, id).await?;
    let today = plan.today(access.now());
    Ok(end_sheet(&access, &plan, &Filled::of([("ends_on", today.to_string())]), None))
}

kernel::text_enum! {
    pub enum Step { Look = "look": "Look", Save = "save": "Save" }
}

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndForm {
    step: Option<Step>,
    ends_on: Date,
}
impl Input for EndForm {
    fn check(&mut self, _: &mut Checks) {}
}

pub async fn end_post(access: Access<MaintenanceWrite>, Path(id): Path<PlanId>, form: Form<EndForm>) -> Answer {
    let version = form.version()?;
    let plan = known(&access, id).await?;
    let work = async |input: EndForm| {
        let said = End { ends_on: Some(input.ends_on), preview: None };
        match input.step.unwrap_or(Step::Look) {
            Step::Look => {
                let outcome = tried(&access, true, async |tx| end_plan(&access, tx, id, version, &said).await).await?;
                let values = Filled::of([("ends_on", input.ends_on.to_string())]);
                Ok(Either::Again(end_sheet(&access, &plan, &values, Some(&outcome))))
            }
            Step::Save => access
                .once(async |tx| {
                    end_plan(&access, tx, id, version, &said).await?;
                    Ok(Redirect::to(format!("/maintenance/{id}")).toast("The plan ends."))
                })
                .await
                .map(Either::Done),
        }
    };
    match form.then(work).await? {
        Ok(done) => Ok(done),
        Err(typed) => Ok(Either::Again(end_sheet(&access, &plan, &filled(typed), None))),
    }
}
