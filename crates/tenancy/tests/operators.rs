//! Those who run the house: their own door, visits with tickets, what a visit may and may not, and what the company sees.
#![allow(clippy::unwrap_used)] // A test stops where something is not as it should be.
use axum::http::Method;
use harness::{Company, PASSWORD, TestHouse, in_both_placements, start};
use jiff::SignedDuration;
use serde_json::{Value, json};

async fn house() -> TestHouse {
    let house = start(vec![]).await;
    tenancy::on_start(&house.house, &house.ground.dsns, &house.ground.secrets).await.unwrap();
    house
}

async fn audit(company: &Company<'_>) -> Vec<Value> {
    let owner = company.person("owner").await;
    let list = owner.get("/api/v1/audit?limit=200").await;
    list.body["data"].as_array().unwrap_or_else(|| panic!("{list:?}")).clone()
}

#[tokio::test]
async fn nobody_runs_the_house_without_a_second_step() {
    let house = house().await;
    let email = format!("{}@tradewind.example", kernel::Uuid::now_v7().simple());
    let link = tenancy::operator::create(&house.house, "Sam Support", &email).await.unwrap();
    let outside = house.outside();
    // The account is there and opens nothing: not by a password nobody chose, nor by the code alone.
    for password in [PASSWORD, "x"] {
        let answer =
            outside.form("/operator/sign-in", &[("email", &email), ("password", password), ("code", "123456")]).await;
        assert!(answer.status == 422 && answer.text.contains("is not right"), "{answer:?}");
    }
    let path = link.split_once("tradewind.test").unwrap().1;
    let token = path.split_once("?t=").unwrap().1;
    // A password without the code sets nothing up.
    for code in ["", "000000", "abc"] {
        let fields = [("t", token), ("password", PASSWORD), ("code", code)];
        assert_eq!(outside.form("/operator/setup", &fields).await.status, 422, "{code}");
    }
    let above = house.above().await;
    let row = above.query_one("select password_hash is null from ctl.operator where email_key = $1", &[&email]).await;
    assert!(row.unwrap().get::<_, bool>(0), "a password was kept without a second step");
    // The table itself refuses one.
    let alone = above.execute("update ctl.operator set password_hash = 'x' where email_key = $1", &[&email]).await;
    assert!(alone.unwrap_err().to_string().contains("db error"));

    let mut sam = house.set_up("Sam Support", &email, &link).await;
    let again = outside.page(path).await;
    assert!(again.status == 409 && again.text.contains("used"), "the link works once: {again:?}");
    let (right, used) = (sam.next(), sam.codes[0].clone());
    let wrong = "The address, the password or the code is not right.";
    for (name, password, code) in [
        (email.as_str(), "not it", right.as_str()),
        (&email, PASSWORD, "000000"),
        (&email, PASSWORD, "not-a-code"),
        ("nobody@tradewind.example", PASSWORD, &right),
    ] {
        let answer =
            outside.form("/operator/sign-in", &[("email", name), ("password", password), ("code", code)]).await;
        assert!(answer.status == 422 && answer.text.contains(wrong), "{name} {password} {code}: {answer:?}");
        assert_eq!(answer.header("set-cookie"), "");
    }
    let answer =
        outside.form("/operator/sign-in", &[("email", &email), ("password", PASSWORD), ("code", &right)]).await;
    assert_eq!(answer.status, 303, "wrong tries use no code up: {answer:?}");
    let replayed =
        outside.form("/operator/sign-in", &[("email", &email), ("password", PASSWORD), ("code", &right)]).await;
    assert_eq!(replayed.status, 422, "no code is taken twice");
    for status in [303, 422] {
        let spare = [("email", email.as_str()), ("password", PASSWORD), ("code", used.as_str())];
        assert_eq!(outside.form("/operator/sign-in", &spare).await.status, status, "a recovery code is good once");
    }
    assert_eq!(sam.sign_in().await.status, 303);
    assert_eq!(sam.desk().page("/operator").await.status, 200);

    // Idle for half an hour, or twelve hours in all.
    house.clock.advance(SignedDuration::from_mins(31));
    let late = sam.desk().page("/operator").await;
    assert_eq!((late.status, late.header("location")), (303, "/operator/sign-in"), "{late:?}");
    assert_eq!(sam.sign_in().await.status, 303);
    for _ in 0..25 {
        house.clock.advance(SignedDuration::from_mins(29));
        sam.desk().page("/operator").await;
    }
    assert_eq!(sam.desk().page("/operator").await.status, 303, "however busy");

    // Reset: what was is void.
    assert_eq!(sam.sign_in().await.status, 303);
    let anew = tenancy::operator::reset(&house.house, &email).await.unwrap();
    assert_eq!(sam.desk().page("/operator").await.status, 303);
    assert_eq!(sam.sign_in().await.status, 422);
    let mut sam = house.set_up("Sam Support", &email, &anew).await;
    assert_eq!(sam.sign_in().await.status, 303);
    assert_eq!(sam.desk().page("/operator/sign-out").await.status, 405);
    assert_eq!(sam.desk().form("/operator/sign-out", &[]).await.status, 303);
    assert_eq!(sam.desk().page("/operator").await.status, 303);
    let twice = tenancy::operator::create(&house.house, "Sam", &email).await.unwrap_err();
    assert!(twice.problem().detail.contains("has this address already"), "{twice}");
}

