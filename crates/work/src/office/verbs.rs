//! What the office does on a job's page; each answers with the page again, or with what stands in the way.
use kernel::{
    Access, Input, Result, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable, Typed, Upload},
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::HashMap;

use super::{
    lines::{AddForm, ChangeForm},
    show,
};
use crate::{
    AppointmentId, LineItemId, WorkOrderId,
    line::{add, change, remove, waive},
    note,
    order::{self, Cancel, Change, anyway::Anyway, follows, reopen, rest},
    permissions::{FinishAnyway, Reopen, WorkWrite},
    photo, serviced,
};

pub type Answer = Result<Either<Repeatable<Redirect>, Page>>;

pub(crate) fn back(id: WorkOrderId) -> Redirect {
    Redirect::to(format!("/jobs/{id}"))
}

async fn answer(access: &Access<WorkWrite>, id: WorkOrderId, outcome: Result<Repeatable<Redirect>>) -> Answer {
    match outcome {
        Ok(done) => Ok(Either::Done(done)),
        Err(error) => show::again(access, id, Typed::of(HashMap::new(), error)?).await.map(Either::Again),
    }
}

pub(crate) async fn typed(
    access: &Access<WorkWrite>,
    id: WorkOrderId,
    outcome: Result<Result<Repeatable<Redirect>, Typed>>,
) -> Answer {
    match outcome? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => show::again(access, id, typed).await.map(Either::Again),
    }
}

/// From the board: the job of a visit, made if it has none.
pub async fn of_visit(access: Access<WorkWrite>, Path(visit): Path<AppointmentId>) -> Result<Repeatable<Redirect>> {
    let currency = access.tenant().locale.currency;
    access
        .once(async |tx: &mut TenantTx| {
            Ok(back(order::of_appointment(tx, visit, currency.code(), None, None).await?.id))
        })
        .await
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditForm {
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub scope: String,
}
impl Input for EditForm {
    fn check(&mut self, checks: &mut kernel::Checks) {
        checks.text("title", &mut self.title, 200, "in a few words what is to be done");
        self.scope = self.scope.trim().to_owned();
        checks.that(self.scope.chars().count() <= 5000, "scope", "too_long", "At most 5000 characters.");
    }
}

pub async fn edit(access: Access<WorkWrite>, Path(id): Path<WorkOrderId>, form: Form<EditForm>) -> Answer {
    let (scope, version) = (&access, form.version()?);
    let outcome = form
        .then(async move |input| {
            scope
                .once(async |tx: &mut TenantTx| {
                    let change = Change { title: Some(input.title.clone()), scope: Some(input.scope.clone()) };
                    order::change(tx, id, version, change).await?;
                    Ok(back(id).toast("Saved"))
                })
                .await
        })
        .await;
    typed(&access, id, outcome).await
}

pub async fn start(access: Access<WorkWrite>, Path(id): Path<WorkOrderId>) -> Answer {
    let outcome = access
        .once(async |tx: &mut TenantTx| {
            order::start(tx, id).await?;
            Ok(back(id))
        })
        .await;
    answer(&access, id, outcome).await
}

pub async fn finish(access: Access<WorkWrite>, Path(id): Path<WorkOrderId>) -> Answer {
    let outcome = access
        .once(async |tx: &mut TenantTx| {
            let order = order::finish(tx, id).await?;
            Ok(back(id).toast(&format!("{} is finished", order.called())))
        })
        .await;
    answer(&access, id, outcome).await
}

/// Whoever may: with the reason of the form.
pub async fn finish_anyway(access: Access<FinishAnyway>, Path(id): Path<WorkOrderId>, form: Form<Anyway>) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |input| {
            scope
                .once(async |tx: &mut TenantTx| {
                    let order = order::hold(tx, id).await?;
                    let order = order::anyway::finish_anyway(tx, order, &input).await?;
                    Ok(back(id).toast(&format!("{} is finished", order.called())))
                })
                .await
        })
        .await?;
    match outcome {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => show::again(&access, id, typed).await.map(Either::Again),
    }
}

pub async fn cancel(access: Access<WorkWrite>, Path(id): Path<WorkOrderId>, form: Form<Cancel>) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |input| {
            scope
                .once(async |tx: &mut TenantTx| {
                    let order = order::cancel(tx, id, &input).await?;
                    Ok(back(id).toast(&format!("{} is cancelled", order.called())))
                })
                .await
        })
        .await;
    typed(&access, id, outcome).await
}

pub async fn add_line(access: Access<WorkWrite>, Path(id): Path<WorkOrderId>, form: Form<AddForm>) -> Answer {
    let (scope, currency) = (&access, access.tenant().locale.currency);
    let outcome = form
        .then(async move |input| {
            let new = input.line(currency)?;
            scope
                .once(async |tx: &mut TenantTx| {
                    add::add(tx, id, new.clone()).await?;
                    Ok(back(id))
                })
                .await
        })
        .await;
    typed(&access, id, outcome).await
}

