//! The page on which the parts of an item are gathered: found by name, each with its quantity.
use kernel::{
    Access, Checks, Error, Input, PricesSee, Result, Scope, TenantTx,
    http::{Either, Form, Page, Path, Query, Redirect, Repeatable},
    money::scale,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, field, form};

use super::{Given, Parts, Row, of, quantity, set, thousandths};
use crate::{
    item::{Item, ItemId, Kind, Status, find, list::search},
    permissions::CatalogWrite,
    price::panel::section,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Search {
    /// Looked for in the price book.
    pub q: Option<String>,
}

/// So many of one part; an empty quantity is one of it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartForm {
    pub item_id: ItemId,
    #[serde(default)]
    pub quantity: String,
}
impl Input for PartForm {
    fn check(&mut self, checks: &mut Checks) {
        let good = self.quantity.trim().is_empty() || thousandths(&self.quantity).is_some();
        checks.that(good, "quantity", "number", "A quantity is a number above nothing, such as 2 or 1.5.");
    }
}

fn line(scope: &Scope, to: &str, row: &Row, item: &Item) -> Markup {
    let language = &scope.tenant().locale.language;
    let money = |minor: i64| kernel::Money::new(minor, item.price().currency).display(language);
    let filled = Filled::of([("quantity", quantity(row.quantity_milli))]);
    let amount = money(scale(row.price_minor, row.quantity_milli, 1000));
    let says = match scope.can::<PricesSee>() {
        true => {
            format!("{} · {} × {} = {amount}", row.kind.label(), quantity(row.quantity_milli), money(row.price_minor))
        }
        false => row.kind.label().to_owned(),
    };
    card::line(
        "package",
        &row.name,
        &says,
        html! {
            form."flex"."items-center"."gap-1" method="post" action=(to) data-form {
                (form::key())
                (field::hidden("item_id", row.part_id.to_string()))
                div."w-16" { (field::text(&filled, "quantity", &format!("Quantity of {}", row.name)).label_hidden().id(format!("q-{}", row.part_id)).most(12).attr("inputmode", "decimal").attr("size", "5")) }
                (button("Save").small().attr("aria-label", format!("Save the quantity of {}", row.name)))
                (button("Remove").small().quiet().icon_only("x").attr("aria-label", format!("Remove {}", row.name)).attr("formaction", format!("{to}/remove")))
            }
        },
    )
}

async fn draw(scope: &Scope, id: ItemId, asked: Option<&str>, filled: &Filled) -> Result<Page> {
    let (item, rows) = scope.read((find(id), of(id))).await?;
    let item = item.ok_or(Error::NotFound)?;
    let found = match asked.filter(|asked| !asked.trim().is_empty()) {
        Some(asked) => Some((asked, search(scope, asked, Status::Active, 20).await?)),
        None => None,
    };
    let to = format!("/price-book/{id}/parts");
    let language = &scope.tenant().locale.language;
    let says = match item.kind {
        Kind::Bundle => "What goes into the bundle, and how many of each.",
        _ => "What the service uses up: materials count on top of the labor when it is priced by time and materials.",
    };
    let body = html! {
        (form::summary(filled))
        p.soft.mb-4 { (says) }
        @if rows.is_empty() { (card::empty("No parts yet", "Find them below in the price book and add them; the quantity is set here afterwards.", html! {}, html! {})) }
        @for row in &rows { (line(scope, &to, row, &item)) }
        div.mt-6 { (section("Add a part", html! {}, html! {
            (ui::filters::search(&to, asked.unwrap_or(""), "Find in the price book", &[]))
            @if let Some((asked, found)) = &found {
                @if found.iter().all(|one| one.id == id) { p.dim.t13 { "Nothing else in the price book begins with “" (asked) "”." } }
                @for one in found.iter().filter(|one| one.id != id) {
                    (card::line("package", &one.name, &if scope.can::<PricesSee>() { one.price().display(language) } else { String::new() }, html! {
                        form.contents method="post" action=(to) data-form { (form::key()) (field::hidden("item_id", one.id.to_string()))
                            (button("Add").small().icon("plus").attr("aria-label", format!("Add {}", one.name))) } }))
                }
            }
        })) }
    };
    let crumbs = vec![("Price book".into(), "/price-book".into()), (item.name, format!("/price-book/{id}"))];
    let page =
        shell::page(scope, Frame { title: "Parts".into(), active: "/price-book", crumbs, body, ..Frame::default() });
    Ok(Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<CatalogWrite>, Path(id): Path<ItemId>, Query(query): Query<Search>) -> Result<Page> {
    draw(&access, id, query.q.as_deref(), &Filled::default()).await
}

type Answer = Result<Either<Repeatable<Redirect>, Page>>;

async fn change(
    access: &Access<CatalogWrite>,
    id: ItemId,
    form: Form<PartForm>,
    deed: impl Fn(&mut Vec<Given>, &PartForm) + Send + Sync,
    says: &str,
) -> Answer {
    let work = async |typed: PartForm| {
        access
            .once(async |tx: &mut TenantTx| {
                let rows = tx.run(of(id)).await?;
                let given = |row: Row| Given { item_id: row.part_id, quantity_milli: row.quantity_milli };
                let mut parts: Vec<Given> = rows.into_iter().map(given).collect();
                deed(&mut parts, &typed);
                set(tx, id, &Parts { parts }.checked()?).await?;
                Ok(Redirect::to(format!("/price-book/{id}/parts")).toast(says))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(access, id, None, &shell::on_top(typed)).await?)),
    }
}

pub async fn post(access: Access<CatalogWrite>, Path(id): Path<ItemId>, form: Form<PartForm>) -> Answer {
    let put = |parts: &mut Vec<Given>, typed: &PartForm| {
        let quantity_milli = thousandths(&typed.quantity).unwrap_or(1000);
        match parts.iter_mut().find(|part| part.item_id == typed.item_id) {
            Some(part) => part.quantity_milli = quantity_milli,
            None => parts.push(Given { item_id: typed.item_id, quantity_milli }),
        }
    };
    change(&access, id, form, put, "Parts saved").await
}

pub async fn post_remove(access: Access<CatalogWrite>, Path(id): Path<ItemId>, form: Form<PartForm>) -> Answer {
    let take = |parts: &mut Vec<Given>, typed: &PartForm| parts.retain(|part| part.item_id != typed.item_id);
    change(&access, id, form, take, "Part removed").await
}
