//! Companies and their people, through the front door.
#![allow(clippy::unwrap_used)] // A test stops where something is not as it should be.
use axum::{body::Body, http::Method};
use harness::{Answer, Company, PASSWORD, Person, TestHouse, in_both_placements, start};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tenancy::{NewCompany, company::mail_domain};

async fn house() -> TestHouse {
    let house = start(vec![]).await;
    tenancy::on_start(&house.house, &house.ground.dsns, &house.ground.secrets).await.unwrap();
    house
}

/// The session's cookie of an answer, as the browser sends it back.
fn cookie(answer: &Answer) -> String {
    let all = answer.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok());
    let pairs: Vec<&str> = all.filter_map(|line| line.split(';').next()).filter(|pair| !pair.ends_with('=')).collect();
    pairs.join("; ")
}

fn with_cookie<'a>(mut person: Person<'a>, cookie: &str) -> Person<'a> {
    person.credential = Some(("cookie", cookie.to_owned()));
    person
}

fn path_of(url: &str) -> String {
    let rest = url.split("://").nth(1).unwrap();
    rest[rest.find('/').unwrap()..].to_owned()
}

fn token_in(url: &str) -> String {
    url.split("t=").nth(1).unwrap().to_owned()
}

async fn sign_in<'a>(acme: &'a Company<'_>, email: &str, password: &str) -> (Answer, Person<'a>) {
    let answer =
        acme.visitor().form("/sign-in", &[("email", email), ("password", password), ("next", "/settings")]).await;
    let person = with_cookie(acme.visitor(), &cookie(&answer));
    (answer, person)
}

async fn small_company(house: &TestHouse, slug: &str) -> tenancy::Company {
    let new = NewCompany {
        name: "Small".into(),
        slug: slug.into(),
        plan: "starter".into(),
        owner_name: "Sam".into(),
        owner_email: "sam@small.example".into(),
        owner_password: PASSWORD.into(),
        ..Default::default()
    };
    tenancy::create_company(&house.house, &house.ground.dsns, &house.ground.secrets, new).await.unwrap()
}

#[tokio::test]
async fn a_new_company_is_whole() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let people = acme.program().get("/api/v1/members").await;
        assert_eq!(people.status, 200, "{people:?}");
        assert_eq!(people.body["data"][0]["role"], "owner");
        assert_eq!(people.body["data"].as_array().unwrap().len(), 1);
        let owner = acme.person("owner").await;
        let audit = owner.get("/api/v1/audit").await;
        let told: Vec<&str> =
            audit.body["data"].as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
        assert_eq!(told, ["tenant.provisioned", "api_key.created", "member.created", "tenant.created"], "newest first");
        let keys = owner.get("/api/v1/api-keys").await;
        assert_eq!(keys.body["data"][0]["name"], "First key");
        assert!(!keys.text.contains(&acme.api_key), "a list never shows a key");
    })
    .await;
}

#[tokio::test]
async fn the_same_address_is_given_once_and_nothing_is_left_behind() {
    let house = house().await;
    let made = small_company(&house, "taken-once").await;
    assert_eq!(made.host, "taken-once.tradewind.test");
    let again = NewCompany {
        name: "Other".into(),
        slug: "taken-once".into(),
        placement: Some("dedicated".into()),
        owner_name: "Olga".into(),
        owner_email: "olga@other.example".into(),
        owner_password: PASSWORD.into(),
        ..Default::default()
    };
    let refused = tenancy::create_company(&house.house, &house.ground.dsns, &house.ground.secrets, again.clone())
        .await
        .unwrap_err();
    assert_eq!(refused.problem().errors[0].pointer, "/slug");
    let schemas = "select count(*) from pg_namespace where nspname like 'tenant\\_taken%'";
    let left: i64 = house.above().await.query_one(schemas, &[]).await.unwrap().get(0);
    assert_eq!(left, 0);
    for (slug, code) in [("www", "reserved"), ("Acme", "address"), ("ab", "address"), ("a--b", "address")] {
        let bad = NewCompany { slug: slug.into(), ..again.clone() };
        let refused =
            tenancy::create_company(&house.house, &house.ground.dsns, &house.ground.secrets, bad).await.unwrap_err();
        assert_eq!(refused.problem().errors[0].code, code, "{slug}");
    }
}

