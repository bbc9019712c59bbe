//! What one may do with invoices, payments and the ledger.
kernel::permission! {
    pub InvoicesRead = "invoices.read": "See invoices and what customers owe", [ServiceManager, Dispatcher, Member, Viewer];
    pub InvoicesWrite = "invoices.write": "Draft, issue and void invoices", [ServiceManager, Dispatcher];
    pub PaymentsWrite = "payments.write": "Record payments and take them back", [ServiceManager, Dispatcher];
    pub RecurringWrite = "recurring.write": "Say what maintenance plans cost and when they are billed", [ServiceManager];
    pub LedgerRead = "ledger.read": "See the books: vouchers, trial balance, receivables, taxes", [ServiceManager], whole;
    pub LedgerWrite = "ledger.write": "Say what the accounts of the books are called", [], whole;
    pub LedgerClose = "ledger.close": "Close the books up to a day, and open them again", [], whole;
}
