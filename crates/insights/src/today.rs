//! Today on the screen: what needs a hand, the day, the money. Each part is drawn by the context that knows it.
use futures_util::future::{join, join_all, join3};
use kernel::{
    Result, Scope,
    access::Access,
    http::{Either, Page, Redirect},
    module::Panel,
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use uuid::Uuid;

use crate::{hand, home::Home, permissions::DashboardRead, start};

pub async fn page(home: Home) -> Result<Either<Page, Redirect>> {
    let access = match home {
        Home::Office(access) => access,
        Home::Elsewhere(path) => return Ok(Either::Again(Redirect::to(path))),
    };
    let (start, inside) = join(start::card(&access), inside(&access)).await;
    let body = html! {
        @if let Some(start) = start? { div.dash-start { (start) } }
        div #today.dash data-live="appointment.* technician.* work_order.* invoice.* payment.* rating.*" data-live-src="/today/part" { (inside) }
    };
    let frame = Frame {
        title: "Today".into(),
        beside: access.local_now().strftime("%a %-d %b").to_string(),
        active: "/",
        body,
        wide: true,
        canvas: true,
        ..Frame::default()
    };
    Ok(Either::Done(shell::page(&access, frame)))
}

/// The part of the page that draws itself again when something happened.
pub async fn part(access: Access<DashboardRead>) -> Result<Page> {
    Ok(inside(&access).await.into())
}

async fn inside(scope: &Scope) -> Markup {
    let (hand, day, money) =
        join3(drawn(scope, "today.hand"), drawn(scope, "today.day"), drawn(scope, "today.money")).await;
    let count: usize = hand.iter().map(hand::count).sum();
    html! {
        section.card.todo-card aria-labelledby="todo-h" {
            div.card-h { h2 #todo-h { "Needs a hand now" } @if count > 0 { span.dim.num { (count) } } }
            @if count > 0 { ul.todo { @for part in &hand { (part) } } }
            @else {
                @for part in &hand { (part) }
                div.todo-none { (ui::icon("circle-check")) div {
                    p.strong { "Nothing waits for you" }
                    p.soft.t13 { "Jobs without a technician, arrivals that run late, finished work without an invoice and late payers show up here." }
                } }
            }
        }
        @for part in &day { (part) }
        @if !money.is_empty() { div."grid"."gap-4"."content-start".money { @for part in &money { (part) } } }
    }
}

/// The panels of a slot that this person may see, side by side in time. One that fails says so and leaves the others alone.
async fn drawn(scope: &Scope, slot: &str) -> Vec<Markup> {
    let panels: Vec<&Panel> = scope.house().panels(slot).filter(|panel| scope.may(panel.permission)).collect();
    let draw = panels.iter().map(|panel| (panel.draw)(scope.clone(), Uuid::nil()));
    let all = join_all(draw).await;
    let told = |outcome: Result<Markup>| {
        outcome.unwrap_or_else(|error| {
            tracing::error!(%error, slot, "a panel of the dashboard failed");
            ui::card::failed_part("This part could not be drawn just now.", "/today/part")
        })
    };
    all.into_iter().map(told).collect()
}
