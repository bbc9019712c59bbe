//! The company lets a visit change things, or no longer.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Form, Json, One, Path, Redirect, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Visit, VisitId, WritingAllowed, WritingEnded, find};
use crate::SupportManage;

sql! {
    fn set(id: VisitId, writes: bool, at: Timestamp) -> u64 = "
        update support_visit set writes = $3, updated_at = $4, version = version + 1
        where tenant_id = $1 and id = $2 and writes <> $3 and agreed_at is not null and ended_at is null and coalesce(until, lapses_at) > $4";
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Writing {
    /// Whether the visit may change things. People, roles, keys and what is sent stay out of reach.
    allowed: bool,
}
impl Input for Writing {
    fn check(&mut self, _: &mut Checks) {}
}

async fn allow(tx: &mut TenantTx, id: VisitId, allowed: bool) -> Result<Visit> {
    let at = tx.now();
    let visit = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    match tx.run(set(id, allowed, at)).await? {
        1 if allowed => tx.tell(&WritingAllowed { visit: id }),
        1 => tx.tell(&WritingEnded { visit: id }),
        _ if visit.writes == allowed => {}
        _ => return Err(Error::refused("This visit is over, or waits for your answer first.")),
    }
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

pub async fn api(
    access: Access<SupportManage>,
    Path(id): Path<VisitId>,
    Json(input): Json<Writing>,
) -> Result<Repeatable<One<Visit>>> {
    let done = access.once(async |tx: &mut TenantTx| allow(tx, id, input.allowed).await.map(One)).await;
    access.house().forget_principals();
    done
}

pub async fn post(access: Access<SupportManage>, Path(id): Path<VisitId>, form: Form<Writing>) -> Result<Redirect> {
    let allowed = form.value("allowed") == Some("true");
    let visit = access.retrying(async |tx: &mut TenantTx| allow(tx, id, allowed).await).await?;
    access.house().forget_principals();
    let words = match allowed {
        true => format!("{} may change things until the visit is over.", visit.operator_name),
        false => format!("{} only looks from now on.", visit.operator_name),
    };
    Ok(Redirect::to(format!("/settings/support/{id}")).toast(&words))
}
