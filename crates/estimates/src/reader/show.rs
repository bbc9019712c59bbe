//! The page of the link: how it stands, the options side by side, and the way to approve or decline.
use billing::{
    invoice::paper::{Sum, with_taxes},
    words::Words,
    written,
};
use documents::Emphasis;
use kernel::{
    Result, Visitor,
    http::{Page, Path, Query},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell;
use ui::{Filled, button, field, form, icon_class};

use super::{Shown, link, of};
use crate::{
    EstimateLineId, OptionId,
    decision::Kind,
    estimate::{Status, option::Kept, tax_lines},
    revision::content::{Choice, Offered},
};

/// What somebody points at: an option, and what of it is ticked.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pick {
    pub option: Option<OptionId>,
    #[serde(default)]
    pub tick: Vec<EstimateLineId>,
}

pub(crate) fn money(visitor: &Visitor, shown: &Shown, minor: i64) -> String {
    written::money(visitor.tenant(), shown.content.money(minor))
}

fn here(visitor: &Visitor, shown: &Shown) -> Result<String> {
    link::path(visitor, shown.id, shown.content.revision)
}

pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Result<Page> {
    let shown = of(&visitor, &token).await?;
    draw(&visitor, &shown, &Filled::default())
}

/// The sums of an option with what is ticked, for the page to show while one ticks.
pub async fn sums(visitor: Visitor, Path(token): Path<String>, Query(pick): Query<Pick>) -> Result<Page> {
    let shown = of(&visitor, &token).await?;
    let first = shown.content.options.first().map(|offered| offered.option.id);
    let Some(option) = pick.option.or(first) else { return Err(kernel::Error::NotFound) };
    let choice = shown.content.choose(option, &pick.tick, &shown.hash)?;
    Ok(totals(&visitor, &shown, &choice).into())
}

pub(crate) fn draw(visitor: &Visitor, shown: &Shown, filled: &Filled) -> Result<Page> {
    let content = &shown.content;
    let here = here(visitor, shown)?;
    let says = format!("Estimate {} from {}.", content.number, visitor.tenant().name);
    let until =
        content.valid_until.filter(|_| shown.may_decide()).map(|day| format!(" Good until {}.", written::day(day)));
    let offers =
        content.options.iter().map(|offered| offer(visitor, shown, &here, offered)).collect::<Result<Vec<_>>>()?;
    let body = html! {
        (ui::question(&content.title, &format!("{says}{}", until.unwrap_or_default())))
        (form::summary(filled))
        (stands(visitor, shown)?)
        @if let Some(note) = &content.note { div.est-words { @for line in note.lines() { p { (line) } } } }
        div.est-offers data-island=[shown.may_decide().then_some("estimate")] data-seen={ (here) "/seen" } { @for offer in &offers { (offer) } }
        @if let Some(note) = &content.tax_note { p.est-words { (note) } }
        @if let Some(terms) = &content.terms { section.est-terms { h2.strong { "Terms" } @for line in terms.lines() { p { (line) } } } }
        div.est-foot {
            a.btn href={ (here) "/pdf" } target="_blank" { (ui::icon("file-text")) "Save as PDF" }
            @if shown.may_decide() {
                details.est-no open[filled.error("reason").is_some()] {
                    summary.btn.btn-quiet { "Not for me" }
                    (form::form(&format!("{here}/decline"), filled, html! {
                        (field::textarea(filled, "reason", "Why, if you like to say").rows(3).most(1000))
                        (form::actions(html! { (button("Decline the estimate").danger()) }))
                    }))
                }
            }
        }
    };
    let page = shell::public(visitor, &content.title, body, html! {});
    Ok(if filled.is_wrong() { Page { status: 422, ..page } } else { page })
}

/// Why nothing can be approved here any more, or what was.
fn stands(visitor: &Visitor, shown: &Shown) -> Result<Markup> {
    let zone = &visitor.tenant().locale.zone;
    let day = |at: jiff::Timestamp| written::day(at.to_zoned(zone.clone()).date());
    if !shown.is_newest() {
        let to_newer = match shown.status {
            Status::Draft => None,
            _ => Some(link::path(visitor, shown.id, shown.newest)?),
        };
        return Ok(ui::note(
            "info",
            html! {
                p.strong { "There is a newer version of this estimate" }
                @match to_newer { Some(href) => p { a.link href=(href) { "See the newer one" } " What stands here no longer counts." }, None => p { "It is being changed once more. The new one comes by letter." } }
            },
        ));
    }
    let decided = shown.decision.as_ref().filter(|decision| decision.revision == shown.content.revision);
    Ok(match (shown.status, decided) {
        (Status::Sent | Status::Viewed, _) => html! {},
        (Status::Draft, _) => ui::note(
            "info",
            html! { p.strong { "We are changing this estimate" } p { "The new one comes by letter. Nothing can be approved until then." } },
        ),
        (Status::Approved, Some(decision)) => {
            let chosen = shown.content.options.iter().find(|offered| Some(offered.option.id) == decision.option_id);
            ui::note(
                "info",
                html! {
                    p.strong { "Approved" @if let Some(name) = &decision.name { " by " (name) } " on " (day(decision.at)) }
                    p { @if let Some(chosen) = chosen { @if shown.content.options.len() > 1 { (chosen.option.name) ", " } } (written::money(visitor.tenant(), decision.total)) "."
                        @if decision.deposit.minor > 0 { " The invoice for the deposit of " (written::money(visitor.tenant(), decision.deposit)) " comes to you." }
                        " We call you about the day." }
                },
            )
        }
        (Status::Declined, Some(decision)) if decision.kind == Kind::Declined => ui::note(
            "info",
            html! { p.strong { "Declined on " (day(decision.at)) } p { "Thank you for saying so. Call us if that has changed." } },
        ),
        (status, _) => ui::note(
            "",
            html! { p.strong { "This estimate is " (status.label().to_lowercase()) } p { "Call us, and we write you a new one." } },
        ),
    })
}

