//! What the books say of a paper.
use super::{
    said::{Said, of_api},
    surfaces::Eyes,
};
use serde_json::Value;

impl Eyes<'_> {
    /// All that was posted in the company, oldest last.
    pub async fn vouchers(&self) -> Vec<Value> {
        let (mut all, mut cursor) = (vec![], String::new());
        loop {
            let found = self.api(&format!("/api/v1/ledger/vouchers?limit=200{cursor}")).await;
            all.extend(found["data"].as_array().unwrap().iter().cloned());
            match found["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }

    /// The vouchers about this record.
    pub async fn books_of(&self, kind: &str, subject: &str) -> Vec<Value> {
        let found: Vec<Value> =
            self.vouchers().await.into_iter().filter(|one| one["kind"] == kind && one["subject"] == subject).collect();
        assert_eq!(found.len(), 1, "{kind} of {subject}");
        found
    }

    pub async fn books_of_invoice(&self, id: &str) -> Said {
        let posted = self.api(&format!("/api/v1/ledger/vouchers?limit=200&invoice_id={id}")).await;
        let all: Vec<&Value> = posted["data"].as_array().unwrap().iter().collect();
        let of = |kinds: &[&str]| -> Vec<&Value> {
            all.iter().copied().filter(|one| kinds.iter().any(|kind| one["kind"] == *kind)).collect()
        };
        let issued = of(&["invoice"]);
        assert_eq!(issued.len(), 1, "{posted}");
        Said::of(
            "the books",
            [
                ("total", posted_to(&issued, "1100")),
                ("tax", -posted_to(&issued, "2200")),
                ("paid", -posted_to(&of(&["payment", "payment_reversal"]), "1100")),
                ("credited", -posted_to(&of(&["credit_note", "credit_used"]), "1100")),
                ("balance", posted_to(&all, "1100")),
            ],
        )
    }
}

/// Debit less credit of an account in these vouchers.
pub fn posted_to(vouchers: &[&Value], account: &str) -> i64 {
    let entries = vouchers.iter().flat_map(|one| one["entries"].as_array().unwrap());
    let there = entries.filter(|entry| entry["account"] == account);
    there.map(|entry| of_api(&entry["debit"]) - of_api(&entry["credit"])).sum()
}
