//! Payments on the page: recorded, and taken back.
use kernel::{
    Checks, Error, Input, Money,
    access::Access,
    http::{Form, Path, Redirect},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Done, back, end};
use crate::{
    InvoiceId, PaymentId,
    invoice::show::Open,
    payment::{
        Method,
        record::{PaymentInput, record},
        reverse::{ReverseInput, reverse},
    },
    permissions::PaymentsWrite,
};

/// A payment as people type it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentForm {
    #[serde(default)]
    pub amount: String,
    pub method: Method,
    #[serde(default)]
    pub reference: Option<String>,
    #[serde(default)]
    pub received_on: Option<jiff::civil::Date>,
    #[serde(default)]
    pub keep_rest: Option<bool>,
}

impl Input for PaymentForm {
    /// Whole only with the company's currency: `pay` checks it.
    fn check(&mut self, _: &mut Checks) {}
}

pub async fn pay(access: Access<PaymentsWrite>, Path(id): Path<InvoiceId>, form: Form<PaymentForm>) -> Done {
    let (currency, today) = (access.tenant().locale.currency, access.local_now().date());
    let outcome = form
        .then(async |input| {
            let amount = Money::parse(&input.amount, currency)
                .ok_or_else(|| Error::field("/amount", "money", "Write an amount such as 125.50."))?;
            let input = PaymentInput {
                amount,
                method: input.method,
                reference: input.reference,
                received_on: input.received_on,
                keep_rest: input.keep_rest == Some(true),
            }
            .checked()?;
            access
                .once(async |tx| {
                    record(tx, id, input.clone(), today).await?;
                    Ok(Redirect::to(back(id)).toast("Payment recorded"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { act: "pay", ..Open::default() }).await
}

pub async fn take_back(
    access: Access<PaymentsWrite>,
    Path((id, payment)): Path<(InvoiceId, PaymentId)>,
    form: Form<ReverseInput>,
) -> Done {
    let today = access.local_now().date();
    let outcome = form
        .then(async |input| {
            access
                .once(async |tx| {
                    reverse(tx, payment, Some(id), input.reason.clone(), today).await?;
                    Ok(Redirect::to(back(id)).toast("Payment taken back"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { act: "back", ..Open::default() }).await
}
