//! Tells the customer what happened with their visit: a letter, once for each kind and time of the visit.
use customers::{CustomerId, customer};
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, TenantTx, job::Told, sql};
use mail::{Letter, Purpose};

use super::{Kind, Message, Messages, kept};
use crate::{
    appointment::{AppointmentId, Status},
    rating, say,
    terms::{self, Agreed},
    visit::{self, Visit},
};

/// What is told of; what nobody is told of is not listed.
pub const TOLD: [&str; 6] = [
    "appointment.booked",
    "appointment.confirmed",
    "appointment.moved",
    "appointment.cancelled",
    "appointment.en_route",
    "appointment.completed",
];

sql! {
    fn once(appointment: AppointmentId, kind: Kind, starts_at: Timestamp, at: Timestamp) -> u64 = "
        insert into visit_told (tenant_id, appointment_id, kind, starts_at, created_at) values ($1, $2, $3, $4, $5)
        on conflict (tenant_id, appointment_id, kind, starts_at) do nothing";
    fn whose(appointment: AppointmentId) -> Option<CustomerId> = "
        select c.id from appointment a join customer c on c.tenant_id = $1 and c.id = a.customer_id where a.tenant_id = $1 and a.id = $2";
    fn drives(appointment: AppointmentId) -> i64 = "
        select coalesce(sum(extract(epoch from ends_at - starts_at) / 60), 0)::int8 from occupancy
        where tenant_id = $1 and appointment_id = $2 and kind = 'travel'";
}

fn kind_of(told: &Told) -> Option<Kind> {
    Some(match told.kind.as_str() {
        "appointment.booked" | "appointment.confirmed" => Kind::Booked,
        "appointment.moved" => Kind::Moved,
        "appointment.cancelled" => Kind::Cancelled,
        "appointment.en_route" => Kind::EnRoute,
        "appointment.completed" => Kind::Completed,
        _ => return None,
    })
}

/// Whether it is still so: what was undone before this is heard is not told.
fn is_so(kind: Kind, visit: &Visit, ask_hours: i32, now: Timestamp) -> bool {
    let ahead = visit.ends_at > now;
    match kind {
        Kind::Booked | Kind::Moved | Kind::Reminder => ahead && visit.status == Status::Confirmed,
        Kind::Cancelled => ahead && visit.status == Status::Cancelled,
        Kind::EnRoute => visit.status == Status::EnRoute,
        // Weeks later nobody is asked how it was: a job that the office closes late.
        Kind::Completed => {
            let hours = 72 + i64::from(ask_hours);
            let late = visit.ends_at.checked_add(SignedDuration::from_hours(hours)).unwrap_or(visit.ends_at);
            visit.status == Status::Completed && now < late
        }
    }
}

pub async fn tell(scope: Scope, told: Told) -> Result<()> {
    let Some(kind) = kind_of(&told) else { return Ok(()) };
    let id = AppointmentId(told.subject);
    // Later, the turn `ask` does.
    if kind == Kind::Completed && Messages::of(scope.read(kept()).await?).ask_hours > 0 {
        return Ok(());
    }
    scope.retrying(async |tx| send(&scope, tx, id, kind).await).await
}

/// Sends it, unless it was sent, is not wanted, or nobody can be written to.
pub(super) async fn send(scope: &Scope, tx: &mut TenantTx, id: AppointmentId, kind: Kind) -> Result<()> {
    let (settings, found, customer, drives, agreed) =
        tx.run((kept(), visit::find(id), whose(id), drives(id), terms::of_visit(id))).await?;
    let settings = Messages::of(settings);
    let (Some(message), Some((visit, customer))) = (settings.on(kind), found.zip(customer)) else { return Ok(()) };
    let now = tx.now();
    if !is_so(kind, &visit, settings.ask_hours, now) {
        return Ok(());
    }
    let Some(who) = tx.run(customer::maybe(customer)).await? else { return Ok(()) };
    let Some(email) = who.email.clone() else { return Ok(()) };
    // Whoever has said it by themselves is not asked.
    if kind == Kind::Completed && tx.run(rating::of_visit(id)).await?.is_some() {
        return Ok(());
    }
    if tx.run(once(id, kind, visit.starts_at, now)).await? == 0 {
        return Ok(());
    }
    let mut letter = letter(scope, &visit, kind, message, &email, &who.name, drives, now)?;
    // What the time costs more is part of what was agreed.
    if let (Kind::Booked | Kind::Moved, Some((name, amount))) = (kind, agreed.as_ref().and_then(Agreed::surcharge)) {
        let amount = amount.display(&scope.tenant().locale.language);
        letter = letter.paragraph(format!("{name}: {amount} on top of the price, for the time you chose."));
    }
    mail::send(tx, letter).await.map(drop)
}

