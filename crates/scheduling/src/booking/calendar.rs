//! Days and windows to choose from, for a visit that is booked or moved by its customer.
use jiff::{
    SignedDuration, Span, Timestamp,
    civil::{Date, DateTime},
};
use kernel::{Result, Visitor};
use maud::{Markup, html};
use ui::booking::{DayChoice, Slot as Choice};

use super::{
    offer::{Offer, Offered, offered, window},
    when::WhenQuery,
};
use crate::{availability::Question, neighbours::Service, rule, say, technician::TechnicianId};

/// Further ahead nothing is looked for by itself; whoever wants to goes on by the links.
const WEEKS_LOOKED_AT: i64 = 6;

pub(crate) struct Calendar {
    pub service: Service,
    pub days: Markup,
    /// None where nothing is free on the chosen day.
    pub slots: Option<Markup>,
}

/// `base` is the page that shows it, and to which its links lead.
pub(crate) async fn calendar(visitor: &Visitor, question: &Question, query: WhenQuery, base: &str) -> Result<Calendar> {
    let locale = &visitor.tenant().locale;
    let today = visitor.local_now().date();
    let horizon = visitor.read(rule::find()).await?.unwrap_or_default().horizon_days;
    let last = today.saturating_add(Span::new().days(horizon));
    let week = Span::new().days(7);
    // The days are shown by sevens from today on, so that choosing one does not move the others.
    let asked = query.date.or(query.week);
    let near = asked.unwrap_or(today).clamp(today, last);
    let weeks = i64::from(near.since(today).map(|span| span.get_days()).unwrap_or(0)) / 7;
    let mut from = today.saturating_add(Span::new().days(weeks * 7));
    let mut found = offered(visitor, question, from, 7).await?;
    // Without a day asked for, the soonest week that has a time.
    let mut looked = 1;
    while asked.is_none() && found.offers.is_empty() && from.saturating_add(week) <= last && looked < WEEKS_LOOKED_AT {
        from = from.saturating_add(week);
        looked += 1;
        found = offered(visitor, question, from, 7).await?;
    }
    let Offered { service, offers: all, open_days, hours, rules } = found;
    let chosen = query.date.map(|date| date.clamp(today, last)).or(all.first().map(|offer| offer.date)).unwrap_or(from);
    let days: Vec<Date> = from.series(Span::new().days(1)).take(7).take_while(|day| *day <= last).collect();
    let soonest = all.first().map(|offer| offer.date);
    let choices: Vec<DayChoice> = days
        .iter()
        .map(|day| {
            let left = all.iter().filter(|offer| offer.date == *day).count();
            DayChoice {
                name: day.strftime("%a").to_string(),
                number: day.day().to_string(),
                says: match left {
                    0 if open_days.contains(day) => "Full".into(),
                    0 => "Closed".into(),
                    _ if Some(*day) == soonest && from == today => "Soonest".into(),
                    left => format!("{left} left"),
                },
                href: format!("{base}?date={day}"),
                on: *day == chosen,
                off: left == 0,
            }
        })
        .collect();
    let of_day: Vec<&Offer> = all.iter().filter(|offer| offer.date == chosen).collect();
    let later = from.saturating_add(Span::new().days(7));
    let earlier = from.saturating_sub(Span::new().days(7)).max(today);
    let (low, high) = (all.iter().map(|o| o.hour).min().unwrap_or(8), all.iter().map(|o| o.hour).max().unwrap_or(16));
    let low = low / hours * hours;
    let notice = SignedDuration::from_mins(rules.notice_minutes.into());
    let soon = visitor.now().saturating_add(notice).unwrap_or(visitor.now());
    let slots: Vec<Choice> = (low..=high)
        .step_by(hours as usize)
        // A window that is over before anybody could come is not full, it is past.
        .filter(|hour| window(chosen, *hour, hours, locale).1 > soon)
        .map(|hour| {
            let offer = of_day.iter().find(|offer| offer.hour == hour);
            let (starts, ends) = window(chosen, hour, hours, locale);
            Choice {
                value: chosen.at(hour, 0, 0, 0).strftime("%Y-%m-%dT%H:%M").to_string(),
                label: say::window(starts, ends, locale),
                start: hour as u16,
                end: (hour + hours).min(24) as u16,
                says: match offer.map(|offer| offer.slots.iter().map(|slot| slot.technician_ids.len()).sum::<usize>()) {
                    None => "Full".into(),
                    Some(1) => "Last one".into(),
                    Some(_) => String::new(),
                },
                extra: offer
                    .and_then(|offer| offer.extra.as_ref())
                    .map(|extra| extra.words(&locale.language))
                    .unwrap_or_default(),
                on: false,
                full: offer.is_none(),
            }
        })
        .collect();
    let legend = format!("{}, we arrive between", say::long_day(chosen));
    let days = html! {
        (ui::booking::days(&choices))
        p.t13."mt-2"."flex"."justify-between" {
            @if from > today { a.link href={ (base) "?week=" (earlier) } { "Earlier days" } } @else { span {} }
            @if later <= last { a.link href={ (base) "?week=" (later) } { "Later days" } }
        }
    };
    let slots =
        (!of_day.is_empty()).then(|| ui::booking::slots(&legend, low as u16, (high + hours).min(24) as u16, &slots));
    Ok(Calendar { service, days, slots })
}

type InWindow = ((Timestamp, Timestamp), Vec<(Timestamp, TechnicianId)>);

/// The promised window and the times in it, soonest first, each with somebody who can come; none when it has been filled.
pub(crate) async fn offered_in(visitor: &Visitor, question: &Question, slot: DateTime) -> Result<Option<InWindow>> {
    let Offered { offers, hours, .. } = offered(visitor, question, slot.date(), 1).await?;
    let offer = offers.into_iter().find(|offer| offer.date == slot.date() && offer.hour == slot.hour());
    let window = window(slot.date(), slot.hour(), hours, &visitor.tenant().locale);
    Ok(offer.map(|offer| {
        let times = offer.slots.iter().flat_map(|slot| slot.technician_ids.iter().map(|id| (slot.starts_at, *id)));
        (window, times.collect())
    }))
}
