//! The deposit of a visit: asked for when it is booked, paid on the provider's page, taken off the job's invoice, and what becomes of it
//! when nobody comes.
use super::*;
use futures_util::future::join_all;
use kernel::jiff::Timestamp;
use visitor::Browser;

#[path = "../../../scheduling/tests/visitor/mod.rs"]
mod visitor;

struct Shop {
    item: String,
    marco: String,
}

/// A service for 99 with a deposit of 40, and somebody who does it.
async fn shop(owner: &Person<'_>) -> Shop {
    let item = json!({ "name": "AC tune-up", "kind": "service", "price": usd("99.00"), "duration_minutes": 60, "online": true });
    let item = owner.post("/api/v1/items", item).await.id();
    let asked = json!({ "deposit": usd("40.00") });
    assert_eq!(owner.send(Method::PUT, &format!("/api/v1/items/{item}/scheduling"), &[], asked).await.status, 200);
    let marco = owner.post("/api/v1/technicians", json!({ "name": "Marco", "email": "marco@example.com" })).await;
    let week: Vec<Value> = (1..=7).map(|day| json!({ "weekday": day, "starts": "08:00", "ends": "17:00" })).collect();
    let path = format!("/api/v1/technicians/{}/shifts", marco.id());
    let set = owner.send(Method::PUT, &path, &[("if-match", &marco.etag())], json!({ "shifts": week })).await;
    assert_eq!(set.status, 200, "{set:?}");
    Shop { item, marco: marco.id() }
}

struct Booked {
    /// The page that ends the booking.
    done: String,
    /// "/visit/…".
    path: String,
    id: String,
    customer: String,
}

/// Through the booking page, as anybody does. The email names the customer.
async fn books(house: &TestHouse, acme: &Company<'_>, shop: &Shop, slot: &str, email: &str) -> Booked {
    let mut browser = Browser::at(acme).for_service(&shop.item).await;
    let held = browser.post("/book/when", &[("slot", slot)]).await;
    assert_eq!(held.status, 303, "{held:?}");
    house.clock.advance(SignedDuration::from_secs(5));
    let booked = browser.post("/book/you", &[("name", email), ("email", email)]).await;
    let done = booked.header("location").to_owned();
    assert!(booked.status == 303 && done.starts_with("/book/done/"), "{booked:?}");
    let page = browser.get(&done).await;
    let from = page.text.find("/visit/").unwrap();
    let end = page.text[from + 7..].find(['/', '"']).unwrap();
    let path = page.text[from..from + 7 + end].to_owned();
    let hex = &path[7..39];
    let id = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-");
    let visit = acme.person("owner").await.get(&format!("/api/v1/appointments/{id}")).await;
    assert_eq!(visit.status, 200, "{visit:?}");
    Booked { done, path, id, customer: visit.body["customer_id"].as_str().unwrap().to_owned() }
}

async fn standing(owner: &Person<'_>, visit: &Booked) -> Value {
    let found = owner.get(&format!("/api/v1/appointments/{}/deposit", visit.id)).await;
    assert_eq!(found.status, 200, "{found:?}");
    found.body
}

async fn invoices(owner: &Person<'_>, visit: &Booked) -> Vec<Value> {
    let listed = owner.get(&format!("/api/v1/invoices?customer_id={}", visit.customer)).await;
    listed.body["data"].as_array().unwrap().clone()
}

/// On the provider's page, and told of.
async fn pays(house: &TestHouse, stripe: &Stripe, acme: &Company<'_>, visit: &Booked) {
    let sent = acme.visitor().form(&format!("{}/deposit", visit.path), &[]).await;
    assert_eq!(sent.status, 303, "{sent:?}");
    let paid = stripe.pay(Some(0));
    tell(house, stripe, acme, &format!("evt_{}", visit.id), "payment_intent.succeeded", &paid).await;
}

async fn step(owner: &Person<'_>, visit: &Booked, verb: &str, body: Value) {
    let path = format!("/api/v1/appointments/{}", visit.id);
    let etag = owner.get(&path).await.etag();
    let done = owner.send(Method::POST, &format!("{path}/{verb}"), &[("if-match", &etag)], body).await;
    assert_eq!(done.status, 200, "{verb}: {done:?}");
}

