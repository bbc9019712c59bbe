//! Jobs through the front door: the technician's phone, the office, the API.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::{body::Body, http::Method};
use harness::{Answer, Person, in_both_placements};
use serde_json::{Value, json};

mod shop;
use shop::{house, job_of, made, redirected, shop, technician};

#[tokio::test]
async fn a_technician_carries_a_job_from_the_door_to_the_end() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let (marco, at) = (&shop.marco, format!("/tech/jobs/{}", shop.visit));
        let today = marco.page("/tech").await;
        for seen in
            ["Lopez Residence", "455 Prairie Dr", "tel:+1-217-555-0158", "Gate 2207#", "AC not cooling", "On my way"]
        {
            assert!(today.text.contains(seen), "{seen}: {}", today.text);
        }
        // What the office has pinned to the customer is told before everything else.
        let notes = format!("/api/v1/customers/{}/notes", shop.customer);
        let pinned = shop.owner.post(&notes, json!({ "body": "The cat must not get out." })).await.id();
        shop.owner.post(&notes, json!({ "body": "Pays late." })).await.id();
        assert_eq!(shop.owner.post(&format!("{notes}/{pinned}/pin"), json!({})).await.status, 200);
        let page = marco.page(&at).await.text;
        assert!(
            page.contains("The cat must not get out.") && page.contains("Olive Owner") && !page.contains("Pays late."),
            "{page}"
        );
        redirected(&marco.form(&format!("{at}/en-route"), &[]).await);
        assert!(marco.page(&at).await.text.contains("Arrived, start job"));
        redirected(&marco.form(&format!("{at}/start"), &[]).await);
        redirected(&marco.form(&format!("{at}/start"), &[]).await);
        redirected(&marco.form(&format!("{at}/en-route"), &[]).await);

        let found = marco.page(&format!("{at}?q=capac")).await;
        // What it sells for is not for the phone; the price book knows it.
        assert!(found.text.contains("Run capacitor") && !found.text.contains("214.00"), "{}", found.text);
        let add = [("item_id", shop.part.as_str()), ("_key", "once-and-no-more")];
        redirected(&marco.form(&format!("{at}/lines"), &add).await);
        redirected(&marco.form(&format!("{at}/lines"), &add).await);
        let job = job_of(&shop).await;
        assert_eq!(job["line_items"].as_array().unwrap().len(), 2, "the booked service and one part: {job}");
        assert_eq!((&job["subtotal"]["amount"], &job["tax"]["amount"]), (&json!("303.00"), &json!("25.00")));
        assert_eq!((&job["line_items"][0]["description"], &job["number"]), (&json!("Diagnostic visit"), &json!(1001)));
        assert_eq!(job["visit_status"], "on_site");

        // One more, and two less: the part is gone, and pressing once too often is no fault.
        let step = format!("{at}/lines/{}/step", job["line_items"][1]["id"].as_str().unwrap());
        redirected(&marco.form(&step, &[("by", "1")]).await);
        assert_eq!(job_of(&shop).await["line_items"][1]["quantity_milli"], 2000);
        for _ in 0..3 {
            redirected(&marco.form(&step, &[("by", "-1")]).await);
        }
        assert_eq!(job_of(&shop).await["line_items"].as_array().unwrap().len(), 1);
        let wrong = marco.form(&step, &[("by", "7")]).await;
        assert_eq!(wrong.status, 422, "{wrong:?}");

        redirected(&marco.form(&format!("{at}/notes"), &[("body", "Contactor was welded shut.")]).await);
        redirected(&marco.form(&format!("{at}/finish"), &[]).await);
        redirected(&marco.form(&format!("{at}/finish"), &[]).await);
        let job = job_of(&shop).await;
        assert_eq!((&job["status"], &job["visit_status"]), (&json!("completed"), &json!("completed")));
        assert_eq!(job["notes"][0]["body"], "Contactor was welded shut.");
        house.run_jobs().await;
        let told = acme.told().await;
        let count = |kind: &str| told.iter().filter(|told| *told == kind).count();
        for once in ["work_order.created", "work_order.started", "work_order.completed", "appointment.completed"] {
            assert_eq!(count(once), 1, "{once} in {told:?}");
        }
        // What is over stays over.
        let late = marco.form(&format!("{at}/lines"), &[("item_id", shop.part.as_str())]).await;
        assert!(
            late.status == 422 && late.text.contains("J-1001 is completed and cannot be changed any more."),
            "{late:?}"
        );
        for (status, count) in [("completed", 1), ("open", 0)] {
            let who = job["technician_id"].as_str().unwrap();
            let theirs = shop.owner.get(&format!("/api/v1/work-orders?technician_id={who}&status={status}")).await;
            assert_eq!(theirs.body["data"].as_array().map(Vec::len), Some(count), "{theirs:?}");
        }
        let timeline = shop.owner.get(&format!("/api/v1/customers/{}/timeline", shop.customer)).await;
        assert!(timeline.text.contains("Job J-1001 finished"), "{}", timeline.text);
    })
    .await;
}

