//! What other pages show of jobs: a visit's on the board, the latest of a customer.
use customers::CustomerId;
use futures_util::future::BoxFuture;
use kernel::{Result, Scope};
use maud::{Markup, html};
use scheduling::rating;
use ui::{button, card, form::verb_form};
use uuid::Uuid;

use crate::{
    AppointmentId, WorkOrderId,
    order::{self, Status, WorkOrder},
    permissions::WorkWrite,
    visit::{self, draw},
};

/// The word of a state in our colours.
pub fn status(order: &WorkOrder) -> Markup {
    let look = match order.status {
        Status::Open => "requested",
        Status::InProgress => "on_site",
        Status::OnHold => "held",
        Status::Completed => "completed",
        Status::Cancelled => "cancelled",
    };
    ui::status_saying(look, order.status.label())
}

fn line(scope: &Scope, order: &WorkOrder) -> Markup {
    let money = order.subtotal().display(&scope.tenant().locale.language);
    let small = match order.lines {
        0 => "no lines yet".to_owned(),
        1 => format!("1 line, {money}"),
        n => format!("{n} lines, {money}"),
    };
    html! {
        div.eq { (ui::icon("wrench")) span { a.link href={ "/jobs/" (order.id) } { (order.called()) } " " (order.title) small { (small) } } (status(order)) }
    }
}

pub fn of_visit(scope: Scope, id: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let here = AppointmentId(id);
        let (order, place) = scope.read((order::id_of_appointment(here), visit::place(here))).await?;
        let order = match order {
            Some(order) => scope.read(order::find(order)).await?,
            None => None,
        };
        let body = html! {
            @match &order {
                Some(order) => { (line(&scope, order)) (draw::place(place)) },
                None => {
                    p.dim.t13 { "No work is written down yet. It begins when the technician starts." }
                    @if scope.can::<WorkWrite>() {
                        div."mt-2" { (verb_form(&format!("/jobs/of-visit/{id}"), html! { (button("Prepare the job").small().icon("clipboard-list")) })) }
                    }
                },
            }
        };
        Ok(card::section("Job", html! {}, body))
    })
}

/// What the customer said of the visit, in the rail of its job.
pub fn rated(scope: Scope, order: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let Some(visit) = scope.read(order::find(WorkOrderId(order))).await?.and_then(|order| order.appointment_id)
        else {
            return Ok(html! {});
        };
        let Some(rating) = scope.read(rating::of_visit(visit)).await? else { return Ok(html! {}) };
        let body = html! {
            p { (rating::drawn(rating.stars)) }
            @if let Some(comment) = &rating.comment { @for line in comment.lines() { p.t13 { (line) } } }
            @if rating.waits() { p."mt-2" { a.link.t13 href="/ratings?waiting=true" { "To be seen to" } } }
        };
        Ok(card::section("How it was", html! {}, body))
    })
}

pub fn of_customer(scope: Scope, customer: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let latest = order::list::latest_of(&scope, CustomerId(customer), 5).await?;
        if latest.is_empty() {
            return Ok(html! {});
        }
        let all = html! { a.link.t12 href={ "/jobs?customer_id=" (customer) } { "All" } };
        Ok(card::section("Jobs", all, html! { @for order in &latest { (line(&scope, order)) } }))
    })
}
