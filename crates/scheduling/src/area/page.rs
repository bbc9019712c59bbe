//! Service areas: the list, and the form of one.
use kernel::{
    Access, Checks, Error, Input, Result,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{
    Filled, button, card, field, form,
    table::{Column, Row, Table, row_link},
};

use super::{Area, AreaId, Change, Corner, Kind, New, Shape, change, create, find, list, shape};
use crate::permissions::{BoardRead, TechniciansWrite};

fn crumbs() -> Vec<(String, String)> {
    vec![("Technicians".into(), "/technicians".into()), ("Service areas".into(), "/service-areas".into())]
}

/// "62701, 62702 and 12 more", "15 km around 39.78, -89.65", "Outline with 6 corners".
fn says(area: &Area) -> String {
    match area.kind {
        Kind::PostalCodes => {
            let shown = area.postal_codes.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
            match area.postal_codes.len() {
                0..=4 => shown,
                more => format!("{shown} and {} more", more - 4),
            }
        }
        Kind::Circle => {
            let (latitude, longitude) = area.latitude.zip(area.longitude).unwrap_or_default();
            let km = f64::from(area.radius_m.unwrap_or(0)) / 1000.0;
            format!("{km} km around {latitude:.3}, {longitude:.3}")
        }
        Kind::Outline => {
            let corners = area.outline.as_ref().and_then(serde_json::Value::as_array).map_or(0, Vec::len);
            format!("Outline with {corners} corners")
        }
    }
}

pub async fn all(access: Access<BoardRead>) -> Result<Page> {
    let found = access.read(list()).await?;
    let may = access.can::<TechniciansWrite>();
    let add = match may {
        true => html! { (ui::link_button("Add area", "/service-areas/new").icon("plus").primary()) },
        false => html! {},
    };
    let columns = [Column::lead("Area").width(34), Column::text("Where"), Column::text("State").side()];
    let row = |area: &Area| {
        let (state, words) = if area.active { ("active", "In use") } else { ("inactive", "Out of use") };
        let place = says(area);
        let name = match may {
            true => row_link(&format!("/service-areas/{}", area.id), &area.name, ""),
            false => html! { (area.name) },
        };
        Row::new(area.id.to_string(), area.name.clone(), vec![name, html! { (place) }, ui::status_saying(state, words)])
            .sub(html! { (place) })
    };
    let rows: Vec<Row> = found.iter().map(row).collect();
    let body = match rows.is_empty() {
        true => card::empty(
            "No service areas yet",
            "Without any, you go everywhere. With areas, the booking page says at once whether you come to an address, and each technician can have their own.",
            add.clone(),
            html! {},
        ),
        false => html! {
            (ui::filters::list(Table::new("Service areas", &columns).show(&rows)))
            @if may { div."mt-4" { (ui::link_button("Travel times between areas", "/service-areas/travel-times").icon("truck").quiet()) } }
        },
    };
    let frame = Frame {
        title: "Service areas".into(),
        active: "/technicians",
        crumbs: vec![("Technicians".into(), "/technicians".into())],
        actions: add,
        wide: true,
        body,
        ..Frame::default()
    };
    Ok(shell::page(&access, frame))
}

/// As typed: codes with commas or lines between, points as a map copies them.
#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AreaForm {
    #[serde(default)]
    name: String,
    kind: Option<Kind>,
    postal_codes: Option<String>,
    middle: Option<String>,
    radius_km: Option<f64>,
    outline: Option<String>,
    active: Option<bool>,
}
impl Input for AreaForm {
    fn check(&mut self, checks: &mut Checks) {
        match self.active {
            None => checks.text("name", &mut self.name, 80, "the area a name, such as North side"),
            Some(_) => drop(checks.that(self.name.len() <= 80, "name", "too_long", "At most 80 characters.")),
        }
        checks.optional("postal_codes", &mut self.postal_codes, 30_000);
        checks.optional("middle", &mut self.middle, 500);
        checks.optional("outline", &mut self.outline, 20_000);
        let radius = self.radius_km.is_none_or(|km| (0.1..=500.0).contains(&km));
        checks.that(radius, "radius_km", "range", "A radius is from 0.1 to 500 kilometres.");
    }
}

impl AreaForm {
    fn shape(&self) -> Result<Shape> {
        let point = |field: &str, text: &str| {
            customers::location::read_point(text).map_err(|says| Error::field(&format!("/{field}"), "point", says))
        };
        let kind = self.kind.unwrap_or(Kind::PostalCodes);
        let middle = match (kind, self.middle.as_deref()) {
            (Kind::Circle, Some(text)) => Some(point("middle", text)?),
            (Kind::Circle, None) => {
                return Err(Error::field(
                    "/middle",
                    "required",
                    "Give the middle as a map copies it, such as 39.7817, -89.6501.",
                ));
            }
            _ => None,
        };
        if kind == Kind::Circle && self.radius_km.is_none() {
            return Err(Error::field("/radius_km", "required", "Say how many kilometres around it."));
        }
        let lines = self.outline.as_deref().filter(|_| kind == Kind::Outline).unwrap_or("");
        let outline = lines.lines().filter(|line| !line.trim().is_empty()).map(|line| point("outline", line));
        let outline = outline
            .map(|point| point.map(|(latitude, longitude)| Corner { latitude, longitude }))
            .collect::<Result<Vec<_>>>()?;
        let codes = self.postal_codes.as_deref().unwrap_or("");
        let mut shape = Shape {
            kind,
            postal_codes: codes.split([',', ';', '\n', '\t']).map(str::to_owned).collect(),
            latitude: middle.map(|point| point.0),
            longitude: middle.map(|point| point.1),
            radius_m: self.radius_km.filter(|_| kind == Kind::Circle).map(|km| (km * 1000.0).round() as i32),
            outline,
        };
        let mut checks = Checks::default();
        shape.check(&mut checks);
        checks.done()?;
        Ok(shape)
    }
}