#[tokio::test]
async fn only_ones_own_jobs_are_there() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let shop = shop(&acme).await;
        let (paula, _) = technician(&acme, &shop.owner, "Paula Stone").await;
        let at = format!("/tech/jobs/{}", shop.visit);
        redirected(&shop.marco.form(&format!("{at}/start"), &[]).await);
        let before = acme.fingerprint().await;
        assert_eq!(paula.page(&at).await.status, 404);
        for verb in ["en-route", "start", "finish"] {
            assert_eq!(paula.form(&format!("{at}/{verb}"), &[]).await.status, 404, "{verb}");
        }
        assert_eq!(paula.form(&format!("{at}/notes"), &[("body", "x")]).await.status, 404);
        assert_eq!(paula.form(&format!("{at}/lines"), &[("item_id", shop.part.as_str())]).await.status, 404);
        assert!(!paula.page("/tech").await.text.contains("Lopez"));
        assert_eq!(acme.fingerprint().await, before, "nothing of it was done");
        // The office's doors are shut to technicians, and the phone's to the office.
        let viewer = acme.person("viewer").await;
        for path in ["/jobs", "/api/v1/work-orders"] {
            assert_eq!(shop.marco.get(path).await.status, 403, "{path}");
            assert_eq!(viewer.get(path).await.status, 200, "{path}");
        }
        assert_eq!(viewer.get("/tech").await.status, 403);
        let id = job_of(&shop).await["id"].as_str().unwrap().to_owned();
        assert_eq!(viewer.post(&format!("/api/v1/work-orders/{id}/finish"), json!({})).await.status, 403);
        // The neighbour.
        let other = house.company("pooled").await;
        let stranger = other.person("owner").await;
        assert_eq!(stranger.get(&format!("/api/v1/work-orders/{id}")).await.status, 404);
        assert_eq!(stranger.page(&format!("/jobs/{id}")).await.status, 404);
        assert_eq!(stranger.post("/api/v1/work-orders", json!({ "appointment_id": shop.visit })).await.status, 404);
        let answer = stranger.post("/api/v1/work-orders", json!({ "customer_id": shop.customer, "title": "x" })).await;
        assert_eq!(answer.error("/customer_id"), "There is no such customer.", "{answer:?}");
    }
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let shop = shop(&acme).await;
        let owner = &shop.owner;
        let new = async |body: Value| owner.post("/api/v1/work-orders", body).await;
        assert_eq!(new(json!({})).await.error("/customer_id"), "Say for which customer, or for which visit.");
        assert_eq!(
            new(json!({ "customer_id": shop.customer })).await.error("/title"),
            "Say in a few words what is to be done."
        );
        assert_eq!(new(json!({ "title": "x".repeat(201), "customer_id": shop.customer })).await.status, 422);

        let job = new(json!({ "customer_id": shop.customer, "title": "Bench repair" })).await;
        let at = format!("/api/v1/work-orders/{}", made(job));
        let says = |answer: Answer| (answer.status, answer.body["detail"].as_str().unwrap_or("").to_owned());
        let finish = async || says(owner.post(&format!("{at}/finish"), json!({})).await);
        assert_eq!(finish().await, (409, "Start the job first, then it can be finished.".into()));
        assert_eq!(owner.post(&format!("{at}/start"), json!({})).await.body["status"], "in_progress");
        assert_eq!(
            finish().await,
            (409, "Add what was done or used: a job without any line cannot be finished.".into())
        );

        let line = async |body: Value| owner.post(&format!("{at}/lines"), body).await;
        let usd = |amount: &str| json!({ "amount": amount, "currency": "USD" });
        assert_eq!(line(json!({})).await.error("/description"), "Choose an item of the price book, or say what it is.");
        assert_eq!(
            line(json!({ "description": "Solder" })).await.error("/unit_price"),
            "Say what one of it costs; a line from the price book knows its price."
        );
        let euros =
            line(json!({ "description": "Solder", "unit_price": { "amount": "1.00", "currency": "EUR" } })).await;
        assert_eq!(euros.error("/unit_price"), "This job is in USD; this is in EUR.");
        let none = line(json!({ "description": "Solder", "unit_price": usd("1.00"), "quantity_milli": 0 })).await;
        assert_eq!(none.error("/quantity_milli"), "A quantity is more than nothing and at most a million.");
        let other = line(json!({ "item_id": shop.visit })).await;
        assert_eq!(other.error("/item_id"), "There is no such item in the price book.");
        assert_eq!(line(json!({ "description": "x", "unit_price": usd("1.00"), "colour": "red" })).await.status, 422);

        let solder = line(json!({ "description": "Solder", "unit_price": usd("0.33"), "quantity_milli": 1500 })).await;
        assert_eq!(
            (&solder.body["amount"]["amount"], &solder.body["taxes"][0]["name"]),
            (&json!("0.50"), &json!("State"))
        );
        let at_line = format!("{at}/lines/{}", made(solder));
        assert_eq!(owner.send(Method::PATCH, &at_line, &[], json!({ "quantity_milli": 2000 })).await.status, 428);
        let changed = owner.patch(&at_line, "\"1\"", json!({ "quantity_milli": 2000 })).await;
        assert_eq!(changed.body["amount"]["amount"], "0.66", "{changed:?}");
        assert_eq!(owner.patch(&at_line, "\"1\"", json!({ "quantity_milli": 3000 })).await.status, 412);
        let stale = owner.patch(&at, "\"99\"", json!({ "title": "Other" })).await;
        assert_eq!(stale.status, 412, "{stale:?}");
        assert_eq!(owner.delete(&at_line).await.status, 204);
        assert_eq!(owner.delete(&at_line).await.status, 204, "gone is gone");

        assert_eq!(
            owner.post(&format!("{at}/cancel"), json!({ "reason": "Not worth it" })).await.body["cancel_reason"],
            "Not worth it"
        );
        assert_eq!(owner.post(&format!("{at}/cancel"), json!({})).await.status, 200, "twice is once");
        assert_eq!(
            says(owner.post(&format!("{at}/start"), json!({})).await),
            (409, "J-1001 was cancelled; make a new job for this.".into())
        );
    }
}

