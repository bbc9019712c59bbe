//! What a booking costs beside the work, the code for an e-mail address, the booking page on the company's own site.
#![allow(clippy::unwrap_used)]
use axum::http::Method;
use futures_util::future::join_all;
use harness::{Company, Person, TestHouse};
use kernel::jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use visitor::Browser;

mod surcharge;
mod visitor;

async fn start() -> TestHouse {
    harness::start(vec![catalog::module(), customers::module(), scheduling::module()]).await
}

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

/// Tuesday 23 June 2026 at that hour in Chicago; it is the day before, at nine.
fn tuesday(hour: i64) -> Timestamp {
    let midnight: Timestamp = "2026-06-23T05:00:00Z".parse().unwrap();
    midnight + SignedDuration::from_hours(hour)
}

struct Shop {
    customer: String,
    item: String,
    marco: String,
}

async fn shop(owner: &Person<'_>) -> Shop {
    let customer =
        owner.post("/api/v1/customers", json!({ "name": "Ida Rivera", "email": "ida@example.com" })).await.id();
    let item = json!({ "name": "AC tune-up", "kind": "service", "price": usd("99.00"), "duration_minutes": 60, "online": true });
    let item = owner.post("/api/v1/items", item).await.id();
    let made = owner.post("/api/v1/technicians", json!({ "name": "Marco", "email": "marco@example.com" })).await;
    let week: Vec<Value> = (1..=7).map(|day| json!({ "weekday": day, "starts": "08:00", "ends": "17:00" })).collect();
    let path = format!("/api/v1/technicians/{}/shifts", made.id());
    let set = owner.send(Method::PUT, &path, &[("if-match", &made.etag())], json!({ "shifts": week })).await;
    assert_eq!(set.status, 200, "{set:?}");
    Shop { customer, item, marco: made.id() }
}

async fn set(owner: &Person<'_>, change: Value) {
    let was = owner.get("/api/v1/booking-terms").await;
    let set = owner.patch("/api/v1/booking-terms", &was.etag(), change).await;
    assert_eq!(set.status, 200, "{set:?}");
}

