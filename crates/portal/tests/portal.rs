//! The customers' own door: who comes in, what they see, and that it is theirs alone.
#![allow(clippy::unwrap_used)]
use axum::{body::Body, http::Method};
use harness::{Answer, Company, Person, TestHouse};
use kernel::{Uuid, jiff::SignedDuration};
use serde_json::{Value, json};

mod cent;
#[path = "../../payments/tests/stripe/mod.rs"]
#[allow(dead_code)] // Most of it is for the tests of payments.
mod stripe;

async fn start() -> TestHouse {
    let modules = vec![
        exports::module(),
        customers::module(),
        catalog::module(),
        insights::module(),
        taxes::module(),
        scheduling::module(),
        work::module(),
        billing::module(),
        estimates::module(),
        payments::module(),
        portal::module(),
    ];
    harness::start(modules).await
}

/// A browser with its cookies.
struct Browser<'a> {
    who: Person<'a>,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn at(acme: &'a Company<'a>) -> Self {
        Self { who: acme.visitor(), cookie: String::new() }
    }
    async fn get(&self, path: &str) -> Answer {
        self.who.call(Method::GET, path, &[("accept", "text/html"), ("cookie", &self.cookie)], Body::empty()).await
    }
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", ui::encode(value))).collect();
        let form = "application/x-www-form-urlencoded";
        let headers = [("accept", "text/html"), ("cookie", self.cookie.as_str()), ("content-type", form)];
        let answer = self.who.call(Method::POST, path, &headers, Body::from(body.join("&"))).await;
        for set in answer.headers.get_all("set-cookie").iter().filter_map(|set| set.to_str().ok()) {
            if set.starts_with(portal::COOKIE) {
                self.cookie = set.split(';').next().unwrap().to_owned();
            }
        }
        answer
    }
    /// By a letter, from the address to the first page.
    async fn sign_in(&mut self, house: &TestHouse, email: &str) {
        let asked = self.post("/portal/sign-in", &[("email", email)]).await;
        assert_eq!(asked.status, 200, "{asked:?}");
        house.run_jobs().await;
        let entered = self.post(&link(house, email), &[]).await;
        assert_eq!((entered.status, entered.header("location")), (303, "/portal"), "{entered:?}");
    }
}

fn letters(house: &TestHouse, email: &str) -> usize {
    house.letters().iter().filter(|letter| letter.to.contains(email) && letter.text.contains("/portal/enter/")).count()
}

/// The newest link to that address, without its host.
fn link(house: &TestHouse, email: &str) -> String {
    let all = house.letters();
    let to = |letter: &&std::sync::Arc<mail::Kept>| letter.to.contains(email) && letter.text.contains("/portal/enter/");
    let letter = all.iter().find(to).unwrap_or_else(|| panic!("no link to {email}"));
    let from = letter.text.find("/portal/enter/").unwrap();
    letter.text[from..].split_whitespace().next().unwrap().to_owned()
}

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

/// A customer with one of everything.
struct Theirs {
    id: String,
    email: String,
    visit: String,
    invoice: String,
    draft: String,
    note: String,
    paid: String,
    job: String,
    card: String,
}

async fn step(owner: &Person<'_>, record: &str, verb: &str, body: Value) -> Answer {
    let etag = owner.get(record).await.etag();
    let done = owner.send(Method::POST, &format!("{record}/{verb}"), &[("if-match", &etag)], body).await;
    assert!(done.status < 300, "{verb}: {done:?}");
    done
}

/// A card that they keep, as if the provider had told of it: none is connected here.
async fn kept_card(house: &TestHouse, acme: &Company<'_>, customer: &str) -> String {
    let (above, schema) = (house.above().await, acme.schema().await);
    let (agreement, card, customer) = (Uuid::now_v7(), Uuid::now_v7(), customer.parse::<Uuid>().unwrap());
    let agreed = format!(
        "insert into {schema}.card_agreement (tenant_id, id, customer_id, agreed_by, words, status, created_at, updated_at)
         values ($1, $2, $3, 'who was there', 'The words.', 'kept', now(), now())"
    );
    above.execute(&agreed, &[&acme.id, &agreement, &customer]).await.unwrap();
    let kept = format!(
        "insert into {schema}.card_on_file (tenant_id, id, customer_id, agreement_id, holder_ref, method_ref, brand, last_four, created_at, updated_at)
         values ($1, $2, $3, $4, 'cus_' || $2::uuid::text, 'pm_' || $2::uuid::text, 'visa', '4242', now(), now())"
    );
    above.execute(&kept, &[&acme.id, &card, &customer, &agreement]).await.unwrap();
    card.to_string()
}