#[tokio::test]
async fn the_price_as_sold_does_not_follow_the_book() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let shop = shop(&acme).await;
        let job = shop.owner.post("/api/v1/work-orders", json!({ "appointment_id": shop.visit })).await;
        let again = shop.owner.post("/api/v1/work-orders", json!({ "appointment_id": shop.visit })).await;
        let id = made(job);
        assert_eq!(made(again), id, "a visit has one job");
        let added = shop.owner.post(&format!("/api/v1/work-orders/{id}/lines"), json!({ "item_id": shop.part })).await;
        assert_eq!(added.status, 201, "{added:?}");
        let item = shop.owner.get(&format!("/api/v1/items/{}", shop.part)).await;
        let dearer = json!({ "price": { "amount": "999.00", "currency": "USD" } });
        assert_eq!(shop.owner.patch(&format!("/api/v1/items/{}", shop.part), &item.etag(), dearer).await.status, 200);
        assert_eq!(job_of(&shop).await["line_items"][1]["unit_price"]["amount"], "214.00");
    }
}

#[tokio::test]
async fn a_visit_that_goes_on_without_its_job_takes_the_job_along() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let shop = shop(&acme).await;
        let at = format!("/api/v1/appointments/{}", shop.visit);
        let step = async |verb: &str| {
            let etag = shop.owner.get(&at).await.etag();
            let answer =
                shop.owner.send(Method::POST, &format!("{at}/{verb}"), &[("if-match", &etag)], json!({})).await;
            assert_eq!(answer.status, 200, "{verb}: {answer:?}");
            house.run_jobs().await;
        };
        step("start").await;
        let job = job_of(&shop).await;
        assert_eq!((&job["status"], &job["lines"]), (&json!("in_progress"), &json!(1)));
        step("complete").await;
        assert_eq!(job_of(&shop).await["status"], "completed");
        let told = acme.told().await;
        assert_eq!(told.iter().filter(|kind| *kind == "work_order.completed").count(), 1, "{told:?}");
        // The phones hear of it, and nobody reads it in what happened.
        assert!(!told.iter().any(|kind| kind == "day.changed"), "{told:?}");
        let heard = house
            .above()
            .await
            .query_one("select count(*) from ops.outbox where tenant_id = $1 and kind = 'day.changed'", &[&acme.id])
            .await;
        assert!(heard.unwrap().get::<_, i64>(0) > 0);
    }
}

