//! Deposits in the books: owed to whoever paid them until an invoice takes them off, and once only.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::http::Method;
use harness::{Answer, Person, TestHouse, in_both_placements};
use serde_json::{Value, json};

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

fn says(answer: &Answer) -> &str {
    answer.body["detail"].as_str().unwrap_or("")
}

async fn house() -> TestHouse {
    harness::start(vec![
        customers::module(),
        catalog::module(),
        insights::module(),
        taxes::module(),
        scheduling::module(),
        work::module(),
        billing::module(),
    ])
    .await
}

/// What the books say: revenue and what is owed of deposits, as credits.
async fn books(owner: &Person<'_>) -> (String, String) {
    let balance = owner.get("/api/v1/ledger/trial-balance").await.body;
    let of = |code: &str| {
        let found = balance["accounts"].as_array().unwrap().iter().find(|one| one["code"] == code);
        found.map_or("none".to_owned(), |one| one["balance"]["amount"].as_str().unwrap().to_owned())
    };
    let owed = owner.get("/api/v1/ledger/deposits").await.body;
    assert_eq!(owed["left"], owed["account"], "{owed}");
    (of("4000"), of("2150"))
}

struct Shop {
    carmen: String,
    item: String,
    marco: String,
}

async fn shop(owner: &Person<'_>) -> Shop {
    let item = json!({ "name": "Repair", "kind": "service", "price": usd("149.00"), "duration_minutes": 60 });
    let item = owner.post("/api/v1/items", item).await.id();
    let asked = json!({ "deposit": usd("40.00") });
    let set = owner.send(Method::PUT, &format!("/api/v1/items/{item}/scheduling"), &[], asked).await;
    assert_eq!(set.status, 200, "{set:?}");
    let carmen = owner.post("/api/v1/customers", json!({ "name": "Carmen" })).await.id();
    let marco = owner.post("/api/v1/technicians", json!({ "name": "Marco", "email": "marco@example.com" })).await.id();
    Shop { carmen, item, marco }
}

/// A visit, and the invoice of its deposit.
async fn deposit(owner: &Person<'_>, shop: &Shop, at: &str) -> (String, Value) {
    let visit = json!({ "customer_id": shop.carmen, "item_id": shop.item, "technician_id": shop.marco, "starts_at": at, "anyway": true });
    let visit = owner.post("/api/v1/appointments", visit).await;
    assert_eq!(visit.status, 201, "{visit:?}");
    let asked = owner.post(&format!("/api/v1/appointments/{}/deposit", visit.id()), json!({})).await;
    assert_eq!(asked.status, 200, "{asked:?}");
    (visit.id(), asked.body["invoice_id"].clone())
}

/// The draft of the visit's finished job.
async fn finished(house: &TestHouse, owner: &Person<'_>, visit: &str) -> Value {
    let job = owner.post("/api/v1/work-orders", json!({ "appointment_id": visit })).await;
    for verb in ["start", "finish"] {
        let done = owner.post(&format!("/api/v1/work-orders/{}/{verb}", job.id()), json!({})).await;
        assert_eq!(done.status, 200, "{done:?}");
    }
    house.run_jobs().await;
    let drafts = owner.get("/api/v1/invoices?status=draft&limit=100").await.body["data"].as_array().unwrap().clone();
    let draft =
        drafts.iter().find(|one| one["work_order_id"] == job.body["id"]).unwrap_or_else(|| panic!("{drafts:?}"));
    owner.get(&format!("/api/v1/invoices/{}", draft["id"].as_str().unwrap())).await.body
}

fn path(invoice: &Value) -> String {
    format!("/api/v1/invoices/{}", invoice.as_str().unwrap())
}

