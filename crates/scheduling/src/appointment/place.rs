//! May this technician take this time? The question that every door asks before it writes: booking page, board, API.
use catalog::ItemId;
use jiff::{SignedDuration, Timestamp};
use kernel::{Error, Result, TenantTx, row, sql, tenant::Locale};

use super::AppointmentId;
use crate::{availability::Roster, say, shift, technician::TechnicianId, time_off};

/// What shall be settled: a technician, a time, and what for.
#[derive(Debug, Clone)]
pub struct Place {
    pub technician: TechnicianId,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub item: Option<ItemId>,
    /// The promised window, where there is one.
    pub window: Option<(Timestamp, Timestamp)>,
    /// The appointment that is being moved: it is not in its own way.
    pub itself: Option<AppointmentId>,
    /// Skill, shift and promise may be passed over by who knows better; another appointment never.
    pub anyway: bool,
}

row! { struct Lane { id: TechnicianId, name: String, active: bool } }
row! { struct Clash { customer: Option<String>, title: String, starts_at: Timestamp, ends_at: Timestamp } }

sql! {
    // Whoever places something on a technician waits here for the one before. So two who want the same time meet in this
    // queue and not in the exclusion constraint, where each would wait for the other until one is killed as a deadlock.
    fn queue_up(id: TechnicianId) -> Option<Lane> = "
        select id, name, active from technician where tenant_id = $1 and id = $2 for no key update";
    pub fn expire(technician: TechnicianId, now: Timestamp) -> u64 = "
        delete from appointment where tenant_id = $1 and technician_id = $2 and status = 'held' and expires_at <= $3";
    fn clash(technician: TechnicianId, from: Timestamp, until: Timestamp, a_day_before: Timestamp, itself: Option<AppointmentId>) -> Vec<Clash> = "
        select c.name as customer, a.title, a.starts_at, a.ends_at
        from appointment a left join customer c on c.tenant_id = $1 and c.id = a.customer_id
        where a.tenant_id = $1 and a.technician_id = $2 and a.starts_at < $4 and a.ends_at > $3 and a.starts_at > $5
          and a.status not in ('cancelled', 'no_show') and a.id is distinct from $6::uuid
        order by a.starts_at limit 1";
    fn lacking(technician: TechnicianId, item: Option<ItemId>) -> Vec<String> = "
        select s.name from item_skill n join skill s on s.tenant_id = $1 and s.id = n.skill_id
        where n.tenant_id = $1 and n.item_id = $3
          and not exists (select 1 from technician_skill h where h.tenant_id = $1 and h.technician_id = $2 and h.skill_id = n.skill_id)
        order by s.name_key";
}

/// Refuses with a sentence that names who and when, or leaves the technician reserved for this transaction.
/// `public` answers say nothing about other customers.
pub async fn settle(tx: &mut TenantTx, place: &Place, locale: &Locale, public: bool) -> Result<String> {
    let now = tx.now();
    let day_before = place.starts_at.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(place.starts_at);
    let (lane, _, clashes, lacking) = tx
        .run((
            queue_up(place.technician),
            expire(place.technician, now),
            clash(place.technician, place.starts_at, place.ends_at, day_before, place.itself),
            lacking(place.technician, place.item),
        ))
        .await?;
    let lane = lane.ok_or_else(|| Error::field("/technician_id", "missing", "There is no such technician."))?;
    if !lane.active {
        return Err(Error::field("/technician_id", "inactive", format!("{} takes no jobs any more.", lane.name)));
    }
    if let Some(clash) = clashes.first() {
        let message = match (&clash.customer, public) {
            (_, true) => "Somebody has just taken that time. Choose another one.".to_owned(),
            (None, false) => format!(
                "{} is being booked online for {} at this moment. Try again in a few minutes, or choose another time.",
                lane.name,
                say::when(clash.starts_at, clash.ends_at, locale)
            ),
            (Some(customer), false) => format!(
                "{} is at {customer} then: {}, {}. Choose another time or another technician.",
                lane.name,
                clash.title,
                say::when(clash.starts_at, clash.ends_at, locale)
            ),
        };
        return Err(Error::Conflict { code: "slot_taken", message });
    }
    if place.anyway {
        return Ok(lane.name);
    }
    if !lacking.is_empty() {
        let message = format!("{} has no {}, which this service needs.", lane.name, lacking.join(", "));
        return Err(Error::Ask { code: "skill_missing", message });
    }
    if let Some((from, until)) = place.window
        && !(from..=until).contains(&place.starts_at)
    {
        let message = format!(
            "The customer was promised {}, and this would begin at {}.",
            say::window(from, until, locale),
            say::clock(say::local(place.starts_at, locale).time(), locale)
        );
        return Err(Error::Ask { code: "promise_broken", message });
    }
    let day = say::local(place.starts_at, locale).date();
    let (shifts, off) = tx
        .run((
            shift::between(
                day.saturating_sub(jiff::Span::new().days(1)),
                day.saturating_add(jiff::Span::new().days(1)),
            ),
            time_off::between(place.starts_at, place.ends_at),
        ))
        .await?;
    if let Some(off) = off.iter().find(|off| off.technician_id == place.technician) {
        let message =
            format!("{} is off then: {}, {}.", lane.name, off.reason, say::when(off.starts_at, off.ends_at, locale));
        return Err(Error::Ask { code: "off_shift", message });
    }
    if !Roster::covers(&shifts, place.technician, place.starts_at, place.ends_at, locale) {
        let message = format!("{} has no shift {}.", lane.name, say::when(place.starts_at, place.ends_at, locale));
        return Err(Error::Ask { code: "off_shift", message });
    }
    Ok(lane.name)
}
