//! The way in at the company's address, with a ticket from the base domain that is good once and for a minute.
use jiff::Timestamp;
use kernel::{
    Checks, Error, Input, Result, TenantTx, Visitor,
    http::{Form, Page, Query, Redirect, arrive::VISIT},
    sql,
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, button, field, form};

use super::{OperatorEntered, Visit, VisitId, find};
use crate::{
    operator::{self, Ticket},
    secret, shell,
};

sql! {
    fn begin(id: VisitId, token_hash: String, until: Timestamp, at: Timestamp) -> u64 = "
        update support_visit set token_hash = $3, entered_at = coalesce(entered_at, $5), until = coalesce(until, $4), updated_at = $5, version = version + 1
        where tenant_id = $1 and id = $2 and agreed_at is not null and ended_at is null and coalesce(until, lapses_at) > $5";
}

#[derive(Deserialize, JsonSchema)]
pub struct Asked {
    /// The ticket.
    t: Option<String>,
}

fn over() -> Error {
    Error::Conflict {
        code: "ticket_used",
        message: "This ticket was used or is older than a minute. Take another one at the company's page.".into(),
    }
}

async fn ticket(visitor: &Visitor, given: &str) -> Result<(Ticket, Visit)> {
    visitor.house().limits().careful("support", &visitor.peer)?;
    let ticket = operator::ticket(visitor.house(), visitor.tenant().id, given).await?.ok_or_else(over)?;
    let visit = visitor.read(find(VisitId(ticket.visit))).await?.ok_or_else(over)?;
    Ok((ticket, visit))
}

/// Looking at the link uses nothing up.
pub async fn page(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Page> {
    let token = asked.t.unwrap_or_default();
    let (ticket, visit) = ticket(&visitor, &token).await?;
    let company = &visitor.tenant().name;
    let fields = html! {
        (field::hidden("t", token))
        p { (ticket.operator_name) ", you are about to look into " b { (company) } " for " (visit.minutes) " minutes." }
        p.soft { "Reason: " (visit.reason) }
        p.soft { "Everything you open is written down and shown to " (company) "." }
        (form::actions(html! { (button("Look in").primary().large()) }))
    };
    let card = form::form("/support/enter", &Filled::default(), fields);
    Ok(shell::card(&visitor, "Look into a company", card, html! {}))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    #[serde(default)]
    t: String,
}
impl Input for Given {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.t.len() <= 100, "t", "ticket", "That is no ticket.");
    }
}

pub async fn post(visitor: Visitor, form: Form<Given>) -> Result<Redirect> {
    let given = form.value("t").unwrap_or_default().to_owned();
    let (ticket, visit) = ticket(&visitor, &given).await?;
    if !operator::take_ticket(visitor.house(), visitor.tenant().id, &given).await? {
        return Err(over());
    }
    let errand = visitor
        .house()
        .errand_of(visitor.tenant().id, ticket.operator_id, &ticket.operator_name, visitor.came())
        .await?;
    let (token, now) = (secret::draw(), visitor.now());
    let lasts = jiff::SignedDuration::from_mins(i64::from(visit.minutes));
    let until = visit.until.unwrap_or_else(|| now.saturating_add(lasts).unwrap_or(now));
    errand
        .write_with(async |tx: &mut TenantTx| {
            if tx.run(begin(visit.id, secret::hash(&token), until, now)).await? != 1 {
                return Err(Error::refused("This visit is over, or waits for the company's answer."));
            }
            let detail = serde_json::json!({ "visit": visit.id, "reason": visit.reason, "until": until });
            tx.tell_with(&OperatorEntered { visit: visit.id, until }, Some(detail));
            Ok(())
        })
        .await?;
    visitor.house().forget_principals();
    let seconds = until.duration_since(now).as_secs().max(1);
    Ok(Redirect::to("/").cookie(cookie(&token, seconds)))
}

pub(super) fn cookie(token: &str, seconds: i64) -> String {
    format!("{VISIT}={token}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax")
}