#[tokio::test]
async fn guesses_at_an_operator_are_slowed() {
    let house = house().await;
    let mut sam = house.operator("Sam Support").await;
    let mut heard = 0;
    for _ in 0..40 {
        let fields = [("email", sam.email.as_str()), ("password", "not it"), ("code", "000000")];
        let answer = house.outside().form("/operator/sign-in", &fields).await;
        heard += i32::from(answer.status == 422);
        assert!(matches!(answer.status, 422 | 429), "{answer:?}");
    }
    assert_eq!(heard, 10, "of forty");
    assert_eq!(sam.sign_in().await.status, 429);
    house.clock.advance(SignedDuration::from_mins(2));
    assert_eq!(sam.sign_in().await.status, 303);
}

#[tokio::test]
async fn a_visit_reads_and_changes_nothing_and_the_company_sees_it_all() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let sam = house.operator("Sam Support").await;
        let short = sam
            .desk()
            .form(&format!("/operator/companies/{}/visits", acme.id), &[("reason", "help"), ("minutes", "30")])
            .await;
        assert!(short.status == 422 && short.text.contains("few words more"), "{short:?}");
        for minutes in ["14", "241", "x", ""] {
            let fields = [("reason", "They cannot find an invoice"), ("minutes", minutes)];
            let answer = sam.desk().form(&format!("/operator/companies/{}/visits", acme.id), &fields).await;
            assert_eq!(answer.status, 422, "{minutes}: {answer:?}");
        }
        let (visit, looking) = sam.visit(&acme).await;
        let page = looking.page("/settings/people").await;
        assert!(
            page.status == 200 && page.text.contains("Sam Support of Tradewind is looking in, read-only, until"),
            "{page:?}"
        );
        assert!(!page.text.contains("data-palette") && !page.text.contains("/sign-out"));
        assert_eq!(looking.get("/api/v1/members").await.status, 200);
        for shut in [
            "/settings/api-keys",
            "/api/v1/api-keys",
            "/account",
            "/api/v1/account",
            "/account/second-step",
            "/settings/people/new",
            "/palette?q=a",
            "/live",
        ] {
            let answer = looking.get(shut).await;
            assert!(matches!(answer.status, 403 | 404), "{shut}: {answer:?}");
        }
        let untouched = acme.fingerprint().await;
        for (path, body) in [
            (
                "/api/v1/members",
                json!({ "name": "Eve", "email": "eve@example.com", "role": "owner", "password": PASSWORD }),
            ),
            ("/api/v1/support-visits/x/writing", json!({ "allowed": true })),
            ("/api/v1/auth/token", json!({ "email": acme.owner_email, "password": PASSWORD })),
        ] {
            let answer = looking.post(path, body).await;
            assert_eq!(
                (answer.status, answer.body["code"].as_str()),
                (403, Some("only_looking")),
                "{path}: {answer:?}"
            );
        }
        assert_eq!(acme.fingerprint().await, untouched);

        let told = audit(&acme).await;
        let of = |action: &str| {
            told.iter().find(|row| row["action"] == action).unwrap_or_else(|| panic!("no {action}: {told:?}"))
        };
        for action in ["support.asked", "operator.entered"] {
            let row = of(action);
            assert_eq!(row["actor_kind"], "operator");
            assert_eq!(row["actor_name"], "Sam Support");
            assert_eq!(row["detail"]["reason"], "They cannot find an invoice");
        }
        let owner = acme.person("owner").await;
        let shown = owner.get(&format!("/api/v1/support-visits/{visit}")).await;
        assert_eq!(shown.body["operator_name"], "Sam Support", "{shown:?}");
        assert_eq!(shown.body["reason"], "They cannot find an invoice");
        let looks: Vec<&str> =
            shown.body["looked_at"].as_array().unwrap().iter().map(|look| look["path"].as_str().unwrap()).collect();
        assert_eq!(looks, ["/api/v1/members", "/settings/people"], "what was refused was not seen");
        let page = owner.page("/settings/support").await;
        assert!(
            page.text.contains("Sam Support of Tradewind") && page.text.contains("They cannot find an invoice"),
            "{page:?}"
        );
        let page = owner.page(&format!("/settings/support/{visit}")).await;
        assert!(page.status == 200 && page.text.contains("/settings/people"), "{page:?}");
        house.run_jobs().await;
        let letters = house.letters();
        let letter =
            letters.iter().find(|letter| letter.to.contains(&acme.owner_email)).expect("a letter to the owner");
        assert!(letter.text.contains("They cannot find an invoice"), "{letter:?}");

        // Leaving ends it, and its cookie with it.
        let left = looking.form("/support/leave", &[]).await;
        assert!(
            left.status == 200
                && left.text.contains("You look into")
                && left.header("set-cookie").contains("Max-Age=0"),
            "{left:?}"
        );
        assert_eq!(looking.page("/settings/people").await.status, 303);
        assert_eq!(audit(&acme).await[0]["action"], "operator.left");
        assert_eq!(audit(&acme).await[0]["actor_name"], "Sam Support");
    })
    .await;
}

