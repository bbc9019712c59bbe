//! Billing: invoices from the work or by hand, payments by hand, and the double-entry ledger behind both.
pub mod bill_to;
mod collected;
pub mod credit;
pub mod credit_note;
pub mod deferral;
pub mod deposit;
mod finder;
mod follow;
pub mod invoice;
pub mod job_paper;
pub mod ledger;
pub mod letter;
pub mod letterhead;
mod panels;
pub mod payment;
pub mod permissions;
pub mod reader;
pub mod recurring;
pub mod series;
pub mod statement;
mod stories;
pub mod tax_choice;
pub mod words;
pub mod write_off;
pub mod written;

pub use permissions::*;

kernel::id!(
    InvoiceId,
    LineId,
    PaymentId,
    VoucherId,
    CreditNoteId,
    CreditId,
    WriteOffId,
    CloseId,
    LedgerAccountId,
    InvoiceLetterId,
    ReminderTermsId,
    PlanBillingId,
    PlanPeriodId,
    DeferralId,
    DeferralPartId
);
pub use customers::CustomerId;
pub use work::WorkOrderId;

use kernel::Module;
use scheduling::{BoardRead, visit};

pub fn module() -> Module {
    Module::new("billing")
        .keeps_amounts(|scope| Box::pin(invoice::any(scope)))
        .get("/api/v1/invoices", invoice::list::api, "List invoices, newest first; open ones by due date")
        .post("/api/v1/invoices", invoice::draft::api, "Draft an invoice")
        .get("/api/v1/invoices/{id}", invoice::api, "One invoice with lines, taxes and payments")
        .patch("/api/v1/invoices/{id}", invoice::edit::api, "Change a draft")
        .delete("/api/v1/invoices/{id}", invoice::discard::api, "Throw a draft away")
        .post("/api/v1/invoices/{id}/issue", invoice::issue::api, "Give it the next number and lock it")
        .post("/api/v1/invoices/{id}/void", invoice::void::api, "Void an unpaid invoice")
        .post("/api/v1/invoices/{id}/payments", payment::record::api, "Record a payment")
        .post("/api/v1/invoices/{id}/credit", credit::apply::api, "Use the customer's credit on an invoice")
        .post("/api/v1/invoices/{id}/send", letter::api, "Send an issued invoice to its customer")
        .get("/api/v1/invoices/{id}/link", reader::link_api, "Where its customer sees and pays it")
        .get("/invoice/{token}", reader::page, "An invoice, by the link in the letter")
        .get("/invoice/{token}/pdf", reader::pdf, "The invoice as PDF, by the link")
        .get("/api/v1/appointments/{id}/deposit", deposit::api, "How it stands with a visit's deposit")
        .post("/api/v1/appointments/{id}/deposit", deposit::ask_api, "Invoice the deposit that was agreed for a visit")
        .post("/appointments/{id}/deposit", deposit::ask_post, "Invoice a visit's deposit")
        .get("/api/v1/reminder-terms", letter::terms::api, "When customers are reminded of late invoices")
        .put("/api/v1/reminder-terms", letter::terms::change_api, "Say when customers are reminded")
        .get("/api/v1/invoices/{id}/credit-notes", credit_note::list_api, "The credit notes of an invoice")
        .post("/api/v1/invoices/{id}/credit-notes", credit_note::issue_api, "Give an invoice back, whole or in part")
        .get("/api/v1/credit-notes/{id}", credit_note::api, "One credit note")
        .get("/api/v1/credit-notes/{id}/pdf", credit_note::pdf_api, "The credit note as PDF")
        .post("/api/v1/invoices/{id}/write-off", write_off::api, "Write off what is open")
        .post("/api/v1/invoices/{id}/write-off/reverse", write_off::reverse_api, "Take a write-off back")
        .get("/api/v1/customers/{id}/credits", credit::api, "A customer's credit and what became of it")
        .post("/api/v1/customers/{id}/refunds", credit::refund::api, "Pay a customer's credit out")
        .get(
            "/api/v1/customers/{id}/statement",
            statement::api,
            "What a customer was charged and paid, and what is open",
        )
        .get("/api/v1/customers/{id}/statement/pdf", statement::pdf_api, "The statement as PDF")
        .post("/api/v1/customers/{id}/statement/send", statement::send_api, "Send the statement to its customer")
        .get("/api/v1/payments/{id}/receipt", payment::receipt::api, "The receipt of a payment as PDF")
        .get("/api/v1/payments", payment::list::api, "List payments, newest first")
        .get("/api/v1/payments/{id}", payment::reverse::one, "One payment")
        .post("/api/v1/payments/{id}/reverse", payment::reverse::api, "Take a payment back")
        .get("/api/v1/ledger/trial-balance", ledger::trial_balance::api, "Debits and credits of every account")
        .get("/api/v1/ledger/receivables", ledger::receivables::api, "What customers owe on a day, by age")
        .get("/api/v1/ledger/taxes", ledger::tax_report::api, "What was charged as tax in a period")
        .get("/api/v1/ledger/journal", ledger::journal::api, "Every entry of every voucher, in order")
        .get("/api/v1/ledger/accounts", ledger::account::list_api, "The accounts of the books")
        .get("/api/v1/ledger/accounts/{id}", ledger::account::api, "One account")
        .patch("/api/v1/ledger/accounts/{id}", ledger::account::change_api, "Call an account something else")
        .get("/api/v1/ledger/close", ledger::close::api, "Up to which day the books are closed")
        .put("/api/v1/ledger/close", ledger::close::change_api, "Close the books up to a day, or open them")
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
        .get(
            "/api/v1/work-orders/{id}/pdf",
            job_paper::api,
            "The job as PDF: what was done and used, what was asked, who signed",
        )
        .get("/jobs/{id}/pdf", job_paper::api, "The job as PDF")
        .get("/invoices/{id}/pdf", invoice::paper::api, "The invoice as PDF")
        .post("/invoices/{id}/lines", invoice::post::add_line, "Add a line")
        .post("/invoices/{id}/lines/{line}", invoice::post::change_line, "Change a line")
        .post("/invoices/{id}/lines/{line}/remove", invoice::post::remove_line, "Remove a line")
        .post("/invoices/{id}/deposits/{deposit}", invoice::post::take_off, "Take a deposit off")
        .post("/invoices/{id}/words", invoice::post::words, "Change terms and words")
        .post("/invoices/{id}/issue", invoice::post::issue_it, "Issue the invoice")
        .post("/invoices/{id}/discard", invoice::post::discard_it, "Discard the draft")
        .post("/invoices/{id}/void", invoice::post::void_it, "Void the invoice")
        .get("/invoices/{id}/credit-note", credit_note::page, "Form of a credit note")
        .post("/invoices/{id}/credit-note", credit_note::post, "Give an invoice back, whole or in part")
        .get("/credit-notes/{id}/pdf", credit_note::pdf_api, "The credit note as PDF")
        .post("/invoices/{id}/credit", credit::page::apply_post, "Use the customer's credit")
        .post("/invoices/{id}/send", invoice::post::send_it, "Send the invoice to its customer")
        .get("/settings/reminders", letter::terms::page, "Reminders of late invoices")
        .post("/settings/reminders", letter::terms::post, "Say when customers are reminded")
        .post("/invoices/{id}/write-off", invoice::post::write_off_it, "Write off what is open")
        .post("/invoices/{id}/write-off/reverse", invoice::post::write_off_back, "Take a write-off back")
        .get("/customers/{id}/credit", credit::page::page, "A customer's credit")
        .post("/customers/{id}/credit/refund", credit::page::post, "Pay a customer's credit out")
        .get("/customers/{id}/statement", statement::page, "A customer's statement")
        .get("/customers/{id}/statement/pdf", statement::pdf_api, "The statement as PDF")
        .post("/customers/{id}/statement/send", statement::send_post, "Send the statement to its customer")
        .get("/payments/{id}/receipt", payment::receipt::api, "The receipt of a payment as PDF")
        .post("/invoices/{id}/payments", invoice::post::pay, "Record a payment")
        .post("/invoices/{id}/payments/{payment}/reverse", invoice::post::take_back, "Take a payment back")
        .get("/books", ledger::page::page, "Trial balance")
        .get("/books/receivables", ledger::receivables::page, "What customers owe, by age")
        .get("/books/taxes", ledger::tax_report::page, "Taxes of a period")
        .get("/books/journal", ledger::journal::page, "The journal")
        .get("/books/deferred", deferral::page, "What was paid in advance and is not earned yet")
        .get("/api/v1/ledger/deferred", deferral::api, "What plans were paid in advance for: billed, earned, left")
        .get("/books/deposits", deposit::owed_page, "What of deposits is owed to customers")
        .get("/api/v1/ledger/deposits", deposit::owed_api, "Deposits that are owed until the work is invoiced")
        .get("/books/accounts", ledger::account::page, "What the accounts are called")
        .post("/books/accounts/{id}", ledger::account::post, "Call an account something else")
        .get("/books/close", ledger::close::page, "Form to close the books")
        .post("/books/close", ledger::close::post, "Close the books up to a day, or open them")
        .get("/api/v1/maintenance-plans/{id}/billing", recurring::api, "What a plan costs, was billed and will be")
        .put(
            "/api/v1/maintenance-plans/{id}/billing",
            recurring::set_api,
            "Say what a plan costs, from the next period on",
        )
        .post("/api/v1/maintenance-plans/{id}/billing/stop", recurring::stop_api, "Bill a plan no longer")
        .get("/maintenance/{id}/billing", recurring::page, "Form of what a plan costs")
        .post("/maintenance/{id}/billing", recurring::post, "Say what a plan costs")
        .post("/maintenance/{id}/billing/stop", recurring::stop_post, "Bill a plan no longer")
        .panel::<InvoicesRead>("maintenance_plan.page", 10, recurring::panel)
        .job::<recurring::BillPlans>()
        .job::<recurring::SendBilled>()
        .every("billing.bill_plans", 900, recurring::bill_all)
        .job::<deferral::EarnDeferred>()
        .every("billing.earn_deferred", 3600, deferral::earn_all)
        .nav::<LedgerRead>(65, "Books", "/books", "landmark", 'o')
        .nav::<InvoicesRead>(60, "Invoices", "/invoices", "receipt-text", 'i')
        .panel::<InvoicesRead>("customer.rail", 30, panels::customer)
        .panel::<InvoicesRead>("work_order.rail", 30, panels::work_order)
        .panel::<work::WorkRead>("work_order.rail", 35, job_paper::panel)
        .every("billing.remind", 3600, letter::remind)
        .on("draft the invoice of a finished job", invoice::of_work::completed)
        .on("draft the fee of a visit called off", invoice::of_fee::cancelled)
        .on("let go the deposit of a visit nobody was home for", deposit::back::missed)
        .panel::<BoardRead>("appointment.panel", 50, deposit::panels::of_visit)
        .guest_panel(visit::ON_VISIT, 10, deposit::panels::of_guest)
        .guest_panel(visit::ON_CANCEL, 10, deposit::panels::before_cancelling)
        .panel::<InvoicesRead>("today.hand", 50, panels::hand)
        .panel::<InvoicesRead>("today.money", 10, panels::money)
        .finder::<InvoicesRead>("Invoices", finder::find)
        .action::<InvoicesWrite>("New invoice", "/invoices/new", "receipt-text", true)
}
