//! Using a customer's credit on an open invoice.
use jiff::civil::Date;
use kernel::{
    Checks, Error, Input, Money, Result, TenantTx,
    access::Access,
    http::{Json, One, Path, Repeatable},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Entry, Kind, held, keep};
use crate::{
    CreditId, CustomerId, InvoiceId,
    invoice::{self, Invoice, Status, hold},
    ledger::{self, post},
    payment::record::Settled,
    permissions::PaymentsWrite,
};

kernel::event! {
    /// A customer's credit settles an invoice, or part of it.
    pub struct CreditUsed = "credit.used", seen by crate::permissions::InvoicesRead {
        customer: CustomerId, invoice: InvoiceId, number: String, amount_minor: i64, currency: String, balance_minor: i64,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyInput {
    /// As much as there is and as is open when left out.
    #[serde(default)]
    pub amount: Option<Money>,
}
impl Input for ApplyInput {
    fn check(&mut self, checks: &mut Checks) {
        let some = self.amount.is_none_or(|amount| amount.minor > 0);
        checks.that(some, "amount", "range", "Use more than nothing.");
    }
}

pub async fn apply(tx: &mut TenantTx, id: InvoiceId, input: &ApplyInput, today: Date) -> Result<CreditId> {
    let (found, _) = hold(tx, id, None).await?;
    let number = found.called();
    if !matches!(found.status, Status::Issued | Status::PartPaid) {
        return Err(Error::refused(format!("Nothing is open on {number}.")));
    }
    let has = held(tx, found.customer_id).await?;
    if has <= 0 {
        return Err(Error::refused("This customer has no credit to use."));
    }
    let open = found.balance_minor();
    let minor = match input.amount {
        None => has.min(open),
        Some(amount) => {
            found.currency().only("/amount", "Invoices", Some(amount))?;
            let most = found.money(has.min(open));
            if amount.minor > most.minor {
                let says = format!("At most {} {} can be used here.", most.amount(), most.currency.code());
                return Err(Error::field("/amount", "more_than_there_is", says));
            }
            amount.minor
        }
    };
    let settled = Settled { credited: found.credited_minor + minor, ..Settled::of(&found) };
    let credit = keep(tx, Entry::of(Kind::Used, &found, -minor, today));
    tx.tell(&CreditUsed {
        customer: found.customer_id,
        invoice: id,
        number: number.clone(),
        amount_minor: minor,
        currency: found.currency.clone(),
        balance_minor: settled.open(found.total_minor),
    });
    settled.keep(tx, &found).await?;
    let voucher = post::Voucher {
        kind: ledger::Kind::CreditUsed,
        posted_on: today,
        subject: credit.0,
        invoice: Some(id),
        currency: found.currency,
        memo: format!("Credit used on {number}"),
    };
    let entries = [
        post::Entry::debit(ledger::CREDITS, minor, String::new()),
        post::Entry::credit(ledger::RECEIVABLE, minor, String::new()),
    ];
    post::post(tx, voucher, &entries).await?;
    Ok(credit)
}

pub async fn api(
    access: Access<PaymentsWrite>,
    Path(id): Path<InvoiceId>,
    Json(input): Json<ApplyInput>,
) -> Result<Repeatable<One<Invoice>>> {
    let today = access.local_now().date();
    access
        .once(async |tx| {
            apply(tx, id, &input, today).await?;
            invoice::find(tx, id, today).await.map(One)
        })
        .await
}