#[tokio::test]
async fn whoever_signs_in_is_known_and_nobody_else() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let (answer, owner) = sign_in(&acme, &acme.owner_email.to_uppercase(), PASSWORD).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/settings"), "{answer:?}");
        let set = answer.header("set-cookie");
        assert!(set.starts_with("__Host-tradewind=") && !set.contains("Domain"), "{set}");
        for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(set.contains(part), "{set} lacks {part}");
        }
        assert_eq!(owner.page("/settings").await.status, 200);
        let (wrong, _) = sign_in(&acme, &acme.owner_email, "not the password").await;
        let (unknown, _) = sign_in(&acme, "nobody@example.com", "not the password").await;
        assert_eq!((wrong.status, unknown.status), (422, 422));
        assert!(wrong.text.contains("The address or the password is not right."));
        assert_eq!(
            wrong.text.replace(&acme.owner_email, ""),
            unknown.text.replace("nobody@example.com", ""),
            "an account that exists looks like one that does not"
        );
        assert_eq!(owner.form("/sign-out", &[]).await.status, 303);
        let gone = owner.page("/settings").await;
        assert_eq!((gone.status, gone.header("location")), (303, "/sign-in?next=/settings"));
        let (elsewhere, _) = (
            acme.visitor()
                .form("/sign-in", &[("email", &acme.owner_email), ("password", PASSWORD), ("next", "//evil.example")])
                .await,
            (),
        );
        assert_eq!(elsewhere.header("location"), "/");
    })
    .await;
}

#[tokio::test]
async fn a_session_belongs_to_one_company_and_ends_when_unused() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let (acme, other) = (house.company(placement).await, house.company("pooled").await);
        let (answer, owner) = sign_in(&acme, &acme.owner_email, PASSWORD).await;
        assert_eq!(owner.get("/api/v1/members").await.status, 200);
        let stray = with_cookie(other.visitor(), &cookie(&answer));
        assert_eq!(stray.get("/api/v1/members").await.status, 401);
        let mut key = other.visitor();
        key.credential = Some(("x-api-key", acme.api_key.clone()));
        let refused = key.get("/api/v1/members").await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (403, Some("wrong_tenant")));
        // In use every ten hours it lives on; left alone for thirteen it does not.
        for _ in 0..3 {
            house.clock.advance(SignedDuration::from_hours(10));
            house.house.forget_principals();
            assert_eq!(owner.get("/api/v1/members").await.status, 200);
        }
        house.clock.advance(SignedDuration::from_hours(13));
        assert_eq!(owner.get("/api/v1/members").await.status, 401);
        // However busy, it ends after thirty days.
        let (_, owner) = sign_in(&acme, &acme.owner_email, PASSWORD).await;
        for _ in 0..71 {
            house.clock.advance(SignedDuration::from_hours(10));
            house.house.forget_principals();
            assert_eq!(owner.get("/api/v1/members").await.status, 200);
        }
        house.clock.advance(SignedDuration::from_hours(10));
        house.house.forget_principals();
        assert_eq!(owner.get("/api/v1/members").await.status, 401);
    }
}

#[tokio::test]
async fn somebody_invited_chooses_a_password_once() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let new = json!({ "name": "Dana", "email": "Dana@Example.com", "role": "dispatcher" });
        let added = owner.post("/api/v1/members", new.clone()).await;
        assert_eq!((added.status, added.body["invited"].as_bool()), (201, Some(true)), "{added:?}");
        assert_eq!(added.body["email"], "dana@example.com");
        let twice = owner.post("/api/v1/members", new).await;
        assert_eq!(twice.status, 422);
        assert!(twice.error("/email").starts_with("Somebody here has this e-mail address already"));
        let link = added.body["invitation"].as_str().unwrap().to_owned();
        for _ in 0..2 {
            let page = acme.visitor().page(&path_of(&link)).await;
            assert!(page.status == 200 && page.text.contains("Dana"), "looking at the link does not use it up");
        }
        let token = token_in(&link);
        let weak = acme.visitor().form("/welcome", &[("t", &token), ("password", "short")]).await;
        assert!(weak.status == 422 && weak.text.contains("at least 10 characters"));
        let taken = acme.visitor().form("/welcome", &[("t", &token), ("password", "a good long password")]).await;
        assert_eq!(taken.status, 303, "{taken:?}");
        let dana = with_cookie(acme.visitor(), &cookie(&taken));
        assert_eq!(dana.page("/account").await.status, 200);
        assert_eq!(
            acme.visitor().form("/welcome", &[("t", &token), ("password", "a good long password")]).await.status,
            409
        );
        let (again, _) = sign_in(&acme, "dana@example.com", "a good long password").await;
        assert_eq!(again.status, 303);
        let changed = dana
            .form("/account/password", &[("current", "a good long password"), ("password", "another long password")])
            .await;
        assert_eq!(changed.status, 303, "{changed:?}");
        assert_eq!(dana.page("/account").await.status, 200, "the place where it was changed stays signed in");
        assert_eq!(sign_in(&acme, "dana@example.com", "a good long password").await.0.status, 422);
        let wrong = dana
            .form("/account/password", &[("current", "not it at all"), ("password", "another long password")])
            .await;
        assert!(wrong.status == 422 && wrong.text.contains("That is not the password you have now."));
    })
    .await;
}

