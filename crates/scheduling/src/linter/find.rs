//! Looks for what keeps work from being offered. A service without a duration is none of it: its table refuses one.
use std::collections::HashSet;

use kernel::{Access, Paged, Result, Scope, Statement, Uuid, http::Json, row, sql, text_enum};

use crate::{permissions::BoardRead, rule};

text_enum! {
    pub enum Kind {
        NoShifts = "no_shifts": "No shifts",
        NobodyCan = "nobody_can": "Nobody has the skill",
        NobodyLicensed = "nobody_licensed": "Nobody has the licence",
        NobodyGoes = "nobody_goes": "Nobody goes there",
        TooLong = "too_long": "Longer than any shift",
        NobodyAll = "nobody_all": "Nobody has all of it",
        ItemTooSoon = "item_too_soon": "A service's notice beyond the horizon",
        TooSoon = "too_soon": "Notice beyond the horizon",
    }
}

/// One thing that is missing, and what mends it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Fault {
    pub kind: Kind,
    /// What it is about, as the deed that mends it takes it; none of them where it is about the rules.
    pub technician_id: Option<Uuid>,
    pub item_id: Option<Uuid>,
    pub area_id: Option<Uuid>,
    /// The skill or licence that is missing.
    pub part: Option<String>,
    pub says: String,
    /// What the deed that mends it is called.
    pub verb: String,
}

row! { struct Found { id: Uuid, name: String } }
row! { struct Short { id: Uuid, name: String, part: String, key: String } }
row! { struct Long { id: Uuid, name: String, minutes: i32, longest: i32 } }

sql! {
    fn no_shifts() -> Vec<Found> = "
        select t.id, t.name from technician t where t.tenant_id = $1 and t.active
          and not exists (select from shift s where s.tenant_id = $1 and s.technician_id = t.id) order by t.name, t.id limit 50";
    fn nobody_can() -> Vec<Short> = "
        select i.id, i.name, s.name as part, s.id::text as key
        from item_skill n
        join item i on i.tenant_id = $1 and i.id = n.item_id and i.status = 'active'
        join skill s on s.tenant_id = $1 and s.id = n.skill_id
        where n.tenant_id = $1 and not exists (
            select from technician_skill h join technician t on t.tenant_id = $1 and t.id = h.technician_id and t.active
            where h.tenant_id = $1 and h.skill_id = n.skill_id and h.level >= n.level)
        order by i.name_key, s.name_key limit 50";
    fn nobody_licensed(today: jiff::civil::Date) -> Vec<Short> = "
        select i.id, i.name, concat_ws(', ', n.name, n.jurisdiction, n.class) as part, concat_ws(';', n.name_key, n.jurisdiction_key, n.class_key) as key
        from item_credential n
        join item i on i.tenant_id = $1 and i.id = n.item_id and i.status = 'active'
        where n.tenant_id = $1 and not exists (
            select from credential c join technician t on t.tenant_id = $1 and t.id = c.technician_id and t.active
            where c.tenant_id = $1 and c.name_key = n.name_key and (n.class_key = '' or c.class_key = n.class_key)
              and (n.jurisdiction_key = '' or c.jurisdiction_key = '' or c.jurisdiction_key = n.jurisdiction_key)
              and (c.expires_on is null or c.expires_on >= $2))
        order by i.name_key, n.name_key limit 50";
    // Whoever has no areas of their own goes everywhere.
    fn nobody_goes() -> Vec<Found> = "
        select a.id, a.name from service_area a where a.tenant_id = $1 and a.active
          and not exists (select from technician t where t.tenant_id = $1 and t.active
            and (not exists (select from technician_area c where c.tenant_id = $1 and c.technician_id = t.id)
              or exists (select from technician_area c where c.tenant_id = $1 and c.technician_id = t.id and c.area_id = a.id)))
        order by a.name_key limit 50";
    // A night's shift ends on the next day.
    fn too_long() -> Vec<Long> = "
        with longest as materialized (
            select coalesce(max(case when s.ends > s.starts then extract(epoch from s.ends - s.starts) else 86400 - extract(epoch from s.starts - s.ends) end) / 60, 0)::int as minutes
            from shift s join technician t on t.tenant_id = $1 and t.id = s.technician_id and t.active where s.tenant_id = $1)
        select i.id, i.name, i.duration_minutes as minutes, l.minutes as longest from item i cross join longest l
        where i.tenant_id = $1 and i.status = 'active' and i.kind = 'service' and l.minutes > 0 and i.duration_minutes > l.minutes order by i.name_key, i.id limit 50";

    // Each thing that is asked for somebody has, but nobody with shifts has them all.
    fn nobody_all(today: jiff::civil::Date) -> Vec<Found> = "
        select i.id, i.name from item i
        where i.tenant_id = $1 and i.status = 'active' and i.online
          and (exists (select from item_skill n where n.tenant_id = $1 and n.item_id = i.id)
            or exists (select from item_credential n where n.tenant_id = $1 and n.item_id = i.id))
          and not exists (
            select from technician t where t.tenant_id = $1 and t.active
              and exists (select from shift s where s.tenant_id = $1 and s.technician_id = t.id)
              and not exists (
                select from item_skill n where n.tenant_id = $1 and n.item_id = i.id and not exists (
                  select from technician_skill h where h.tenant_id = $1 and h.technician_id = t.id and h.skill_id = n.skill_id and h.level >= n.level))
              and not exists (
                select from item_credential n where n.tenant_id = $1 and n.item_id = i.id and not exists (
                  select from credential c where c.tenant_id = $1 and c.technician_id = t.id and c.name_key = n.name_key
                    and (n.class_key = '' or c.class_key = n.class_key)
                    and (n.jurisdiction_key = '' or c.jurisdiction_key = '' or c.jurisdiction_key = n.jurisdiction_key)
                    and (c.expires_on is null or c.expires_on >= $2))))
        order by i.name_key, i.id limit 50";
    fn item_too_soon() -> Vec<Found> = "
        select i.id, i.name from item_scheduling n join item i on i.tenant_id = $1 and i.id = n.item_id and i.status = 'active'
        where n.tenant_id = $1 and n.notice_minutes >= 1440 * coalesce((select r.horizon_days from scheduling_rule r where r.tenant_id = $1), 30)
        order by i.name_key, i.id limit 50";
}