#[tokio::test]
async fn a_deposit_is_owed_until_an_invoice_takes_it_off_once() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let (visit, deposit) = deposit(&owner, &shop, "2026-06-24T15:00:00Z").await;
        assert_eq!(books(&owner).await, ("0.00".into(), "-40.00".into()), "owed, not earned");
        let page = owner.page("/books/deposits").await.text;
        assert!(page.contains("INV-0001") && page.contains("Carmen") && page.contains("Agrees with"), "{page}");

        let draft = finished(&house, &owner, &visit).await;
        let less = draft["lines"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&less["amount"], &less["deposit_id"]), (&usd("-40.00"), &deposit), "{draft}");
        // A program that knows nothing of deposits sends the lines back without.
        let at = path(&draft["id"]);
        let lines: Vec<Value> = draft["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| json!({ "id": line["id"], "description": line["description"], "unit_price": line["unit_price"] }))
            .collect();
        let saved = owner.patch(&at, &owner.get(&at).await.etag(), json!({ "lines": lines })).await;
        assert_eq!((saved.status, &saved.body["lines"][1]["deposit_id"]), (200, &deposit), "{saved:?}");
        let mut taxed = lines.clone();
        taxed[1]["taxes"] = json!([{ "name": "State", "rate_ppm": 82500 }]);
        let refused = owner.patch(&at, &saved.etag(), json!({ "lines": taxed })).await;
        assert_eq!(refused.error("/lines/1/taxes"), "A deposit is taken off without tax; the other lines carry all of it.");

        // Another invoice takes it off as well; whichever is issued first has it.
        let line = |id: &Value, amount: &str| json!({ "description": "Less deposit", "unit_price": usd(amount), "deposit_id": id });
        let work = json!({ "description": "Work", "unit_price": usd("100.00") });
        let other = json!({ "customer_id": shop.carmen, "lines": [work, line(&deposit, "-40.00")] });
        let other = owner.post("/api/v1/invoices", other).await;
        assert_eq!(other.status, 201, "{other:?}");
        assert_eq!(owner.post(&format!("{at}/issue"), json!({})).await.status, 200);
        assert_eq!(books(&owner).await, ("-149.00".into(), "0.00".into()), "earned, all of it");
        let refused = owner.post(&format!("/api/v1/invoices/{}/issue", other.id()), json!({})).await;
        let none = "Of the deposit INV-0001 only 0.00 USD is left. Change or remove the line that takes it off.";
        assert_eq!((refused.status, says(&refused)), (409, none));
        // Nor is it given back to the customer, who has it on the invoice.
        let stays = "INV-0001 is taken off by INV-0002, and 0.00 USD of it is left. Give the deposit's line back there, or void that invoice, first.";
        for (verb, body) in [("credit-notes", json!({ "reason": "Wrong" })), ("void", json!({ "reason": "Wrong" }))] {
            let refused = owner.post(&format!("{}/{verb}", path(&deposit)), body).await;
            assert_eq!((refused.status, says(&refused)), (409, stays), "{verb}");
        }
        assert_eq!(books(&owner).await, ("-149.00".into(), "0.00".into()));

        // Voided, that invoice gives it free, and the other one has it.
        assert_eq!(owner.post(&format!("{at}/void"), json!({ "reason": "Wrong" })).await.status, 200);
        assert_eq!(books(&owner).await, ("0.00".into(), "-40.00".into()));
        assert_eq!(owner.post(&format!("/api/v1/invoices/{}/issue", other.id()), json!({})).await.status, 200);
        assert_eq!(books(&owner).await, ("-100.00".into(), "0.00".into()));
        // Given back whole, it is owed again; and then it may be given back itself.
        let note = json!({ "reason": "Not done" });
        let given = owner.post(&format!("/api/v1/invoices/{}/credit-notes", other.id()), note.clone()).await;
        assert_eq!((given.status, &given.body["total"]), (201, &usd("60.00")), "{given:?}");
        assert_eq!(books(&owner).await, ("0.00".into(), "-40.00".into()));
        let given = owner.post(&format!("{}/credit-notes", path(&deposit)), note).await;
        assert_eq!(given.status, 201, "{given:?}");
        assert_eq!(books(&owner).await, ("0.00".into(), "0.00".into()));
        assert!(owner.page("/books/deposits").await.text.contains("No deposit is kept"));
    })
    .await;
}