#[tokio::test]
async fn a_prepared_job_goes_with_its_cancelled_visit() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let shop = shop(&acme).await;
        redirected(&shop.owner.form(&format!("/jobs/of-visit/{}", shop.visit), &[]).await);
        let at = format!("/api/v1/appointments/{}", shop.visit);
        let etag = shop.owner.get(&at).await.etag();
        let answer = shop
            .owner
            .send(Method::POST, &format!("{at}/cancel"), &[("if-match", &etag)], json!({ "reason": "Moved house" }))
            .await;
        assert_eq!(answer.status, 200, "{answer:?}");
        house.run_jobs().await;
        assert_eq!(job_of(&shop).await["status"], "cancelled");
    }
}

#[tokio::test]
async fn the_phone_follows_what_the_office_changes() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let shop = shop(&acme).await;
        let next = format!("/tech/jobs/{}/next", shop.visit);
        let verb = async || shop.marco.page(&next).await.text;
        assert!(verb().await.contains("On my way"));
        let at = format!("/api/v1/appointments/{}", shop.visit);
        let office = async |step: &str, body: Value| {
            let etag = shop.owner.get(&at).await.etag();
            let answer = shop.owner.send(Method::POST, &format!("{at}/{step}"), &[("if-match", &etag)], body).await;
            assert_eq!(answer.status, 200, "{answer:?}");
        };
        let was = shop.owner.get(&at).await.body["technician_id"].clone();
        let other = technician(&acme, &shop.owner, "Ana Duarte").await;
        office("assign", json!({ "technician_id": other.1 })).await;
        assert!(verb().await.contains("The office has taken this job off your day."));
        office("assign", json!({ "technician_id": was })).await;
        office("en-route", json!({})).await;
        assert!(verb().await.contains("Arrived, start job"));
        assert!(shop.marco.page(&format!("/tech/jobs/{}/progress", shop.visit)).await.text.contains("On my way"));
    }
}

#[tokio::test]
async fn my_day_is_for_those_who_go_out() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let (owner, marco) = (acme.person("owner").await, acme.person("technician").await);
        let in_nav = |page: &str| page.contains("g m");
        assert!(!in_nav(&owner.page("/jobs").await.text), "an owner without a lane");
        let members = owner.get("/api/v1/members").await;
        let olive =
            members.body["data"].as_array().unwrap().iter().find(|member| member["role"] == "owner").unwrap()["id"]
                .clone();
        let olive = olive.as_str().unwrap();
        assert!(owner.page("/tech").await.text.contains(&format!("/technicians/new?member_id={olive}")));
        assert!(marco.page("/tech").await.text.contains("You have no lane on the board"));
        made(owner.post("/api/v1/technicians", json!({ "member_id": olive, "name": "Olive" })).await);
        house.house.forget_principals();
        assert!(in_nav(&owner.page("/jobs").await.text), "an owner with a lane");
    }
}

const BOUNDARY: &str = "a-line-between";

async fn send_photo(person: &Person<'_>, path: &str, key: &str, bytes: &[u8]) -> Answer {
    let mut body = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"_key\"\r\n\r\n{key}\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"../../etc/passwd\"\r\nContent-Type: image/png\r\n\r\n").into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let content = format!("multipart/form-data; boundary={BOUNDARY}");
    person.call(Method::POST, path, &[("content-type", &content), ("accept", "text/html")], Body::from(body)).await
}

