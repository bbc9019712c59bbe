//! A map of a day: everybody's way from stop to stop as lines and numbers, over pictures of streets or over nothing.
//! All of it stands beside it as a list, too.
use maud::{Markup, html};

/// A place in the picture, in its own units.
pub type Place = (f64, f64);

/// Somewhere somebody goes.
#[derive(Clone, Debug)]
pub struct Stop {
    /// Where it is drawn; what is not known where is in the list alone.
    pub at: Option<Place>,
    pub href: String,
    /// "8:00".
    pub time: String,
    /// "Rivera".
    pub name: String,
    /// "AC tune-up".
    pub kind: String,
    /// `confirmed`, `en_route` …
    pub status: String,
    /// Minutes of the way there.
    pub way: Option<i64>,
}

/// Somebody's stops in the order of the day.
#[derive(Clone, Debug)]
pub struct Route {
    pub name: String,
    /// "4 jobs, 6 h".
    pub says: String,
    /// Where the day begins.
    pub start: Option<Place>,
    pub stops: Vec<Stop>,
    /// These have nobody: no line joins them.
    pub nobody: bool,
}

/// A picture of streets.
#[derive(Clone, Debug)]
pub struct Picture {
    pub src: String,
    pub at: Place,
}

/// What an area covers.
#[derive(Clone, Debug)]
pub enum Shape {
    Circle { middle: Place, radius: f64, name: String },
    Outline { corners: Vec<Place>, name: String },
}

#[derive(Clone, Debug, Default)]
pub struct Map {
    pub label: String,
    pub size: Place,
    pub pictures: Vec<Picture>,
    /// Whom the pictures are from.
    pub credit: String,
    pub shapes: Vec<Shape>,
    pub routes: Vec<Route>,
    /// A length in the picture, and what it is on earth: "5 mi".
    pub scale: Option<(f64, String)>,
}

/// So many colours there are; then they begin anew, and the letters tell who is who.
const COLOURS: usize = 8;
const TILE: &str = "256";
/// Nearer than this, one number would hide the other.
const NEAR: f64 = 30.0;

fn short(length: f64) -> String {
    format!("{length:.1}")
}

fn points(places: impl IntoIterator<Item = Place>) -> String {
    places.into_iter().map(|(x, y)| format!("{},{}", short(x), short(y))).collect::<Vec<_>>().join(" ")
}

/// The place, or one beside it where something stands already.
fn free(at: Place, taken: &mut Vec<Place>) -> Place {
    let is_free = |place: &Place| taken.iter().all(|one| (one.0 - place.0).hypot(one.1 - place.1) >= NEAR);
    let around = |n: usize| {
        let turn = n as f64 * 2.4;
        let away = NEAR * (n as f64).sqrt();
        (at.0 + away * turn.cos(), at.1 + away * turn.sin())
    };
    let found = (0..60).map(around).find(is_free).unwrap_or(at);
    taken.push(found);
    found
}

impl Map {
    /// The picture and, beside it, the list.
    pub fn show(&self) -> Markup {
        html! {
            div.map {
                (self.picture())
                div."map-list" { @for (n, route) in self.routes.iter().enumerate() { (list(n, route)) } }
            }
        }
    }

    /// The picture alone, where the list stands elsewhere.
    pub fn picture(&self) -> Markup {
        let (wide, high) = self.size;
        let mut taken = vec![];
        let placed: Vec<Vec<Option<Place>>> = self
            .routes
            .iter()
            .map(|route| route.stops.iter().map(|stop| stop.at.map(|at| free(at, &mut taken))).collect())
            .collect();
        html! {
            div."map-pic" {
                svg viewBox={ "0 0 " (wide) " " (high) } role="group" aria-label=(self.label) {
                    @for one in &self.pictures { image href=(one.src) x=(short(one.at.0)) y=(short(one.at.1)) width=(TILE) height=(TILE) {} }
                    @for shape in &self.shapes { (shape_of(shape)) }
                    @for (n, (route, places)) in self.routes.iter().zip(&placed).enumerate() {
                        @if !route.nobody { polyline.way.{ "rt-" (n % COLOURS) } points=(points(route.start.into_iter().chain(places.iter().copied().flatten()))) {} }
                    }
                    @for (n, (route, places)) in self.routes.iter().zip(&placed).enumerate() {
                        @for (number, (stop, place)) in route.stops.iter().zip(places).enumerate() { @if let Some(place) = place { (self::stop(n, number, route, stop, *place)) } }
                    }
                    @for start in self.starts() { (self::start(&start)) }
                    @if let Some((length, words)) = &self.scale {
                        g.scale { path d={ "M16 " (high - 22.0) "v6h" (short(*length)) "v-6" } {} text x=(short(16.0 + length / 2.0)) y=(high - 26.0) text-anchor="middle" { (words) } }
                    }
                }
                @if !self.credit.is_empty() { p."map-credit" { (self.credit) } }
            }
        }
    }
}

