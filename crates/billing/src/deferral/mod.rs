//! Revenue of plans that are paid in advance: owed to the customer when it is billed, and earned month by month.
//!
//! The parts of an invoice sum to what it is without tax. A part is earned on its day by a voucher of its own, once; what is given back
//! before that day goes back out of what is owed, what was earned already is taken back from the revenue.
mod back;
mod begin;
mod earn;
mod page;
mod report;

pub use back::{given_back, voided};
pub use begin::{Prepaid, begin};
pub use earn::{EarnDeferred, earn_all};
pub use page::page;
pub use report::api;

use jiff::civil::Date;
use kernel::{row, sql};

use crate::{DeferralId, DeferralPartId, InvoiceId};

row! {
    #[derive(Debug, Clone)]
    pub struct Deferral { pub id: DeferralId, pub amount_minor: i64, pub reversed_minor: i64 }
}
row! {
    #[derive(Debug, Clone)]
    pub struct Part { pub id: DeferralPartId, pub earns_on: Date, pub amount_minor: i64, pub returned_minor: i64, pub earned_on: Option<Date> }
}

impl Part {
    /// What is left of it: earned, or to be earned.
    fn left(&self) -> i64 {
        self.amount_minor - self.returned_minor
    }
}

sql! {
    fn of_invoice(invoice: InvoiceId) -> Option<Deferral> = "
        select id, amount_minor, reversed_minor from deferral where tenant_id = $1 and invoice_id = $2";
    fn parts_of(invoice: InvoiceId) -> Vec<Part> = "
        select p.id, p.earns_on, p.amount_minor, p.returned_minor, p.earned_on
        from deferral d join deferral_part p on p.tenant_id = $1 and p.deferral_id = d.id
        where d.tenant_id = $1 and d.invoice_id = $2 order by p.position";
    fn set_returned(id: DeferralPartId, returned_minor: i64) -> u64 = "
        update deferral_part set returned_minor = $3 where tenant_id = $1 and id = $2 and earned_on is null";
    fn set_reversed(id: DeferralId, reversed_minor: i64) -> u64 = "
        update deferral set reversed_minor = $3 where tenant_id = $1 and id = $2";
}
