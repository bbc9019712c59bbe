//! The page on the phone that is handed to the customer: what it is about, the sentence, and the field to sign in.
use kernel::{
    Access, Error, PricesSee, Result, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable, Typed},
};
use maud::{Markup, html};
use tenancy::shell;
use ui::{
    Filled, PhonePage, button, field,
    form::key,
    tech::{heading, sheet},
};

use super::{Kind, Signature, draw, sign};
use crate::{
    AppointmentId,
    order::{Status, show::Whole},
    permissions::WorkOwn,
    tech,
};

/// On the page of the job: who has signed, and the way to the field.
pub(crate) fn section(visit: AppointmentId, whole: &Whole) -> Markup {
    let may = whole.order.status != Status::Cancelled && !whole.lines.is_empty();
    html! { @if may || !whole.signatures.is_empty() {
        section aria-label="Signature" {
            (heading("Signature", ""))
            @if !whole.signatures.is_empty() { (sheet(html! { @for one in &whole.signatures { li.part { span { b { (one.name) } small { (one.kind.label()) @if one.changed_since { ", changed since" } } } (draw::face(one)) } } })) }
            @if may { div."pt-2" { (ui::link_button("Let the customer sign", format!("/tech/jobs/{visit}/sign")).icon("signature").class("btn-touch")) } }
        }
    } }
}

async fn show(access: &Access<WorkOwn>, visit: AppointmentId, typed: Option<Typed>) -> Result<Page> {
    let (mine, whole) = tech::with_job(access, visit).await?;
    // A person signs for a company; whoever it is types their own.
    let blank = || Filled::of([("name", mine.customer_name.clone())]);
    let filled = &typed.map_or_else(blank, shell::filled);
    let whole = whole.ok_or_else(|| Error::refused("Start the job first; then there is something to sign."))?;
    let priced = access.can::<PricesSee>();
    let language = &access.tenant().locale.language;
    let over = whole.order.status.is_over();
    // What was drawn before something else had to be mended is still there; what was drawn for other lines is not.
    let drawn = if filled.error("shown").is_none() { filled.value("strokes") } else { "" };
    let sums = whole.sums();
    let shown = whole.sheet(access).seen()?;
    let back = format!("/tech/jobs/{visit}");
    let chosen = match filled.value("kind") {
        "" => {
            if over || !whole.signatures.is_empty() {
                "completion"
            } else {
                "approval"
            }
        }
        kind => kind,
    };
    let words: Vec<(&str, &str, &str)> =
        Kind::ALL.iter().map(|kind| (kind.as_str(), kind.label(), kind.words())).collect();
    let chosen = Filled { values: [("kind".to_owned(), chosen.to_owned())].into(), ..Filled::default() };
    let body = html! {
        @for (_, says) in &filled.errors { (ui::note("danger", html! { p role="alert" { (says) } })) }
        section aria-label="What it is about" {
            (heading(&whole.order.title, &whole.order.called()))
            (sheet(html! { @for line in &whole.lines { li.part { span { b { (line.description) } } span.num { (crate::line::quantity(line.quantity_milli)) @if priced { " · " (line.money(line.amount_minor(whole.rules)).display(language)) } } } } }))
            @if priced { p.num.strong."pt-2"."text-right" { "Total with tax " (whole.money(sums.total_minor).display(language)) } }
        }
        form.form method="post" action={ (back) "/sign" } data-form novalidate { (key()) (field::hidden("shown", shown))
            (field::choices(&chosen, "kind", "Signed for", &words))
            (field::text(filled, "name", "Name of whoever signs").required().most(120).autocomplete("off"))
            div.field data-island="signature" data-kept="points" hidden {
                span.label #sign-l { "Signature" }
                div.sign-field { canvas width="1000" height="400" role="img" aria-labelledby="sign-l" tabindex="0" {} button.btn."btn-s" type="button" { "Clear" } }
                input type="hidden" name="strokes" value=(drawn);
            }
            (field::checkbox(filled, "typed", "The typed name counts as the signature").hint("For whoever cannot draw here."))
            (button("Sign").primary().large().icon("signature").class("btn-touch"))
        }
    };
    let title = format!("Sign, {}", mine.customer_name);
    let says = html! { (whole.order.called()) " · " (mine.place()) };
    let page = shell::phone(access, |shell| PhonePage::job(shell, title, says, &back, None, html! {}, html! {}), body);
    Ok(Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<WorkOwn>, Path(visit): Path<AppointmentId>) -> Result<Page> {
    show(&access, visit, None).await
}

pub async fn post(
    access: Access<WorkOwn>,
    Path(visit): Path<AppointmentId>,
    form: Form<sign::New>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let scope = &access;
    let outcome = form
        .then(async move |new| {
            scope
                .once(async |tx: &mut TenantTx| {
                    let order = tech::own_order(tx, scope, visit).await?;
                    let signed: Signature = sign::sign(scope, tx, order.id, &new, Some(visit)).await?;
                    Ok(Redirect::to(format!("/tech/jobs/{visit}")).toast(&format!("Signed by {}.", signed.name)))
                })
                .await
        })
        .await?;
    match outcome {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => show(&access, visit, Some(typed)).await.map(Either::Again),
    }
}
