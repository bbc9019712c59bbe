//! Free times as what customers are promised: windows of one to four hours, as the company says.
use jiff::{
    Span, Timestamp,
    civil::{Date, time},
};
use kernel::{Result, Visitor, tenant::Locale};

use crate::{
    availability::{Notice, Question, Slot, ask},
    neighbours::Service,
    rule::Rules,
    say,
    surcharge::Extra,
};

/// A promised window with the times in it that are free, soonest first.
pub(super) struct Offer {
    pub(super) date: Date,
    /// The hour at which it begins.
    pub(super) hour: i8,
    pub(super) slots: Vec<Slot>,
    /// What it costs more.
    pub(super) extra: Option<Extra>,
}

pub(super) fn offers(slots: Vec<Slot>, hours: i8, locale: &Locale) -> Vec<Offer> {
    let mut out: Vec<Offer> = vec![];
    for slot in slots {
        let at = say::local(slot.starts_at, locale);
        let (date, hour) = (at.date(), at.hour() / hours * hours);
        match out.last_mut() {
            Some(offer) if offer.date == date && offer.hour == hour => offer.slots.push(slot),
            _ => out.push(Offer { date, hour, slots: vec![slot], extra: None }),
        }
    }
    out
}

/// Begin and end of the window.
pub(super) fn window(date: Date, hour: i8, hours: i8, locale: &Locale) -> (Timestamp, Timestamp) {
    let starts = say::at(date, time(hour, 0, 0, 0), locale);
    let ends = match hour + hours {
        24.. => say::midnight(date.saturating_add(Span::new().days(1)), locale),
        ends => say::at(date, time(ends, 0, 0, 0), locale),
    };
    (starts, ends)
}

/// What customers are offered of a service.
pub(super) async fn offered(visitor: &Visitor, question: &Question, from: Date, days: i64) -> Result<Offered> {
    let free = ask(visitor, question, from, days, Notice::AsPromised).await?;
    let hours = free.rules.window_hours.clamp(1, 4) as i8;
    let locale = &visitor.tenant().locale;
    let mut offers = offers(free.slots.clone(), hours, locale);
    for offer in &mut offers {
        offer.extra = free.extra(window(offer.date, offer.hour, hours, locale).0, locale);
    }
    Ok(Offered { offers, hours, rules: free.rules, service: free.service, open_days: free.open_days })
}

pub(super) struct Offered {
    pub(super) service: Service,
    pub(super) offers: Vec<Offer>,
    pub(super) open_days: Vec<Date>,
    /// Length of a window.
    pub(super) hours: i8,
    pub(super) rules: Rules,
}
