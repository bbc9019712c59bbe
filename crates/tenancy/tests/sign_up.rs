//! Companies are made of sign-ups by workers that may be killed at any moment, one company of each.
#![allow(clippy::unwrap_used)] // A test stops where something is not as it should be.
use axum::{body::Body, http::Method};
use harness::{Answer, Person, TestHouse, start};
use jiff::SignedDuration;
use kernel::Uuid;
use serde_json::{Value, json};
use std::{future::Future, pin::pin, task::Poll, time::Duration};
use tenancy::onboarding::next;

async fn house() -> TestHouse {
    let house = start(vec![]).await;
    tenancy::on_start(&house.house, &house.ground.dsns, &house.ground.secrets).await.unwrap();
    house
}

/// Signs up by the questions, up to the address; gives the browser that did.
async fn answers<'a>(house: &'a TestHouse, name: &str) -> Person<'a> {
    let mut body = String::new();
    for (field, value) in
        [("name", name), ("industry", "hvac"), ("time_zone", "UTC"), ("country", "US"), ("phone", "(217) 555-0100")]
    {
        body += &format!("--tw\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
    }
    body += "--tw--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=tw"), ("accept", "text/html")];
    let begun = house.outside().call(Method::POST, "/onboarding/company", &headers, Body::from(body)).await;
    assert_eq!(begun.status, 303, "{begun:?}");
    let mut browser = house.outside();
    browser.credential = Some(("cookie", begun.header("set-cookie").split(';').next().unwrap().to_owned()));
    let you = [("name", "Bo"), ("email", "bo@breeze.example"), ("password", "wind and weather")];
    assert_eq!(browser.form("/onboarding/you", &you).await.status, 303);
    browser
}

async fn address(browser: &Person<'_>, slug: &str) -> Answer {
    browser.form("/onboarding/address", &[("slug", slug)]).await
}

/// Signs up to the end, and gives the browser and the sign-up, which waits for a worker.
async fn asked<'a>(house: &'a TestHouse, slug: &str, plan: &str) -> (Person<'a>, Uuid) {
    let browser = answers(house, "Breeze Air").await;
    assert_eq!(address(&browser, slug).await.status, 303);
    assert_eq!(browser.form("/onboarding/plan", &[("plan", plan)]).await.status, 303);
    let id = house.above().await.query_one("select id from ctl.signup where slug = $1", &[&slug]).await.unwrap().get(0);
    (browser, id)
}

fn named(what: &str) -> String {
    format!("{what}-{}", std::process::id())
}

/// Another sign-up with the same answers, at another address, that waits for a worker.
async fn twin(house: &TestHouse, of: Uuid, slug: &str) -> Uuid {
    let id = Uuid::now_v7();
    let sql = "insert into ctl.signup (id, token_hash, draft, state, slug, run_at, created_at, updated_at)
               select $2::uuid, $2::uuid::text, draft || jsonb_build_object('slug', $3::text), 'asked', $3, created_at, created_at, updated_at from ctl.signup where id = $1";
    assert_eq!(house.above().await.execute(sql, &[&of, &id, &slug]).await.unwrap(), 1);
    id
}

/// State, tries, and how many companies, owners and schemas there are of it.
async fn standing(house: &TestHouse, id: Uuid) -> (String, i32, i64, i64, i64) {
    let above = house.above().await;
    let row = above
        .query_one(
            "select state, attempts, (select count(*) from ctl.tenant t where t.id = s.id),
               (select count(*) from pg_namespace where nspname like 'tenant\\_%' and right(nspname, 12) = right(s.id::text, 12)),
               (select schema_name from ctl.tenant t where t.id = s.id)
             from ctl.signup s where id = $1",
            &[&id],
        )
        .await
        .unwrap();
    let schema: Option<String> = row.get(4);
    let members = format!("select count(*) from {}.member where tenant_id = $1", schema.as_deref().unwrap_or("app"));
    let owners = above.query_one(&members, &[&id]).await.unwrap().get(0);
    (row.get(0), row.get(1), row.get(2), owners, row.get(3))
}

