//! What planning needs to know of a technician: where the day starts, how much fits into it, which areas are theirs.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx, Uuid,
    http::{IfMatch, Json, One, Path, Versioned},
    row, sql,
};

use super::{TechnicianChanged, TechnicianId, find};
use crate::{
    area::AreaId,
    permissions::{BoardRead, TechniciansWrite},
};

row! {
    #[derive(Debug, Clone, Default, serde::Serialize, schemars::JsonSchema)]
    pub struct Planning {
        /// Where the day starts, in words; without it, at home.
        pub start_place: Option<String>,
        pub start_latitude: Option<f64>,
        pub start_longitude: Option<f64>,
        pub home_place: Option<String>,
        pub home_latitude: Option<f64>,
        pub home_longitude: Option<f64>,
        /// So many visits a day at most.
        pub day_jobs: Option<i32>,
        /// So many minutes of visits a day at most.
        pub day_minutes: Option<i32>,
        /// Where they go; none at all: everywhere the company goes.
        pub area_ids: Vec<Uuid>,
        /// The technician's.
        pub version: i64,
    }
}
impl Versioned for Planning {
    fn version(&self) -> i64 {
        self.version
    }
}

/// All of it: what is left out is taken away.
#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub start_place: Option<String>,
    pub start_latitude: Option<f64>,
    pub start_longitude: Option<f64>,
    pub home_place: Option<String>,
    pub home_latitude: Option<f64>,
    pub home_longitude: Option<f64>,
    /// 1 to 50.
    pub day_jobs: Option<i32>,
    /// 30 to 1440.
    pub day_minutes: Option<i32>,
    #[serde(default)]
    pub area_ids: Vec<AreaId>,
}
impl Input for Plan {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("start_place", &mut self.start_place, 200);
        checks.optional("home_place", &mut self.home_place, 200);
        for (name, latitude, longitude) in [
            ("start_latitude", self.start_latitude, self.start_longitude),
            ("home_latitude", self.home_latitude, self.home_longitude),
        ] {
            let good = match (latitude, longitude) {
                (None, None) => true,
                (Some(latitude), Some(longitude)) => latitude.abs() <= 90.0 && longitude.abs() <= 180.0,
                _ => false,
            };
            checks.that(good, name, "point", "Give latitude (-90 to 90) and longitude (-180 to 180), or neither.");
        }
        let jobs = self.day_jobs.is_none_or(|jobs| (1..=50).contains(&jobs));
        checks.that(jobs, "day_jobs", "range", "A day holds 1 to 50 visits.");
        let minutes = self.day_minutes.is_none_or(|minutes| (30..=1440).contains(&minutes));
        checks.that(minutes, "day_minutes", "range", "A day holds 30 minutes to 24 hours of visits.");
        self.area_ids.sort_unstable();
        self.area_ids.dedup();
        checks.that(self.area_ids.len() <= 200, "area_ids", "too_many", "At most 200 areas.");
    }
}

sql! {
    pub fn planning_of(id: TechnicianId) -> Option<Planning> = "
        select t.start_place, t.start_latitude, t.start_longitude, t.home_place, t.home_latitude, t.home_longitude, t.day_jobs, t.day_minutes,
               coalesce((select array_agg(c.area_id order by c.area_id) from technician_area c where c.tenant_id = $1 and c.technician_id = t.id), '{}'::uuid[]) as area_ids,
               t.version
        from technician t where t.tenant_id = $1 and t.id = $2";
    fn update(id: TechnicianId, version: i64, start_place: Option<String>, start_latitude: Option<f64>, start_longitude: Option<f64>,
              home_place: Option<String>, home_latitude: Option<f64>, home_longitude: Option<f64>, day_jobs: Option<i32>, day_minutes: Option<i32>, at: Timestamp) -> u64 = "
        update technician set start_place = $4, start_latitude = $5, start_longitude = $6, home_place = $7, home_latitude = $8, home_longitude = $9,
               day_jobs = $10, day_minutes = $11, version = version + 1, updated_at = $12
        where tenant_id = $1 and id = $2 and version = $3";
    fn leave_areas(id: TechnicianId) -> u64 = "delete from technician_area where tenant_id = $1 and technician_id = $2";
    fn give_areas(id: TechnicianId, areas: Vec<Uuid>) = "
        insert into technician_area (tenant_id, technician_id, area_id) select $1::uuid, $2::uuid, a.id from unnest($3::uuid[]) a(id)";
}

pub async fn plan(tx: &mut TenantTx, id: TechnicianId, version: i64, plan: &Plan) -> Result<Planning> {
    let now = tx.now();
    let row = update(
        id,
        version,
        plan.start_place.clone(),
        plan.start_latitude,
        plan.start_longitude,
        plan.home_place.clone(),
        plan.home_latitude,
        plan.home_longitude,
        plan.day_jobs,
        plan.day_minutes,
        now,
    );
    if tx.run(row).await? == 0 {
        return tx.run(find(id)).await?.map_or(Err(Error::NotFound), |found| Err(Error::Stale(Some(found.version))));
    }
    tx.tell(&TechnicianChanged { technician: id });
    let areas: Vec<Uuid> = plan.area_ids.iter().map(|id| id.0).collect();
    let (_, _, found) = tx.run((leave_areas(id), give_areas(id, areas), planning_of(id))).await?;
    found.ok_or(Error::NotFound)
}

pub async fn planning_api(access: Access<BoardRead>, Path(id): Path<TechnicianId>) -> Result<One<Planning>> {
    access.read(planning_of(id)).await?.map(One).ok_or(Error::NotFound)
}

pub async fn plan_api(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    version: IfMatch,
    Json(input): Json<Plan>,
) -> Result<One<Planning>> {
    let version = version.required()?;
    access.retrying(async |tx| plan(tx, id, version, &input).await).await.map(One)
}
