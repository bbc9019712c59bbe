//! How a job's equipment is shown: what it worked on, and boxes to tick.
use customers::equipment;
use jiff::civil::Date;
use maud::{Markup, html};
use ui::card;

use super::Unit;

/// "Carrier 59TP6A · serial 4417 · under warranty until 14 Mar 2031".
pub(crate) fn says(unit: &Unit, today: Date) -> String {
    let made = equipment::made(unit.make.as_deref(), unit.model.as_deref());
    let serial = unit.serial.as_ref().map(|serial| format!("serial {serial}"));
    let warranty = unit.warranty_until.map(|until| {
        let day = until.strftime("%-d %b %Y");
        if until >= today { format!("under warranty until {day}") } else { format!("warranty over since {day}") }
    });
    let facts = [Some(made).filter(|made| !made.is_empty()), serial, warranty];
    facts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What was worked on, for the page of a job.
pub(crate) fn ticks(units: &[Unit], today: Date) -> Markup {
    let line = |unit: &Unit| card::line("wrench", &unit.name, &says(unit, today), html! {});
    html! { @for unit in units.iter().filter(|unit| unit.worked_on) { (line(unit)) } }
}

/// One box for each piece that is there.
pub(crate) fn boxes(units: &[Unit], today: Date) -> Markup {
    html! { div."grid"."gap-2" { @for unit in units {
        label.tickline {
            input.check type="checkbox" name="equipment" value=(unit.id) checked[unit.worked_on];
            span { (unit.name) }
            @let facts = says(unit, today);
            @if !facts.is_empty() { small { (facts) } }
            @if let Some(notes) = &unit.notes { small { (notes) } }
        }
    } } }
}

#[test]
fn facts_stand_in_the_order_in_which_they_are_asked_for() {
    let unit = Unit {
        id: customers::equipment::EquipmentId(kernel::Uuid::nil()),
        name: "Furnace".into(),
        make: Some("Carrier".into()),
        model: None,
        serial: Some("4417".into()),
        warranty_until: Some(jiff::civil::date(2031, 3, 14)),
        notes: None,
        worked_on: true,
    };
    let today = jiff::civil::date(2026, 11, 21);
    assert_eq!(says(&unit, today), "Carrier · serial 4417 · under warranty until 14 Mar 2031");
    assert_eq!(says(&Unit { make: None, serial: None, warranty_until: None, ..unit }, today), "");
}
