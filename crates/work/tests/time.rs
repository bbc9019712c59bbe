//! Working time by the phone's verbs and by hand, and what a job cost with it.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::http::Method;
use harness::{Company, TestHouse, in_both_placements};
use jiff::SignedDuration;
use serde_json::{Value, json};

mod shop;
use shop::{Shop, house, job_of, made, redirected, shop, technician};

fn later(house: &TestHouse, minutes: i64) {
    house.house.clock().advance(SignedDuration::from_mins(minutes));
}

/// Kind and minutes of each stretch, as they began.
async fn stretches(shop: &Shop<'_>, query: &str) -> Vec<(String, Option<i64>)> {
    let list = shop.owner.get(&format!("/api/v1/time-entries?{query}")).await;
    assert_eq!(list.status, 200, "{list:?}");
    let all = list.body["data"].as_array().unwrap().clone();
    all.iter().map(|one| (one["kind"].as_str().unwrap().to_owned(), one["minutes"].as_i64())).collect()
}

async fn lane(acme: &Company<'_>, shop: &Shop<'_>) -> String {
    let _ = acme;
    let visit = shop.owner.get(&format!("/api/v1/appointments/{}", shop.visit)).await;
    visit.body["technician_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_verbs_of_the_phone_turn_the_clock() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let (owner, marco, at) = (&shop.owner, &shop.marco, format!("/tech/jobs/{}", shop.visit));
        let id = lane(&acme, &shop).await;
        let rate = json!({ "name": "Standard", "price": { "amount": "120.00", "currency": "USD" }, "cost": { "amount": "48.00", "currency": "USD" }, "standard": true });
        made(owner.post("/api/v1/labor-rates", rate).await);

        for _ in 0..2 {
            redirected(&marco.form(&format!("{at}/en-route"), &[]).await);
        }
        later(&house, 2);
        redirected(&marco.form(&format!("{at}/start"), &[]).await);
        redirected(&marco.form(&format!("{at}/lines"), &[("item_id", &shop.part)]).await);
        later(&house, 6);
        for _ in 0..2 {
            redirected(&marco.form(&format!("{at}/clock"), &[("kind", "break")]).await);
        }
        assert!(marco.page(&at).await.text.contains("Back to work"));
        redirected(&marco.form(&format!("{at}/start"), &[]).await);
        assert!(marco.page(&at).await.text.contains("Back to work"), "pressed again, start does not end the break");
        later(&house, 3);
        redirected(&marco.form(&format!("{at}/clock"), &[("kind", "work")]).await);
        later(&house, 2);
        redirected(&marco.form(&format!("{at}/finish"), &[]).await);
        let late = marco.form(&format!("{at}/clock"), &[("kind", "work")]).await;
        assert!(late.status == 422 && late.text.contains("This job is over"), "{late:?}");
        redirected(&marco.form(&format!("{at}/clock"), &[("kind", "stop")]).await);

        let job = job_of(&shop).await;
        let of_job = format!("work_order_id={}", job["id"].as_str().unwrap());
        let expected = [("travel", 2), ("work", 6), ("break", 3), ("work", 2)];
        let expected: Vec<_> = expected.map(|(kind, minutes)| (kind.to_owned(), Some(minutes))).into();
        assert_eq!(stretches(&shop, &of_job).await, expected, "the way there is the job's too");
        assert_eq!(stretches(&shop, &format!("technician_id={id}")).await, expected);

        // Ten minutes at $48.00 an hour, and what the lines cost: nobody said what these did.
        let path = format!("/api/v1/work-orders/{}", job["id"].as_str().unwrap());
        let costs = owner.get(&format!("{path}/costs")).await.body;
        assert_eq!((&costs["labor"]["amount"], &costs["minutes"], &costs["unknown"]), (&json!("8.00"), &json!(10), &json!(2)));
        assert_eq!((&costs["total"]["amount"], &costs["margin"]["amount"]), (&json!("8.00"), &json!("295.00")));
        let dispatcher = acme.person("dispatcher").await;
        let veiled = dispatcher.get(&format!("{path}/costs")).await.body;
        assert_eq!((&veiled["total"], &veiled["margin"], &veiled["minutes"]), (&Value::Null, &Value::Null, &json!(0)));
        let seen = dispatcher.get(&format!("{path}/time-entries")).await.body["data"].clone();
        assert_eq!((seen.as_array().map(Vec::len), &seen[0]["hour_cost"]), (Some(4), &Value::Null));
        let page = format!("/jobs/{}", job["id"].as_str().unwrap());
        let text = owner.page(&page).await.text;
        assert!(text.contains("Cost and margin") && text.contains("$8.00") && text.contains("$295.00"), "{text}");
        let text = dispatcher.page(&page).await.text;
        assert!(!text.contains("Cost and margin") && !text.contains("$8.00") && text.contains("at work"), "{text}");
        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.get("/api/v1/time-entries").await.status, 403);
        assert_eq!(viewer.get(&format!("{path}/time-entries")).await.status, 403);
        let sheet = owner.page("/timesheets").await.text;
        assert!(sheet.contains("Marco Bianchi") && sheet.contains("0:10"), "{sheet}");
        assert!(owner.page(&format!("/timesheets/{id}")).await.text.contains("On the way"));
    })
    .await;
}

