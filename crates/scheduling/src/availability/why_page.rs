//! Who could come at a time and who could not, each with the reason: for whoever wonders why a name is not offered.
use catalog::ItemId;
use customers::LocationId;
use jiff::civil::{Date, Time};
use kernel::{
    Access, Error, Result,
    http::{Page, Query},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{Filled, card, field};

use super::{Finding, Reasons, WhyQuery, reasons};
use crate::{neighbours::services, permissions::BoardRead, say};

#[derive(Debug, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct PageQuery {
    pub item_id: Option<ItemId>,
    pub location_id: Option<LocationId>,
    pub date: Option<Date>,
    pub time: Option<Time>,
}

/// One rule a line: a tick or a cross, and the sentence.
pub fn findings(all: &[Finding]) -> Markup {
    html! { ul."flex"."flex-col"."gap-1" { @for one in all {
        li."flex"."gap-2"."items-start".t13 {
            span class=(if one.holds { "tone-good" } else { "tone-bad" }) { (ui::icon(if one.holds { "check" } else { "x" })) }
            span { span.vh { (if one.holds { "Holds: " } else { "Does not hold: " }) } (one.says) }
        }
    } } }
}

fn one(reasons: &Reasons) -> Markup {
    let quiet = if reasons.offered { "Is offered" } else { "Is not offered" };
    html! { li { (card::card(&reasons.name, quiet, None, card::card_body(findings(&reasons.findings)))) } }
}

pub async fn page(access: Access<BoardRead>, Query(query): Query<PageQuery>) -> Result<Page> {
    let locale = &access.tenant().locale;
    let services = access.read(services()).await?;
    let now = access.local_now();
    let date = query.date.unwrap_or(now.date());
    let time = query.time.unwrap_or_else(|| jiff::civil::time(10, 0, 0, 0));
    let found = match query.item_id {
        None => None,
        Some(item_id) => {
            let asked = WhyQuery {
                item_id,
                location_id: query.location_id,
                starts_at: say::at(date, time, locale),
                duration_minutes: None,
                urgent: None,
            };
            Some(reasons(&access, &asked).await)
        }
    };
    let (found, wrong) = match found {
        None => (None, None),
        Some(Ok(found)) => (Some(found), None),
        Some(Err(Error::Invalid(faults))) => (None, faults.into_iter().next().map(|fault| fault.message)),
        Some(Err(Error::Refused(says))) => (None, Some(says.to_string())),
        Some(Err(error)) => return Err(error),
    };
    let choices: Vec<(String, String)> = services
        .iter()
        .map(|one| (one.id.to_string(), format!("{} · {}", one.name, say::minutes(one.minutes.into()))))
        .collect();
    let values = Filled::of([
        ("item_id", query.item_id.map(|id| id.to_string()).unwrap_or_default()),
        ("date", date.to_string()),
        ("time", time.strftime("%H:%M").to_string()),
    ]);
    let place = query.location_id.map(|id| id.to_string());
    let body = html! {
        form."grid"."gap-4"."sm:grid-cols-4"."items-end"."mb-6" method="get" action="/availability/why" {
            (field::select(&values, "item_id", "Service", &choices).required())
            (field::date(&values, "date", "Day"))
            (field::time(&values, "time", "At"))
            @if let Some(place) = place { (field::hidden("location_id", place)) }
            div { (ui::button("Look").primary()) }
        }
        @if let Some(says) = wrong { (ui::note("danger", html! { (says) })) }
        @match &found {
            None => p.soft { "Choose a service and a time, and each technician is shown with what speaks for and against." },
            Some(all) if all.is_empty() => p.soft { "Nobody takes jobs yet." },
            Some(all) => ul."grid"."gap-4"."sm:grid-cols-2" { @for reasons in all { (one(reasons)) } },
        }
    };
    let crumbs = vec![("Board".to_owned(), "/board".to_owned())];
    let frame = Frame { title: "Who could come".into(), active: "/board", crumbs, body, ..Frame::default() };
    Ok(shell::page(&access, frame))
}
