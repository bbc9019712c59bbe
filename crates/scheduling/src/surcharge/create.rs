//! Adds a surcharge. It counts for what is booked from then on.
use jiff::{Timestamp, civil::Time};
use kernel::{
    Access, Checks, Error, Input, Money, Permission, PricesSee, Result, TenantTx,
    http::{Created, Json, Repeatable},
    sql,
    text::fold,
};

use super::{MOST, Surcharge, SurchargeCreated, SurchargeId, TWICE, check_days, check_sum, find, in_use};
use crate::permissions::TechniciansWrite;

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// As customers read it, such as "After hours".
    pub name: String,
    /// 1 is Monday, 7 is Sunday.
    #[serde(default)]
    pub weekdays: Vec<i32>,
    /// On public holidays of the company's country too.
    #[serde(default)]
    pub holidays: bool,
    /// On the company's clock, such as "17:00".
    pub starts: Time,
    /// At or before the start: on the next day.
    pub ends: Time,
    /// So much for a visit; else say `rate_ppm`.
    pub amount: Option<Money>,
    /// Millionths of the service's price: 250000 is 25 %.
    pub rate_ppm: Option<i64>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 80, "a name, such as After hours");
        checks.that(!fold(&self.name).is_empty(), "name", "letters", "A name has letters or digits.");
        check_days(checks, &mut self.weekdays, self.holidays);
        check_sum(checks, self.amount, self.rate_ppm);
        checks.that(self.amount.is_none() || self.rate_ppm.is_none(), "amount", "twice", TWICE);
        let some = self.amount.is_some() || self.rate_ppm.is_some();
        checks.that(some, "amount", "required", "Say how much it is: an amount, or a part of the price.");
    }
}

sql! {
    fn insert(id: SurchargeId, name: String, name_key: String, weekdays: Vec<i32>, holidays: bool, starts: Time, ends: Time, amount: Option<i64>, rate: Option<i64>, currency: String, at: Timestamp, by: Option<kernel::Uuid>) = "
        insert into surcharge (tenant_id, id, name, name_key, weekdays, holidays, starts, ends, amount_minor, rate_ppm, currency, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)";
}

/// Whoever sees no prices sets none.
pub(super) fn may_price() -> Result<()> {
    if kernel::sight::prices() { Ok(()) } else { Err(Error::Forbidden(PricesSee::NAME)) }
}

pub(super) async fn room(tx: &mut TenantTx) -> Result<()> {
    match tx.run(in_use()).await?.len() as i64 {
        MOST.. => {
            Err(Error::refused(format!("There are {MOST} surcharges in use already. Take one out of use first.")))
        }
        _ => Ok(()),
    }
}

pub async fn create(tx: &mut TenantTx, new: &New) -> Result<Surcharge> {
    may_price()?;
    tx.currency().only("/amount", "Surcharges", new.amount)?;
    room(tx).await?;
    let id = SurchargeId::new();
    tx.tell(&SurchargeCreated { surcharge: id });
    let (now, by, currency) = (tx.now(), tx.user(), tx.currency().code().to_owned());
    let amount = new.amount.map(|amount| amount.minor);
    let (name, key) = (new.name.clone(), fold(&new.name));
    let row = insert(
        id,
        name,
        key,
        new.weekdays.clone(),
        new.holidays,
        new.starts,
        new.ends,
        amount,
        new.rate_ppm,
        currency,
        now,
        by,
    );
    let (_, found) = tx.run((row, find(id))).await?;
    found.map(Surcharge::from).ok_or(Error::NotFound)
}

pub async fn create_api(
    access: Access<TechniciansWrite>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Surcharge>>> {
    access
        .once(async |tx| {
            let made = create(tx, &new).await?;
            Ok(Created { location: format!("/api/v1/surcharges/{}", made.id), body: made })
        })
        .await
}
