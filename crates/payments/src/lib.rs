//! Payments: invoices paid by card on the provider's own page, what the provider tells of them, what goes back, is disputed and paid out.
pub mod account;
pub mod card_payment;
pub mod checkout;
pub mod deposit;
pub mod dispute;
mod hand;
pub mod look;
pub mod payout;
mod permissions;
pub mod provider;
pub mod refund;
pub mod webhook;

pub use billing::InvoiceId;
pub use permissions::*;

kernel::id!(AccountId, CheckoutId, CardPaymentId, CardRefundId, CardDisputeId, CardPayoutId);

use billing::InvoicesRead;
use kernel::Module;

pub fn module() -> Module {
    Module::new("payments")
        .get("/api/v1/payment-provider", account::api, "With which provider cards are taken")
        .put("/api/v1/payment-provider", account::connect::api, "Connect the provider by its secret key")
        .delete("/api/v1/payment-provider", account::disconnect::api, "Take no cards any more")
        .put("/api/v1/payment-provider/signing-secret", account::secret::api, "Give the signing secret by hand")
        .get("/api/v1/card-payments", card_payment::list::api, "List card payments, newest first")
        .get("/api/v1/card-payments/{id}", card_payment::api, "One card payment with what went back and disputes")
        .post("/api/v1/card-payments/{id}/refunds", refund::ask::api, "Give a card payment back, whole or in part")
        .get("/api/v1/card-payouts", payout::api, "What the provider has paid out, newest first")
        .get("/settings/card-payments", account::page::page, "Card payments")
        .post("/settings/card-payments", account::page::connect_post, "Connect the provider")
        .post("/settings/card-payments/secret", account::page::secret_post, "Give the signing secret by hand")
        .post("/settings/card-payments/disconnect", account::page::disconnect_post, "Take no cards any more")
        .get("/card-payments/{id}/refund", refund::page::page, "Form to give a card payment back")
        .post("/card-payments/{id}/refund", refund::page::post, "Give a card payment back, whole or in part")
        .post("/invoice/{token}/pay", checkout::open::post, "To the provider's page, where the invoice is paid")
        .get("/invoice/{token}/paid", checkout::page::page, "Back from the provider's page")
        .post("/visit/{token}/deposit", deposit::post, "To the provider's page, where a visit's deposit is paid")
        .get("/visit/{token}/deposit", deposit::page, "Back from the provider's page, to the visit")
        .post("/webhooks/stripe", webhook::post, "What Stripe tells, signed")
        .job::<look::Look>()
        .job::<refund::send::SendRefund>()
        .every("payments.reconcile", 900, look::reconcile)
        .panel::<InvoicesRead>(billing::reader::WAYS, 10, checkout::page::panel)
        .guest_panel("portal.invoice", 10, checkout::page::panel)
        .guest_panel(scheduling::visit::ON_VISIT, 20, deposit::panel)
        .guest_panel(scheduling::booking::HOW_PAID, 10, deposit::how_paid)
        .panel::<InvoicesRead>("invoice.side", 10, card_payment::panel::panel)
        .panel::<InvoicesRead>("today.hand", 48, hand::hand)
}
