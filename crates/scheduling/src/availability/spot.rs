//! Where something is, as far as it is known, and how long it takes from one place to another.
use customers::location::Point;
use kernel::{row, sql};

use crate::area::{Area, AreaId, Leg};

row! {
    /// A place by its postal code, its point, both or neither.
    #[derive(Debug, Clone, Default, PartialEq)]
    pub struct Spot { pub postal_code: Option<String>, pub latitude: Option<f64>, pub longitude: Option<f64> }
}

impl Spot {
    pub fn point(&self) -> Option<Point> {
        self.latitude.zip(self.longitude)
    }
    pub fn is_known(&self) -> bool {
        self.postal_code.is_some() || self.point().is_some()
    }
}

sql! {
    pub fn of_location(id: Option<customers::LocationId>) -> Option<Spot> = "
        select postal_code, latitude::float8 as latitude, longitude::float8 as longitude from location where tenant_id = $1 and id = $2";
}

/// How long from here to there; none where it cannot tell.
pub trait Estimator {
    fn minutes(&self, from: &Spot, to: &Spot) -> Option<i64>;
}

/// The way of a bird at a steady speed, longer by a third, for roads bend.
#[derive(Debug, Clone, Copy)]
pub struct GreatCircle {
    pub kmh: i32,
}

const BEND: f64 = 1.3;

impl Estimator for GreatCircle {
    fn minutes(&self, from: &Spot, to: &Spot) -> Option<i64> {
        let km = kilometres(from.point()?, to.point()?) * BEND;
        Some((km / f64::from(self.kmh.max(1)) * 60.0).ceil() as i64)
    }
}

/// Haversine on a ball of 6371 km.
pub fn kilometres(from: Point, to: Point) -> f64 {
    let (a, b) = (from.0.to_radians(), to.0.to_radians());
    let (high, wide) = ((to.0 - from.0).to_radians(), (to.1 - from.1).to_radians());
    let half = (high / 2.0).sin().powi(2) + a.cos() * b.cos() * (wide / 2.0).sin().powi(2);
    2.0 * 6371.0 * half.sqrt().min(1.0).asin()
}

/// What the company wrote down between its areas; a leg counts both ways unless the way back has one of its own.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub areas: Vec<Area>,
    pub legs: Vec<Leg>,
}

impl Table {
    fn leg(&self, from: AreaId, to: AreaId) -> Option<i64> {
        let find = |a, b| self.legs.iter().find(|leg| leg.from_area_id == a && leg.to_area_id == b);
        find(from, to).or_else(|| find(to, from)).map(|leg| leg.minutes.into())
    }
}

impl Estimator for Table {
    fn minutes(&self, from: &Spot, to: &Spot) -> Option<i64> {
        if self.legs.is_empty() {
            return None;
        }
        let of = |spot: &Spot| -> Vec<AreaId> {
            self.areas.iter().filter(|area| area.holds(spot) == Some(true)).map(|area| area.id).collect()
        };
        let (starts, ends) = (of(from), of(to));
        let ways = starts.iter().flat_map(|a| ends.iter().map(move |b| (*a, *b)));
        ways.filter_map(|(a, b)| self.leg(a, b)).min()
    }
}

/// The first that can tell; the flat guess where none can.
#[derive(Default)]
pub struct Travel {
    pub estimators: Vec<Box<dyn Estimator + Send + Sync>>,
    pub otherwise: i64,
}

impl Travel {
    pub fn minutes(&self, from: &Spot, to: &Spot) -> i64 {
        if from.is_known() && from == to {
            return 0;
        }
        self.estimators.iter().find_map(|one| one.minutes(from, to)).unwrap_or(self.otherwise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(latitude: f64, longitude: f64) -> Spot {
        Spot { postal_code: None, latitude: Some(latitude), longitude: Some(longitude) }
    }

    #[test]
    fn distances_are_those_of_the_earth() {
        // Published great-circle distances, to the kilometre and a bit.
        for (from, to, km) in [
            ((40.7128, -74.006), (34.0522, -118.2437), 3936.0),
            ((51.5074, -0.1278), (48.8566, 2.3522), 344.0),
            ((-33.8688, 151.2093), (-37.8136, 144.9631), 713.0),
            ((64.0, 179.9), (64.0, -179.9), 9.75),
        ] {
            let found = kilometres(from, to);
            assert!((found - km).abs() < km * 0.005 + 0.1, "{from:?} {to:?}: {found}");
        }
    }

    #[test]
    fn the_first_who_can_tell_tells() {
        let travel =
            Travel { estimators: vec![Box::new(Table::default()), Box::new(GreatCircle { kmh: 40 })], otherwise: 15 };
        let (a, b) = (spot(41.88, -87.63), spot(41.97, -87.63));
        assert_eq!(travel.minutes(&a, &b), 20, "ten kilometres, thirteen by road");
        assert_eq!(travel.minutes(&a, &a), 0);
        assert_eq!(travel.minutes(&a, &Spot::default()), 15);
        assert_eq!(travel.minutes(&Spot::default(), &Spot::default()), 15, "two unknown places are not one");
    }
}
