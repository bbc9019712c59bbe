//! Booking: days, arrival windows as brackets, the slot that is held and counts down quietly.
use crate::icon;
use maud::{Markup, html};

/// A day one can choose.
#[derive(Clone, Debug, Default)]
pub struct DayChoice {
    /// "Thu".
    pub name: String,
    /// "25".
    pub number: String,
    /// "Soonest", "4 left", "Full", "Closed".
    pub says: String,
    /// Where its windows are.
    pub href: String,
    /// The one shown.
    pub on: bool,
    /// Nothing to be had.
    pub off: bool,
}

/// The days, side by side.
pub fn days(all: &[DayChoice]) -> Markup {
    html! {
        ul.days aria-label="Day" { @for day in all { li {
            @if day.off { span.day.is-off { (day.name) b { (day.number) } span { (day.says) } } }
            @else { a.day href=(day.href) aria-current=[day.on.then_some("date")] { (day.name) b { (day.number) } span { (day.says) } } }
        } } }
    }
}

/// An arrival window.
#[derive(Clone, Debug, Default)]
pub struct Slot {
    /// What the form sends.
    pub value: String,
    /// "8 – 10 am".
    pub label: String,
    /// Hours of the day, for the bracket.
    pub start: u16,
    /// Hours of the day.
    pub end: u16,
    /// "Held for you", "Full", "Last one".
    pub says: String,
    /// What it costs more: "+ $75.00 After hours".
    pub extra: String,
    /// Chosen.
    pub on: bool,
    /// Gone.
    pub full: bool,
}

/// The windows of a day, each with its bracket on the line of the day (`from` and `to` in hours). Sends `slot`.
pub fn slots(legend: &str, from: u16, to: u16, all: &[Slot]) -> Markup {
    let hours = to.saturating_sub(from).clamp(1, 24);
    html! {
        fieldset.slots {
            legend."w-full"."pb-2".t13.strong { (legend) }
            @for slot in all {
                label.slot.is-full[slot.full] {
                    input type="radio" name="slot" value=(slot.value) checked[slot.on] disabled[slot.full] required;
                    b { (slot.label) }
                    span.dayline.{ "of-" (hours) } aria-hidden="true" { span.promise.{ "col-start-" (slot.start.saturating_sub(from) + 1) " col-span-" (slot.end.saturating_sub(slot.start).max(1)) } {} }
                    span.tail { (slot.says) }
                    @if !slot.extra.is_empty() { span.more { (slot.extra) } }
                }
            }
        }
    }
}

/// The slot that is held; the island `booking` counts down and says when it is gone. `left` and `whole` in seconds.
pub fn held(what: &str, left: u32, whole: u32, again: &str) -> Markup {
    let share = (f64::from(left) / f64::from(whole.max(1)) * 100.0).clamp(0.0, 100.0).round();
    html! {
        div.held data-island="booking" data-left=(left) data-whole=(whole) data-again=(again) role="timer" aria-label={ (what) ", " (left / 60) " minutes " (left % 60) " seconds left" } {
            svg.countdown viewBox="0 0 40 40" aria-hidden="true" { circle cx="20" cy="20" r="17" {} circle cx="20" cy="20" r="17" pathLength="100" stroke-dasharray={ (share) " 100" } {} }
            p.t13 { span.strong.t16.num data-clock { (left / 60) ":" (format!("{:02}", left % 60)) } span.block.soft { (what) " is yours" } }
        }
    }
}

/// What has been said so far: icon, words, quiet words, and a change link or a price.
pub fn said(sign: &str, words: &str, says: &str, right: Markup) -> Markup {
    html! { div.kv { (icon(sign)) span { span.strong { (words) } @if !says.is_empty() { br; span.soft { (says) } } } (right) } }
}

/// The card with it, beside the question.
pub fn summary(title: &str, lines: Markup) -> Markup {
    html! { aside.card.sum aria-labelledby="sum-h" { h2.vh #sum-h { (title) } (lines) } }
}
