//! What the provider tells of cards in any order, beside what the office does by hand: the books hold after every step, and the accounts
//! of cards are what the provider holds for us. `WALK_SEED` (the first), `WALK_SEEDS` and `WALK_STEPS` as in the tests of billing.
use super::*;
use held::Books;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use stage::{Stage, Theirs};
use std::collections::BTreeMap;

#[path = "../../../billing/tests/walk/held.rs"]
mod held;
mod stage;

const VERBS: [&str; 13] = [
    "charge",
    "charge",
    "charge",
    "cash",
    "give back",
    "they give back",
    "a refund does not arrive",
    "disputed",
    "won",
    "lost",
    "paid out",
    "a payout comes back",
    "credit note",
];

fn cents(money: &Value) -> i64 {
    kernel::Money::parse(money["amount"].as_str().unwrap(), kernel::Currency::USD).unwrap().minor
}

fn money(minor: i64) -> Value {
    usd(&format!("{}.{:02}", minor / 100, minor % 100))
}

/// Debit less credit of an account.
async fn account(owner: &Person<'_>, code: &str) -> i64 {
    let trial = owner.get("/api/v1/ledger/trial-balance?to=2100-01-01").await;
    assert_eq!(trial.body["debit"], trial.body["credit"], "{trial:?}");
    let accounts = trial.body["accounts"].as_array().unwrap().clone();
    accounts.iter().find(|one| one["code"] == code).map_or(0, |one| cents(&one["balance"]))
}

async fn invoices(owner: &Person<'_>) -> Vec<Value> {
    let all = owner.get("/api/v1/invoices?limit=200").await.body;
    assert!(all["next_cursor"].is_null(), "more invoices than one page has");
    all["data"].as_array().unwrap().clone()
}

impl Stage<'_> {
    /// The accounts of cards are what the provider did.
    async fn agrees(&self, when: &str) {
        let ours = [
            account(&self.owner, "1030").await,
            account(&self.owner, "1040").await,
            account(&self.owner, "6050").await,
            account(&self.owner, "1010").await,
        ];
        let Theirs { card, disputed, fees, bank, .. } = self.theirs;
        assert_eq!(ours, [card, disputed, fees, bank], "{when}: {:?}", self.theirs);
    }
}

fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_provider_tells_the_books_hold_and_say_what_it_holds() {
    let (first, seeds, steps) = (asked("WALK_SEED", 20_261_123), asked("WALK_SEEDS", 3), asked("WALK_STEPS", 50));
    let mut done: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in first..first + seeds {
        let (house, stripe) = house().await;
        let acme = house.company(harness::PLACEMENTS[usize::try_from(seed % 2).unwrap()]).await;
        let owner = acme.person("owner").await;
        connect(&owner).await;
        let mut books = Books::of(&house, &acme).await;
        let random = SmallRng::seed_from_u64(seed);
        let mut stage = Stage { house: &house, stripe: &stripe, acme: &acme, owner, theirs: Theirs::default(), random };
        for nth in 0..steps {
            let verb = VERBS[stage.random.random_range(0..VERBS.len())];
            *done.entry(verb).or_default() += u32::from(stage.step(verb).await);
            let when = format!("after step {nth}, {verb}, of seed {seed} in {}", acme.placement);
            books.hold(&stage.owner, &when).await;
            stage.agrees(&when).await;
        }
        books.find_what_is_planted().await;
    }
    println!("{done:?} from seed {first}");
    if seeds >= 3 && steps >= 50 {
        let idle: Vec<_> = VERBS.iter().filter(|verb| done.get(*verb).is_none_or(|done| *done == 0)).collect();
        assert!(idle.is_empty(), "nothing was done of {idle:?}: {done:?}");
    }
}
