//! The books as pages: one frame with its tabs, the bar that asks for a period, and the trial balance first.
use jiff::civil::Date;
use kernel::{
    Access, Money, Result, Scope,
    http::{Page, Query},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, field, filters, table};

use super::trial_balance::{Period, trial_balance};
use crate::{permissions::LedgerRead, written};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Balance,
    Receivables,
    Taxes,
    Journal,
    Deferred,
    Deposits,
    /// Of the card provider, which others draw.
    Payouts,
    Accounts,
    Close,
}

/// A page of the books; the bar stands beside the tabs.
pub fn framed(scope: &Scope, tab: Tab, bar: Markup, body: Markup) -> Page {
    let tabs = [
        (Tab::Balance, "Balances", "/books"),
        (Tab::Receivables, "Receivables", "/books/receivables"),
        (Tab::Taxes, "Taxes", "/books/taxes"),
        (Tab::Journal, "Journal", "/books/journal"),
        (Tab::Deferred, "Deferred revenue", "/books/deferred"),
        (Tab::Deposits, "Deposits", "/books/deposits"),
        (Tab::Payouts, "Payouts", "/books/payouts"),
        (Tab::Accounts, "Accounts", "/books/accounts"),
        (Tab::Close, "Close", "/books/close"),
    ];
    let parts: Vec<(&str, &str, bool)> = tabs.iter().map(|(one, words, href)| (*words, *href, *one == tab)).collect();
    let body = html! {
        div.mb-4 { (filters::segments("Books", &parts)) }
        @if !bar.0.is_empty() { div.mb-4 { (bar) } }
        (body)
    };
    shell::page(scope, Frame { title: "Books".into(), active: "/books", body, ..Frame::default() })
}

/// A table that is wider than a phone scrolls by itself, also by keys.
pub fn wide(label: &str, columns: &[table::Column], rows: &[Vec<Markup>]) -> Markup {
    html! { div."overflow-x-auto" tabindex="0" role="region" aria-label=(label) { (table::plain(label, columns, rows)) } }
}

/// From when to when.
pub fn period_bar(action: &str, from: Date, to: Date) -> Markup {
    let filled = Filled::of([("from", from.to_string()), ("to", to.to_string())]);
    html! {
        form.form method="get" action=(action) { div."flex"."flex-wrap"."items-end"."gap-3" {
            (field::date(&filled, "from", "From")) (field::date(&filled, "to", "To")) (button("Show"))
        } }
    }
}

pub async fn page(access: Access<LedgerRead>, Query(period): Query<Period>) -> Result<Page> {
    let period = period.or_this_year(&access);
    let (from, to) = period.days(&access);
    let found = trial_balance(&access, &period).await?;
    let tenant = access.tenant();
    let figure =
        |money: Money| html! { @if money.minor == 0 { span.dim { "0" } } @else { (written::figure(tenant, money)) } };
    let columns = [
        table::Column::lead("Account"),
        table::Column::text("Kind"),
        table::Column::number("Debit"),
        table::Column::number("Credit"),
        table::Column::number("Balance"),
    ];
    let mut rows: Vec<Vec<Markup>> = found
        .accounts
        .iter()
        .map(|one| {
            vec![
                html! { span.num.dim { (one.code) } " " (one.name) },
                html! { (one.kind.label()) },
                figure(one.debit),
                figure(one.credit),
                figure(one.balance),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let strong = |money| html! { span.strong { (figure(money)) } };
        rows.push(vec![html! { span.strong { "All" } }, html! {}, strong(found.debit), strong(found.credit), html! {}]);
    }
    let body = html! {
        @if rows.is_empty() { (card::empty("No books yet", "They begin with the first invoice you issue: it, its payments and whatever else becomes of it post their vouchers here by themselves.", html! {}, html! {})) }
        @else { (wide("Trial balance", &columns, &rows)) }
    };
    Ok(framed(&access, Tab::Balance, period_bar("/books", from, to), body))
}
