//! What technicians do on jobs besides the work: the checklists that ask, and their answers.
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Caller, Result, cast, papers};

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

/// What a hand draws, more or less.
const DRAWN: &str = "120,250 160,150 210,90 230,150 200,240 180,290 230,240 290,190 320,200 310,240 350,210 390,190 410,220 450,200;500,120 520,200 540,270;470,190 540,170 620,150 680,190 640,240 700,220 780,180 860,200";

/// Some customers sign when the work is done, and now and then somebody takes a photo.
pub async fn signs(caller: &Caller, order: &str, luck: i64) -> Result<()> {
    if luck < 3 {
        let job = caller.get(order).await?;
        let name = job["customer_name"].as_str().unwrap_or("The customer");
        let drawn = (luck < 2).then_some(DRAWN);
        let signed = json!({ "kind": "completion", "name": name, "strokes": drawn, "typed": luck == 2, "shown": job["shown_hash"] });
        caller.post(&format!("{order}/signatures"), signed).await?;
    }
    if luck == 1 {
        for (label, caption) in [("before", "As found"), ("after", "As left")] {
            let words = [("label", label), ("caption", caption)];
            caller.upload(&format!("{order}/photos"), "photo.png", &papers::picture(), &words).await?;
        }
    }
    Ok(())
}

/// One job waits for a part, and one is made good.
pub async fn aftermath(caller: &Caller) -> Result<()> {
    let of = async |status: &str| -> Result<Vec<String>> {
        let list = caller.get(&format!("/api/v1/work-orders?status={status}&limit=20")).await?;
        let ids = list["data"].as_array().into_iter().flatten().filter_map(|job| job["id"].as_str());
        Ok(ids.map(|id| format!("/api/v1/work-orders/{id}")).collect())
    };
    if let Some(last) = of("in_progress").await?.get(1) {
        let waits = json!({ "reason": "parts", "note": "Blower motor, due on Friday" });
        caller.verb(last, "hold", waits).await?;
    }
    if let Some(done) = of("completed").await?.last() {
        let made = caller.post(&format!("{done}/follow"), json!({ "as": "warranty" })).await?;
        let later = format!("/api/v1/work-orders/{}", made["id"].as_str().unwrap_or_default());
        let line = json!({ "description": "Replacement under warranty", "unit_price": { "amount": "140.00", "currency": "USD" } });
        let line = caller.made(&format!("{later}/lines"), line).await?;
        caller.post(&format!("{later}/lines/{line}/waive"), json!({ "reason": "Failed within the year" })).await?;
    }
    Ok(())
}
