//! Visits ahead whose service asks for a deposit: one is paid, one waits for it.
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::Caller;
use crate::start::Result;

/// Late in the afternoon of two days, so that the surcharge of that time stands with them too.
pub async fn agreed(caller: &Caller, service: &str, customers: &[(String, String)], at: &[Timestamp]) -> Result<()> {
    for (n, (starts_at, customer)) in at.iter().zip(customers.iter().skip(4)).enumerate() {
        let until = *starts_at + SignedDuration::from_hours(2);
        let body = json!({ "customer_id": customer.0, "location_id": customer.1, "item_id": service, "problem": "As we said on the telephone.",
            "starts_at": starts_at, "window_starts": starts_at, "window_ends": until, "anyway": true });
        let visit = caller.made("/api/v1/appointments", body).await?;
        if n == 0 {
            let path = format!("/api/v1/appointments/{visit}/deposit");
            caller.post(&path, json!({})).await?;
            let asked = caller.get(&path).await?;
            let paid = json!({ "amount": asked["amount"], "method": "transfer", "reference": "Deposit" });
            let invoice = asked["invoice_id"].as_str().unwrap_or_default();
            caller.post(&format!("/api/v1/invoices/{invoice}/payments"), paid).await?;
        }
    }
    Ok(())
}
