//! May this technician take this time? The question that every door asks before it writes: booking page, board, API.
use catalog::ItemId;
use jiff::Timestamp;
use kernel::{Error, Result, TenantTx, Uuid, row, sql, tenant::Locale};

use super::{AppointmentId, Day};
use crate::{
    availability::Roster,
    overlap::{self, OverlapId, Overlapping},
    resource::ResourceId,
    say, shift,
    technician::TechnicianId,
};

/// What shall be settled: who and what is taken, when, and what for.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    pub technician: Option<TechnicianId>,
    /// Who and what goes along.
    pub along: &'a [ResourceId],
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    /// The days after the first.
    pub days: &'a [Day],
    pub item: Option<ItemId>,
    /// The promised window, where there is one.
    pub window: Option<(Timestamp, Timestamp)>,
    /// The appointment that is being moved: it is not in its own way.
    pub itself: Option<AppointmentId>,
    /// Skill, shift and promise may be passed over by who knows better.
    pub anyway: bool,
    pub overlap: &'a Overlapping,
}

impl Place<'_> {
    fn resources(&self) -> Vec<Uuid> {
        let mut all: Vec<Uuid> = self.technician.map(|id| id.0).into_iter().collect();
        all.extend(self.along.iter().map(|id| id.0));
        all.sort_unstable();
        all.dedup();
        all
    }
    fn stretches(&self) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        [(self.starts_at, self.ends_at)].into_iter().chain(self.days.iter().map(|day| (day.starts_at, day.ends_at)))
    }
}

row! { struct Lane { id: Uuid, kind: String, name: String, active: bool } }
row! { struct Clash { name: String, kind: String, customer: Option<String>, title: Option<String>, starts_at: Timestamp, ends_at: Timestamp } }

sql! {
    // Whoever plans something waits here for the one before. So two who want the same time meet in this queue and not in the
    // exclusion constraint, where each would wait for the other until one is killed as a deadlock.
    fn queue_up(ids: Vec<Uuid>) -> Vec<Lane> = "
        select id, kind, name, active from resource where tenant_id = $1 and id = any($2) order by id for no key update";
    fn expire(resources: Vec<Uuid>, now: Timestamp) -> u64 = "
        delete from appointment a where a.tenant_id = $1 and a.technician_id = any($2) and a.status = 'held' and a.expires_at <= $3";
    fn clash(resources: Vec<Uuid>, from: Vec<Timestamp>, until: Vec<Timestamp>, itself: Option<AppointmentId>) -> Vec<Clash> = "
        select o.name, o.kind, c.name as customer, coalesce(a.title, f.reason) as title, o.starts_at, o.ends_at
        from unnest($3::timestamptz[], $4::timestamptz[]) w(starts_at, ends_at)
        cross join lateral (
            select r.name, o.kind, o.appointment_id, o.time_off_id, o.starts_at, o.ends_at
            from unnest($2::uuid[]) asked(id) join resource r on r.tenant_id = $1 and r.id = asked.id
            cross join lateral (
                select o.kind, o.appointment_id, o.time_off_id, o.starts_at, o.ends_at from occupancy o
                where o.tenant_id = $1 and o.resource_id = asked.id and o.ends_at > w.starts_at and o.starts_at < w.ends_at
                  and o.kind <> 'on_call' and (o.appointment_id is null or o.appointment_id is distinct from $5::uuid)
                order by o.ends_at limit 1) o) o
        left join appointment a on a.tenant_id = $1 and a.id = o.appointment_id
        left join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join time_off f on f.tenant_id = $1 and f.id = o.time_off_id
        order by o.starts_at limit 1";
    fn lacking(technician: Option<TechnicianId>, item: Option<ItemId>) -> Vec<String> = "
        select s.name from item_skill n join skill s on s.tenant_id = $1 and s.id = n.skill_id
        where n.tenant_id = $1 and n.item_id = $3
          and not exists (select 1 from technician_skill h where h.tenant_id = $1 and h.technician_id = $2 and h.skill_id = n.skill_id)
        order by s.name_key";
}