#[tokio::test]
async fn nobody_raises_rights_and_an_owner_stays() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let (owner, admin, dispatcher) =
            (acme.person("owner").await, acme.person("admin").await, acme.person("dispatcher").await);
        let owner_id = owner.get("/api/v1/members").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let one = |id: &str| format!("/api/v1/members/{id}");

        assert_eq!(dispatcher.get("/api/v1/members").await.status, 200, "the control: they may look");
        for answer in [
            dispatcher
                .post("/api/v1/members", json!({ "name": "X", "email": "x@example.com", "role": "viewer" }))
                .await,
            dispatcher.get("/api/v1/api-keys").await,
            dispatcher.get("/api/v1/audit").await,
        ] {
            assert_eq!((answer.status, answer.body["code"].as_str()), (403, Some("forbidden")), "{answer:?}");
        }
        let made =
            admin.post("/api/v1/members", json!({ "name": "X", "email": "x@example.com", "role": "owner" })).await;
        assert_eq!(
            (made.status, made.body["detail"].as_str()),
            (409, Some("Only an owner can make, change or remove an owner."))
        );
        assert_eq!(admin.post(&format!("{}/deactivate", one(&owner_id)), json!({})).await.status, 409);
        let etag = owner.get(&one(&owner_id)).await.etag();
        let own = owner.patch(&one(&owner_id), &etag, json!({ "role": "viewer" })).await;
        assert_eq!(own.body["detail"], "You cannot change your own role. Ask another owner or admin.");

        let second = owner
            .post(
                "/api/v1/members",
                json!({ "name": "Second", "email": "second@example.com", "role": "owner", "password": PASSWORD }),
            )
            .await;
        let (_, second_person) = sign_in(&acme, "second@example.com", PASSWORD).await;
        assert_eq!(second_person.page("/settings").await.status, 200);
        assert_eq!(owner.post(&format!("{}/deactivate", one(&second.id())), json!({})).await.status, 200);
        assert_eq!(second_person.page("/settings").await.status, 303, "the session ends at once");
        assert_eq!(sign_in(&acme, "second@example.com", PASSWORD).await.0.status, 422);
        let back = owner.post(&format!("{}/reactivate", one(&second.id())), json!({})).await;
        assert_eq!((back.status, back.body["active"].as_bool()), (200, Some(true)));

        // Two owners end each other's access at the same moment: one of them stays.
        let (_, second_person) = sign_in(&acme, "second@example.com", PASSWORD).await;
        let (a, b) = (format!("{}/deactivate", one(&second.id())), format!("{}/deactivate", one(&owner_id)));
        let (first, other) = tokio::join!(owner.post(&a, json!({})), second_person.post(&b, json!({})));
        assert_eq!([first.status, other.status].iter().filter(|s| **s == 200).count(), 1, "{first:?} {other:?}");
        let sql = format!(
            "select count(*) from {}.member where tenant_id = $1 and role = 'owner' and active",
            acme.schema().await
        );
        let owners: i64 = house.above().await.query_one(&sql, &[&acme.id]).await.unwrap().get(0);
        assert_eq!(owners, 1);
    }
}

#[tokio::test]
async fn a_change_needs_the_version_that_was_seen() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let added =
            owner.post("/api/v1/members", json!({ "name": "Vera", "email": "v@example.com", "role": "viewer" })).await;
        let path = format!("/api/v1/members/{}", added.id());
        assert_eq!(owner.send(Method::PATCH, &path, &[], json!({ "name": "V" })).await.status, 428);
        let changed = owner.patch(&path, &added.etag(), json!({ "name": "Vera V", "role": "dispatcher" })).await;
        assert_eq!((changed.status, changed.body["role"].as_str()), (200, Some("dispatcher")), "{changed:?}");
        assert_eq!(owner.patch(&path, &added.etag(), json!({ "name": "V" })).await.status, 412);
        assert_eq!(
            owner
                .patch(&path, &changed.etag(), json!({ "salary": 1 }))
                .await
                .error("/salary")
                .split(';')
                .next()
                .unwrap(),
            "`salary` is not known here"
        );
        let other = house.company("pooled").await;
        let neighbour = other.person("owner").await;
        assert_eq!(
            neighbour.get(&path).await.text.len(),
            neighbour.get("/api/v1/members/01900000-0000-7000-8000-000000000000").await.text.len()
        );
        assert_eq!(neighbour.patch(&path, &changed.etag(), json!({ "name": "Mine" })).await.status, 404);
    }
}

