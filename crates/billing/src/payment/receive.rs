//! Money that a provider says has come: it is there, so it is never refused. What the invoice no longer needs is the customer's credit.
use jiff::civil::Date;
use kernel::{Money, Result, TenantTx};

use super::{
    Method, Payment,
    record::{PaymentInput, keep},
};
use crate::{
    InvoiceId,
    invoice::{Status, hold},
};

pub struct Received {
    pub invoice: InvoiceId,
    pub amount: Money,
    /// As the provider calls it.
    pub reference: String,
    pub on: Date,
}

pub async fn receive(tx: &mut TenantTx, received: Received) -> Result<Payment> {
    let Received { invoice, amount, reference, on } = received;
    let (found, _) = hold(tx, invoice, None).await?;
    let open = match found.status {
        Status::Issued | Status::PartPaid => found.balance_minor().max(0),
        // Paid otherwise meanwhile, void, or given up.
        Status::Draft | Status::Paid | Status::WrittenOff | Status::Void => 0,
    };
    let kept = (amount.minor - open).max(0);
    let input = PaymentInput {
        amount,
        method: Method::Card,
        reference: Some(reference),
        received_on: Some(on),
        keep_rest: true,
    };
    keep(tx, found, input, kept, on).await
}
