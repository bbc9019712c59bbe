//! Payments: invoices paid by card on the provider's own page, what the provider tells of them, what goes back, is disputed and paid out.
pub mod account;
pub mod card_payment;
pub mod charge;
pub mod checkout;
pub mod deposit;
pub mod dispute;
mod follow;
mod hand;
pub mod look;
pub mod on_file;
pub mod payout;
mod permissions;
pub mod provider;
pub mod refund;
mod stories;
pub mod webhook;

pub use billing::InvoiceId;
pub use permissions::*;

kernel::id!(
    AccountId,
    CheckoutId,
    CardPaymentId,
    CardRefundId,
    CardDisputeId,
    CardPayoutId,
    AgreementId,
    CardId,
    ChargeId
);

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
        .get("/api/v1/customers/{id}/cards", on_file::api, "The cards that a customer keeps, and what they agreed to")
        .delete("/api/v1/cards-on-file/{id}", on_file::remove::api, "Keep a card no longer")
        .get("/api/v1/invoices/{id}/charges", charge::list_api, "The attempts to charge an invoice to a kept card")
        .post("/api/v1/invoices/{id}/charges", charge::begin::api, "Charge a kept card with what is open")
        .get("/api/v1/card-charges/{id}", charge::api, "One attempt to charge a kept card")
        .post("/cards-on-file/{id}/remove", on_file::remove::post, "Keep a card no longer")
        .post("/invoices/{id}/charge/{card}", charge::begin::post, "Charge a kept card with what is open")
        .get("/api/v1/card-payouts/{id}", payout::contents::api, "One payout with all that it contains")
        .get("/books/payouts", payout::page::list, "What the card provider has paid out")
        .get("/books/payouts/{id}", payout::page::page, "One payout with all that it contains")
        .get("/settings/card-payments", account::page::page, "Card payments")
        .post("/settings/card-payments", account::page::connect_post, "Connect the provider")
        .post("/settings/card-payments/secret", account::page::secret_post, "Give the signing secret by hand")
        .post("/settings/card-payments/disconnect", account::page::disconnect_post, "Take no cards any more")
        .get("/card-payments/{id}/refund", refund::page::page, "Form to give a card payment back")
        .post("/card-payments/{id}/refund", refund::page::post, "Give a card payment back, whole or in part")
        .post("/invoice/{token}/pay", checkout::open::post, "To the provider's page, where the invoice is paid")
        .get("/invoice/{token}/paid", checkout::page::page, "Back from the provider's page")
        .post("/invoice/{token}/card", on_file::guest::post, "To the provider's page, where a card is kept")
        .post("/invoice/{token}/card/remove", on_file::guest::remove_post, "Keep a card no longer")
        .post("/visit/{token}/deposit", deposit::post, "To the provider's page, where a visit's deposit is paid")
        .get("/visit/{token}/deposit", deposit::page, "Back from the provider's page, to the visit")
        .post("/webhooks/stripe", webhook::post, "What Stripe tells, signed")
        .job::<look::Look>()
        .job::<refund::send::SendRefund>()
        .job::<charge::send::SendCharge>()
        .job::<on_file::remove::Forget>()
        .on("charge the invoice of a plan to the card its customer keeps", charge::plan::billed)
        .every("payments.tidy", 24 * 3600, webhook::tidy)
        .every("payments.reconcile", 900, look::reconcile)
        .panel::<InvoicesRead>(billing::reader::WAYS, 10, checkout::page::panel)
        .guest_panel("portal.invoice", 10, checkout::page::panel)
        .guest_panel(scheduling::visit::ON_VISIT, 20, deposit::panel)
        .guest_panel(scheduling::booking::HOW_PAID, 10, deposit::how_paid)
        .panel::<InvoicesRead>("invoice.side", 10, card_payment::panel::panel)
        .panel::<InvoicesRead>("invoice.side", 12, charge::panel::panel)
        .panel::<InvoicesRead>("customer.rail", 35, on_file::panel::panel)
        .panel::<InvoicesRead>("today.hand", 48, hand::hand)
}
