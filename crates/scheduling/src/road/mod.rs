//! How long the way takes by road: asked of a routing server where whoever runs the house has named one, kept, and read with everything
//! else that decides about a time. Where nothing is known the estimate by distance stands in.
mod ask;
mod router;

pub use ask::{between, learn};
pub use router::{Router, Unknown};

use customers::{LocationId, location::Point};
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, row, sql};
use std::collections::HashMap;

use crate::availability::{Estimator, Spot};

/// Roads change, slowly.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 180);
/// Kept where no road leads: no way takes a week.
const NO_WAY: i32 = 10_000;
/// A place no road leads to may be a new one that the server does not know yet.
const KEPT_IN_VAIN: SignedDuration = SignedDuration::from_hours(24 * 7);
const AT_ONCE: i64 = 10_000;

row! {
    /// One way between two cells; `NO_WAY` where no road leads.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Way { pub from_cell: i64, pub to_cell: i64, pub minutes: i32 }
}

sql! {
    /// The ways to and from a location, or a cell where there is no location yet. Its cell is worked out by the same steps of the same kind of number as in `cell`.
    pub fn around(location: Option<LocationId>, otherwise: Option<i64>) -> Vec<Way> = "
        with here as (
            select (round((l.latitude::float8 + 90) * 10000) * 10000000 + round((l.longitude::float8 + 180) * 10000))::bigint as cell
            from location l where l.tenant_id = $1 and l.id = $2 and l.latitude is not null
            union all select $3::bigint where $2::uuid is null and $3::bigint is not null)
        (select w.from_cell, w.to_cell, w.minutes from here h join driving_time w on w.tenant_id = $1 and w.from_cell = h.cell limit 3000)
        union
        (select w.from_cell, w.to_cell, w.minutes from here h join driving_time w on w.tenant_id = $1 and w.to_cell = h.cell limit 3000)";
    fn of_pairs(from: Vec<i64>, to: Vec<i64>) -> Vec<Way> = "
        select w.from_cell, w.to_cell, w.minutes from unnest($2::bigint[], $3::bigint[]) p(from_cell, to_cell)
        join driving_time w on w.tenant_id = $1 and w.from_cell = p.from_cell and w.to_cell = p.to_cell";
    fn keep(from: Vec<i64>, to: Vec<i64>, minutes: Vec<i32>, at: Timestamp) -> u64 = "
        insert into driving_time (tenant_id, from_cell, to_cell, minutes, asked_at)
        select $1::uuid, w.from_cell, w.to_cell, w.minutes, $5::timestamptz from unnest($2::bigint[], $3::bigint[], $4::int[]) w(from_cell, to_cell, minutes)
        order by 2, 3
        on conflict (tenant_id, from_cell, to_cell) do update set minutes = excluded.minutes, asked_at = excluded.asked_at";
    fn forget(before: Timestamp, in_vain_before: Timestamp, most: i64) -> u64 = "
        delete from driving_time d using (
            (select o.from_cell, o.to_cell from driving_time o where o.tenant_id = $1 and o.asked_at < $2 order by o.asked_at limit $4)
            union
            (select n.from_cell, n.to_cell from driving_time n where n.tenant_id = $1 and n.minutes = 10000 and n.asked_at < $3 order by n.asked_at limit $4)) old
        where d.tenant_id = $1 and d.from_cell = old.from_cell and d.to_cell = old.to_cell";
}

/// A point to some ten metres, as one number: nearer than that nobody drives.
pub fn cell(point: Point) -> i64 {
    let part = |degrees: f64, shift: f64| ((degrees + shift) * 10_000.0).round_ties_even() as i64;
    part(point.0, 90.0) * 10_000_000 + part(point.1, 180.0)
}

fn point_of(cell: i64) -> Point {
    let part = |whole: i64, shift: f64| whole as f64 / 10_000.0 - shift;
    (part(cell / 10_000_000, 90.0), part(cell % 10_000_000, 180.0))
}

/// What is known of ways by road.
#[derive(Debug, Clone, Default)]
pub struct Roads(HashMap<(i64, i64), i32>);

impl Roads {
    pub fn knows(&self, from: i64, to: i64) -> bool {
        from == to || self.0.contains_key(&(from, to))
    }
}
impl Extend<Way> for Roads {
    fn extend<I: IntoIterator<Item = Way>>(&mut self, ways: I) {
        self.0.extend(ways.into_iter().map(|way| ((way.from_cell, way.to_cell), way.minutes)));
    }
}
impl FromIterator<Way> for Roads {
    fn from_iter<I: IntoIterator<Item = Way>>(ways: I) -> Self {
        let mut all = Self::default();
        all.extend(ways);
        all
    }
}

impl Estimator for Roads {
    fn minutes(&self, from: &Spot, to: &Spot) -> Option<i64> {
        let (from, to) = (cell(from.point()?), cell(to.point()?));
        if from == to {
            Some(0)
        } else {
            self.0.get(&(from, to)).filter(|minutes| **minutes < NO_WAY).map(|minutes| (*minutes).into())
        }
    }
}

/// What is old is asked for anew.
pub async fn forget_old(scope: Scope) -> Result<()> {
    let ago = |kept| scope.now().saturating_sub(kept).unwrap_or(scope.now());
    scope.retrying(async |tx| tx.run(forget(ago(KEPT), ago(KEPT_IN_VAIN), AT_ONCE)).await).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_some_ten_metres_wide_and_tells_its_point() {
        for point in [(41.88, -87.63), (-33.8688, 151.2093), (90.0, 180.0), (-90.0, -180.0), (0.0, 0.0)] {
            let back = point_of(cell(point));
            assert!((back.0 - point.0).abs() < 0.0001 && (back.1 - point.1).abs() < 0.0001, "{point:?} {back:?}");
        }
        assert_eq!(cell((41.880_01, -87.63)), cell((41.88, -87.63)));
        assert_ne!(cell((41.8802, -87.63)), cell((41.88, -87.63)));
    }
}