/// Lets the work go on for so many turns and then drops it, as the end of a process does: connections close where they are.
/// True when it came to its end before.
async fn killed_after(turns: usize, work: impl Future<Output = kernel::Result<bool>>) -> bool {
    let (mut left, mut work) = (turns, pin!(work));
    std::future::poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        work.as_mut().poll(cx).map(|outcome| outcome.unwrap())
    })
    .await
}

async fn killed_everywhere(plan: &str, schemas: i64, from: usize, stride: usize) {
    let house = house().await;
    let (_, first) = asked(&house, &named(&format!("kill-{plan}-from-{from}")), plan).await;
    let (mut turns, mut kills) = (from, 0);
    loop {
        let id = twin(&house, first, &named(&format!("kill-{plan}-{turns}"))).await;
        let whole = killed_after(turns, next(&house.house, Some(id))).await;
        if !whole {
            kills += 1;
            let (state, tries, tenants, owners, _) = standing(&house, id).await;
            assert!(
                state != "failed" && tenants == owners && (tries == 0 || tries == 1),
                "after {turns} turns: {state} {tries} {tenants} {owners}"
            );
            // Nobody takes it from a worker that may still be alive.
            if state == "making" {
                assert!(
                    !next(&house.house, Some(id)).await.unwrap(),
                    "after {turns} turns it is taken before its time"
                );
            }
            house.clock.advance(SignedDuration::from_secs(61));
            // Where the kill came between the claim's commit and the word of it, or before it, a whole try is left to do.
            if state != "ready" {
                assert!(next(&house.house, Some(id)).await.unwrap(), "after {turns} turns it is never taken up again");
            }
        }
        let (state, _, tenants, owners, placed) = standing(&house, id).await;
        assert_eq!((state.as_str(), tenants, owners, placed), ("ready", 1, 1, schemas), "after {turns} turns");
        assert!(!next(&house.house, Some(id)).await.unwrap(), "there is nothing left to do");
        if whole {
            break;
        }
        turns += stride;
        assert!(turns < 10_000);
    }
    assert!(kills >= 5, "only {kills} places to be killed at were met");
    println!("{plan}: killed at {kills} places");
}

#[tokio::test]
async fn a_worker_killed_anywhere_leaves_a_sign_up_that_another_brings_to_its_end() {
    killed_everywhere("starter", 0, 0, 1).await;
}

/// A schema takes seconds to make: two at once, each killed at every other place.
#[tokio::test]
async fn so_it_is_for_a_company_with_a_schema_of_its_own() {
    killed_everywhere("enterprise", 1, 0, 14).await;
}
#[tokio::test]
async fn and_at_the_places_between() {
    killed_everywhere("enterprise", 1, 7, 14).await;
}

#[tokio::test]
async fn two_workers_make_one_company_of_each() {
    let house = house().await;
    let other = self::house().await;
    let (_, first) = asked(&house, &named("two"), "starter").await;
    let mut all = vec![];
    for n in 0..8 {
        all.push(twin(&house, first, &named(&format!("two-{n}"))).await);
    }
    for id in &all {
        let (one, two) = tokio::join!(next(&house.house, Some(*id)), next(&other.house, Some(*id)));
        assert!(one.unwrap() ^ two.unwrap(), "one of the two takes it");
        assert_eq!(standing(&house, *id).await, ("ready".into(), 1, 1, 1, 0));
    }
    // One that was believed dead and is not: both are at it, and still there is one company, and no failure is noted.
    let late = twin(&house, first, &named("two-late")).await;
    let slow = next(&house.house, Some(late));
    let mut slow = pin!(slow);
    let mut turns = 0;
    while standing(&house, late).await.0 != "making" {
        assert!(!std::future::poll_fn(|cx| Poll::Ready(slow.as_mut().poll(cx).is_ready())).await);
        tokio::time::sleep(Duration::from_millis(2)).await;
        turns += 1;
        assert!(turns < 1000);
    }
    other.clock.advance(SignedDuration::from_secs(61));
    let (slow, quick) = tokio::join!(slow, next(&other.house, Some(late)));
    assert!(slow.unwrap() && quick.unwrap());
    assert_eq!(standing(&house, late).await, ("ready".into(), 2, 1, 1, 0));
}

