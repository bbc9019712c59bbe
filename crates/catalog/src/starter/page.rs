//! The books to begin with, as a page: what each brings, and a button that adds it.
use kernel::{
    Access, Result, Scope, TenantTx,
    http::{Either, Form, Page, Redirect, Repeatable},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, form};

use super::{New, Starter, add, all, book};
use crate::permissions::CatalogWrite;

fn card_of(starter: &Starter, filled: &Filled) -> Markup {
    let left = starter.items - starter.there;
    let says = match starter.there {
        0 => format!("{} items with prices, costs and minutes", starter.items),
        there if left == 0 => format!("All {there} items are in your price book."),
        there => format!("{there} of {} items are in your price book.", starter.items),
    };
    let some: Vec<&str> = book::of(starter.trade).iter().map(|entry| entry.name).collect();
    html! {
        section."mb-6" {
            h2.strong { (starter.trade.label()) }
            p.soft { (says) }
            p.t13.soft."mt-1" { (starter.categories.join(" · ").replace(" > ", " › ")) }
            (ui::fold("What is in it", html! { p.t13."mt-2" { (some.join(" · ")) } }))
            @if left > 0 {
                div."mt-2" { (form::form("/price-book/starter", filled, html! {
                    (ui::field::hidden("trade", starter.trade.as_str()))
                    (button(format!("Add {left} items")).icon("book-open"))
                })) }
            }
        }
    }
}

async fn draw(scope: &Scope, filled: &Filled) -> Result<Page> {
    let starters = all(scope).await?;
    let body = html! {
        p."mb-6" { "Begin with a book of your trade and make it your own: what you do not sell is taken out, and " a.link href="/price-book/change-prices" { "all prices are changed at once" } ". The figures are a middle of the American market, without tax; look at each before you sell by it." }
        @if filled.is_wrong() { (form::summary(filled)) }
        @for starter in &starters { (card_of(starter, &Filled::default())) }
        (card::line("file-up", "You have a price book already?", "Bring it as a file from a spreadsheet or another system.", html! { (ui::link_button("Import a file", "/price-book/imports").small()) }))
    };
    let crumbs = vec![("Price book".into(), "/price-book".into())];
    let frame = Frame { title: "Begin with a book".into(), active: "/price-book", crumbs, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Ok(Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<CatalogWrite>) -> Result<Page> {
    draw(&access, &Filled::default()).await
}

pub async fn post(access: Access<CatalogWrite>, form: Form<New>) -> Result<Either<Repeatable<Redirect>, Page>> {
    let outcome = form
        .then(async |new: New| {
            access
                .once(async |tx: &mut TenantTx| {
                    let added = add(tx, &new).await?;
                    let says = match added.added {
                        0 => "All of it is in your price book already".to_owned(),
                        1 => "One item is added".to_owned(),
                        n => format!("{n} items are added"),
                    };
                    Ok(Redirect::to("/price-book").toast(&says))
                })
                .await
        })
        .await?;
    match outcome {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, &shell::filled(typed)).await?)),
    }
}
