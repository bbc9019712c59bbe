//! 30 clients want the same time of the same technician, by five doors at once: exactly one gets it, a thousand times (`ROUNDS` for more).
//! The fifth door is the confirmation of a time that was held: six clicks on the last button of the booking page, by way of three
//! processes. While the hold lasts one of them gets the time; once it is over all the others may, and none of the six.
#![allow(clippy::unwrap_used)]
use axum::{body::Body, http::Method};
use futures_util::future::join_all;
use harness::{Company, Person};
use kernel::jiff::{SignedDuration, Span, civil::date};
use serde_json::{Value, json};

fn rounds() -> usize {
    std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1000)
}

async fn post_form(who: &Person<'_>, path: &str, cookie: &str, body: &str) -> harness::Answer {
    let headers = [("accept", "text/html"), ("cookie", cookie), ("content-type", "application/x-www-form-urlencoded")];
    who.call(Method::POST, path, &headers, Body::from(body.to_owned())).await
}

fn draft(answer: &harness::Answer) -> String {
    let set = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|set| set.to_str().unwrap())
        .find(|set| set.starts_with("tradewind_book="));
    set.unwrap_or_else(|| panic!("no draft: {answer:?}")).split(';').next().unwrap().to_owned()
}

/// What became of the time that the six who confirm had held.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Hold {
    Lasts,
    Over,
    Gone,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_thirty_wins() {
    let _ = tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_test_writer().try_init();
    let modules = || vec![catalog::module(), customers::module(), scheduling::module()];
    // Three processes' worth of pools over one database.
    let (one, two, three) =
        (harness::start(modules()).await, harness::start(modules()).await, harness::start(modules()).await);
    for placement in harness::PLACEMENTS {
        let acme = one.company(placement).await;
        let seen_by = |test| Company {
            test,
            id: acme.id,
            slug: acme.slug.clone(),
            host: acme.host.clone(),
            placement: acme.placement.clone(),
            api_key: acme.api_key.clone(),
            owner_email: acme.owner_email.clone(),
        };
        let others = [seen_by(&two), seen_by(&three)];
        let houses = [&acme, &others[0], &others[1]];
        let owners: Vec<Person<'_>> = join_all(houses.iter().map(|house| house.person("owner"))).await;
        let owner = &owners[0];
        let item = owner.post("/api/v1/items", json!({ "name": "Tune-up", "kind": "service", "price": { "amount": "89.00", "currency": "USD" }, "duration_minutes": 120, "online": true })).await.id();
        let customer = owner.post("/api/v1/customers", json!({ "name": "Rivera" })).await.id();
        let made = owner.post("/api/v1/technicians", json!({ "name": "Marco", "email": "marco@example.com" })).await;
        let marco = made.id();
        // Two hours a day: one time of two hours fits.
        let week: Vec<Value> =
            (1..=7).map(|day| json!({ "weekday": day, "starts": "08:00", "ends": "10:00" })).collect();
        let set = owner
            .send(
                Method::PUT,
                &format!("/api/v1/technicians/{marco}/shifts"),
                &[("if-match", &made.etag())],
                json!({ "shifts": week }),
            )
            .await;
        assert_eq!(set.status, 200, "{set:?}");
        let place = post_form(&acme.visitor(), "/book", "", "street=1%20Elm&city=Springfield&postal_code=62704").await;
        let service = post_form(&acme.visitor(), "/book/service", &draft(&place), &format!("item_id={item}")).await;
        let cookie = draft(&service);
        // Whoever answers all pages at once is taken for a robot.
        for house in [&one, &two, &three] {
            house.clock.advance(SignedDuration::from_secs(5));
        }
        let mut waiting = vec![];
        // Half of them are dropped on the board, half are moved to another time by the API.
        for _ in 0..12 {
            let body = json!({ "customer_id": customer, "item_id": item, "starts_at": "2026-06-22T23:00:00Z" });
            waiting.push(owner.post("/api/v1/appointments", body).await.id());
        }
        let above = one.above().await;
        let schema = acme.schema().await;
        let taken = async || {
            let count = format!(
                "select count(*) from {schema}.appointment where tenant_id = $1 and technician_id is not null and status not in ('cancelled', 'no_show')"
            );
            above.query_one(&count, &[&acme.id]).await.unwrap().get::<_, i64>(0)
        };
        let mut won_by = [0usize; 5];
        // First each door's six alone, so that every door is known to open; then all 30 together.
        for round in 0..5 + rounds() / harness::PLACEMENTS.len() {
            let alone = (round < 5).then_some(round);
            // Of a hold that lasts, of one that is over and not cleared away yet, of none any more.
            let hold = if alone == Some(4) {
                Hold::Lasts
            } else {
                [Hold::Lasts, Hold::Over, Hold::Gone, Hold::Over, Hold::Gone][round % 5]
            };
            let hold = if alone.is_some_and(|door| door < 4) { Hold::Gone } else { hold };
            let day = date(2026, 6, 23).checked_add(Span::new().days((round % 25) as i64)).unwrap();
            let starts_at = format!("{day}T13:00:00Z"); // 8:00 in Chicago
            let versions = above.query(&format!("select id::text, version from {schema}.appointment where tenant_id = $1 and technician_id is null"), &[&acme.id]).await.unwrap();
            let version = |id: &str| {
                versions.iter().find(|row| row.get::<_, &str>(0) == id).map(|row| row.get::<_, i64>(1)).unwrap()
            };
            let held_before = post_form(&acme.visitor(), "/book/when", &cookie, &format!("slot={day}T08%3A00")).await;
            let confirming = draft(&held_before);
            let aside = match hold {
                Hold::Lasts => String::new(),
                Hold::Over => format!(
                    "update {schema}.appointment set expires_at = '2026-01-01Z' where tenant_id = $1 and status = 'held'"
                ),
                Hold::Gone => format!("delete from {schema}.appointment where tenant_id = $1 and status = 'held'"),
            };
            if !aside.is_empty() {
                assert_eq!(above.execute(&aside, &[&acme.id]).await.unwrap(), 1, "round {round}: {held_before:?}");
            }
            let booked = (0..6).map(|n| {
                let body =
                    json!({ "customer_id": customer, "item_id": item, "technician_id": marco, "starts_at": starts_at });
                let who = &owners[n % 3];
                async move { (0usize, who.post("/api/v1/appointments", body).await) }
            });
            let dropped = waiting.iter().take(6).enumerate().map(|(n, id)| {
                let body = json!({ "appointment": id, "technician": marco, "date": day.to_string(), "start": "08:00", "minutes": 120, "force": false });
                let (who, etag) = (&owners[n % 3], format!("\"{}\"", version(id)));
                async move { (1usize, who.send(Method::POST, "/board/move", &[("if-match", &etag)], body).await) }
            });
            let moved = waiting.iter().skip(6).enumerate().map(|(n, id)| {
                let body = json!({ "starts_at": starts_at, "technician_id": marco });
                let (who, etag) = (&owners[n % 3], format!("\"{}\"", version(id)));
                let path = format!("/api/v1/appointments/{id}/move");
                async move { (3usize, who.send(Method::POST, &path, &[("if-match", &etag)], body).await) }
            });
            let visitors: Vec<Person<'_>> = (0..6).map(|n| houses[n % 3].visitor()).collect();
            let held = visitors.iter().map(|who| {
                let (cookie, body) = (cookie.clone(), format!("slot={day}T08%3A00"));
                async move { (2usize, post_form(who, "/book/when", &cookie, &body).await) }
            });
            let confirmed = visitors.iter().map(|who| {
                let (cookie, body) = (confirming.clone(), "name=Rosa&phone=%28217%29%20555-0142");
                async move { (4usize, post_form(who, "/book/you", &cookie, body).await) }
            });
            type Try<'a> = std::pin::Pin<Box<dyn Future<Output = (usize, harness::Answer)> + Send + 'a>>;
            let mut tries: Vec<Try<'_>> = vec![];
            tries.extend(booked.map(|f| Box::pin(f) as Try<'_>));
            tries.extend(dropped.map(|f| Box::pin(f) as Try<'_>));
            tries.extend(held.map(|f| Box::pin(f) as Try<'_>));
            tries.extend(moved.map(|f| Box::pin(f) as Try<'_>));
            tries.extend(confirmed.map(|f| Box::pin(f) as Try<'_>));
            if let Some(door) = alone {
                tries = tries.into_iter().skip(door * 6).take(6).collect();
            }
            // Each round begins with another door, so that no door is always first.
            let turn = (round * 5) % tries.len();
            tries.rotate_left(turn);
            let answers = join_all(tries).await;
            let won: Vec<usize> =
                answers.iter().filter(|(_, a)| matches!(a.status, 200 | 201 | 303)).map(|(door, _)| *door).collect();
            assert_eq!(won.len(), 1, "round {round}: {answers:?}");
            assert!(alone.is_none_or(|door| won[0] == door), "round {round}: {answers:?}");
            assert_eq!(won[0] == 4, hold == Hold::Lasts, "round {round}: {answers:?}");
            assert!(
                answers.iter().all(|(_, a)| matches!(a.status, 200 | 201 | 303 | 409 | 422)),
                "round {round}: {answers:?}"
            );
            won_by[won[0]] += 1;
            assert_eq!(taken().await, 1, "round {round}");
            // The time is made free again for the next round; what waited waits again.
            above.execute(&format!("update {schema}.appointment set technician_id = null where tenant_id = $1 and status = 'confirmed' and id::text = any($2)"), &[&acme.id, &waiting]).await.unwrap();
            above
                .execute(
                    &format!("delete from {schema}.appointment where tenant_id = $1 and technician_id is not null"),
                    &[&acme.id],
                )
                .await
                .unwrap();
        }
        println!(
            "{placement}: won by API {}, board {}, booking page {}, rescheduling {}, confirmation {}",
            won_by[0], won_by[1], won_by[2], won_by[3], won_by[4]
        );

        // The constraint stands behind it, whoever writes: the same time twice, by hand and above all walls.
        let insert = format!(
            "insert into {schema}.appointment (tenant_id, id, customer_id, technician_id, title, starts_at, ends_at, status, source) select $1, gen_random_uuid(), id, (select id from {schema}.technician where tenant_id = $1), 'x', '2026-07-01 13:00Z', '2026-07-01 15:00Z', 'confirmed', 'office' from {schema}.customer where tenant_id = $1 and name = 'Rivera'"
        );
        above.execute(&insert, &[&acme.id]).await.unwrap();
        let twice = above.execute(&insert, &[&acme.id]).await.unwrap_err();
        assert_eq!(twice.as_db_error().and_then(|e| e.constraint()), Some("occupancy_no_overlap"));
        // Without it, where the tables are this company's own, the same INSERT goes through and the count above sees two.
        if placement == "dedicated" {
            let open = format!("alter table {schema}.occupancy drop constraint occupancy_no_overlap");
            above.batch_execute(&open).await.unwrap();
            above.execute(&insert, &[&acme.id]).await.unwrap();
            assert_eq!(taken().await, 2, "two have one time");
        }
    }
}
