//! Sends an invoice that came round to its customer, once; who has no address gets it otherwise.
use customers::customer;
use kernel::{Result, Scope, job::Job};

use crate::{
    InvoiceId,
    invoice::{Status, view},
    letter::{self, Kind, SendInput},
};

#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct SendBilled {
    pub invoice: InvoiceId,
}
impl Job for SendBilled {
    const KIND: &'static str = "billing.send_billed";
    fn key(&self) -> Option<String> {
        Some(self.invoice.to_string())
    }
    async fn run(self, scope: Scope) -> Result<()> {
        let invoice = view(&scope, self.invoice).await?;
        let (who, letters) =
            scope.read((customer::find(invoice.head.customer_id), letter::of_invoice(self.invoice))).await?;
        let sent = letters.iter().any(|one| one.kind == Kind::Invoice);
        if sent || who.email.is_none() || invoice.head.status == Status::Void {
            return Ok(());
        }
        let sending = letter::send(&scope, self.invoice, &SendInput::default()).await?;
        scope.retrying(async |tx| sending.queue(tx).await).await
    }
}
