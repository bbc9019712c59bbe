//! The page of the fields: what each is called, what may stand in it, where it stands.
use kernel::{
    Access, Checks, Input, Result, Scope, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::{
    SettingsWrite,
    shell::{self, Frame},
};
use ui::{Filled, button, card, field, form};

use super::{Change, Field, FieldId, Kind, New, all, change, create, forget, remove};
use crate::permissions::CustomersRead;

const HERE: &str = "/settings/fields";

/// Choices are typed a line each.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewForm {
    label: String,
    kind: Option<Kind>,
    choices: Option<String>,
    required: bool,
    #[serde(skip)]
    new: Option<New>,
}

fn lines(text: Option<&String>) -> Vec<String> {
    let lines = text.map(String::as_str).unwrap_or_default().lines();
    lines.map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// What is wrong with one of the lines is wrong with the box.
fn in_the_box(checks: &mut Checks, within: Checks) {
    if let Err(kernel::Error::Invalid(errors)) = within.done() {
        for error in errors {
            let at = error.pointer.trim_start_matches('/');
            checks.that(false, at.split('/').next().unwrap_or(at), &error.code, error.message.clone());
        }
    }
}

impl Input for NewForm {
    fn check(&mut self, checks: &mut Checks) {
        let kind = self.kind.unwrap_or(Kind::Text);
        let choices = lines(self.choices.as_ref());
        let mut new = New { label: self.label.clone(), kind, key: None, choices, required: self.required };
        let mut within = Checks::default();
        new.check(&mut within);
        in_the_box(checks, within);
        self.new = Some(new);
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChangeForm {
    label: String,
    choices: Option<String>,
    required: bool,
    position: Option<i32>,
    #[serde(skip)]
    change: Change,
}
impl Input for ChangeForm {
    fn check(&mut self, checks: &mut Checks) {
        let choices = Some(lines(self.choices.as_ref()));
        let (label, required) = (Some(self.label.clone()), Some(self.required));
        self.change = Change { label, choices, required, position: self.position };
        let mut within = Checks::default();
        self.change.check(&mut within);
        in_the_box(checks, within);
    }
}

fn line(of: &Field, may: bool) -> Markup {
    let is = Filled::of([
        ("label", of.label.clone()),
        ("choices", of.choices.join("\n")),
        ("required", if of.required { "true".into() } else { String::new() }),
        ("position", of.position.to_string()),
    ]);
    let id = |name: &str| format!("{name}-{}", of.id);
    let here = format!("{HERE}/{}", of.id);
    html! { section.card."p-4"."mb-4" {
        div."flex"."gap-2"."items-center"."justify-between" {
            p { strong { (of.label) } " " span.dim.t12 { (of.kind.label()) @if of.required { ", required" } } br;
                span.dim.t12 { code { (of.key) } @if !of.choices.is_empty() { " · " (of.choices.join(", ")) } } }
            @if may { (form::verb_form(&format!("{here}/delete"), html! { (button("Delete").danger().small().attr("aria-label", format!("Delete {}", of.label))) })) }
        }
        @if may { details.fold {
            summary.t13.dim { "Change" }
            (form::form(&here, &is, html! {
                (field::hidden("version", of.version.to_string()))
                (form::pair(html! {
                    (field::text(&is, "label", "What you call it").required().most(60).id(id("label")).autocomplete("off"))
                    (field::number(&is, "position", "Place").id(id("position")).hint("Fields stand in the order of these numbers."))
                }))
                @if of.kind == Kind::Choice { (field::textarea(&is, "choices", "What can be chosen").rows(4).id(id("choices")).hint("A line each.")) }
                @if of.kind != Kind::Flag { (field::checkbox(&is, "required", "Must be filled in").id(id("required"))) }
                (form::actions(html! { (button("Save").small()) }))
            }))
        } }
    } }
}

async fn draw(scope: &Scope, filled: &Filled) -> Result<Page> {
    let fields = scope.read(all()).await?;
    let may = scope.can::<SettingsWrite>();
    let kinds: Vec<(&str, &str)> = Kind::ALL.iter().map(|kind| (kind.as_str(), kind.label())).collect();
    let body = html! { div.form-narrow {
        p.soft."mb-6" { "What you keep of each customer besides. The fields stand on the customer's page and form, in the API and in exports, and a search finds what is in them." }
        @if fields.is_empty() { (card::empty("No field yet", "Such as “Gate code”, “Filter size” or “Contract until”.", html! {}, html! {})) }
        @for of in &fields { (line(of, may)) }
        @if may {
            (form::form(HERE, filled, html! {
                (form::part("New field", "", html! {
                    (form::pair(html! {
                        (field::text(filled, "label", "What you call it").required().most(60).placeholder("Gate code").autocomplete("off"))
                        (field::select(filled, "kind", "What stands in it", &kinds))
                    }))
                    (field::textarea(filled, "choices", "What can be chosen").rows(3).hint("For “One of several”: a line each."))
                    (field::checkbox(filled, "required", "Must be filled in"))
                }))
                (form::actions(html! { (button("Add field").primary()) }))
            }))
        }
    } };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    let frame = Frame { title: "Customer fields".into(), active: "/settings", crumbs, body, ..Frame::default() };
    let mut page = shell::page(scope, frame);
    page.status = if filled.is_wrong() { 422 } else { 200 };
    Ok(page)
}

pub async fn page(access: Access<CustomersRead>) -> Result<Page> {
    draw(&access, &Filled::default()).await
}

type Answer = Result<Either<Repeatable<Redirect>, Page>>;

pub async fn post(access: Access<SettingsWrite>, form: Form<NewForm>) -> Answer {
    let work = async |form: NewForm| {
        access
            .once(async |tx: &mut TenantTx| {
                let Some(new) = form.new.clone() else { return Ok(Redirect::to(HERE)) };
                let field = create(tx, new).await?;
                Ok(Redirect::to(HERE).toast(&format!("{} is added.", field.label)))
            })
            .await
    };
    let done = form.then(work).await?;
    forget(&access);
    match done {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, &shell::filled(typed)).await?)),
    }
}

pub async fn post_change(access: Access<SettingsWrite>, Path(id): Path<FieldId>, form: Form<ChangeForm>) -> Answer {
    let seen = form.version()?;
    let work = async |form: ChangeForm| {
        access
            .once(async |tx: &mut TenantTx| {
                let field = change(tx, id, seen, form.change.clone()).await?;
                Ok(Redirect::to(HERE).toast(&format!("{} is saved.", field.label)))
            })
            .await
    };
    let done = form.then(work).await?;
    forget(&access);
    match done {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, &shell::on_top(typed)).await?)),
    }
}

pub async fn post_remove(access: Access<SettingsWrite>, Path(id): Path<FieldId>) -> Result<Repeatable<Redirect>> {
    let done = access
        .once(async |tx: &mut TenantTx| {
            let field = remove(tx, id).await?;
            Ok(Redirect::to(HERE).toast(&format!("{} is deleted; what stands in it is being cleared.", field.label)))
        })
        .await;
    forget(&access);
    done
}
