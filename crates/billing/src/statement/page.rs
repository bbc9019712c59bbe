//! The statement on a page: days to choose, what moved, what is open, and sending it.
use customers::customer;
use kernel::{
    PricesSee, Result, Scope, TenantTx,
    access::Access,
    http::{Either, Form, Page, Path, Query, Redirect, Repeatable},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, field, form, link_button, table};

use super::{Asked, SendInput, Statement, send::send, statement};
use crate::{
    CustomerId,
    permissions::{InvoicesRead, InvoicesWrite},
    written,
};

fn address(found: &Statement, tail: &str) -> String {
    let days = [("from", Some(found.from.to_string())), ("to", Some(found.to.to_string()))];
    ui::address(&format!("/customers/{}/statement{tail}", found.customer_id), days)
}

fn moves(scope: &Scope, found: &Statement) -> Markup {
    let tenant = scope.tenant();
    let today = scope.local_now().date();
    let figure = |money| html! { (written::figure(tenant, money)) };
    let columns = [
        table::Column::lead("What"),
        table::Column::text("Day"),
        table::Column::number("Amount"),
        table::Column::number("Balance"),
    ];
    let mut rows = vec![vec![
        html! { span.dim { "Balance before" } },
        html! { (written::short_day(found.from, today)) },
        html! {},
        figure(found.opening),
    ]];
    rows.extend(found.data.iter().map(|line| {
        vec![
            html! { a.link href={ "/invoices/" (line.invoice_id) } { (line.says) } },
            html! { (written::short_day(line.on, today)) },
            figure(line.amount),
            figure(line.balance),
        ]
    }));
    rows.push(vec![
        html! { span.strong { "Owed" } },
        html! { (written::short_day(found.to, today)) },
        html! {},
        html! { span.strong { (written::money(tenant, found.closing)) } },
    ]);
    table::plain("What moved", &columns, &rows)
}

async fn draw(scope: &Scope, id: CustomerId, asked: &Asked, filled: &Filled) -> Result<Page> {
    let found = statement(scope, id, asked).await?;
    let who = scope.read(customer::find(id)).await?;
    let (tenant, today) = (scope.tenant(), scope.local_now().date());
    let days = Filled::of([("from", found.from.to_string()), ("to", found.to.to_string())]);
    let path = format!("/customers/{id}/statement");
    let to = if filled.is_wrong() { filled.value("email").to_owned() } else { who.email.clone().unwrap_or_default() };
    let body = html! {
        form.form.mb-4 method="get" action=(path) { div."flex"."flex-wrap"."items-end"."gap-3" {
            (field::date(&days, "from", "From")) (field::date(&days, "to", "To")) (button("Show"))
        } }
        @if found.data.is_empty() && found.open.is_empty() && found.opening.minor == 0 {
            (card::empty("Nothing moved in these days", "Invoices, payments and credit notes of these days stand here, with what was owed after each.", html! {}, html! {}))
        } @else { (moves(scope, &found)) }
        @if found.credit.minor > 0 { p.t13.mt-4 { (written::money(tenant, found.credit)) " is kept as " a.link href={ "/customers/" (id) "/credit" } { "credit" } "." } }
        @if !found.open.is_empty() { div.mt-6 { (form::part("Open invoices", "", html! {
            ul.t13."grid"."gap-2" { @for one in &found.open {
                li."flex"."justify-between"."items-baseline"."gap-2" {
                    span { a.link href={ "/invoices/" (one.invoice_id) } { (one.number) } " " span.dim[!one.overdue].overdue[one.overdue] { "due " (written::short_day(one.due_on, today)) } }
                    span.num.strong { (written::money(tenant, one.open)) }
                }
            } }
        })) } }
        @if scope.can::<InvoicesWrite>() { div.mt-6 { (form::form(&format!("{path}/send"), filled, form::part("Send it", "With the PDF attached.", html! {
            (field::hidden("from", found.from.to_string())) (field::hidden("to", found.to.to_string()))
            (field::email(filled, "email", "To").value(to).required())
            (field::textarea(filled, "words", "In your words").rows(3).most(2000))
            (form::actions(html! { (button("Send statement").primary().icon("send")) }))
        }))) } }
    };
    let actions = html! { @if scope.can::<PricesSee>() { (link_button("PDF", address(&found, "/pdf")).icon("file-text").attr("target", "_blank")) } };
    let crumbs = vec![("Customers".into(), "/customers".into()), (who.name.clone(), format!("/customers/{id}"))];
    let frame = Frame { title: "Statement".into(), active: "/customers", crumbs, actions, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Ok(Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page })
}

pub async fn page(
    access: Access<InvoicesRead>,
    Path(id): Path<CustomerId>,
    Query(asked): Query<Asked>,
) -> Result<Page> {
    draw(&access, id, &asked, &Filled::default()).await
}

pub async fn send_post(
    access: Access<InvoicesWrite>,
    Path(id): Path<CustomerId>,
    form: Form<SendInput>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let day = |name: &str| form.value(name).and_then(|day| day.parse().ok());
    let asked = Asked { from: day("from"), to: day("to") };
    let work = async |input: SendInput| {
        let sending = send(&access, id, &input).await?;
        access
            .once(async |tx: &mut TenantTx| {
                sending.queue(tx).await?;
                Ok(Redirect::to(format!("/customers/{id}/statement")).toast("On its way"))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, id, &asked, &shell::filled(typed)).await?)),
    }
}
