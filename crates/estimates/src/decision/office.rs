//! Somebody of the office approves or declines in the customer's name, with who said so and how.
use kernel::{
    Checks, Input, Result, TenantTx,
    access::Access,
    http::{IfMatch, Json, One, Path, Repeatable},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Told,
    approve::{Approval, approve},
    decline::{No, decline},
};
use crate::{
    EstimateId, EstimateLineId, OptionId,
    estimate::{Estimate, find, hold},
    permissions::EstimatesWrite,
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveInput {
    pub option_id: OptionId,
    /// Of the lines that may be ticked, those that are wanted.
    #[serde(default)]
    pub ticked: Vec<EstimateLineId>,
    /// Who said so.
    pub name: String,
    pub via: Told,
    /// In what words, when, to whom.
    pub told: String,
}

impl Input for ApproveInput {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 120, "the name of whoever said so");
        checks.text("told", &mut self.told, 500, "a word on what was said and when");
        checks.that(self.ticked.len() <= 100, "ticked", "too_many", "At most 100 lines.");
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineInput {
    #[serde(default)]
    pub reason: Option<String>,
    pub via: Told,
    /// Who said so, when, to whom.
    pub told: String,
}

impl Input for DeclineInput {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("reason", &mut self.reason, 1000);
        checks.text("told", &mut self.told, 500, "a word on who said so and when");
    }
}

/// What was sent last is what they mean. `version` is the one that whoever wrote it down saw.
pub async fn told_yes(tx: &mut TenantTx, id: EstimateId, version: Option<i64>, input: &ApproveInput) -> Result<()> {
    let found = hold(tx, id, version).await?;
    let yes = Approval {
        revision: found.revision,
        option: input.option_id,
        ticked: input.ticked.clone(),
        shown: None,
        name: input.name.clone(),
        signature: None,
        via: input.via.into(),
        told: Some(input.told.clone()),
        address: None,
        agent: None,
    };
    approve(tx, id, &yes).await
}

pub async fn told_no(tx: &mut TenantTx, id: EstimateId, version: Option<i64>, input: &DeclineInput) -> Result<()> {
    let found = hold(tx, id, version).await?;
    let no = No {
        revision: found.revision,
        reason: input.reason.clone(),
        via: input.via.into(),
        told: Some(input.told.clone()),
        address: None,
        agent: None,
    };
    decline(tx, id, &no).await
}

pub async fn api_approve(
    access: Access<EstimatesWrite>,
    Path(id): Path<EstimateId>,
    version: IfMatch,
    Json(input): Json<ApproveInput>,
) -> Result<Repeatable<One<Estimate>>> {
    access
        .once(async |tx| {
            told_yes(tx, id, version.0, &input).await?;
            find(tx, id).await.map(One)
        })
        .await
}

pub async fn api_decline(
    access: Access<EstimatesWrite>,
    Path(id): Path<EstimateId>,
    version: IfMatch,
    Json(input): Json<DeclineInput>,
) -> Result<Repeatable<One<Estimate>>> {
    access
        .once(async |tx| {
            told_no(tx, id, version.0, &input).await?;
            find(tx, id).await.map(One)
        })
        .await
}
