//! Why each technician is or is not offered for a time, rule by rule.
use catalog::ItemId;
use customers::LocationId;
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Error, Result, Scope,
    http::{Json, Query},
};

use super::{
    lane::Days,
    roster::{Question, Roster, read},
    verdict::{Finding, Judge},
};
use crate::{permissions::BoardRead, road, say, technician::TechnicianId};

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhyQuery {
    pub item_id: ItemId,
    pub location_id: Option<LocationId>,
    pub starts_at: Timestamp,
    /// As the price book says when not given.
    pub duration_minutes: Option<i64>,
    /// Whoever is on call counts as there, and notice is not asked for.
    pub urgent: Option<bool>,
}

#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
pub struct Reasons {
    pub technician_id: TechnicianId,
    pub name: String,
    /// Whether all rules hold, and so whether that time is offered with them.
    pub offered: bool,
    pub findings: Vec<Finding>,
}

/// Everybody who takes jobs, those first with whom it is offered.
pub async fn reasons(scope: &Scope, query: &WhyQuery) -> Result<Vec<Reasons>> {
    let locale = &scope.tenant().locale;
    let question = Question { item: Some(query.item_id), location: query.location_id, ..Question::default() };
    let day = say::local(query.starts_at, locale).date();
    let answers = scope.read(read(&question, day, day, scope.now(), locale)).await?;
    let mut roster = Roster::of(&question, answers);
    road::learn(scope, &mut roster).await;
    let Some(service) = &roster.service else {
        return Err(Error::field("/item_id", "missing", "There is no such service in the price book."));
    };
    let minutes = query.duration_minutes.unwrap_or(service.minutes.into());
    if !(5..=1440).contains(&minutes) {
        return Err(Error::field("/duration_minutes", "range", "A job takes 5 minutes to 24 hours."));
    }
    let far = || Error::field("/starts_at", "range", "That is too far away.");
    let ends_at = query.starts_at.checked_add(SignedDuration::from_mins(minutes)).map_err(|_| far())?;
    let urgent = query.urgent == Some(true);
    let judge = Judge::new(&roster, Days::new(day, day, locale), locale, urgent);
    let judge = if urgent { judge } else { judge.for_customers(scope.now()) };
    let visit = judge.visit(query.starts_at, ends_at);
    let reasons = judge.lanes().into_iter().map(|lane| Reasons {
        technician_id: lane.who.id,
        name: lane.who.name.clone(),
        offered: judge.all_hold(&lane, &visit) && query.starts_at >= scope.now(),
        findings: judge.why(&lane, &visit),
    });
    let mut reasons: Vec<Reasons> = reasons.collect();
    reasons.sort_by_key(|one| (!one.offered, one.findings.iter().filter(|finding| !finding.holds).count()));
    Ok(reasons)
}

pub async fn why_api(access: Access<BoardRead>, Query(query): Query<WhyQuery>) -> Result<Json<Vec<Reasons>>> {
    Ok(Json(reasons(&access, &query).await?))
}
