//! Several visits of one job: found, parts ordered, repaired; and what becomes of the job when one of them does not take place.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::http::Method;
use harness::{Answer, Person, TestHouse, in_both_placements};
use jiff::SignedDuration;
use serde_json::{Value, json};

mod shop;
use shop::{Shop, house, job_of, made, redirected, shop, technician};

fn says(answer: &Answer) -> &str {
    answer.body["detail"].as_str().unwrap_or("")
}

fn later(house: &TestHouse, minutes: i64) {
    house.house.clock().advance(SignedDuration::from_mins(minutes));
}

/// The job of the shop's visit, begun on the phone.
async fn begun(shop: &Shop<'_>) -> String {
    redirected(&shop.marco.form(&format!("/tech/jobs/{}/start", shop.visit), &[]).await);
    format!("/api/v1/work-orders/{}", job_of(shop).await["id"].as_str().unwrap())
}

fn another(technician: &str, starts: &str) -> Value {
    json!({ "technician_id": technician, "starts_at": starts, "duration_minutes": 90 })
}

async fn visits(owner: &Person<'_>, job: &str) -> Vec<Value> {
    owner.get(&format!("{job}/visits")).await.body["data"].as_array().unwrap().clone()
}

/// What the board does with a visit, and what follows from it.
async fn board(house: &TestHouse, owner: &Person<'_>, visit: &str, verb: &str, body: Value) {
    let path = format!("/api/v1/appointments/{visit}");
    let etag = owner.get(&path).await.etag();
    let answer = owner.send(Method::POST, &format!("{path}/{verb}"), &[("if-match", &etag)], body).await;
    assert_eq!(answer.status, 200, "{verb}: {answer:?}");
    house.run_jobs().await;
}

