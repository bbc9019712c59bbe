//! Writing off what nobody will pay any more, and taking that back when somebody does.
mod reverse;
mod write;

use jiff::civil::Date;
use kernel::{row, sql};

pub use reverse::{api as reverse_api, reverse};
pub use write::{WriteOffInput, api, write_off};

use crate::{InvoiceId, WriteOffId};

row! {
    #[derive(Debug, Clone)]
    pub struct WriteOff { pub id: WriteOffId, pub amount_minor: i64, pub on_day: Date, pub reason: String }
}

sql! {
    /// The one that counts.
    pub fn standing(invoice: InvoiceId) -> Option<WriteOff> = "
        select id, amount_minor, on_day, reason from write_off where tenant_id = $1 and invoice_id = $2 and reversed_on is null";
}
kernel::promise! { "write_off_once": "", "It was written off at the same moment by somebody else. Load the page again." }
