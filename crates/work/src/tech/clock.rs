//! My clock: the verbs of a job turn it by themselves, and these buttons by hand.
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Form, Path, Redirect},
};
use maud::{Markup, html};
use scheduling::{TechnicianId, appointment::Status as Visit};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    is_technician,
    job::Drawn,
    member, own,
    verbs::{self, Answer},
};
use crate::{
    AppointmentId,
    order::{Status, WorkOrderId},
    permissions::WorkOwn,
    time::{Kind, clock, draw},
};

kernel::text_enum! {
    pub enum Deed { Travel = "travel": "On the way", Work = "work": "At work", Break = "break": "Break", Stop = "stop": "Stop" }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Press {
    pub kind: Deed,
}
impl Input for Press {
    fn check(&mut self, _: &mut Checks) {
        // One of those there are, or it is not read at all.
    }
}

async fn me(tx: &mut TenantTx, scope: &Scope) -> Result<TechnicianId> {
    tx.run(is_technician(member(scope)?)).await?.map(TechnicianId).ok_or(Error::NotFound)
}

/// What I do at my visit from now on.
pub(super) async fn turn(
    tx: &mut TenantTx,
    scope: &Scope,
    visit: AppointmentId,
    order: Option<WorkOrderId>,
    kind: Kind,
) -> Result<()> {
    let technician = me(tx, scope).await?;
    clock::turn(tx, clock::Turn { technician, appointment: Some(visit), order }, kind).await
}

pub async fn press(access: Access<WorkOwn>, Path(visit): Path<AppointmentId>, form: Form<Press>) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |press| {
            scope
                .once(async |tx: &mut TenantTx| {
                    let mine = own(tx, scope, visit).await?;
                    let kind = match press.kind {
                        Deed::Stop => {
                            let technician = me(tx, scope).await?;
                            clock::stop(tx, technician).await?;
                            return Ok(Redirect::to(format!("/tech/jobs/{visit}")));
                        }
                        Deed::Travel => Kind::Travel,
                        Deed::Work => Kind::Work,
                        Deed::Break => Kind::Break,
                    };
                    turn(tx, scope, visit, mine.order_id, kind).await?;
                    Ok(Redirect::to(format!("/tech/jobs/{visit}")))
                })
                .await
        })
        .await;
    verbs::typed(&access, visit, outcome).await
}

pub(super) fn section(scope: &Scope, drawn: &Drawn) -> Markup {
    let Some(whole) = &drawn.whole else { return html! {} };
    let here = matches!(drawn.visit.status, Visit::OnSite | Visit::Completed);
    let begun = whole.order.status == Status::InProgress && here && drawn.visit.again_for.is_none();
    draw::phone(scope, drawn.visit.id, begun, drawn.running.as_ref(), &drawn.mine)
}
