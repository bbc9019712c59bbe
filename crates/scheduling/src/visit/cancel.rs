//! The customer calls the visit off, as long as the company lets them.
use kernel::{
    Checks, Error, Input, Result, Visitor,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::html;
use tenancy::shell::{self, filled};
use ui::{Filled, button, field, form};

use super::{
    ON_CANCEL,
    show::{Visit, of, others},
};
use crate::{
    appointment::{Cancel, CancelledBy, cancel},
    say,
    terms::{self, Agreed},
};

async fn draw(visitor: &Visitor, token: &str, visit: &Visit, agreed: Option<&Agreed>, values: &Filled) -> Page {
    let others = others(visitor, ON_CANCEL, visit.id).await;
    let locale = &visitor.tenant().locale;
    let due = agreed.and_then(|agreed| agreed.due(visit.starts_at, visitor.now()));
    let when = format!("{}, {}", visit.day(visitor), visit.hours(visitor));
    let body = html! {
        (ui::question("Cancel this visit?", &format!("{}. {when}.", visit.title)))
        @if let Some(fee) = due { div."mt-4" { (ui::note("warning", html! { "It is late: cancelling now costs " strong.num { (fee.display(&locale.language)) } ", as said when it was booked." })) } }
        @else if let Some((agreed, fee)) = agreed.and_then(|agreed| agreed.fee().map(|fee| (agreed, fee))) {
            p.soft."mt-2" { "It costs nothing until " (say::moment(agreed.late_from(visit.starts_at), locale)) "; later " (fee.display(&locale.language)) "." }
        }
        (others)
        form.form."mt-6" method="post" action={ "/visit/" (token) "/cancel" } data-form novalidate {
            (form::key())
            (form::summary(values))
            (field::textarea(values, "reason", "Why, if you like to say").rows(3).most(500))
            div."flex"."flex-wrap"."gap-2" {
                (button("Cancel the visit").danger())
                (ui::link_button("Keep it", format!("/visit/{token}")).quiet())
            }
        }
    };
    shell::public(visitor, "Cancel this visit?", body, html! {})
}

fn late(visitor: &Visitor) -> Error {
    let name = &visitor.tenant().name;
    Error::refused(format!("It is too late to cancel this visit here. Call {name}, and we see what we can do."))
}

pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Result<Page> {
    let (visit, rules) = of(&visitor, &token).await?;
    let agreed = visitor.read(terms::of_visit(visit.id)).await?;
    match visit.may_cancel(&rules, visitor.now()) {
        true => Ok(draw(&visitor, &token, &visit, agreed.as_ref(), &Filled::default()).await),
        false => Err(late(&visitor)),
    }
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelForm {
    reason: Option<String>,
}
impl Input for CancelForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("reason", &mut self.reason, 500);
    }
}

pub async fn post(
    visitor: Visitor,
    Path(token): Path<String>,
    form: Form<CancelForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    visitor.house().limits().careful("visit", &visitor.peer)?;
    let (visit, rules) = of(&visitor, &token).await?;
    let outcome = form
        .then(async |input: CancelForm| {
            if !visit.may_cancel(&rules, visitor.now()) {
                return Err(late(&visitor));
            }
            let input = Cancel { reason: input.reason, by: Some(CancelledBy::Customer), fee: None };
            visitor
                .once(async |tx| {
                    cancel(tx, visit.id, None, &input).await?;
                    Ok(Redirect::to(format!("/visit/{token}")))
                })
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(done) => Either::Done(done),
        Err(typed) => {
            let agreed = visitor.read(terms::of_visit(visit.id)).await?;
            let page = draw(&visitor, &token, &visit, agreed.as_ref(), &filled(typed)).await;
            Either::Again(Page { status: 422, ..page })
        }
    })
}
