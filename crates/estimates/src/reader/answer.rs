//! The customer approves or declines by the link.
use kernel::{
    Checks, Input, Visitor,
    http::{Form, Path, Redirect},
};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{Answer, ended};

use super::{of, show, sign};
use crate::{
    EstimateLineId, OptionId,
    decision::{
        Via,
        approve::{Approval, approve},
        decline::{No, decline},
    },
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveForm {
    pub option: OptionId,
    /// The lines that were ticked.
    #[serde(default)]
    pub tick: Vec<EstimateLineId>,
    /// Stands for what the page showed.
    #[serde(default)]
    pub shown: String,
    #[serde(default)]
    pub name: String,
    /// What was drawn: the path of an SVG.
    #[serde(default)]
    pub signature: Option<String>,
}

impl Input for ApproveForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 120, "your name");
        checks.that(self.tick.len() <= 100, "tick", "too_many", "At most 100 lines.");
        checks.that(self.shown.len() <= 64, "shown", "too_long", "Load the page again and approve what it shows.");
        let plain = |text: &String| {
            let drawn = |c: char| matches!(c, 'M' | 'L' | ' ' | '.' | '-') || c.is_ascii_digit();
            text.len() <= 20_000 && text.chars().all(drawn)
        };
        let says = "The signature could not be read. Clear it and draw it again, or leave it out.";
        checks.that(self.signature.as_ref().is_none_or(plain), "signature", "signature", says);
    }
}

pub async fn approve_it(visitor: Visitor, Path(token): Path<String>, form: Form<ApproveForm>) -> Answer {
    visitor.house().limits().careful("estimate", &visitor.peer)?;
    let shown = of(&visitor, &token).await?;
    let pick = form.value("option").and_then(|id| id.parse::<OptionId>().ok());
    let ticked: Vec<EstimateLineId> =
        form.value("tick").unwrap_or("").split(',').filter_map(|id| id.parse().ok()).collect();
    let agent: String = visitor.agent().chars().take(400).collect();
    let outcome = form
        .then(async |input: ApproveForm| {
            let yes = Approval {
                revision: shown.content.revision,
                option: input.option,
                ticked: input.tick,
                shown: Some(input.shown),
                name: input.name,
                signature: input.signature.filter(|drawn| !drawn.trim().is_empty()),
                via: Via::Link,
                told: None,
                address: Some(visitor.peer.clone()),
                agent: Some(agent),
            };
            visitor
                .once(async |tx| {
                    approve(tx, shown.id, &yes).await?;
                    Ok(Redirect::to(format!("/estimate/{token}")))
                })
                .await
        })
        .await?;
    let again = async |filled| {
        let now = of(&visitor, &token).await?;
        let again =
            pick.filter(|_| now.may_decide()).map(|option| sign::draw(&visitor, &now, option, &ticked, &filled));
        match again {
            Some(Ok(page)) => Ok(page),
            // What was chosen is not there, or nothing can be chosen any more.
            _ => show::draw(&visitor, &now, &filled),
        }
    };
    ended(outcome, again).await
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineForm {
    #[serde(default)]
    pub reason: Option<String>,
}

impl Input for DeclineForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("reason", &mut self.reason, 1000);
    }
}

pub async fn decline_it(visitor: Visitor, Path(token): Path<String>, form: Form<DeclineForm>) -> Answer {
    visitor.house().limits().careful("estimate", &visitor.peer)?;
    let shown = of(&visitor, &token).await?;
    let agent: String = visitor.agent().chars().take(400).collect();
    let outcome = form
        .then(async |input: DeclineForm| {
            let no = No {
                revision: shown.content.revision,
                reason: input.reason,
                via: Via::Link,
                told: None,
                address: Some(visitor.peer.clone()),
                agent: Some(agent),
            };
            visitor
                .once(async |tx| {
                    decline(tx, shown.id, &no).await?;
                    Ok(Redirect::to(format!("/estimate/{token}")))
                })
                .await
        })
        .await?;
    ended(outcome, async |filled| show::draw(&visitor, &of(&visitor, &token).await?, &filled)).await
}
