//! The three shapes of an area, as they are typed and as they are compared.
use customers::location::{Point, postal};
use kernel::{Checks, text_enum};

text_enum! {
    pub enum Kind { PostalCodes = "postal_codes": "Postal codes", Circle = "circle": "Around a point", Outline = "outline": "Outline" }
}

/// What an area is made of; only what belongs to its kind is kept.
#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    pub kind: Kind,
    /// Such as "62701", or "627*" for all that begin so; at most 2,000.
    #[serde(default)]
    pub postal_codes: Vec<String>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    /// 100 to 500,000.
    pub radius_m: Option<i32>,
    /// 3 to 200 corners, in order around it.
    #[serde(default)]
    pub outline: Vec<Corner>,
}

#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Corner {
    pub latitude: f64,
    pub longitude: f64,
}

const MOST_CORNERS: usize = 200;

impl Shape {
    pub fn check(&mut self, checks: &mut Checks) {
        let on_earth = |latitude: f64, longitude: f64| latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        match self.kind {
            Kind::PostalCodes => {
                postal::tidy(&mut self.postal_codes);
                let some = (1..=postal::MOST).contains(&self.postal_codes.len());
                checks.that(some, "postal_codes", "required", "Give 1 to 2,000 postal codes, such as 62701 or 627*.");
                postal::check(checks, &self.postal_codes);
                (self.latitude, self.longitude, self.radius_m) = (None, None, None);
                self.outline.clear();
            }
            Kind::Circle => {
                let middle = self.latitude.zip(self.longitude).is_some_and(|(a, b)| on_earth(a, b));
                checks.that(
                    middle,
                    "latitude",
                    "point",
                    "Give the middle as latitude and longitude, such as 39.7817, -89.6501.",
                );
                let radius = self.radius_m.is_some_and(|m| (100..=500_000).contains(&m));
                checks.that(radius, "radius_m", "range", "A radius is from 100 metres to 500 kilometres.");
                self.postal_codes.clear();
                self.outline.clear();
            }
            Kind::Outline => {
                let some = (3..=MOST_CORNERS).contains(&self.outline.len());
                let good = some && self.outline.iter().all(|one| on_earth(one.latitude, one.longitude));
                checks.that(
                    good,
                    "outline",
                    "outline",
                    "An outline has 3 to 200 corners, each a latitude and a longitude.",
                );
                (self.latitude, self.longitude, self.radius_m) = (None, None, None);
                self.postal_codes.clear();
            }
        }
    }

    pub(super) fn corners(&self) -> Option<serde_json::Value> {
        (!self.outline.is_empty()).then(|| serde_json::json!(self.outline))
    }
}

pub(crate) fn corners(outline: &serde_json::Value) -> Option<Vec<Point>> {
    let corners: Vec<Corner> = serde_json::from_value(outline.clone()).ok()?;
    Some(corners.into_iter().map(|one| (one.latitude, one.longitude)).collect())
}

/// Even and odd crossings of a line to the north; flat, which is right enough for a county.
pub(super) fn within((latitude, longitude): Point, corners: &[Point]) -> bool {
    let mut inside = false;
    for (n, (a, b)) in corners.iter().enumerate() {
        let (c, d) = corners[(n + 1) % corners.len()];
        if (*b > longitude) != (d > longitude) && latitude < (c - a) * (longitude - b) / (d - b) + a {
            inside = !inside;
        }
    }
    inside
}

#[test]
fn a_point_is_within_an_outline_or_not() {
    // A square with a bay cut into it from the east.
    let bay = [(0.0, 0.0), (0.0, 10.0), (4.0, 10.0), (5.0, 3.0), (6.0, 10.0), (10.0, 10.0), (10.0, 0.0)];
    for (point, inside) in [
        ((5.0, 1.0), true),
        ((5.0, 5.0), false),
        ((1.0, 9.0), true),
        ((9.0, 9.0), true),
        ((11.0, 5.0), false),
        ((5.0, -1.0), false),
    ] {
        assert_eq!(within(point, &bay), inside, "{point:?}");
    }
}
