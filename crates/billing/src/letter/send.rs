//! Sending an issued invoice to its customer.
use customers::customer;
use kernel::{
    Checks, Error, Input, Result, Scope, TenantTx,
    access::Access,
    http::{Json, One, Path, Repeatable},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Kind, insert, letter};
use crate::{
    CustomerId, InvoiceId, InvoiceLetterId,
    invoice::{self, Invoice, Status, view},
    permissions::InvoicesWrite,
};

kernel::event! {
    /// The invoice went to its customer by e-mail.
    pub struct InvoiceSent = "invoice.sent", seen by crate::permissions::InvoicesRead {
        invoice: InvoiceId, customer: CustomerId, number: String, sent_to: String,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "SendInvoice")]
pub struct SendInput {
    /// Where the letter goes; the customer's own address when left out.
    pub email: Option<String>,
    /// A paragraph in one's own words.
    pub words: Option<String>,
}
impl Input for SendInput {
    fn check(&mut self, checks: &mut Checks) {
        checks.email("email", &mut self.email);
        checks.optional("words", &mut self.words, 2000);
    }
}

fn may_send(invoice: &Invoice) -> Result<()> {
    match invoice.head.status {
        Status::Draft => Err(Error::refused("Issue this invoice first; then it can be sent.")),
        Status::Void => Err(Error::refused("A void invoice is not sent.")),
        _ => Ok(()),
    }
}

/// The letter goes out after COMMIT. The PDF is set before the transaction, so that no row is held meanwhile.
pub async fn send(scope: &Scope, id: InvoiceId, input: &SendInput) -> Result<Sending> {
    let invoice = view(scope, id).await?;
    may_send(&invoice)?;
    let who = scope.read(customer::find(invoice.head.customer_id)).await?;
    let email = input.email.clone().or(who.email).ok_or_else(|| {
        Error::field("/email", "required", "This customer has no e-mail address. Give the one it shall go to.")
    })?;
    let (customer, number) = (invoice.head.customer_id, invoice.head.number.clone().unwrap_or_default());
    let letter = letter(scope, invoice, &email, 0, input.words.as_deref()).await?;
    Ok(Sending { id, customer, number, email, letter })
}

/// A letter that is ready to go.
pub struct Sending {
    id: InvoiceId,
    customer: CustomerId,
    number: String,
    email: String,
    letter: mail::Letter,
}

impl Sending {
    pub async fn queue(&self, tx: &mut TenantTx) -> Result<()> {
        let (at, by) = (tx.now(), tx.user());
        tx.run(insert(InvoiceLetterId::new(), self.id, Kind::Invoice, 0, self.email.clone(), at, by)).await?;
        tx.tell(&InvoiceSent {
            invoice: self.id,
            customer: self.customer,
            number: self.number.clone(),
            sent_to: self.email.clone(),
        });
        mail::send(tx, self.letter.clone()).await.map(drop)
    }
}

pub async fn api(
    access: Access<InvoicesWrite>,
    Path(id): Path<InvoiceId>,
    Json(input): Json<SendInput>,
) -> Result<Repeatable<One<Invoice>>> {
    let today = access.local_now().date();
    let sending = send(&access, id, &input).await?;
    access
        .once(async |tx| {
            sending.queue(tx).await?;
            invoice::find(tx, id, today).await.map(One)
        })
        .await
}
