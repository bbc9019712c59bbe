//! The day on a map: where everybody goes in which order, and where a job waits that has nobody.
mod flat;
mod tiles;

pub use tiles::Tiles;

use customers::location::Point;
use jiff::{SignedDuration, Span, Timestamp, civil::Date};
use kernel::{
    Access, Result, Scope,
    http::{Page, Query},
    row, sql,
    tenant::Locale,
    tx::Statement,
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::map::{Map, Picture, Route, Shape, Stop};

use super::{
    Loaded, Only,
    day::load_with,
    lanes::LanesQuery,
    page::{bar, nobody_yet},
};
use crate::{
    appointment::{Appointment, AppointmentId, Status},
    area::{self, Area, corners},
    permissions::BoardRead,
    say,
    technician::{Technician, TechnicianId},
};
use flat::{Flat, Size};

row! { struct Where { id: AppointmentId, latitude: f64, longitude: f64 } }
row! { struct Start { id: TechnicianId, latitude: f64, longitude: f64 } }

sql! {
    fn places(from: Timestamp, to: Timestamp) -> Vec<Where> = "
        select a.id, l.latitude::float8 as latitude, l.longitude::float8 as longitude from appointment a
        join location l on l.tenant_id = $1 and l.id = a.location_id
        where a.tenant_id = $1 and a.status <> 'held' and a.starts_at >= $2 and a.starts_at < $3 and l.latitude is not null limit 2500";
    fn starts() -> Vec<Start> = "
        select id, coalesce(start_latitude, home_latitude) as latitude, coalesce(start_longitude, home_longitude) as longitude
        from technician where tenant_id = $1 and active and coalesce(start_latitude, home_latitude) is not null limit 200";
}

/// What the map knows besides the board.
struct Ground {
    places: Vec<Where>,
    starts: Vec<Start>,
    areas: Vec<Area>,
}

impl Ground {
    fn of_job(&self, job: AppointmentId) -> Option<Point> {
        self.places.iter().find(|place| place.id == job).map(|place| (place.latitude, place.longitude))
    }
    fn of_start(&self, technician: TechnicianId) -> Option<Point> {
        self.starts.iter().find(|start| start.id == technician).map(|start| (start.latitude, start.longitude))
    }
}

fn stop(loaded: &Loaded, ground: &Ground, flat: Option<&Flat>, job: &Appointment) -> Stop {
    let to_there = |part: &&crate::appointment::Stretch| part.kind == "travel" && part.appointment_id == Some(job.id);
    let way = loaded.stretches.iter().find(to_there);
    Stop {
        at: flat.zip(ground.of_job(job.id)).map(|(flat, point)| flat.place(point)),
        href: loaded.href(job.id),
        time: say::short(say::local(job.starts_at, &loaded.locale).time(), &loaded.locale),
        name: job.customer_name.clone(),
        kind: job.title.clone(),
        status: job.status.as_str().to_owned(),
        way: way.map(|part| part.ends_at.duration_since(part.starts_at).as_mins()),
    }
}

/// What of a job still takes, or took, somebody there.
fn goes(job: &&Appointment) -> bool {
    !matches!(job.status, Status::Cancelled | Status::NoShow)
}

fn route(loaded: &Loaded, ground: &Ground, flat: Option<&Flat>, technician: &Technician) -> Route {
    let own = loaded.going_on.iter().chain(&loaded.jobs).filter(|job| job.technician_id == Some(technician.id));
    let own: Vec<&Appointment> = own.filter(goes).collect();
    let minutes = own.iter().map(|job| job.minutes()).sum();
    Route {
        name: technician.name.clone(),
        says: super::week::tally(own.len(), minutes),
        start: flat.zip(ground.of_start(technician.id)).map(|(flat, point)| flat.place(point)),
        stops: own.iter().map(|job| stop(loaded, ground, flat, job)).collect(),
        nobody: false,
    }
}

fn waiting(loaded: &Loaded) -> impl Iterator<Item = &Appointment> {
    loaded.tray.iter().filter(|job| say::local(job.starts_at, &loaded.locale).date() == loaded.date)
}

fn routes(loaded: &Loaded, ground: &Ground, flat: Option<&Flat>) -> Vec<Route> {
    let mut routes: Vec<Route> = loaded.technicians.iter().map(|one| route(loaded, ground, flat, one)).collect();
    let stops: Vec<Stop> = waiting(loaded).map(|job| stop(loaded, ground, flat, job)).collect();
    if !stops.is_empty() {
        let says = super::week::tally(stops.len(), waiting(loaded).map(Appointment::minutes).sum());
        routes.push(Route { name: "Nobody yet".into(), says, start: None, stops, nobody: true });
    }
    routes
}

fn shapes(areas: &[Area], flat: &Flat) -> Vec<Shape> {
    let one = |area: &Area| {
        let name = area.name.clone();
        match (area.latitude.zip(area.longitude), area.radius_m, area.outline.as_ref().and_then(corners)) {
            (Some(middle), Some(radius), _) => {
                Some(Shape::Circle { middle: flat.place(middle), radius: flat.metres(radius.into()), name })
            }
            (_, _, Some(corners)) => {
                Some(Shape::Outline { corners: corners.into_iter().map(|corner| flat.place(corner)).collect(), name })
            }
            _ => None,
        }
    };
    areas.iter().filter_map(one).collect()
}

/// A round length that takes a good part of the corner: "5 km", "2 mi", "500 ft".
fn scale(flat: &Flat, miles: bool) -> Option<(f64, String)> {
    let (big, small) = if miles { ((1609.344, "mi"), (0.3048, "ft")) } else { ((1000.0, "km"), (1.0, "m")) };
    let steps = [5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1];
    let all = [big, small].into_iter().flat_map(|(unit, word)| steps.map(|step| (f64::from(step) * unit, step, word)));
    all.map(|(metres, step, word)| (flat.metres(metres), format!("{step} {word}"))).find(|(length, _)| *length <= 140.0)
}

/// What the map of a day asks for besides the board's own.
type Asked = (Statement<Vec<Where>>, Statement<Vec<Start>>, Statement<Vec<Area>>);

fn asked(date: Date, locale: &Locale) -> Asked {
    let (from, to) = (say::midnight(date, locale), say::midnight(date.saturating_add(Span::new().days(1)), locale));
    // What began the evening before goes on today.
    let early = from.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(from);
    (places(early, to), starts(), area::in_use())
}

/// The day as a picture of that size, and whether any point of it is known.
fn drawn(scope: &Scope, loaded: &Loaded, ground: &Ground, size: Size) -> (Map, bool) {
    let tiles = scope.house().kept::<Tiles>();
    let jobs = loaded.jobs.iter().chain(&loaded.going_on).chain(waiting(loaded)).filter(goes);
    let stops = jobs.filter_map(|job| ground.of_job(job.id));
    let shown: Vec<Point> =
        stops.chain(loaded.technicians.iter().filter_map(|technician| ground.of_start(technician.id))).collect();
    let flat = Flat::holding(&shown, size, tiles.is_some());
    let miles = matches!(loaded.locale.country.as_str(), "US" | "GB" | "LR" | "MM");
    let map = Map {
        label: format!("Map of {}", say::long_day(loaded.date)),
        size,
        pictures: flat.zip(tiles.as_deref()).map_or(vec![], |(flat, tiles)| {
            flat.tiles().iter().map(|tile| Picture { src: tiles.address(tile), at: (tile.x, tile.y) }).collect()
        }),
        credit: tiles.as_deref().filter(|_| flat.is_some()).map(|tiles| tiles.credit.clone()).unwrap_or_default(),
        shapes: flat.map_or(vec![], |flat| shapes(&ground.areas, &flat)),
        routes: routes(loaded, ground, flat.as_ref()),
        scale: flat.and_then(|flat| scale(&flat, miles)),
    };
    (map, flat.is_some())
}

/// Pictures of streets come from whoever the house named.
pub(super) fn with_tiles(scope: &Scope, page: Page) -> Page {
    match scope.house().kept::<Tiles>() {
        Some(tiles) => tiles.allowed(page),
        None => page,
    }
}

pub(super) async fn page(scope: &Scope, date: Date, only: Only) -> Result<Page> {
    let (loaded, (places, starts, areas)) = load_with(scope, date, only, asked(date, &scope.tenant().locale)).await?;
    let (map, shown) = drawn(scope, &loaded, &Ground { places, starts, areas }, flat::WHOLE);
    let nobody = loaded.technicians.is_empty() && loaded.tray.is_empty() && !only.is_set();
    let body = match nobody {
        true => nobody_yet(scope),
        false => html! { div."map-page" {
            div."bd-bar" { (bar(scope, &loaded, "map")) }
            @if shown { (map.show()) } @else { (no_points(date)) }
        } },
    };
    let frame = Frame { title: "Board".into(), active: "/board", wide: true, folded: true, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Ok(if shown { with_tiles(scope, page) } else { page })
}

/// The board of a day, and the map of it to stand beside.
pub(super) async fn beside(scope: &Scope, date: Date, only: Only) -> Result<(Loaded, Markup)> {
    let (loaded, (places, starts, areas)) = load_with(scope, date, only, asked(date, &scope.tenant().locale)).await?;
    let (map, shown) = drawn(scope, &loaded, &Ground { places, starts, areas }, flat::BESIDE);
    let near = html! {
        @if shown { (map.picture()) } @else { p.dim.t13.p-4 { "Nothing of this day is on the map: a job stands on it where its location has a point." } }
    };
    Ok((loaded, near))
}

/// The map beside the board alone, as it is now.
pub async fn part(access: Access<BoardRead>, Query(query): Query<LanesQuery>) -> Result<Page> {
    let date = query.date.unwrap_or(access.local_now().date());
    Ok(beside(&access, date, query.only()).await?.1.into())
}

fn no_points(date: Date) -> Markup {
    ui::card::empty(
        "Nothing of this day is on the map",
        "A job stands on it where its location has a point: on the location's own page, from a map or from a phone on the spot. Technicians have one where their day begins.",
        html! { (ui::link_button("Back to the day", format!("/board?date={date}")).primary()) },
        html! {},
    )
}

#[test]
fn the_scale_is_round_and_fits() {
    for metres in [100.0, 3_000.0, 40_000.0, 900_000.0] {
        let east = metres / 111_320.0;
        let flat = Flat::holding(&[(0.0, 0.0), (0.0, east)], flat::WHOLE, false).unwrap();
        for miles in [false, true] {
            let (length, words) = scale(&flat, miles).unwrap();
            assert!((20.0..=140.0).contains(&length), "{metres} m: {words} is {length}");
        }
    }
}
