//! Estimates of the demo: some weeks old and decided, some with their customers, and one still being written.
use serde_json::{Value, json};

use super::{Caller, Result};

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

/// Goods carry the company's standard tax, as it is levied where they go; work is not taxed.
fn line(description: &str, price: &str, taxed: bool) -> Value {
    let mut line = json!({ "description": description, "unit_price": usd(price) });
    if !taxed {
        line["taxes"] = json!([]);
    }
    line
}

fn if_you_like(mut line: Value) -> Value {
    line["optional"] = json!(true);
    line
}

const TERMS: &str = "The work is guaranteed for two years; equipment has its maker's warranty.\nThe rest is due within 14 days of completion.";

/// Three ways to keep a house warm.
fn heating() -> Value {
    json!([
        { "name": "Good", "description": "The same as now, new.", "lines": [
            line("Gas furnace 80 %, 70,000 BTU", "2480.00", true), line("Installation and disposal of the old unit", "1150.00", false),
            if_you_like(line("Smart thermostat, fitted", "289.00", true)) ] },
        { "name": "Better", "description": "Quieter, and a fifth less gas.", "recommended": true, "discount_ppm": 50_000, "lines": [
            line("Gas furnace 96 %, two stages, 70,000 BTU", "3890.00", true), line("Installation and disposal of the old unit", "1450.00", false),
            line("New flue and condensate drain", "420.00", true),
            if_you_like(line("Smart thermostat, fitted", "289.00", true)), if_you_like(line("Media filter cabinet", "346.50", true)) ] },
        { "name": "Best", "description": "Heat pump with the furnace for the coldest days.", "discount_amount": usd("500.00"), "lines": [
            line("Heat pump 3 t, variable speed", "6240.00", true), line("Gas furnace 96 %, modulating", "4180.00", true),
            line("Installation, wiring and start-up", "2650.00", false), line("Smart thermostat", "0.00", true),
            if_you_like(line("Ten years of maintenance", "1490.00", false)) ] }
    ])
}

fn drain() -> Value {
    json!([{ "lines": [ line("Replace the cast iron stack, basement to first floor", "3120.00", true), line("Open and close the wall", "680.00", false), if_you_like(line("Camera look at the line to the street", "265.00", false)) ] }])
}

async fn write(
    caller: &Caller,
    customer: &(String, String),
    title: &str,
    options: Value,
    deposit: i64,
) -> Result<String> {
    let body = json!({ "customer_id": customer.0, "location_id": customer.1, "title": title, "options": options, "deposit_ppm": deposit, "terms": TERMS,
        "note": "Thank you for letting us look at it. This is what we would do." });
    let id = caller.made("/api/v1/estimates", body).await?;
    Ok(format!("/api/v1/estimates/{id}"))
}

/// Four weeks ago: one was approved on the phone, one declined.
pub async fn before(caller: &Caller, customers: &[(String, String)]) -> Result<()> {
    let yes = write(caller, &customers[1], "Replace the furnace", heating(), 300_000).await?;
    let sent = caller.verb(&yes, "send", json!({})).await?;
    let option = sent["options"][1].clone();
    let ticked = json!([option["lines"][3]["id"]]);
    let said = json!({ "option_id": option["id"], "ticked": ticked, "name": "The owner", "via": "phone", "told": "Called back in the afternoon: the better one, with the thermostat." });
    caller.verb(&yes, "approve", said).await?;
    let no = write(caller, &customers[4], "New drain stack", drain(), 0).await?;
    caller.verb(&no, "send", json!({})).await?;
    let said = json!({ "reason": "Waits until the spring", "via": "email", "told": "Wrote back the next day" });
    caller.verb(&no, "decline", said).await.map(drop)
}

/// Today: two are with their customers, one as a second revision, and one is still a draft.
pub async fn today(caller: &Caller, customers: &[(String, String)]) -> Result<()> {
    let first = write(caller, &customers[2], "Heat for the winter", heating(), 300_000).await?;
    caller
        .verb(&first, "send", json!({ "words": "As we said on the phone: the middle one is what I would take." }))
        .await?;
    let second = write(caller, &customers[0], "New drain stack", drain(), 0).await?;
    caller.verb(&second, "send", json!({})).await?;
    caller.verb(&second, "revise", json!({})).await?;
    caller
        .change(
            &second,
            json!({ "deposit_amount": usd("500.00"), "note": "With the wall closed again, as you asked." }),
        )
        .await?;
    caller.verb(&second, "send", json!({})).await?;
    write(caller, &customers[5], "Cooling for the office", heating(), 0).await.map(drop)
}
