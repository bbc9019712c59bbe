//! The pages on which a view is saved, renamed, shared and deleted.
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Either, Form, Page, Path, Query, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, field, form, link_button};

use super::{Change, Filter, New, View, ViewId, all, change, create, create::check_name, may_share, owner, remove};
use crate::{
    customer::Status,
    permissions::{CustomersRead, CustomersWrite},
};

const HERE: &str = "/customers/views";

/// A form is flat: the filter's fields are its own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ViewForm {
    name: String,
    #[serde(default)]
    shared: bool,
    q: Option<String>,
    status: Option<Status>,
    city: Option<String>,
    tag: Option<String>,
    #[serde(skip)]
    new: New,
}
impl Input for ViewForm {
    fn check(&mut self, checks: &mut Checks) {
        let Self { name, shared, q, status, city, tag, .. } = std::mem::take(self);
        self.new = New { name, shared, filter: Filter { q, status, city, tag } };
        check_name(checks, &mut self.new.name);
        self.new.filter.check(checks);
        let filtered = !self.new.filter.is_nothing();
        checks.that(filtered, "name", "required", "Filter the list first: a view of everybody is the list.");
    }
}

fn framed(scope: &Scope, title: &str, crumbs: &[(&str, &str)], body: Markup, filled: &Filled) -> Page {
    let crumbs = crumbs.iter().map(|(label, href)| ((*label).to_owned(), (*href).to_owned())).collect();
    let mut page =
        shell::page(scope, Frame { title: title.into(), active: "/customers", crumbs, body, ..Frame::default() });
    page.status = if filled.is_wrong() { 422 } else { 200 };
    page
}

/// Only who may change customers decides what everybody has.
fn share(scope: &Scope, filled: &Filled) -> Markup {
    html! { @if scope.can::<CustomersWrite>() {
        (field::checkbox(filled, "shared", "Share it").hint("Everybody who sees customers has it in their menu."))
    } }
}

fn draw_new(access: &Access<CustomersRead>, filter: &Filter, filled: &Filled) -> Page {
    let hidden =
        |name: &str, value: Option<String>| html! { @if let Some(value) = value { (field::hidden(name, value)) } };
    let body = html! { div.form-narrow { (form::form(&format!("{HERE}/new"), filled, html! {
        @if filter.is_nothing() { p.soft."mb-4" { "Filter the list first: a view of everybody is the list." } }
        @else { p.soft."mb-4" { (filter.words()) "." } }
        (hidden("q", filter.q.clone())) (hidden("status", filter.status.map(|status| status.to_string())))
        (hidden("city", filter.city.clone())) (hidden("tag", filter.tag.clone()))
        (field::text(filled, "name", "What you call it").required().most(60).placeholder("Net 30 in Salem").autocomplete("off").focus())
        (share(access, filled))
        (form::actions(html! { (button("Save view").primary()) (link_button("Cancel", filter.href("/customers")).quiet()) }))
    })) } };
    framed(access, "Save view", &[("Customers", "/customers"), ("Views", HERE)], body, filled)
}

pub async fn new(access: Access<CustomersRead>, Query(filter): Query<Filter>) -> Result<Page> {
    Ok(draw_new(&access, &filter, &Filled::default()))
}

type Answer = Result<Either<Repeatable<Redirect>, Page>>;

pub async fn post(access: Access<CustomersRead>, form: Form<ViewForm>) -> Answer {
    let said = |name: &str| form.value(name).map(str::to_owned).filter(|value| !value.is_empty());
    let status = said("status").and_then(|status| status.parse().ok());
    let filter = Filter { q: said("q"), status, city: said("city"), tag: said("tag") };
    let work = async |form: ViewForm| {
        may_share(&access, form.new.shared)?;
        let member = owner(&access, form.new.shared)?;
        access
            .once(async |tx: &mut TenantTx| {
                let view = create(tx, form.new.clone(), member).await?;
                Ok(Redirect::to(view.filter.href("/customers")).toast(&format!("The view {} is saved.", view.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw_new(&access, &filter, &shell::filled(typed)))),
    }
}

fn line(scope: &Scope, view: &View) -> Markup {
    let is =
        Filled::of([("name", view.name.clone()), ("shared", if view.shared { "true".into() } else { String::new() })]);
    let may = !view.shared || scope.can::<CustomersWrite>();
    let here = format!("{HERE}/{}", view.id);
    html! { section.card."p-4"."mb-4" {
        div."flex"."gap-2"."items-center"."justify-between" {
            p { a.link href=(view.filter.href("/customers")) { (view.name) } @if view.shared { " " (ui::tag("Shared")) } br; span.dim.t12 { (view.filter.words()) } }
            @if may { (form::verb_form(&format!("{here}/delete"), html! { (button("Delete").danger().small().attr("aria-label", format!("Delete {}", view.name))) })) }
        }
        @if may { details.fold {
            summary.t13.dim { "Change" }
            (form::form(&here, &is, html! {
                (field::hidden("version", view.version.to_string()))
                (field::text(&is, "name", "What you call it").required().most(60).id(format!("name-{}", view.id)).autocomplete("off"))
                @if scope.can::<CustomersWrite>() { (field::checkbox(&is, "shared", "Share it").id(format!("shared-{}", view.id))) }
                (form::actions(html! { (button("Save").small()) }))
            }))
        } }
    } }
}

fn draw(scope: &Scope, views: &[View], filled: &Filled) -> Page {
    let body = html! { div.form-narrow {
        p.soft."mb-6" { "Filters of the list under a name. Filter the list and choose “Save this view” in its menu." }
        (form::summary(filled))
        @for view in views { (line(scope, view)) }
        @if views.is_empty() {
            (card::empty("No view yet", "Such as “Net 30 in Salem”: what you look for often is one press away.", html! { (link_button("To the list", "/customers")) }, html! {}))
        }
    } };
    framed(scope, "Views", &[("Customers", "/customers")], body, filled)
}

pub async fn page(access: Access<CustomersRead>) -> Result<Page> {
    Ok(draw(&access, &access.read(all(&access)).await?, &Filled::default()))
}

/// A tick that is not there says no.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChangeForm {
    name: String,
    shared: bool,
}
impl Input for ChangeForm {
    fn check(&mut self, checks: &mut Checks) {
        check_name(checks, &mut self.name);
    }
}

pub async fn post_change(access: Access<CustomersRead>, Path(id): Path<ViewId>, form: Form<ChangeForm>) -> Answer {
    let seen = form.version()?;
    let work = async |form: ChangeForm| {
        access
            .once(async |tx: &mut TenantTx| {
                let input = Change { name: Some(form.name.clone()), shared: Some(form.shared), filter: None };
                let view = change(tx, &access, id, seen, input).await?;
                Ok(Redirect::to(HERE).toast(&format!("The view {} is saved.", view.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, &access.read(all(&access)).await?, &shell::on_top(typed)))),
    }
}

pub async fn post_remove(access: Access<CustomersRead>, Path(id): Path<ViewId>) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            let view = remove(tx, &access, id).await?;
            Ok::<_, Error>(Redirect::to(HERE).toast(&format!("The view {} is deleted.", view.name)))
        })
        .await
}