fn offer(visitor: &Visitor, shown: &Shown, here: &str, offered: &Offered) -> Result<Markup> {
    let option = &offered.option;
    let several = shown.content.options.len() > 1;
    let (open, id) = (shown.may_decide(), format!("offer-{}", option.id));
    let decided =
        shown.decision.as_ref().filter(|said| said.kind == Kind::Approved && said.revision == shown.content.revision);
    let ticked: Vec<EstimateLineId> = match decided.filter(|said| said.option_id == Some(option.id)) {
        Some(said) => said.ticked.iter().map(|id| EstimateLineId(*id)).collect(),
        None => vec![],
    };
    let choice = shown.content.choose(option.id, &ticked, &shown.hash)?;
    let chosen = decided.is_some_and(|said| said.option_id == Some(option.id));
    let (sure, may): (Vec<&Kept>, Vec<&Kept>) = offered.lines.iter().partition(|line| !line.optional);
    Ok(html! {
        form.card.est-offer.is-best[option.recommended && several].is-chosen[chosen] method="get" action={ (here) "/sign" } aria-labelledby=(id)
            hx-get={ (here) "/sums" } hx-trigger="change" hx-target="find .est-sums" hx-swap="outerHTML" {
            input type="hidden" name="option" value=(option.id);
            div {
                h2 id=(id) { @if several { (option.name) } @else { "What we do" } @if option.recommended && several { " " span.est-best { (icon_class("star", "i-s")) "Recommended" } } }
                @if let Some(says) = &option.says { p.soft { (says) } }
            }
            ul.est-lines { @for line in &sure { (said(visitor, shown, line, html! {})) } }
            @if !may.is_empty() {
                fieldset.est-may {
                    legend { @if open { "Tick what you like to have besides" } @else { "Besides" } }
                    ul.est-lines { @for line in &may {
                        (said(visitor, shown, line, html! { input.check type="checkbox" name="tick" value=(line.id) checked[ticked.contains(&line.id)] disabled[!open] aria-label={ (line.description) ", " (money(visitor, shown, amount(shown, line))) }; }))
                    } }
                }
            }
            (totals(visitor, shown, &choice))
            @if open { button.btn.btn-l.(if option.recommended || !several { "btn-primary" } else { "" }) type="submit" { @if several { "Choose " (option.name) } @else { "Go on to approve" } } }
        }
    })
}

fn amount(shown: &Shown, line: &Kept) -> i64 {
    shown.content.rules.amount(line.unit_price_minor, line.quantity_milli)
}

pub(crate) fn said(visitor: &Visitor, shown: &Shown, line: &Kept, before: Markup) -> Markup {
    let words = html! {
        span { (line.description) @if line.quantity_milli != 1000 { span.soft.num { " × " (written::quantity(line.quantity_milli)) } }
            @if let Some(detail) = &line.detail { @for line in detail.lines() { small { (line) } } } }
        span.num.est-amount { (money(visitor, shown, amount(shown, line))) }
    };
    html! { li { @if before.0.is_empty() { span.est-line { (words) } } @else { label.est-line { (before) (words) } } } }
}

/// Subtotal, discount, taxes, total and deposit.
pub(crate) fn totals(visitor: &Visitor, shown: &Shown, choice: &Choice<'_>) -> Markup {
    let (sums, money) = (&choice.sums, |minor| money(visitor, shown, minor));
    let total = Sum { label: "Total".into(), value: money(sums.total_minor), emphasis: Emphasis::Due };
    let taxes = tax_lines(&sums.taxes, shown.content.currency());
    let inclusive = shown.content.rules.inclusive;
    html! {
        dl.est-sums aria-live="polite" {
            @if sums.subtotal_minor != sums.total_minor { div { dt { "Subtotal" } dd { (money(sums.subtotal_minor)) } } }
            @if sums.discount_minor != 0 { div { dt { "Discount" } dd { (money(-sums.discount_minor)) } } }
            @for sum in with_taxes(total, &taxes, inclusive, Words::SCREEN, |tax| money(tax.minor)) { div.sum-l[sum.emphasis == Emphasis::Due] { dt { (sum.label) } dd { (sum.value) } } }
            @if choice.deposit_minor != 0 { div { dt { "Deposit on approval" } dd { (money(choice.deposit_minor)) } } }
        }
    }
}