#[tokio::test]
async fn a_ticket_is_good_once_for_a_minute_at_one_company() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let neighbour = house.company("pooled").await;
        let sam = house.operator("Sam Support").await;
        let visit = sam.ask(&acme, "They cannot find an invoice", "15").await;
        let enter = async |company: &Company<'_>, ticket: &str| {
            company.visitor().form("/support/enter", &[("t", ticket)]).await
        };
        let good = sam.ticket(&visit).await;
        let beside = neighbour.fingerprint().await;
        for wrong in [enter(&neighbour, &good).await, enter(&acme, "made-up").await, enter(&acme, "").await] {
            assert!(wrong.status == 409 && wrong.header("set-cookie").is_empty(), "{wrong:?}");
        }
        let looked_at = acme.visitor().page(&format!("/support/enter?t={good}")).await;
        assert!(looked_at.status == 200 && looked_at.text.contains("Look in"), "{looked_at:?}");
        assert_eq!(enter(&acme, &good).await.status, 303, "looking at the link uses nothing up");
        assert_eq!(enter(&acme, &good).await.status, 409, "a ticket is good once");
        let late = sam.ticket(&visit).await;
        house.clock.advance(SignedDuration::from_secs(61));
        assert_eq!(enter(&acme, &late).await.status, 409, "and for a minute");
        // A second ticket makes the first cookie void; the end stays where it was.
        let (first, second) = (sam.enter(&acme, &visit).await, sam.enter(&acme, &visit).await);
        assert_eq!(first.page("/settings/people").await.status, 303);
        assert_eq!(second.page("/settings/people").await.status, 200);

        // The visit's cookie opens no other company, nor the base domain; the base domain's opens no company.
        let (cookie, desk) = (second.credential.clone().unwrap().1, sam.cookie.clone());
        let secret = cookie.split_once('=').unwrap().1;
        for (host, cookie) in [
            (neighbour.host.as_str(), cookie.as_str()),
            ("tradewind.test", &cookie),
            (&acme.host, &desk),
            (&acme.host, &desk.replace("-operator", "")),
            (&acme.host, &desk.replace("-operator", "-visit")),
            ("tradewind.test", &format!("__Host-tradewind-operator={secret}")),
        ] {
            for path in ["/settings/people", "/operator", "/api/v1/members", "/operator/visits"] {
                let answer = house.at(host, Some(cookie)).get(path).await;
                assert!(matches!(answer.status, 401 | 404), "{host} {cookie} {path}: {answer:?}");
            }
        }
        assert_eq!(sam.desk().page("/operator").await.status, 200);
        let elsewhere = house.at(&acme.host, Some(&desk)).page("/operator").await;
        assert_eq!(elsewhere.status, 404, "the desk is at the base domain alone");

        // Another operator has nothing of this one's visit.
        let eve = house.operator("Eve Else").await;
        for answer in [
            eve.desk().page(&format!("/operator/visits/{visit}")).await,
            eve.desk().form(&format!("/operator/visits/{visit}/enter"), &[]).await,
            eve.desk().form(&format!("/operator/visits/{visit}/end"), &[]).await,
        ] {
            assert_eq!(answer.status, 404, "{answer:?}");
        }
        house.clock.advance(SignedDuration::from_mins(15));
        assert_eq!(second.page("/settings/people").await.status, 303, "the time is up");
        let page = sam.desk().form(&format!("/operator/visits/{visit}/enter"), &[]).await;
        assert_eq!(page.status, 409, "{page:?}");
        assert_eq!(neighbour.fingerprint().await, beside);
    })
    .await;
}