async fn theirs(house: &TestHouse, acme: &Company<'_>, owner: &Person<'_>, name: &str) -> Theirs {
    let email = format!("{}@{}.example", name.to_lowercase(), acme.slug);
    let place =
        json!({ "street": format!("12 {name} St"), "city": "Springfield", "postal_code": "62701", "country": "US" });
    let customer = json!({ "name": format!("{name} Residence"), "email": email, "location": place });
    let id = owner.post("/api/v1/customers", customer).await.id();
    let location = owner.get(&format!("/api/v1/customers/{id}/locations")).await.body["data"][0]["id"].clone();
    let soon = house.clock.now() + SignedDuration::from_hours(72);
    let visit = json!({ "customer_id": id, "location_id": location, "title": format!("{name} tune-up"), "duration_minutes": 60, "starts_at": soon, "anyway": true });
    let visit = owner.post("/api/v1/appointments", visit).await.id();
    let bill = |words: &str| json!({ "customer_id": id, "lines": [{ "description": format!("{name} {words}"), "unit_price": usd("240.00") }] });
    let invoice = owner.post("/api/v1/invoices", bill("call")).await.id();
    step(owner, &format!("/api/v1/invoices/{invoice}"), "issue", json!({})).await;
    let credited = json!({ "reason": format!("{name} returned it") });
    let returned = owner.post("/api/v1/invoices", bill("pump")).await.id();
    step(owner, &format!("/api/v1/invoices/{returned}"), "issue", json!({})).await;
    let note = owner.post(&format!("/api/v1/invoices/{returned}/credit-notes"), credited).await.id();
    let settled = owner.post("/api/v1/invoices", bill("valve")).await.id();
    step(owner, &format!("/api/v1/invoices/{settled}"), "issue", json!({})).await;
    let money = json!({ "amount": usd("240.00"), "method": "cash" });
    let paid = owner.post(&format!("/api/v1/invoices/{settled}/payments"), money).await.id();
    let draft = owner.post("/api/v1/invoices", bill("secret draft")).await.id();
    let estimate = json!({ "customer_id": id, "title": format!("{name} heat pump"), "options": [{ "lines": [{ "description": "Heat pump", "unit_price": usd("6240.00") }] }] });
    let sent = owner.post("/api/v1/estimates", estimate.clone()).await.id();
    step(owner, &format!("/api/v1/estimates/{sent}"), "send", json!({})).await;
    let mut unsent = estimate;
    unsent["title"] = json!(format!("{name} unsent"));
    owner.post("/api/v1/estimates", unsent).await.id();
    let job = json!({ "customer_id": id, "title": format!("{name} filter") });
    let job = owner.post("/api/v1/work-orders", job).await.id();
    let line = json!({ "description": "Filter", "unit_price": usd("20.00") });
    assert_eq!(owner.post(&format!("/api/v1/work-orders/{job}/lines"), line).await.status, 201);
    for verb in ["start", "finish"] {
        let done = owner.post(&format!("/api/v1/work-orders/{job}/{verb}"), json!({})).await;
        assert_eq!(done.status, 200, "{done:?}");
    }
    let card = kept_card(house, acme, &id).await;
    Theirs { id, email, visit, invoice, draft, note, paid, job, card }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_signs_in_by_a_link_and_sees_what_is_theirs() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let ana = theirs(&house, &acme, &owner, "Ana").await;
        theirs(&house, &acme, &owner, "Bob").await;
        let mut browser = Browser::at(&acme);
        // Nobody yet: the way in.
        for path in ["/portal".to_owned(), format!("/portal/{}", ana.id), format!("/portal/{}/invoices", ana.id)] {
            let turned = browser.get(&path).await;
            assert_eq!((turned.status, turned.header("location")), (303, "/portal/sign-in"), "{path}");
        }
        let wrong = browser.post("/portal/sign-in", &[("email", "ana")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("not an e-mail address"), "{}", wrong.text);

        browser.post("/portal/sign-in", &[("email", &ana.email.to_uppercase())]).await;
        house.run_jobs().await;
        let link = link(&house, &ana.email);
        // Looking at it uses nothing up, for mail programs look too.
        for _ in 0..2 {
            let shown = browser.get(&link).await;
            assert!(
                shown.status == 200 && shown.text.contains("Sign in") && shown.header("set-cookie").is_empty(),
                "{shown:?}"
            );
        }
        let entered = browser.post(&link, &[]).await;
        assert_eq!(entered.status, 303, "{entered:?}");
        let set = entered.header("set-cookie");
        for word in ["__Host-tradewind-portal=", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(set.contains(word), "{word}: {set}");
        }
        // Once.
        assert_eq!(browser.get(&link).await.status, 410);
        assert_eq!(Browser::at(&acme).post(&link, &[]).await.status, 410);

        let home = browser.get("/portal").await;
        assert_eq!(home.header("location"), format!("/portal/{}", ana.id), "{home:?}");
        let pages = [
            ("", vec!["Hello, Ana Residence", "Ana tune-up", "Ana heat pump", "Look and approve", "$240.00"]),
            ("/visits", vec!["Ana tune-up", "Thursday 25 June", "12 Ana St", "/visit/"]),
            ("/estimates", vec!["Ana heat pump", "$6,240.00", "/estimate/", "To be decided"]),
            ("/invoices", vec!["Invoice INV-", "Due ", "Open"]),
            (
                "/documents",
                vec![
                    "Invoice INV-",
                    "Receipt for INV-",
                    "Statement",
                    "Credit note",
                    "Estimate EST-",
                    "Ana filter",
                    "/pdf",
                ],
            ),
            ("/details", vec!["Ana Residence", &ana.email, "12 Ana St"]),
        ];
        for (path, words) in pages {
            let page = browser.get(&format!("/portal/{}{path}", ana.id)).await;
            assert_eq!(page.status, 200, "{path}: {page:?}");
            for word in words {
                assert!(page.text.contains(word), "{path}: {word}: {}", page.text);
            }
            for no in ["Bob", "secret draft", "unsent"] {
                assert!(!page.text.contains(no), "{path} shows {no}: {}", page.text);
            }
        }
        let one = format!("/portal/{}/invoices/{}", ana.id, ana.invoice);
        let shown = browser.get(&one).await;
        assert!(
            shown.text.contains("Ana call") && shown.text.contains("$240.00") && shown.text.contains("Due"),
            "{}",
            shown.text
        );
        for pdf in [
            format!("{one}/pdf"),
            format!("/portal/{}/credit-notes/{}/pdf", ana.id, ana.note),
            format!("/portal/{}/jobs/{}/pdf", ana.id, ana.job),
        ] {
            let paper = browser.get(&pdf).await;
            assert_eq!((paper.status, paper.header("content-type")), (200, "application/pdf"), "{pdf}");
        }
        let receipt = format!("/portal/{}/receipts/{}/pdf", ana.id, ana.paid);
        let stated = format!("/portal/{}/statement/pdf", ana.id);
        for (pdf, says) in [(&receipt, "For invoice INV-"), (&stated, "Balance before")] {
            let paper = browser.get(pdf).await;
            assert_eq!((paper.status, paper.header("content-type")), (200, "application/pdf"), "{pdf}");
            if let Some(text) = harness::text_of_pdf(&paper.bytes.0) {
                assert!(text.contains(says) && text.contains("240.00") && !text.contains("Bob"), "{pdf}: {text}");
            }
        }
        // What was taken back has no receipt.
        let back = owner.post(&format!("/api/v1/payments/{}/reverse", ana.paid), json!({ "reason": "Bounced" })).await;
        assert!(back.status < 300, "{back:?}");
        assert_eq!(browser.get(&receipt).await.status, 404);
        assert_eq!(
            browser.get(&format!("/portal/{}/invoices/{}", ana.id, ana.draft)).await.status,
            404,
            "a draft is the office's"
        );

        // It opens nothing of the office's, and the office's opens nothing here.
        for path in ["/customers", "/api/v1/customers", "/invoices"] {
            let shut = browser.get(path).await;
            assert!(shut.status == 401 || shut.header("location").starts_with("/sign-in"), "{path}: {shut:?}");
        }
        assert_eq!(owner.page(&format!("/portal/{}", ana.id)).await.header("location"), "/portal/sign-in");

        // What is written down, on the office's side too.
        house.run_jobs().await;
        let told = acme.told().await;
        for kind in ["portal.link_sent", "portal.signed_in"] {
            assert_eq!(told.iter().filter(|one| *one == kind).count(), 1, "{kind}");
        }
        let people = owner.get(&format!("/api/v1/customers/{}/portal", ana.id)).await.body;
        assert_eq!(
            (&people["people"][0]["email"], &people["people"][0]["sessions"]),
            (&json!(ana.email), &json!(1)),
            "{people}"
        );
        assert!(people["people"][0]["signed_in_at"].is_string(), "{people}");
        let timeline = owner.get(&format!("/api/v1/customers/{}/timeline", ana.id)).await;
        assert!(timeline.text.contains("Signed in to the portal"), "{}", timeline.text);

        let out = browser.post("/portal/sign-out", &[]).await;
        assert_eq!(out.header("location"), "/portal/sign-in");
        assert!(acme.told().await.contains(&"portal.signed_out".to_owned()));
        assert_eq!(owner.get(&format!("/api/v1/customers/{}/portal", ana.id)).await.body["people"][0]["sessions"], 0);
    })
    .await;
}

