//! Coming in and being known: letters that prove an address, lost passwords, the places where one is signed in.
#![allow(clippy::unwrap_used)] // A test stops where something is not as it should be.
use harness::{Answer, Company, PASSWORD, Person, TestHouse, in_both_placements, start};
use jiff::SignedDuration;
use serde_json::{Value, json};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// All cookies of a browser, kept as a browser keeps them.
#[derive(Clone, Default)]
struct Jar(Vec<(String, String)>);

impl Jar {
    fn take(&mut self, answer: &Answer) {
        for line in answer.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok()) {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.0.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.0.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }
}

/// A browser at a company's address.
struct Browser<'a> {
    person: Person<'a>,
    jar: Jar,
}

impl<'a> Browser<'a> {
    fn at(acme: &'a Company<'_>) -> Self {
        Self { person: acme.visitor(), jar: Jar::default() }
    }
    fn with(&self) -> Person<'a> {
        let cookies: Vec<String> = self.jar.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut person = self.person.clone();
        person.credential = (!cookies.is_empty()).then(|| ("cookie", cookies.join("; ")));
        person
    }
    async fn page(&mut self, path: &str) -> Answer {
        let answer = self.with().page(path).await;
        self.jar.take(&answer);
        answer
    }
    async fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.with().form(path, fields).await;
        self.jar.take(&answer);
        answer
    }
    async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.form("/sign-in", &[("email", email), ("password", password)]).await
    }
    async fn is_in(&mut self) -> bool {
        self.page("/account").await.status == 200
    }
}

async fn house() -> TestHouse {
    let house = start(vec![]).await;
    tenancy::on_start(&house.house, &house.ground.dsns, &house.ground.secrets).await.unwrap();
    house
}

/// The link of the newest letter to that address, as path and secret.
async fn letter_to(house: &TestHouse, acme: &Company<'_>, email: &str) -> (String, String) {
    house.run_jobs().await;
    let letters = house.letters();
    let letter =
        letters.iter().find(|letter| letter.to.contains(email)).unwrap_or_else(|| panic!("no letter to {email}"));
    let link = letter.link.clone().unwrap();
    let path = link.strip_prefix(&format!("http://{}", acme.host)).unwrap_or_else(|| panic!("{link} leads elsewhere"));
    (path.to_owned(), link.split("t=").nth(1).unwrap().to_owned())
}

async fn verified(person: &Person<'_>) -> Value {
    person.get("/api/v1/account").await.body["email_verified"].clone()
}

