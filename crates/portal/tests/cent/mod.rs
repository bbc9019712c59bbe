//! The same cent everywhere: what a page, the API, a PDF, the portal, a file and the books say of a paper is one figure, by whichever
//! rules a company adds up. `CENT_SEED` and `CENT_STORIES` repeat a run and make it longer.
mod books;
mod said;
mod settled;
mod slips;
mod story;
mod surfaces;

use crate::{Browser, start};
use harness::{Company, Person, TestHouse};
use rand::{SeedableRng, rngs::SmallRng};
use said::{Said, differences};
use serde_json::{Value, json};
use surfaces::Eyes;

/// A state, and a city whose tax is also on the state's. Gives the tax of the price book.
async fn levied(owner: &Person<'_>) -> String {
    let made = async |path: &str, body: Value| {
        let answer = owner.post(path, body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.id()
    };
    let goods = made("/api/v1/tax-rates", json!({ "name": "Goods", "rate_ppm": 80_000 })).await;
    for (place, name, rate, compound) in [
        (json!({ "regions": ["TX"] }), "State of Texas", 62_500, false),
        (json!({ "regions": ["TX"], "cities": ["Austin"] }), "City of Austin", 20_000, true),
    ] {
        let mut body = json!({ "name": name, "country": "US" });
        body.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
        let jurisdiction = made("/api/v1/jurisdictions", body).await;
        let rate = json!({ "tax_rate_id": goods, "rate_ppm": rate, "compound": compound, "from_on": "2020-01-01" });
        made(&format!("/api/v1/jurisdictions/{jurisdiction}/rates"), rate).await;
    }
    goods
}

/// On top or in the prices, half a cent up or to the even one, on each line or once: the eight ways in turn.
async fn adds_up(owner: &Person<'_>, nth: u64) -> String {
    let rules = json!({
        "prices_include_tax": nth & 1 == 1,
        "rounding": if nth & 2 == 2 { "half_even" } else { "half_up" },
        "level": if nth & 4 == 4 { "line" } else { "document" },
    });
    let etag = owner.get("/api/v1/tax-terms").await.etag();
    let said = owner.patch("/api/v1/tax-terms", &etag, rules.clone()).await;
    assert_eq!(said.status, 200, "{said:?}");
    rules.to_string()
}

async fn eyes<'a>(house: &'a TestHouse, acme: &'a Company<'a>, nth: u64) -> Eyes<'a> {
    let owner = acme.program();
    let email = format!("ana{nth}@{}.example", acme.slug);
    let place =
        json!({ "street": "1 Elm St", "city": "Austin", "region": "TX", "postal_code": "78701", "country": "US" });
    let ana = json!({ "name": "Ana Rivera", "email": email, "location": place });
    let customer = owner.post("/api/v1/customers", ana).await.id();
    let mut portal = Browser::at(acme);
    portal.sign_in(house, &email).await;
    Eyes { house, owner, visitor: acme.visitor(), portal, customer }
}

fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_surface_says_the_same_cent_of_every_paper() {
    if std::process::Command::new("pdftotext").arg("-v").output().is_err() && std::env::var("CI").is_err() {
        println!("skipped: pdftotext is not installed (Debian: poppler-utils)");
        return;
    }
    let (seed, stories) = (asked("CENT_SEED", 20_261_123), asked("CENT_STORIES", 12));
    let house = start().await;
    let companies = [house.company("pooled").await, house.company("dedicated").await];
    let taxes = [levied(&companies[0].program()).await, levied(&companies[1].program()).await];
    let mut held = 0;
    for nth in 0..stories {
        // Each way of adding up in both placements, in turn.
        let at = usize::try_from((nth + nth / 8) % 2).unwrap();
        let rules = adds_up(&companies[at].program(), nth).await;
        println!("story {nth} of seed {seed}, {}: {rules}", companies[at].placement);
        let mut random = SmallRng::seed_from_u64(seed.wrapping_add(nth));
        let eyes = eyes(&house, &companies[at], nth).await;
        let title = format!("Heat for winter {}", char::from(b'a' + u8::try_from(nth % 26).unwrap()));
        held += story::told(&eyes, &mut random, &taxes[at], &title).await;
    }
    println!("{held} figures held against others");
    assert!(held > 500 * usize::try_from(stories).unwrap(), "only {held} figures were held against others");
}

#[test]
fn what_only_one_says_or_two_say_differently_is_found() {
    let page = Said::of("the page", [("total", 100), ("tax", 7)]);
    let same = [page.clone(), Said { surface: "the PDF", ..page.clone() }];
    assert!(differences(&same).is_empty());
    let other = Said::of("the PDF", [("total", 101), ("tax", 7)]);
    assert_eq!(differences(&[page.clone(), other]).len(), 1);
    assert_eq!(differences(&[page.clone(), page.but("tax")]).len(), 1, "nothing is held against the tax");
}