/// What differs between any two answers.
fn bare(answer: &Answer) -> (u16, String, Vec<(String, String)>) {
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "x-request-id" | "ratelimit" | "date"))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    headers.sort();
    (answer.status, answer.text.clone(), headers)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_learns_nothing_of_addresses() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let email = format!("ana@{}.example", acme.slug);
        owner.post("/api/v1/customers", json!({ "name": "Ana", "email": email })).await.id();
        let archived = format!("old@{}.example", acme.slug);
        let old = owner.post("/api/v1/customers", json!({ "name": "Old", "email": archived })).await.id();
        step(&owner, &format!("/api/v1/customers/{old}"), "archive", json!({})).await;
        let nobody = format!("nobody@{}.example", acme.slug);
        let mut answers = vec![];
        for address in [&email, &nobody, &archived] {
            answers.push(bare(&Browser::at(&acme).post("/portal/sign-in", &[("email", address)]).await));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);
        house.run_jobs().await;
        assert_eq!([&email, &nobody, &archived].map(|address| letters(&house, address)), [1, 0, 0]);
        // A mailbox is not filled: three an hour, and whoever asks sees no difference.
        for _ in 0..4 {
            assert_eq!(bare(&Browser::at(&acme).post("/portal/sign-in", &[("email", &email)]).await), answers[0]);
            house.run_jobs().await;
        }
        assert_eq!(letters(&house, &email), 3);
        // Only the hash of a link is kept.
        let link = link(&house, &email);
        let token = link.rsplit('/').next().unwrap();
        let rows = acme.fingerprint().await;
        let schema = acme.schema().await;
        let sql = format!("select count(*) from {schema}.portal_link where tenant_id = $1 and to_jsonb(portal_link)::text like '%' || $2 || '%'");
        let found: i64 = house.above().await.query_one(&sql, &[&acme.id, &token]).await.unwrap().get(0);
        assert!(found == 0 && !rows.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_good_once_here_and_for_a_quarter_of_an_hour() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let email = format!("ana@{}.example", acme.slug);
        let id = owner.post("/api/v1/customers", json!({ "name": "Ana", "email": email })).await.id();
        let next_door = house.company(&acme.placement).await;
        // The neighbour has a customer with the same address.
        let other = next_door.person("owner").await;
        let theirs = other.post("/api/v1/customers", json!({ "name": "Ana too", "email": email })).await.id();
        let mut browser = Browser::at(&acme);
        browser.post("/portal/sign-in", &[("email", &email)]).await;
        house.run_jobs().await;
        let first = link(&house, &email);
        assert_eq!(Browser::at(&next_door).post(&first, &[]).await.status, 410, "another company's");
        let last = first.chars().last().unwrap();
        let bent = format!("{}{}", &first[..first.len() - 1], if last == 'a' { 'b' } else { 'a' });
        for wrong in [bent.as_str(), "/portal/enter/abc", &format!("{first}0")] {
            assert_eq!(browser.get(wrong).await.status, 410, "{wrong}");
            assert_eq!(browser.post(wrong, &[]).await.status, 410, "{wrong}");
        }
        house.clock.advance(SignedDuration::from_mins(15));
        assert_eq!(browser.post(&first, &[]).await.status, 410, "it was good for 15 minutes");
        browser.post("/portal/sign-in", &[("email", &email)]).await;
        house.run_jobs().await;
        let second = link(&house, &email);
        house.clock.advance(SignedDuration::from_mins(14));
        assert_eq!(browser.post(&second, &[]).await.status, 303);
        assert_eq!(browser.get(&format!("/portal/{id}")).await.status, 200);

        // The session is this company's: at the neighbour's address it is nothing, whoever their customers are.
        let mut there = Browser::at(&next_door);
        there.cookie = browser.cookie.clone();
        for path in ["/portal".to_owned(), format!("/portal/{id}"), format!("/portal/{theirs}")] {
            assert_eq!(there.get(&path).await.header("location"), "/portal/sign-in", "{path}");
        }
        // Thirty days unused, and it is over; used, it goes on.
        house.clock.advance(SignedDuration::from_hours(24 * 29));
        assert_eq!(browser.get(&format!("/portal/{id}")).await.status, 200);
        house.clock.advance(SignedDuration::from_hours(24 * 29));
        assert_eq!(browser.get(&format!("/portal/{id}")).await.status, 200);
        house.clock.advance(SignedDuration::from_hours(24 * 30 + 1));
        assert_eq!(browser.get(&format!("/portal/{id}")).await.status, 303);
    })
    .await;
}

