//! The deliberate acts on an estimate's page: send, revise, withdraw, and a decision in the customer's name.
use kernel::{
    access::Access,
    http::{Form, Nothing, Path, Redirect},
};
use tenancy::shell::Answer;

use super::{
    post::{back, end},
    show::Open,
};
use crate::{
    EstimateId,
    decision::office::{ApproveInput, DeclineInput, told_no, told_yes},
    permissions::EstimatesWrite,
    revision::{
        revise::revise,
        send::{SendInput, send},
        withdraw::withdraw,
    },
};

pub async fn send_it(access: Access<EstimatesWrite>, Path(id): Path<EstimateId>, form: Form<SendInput>) -> Answer {
    let version = form.version()?;
    let outcome = form
        .then(async |input| {
            access
                .once(async |tx| {
                    send(&access, tx, id, Some(version), &input).await?;
                    let says = if input.letter == Some(false) { "Ready: hand the link over" } else { "Estimate sent" };
                    Ok(Redirect::to(back(id)).toast(says))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { act: "send", ..Open::default() }).await
}

pub async fn revise_it(access: Access<EstimatesWrite>, Path(id): Path<EstimateId>, form: Form<Nothing>) -> Answer {
    let version = form.version()?;
    let outcome = form
        .then(async |_| {
            access
                .once(async |tx| {
                    revise(tx, id, Some(version)).await?;
                    Ok(Redirect::to(back(id)).toast("A draft again"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { act: "revise", ..Open::default() }).await
}

pub async fn withdraw_it(access: Access<EstimatesWrite>, Path(id): Path<EstimateId>, form: Form<Nothing>) -> Answer {
    let version = form.version()?;
    let outcome = form
        .then(async |_| {
            access
                .once(async |tx| {
                    withdraw(tx, id, Some(version)).await?;
                    Ok(Redirect::to(back(id)).toast("Estimate withdrawn"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { act: "withdraw", ..Open::default() }).await
}

pub async fn approve_it(
    access: Access<EstimatesWrite>,
    Path(id): Path<EstimateId>,
    form: Form<ApproveInput>,
) -> Answer {
    let version = form.version()?;
    let outcome = form
        .then(async |input| {
            access
                .once(async |tx| {
                    told_yes(tx, id, Some(version), &input).await?;
                    Ok(Redirect::to(back(id)).toast("Approved: the job is made"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { act: "approve", ..Open::default() }).await
}

pub async fn decline_it(
    access: Access<EstimatesWrite>,
    Path(id): Path<EstimateId>,
    form: Form<DeclineInput>,
) -> Answer {
    let version = form.version()?;
    let outcome = form
        .then(async |input| {
            access
                .once(async |tx| {
                    told_no(tx, id, Some(version), &input).await?;
                    Ok(Redirect::to(back(id)).toast("Declined"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { act: "decline", ..Open::default() }).await
}