#[tokio::test]
async fn the_company_is_asked_first_if_it_says_so_and_lets_them_write_or_not() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let rules = owner.get("/api/v1/support-access").await;
        assert_eq!((rules.etag().as_str(), &rules.body["ask_first"]), ("\"0\"", &json!(false)), "{rules:?}");
        let asked = owner.patch("/api/v1/support-access", "\"0\"", json!({ "ask_first": true })).await;
        assert_eq!(asked.status, 200, "{asked:?}");
        assert_eq!(owner.patch("/api/v1/support-access", "\"0\"", json!({ "ask_first": false })).await.status, 412);
        let today = house.clock.now().to_zoned(jiff::tz::TimeZone::get("America/Chicago").unwrap()).date();
        for day in [today.yesterday().unwrap(), today.saturating_add(jiff::Span::new().days(91))] {
            let answer = owner.patch("/api/v1/support-access", &asked.etag(), json!({ "writes_until": day })).await;
            assert_eq!(answer.status, 422, "{day}: {answer:?}");
        }
        let dispatcher = acme.person("dispatcher").await;
        assert_eq!(dispatcher.get("/api/v1/support-visits").await.status, 403);
        let manager = acme.person("service_manager").await;
        assert_eq!(manager.get("/api/v1/support-visits").await.status, 200);

        let sam = house.operator("Sam Support").await;
        let visit = sam.ask(&acme, "They cannot find an invoice", "60").await;
        let to = |verb: &str| format!("/api/v1/support-visits/{visit}/{verb}");
        let waits = sam.desk().form(&format!("/operator/visits/{visit}/enter"), &[]).await;
        assert!(waits.status == 409 && waits.text.contains("has not answered yet"), "{waits:?}");
        assert_eq!(owner.post(&to("writing"), json!({ "allowed": true })).await.status, 409, "not before it is agreed");
        assert_eq!(manager.post(&to("agree"), json!({})).await.status, 403);
        house.run_jobs().await;
        assert!(
            house
                .letters()
                .iter()
                .any(|letter| letter.to.contains(&acme.owner_email) && letter.subject.contains("asks to look into"))
        );
        assert_eq!(owner.post(&to("agree"), json!({})).await.status, 200);
        assert_eq!(owner.post(&to("agree"), json!({})).await.status, 200, "twice is once");
        assert_eq!(owner.post(&to("refuse"), json!({})).await.status, 409);
        let looking = sam.enter(&acme, &visit).await;
        let change = async |looking: &harness::Person<'_>| {
            let company = looking.get("/api/v1/company").await;
            looking
                .patch(
                    "/api/v1/company",
                    &company.etag(),
                    json!({ "phone": format!("+1 217 555 01{:02}", company.text.len() % 90 + 10) }),
                )
                .await
                .status
        };
        assert_eq!(change(&looking).await, 403);
        assert_eq!(owner.post(&to("writing"), json!({ "allowed": true })).await.status, 200);
        assert_eq!(change(&looking).await, 200);
        let banner = looking.page("/settings/people").await;
        assert!(banner.text.contains("with the right to change things"), "{banner:?}");
        let row = &audit(&acme).await[0];
        assert_eq!(
            (&row["action"], &row["actor_kind"], &row["actor_name"]),
            (&json!("settings.changed"), &json!("operator"), &json!("Sam Support"))
        );
        // Also then: nobody is let in, no key made, nothing sent, no rule of the company's changed.
        let member = json!({ "name": "Eve", "email": "eve@example.com", "role": "owner", "password": PASSWORD });
        for (path, body) in [
            ("/api/v1/members", member),
            ("/api/v1/api-keys", json!({ "name": "x", "scopes": [] })),
            ("/api/v1/emails/test", json!({})),
            (&to("writing"), json!({ "allowed": true })),
            (&to("agree"), json!({})),
        ] {
            assert_eq!(looking.post(path, body).await.status, 403, "{path}");
        }
        assert_eq!(
            looking.send(Method::PATCH, "/api/v1/support-access", &[("if-match", "\"1\"")], json!({})).await.status,
            403
        );
        assert_eq!(owner.post(&to("writing"), json!({ "allowed": false })).await.status, 200);
        assert_eq!(change(&looking).await, 403);
        // For all visits until a day; the day passes.
        let until = owner
            .patch("/api/v1/support-access", &asked.etag(), json!({ "ask_first": true, "writes_until": today }))
            .await;
        assert_eq!(until.status, 200, "{until:?}");
        assert_eq!(change(&looking).await, 200);
        assert_eq!(owner.post(&to("end"), json!({})).await.status, 200);
        assert_eq!(looking.page("/settings/people").await.status, 303, "ended by the company");
        let kinds: Vec<String> =
            audit(&acme).await.iter().map(|row| row["action"].as_str().unwrap().to_owned()).take(4).collect();
        assert_eq!(kinds, ["operator.left", "settings.changed", "support.rules_changed", "support.writing_ended"]);

        // Refused; and one that nobody answers lapses.
        let visit = sam.ask(&acme, "They cannot find an invoice", "60").await;
        let refused = owner.form(&format!("/settings/support/{visit}/refuse"), &[]).await;
        assert_eq!(refused.status, 303, "{refused:?}");
        assert_eq!(sam.desk().form(&format!("/operator/visits/{visit}/enter"), &[]).await.status, 409);
        let visit = sam.ask(&acme, "They cannot find an invoice", "60").await;
        house.clock.advance(SignedDuration::from_hours(24));
        let owner = acme.person("owner").await;
        assert_eq!(owner.form(&format!("/settings/support/{visit}/agree"), &[]).await.status, 409);
        let page = owner.page("/settings/support").await;
        assert!(page.text.contains("never came in") && page.text.contains("was refused"), "{page:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_ended_or_disabled_is_over_in_every_process_within_five_seconds() {
    let (here, there) = (house().await, house().await);
    in_both_placements(&here, async |acme| {
        let owner = acme.person("owner").await;
        let sam = here.operator("Sam Support").await;
        for by in ["company", "disabled"] {
            let (visit, looking) = sam.visit(&acme).await;
            let cookie = looking.credential.clone().unwrap().1;
            let elsewhere = there.at(&acme.host, Some(&cookie));
            assert_eq!(elsewhere.page("/settings/people").await.status, 200);
            match by {
                "company" => assert_eq!(owner.form(&format!("/settings/support/{visit}/end"), &[]).await.status, 303),
                _ => assert_eq!(tenancy::operator::disable(&here.house, &sam.email).await.unwrap(), 1),
            }
            let began = std::time::Instant::now();
            assert_eq!(looking.page("/settings/people").await.status, 303, "here at once");
            while elsewhere.page("/settings/people").await.status == 200 {
                assert!(began.elapsed().as_secs_f32() < 5.5, "{by}: still open elsewhere");
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            }
            let last = &audit(&acme).await[0];
            assert_eq!((&last["action"], &last["detail"]["by"]), (&json!("operator.left"), &json!(by)));
        }
        assert_eq!(sam.desk().page("/operator").await.status, 303);
    })
    .await;
}