#[tokio::test]
async fn the_plan_says_how_many_people() {
    let house = house().await;
    let made = small_company(&house, "small-plan").await;
    let mut program = house.outside();
    program.host = made.host.clone();
    program.credential = Some(("x-api-key", made.api_key.clone()));
    let person = |n: usize| json!({ "name": "P", "email": format!("p{n}@example.com"), "role": "technician" });
    assert_eq!(program.post("/api/v1/members", person(1)).await.status, 201);
    let third = program.post("/api/v1/members", person(2)).await;
    assert_eq!(third.status, 201);
    let fourth = program.post("/api/v1/members", person(3)).await;
    assert_eq!((fourth.status, fourth.body["code"].as_str()), (409, Some("plan_limit")));
    assert!(fourth.body["detail"].as_str().unwrap().starts_with("The Starter plan is for 3 people, and there are 3."));
    program.post(&format!("/api/v1/members/{}/deactivate", third.id()), json!({})).await;
    let (a, b) = tokio::join!(program.post("/api/v1/members", person(4)), program.post("/api/v1/members", person(5)));
    assert_eq!(
        [a.status, b.status].iter().filter(|s| **s == 201).count(),
        1,
        "the last place goes to one: {a:?} {b:?}"
    );
}

#[tokio::test]
async fn a_key_does_what_it_was_made_for_until_it_is_revoked() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let made = owner
            .post("/api/v1/api-keys", json!({ "name": "Website", "scopes": ["members.read", "api_keys.manage"] }))
            .await;
        assert_eq!(made.status, 201, "{made:?}");
        let secret = made.body["key"].as_str().unwrap().to_owned();
        let mut program = acme.visitor();
        program.credential = Some(("authorization", format!("Bearer {secret}")));
        assert_eq!(program.get("/api/v1/members").await.status, 200);
        assert_eq!(program.get("/api/v1/audit").await.status, 403);
        let beyond = program.post("/api/v1/api-keys", json!({ "name": "More", "scopes": ["members.write"] })).await;
        assert_eq!(
            (beyond.status, beyond.error("/scopes")),
            (422, "You may not do `members.write` yourself, so a key of yours cannot.")
        );
        assert_eq!(
            owner.post("/api/v1/api-keys", json!({ "name": "", "scopes": ["x"] })).await.body["errors"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        // At the base domain the key names the company by itself.
        let mut outside = house.outside();
        outside.credential = Some(("x-api-key", secret.clone()));
        assert_eq!(outside.get("/api/v1/members").await.status, 200);
        assert_eq!(owner.post(&format!("/api/v1/api-keys/{}/revoke", made.id()), json!({})).await.status, 200);
        assert_eq!(program.get("/api/v1/members").await.status, 401);
        for bad in ["tk_", "tk_x_y", &format!("{}x", acme.api_key), &acme.api_key[..68]] {
            program.credential = Some(("x-api-key", bad.to_owned()));
            assert_eq!(program.get("/api/v1/members").await.status, 401, "{bad}");
        }
        let client = house.above().await;
        let rows = client
            .query(
                &format!(
                    "select t::text from {}.api_key t union all select t::text from {}.idempotency t",
                    acme.schema().await,
                    acme.schema().await
                ),
                &[],
            )
            .await
            .unwrap();
        assert!(rows.iter().all(|row| !row.get::<_, String>(0).contains(&secret)), "no table keeps a key");
    })
    .await;
}

#[tokio::test]
async fn tokens_last_a_quarter_of_an_hour_and_refresh_once() {
    let house = house().await;
    let acme = house.company("dedicated").await;
    let visitor = acme.visitor();
    let ask = |password: &str| json!({ "email": acme.owner_email, "password": password });
    assert_eq!(visitor.post("/api/v1/auth/token", ask("wrong")).await.status, 401);
    let first = visitor.post("/api/v1/auth/token", ask(PASSWORD)).await;
    assert_eq!((first.body["token_type"].as_str(), first.body["expires_in"].as_i64()), (Some("Bearer"), Some(900)));
    let bearer = |answer: &Answer| {
        let mut person = acme.visitor();
        person.credential =
            Some(("authorization", format!("Bearer {}", answer.body["access_token"].as_str().unwrap())));
        person
    };
    assert_eq!(bearer(&first).get("/api/v1/members").await.status, 200);
    house.clock.advance(SignedDuration::from_mins(16));
    assert_eq!(bearer(&first).get("/api/v1/members").await.status, 401);
    let refresh = async |answer: &Answer| {
        visitor.post("/api/v1/auth/refresh", json!({ "refresh_token": answer.body["refresh_token"] })).await
    };
    let second = refresh(&first).await;
    assert_eq!(bearer(&second).get("/api/v1/members").await.status, 200);
    // Within ten seconds a program whose answer was lost gets the same; after that it is a second one who has a copy.
    assert_eq!(refresh(&first).await.body["refresh_token"], second.body["refresh_token"]);
    house.clock.advance(SignedDuration::from_secs(11));
    // The first comes again: one of the two who have it is a thief, so neither gets on.
    assert_eq!(refresh(&first).await.status, 401);
    assert_eq!(refresh(&second).await.status, 401);
    let third = visitor.post("/api/v1/auth/token", ask(PASSWORD)).await;
    assert_eq!(
        visitor.post("/api/v1/auth/revoke", json!({ "refresh_token": third.body["refresh_token"] })).await.status,
        204
    );
    assert_eq!(refresh(&third).await.status, 401);
    let jwks = house.outside().get("/.well-known/jwks.json").await;
    assert_eq!((jwks.body["keys"][0]["kty"].as_str(), jwks.body["keys"][0].get("d")), (Some("RSA"), None));
    let other = house.company("pooled").await;
    let mut stray = other.visitor();
    stray.credential = bearer(&second).credential;
    assert_eq!(stray.get("/api/v1/members").await.body["code"], "wrong_tenant");
}