/// Where one or several begin their day.
struct Start<'a> {
    at: Place,
    colour: usize,
    names: Vec<&'a str>,
}

impl Map {
    fn starts(&self) -> Vec<Start<'_>> {
        let mut all: Vec<Start<'_>> = vec![];
        for (n, route) in self.routes.iter().enumerate() {
            let Some(at) = route.start else { continue };
            match all.iter_mut().find(|one| (one.at.0 - at.0).hypot(one.at.1 - at.1) < NEAR / 2.0) {
                Some(one) => one.names.push(&route.name),
                None => all.push(Start { at, colour: n % COLOURS, names: vec![&route.name] }),
            }
        }
        all
    }
}

fn start(start: &Start<'_>) -> Markup {
    let (x, y) = start.at;
    let alone = if let [name] = start.names.as_slice() { Some(*name) } else { None };
    html! {
        g.start.{ "rt-" (start.colour) }.is-shared[alone.is_none()] {
            rect x=(short(x - 13.0)) y=(short(y - 10.0)) width="26" height="20" rx="5" {}
            text x=(short(x)) y=(short(y + 4.5)) text-anchor="middle" { @match alone { Some(name) => (crate::initials(name)), None => "⌂" } }
            title { "Where the day begins: " (start.names.join(", ")) }
        }
    }
}

fn shape_of(shape: &Shape) -> Markup {
    match shape {
        Shape::Circle { middle, radius, name } => {
            html! { circle.area cx=(short(middle.0)) cy=(short(middle.1)) r=(short(*radius)) { title { (name) } } }
        }
        Shape::Outline { corners, name } => {
            html! { polygon.area points=(points(corners.iter().copied())) { title { (name) } } }
        }
    }
}

fn stop(n: usize, number: usize, route: &Route, stop: &Stop, (x, y): Place) -> Markup {
    let who = if route.nobody { "nobody yet" } else { &route.name };
    let number = if route.nobody { "?".to_owned() } else { (number + 1).to_string() };
    let says =
        format!("{number}. {}, {}, {}, {who}, {}", stop.time, stop.name, stop.kind, crate::status_word(&stop.status));
    html! {
        a.stop.{ "rt-" (n % COLOURS) }.is-nobody[route.nobody].is-done[stop.status == "completed"] href=(stop.href) aria-label=(says) {
            circle cx=(short(x)) cy=(short(y)) r="12" {}
            text x=(short(x)) y=(short(y + 4.5)) text-anchor="middle" { (number) }
            title { (says) }
        }
    }
}

fn list(n: usize, route: &Route) -> Markup {
    html! {
        section.is-nobody[route.nobody] aria-labelledby={ "rt-h-" (n) } {
            h3 id={ "rt-h-" (n) } { @if !route.nobody { svg."rt-dot".{ "rt-" (n % COLOURS) } viewBox="0 0 12 12" aria-hidden="true" { circle cx="6" cy="6" r="6" {} } } (route.name) " " small { (route.says) } }
            @if !route.stops.is_empty() { ol {
                @for (number, stop) in route.stops.iter().enumerate() {
                    li { a href=(stop.href) {
                        span.no aria-hidden="true" { @if route.nobody { "?" } @else { (number + 1) } }
                        span { span.num { (stop.time) } " " b { (stop.name) } small { (stop.kind) @if stop.at.is_none() { span.tone-warn { " · not on the map, no point" } } } }
                        @if let Some(way) = stop.way { span.way-min.num title="The way there" { (way) " min" } }
                    } }
                }
            } }
        }
    }
}

#[test]
fn two_at_one_place_stand_beside_each_other() {
    let mut taken = vec![];
    let all: Vec<Place> = (0..6).map(|_| free((100.0, 100.0), &mut taken)).collect();
    assert_eq!(all[0], (100.0, 100.0));
    for (n, a) in all.iter().enumerate() {
        assert!(all[n + 1..].iter().all(|b| (a.0 - b.0).hypot(a.1 - b.1) >= NEAR - 1e-9), "{all:?}");
    }
}