#[tokio::test]
async fn a_lost_password_is_replaced_by_letter() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let (mut old, mut new) = (Browser::at(&acme), Browser::at(&acme));
        assert_eq!(old.sign_in(&acme.owner_email, PASSWORD).await.status, 303);
        let known = new.form("/forgot", &[("email", &acme.owner_email.to_uppercase())]).await;
        let unknown = new.form("/forgot", &[("email", "nobody@nowhere.example")]).await;
        assert_eq!((known.status, unknown.status), (200, 200), "{known:?}");
        assert_eq!(known.text, unknown.text, "an account that exists looks like one that does not");
        let (path, token) = letter_to(&house, &acme, &acme.owner_email).await;
        assert!(!house.letters().iter().any(|letter| letter.to.contains("nowhere.example")));
        for _ in 0..2 {
            assert_eq!(new.page(&path).await.status, 200, "looking at the link does not use it up");
        }
        let weak = new.form("/reset", &[("t", &token), ("password", "short")]).await;
        assert!(weak.status == 422 && weak.text.contains("at least 10 characters"), "{weak:?}");
        let set = new.form("/reset", &[("t", &token), ("password", "quite another secret")]).await;
        assert_eq!(set.status, 303, "{set:?}");
        assert!(new.is_in().await && !old.is_in().await, "what was open under the old password has ended");
        assert_eq!(verified(&new.with()).await, json!(true), "who answers the letter reads mail there");
        let again = new.form("/reset", &[("t", &token), ("password", "quite another secret")]).await;
        assert_eq!(again.status, 409, "a link works once");
        assert_eq!(old.sign_in(&acme.owner_email, PASSWORD).await.status, 422);
        assert_eq!(old.sign_in(&acme.owner_email, "quite another secret").await.status, 303);
        let told = acme.told().await;
        assert!(told.contains(&"password.reset_sent".into()) && told.contains(&"password.reset".into()), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn a_reset_link_ends_in_an_hour_and_nobody_fills_a_mailbox() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let (acme, other) = (house.company(placement).await, house.company("pooled").await);
        let mut browser = Browser::at(&acme);
        for _ in 0..6 {
            browser.form("/forgot", &[("email", &acme.owner_email)]).await;
        }
        let (_, token) = letter_to(&house, &acme, &acme.owner_email).await;
        let letters = house.letters().iter().filter(|letter| letter.to.contains(&acme.owner_email)).count();
        assert_eq!(letters, 3, "three letters an hour");
        let stray = Browser::at(&other).form("/reset", &[("t", &token), ("password", "quite another secret")]).await;
        assert_eq!(stray.status, 409, "the link of one company opens nothing at another");
        house.clock.advance(SignedDuration::from_mins(61));
        let late = browser.form("/reset", &[("t", &token), ("password", "quite another secret")]).await;
        assert!(late.status == 409 && late.text.contains("too old"), "{late:?}");
        // A reset that was asked for is void once the password was changed in any other way.
        browser.form("/forgot", &[("email", &acme.owner_email)]).await;
        let (_, token) = letter_to(&house, &acme, &acme.owner_email).await;
        browser.sign_in(&acme.owner_email, PASSWORD).await;
        let changed =
            browser.form("/account/password", &[("current", PASSWORD), ("password", "quite another secret")]).await;
        assert_eq!(changed.status, 303);
        assert_eq!(browser.form("/reset", &[("t", &token), ("password", "a third long secret")]).await.status, 409);
    }
}

#[tokio::test]
async fn an_invitation_goes_by_letter_and_proves_the_address() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        for (email, by_letter) in [("dana@example.com", true), ("drew@example.com", false)] {
            let new = json!({ "name": "Dana Duke", "email": email, "role": "dispatcher" });
            let added = owner.post("/api/v1/members", new).await;
            let shown = added.body["invitation"].as_str().unwrap().split("t=").nth(1).unwrap().to_owned();
            let (path, mailed) = letter_to(&house, &acme, email).await;
            assert_ne!(shown, mailed, "who was shown a link does not know the one in the letter");
            let mut dana = Browser::at(&acme);
            assert!(dana.page(&path).await.text.contains("Dana Duke"));
            let token = if by_letter { &mailed } else { &shown };
            let other = if by_letter { &shown } else { &mailed };
            let taken = dana.form("/welcome", &[("t", token), ("password", "a good long password")]).await;
            assert_eq!(taken.status, 303, "{taken:?}");
            assert_eq!(verified(&dana.with()).await, json!(by_letter));
            let second = dana.form("/welcome", &[("t", other), ("password", "a good long password")]).await;
            assert_eq!(second.status, 409, "one invitation, taken up once");
        }
        let letters = owner.get("/api/v1/emails").await;
        assert!(!letters.text.contains("/welcome?t="), "nobody here reads the link in a letter");
    })
    .await;
}

