//! One estimate on the screen: the paper it becomes, and at its side the deliberate acts.
use catalog::{
    item::{self, Item},
    tax_rate::{self, TaxRate},
};
use customers::customer;
use kernel::{
    PricesSee, Result, Scope,
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
use ui::{Filled, form, link_button, paper::desk};

use super::{Estimate, Status, sheet::sheet, side};
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
    /// Of the price book, for the line that is written.
    pub taxes: Vec<TaxRate>,
    /// The act that was refused: its dialog is shown again.
    pub act: &'static str,
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
    let (whom, _) = beside(&access, &estimate, false).await?;
    Ok(inside(&access, &estimate, &whom, &Open::default())?.into())
}

/// The customer as they are written now: name and address, a line each, and where letters go.
struct Whom {
    address: String,
    email: Option<String>,
}

/// And the taxes of the price book, where a line is `written`.
async fn beside(scope: &Scope, estimate: &Estimate, written: bool) -> Result<(Whom, Vec<TaxRate>)> {
    let id = estimate.head.customer_id;
    let taxes: Vec<_> = written.then(tax_rate::active).into_iter().collect();
    let (address, who, taxes) = scope.read((bill_to::address(id), customer::maybe(id), taxes)).await?;
    let address = bill_to::written(&estimate.head.customer_name, address.as_ref());
    Ok((Whom { address, email: who.and_then(|who| who.email) }, taxes.into_iter().flatten().collect()))
}

/// The page, with what is open on it.
pub async fn draw(scope: &Scope, id: EstimateId, mut open: Open) -> Result<Page> {
    let estimate = super::view(scope, id).await?;
    let whom;
    (whom, open.taxes) = beside(scope, &estimate, open.add.is_some() || open.line.is_some()).await?;
    let head = &estimate.head;
    // While a line is written or a refusal is shown, the paper does not draw itself again.
    let quiet = open.line.is_none() && open.add.is_none() && open.option.is_none() && !open.filled.is_wrong();
    let paper = inside(scope, &estimate, &whom, &open)?;
    let body = html! {
        @if quiet { div #estimate.contents data-live="estimate.*" data-live-src={ "/estimates/" (id) "/part" } { (paper) } } @else { (form::unsaid(&open.filled, &paper)) (paper) }
    };
    let title = head.number.clone().unwrap_or_else(|| format!("Draft for {}", head.customer_name));
    let past =
        scope.can::<AuditRead>().then(|| link_button("History", format!("/history/{id}")).quiet().icon("history"));
    let pdf = link_button("PDF", format!("/estimates/{id}/pdf")).quiet().icon("file-text").attr("target", "_blank");
    let frame = Frame {
        title,
        active: "/estimates",
        crumbs: vec![("Estimates".into(), "/estimates".into())],
        actions: html! { @if let Some(past) = past { (past) } @if scope.can::<PricesSee>() { (pdf) } },
        body,
        wide: true,
        canvas: true,
        ..Frame::default()
    };
    let page = shell::page(scope, frame);
    Ok(if open.filled.is_wrong() { Page { status: 422, ..page } } else { page })
}

/// Paper, side and dialogs.
fn inside(scope: &Scope, estimate: &Estimate, whom: &Whom, open: &Open) -> Result<Markup> {
    let head = &estimate.head;
    let editable = head.status == Status::Draft && scope.can::<EstimatesWrite>();
    let total = written::money(scope.tenant(), head.total);
    let paper = sheet(scope.tenant(), estimate, &whom.address, editable, open);
    let act = side::main_act(scope, estimate, "");
    let side = side::side(scope, estimate, open)?;
    let dialogs = side::dialogs(scope, estimate, whom.email.as_deref(), open);
    Ok(html! { (desk(paper, side, ("Total", &total), act)) (dialogs) })
}