#[allow(clippy::too_many_arguments)]
fn letter(
    scope: &Scope,
    visit: &Visit,
    kind: Kind,
    message: &Message,
    email: &str,
    name: &str,
    drives: i64,
    now: Timestamp,
) -> Result<Letter> {
    let (day, hours, company) = (visit.day(scope), visit.hours(scope), &scope.tenant().name);
    let technician = visit.technician.as_deref();
    let (subject, first) = match kind {
        Kind::Booked => (format!("Your visit on {day}"), format!("You are booked: {day}, we arrive between {hours}.")),
        Kind::Reminder => {
            (format!("We come on {day}"), format!("A word before your visit: {day}, we arrive between {hours}."))
        }
        Kind::Moved => (
            format!("Your visit has a new time: {day}"),
            format!("Your visit is now on {day}, we arrive between {hours}."),
        ),
        Kind::Cancelled => (
            format!("Your visit on {day} is cancelled"),
            format!("Nobody comes on {day} between {hours}: the visit is cancelled."),
        ),
        Kind::EnRoute => {
            let who = technician.unwrap_or("Somebody");
            (
                format!("{who} is on the way"),
                format!("{who} of {company} is on the way to you{}.", estimate(scope, visit, drives, now)),
            )
        }
        Kind::Completed => (
            "How was it?".to_owned(),
            format!(
                "Thank you for having us. The work is done: {}. How was it? A tap says it, and we read every word.",
                visit.title
            ),
        ),
    };
    let mut facts = vec![("What", visit.title.clone())];
    if kind != Kind::Completed {
        facts.push(("When", format!("{day}, {hours}")));
    }
    if !visit.place().is_empty() {
        facts.push(("Where", visit.place()));
    }
    if let Some(technician) = technician {
        facts.push(("Who", technician.to_owned()));
    }
    let purpose = match kind {
        Kind::Reminder | Kind::Completed => Purpose::Reminder,
        _ => Purpose::Transactional,
    };
    let mut letter = Letter::to(email, name, subject).purpose(purpose).about("appointment", visit.id);
    letter = letter.greeting(format!("Hello {name},")).paragraph(first);
    if let Some(words) = &message.words {
        letter = letter.paragraph(words);
    }
    letter = letter.facts(facts);
    if kind == Kind::Completed {
        letter = letter.button("Say how it was", rating::path(scope, visit.id)?);
        letter = letter.small("It takes a few seconds. You are asked once for each visit.");
    }
    if !matches!(kind, Kind::Cancelled | Kind::Completed) {
        letter = letter.button("See your visit", visit::path(scope, visit.id)?);
        letter = letter.small(
            "There you can put it into your calendar, choose another time or cancel, as long as there is time for it.",
        );
    }
    Ok(letter)
}

/// ", and should be there at about 9:40 am": from where they were, where that is known.
fn estimate(scope: &Scope, visit: &Visit, drives: i64, now: Timestamp) -> String {
    let locale = &scope.tenant().locale;
    match drives {
        0 => format!(", as promised between {}", visit.hours(scope)),
        minutes => {
            let there = now.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(now);
            format!(", and should be there at about {}", say::clock(say::local(there, locale).time(), locale))
        }
    }
}
