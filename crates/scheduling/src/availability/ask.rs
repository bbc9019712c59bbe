//! Asks when somebody can come for a service: one round trip, whatever the answer; and the routing server for ways nobody knows yet.
use catalog::ItemId;
use customers::LocationId;
use jiff::{Span, Timestamp, civil::Date};
use kernel::{
    Access, Error, Result, Scope,
    http::{Json, Query},
    tenant::Locale,
};

use super::{
    MOST_DAYS, Slot,
    roster::{Question, Roster, read},
};
use crate::{
    neighbours::Service,
    permissions::BoardRead,
    road,
    rule::Rules,
    surcharge::{self, Extra, Kept},
};

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskQuery {
    pub item_id: ItemId,
    /// Where; without it, areas and the way there are not looked at.
    pub location_id: Option<LocationId>,
    /// First day, on the company's calendar; today when not given.
    pub from: Option<Date>,
    /// 1 to 14 days; 7 when not given.
    pub days: Option<i64>,
    /// It cannot wait: whoever is on call counts too, and no notice is needed.
    pub urgent: Option<bool>,
}

#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct Asked {
    pub item_id: ItemId,
    pub duration_minutes: i32,
    /// The company's time zone: slots begin at its full and half hours.
    pub time_zone: String,
    pub slots: Vec<Offered>,
}

/// A time at which somebody can come, and what it costs more than at others.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct Offered {
    #[serde(flatten)]
    pub slot: Slot,
    /// On top of the price; none where it costs what it always does. Where a window is promised, that of its begin counts.
    pub surcharge: Option<Extra>,
}

/// How soon somebody may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// As the rules say to customers.
    AsPromised,
    /// The office may send somebody at once.
    AtOnce,
    /// At once, and whoever is on call too.
    Urgent,
}

/// What is free for a service.
pub struct Free {
    pub service: Service,
    pub slots: Vec<Slot>,
    /// Days on which somebody who could come works.
    pub open_days: Vec<Date>,
    pub rules: Rules,
    surcharges: Vec<Kept>,
    /// Whether the company goes there at all.
    pub is_served: bool,
}

impl Free {
    /// What a visit costs more whose window begins then.
    pub(crate) fn extra(&self, at: Timestamp, locale: &Locale) -> Option<Extra> {
        surcharge::dearest(&self.surcharges, at, self.service.price_minor, locale)
    }
}

/// Free slots of a service on the company's days. `days` is cut to what may be asked, and to the horizon unless the office asks.
pub async fn ask(scope: &Scope, question: &Question, from: Date, days: i64, notice: Notice) -> Result<Free> {
    let locale = &scope.tenant().locale;
    let until = from.saturating_add(Span::new().days(days.clamp(1, MOST_DAYS) - 1));
    let (answers, surcharges) =
        scope.read((read(question, from, until, scope.now(), locale), surcharge::in_use())).await?;
    let mut roster = Roster::of(question, answers);
    road::learn(scope, &mut roster).await;
    let service = roster.service.clone();
    let service =
        service.ok_or_else(|| Error::field("/item_id", "missing", "There is no such service in the price book."))?;
    if service.minutes <= 0 {
        return Err(Error::refused(format!(
            "{} has no duration in the price book, so it cannot be booked. Give it one first.",
            service.name
        )));
    }
    let (earliest, until) = match notice {
        Notice::AsPromised => {
            let last = scope.local_now().date().saturating_add(Span::new().days(roster.rules.horizon_days));
            (scope.now().saturating_add(roster.notice()).unwrap_or(scope.now()), until.min(last))
        }
        Notice::AtOnce | Notice::Urgent => (scope.now(), until),
    };
    let found = match from <= until {
        true => roster.slots(from, until, service.minutes.into(), earliest, notice == Notice::Urgent, locale),
        false => super::Found { slots: vec![], open_days: vec![] },
    };
    let (rules, is_served) = (roster.rules.clone(), roster.is_served());
    Ok(Free { service, slots: found.slots, open_days: found.open_days, rules, surcharges, is_served })
}

pub async fn ask_api(access: Access<BoardRead>, Query(query): Query<AskQuery>) -> Result<Json<Asked>> {
    let locale = &access.tenant().locale;
    let today = access.local_now().date();
    let from = query.from.unwrap_or(today).max(today);
    let days = query.days.unwrap_or(7);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Error::field("/days", "range", "Ask for 1 to 14 days at a time."));
    }
    let question = Question { item: Some(query.item_id), location: query.location_id, ..Question::default() };
    let notice = if query.urgent == Some(true) { Notice::Urgent } else { Notice::AsPromised };
    let free = ask(&access, &question, from, days, notice).await?;
    let last = today.saturating_add(Span::new().days(free.rules.horizon_days));
    if from > last {
        let says = format!("Times are offered {} days ahead.", free.rules.horizon_days);
        return Err(Error::field("/from", "range", says));
    }
    let offered = |slot: &Slot| Offered { surcharge: free.extra(slot.starts_at, locale), slot: slot.clone() };
    let slots = free.slots.iter().map(offered).collect();
    Ok(Json(Asked {
        item_id: free.service.id,
        duration_minutes: free.service.minutes,
        time_zone: locale.zone.iana_name().unwrap_or("UTC").to_owned(),
        slots,
    }))
}