async fn book(owner: &Person<'_>, shop: &Shop, hour: i64) -> harness::Answer {
    let body = json!({ "customer_id": shop.customer, "item_id": shop.item, "technician_id": shop.marco, "starts_at": tuesday(hour).to_string() });
    let made = owner.post("/api/v1/appointments", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made
}

async fn agreed(owner: &Person<'_>, id: &str) -> Value {
    let terms = owner.get(&format!("/api/v1/appointments/{id}/terms")).await;
    assert_eq!(terms.status, 200, "{terms:?}");
    terms.body
}

async fn cancel(owner: &Person<'_>, booked: &harness::Answer, body: Value) -> harness::Answer {
    let path = format!("/api/v1/appointments/{}/cancel", booked.id());
    owner.send(Method::POST, &path, &[("if-match", &booked.etag())], body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_off_late_pays_what_was_agreed() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let before = book(&owner, &shop, 8).await;
        set(&owner, json!({ "cancel_fee": usd("50.00"), "fee_hours": 24 })).await;
        let visits = [
            book(&owner, &shop, 9).await,
            book(&owner, &shop, 10).await,
            book(&owner, &shop, 11).await,
            book(&owner, &shop, 12).await,
        ];
        let [late, ours, waived, more] = &visits;
        let terms = agreed(&owner, &late.id()).await;
        assert_eq!((&terms["cancel_fee"], &terms["charged"]), (&usd("50.00"), &Value::Null));
        assert_eq!(terms["late_from"], (tuesday(9) - SignedDuration::from_hours(24)).to_string());
        assert_eq!(
            agreed(&owner, &before.id()).await["cancel_fee"],
            Value::Null,
            "nothing was agreed when that was booked"
        );
        // What is agreed is agreed, whatever the terms become.
        set(&owner, json!({ "cancel_fee": usd("80.00") })).await;
        house.clock.advance(SignedDuration::from_hours(4));
        let owner = acme.person("owner").await;
        assert_eq!(cancel(&owner, late, json!({ "by": "customer" })).await.status, 200);
        assert_eq!(agreed(&owner, &late.id()).await["charged"], usd("50.00"));
        assert_eq!(cancel(&owner, ours, json!({})).await.status, 200);
        assert_eq!(agreed(&owner, &ours.id()).await["charged"], Value::Null, "the company pays itself nothing");
        assert_eq!(cancel(&owner, waived, json!({ "by": "customer", "fee": usd("0.00") })).await.status, 200);
        assert_eq!(agreed(&owner, &waived.id()).await["charged"], Value::Null);
        let euros = cancel(&owner, more, json!({ "fee": { "amount": "10.00", "currency": "EUR" } })).await;
        assert_eq!((euros.status, euros.error("/fee")), (422, "Fees here are in USD, not in EUR."), "{euros:?}");
        let negative = cancel(&owner, more, json!({ "fee": usd("-1.00") })).await;
        assert_eq!((negative.status, negative.error("/fee")), (422, "A fee is from nothing to a million."));
        assert_eq!(cancel(&owner, more, json!({ "by": "customer", "fee": usd("20.00") })).await.status, 200);
        assert_eq!(agreed(&owner, &more.id()).await["charged"], usd("20.00"), "what is said counts");
        assert_eq!(cancel(&owner, &before, json!({ "by": "customer" })).await.status, 200);
        assert_eq!(agreed(&owner, &before.id()).await["charged"], Value::Null);
        // On the board one sees it, and chooses.
        let open = book(&owner, &shop, 13).await;
        let pane = owner.page(&format!("/board?date=2026-06-23&job={}", open.id())).await;
        assert!(pane.text.contains("Charge $80.00") && pane.text.contains("Let it pass"), "{}", pane.text);
        let path = format!("/appointments/{}/cancel", open.id());
        assert_eq!(owner.form(&path, &[("by", "customer"), ("fee", "agreed"), ("reason", "ill")]).await.status, 303);
        assert_eq!(agreed(&owner, &open.id()).await["charged"], usd("80.00"));
        let pane = owner.page(&format!("/board?date=2026-06-23&job={}", open.id())).await;
        assert!(pane.text.contains("for calling off"), "{}", pane.text);
        house.clock.advance(SignedDuration::from_hours(-4));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_is_said_and_kept() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let path = format!("/api/v1/items/{}/scheduling", shop.item);
        let asked = owner.send(Method::PUT, &path, &[], json!({ "deposit": usd("40.00") })).await;
        assert_eq!((asked.status, &asked.body["deposit"]), (200, &usd("40.00")), "{asked:?}");
        let wrong = owner.send(Method::PUT, &path, &[], json!({ "deposit": usd("0.00") })).await;
        assert_eq!(wrong.status, 422, "{wrong:?}");
        let browser = Browser::at(&acme).for_service(&shop.item).await;
        let when = browser.get("/book/when").await;
        assert!(when.text.contains("$40.00") && when.text.contains("nothing is taken now"), "{}", when.text);
        let visit = book(&owner, &shop, 9).await;
        assert_eq!(agreed(&owner, &visit.id()).await["deposit"], usd("40.00"));
        let form = owner.page(&format!("/price-book/{}/scheduling", shop.item)).await;
        assert!(form.text.contains("value=\"40.00\""), "{}", form.text);
        // Saved as it stands, it stays.
        let saved = owner.form(&format!("/price-book/{}/scheduling", shop.item), &[("deposit", "45")]).await;
        assert_eq!(saved.status, 303, "{saved:?}");
        assert_eq!(owner.get(&path).await.body["deposit"], usd("45.00"));
        assert_eq!(agreed(&owner, &visit.id()).await["deposit"], usd("40.00"), "what was agreed stays");
    })
    .await;
}

const WHO: [(&str, &str); 3] = [("name", "Elena Diaz"), ("email", "elena@example.com"), ("problem", "It drips")];