#[tokio::test]
async fn an_address_is_confirmed_and_changed_by_letter() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let mut browser = Browser::at(&acme);
        browser.sign_in(&acme.owner_email, PASSWORD).await;
        assert_eq!(verified(&browser.with()).await, json!(false));
        assert!(browser.page("/account").await.text.contains("Send a link to confirm it"));
        assert_eq!(browser.form("/account/email/confirm", &[]).await.status, 303);
        let (path, token) = letter_to(&house, &acme, &acme.owner_email).await;
        assert_eq!(browser.page(&path).await.status, 200);
        assert_eq!(verified(&browser.with()).await, json!(false), "looking confirms nothing");
        assert_eq!(browser.form("/confirm", &[("t", &token)]).await.status, 303);
        assert_eq!(verified(&browser.with()).await, json!(true));

        let wrong = browser.form("/account/email", &[("email", "new@example.com"), ("current", "not it")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("not the password you have now"), "{wrong:?}");
        assert!(wrong.text.contains("new@example.com"), "what was typed is still there");
        let sent = browser.form("/account/email", &[("email", "New@Example.com"), ("current", PASSWORD)]).await;
        assert_eq!(sent.status, 303, "{sent:?}");
        let (_, token) = letter_to(&house, &acme, "new@example.com").await;
        let mut elsewhere = Browser::at(&acme);
        assert_eq!(elsewhere.sign_in("new@example.com", PASSWORD).await.status, 422, "not before the link is opened");
        assert_eq!(elsewhere.form("/confirm", &[("t", &token)]).await.status, 303);
        assert!(!elsewhere.is_in().await, "confirming signs nobody in");
        assert_eq!(elsewhere.sign_in("new@example.com", PASSWORD).await.status, 303);
        assert_eq!(Browser::at(&acme).sign_in(&acme.owner_email, PASSWORD).await.status, 422);
        house.run_jobs().await;
        let letters = house.letters();
        let told = letters.iter().find(|letter| letter.subject.contains("was changed")).unwrap();
        assert!(told.to.contains(&acme.owner_email), "the old address hears of it");
    })
    .await;
}

#[tokio::test]
async fn an_address_that_a_colleague_has_is_not_taken() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let colleague = json!({ "name": "Cleo", "email": "cleo@example.com", "role": "member", "password": PASSWORD });
        assert_eq!(owner.post("/api/v1/members", colleague).await.status, 201);
        let mut browser = Browser::at(&acme);
        browser.sign_in(&acme.owner_email, PASSWORD).await;
        browser.form("/account/email", &[("email", "cleo@example.com"), ("current", PASSWORD)]).await;
        let (_, token) = letter_to(&house, &acme, "cleo@example.com").await;
        let refused = browser.form("/confirm", &[("t", &token)]).await;
        assert!(
            refused.status == 422 && refused.text.contains("Somebody here has this e-mail address already"),
            "{refused:?}"
        );
        assert_eq!(browser.sign_in(&acme.owner_email, PASSWORD).await.status, 303);
    }
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in_and_ends_it_there() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let (mut here, mut there, mut third) = (Browser::at(&acme), Browser::at(&acme), Browser::at(&acme));
        for browser in [&mut here, &mut there, &mut third] {
            let fields = format!("email={}&password={}", acme.owner_email, PASSWORD.replace(' ', "+"));
            let headers = [
                ("content-type", "application/x-www-form-urlencoded"),
                ("accept", "text/html"),
                ("user-agent", FIREFOX),
            ];
            let answer = acme
                .visitor()
                .call(axum::http::Method::POST, "/sign-in", &headers, axum::body::Body::from(fields))
                .await;
            assert_eq!(answer.status, 303);
            browser.jar.take(&answer);
        }
        let page = here.page("/account").await;
        assert_eq!(page.text.matches("Firefox on Linux").count(), 3 + 2, "three places, two with a named button");
        let list = here.with().get("/api/v1/account/sessions").await;
        let places = list.body["data"].as_array().unwrap();
        assert_eq!(places.len(), 3);
        assert_eq!(places.iter().filter(|place| place["current"] == true).count(), 1);
        let theirs = there.with().get("/api/v1/account/sessions").await;
        let current = |list: &Value| {
            let all = list["data"].as_array().unwrap();
            all.iter().find(|place| place["current"] == true).unwrap()["id"].as_str().unwrap().to_owned()
        };
        let (there_id, third_id) =
            (current(&theirs.body), current(&third.with().get("/api/v1/account/sessions").await.body));
        // Nobody ends a colleague's.
        let colleague = acme.person("dispatcher").await;
        assert_eq!(colleague.delete(&format!("/api/v1/account/sessions/{there_id}")).await.status, 404);
        assert_eq!(here.form(&format!("/account/places/{there_id}/end"), &[]).await.status, 303);
        assert!(!there.is_in().await && here.is_in().await && third.is_in().await);
        assert_eq!(here.with().delete(&format!("/api/v1/account/sessions/{third_id}")).await.status, 204);
        assert!(!third.is_in().await && here.is_in().await);
        assert_eq!(here.with().delete(&format!("/api/v1/account/sessions/{third_id}")).await.status, 404);
        assert!(acme.told().await.contains(&"session.ended".into()));
        assert!(here.jar.has("__Host-tradewind"));
    })
    .await;
}

