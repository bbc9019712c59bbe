//! Asks when somebody can come for a service: one round trip, whatever the answer.
use catalog::ItemId;
use jiff::{SignedDuration, Span, Timestamp, civil::Date};
use kernel::{
    Access, Error, Result, Scope,
    http::{Json, Query},
    sql,
    tenant::Locale,
};

use super::{HORIZON_DAYS, LEAD, MOST_DAYS, Roster, Slot, Taken};
use crate::{
    neighbours::{Service, service_of},
    permissions::BoardRead,
    say, shift,
    technician::TechnicianId,
    time_off,
};

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskQuery {
    pub item_id: ItemId,
    /// First day, on the company's calendar; today when not given.
    pub from: Option<Date>,
    /// 1 to 14 days; 7 when not given.
    pub days: Option<i64>,
}

#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct Asked {
    pub item_id: ItemId,
    pub duration_minutes: i32,
    /// The company's time zone: slots begin at its full and half hours.
    pub time_zone: String,
    pub slots: Vec<Slot>,
}

sql! {
    /// Active technicians with every skill that the service needs.
    fn able(item: Option<ItemId>) -> Vec<TechnicianId> = "
        select t.id from technician t
        where t.tenant_id = $1 and t.active
          and not exists (select 1 from item_skill n where n.tenant_id = $1 and n.item_id = $2
                          and not exists (select 1 from technician_skill h where h.tenant_id = $1 and h.technician_id = t.id and h.skill_id = n.skill_id))
        order by t.name, t.id limit 500";
    /// What is taken or held. No appointment is longer than a day, so those that begin a day before are all that can reach in.
    fn taken(from: Timestamp, until: Timestamp, a_day_before: Timestamp, now: Timestamp) -> Vec<Taken> = "
        select t.id as technician_id, a.starts_at, a.ends_at
        from appointment a join technician t on t.tenant_id = $1 and t.id = a.technician_id
        where a.tenant_id = $1 and a.starts_at >= $4 and a.starts_at < $3 and a.ends_at > $2
          and a.status not in ('cancelled', 'no_show') and (a.status <> 'held' or a.expires_at > $5)
        order by a.starts_at limit 20000";
}

type Question = (
    kernel::Statement<Option<Service>>,
    kernel::Statement<Vec<TechnicianId>>,
    kernel::Statement<Vec<shift::Shift>>,
    kernel::Statement<Vec<time_off::TimeOff>>,
    kernel::Statement<Vec<Taken>>,
);

/// The statements that answer for the days `from` to `until`, both included.
pub fn roster(item: Option<ItemId>, from: Date, until: Date, now: Timestamp, locale: &Locale) -> Question {
    let one = Span::new().days(1);
    // A shift of the evening before may reach into the first day.
    let (begin, end) = (say::midnight(from, locale), say::midnight(until.saturating_add(one), locale));
    let early = begin.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(begin);
    let late = end.saturating_add(SignedDuration::from_hours(24)).unwrap_or(end);
    (
        service_of(item),
        able(item),
        shift::between(from.saturating_sub(one), until),
        time_off::between(begin, late),
        taken(begin, late, early, now),
    )
}

/// What is free for a service.
pub struct Free {
    pub service: Service,
    pub slots: Vec<Slot>,
    /// Days on which somebody who could come works.
    pub open_days: Vec<Date>,
}

/// Free slots of a service on the company's days, not before `earliest`. `days` is cut to what may be asked.
pub async fn ask(scope: &Scope, item: ItemId, from: Date, days: i64, earliest: Timestamp) -> Result<Free> {
    let locale = &scope.tenant().locale;
    let until = from.saturating_add(Span::new().days(days.clamp(1, MOST_DAYS) - 1));
    let (service, technicians, shifts, off, taken) =
        scope.read(roster(Some(item), from, until, scope.now(), locale)).await?;
    let service =
        service.ok_or_else(|| Error::field("/item_id", "missing", "There is no such service in the price book."))?;
    if service.minutes <= 0 {
        return Err(Error::refused(format!(
            "{} has no duration in the price book, so it cannot be booked. Give it one first.",
            service.name
        )));
    }
    let roster = Roster { technicians, shifts, off, taken };
    let slots = roster.slots(from, until, service.minutes.into(), earliest, locale);
    let open_days = roster.open_days(from, until, locale);
    Ok(Free { service, slots, open_days })
}

pub async fn ask_api(access: Access<BoardRead>, Query(query): Query<AskQuery>) -> Result<Json<Asked>> {
    let locale = &access.tenant().locale;
    let today = access.local_now().date();
    let last = today.saturating_add(Span::new().days(HORIZON_DAYS));
    let from = query.from.unwrap_or(today).max(today);
    let days = query.days.unwrap_or(7);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Error::field("/days", "range", "Ask for 1 to 14 days at a time."));
    }
    if from > last {
        return Err(Error::field("/from", "range", "Times are offered 30 days ahead."));
    }
    let left = i64::from(last.since(from).map(|span| span.get_days()).unwrap_or(0)) + 1;
    let earliest = access.now().saturating_add(LEAD).unwrap_or(access.now());
    let Free { service, slots, .. } = ask(&access, query.item_id, from, days.min(left), earliest).await?;
    Ok(Json(Asked {
        item_id: service.id,
        duration_minutes: service.minutes,
        time_zone: locale.zone.iana_name().unwrap_or("UTC").to_owned(),
        slots,
    }))
}