async fn credit(owner: &Person<'_>, visit: &Booked) -> i64 {
    let all = owner.get(&format!("/api/v1/customers/{}/credits", visit.customer)).await.body;
    let minor = |one: &Value| one["amount"]["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
    all["data"].as_array().unwrap().iter().map(minor).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_books_pays_the_deposit_right_then_and_the_invoice_takes_it_off() {
    let (house, stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let (owner, visitor) = (acme.person("owner").await, acme.visitor());
        let shop = shop(&owner).await;
        // Without a way to take cards nothing is promised that is not so.
        let before = books(&house, &acme, &shop, "2026-06-23T08:00", "first@example.com").await;
        let page = visitor.page(&before.done).await;
        assert!(page.text.contains("We ask you for it.") && !page.text.contains("Pay the deposit"), "{}", page.text);
        assert!(page.header("content-security-policy").contains("form-action 'self';"), "{page:?}");
        let pressed = visitor.form(&format!("{}/deposit", before.path), &[]).await;
        assert!(pressed.status == 409 && pressed.text.contains("takes no cards online"), "{pressed:?}");
        assert!(invoices(&owner, &before).await.is_empty(), "nothing is asked for that nobody could pay");

        connect(&owner).await;
        let when = Browser::at(&acme).for_service(&shop.item).await.get("/book/when").await;
        assert!(when.text.contains("$40.00") && when.text.contains("right after you book"), "{}", when.text);
        let visit = books(&house, &acme, &shop, "2026-06-23T10:00", "second@example.com").await;
        for path in [&visit.done, &visit.path] {
            let page = visitor.page(path).await;
            assert!(
                page.text.contains("Pay the deposit of $40.00") && !page.text.contains("We ask you"),
                "{}",
                page.text
            );
            assert!(page.header("content-security-policy").contains("form-action 'self' https:;"), "{page:?}");
        }
        assert_eq!(standing(&owner, &visit).await["status"], "wanted");
        let pane = owner.page(&format!("/board?date=2026-06-23&job={}", visit.id)).await;
        assert!(pane.text.contains("Not asked for yet") && pane.text.contains("Invoice it now"), "{}", pane.text);

        // Pressed by many at once it is one invoice, and one page on which one can pay.
        let presses = (0..6).map(async |_| acme.visitor().form(&format!("{}/deposit", visit.path), &[]).await.status);
        let pressed = join_all(presses).await;
        assert!(pressed.contains(&303) && pressed.iter().all(|status| [303, 409].contains(status)), "{pressed:?}");
        let asked = invoices(&owner, &visit).await;
        assert_eq!((asked.len(), &asked[0]["status"], &asked[0]["total"]), (1, &json!("issued"), &usd("40.00")));
        let link = visitor.form(&format!("{}/deposit", visit.path), &[]).await;
        assert!(link.header("location").starts_with("https://checkout.stripe.com/"), "{link:?}");
        {
            let world = stripe.world();
            let ways = world.sessions.iter().filter(|one| one["success_url"].as_str().unwrap().contains(&visit.path));
            let open: Vec<_> = ways.filter(|one| one["status"] == "open").collect();
            assert_eq!((open.len(), &open[0]["amount_total"]), (1, &json!(4_000)), "{open:?}");
            assert!(open[0]["success_url"].as_str().unwrap().ends_with("/deposit"), "{open:?}");
            assert!(open[0]["cancel_url"].as_str().unwrap().ends_with(&visit.path), "{open:?}");
        }
        assert_eq!(standing(&owner, &visit).await["status"], "asked");

        // Coming back proves nothing; what the provider says does.
        let paid = stripe.pay(Some(146));
        let back = visitor.page(&format!("{}/deposit", visit.path)).await;
        assert!(back.status == 200 && back.text.contains("being confirmed"), "{}", back.text);
        assert_eq!(standing(&owner, &visit).await["status"], "asked");
        for n in 0..3 {
            tell(&house, &stripe, &acme, &format!("evt_{n}"), "payment_intent.succeeded", &paid).await;
        }
        assert_eq!(visitor.page(&format!("{}/deposit", visit.path)).await.status, 303);
        let page = visitor.page(&visit.path).await;
        assert!(page.text.contains("$40.00") && page.text.contains("Your invoice takes it off"), "{}", page.text);
        assert!(!page.text.contains("Pay the deposit"), "{}", page.text);
        let again = visitor.form(&format!("{}/deposit", visit.path), &[]).await;
        assert!(again.status == 409 && again.text.contains("paid already"), "{again:?}");
        let now = standing(&owner, &visit).await;
        assert_eq!(
            (&now["status"], &now["paid"], &now["kept"]),
            (&json!("paid"), &usd("40.00"), &Value::Null),
            "{now}"
        );
        let pane = owner.page(&format!("/board?date=2026-06-23&job={}", visit.id)).await;
        assert!(pane.text.contains("Deposit") && pane.text.contains("INV-"), "{}", pane.text);

        // The work is done: its invoice takes the deposit off.
        for verb in ["en-route", "start", "complete"] {
            step(&owner, &visit, verb, json!({})).await;
            house.run_jobs().await;
        }
        let all = invoices(&owner, &visit).await;
        let draft = all.iter().find(|one| one["status"] == "draft").unwrap_or_else(|| panic!("{all:?}"));
        assert_eq!(draft["total"], usd("59.00"), "{draft}");
        let whole = owner.get(&format!("/api/v1/invoices/{}", draft["id"].as_str().unwrap())).await;
        assert!(whole.text.contains("Less deposit, invoice INV-"), "{}", whole.text);

        // A forged link, and another company's, open nothing.
        let other = house.company("pooled").await;
        assert_eq!(other.visitor().form(&format!("{}/deposit", visit.path), &[]).await.status, 404);
        assert_eq!(
            other.person("owner").await.get(&format!("/api/v1/appointments/{}/deposit", visit.id)).await.status,
            404
        );
        let forged = format!("{}0/deposit", &visit.path[..visit.path.len() - 1]);
        let forged =
            if forged == format!("{}/deposit", visit.path) { forged.replace("0/deposit", "1/deposit") } else { forged };
        assert_eq!(visitor.form(&forged, &[]).await.status, 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_is_credit_kept_for_the_fee_or_let_go_when_nobody_comes() {
    let (house, stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let (owner, visitor) = (acme.person("owner").await, acme.visitor());
        let shop = shop(&owner).await;
        connect(&owner).await;
        let asks = |path: &str| format!("{path}/cancel");

        // In time: all of it is the customer's.
        let visit = books(&house, &acme, &shop, "2026-06-25T08:00", "in-time@example.com").await;
        pays(&house, &stripe, &acme, &visit).await;
        let page = visitor.page(&asks(&visit.path)).await;
        assert!(page.text.contains("Your deposit of $40.00 is kept for you"), "{}", page.text);
        assert_eq!(visitor.form(&asks(&visit.path), &[]).await.status, 303);
        house.run_jobs().await;
        assert_eq!((standing(&owner, &visit).await["status"].clone(), credit(&owner, &visit).await), (json!("given_back"), 4_000));
        let page = visitor.page(&visit.path).await;
        assert!(page.text.contains("that you paid is kept for you"), "{}", page.text);
        assert_eq!(self::books_of(&house, &acme).await, at(&[("1030", 4_000), ("2100", -4_000)]));

        // Late: the fee takes of it what it needs, whichever is more.
        let terms = owner.get("/api/v1/booking-terms").await.etag();
        let fee = json!({ "cancel_fee": usd("15.00"), "fee_hours": 336 });
        assert_eq!(owner.patch("/api/v1/booking-terms", &terms, fee).await.status, 200);
        let small = books(&house, &acme, &shop, "2026-06-25T10:00", "small-fee@example.com").await;
        let terms = owner.get("/api/v1/booking-terms").await.etag();
        assert_eq!(owner.patch("/api/v1/booking-terms", &terms, json!({ "cancel_fee": usd("50.00") })).await.status, 200);
        let large = books(&house, &acme, &shop, "2026-06-25T12:00", "large-fee@example.com").await;
        for (visit, says, kept, left, open) in
            [(&small, "$25.00", "15.00", 2_500, "0.00"), (&large, "$40.00", "40.00", 0, "10.00")]
        {
            pays(&house, &stripe, &acme, visit).await;
            let page = visitor.page(&asks(&visit.path)).await;
            assert!(page.text.contains("is set against it"), "{}", page.text);
            assert_eq!(visitor.form(&asks(&visit.path), &[]).await.status, 303);
            house.run_jobs().await;
            let now = standing(&owner, visit).await;
            assert_eq!((&now["status"], &now["kept"]), (&json!("given_back"), &usd(kept)), "{now}");
            assert_eq!(credit(&owner, visit).await, left);
            let all = invoices(&owner, visit).await;
            let fee = all.iter().find(|one| one["credited"] == usd(kept)).unwrap_or_else(|| panic!("{all:?}"));
            assert_eq!(fee["balance"], usd(open), "{fee}");
            let page = visitor.page(&visit.path).await;
            assert!(page.text.contains(says) && page.text.contains("set against the fee"), "{}", page.text);
        }
        // Told twice, all of that is done once.
        let (before, again) = (self::books_of(&house, &acme).await, "insert into ops.outbox (tenant_id, id, kind, subject, body)
            select tenant_id, gen_random_uuid(), kind, subject, body from ops.outbox where kind = 'appointment.cancelled' and tenant_id = $1");
        assert_eq!(house.above().await.execute(again, &[&acme.id]).await.unwrap(), 3);
        house.run_jobs().await;
        assert_eq!(self::books_of(&house, &acme).await, before);
        assert_eq!(credit(&owner, &visit).await, 4_000);

        // Asked for and never paid: void, in words; and who pays all the same has it as credit.
        let unpaid = books(&house, &acme, &shop, "2026-06-25T14:00", "unpaid@example.com").await;
        assert_eq!(visitor.form(&format!("{}/deposit", unpaid.path), &[]).await.status, 303);
        step(&owner, &unpaid, "cancel", json!({})).await;
        house.run_jobs().await;
        assert_eq!(standing(&owner, &unpaid).await["status"], "let_go");
        assert_eq!(invoices(&owner, &unpaid).await[0]["status"], "void");
        let page = visitor.page(&unpaid.path).await;
        assert!(page.text.contains("No deposit is asked for any more"), "{}", page.text);
        assert_eq!(visitor.form(&format!("{}/deposit", unpaid.path), &[]).await.status, 409);
        let late = stripe.pay(Some(0));
        tell(&house, &stripe, &acme, "evt_late", "payment_intent.succeeded", &late).await;
        assert_eq!(credit(&owner, &unpaid).await, 4_000, "money that came is never lost");

        // Nobody home: what is paid stays with the visit until the office says; what is not is let go.
        let paid = books(&house, &acme, &shop, "2026-06-26T08:00", "paid-away@example.com").await;
        pays(&house, &stripe, &acme, &paid).await;
        let open = books(&house, &acme, &shop, "2026-06-26T10:00", "open-away@example.com").await;
        assert_eq!(visitor.form(&format!("{}/deposit", open.path), &[]).await.status, 303);
        for visit in [&paid, &open] {
            step(&owner, visit, "no-show", json!({})).await;
        }
        house.run_jobs().await;
        assert_eq!(standing(&owner, &paid).await["status"], "paid");
        assert_eq!(standing(&owner, &open).await["status"], "let_go");
    })
    .await;
}

async fn books_of(house: &TestHouse, acme: &Company<'_>) -> Vec<(String, i64)> {
    super::books(house, acme).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_asks_for_a_deposit_by_itself() {
    let (house, stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let customer = owner.post("/api/v1/customers", json!({ "name": "Ida Rivera", "email": "ida@example.com" })).await.id();
        let book = async |hour: i64, item: Option<&str>| {
            let midnight: Timestamp = "2026-06-23T05:00:00Z".parse().unwrap();
            let body = json!({ "customer_id": customer, "item_id": item, "title": "Visit", "duration_minutes": 60, "technician_id": shop.marco,
                "starts_at": (midnight + SignedDuration::from_hours(hour)).to_string() });
            let made = owner.post("/api/v1/appointments", body).await;
            assert_eq!(made.status, 201, "{made:?}");
            format!("/api/v1/appointments/{}/deposit", made.id())
        };
        let (with, without) = (book(9, Some(&shop.item)).await, book(11, None).await);
        assert_eq!(owner.get(&without).await.body["status"], "none");
        let none = owner.post(&without, json!({})).await;
        assert_eq!((none.status, &none.body["detail"]), (409, &json!("No deposit was agreed for this visit.")), "{none:?}");
        for role in ["viewer", "technician"] {
            assert_eq!(acme.person(role).await.post(&with, json!({})).await.status, 403, "{role}");
        }
        let missing = format!("/api/v1/appointments/{}/deposit", kernel::Uuid::now_v7());
        assert_eq!((owner.get(&missing).await.status, owner.post(&missing, json!({})).await.status), (404, 404));
        // No card is needed for it: the office takes the money as it comes.
        for _ in 0..2 {
            let asked = owner.post(&with, json!({})).await;
            assert_eq!((asked.status, &asked.body["status"]), (200, &json!("asked")), "{asked:?}");
        }
        let id = owner.get(&with).await.body["invoice_id"].as_str().unwrap().to_owned();
        let cash = json!({ "amount": usd("15.00"), "method": "cash" });
        assert_eq!(owner.post(&format!("/api/v1/invoices/{id}/payments"), cash).await.status, 201);
        assert_eq!(owner.get(&with).await.body["status"], "part_paid");
        // What is left goes by card, once there is a way.
        connect(&owner).await;
        let form = owner.form(&with.replace("/api/v1", ""), &[]).await;
        assert_eq!((form.status, form.header("location")), (303, format!("/invoices/{id}").as_str()), "{form:?}");
        let pane = owner.page(&format!("/board?date=2026-06-23&job={}", &with[21..57])).await;
        let path = &pane.text[pane.text.find("/visit/").unwrap_or_else(|| panic!("{}", pane.text))..];
        let path = &path[..path.find(['"', '<']).unwrap()];
        let page = acme.visitor().page(path).await;
        assert!(page.text.contains("Pay the deposit of $25.00"), "{}", page.text);
        assert_eq!(acme.visitor().form(&format!("{path}/deposit"), &[]).await.status, 303);
        assert_eq!(stripe.world().sessions.last().unwrap()["amount_total"], 2_500);
        let voided = owner.post(&format!("/api/v1/invoices/{id}/void"), json!({ "reason": "Slip" })).await;
        assert_eq!(voided.status, 409, "{voided:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_time_costs_more_is_a_line_of_the_job_and_its_invoice() {
    let (house, _stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let early = json!({ "name": "Early bird", "weekdays": [1, 2, 3, 4, 5, 6, 7], "starts": "07:00", "ends": "09:00", "amount": usd("30.00") });
        assert_eq!(owner.post("/api/v1/surcharges", early).await.status, 201);
        for (slot, lines, total) in [("2026-06-23T08:00", 2, "129.00"), ("2026-06-23T10:00", 1, "99.00")] {
            let visit = books(&house, &acme, &shop, slot, &format!("early-{lines}@example.com")).await;
            for verb in ["en-route", "start", "complete"] {
                step(&owner, &visit, verb, json!({})).await;
                house.run_jobs().await;
            }
            let all = invoices(&owner, &visit).await;
            let draft = owner.get(&format!("/api/v1/invoices/{}", all[0]["id"].as_str().unwrap())).await.body;
            let on = draft["lines"].as_array().unwrap();
            assert_eq!((on.len(), &draft["total"]), (lines, &usd(total)), "{draft}");
            assert_eq!(on.iter().any(|line| line["description"] == "Early bird" && line["amount"] == usd("30.00")), lines == 2);
        }
    })
    .await;
}