#[tokio::test]
async fn photos_are_pictures_and_only_for_those_who_see_the_job() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let shop = shop(&acme).await;
        let (paula, _) = technician(&acme, &shop.owner, "Paula Stone").await;
        let at = format!("/tech/jobs/{}/photos", shop.visit);
        let png: &[u8] = include_bytes!("pixel.png");
        redirected(&send_photo(&shop.marco, &at, "k1", png).await);
        redirected(&send_photo(&shop.marco, &at, "k1", png).await);
        let job = job_of(&shop).await;
        assert_eq!(job["photos"].as_array().unwrap().len(), 1, "sent twice, kept once: {job}");
        let seen = shop.marco.get(&format!("{at}/{}", job["photos"][0]["id"].as_str().unwrap())).await;
        assert_eq!((seen.status, seen.header("content-type")), (200, "image/jpeg"));
        assert!(seen.header("content-disposition").starts_with("attachment;"), "{seen:?}");
        assert_eq!(paula.get(&format!("{at}/{}", job["photos"][0]["id"].as_str().unwrap())).await.status, 404);
        let script = send_photo(&shop.marco, &at, "k2", b"<script>alert(1)</script>").await;
        assert!(script.status == 422 && script.text.contains("Send a PNG, JPEG or WebP picture."), "{script:?}");
        let large = [png, &vec![0; 11 << 20]].concat();
        let large = send_photo(&shop.marco, &at, "k3", &large).await;
        assert!(large.status == 422 && large.text.contains("larger than 10 MB"), "{}", large.status);
        assert_eq!(send_photo(&paula, &at, "k4", png).await.status, 404);
        assert_eq!(job_of(&shop).await["photos"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn the_office_works_on_a_jobs_page() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let shop = shop(&acme).await;
        let owner = &shop.owner;
        redirected(&owner.form(&format!("/jobs/of-visit/{}", shop.visit), &[]).await);
        let id = job_of(&shop).await["id"].as_str().unwrap().to_owned();
        let at = format!("/jobs/{id}");
        let wrong = owner
            .form(&format!("{at}/lines"), &[("description", "Pipe"), ("quantity", "two"), ("unit_price", "3")])
            .await;
        assert!(
            wrong.status == 422
                && wrong.text.contains("A quantity is a number, such as 2 or 1.5.")
                && wrong.text.contains("value=\"Pipe\""),
            "{wrong:?}"
        );
        redirected(
            &owner
                .form(
                    &format!("{at}/lines"),
                    &[("description", "<b>Pipe</b>"), ("quantity", "1.5"), ("unit_price", "3"), ("kind", "material")],
                )
                .await,
        );
        let page = owner.page(&at).await;
        for seen in ["J-1001", "&lt;b&gt;Pipe&lt;/b&gt;", "$4.50", "Lopez Residence", "Start job"] {
            assert!(page.text.contains(seen), "{seen}");
        }
        let line = job_of(&shop).await["line_items"][1].clone();
        let edit = [("version", "1"), ("description", "Pipe, 1/2 in"), ("quantity", "2"), ("unit_price", "3.00")];
        redirected(&owner.form(&format!("{at}/lines/{}", line["id"].as_str().unwrap()), &edit).await);
        let late = owner.form(&format!("{at}/lines/{}", line["id"].as_str().unwrap()), &edit).await;
        assert!(late.status == 422 && late.text.contains("Somebody changed it meanwhile"), "{late:?}");
        redirected(&owner.form(&format!("{at}/edit"), &[("version", "1"), ("title", "No cooling upstairs")]).await);
        redirected(&owner.form(&format!("{at}/notes"), &[("body", "Call before.")]).await);
        redirected(&owner.form(&format!("{at}/start"), &[]).await);
        redirected(&owner.form(&format!("{at}/finish"), &[]).await);
        assert!(owner.page(&at).await.text.contains("Completed"));

        let list = owner.page("/jobs?status=completed").await;
        assert!(list.text.contains("No cooling upstairs") && list.text.contains("J-1001"), "{}", list.text);
        assert!(owner.page("/jobs?status=open").await.text.contains("No job found"));
        for q in ["J-1001", "1001", "lopez", "prairie"] {
            let found = owner.get(&format!("/api/v1/work-orders?q={q}")).await;
            assert_eq!(found.body["data"].as_array().map(Vec::len), Some(1), "{q}: {found:?}");
        }
        assert_eq!(owner.get("/api/v1/work-orders?q=nobody").await.body["data"], json!([]));
        assert_eq!(owner.page(&format!("/customers/{}", shop.customer)).await.text.matches("J-1001").count(), 1);
    }
}

