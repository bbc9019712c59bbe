//! The operator is done and leaves.
use kernel::{
    Actor, Error, Result, TenantTx, Visitor,
    http::{Either, Page, Redirect, arrive::VISIT},
};
use maud::html;
use ui::link_button;

use super::{By, VisitId, end, enter::cookie};
use crate::{operator, shell};

pub async fn leave(visitor: Visitor) -> Result<Page> {
    let principal = visitor.principal().filter(|p| matches!(p.actor, Actor::Operator { .. }));
    if let Some((Actor::Operator { id, name }, Some(visit))) = principal.map(|p| (&p.actor, p.session)) {
        let (tenant, visit) = (visitor.tenant().id, VisitId(visit));
        let errand = visitor.house().errand_of(tenant, *id, name, visitor.came()).await?;
        errand.write_with(async |tx: &mut TenantTx| end(tx, visit, By::Operator).await).await?;
        operator::visit_over(visitor.house(), visit, tenant).await?;
        visitor.house().forget_principals();
    } else if visitor.cookie(VISIT).is_none() {
        return Err(Error::NotFound);
    }
    Ok(out(&visitor))
}

/// The visit ended while they looked elsewhere: its time was up, or somebody has ended it.
pub async fn over(visitor: Visitor) -> Result<Either<Redirect, Page>> {
    Ok(match visitor.principal() {
        Some(_) => Either::Done(Redirect::to("/")),
        None => Either::Again(out(&visitor)),
    })
}

fn out(visitor: &Visitor) -> Page {
    let company = &visitor.tenant().name;
    let body = html! {
        p { "You look into " (company) " no longer. To come back, begin another visit." }
        p."mt-4" { (link_button("All companies", visitor.house().url(None, "/operator")).primary()) }
    };
    // Drawn as for anybody: the visit that came with the request is over.
    shell::last_card(visitor, "You are out", body).cookie(cookie("", 0))
}
