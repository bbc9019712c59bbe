//! Somebody in a browser whose sign-in is half done, or over: through the front door, with the cookies that it gives.
use totp_rs::{Builder, Secret};

use crate::{Answer, Company, PASSWORD, Person, operator::copied};

/// All cookies that an answer sets and does not take away, as a browser sends them back.
fn cookies_of(answer: &Answer) -> String {
    let all = answer.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
    let pairs = all.filter_map(|line| line.split(';').next()).filter(|pair| !pair.ends_with('='));
    pairs.collect::<Vec<_>>().join("; ")
}

impl<'a> Company<'a> {
    /// A member in a browser: what the form of the sign-in gives for the right password.
    pub async fn signed_in(&'a self, email: &str) -> Person<'a> {
        let entered = self.visitor().form("/sign-in", &[("email", email), ("password", PASSWORD), ("next", "/")]).await;
        assert_eq!(entered.status, 303, "{entered:?}");
        Person { credential: Some(("cookie", cookies_of(&entered))), ..self.visitor() }
    }

    /// A member with that role who gave the password, and has the second step before them.
    pub async fn half_signed_in(&'a self, role: &str) -> Person<'a> {
        let email = self.email_of(&self.person(role).await).await;
        let person = self.signed_in(&email).await;
        let begun = person.form("/account/second-step/begin", &[("current", PASSWORD)]).await;
        assert_eq!(begun.status, 303, "{begun:?}");
        let secret = copied(&person.page("/account/second-step").await).replace(' ', "");
        let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
        let code = totp.generate(u64::try_from(self.test.clock.now().as_second()).unwrap()).to_string();
        let done = person.form("/account/second-step/confirm", &[("code", &code)]).await;
        assert_eq!(done.status, 200, "{done:?}");
        let half = self.signed_in(&email).await;
        let asked = half.page("/sign-in/second").await;
        assert_eq!(asked.status, 200, "their next step is open: {asked:?}");
        half
    }

    /// A browser whose session was good, and was ended by its own person.
    pub async fn signed_out(&'a self, role: &str) -> Person<'a> {
        let email = self.email_of(&self.person(role).await).await;
        let person = self.signed_in(&email).await;
        assert_eq!(person.get("/api/v1/account").await.status, 200, "the session is good for now");
        let ended = person.form("/sign-out", &[]).await;
        assert_eq!(ended.status, 303, "{ended:?}");
        person
    }
}
