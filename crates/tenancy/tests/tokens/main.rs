//! Tokens, keys and accounts of programs, through the front door: what is believed, for how long, and what is not.
#![allow(clippy::unwrap_used)] // A test stops where something is not as it should be.
mod forged;
mod keys;
mod programs;
mod refresh;

use harness::{Answer, Company, PASSWORD, Person, TestHouse};
use serde_json::json;

/// A pair of tokens of the company's owner.
async fn tokens(company: &Company<'_>) -> Answer {
    let ask = json!({ "email": company.owner_email, "password": PASSWORD });
    let answer = company.visitor().post("/api/v1/auth/token", ask).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

fn access_token(answer: &Answer) -> String {
    answer.body["access_token"].as_str().unwrap_or_else(|| panic!("no token: {answer:?}")).to_owned()
}

fn bearer<'a>(mut person: Person<'a>, token: &str) -> Person<'a> {
    person.credential = Some(("authorization", format!("Bearer {token}")));
    person
}

/// The same company, at the door of another process.
fn there<'a>(other: &'a TestHouse, company: &Company<'_>, token: &str) -> Person<'a> {
    let mut person = bearer(other.outside(), token);
    person.host = company.host.clone();
    person
}

/// Seconds until a request of theirs is refused; more than are promised fail.
async fn refused_after(person: &Person<'_>) -> f64 {
    let begun = std::time::Instant::now();
    loop {
        if person.get("/api/v1/members").await.status == 401 {
            let took = begun.elapsed().as_secs_f64();
            assert!(took <= 5.0, "refused only after {took:.1} s");
            return took;
        }
        assert!(begun.elapsed().as_secs() < 10, "still let in");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
