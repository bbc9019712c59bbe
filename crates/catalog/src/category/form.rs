//! The page of the categories: one line each, changed in place.
use kernel::{
    Access, Result, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::html;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, field, form};

use super::{Category, CategoryId, Change, New, Status, active, change, create};
use crate::permissions::CatalogWrite;

fn draw(access: &Access<CatalogWrite>, all: &[Category], filled: &Filled) -> Page {
    let line = |category: &Category| {
        let none = Filled::of([("name", category.name.clone()), ("position", category.position.to_string())]);
        html! {
            div.form-acts {
                form.contents method="post" action={ "/price-book/categories/" (category.id) } data-form {
                    (form::key())
                    (field::hidden("version", category.version.to_string()))
                    (field::text(&none, "name", "Name").label_hidden().id(format!("name-{}", category.id)).most(80))
                    (field::number(&none, "position", "Position").label_hidden().after("position").id(format!("position-{}", category.id)))
                    (button("Save").small())
                }
                (form::verb_form(&format!("/price-book/categories/{}/archive", category.id), html! { (field::hidden("version", category.version.to_string())) (button("Archive").small().quiet().icon("archive")) }))
            }
        }
    };
    let body = html! {
        @if all.is_empty() { (card::empty("No categories yet", "Categories are the headings of the price book and of the booking page, such as “Air conditioning” or “Drains”.", html! {}, html! {})) }
        @for category in all { (line(category)) }
        div.mt-4 { (form::form("/price-book/categories", filled, html! {
            (form::part("New category", "Smaller positions stand higher.", form::pair(html! {
                (field::text(filled, "name", "Name").required().most(80))
                (field::number(filled, "position", "Position"))
            })))
            (form::actions(html! { (button("Add category").primary()) }))
        })) }
    };
    let crumbs = vec![("Price book".into(), "/price-book".into())];
    let mut page = shell::page(
        access,
        Frame { title: "Categories".into(), active: "/price-book", crumbs, body, ..Frame::default() },
    );
    page.status = if filled.is_wrong() { 422 } else { 200 };
    page
}

pub async fn page(access: Access<CatalogWrite>) -> Result<Page> {
    let all = access.read(active()).await?;
    Ok(draw(&access, &all, &Filled::default()))
}

type Answer = Result<Either<Repeatable<Redirect>, Page>>;

pub async fn post(access: Access<CatalogWrite>, form: Form<New>) -> Answer {
    let work = async |new: New| {
        access
            .once(async |tx: &mut TenantTx| {
                let category = create(tx, new.clone()).await?;
                Ok(Redirect::to("/price-book/categories").toast(&format!("{} is added.", category.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, &access.read(active()).await?, &shell::filled(typed)))),
    }
}

pub async fn post_edit(access: Access<CatalogWrite>, Path(id): Path<CategoryId>, form: Form<Change>) -> Answer {
    keep(&access, id, form, |input| Change { status: None, ..input }, "is saved").await
}

pub async fn post_archive(access: Access<CatalogWrite>, Path(id): Path<CategoryId>, form: Form<Change>) -> Answer {
    let archive = |_| Change { status: Some(Status::Archived), ..Change::default() };
    keep(&access, id, form, archive, "is archived; its items stay in the price book").await
}

async fn keep(
    access: &Access<CatalogWrite>,
    id: CategoryId,
    form: Form<Change>,
    as_asked: impl Fn(Change) -> Change + Send + Sync,
    done: &str,
) -> Answer {
    let seen = form.version()?;
    let work = async |input: Change| {
        let input = as_asked(input);
        access
            .once(async |tx: &mut TenantTx| {
                let category = change(tx, id, seen, input.clone()).await?;
                Ok(Redirect::to("/price-book/categories").toast(&format!("{} {done}.", category.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(access, &access.read(active()).await?, &shell::on_top(typed)))),
    }
}