#[tokio::test]
async fn time_is_corrected_by_hand_with_a_reason_and_never_twice_at_once() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let owner = &shop.owner;
        let id = lane(&acme, &shop).await;
        let job = made(owner.post("/api/v1/work-orders", json!({ "appointment_id": shop.visit })).await);
        let now = house.house.clock().now();
        let ago = |minutes: i64| now - SignedDuration::from_mins(minutes);
        let new = |from: i64, to: i64| json!({ "technician_id": id, "work_order_id": job, "kind": "work", "starts_at": ago(from), "ends_at": ago(to), "reason": "Phone was flat" });
        let post = async |body: Value| owner.post("/api/v1/time-entries", body).await;
        const TWICE: &str = "They do something else at that time already. Look at their day, and change that first.";
        let entry = made(post(new(120, 60)).await);
        let twice = post(new(90, 30)).await;
        assert_eq!((twice.status, &twice.body["detail"]), (409, &json!(TWICE)));
        made(post(new(60, 30)).await);
        assert_eq!(post(new(10, 20)).await.error("/ends_at"), "It ends before it begins.");
        assert_eq!(post(new(10, -20)).await.error("/ends_at"), "That is still ahead. Time is written when it is over.");
        assert_eq!(post(new(3000, 1000)).await.error("/ends_at"), "At most a day at a time.");
        let mut nobody = new(20, 10);
        nobody["technician_id"] = json!(shop.customer);
        assert_eq!(post(nobody).await.error("/technician_id"), "There is no such technician.");

        let at = format!("/api/v1/time-entries/{entry}");
        assert_eq!(owner.patch(&at, "\"1\"", json!({ "kind": "travel" })).await.status, 422, "without a reason");
        let changed = owner.patch(&at, "\"1\"", json!({ "starts_at": ago(110), "reason": "Came later" })).await;
        assert_eq!((changed.status, &changed.body["minutes"]), (200, &json!(50)), "{changed:?}");
        assert_eq!(owner.patch(&at, "\"1\"", json!({ "kind": "travel", "reason": "x" })).await.status, 412);
        let onto = owner.patch(&at, "\"2\"", json!({ "ends_at": ago(40), "reason": "x" })).await;
        assert_eq!(onto.status, 409, "{onto:?}");
        let page = format!("/jobs/{job}/time/{entry}");
        let form = [("version", "2"), ("kind", "travel"), ("day", "2026-06-22"), ("from", "25:00"), ("until", ""), ("reason", "x")];
        assert_eq!(owner.form(&page, &form).await.status, 422);
        let gone = owner.post(&format!("{at}/remove"), json!({ "reason": "Never was" })).await;
        assert_eq!(gone.status, 204, "{gone:?}");
        assert_eq!(owner.get(&at).await.status, 404);
        let audit = owner.get("/api/v1/audit").await.text;
        assert!(audit.contains("Came later") && audit.contains("Never was"), "{audit}");

        // Two phones at once: one clock.
        let (paula, _) = technician(&acme, owner, "Paula Stone").await;
        let at = format!("/tech/jobs/{}", shop.visit);
        assert_eq!(paula.form(&format!("{at}/clock"), &[("kind", "work")]).await.status, 404, "not hers");
        redirected(&shop.marco.form(&format!("{at}/start"), &[]).await);
        let (work, rest) = ([("kind", "work")], [("kind", "break")]);
        let path = format!("{at}/clock");
        for _ in 0..5 {
            let (a, b) = tokio::join!(shop.marco.form(&path, &work), shop.marco.form(&path, &rest));
            assert!([a.status, b.status].iter().all(|status| *status == 303), "{a:?} {b:?}");
        }
        let client = house.above().await;
        let sql = format!("select count(*) from {}.time_entry where tenant_id = $1 and ends_at is null", acme.schema().await);
        assert_eq!(client.query_one(&sql, &[&acme.id]).await.unwrap().get::<_, i64>(0), 1);
    })
    .await;
}

