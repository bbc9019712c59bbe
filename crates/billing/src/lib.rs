//! Billing: invoices from the work or by hand, payments by hand, and the double-entry ledger behind both.
pub mod bill_to;
mod collected;
mod finder;
mod follow;
pub mod invoice;
pub mod ledger;
pub mod letterhead;
mod panels;
pub mod payment;
pub mod permissions;
pub mod series;
mod stories;
pub mod written;

pub use permissions::*;

kernel::id!(InvoiceId, LineId, PaymentId, VoucherId);
pub use customers::CustomerId;
pub use work::WorkOrderId;

use kernel::Module;

pub fn module() -> Module {
    Module::new("billing")
        .get("/api/v1/invoices", invoice::list::api, "List invoices, newest first; open ones by due date")
        .post("/api/v1/invoices", invoice::draft::api, "Draft an invoice")
        .get("/api/v1/invoices/{id}", invoice::api, "One invoice with lines, taxes and payments")
        .patch("/api/v1/invoices/{id}", invoice::edit::api, "Change a draft")
        .delete("/api/v1/invoices/{id}", invoice::discard::api, "Throw a draft away")
        .post("/api/v1/invoices/{id}/issue", invoice::issue::api, "Give it the next number and lock it")
        .post("/api/v1/invoices/{id}/void", invoice::void::api, "Void an unpaid invoice")
        .post("/api/v1/invoices/{id}/payments", payment::record::api, "Record a payment")
        .get("/api/v1/payments", payment::list::api, "List payments, newest first")
        .get("/api/v1/payments/{id}", payment::reverse::one, "One payment")
        .post("/api/v1/payments/{id}/reverse", payment::reverse::api, "Take a payment back")
        .get("/api/v1/ledger/trial-balance", ledger::trial_balance::api, "Debits and credits of every account")
        .get("/api/v1/ledger/vouchers", ledger::vouchers::api, "List vouchers, newest first")
        .get("/api/v1/ledger/vouchers/{id}", ledger::vouchers::one, "One voucher with its entries")
        .get("/api/v1/invoices/{id}/pdf", invoice::paper::api, "The invoice as PDF")
        .get("/invoices", invoice::page::page, "List of invoices")
        .get("/invoices/rows", invoice::page::rows, "More rows of the list")
        .get("/invoices/part", invoice::page::part, "The list alone")
        .get("/invoices/new", invoice::new::page, "Whom a new invoice is for")
        .post("/invoices/new/{id}", invoice::new::post, "Write an invoice")
        .get("/invoices/{id}", invoice::show::page, "Page of an invoice")
        .get("/invoices/{id}/part", invoice::show::part, "Paper and side alone")
        .get("/invoices/{id}/pdf", invoice::paper::api, "The invoice as PDF")
        .post("/invoices/{id}/lines", invoice::post::add_line, "Add a line")
        .post("/invoices/{id}/lines/{line}", invoice::post::change_line, "Change a line")
        .post("/invoices/{id}/lines/{line}/remove", invoice::post::remove_line, "Remove a line")
        .post("/invoices/{id}/words", invoice::post::words, "Change terms and words")
        .post("/invoices/{id}/issue", invoice::post::issue_it, "Issue the invoice")
        .post("/invoices/{id}/discard", invoice::post::discard_it, "Discard the draft")
        .post("/invoices/{id}/void", invoice::post::void_it, "Void the invoice")
        .post("/invoices/{id}/payments", invoice::post::pay, "Record a payment")
        .post("/invoices/{id}/payments/{payment}/reverse", invoice::post::take_back, "Take a payment back")
        .nav::<InvoicesRead>(60, "Invoices", "/invoices", "receipt-text", 'i')
        .panel::<InvoicesRead>("customer.rail", 30, panels::customer)
        .panel::<InvoicesRead>("work_order.rail", 30, panels::work_order)
        .on("draft the invoice of a finished job", invoice::of_work::completed)
        .on("draft the fee of a visit called off", invoice::of_fee::cancelled)
        .panel::<InvoicesRead>("today.hand", 50, panels::hand)
        .panel::<InvoicesRead>("today.money", 10, panels::money)
        .finder::<InvoicesRead>("Invoices", finder::find)
        .action::<InvoicesWrite>("New invoice", "/invoices/new", "receipt-text", true)
}
