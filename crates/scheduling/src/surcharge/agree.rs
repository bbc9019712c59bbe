//! What a visit of a service costs more at the time it is booked for, kept with it.
use catalog::ItemId;
use jiff::Timestamp;
use kernel::{Currency, Money, Result, TenantTx, row, sql};

use super::{Extra, Kept, dearest, in_use};
use crate::{
    appointment::{Appointment, AppointmentId},
    neighbours::service_of,
};

row! {
    struct Agreed { surcharge_minor: i64, currency: String }
}

sql! {
    fn agreed(visit: AppointmentId) -> Option<Agreed> = "
        select surcharge_minor, currency from visit_terms where tenant_id = $1 and appointment_id = $2";
    fn put(visit: AppointmentId, currency: String, name: Option<String>, minor: i64, at: Timestamp) -> u64 = "
        insert into visit_terms (tenant_id, appointment_id, currency, deposit_minor, fee_minor, fee_hours, surcharge_name, surcharge_minor, created_at)
        values ($1, $2, $3, 0, 0, 0, $4, $5, $6)
        on conflict (tenant_id, appointment_id) do update set surcharge_name = $4, surcharge_minor = $5 where visit_terms.currency = $3";
}

/// By the promised window's begin, which is what the customer was shown, or by the visit's own. Nothing for what is no service.
pub(crate) async fn of_time(tx: &mut TenantTx, item: Option<ItemId>, at: Timestamp) -> Result<Option<Extra>> {
    if item.is_none() {
        return Ok(None);
    }
    let (all, service): (Vec<Kept>, _) = tx.run((in_use(), service_of(item))).await?;
    let (Some(service), Some(company)) = (service, tx.company()) else { return Ok(None) };
    let price = if Currency::of(&service.currency) == Some(company.locale.currency) { service.price_minor } else { 0 };
    Ok(dearest(&all, at, price, &company.locale))
}

fn begins(visit: &Appointment) -> Timestamp {
    visit.window_starts.unwrap_or(visit.starts_at)
}

fn keep(visit: AppointmentId, extra: Option<Extra>, currency: String, at: Timestamp) -> kernel::Statement<u64> {
    let minor = extra.as_ref().map_or(0, |extra| extra.amount.minor);
    put(visit, currency, extra.map(|extra| extra.name), minor, at)
}

/// Its customer has moved it, and was shown what the new time costs.
pub(crate) async fn anew(tx: &mut TenantTx, visit: &Appointment) -> Result<()> {
    let (extra, was) = (of_time(tx, visit.item_id, begins(visit)).await?, tx.run(agreed(visit.id)).await?);
    if extra.is_none() && was.is_none_or(|was| was.surcharge_minor == 0) {
        return Ok(());
    }
    let (currency, now) = (tx.currency().code().to_owned(), tx.now());
    tx.run(keep(visit.id, extra, currency, now)).await.map(drop)
}

/// The office has moved it: that makes it no dearer than what was agreed, and cheaper where the new time is.
pub(crate) async fn no_dearer(tx: &mut TenantTx, visit: &Appointment) -> Result<()> {
    let Some(was) = tx.run(agreed(visit.id)).await?.filter(|was| was.surcharge_minor > 0) else { return Ok(()) };
    let extra = of_time(tx, visit.item_id, begins(visit)).await?;
    let now_minor =
        extra.as_ref().map_or(0, |extra: &Extra| Money::new(extra.amount.minor, extra.amount.currency).minor);
    if now_minor >= was.surcharge_minor {
        return Ok(());
    }
    let now = tx.now();
    tx.run(keep(visit.id, extra, was.currency, now)).await.map(drop)
}