fn states(visits: &[Value]) -> Vec<&str> {
    visits.iter().map(|visit| visit["status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn found_ordered_and_repaired_on_another_day() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let (owner, marco, first) = (&shop.owner, &shop.marco, format!("/tech/jobs/{}", shop.visit));
        let (paula, lane) = technician(&acme, owner, "Paula Stone").await;
        redirected(&marco.form(&format!("{first}/en-route"), &[]).await);
        let job = begun(&shop).await;
        assert_eq!(paula.page(&first).await.status, 404, "not hers yet");
        redirected(&marco.form(&format!("{first}/lines"), &[("item_id", &shop.part)]).await);
        redirected(&marco.form(&format!("{first}/notes"), &[("body", "Compressor is seized.")]).await);
        later(&house, 4);

        let page = marco.page(&first).await.text;
        assert!(page.contains("Somebody has to come again") && page.contains("Finish job"), "{page}");
        let wordless = marco.form(&format!("{first}/end"), &[("reason", "other"), ("note", "")]).await;
        assert!(
            wordless.status == 422 && wordless.text.contains("Say why somebody has to come again."),
            "{wordless:?}"
        );
        let unsaid = owner.post(&format!("{job}/visits/{}/end", shop.visit), json!({})).await;
        assert!(unsaid.error("/reason").starts_with("No other visit of this job is booked"), "{unsaid:?}");
        let (api, end) =
            (format!("{job}/visits/{}/end", shop.visit), [("reason", "parts"), ("note", "Compressor, by Friday")]);
        for _ in 0..2 {
            redirected(&marco.form(&format!("{first}/end"), &end).await);
        }
        let held = job_of(&shop).await;
        assert_eq!(
            (&held["status"], &held["held_for"], &held["held_note"]),
            (&json!("on_hold"), &json!("parts"), &json!("Compressor, by Friday"))
        );
        assert_eq!((&held["visit_status"], held["visits"].as_array().unwrap().len()), (&json!("completed"), 1));
        let page = marco.page(&first).await.text;
        assert!(
            !page.contains("Go on with the job") && !page.contains("Finish job"),
            "the next visit has the next verb: {page}"
        );
        // The event of the visit's end is heard late, and ends nothing.
        house.run_jobs().await;
        assert_eq!(job_of(&shop).await["status"], "on_hold");

        // The office books by the form of every booking.
        let form = owner.page(&format!("/jobs/{}/visits/new", held["id"].as_str().unwrap())).await;
        assert!(
            form.status == 200 && form.text.contains("Visit 2 of J-1001") && form.text.contains("Marco Bianchi"),
            "{form:?}"
        );
        let (id, lane_id) = (held["id"].as_str().unwrap(), lane.as_str());
        let fields = [
            ("customer_id", shop.customer.as_str()),
            ("title", "Fit the compressor"),
            ("technician_id", lane_id),
            ("date", "2026-06-26"),
            ("duration_minutes", "90"),
        ];
        let timeless = owner.form(&format!("/jobs/{id}/visits/new"), &fields).await;
        assert!(timeless.status == 422 && timeless.text.contains("Fit the compressor"), "{timeless:?}");
        let all = [&fields[..], &[("time", "10:00")]].concat();
        redirected(&owner.form(&format!("/jobs/{id}/visits/new"), &all).await);
        let both = visits(owner, &job).await;
        assert_eq!(states(&both), ["completed", "confirmed"]);
        assert_eq!(
            (&both[0]["again_for"], &both[1]["nth"], &both[1]["technician_name"], &both[1]["title"]),
            (&json!("parts"), &json!(2), &json!("Paula Stone"), &json!("Fit the compressor"))
        );
        assert_eq!(
            (&both[1]["starts_at"], &job_of(&shop).await["appointment_id"]),
            (&json!("2026-06-26T15:00:00Z"), &both[1]["appointment_id"]),
            "it counts now"
        );
        let second = both[1]["appointment_id"].as_str().unwrap().to_owned();
        let board = owner.page(&format!("/board?date=2026-06-26&job={second}")).await.text;
        assert!(board.contains("Visit 2 of 2") && board.contains("J-1001"), "{board}");
        let page = owner.page(&format!("/jobs/{id}")).await.text;
        assert!(page.contains("Book another visit") && page.contains("come again: waiting for parts"), "{page}");
        // A second booking of it as a visit by itself makes no other job.
        let same = owner.post("/api/v1/work-orders", json!({ "appointment_id": second })).await;
        assert_eq!(same.id(), id, "{same:?}");

        // Whoever comes next finds what was written before.
        let at = format!("/tech/jobs/{second}");
        let page = paula.page(&at).await.text;
        assert!(
            page.contains("Compressor is seized.") && page.contains("Run capacitor") && page.contains("Visit 2"),
            "{page}"
        );
        redirected(&paula.form(&format!("{at}/en-route"), &[]).await);
        later(&house, 2);
        for _ in 0..2 {
            redirected(&paula.form(&format!("{at}/start"), &[]).await);
        }
        let now = job_of(&shop).await;
        assert_eq!(
            (&now["status"], &now["held_for"], &now["technician_name"]),
            (&json!("in_progress"), &Value::Null, &json!("Paula Stone"))
        );
        redirected(&paula.form(&format!("{at}/notes"), &[("body", "Compressor fitted.")]).await);
        let shown = now["shown_hash"].clone();
        made(
            owner
                .post(
                    &format!("{job}/signatures"),
                    json!({ "kind": "completion", "name": "Ana Lopez", "typed": true, "shown": shown }),
                )
                .await,
        );
        later(&house, 5);
        redirected(&paula.form(&format!("{at}/finish"), &[]).await);
        redirected(&paula.form(&format!("{at}/finish"), &[]).await);
        house.run_jobs().await;

        let done = job_of(&shop).await;
        assert_eq!(done["status"], "completed");
        assert_eq!(states(&visits(owner, &job).await), ["completed", "completed"]);
        let of = |list: &str| -> Vec<&Value> {
            done[list].as_array().unwrap().iter().map(|one| &one["appointment_id"]).collect()
        };
        assert_eq!(of("notes"), [&json!(shop.visit), &json!(shop.visit), &json!(second)]);
        assert_eq!(of("signatures"), [&json!(second)]);
        let times = owner.get(&format!("{job}/time-entries")).await.body["data"].clone();
        let mut spent: Vec<(String, String, i64)> = times
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                (
                    one["appointment_id"].as_str().unwrap().to_owned(),
                    one["kind"].as_str().unwrap().to_owned(),
                    one["minutes"].as_i64().unwrap(),
                )
            })
            .collect();
        spent.sort_by_key(|(visit, kind, _)| (*visit != shop.visit, kind.clone()));
        let expected =
            [(&shop.visit, "travel", 0), (&shop.visit, "work", 4), (&second, "travel", 2), (&second, "work", 5)];
        assert_eq!(spent, expected.map(|(visit, kind, minutes)| (visit.clone(), kind.to_owned(), minutes)));
        let told = acme.told().await;
        let count = |kind: &str| told.iter().filter(|told| *told == kind).count();
        for (kind, times) in [
            ("work_order.created", 1),
            ("work_order.started", 1),
            ("work_order.visit_booked", 1),
            ("work_order.visit_ended", 1),
            ("work_order.resumed", 1),
            ("work_order.completed", 1),
        ] {
            assert_eq!(count(kind), times, "{kind} in {told:?}");
        }
        let timeline = owner.get(&format!("/api/v1/customers/{}/timeline", shop.customer)).await.text;
        assert!(
            timeline.contains("Visit 2 of job J-1001 booked")
                && timeline.contains("Visit 1 of job J-1001 done, somebody has to come again"),
            "{timeline}"
        );

        // What is over takes no further visit.
        let late = owner.post(&format!("{job}/visits"), another(&lane, "2026-06-29T15:00:00Z")).await;
        assert_eq!(
            (late.status, says(&late)),
            (409, "J-1001 is finished and takes no further visit. Reopen it, or make a follow-up.")
        );
        assert_eq!(owner.page(&format!("/jobs/{id}/visits/new")).await.status, 303, "back to the job");
        let late = owner.post(&api, json!({ "reason": "parts" })).await;
        assert_eq!(late.status, 200, "it was ended so before: {late:?}");
    })
    .await;
}

