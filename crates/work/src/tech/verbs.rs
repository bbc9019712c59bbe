//! What a technician does on the phone. Every verb may be sent twice: the state, or the key of the form, makes it one.
use kernel::{
    Access, Error, Input, Permission, Result, TenantTx,
    http::{Download, Either, Form, Page, Path, Redirect, Repeatable, Typed, Upload},
};
use scheduling::appointment::{self, Status};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::HashMap;

use super::{clock, job, member, mine, own, own_order};
use crate::{
    AppointmentId, LineItemId, PhotoId,
    line::{self, add},
    note,
    office::lines::AddForm,
    order::{self, anyway::Anyway, rest},
    permissions::{FinishAnyway, WorkOwn},
    photo, serviced,
    time::Kind,
    visit::end::{End, end as end_visit},
};

pub type Answer = Result<Either<Repeatable<Redirect>, Page>>;

fn back(visit: AppointmentId) -> Redirect {
    Redirect::to(format!("/tech/jobs/{visit}"))
}

pub(super) async fn answer(
    access: &Access<WorkOwn>,
    visit: AppointmentId,
    outcome: Result<Repeatable<Redirect>>,
) -> Answer {
    match outcome {
        Ok(done) => Ok(Either::Done(done)),
        Err(error) => job::again(access, visit, Typed::of(HashMap::new(), error)?).await.map(Either::Again),
    }
}

pub(super) async fn typed(
    access: &Access<WorkOwn>,
    visit: AppointmentId,
    outcome: Result<Result<Repeatable<Redirect>, Typed>>,
) -> Answer {
    match outcome? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => job::again(access, visit, typed).await.map(Either::Again),
    }
}

pub async fn en_route(access: Access<WorkOwn>, Path(visit): Path<AppointmentId>) -> Answer {
    let outcome = access
        .once(async |tx: &mut TenantTx| {
            let was = own(tx, &access, visit).await?;
            // Sent again after the arrival, it changes nothing.
            if !matches!(was.status, Status::OnSite | Status::Completed) {
                appointment::set_status(tx, visit, Status::EnRoute).await?;
                clock::turn(tx, &access, visit, was.order_id, Kind::Travel).await?;
            }
            Ok(back(visit))
        })
        .await;
    answer(&access, visit, outcome).await
}

pub async fn start(access: Access<WorkOwn>, Path(visit): Path<AppointmentId>) -> Answer {
    let outcome = access
        .once(async |tx: &mut TenantTx| {
            let mine = own(tx, &access, visit).await?;
            let was = own_order(tx, &access, visit).await?.status;
            let order = order::start::start_visit(tx, visit, access.tenant().locale.currency.code()).await?;
            // Pressed again during a break, it does not end the break.
            if was == order::Status::Open || mine.status.may_become(Status::OnSite) {
                clock::turn(tx, &access, visit, Some(order.id), Kind::Work).await?;
            }
            Ok(back(visit))
        })
        .await;
    answer(&access, visit, outcome).await
}

pub async fn finish(access: Access<WorkOwn>, Path(visit): Path<AppointmentId>) -> Answer {
    let outcome = access
        .once(async |tx: &mut TenantTx| {
            own_order(tx, &access, visit).await?;
            let order = order::finish::finish_at(tx, visit).await?;
            Ok(Redirect::to("/tech").toast(&format!("{} is finished. The office writes the invoice.", order.called())))
        })
        .await;
    answer(&access, visit, outcome).await
}

/// Whoever carries the job out and may: with the reason of the form.
pub async fn finish_anyway(access: Access<WorkOwn>, Path(visit): Path<AppointmentId>, form: Form<Anyway>) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |input| {
            scope
                .once(async |tx: &mut TenantTx| {
                    own(tx, scope, visit).await?;
                    if !scope.can::<FinishAnyway>() {
                        return Err(Error::Forbidden(<FinishAnyway as Permission>::NAME));
                    }
                    own_order(tx, scope, visit).await?;
                    let order = order::hold_at(tx, visit).await?;
                    let order = order::anyway::finish_anyway(tx, order, &input).await?;
                    Ok(Redirect::to("/tech").toast(&format!("{} is finished.", order.called())))
                })
                .await
        })
        .await;
    typed(&access, visit, outcome).await
}