#[tokio::test]
async fn the_key_is_shown_once_whoever_asks() {
    let house = house().await;
    let other = self::house().await;
    for plan in ["starter", "enterprise"] {
        let slug = named(&format!("key-{plan}"));
        let (browser, id) = asked(&house, &slug, plan).await;
        assert!(next(&house.house, Some(id)).await.unwrap());
        let (_, _, _, _, dedicated) = standing(&house, id).await;
        let schema: String = house
            .above()
            .await
            .query_one("select coalesce(schema_name, 'app') from ctl.tenant where id = $1", &[&id])
            .await
            .unwrap()
            .get(0);
        assert_eq!(dedicated == 1, schema != "app");
        let keys = format!("select count(*) from {schema}.api_key where tenant_id = $1");
        let count = async || house.above().await.query_one(&keys, &[&id]).await.unwrap().get::<_, i64>(0);
        // Whatever a browser looks at, beforehand and again, makes nothing and uses nothing up.
        for path in ["/onboarding", "/onboarding/progress", "/onboarding", "/onboarding/key"] {
            let seen = browser.page(path).await;
            assert!(!seen.text.contains("tk_") && !seen.text.contains("/welcome?t="), "{path}: {}", seen.text);
            assert_eq!(path == "/onboarding/key", seen.status == 405, "{seen:?}");
            assert!(seen.status == 405 || seen.text.contains("Show my key"), "{path}: {}", seen.text);
        }
        assert_eq!(count().await, 0, "there is no key before somebody asks for it");
        let stranger = house.outside().form("/onboarding/key", &[]).await;
        assert_eq!(
            (stranger.status, stranger.header("location")),
            (303, "/onboarding"),
            "who has no sign-up gets none"
        );
        // Two tabs and another process, at the same time.
        let mut elsewhere = other.outside();
        elsewhere.credential = browser.credential.clone();
        let (one, two, three) = tokio::join!(
            browser.form("/onboarding/key", &[]),
            browser.form("/onboarding/key", &[]),
            elsewhere.form("/onboarding/key", &[])
        );
        let shown: Vec<&Answer> = [&one, &two, &three].into_iter().filter(|page| page.text.contains("tk_")).collect();
        assert!(
            [&one, &two, &three].iter().all(|page| page.status == 200 && page.text.contains("is ready")),
            "{one:?} {two:?} {three:?}"
        );
        assert_eq!((shown.len(), count().await), (1, 1));
        let key = format!("tk_{}", shown[0].text.split("tk_").nth(1).unwrap().split(['<', '"']).next().unwrap());
        assert!(shown[0].text.contains("/welcome?t="));
        for again in [
            browser.page("/onboarding").await,
            elsewhere.page("/onboarding/progress").await,
            browser.form("/onboarding/key", &[]).await,
        ] {
            assert!(!again.text.contains("tk_") && again.text.contains("shown once already"), "{again:?}");
        }
        assert_eq!(count().await, 1);
        let mut program = house.outside();
        program.host = format!("{slug}.tradewind.test");
        program.credential = Some(("authorization", format!("Bearer {key}")));
        assert_eq!(program.get("/api/v1/members").await.status, 200, "the key opens the company");
        assert_eq!(program.get("/api/v1/company").await.body["phone"], "(217) 555-0100");
        let stranger = house.outside().page("/onboarding").await;
        assert!(!stranger.text.contains(&slug), "without the cookie it is another's");
    }
}