#[tokio::test]
async fn a_visit_ahead_keeps_the_job_open() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let (owner, marco) = (&shop.owner, &shop.marco);
        let (paula, lane) = technician(&acme, owner, "Paula Stone").await;
        let job = begun(&shop).await;
        let booked = owner.post(&format!("{job}/visits"), another(&lane, "2026-06-23T15:00:00Z")).await;
        assert_eq!((booked.status, &booked.body["nth"]), (201, &json!(2)), "{booked:?}");
        let second = booked.body["appointment_id"].as_str().unwrap().to_owned();
        let refused = owner.post(&format!("{job}/finish"), json!({})).await;
        let sentence = "Visit 2 of J-1001 is still open. Finish the visit alone, or cancel that one first.";
        assert_eq!(
            (refused.status, refused.body["code"].as_str(), says(&refused)),
            (409, Some("visit_open"), sentence)
        );
        let first = format!("/tech/jobs/{}", shop.visit);
        let refused = marco.form(&format!("{first}/finish"), &[]).await;
        assert!(
            refused.status == 422 && refused.text.contains("is still open"),
            "whoever does not see it is refused too: {refused:?}"
        );
        assert!(marco.page(&first).await.text.contains("End my visit"));
        // Two work at once, each at their own visit.
        redirected(&paula.form(&format!("/tech/jobs/{second}/start"), &[]).await);
        assert_eq!(states(&visits(owner, &job).await), ["on_site", "on_site"]);
        for _ in 0..2 {
            redirected(&marco.form(&format!("{first}/end"), &[]).await);
        }
        house.run_jobs().await;
        let now = job_of(&shop).await;
        assert_eq!((&now["status"], &now["appointment_id"]), (&json!("in_progress"), &json!(second)));
        let times = owner.get(&format!("{job}/time-entries")).await.body["data"].clone();
        let open: Vec<&Value> = times
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["ends_at"].is_null())
            .map(|one| &one["technician_name"])
            .collect();
        assert_eq!(open, [&json!("Paula Stone")], "one clock stopped, the other one runs");
        // The last one is closed on the board: the job is finished with it.
        board(&house, owner, &second, "complete", json!({})).await;
        assert_eq!(job_of(&shop).await["status"], "completed");
        assert_eq!(acme.told().await.iter().filter(|kind| *kind == "work_order.completed").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_board_moves_calls_off_and_begins_one_visit_of_several() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let owner = &shop.owner;
        let (_, lane) = technician(&acme, owner, "Paula Stone").await;
        let order = made(owner.post("/api/v1/work-orders", json!({ "appointment_id": shop.visit })).await);
        let job = format!("/api/v1/work-orders/{order}");
        let book = async |starts: &str| {
            let booked = owner.post(&format!("{job}/visits"), another(&lane, starts)).await;
            assert_eq!(booked.status, 201, "{booked:?}");
            booked.body["appointment_id"].as_str().unwrap().to_owned()
        };
        let second = book("2026-06-23T15:00:00Z").await;
        let verb = async |visit: &str, verb: &str| board(&house, owner, visit, verb, json!({})).await;
        // Nobody home at the first: the job goes on with the second.
        verb(&shop.visit, "no-show").await;
        let now = job_of(&shop).await;
        assert_eq!((&now["status"], &now["appointment_id"]), (&json!("open"), &json!(second)));
        // Moved, it is the same visit.
        let to = json!({ "starts_at": "2026-06-24T15:00:00Z", "technician_id": lane });
        board(&house, owner, &second, "move", to).await;
        let both = visits(owner, &job).await;
        assert_eq!(
            (states(&both), &both[1]["starts_at"]),
            (vec!["no_show", "confirmed"], &json!("2026-06-24T15:00:00Z"))
        );
        // Begun on the board and left for a part; the next begins there as well, and the job goes on with it.
        verb(&second, "start").await;
        assert_eq!(job_of(&shop).await["status"], "in_progress");
        let ended = owner.post(&format!("{job}/visits/{second}/end"), json!({ "reason": "parts" })).await;
        assert_eq!((ended.status, &ended.body["status"]), (200, &json!("on_hold")), "{ended:?}");
        house.run_jobs().await;
        let third = book("2026-06-25T15:00:00Z").await;
        verb(&third, "start").await;
        assert_eq!(job_of(&shop).await["status"], "in_progress");
        // A fourth is called off: what has begun stays.
        let fourth = book("2026-06-26T15:00:00Z").await;
        let cancelled =
            async |visit: &str| board(&house, owner, visit, "cancel", json!({ "reason": "Not needed" })).await;
        cancelled(&fourth).await;
        let now = job_of(&shop).await;
        assert_eq!((&now["status"], &now["appointment_id"]), (&json!("in_progress"), &json!(third)));
        assert_eq!(states(&visits(owner, &job).await), ["no_show", "completed", "on_site", "cancelled"]);
        // Called off by itself, the job takes what is ahead with it.
        let fifth = book("2026-06-26T18:00:00Z").await;
        assert_eq!(owner.post(&format!("{job}/cancel"), json!({ "reason": "Sold the house" })).await.status, 200);
        house.run_jobs().await;
        assert_eq!(states(&visits(owner, &job).await), ["no_show", "completed", "completed", "cancelled", "cancelled"]);
        assert_eq!(owner.get(&format!("/api/v1/appointments/{fifth}")).await.body["cancel_reason"], "Sold the house");
        let late = owner.post(&format!("{job}/visits"), another(&lane, "2026-06-29T15:00:00Z")).await;
        assert_eq!(says(&late), "J-1001 was cancelled and takes no further visit. Make a new job.");

        // The only open visits of a job that nobody began: with the last of them it is called off, as ever.
        let next = owner.post("/api/v1/work-orders", json!({ "customer_id": shop.customer, "title": "Drip" })).await;
        let job = format!("/api/v1/work-orders/{}", made(next));
        let mut booked = vec![];
        for day in [29, 30] {
            let visit = owner.post(&format!("{job}/visits"), another(&lane, &format!("2026-06-{day}T15:00:00Z"))).await;
            booked.push(visit.body["appointment_id"].as_str().unwrap().to_owned());
        }
        let status = async || owner.get(&job).await.body["status"].clone();
        cancelled(&booked[0]).await;
        assert_eq!(status().await, "open");
        cancelled(&booked[1]).await;
        assert_eq!(status().await, "cancelled");
    })
    .await;
}

