//! Everything that decides who can come when, read in one round trip.
use catalog::ItemId;
use customers::LocationId;
use jiff::{SignedDuration, Span, Timestamp, civil::Date};
use kernel::{Statement, Uuid, row, sql, tenant::Locale};

use super::{
    Spot,
    spot::{GreatCircle, Table, Travel, of_location},
};
use crate::{
    appointment::AppointmentId,
    area::{self, Area, Covers, Leg},
    credential::{self, Asked, Credential},
    exception::{self, Exception},
    neighbours::{Service, service_of},
    road::{self, Roads, Way},
    rule::{
        self, Rules,
        item::{Around, Need},
    },
    say,
    shift::{self, Hours, Shift},
    skill::SkillId,
    technician::TechnicianId,
};

row! {
    /// Somebody who might come.
    #[derive(Debug, Clone)]
    pub struct Candidate {
        pub id: TechnicianId,
        pub name: String,
        pub start_latitude: Option<f64>,
        pub start_longitude: Option<f64>,
        pub home_latitude: Option<f64>,
        pub home_longitude: Option<f64>,
        pub day_jobs: Option<i32>,
        pub day_minutes: Option<i32>,
    }
}

impl Candidate {
    /// Where the day starts: the yard, else home.
    pub fn start(&self) -> Spot {
        let start = self.start_latitude.zip(self.start_longitude);
        let (latitude, longitude) = start.or(self.home_latitude.zip(self.home_longitude)).unzip();
        Spot { postal_code: None, latitude, longitude }
    }
}

row! {
    #[derive(Debug, Clone)]
    pub struct Holds { pub technician_id: TechnicianId, pub skill_id: SkillId, pub level: i32 }
}

row! {
    /// A time that is not free, whatever for; of a visit also what is kept free around it, and where it is.
    #[derive(Debug, Clone)]
    pub struct Taken {
        pub technician_id: TechnicianId,
        pub kind: String,
        pub starts_at: Timestamp,
        pub ends_at: Timestamp,
        pub appointment_id: Option<AppointmentId>,
        pub before: i32,
        pub after: i32,
        pub postal_code: Option<String>,
        pub latitude: Option<f64>,
        pub longitude: Option<f64>,
    }
}

impl Taken {
    pub fn spot(&self) -> Spot {
        Spot { postal_code: self.postal_code.clone(), latitude: self.latitude, longitude: self.longitude }
    }
}

sql! {
    /// Everybody who takes jobs, or those who are named.
    fn candidates(named: Option<Vec<Uuid>>) -> Vec<Candidate> = "
        select t.id, t.name, t.start_latitude, t.start_longitude, t.home_latitude, t.home_longitude, t.day_jobs, t.day_minutes
        from technician t
        where t.tenant_id = $1 and (t.active or $2::uuid[] is not null) and ($2::uuid[] is null or t.id = any($2))
        order by t.name, t.id limit 500";
    fn held(item: Option<ItemId>) -> Vec<Holds> = "
        select h.technician_id, h.skill_id, h.level from technician_skill h
        where h.tenant_id = $1 and h.skill_id in (select n.skill_id from item_skill n where n.tenant_id = $1 and n.item_id = $2) limit 10000";
    // No visit is longer than a day, so those that begin a day before are all that can reach in; what may last longer is found by
    // its end. The way between visits is not read: it is judged from where they are.
    fn taken(named: Option<Vec<Uuid>>, from: Timestamp, until: Timestamp, a_day_before: Timestamp, now: Timestamp) -> Vec<Taken> = "
        select t.id as technician_id, o.kind, o.starts_at, o.ends_at, o.appointment_id, a.buffer_before as before, a.buffer_after as after,
               l.postal_code, l.latitude::float8 as latitude, l.longitude::float8 as longitude
        from occupancy o
        join technician t on t.tenant_id = $1 and t.id = o.resource_id
        join appointment a on a.tenant_id = $1 and a.id = o.appointment_id
        left join location l on l.tenant_id = $1 and l.id = a.location_id
        where o.tenant_id = $1 and o.starts_at >= $5 and o.starts_at < $4 and o.ends_at > $3 and o.kind not in ('travel', 'buffer')
          and (o.kind <> 'held' or a.expires_at > $6) and ($2::uuid[] is null or o.resource_id = any($2))
        union all
        select t.id, o.kind, o.starts_at, o.ends_at, null::uuid, 0, 0, null::text, null::float8, null::float8
        from occupancy o join technician t on t.tenant_id = $1 and t.id = o.resource_id
        where o.tenant_id = $1 and o.kind in ('time_off', 'on_call', 'busy') and o.ends_at > $3 and o.starts_at < $4
          and ($2::uuid[] is null or o.resource_id = any($2))
        order by 1, 3 limit 20000";
}

