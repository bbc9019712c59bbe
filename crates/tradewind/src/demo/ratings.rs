//! What customers of the demo say after a visit: most are glad, two are not, and the office has called one of them.
use jiff::{Timestamp, civil::Date};
use kernel::House;
use scheduling::{AppointmentId, rating};
use serde_json::json;

use super::{Caller, Result};

const SAID: [(&str, &str); 11] = [
    ("5", "On time, tidy, and it cools again. Thank you."),
    ("5", ""),
    ("4", "Good work. A call before would have been nice."),
    ("5", "Explained everything, and left no mess behind."),
    ("5", ""),
    ("2", "Came two hours late, and nobody called. The work itself is fine."),
    ("4", ""),
    ("5", "We would have you again."),
    ("3", "It works, but the basement was left as it was."),
    ("5", ""),
    ("1", "It stopped again the same evening."),
];

/// In the evening every third customer says how it was.
pub async fn of_day(house: &House, caller: &Caller, day: Date, from: Timestamp, now: Timestamp) -> Result<()> {
    let path = format!("/api/v1/appointments?status=completed&from={from}&to={now}&limit=200");
    let done = caller.get(&path).await?;
    let tenant = caller.get("/api/v1/company").await?["id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default();
    let scope = house.errand(tenant, "demo").await.map_err(|e| e.to_string())?;
    let visits = done["data"].as_array().into_iter().flatten().filter_map(|visit| visit["id"].as_str()?.parse().ok());
    for (n, visit) in visits.enumerate().filter(|(n, _)| n % 3 == 0) {
        let nth = day.day_of_year().unsigned_abs() as usize * 2 + n / 3;
        let (stars, comment) = SAID[nth % SAID.len()];
        let link = rating::path(&scope, AppointmentId(visit)).map_err(|e| e.to_string())?;
        caller.as_visitor(&link, &[("stars", stars), ("comment", comment)]).await?;
    }
    Ok(())
}

/// Of those who were not content all but the newest have been called; and from now on customers are asked by letter.
pub async fn seen_to(caller: &Caller) -> Result<()> {
    let waiting = caller.get("/api/v1/ratings?waiting=true&limit=50").await?;
    for rating in waiting["data"].as_array().into_iter().flatten().skip(1) {
        let id = rating["id"].as_str().unwrap_or_default();
        caller.post(&format!("/api/v1/ratings/{id}/see-to"), json!({})).await?;
    }
    let asks = json!({ "messages": [{ "kind": "completed", "on": true }] });
    caller.change("/api/v1/visit-messages", asks).await
}