#[tokio::test]
async fn the_list_goes_on_where_it_ended() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let shop = shop(&acme).await;
        for n in 0..5 {
            made(
                shop.owner
                    .post("/api/v1/work-orders", json!({ "customer_id": shop.customer, "title": format!("Job {n}") }))
                    .await,
            );
        }
        let mut numbers = vec![];
        let mut path = "/api/v1/work-orders?limit=2".to_owned();
        loop {
            let page = shop.owner.get(&path).await;
            numbers.extend(page.body["data"].as_array().unwrap().iter().map(|job| job["number"].as_i64().unwrap()));
            let Some(cursor) = page.body["next_cursor"].as_str() else { break };
            path = format!("/api/v1/work-orders?limit=2&cursor={cursor}");
        }
        assert_eq!(numbers, [1005, 1004, 1003, 1002, 1001]);
        let one = shop.owner.post("/api/v1/work-orders", json!({ "appointment_id": shop.visit })).await;
        let (by_api, by_phone) =
            (format!("/api/v1/work-orders/{}/start", one.id()), format!("/tech/jobs/{}/start", shop.visit));
        let (a, b) = tokio::join!(shop.owner.post(&by_api, json!({})), shop.marco.form(&by_phone, &[]));
        assert_eq!((a.status, b.status), (200, 303), "{a:?} {b:?}");
        let told = acme.told().await;
        assert_eq!(told.iter().filter(|kind| *kind == "work_order.started").count(), 1, "{told:?}");
    }
}

/// What was done on a furnace is found again years later, at the furnace.
#[tokio::test]
async fn a_job_says_on_which_equipment_it_worked() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let (owner, marco) = (&shop.owner, &shop.marco);
        let install = async |customer: &str, name: &str| {
            let installed =
                json!({ "name": name, "make": "Carrier", "serial": "4417", "warranty_until": "2031-03-14" });
            made(owner.post(&format!("/api/v1/customers/{customer}/equipment"), installed).await)
        };
        let (furnace, pump) = (install(&shop.customer, "Furnace").await, install(&shop.customer, "Heat pump").await);
        let place = json!({ "name": "Somebody Else", "location": { "street": "1 Elm St", "city": "Springfield" } });
        let other = made(owner.post("/api/v1/customers", place).await);
        let theirs = install(&other, "Boiler").await;

        // On the phone: what stands there is told, and ticked.
        let at = format!("/tech/jobs/{}", shop.visit);
        redirected(&marco.form(&format!("{at}/start"), &[]).await);
        let page = marco.page(&at).await.text;
        for seen in ["Furnace", "Heat pump", "Carrier · serial 4417 · under warranty until 14 Mar 2031"] {
            assert!(page.contains(seen), "{seen}: {page}");
        }
        assert!(!page.contains("Boiler"));
        redirected(&marco.form(&format!("{at}/equipment"), &[("equipment", &furnace), ("equipment", &pump)]).await);
        let job = job_of(&shop).await;
        let (id, names) = (job["id"].as_str().unwrap().to_owned(), |job: &Value| {
            job["equipment"]
                .as_array()
                .unwrap()
                .iter()
                .map(|unit| unit["name"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        });
        assert_eq!(names(&job), ["Furnace", "Heat pump"]);

        // The office knows better; saying it twice says it once.
        let path = format!("/api/v1/work-orders/{id}/equipment");
        for _ in 0..2 {
            let said = owner.post(&path, json!({ "equipment": [furnace, furnace] })).await;
            assert_eq!((said.status, names(&said.body)), (200, vec!["Furnace".to_owned()]), "{said:?}");
        }
        assert_eq!(names(&job_of(&shop).await), ["Furnace"]);

        // Another customer's does not belong here, nor does what there is not; nothing of it is saved.
        for wrong in [&theirs, "00000000-0000-7000-8000-000000000000"] {
            let refused = owner.post(&path, json!({ "equipment": [pump, wrong] })).await;
            assert_eq!(refused.status, 422, "{refused:?}");
            assert!(
                refused.text.contains("/equipment/1") && refused.text.contains("not at the customer"),
                "{refused:?}"
            );
        }
        let many = owner.post(&path, json!({ "equipment": vec![&furnace; 51] })).await;
        assert!(many.status == 422 && many.text.contains("at most 50"), "{many:?}");
        assert_eq!(names(&job_of(&shop).await), ["Furnace"]);

        // Its service history.
        let history = owner.get(&format!("/api/v1/equipment/{furnace}/work-orders")).await;
        assert_eq!((history.status, history.body["data"][0]["order_id"].as_str()), (200, Some(&*id)), "{history:?}");
        assert_eq!(owner.get(&format!("/api/v1/equipment/{pump}/work-orders")).await.body["data"], json!([]));
        let none = owner.get("/api/v1/equipment/00000000-0000-7000-8000-000000000000/work-orders").await;
        assert_eq!(none.status, 404);
        let page = owner.page(&format!("/customers/equipment/{furnace}")).await.text;
        assert!(page.contains("Service history") && page.contains(&format!("/jobs/{id}")), "{page}");
        let page = owner.page(&format!("/customers/equipment/{pump}")).await.text;
        assert!(page.contains("No job has worked on it yet"), "{page}");
        let page = owner.page(&format!("/jobs/{id}")).await.text;
        assert!(page.contains("Which equipment is it about?") && page.contains("serial 4417"), "{page}");
        redirected(&owner.form(&format!("/jobs/{id}/equipment"), &[]).await);
        assert_eq!(names(&job_of(&shop).await), Vec::<String>::new(), "no box, no equipment");
    })
    .await;
}

