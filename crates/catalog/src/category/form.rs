//! The page of the categories: the tree, a line each, changed and moved in place.
use kernel::{
    Access, Checks, Input, Result, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, field, form};

use super::{
    Category, CategoryId, Change, New, Status, active, change, create,
    step::{Step, step},
    tree,
};
use crate::permissions::CatalogWrite;

/// Written out, so that the style sheet knows them.
const DEEP: [&str; 5] = ["ml-0", "ml-4", "ml-8", "ml-12", "ml-16"];

fn parents(all: &[(usize, &Category)], but: Option<CategoryId>) -> Vec<(String, String)> {
    let others: Vec<_> = all.iter().filter(|(_, one)| Some(one.id) != but).copied().collect();
    tree::choices(&others, "On top")
}

fn line(all: &[(usize, &Category)], depth: usize, category: &Category) -> Markup {
    let to = format!("/price-book/categories/{}", category.id);
    let parent = category.parent_id.map(|id| id.to_string()).unwrap_or_default();
    let now = Filled::of([("name", category.name.clone()), ("parent_id", parent)]);
    let name = &category.name;
    let version = || field::hidden("version", category.version.to_string());
    let step = |way: &str, icon: &'static str, says: String| {
        form::verb_form(
            &format!("{to}/step"),
            html! {
                (field::hidden("way", way)) (button(&says).small().quiet().icon_only(icon).attr("title", says.clone()))
            },
        )
    };
    html! {
        div.(format!("flex flex-wrap items-center gap-2 py-1 {}", DEEP[depth.min(4)])) {
            form.contents method="post" action=(to) data-form {
                (form::key())
                (version())
                div."basis-full"."sm:basis-64" { (field::text(&now, "name", "Name").label_hidden().id(format!("name-{}", category.id)).most(80)) }
                div."min-w-0"."flex-1"."sm:basis-56"."sm:flex-none" { (field::select(&now, "parent_id", "Stands below", &parents(all, Some(category.id))).label_hidden().id(format!("parent-{}", category.id))) }
                (button("Save").small().attr("aria-label", format!("Save {name}")))
            }
            div."flex"."items-center" {
            (step("up", "arrow-up", format!("Move {name} up")))
            (step("down", "arrow-down", format!("Move {name} down")))
            (form::verb_form(&format!("{to}/archive"), html! { (version()) (button(format!("Archive {name}")).small().quiet().icon_only("archive").attr("title", format!("Archive {name}"))) }))
            }
        }
    }
}

fn draw(access: &Access<CatalogWrite>, all: &[Category], filled: &Filled) -> Page {
    let tree = tree::ordered(all);
    let body = html! {
        @if all.is_empty() { (card::empty("No categories yet", "Categories are the headings of the price book and of the booking page, such as “Air conditioning” or “Drains”.", html! {}, html! {})) }
        @for (depth, category) in &tree { (line(&tree, *depth, category)) }
        div.mt-4 { (form::form("/price-book/categories", filled, html! {
            (form::part("New category", "Up to five deep: “Heating”, below it “Furnaces”, below that “Repairs”.", form::pair(html! {
                (field::text(filled, "name", "Name").required().most(80))
                (field::select(filled, "parent_id", "Stands below", &parents(&tree, None)))
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
    keep(
        &access,
        id,
        form,
        |input| Change { status: None, parent_id: Some(input.parent_id.flatten()), ..input },
        "is saved",
    )
    .await
}

pub async fn post_step(access: Access<CatalogWrite>, Path(id): Path<CategoryId>, form: Form<Step>) -> Answer {
    let work = async |input: Step| {
        access
            .once(async |tx: &mut TenantTx| {
                let name = step(tx, id, input.way).await?;
                Ok(Redirect::to("/price-book/categories").toast(&format!("{name} is moved.")))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, &access.read(active()).await?, &shell::on_top(typed)))),
    }
}

/// Which version is meant stands beside it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Archive {}
impl Input for Archive {
    fn check(&mut self, _: &mut Checks) {}
}

pub async fn post_archive(access: Access<CatalogWrite>, Path(id): Path<CategoryId>, form: Form<Archive>) -> Answer {
    let archive = |_| Change { status: Some(Status::Archived), ..Change::default() };
    keep(&access, id, form, archive, "is archived; its items stay in the price book").await
}

async fn keep<T: Input + Send + Sync>(
    access: &Access<CatalogWrite>,
    id: CategoryId,
    form: Form<T>,
    as_asked: impl Fn(T) -> Change + Send + Sync,
    done: &str,
) -> Answer {
    let seen = form.version()?;
    let work = async |input: T| {
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
