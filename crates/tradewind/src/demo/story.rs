//! One job from sign-up to payment, with one row of everything: what the tests of isolation look for in vain next door.
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Caller, PASSWORD, Result, fresh};

/// Lives it through the API. `now` is the time of the house that the caller speaks to.
pub async fn story(caller: &Caller, now: Timestamp) -> Result<()> {
    let tag = fresh();
    let tag = &tag[24..];
    let member = caller.made("/api/v1/members", json!({ "email": format!("marco-{tag}@example.com"), "name": "Marco", "role": "technician", "password": PASSWORD })).await?;
    let technician =
        caller.made("/api/v1/technicians", json!({ "member_id": member, "name": "Marco", "skills": "HVAC" })).await?;
    let off = now + SignedDuration::from_hours(24 * 20);
    caller
        .post(
            &format!("/api/v1/technicians/{technician}/time-off"),
            json!({ "starts_at": off, "ends_at": off + SignedDuration::from_hours(8), "reason": "Vacation" }),
        )
        .await?;
    let tax =
        caller.made("/api/v1/tax-rates", json!({ "name": "8.25 %", "rate_ppm": 82_500, "standard": true })).await?;
    let category = caller.made("/api/v1/categories", json!({ "name": "Cooling" })).await?;
    let price = |amount: &str| json!({ "amount": amount, "currency": "USD" });
    let service = caller
        .made("/api/v1/items", json!({ "name": "AC tune-up", "kind": "service", "duration_minutes": 60, "category_id": category, "tax_rate_id": tax, "online": true, "price": price("129.37") }))
        .await?;
    let part = caller
        .made(
            "/api/v1/items",
            json!({ "name": "Capacitor", "kind": "material", "tax_rate_id": tax, "price": price("738.53") }),
        )
        .await?;
    let customer = caller
        .made("/api/v1/customers", json!({ "name": format!("Rivera {tag}"), "phone": "(217) 555-0142", "email": format!("ana-{tag}@example.com"),
            "location": { "street": "12 Elm St", "city": "Springfield", "postal_code": "62701", "country": "US" }, "contact": { "name": "Ana" } }))
        .await?;
    caller.post(&format!("/api/v1/customers/{customer}/notes"), json!({ "body": "Prefers mornings." })).await?;
    let installed = json!({ "name": "Furnace", "make": "Carrier", "model": "59TP6A", "serial": format!("S-{tag}"), "installed_on": "2021-10-04", "warranty_until": "2031-10-04" });
    let furnace = caller.made(&format!("/api/v1/customers/{customer}/equipment"), installed).await?;
    caller.post(&format!("/api/v1/customers/{customer}/tags"), json!({ "tags": [format!("VIP {tag}")] })).await?;
    let word = json!({ "channel": "email", "purpose": "marketing", "allowed": false });
    let said = json!({ "changes": [word], "source": "On the phone" });
    caller.post(&format!("/api/v1/customers/{customer}/consents"), said).await?;
    let prefers = json!({ "preferred_technician": member, "language": "es", "notice_minutes": 30, "approval_above": price("412.61") });
    caller.change(&format!("/api/v1/customers/{customer}/preferences"), prefers).await?;
    let known = json!({ "source": "quickbooks", "external_id": format!("77-{tag}") });
    caller.post(&format!("/api/v1/customers/{customer}/external-ids"), known).await?;
    let appointment = caller
        .made("/api/v1/appointments", json!({ "customer_id": customer, "item_id": service, "technician_id": technician, "starts_at": now + SignedDuration::from_hours(1), "anyway": true }))
        .await?;
    let places = caller.get(&format!("/api/v1/customers/{customer}/locations")).await?;
    let place = places["data"][0]["id"].clone();
    let tomorrow = (now + SignedDuration::from_hours(24)).to_zoned(jiff::tz::TimeZone::UTC).date();
    let plan = json!({ "customer_id": customer, "location_id": place, "item_id": service, "technician_id": technician, "rule": "FREQ=YEARLY", "starts_on": tomorrow, "time": "15:00" });
    let plan = caller.made("/api/v1/maintenance-plans", plan).await?;
    let pays = json!({ "rhythm": "year", "in_advance": true, "amount": price("318.47"), "tax_rate_id": tax });
    caller.put(&format!("/api/v1/maintenance-plans/{plan}/billing"), pays).await?;
    let checklist = json!({ "name": "Tune-up", "questions": [{ "kind": "reading", "words": "Split", "unit": "°F", "least_milli": 14_000, "required": true }, { "kind": "photo", "words": "Plate" }] });
    let checklist = caller.made("/api/v1/checklists", checklist).await?;
    caller.replace(&format!("/api/v1/items/{service}/checklists"), json!({ "checklist_ids": [checklist] })).await?;
    let order = caller.made("/api/v1/work-orders", json!({ "appointment_id": appointment })).await?;
    let order = format!("/api/v1/work-orders/{order}");
    caller.verb(&order, "start", json!({})).await?;
    let began = now - SignedDuration::from_hours(9);
    let time = json!({ "technician_id": technician, "work_order_id": order.rsplit('/').next(), "kind": "work", "starts_at": began,
        "ends_at": began + SignedDuration::from_mins(50), "reason": "Phone was flat" });
    caller.post("/api/v1/time-entries", time).await?;
    caller.post(&format!("{order}/lines"), json!({ "item_id": part, "quantity_milli": 1000 })).await?;
    caller.post(&format!("{order}/equipment"), json!({ "equipment": [furnace] })).await?;
    caller.post(&format!("{order}/notes"), json!({ "body": "Replaced the capacitor." })).await?;
    let shown = caller.get(&order).await?["shown_hash"].clone();
    let signed = json!({ "kind": "completion", "name": "Ana", "typed": true, "shown": shown });
    caller.post(&format!("{order}/signatures"), signed).await?;
    let asked = caller.get(&order).await?["questions"][0]["id"].clone();
    let answer = json!({ "answer": "11", "note": "Low on charge." });
    caller.replace(&format!("{order}/questions/{}", asked.as_str().unwrap_or_default()), answer).await?;
    caller.verb(&order, "finish", json!({})).await?;
    let invoice = caller
        .made(
            "/api/v1/invoices",
            json!({ "customer_id": customer, "lines": [{ "description": "Call", "unit_price": price("1731.37") }] }),
        )
        .await?;
    let invoice = format!("/api/v1/invoices/{invoice}");
    caller.verb(&invoice, "issue", json!({})).await?;
    caller.post(&format!("{invoice}/payments"), json!({ "amount": price("397.53"), "method": "cash" })).await?;
    let lines = json!([{ "item_id": part, "unit_price": price("642.19") }, { "description": "Surge protector", "unit_price": price("219.43"), "optional": true }]);
    let estimate = json!({ "customer_id": customer, "title": format!("Heat pump {tag}"), "deposit_ppm": 300_000, "options": [{ "lines": lines }, { "lines": lines }] });
    // One is with the customer, the other still a draft.
    let with_them = caller.made("/api/v1/estimates", estimate.clone()).await?;
    caller.verb(&format!("/api/v1/estimates/{with_them}"), "send", json!({})).await?;
    caller.made("/api/v1/estimates", estimate).await?;
    caller.post("/api/v1/api-keys", json!({ "name": "Zapier", "scopes": ["customers.read"] })).await?;
    Ok(())
}
