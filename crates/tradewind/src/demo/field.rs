//! What technicians do on jobs besides the work: the checklists that ask, and their answers.
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Caller, Result, cast};

/// One for the services of the trade, and one for every job.
pub async fn checklists(caller: &Caller, company: &cast::Company, services: &[(String, i64)]) -> Result<()> {
    let starter = if company.industry.contains("plumb") { "water_heater" } else { "cooling" };
    let of_trade = caller.made("/api/v1/checklist-starters", json!({ "starter": starter })).await?;
    caller.made("/api/v1/checklist-starters", json!({ "starter": "leaving" })).await?;
    // A photo is taken by somebody who is there.
    let path = format!("/api/v1/checklists/{of_trade}");
    let mut questions = caller.get(&path).await?["questions"].clone();
    for question in questions.as_array_mut().into_iter().flatten().filter(|one| one["kind"] == "photo") {
        question["required"] = json!(false);
    }
    caller.change(&path, json!({ "questions": questions })).await?;
    for (service, _) in services.iter().take(2) {
        caller.replace(&format!("/api/v1/items/{service}/checklists"), json!({ "checklist_ids": [of_trade] })).await?;
    }
    Ok(())
}

/// Everything that is asked, and once in a while something is wrong.
pub async fn answers(caller: &Caller, order: &str, luck: i64) -> Result<()> {
    let job = caller.get(order).await?;
    for one in job["questions"].as_array().into_iter().flatten() {
        let question = &one["question"];
        let middle = |bound: &str, other: i64| question[bound].as_i64().unwrap_or(other);
        let (answer, note) = match question["kind"].as_str().unwrap_or_default() {
            "yes_no" => ("yes".to_owned(), None),
            "reading" if luck == 0 && question["least_milli"].is_i64() => {
                let low = middle("least_milli", 0) / 1000 - 3;
                (low.to_string(), Some("Out of its range; the customer knows and thinks about it."))
            }
            "reading" | "number" => {
                let (least, most) = (middle("least_milli", 40_000), middle("most_milli", 50_000));
                (((least + most) / 2000).to_string(), None)
            }
            "choice" => (question["choices"][0].as_str().unwrap_or_default().to_owned(), None),
            "text" if luck == 1 => ("They would like a price for a new one.".to_owned(), None),
            _ => continue,
        };
        let id = one["id"].as_str().unwrap_or_default();
        let given: Value = json!({ "answer": answer, "note": note });
        caller.replace(&format!("{order}/questions/{id}"), given).await?;
    }
    Ok(())
}

/// The way there and the work, as the phone's clock would have it.
pub async fn times(caller: &Caller, order: &str, starts: Timestamp, ends: Timestamp) -> Result<()> {
    let job = caller.get(order).await?;
    let leaves = starts - SignedDuration::from_mins(15);
    for (kind, from, to) in [("travel", leaves, starts), ("work", starts, ends)] {
        let time = json!({ "technician_id": job["technician_id"], "work_order_id": job["id"], "kind": kind, "starts_at": from, "ends_at": to, "reason": "From the truck's log" });
        caller.post("/api/v1/time-entries", time).await?;
    }
    Ok(())
}