/// Every page and form of the portal with a customer in its path, filled with these ids.
fn asked(ours: &Theirs, customer: &str) -> Vec<(Method, String)> {
    let module = portal::module();
    let routes = module.routes.iter().filter(|route| route.path.starts_with("/portal/{customer}"));
    routes
        .map(|route| {
            let path = route
                .path
                .replace("{customer}", customer)
                .replace("{invoice}", &ours.invoice)
                .replace("{credit_note}", &ours.note)
                .replace("{payment}", &ours.paid)
                .replace("{work_order}", &ours.job)
                .replace("{card}", &ours.card)
                .replace("{visit}", &ours.visit);
            assert!(!path.contains('{'), "{path}");
            (route.method.clone(), path)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_customer_is_not_there_on_any_page() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let (ana, bob) = (theirs(&house, &acme, &owner, "Ana").await, theirs(&house, &acme, &owner, "Bob").await);
        let mut browser = Browser::at(&acme);
        browser.sign_in(&house, &ana.email).await;
        let nowhere = Uuid::now_v7().to_string();
        let none = Theirs {
            id: nowhere.clone(),
            email: String::new(),
            visit: nowhere.clone(),
            invoice: nowhere.clone(),
            draft: nowhere.clone(),
            note: nowhere.clone(),
            paid: nowhere.clone(),
            job: nowhere.clone(),
            card: nowhere.clone(),
        };
        let mut ask = async |method: &Method, path: &str| match *method {
            Method::GET => browser.get(path).await,
            // Those of cards are only their button.
            _ if path.contains("/cards") => browser.post(path, &[]).await,
            _ => browser.post(path, &[("change", "Another telephone")]).await,
        };
        let untouched = acme.fingerprint().await;
        // Their customer, their papers under ours, and what is nowhere: one answer.
        let without_ids =
            |text: &str, path: &str| path.split('/').fold(text.to_owned(), |text, part| text.replace(part, ""));
        for (((method, own), (_, bobs)), ((_, under_ours), (_, nothing))) in asked(&ana, &ana.id)
            .iter()
            .zip(&asked(&bob, &bob.id))
            .zip(asked(&bob, &ana.id).iter().zip(&asked(&none, &ana.id)))
        {
            let missing = ask(method, &bobs.replace(&bob.id, &nowhere)).await;
            let foreign = ask(method, bobs).await;
            assert_eq!(foreign.status, 404, "{method} {bobs}: {foreign:?}");
            assert_eq!(missing.status, 404, "{method} {bobs}");
            assert!(!foreign.text.contains("Bob"), "{method} {bobs}");
            assert_eq!(foreign.text.len(), missing.text.len(), "{method} {bobs}");
            // Where an id of a paper is in the path too.
            if own.replace(&ana.id, "") != under_ours.replace(&ana.id, "") {
                let foreign = ask(method, under_ours).await;
                let missing = ask(method, nothing).await;
                assert_eq!((foreign.status, missing.status), (404, 404), "{method} {under_ours}");
                assert_eq!(
                    without_ids(&foreign.text, under_ours).len(),
                    without_ids(&missing.text, nothing).len(),
                    "{under_ours}"
                );
            }
        }
        assert_eq!(acme.fingerprint().await, untouched, "a probe changed something");
        // The positive control: our own ids open all of them.
        for (method, own) in asked(&ana, &ana.id) {
            let answer = ask(&method, &own).await;
            // Nobody is connected who would keep a card; who asks is let in and told so.
            if method == Method::POST && own.ends_with("/cards") {
                assert_eq!(answer.status, 409, "{answer:?}");
                continue;
            }
            assert!(
                answer.status < 400 && answer.header("location") != "/portal/sign-in",
                "{method} {own}: {answer:?}"
            );
        }
        assert!(asked(&ana, &ana.id).len() >= 11);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_address_opens_is_what_it_is_today() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let email = format!("manager@{}.example", acme.slug);
        let one = owner.post("/api/v1/customers", json!({ "name": "Elm House", "email": email })).await.id();
        let two = owner.post("/api/v1/customers", json!({ "name": "Oak House" })).await.id();
        let contact = json!({ "name": "The manager", "email": email });
        let contact = owner.post(&format!("/api/v1/customers/{two}/contacts"), contact).await.id();
        let mut browser = Browser::at(&acme);
        browser.sign_in(&house, &email).await;
        // One address, two customers: choose.
        let choose = browser.get("/portal").await;
        assert!(choose.text.contains("Elm House") && choose.text.contains("Oak House"), "{}", choose.text);
        let opens = async |browser: &Browser<'_>, id: &str| browser.get(&format!("/portal/{id}")).await.status;
        assert_eq!((opens(&browser, &one).await, opens(&browser, &two).await), (200, 200));
        assert!(browser.get(&format!("/portal/{two}")).await.text.contains("Another one"));

        // The contact goes: only one is left, and the way leads straight there.
        assert_eq!(owner.delete(&format!("/api/v1/contacts/{contact}")).await.status, 204);
        assert_eq!((opens(&browser, &one).await, opens(&browser, &two).await), (200, 404));
        assert_eq!(browser.get("/portal").await.header("location"), format!("/portal/{one}"));

        // Archived, it is nobody's; brought back, it is again.
        step(&owner, &format!("/api/v1/customers/{one}"), "archive", json!({})).await;
        assert_eq!(opens(&browser, &one).await, 303, "to the way in");
        step(&owner, &format!("/api/v1/customers/{one}"), "restore", json!({})).await;
        assert_eq!(opens(&browser, &one).await, 200);

        // Merged, it follows to whoever stays; what went is not there.
        let merged = owner.post(&format!("/api/v1/customers/{two}/merge"), json!({ "customer_id": one })).await;
        assert_eq!(merged.status, 200, "{merged:?}");
        assert_eq!((opens(&browser, &one).await, opens(&browser, &two).await), (404, 200));
        let people = owner.get(&format!("/api/v1/customers/{two}/portal")).await.body["people"].clone();
        assert!(people.as_array().unwrap().iter().any(|person| person["email"] == email), "{people}");

        // The address changes: it opens nothing from that moment.
        let plain = owner
            .post("/api/v1/customers", json!({ "name": "Ash House", "email": format!("ash@{}.example", acme.slug) }))
            .await
            .id();
        let mut ash = Browser::at(&acme);
        ash.sign_in(&house, &format!("ash@{}.example", acme.slug)).await;
        assert_eq!(opens(&ash, &plain).await, 200);
        let etag = owner.get(&format!("/api/v1/customers/{plain}")).await.etag();
        let moved = owner
            .patch(
                &format!("/api/v1/customers/{plain}"),
                &etag,
                json!({ "email": format!("new@{}.example", acme.slug) }),
            )
            .await;
        assert_eq!(moved.status, 200, "{moved:?}");
        assert_eq!(opens(&ash, &plain).await, 303);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_sends_links_ends_sessions_and_closes_the_portal() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let email = format!("ana@{}.example", acme.slug);
        let id = owner.post("/api/v1/customers", json!({ "name": "Ana", "email": email })).await.id();
        let path = format!("/api/v1/customers/{id}/portal");
        for (role, may) in [("viewer", 403), ("technician", 403), ("dispatcher", 200)] {
            let person = acme.person(role).await;
            assert_eq!(person.get(&path).await.status, may, "{role}");
            assert_eq!(person.post(&format!("{path}/end"), json!({})).await.status, may, "{role}");
        }
        let stranger = owner.post(&format!("{path}/links"), json!({ "email": "somebody@else.example" })).await;
        assert!(stranger.status == 422 && stranger.error("/email").contains("Nobody of this customer"), "{stranger:?}");
        let sent = owner.post(&format!("{path}/links"), json!({ "email": email })).await;
        assert_eq!((sent.status, &sent.body["hours"]), (200, &json!(24)), "{sent:?}");
        house.run_jobs().await;
        house.clock.advance(SignedDuration::from_hours(23));
        let mut browser = Browser::at(&acme);
        assert_eq!(browser.post(&link(&house, &email), &[]).await.status, 303, "the office's link is good for a day");
        let owner = acme.person("owner").await;
        let mine = format!("/portal/{id}");
        assert_eq!(browser.get(&mine).await.status, 200);
        let page = owner.page(&format!("/customers/{id}/portal")).await;
        assert!(page.text.contains(&email) && page.text.contains("was here"), "{}", page.text);
        assert!(owner.page(&format!("/customers/{id}")).await.text.contains("Who may sign in"));

        // A change is asked for, and the office has it.
        let empty = browser.post(&format!("{mine}/details"), &[("change", " ")]).await;
        assert!(empty.status == 422 && empty.text.contains("what we shall change"), "{}", empty.text);
        assert_eq!(browser.post(&format!("{mine}/details"), &[("change", "My number is 555 0199")]).await.status, 303);
        let notes = owner.get(&format!("/api/v1/customers/{id}/pinned-notes")).await;
        assert!(notes.text.contains("My number is 555 0199") && notes.text.contains(&email), "{}", notes.text);

        let ended = owner.form(&format!("/customers/{id}/portal/end"), &[]).await;
        assert_eq!(ended.status, 303, "{ended:?}");
        assert_eq!(browser.get(&mine).await.status, 303);
        assert!(acme.told().await.contains(&"portal.sessions_ended".to_owned()));

        // Closed, it is not there; what was said is remembered.
        browser.sign_in(&house, &email).await;
        let etag = owner.get("/api/v1/portal-terms").await.etag();
        let shut = owner
            .patch("/api/v1/portal-terms", &etag, json!({ "open": false, "welcome": "Mondays to Fridays." }))
            .await;
        assert_eq!((shut.status, &shut.body["open"]), (200, &json!(false)), "{shut:?}");
        for path in [mine.as_str(), "/portal", "/portal/sign-in"] {
            assert_eq!(browser.get(path).await.status, 404, "{path}");
        }
        assert_eq!(browser.post("/portal/sign-in", &[("email", &email)]).await.status, 404);
        assert_eq!(owner.post(&format!("{path}/links"), json!({ "email": email })).await.status, 409);
        let saved = owner
            .form("/settings/portal", &[("version", "1"), ("open", "true"), ("welcome", "Mondays to Fridays.")])
            .await;
        assert_eq!(saved.status, 303, "{saved:?}");
        assert!(browser.get(&mine).await.text.contains("Mondays to Fridays."));
        let long = owner.patch("/api/v1/portal-terms", "\"2\"", json!({ "welcome": "x".repeat(601) })).await;
        assert!(long.status == 422 && !long.error("/welcome").is_empty(), "{long:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_is_booked_again_from_a_visit_that_was() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let ana = theirs(&house, &acme, &owner, "Ana").await;
        let mut browser = Browser::at(&acme);
        browser.sign_in(&house, &ana.email).await;
        let again = browser.post(&format!("/portal/{}/visits/{}/again", ana.id, ana.visit), &[]).await;
        assert_eq!((again.status, again.header("location")), (303, "/book/service"), "{again:?}");
        let draft = again.header("set-cookie").split(';').next().unwrap().to_owned();
        let page = acme
            .visitor()
            .call(Method::GET, "/book", &[("accept", "text/html"), ("cookie", &draft)], Body::empty())
            .await;
        assert!(page.text.contains("12 Ana St") && page.text.contains("62701"), "{}", page.text);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_keeps_a_card_and_removes_it_and_nobody_elses() {
    for placement in harness::PLACEMENTS {
        let house = start().await;
        let stripe = stripe::Stripe::start().await;
        house.house.keep(payments::provider::Desk::at(&stripe.url()).unwrap());
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let (ana, bob) = (theirs(&house, &acme, &owner, "Ana").await, theirs(&house, &acme, &owner, "Bob").await);
        let mut browser = Browser::at(&acme);
        browser.sign_in(&house, &ana.email).await;
        let path = format!("/portal/{}/cards", ana.id);
        let page = browser.get(&path).await;
        assert!(page.text.contains("No cards are taken online at the moment."), "{}", page.text);
        assert!(page.header("content-security-policy").contains("form-action 'self';"), "it leads nowhere: {page:?}");
        assert_eq!(browser.post(&path, &[]).await.status, 409);
        let key = json!({ "key": stripe::KEY });
        assert_eq!(owner.send(Method::PUT, "/api/v1/payment-provider", &[], key).await.status, 200);
        let page = browser.get(&path).await;
        assert!(page.text.contains("You keep no card") && page.text.contains("I agree that"), "{}", page.text);
        assert!(page.header("content-security-policy").contains("form-action 'self' https:"), "{page:?}");
        assert_eq!(browser.post(&format!("/portal/{}/cards", bob.id), &[]).await.status, 404);
        let to = browser.post(&path, &[]).await;
        assert!(to.status == 303 && to.header("location").starts_with("https://checkout.stripe.com/"), "{to:?}");
        assert!(browser.get(&path).await.text.contains("A card is being kept"));
        stripe.keep();
        // Nobody told us: it is asked for.
        house.clock.advance(SignedDuration::from_mins(11));
        kernel::job::worker::now_for(&house.house, acme.id, "payments.reconcile").await.unwrap();
        house.run_jobs().await;
        let page = browser.get(&path).await;
        assert!(page.text.contains("Visa ···· 4242") && page.text.contains("good until 08/2034"), "{}", page.text);
        let kept = acme.program().get(&format!("/api/v1/customers/{}/cards", ana.id)).await.body["cards"][0].clone();
        assert_eq!(kept["agreed_by"], json!(ana.email), "{kept}");
        let card = kept["id"].as_str().unwrap();
        let mut other = Browser::at(&acme);
        other.sign_in(&house, &bob.email).await;
        assert!(!other.get(&format!("/portal/{}/cards", bob.id)).await.text.contains("4242"));
        assert_eq!(other.post(&format!("/portal/{}/cards/{card}/remove", bob.id), &[]).await.status, 404);
        assert_eq!(other.post(&format!("{path}/{card}/remove"), &[]).await.status, 404);
        assert_eq!(
            Browser::at(&acme).post(&format!("{path}/{card}/remove"), &[]).await.header("location"),
            "/portal/sign-in"
        );
        assert_eq!(browser.post(&format!("{path}/{card}/remove"), &[]).await.status, 303);
        assert!(browser.get(&path).await.text.contains("You keep no card"));
        assert_eq!(browser.post(&format!("{path}/{card}/remove"), &[]).await.status, 404);
        house.run_jobs().await;
        assert!(stripe.world().methods.last().unwrap()["customer"].is_null());
    }
}
