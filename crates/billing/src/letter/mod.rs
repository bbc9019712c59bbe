//! Invoices by e-mail: sent with their PDF, and reminders of those that are late.
mod remind;
mod send;
pub mod terms;

use jiff::Timestamp;
use kernel::{Result, Scope, row, sight, sql, text_enum};
use mail::{Letter, Purpose};

pub use remind::remind;
pub use send::{SendInput, api, send};

use crate::{
    InvoiceId, InvoiceLetterId,
    invoice::{Invoice, paper},
    reader::link,
    written,
};

text_enum! {
    pub enum Kind { Invoice = "invoice": "Sent", Reminder = "reminder": "Reminded" }
}

row! {
    /// A letter that went out, or shall.
    #[derive(Debug, Clone)]
    pub struct Sent { pub kind: Kind, pub stage: i32, pub sent_to: String, pub created_at: Timestamp }
}

sql! {
    /// In order.
    pub fn of_invoice(id: InvoiceId) -> Vec<Sent> = "
        select kind, stage, sent_to, created_at from invoice_letter where tenant_id = $1 and invoice_id = $2 order by id limit 50";
    fn insert(id: InvoiceLetterId, invoice: InvoiceId, kind: Kind, stage: i32, sent_to: String, at: Timestamp, by: Option<uuid::Uuid>) -> u64 = "
        insert into invoice_letter (tenant_id, id, invoice_id, kind, stage, sent_to, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (tenant_id, invoice_id, stage) where kind = 'reminder' do nothing";
}

/// The invoice as its customer reads it, with the PDF. `stage` above nothing: a reminder.
async fn letter(scope: &Scope, invoice: Invoice, email: &str, stage: i32, words: Option<&str>) -> Result<Letter> {
    let (tenant, head) = (scope.tenant().clone(), invoice.head.clone());
    let number = head.number.clone().unwrap_or_default();
    let due = head.due_on.map(written::day).unwrap_or_default();
    // The letter is the customer's and has its prices, whoever sends it.
    let (total, open) = sight::whole(|| (written::money(&tenant, head.total), written::money(&tenant, head.balance)));
    let company = &tenant.name;
    let (subject, first, purpose) = match stage {
        0 => (
            format!("Invoice {number} from {company}"),
            "thank you for having us. Your invoice is attached.".to_owned(),
            Purpose::Transactional,
        ),
        1 => (
            format!("A reminder: invoice {number} from {company}"),
            format!(
                "invoice {number} was due on {due} and is still open. Perhaps it slipped through; it is attached once more. If you have paid meanwhile, please forget this letter."
            ),
            Purpose::Reminder,
        ),
        _ => (
            format!("Still open: invoice {number} from {company}"),
            format!(
                "invoice {number} has been due since {due}, and we have written before. Please pay it, or tell us if something is wrong with it: an answer to this letter reaches us."
            ),
            Purpose::Reminder,
        ),
    };
    let mut facts = vec![("Invoice".to_owned(), number.clone()), ("Total".to_owned(), total)];
    if head.balance.minor != head.total.minor {
        facts.push(("Open".to_owned(), open));
    }
    facts.push(("Due".to_owned(), due));
    let path = link::path(scope, head.id)?;
    let bytes = paper::bytes_of(scope, invoice).await?;
    let mut letter = Letter::to(email, head.customer_name.clone(), subject).purpose(purpose).about("invoice", head.id);
    letter = letter.greeting(format!("Hello {},", head.customer_name)).paragraph(first);
    if let Some(words) = words {
        letter = letter.paragraph(words);
    }
    let name = format!("{number}.pdf");
    let letter = letter.facts(facts).button("See the invoice", path);
    Ok(letter.attach(name, "application/pdf", bytes.to_vec()).small("Questions? Answer this letter."))
}
