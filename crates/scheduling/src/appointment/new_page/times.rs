//! Free times as buttons that fill in the form.
use kernel::Scope;
use maud::{Markup, html};

use super::{
    NewQuery,
    sheet::{At, Known},
};
use crate::{appointment::wishes, availability::Slot, say, technician::TechnicianId};

pub(super) fn suggestions(scope: &Scope, known: &Known<'_>, query: &NewQuery, at: &At) -> Markup {
    let locale = &scope.tenant().locale;
    let name = |id: &TechnicianId| known.technicians.iter().find(|t| t.id == *id).map_or("", |t| t.name.as_str());
    let item = query.item_id.map(|id| id.to_string()).unwrap_or_default();
    let place = query.location_id.map(|id| format!("&location_id={id}")).unwrap_or_default();
    html! {
        @if known.asked && known.slots.is_empty() { p.soft.t13 { "Nobody with the skills is free in these five days. Choose a later day, or put the job into the tray." } }
        @if !known.slots.is_empty() {
            p.t13.soft { "Free in the next days:" }
            div."flex"."flex-wrap"."gap-2" {
                @for slot in spread(known.slots, locale) {
                    @let starts = say::local(slot.starts_at, locale);
                    @if let Some(first) = wishes::first(&slot.technician_ids, known.technicians, known.wishes) {
                        @let extra = known.slots.iter().position(|one| one == slot).and_then(|n| known.extras.get(n)?.as_ref());
                        @let more = extra.map(|extra| format!(" · {}", extra.words(&locale.language))).unwrap_or_default();
                        @let words = format!("{}, {} · {}{more}", say::day(starts.date()), say::clock(starts.time(), locale), name(first));
                        (ui::link_button(words, format!("{}?{}item_id={item}{place}&date={}&time={}&technician_id={first}", at.path, at.asks, starts.date(), starts.time().strftime("%H:%M"))).small())
                    }
                }
            }
        }
        // Sends what is typed so far by GET, so that it works without scripts and changes nothing.
        div."flex"."gap-2"."flex-wrap" {
            (ui::button("Show free times").small().attr("formmethod", "get").attr("formaction", at.path.as_str()).attr("formnovalidate", ""))
            @if known.asked { (ui::link_button("Who, and why not", format!("/availability/why?item_id={item}{place}")).small().quiet()) }
        }
    }
}

/// The first time of every two hours: a few that differ instead of many that are alike.
fn spread<'a>(slots: &'a [Slot], locale: &kernel::tenant::Locale) -> Vec<&'a Slot> {
    let part = |slot: &Slot| {
        let at = say::local(slot.starts_at, locale);
        (at.date(), at.hour() / 2)
    };
    let mut out: Vec<&Slot> = vec![];
    for slot in slots {
        if out.last().is_none_or(|last| part(last) != part(slot)) {
            out.push(slot);
        }
    }
    out.truncate(8);
    out
}
