//! Free times as what customers are promised: windows of two hours.
use catalog::ItemId;
use jiff::{
    Span, Timestamp,
    civil::{Date, time},
};
use kernel::{Error, Result, Visitor, tenant::Locale};

use crate::{
    availability::{LEAD, Slot, ask},
    neighbours::Service,
    say,
};

/// A promised window with the times in it that are free, soonest first.
pub(super) struct Offer {
    pub(super) date: Date,
    /// 0, 2, 4 … 22.
    pub(super) hour: i8,
    pub(super) slots: Vec<Slot>,
}

pub(super) fn offers(slots: Vec<Slot>, locale: &Locale) -> Vec<Offer> {
    let mut out: Vec<Offer> = vec![];
    for slot in slots {
        let at = say::local(slot.starts_at, locale);
        let (date, hour) = (at.date(), at.hour() / 2 * 2);
        match out.last_mut() {
            Some(offer) if offer.date == date && offer.hour == hour => offer.slots.push(slot),
            _ => out.push(Offer { date, hour, slots: vec![slot] }),
        }
    }
    out
}

/// Begin and end of the window.
pub(super) fn window(date: Date, hour: i8, locale: &Locale) -> (Timestamp, Timestamp) {
    let starts = say::at(date, time(hour, 0, 0, 0), locale);
    let ends = match hour {
        22.. => say::midnight(date.saturating_add(Span::new().days(1)), locale),
        _ => say::at(date, time(hour + 2, 0, 0, 0), locale),
    };
    (starts, ends)
}

/// What is offered online; a service that is not any more is not found.
pub(super) async fn offered(visitor: &Visitor, item: ItemId, from: Date, days: i64) -> Result<Offered> {
    let earliest = visitor.now().saturating_add(LEAD).unwrap_or(visitor.now());
    let free = ask(visitor, item, from, days, earliest).await?;
    match free.service.online {
        true => Ok(Offered {
            offers: offers(free.slots, &visitor.tenant().locale),
            service: free.service,
            open_days: free.open_days,
        }),
        false => Err(Error::NotFound),
    }
}

pub(super) struct Offered {
    pub(super) service: Service,
    pub(super) offers: Vec<Offer>,
    pub(super) open_days: Vec<Date>,
}