/// Refuses with a sentence that names who and when, or leaves everybody and everything reserved for this transaction.
/// Answers with why two things are planned at once, where that was meant. `public` answers say nothing about other customers.
pub async fn settle(tx: &mut TenantTx, place: &Place<'_>, locale: &Locale, public: bool) -> Result<Option<OverlapId>> {
    let resources = place.resources();
    if resources.is_empty() {
        return Ok(None);
    }
    let now = tx.now();
    let (from, until) = place.stretches().unzip();
    let (lanes, _, clashes, lacking) = tx
        .run((
            queue_up(resources.clone()),
            expire(resources.clone(), now),
            clash(resources.clone(), from, until, place.itself),
            lacking(place.technician, place.item),
        ))
        .await?;
    known(place, &lanes)?;
    let overlap = match clashes.first() {
        None => None,
        Some(clash) => Some(taken(tx, place, clash, locale, public)?),
    };
    if place.anyway {
        return Ok(overlap);
    }
    let lane = |id: Uuid| lanes.iter().find(|lane| lane.id == id).map_or("Nobody", |lane| &lane.name);
    if let Some(technician) = place.technician.filter(|_| !lacking.is_empty()) {
        let message = format!("{} has no {}, which this service needs.", lane(technician.0), lacking.join(", "));
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
    let last = place.stretches().map(|(_, ends)| ends).max().unwrap_or(place.ends_at);
    let one = jiff::Span::new().days(1);
    let (first, last) = (say::local(place.starts_at, locale).date(), say::local(last, locale).date());
    let shifts = tx.run(shift::between(first.saturating_sub(one), last.saturating_add(one))).await?;
    for person in lanes.iter().filter(|lane| lane.kind == "technician") {
        for (starts, ends) in place.stretches() {
            if !Roster::covers(&shifts, TechnicianId(person.id), starts, ends, locale) {
                let message = format!("{} has no shift {}.", person.name, say::when(starts, ends, locale));
                return Err(Error::Ask { code: "off_shift", message });
            }
        }
    }
    Ok(overlap)
}

fn known(place: &Place<'_>, lanes: &[Lane]) -> Result<()> {
    let find = |id: Uuid| lanes.iter().find(|lane| lane.id == id);
    if let Some(technician) = place.technician {
        let lane = find(technician.0).filter(|lane| lane.kind == "technician");
        let lane = lane.ok_or_else(|| Error::field("/technician_id", "missing", "There is no such technician."))?;
        if !lane.active {
            return Err(Error::field("/technician_id", "inactive", format!("{} takes no jobs any more.", lane.name)));
        }
    }
    for id in place.along {
        let missing = || Error::field("/resource_ids", "missing", "One of those who go along is not there any more.");
        let lane = find(id.0).ok_or_else(missing)?;
        if !lane.active {
            return Err(Error::field("/resource_ids", "inactive", format!("{} is not in use any more.", lane.name)));
        }
    }
    Ok(())
}

/// The time is taken: refused, asked about, or meant.
fn taken(tx: &mut TenantTx, place: &Place<'_>, clash: &Clash, locale: &Locale, public: bool) -> Result<OverlapId> {
    if public {
        let message = "Somebody has just taken that time. Choose another one.".to_owned();
        return Err(Error::Conflict { code: "slot_taken", message });
    }
    let when = say::when(clash.starts_at, clash.ends_at, locale);
    let (name, title) = (&clash.name, clash.title.as_deref().unwrap_or("a visit"));
    let busy = match (clash.kind.as_str(), &clash.customer) {
        ("held", _) => {
            let message = format!(
                "{name} is being booked online for {when} at this moment. Try again in a few minutes, or choose another time."
            );
            return Err(Error::Conflict { code: "slot_taken", message });
        }
        ("time_off", _) => format!("{name} is off then: {title}, {when}."),
        ("busy", _) => format!("{name} has something else in their own calendar then: {when}."),
        ("travel", Some(customer)) => format!("{name} is on the way to {customer} then: {when}."),
        ("buffer", Some(customer)) => format!("{name} needs that time around the visit to {customer}: {when}."),
        (_, Some(customer)) => format!("{name} is at {customer} then: {title}, {when}."),
        (_, None) => format!("{name} is taken then: {when}."),
    };
    match place.overlap {
        Overlapping::Because { reason, author } => {
            let id = OverlapId::new();
            overlap::record(tx, id, reason, author);
            Ok(id)
        }
        Overlapping::Ask => Err(Error::Ask {
            code: "slot_taken",
            message: format!("{busy} Choose another time or somebody else, or say why both are planned at once."),
        }),
        Overlapping::Never => Err(Error::Conflict {
            code: "slot_taken",
            message: format!("{busy} Choose another time or another technician."),
        }),
    }
}
