//! How often: for each principal (or visitor's address) and for each tenant, by GCRA in memory. One tenant's storm
//! is answered with 429 before it costs a connection, and its neighbours do not notice.
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};
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

#[derive(Clone)]
pub struct Limits(Arc<Inner>);
struct Inner {
    rates: Rates,
    clock: governor::clock::DefaultClock,
    callers: DefaultKeyedRateLimiter<u64>,
    visitors: DefaultKeyedRateLimiter<u64>,
    tenants: DefaultKeyedRateLimiter<u64>,
    careful: DefaultKeyedRateLimiter<u64>,
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
        let limiter = |n: u32| RateLimiter::keyed(quota(n));
        Self(Arc::new(Inner {
            rates,
            clock: governor::clock::DefaultClock::default(),
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

    fn check(&self, policy: &'static str, limiter: &DefaultKeyedRateLimiter<u64>, key: u64, quota: u32) -> Standing {
        match limiter.check_key(&key) {
            Ok(()) => Standing { policy, quota, remaining: 0, reset: 0, refused: false },
            Err(until) => {
                let wait = until.wait_time_from(self.0.clock.now());
                Standing { policy, quota, remaining: 0, reset: wait.as_secs().max(1), refused: true }
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
