//! The ledger: accounts, balanced vouchers, the trial balance.
pub mod account;
pub mod close;
pub mod journal;
pub mod page;
pub mod post;
pub mod receivables;
pub mod tax_report;
pub mod trial_balance;
pub mod vouchers;

use kernel::{Result, TenantTx, sql, text_enum};
use uuid::Uuid;

text_enum! {
    pub enum Kind {
        Invoice = "invoice": "Invoice",
        Payment = "payment": "Payment",
        PaymentReversal = "payment_reversal": "Payment taken back",
        Void = "void": "Void",
        CreditNote = "credit_note": "Credit note",
        CreditUsed = "credit_used": "Credit used",
        Refund = "refund": "Money given back",
        WriteOff = "write_off": "Written off",
        WriteOffReversal = "write_off_reversal": "Write-off taken back",
        CardFee = "card_fee": "Fee of a card payment",
        CardRefund = "card_refund": "Given back to a card",
        CardRefundReversal = "card_refund_reversal": "Given back to a card in vain",
        Dispute = "dispute": "Card payment disputed",
        DisputeClosed = "dispute_closed": "Dispute decided",
        Payout = "payout": "Paid out by the card provider",
        PayoutReversal = "payout_reversal": "Payout that came back",
        PayoutFees = "payout_fees": "Fees of the card provider",
        Earned = "earned": "Earned of what was paid in advance",
        EarnedReversal = "earned_reversal": "Earned, taken back",
    }
}
text_enum! {
    pub enum AccountKind {
        Asset = "asset": "Asset",
        Liability = "liability": "Liability",
        Equity = "equity": "Equity",
        Income = "income": "Income",
        Expense = "expense": "Expense",
    }
}

kernel::heard! { "ledger." by everybody }

kernel::promise! {
    "voucher_balances": "", "A voucher's debits and credits are equal. This one's are not, so nothing was posted.";
}

pub const CASH: &str = "1000";
pub const BANK: &str = "1010";
pub const CARD: &str = "1020";
pub const CARD_ONLINE: &str = "1030";
pub const DISPUTED: &str = "1040";
pub const RECEIVABLE: &str = "1100";
pub const CREDITS: &str = "2100";
pub const DEPOSITS: &str = "2150";
pub const TAX: &str = "2200";
pub const DEFERRED: &str = "2300";
pub const REVENUE: &str = "4000";
pub const CARD_FEES: &str = "6050";
pub const BAD_DEBTS: &str = "6100";

/// What every company's books begin with.
const STARTER: &[(&str, &str, AccountKind)] = &[
    (CASH, "Cash and cheques on hand", AccountKind::Asset),
    (BANK, "Bank", AccountKind::Asset),
    (CARD, "Card terminal, not yet paid out", AccountKind::Asset),
    (CARD_ONLINE, "Cards online, not yet paid out", AccountKind::Asset),
    (DISPUTED, "Card payments in dispute", AccountKind::Asset),
    (RECEIVABLE, "Accounts receivable", AccountKind::Asset),
    (CREDITS, "Credit kept for customers", AccountKind::Liability),
    (DEPOSITS, "Deposits of customers", AccountKind::Liability),
    (TAX, "Sales tax payable", AccountKind::Liability),
    (DEFERRED, "Deferred revenue", AccountKind::Liability),
    ("3000", "Owner's equity", AccountKind::Equity),
    (REVENUE, "Service revenue", AccountKind::Income),
    ("5000", "Cost of jobs", AccountKind::Expense),
    ("6000", "Running costs", AccountKind::Expense),
    (CARD_FEES, "Fees of card payments", AccountKind::Expense),
    (BAD_DEBTS, "Bad debts", AccountKind::Expense),
];

sql! {
    fn any() -> bool = "select exists (select 1 from ledger_account where tenant_id = $1) as present";
    fn add(id: Uuid, code: String, name: String, kind: AccountKind) -> u64 = "
        insert into ledger_account (tenant_id, id, code, name, kind) values ($1, $2, $3, $4, $5)
        on conflict (tenant_id, code) do nothing";
}

/// The starter accounts, made when a company's first voucher needs them.
async fn seed(tx: &mut TenantTx) -> Result<()> {
    if tx.run(any()).await? {
        return Ok(());
    }
    let add =
        |(code, name, kind): &(&str, &str, AccountKind)| add(Uuid::now_v7(), (*code).into(), (*name).into(), *kind);
    tx.run(STARTER.iter().map(add).collect::<Vec<_>>()).await?;
    Ok(())
}
