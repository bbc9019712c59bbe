//! How estimates do: what is with customers, by how long and how much, and how many of those decided were won.
use billing::written;
use futures_util::future::BoxFuture;
use insights::{Value, card};
use jiff::{SignedDuration, Timestamp};
use kernel::{Money, PricesSee, Result, Scope, row, sql};
use maud::{Markup, html};
use ui::chart::{Piece, stacked};
use uuid::Uuid;

use crate::{
    estimate::{list::Chip, page::of_chip},
    permissions::EstimatesRead,
};

row! {
    /// 0 up to a week, 1 up to two, 2 up to thirty days, 3 longer.
    struct Age { bucket: i32, estimates: i64, minor: i64 }
}
row! {
    struct Decided { won: i64, lost: i64, minor: i64 }
}

sql! {
    fn ages(week_ago: Timestamp, two_weeks_ago: Timestamp, month_ago: Timestamp) -> Vec<Age> = "
        select case when sent_at >= $2 then 0 when sent_at >= $3 then 1 when sent_at >= $4 then 2 else 3 end as bucket,
               count(*) as estimates, sum(total_minor)::bigint as minor
        from estimate where tenant_id = $1 and status in ('sent', 'viewed') group by 1 order by 1";
    fn decided(since: Timestamp) -> Decided = "
        select count(*) filter (where status = 'approved') as won, count(*) filter (where status = 'declined') as lost,
               coalesce(sum(total_minor) filter (where status = 'approved'), 0)::bigint as minor
        from estimate where tenant_id = $1 and decided_at >= $2";
}

const LOOKED_BACK: i64 = 90;

fn ago(scope: &Scope, days: i64) -> Timestamp {
    scope.now().saturating_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN)
}

fn by_age(scope: &Scope) -> kernel::Statement<Vec<Age>> {
    ages(ago(scope, 7), ago(scope, 14), ago(scope, 30))
}

insights::figure! {
    "open_estimates" for EstimatesRead => open_estimates,
    "open_estimates_value" for EstimatesRead => open_value,
    "estimates_won_90_days" for EstimatesRead => won,
    "estimates_lost_90_days" for EstimatesRead => lost,
}

async fn open_estimates(scope: Scope) -> Result<Value> {
    let ages = scope.read(by_age(&scope)).await?;
    Ok(Value::Count(ages.iter().map(|age| age.estimates).sum()))
}
async fn open_value(scope: Scope) -> Result<Value> {
    let ages = scope.read(by_age(&scope)).await?;
    let minor = ages.iter().map(|age| age.minor).sum();
    Ok(Value::Money(Money::new(minor, scope.tenant().locale.currency)))
}
async fn won(scope: Scope) -> Result<Value> {
    Ok(Value::Count(scope.read(decided(ago(&scope, LOOKED_BACK))).await?.won))
}
async fn lost(scope: Scope) -> Result<Value> {
    Ok(Value::Count(scope.read(decided(ago(&scope, LOOKED_BACK))).await?.lost))
}

/// On the dashboard: what is open by age, and how many were won of late.
pub fn card_of(scope: Scope, _: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        // A bar's length says as much as its figure.
        if !scope.can::<PricesSee>() {
            return Ok(html! {});
        }
        let (ages, decided) = scope.read((by_age(&scope), decided(ago(&scope, LOOKED_BACK)))).await?;
        let currency = scope.tenant().locale.currency;
        let text = |minor| written::money(scope.tenant(), Money::new(minor, currency));
        let names = ["This week", "Up to 2 weeks", "Up to 30 days", "Longer"];
        let pieces: Vec<Piece> = (0_i32..4)
            .zip(names)
            .zip(["o1", "o2", "o3", "o4"])
            .map(|((bucket, label), class)| {
                let age = ages.iter().find(|age| age.bucket == bucket);
                let minor = age.map_or(0, |age| age.minor);
                Piece {
                    label: label.into(),
                    value: minor as f64,
                    text: text(minor),
                    count: age.map_or(0, |age| age.estimates).to_string(),
                    class,
                    href: Some(of_chip(Chip::Open)),
                }
            })
            .collect();
        let all = text(ages.iter().map(|age| age.minor).sum());
        let of = decided.won + decided.lost;
        let body = html! {
            @if ages.is_empty() { p.soft.t13 { "Nothing is with a customer. What you send stands here by how long it waits." } }
            @else { (stacked("Open estimates by how long they wait", &pieces)) }
            @if of > 0 {
                p.t13.soft.num."mt-2" { "Won " (decided.won) " of " (of) " decided in 90 days (" (decided.won * 100 / of) " %), " (text(decided.minor)) "." }
            }
        };
        Ok(card("estimates-open", "Open estimates", &all, Some(("/estimates", "Estimates")), body))
    })
}
