//! The cards that a customer keeps for their invoices: kept on the provider's page, removed here.
use customers::CustomerId;
use kernel::{
    Error, Result, TenantTx, Visitor,
    http::{Either, Form, Nothing, Page, Path, Redirect},
};
use maud::{Markup, html};
use payments::{
    CardId, account,
    checkout::open::Ways,
    on_file::{Row, Why, agree, guest::LATELY, of_customer, offer, remove},
};
use ui::{button, form::verb_form};

use crate::{
    frame::{self, Place, base, row},
    guest::{self, Guest, Reached},
};

async fn draw(visitor: &Visitor, here: &(Guest, Reached), says: Markup) -> Result<Page> {
    let mine = &here.1;
    let (now, today) = (visitor.now(), visitor.local_now().date());
    let since = now.saturating_sub(LATELY).unwrap_or(now);
    let (kept, waits, live) =
        visitor.read((of_customer(mine.id), agree::under_way(mine.id, since), account::live())).await?;
    let path = format!("{}/cards", base(mine));
    let line = |one: &Row| {
        let remove =
            verb_form(&format!("{path}/{}/remove", one.id), html! { (button("Remove").small().icon("trash-2")) });
        let small = format!("{}. You agreed: “{}”", one.good(today), one.words);
        row("credit-card", None, &one.called(), &small, remove)
    };
    let body = html! {
        (says)
        @if kept.is_empty() && !waits { p.soft."mt-6" { "You keep no card. Invoices are paid one by one." } }
        @if !kept.is_empty() { ul.portal-list."mt-6" { @for one in &kept { (line(one)) } } }
        @if waits { p.soft."mt-4" { "A card is being kept. That takes a moment, seldom longer. " a.link href=(path) { "Look again" } } }
        @match live {
            None => p.soft."mt-4" { "No cards are taken online at the moment." },
            Some(live) => { (offer(visitor, &path)) @if !live { (ui::note("warn", html! { p { "This is a try-out: no money moves." } })) } },
        }
    };
    let page = frame::page(visitor, here, Place::Cards, "Cards", "", body);
    // Agreeing leads to the provider's page.
    Ok(if live.is_some() { page.leads_out() } else { page })
}

pub async fn page(visitor: Visitor, Path(customer): Path<CustomerId>) -> Result<Page> {
    let here = guest::at(&visitor, customer).await?;
    draw(&visitor, &here, html! {}).await
}

async fn again(visitor: &Visitor, here: &(Guest, Reached), says: String) -> Result<Page> {
    let note = ui::note("warn", html! { p { (says) } });
    let page = draw(visitor, here, note).await?;
    Ok(Page { status: 409, ..page })
}

pub async fn post(
    visitor: Visitor,
    Path(customer): Path<CustomerId>,
    form: Form<Nothing>,
) -> Result<Either<Redirect, Page>> {
    visitor.house().limits().careful("pay", &visitor.peer)?;
    let here = guest::at(&visitor, customer).await?;
    let by = agree::By { customer, invoice: None, name: here.0.email.clone() };
    let url = visitor.house().url(Some(&visitor.tenant().slug), &format!("{}/cards", base(&here.1)));
    let work = async |_: Nothing| agree::open(&visitor, &by, Ways { done: url.clone(), back: url, keeps: None }).await;
    match form.then(work).await? {
        Ok(url) => Ok(Either::Done(Redirect::to(url))),
        Err(typed) => again(&visitor, &here, typed.said()).await.map(Either::Again),
    }
}

pub async fn remove_post(
    visitor: Visitor,
    Path((customer, card)): Path<(CustomerId, CardId)>,
    form: Form<Nothing>,
) -> Result<Either<Redirect, Page>> {
    let here = guest::at(&visitor, customer).await?;
    let work = async |_: Nothing| {
        visitor
            .retrying(async |tx: &mut TenantTx| {
                let kept = tx.run(of_customer(customer)).await?;
                let row = kept.iter().find(|one| one.id == card).ok_or(Error::NotFound)?;
                remove::remove(tx, row, Why::Customer).await
            })
            .await
    };
    match form.then(work).await? {
        Ok(()) => Ok(Either::Done(Redirect::to(format!("{}/cards", base(&here.1))).toast("The card is removed"))),
        Err(typed) => again(&visitor, &here, typed.said()).await.map(Either::Again),
    }
}
