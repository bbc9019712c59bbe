//! What other pages show of plans: a customer's, and those that need a hand.
use customers::CustomerId;
use insights::hand::{Tone, item};
use kernel::{Result, Scope, row, sql};
use maud::{Markup, html};
use ui::{card, link_button};
use uuid::Uuid;

use crate::{
    permissions::MaintenanceWrite,
    plan::{self, Plan, PlanId, Status},
    recurrence,
};

row! { struct Stuck { id: PlanId, customer_name: String, trouble: String } }

sql! {
    fn stuck() -> Vec<Stuck> = "
        select p.id, c.name as customer_name, coalesce(p.trouble, '') as trouble
        from maintenance_plan p join customer c on c.tenant_id = $1 and c.id = p.customer_id and c.status = 'active'
        where p.tenant_id = $1 and p.status = 'active' and p.trouble is not null order by p.id limit 3";
}

/// Plans whose visits could not be booked.
pub async fn hand(scope: Scope, _: Uuid) -> Result<Markup> {
    let stuck = scope.read(stuck()).await?;
    Ok(html! {
        @for plan in &stuck {
            (item("repeat", Tone::Warn, &format!("No visits for the plan of {}", plan.customer_name), &plan.trouble, "Look", &format!("/maintenance/{}", plan.id)))
        }
    })
}

fn line(plan: &Plan) -> Markup {
    let words = recurrence::words(&plan.rule, plan.starts_on);
    let small = match (plan.status, plan.next_due) {
        (Status::Active, _) => words,
        (status, _) => format!("{words} · {}", status.label().to_lowercase()),
    };
    html! {
        div.eq { (ui::icon("repeat")) a href={ "/maintenance/" (plan.id) } { (plan.item_name) small { (small) } } }
    }
}

pub async fn of_customer(scope: Scope, customer: Uuid) -> Result<Markup> {
    let plans = plan::of_customer(&scope, CustomerId(customer)).await?;
    let (running, over): (Vec<&Plan>, Vec<&Plan>) = plans.iter().partition(|plan| plan.status != Status::Ended);
    let may = scope.can::<MaintenanceWrite>();
    let add = html! { @if may { (link_button("New maintenance plan", format!("/maintenance/new?customer_id={customer}")).small().quiet().icon_only("plus")) } };
    Ok(card::section(
        "Maintenance plans",
        add,
        html! {
            @for plan in &running { (line(plan)) }
            @if running.is_empty() { p.dim.t13 { "None. A plan books the visits that come round by itself." } }
            @if !over.is_empty() { p.dim.t13."mt-2" { a.link href={ "/maintenance?customer_id=" (customer) } { "Ended plans" } } }
        },
    ))
}
