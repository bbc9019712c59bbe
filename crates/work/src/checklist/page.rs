//! The pages of the checklists: all of them, and one with its questions.
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{self, Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{
    Filled, button, card, field, form,
    table::{Column, Row, Table, row_link},
};

use super::{Change, Checklist, ChecklistId, New, Status, all, change, create, find, starter::Starter};
use crate::{
    line::quantity,
    permissions::{ChecklistsWrite, WorkRead},
    question::{Kind, Question},
};

pub type Answer = Result<Either<Repeatable<Redirect>, Page>>;

const SAYS: &str = "A job asks what its checklists ask: those of its items, and those of every job. It takes the questions along when it begins, so changing them here changes no job that has begun.";

fn frame(title: &str, crumbs: Vec<(String, String)>, actions: Markup, body: Markup) -> Frame {
    Frame { title: title.into(), active: "/settings", crumbs, actions, body, ..Frame::default() }
}

fn where_asked(one: &Checklist) -> String {
    match (one.every_job, one.items) {
        (true, 0) => "On every job".into(),
        (true, 1) => "On every job, and with 1 item".into(),
        (true, n) => format!("On every job, and with {n} items"),
        (false, 0) => "Nowhere yet".into(),
        (false, 1) => "With 1 item".into(),
        (false, n) => format!("With {n} items"),
    }
}

fn ready(may: bool) -> Markup {
    html! { @if may {
        section."mt-8" aria-label="To begin with" {
            h2.strong."mb-2" { "To begin with" }
            @for one in Starter::ALL {
                (card::line("list-checks", one.label(), &format!("{} · {} questions", one.trade(), one.questions().len()), html! {
                    form.contents method="post" action="/settings/checklists/starter" data-form { (form::key()) (field::hidden("starter", one.as_str()))
                        (button("Add").small().icon("plus").attr("aria-label", format!("Add {}", one.label()))) }
                }))
            }
        }
    } }
}

fn draw_all(scope: &Scope, lists: &[Checklist], filled: &Filled) -> Page {
    let may = scope.can::<ChecklistsWrite>();
    let columns = [
        Column::lead("Checklist").width(40),
        Column::number("Questions").width(14),
        Column::text("Asked"),
        Column::text("State").side(),
    ];
    let row = |one: &Checklist| {
        let state = if one.status == Status::Active { "active" } else { "inactive" };
        let cells = vec![
            row_link(&format!("/settings/checklists/{}", one.id), &one.name, ""),
            html! { (one.questions.len()) },
            html! { (where_asked(one)) },
            ui::status_saying(state, one.status.label()),
        ];
        Row::new(one.id.to_string(), one.name.clone(), cells).sub(where_asked(one))
    };
    let rows: Vec<Row> = lists.iter().map(row).collect();
    let body = html! {
        p.soft."mb-4" { (SAYS) }
        @if rows.is_empty() { (card::empty("No checklists yet", "What must not be forgotten on a job: readings, safety, a photo of the plate. Take one of those below and make it your own, or begin with an empty one.", html! {}, html! {})) }
        @else { (Table::new("Checklists", &columns).show(&rows)) }
        @if may {
            div."mt-8" { (form::form("/settings/checklists", filled, html! {
                (form::part("New checklist", "", html! {
                    (field::text(filled, "name", "Name").required().most(80).placeholder("AC tune-up"))
                    (field::checkbox(filled, "every_job", "Asked on every job"))
                }))
                (form::actions(html! { (button("Add checklist").primary()) }))
            })) }
        }
        (ready(may))
    };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    let page = shell::page(scope, frame("Checklists", crumbs, html! {}, body));
    Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page }
}

async fn lists(scope: &Scope) -> Result<Vec<Checklist>> {
    Ok(scope.read(all()).await?.into_iter().map(Checklist::from).collect())
}

pub async fn page(access: Access<WorkRead>) -> Result<Page> {
    Ok(draw_all(&access, &lists(&access).await?, &Filled::default()))
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sheet {
    name: String,
    every_job: Option<bool>,
}
impl Input for Sheet {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 80, "a name, such as AC tune-up");
    }
}

pub async fn post(access: Access<ChecklistsWrite>, form: Form<Sheet>) -> Answer {
    let work = async |typed: Sheet| {
        access
            .once(async |tx: &mut TenantTx| {
                let new = New { name: typed.name.clone(), every_job: typed.every_job == Some(true), questions: vec![] };
                let made = create(tx, new).await?;
                let says = format!("{} is added. Give it questions.", made.name);
                Ok(Redirect::to(format!("/settings/checklists/{}", made.id)).toast(&says))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw_all(&access, &lists(&access).await?, &shell::filled(typed)))),
    }
}