#[tokio::test]
async fn what_a_line_cost_stays_as_it_was_when_it_was_sold() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let owner = &shop.owner;
        let usd = |amount: &str| json!({ "amount": amount, "currency": "USD" });
        let part = format!("/api/v1/items/{}", shop.part);
        let etag = owner.get(&part).await.etag();
        assert_eq!(owner.patch(&part, &etag, json!({ "cost": usd("90.25") })).await.status, 200);
        let job =
            made(owner.post("/api/v1/work-orders", json!({ "customer_id": shop.customer, "title": "Parts" })).await);
        let lines = format!("/api/v1/work-orders/{job}/lines");
        let sold = owner.post(&lines, json!({ "item_id": shop.part, "quantity_milli": 2000 })).await;
        assert_eq!(sold.body["cost"], usd("90.25"), "{sold:?}");
        let etag = owner.get(&part).await.etag();
        assert_eq!(owner.patch(&part, &etag, json!({ "cost": usd("500.00") })).await.status, 200);
        let hand = json!({ "description": "Bracket", "unit_price": usd("20.00"), "cost": usd("7.50") });
        made(owner.post(&lines, hand).await);
        made(owner.post(&lines, json!({ "description": "Screws", "unit_price": usd("2.00") })).await);
        let costs = owner.get(&format!("/api/v1/work-orders/{job}/costs")).await.body;
        assert_eq!(
            (&costs["lines"], &costs["margin"], &costs["unknown"]),
            (&usd("188.00"), &usd("262.00"), &json!(1)),
            "{costs}"
        );
        assert_eq!(costs["margin_ppm"], json!(582_222));
        // Who may not see costs neither sees nor says them.
        let dispatcher = acme.person("dispatcher").await;
        let seen = dispatcher.get(&format!("/api/v1/work-orders/{job}")).await;
        assert!(!seen.text.contains("90.25") && !seen.text.contains("188.00"), "{}", seen.text);
        let said = dispatcher
            .post(&lines, json!({ "description": "x", "unit_price": usd("1.00"), "cost": usd("1.00") }))
            .await;
        assert_eq!(said.status, 422, "{said:?}");
        let id = lane(&acme, &shop).await;
        let hour = format!("/api/v1/technicians/{id}/hour-cost");
        assert_eq!(dispatcher.get(&hour).await.body, json!({ "own": null, "cost": null }));
        for own in [json!(null), usd("61.00")] {
            let set = owner.send(Method::PUT, &hour, &[], json!({ "own": own })).await;
            assert_eq!((set.status, &set.body["own"], &set.body["cost"]), (200, &own, &own), "{set:?}");
        }
        redirected(&owner.form(&format!("/technicians/{id}/hour-cost"), &[("cost", "62.50")]).await);
        assert_eq!(owner.get(&hour).await.body["cost"], usd("62.50"));
        assert!(owner.page(&format!("/technicians/{id}")).await.text.contains("$62.50 an hour"));
    })
    .await;
}

#[tokio::test]
async fn a_clock_runs_for_a_job_that_goes_on() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let (owner, marco, at) = (&shop.owner, &shop.marco, format!("/tech/jobs/{}", shop.visit));
        let press = async |kind: &str| marco.form(&format!("{at}/clock"), &[("kind", kind)]).await;
        let refused = press("work").await;
        assert!(refused.status == 422 && refused.text.contains("Start the job first"), "{refused:?}");
        let job = made(owner.post("/api/v1/work-orders", json!({ "appointment_id": shop.visit })).await);
        let refused = press("work").await;
        assert!(refused.status == 422 && refused.text.contains("Start the job first"), "{refused:?}");
        // On the way there one may rest, and drives on.
        redirected(&press("travel").await);
        redirected(&press("break").await);
        let page = marco.page(&at).await.text;
        assert!(page.contains("On the way") && !page.contains("Back to work"), "{page}");
        redirected(&press("travel").await);
        redirected(&marco.form(&format!("{at}/start"), &[]).await);
        redirected(&marco.form(&format!("{at}/hold"), &[("reason", "parts")]).await);
        for kind in ["work", "break"] {
            let refused = press(kind).await;
            assert!(refused.status == 422 && refused.text.contains("This job is on hold."), "{kind}: {refused:?}");
        }
        redirected(&marco.form(&format!("{at}/resume"), &[]).await);

        // Finished at the very moment that somebody presses: nothing runs on a job that is over.
        for round in 0..6 {
            let path = format!("{at}/clock");
            let end = format!("{at}/finish");
            let (work, rest) = ([("kind", "work")], [("kind", "break")]);
            let (_, _, done) = tokio::join!(marco.form(&path, &work), marco.form(&path, &rest), marco.form(&end, &[]));
            redirected(&done);
            let running = owner.get(&format!("/api/v1/work-orders/{job}/time-entries")).await.body["data"].clone();
            let running = running.as_array().unwrap().iter().filter(|one| one["ends_at"].is_null()).count();
            assert_eq!(running, 0, "{round}");
            let again =
                owner.post(&format!("/api/v1/work-orders/{job}/reopen"), json!({ "reason": "Once more" })).await;
            assert_eq!(again.status, 200, "{again:?}");
            later(&house, 1);
        }
    })
    .await;
}