#[tokio::test]
async fn what_is_sold_is_priced_for_its_customer_and_stays_as_sold() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let owner = &shop.owner;
        let usd = |amount: &str| json!({ "amount": amount, "currency": "USD" });
        let motor = json!({ "name": "Fan motor", "kind": "material", "pricing": "markup", "price": usd("0"), "cost": usd("100.00") });
        let motor = made(owner.post("/api/v1/items", motor).await);
        let bands = |ppm: i64| json!([{ "from": usd("0"), "markup_ppm": ppm }]);
        let all = made(owner.post("/api/v1/markups", json!({ "bands": bands(900_000) })).await);
        let contract = made(owner.post("/api/v1/tags", json!({ "name": "Contract" })).await);
        made(owner.post("/api/v1/markups", json!({ "tag_id": contract, "bands": bands(250_000) })).await);
        let other = made(owner.post("/api/v1/customers", json!({ "name": "Walk-in" })).await);
        let given = owner.post(&format!("/api/v1/customers/{}/tags", shop.customer), json!({ "tags": ["Contract"] })).await;
        assert_eq!(given.status, 200, "{given:?}");
        let asked = owner.get(&format!("/api/v1/items/{motor}/price?customer_id={}", shop.customer)).await;
        assert_eq!((&asked.body["unit_price"], &asked.body["by"], &asked.body["of"]), (&usd("125.00"), &json!("group"), &json!("Contract")));
        let asked = owner.get(&format!("/api/v1/items/{motor}/price?customer_id={other}")).await;
        assert_eq!(asked.body["unit_price"], usd("190.00"));
        let nobody = owner.get(&format!("/api/v1/items/{motor}/price?customer_id={}", uuid::Uuid::now_v7())).await;
        assert_eq!(nobody.error("/customer_id"), "There is no such customer.");

        let job = made(owner.post("/api/v1/work-orders", json!({ "customer_id": shop.customer, "title": "Motor" })).await);
        let lines = format!("/api/v1/work-orders/{job}/lines");
        let sold = owner.post(&lines, json!({ "item_id": motor, "quantity_milli": 2000 })).await;
        assert_eq!((sold.status, &sold.body["unit_price"]), (201, &usd("125.00")), "{sold:?}");

        // A bundle that says so comes as its parts, each at its price for this customer; another as one line.
        let bundle = |name: &str, sold_as: &str| json!({ "name": name, "kind": "bundle", "pricing": "parts", "sold_as": sold_as, "price": usd("0") });
        for (name, sold_as) in [("Set in parts", "parts"), ("Set as one", "one")] {
            let id = made(owner.post("/api/v1/items", bundle(name, sold_as)).await);
            let none = owner.post(&lines, json!({ "item_id": id })).await;
            let parts = json!({ "parts": [{ "item_id": motor, "quantity_milli": 1000 }, { "item_id": shop.part, "quantity_milli": 500 }] });
            assert_eq!(owner.send(Method::PUT, &format!("/api/v1/items/{id}/parts"), &[], parts).await.status, 200);
            if sold_as == "parts" {
                assert_eq!(none.body["detail"], "This bundle has no parts yet. Give it some in the price book.", "{none:?}");
                let refused = owner.post(&lines, json!({ "item_id": id, "cost": usd("5.00") })).await;
                assert!(refused.error("/cost").starts_with("This bundle is sold as its parts"), "{refused:?}");
                let foreign = json!({ "item_id": motor, "cost": { "amount": "5.00", "currency": "EUR" } });
                assert_eq!(owner.post(&lines, foreign).await.error("/cost"), "This job is in USD; this is in EUR.");
            }
            assert_eq!(owner.post(&lines, json!({ "item_id": id, "quantity_milli": 3000 })).await.status, 201);
        }
        let told = owner.get(&format!("/api/v1/work-orders/{job}")).await.body["line_items"].clone();
        let told: Vec<String> = told.as_array().unwrap().iter().map(|line| format!("{} {} {}", line["description"].as_str().unwrap(), line["quantity_milli"], line["unit_price"]["amount"].as_str().unwrap())).collect();
        assert_eq!(told, [
            "Fan motor 2000 125.00", "Fan motor 3000 125.00", "Run capacitor 1500 214.00",
            "Set as one 1000 0.00", "Set as one 3000 232.00",
        ]);
        // What was sold stays as sold, whatever becomes of rules and prices.
        let changed = owner.patch(&format!("/api/v1/markups/{all}"), "\"1\"", json!({ "bands": bands(0) })).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        let part = format!("/api/v1/items/{}", shop.part);
        assert_eq!(owner.patch(&part, &owner.get(&part).await.etag(), json!({ "price": usd("999.00") })).await.status, 200);
        house.run_jobs().await;
        let after = owner.get(&format!("/api/v1/work-orders/{job}")).await.body["line_items"].clone();
        let after: Vec<&str> = after.as_array().unwrap().iter().map(|line| line["unit_price"]["amount"].as_str().unwrap()).collect();
        assert_eq!(after, ["125.00", "125.00", "214.00", "0.00", "232.00"]);
    })
    .await;
}

