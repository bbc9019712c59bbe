//! What was chosen, once more and in full, and the name that approves it.
use kernel::{
    Error, Result, Visitor,
    http::{Either, Page, Path, Query, Redirect},
};
use maud::html;
use tenancy::shell;
use ui::{Filled, field, form};

use super::{
    Shown, link, of,
    show::{Pick, money, said, totals},
};
use crate::{EstimateLineId, OptionId};

pub async fn page(
    visitor: Visitor,
    Path(token): Path<String>,
    Query(pick): Query<Pick>,
) -> Result<Either<Redirect, Page>> {
    let shown = of(&visitor, &token).await?;
    let first = shown.content.options.first().map(|offered| offered.option.id);
    let option = pick.option.or(first).ok_or(Error::NotFound)?;
    if !shown.may_decide() {
        return Ok(Either::Done(Redirect::to(format!("/estimate/{token}"))));
    }
    draw(&visitor, &shown, option, &pick.tick, &Filled::default()).map(Either::Again)
}

pub(super) fn draw(
    visitor: &Visitor,
    shown: &Shown,
    option: OptionId,
    ticked: &[EstimateLineId],
    filled: &Filled,
) -> Result<Page> {
    let content = &shown.content;
    let choice = content.choose(option, ticked, &shown.hash)?;
    let here = link::path(visitor, shown.id, content.revision)?;
    let several = content.options.len() > 1;
    let total = money(visitor, shown, choice.sums.total_minor);
    let says = format!(
        "Estimate {}{}",
        content.number,
        if several { format!(", {}", choice.option.name) } else { String::new() }
    );
    let body = html! {
        (ui::question(&content.title, &says))
        div.card.est-offer.est-chosen {
            ul.est-lines { @for line in &choice.lines { (said(visitor, shown, line, html! {})) } }
            (totals(visitor, shown, &choice))
        }
        @if let Some(terms) = &content.terms { section.est-terms { h2.strong { "Terms" } @for line in terms.lines() { p { (line) } } } }
        form.form."mt-6" method="post" action={ (here) "/approve" } data-form novalidate {
            (form::key())
            (form::summary(filled))
            input type="hidden" name="option" value=(option);
            @for line in &choice.ticked { input type="hidden" name="tick" value=(line); }
            input type="hidden" name="shown" value=(choice.hash);
            (field::text(filled, "name", "Your name").required().most(120).autocomplete("name").hint("It stands for your signature."))
            div.field data-island="signature" data-kept="path" hidden {
                span.label #sign-label { "Signature, if you like to draw it" }
                canvas.est-sign width="600" height="200" role="img" aria-labelledby="sign-label" tabindex="0" {}
                div { button.btn.btn-s type="button" { "Clear" } }
                input type="hidden" name="signature" value=(filled.value("signature"));
            }
            p.soft.t13 { "With your name you agree to what stands above, for " strong.num { (total) } "."
                @if choice.deposit_minor > 0 { " An invoice for the deposit of " strong.num { (money(visitor, shown, choice.deposit_minor)) } " is made at once; it is taken off the last invoice." } }
            div."flex"."flex-wrap"."gap-2" {
                button.btn.btn-l.btn-primary type="submit" { "Approve for " (total) }
                a.btn.btn-l.btn-quiet href=(here) { "Back" }
            }
        }
    };
    let page = shell::public(visitor, &content.title, body, html! {});
    Ok(if filled.is_wrong() { Page { status: 422, ..page } } else { page })
}
