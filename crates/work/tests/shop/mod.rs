//! The company that the tests of jobs happen in.
#![allow(clippy::unwrap_used, dead_code)] // A test that cannot go on stops; not every one needs everything.
use harness::{Answer, Company, Person, TestHouse, start};
use serde_json::{Value, json};

pub async fn house() -> TestHouse {
    start(vec![customers::module(), catalog::module(), scheduling::module(), work::module()]).await
}

/// A company with a customer, a service, a part and a technician who is booked for ten o'clock.
pub struct Shop<'a> {
    pub owner: Person<'a>,
    pub marco: Person<'a>,
    pub customer: String,
    pub part: String,
    pub visit: String,
}

pub fn made(answer: Answer) -> String {
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.id()
}

pub async fn shop<'a>(acme: &'a Company<'a>) -> Shop<'a> {
    let owner = acme.person("owner").await;
    let place = json!({ "street": "455 Prairie Dr", "city": "Springfield", "access_notes": "Gate 2207#" });
    let customer = made(
        owner
            .post(
                "/api/v1/customers",
                json!({ "name": "Lopez Residence", "phone": "(217) 555-0158", "location": place }),
            )
            .await,
    );
    let locations = owner.get(&format!("/api/v1/customers/{customer}/locations")).await;
    let location = locations.body["data"][0]["id"].clone();
    let tax =
        made(owner.post("/api/v1/tax-rates", json!({ "name": "State", "rate_ppm": 82500, "standard": true })).await);
    let item = |name: &str, kind: &str, price: &str, minutes: i64| json!({ "name": name, "kind": kind, "price": { "amount": price, "currency": "USD" }, "duration_minutes": minutes, "tax_rate_id": tax });
    let service = made(owner.post("/api/v1/items", item("Diagnostic visit", "service", "89.00", 60)).await);
    let part = made(owner.post("/api/v1/items", item("Run capacitor", "material", "214.00", 0)).await);
    let marco = technician(acme, &owner, "Marco Bianchi").await;
    let booking = json!({
        "customer_id": customer, "location_id": location, "item_id": service, "technician_id": marco.1, "problem": "AC not cooling",
        "starts_at": "2026-06-22T15:00:00Z", "anyway": true
    });
    let visit = made(owner.post("/api/v1/appointments", booking).await);
    Shop { owner, marco: marco.0, customer, part, visit }
}

pub async fn technician<'a>(acme: &'a Company<'a>, owner: &Person<'_>, name: &str) -> (Person<'a>, String) {
    let person = acme.person("technician").await;
    let id = made(owner.post("/api/v1/technicians", json!({ "member_id": person.id, "name": name })).await);
    (person, id)
}

pub async fn job_of(shop: &Shop<'_>) -> Value {
    let list = shop.owner.get("/api/v1/work-orders").await;
    shop.owner.get(&format!("/api/v1/work-orders/{}", list.body["data"][0]["id"].as_str().expect("a job"))).await.body
}

pub fn redirected(answer: &Answer) {
    assert_eq!(answer.status, 303, "{answer:?}");
}
