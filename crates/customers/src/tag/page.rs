//! The page of the tags: what each is called, its colour, how many have it.
use kernel::{
    Access, Result, Scope, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
    row, sql,
};
use maud::html;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, field, form};

use super::{Change, Colour, New, Tag, TagId, all, change, create, remove};
use crate::{
    customer::list::with_tag,
    permissions::{CustomersRead, CustomersTags, CustomersWrite},
};

const HERE: &str = "/settings/tags";
/// Nobody counts further.
const COUNTED: i64 = 1000;

row! { struct Count { tag_id: TagId, customers: i64 } }

sql! {
    fn counts(most: i64) -> Vec<Count> = "
        select t.id as tag_id, n.customers from tag t cross join lateral (
            select count(*) as customers from (
                select from customer_tag g where g.tenant_id = $1 and g.tag_id = t.id limit $2) found) n
        where t.tenant_id = $1 order by t.name_key limit 200";
}

fn words(customers: i64) -> String {
    match customers {
        0 => "nobody".into(),
        1 => "1 customer".into(),
        many if many >= COUNTED => "1,000 customers or more".into(),
        many => format!("{many} customers"),
    }
}

async fn draw(scope: &Scope, filled: &Filled) -> Result<Page> {
    let (tags, counts) = scope.read((all(), counts(COUNTED))).await?;
    let may = scope.can::<CustomersTags>();
    let many = |tag: &Tag| counts.iter().find(|count| count.tag_id == tag.id).map_or(0, |count| count.customers);
    let colours: Vec<(&str, &str)> = Colour::ALL.iter().map(|colour| (colour.as_str(), colour.label())).collect();
    let line = |tag: &Tag| {
        let is = Filled::of([("name", tag.name.clone()), ("colour", tag.colour.to_string())]);
        html! { section.card."p-3"."mb-2" {
            div."flex"."gap-2"."items-center"."justify-between" {
                p { (ui::tag_link(tag.colour.as_str(), &tag.name, &with_tag(&tag.name))) " " span.dim.t12 { (words(many(tag))) } }
                @if may { (form::verb_form(&format!("{HERE}/{}/delete", tag.id), html! { (button("Delete").danger().small().attr("aria-label", format!("Delete {}", tag.name))) })) }
            }
            @if may { details.fold {
                summary.t13.dim { "Change" }
                (form::form(&format!("{HERE}/{}", tag.id), &is, html! {
                    (field::hidden("version", tag.version.to_string()))
                    (form::pair(html! {
                        (field::text(&is, "name", "Name").required().most(40).id(format!("name-{}", tag.id)).autocomplete("off"))
                        (field::select(&is, "colour", "Colour", &colours).id(format!("colour-{}", tag.id)))
                    }))
                    (form::actions(html! { (button("Save").small()) }))
                }))
            } }
        } }
    };
    let body = html! { div.form-narrow {
        p.soft."mb-6" { "Your own words for customers. They stand beside the name, the list is filtered by them, and a search finds who has them." }
        @if tags.is_empty() { (card::empty("No tag yet", "Such as “VIP”, “Net 30” or “Has a dog”. A tag is made here, or as soon as a customer is given it.", html! {}, html! {})) }
        @for tag in &tags { (line(tag)) }
        @if scope.can::<CustomersWrite>() {
            (form::form(HERE, filled, html! {
                (form::part("New tag", "", form::pair(html! {
                    (field::text(filled, "name", "What you call it").required().most(40).placeholder("VIP").autocomplete("off"))
                    (field::select(filled, "colour", "Colour", &colours))
                })))
                (form::actions(html! { (button("Add tag").primary()) }))
            }))
        }
    } };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    let mut page =
        shell::page(scope, Frame { title: "Tags".into(), active: "/settings", crumbs, body, ..Frame::default() });
    page.status = if filled.is_wrong() { 422 } else { 200 };
    Ok(page)
}

pub async fn page(access: Access<CustomersRead>) -> Result<Page> {
    draw(&access, &Filled::default()).await
}

type Answer = Result<Either<Repeatable<Redirect>, Page>>;

pub async fn post(access: Access<CustomersWrite>, form: Form<New>) -> Answer {
    let work = async |new: New| {
        access
            .once(async |tx: &mut TenantTx| {
                let tag = create(tx, new.clone()).await?;
                Ok(Redirect::to(HERE).toast(&format!("{} is added.", tag.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, &shell::filled(typed)).await?)),
    }
}

pub async fn post_change(access: Access<CustomersTags>, Path(id): Path<TagId>, form: Form<Change>) -> Answer {
    let seen = form.version()?;
    let work = async |input: Change| {
        access
            .once(async |tx: &mut TenantTx| {
                let tag = change(tx, id, seen, input.clone()).await?;
                Ok(Redirect::to(HERE).toast(&format!("{} is saved.", tag.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, &shell::on_top(typed)).await?)),
    }
}

pub async fn post_remove(access: Access<CustomersTags>, Path(id): Path<TagId>) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            let removed = remove(tx, id).await?;
            let name = removed.tag.map(|tag| tag.name).unwrap_or_default();
            let had = words(removed.customers as i64);
            Ok(Redirect::to(HERE).toast(&format!("{name} is deleted; {had} had it.")))
        })
        .await
}
