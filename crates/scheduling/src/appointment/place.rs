//! May this technician take this time? The question that every door asks before it writes: booking page, board, API.
use catalog::ItemId;
use customers::LocationId;
use jiff::Timestamp;
use kernel::{Error, Result, TenantTx, Uuid, row, sql, tenant::Locale};
use serde_json::Value;

use super::{AppointmentId, Day};
use crate::{
    availability::{Days, Judge, Lane, Other, Question, Roster, Rule, Spot, read},
    overlap::{self, OverlapId, Overlapping},
    resource::ResourceId,
    say,
    technician::TechnicianId,
};

/// What shall be settled: who and what is taken, when, where, and what for.
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
    pub location: Option<LocationId>,
    /// Where it is, while there is no location yet.
    pub spot: Option<Spot>,
    /// The promised window, where there is one.
    pub window: Option<(Timestamp, Timestamp)>,
    /// The appointment that is being moved: it is not in its own way.
    pub itself: Option<AppointmentId>,
    /// Rules and promise may be passed over by who knows better.
    pub anyway: bool,
    pub overlap: &'a Overlapping,
}

/// What comes of it, to be written down with the visit.
#[derive(Debug, Clone, Default)]
pub struct Settled {
    /// Why two things are planned at once, where that was meant.
    pub overlap: Option<OverlapId>,
    /// Minutes kept free before and after.
    pub before: i32,
    pub after: i32,
    /// Rule by rule, why whoever goes could be sent, and what spoke against each of the others.
    pub why: Option<Why>,
    /// Whose ways to other visits end here, and when.
    ways: (Vec<Uuid>, Vec<Timestamp>, Vec<Timestamp>),
}

#[derive(Debug, Clone)]
pub struct Why {
    technician: TechnicianId,
    findings: Value,
    others: Value,
}

/// Of so many others it is kept.
const OTHERS: usize = 60;

