//! The checklist on the phone: each question its own small form, and it may be sent twice.
use kernel::{
    Access, Scope, TenantTx,
    http::{Form, Path, Redirect, Upload},
};
use maud::{Markup, html};
use ui::{
    Filled, button, field,
    form::key,
    tech::{heading, sheet},
};

use super::{
    job::Drawn,
    own_order,
    verbs::{self, Answer},
};
use crate::{
    AppointmentId,
    order::Status,
    permissions::{FinishAnyway, WorkOwn},
    photo::Picture,
    question::{self, JobQuestionId, answer::Answer as Given},
};

pub(super) fn section(scope: &Scope, drawn: &Drawn) -> Markup {
    let Some(whole) = &drawn.whole else { return html! {} };
    let (base, order) = (format!("/tech/jobs/{}", drawn.visit.id), &whole.order);
    let open = question::missing(&whole.questions).filter(|_| order.status == Status::InProgress);
    let over = order.status.is_over();
    html! {
        @if over && !whole.questions.is_empty() {
            section aria-label="Checklist" { (heading("Checklist", &question::draw::count(&whole.questions)))
                (sheet(html! { li.px-4.py-3 { (question::draw::answers(scope, &base, &whole.questions)) } })) }
        } @else if !over { (question::draw::form(&base, &whole.questions)) }
        @if open.is_some() && scope.can::<FinishAnyway>() {
            details.fold {
                summary { (ui::icon_class("chevron-right", "i-s")) "Finish with questions open" }
                form.form method="post" action={ (base) "/finish-anyway" } data-form { (key())
                    (field::text(&Filled::default(), "reason", "Why it is finished all the same").required().most(500))
                    (button("Finish anyway").class("btn-touch")) }
            }
        }
    }
}

fn back(visit: AppointmentId) -> Redirect {
    Redirect::to(format!("/tech/jobs/{visit}"))
}

pub async fn answer(
    access: Access<WorkOwn>,
    Path((visit, id)): Path<(AppointmentId, JobQuestionId)>,
    form: Form<Given>,
) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |given| {
            scope
                .once(async |tx: &mut TenantTx| {
                    let order = own_order(tx, scope, visit).await?;
                    question::answer::answer(scope, tx, order.id, id, &given).await?;
                    Ok(back(visit))
                })
                .await
        })
        .await;
    verbs::typed(&access, visit, outcome).await
}

pub async fn photo(
    access: Access<WorkOwn>,
    Path((visit, id)): Path<(AppointmentId, JobQuestionId)>,
    upload: Upload,
) -> Answer {
    let outcome = async {
        let picture = Picture::sent(&upload).await?;
        access
            .once(async |tx: &mut TenantTx| {
                let order = own_order(tx, &access, visit).await?;
                question::photo::answer(&access, tx, order.id, id, &picture).await?;
                Ok(back(visit))
            })
            .await
    };
    let outcome = outcome.await;
    verbs::answer(&access, visit, outcome).await
}