#[tokio::test]
async fn one_person_finds_the_way_between_companies_and_strangers_learn_nothing() {
    let house = house().await;
    let (acme, other, third) =
        (house.company("pooled").await, house.company("dedicated").await, house.company("pooled").await);
    let email = format!("mia@{}.example", acme.slug);
    let mut browsers = vec![];
    for company in [&acme, &other] {
        let owner = company.person("owner").await;
        let mia = json!({ "name": "Mia", "email": email, "role": "viewer" });
        assert_eq!(owner.post("/api/v1/members", mia).await.status, 201);
        let (_, token) = letter_to(&house, company, &email).await;
        let mut browser = Browser::at(company);
        let taken = browser.form("/welcome", &[("t", &token), ("password", "a good long password")]).await;
        assert_eq!(taken.status, 303);
        browsers.push(browser);
    }
    // The third gave her a password and no letter: whoever owns it may have typed any address.
    let mia = json!({ "name": "Mia", "email": email, "role": "viewer", "password": PASSWORD });
    assert_eq!(third.person("owner").await.post("/api/v1/members", mia).await.status, 201);
    let mut unproved = Browser::at(&third);
    assert_eq!(unproved.sign_in(&email, PASSWORD).await.status, 303);
    house.run_jobs().await;
    let (here, there) = (browsers[0].page("/account").await.text, browsers[1].page("/account").await.text);
    let way = |company: &Company<'_>| format!("http://{}/", company.host);
    assert!(here.contains(&way(&other)) && there.contains(&way(&acme)), "{here}");
    assert!(!here.contains(&way(&third)) && !there.contains(&way(&third)));
    let seen = unproved.page("/account").await.text;
    assert!(!seen.contains("Your other companies"), "an address that is not proved shows nobody's companies");
    let owner = acme.person("owner").await.page("/account").await.text;
    assert!(!owner.contains("Your other companies"), "nor does a colleague's");
    // Each tab has the cookie of its own company, and it opens no other.
    let mut stray = Browser::at(&other);
    stray.jar = browsers[0].jar.clone();
    assert!(!stray.is_in().await && browsers[0].is_in().await && browsers[1].is_in().await);
    // Whose access ended is out of the list.
    let people = other.person("owner").await;
    let all = people.get("/api/v1/members").await.body["data"].clone();
    let id = all.as_array().unwrap().iter().find(|m| m["email"] == email.as_str()).unwrap()["id"].clone();
    let path = format!("/api/v1/members/{}/deactivate", id.as_str().unwrap());
    assert_eq!(people.post(&path, json!({})).await.status, 200);
    house.run_jobs().await;
    assert!(!browsers[0].page("/account").await.text.contains(&way(&other)));
    let kept = house.above().await.query("select email_hash from ctl.membership", &[]).await.unwrap();
    assert!(!kept.is_empty() && kept.iter().all(|row| !row.get::<_, String>(0).contains('@')), "hashes alone");
}