#[tokio::test]
async fn settings_change_what_the_company_shows() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let now = owner.get("/api/v1/company").await;
        assert_eq!((now.body["time_zone"].as_str(), now.body["currency"].as_str()), (Some("America/Chicago"), Some("USD")));
        house.clock.advance(SignedDuration::from_secs(1));
        let bad = owner.patch("/api/v1/company", &now.etag(), json!({ "time_zone": "Mars/Base", "currency": "usd", "brand_hue": 400 })).await;
        assert_eq!((bad.status, bad.body["errors"].as_array().unwrap().len()), (422, 3));
        let wrong = owner.patch("/api/v1/company", &now.etag(), json!({ "phone": "call me", "email": "office", "postal_code": "none", "website": "acme" })).await;
        assert_eq!((wrong.status, wrong.error("/phone")), (422, "A phone number has 6 to 15 digits, such as (217) 555-0100 or +49 221 555 01."));
        assert_eq!(wrong.body["errors"].as_array().unwrap().len(), 4, "{wrong:?}");
        let changed = owner.patch("/api/v1/company", &now.etag(), json!({ "name": "Acme Air", "time_zone": "Asia/Kolkata", "currency": "INR", "country": "IN", "brand_hue": 25 })).await;
        assert_eq!((changed.status, changed.body["name"].as_str()), (200, Some("Acme Air")), "{changed:?}");
        assert_eq!(owner.patch("/api/v1/company", &now.etag(), json!({ "name": "Late" })).await.status, 412);
        let page = owner.page("/settings/company").await;
        assert!(page.text.contains("Acme Air") && page.text.contains("/brand.css?v=25"), "{}", page.text);
        assert!(acme.visitor().get("/brand.css?v=25").await.text.contains("--brand"));
        let dispatcher = acme.person("dispatcher").await;
        assert_eq!(dispatcher.patch("/api/v1/company", &changed.etag(), json!({ "name": "Mine" })).await.status, 403);
        assert!(acme.told().await.contains(&"settings.changed".to_owned()));
    })
    .await;
}

