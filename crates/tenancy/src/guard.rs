//! How often somebody may be wrong: counted by account and address, by account, by company, in memory that never grows.
//! Only failures count. A browser in which the person has signed in before is counted by itself, so that strangers who
//! guess do not shut its owner out.
use jiff::Timestamp;
use kernel::{Error, House, Result};
use std::{
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex},
};

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// One account, guessed from one network address.
    AccountFromAddress,
    /// One account, from anywhere that is not known.
    Account,
    /// All accounts of a company, from anywhere that is not known.
    Company,
    /// One account, from a browser in which its owner has signed in.
    Device,
    /// The codes of one account's second step.
    SecondStep,
}

impl Limit {
    const ALL: [Self; 5] = [Self::AccountFromAddress, Self::Account, Self::Company, Self::Device, Self::SecondStep];

    /// So many failures at once, and after that one each so many seconds.
    fn pace(self) -> (i64, i64) {
        match self {
            Self::AccountFromAddress => (10, 60),
            Self::Account => (50, 60),
            Self::Company => (500, 2),
            Self::Device => (20, 60),
            // A million codes, three of which are right: at this pace the odds of a day are one in a thousand.
            Self::SecondStep => (10, 300),
        }
    }
}

const ROWS: usize = 4;
const WIDTH: usize = 1 << 14;

/// One limit's memory. Each key has a place in each row, shared with strangers by chance; only when all of its places
/// are used up is it refused. Four tries a second, which is what checking passwords allows, never fill a row.
struct Sketch {
    burst: i64,
    every: i64,
    /// When the failures of a place will be forgiven, in microseconds.
    until: Mutex<Box<[i64]>>,
}

impl Sketch {
    fn of(limit: Limit) -> Self {
        let (burst, seconds) = limit.pace();
        Self { burst, every: seconds * 1_000_000, until: Mutex::new(vec![0; ROWS * WIDTH].into()) }
    }

    /// The places that were raised, or for how many seconds there is nothing to be had.
    fn take(&self, places: [usize; ROWS], now: i64) -> Result<Vec<usize>, i64> {
        let mut until = self.until.lock().unwrap_or_else(|e| e.into_inner());
        let least = places.iter().map(|place| until[*place]).min().unwrap_or(0).max(now);
        let next = least + self.every;
        let over = next - now - self.burst * self.every;
        if over > 0 {
            return Err((over + 999_999) / 1_000_000);
        }
        let raised: Vec<usize> = places.into_iter().filter(|place| until[*place] < next).collect();
        raised.iter().for_each(|place| until[*place] = next);
        Ok(raised)
    }

    fn give_back(&self, places: &[usize]) {
        let mut until = self.until.lock().unwrap_or_else(|e| e.into_inner());
        places.iter().for_each(|place| until[*place] -= self.every);
    }
}

pub struct Guard {
    sketches: [Sketch; 5],
    /// Drawn at the start: nobody outside can choose two keys that fall together.
    chance: [RandomState; ROWS],
}

/// Counted as a failure until it is said to have succeeded.
pub struct Attempt {
    guard: Arc<Guard>,
    taken: Vec<(Limit, Vec<usize>)>,
}

impl Default for Guard {
    fn default() -> Self {
        Self { sketches: Limit::ALL.map(Sketch::of), chance: std::array::from_fn(|_| RandomState::new()) }
    }
}

impl Guard {
    /// That of this process.
    pub fn of(house: &House) -> Result<Arc<Self>> {
        if house.kept::<Self>().is_none() {
            house.keep(Self::default());
        }
        house.kept::<Self>().ok_or_else(|| Error::Bug("the guard at the door went missing".into()))
    }

