//! A browser with its cookies, and a phone with an authenticator: what tests of signing in have in hand.
#![allow(dead_code)] // Each test program uses its part.
use harness::{Answer, Company, PASSWORD, Person, TestHouse, copied, start};
use jiff::SignedDuration;
use totp_rs::{Builder, Secret, Totp};

/// A browser at a company's address, with its cookies.
pub struct Browser<'a> {
    pub person: Person<'a>,
    pub cookies: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    pub fn at(acme: &'a Company<'_>) -> Self {
        Self { person: acme.visitor(), cookies: vec![] }
    }
    pub fn with(&self) -> Person<'a> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut person = self.person.clone();
        person.credential = (!cookies.is_empty()).then(|| ("cookie", cookies.join("; ")));
        person
    }
    pub fn take(&mut self, answer: &Answer) {
        for line in answer.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok()) {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    pub fn forget(&mut self, beginning: &str) {
        self.cookies.retain(|(name, _)| !name.starts_with(beginning));
    }
    pub async fn page(&mut self, path: &str) -> Answer {
        let answer = self.with().page(path).await;
        self.take(&answer);
        answer
    }
    pub async fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.with().form(path, fields).await;
        self.take(&answer);
        answer
    }
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.form("/sign-in", &[("email", email), ("password", password), ("next", "/settings")]).await
    }
    pub async fn is_in(&mut self) -> bool {
        self.page("/account").await.status == 200
    }
}

pub async fn house() -> TestHouse {
    let house = start(vec![]).await;
    tenancy::on_start(&house.house, &house.ground.dsns, &house.ground.secrets).await.unwrap();
    house
}

pub struct Phone<'a> {
    pub house: &'a TestHouse,
    pub totp: Totp,
}

impl<'a> Phone<'a> {
    /// With the secret that was typed in.
    pub fn of(house: &'a TestHouse, secret: &str) -> Self {
        let secret = Secret::try_from_base32(secret.replace(' ', "")).unwrap();
        Self { house, totp: Builder::new().with_secret(secret).build().unwrap() }
    }
    pub fn shows(&self) -> String {
        self.totp.generate(u64::try_from(self.house.clock.now().as_second()).unwrap()).to_string()
    }
    /// The next code, half a minute later.
    pub fn next(&self) -> String {
        self.house.clock.advance(SignedDuration::from_secs(30));
        self.shows()
    }
    pub fn wrong(&self) -> String {
        let now = self.shows();
        ["000000", "111111", "222222", "333333", "444444"].iter().find(|code| **code != now).unwrap().to_string()
    }
}

/// Sets a second step up; gives the phone and the recovery codes.
pub async fn set_up<'a>(house: &'a TestHouse, browser: &mut Browser<'_>) -> (Phone<'a>, Vec<String>) {
    let begun = browser.form("/account/second-step/begin", &[("current", PASSWORD)]).await;
    assert_eq!((begun.status, begun.header("location")), (303, "/account/second-step"), "{begun:?}");
    let page = browser.page("/account/second-step").await;
    assert!(page.text.contains("<svg") && page.text.contains("viewBox"), "the code to scan");
    let phone = Phone::of(house, &copied(&page));
    let wrong = browser.form("/account/second-step/confirm", &[("code", &phone.wrong())]).await;
    assert!(wrong.status == 422 && wrong.text.contains("not what it shows now"), "{wrong:?}");
    let shown = browser.form("/account/second-step/confirm", &[("code", &phone.shows())]).await;
    assert_eq!(shown.status, 200, "{shown:?}");
    let codes: Vec<String> = copied(&shown).split_whitespace().map(str::to_owned).collect();
    assert_eq!(codes.len(), 10);
    (phone, codes)
}
