//! Asking for the deposit of a visit: its invoice, issued once, however many ask at the same moment.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Form, Json, Nothing, Path, Redirect, Repeatable},
    sql,
};
use scheduling::{AppointmentId, appointment, say, terms};

use super::{VisitDeposit, of_visit};
use crate::{
    InvoiceId,
    invoice::{Status, of_deposit::ask_of_visit},
    permissions::InvoicesWrite,
};

sql! {
    fn hold(visit: AppointmentId) -> Option<AppointmentId> = "
        select id from appointment where tenant_id = $1 and id = $2 and status <> 'held' for no key update";
}

/// The same invoice, whoever asks again.
pub async fn ask(tx: &mut TenantTx, visit: AppointmentId) -> Result<InvoiceId> {
    // What is read after the visit is held was committed before it.
    let (_, found, agreed, before) =
        tx.run((hold(visit), appointment::find(visit), terms::of_visit(visit), of_visit(visit))).await?;
    let found = found.ok_or(Error::NotFound)?;
    let amount = agreed.and_then(|agreed| agreed.deposit());
    let amount = amount.ok_or_else(|| Error::refused("No deposit was agreed for this visit."))?;
    if !found.status.is_open() {
        let says = format!("This visit is {}; no deposit is asked for any more.", found.status.label().to_lowercase());
        return Err(Error::refused(says));
    }
    if let Some(before) = before.filter(|before| before.status != Status::Void) {
        return Ok(before.id);
    }
    let zone = tx.company().map(|company| company.locale.clone());
    let day = zone.map(|locale| say::day(say::local(found.starts_at, &locale).date()));
    let what = [Some(found.title.clone()), day].into_iter().flatten().collect::<Vec<_>>().join(", ");
    ask_of_visit(tx, &found, what, amount).await
}

pub async fn ask_api(
    access: Access<InvoicesWrite>,
    Path(id): Path<AppointmentId>,
) -> Result<Repeatable<Json<VisitDeposit>>> {
    access
        .once(async |tx| {
            ask(tx, id).await?;
            let (found, agreed, row) = tx.run((appointment::find(id), terms::of_visit(id), of_visit(id))).await?;
            Ok(Json(VisitDeposit::of(&found.ok_or(Error::NotFound)?, agreed.as_ref(), row.as_ref())))
        })
        .await
}

pub async fn ask_post(
    access: Access<InvoicesWrite>,
    Path(id): Path<AppointmentId>,
    form: Form<Nothing>,
) -> Result<Repeatable<Redirect>> {
    let asked = async |_: Nothing| {
        access
            .once(async |tx| {
                let invoice = ask(tx, id).await?;
                Ok(Redirect::to(format!("/invoices/{invoice}"))
                    .toast("The deposit is invoiced. Send it, or take the payment."))
            })
            .await
    };
    form.then(asked).await?.map_err(kernel::http::Typed::refused)
}
