//! What becomes of the invoice as a whole: issued, discarded, voided, sent, written off.
use kernel::{
    access::Access,
    http::{Form, Nothing, Path, Redirect},
};

use super::{Done, back, end};
use crate::{
    InvoiceId,
    invoice::{
        discard::discard,
        issue::issue,
        show::Open,
        void::{VoidInput, void},
    },
    letter::{self, SendInput},
    permissions::InvoicesWrite,
    write_off::{self, WriteOffInput, write_off},
};

pub async fn issue_it(access: Access<InvoicesWrite>, Path(id): Path<InvoiceId>, form: Form<Nothing>) -> Done {
    let (version, today) = (form.version()?, access.local_now().date());
    let outcome = form
        .then(async |_| {
            access
                .once(async |tx| {
                    issue(tx, id, Some(version), today).await?;
                    Ok(Redirect::to(back(id)).toast("Invoice issued"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { act: "issue", ..Open::default() }).await
}

pub async fn discard_it(access: Access<InvoicesWrite>, Path(id): Path<InvoiceId>, form: Form<Nothing>) -> Done {
    let version = form.version()?;
    let outcome = form
        .then(async |_| {
            access
                .once(async |tx| {
                    discard(tx, id, Some(version)).await?;
                    Ok(Redirect::to("/invoices").toast("Draft discarded"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { act: "issue", ..Open::default() }).await
}

pub async fn void_it(access: Access<InvoicesWrite>, Path(id): Path<InvoiceId>, form: Form<VoidInput>) -> Done {
    let (version, today) = (form.version()?, access.local_now().date());
    let outcome = form
        .then(async |input| {
            access
                .once(async |tx| {
                    void(tx, id, Some(version), input.reason.clone(), today).await?;
                    Ok(Redirect::to(back(id)).toast("Invoice voided"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { act: "void", ..Open::default() }).await
}

pub async fn send_it(access: Access<InvoicesWrite>, Path(id): Path<InvoiceId>, form: Form<SendInput>) -> Done {
    let outcome = form
        .then(async |input| {
            let sending = letter::send(&access, id, &input).await?;
            access
                .once(async |tx| {
                    sending.queue(tx).await?;
                    Ok(Redirect::to(back(id)).toast("On its way"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { act: "send", ..Open::default() }).await
}

pub async fn write_off_it(access: Access<InvoicesWrite>, Path(id): Path<InvoiceId>, form: Form<WriteOffInput>) -> Done {
    let (version, today) = (form.version()?, access.local_now().date());
    let outcome = form
        .then(async |input| {
            access
                .once(async |tx| {
                    write_off(tx, id, Some(version), input.reason.clone(), today).await?;
                    Ok(Redirect::to(back(id)).toast("Written off"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { act: "write-off", ..Open::default() }).await
}

pub async fn write_off_back(access: Access<InvoicesWrite>, Path(id): Path<InvoiceId>, form: Form<Nothing>) -> Done {
    let (version, today) = (form.version()?, access.local_now().date());
    let outcome = form
        .then(async |_| {
            access
                .once(async |tx| {
                    write_off::reverse(tx, id, Some(version), today).await?;
                    Ok(Redirect::to(back(id)).toast("Open again"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { act: "issue", ..Open::default() }).await
}
