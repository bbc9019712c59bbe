//! What an hour of a technician costs the company: their own figure, or that of the standard labor rate.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Cost, CostsSee, Currency, Error, Input, Money, Result, Scope, TenantTx, Uuid,
    http::{Form, Json, Path, Redirect, Repeatable},
    row, sql,
};
use maud::{Markup, html};
use scheduling::{BoardRead, TechnicianId, TechniciansWrite};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ui::{Filled, button, card, field, form};

row! {
    /// Their own, and the one that counts.
    pub struct Rate { own_minor: Option<i64>, pub cost_minor: Option<i64> }
}

sql! {
    pub(crate) fn of(technician: TechnicianId) -> Option<Rate> = "
        select t.cost_minor as own_minor,
               coalesce(t.cost_minor, (select r.cost_minor from labor_rate r where r.tenant_id = $1 and r.standard and r.status = 'active')) as cost_minor
        from technician t where t.tenant_id = $1 and t.id = $2";
    fn update(technician: TechnicianId, cost: Option<i64>, at: Timestamp) -> u64 = "
        update technician set cost_minor = $3, version = version + 1, updated_at = $4 where tenant_id = $1 and id = $2 and cost_minor is distinct from $3";
}

kernel::event! { pub struct HourCostSet = "technician.cost_set", seen by CostsSee { technician: TechnicianId } }

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HourCost {
    /// Their own; none: that of the standard labor rate counts.
    pub own: Option<Cost>,
    /// The one that counts.
    pub cost: Option<Cost>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Of an hour; none takes it away.
    pub own: Option<Cost>,
}
impl Input for Given {
    fn check(&mut self, checks: &mut Checks) {
        let minor = self.own.map_or(0, |cost| cost.0.minor);
        checks.range("own", minor, 0, 100_000_000_000, "An hour costs nothing or more.");
    }
}

fn told(rate: &Rate, currency: Currency) -> HourCost {
    let cost = |minor: Option<i64>| minor.map(|minor| Cost(Money::new(minor, currency)));
    HourCost { own: cost(rate.own_minor), cost: cost(rate.cost_minor) }
}

async fn set(tx: &mut TenantTx, id: TechnicianId, given: &Given) -> Result<HourCost> {
    let currency = tx.currency();
    if given.own.is_some_and(|own| own.0.currency != currency) {
        return Err(Error::field("/own", "currency", format!("Your company counts in {}.", currency.code())));
    }
    tx.run(of(id)).await?.ok_or(Error::NotFound)?;
    let (changed, rate) = tx.run((update(id, given.own.map(|own| own.0.minor), tx.now()), of(id))).await?;
    if changed > 0 {
        tx.tell(&HourCostSet { technician: id });
    }
    rate.map(|rate| told(&rate, currency)).ok_or(Error::NotFound)
}

/// Empty for who may not see costs.
pub async fn api(access: Access<BoardRead>, Path(id): Path<TechnicianId>) -> Result<Json<HourCost>> {
    let rate = access.read(of(id)).await?.ok_or(Error::NotFound)?;
    Ok(Json(told(&rate, access.tenant().locale.currency)))
}

fn seen(scope: &Scope) -> Result<()> {
    match scope.can::<CostsSee>() {
        true => Ok(()),
        false => Err(Error::refused("Who may not see what things cost sets no cost. Ask somebody who does.")),
    }
}

pub async fn api_set(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    Json(given): Json<Given>,
) -> Result<Json<HourCost>> {
    seen(&access)?;
    access.retrying(async |tx: &mut TenantTx| set(tx, id, &given).await).await.map(Json)
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    cost: Option<String>,
}
impl Input for Typed {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("cost", &mut self.cost, 30);
    }
}

pub async fn post(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    form: Form<Typed>,
) -> Result<Repeatable<Redirect>> {
    seen(&access)?;
    let currency = access.tenant().locale.currency;
    let outcome = form
        .then(async |typed: Typed| {
            let says = "What an hour costs is an amount, such as 38 or 41.50; empty, the standard labor rate counts.";
            let read = |text: &str| Cost::parse(text, currency).ok_or_else(|| Error::field("/cost", "amount", says));
            let given = Given { own: typed.cost.as_deref().map(read).transpose()? }.checked()?;
            access
                .once(async |tx: &mut TenantTx| {
                    set(tx, id, &given).await?;
                    Ok(Redirect::to(format!("/technicians/{id}")).toast("Saved"))
                })
                .await
        })
        .await?;
    outcome.map_err(|typed| typed.refused())
}

/// On a technician's page: their times, and what an hour costs.
pub async fn panel(scope: Scope, id: Uuid) -> Result<Markup> {
    let way = html! { (ui::link_button("Open", format!("/timesheets/{id}")).small()) };
    let times = card::line("clock", "Working time", "On the way, at work, on a break, day by day.", way);
    if !scope.can::<CostsSee>() {
        return Ok(html! { div."mt-8" { (times) } });
    }
    let (rate, locale) = (scope.read(of(TechnicianId(id))).await?, &scope.tenant().locale);
    let told = rate.map(|rate| told(&rate, locale.currency));
    let (own, cost) = told.map(|told| (told.own, told.cost)).unwrap_or_default();
    let says = match (&own, &cost) {
        (Some(own), _) => format!("{} an hour", own.display(&locale.language)),
        (None, Some(cost)) => format!("{} an hour, as the standard labor rate says", cost.display(&locale.language)),
        (None, None) => "Not known yet: the standard labor rate has no cost either.".to_owned(),
    };
    let filled = Filled::of([("cost", own.map(|own| own.amount()).unwrap_or_default())]);
    Ok(html! { div."mt-8" {
        (times)
        (card::line("banknote", "What an hour costs you", &says, html! {}))
        @if scope.can::<TechniciansWrite>() { (ui::fold("Change", html! {
            form.form method="post" action={ "/technicians/" (id) "/hour-cost" } data-form { (form::key())
                (field::money(&filled, "cost", "Their own, for an hour", locale.currency.code()).hint("Empty: what the standard labor rate costs. Time that was worked keeps what it cost."))
                (form::actions(html! { (button("Save cost").small()) })) }
        })) }
    } })
}
