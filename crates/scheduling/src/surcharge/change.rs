//! Changes a surcharge, or takes it out of use. What was agreed for a visit before stays as it was.
use jiff::{Timestamp, civil::Time};
use kernel::{
    Access, Checks, Error, Input, Money, Result, TenantTx,
    http::{IfMatch, Json, One, Path},
    sql,
    text::fold,
};

use super::{
    Kept, Surcharge, SurchargeChanged, SurchargeId, TWICE, check_sum,
    create::{may_price, room},
    find,
};
use crate::permissions::TechniciansWrite;

/// Left out means unchanged.
#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub name: Option<String>,
    /// 1 is Monday, 7 is Sunday.
    pub weekdays: Option<Vec<i32>>,
    pub holidays: Option<bool>,
    pub starts: Option<Time>,
    /// At or before the start: on the next day.
    pub ends: Option<Time>,
    /// Takes the place of a part of the price.
    pub amount: Option<Money>,
    /// Millionths of the service's price; takes the place of an amount.
    pub rate_ppm: Option<i64>,
    pub active: Option<bool>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 80, "a name, such as After hours");
            checks.that(!fold(name).is_empty(), "name", "letters", "A name has letters or digits.");
        }
        if let Some(weekdays) = &mut self.weekdays {
            weekdays.sort_unstable();
            weekdays.dedup();
            let known = weekdays.iter().all(|day| (1..=7).contains(day));
            checks.that(known, "weekdays", "range", "A weekday is 1 for Monday to 7 for Sunday.");
        }
        check_sum(checks, self.amount, self.rate_ppm);
    }
}

sql! {
    fn update(id: SurchargeId, seen: i64, name: String, name_key: String, weekdays: Vec<i32>, holidays: bool, starts: Time, ends: Time, amount: Option<i64>, rate: Option<i64>, currency: String, active: bool, at: Timestamp) -> u64 = "
        update surcharge set name = $4, name_key = $5, weekdays = $6, holidays = $7, starts = $8, ends = $9, amount_minor = $10, rate_ppm = $11, currency = $12, active = $13,
               version = version + 1, updated_at = $14
        where tenant_id = $1 and id = $2 and version = $3";
}

pub async fn change(tx: &mut TenantTx, id: SurchargeId, seen: i64, change: &Change) -> Result<Surcharge> {
    let was: Kept = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    if was.version != seen {
        return Err(Error::Stale(Some(was.version)));
    }
    let (weekdays, holidays) =
        (change.weekdays.clone().unwrap_or(was.weekdays), change.holidays.unwrap_or(was.holidays));
    if weekdays.is_empty() && !holidays {
        return Err(Error::field("/weekdays", "required", "Choose the days on which it counts."));
    }
    let own = tx.currency();
    own.only("/amount", "Surcharges", change.amount)?;
    let (amount, rate, currency) = match (change.amount, change.rate_ppm) {
        (None, None) => (was.amount_minor, was.rate_ppm, was.currency),
        (Some(_), Some(_)) => return Err(Error::field("/amount", "twice", TWICE)),
        (amount, rate) => {
            may_price()?;
            (amount.map(|amount| amount.minor), rate, own.code().to_owned())
        }
    };
    let active = change.active.unwrap_or(was.active);
    if active && !was.active {
        room(tx).await?;
    }
    let name = change.name.clone().unwrap_or(was.name);
    let (key, now) = (fold(&name), tx.now());
    let (starts, ends) = (change.starts.unwrap_or(was.starts), change.ends.unwrap_or(was.ends));
    tx.tell(&SurchargeChanged { surcharge: id });
    let row = update(id, seen, name, key, weekdays, holidays, starts, ends, amount, rate, currency, active, now);
    match tx.run((row, find(id))).await? {
        (1, Some(now)) => Ok(now.into()),
        _ => Err(Error::Stale(Some(was.version))),
    }
}

pub async fn change_api(
    access: Access<TechniciansWrite>,
    Path(id): Path<SurchargeId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Surcharge>> {
    let seen = version.required()?;
    access.retrying(async |tx| change(tx, id, seen, &input).await).await.map(One)
}