/// Two photos of a phone that says where it is: before the company keeps it, and after.
#[tokio::test]
async fn where_a_photo_was_taken_is_kept_only_where_the_company_wants_it() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let shop = shop(&acme).await;
        let at = format!("/tech/jobs/{}/photos", shop.visit);
        let taken: &[u8] = include_bytes!("../../pictures/tests/placed.jpg");
        redirected(&send_photo(&shop.marco, &at, "k1", taken).await);
        let terms = shop.owner.get("/api/v1/photo-terms").await;
        assert_eq!((&terms.body["keeps_place"], terms.etag().as_str()), (&json!(false), "\"0\""));
        let refused = shop.marco.patch("/api/v1/photo-terms", "\"0\"", json!({ "keeps_place": true })).await;
        assert_eq!(refused.status, 403, "{refused:?}");
        let page = shop.owner.page("/settings/photos").await;
        assert!(page.text.contains("Keep where a photo was taken") && !page.text.contains(" checked"), "{page:?}");
        assert_eq!(shop.owner.form("/settings/photos", &[("version", "0"), ("keeps_place", "true")]).await.status, 303);
        assert!(shop.owner.page("/settings/photos").await.text.contains(" checked"));
        assert_eq!(shop.owner.form("/settings/photos", &[("version", "0")]).await.status, 409, "somebody saved before");

        redirected(&send_photo(&shop.marco, &at, "k2", taken).await);
        let job = job_of(&shop).await;
        let places: Vec<_> = job["photos"]
            .as_array()
            .unwrap()
            .iter()
            .map(|photo| (photo["latitude"].as_f64(), photo["longitude"].as_f64()))
            .collect();
        assert_eq!(places, [(None, None), (Some(39.781_7), Some(-89.650_1))]);
        // The picture itself has none of it, whoever gets it.
        for photo in job["photos"].as_array().unwrap() {
            let seen = shop
                .owner
                .get(&format!(
                    "/api/v1/work-orders/{}/photos/{}",
                    job["id"].as_str().unwrap(),
                    photo["id"].as_str().unwrap()
                ))
                .await;
            assert!(seen.status == 200 && !seen.text.contains("Exif"), "{}", seen.status);
        }
        let office = shop.owner.page(&format!("/jobs/{}", job["id"].as_str().unwrap())).await;
        assert_eq!(office.text.matches("Where it was taken").count(), 1, "{office:?}");
        assert!(!shop.marco.page(&format!("/tech/jobs/{}", shop.visit)).await.text.contains("Where it was taken"));

        let etag = shop.owner.get("/api/v1/photo-terms").await.etag();
        assert_eq!(shop.owner.patch("/api/v1/photo-terms", &etag, json!({ "keeps_place": false })).await.status, 200);
        redirected(&send_photo(&shop.marco, &at, "k3", taken).await);
        assert!(job_of(&shop).await["photos"][2]["latitude"].is_null());
        let told = acme.told().await;
        assert_eq!(told.iter().filter(|kind| *kind == "photo_terms.changed").count(), 2, "{told:?}");
    }
}
