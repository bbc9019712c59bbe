//! What a job cost and what is left of its price: its lines at their cost when they were sold, and the time on it.
//!
//! Working time and the way are reckoned at what an hour cost; a line of labor then counts nothing besides, or the same hour would count twice.
use catalog::item::Kind as Sort;
use jiff::Timestamp;
use kernel::{
    Access, Cost, CostsSee, Currency, Error, Money, Result, Scope, Uuid,
    http::{Json, Path},
    money::scale,
    row, sight, sql,
    sum::{Charged, LineTaxes, Rules},
};
use maud::{Markup, html};
use scheduling::say;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;
use ui::card;

use crate::{
    line::Line,
    order::{self, WorkOrder, WorkOrderId, show::Whole},
    permissions::WorkRead,
    time::{Kind, TimeEntry},
};

row! { struct Sold { order_id: Uuid, kind: Sort, quantity_milli: i64, unit_price_minor: i64, taxes: LineTaxes, cost_minor: Option<i64> } }
row! { struct Worked { order_id: Option<Uuid>, kind: Kind, starts_at: Timestamp, ends_at: Option<Timestamp>, cost_minor: Option<i64> } }

sql! {
    fn lines(orders: Vec<Uuid>) -> Vec<Sold> = "
        select order_id, kind, quantity_milli, unit_price_minor, taxes, cost_minor from line_item where tenant_id = $1 and order_id = any($2)";
    fn times(orders: Vec<Uuid>) -> Vec<Worked> = "
        select order_id, kind, starts_at, ends_at, cost_minor from time_entry where tenant_id = $1 and order_id = any($2) and kind <> 'break'";
}

/// Of one job.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Costs {
    /// Of its lines.
    pub lines: Option<Cost>,
    /// Of working time and the way.
    pub labor: Option<Cost>,
    pub total: Option<Cost>,
    /// What is earned without taxes, less the cost; none for who may not see both.
    pub margin: Option<Cost>,
    /// Millionths of what is earned; none for who may not see both, or without a price.
    pub margin_ppm: Option<i64>,
    /// Lines and hours of which nobody knows what they cost; they count nothing.
    pub unknown: i64,
    /// Minutes at work and on the way, until now.
    pub minutes: i64,
}

#[derive(Default)]
struct Sum {
    lines: i64,
    labor: i64,
    unknown: i64,
    seconds: i64,
}

const HOUR: i64 = 3600;

impl Sum {
    fn of(sold: &[&Sold], worked: &[&Worked], now: Timestamp) -> Self {
        let mut sum = Self::default();
        for entry in worked {
            let seconds = entry.ends_at.unwrap_or(now).duration_since(entry.starts_at).as_secs().max(0);
            sum.seconds += seconds;
            match entry.cost_minor {
                Some(cost) => sum.labor = sum.labor.saturating_add(scale(cost, seconds, HOUR)),
                None => sum.unknown += 1,
            }
        }
        let timed = worked.iter().any(|entry| entry.kind == Kind::Work);
        for line in sold.iter().filter(|line| !(timed && line.kind == Sort::Labor)) {
            match line.cost_minor {
                Some(cost) => sum.lines = sum.lines.saturating_add(scale(cost, line.quantity_milli, 1000)),
                None => sum.unknown += 1,
            }
        }
        sum
    }

    fn told(&self, earned_minor: i64, currency: Currency) -> Costs {
        if !sight::costs() {
            return Costs::default();
        }
        let cost = |minor: i64| Some(Cost(Money::new(minor, currency)));
        let total = self.lines.saturating_add(self.labor);
        let margin = earned_minor.saturating_sub(total);
        Costs {
            lines: cost(self.lines),
            labor: cost(self.labor),
            total: cost(total),
            margin: cost(margin).filter(|_| sight::prices()),
            margin_ppm: (sight::prices() && earned_minor > 0).then(|| scale(margin, 1_000_000, earned_minor)),
            unknown: self.unknown,
            minutes: self.seconds / 60,
        }
    }
}

/// What is left of the prices once their taxes are out of them; where taxes come on top, the prices.
fn earned(sold: &[&Sold], rules: Rules, subtotal_minor: i64) -> i64 {
    let charged: Vec<Charged<'_>> = sold
        .iter()
        .map(|line| Charged {
            quantity_milli: line.quantity_milli,
            unit_price_minor: line.unit_price_minor,
            discount_minor: 0,
            taxes: &line.taxes,
        })
        .collect();
    kernel::sum::sum(rules, &charged).map_or(subtotal_minor, |totals| totals.total_minor - totals.tax_minor)
}

/// Of one that is read already.
pub fn of_whole(job: &Whole, now: Timestamp) -> Costs {
    let id = job.order.id.0;
    let sold = |line: &Line| Sold {
        order_id: id,
        kind: line.kind,
        quantity_milli: line.quantity_milli,
        unit_price_minor: line.unit_price_minor,
        taxes: line.taxes.clone(),
        cost_minor: line.cost_minor,
    };
    let worked = |entry: &TimeEntry| Worked {
        order_id: Some(id),
        kind: entry.kind,
        starts_at: entry.starts_at,
        ends_at: entry.ends_at,
        cost_minor: entry.cost_minor,
    };
    let sold: Vec<Sold> = job.lines.iter().map(sold).collect();
    let worked: Vec<Worked> = job.times.iter().filter(|entry| entry.kind != Kind::Break).map(worked).collect();
    of_one(&job.order, &sold.iter().collect::<Vec<_>>(), &worked.iter().collect::<Vec<_>>(), job.rules, now)
}