/// One half alone opens nothing: rows that somebody planted in a company, or in the registry.
#[tokio::test]
async fn half_a_visit_opens_nothing() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let sam = house.operator("Sam Support").await;
        let (visit, looking) = sam.visit(&acme).await;
        let id: kernel::Uuid = visit.parse().unwrap();
        let (above, schema) = (house.above().await, acme.schema().await);
        let is_in = async || {
            house.house.forget_principals();
            looking.page("/settings/people").await.status == 200
        };
        assert!(is_in().await);
        above.execute("update ctl.operator_visit set ended_at = now() where id = $1", &[&id]).await.unwrap();
        assert!(!is_in().await, "the house's half is over");
        above.execute("update ctl.operator_visit set ended_at = null where id = $1", &[&id]).await.unwrap();
        assert!(is_in().await);
        let own = format!(
            "update {schema}.support_visit set ended_at = now(), ended_by = 'company' where tenant_id = $1 and id = $2"
        );
        above.execute(&own, &[&acme.id, &id]).await.unwrap();
        assert!(!is_in().await, "the company's half is over");
        // A visit for another company's id, under the same cookie.
        let other = house.company("pooled").await;
        above.execute("update ctl.operator_visit set tenant_id = $2 where id = $1", &[&id, &other.id]).await.unwrap();
        let own = format!(
            "update {schema}.support_visit set ended_at = null, ended_by = null where tenant_id = $1 and id = $2"
        );
        above.execute(&own, &[&acme.id, &id]).await.unwrap();
        assert!(!is_in().await, "the halves are of two companies");
        above.execute("update ctl.operator_visit set tenant_id = $2 where id = $1", &[&id, &acme.id]).await.unwrap();
        assert!(is_in().await);
    })
    .await;
}