/// What is asked: for which service, where, of whom.
#[derive(Debug, Clone, Default)]
pub struct Question {
    pub item: Option<ItemId>,
    pub location: Option<LocationId>,
    /// Where no location is known yet.
    pub spot: Option<Spot>,
    /// None: everybody who takes jobs.
    pub of: Option<Vec<Uuid>>,
    /// The visit that is being moved: it is not in its own way.
    pub itself: Option<AppointmentId>,
}

/// Everything that decides about free time.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    pub service: Option<Service>,
    pub rules: Rules,
    pub around: Around,
    pub place: Spot,
    pub candidates: Vec<Candidate>,
    pub shifts: Vec<Shift>,
    pub exceptions: Vec<Exception>,
    pub taken: Vec<Taken>,
    pub needs: Vec<Need>,
    pub held: Vec<Holds>,
    pub asked: Vec<Asked>,
    pub credentials: Vec<Credential>,
    pub areas: Vec<Area>,
    pub covers: Vec<Covers>,
    pub legs: Vec<Leg>,
    pub roads: Roads,
}

type About = (Statement<Option<Service>>, Statement<Option<Rules>>, Statement<Option<Around>>, Statement<Option<Spot>>);
type Who = (Statement<Vec<Candidate>>, Statement<Vec<Shift>>, Statement<Vec<Exception>>, Statement<Vec<Taken>>);
type Can = (Statement<Vec<Need>>, Statement<Vec<Holds>>, Statement<Vec<Asked>>, Statement<Vec<Credential>>);
type Where = (Statement<Vec<Area>>, Statement<Vec<Covers>>, Statement<Vec<Leg>>, Statement<Vec<Way>>);
/// What `read` asks and `of` takes.
pub type Read = (About, Who, Can, Where);
pub type Answers = (
    (Option<Service>, Option<Rules>, Option<Around>, Option<Spot>),
    (Vec<Candidate>, Vec<Shift>, Vec<Exception>, Vec<Taken>),
    (Vec<Need>, Vec<Holds>, Vec<Asked>, Vec<Credential>),
    (Vec<Area>, Vec<Covers>, Vec<Leg>, Vec<Way>),
);

/// The statements that answer for the days `from` to `until`, both included.
pub fn read(question: &Question, from: Date, until: Date, now: Timestamp, locale: &Locale) -> Read {
    let one = Span::new().days(1);
    // A shift of the evening before may reach into the first day, and the way from its last visit too.
    let (begin, end) = (say::midnight(from, locale), say::midnight(until.saturating_add(one), locale));
    let hours = |at: Timestamp, hours| at.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(at);
    let item = question.item;
    (
        (service_of(item), rule::find(), rule::item::around(item), of_location(question.location)),
        (
            candidates(question.of.clone()),
            shift::between(from.saturating_sub(one), until.saturating_add(one)),
            exception::between(from.saturating_sub(one), until.saturating_add(one)),
            taken(question.of.clone(), hours(begin, -24), hours(end, 24), hours(begin, -48), now),
        ),
        (rule::item::needs_of(item), held(item), credential::asked_by(item), credential::for_item(item)),
        (
            area::in_use(),
            area::covers(),
            area::legs(),
            road::around(question.location, question.spot.as_ref().and_then(Spot::point).map(road::cell)),
        ),
    )
}

impl Roster {
    pub fn of(question: &Question, answers: Answers) -> Self {
        let ((service, rules, around, spot), (candidates, shifts, exceptions, mut taken), able, place) = answers;
        taken.retain(|one| one.appointment_id.is_none() || one.appointment_id != question.itself);
        Self {
            service,
            rules: rules.unwrap_or_default(),
            around: around.unwrap_or_default(),
            place: spot.or_else(|| question.spot.clone()).unwrap_or_default(),
            candidates,
            shifts,
            exceptions,
            taken,
            needs: able.0,
            held: able.1,
            asked: able.2,
            credentials: able.3,
            areas: place.0,
            covers: place.1,
            legs: place.2,
            roads: place.3.into_iter().collect(),
        }
    }

    pub fn hours(&self) -> Hours<'_> {
        Hours { shifts: &self.shifts, exceptions: &self.exceptions }
    }

    /// Kept free before and after the visit.
    pub fn buffers(&self) -> (i32, i32) {
        let before = self.around.buffer_before.unwrap_or(self.rules.buffer_before);
        (before, self.around.buffer_after.unwrap_or(self.rules.buffer_after))
    }

    pub fn notice(&self) -> SignedDuration {
        SignedDuration::from_mins(self.around.notice_minutes.unwrap_or(self.rules.notice_minutes).into())
    }

    /// The company's own table first, then the roads, then the distance, then the guess.
    pub fn travel(&self) -> Travel {
        let table = Table { areas: self.areas.clone(), legs: self.legs.clone() };
        Travel {
            estimators: vec![
                Box::new(table),
                Box::new(self.roads.clone()),
                Box::new(GreatCircle { kmh: self.rules.travel_kmh }),
            ],
            otherwise: self.rules.travel_minutes.into(),
        }
    }
}
