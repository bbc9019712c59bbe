//! The questions of a checklist as forms: one is added or changed, moved by a step, or taken off.
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Form, Path, Redirect},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Change, Checklist, ChecklistId, change, find, page};
use crate::{
    permissions::ChecklistsWrite,
    question::{Kind, Question, signed},
};

/// A question as typed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Typed {
    /// Which is changed, from 0; a new one when not given.
    pub place: Option<usize>,
    pub kind: Kind,
    #[serde(default)]
    pub words: String,
    pub hint: Option<String>,
    pub required: Option<bool>,
    pub unit: Option<String>,
    pub least: Option<String>,
    pub most: Option<String>,
    /// One a line.
    pub choices: Option<String>,
    /// One a line.
    pub fails_on: Option<String>,
}
impl Input for Typed {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("words", &mut self.words, 200, "the question");
        checks.optional("hint", &mut self.hint, 300);
        checks.optional("unit", &mut self.unit, 20);
        for (field, text, most) in [
            ("least", &mut self.least, 20),
            ("most", &mut self.most, 20),
            ("choices", &mut self.choices, 2000),
            ("fails_on", &mut self.fails_on, 2000),
        ] {
            checks.optional(field, text, most);
        }
    }
}

impl Typed {
    /// Fields that another kind of question has are left aside.
    fn question(&self) -> Result<Question> {
        let counts = matches!(self.kind, Kind::Number | Kind::Reading);
        let bound = |field: &str, text: &Option<String>| match text.as_deref().filter(|_| counts) {
            None => Ok(None),
            Some(text) => signed(text).map(Some).ok_or_else(|| {
                let says = "A bound is a number with at most three decimals, such as 12 or -2.5.";
                Error::field(&format!("/{field}"), "number", says)
            }),
        };
        let lines = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or("");
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        let fails_on = match self.kind {
            Kind::YesNo => lines(&self.fails_on).into_iter().map(|word| word.to_lowercase()).collect(),
            Kind::Choice => lines(&self.fails_on),
            _ => vec![],
        };
        let question = Question {
            kind: self.kind,
            words: self.words.clone(),
            hint: self.hint.clone(),
            required: self.required == Some(true),
            unit: self.unit.clone().filter(|_| counts),
            least_milli: bound("least", &self.least)?,
            most_milli: bound("most", &self.most)?,
            choices: if self.kind == Kind::Choice { lines(&self.choices) } else { vec![] },
            fails_on,
        };
        Ok(question)
    }
}

/// Which one, and by how much.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// From 0.
    pub place: usize,
    /// 1 or -1: later or earlier.
    pub step: Option<i64>,
}
impl Input for Which {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(matches!(self.step, None | Some(1 | -1)), "step", "range", "One later or one earlier.");
    }
}

async fn with(
    tx: &mut TenantTx,
    id: ChecklistId,
    version: i64,
    deed: impl FnOnce(&mut Vec<Question>) -> Result<()>,
) -> Result<Checklist> {
    let was = Checklist::from(tx.run(find(id)).await?.ok_or(Error::NotFound)?);
    if was.version != version {
        return Err(Error::Stale(Some(was.version)));
    }
    let mut questions = was.questions;
    deed(&mut questions)?;
    let all = Change { questions: Some(questions), ..Change::default() }.checked().map_err(of_one)?;
    change(tx, id, version, &all).await
}

/// What is wrong with one question is wrong with a field of its form.
fn of_one(error: Error) -> Error {
    match error {
        Error::Invalid(mut faults) => {
            for fault in &mut faults {
                let mut parts = fault.pointer.split('/').skip(3);
                let field = parts.next().unwrap_or("").trim_end_matches("_milli").to_owned();
                fault.pointer = format!("/{field}");
            }
            Error::Invalid(faults)
        }
        other => other,
    }
}

fn gone() -> Error {
    Error::refused("This question is not there any more. Look at the checklist again.")
}

fn back(id: ChecklistId, says: &str) -> Redirect {
    Redirect::to(format!("/settings/checklists/{id}")).toast(says)
}

pub async fn save(access: Access<ChecklistsWrite>, Path(id): Path<ChecklistId>, form: Form<Typed>) -> page::Answer {
    let version = form.version()?;
    let work = async |typed: Typed| {
        let question = typed.question()?;
        access
            .once(async |tx: &mut TenantTx| {
                with(tx, id, version, |all| {
                    match typed.place {
                        Some(place) => *all.get_mut(place).ok_or_else(gone)? = question.clone(),
                        None => all.push(question.clone()),
                    }
                    Ok(())
                })
                .await?;
                Ok(back(id, "The question is saved."))
            })
            .await
    };
    page::outcome(&access, id, form.then(work).await?).await
}

pub async fn step(access: Access<ChecklistsWrite>, Path(id): Path<ChecklistId>, form: Form<Which>) -> page::Answer {
    let version = form.version()?;
    let work = async |which: Which| {
        access
            .once(async |tx: &mut TenantTx| {
                with(tx, id, version, |all| {
                    let to =
                        if which.step == Some(-1) { which.place.checked_sub(1) } else { which.place.checked_add(1) };
                    if let Some(to) = to.filter(|to| *to < all.len() && which.place < all.len()) {
                        all.swap(which.place, to);
                    }
                    Ok(())
                })
                .await?;
                Ok(back(id, "Moved"))
            })
            .await
    };
    page::outcome(&access, id, form.then(work).await?).await
}

pub async fn remove(access: Access<ChecklistsWrite>, Path(id): Path<ChecklistId>, form: Form<Which>) -> page::Answer {
    let version = form.version()?;
    let work = async |which: Which| {
        access
            .once(async |tx: &mut TenantTx| {
                with(tx, id, version, |all| {
                    if which.place >= all.len() {
                        return Err(gone());
                    }
                    all.remove(which.place);
                    Ok(())
                })
                .await?;
                Ok(back(id, "The question is taken off."))
            })
            .await
    };
    page::outcome(&access, id, form.then(work).await?).await
}
