//! How often: for each principal (or visitor's address) and for each tenant, by GCRA in memory. One tenant's storm
//! is answered with 429 before it costs a connection, and its neighbours do not notice.
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use std::{num::NonZeroU32, sync::Arc, time::Duration};

/// Requests a minute, each with a burst of the same size.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    pub principal: u32,
    pub visitor: u32,
    pub tenant: u32,
    /// Sign-in, sign-up, booking: for each address.
    pub careful: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { principal: 1200, visitor: 600, tenant: 6000, careful: 30 }
    }
}

/// It answers with what is left, for the headers.
type Limiter = RateLimiter<u64, DefaultKeyedStateStore<u64>, DefaultClock, StateInformationMiddleware>;

#[derive(Clone)]
pub struct Limits(Arc<Inner>);
struct Inner {
    rates: Rates,
    clock: DefaultClock,
    callers: Limiter,
    visitors: Limiter,
    tenants: Limiter,
    careful: Limiter,
}

/// What the `RateLimit` headers say.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    pub policy: &'static str,
    pub quota: u32,
    pub remaining: u32,
    pub reset: u64,
    pub refused: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(Rates::default())
    }
}

impl Limits {
    pub fn new(rates: Rates) -> Self {
        let limiter = |n: u32| RateLimiter::keyed(quota(n)).with_middleware::<StateInformationMiddleware>();
        Self(Arc::new(Inner {
            rates,
            clock: DefaultClock::default(),
            callers: limiter(rates.principal),
            visitors: limiter(rates.visitor),
            tenants: limiter(rates.tenant),
            careful: limiter(rates.careful),
        }))
    }

    pub fn principal(&self, key: u64) -> Standing {
        self.check("principal", &self.0.callers, key, self.0.rates.principal)
    }
    pub fn visitor(&self, key: u64) -> Standing {
        self.check("visitor", &self.0.visitors, key, self.0.rates.visitor)
    }
    pub fn tenant(&self, key: u64) -> Standing {
        self.check("tenant", &self.0.tenants, key, self.0.rates.tenant)
    }
    /// For sign-in, sign-up, booking: `what` and the address make the key.
    pub fn careful(&self, what: &str, peer: &str) -> crate::Result<()> {
        let standing = self.check("careful", &self.0.careful, key((what, peer)), self.0.rates.careful);
        match standing.refused {
            true => Err(crate::Error::TooMany { retry_after: standing.reset }),
            false => Ok(()),
        }
    }

    fn check(&self, policy: &'static str, limiter: &Limiter, key: u64, quota: u32) -> Standing {
        match limiter.check_key(&key) {
            Ok(left) => {
                let remaining = left.remaining_burst_capacity();
                let used = u64::from(quota.saturating_sub(remaining));
                let reset = (used * 60).div_ceil(u64::from(quota.max(1)));
                Standing { policy, quota, remaining, reset, refused: false }
            }
            Err(until) => {
                // Rounded up: who comes back when told to is not refused again.
                let wait = until.wait_time_from(self.0.clock.now());
                let reset = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Standing { policy, quota, remaining: 0, reset: reset.max(1), refused: true }
            }
        }
    }

    /// Keys that have been quiet are forgotten; called now and then.
    pub fn tidy(&self) {
        for limiter in [&self.0.callers, &self.0.visitors, &self.0.tenants, &self.0.careful] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

fn quota(per_minute: u32) -> Quota {
    let n = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(Duration::from_secs(60) / n.get()).map(|q| q.allow_burst(n)).unwrap_or(Quota::per_minute(n))
}

pub fn key(of: impl std::hash::Hash) -> u64 {
    use std::hash::{DefaultHasher, Hasher};
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn the_headers_say_what_is_left_and_when_all_of_it_is_back() {
    let limits = Limits::new(Rates { principal: 3, ..Rates::default() });
    let told: Vec<_> = (0..4).map(|_| limits.principal(1)).map(|s| (s.remaining, s.reset, s.refused)).collect();
    assert_eq!(told, [(2, 20, false), (1, 40, false), (0, 60, false), (0, 20, true)]);
    assert_eq!(limits.principal(2).remaining, 2, "another one's are untouched");
}