fn of_one(order: &WorkOrder, sold: &[&Sold], worked: &[&Worked], rules: Rules, now: Timestamp) -> Costs {
    Sum::of(sold, worked, now).told(earned(sold, rules, order.subtotal_minor), order.currency())
}

/// Of these jobs, by their ids; in one round trip.
pub async fn of(scope: &Scope, orders: &[&WorkOrder]) -> Result<HashMap<Uuid, Costs>> {
    let ids: Vec<Uuid> = orders.iter().map(|order| order.id.0).collect();
    let (sold, worked, rules) = scope.read((lines(ids.clone()), times(ids), taxes::terms::rules())).await?;
    let rules = rules.unwrap_or_default();
    let now = scope.now();
    let one = |order: &&WorkOrder| {
        let id = order.id.0;
        let sold: Vec<&Sold> = sold.iter().filter(|line| line.order_id == id).collect();
        let worked: Vec<&Worked> = worked.iter().filter(|entry| entry.order_id == Some(id)).collect();
        (id, of_one(order, &sold, &worked, rules, now))
    };
    Ok(orders.iter().map(one).collect())
}

/// Empty for who may not see costs.
pub async fn api(access: Access<WorkRead>, Path(id): Path<WorkOrderId>) -> Result<Json<Costs>> {
    let order = access.read(order::find(id)).await?.ok_or(Error::NotFound)?;
    Ok(Json(of(&access, &[&order]).await?.remove(&order.id.0).unwrap_or_default()))
}

/// Beside a job, for whoever may see what things cost.
pub fn draw(scope: &Scope, costs: &Costs) -> Markup {
    if !scope.can::<CostsSee>() {
        return html! {};
    }
    let language = &scope.tenant().locale.language;
    let said = |cost: &Option<Cost>| cost.map(|cost| cost.display(language)).unwrap_or_default();
    let labor = format!("Time, {}", say::minutes(costs.minutes));
    let mut pairs = vec![("Lines", html! { span.num { (said(&costs.lines)) } })];
    pairs.push((labor.as_str(), html! { span.num { (said(&costs.labor)) } }));
    pairs.push(("Cost", html! { span.num.strong { (said(&costs.total)) } }));
    if let Some(margin) = &costs.margin {
        // In tenths of a per cent.
        let share = costs.margin_ppm.map(|ppm| format!(" · {} %", crate::line::quantity(scale(ppm, 1, 1000) * 100)));
        pairs.push(("Margin", html! { span.num.strong { (margin.display(language)) (share.unwrap_or_default()) } }));
    }
    let unknown = match costs.unknown {
        0 => html! {},
        1 => html! { p.dim.t12."pt-1" { "Of one line or hour nobody knows the cost; it counts nothing." } },
        n => html! { p.dim.t12."pt-1" { "Of " (n) " lines and hours nobody knows the cost; they count nothing." } },
    };
    card::section("Cost and margin", html! {}, html! { (card::facts(&pairs)) (unknown) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_counts_once() {
        let at = |minute: i64| Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(minute);
        let sold = |kind, cost_minor| Sold {
            order_id: Uuid::nil(),
            kind,
            quantity_milli: 1500,
            unit_price_minor: 0,
            taxes: LineTaxes::default(),
            cost_minor,
        };
        let worked = |kind, from, to: i64, cost_minor| Worked {
            order_id: Some(Uuid::nil()),
            kind,
            starts_at: at(from),
            ends_at: Some(at(to)),
            cost_minor,
        };
        let (part, labor, odd) =
            (sold(Sort::Material, Some(1001)), sold(Sort::Labor, Some(4000)), sold(Sort::Material, None));
        let lines = [&part, &labor, &odd];
        let none = Sum::of(&lines, &[], at(0));
        assert_eq!((none.lines, none.labor, none.unknown), (1502 + 6000, 0, 1), "half a cent is rounded once a line");
        let (way, work) = (worked(Kind::Travel, 0, 20, Some(4800)), worked(Kind::Work, 20, 95, Some(4800)));
        let both = Sum::of(&lines, &[&way, &work], at(100));
        assert_eq!((both.lines, both.labor, both.seconds), (1502, 1600 + 6000, 95 * 60));
        let told = both.told(20_000, Currency::USD);
        assert_eq!(told.margin.map(|margin| margin.0.minor), Some(20_000 - 9102));
        assert_eq!(told.margin_ppm, Some(544_900));
    }

    #[test]
    fn a_tax_in_the_price_is_not_earned() {
        let tax = kernel::sum::LineTax { name: "VAT".into(), rate_ppm: 200_000, compound: false };
        let line = Sold {
            order_id: Uuid::nil(),
            kind: Sort::Material,
            quantity_milli: 1000,
            unit_price_minor: 12_000,
            taxes: LineTaxes(vec![tax]),
            cost_minor: None,
        };
        let within = Rules { inclusive: true, ..Rules::default() };
        assert_eq!((earned(&[&line], within, 12_000), earned(&[&line], Rules::default(), 12_000)), (10_000, 12_000));
    }
}