type Look = (
    (Statement<Vec<Found>>, Statement<Vec<Short>>, Statement<Vec<Short>>),
    (Statement<Vec<Found>>, Statement<Vec<Long>>, Statement<Vec<Found>>, Statement<Vec<Found>>),
    Statement<Option<rule::Rules>>,
);

fn look(today: jiff::civil::Date) -> Look {
    (
        (no_shifts(), nobody_can(), nobody_licensed(today)),
        (nobody_goes(), too_long(), nobody_all(today), item_too_soon()),
        rule::find(),
    )
}

pub async fn faults(scope: &Scope) -> Result<Vec<Fault>> {
    let ((shifts, skills, licences), (areas, long, all_of_it, soon), rules) =
        scope.read(look(scope.local_now().date())).await?;
    let rules = rules.unwrap_or_default();
    let fault = |kind, subject: Uuid, part: Option<String>, says: String, verb: &str| Fault {
        kind,
        technician_id: (kind == Kind::NoShifts).then_some(subject),
        item_id: matches!(
            kind,
            Kind::NobodyCan | Kind::NobodyLicensed | Kind::TooLong | Kind::NobodyAll | Kind::ItemTooSoon
        )
        .then_some(subject),
        area_id: (kind == Kind::NobodyGoes).then_some(subject),
        part,
        says,
        verb: verb.to_owned(),
    };
    let alone: HashSet<Uuid> = skills.iter().chain(&licences).map(|one| one.id).collect();
    let mut all = vec![];
    all.extend(shifts.into_iter().map(|one| {
        let says = format!("{} has no shifts, so nobody can book a job with them.", one.name);
        fault(Kind::NoShifts, one.id, None, says, "Give Monday to Friday, 8 to 17")
    }));
    all.extend(skills.into_iter().map(|one| {
        let says = format!("{} needs {}, and nobody has it well enough.", one.name, one.part);
        fault(Kind::NobodyCan, one.id, Some(one.key), says, "Do not ask for it")
    }));
    all.extend(licences.into_iter().map(|one| {
        let says = format!("{} asks for a licence that nobody has today: {}.", one.name, one.part);
        fault(Kind::NobodyLicensed, one.id, Some(one.key), says, "Do not ask for it")
    }));
    all.extend(areas.into_iter().map(|one| {
        let says = format!("Nobody goes to {}.", one.name);
        fault(Kind::NobodyGoes, one.id, None, says, "Let everybody with areas go there")
    }));
    all.extend(long.into_iter().map(|one| {
        let (takes, longest) = (crate::say::minutes(one.minutes.into()), crate::say::minutes(one.longest.into()));
        let says = format!("{} takes {takes}, and the longest shift is {longest}: it can never be offered.", one.name);
        fault(Kind::TooLong, one.id, None, says, &format!("Make it {longest}, for each day"))
    }));
    // Whatever nobody has at all was said already.
    all.extend(all_of_it.into_iter().filter(|one| !alone.contains(&one.id)).map(|one| {
        let says = format!("Nobody who has shifts has all that {} asks for, so nobody can book it.", one.name);
        fault(Kind::NobodyAll, one.id, None, says, "Take it off the booking page")
    }));
    all.extend(soon.into_iter().map(|one| {
        let says = format!("{} asks for more notice than customers may book ahead: it is never offered.", one.name);
        fault(Kind::ItemTooSoon, one.id, None, says, "Ask for as much notice as for others")
    }));
    if i64::from(rules.notice_minutes) >= i64::from(rules.horizon_days) * 1440 {
        all.push(Fault {
            kind: Kind::TooSoon,
            technician_id: None,
            item_id: None,
            area_id: None,
            part: None,
            says: "Customers may book no sooner than they may book at the latest: nothing is ever offered.".into(),
            verb: "Offer two hours to 30 days ahead".into(),
        });
    }
    Ok(all)
}

pub async fn api(access: Access<BoardRead>) -> Result<Json<Paged<Fault>>> {
    Ok(Json(Paged { data: faults(&access).await?, next_cursor: None }))
}
