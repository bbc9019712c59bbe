//! What settles invoices in the demo besides plain payments: one paid too much, one given back in part, one that nobody will pay.
use serde_json::{Value, json};

use super::Caller;
use crate::start::Result;

fn path(invoice: &Value) -> String {
    format!("/api/v1/invoices/{}", invoice["id"].as_str().unwrap_or_default())
}

pub async fn otherwise(caller: &Caller) -> Result<()> {
    let reminders =
        json!({ "days": [3, 14, 30], "words": "You can pay by cheque, by transfer, or with a card at our counter." });
    caller.put("/api/v1/reminder-terms", reminders).await?;
    let open = caller.get("/api/v1/invoices?status=open&limit=20").await?;
    if let [oldest, next, _, ..] = open["data"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let reason = json!({ "reason": "Moved away; letters come back" });
        caller.verb(&path(oldest), "write-off", reason).await?;
        // They rounded up.
        let balance: kernel::Money = serde_json::from_value(next["balance"].clone()).map_err(|e| e.to_string())?;
        let amount = kernel::Money { minor: (balance.minor / 5_000 + 1) * 5_000, ..balance };
        let paid = json!({ "amount": amount, "method": "cheque", "reference": "1187", "keep_rest": true });
        caller.post(&format!("{}/payments", path(next)), paid).await?;
    }
    let paid = caller.get("/api/v1/invoices?status=paid&limit=5").await?;
    if let Some(invoice) = paid["data"].as_array().and_then(|all| all.get(1)) {
        let whole = caller.get(&path(invoice)).await?;
        let line = json!([{ "line_id": whole["lines"][0]["id"], "quantity_milli": 250 }]);
        let note = json!({ "reason": "Came an hour late", "lines": line });
        caller.post(&format!("{}/credit-notes", path(invoice)), note).await?;
    }
    Ok(())
}
