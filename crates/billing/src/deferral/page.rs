//! Deferred revenue among the books.
use kernel::{Access, Money, Result, http::Page};
use maud::{Markup, html};
use ui::{card, note, table};

use super::report::{Deferred, report};
use crate::{
    ledger::page::{Tab, framed, wide},
    permissions::LedgerRead,
    written,
};

pub async fn page(access: Access<LedgerRead>) -> Result<Page> {
    let found = report(&access).await?;
    let (tenant, today) = (access.tenant(), access.local_now().date());
    let figure =
        |money: Money| html! { @if money.minor == 0 { span.dim { "0" } } @else { (written::figure(tenant, money)) } };
    let cells = |first: Markup, until: Markup, sums: &Deferred| {
        vec![
            first,
            until,
            figure(sums.billed),
            figure(sums.earned),
            figure(sums.given_back),
            html! { span.strong { (figure(sums.left)) } },
        ]
    };
    let columns = [
        table::Column::lead("Plan"),
        table::Column::text("Up to"),
        table::Column::number("Billed"),
        table::Column::number("Earned"),
        table::Column::number("Given back"),
        table::Column::number("Left"),
    ];
    let mut rows: Vec<Vec<Markup>> = found
        .data
        .iter()
        .map(|one| {
            let lead = html! { a.link href={ "/maintenance/" (one.plan_id) } { (one.customer_name) } " " span.dim { (one.plan) } };
            cells(lead, html! { span.nowrap { (written::short_day(one.until_on, today)) } }, &one.deferred)
        })
        .collect();
    if !rows.is_empty() {
        rows.push(cells(html! { span.strong { "All" } }, html! {}, &found.all));
    }
    let agrees = found.account == found.all.left;
    let body = html! {
        @if rows.is_empty() { (card::empty("Nothing is paid in advance", "When a maintenance plan is billed in advance, its revenue waits here and is earned month by month.", html! {}, html! {})) }
        @else {
            (wide("Deferred revenue by plan", &columns, &rows))
            div."mt-4" {
                @if agrees { p.soft.t13 { "Agrees with the account of deferred revenue." } }
                @else { (note("danger", html! { p { "The account of deferred revenue says " (written::money(tenant, found.account)) ". Please tell us." } })) }
            }
        }
    };
    Ok(framed(&access, Tab::Deferred, html! {}, body))
}