#[tokio::test]
async fn what_is_left_of_a_deposit_is_taken_off_by_hand() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let (_, deposit) = deposit(&owner, &shop, "2026-06-24T15:00:00Z").await;
        let bo = owner.post("/api/v1/customers", json!({ "name": "Bo" })).await.id();
        let line = |amount: &str, id: &Value| json!({ "description": "Less deposit", "unit_price": usd(amount), "deposit_id": id });
        let of = |customer: &str, line: Value| json!({ "customer_id": customer, "lines": [line] });
        let missing = "There is no such deposit of this customer.";
        let somebodys = owner.post("/api/v1/invoices", of(&bo, line("-1.00", &deposit))).await;
        assert_eq!(somebodys.error("/lines/0/deposit_id"), missing);
        let no_deposit = owner.post("/api/v1/invoices", of(&bo, json!({ "description": "Work", "unit_price": usd("25.00") }))).await;
        for id in [no_deposit.body["id"].clone(), json!("01890000-0000-7000-8000-000000000000")] {
            let refused = owner.post("/api/v1/invoices", of(&shop.carmen, line("-1.00", &id))).await;
            assert_eq!(refused.error("/lines/0/deposit_id"), missing);
        }
        let above = owner.post("/api/v1/invoices", of(&shop.carmen, line("1.00", &deposit))).await;
        assert_eq!(above.error("/lines/0/unit_price"), "What takes a deposit off is below zero.");

        // On the page of a draft: not more than there is to pay; what is left stays owed.
        let draft = of(&shop.carmen, json!({ "description": "Work", "unit_price": usd("25.00") }));
        let draft = owner.post("/api/v1/invoices", draft).await.id();
        let at = format!("/invoices/{draft}");
        assert!(owner.page(&at).await.text.contains("Take off deposit INV-0001"));
        let button = format!("{at}/deposits/{}", deposit.as_str().unwrap());
        assert_eq!(owner.form(&button, &[]).await.status, 303);
        let page = owner.page(&at).await.text;
        assert!(page.contains("Less deposit, invoice INV-0001") && !page.contains("Take off deposit"), "{page}");
        let twice = owner.form(&button, &[]).await;
        assert!(twice.status == 422 && twice.text.contains("This deposit is taken off already."), "{twice:?}");
        let issued = owner.post(&format!("/api{}/issue", at.replace("/invoices", "/v1/invoices")), json!({})).await;
        assert_eq!((issued.status, &issued.body["total"], &issued.body["status"]), (200, &usd("0.00"), &json!("paid")));
        assert_eq!(books(&owner).await, ("-25.00".into(), "-15.00".into()));
        let gone = owner.form(&format!("/invoices/{draft}/deposits/{}", deposit.as_str().unwrap()), &[]).await;
        assert!(gone.status == 422 && gone.text.contains("is issued and stays as it is"), "{gone:?}");
        let owed = owner.get("/api/v1/ledger/deposits").await.body["data"][0].clone();
        assert_eq!((&owed["asked"], &owed["taken_off"], &owed["left"]), (&usd("40.00"), &usd("25.00"), &usd("15.00")));
    })
    .await;
}

/// Two invoices take off the same deposit at the same moment: one of them has it.
#[tokio::test]
async fn two_at_once_do_not_take_off_the_same() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        for round in 0..8 {
            let (_, deposit) = deposit(&owner, &shop, &format!("2026-07-{:02}T15:00:00Z", round + 1)).await;
            let body = json!({ "customer_id": shop.carmen, "lines": [
                { "description": "Work", "unit_price": usd("50.00") },
                { "description": "Less deposit", "unit_price": usd("-30.00"), "deposit_id": deposit },
            ] });
            let mut drafts = vec![];
            for _ in 0..2 {
                drafts.push(owner.post("/api/v1/invoices", body.clone()).await.id());
            }
            let issue = async |id: &str| owner.post(&format!("/api/v1/invoices/{id}/issue"), json!({})).await.status;
            let (a, b) = tokio::join!(issue(&drafts[0]), issue(&drafts[1]));
            let mut both = [a, b];
            both.sort_unstable();
            assert_eq!(both, [200, 409], "round {round}");
        }
        assert_eq!(books(&owner).await, ("-400.00".into(), "-80.00".into()));
    })
    .await;
}