#[tokio::test]
async fn a_visit_is_booked_by_the_rules_and_by_whoever_may() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let owner = &shop.owner;
        let (_, lane) = technician(&acme, owner, "Paula Stone").await;
        let job = begun(&shop).await;
        let path = format!("{job}/visits");
        let endless = owner.post(&path, json!({ "technician_id": lane, "starts_at": "2026-06-23T15:00:00Z" })).await;
        assert_eq!(endless.error("/duration_minutes"), "Say how many minutes it takes, or choose a service.");
        let half = json!({ "starts_at": "2026-06-23T15:00:00Z", "duration_minutes": 60, "window_starts": "2026-06-23T15:00:00Z" });
        assert!(owner.post(&path, half).await.error("/window_ends").starts_with("A promised window has both ends"));
        assert_eq!(owner.post(&path, another(&acme.id.to_string(), "2026-06-23T15:00:00Z")).await.status, 422);
        // Two for the same technician at the same time: one is booked.
        let (a, b) = tokio::join!(
            owner.post(&path, another(&lane, "2026-06-23T15:00:00Z")),
            owner.post(&path, another(&lane, "2026-06-23T15:30:00Z"))
        );
        let mut answers = [a.status, b.status];
        answers.sort_unstable();
        assert_eq!(answers, [201, 409], "{a:?} {b:?}");
        // Two at once at other times: both, and each is the which it is.
        let (a, b) = tokio::join!(
            owner.post(&path, another(&lane, "2026-06-24T15:00:00Z")),
            owner.post(&path, another(&lane, "2026-06-25T15:00:00Z"))
        );
        assert_eq!((a.status, b.status), (201, 201), "{a:?} {b:?}");
        let nth: Vec<i64> = visits(owner, &job).await.iter().map(|visit| visit["nth"].as_i64().unwrap()).collect();
        assert_eq!(nth, [1, 2, 3, 4]);

        // A visit of another job is not ended by this one, nor by whoever may only look.
        let other = made(owner.post("/api/v1/work-orders", json!({ "customer_id": shop.customer, "title": "Drip" })).await);
        let wrong = owner.post(&format!("/api/v1/work-orders/{other}/visits/{}/end", shop.visit), json!({ "reason": "parts" })).await;
        assert_eq!(wrong.status, 404, "{wrong:?}");
        let viewer = acme.person("viewer").await;
        let before = acme.fingerprint().await;
        assert_eq!(viewer.get(&path).await.status, 200);
        let id = job.rsplit('/').next().unwrap();
        for (status, answer) in [
            (403, viewer.post(&path, another(&lane, "2026-06-26T15:00:00Z")).await),
            (403, viewer.post(&format!("{path}/{}/end", shop.visit), json!({ "reason": "parts" })).await),
            (403, viewer.page(&format!("/jobs/{id}/visits/new")).await),
            (403, shop.marco.post(&path, another(&lane, "2026-06-26T15:00:00Z")).await),
        ] {
            assert_eq!(answer.status, status, "{answer:?}");
        }
        // The neighbour finds no such job.
        let next = house.company("pooled").await;
        let stranger = next.person("owner").await;
        assert_eq!(stranger.get(&path).await.status, 404);
        assert_eq!(stranger.post(&path, json!({ "starts_at": "2026-06-26T15:00:00Z", "duration_minutes": 60 })).await.status, 404);
        assert_eq!(stranger.post(&format!("{path}/{}/end", shop.visit), json!({ "reason": "parts" })).await.status, 404);
        assert_eq!(stranger.page(&format!("/jobs/{id}/visits/new")).await.status, 404);
        assert_eq!(acme.fingerprint().await, before, "nothing of it was done");
    })
    .await;
}