/// Up to the page on which the code is asked.
async fn up_to_code<'a>(house: &TestHouse, acme: &'a Company<'a>, item: &str, slot: &str) -> Browser<'a> {
    let mut browser = Browser::at(acme).for_service(item).await;
    assert_eq!(browser.post("/book/when", &[("slot", slot)]).await.status, 303);
    house.clock.advance(SignedDuration::from_secs(5));
    let sent = browser.post("/book/you", &WHO).await;
    assert_eq!((sent.status, sent.header("location")), (303, "/book/code"), "{sent:?}");
    browser
}

/// The digits of the newest letter.
async fn code(house: &TestHouse) -> String {
    house.run_jobs().await;
    let letters = house.letters();
    let newest = letters.iter().find(|letter| letter.subject.starts_with("Your code: ")).unwrap();
    newest.subject["Your code: ".len()..].to_owned()
}

fn other(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_code_books_and_nobody_else() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        set(&owner, json!({ "prove_email": true })).await;
        let mut browser = Browser::at(&acme).for_service(&shop.item).await;
        assert_eq!(browser.get("/book/code").await.status, 303, "no code before a time");
        assert_eq!(browser.post("/book/when", &[("slot", "2026-06-23T08:00")]).await.status, 303);
        assert_eq!(browser.get("/book/code").await.header("location"), "/book/you");
        house.clock.advance(SignedDuration::from_secs(5));
        let no_mail = browser.post("/book/you", &[("name", "Elena"), ("phone", "(217) 555-0142")]).await;
        assert!(no_mail.status == 422 && no_mail.text.contains("we send you a code"), "{no_mail:?}");
        let sent = browser.post("/book/you", &WHO).await;
        assert_eq!((sent.status, sent.header("location")), (303, "/book/code"), "{sent:?}");
        let page = browser.get("/book/code").await;
        assert!(page.text.contains("elena@example.com") && page.text.contains("one-time-code"), "{}", page.text);
        let listed = owner.get("/api/v1/appointments?from=2026-06-23T05:00:00Z&to=2026-06-24T05:00:00Z").await;
        assert_eq!(listed.body["data"].as_array().unwrap().len(), 0, "nothing is booked yet");
        let first = code(&house).await;
        for (typed, says) in [("12", "six digits"), (other(&first).as_str(), "not the code")] {
            let wrong = browser.post("/book/code", &[("code", typed)]).await;
            assert!(wrong.status == 422 && wrong.text.contains(says), "{typed}: {wrong:?}");
        }
        // Another letter: the code before counts no more.
        assert_eq!(browser.post("/book/code/again", &[]).await.status, 303);
        let second = code(&house).await;
        if first != second {
            assert_eq!(browser.post("/book/code", &[("code", &first)]).await.status, 422);
        }
        let spaced = format!(" {} {} ", &second[..3], &second[3..]);
        let done = browser.post("/book/code", &[("code", &spaced)]).await;
        assert!(done.status == 303 && done.header("location").starts_with("/book/done/"), "{done:?}");
        let listed = owner.get("/api/v1/appointments?from=2026-06-23T05:00:00Z&to=2026-06-24T05:00:00Z").await;
        let booked = listed.body["data"].as_array().unwrap();
        assert_eq!(
            (booked.len(), &booked[0]["customer_name"], &booked[0]["problem"]),
            (1, &json!("Elena Diaz"), &json!("It drips"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_ends_soon_however_many_guess_at_once() {
    let house = start().await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let shop = shop(&owner).await;
    set(&owner, json!({ "prove_email": true })).await;
    let mut browser = up_to_code(&house, &acme, &shop.item, "2026-06-23T10:00").await;
    let right = code(&house).await;
    let wrong = other(&right);
    let cookie = browser.cookie.clone();
    let guess = async |_| {
        let mut one = Browser { who: acme.visitor(), cookie: cookie.clone() };
        one.post("/book/code", &[("code", &wrong)]).await
    };
    let answers = join_all((0..12).map(guess)).await;
    let counted = answers.iter().filter(|answer| answer.text.contains("not the code")).count();
    let ended = answers.iter().filter(|answer| answer.text.contains("too often")).count();
    assert!(counted == 5 && ended == 7, "five are looked at: {counted}, {ended}");
    let late = browser.post("/book/code", &[("code", &right)]).await;
    assert!(late.status == 422 && late.text.contains("another code"), "{late:?}");
    // Three more letters, then no more.
    for _ in 0..3 {
        assert_eq!(browser.post("/book/code/again", &[]).await.status, 303);
    }
    let no_more = browser.post("/book/code/again", &[]).await;
    assert!(no_more.status == 409 || no_more.status == 422, "{no_more:?}");
    let done = browser.post("/book/code", &[("code", &code(&house).await)]).await;
    assert_eq!(done.status, 303, "{done:?}");

    // A time that is not held any more is not booked by any code, and what waited with it is gone.
    let mut slow = up_to_code(&house, &acme, &shop.item, "2026-06-23T14:00").await;
    house.clock.advance(SignedDuration::from_mins(30));
    let late = slow.post("/book/code", &[("code", &code(&house).await)]).await;
    assert!(!late.header("location").starts_with("/book/done"), "{late:?}");
    let owner = acme.person("owner").await;
    book(&owner, &shop, 14).await;
    let left = format!("select count(*) from {}.booking_proof where tenant_id = $1", acme.schema().await);
    let left: i64 = house.above().await.query_one(&left, &[&acme.id]).await.unwrap().get(0);
    assert_eq!(left, 0, "names and addresses of those who did not book are not kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_booking_page_stands_on_the_companys_site_and_on_no_other() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let plain = acme.visitor().page("/book").await;
        assert!(plain.header("content-security-policy").ends_with("frame-ancestors 'self'"));
        set(&owner, json!({ "embedded_at": ["https://Acme.example/"] })).await;
        let browser = Browser::at(&acme).for_service(&shop.item).await;
        for path in ["/book", "/book/service", "/book/when"] {
            let page = browser.get(path).await;
            let policy = page.header("content-security-policy");
            assert!(
                page.status == 200 && policy.ends_with("frame-ancestors 'self' https://acme.example"),
                "{path}: {policy}"
            );
        }
        let other = owner.page("/settings/booking").await;
        assert!(other.header("content-security-policy").ends_with("frame-ancestors 'self'"), "the office does not");
        let again = acme
            .visitor()
            .form("/book", &[("street", "1 Elm"), ("city", "Springfield"), ("postal_code", "62704")])
            .await;
        assert!(again.header("set-cookie").contains("SameSite=None; Secure; Partitioned"), "{again:?}");
        let was = owner.get("/api/v1/booking-terms").await;
        for site in
            ["acme.example", "https://acme.example/book", "https://acme.example; script-src *", "https://*.example"]
        {
            let bad = owner.patch("/api/v1/booking-terms", &was.etag(), json!({ "embedded_at": [site] })).await;
            assert!(bad.status == 422 && bad.error("/embedded_at").starts_with("A site is"), "{site}: {bad:?}");
        }
        let stale = owner.patch("/api/v1/booking-terms", "\"7\"", json!({ "fee_hours": 5 })).await;
        assert_eq!(stale.status, 412);
        let form = [("version", "1"), ("cancel_fee", "12,x"), ("fee_hours", "24")];
        let wrong = owner.form("/settings/booking", &form).await;
        assert!(wrong.status == 422 && wrong.text.contains("That is no amount"), "{wrong:?}");
        let form = [
            ("version", "1"),
            ("cancel_fee", "12.50"),
            ("fee_hours", "48"),
            ("prove_email", "true"),
            ("embedded_at", "https://a.example\nhttps://b.example"),
        ];
        assert_eq!(owner.form("/settings/booking", &form).await.status, 303);
        let now = owner.get("/api/v1/booking-terms").await.body;
        assert_eq!(now["cancel_fee"], usd("12.50"));
        assert_eq!((&now["fee_hours"], &now["prove_email"]), (&json!(48), &json!(true)));
        assert_eq!(now["embedded_at"], json!(["https://a.example", "https://b.example"]));
    })
    .await;
}
