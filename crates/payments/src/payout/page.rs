//! Payouts as pages of the books: which came, and what each contains.
use billing::{
    LedgerRead,
    ledger::page::{Tab, framed, wide},
    written,
};
use kernel::{
    Access, Cursor, Money, Paged, Result, Scope,
    http::{Page, Path, Query},
    page,
};
use maud::{Markup, html};
use ui::{card, link_button, table};

use super::{
    ASKED_FOR, Ask, CardPayout, Status,
    contents::{PayoutEntry, whole},
    latest,
};
use crate::CardPayoutId;

fn state(payout: &CardPayout) -> Markup {
    match payout.status {
        Status::Paid => ui::status_saying("paid", "Paid out"),
        Status::Failed => ui::status_saying("overdue", "Came back"),
    }
}

pub async fn list(access: Access<LedgerRead>, Query(ask): Query<Ask>) -> Result<Page> {
    let limit = page::limit(ask.limit)?;
    let before = Cursor::maybe::<CardPayoutId>(ask.cursor.as_deref())?.unwrap_or(CardPayoutId::max());
    let rows = access.read(latest(before, limit as i64 + 1)).await?;
    let found = Paged::of(rows.into_iter().map(CardPayout::from).collect::<Vec<_>>(), limit, |payout| payout.id);
    let columns = [
        table::Column::lead("Arrives"),
        table::Column::text("State"),
        table::Column::number("Amount"),
        table::Column::text("At the provider"),
    ];
    let row = |one: &CardPayout| {
        vec![
            html! { a.link href={ "/books/payouts/" (one.id) } { (written::day(one.arrives_on)) } },
            state(one),
            html! { (written::money(access.tenant(), one.amount)) },
            html! { span.dim.num { (one.provider_reference) } },
        ]
    };
    let rows: Vec<Vec<Markup>> = found.data.iter().map(row).collect();
    let body = html! {
        @if rows.is_empty() { (card::empty("Nothing was paid out yet", "What customers pay by card is paid out to your bank by the provider. Each payout stands here with the payments, refunds and fees it is made of.", html! {}, html! {})) }
        @else {
            (wide("Payouts", &columns, &rows))
            @if let Some(cursor) = &found.next_cursor { div.mt-4 { (link_button("Earlier payouts", ui::address("/books/payouts", [("cursor", Some(cursor.clone()))]))) } }
            @if access.can::<exports::ExportsCreate>() { div."mt-6" { (link_button("As a file", "/exports/new?list=card_payouts").small().icon("download")) } }
        }
    };
    Ok(framed(&access, Tab::Payouts, html! {}, body))
}

/// As people call it; what the provider calls otherwise keeps its name.
fn what(entry: &PayoutEntry) -> String {
    match (entry.matched.as_deref(), entry.kind.as_str()) {
        (Some("payment"), _) | (None, "charge" | "payment") => "Payment".into(),
        (Some("refund"), _) | (None, "refund" | "payment_refund") => "Given back".into(),
        (Some("dispute"), _) => "Dispute".into(),
        _ if entry.is_fee() => "Fee of the provider".into(),
        (_, kind) => {
            let words = kind.replace('_', " ");
            let mut letters = words.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

fn line(scope: &Scope, entry: &PayoutEntry) -> Vec<Markup> {
    let (tenant, today) = (scope.tenant(), scope.local_now().date());
    let figure =
        |money: Money| html! { @if money.minor == 0 { span.dim { "0" } } @else { (written::figure(tenant, money)) } };
    let number = entry.invoice_number.as_deref().unwrap_or_default();
    vec![
        html! { (what(entry)) " "
            @match entry.invoice_id {
                Some(id) => { a.link href={ "/invoices/" (id) } { (number) } @if let Some(customer) = &entry.customer { " " span.dim { (customer) } } },
                None => { @if !entry.is_fee() { (ui::tag("Not ours")) } @if let Some(says) = &entry.description { " " span.dim { (says) } } },
            }
        },
        html! { span.nowrap { (written::short_day(entry.on_day, today)) } },
        figure(entry.amount),
        figure(entry.fee),
        figure(entry.net),
    ]
}

pub async fn page(access: Access<LedgerRead>, Path(id): Path<CardPayoutId>) -> Result<Page> {
    let found = whole(&access, id).await?;
    let tenant = access.tenant();
    let columns = [
        table::Column::lead("What"),
        table::Column::text("Day"),
        table::Column::number("Amount"),
        table::Column::number("Fee"),
        table::Column::number("In the payout"),
    ];
    let rows: Vec<Vec<Markup>> = found.entries.iter().map(|entry| line(&access, entry)).collect();
    let unmatched = match found.unmatched {
        0 => String::new(),
        1 => "One line is no payment, refund or dispute that we know of. Look it up at the provider.".into(),
        n => format!("{n} lines are no payments, refunds or disputes that we know of. Look them up at the provider."),
    };
    let body = html! {
        p."mb-4" { a.link href="/books/payouts" { "All payouts" } }
        div."mb-4" { (card::facts(&[
            ("Arrives", html! { (written::day(found.payout.arrives_on)) }),
            ("Amount", html! { (written::money(tenant, found.payout.amount)) " " (state(&found.payout)) }),
            ("At the provider", html! { span.num { (found.payout.provider_reference) } }),
        ])) }
        @if !unmatched.is_empty() { div."mb-4" { (ui::note("warn", html! { p { (unmatched) } })) } }
        @if !rows.is_empty() && found.sum != found.payout.amount { (ui::note("warn", html! { p { "The lines sum to " (written::money(tenant, found.sum)) ", and the payout is another amount: the provider does not say all that is in it." } })) }
        @if rows.is_empty() && found.read { p.soft { "The provider does not say what this payout contains: somebody made it by hand there." } }
        @else if rows.is_empty() && access.now().duration_since(found.payout.created_at) >= ASKED_FOR { p.soft { "It was paid out before contents were kept." } }
        @else if rows.is_empty() { p.soft { "What it contains is asked for within a quarter of an hour." } }
        @else { (wide("What the payout contains", &columns, &rows)) }
    };
    Ok(framed(&access, Tab::Payouts, html! {}, body))
}