/// "Reading, 14 to 22 °F · required · fails on no".
fn says(question: &Question) -> String {
    let bounds = question.bounds();
    let kind = match (bounds.is_empty(), &question.unit) {
        (false, _) => format!("{}, {bounds}", question.kind.label()),
        (true, Some(unit)) => format!("{}, {unit}", question.kind.label()),
        (true, None) => question.kind.label().to_owned(),
    };
    let choices = (!question.choices.is_empty()).then(|| question.choices.join(", "));
    let fails = (!question.fails_on.is_empty()).then(|| format!("wrong when: {}", question.fails_on.join(", ")));
    let required = question.required.then(|| "required".to_owned());
    [Some(kind), choices, required, fails, question.hint.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn fields(filled: &Filled, own: &str) -> Markup {
    let id = |name: &str| format!("f-{name}{own}");
    let kinds: Vec<(&str, &str)> = Kind::ALL.iter().map(|kind| (kind.as_str(), kind.label())).collect();
    html! {
        (field::text(filled, "words", "What is asked").required().most(200).id(id("words")))
        (form::pair(html! {
            (field::select(filled, "kind", "Kind of answer", &kinds).id(id("kind")))
            (field::text(filled, "hint", "Hint").most(300).id(id("hint")))
        }))
        (field::checkbox(filled, "required", "A job is not finished without it").id(id("required")))
        details.fold open[["unit", "least", "most", "choices", "fails_on"].iter().any(|name| filled.error(name).is_some())] {
            summary { (ui::icon_class("chevron-right", "i-s")) "Unit, bounds, answers to choose from, and what is wrong" }
            div.form {
                (form::pair(html! {
                    (field::number(filled, "least", "At least").id(id("least")).hint("A number must not be less; a reading that is less asks for a note."))
                    (field::number(filled, "most", "At most").id(id("most")))
                }))
                (field::text(filled, "unit", "Unit").most(20).placeholder("psi").id(id("unit")))
                (form::pair(html! {
                    (field::textarea(filled, "choices", "To choose from").rows(3).most(2000).hint("One a line, for one of several.").id(id("choices")))
                    (field::textarea(filled, "fails_on", "Something is wrong when").rows(3).most(2000).hint("One a line: yes or no, or some of the choices. Such an answer asks for a note.").id(id("fails_on")))
                }))
            }
        }
    }
}

fn values(question: &Question) -> Filled {
    let bound = |bound: Option<i64>| bound.map(quantity).unwrap_or_default();
    Filled::of([
        ("words", question.words.clone()),
        ("kind", question.kind.to_string()),
        ("hint", question.hint.clone().unwrap_or_default()),
        ("required", if question.required { "true".into() } else { String::new() }),
        ("unit", question.unit.clone().unwrap_or_default()),
        ("least", bound(question.least_milli)),
        ("most", bound(question.most_milli)),
        ("choices", question.choices.join("\n")),
        ("fails_on", question.fails_on.join("\n")),
    ])
}

fn line(one: &Checklist, place: usize, question: &Question, may: bool) -> Markup {
    let to = format!("/settings/checklists/{}/questions", one.id);
    let hidden = || html! { (form::key()) (field::hidden("version", one.version.to_string())) (field::hidden("place", place.to_string())) };
    let step = |by: &str, sign: &'static str, word: &str| {
        html! { form.contents method="post" action={ (to) "/step" } data-form { (hidden()) (field::hidden("step", by))
        (button(word).small().quiet().icon_only(sign).attr("aria-label", format!("{word}: {}", question.words))) } }
    };
    html! {
        li."py-3" {
            (card::line("circle-help", &question.words, &says(question), html! { @if may { div."flex"."gap-1" {
                @if place > 0 { (step("-1", "chevron-up", "Earlier")) }
                @if place + 1 < one.questions.len() { (step("1", "chevron-down", "Later")) }
            } } }))
            @if may { (ui::fold("Change", html! {
                form.form method="post" action=(to) data-form novalidate { (hidden()) (fields(&values(question), &format!("-{place}")))
                    (form::actions(html! { (button("Save question").small()) })) }
                form.contents method="post" action={ (to) "/remove" } data-form { (hidden()) (button("Take off").small().quiet().icon("trash-2")) }
            })) }
        }
    }
}

fn draw(scope: &Scope, one: &Checklist, filled: &Filled) -> Page {
    let may = scope.can::<ChecklistsWrite>();
    let at = format!("/settings/checklists/{}", one.id);
    let active = one.status == Status::Active;
    let now = Filled::of([
        ("name", one.name.clone()),
        ("every_job", if one.every_job { "true".into() } else { String::new() }),
    ]);
    let version = || field::hidden("version", one.version.to_string());
    let verbs = html! { @if may {
        form.contents method="post" action={ (at) "/status" } data-form { (form::key()) (version())
            (field::hidden("status", if active { "archived" } else { "active" }))
            @if active { (button("Archive").quiet().icon("archive")) } @else { (button("Put back in use").icon("rotate-ccw")) } }
    } };
    let body = html! {
        (form::summary(filled))
        p.soft."mb-4" { (where_asked(one)) @if !one.every_job { ". Which items bring it is said with the item, in the price book." } }
        @if one.questions.is_empty() { (card::empty("No questions yet", "Add what is to be looked at, measured or photographed. The order is the order in which it is done.", html! {}, html! {})) }
        @else { ol aria-label="Questions" { @for (place, question) in one.questions.iter().enumerate() { (line(one, place, question, may)) } } }
        @if may {
            div."mt-6" { (form::form(&format!("{at}/questions"), &Filled::default(), html! {
                (version())
                (form::part("Add a question", "", fields(filled, "")))
                (form::actions(html! { (button("Add question").primary()) }))
            })) }
            div."mt-8" { (form::form(&at, &Filled::default(), html! {
                (version())
                (form::part("The checklist", "", html! {
                    (field::text(&now, "name", "Name").required().most(80).id("f-list-name"))
                    (field::checkbox(&now, "every_job", "Asked on every job").id("f-list-every"))
                }))
                (form::actions(html! { (button("Save checklist")) }))
            })) }
        }
    };
    let crumbs = vec![("Settings".into(), "/settings".into()), ("Checklists".into(), "/settings/checklists".into())];
    let page = shell::page(scope, frame(&one.name, crumbs, verbs, body));
    Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page }
}

