//! Checklists to begin with, one or two for each trade: our own words, to be made one's own afterwards.
use kernel::{
    Access, Checks, Error, Input, Paged, Result, TenantTx,
    http::{Created, Form, Json, Redirect, Repeatable},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Checklist, New, create};
use crate::{
    permissions::{ChecklistsWrite, WorkRead},
    question::{Kind, Question},
};

kernel::text_enum! {
    pub enum Starter {
        Cooling = "cooling": "Cooling tune-up",
        Heating = "heating": "Heating tune-up",
        WaterHeater = "water_heater": "Water heater",
        Drain = "drain": "Drain cleaning",
        Panel = "panel": "Electrical panel",
        Leaving = "leaving": "Before leaving",
    }
}

impl Starter {
    pub fn trade(self) -> &'static str {
        match self {
            Self::Cooling | Self::Heating => "Heating and cooling",
            Self::WaterHeater | Self::Drain => "Plumbing",
            Self::Panel => "Electrical",
            Self::Leaving => "Every job",
        }
    }

    pub fn questions(self) -> Vec<Question> {
        match self {
            Self::Cooling => vec![
                yes("Power off and locked out", "Before a cover comes off.").fails("no"),
                reading("Capacitor", "µF", None, None).hint("The rated value stands on its side."),
                reading("Temperature split", "°F", Some(14), Some(22))
                    .hint("Return air less supply air, after ten minutes."),
                choice("Filter", &["Clean", "Changed", "Dirty, customer declined"]).fails("Dirty, customer declined"),
                yes("Condensate drain runs freely", "").fails("no"),
                photo("Data plate"),
            ],
            Self::Heating => vec![
                yes("Heat exchanger looked at, no cracks", "").fails("no"),
                reading("Carbon monoxide in the flue", "ppm", None, Some(100)),
                reading("Temperature rise", "°F", Some(30), Some(70))
                    .hint("The plate of the furnace has the last word."),
                yes("Safeties tried: limit, rollout, pressure switch", "").fails("no"),
                choice("Filter", &["Clean", "Changed", "Dirty, customer declined"]).fails("Dirty, customer declined"),
            ],
            Self::WaterHeater => vec![
                yes("Relief valve opens and closes", "").fails("no"),
                reading("Water temperature at the tap", "°F", Some(110), Some(125)),
                choice("Anode rod", &["Good", "Worn", "Could not be taken out"]).fails("Worn"),
                yes("No leak at fittings, pan and drain", "").fails("no"),
                photo("Data plate"),
            ],
            Self::Drain => vec![
                photo("Before"),
                choice("What stopped it", &["Grease", "Roots", "Wipes or paper", "Broken pipe", "Something else"])
                    .fails("Broken pipe"),
                reading("How far in", "ft", None, None),
                yes("Runs freely with every fixture open", "").fails("no"),
                optional("Advice to the customer"),
            ],
            Self::Panel => vec![
                yes("Main off and proved dead", "").fails("no"),
                reading("Voltage between the legs", "V", Some(228), Some(252)),
                yes("Lugs tightened to what the label says", "").fails("no"),
                choice("Signs of heat", &["None", "Discoloured", "Burnt"]).fails("Discoloured").fails("Burnt"),
                photo("Panel, cover off"),
                photo("Directory of circuits"),
            ],
            Self::Leaving => vec![
                yes("Swept up and old parts taken along", ""),
                yes("Shown to the customer what was done", ""),
                optional("Anything the office should know"),
            ],
        }
    }
}

fn plain(kind: Kind, words: &str) -> Question {
    Question {
        kind,
        words: words.into(),
        hint: None,
        required: true,
        unit: None,
        least_milli: None,
        most_milli: None,
        choices: vec![],
        fails_on: vec![],
    }
}
fn yes(words: &str, hint: &str) -> Question {
    plain(Kind::YesNo, words).hint(hint)
}
fn reading(words: &str, unit: &str, least: Option<i64>, most: Option<i64>) -> Question {
    let milli = |bound: Option<i64>| bound.map(|bound| bound * 1000);
    Question {
        unit: Some(unit.into()),
        least_milli: milli(least),
        most_milli: milli(most),
        ..plain(Kind::Reading, words)
    }
}
fn choice(words: &str, all: &[&str]) -> Question {
    Question { choices: all.iter().map(|one| (*one).to_owned()).collect(), ..plain(Kind::Choice, words) }
}
fn photo(words: &str) -> Question {
    plain(Kind::Photo, words)
}
fn optional(words: &str) -> Question {
    Question { required: false, ..plain(Kind::Text, words) }
}
impl Question {
    fn hint(self, hint: &str) -> Self {
        Self { hint: Some(hint.to_owned()).filter(|hint| !hint.is_empty()), ..self }
    }
    fn fails(mut self, on: &str) -> Self {
        self.fails_on.push(on.into());
        self
    }
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Ready {
    pub starter: Starter,
    pub name: String,
    pub trade: String,
    pub questions: Vec<Question>,
}

pub async fn api_list(_: Access<WorkRead>) -> Result<Json<Paged<Ready>>> {
    let ready = |starter: &Starter| Ready {
        starter: *starter,
        name: starter.label().into(),
        trade: starter.trade().into(),
        questions: starter.questions(),
    };
    Ok(Json(Paged { data: Starter::ALL.iter().map(ready).collect(), next_cursor: None }))
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Take {
    pub starter: Starter,
}
impl Input for Take {
    fn check(&mut self, _: &mut Checks) {
        // One of those there are, or it is not read at all.
    }
}

async fn take(tx: &mut TenantTx, starter: Starter) -> Result<Checklist> {
    let every_job = starter == Starter::Leaving;
    create(tx, New { name: starter.label().into(), every_job, questions: starter.questions() }).await
}

pub async fn api(access: Access<ChecklistsWrite>, Json(input): Json<Take>) -> Result<Repeatable<Created<Checklist>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let made = take(tx, input.starter).await?;
            Ok(Created { location: format!("/api/v1/checklists/{}", made.id), body: made })
        })
        .await
}

pub async fn post(access: Access<ChecklistsWrite>, form: Form<Take>) -> Result<Repeatable<Redirect>> {
    let outcome = form
        .then(async |input: Take| {
            access
                .once(async |tx: &mut TenantTx| {
                    let made = take(tx, input.starter).await?;
                    let says = format!("{} is added. Make it your own.", made.name);
                    Ok(Redirect::to(format!("/settings/checklists/{}", made.id)).toast(&says))
                })
                .await
        })
        .await?;
    outcome.map_err(|typed: kernel::http::Typed| -> Error { typed.refused() })
}

#[test]
fn what_one_begins_with_would_be_taken() {
    for starter in Starter::ALL {
        let new = New { name: starter.label().into(), every_job: false, questions: starter.questions() };
        assert!(new.checked().is_ok(), "{starter}");
    }
}