pub async fn change_line(
    access: Access<WorkWrite>,
    Path((id, line)): Path<(WorkOrderId, LineItemId)>,
    form: Form<ChangeForm>,
) -> Answer {
    let (scope, currency, version) = (&access, access.tenant().locale.currency, form.version()?);
    let outcome = form
        .then(async move |input| {
            let new = input.line(currency)?;
            scope
                .once(async |tx: &mut TenantTx| {
                    change::change(tx, id, line, Some(version), new.clone()).await?;
                    Ok(back(id))
                })
                .await
        })
        .await;
    // What was typed belongs to one line; the page has no place to show it again but says what is wrong.
    match outcome? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let typed = Typed {
                values: HashMap::new(),
                errors: typed.errors.into_iter().map(|(_, says)| (String::new(), says)).collect(),
            };
            show::again(&access, id, typed).await.map(Either::Again)
        }
    }
}

pub async fn remove_line(access: Access<WorkWrite>, Path((id, line)): Path<(WorkOrderId, LineItemId)>) -> Answer {
    let outcome = access
        .once(async |tx: &mut TenantTx| {
            remove::remove(tx, id, line).await?;
            Ok(back(id))
        })
        .await;
    answer(&access, id, outcome).await
}

pub async fn note(access: Access<WorkWrite>, Path(id): Path<WorkOrderId>, form: Form<note::New>) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |new| {
            scope
                .once(async |tx: &mut TenantTx| {
                    note::write(scope, tx, id, new.clone(), None).await?;
                    Ok(back(id))
                })
                .await
        })
        .await;
    typed(&access, id, outcome).await
}

pub async fn equipment(access: Access<WorkWrite>, Path(id): Path<WorkOrderId>, form: Form<serviced::Given>) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |given| {
            scope
                .once(async |tx: &mut TenantTx| {
                    serviced::give(tx, id, &given).await?;
                    Ok(back(id).toast("The equipment is saved."))
                })
                .await
        })
        .await;
    typed(&access, id, outcome).await
}

pub async fn photo(access: Access<WorkWrite>, Path(id): Path<WorkOrderId>, upload: Upload) -> Answer {
    let outcome = async {
        let picture = photo::Picture::sent(&upload).await?;
        access
            .once(async |tx: &mut TenantTx| {
                photo::keep(&access, tx, id, &picture).await?;
                Ok(back(id))
            })
            .await
    };
    let outcome = outcome.await;
    answer(&access, id, outcome).await
}

pub async fn hold(access: Access<WorkWrite>, Path(id): Path<WorkOrderId>, form: Form<rest::Rest>) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |input| {
            scope
                .once(async |tx: &mut TenantTx| {
                    let order = rest::rest(tx, id, &input).await?;
                    Ok(back(id).toast(&format!("{} is on hold", order.called())))
                })
                .await
        })
        .await;
    typed(&access, id, outcome).await
}

pub async fn resume(access: Access<WorkWrite>, Path(id): Path<WorkOrderId>) -> Answer {
    let outcome = access
        .once(async |tx: &mut TenantTx| {
            rest::resume(tx, id).await?;
            Ok(back(id))
        })
        .await;
    answer(&access, id, outcome).await
}

/// Whoever may: with the reason of the form.
pub async fn reopen(access: Access<Reopen>, Path(id): Path<WorkOrderId>, form: Form<reopen::Again>) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |input| {
            scope
                .once(async |tx: &mut TenantTx| {
                    let order = reopen::reopen(tx, id, &input).await?;
                    Ok(back(id).toast(&format!("{} goes on", order.called())))
                })
                .await
        })
        .await?;
    match outcome {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => show::again(&access, id, typed).await.map(Either::Again),
    }
}

pub async fn follow(access: Access<WorkWrite>, Path(id): Path<WorkOrderId>, form: Form<follows::Follow>) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |input| {
            scope
                .once(async |tx: &mut TenantTx| {
                    let made = follows::follow(tx, id, &input).await?;
                    Ok(back(made.id).toast(&format!("{} is made. Book a visit for it.", made.called())))
                })
                .await
        })
        .await;
    typed(&access, id, outcome).await
}

pub async fn waive(
    access: Access<WorkWrite>,
    Path((id, line)): Path<(WorkOrderId, LineItemId)>,
    form: Form<waive::Waive>,
) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |input| {
            scope
                .once(async |tx: &mut TenantTx| {
                    waive::waive(tx, id, line, &input).await?;
                    Ok(back(id).toast("The line is free"))
                })
                .await
        })
        .await;
    typed(&access, id, outcome).await
}
