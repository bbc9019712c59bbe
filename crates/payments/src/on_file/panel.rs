//! In the rail of a customer: the cards they keep.
use billing::written;
use customers::CustomerId;
use futures_util::future::BoxFuture;
use kernel::{Result, Scope, Uuid};
use maud::{Markup, html};
use ui::{button, card, form::verb_form};

use super::{Row, of_customer};
use crate::permissions::PaymentsCharge;

pub fn panel(scope: Scope, customer: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let kept = scope.read(of_customer(CustomerId(customer))).await?;
        if kept.is_empty() {
            return Ok(html! {});
        }
        Ok(card::section("Cards on file", html! {}, html! { @for one in &kept { (line(&scope, one)) } }))
    })
}

fn line(scope: &Scope, one: &Row) -> Markup {
    let (today, zone) = (scope.local_now().date(), scope.tenant().locale.zone.clone());
    let agreed = written::short_day(one.agreed_at.to_zoned(zone).date(), today);
    let right = html! { @if scope.can::<PaymentsCharge>() {
        (verb_form(&format!("/cards-on-file/{}/remove", one.id), html! { (button("Remove").small().quiet()) }))
    } };
    html! {
        (card::line_with("credit-card", &one.called(), html! { span.overdue[one.is_over(today)] { (one.good(today)) } }, right))
        details.t12.soft."mb-2" { summary { "Agreed on " (agreed) } p."mt-1" { (one.agreed_by) ": “" (one.words) "”" } }
    }
}
