//! Somebody of those who run the house asks to look in; the company hears of it, and answers first if it wants to be asked.
use jiff::Timestamp;
use kernel::{Result, Scope, TenantTx, row, sql};
use mail::Letter;
use uuid::Uuid;

use super::{LAPSE, Visit, VisitAsked, VisitId, find, rules};

row! {
    struct Owner {
        name: String,
        email: String,
    }
}

sql! {
    fn keep(id: VisitId, operator_id: Uuid, operator_name: String, reason: String, minutes: i32, agreed_at: Option<Timestamp>, lapses_at: Timestamp, at: Timestamp) = "
        insert into support_visit (tenant_id, id, operator_id, operator_name, reason, minutes, agreed_at, lapses_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    fn owners() -> Vec<Owner> = "
        select name, email from member where tenant_id = $1 and role = 'owner' and active order by id limit 10";
}

/// The scope is the operator's. It is written down and told before anything opens.
pub(crate) async fn ask(scope: &Scope, id: VisitId, reason: &str, minutes: i32) -> Result<Visit> {
    scope
        .write_with(async |tx: &mut TenantTx| {
            let (rules, owners) = tx.run((rules::find(), owners())).await?;
            let (at, first) = (tx.now(), rules.is_some_and(|rules| rules.ask_first));
            let lapses_at = at.saturating_add(LAPSE).unwrap_or(at);
            let (operator, name) = (scope.actor().id().unwrap_or_default(), scope.actor().name().to_owned());
            tx.queue(keep(id, operator, name, reason.to_owned(), minutes, (!first).then_some(at), lapses_at, at));
            let detail = serde_json::json!({ "reason": reason, "minutes": minutes, "waits_for_an_answer": first });
            tx.tell_with(&VisitAsked { visit: id, minutes }, Some(detail));
            for owner in owners {
                mail::send(tx, letter(scope, owner, id, reason, minutes, first)).await?;
            }
            tx.run(find(id)).await?.ok_or(kernel::Error::NotFound)
        })
        .await
}

fn letter(scope: &Scope, owner: Owner, id: VisitId, reason: &str, minutes: i32, first: bool) -> Letter {
    let (who, company) = (scope.actor().name(), &scope.tenant().name);
    let subject = match first {
        true => format!("{who} of Tradewind asks to look into {company}"),
        false => format!("{who} of Tradewind looks into {company}"),
    };
    let says = match first {
        true => "Nothing opens before you agree. If you do nothing, it lapses after a day.",
        false => "They may read and change nothing, unless you let them. You can end it at any time.",
    };
    Letter::to(owner.email, owner.name.clone(), subject)
        .about("support_visit", id)
        .greeting(format!("Hello {},", owner.name))
        .paragraph(format!("{who}, who works for Tradewind, gave this reason to look into {company}:"))
        .paragraph(reason)
        .facts([("For", format!("{minutes} minutes"))])
        .paragraph(says)
        .button(if first { "Answer" } else { "See the visit" }, format!("/settings/support/{id}"))
}
