//! Where a technician's day starts, how much it holds, and which areas are theirs.
use customers::location::{Point, read_point, write_point};
use kernel::{
    Access, Checks, Error, Input, Result,
    http::{Form, Path, Redirect},
};
use maud::{Markup, html};
use ui::{Filled, field, form};

use super::{Answered, answered, sheet_of};
use crate::{
    area::{Area, AreaId},
    permissions::TechniciansWrite,
    technician::{Plan, Planning, TechnicianId, plan},
};

pub(super) fn values(planning: &Planning) -> Filled {
    let point = |point: Option<Point>| point.map(write_point).unwrap_or_default();
    let number = |number: Option<i32>| number.map(|number| number.to_string()).unwrap_or_default();
    let mut filled = Filled::of([
        ("start_place", planning.start_place.clone().unwrap_or_default()),
        ("start_point", point(planning.start_latitude.zip(planning.start_longitude))),
        ("home_place", planning.home_place.clone().unwrap_or_default()),
        ("home_point", point(planning.home_latitude.zip(planning.home_longitude))),
        ("day_jobs", number(planning.day_jobs)),
        ("day_minutes", number(planning.day_minutes)),
    ]);
    let areas: Vec<String> = planning.area_ids.iter().map(ToString::to_string).collect();
    filled.values.insert("area_ids".into(), areas.join(","));
    filled
}

pub(super) fn part(id: TechnicianId, version: i64, areas: &[Area], filled: &Filled, may: bool) -> Markup {
    let areas: Vec<(String, String)> = areas.iter().map(|area| (area.id.to_string(), area.name.clone())).collect();
    form::form(
        &format!("/technicians/{id}/planning"),
        filled,
        html! {
            (field::hidden("version", version.to_string()))
            (form::pair(html! {
                (field::text(filled, "start_place", "Day starts at").most(200).hint("The yard, the shop. Empty: at home."))
                (field::text(filled, "start_point", "On the map").most(500).hint("As a map copies it, such as 39.7817, -89.6501."))
            }))
            (form::pair(html! {
                (field::text(filled, "home_place", "Home").most(200))
                (field::text(filled, "home_point", "On the map").most(500))
            }))
            (form::pair(html! {
                (field::number(filled, "day_jobs", "Visits a day").hint("At most; empty for no limit."))
                (field::number(filled, "day_minutes", "Work a day").after("min").hint("At most; empty for no limit."))
            }))
            @if !areas.is_empty() {
                (field::boxes(filled, "area_ids", "Goes to", &areas))
                p.dim.t13 { "Nothing ticked: everywhere the company goes." }
            }
            (form::actions(html! { (ui::button("Save planning").disabled(!may)) }))
        },
    )
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanForm {
    start_place: Option<String>,
    start_point: Option<String>,
    home_place: Option<String>,
    home_point: Option<String>,
    day_jobs: Option<i32>,
    day_minutes: Option<i32>,
    #[serde(default)]
    area_ids: Vec<AreaId>,
}
impl Input for PlanForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("start_point", &mut self.start_point, 500);
        checks.optional("home_point", &mut self.home_point, 500);
    }
}

fn point(field: &str, text: Option<&str>) -> Result<Option<Point>> {
    let wrong = |says: &'static str| Error::field(&format!("/{field}"), "point", says);
    text.map(|text| read_point(text).map_err(wrong)).transpose()
}

pub async fn post(access: Access<TechniciansWrite>, Path(id): Path<TechnicianId>, form: Form<PlanForm>) -> Answered {
    let version = form.version()?;
    let outcome = form
        .then(async |input: PlanForm| {
            let start = point("start_point", input.start_point.as_deref())?;
            let home = point("home_point", input.home_point.as_deref())?;
            let to = Plan {
                start_place: input.start_place,
                start_latitude: start.map(|point| point.0),
                start_longitude: start.map(|point| point.1),
                home_place: input.home_place,
                home_latitude: home.map(|point| point.0),
                home_longitude: home.map(|point| point.1),
                day_jobs: input.day_jobs,
                day_minutes: input.day_minutes,
                area_ids: input.area_ids,
            }
            .checked()?;
            access
                .once(async |tx| {
                    plan(tx, id, version, &to).await?;
                    Ok(Redirect::to(sheet_of(id)).toast("Planning saved"))
                })
                .await
        })
        .await?;
    answered(&access, id, "planning", outcome).await
}
