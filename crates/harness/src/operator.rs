//! One of those who run the house, as a test has them: made by command, set up and signed in through their own door.
use jiff::SignedDuration;
use kernel::Uuid;
use totp_rs::{Builder, Secret, Totp};

use crate::{Answer, Company, PASSWORD, Person, TestHouse};

/// Signed in at the base domain.
pub struct Operator<'a> {
    test: &'a TestHouse,
    pub name: String,
    pub email: String,
    totp: Totp,
    pub codes: Vec<String>,
    /// `name=value` of the cookie.
    pub cookie: String,
}

/// The cookie that an answer sets, `name=value`.
pub fn cookie_of(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

/// What stands in the first box that can be copied.
pub fn copied(answer: &Answer) -> String {
    let from = answer.text.split("<code tabindex=\"0\">").nth(1);
    from.unwrap_or_else(|| panic!("nothing to copy: {answer:?}")).split('<').next().unwrap().to_owned()
}

impl TestHouse {
    /// A new one; their address is nobody else's.
    pub async fn operator(&self, name: &str) -> Operator<'_> {
        let email = format!("{}@tradewind.example", Uuid::now_v7().simple());
        let link = tenancy::operator::create(&self.house, name, &email).await.expect("an operator");
        let mut operator = self.set_up(name, &email, &link).await;
        let entered = operator.sign_in().await;
        assert_eq!((entered.status, entered.header("location")), (303, "/operator"), "{entered:?}");
        operator
    }

    /// Follows the link, but does not sign in.
    pub async fn set_up(&self, name: &str, email: &str, link: &str) -> Operator<'_> {
        let path = link.split_once("tradewind.test").expect("a link at the base domain").1;
        let page = self.outside().page(path).await;
        assert_eq!(page.status, 200, "{page:?}");
        let secret = Secret::try_from_base32(copied(&page).replace(' ', "")).expect("a secret in base 32");
        let totp = Builder::new().with_secret(secret).with_skew(1).build().expect("an authenticator");
        let token = path.split_once("?t=").expect("a token").1.to_owned();
        let mut operator =
            Operator { test: self, name: name.into(), email: email.into(), totp, codes: vec![], cookie: String::new() };
        let code = operator.shows();
        let done =
            self.outside().form("/operator/setup", &[("t", &token), ("password", PASSWORD), ("code", &code)]).await;
        assert_eq!(done.status, 200, "{done:?}");
        operator.codes = copied(&done).split_whitespace().map(str::to_owned).collect();
        assert_eq!(operator.codes.len(), 10, "{done:?}");
        operator
    }
}

impl<'a> Operator<'a> {
    pub fn shows(&self) -> String {
        self.totp.generate(u64::try_from(self.test.clock.now().as_second()).unwrap()).to_string()
    }
    /// The next code, half a minute later.
    pub fn next(&self) -> String {
        self.test.clock.advance(SignedDuration::from_secs(30));
        self.shows()
    }
    pub async fn sign_in(&mut self) -> Answer {
        let fields = [("email", self.email.clone()), ("password", PASSWORD.to_owned()), ("code", self.next())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = self.test.outside().form("/operator/sign-in", &fields).await;
        self.cookie = cookie_of(&answer);
        answer
    }
    /// At the base domain, signed in.
    pub fn desk(&self) -> Person<'a> {
        Person { credential: Some(("cookie", self.cookie.clone())), ..self.test.outside() }
    }

    /// Asks to look in; gives the visit's id.
    pub async fn ask(&self, company: &Company<'_>, reason: &str, minutes: &str) -> String {
        let path = format!("/operator/companies/{}/visits", company.id);
        let asked = self.desk().form(&path, &[("reason", reason), ("minutes", minutes)]).await;
        let visit = asked.header("location").strip_prefix("/operator/visits/").map(str::to_owned);
        visit.unwrap_or_else(|| panic!("no visit: {asked:?}"))
    }
    /// Draws a ticket; gives the path at the company's address.
    pub async fn ticket(&self, visit: &str) -> String {
        let page = self.desk().form(&format!("/operator/visits/{visit}/enter"), &[]).await;
        let from = page.text.split("/support/enter?t=").nth(1).unwrap_or_else(|| panic!("no ticket: {page:?}"));
        from.split('"').next().unwrap().to_owned()
    }
    /// Uses a ticket up at the company's address: somebody who looks in.
    pub async fn enter(&self, company: &'a Company<'_>, visit: &str) -> Person<'a> {
        let ticket = self.ticket(visit).await;
        let entered = company.visitor().form("/support/enter", &[("t", &ticket)]).await;
        assert_eq!((entered.status, entered.header("location")), (303, "/"), "{entered:?}");
        Person { credential: Some(("cookie", cookie_of(&entered))), ..company.visitor() }
    }
    /// From the reason to being in.
    pub async fn visit(&self, company: &'a Company<'_>) -> (String, Person<'a>) {
        let visit = self.ask(company, "They cannot find an invoice", "30").await;
        let person = self.enter(company, &visit).await;
        (visit, person)
    }
}
