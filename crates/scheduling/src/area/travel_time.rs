//! Minutes between areas, where the company knows better than a straight line: rivers, bridges, rush hours.
use kernel::{
    Access, Checks, Input, Result, TenantTx, Uuid,
    http::{Either, Form, Json, Page, Redirect, Repeatable},
    row, sql,
};
use maud::html;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, field, form};

use super::{AreaChanged, AreaId, in_use};
use crate::permissions::{BoardRead, TechniciansWrite};

row! {
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
    #[serde(deny_unknown_fields)]
    pub struct Leg {
        pub from_area_id: AreaId,
        pub to_area_id: AreaId,
        /// 0 to 480. The way back takes as long unless it has a leg of its own.
        pub minutes: i32,
    }
}

#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Legs {
    /// All of them: what is not named is estimated from the distance.
    pub legs: Vec<Leg>,
}
impl Input for Legs {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.legs.len() <= 2000, "legs", "too_many", "At most 2,000 legs.");
        for (n, leg) in self.legs.iter().enumerate().take(2000) {
            checks.within(&format!("legs/{n}"), |checks| {
                checks.range("minutes", leg.minutes.into(), 0, 480, "A leg takes 0 to 480 minutes.");
            });
        }
        self.legs.sort_by_key(|leg| (leg.from_area_id, leg.to_area_id));
        let twice = self
            .legs
            .windows(2)
            .any(|two| matches!(two, [a, b] if (a.from_area_id, a.to_area_id) == (b.from_area_id, b.to_area_id)));
        checks.that(!twice, "legs", "twice", "Each leg is named once.");
    }
}

sql! {
    pub fn legs() -> Vec<Leg> = "
        select from_area_id, to_area_id, minutes from travel_time where tenant_id = $1 order by from_area_id, to_area_id limit 2000";
    fn clear() -> u64 = "delete from travel_time where tenant_id = $1";
    fn insert(from_area: Vec<Uuid>, to_area: Vec<Uuid>, minutes: Vec<i32>) = "
        insert into travel_time (tenant_id, from_area_id, to_area_id, minutes)
        select $1::uuid, l.from_area, l.to_area, l.minutes from unnest($2::uuid[], $3::uuid[], $4::int[]) l(from_area, to_area, minutes)";
}

/// Replaces what was written down before.
pub async fn set(tx: &mut TenantTx, input: &Legs) -> Result<Vec<Leg>> {
    let from = input.legs.iter().map(|leg| leg.from_area_id.0).collect();
    let to = input.legs.iter().map(|leg| leg.to_area_id.0).collect();
    let minutes = input.legs.iter().map(|leg| leg.minutes).collect();
    if let Some(first) = input.legs.first() {
        tx.tell(&AreaChanged { area: first.from_area_id });
    }
    let (_, _, kept) = tx.run((clear(), insert(from, to, minutes), legs())).await?;
    Ok(kept)
}

pub async fn api(access: Access<BoardRead>) -> Result<Json<Legs>> {
    Ok(Json(Legs { legs: access.read(legs()).await? }))
}

pub async fn set_api(access: Access<TechniciansWrite>, Json(input): Json<Legs>) -> Result<Json<Legs>> {
    let legs = access.retrying(async |tx| set(tx, &input).await).await?;
    Ok(Json(Legs { legs }))
}

/// One leg more, another time for one that is there, or one less.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LegForm {
    from_area_id: AreaId,
    to_area_id: AreaId,
    /// Empty: as the distance says.
    minutes: Option<i32>,
}
impl Input for LegForm {
    fn check(&mut self, checks: &mut Checks) {
        let good = self.minutes.is_none_or(|minutes| (0..=480).contains(&minutes));
        checks.that(good, "minutes", "range", "A leg takes 0 to 480 minutes.");
    }
}

async fn draw(access: &Access<TechniciansWrite>, filled: &Filled) -> Result<Page> {
    let (areas, legs) = access.read((in_use(), legs())).await?;
    let name = |id: AreaId| areas.iter().find(|area| area.id == id).map_or("An area out of use", |area| &area.name);
    let choices: Vec<(String, String)> = areas.iter().map(|area| (area.id.to_string(), area.name.clone())).collect();
    let body = html! {
        p.soft."mb-4" { "Where nothing is written here, the way is estimated from the distance. A time counts both ways unless the way back has one of its own." }
        @if legs.is_empty() { p.dim.t13 { "No times written down yet." } }
        @for leg in &legs {
            (card::line("truck", &format!("{} to {}", name(leg.from_area_id), name(leg.to_area_id)), &crate::say::minutes(leg.minutes.into()), form::verb_form("/service-areas/travel-times", html! {
                (field::hidden("from_area_id", leg.from_area_id.to_string())) (field::hidden("to_area_id", leg.to_area_id.to_string()))
                (button("Remove").small().quiet())
            })))
        }
        @if choices.is_empty() { p."mt-4" { (ui::link_button("Add an area first", "/service-areas/new")) } } @else {
            (form::form("/service-areas/travel-times", filled, html! {
                (form::pair(html! {
                    (field::select(filled, "from_area_id", "From", &choices).required())
                    (field::select(filled, "to_area_id", "To", &choices).required())
                }))
                (field::number(filled, "minutes", "Takes").after("min").required())
                (form::actions(html! { (button("Write it down").primary()) }))
            }))
        }
    };
    let crumbs = vec![("Technicians".into(), "/technicians".into()), ("Service areas".into(), "/service-areas".into())];
    let frame = Frame { title: "Travel times".into(), active: "/technicians", crumbs, body, ..Frame::default() };
    let page = shell::page(access, frame);
    Ok(Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<TechniciansWrite>) -> Result<Page> {
    draw(&access, &Filled::default()).await
}

pub async fn post(access: Access<TechniciansWrite>, form: Form<LegForm>) -> Result<Either<Repeatable<Redirect>, Page>> {
    let outcome = form
        .then(async |input: LegForm| {
            access
                .once(async |tx| {
                    let mut all = tx.run(legs()).await?;
                    let (from_area_id, to_area_id) = (input.from_area_id, input.to_area_id);
                    all.retain(|leg| (leg.from_area_id, leg.to_area_id) != (from_area_id, to_area_id));
                    all.extend(input.minutes.map(|minutes| Leg { from_area_id, to_area_id, minutes }));
                    set(tx, &Legs { legs: all }.checked()?).await?;
                    Ok(Redirect::to("/service-areas/travel-times").toast("Travel times saved"))
                })
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(done) => Either::Done(done),
        Err(typed) => Either::Again(draw(&access, &shell::filled(typed)).await?),
    })
}