impl Settled {
    /// To be run before the visit is written: the way to another one is no obstacle, and is found anew for what lies there then.
    pub fn make_room(&self) -> Vec<kernel::Statement<u64>> {
        let (whose, from, until) = self.ways.clone();
        (!whose.is_empty()).then(|| clear_ways(whose, from, until)).into_iter().collect()
    }
    /// To be queued after the visit itself.
    pub fn keep(&self, appointment: AppointmentId) -> (kernel::Statement<u64>, Vec<kernel::Statement<()>>) {
        let keep = |why: &Why| keep_why(appointment, why.technician, why.findings.clone(), why.others.clone());
        let why = self.why.iter().map(keep);
        (forget_why(appointment), why.collect())
    }
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

row! { struct Lanes { id: Uuid, kind: String, name: String, active: bool } }
row! {
    /// As it was when somebody was chosen: what was found of them, and what spoke against others by name.
    pub struct KeptWhy { pub findings: Value, pub others: Value }
}
row! { struct Clash { name: String, kind: String, customer: Option<String>, title: Option<String>, starts_at: Timestamp, ends_at: Timestamp } }

sql! {
    // Whoever plans something waits here for the one before. So two who want the same time meet in this queue and not in the
    // exclusion constraint, where each would wait for the other until one is killed as a deadlock.
    fn queue_up(ids: Vec<Uuid>) -> Vec<Lanes> = "
        select id, kind, name, active from resource where tenant_id = $1 and id = any($2) order by id for no key update";
    fn expire(resources: Vec<Uuid>, now: Timestamp) -> u64 = "
        delete from appointment a where a.tenant_id = $1 and a.technician_id = any($2) and a.status = 'held' and a.expires_at <= $3";
    fn clear_ways(resources: Vec<Uuid>, from: Vec<Timestamp>, until: Vec<Timestamp>) -> u64 = "
        delete from occupancy o using unnest($3::timestamptz[], $4::timestamptz[]) w(starts_at, ends_at)
        where o.tenant_id = $1 and o.resource_id = any($2) and o.kind = 'travel' and o.ends_at > w.starts_at and o.starts_at < w.ends_at";
    fn clash(resources: Vec<Uuid>, from: Vec<Timestamp>, until: Vec<Timestamp>, itself: Option<AppointmentId>) -> Vec<Clash> = "
        select o.name, o.kind, c.name as customer, coalesce(a.title, f.reason) as title, o.starts_at, o.ends_at
        from unnest($3::timestamptz[], $4::timestamptz[]) w(starts_at, ends_at)
        cross join lateral (
            select r.name, o.kind, o.appointment_id, o.time_off_id, o.starts_at, o.ends_at
            from unnest($2::uuid[]) asked(id) join resource r on r.tenant_id = $1 and r.id = asked.id
            cross join lateral (
                select o.kind, o.appointment_id, o.time_off_id, o.starts_at, o.ends_at from occupancy o
                where o.tenant_id = $1 and o.resource_id = asked.id and o.ends_at > w.starts_at and o.starts_at < w.ends_at
                  and o.kind not in ('on_call', 'travel') and (o.appointment_id is null or o.appointment_id is distinct from $5::uuid)
                order by o.ends_at limit 1) o) o
        left join appointment a on a.tenant_id = $1 and a.id = o.appointment_id
        left join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join time_off f on f.tenant_id = $1 and f.id = o.time_off_id
        order by o.starts_at limit 1";
    fn forget_why(appointment: AppointmentId) -> u64 = "delete from appointment_why where tenant_id = $1 and appointment_id = $2";
    fn keep_why(appointment: AppointmentId, technician: TechnicianId, findings: Value, others: Value) = "
        insert into appointment_why (tenant_id, appointment_id, technician_id, findings, others) values ($1, $2, $3, $4, $5)";
    // Of the others those alone whom one may see.
    pub fn why_of(appointment: AppointmentId) -> Option<KeptWhy> = "
        select y.findings, coalesce(o.others, '[]') as others from appointment_why y
        left join lateral (
            select jsonb_agg(jsonb_build_object('name', t.name, 'findings', e.one -> 'findings') order by t.name) as others
            from jsonb_array_elements(y.others) e(one) join technician t on t.tenant_id = $1 and t.id = (e.one ->> 'technician_id')::uuid) o on true
        where y.tenant_id = $1 and y.appointment_id = $2";
}

/// Refuses with a sentence that names who and when, or leaves everybody and everything reserved for this transaction.
/// `public` answers say nothing about other customers.
pub async fn settle(tx: &mut TenantTx, place: &Place<'_>, locale: &Locale, public: bool) -> Result<Settled> {
    let resources = place.resources();
    if resources.is_empty() {
        return Ok(Settled::default());
    }
    let now = tx.now();
    let last = place.stretches().map(|(_, ends)| ends).max().unwrap_or(place.ends_at);
    let (from, until) = (say::local(place.starts_at, locale).date(), say::local(last, locale).date());
    let question = Question {
        item: place.item,
        location: place.location,
        spot: place.spot.clone(),
        // Everybody, where it is one of them who goes: what spoke against the others is kept.
        of: place.technician.is_none().then(|| resources.clone()),
        itself: place.itself,
    };
    let (lanes, _, answers) = tx
        .run((queue_up(resources.clone()), expire(resources.clone(), now), read(&question, from, until, now, locale)))
        .await?;
    known(place, &lanes)?;
    let roster = Roster::of(&question, answers);
    let judge = Judge::new(&roster, Days::new(from, until, locale), locale, true);
    let judge = if public { judge.for_customers(now) } else { judge };
    let (before, after) = roster.buffers();
    let outer = place.stretches().map(|(starts, ends)| judge.visit(starts, ends).outer());
    let (starts, ends): (Vec<Timestamp>, Vec<Timestamp>) = outer.unzip();
    let clashes = tx.run(clash(resources.clone(), starts.clone(), ends.clone(), place.itself)).await?;
    let overlap = match clashes.first() {
        None => None,
        Some(clash) => Some(taken(tx, place, clash, locale, public)?),
    };
    let (going, others): (Vec<Lane<'_>>, Vec<Lane<'_>>) =
        judge.lanes().into_iter().partition(|lane| resources.contains(&lane.who.id.0));
    if !place.anyway {
        if last <= now {
            let when = say::when(place.starts_at, place.ends_at, locale);
            return Err(Error::Ask { code: "in_the_past", message: format!("That time is over: {when}.") });
        }
        heed(place, &judge, &going, locale)?;
    }
    let lead = place.technician.and_then(|lead| going.iter().find(|lane| lane.who.id == lead));
    let why = lead.map(|lane| {
        let visit = judge.visit(place.starts_at, place.ends_at);
        let others: Vec<Other> = others.iter().take(OTHERS).map(|lane| judge.against(lane, &visit)).collect();
        Why {
            technician: lane.who.id,
            findings: serde_json::to_value(judge.why(lane, &visit)).unwrap_or_default(),
            others: serde_json::to_value(others).unwrap_or_default(),
        }
    });
    Ok(Settled { overlap, before, after, why, ways: (resources, starts, ends) })
}

/// What each rule is called when it is asked whether it may be passed over.
fn code(rule: Rule) -> &'static str {
    match rule {
        Rule::Skills => "skill_missing",
        Rule::Licences => "licence_missing",
        Rule::Area => "outside_area",
        Rule::Shift => "off_shift",
        Rule::Free => "slot_taken",
        Rule::Travel => "too_far",
        Rule::DayLimit => "day_full",
        Rule::Notice => "too_soon",
        Rule::Horizon => "too_far_ahead",
    }
}

/// Asks about the first rule that does not hold. Whether the time is free was found out already.
fn heed(place: &Place<'_>, judge: &Judge<'_>, lanes: &[Lane<'_>], locale: &Locale) -> Result<()> {
    let visits: Vec<_> = place.stretches().map(|(starts, ends)| judge.visit(starts, ends)).collect();
    let ask = |rule: Rule, lane: &Lane<'_>, visit| {
        let finding = judge.find(rule, lane, visit);
        match finding.holds {
            true => Ok(()),
            false => Err(Error::Ask { code: code(rule), message: finding.says }),
        }
    };
    let lead = lanes.iter().find(|lane| Some(lane.who.id) == place.technician);
    if let (Some(lead), Some(first)) = (lead, visits.first()) {
        for rule in [Rule::Skills, Rule::Licences, Rule::Area] {
            ask(rule, lead, first)?;
        }
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
    // Whoever goes along has to be there, get there and have room for it as well.
    for lane in lanes {
        for visit in &visits {
            for rule in [Rule::Shift, Rule::Travel, Rule::DayLimit] {
                ask(rule, lane, visit)?;
            }
        }
    }
    Ok(())
}

fn known(place: &Place<'_>, lanes: &[Lanes]) -> Result<()> {
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
        ("busy", _) => format!("{name} is busy in their own calendar then: {when}."),
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