fn multipart(fields: &[(&str, &str)], file: Option<(&str, &str, &[u8])>) -> (String, Vec<u8>) {
    let mut body = vec![];
    for (name, value) in fields {
        body.extend(format!("--tw\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    if let Some((field, name, bytes)) = file {
        body.extend(format!("--tw\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n").bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--tw--\r\n");
    ("multipart/form-data; boundary=tw".into(), body)
}

async fn send_file(
    person: &Person<'_>,
    path: &str,
    fields: &[(&str, &str)],
    file: Option<(&str, &str, &[u8])>,
) -> Answer {
    let (media_type, body) = multipart(fields, file);
    person.call(Method::POST, path, &[("content-type", &media_type), ("accept", "text/html")], Body::from(body)).await
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and the rest of a picture";

#[tokio::test]
async fn a_logo_is_a_picture_and_a_file_stays_with_its_company() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        for (bytes, sentence) in [
            (&b"<svg onload=alert(1)>"[..], "Send a PNG, JPEG or WebP picture."),
            (&b"\x7fELF"[..], "Send a PNG, JPEG or WebP picture."),
        ] {
            let refused = send_file(&owner, "/settings/company/logo", &[], Some(("logo", "logo.png", bytes))).await;
            assert!(refused.status == 422 && refused.text.contains(sentence), "{refused:?}");
        }
        let large = [PNG, &vec![0; 2 << 20]].concat();
        assert_eq!(
            send_file(&owner, "/settings/company/logo", &[], Some(("logo", "logo.png", &large))).await.status,
            422
        );
        let kept = send_file(&owner, "/settings/company/logo", &[], Some(("logo", "../../etc/passwd", PNG))).await;
        assert_eq!(kept.status, 303, "{kept:?}");
        let logo = acme.visitor().get("/brand/logo").await;
        assert_eq!((logo.status, logo.header("content-type")), (200, "image/png"));
        let id = owner.get("/api/v1/company").await.body["logo"].as_str().unwrap().to_owned();
        let file = owner.get(&format!("/files/{id}")).await;
        assert_eq!((file.status, file.header("x-content-type-options")), (200, "nosniff"));
        assert!(
            file.header("content-security-policy").contains("sandbox")
                && file.header("content-disposition") == "attachment; filename=\"passwd\"",
            "{file:?}"
        );
        assert_eq!(acme.visitor().get(&format!("/files/{id}")).await.status, 401);
        let other = house.company("pooled").await;
        assert_eq!(other.person("owner").await.get(&format!("/files/{id}")).await.status, 404);
        for path in ["/files/..%2f..%2fkeys", "/files/x", "/files/%00"] {
            assert!(matches!(owner.get(path).await.status, 404 | 400), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn roles_follow_the_program() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.get("/api/v1/members").await.status, 200);
        // As if an older program had seeded the roles: one permission too few, one that has been withdrawn since.
        let (above, schema) = (house.above().await, acme.schema().await);
        for sql in [
            format!(
                "delete from {schema}.role_permission where tenant_id = $1 and role = 'viewer' and permission = 'members.read'"
            ),
            format!(
                "insert into {schema}.role_permission (tenant_id, role, permission) values ($1, 'viewer', 'members.write')"
            ),
            format!(
                "insert into {schema}.role_permission (tenant_id, role, permission) values ($1, 'viewer', 'of.tomorrow')"
            ),
        ] {
            above.execute(&sql, &[&acme.id]).await.unwrap();
        }
        house.house.forget_principals();
        assert_eq!(viewer.get("/api/v1/members").await.status, 403, "the rows are what counts");
        above
            .execute(&format!("update {schema}.role set seeded = 'old' where tenant_id = $1"), &[&acme.id])
            .await
            .unwrap();
        house.house.forget_principals();
        assert_eq!(viewer.get("/api/v1/members").await.status, 200);
        let held = above
            .query(
                &format!("select permission from {schema}.role_permission where tenant_id = $1 and role = 'viewer'"),
                &[&acme.id],
            )
            .await
            .unwrap();
        let held: Vec<String> = held.iter().map(|row| row.get(0)).collect();
        assert!(!held.contains(&"members.write".to_owned()) && held.contains(&"of.tomorrow".to_owned()), "{held:?}");
    }
}

#[tokio::test]
async fn pages_open_and_the_palette_finds_places() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let (_, owner) = sign_in(&acme, &acme.owner_email, PASSWORD).await;
        for path in [
            "/settings",
            "/settings/company",
            "/settings/people",
            "/settings/people/new",
            "/settings/api-keys",
            "/settings/plan",
            "/settings/roles",
            "/settings/audit",
            "/settings/audit?action=member.created",
            "/account",
        ] {
            let page = owner.page(path).await;
            assert!(
                page.status == 200 && page.text.contains("</html>") && !page.text.contains("style="),
                "{path}: {}",
                page.status
            );
        }
        let made = owner.form("/settings/api-keys", &[("name", "Site"), ("rights", "read")]).await;
        assert!(made.status == 200 && made.text.contains("tk_"), "{made:?}");
        let added = owner
            .form(
                "/settings/people/new",
                &[("name", "Tess"), ("email", "tess@example.com"), ("role", "technician"), ("phone", "")],
            )
            .await;
        assert!(added.status == 200 && added.text.contains("/welcome?t="), "{added:?}");
        let found = owner.get("/palette?q=people").await;
        assert_eq!(found.body["groups"][0]["items"][0]["href"], "/settings/people", "{found:?}");
        let tech = acme.person("technician").await;
        assert_eq!(tech.get("/palette?q=").await.body["groups"][0]["items"][0]["label"], "Change your password");
        assert_eq!(acme.visitor().get("/palette?q=").await.status, 401);
        let nothing = acme.visitor().page("/no-such-page").await;
        assert!(nothing.status == 404 && nothing.text.contains("There is nothing at this address"));
        assert_eq!(house.outside().get("/assets/app.css").await.status, 200);
        assert_eq!(house.outside().get("/favicon.ico").await.header("content-type"), "image/svg+xml");
    }
}

#[tokio::test]
async fn sign_up_ends_in_a_company_that_is_open() {
    let house = house().await;
    let outside = house.outside();
    let slug = format!("breeze-{}", std::process::id());
    assert_eq!(outside.page("/start").await.status, 200);
    assert_eq!(outside.page("/onboarding").await.status, 200);
    let fields = [
        ("name", "Breeze Air"),
        ("industry", "hvac"),
        ("website", "breeze.example"),
        ("time_zone", "Europe/Berlin"),
        ("country", "DE"),
    ];
    let wrong = send_file(
        &outside,
        "/onboarding/company",
        &[("name", "Breeze Air"), ("industry", "baking"), ("time_zone", "UTC"), ("country", "DE")],
        None,
    )
    .await;
    assert!(
        wrong.status == 422 && wrong.text.contains("Choose what you do.") && wrong.text.contains("Breeze Air"),
        "{wrong:?}"
    );
    let begun = send_file(&outside, "/onboarding/company", &fields, Some(("logo", "logo.png", PNG))).await;
    assert_eq!(begun.status, 303, "{begun:?}");
    let new = with_cookie(outside.clone(), &cookie(&begun));
    assert!(
        outside.page("/onboarding").await.text.contains("Tell us about your company"),
        "without the cookie it is another's"
    );

    assert!(new.page("/onboarding").await.text.contains("Who are you?"));
    let weak =
        new.form("/onboarding/you", &[("name", "Bo"), ("email", "bo@breeze.example"), ("password", "short")]).await;
    assert!(weak.status == 422 && !weak.text.contains("value=\"short\""));
    assert_eq!(
        new.form(
            "/onboarding/you",
            &[("name", "Bo"), ("email", "bo@breeze.example"), ("phone", ""), ("password", "wind and weather")]
        )
        .await
        .status,
        303
    );

    let page = new.page("/onboarding").await;
    assert!(
        page.text.contains("Where will your people sign in?") && page.text.contains("breeze-air"),
        "an address is proposed"
    );
    let free = |slug: &str| format!("/onboarding/address?slug={slug}");
    assert_eq!(new.get(&free(&slug)).await.body["available"], true);
    assert_eq!(new.get(&free("www")).await.body["available"], false);
    let acme = house.company("pooled").await;
    let taken = new.get(&free(&acme.slug)).await;
    assert!(
        taken.body["available"] == false && taken.body["suggestions"].as_array().is_some_and(|all| !all.is_empty()),
        "{taken:?}"
    );
    assert_eq!(new.form("/onboarding/address", &[("slug", &acme.slug)]).await.status, 422);
    assert_eq!(new.form("/onboarding/address", &[("slug", &slug)]).await.status, 303);

    assert!(new.page("/onboarding").await.text.contains("Choose a plan"));
    assert!(new.page("/onboarding?step=1").await.text.contains("bo@breeze.example"), "an earlier answer can be seen");
    let (one, two) = tokio::join!(
        new.form("/onboarding/plan", &[("plan", "enterprise")]),
        new.form("/onboarding/plan", &[("plan", "enterprise")])
    );
    assert!(one.status == 303 || two.status == 303, "{one:?} {two:?}");
    let waiting = new.page("/onboarding/progress").await;
    assert!(
        waiting.text.contains("Setting up your company") && !waiting.text.contains("data-done"),
        "{}",
        waiting.text
    );
    let signup = signup_of(&house, &slug).await;
    assert!(tenancy::onboarding::next(&house.house, Some(signup)).await.unwrap(), "it waits for a worker");
    assert!(!tenancy::onboarding::next(&house.house, Some(signup)).await.unwrap(), "and is done once");
    let offered = new.page("/onboarding/progress").await;
    assert!(offered.text.contains("Show my key") && offered.text.contains("is ready"), "{}", offered.text);
    assert!(!offered.text.contains("tk_") && !offered.text.contains("/welcome?t="), "{}", offered.text);
    let ready = new.form("/onboarding/key", &[]).await;
    assert!(ready.status == 200 && ready.text.contains("tk_") && ready.text.contains("is ready"), "{}", ready.text);

    let sql = "select placement, status, industry, website_url, owner_email, trial_ends_at > created_at + interval '13 days' from ctl.tenant where slug = $1";
    let above = house.above().await;
    let row = above.query_one(sql, &[&slug]).await.unwrap();
    assert_eq!((row.get::<_, &str>(0), row.get::<_, &str>(1), row.get::<_, &str>(2)), ("dedicated", "trial", "hvac"));
    assert_eq!(
        (row.get::<_, Option<&str>>(3), row.get::<_, &str>(4), row.get::<_, bool>(5)),
        (Some("https://breeze.example"), "bo@breeze.example", true)
    );
    let kept: String = above.query_one("select string_agg(t::text, ' ') from ctl.signup t", &[]).await.unwrap().get(0);
    assert!(!kept.contains("wind and weather") && !kept.contains("tk_"), "the registry keeps neither password nor key");

    let link = ready
        .text
        .split("href=\"")
        .filter_map(|part| part.split('"').next())
        .find(|href| href.contains("/welcome?t="))
        .unwrap()
        .to_owned();
    let mut owner = house.outside();
    owner.host = format!("{slug}.tradewind.test");
    assert_eq!(owner.page(&path_of(&link)).await.status, 200);
    let entered = owner.form("/welcome", &[("t", &token_in(&link))]).await;
    assert_eq!(entered.status, 303, "{entered:?}");
    let inside = with_cookie(owner.clone(), &cookie(&entered));
    let settings = inside.get("/api/v1/company").await;
    assert_eq!(
        (settings.body["time_zone"].as_str(), settings.body["currency"].as_str()),
        (Some("Europe/Berlin"), Some("EUR"))
    );
    assert_eq!(inside.get("/brand/logo").await.status, 200, "the logo came along");
    assert_eq!(owner.form("/welcome", &[("t", &token_in(&link))]).await.status, 409, "the link works once");
    assert_eq!(
        owner.form("/sign-in", &[("email", "bo@breeze.example"), ("password", "wind and weather")]).await.status,
        303
    );
    assert_eq!(owner.page("/onboarding").await.status, 404, "sign-up is at the base domain");
    let found = outside.page(&format!("/start?company={slug}")).await;
    assert!(found.text.contains(&format!("{slug}.tradewind.test/sign-in")));
}

#[tokio::test]
async fn an_address_shows_the_way_and_opens_nothing() {
    let house = house().await;
    let outside = house.outside();
    for placement in harness::PLACEMENTS {
        let (acme, bolt) = (house.company(placement).await, house.company(placement).await);
        let domain = format!("{}.example", acme.slug);
        let sign_in = format!("{}.tradewind.test/sign-in", acme.slug);
        let ask = async |typed: &str| outside.form("/start", &[("company", typed)]).await;
        let nobody = ask(&format!("wes@{domain}")).await;
        let says = format!("No company is known by addresses at {domain}.");
        assert!(nobody.status == 422 && nobody.text.contains(&says), "{nobody:?}");

        assert_eq!(
            mail_domain::add(&house.house, &acme.slug, &format!(" @{} ", domain.to_uppercase())).await.unwrap(),
            domain
        );
        for typed in [format!("wes@{domain}"), format!("Nobody@{}", domain.to_uppercase())] {
            let found = ask(&typed).await;
            assert!(found.status == 200 && found.text.contains(&sign_in), "{typed}: {found:?}");
            assert!(found.headers.get("set-cookie").is_none(), "the way is shown, and nothing opened");
        }
        let found = ask(&format!("https://{}.tradewind.test/x", acme.slug)).await;
        assert!(found.status == 200 && found.text.contains(&sign_in), "{found:?}");
        for near in [format!("wes@sub.{domain}"), format!("wes@{domain}.evil.example"), "wes@".into(), "@".into()] {
            assert_eq!(ask(&near).await.status, 422, "{near}");
        }
        // Whoever comes from there signs in as anybody: a stranger with such an address is a stranger.
        let entered = acme
            .visitor()
            .form("/sign-in", &[("email", &format!("wes@{domain}")), ("password", "a wrong guess")])
            .await;
        assert_eq!(entered.status, 422, "{entered:?}");
        let told = acme.program().get("/api/v1/audit").await;
        assert!(
            told.text.contains("mail_domains")
                && !bolt.program().get("/api/v1/audit").await.text.contains("mail_domains")
        );

        for (slug, wrong, sentence) in [
            (&bolt.slug, domain.as_str(), "A domain belongs to one company"),
            (&acme.slug, domain.as_str(), "this company's already"),
            (&acme.slug, "Gmail.com", "Anybody may have a mailbox"),
            (&acme.slug, "acme", "is no host name"),
            (&"no-such-company".to_owned(), "x.example", "There is no company"),
        ] {
            let said = mail_domain::add(&house.house, slug, wrong).await.unwrap_err().to_string();
            assert!(said.contains(sentence), "{wrong}: {said}");
        }
        assert!(mail_domain::remove(&house.house, &bolt.slug, &domain).await.is_err(), "not theirs");
        assert_eq!(mail_domain::list(&house.house, &acme.slug).await.unwrap(), std::slice::from_ref(&domain));

        // A second sign-up is told, and may go on.
        let file = [("name", "Twice Air"), ("industry", "hvac"), ("time_zone", "UTC"), ("country", "DE")];
        let begun = send_file(&outside, "/onboarding/company", &file, None).await;
        let twice = with_cookie(outside.clone(), &cookie(&begun));
        let you = [("name", "Wes"), ("email", &*format!("wes@{domain}")), ("password", "wind and weather")];
        assert_eq!(twice.form("/onboarding/you", &you).await.status, 303);
        let page = twice.page("/onboarding").await;
        assert!(page.text.contains("a company that is here already") && page.text.contains(&sign_in), "{page:?}");

        mail_domain::remove(&house.house, &acme.slug, &domain).await.unwrap();
        assert_eq!(ask(&format!("wes@{domain}")).await.status, 422);
    }
}

async fn signup_of(house: &TestHouse, slug: &str) -> kernel::Uuid {
    let sql = "select id from ctl.signup where slug = $1";
    house.above().await.query_one(sql, &[&slug]).await.unwrap().get(0)
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    for placement in harness::PLACEMENTS {
        let rates = kernel::http::limit::Rates { principal: 1000, visitor: 1000, tenant: 10_000, careful: 5 };
        let house = harness::start_with(vec![tenancy::module()], rates).await;
        let acme = house.company(placement).await;
        let mut last = Value::Null;
        for _ in 0..7 {
            let answer = acme
                .visitor()
                .post("/api/v1/auth/token", json!({ "email": acme.owner_email, "password": "a wrong guess" }))
                .await;
            last = json!([answer.status, answer.header("retry-after").is_empty()]);
        }
        assert_eq!(last, json!([429, false]));
    }
}