#[tokio::test]
async fn what_belongs_to_no_job_is_a_break() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let owner = &shop.owner;
        let id = lane(&acme, &shop).await;
        let now = house.house.clock().now();
        let ago = |minutes: i64| now - SignedDuration::from_mins(minutes);
        let rest = json!({ "technician_id": id, "kind": "break", "starts_at": ago(60), "ends_at": ago(30), "reason": "Lunch" });
        let entry = made(owner.post("/api/v1/time-entries", rest).await);
        for kind in ["work", "travel"] {
            let changed = json!({ "kind": kind, "reason": "Was none" });
            let refused = owner.patch(&format!("/api/v1/time-entries/{entry}"), "\"1\"", changed).await;
            assert!(refused.status >= 400 && refused.status < 500 && refused.text.contains("It belongs to no job"), "{refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_week_is_summed_by_the_companys_days() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let owner = &shop.owner;
        let id = lane(&acme, &shop).await;
        let job = made(owner.post("/api/v1/work-orders", json!({ "appointment_id": shop.visit })).await);
        // From ten in the evening of Tuesday the 9th until half past one, and an hour and a half of the way on Sunday the 14th.
        let zone = owner.get("/api/v1/company").await.body["timezone"].as_str().unwrap_or("America/Chicago").to_owned();
        let at = |text: &str| text.parse::<jiff::civil::DateTime>().unwrap().in_tz(&zone).unwrap().timestamp();
        let stretches = [
            ("work", "2026-06-09T22:00", "2026-06-10T01:30"),
            ("break", "2026-06-10T01:30", "2026-06-10T02:00"),
            ("travel", "2026-06-14T22:30", "2026-06-15T00:10"),
        ];
        for (kind, from, to) in stretches {
            let new = json!({ "technician_id": id, "work_order_id": job, "kind": kind, "starts_at": at(from), "ends_at": at(to), "reason": "Storm" });
            made(owner.post("/api/v1/time-entries", new).await);
        }
        // Another was at it for half a minute each, thousands of times, from the night of Monday on.
        let (_, paula) = technician(&acme, owner, "Paula Stone").await;
        let sql = format!(
            "insert into {}.time_entry (tenant_id, id, technician_id, order_id, kind, starts_at, ends_at, currency, version, created_at, updated_at)
             select $1, gen_random_uuid(), '{paula}', '{job}', 'work', '{from}'::timestamptz + n * interval '30 s', '{from}'::timestamptz + (n + 1) * interval '30 s', 'USD', 1, now(), now()
             from generate_series(0, 5199) n",
            acme.schema().await,
            from = at("2026-06-08T00:00")
        );
        house.above().await.execute(&sql, &[&acme.id]).await.unwrap();
        let cells = |text: &str, name: &str| -> Vec<String> {
            let row = text.split("<tr").find(|row| row.contains(name)).unwrap_or_else(|| panic!("{text}"));
            let row = row.split("</tr").next().unwrap_or(row);
            let bare = |cell: &str| {
                let mut out = String::new();
                let mut inside = false;
                for c in cell.chars() {
                    match c {
                        '<' => inside = true,
                        '>' => inside = false,
                        c if !inside => out.push(c),
                        _ => {}
                    }
                }
                out.trim().to_owned()
            };
            row.split("<td").skip(1).map(|cell| bare(cell.split_once('>').map_or("", |(_, rest)| rest))).filter(|cell| !cell.contains(name)).collect()
        };
        let week = owner.page("/timesheets?week=2026-06-10").await.text;
        assert_eq!(cells(&week, "Marco Bianchi"), ["–", "2:00", "1:30", "–", "–", "–", "1:30", "3:30", "1:30", "0:30"], "{week}");
        let whole = ["24:00", "19:20", "–", "–", "–", "–", "–", "43:20", "–", "–"];
        assert_eq!(cells(&week, "Paula Stone"), whole, "each stretch counts");
        let next = owner.page("/timesheets?week=2026-06-15").await.text;
        assert_eq!(cells(&next, "Marco Bianchi")[0], "0:10", "{next}");
        let own = owner.page(&format!("/timesheets/{id}?week=2026-06-10")).await.text;
        assert!(own.contains("num strong\">90 min<") && own.contains("num strong\">2 h<"), "{own}");
    })
    .await;
}
