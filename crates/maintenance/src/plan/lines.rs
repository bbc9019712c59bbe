//! What a change does, visit by visit, as a page shows it; and the frame of a plan's pages.
use jiff::Timestamp;
use kernel::{Scope, http::Page};
use maud::{Markup, html};
use scheduling::say;
use tenancy::shell::{self, Frame};
use ui::card;

use super::{Deed, Line, Plan};

/// "Tue 4 Aug 2026, 9:00 am", on the plan's own clock.
pub(crate) fn when(at: Timestamp, plan: &Plan, scope: &Scope) -> String {
    let local = at.to_zoned(plan.zone());
    format!("{}, {}", local.strftime("%a %-d %b %Y"), say::clock(local.time(), &scope.tenant().locale))
}

fn look(deed: Deed) -> (&'static str, &'static str) {
    match deed {
        Deed::Keeps => ("calendar-check", "confirmed"),
        Deed::Moves | Deed::Anew => ("calendar-range", "requested"),
        Deed::Cancels | Deed::Skips => ("calendar-x", "cancelled"),
        Deed::Adds => ("calendar-plus", "completed"),
        Deed::Lapses => ("undo-2", "draft"),
    }
}

fn line(line: &Line, plan: &Plan, scope: &Scope) -> Markup {
    let (icon, tone) = look(line.deed);
    let say = |at: Option<Timestamp>| at.map(|at| when(at, plan, scope));
    let words = match (say(line.was), say(line.starts_at)) {
        (Some(was), Some(now)) if was != now => format!("{was} → {now}"),
        (Some(one), _) | (None, Some(one)) => one,
        (None, None) => line.due_on.strftime("%a %-d %b %Y").to_string(),
    };
    let booked = line.starts_at.is_some();
    let with = line.technician_name.clone().unwrap_or_else(|| "Nobody yet".to_owned());
    let small =
        [Some(with).filter(|_| booked), line.says.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    card::line(icon, &words, &small, ui::status_saying(tone, line.deed.label()))
}

/// The preview's list.
pub(crate) fn draw(scope: &Scope, plan: &Plan, lines: &[Line]) -> Markup {
    let count = |deed| lines.iter().filter(|line| line.deed == deed).count();
    let said = [
        (Deed::Moves, "move"),
        (Deed::Anew, "booked anew"),
        (Deed::Cancels, "cancelled"),
        (Deed::Skips, "left out"),
        (Deed::Adds, "new"),
        (Deed::Keeps, "as before"),
    ];
    let said: Vec<String> = said
        .iter()
        .map(|(deed, word)| (count(*deed), word))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    html! {
        (card::card("What this does", &said.join(" · "), None, card::card_body(html! {
            @for one in lines { (line(one, plan, scope)) }
            @if lines.is_empty() { p.soft { "No visit that is booked changes. Those that are not booked yet come as the plan says then." } }
        })))
    }
}

/// A page beneath that of the plan.
pub(crate) fn frame(scope: &Scope, plan: &Plan, title: &str, wrong: bool, body: Markup) -> Page {
    let crumbs = vec![
        ("Maintenance".to_owned(), "/maintenance".to_owned()),
        (format!("{}, {}", plan.item_name, plan.customer_name), format!("/maintenance/{}", plan.id)),
    ];
    let page =
        shell::page(scope, Frame { title: title.to_owned(), active: "/maintenance", crumbs, body, ..Frame::default() });
    Page { status: if wrong { 422 } else { page.status }, ..page }
}
