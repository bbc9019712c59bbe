//! Paying a customer's credit out.
use jiff::civil::Date;
use kernel::{
    Checks, Error, Input, Money, Result, TenantTx,
    access::Access,
    http::{Created, Json, Path, Repeatable},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Credit, Entry, Kind, find, held, keep};
use crate::{
    CreditId, CustomerId,
    ledger::{self, post},
    payment::Method,
    permissions::PaymentsWrite,
};

kernel::event! {
    /// Money went back to a customer.
    pub struct CreditRefunded = "credit.refunded", seen by crate::permissions::InvoicesRead {
        customer: CustomerId, credit: CreditId, amount_minor: i64, currency: String, method: Method,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundInput {
    pub amount: Money,
    pub method: Method,
    /// The number of the cheque, the reference of the transfer.
    #[serde(default)]
    pub reference: Option<String>,
    /// The day it went out; today when left out.
    #[serde(default)]
    pub paid_on: Option<Date>,
}
impl Input for RefundInput {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.amount.minor > 0, "amount", "range", "Give back more than nothing.");
        checks.optional("reference", &mut self.reference, 100);
        self.method.by_hand(checks);
    }
}

pub async fn refund(tx: &mut TenantTx, customer: CustomerId, input: RefundInput, today: Date) -> Result<CreditId> {
    tx.run(customers::customer::find(customer)).await?;
    let has = held(tx, customer).await?;
    let currency = tx.currency();
    currency.only("/amount", "Invoices", Some(input.amount))?;
    if input.amount.minor > has.max(0) {
        let has = Money::new(has.max(0), currency);
        let says = format!("This customer has {} {} of credit. Give back at most that.", has.amount(), currency.code());
        return Err(Error::field("/amount", "more_than_there_is", says));
    }
    let on = input.paid_on.unwrap_or(today);
    if on > today {
        return Err(Error::field("/paid_on", "future", "That day is still to come."));
    }
    let minor = input.amount.minor;
    let id = keep(
        tx,
        Entry {
            customer,
            kind: Kind::Refunded,
            minor: -minor,
            currency: currency.code().to_owned(),
            invoice: None,
            payment: None,
            note: None,
            method: Some(input.method),
            reference: input.reference,
            on,
        },
    );
    tx.tell(&CreditRefunded {
        customer,
        credit: id,
        amount_minor: minor,
        currency: currency.code().to_owned(),
        method: input.method,
    });
    let voucher = post::Voucher {
        kind: ledger::Kind::Refund,
        posted_on: on,
        subject: id.0,
        invoice: None,
        currency: currency.code().to_owned(),
        memo: format!("Credit paid out, {}", input.method.label().to_lowercase()),
    };
    let entries = [
        post::Entry::debit(ledger::CREDITS, minor, String::new()),
        post::Entry::credit(input.method.account(), minor, String::new()),
    ];
    post::post(tx, voucher, &entries).await?;
    Ok(id)
}

pub async fn api(
    access: Access<PaymentsWrite>,
    Path(customer): Path<CustomerId>,
    Json(input): Json<RefundInput>,
) -> Result<Repeatable<Created<Credit>>> {
    let today = access.local_now().date();
    access
        .once(async |tx| {
            let id = refund(tx, customer, input.clone(), today).await?;
            let body = tx.run(find(id)).await?.map(Credit::from).ok_or(Error::NotFound)?;
            Ok(Created { location: format!("/api/v1/customers/{customer}/credits"), body })
        })
        .await
}
