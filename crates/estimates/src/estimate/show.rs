//! One estimate on the screen: the paper it becomes, and at its side the deliberate acts.
use catalog::item::{self, Item};
use kernel::{
    Result, Scope,
    access::Access,
    http::{Page, Path, Query},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::{
    AuditRead,
    shell::{self, Frame},
};
use ui::{Filled, button, field, form, icon, link_button, paper::desk};

use super::{Estimate, Status, page::state, sheet::sheet};
use crate::{
    EstimateId, EstimateLineId, OptionId,
    permissions::{EstimatesRead, EstimatesWrite},
};
use billing::{bill_to, written};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The line that is being edited.
    pub line: Option<EstimateLineId>,
    /// The option to which a line is being written.
    pub add: Option<OptionId>,
    /// The option whose name and discount are being edited.
    pub option: Option<OptionId>,
    /// Looked for in the price book.
    pub q: Option<String>,
}

/// What is open on the page, and what was typed there.
#[derive(Default)]
pub struct Open {
    pub line: Option<EstimateLineId>,
    pub add: Option<OptionId>,
    pub option: Option<OptionId>,
    pub words: bool,
    /// What the price book has for the words looked for.
    pub found: Option<(String, Vec<Item>)>,
    pub filled: Filled,
}

pub async fn page(access: Access<EstimatesRead>, Path(id): Path<EstimateId>, Query(ask): Query<Ask>) -> Result<Page> {
    let found = match ask.q.filter(|asked| !asked.trim().is_empty() && access.can::<EstimatesWrite>()) {
        Some(asked) => Some((asked.clone(), item::list::search(&access, &asked, item::Status::Active, 12).await?)),
        None => None,
    };
    draw(&access, id, Open { line: ask.line, add: ask.add, option: ask.option, found, ..Open::default() }).await
}

/// The part of the page that draws itself again when something happened.
pub async fn part(access: Access<EstimatesRead>, Path(id): Path<EstimateId>) -> Result<Page> {
    let estimate = super::view(&access, id).await?;
    let address = address(&access, &estimate).await?;
    Ok(inside(&access, &estimate, &address, &Open::default()).into())
}

/// Name and address, a line each, as the customer is written now.
async fn address(scope: &Scope, estimate: &Estimate) -> Result<String> {
    let found = scope.read(bill_to::address(estimate.head.customer_id)).await?;
    Ok(bill_to::written(&estimate.head.customer_name, found.as_ref()))
}

/// The page, with what is open on it.
pub async fn draw(scope: &Scope, id: EstimateId, open: Open) -> Result<Page> {
    let estimate = super::view(scope, id).await?;
    let address = address(scope, &estimate).await?;
    let head = &estimate.head;
    // While a line is written or a refusal is shown, the paper does not draw itself again.
    let quiet = open.line.is_none() && open.add.is_none() && open.option.is_none() && !open.filled.is_wrong();
    let paper = inside(scope, &estimate, &address, &open);
    let body = html! {
        @if quiet { div #estimate.contents data-live="estimate.*" data-live-src={ "/estimates/" (id) "/part" } { (paper) } } @else { (form::unsaid(&open.filled, &paper)) (paper) }
    };
    let title = head.number.clone().unwrap_or_else(|| format!("Draft for {}", head.customer_name));
    let past =
        scope.can::<AuditRead>().then(|| link_button("History", format!("/history/{id}")).quiet().icon("history"));
    let frame = Frame {
        title,
        active: "/estimates",
        crumbs: vec![("Estimates".into(), "/estimates".into())],
        actions: html! { @if let Some(past) = past { (past) } },
        body,
        wide: true,
        canvas: true,
        ..Frame::default()
    };
    let page = shell::page(scope, frame);
    Ok(if open.filled.is_wrong() { Page { status: 422, ..page } } else { page })
}

/// Paper and side.
fn inside(scope: &Scope, estimate: &Estimate, address: &str, open: &Open) -> Markup {
    let head = &estimate.head;
    let editable = head.status == Status::Draft && scope.can::<EstimatesWrite>();
    let total = written::money(scope.tenant(), head.total);
    let paper = sheet(scope.tenant(), estimate, address, editable, open);
    desk(paper, side(scope, estimate, open), ("Total", &total), html! {})
}

fn side(scope: &Scope, estimate: &Estimate, open: &Open) -> Markup {
    let (tenant, head) = (scope.tenant(), &estimate.head);
    let may = scope.can::<EstimatesWrite>();
    html! {
        section {
            div."flex"."justify-between"."items-center"."mb-2" { (state(head.status)) span.t12.dim { "Saved " (shell::moment(tenant, head.updated_at)) } }
            dl { dt.t12.dim { @if estimate.options.len() > 1 { "Recommended option" } @else { "Total" } } dd.big { (written::money(tenant, head.total)) } }
        }
        section {
            div.sect-head { h2 { "About" } }
            div."grid"."gap-1".t13 {
                a.link."flex"."items-center"."gap-2"."min-h-7" href={ "/customers/" (head.customer_id) } { (icon("circle-user")) (head.customer_name) }
                @if let Some(order) = head.work_order_id { a.link."flex"."items-center"."gap-2"."min-h-7" href={ "/jobs/" (order) } { (icon("wrench")) "The job it belongs to" } }
            }
        }
        @if may && head.status == Status::Draft { (words(scope, estimate, open)) }
        @if may {
            section {
                div."flex"."flex-wrap"."gap-2" {
                    (form::verb_form(&format!("/estimates/{}/duplicate", head.id), html! { (button("Duplicate").quiet().small().icon("copy")) }))
                    @if head.status == Status::Draft && head.revision == 0 {
                        form.contents method="post" action={ "/estimates/" (head.id) "/discard" } data-form {
                            (form::key()) input type="hidden" name="version" value=(head.version);
                            (button("Discard draft").quiet().small().icon("trash-2"))
                        }
                    }
                }
            }
        }
    }
}

/// Title, words, validity and deposit of a draft.
fn words(scope: &Scope, estimate: &Estimate, open: &Open) -> Markup {
    let head = &estimate.head;
    let nothing_if_none = |minor: i64, text: String| if minor == 0 { String::new() } else { text };
    let filled = if open.words {
        open.filled.clone()
    } else {
        Filled::of([
            ("title", head.title.clone()),
            ("note", head.note.clone().unwrap_or_default()),
            ("terms", head.terms.clone().unwrap_or_default()),
            ("valid_until", head.valid_until.map(|day| day.to_string()).unwrap_or_default()),
            ("deposit", nothing_if_none(head.deposit_ppm, written::percent(head.deposit_ppm))),
            ("deposit_amount", nothing_if_none(head.deposit_amount.minor, head.deposit_amount.amount())),
        ])
    };
    let currency = scope.tenant().locale.currency;
    let fields = html! {
        input type="hidden" name="version" value=(head.version);
        (field::text(&filled, "title", "What it is about").required().most(200))
        (field::date(&filled, "valid_until", "Good until"))
        (form::pair(html! {
            (field::number(&filled, "deposit", "Deposit").after("%"))
            (field::money(&filled, "deposit_amount", "and an amount", currency.code()))
        }))
        (field::textarea(&filled, "note", "Words above the options").rows(3).most(2000))
        (field::textarea(&filled, "terms", "Terms below them").rows(4).most(5000))
        (form::actions(html! { (button("Save")) }))
    };
    html! { section { div.sect-head { h2 { "Terms and words" } } (form::form(&format!("/estimates/{}/words", head.id), &filled, fields)) } }
}