fn values(area: &Area) -> Filled {
    let corners = area.outline.as_ref().and_then(shape::corners).unwrap_or_default();
    let outline = corners.into_iter().map(customers::location::write_point).collect::<Vec<_>>().join("\n");
    let middle = area.latitude.zip(area.longitude).map(customers::location::write_point);
    let radius = area.radius_m.map(|m| (f64::from(m) / 1000.0).to_string());
    Filled::of([
        ("name", area.name.clone()),
        ("kind", area.kind.to_string()),
        ("postal_codes", area.postal_codes.join(", ")),
        ("middle", middle.unwrap_or_default()),
        ("radius_km", radius.unwrap_or_default()),
        ("outline", outline),
    ])
}

fn fields(filled: &Filled) -> Markup {
    let kinds = [
        ("postal_codes", "Postal codes", "62701, or 627* for all that begin so."),
        ("circle", "Around a point", "So many kilometres around a place."),
        ("outline", "Outline", "Corner by corner."),
    ];
    html! {
        (field::text(filled, "name", "Name").required().most(80).hint("Such as North side."))
        div.by-kind {
            (field::choices(filled, "kind", "Known by", &kinds))
            div.of-codes { (field::textarea(filled, "postal_codes", "Postal codes").rows(3).most(30_000).hint("With commas between; 627* stands for all that begin so.")) }
            div.of-circle { (form::pair(html! {
                (field::text(filled, "middle", "Middle").most(500).hint("As a map copies it, such as 39.7817, -89.6501."))
                (field::text(filled, "radius_km", "Radius").after("km").attr("inputmode", "decimal"))
            })) }
            div.of-outline { (field::textarea(filled, "outline", "Corners").rows(4).most(20_000).hint("One point a line as a map copies it, at least three, in order around the area.")) }
        }
    }
}

fn draw(access: &Access<TechniciansWrite>, area: Option<&Area>, filled: &Filled) -> Page {
    let to = area.map_or("/service-areas/new".to_owned(), |area| format!("/service-areas/{}", area.id));
    let version = |area: &Area| field::hidden("version", area.version.to_string());
    let body = html! {
        (form::form(&to, filled, html! {
            @if let Some(area) = area { (version(area)) }
            (fields(filled))
            (form::actions(html! { (button(if area.is_some() { "Save" } else { "Add area" }).primary()) }))
        }))
        @if let Some(area) = area { div."mt-6" { (form::verb_form(&to, html! {
            (version(area)) (field::hidden("active", (!area.active).to_string()))
            @if area.active { (button("Take out of use").quiet().icon("archive")) } @else { (button("Put back in use").icon("rotate-ccw")) }
        })) } }
    };
    let title = area.map_or("New service area".to_owned(), |area| area.name.clone());
    let page = shell::page(access, Frame { title, active: "/technicians", crumbs: crumbs(), body, ..Frame::default() });
    Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page }
}

type Answer = Result<Either<Repeatable<Redirect>, Page>>;

pub async fn new(access: Access<TechniciansWrite>) -> Result<Page> {
    Ok(draw(&access, None, &Filled::of([("kind", "postal_codes".to_owned())])))
}

pub async fn new_post(access: Access<TechniciansWrite>, form: Form<AreaForm>) -> Answer {
    let work = async |input: AreaForm| {
        let new = New { name: input.name.clone(), shape: input.shape()? }.checked()?;
        access
            .once(async |tx| {
                let made = create(tx, &new).await?;
                Ok(Redirect::to("/service-areas").toast(&format!("{} is added.", made.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, None, &shell::filled(typed)))),
    }
}

pub async fn edit(access: Access<TechniciansWrite>, Path(id): Path<AreaId>) -> Result<Page> {
    let area = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    Ok(draw(&access, Some(&area), &values(&area)))
}

pub async fn edit_post(access: Access<TechniciansWrite>, Path(id): Path<AreaId>, form: Form<AreaForm>) -> Answer {
    let version = form.version()?;
    let work = async |input: AreaForm| {
        let to = match input.active {
            Some(_) => Change { active: input.active, ..Change::default() },
            None => Change { name: Some(input.name.clone()), shape: Some(input.shape()?), active: None },
        };
        access
            .once(async |tx| {
                let changed = change(tx, id, version, &to).await?;
                Ok(Redirect::to("/service-areas").toast(&format!("{} is saved.", changed.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let area = access.read(find(id)).await?.ok_or(Error::NotFound)?;
            Ok(Either::Again(draw(&access, Some(&area), &shell::filled(typed))))
        }
    }
}