    /// Refused before anything costly is done, and the same whether there is such an account or not.
    pub fn attempt(self: &Arc<Self>, now: Timestamp, keys: &[(Limit, &str)]) -> Result<Attempt> {
        let mut attempt = Attempt { guard: self.clone(), taken: vec![] };
        for (limit, key) in keys {
            match self.sketch(*limit).take(self.places(key), now.as_microsecond()) {
                Ok(raised) => attempt.taken.push((*limit, raised)),
                Err(seconds) => {
                    attempt.succeeded();
                    return Err(Error::TooMany { retry_after: u64::try_from(seconds).unwrap_or(1) });
                }
            }
        }
        Ok(attempt)
    }

    fn sketch(&self, limit: Limit) -> &Sketch {
        &self.sketches[limit as usize]
    }

    fn places(&self, key: &str) -> [usize; ROWS] {
        std::array::from_fn(|row| {
            let hash = self.chance[row].hash_one(key);
            row * WIDTH + usize::try_from(hash % WIDTH as u64).unwrap_or(0)
        })
    }
}

impl Attempt {
    /// What was counted is taken back.
    pub fn succeeded(self) {
        for (limit, places) in &self.taken {
            self.guard.sketch(*limit).give_back(places);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    /// How many of these got as far as a password, and were wrong.
    fn guesses(guard: &Arc<Guard>, account: &str, address: &str, second: i64) -> bool {
        let both = format!("{account} from {address}");
        let keys = [(Limit::AccountFromAddress, both.as_str()), (Limit::Account, account), (Limit::Company, "acme")];
        guard.attempt(at(second), &keys).is_ok()
    }

    #[test]
    fn of_a_hundred_thousand_guesses_at_one_account_few_are_heard_and_its_owner_comes_in() {
        let guard = Arc::new(Guard::default());
        let mut heard = 0;
        for guess in 0..100_000_i64 {
            // An hour long, from a thousand addresses.
            let address = format!("10.0.{}.{}", guess % 1000 / 250, guess % 250);
            heard += i64::from(guesses(&guard, "ana@example.com", &address, guess * 3600 / 100_000));
        }
        assert!((100..=50 + 61).contains(&heard), "{heard} were heard");
        // In her own browser Ana is counted by herself, right in the middle of it.
        for _ in 0..100 {
            guard.attempt(at(3600), &[(Limit::Device, "ana's browser")]).unwrap().succeeded();
        }
        // And Bo's account is his own matter, from the very addresses that guess.
        assert!(guesses(&guard, "bo@example.com", "10.0.0.1", 3600));
    }

    #[test]
    fn guesses_at_a_hundred_thousand_accounts_are_slowed_for_the_company_and_no_other() {
        let guard = Arc::new(Guard::default());
        let mut heard = 0;
        for guess in 0..100_000_i64 {
            heard += i64::from(guesses(
                &guard,
                &format!("{guess}@example.com"),
                &format!("10.0.0.{}", guess % 250),
                guess / 100,
            ));
        }
        assert!((900..=500 + 501).contains(&heard), "{heard} were heard");
        assert!(guard.attempt(at(1000), &[(Limit::Company, "another")]).is_ok());
        let memory: usize = guard.sketches.iter().map(|s| s.until.lock().unwrap().len() * size_of::<i64>()).sum();
        assert_eq!(memory, 5 * ROWS * WIDTH * 8, "it never grows");
        assert!(memory < 4 << 20);
    }

    #[test]
    fn who_is_right_was_never_wrong_and_who_waits_may_try_again() {
        let guard = Arc::new(Guard::default());
        let key = [(Limit::AccountFromAddress, "ana from home")];
        for _ in 0..1000 {
            guard.attempt(at(0), &key).unwrap().succeeded();
        }
        for _ in 0..10 {
            assert!(guard.attempt(at(0), &key).is_ok());
        }
        let Err(Error::TooMany { retry_after }) = guard.attempt(at(0), &key) else { panic!("an eleventh was heard") };
        assert_eq!(retry_after, 60);
        assert!(guard.attempt(at(59), &key).is_err());
        assert!(guard.attempt(at(60), &key).is_ok());
        assert!(guard.attempt(at(60), &key).is_err());
    }
}