#[tokio::test]
async fn an_address_is_one_drafts_and_the_second_is_told() {
    let house = house().await;
    let slug = named("prairie");
    let (one, two) = (answers(&house, "Prairie").await, answers(&house, "Prairie").await);
    let (a, b) = tokio::join!(address(&one, &slug), address(&two, &slug));
    let (first, second, refused) = if a.status == 303 { (one, two, b) } else { (two, one, a) };
    assert_eq!(refused.status, 422, "{refused:?}");
    assert!(refused.text.contains("is taken") || refused.text.contains("just now"), "{}", refused.text);
    let free = second.get(&format!("/onboarding/address?slug={slug}")).await;
    assert_eq!(free.body["available"], false, "{free:?}");
    assert!(!free.body["suggestions"].as_array().unwrap().contains(&json!(slug)));
    assert_eq!(
        first.get(&format!("/onboarding/address?slug={slug}")).await.body["available"],
        true,
        "one's own is free"
    );
    // Left alone for half an hour it is anybody's, and whoever left it is asked again, where they are.
    house.clock.advance(SignedDuration::from_mins(31));
    assert_eq!(address(&second, &slug).await.status, 303);
    let planned = first.form("/onboarding/plan", &[("plan", "starter")]).await;
    assert_eq!(planned.status, 303, "{planned:?}");
    let page = first.page("/onboarding").await;
    assert!(
        page.text.contains("Where will your people sign in?") && page.text.contains("has been taken in the meantime"),
        "{}",
        page.text
    );
    assert_eq!(second.form("/onboarding/plan", &[("plan", "starter")]).await.status, 303);
    assert_eq!(address(&first, &named("prairie-two")).await.status, 303);
    assert!(first.page("/onboarding").await.text.contains("Choose a plan"), "the plan is asked for once more");
}

#[tokio::test]
async fn an_address_lost_to_a_company_is_asked_for_again() {
    let house = house().await;
    let slug = named("lost");
    let (browser, id) = asked(&house, &slug, "starter").await;
    let acme = house.company("pooled").await;
    // As `tradewind tenant create` does it, which asks no sign-up.
    house.above().await.execute("update ctl.tenant set slug = $2 where id = $1", &[&acme.id, &slug]).await.unwrap();
    assert!(next(&house.house, Some(id)).await.unwrap());
    let page = browser.page("/onboarding").await;
    assert!(page.text.contains("Where will your people sign in?") && page.text.contains("is taken"), "{}", page.text);
    house.clock.advance(SignedDuration::from_hours(1));
    assert!(!next(&house.house, Some(id)).await.unwrap(), "what only a person can mend is not tried again");
    let other = named("lost-and-found");
    assert_eq!(address(&browser, &other).await.status, 303);
    assert_eq!(browser.form("/onboarding/plan", &[("plan", "starter")]).await.status, 303);
    assert!(next(&house.house, Some(id)).await.unwrap());
    assert!(browser.page("/onboarding").await.text.contains(&format!("{other}.")));
}

#[tokio::test]
async fn what_breaks_is_tried_again_with_growing_pauses_and_said() {
    let house = house().await;
    let (browser, id) = asked(&house, &named("breaks"), "starter").await;
    let above = house.above().await;
    // The registry does not take this one company, as a full disk would not.
    above
        .batch_execute(&format!("alter table ctl.tenant add constraint broken check (id <> '{id}') not valid"))
        .await
        .unwrap();
    let mut pauses = vec![];
    for _ in 0..8 {
        assert!(next(&house.house, Some(id)).await.unwrap());
        let row = above.query_one("select run_at from ctl.signup where id = $1", &[&id]).await.unwrap();
        let Some(again) = row.get::<_, Option<jiff::Timestamp>>(0) else { break };
        pauses.push(again.duration_since(house.clock.now()).as_secs());
        assert!(!next(&house.house, Some(id)).await.unwrap(), "not before its time");
        let page = browser.page("/onboarding/progress").await;
        assert!(
            page.text.contains("That did not work yet")
                && page.text.contains("Try now")
                && !page.text.contains("data-done"),
            "{}",
            page.text
        );
        house.clock.advance(SignedDuration::from_secs(*pauses.last().unwrap()));
    }
    assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320]);
    let page = browser.page("/onboarding").await;
    assert!(
        page.text.contains("That did not work")
            && page.text.contains(&id.to_string())
            && page.text.contains("data-done"),
        "{}",
        page.text
    );
    above.batch_execute("alter table ctl.tenant drop constraint broken").await.unwrap();
    assert_eq!(browser.form("/onboarding/again", &[]).await.status, 303);
    assert!(next(&house.house, Some(id)).await.unwrap());
    assert!(browser.page("/onboarding").await.text.contains("is ready"));
    assert_eq!(standing(&house, id).await, ("ready".into(), 1, 1, 1, 0));
    let kept: Value = above.query_one("select draft from ctl.signup where id = $1", &[&id]).await.unwrap().get(0);
    assert_eq!(kept, json!({}), "the password's hash goes with the draft");
}