#[tokio::test]
async fn what_a_further_visit_costs_more_is_charged_once_somebody_is_there() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let owner = &shop.owner;
        let (_, lane) = technician(&acme, owner, "Paula Stone").await;
        let late = json!({ "name": "After hours", "weekdays": [1, 2, 3, 4, 5], "starts": "15:00", "ends": "07:00", "amount": { "amount": "75.00", "currency": "USD" } });
        made(owner.post("/api/v1/surcharges", late).await);
        let job = begun(&shop).await;
        // A surcharge is one of a service.
        let service = owner.get(&format!("/api/v1/appointments/{}", shop.visit)).await.body["item_id"].clone();
        let of_service = |starts: &str| json!({ "technician_id": lane, "starts_at": starts, "item_id": service });
        let lines = async || -> Vec<Value> {
            let all = owner.get(&job).await.body["line_items"].clone();
            all.as_array().unwrap().iter().map(|line| line["description"].clone()).collect()
        };
        let book = async |starts: &str| {
            let booked = owner.post(&format!("{job}/visits"), of_service(starts)).await;
            assert_eq!(booked.status, 201, "{booked:?}");
            booked.body["appointment_id"].as_str().unwrap().to_owned()
        };
        // A quarter past three in Chicago.
        let off = book("2026-06-23T20:15:00Z").await;
        board(&house, owner, &off, "cancel", json!({})).await;
        assert_eq!(lines().await, ["Diagnostic visit"], "called off, it costs nothing");
        let second = book("2026-06-24T20:15:00Z").await;
        assert_eq!(lines().await, ["Diagnostic visit"], "nor before somebody is there");
        for _ in 0..2 {
            board(&house, owner, &second, "start", json!({})).await;
        }
        assert_eq!(lines().await, ["Diagnostic visit", "After hours"]);
        // A job that was made by itself has it with its first visit, as one that was made of a visit; and once.
        let own = json!({ "customer_id": shop.customer, "title": "Drip" });
        let job = format!("/api/v1/work-orders/{}", made(owner.post("/api/v1/work-orders", own).await));
        let booked = owner.post(&format!("{job}/visits"), of_service("2026-06-25T20:15:00Z")).await;
        board(&house, owner, booked.body["appointment_id"].as_str().unwrap(), "start", json!({})).await;
        let all = owner.get(&job).await.body["line_items"].clone();
        assert_eq!((all.as_array().unwrap().len(), &all[0]["description"]), (1, &json!("After hours")), "{all}");
    })
    .await;
}