async fn known(scope: &Scope, id: ChecklistId) -> Result<Checklist> {
    scope.read(find(id)).await?.map(Checklist::from).ok_or(Error::NotFound)
}

pub async fn edit(access: Access<WorkRead>, Path(id): Path<ChecklistId>) -> Result<Page> {
    Ok(draw(&access, &known(&access, id).await?, &Filled::default()))
}

/// The page again with what was wrong, or what was done.
pub(super) async fn outcome(
    access: &Access<ChecklistsWrite>,
    id: ChecklistId,
    outcome: Result<Repeatable<Redirect>, http::Typed>,
) -> Answer {
    match outcome {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(access, &known(access, id).await?, &shell::filled(typed)))),
    }
}

pub async fn edit_post(access: Access<ChecklistsWrite>, Path(id): Path<ChecklistId>, form: Form<Sheet>) -> Answer {
    let version = form.version()?;
    let work = async |typed: Sheet| {
        let input = Change {
            name: Some(typed.name.clone()),
            every_job: Some(typed.every_job == Some(true)),
            ..Change::default()
        };
        access
            .once(async |tx: &mut TenantTx| {
                change(tx, id, version, &input).await?;
                Ok(Redirect::to(format!("/settings/checklists/{id}")).toast("Saved"))
            })
            .await
    };
    outcome(&access, id, form.then(work).await?).await
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rest {
    status: Status,
}
impl Input for Rest {
    fn check(&mut self, _: &mut Checks) {
        // One of the two, or it is not read at all.
    }
}

pub async fn status_post(access: Access<ChecklistsWrite>, Path(id): Path<ChecklistId>, form: Form<Rest>) -> Answer {
    let version = form.version()?;
    let work = async |typed: Rest| {
        access
            .once(async |tx: &mut TenantTx| {
                let made = change(tx, id, version, &Change { status: Some(typed.status), ..Change::default() }).await?;
                let says = if typed.status == Status::Active { "in use" } else { "archived" };
                Ok(Redirect::to("/settings/checklists").toast(&format!("{} is {says}.", made.name)))
            })
            .await
    };
    outcome(&access, id, form.then(work).await?).await
}
