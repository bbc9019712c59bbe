//! Charges a kept card with what is open on an invoice: written down first, then sent, so that nothing is charged that we do not know of.
use billing::invoice::{self, Status as Paper};
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx, Uuid,
    http::{Created, Form, Json, Nothing, Path, Redirect, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CardCharge, CardChargeBegun, Row, find, send::SendCharge};
use crate::{
    CardId, ChargeId, InvoiceId, account,
    checkout::{
        self,
        open::{InTheWay, end},
        takes,
    },
    on_file,
    permissions::PaymentsCharge,
    provider,
};

sql! {
    // So that nobody removes it at the same moment; `on_file::remove` holds it too.
    fn share(card: CardId) -> Option<CardId> = "
        select id from card_on_file where tenant_id = $1 and id = $2 and removed_at is null for share";
    fn insert(id: ChargeId, card: CardId, invoice: InvoiceId, amount_minor: i64, currency: String, by_plan: bool, look_at: Timestamp, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into card_charge (tenant_id, id, card_id, invoice_id, amount_minor, currency, by_plan, status, look_at, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, 'sending', $8, $9, $9, $10)";
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CardChargeInput")]
pub struct Ask {
    /// Which of the customer's cards; the one that was kept last when left out.
    #[serde(default)]
    pub card_id: Option<CardId>,
}
impl Input for Ask {
    fn check(&mut self, _: &mut Checks) {}
}

/// Nobody pays meanwhile on a page of the provider's that is still open.
pub(super) async fn clear(scope: &Scope, invoice: InvoiceId) -> Result<Result<(), InTheWay>> {
    let Some(before) = scope.read(checkout::newest(invoice)).await? else { return Ok(Ok(())) };
    match provider::of(scope).await? {
        Some(provider) => end(scope, provider.as_ref(), &before).await,
        None => Ok(Ok(())),
    }
}

/// What is open on it at this very moment. `by_plan` names no card and nobody.
pub(super) async fn begin(
    tx: &mut TenantTx,
    invoice: InvoiceId,
    card: Option<CardId>,
    by_plan: bool,
) -> Result<CardCharge> {
    let (head, _) = invoice::hold(tx, invoice, None).await?;
    let number = head.called();
    let (live, page) = tx.run((account::live(), checkout::newest(invoice))).await?;
    if live.is_none() {
        return Err(Error::refused("No card provider is connected."));
    }
    // Whoever opens a page holds the invoice too, and looks whether a card is being charged.
    if page.is_some_and(|page| page.is_under_way()) {
        return Err(match by_plan {
            true => Error::Unready("somebody is paying it on a page right now"),
            false => Error::refused("Somebody is paying it on a page right now."),
        });
    }
    if !matches!(head.status, Paper::Issued | Paper::PartPaid) || head.balance_minor() <= 0 {
        return Err(Error::refused(format!("Nothing is open on {number}.")));
    }
    if !takes(head.currency()) {
        return Err(Error::refused(format!("The provider takes no {} from cards.", head.currency)));
    }
    let kept = tx.run(on_file::of_customer(head.customer_id)).await?;
    let found = match card {
        Some(card) => kept.iter().find(|one| one.id == card),
        None => kept.first(),
    };
    let Some(found) = found else {
        return Err(match card {
            Some(_) => Error::field("/card_id", "missing", "This customer keeps no such card, or no longer."),
            None => {
                Error::refused("This customer keeps no card. They can, on the page of the invoice or in the portal.")
            }
        });
    };
    if tx.run(share(found.id)).await?.is_none() {
        return Err(Error::refused("The card was removed this very moment."));
    }
    let (id, now, by) = (ChargeId::new(), tx.now(), tx.user());
    // If nothing is heard of it, it is sent once more under the same key.
    let look_at = now.saturating_add(SignedDuration::from_mins(10)).unwrap_or(now);
    let (minor, currency) = (head.balance_minor(), head.currency.clone());
    tx.run(insert(id, found.id, invoice, minor, currency.clone(), by_plan, look_at, now, by)).await?;
    tx.tell(&CardChargeBegun {
        charge: id,
        card: found.id,
        invoice,
        customer: head.customer_id,
        number,
        called: found.called(),
        amount_minor: minor,
        currency,
        by_plan,
    });
    tx.enqueue(&SendCharge { charge: id });
    tx.run(find(id)).await?.map(Row::shown).ok_or(Error::NotFound)
}

pub async fn api(
    access: Access<PaymentsCharge>,
    Path(invoice): Path<InvoiceId>,
    Json(input): Json<Ask>,
) -> Result<Repeatable<Created<CardCharge>>> {
    access.read(invoice::head(invoice)).await?.ok_or(Error::NotFound)?;
    clear(&access, invoice).await?.map_err(|way| way.refused(&access))?;
    access
        .once(async |tx: &mut TenantTx| {
            let body = begin(tx, invoice, input.card_id, false).await?;
            Ok(Created { location: format!("/api/v1/card-charges/{}", body.id), body })
        })
        .await
}

pub async fn post(
    access: Access<PaymentsCharge>,
    Path((invoice, card)): Path<(InvoiceId, CardId)>,
    form: Form<Nothing>,
) -> Result<Repeatable<Redirect>> {
    access.read(invoice::head(invoice)).await?.ok_or(Error::NotFound)?;
    clear(&access, invoice).await?.map_err(|way| way.refused(&access))?;
    let work = async |_: Nothing| {
        access
            .once(async |tx: &mut TenantTx| {
                begin(tx, invoice, Some(card), false).await?;
                Ok(Redirect::to(format!("/invoices/{invoice}")).toast("The card is being charged"))
            })
            .await
    };
    form.then(work).await?.map_err(kernel::http::Typed::refused)
}