pub async fn add_line(access: Access<WorkOwn>, Path(visit): Path<AppointmentId>, form: Form<AddForm>) -> Answer {
    let scope = &access;
    let currency = access.tenant().locale.currency;
    let outcome = form
        .then(async move |input| {
            let new = input.line(currency)?;
            scope
                .once(async |tx: &mut TenantTx| {
                    let order = own_order(tx, scope, visit).await?;
                    // The same part again is one more of it.
                    let lines = tx.run(line::of(order.id)).await?;
                    let same = lines.iter().find(|line| new.item_id.is_some() && line.item_id == new.item_id);
                    match same {
                        Some(line) => line::change::step(tx, order.id, line.id, 1).await?,
                        None => drop(add::add(tx, order.id, new.clone()).await?),
                    }
                    Ok(back(visit))
                })
                .await
        })
        .await;
    typed(&access, visit, outcome).await
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// 1 or -1.
    pub by: i64,
}
impl Input for Step {
    fn check(&mut self, checks: &mut kernel::Checks) {
        checks.that(matches!(self.by, 1 | -1), "by", "range", "One more or one less.");
    }
}

pub async fn step(
    access: Access<WorkOwn>,
    Path((visit, line)): Path<(AppointmentId, LineItemId)>,
    form: Form<Step>,
) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |step| {
            scope
                .once(async |tx: &mut TenantTx| {
                    let order = own_order(tx, scope, visit).await?;
                    line::change::step(tx, order.id, line, step.by).await?;
                    Ok(back(visit))
                })
                .await
        })
        .await;
    typed(&access, visit, outcome).await
}

pub async fn note(access: Access<WorkOwn>, Path(visit): Path<AppointmentId>, form: Form<note::New>) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |new| {
            scope
                .once(async |tx: &mut TenantTx| {
                    let order = own_order(tx, scope, visit).await?;
                    note::write(scope, tx, order.id, new.clone(), Some(visit)).await?;
                    Ok(back(visit))
                })
                .await
        })
        .await;
    typed(&access, visit, outcome).await
}

pub async fn equipment(
    access: Access<WorkOwn>,
    Path(visit): Path<AppointmentId>,
    form: Form<serviced::Given>,
) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |given| {
            scope
                .once(async |tx: &mut TenantTx| {
                    let order = own_order(tx, scope, visit).await?;
                    serviced::give(tx, order.id, &given).await?;
                    Ok(back(visit).toast("The equipment is saved."))
                })
                .await
        })
        .await;
    typed(&access, visit, outcome).await
}

pub async fn photo(access: Access<WorkOwn>, Path(visit): Path<AppointmentId>, upload: Upload) -> Answer {
    let outcome = async {
        let picture = photo::Picture::sent(&upload).await?;
        access
            .once(async |tx: &mut TenantTx| {
                let order = own_order(tx, &access, visit).await?;
                photo::keep(&access, tx, order.id, &picture).await?;
                Ok(back(visit))
            })
            .await
    };
    let outcome = outcome.await;
    answer(&access, visit, outcome).await
}

pub async fn hold(access: Access<WorkOwn>, Path(visit): Path<AppointmentId>, form: Form<rest::Rest>) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |input| {
            scope
                .once(async |tx: &mut TenantTx| {
                    let order = own_order(tx, scope, visit).await?;
                    let order = rest::rest(tx, order.id, &input).await?;
                    Ok(Redirect::to("/tech").toast(&format!("{} is on hold. The office sees why.", order.called())))
                })
                .await
        })
        .await;
    typed(&access, visit, outcome).await
}

/// My visit is over, and the job is not.
pub async fn end(access: Access<WorkOwn>, Path(visit): Path<AppointmentId>, form: Form<End>) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |input| {
            scope
                .once(async |tx: &mut TenantTx| {
                    let order = own_order(tx, scope, visit).await?;
                    let order = end_visit(scope, tx, order.id, visit, &input).await?;
                    let says = match input.reason {
                        Some(_) => format!("Your visit is over. The office books the next one of {}.", order.called()),
                        None => format!("Your visit is over. {} goes on with the next one.", order.called()),
                    };
                    Ok(Redirect::to("/tech").toast(&says))
                })
                .await
        })
        .await;
    typed(&access, visit, outcome).await
}

/// The job goes on, and so does my clock.
pub async fn resume(access: Access<WorkOwn>, Path(visit): Path<AppointmentId>) -> Answer {
    let outcome = access
        .once(async |tx: &mut TenantTx| {
            let order = own_order(tx, &access, visit).await?;
            if order.status == order::Status::OnHold {
                rest::resume(tx, order.id).await?;
                clock::turn(tx, &access, visit, Some(order.id), Kind::Work).await?;
            }
            Ok(back(visit))
        })
        .await;
    answer(&access, visit, outcome).await
}

pub async fn see_photo(access: Access<WorkOwn>, Path((visit, id)): Path<(AppointmentId, PhotoId)>) -> Result<Download> {
    let own = access.read(mine(member(&access)?, visit)).await?;
    let file = match own.and_then(|visit| visit.order_id) {
        Some(order) => access.read(photo::file_of(order, id)).await?,
        None => None,
    };
    photo::show::show(&access, file).await
}
