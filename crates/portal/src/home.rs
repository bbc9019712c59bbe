//! The first page: what is next, and what is to do. Before it, for an address of several customers, which of them.
use billing::{invoice, written};
use customers::CustomerId;
use estimates::{estimate, reader};
use kernel::{
    Result, Visitor,
    http::{Either, Page, Path, Redirect},
};
use maud::{Markup, html};
use tenancy::shell;

use crate::{
    frame::{self, Place, base, row},
    guest, invoices, terms, visits,
};

/// One customer: straight to them.
pub async fn choose(visitor: Visitor) -> Result<Either<Redirect, Page>> {
    let guest = guest::of(&visitor).await?;
    if let [only] = guest.customers.as_slice() {
        return Ok(Either::Done(Redirect::to(base(only))));
    }
    let body = html! {
        (ui::question("Whose papers?", "Your address is with several of our customers."))
        ul.portal-list."mt-6" {
            @for one in &guest.customers { (row("home", Some(&base(one)), &one.name, one.place.as_deref().unwrap_or_default(), html! { span.dim.num { "#" (one.number) } })) }
        }
        (frame::foot(&guest))
    };
    Ok(Either::Again(shell::public(&visitor, "Whose papers?", body, html! {})))
}

pub async fn page(visitor: Visitor, Path(customer): Path<CustomerId>) -> Result<Page> {
    let here = guest::at(&visitor, customer).await?;
    let mine = &here.1;
    let welcome = terms::open(&visitor).await?;
    let next = visits::next(&visitor, mine.id).await?;
    let open = estimate::list::Ask {
        customer_id: Some(mine.id),
        status: Some(estimate::list::Chip::Open),
        limit: Some(20),
        ..Default::default()
    };
    let estimates = estimate::list::list(&visitor, &open).await?.data;
    let owed = invoice::list::Ask {
        customer_id: Some(mine.id),
        status: Some(invoice::list::Chip::Open),
        limit: Some(20),
        ..Default::default()
    };
    let owed = invoice::list::list(&visitor, &owed).await?.data;
    let today = visitor.local_now().date();
    let mut todo: Vec<Markup> = vec![];
    for one in &estimates {
        let href = reader::link::path(&visitor, one.id, one.revision)?;
        let until = one.valid_until.map(|day| format!(", good until {}", written::short_day(day, today)));
        let small = format!("Estimate{}", until.unwrap_or_default());
        let right = html! { span.num { (written::money(visitor.tenant(), one.total)) } a.btn."btn-s".btn-primary href=(href) { "Look and approve" } };
        todo.push(row("file-pen-line", Some(&href), &one.title, &small, right));
    }
    for one in &owed {
        todo.push(invoices::line(&visitor, mine, one));
    }
    let body = html! {
        @if let Some(welcome) = &welcome { div.portal-welcome { @for line in welcome.lines() { p { (line) } } } }
        h2.portal-h { "Your next visit" }
        @match &next {
            Some(visit) => ul.portal-list { (visits::line(&visitor, mine, visit)?) },
            None => p.soft { "Nothing is planned." },
        }
        p."mt-4" { a.btn href="/book" { (ui::icon("calendar-plus")) "Book a visit" } }
        h2.portal-h { "For you to do" }
        @if todo.is_empty() { p.soft { "Nothing. Estimates to approve and open invoices stand here." } }
        @else { ul.portal-list { @for one in &todo { (one) } } }
    };
    let says = format!("{}, customer {}", visitor.tenant().name, mine.number);
    Ok(frame::page(&visitor, &here, Place::Home, &format!("Hello, {}", mine.name), &says, body))
}
