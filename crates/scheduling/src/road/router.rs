//! Asks a routing server that speaks as OSRM does (`/table/v1/driving/…`) for minutes between points.
use customers::location::Point;
use outbound::{Ask, Door};
use serde::Deserialize;
use std::{
    fmt::{self, Write},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// People wait for it: what takes longer is estimated.
const WITHIN: Duration = Duration::from_millis(2500);
/// A server that did not answer is not asked again for so long.
const REST_MILLIS: u64 = 30_000;
const MOST: usize = 1 << 20;
/// As many points as such servers take at once by default.
pub const POINTS: usize = 100;

/// Why there is no answer, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown(pub String);
impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The routing server of whoever runs the house.
#[derive(Clone)]
pub struct Router {
    base: String,
    door: Arc<Door>,
    /// Milliseconds of this process until which it is left alone.
    rests: Arc<AtomicU64>,
}

/// Milliseconds since the first question of this process.
fn elapsed() -> u64 {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    u64::try_from(BEGAN.get_or_init(Instant::now).elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[derive(Deserialize)]
struct Answer {
    code: String,
    #[serde(default)]
    durations: Vec<Vec<Option<f64>>>,
}

impl Router {
    /// `https://router.example.com`, or with a path before `/table`. It is the operator's own word, so it may lie in their own network.
    pub fn new(base: &str) -> Result<Self, String> {
        let door = Door::new()?.anywhere();
        let base = base.trim_end_matches('/').to_owned();
        door.check(&base)
            .map_err(|_| format!("TRADEWIND_ROUTING is no address of a routing server: `{base}`. It looks like https://router.example.com"))?;
        Ok(Self { base, door: Arc::new(door), rests: Arc::default() })
    }

    /// Whether there is hope of an answer.
    pub fn is_awake(&self) -> bool {
        self.rests.load(Ordering::Relaxed) <= elapsed()
    }

    /// Minutes from each of `from` to each of `to`; none where no road leads. Both are places in `points`.
    pub async fn table(
        &self,
        points: &[Point],
        from: &[usize],
        to: &[usize],
    ) -> Result<Vec<Vec<Option<i32>>>, Unknown> {
        let found = self.ask(points, from, to).await;
        if found.is_err() {
            self.rests.store(elapsed() + REST_MILLIS, Ordering::Relaxed);
        }
        found
    }

    async fn ask(&self, points: &[Point], from: &[usize], to: &[usize]) -> Result<Vec<Vec<Option<i32>>>, Unknown> {
        let url = self.address(points, from, to);
        let ask = Ask { longest: url.len(), ..Ask::of(&url, "application/json", MOST, WITHIN) };
        let answer = self.door.get(&ask).await.map_err(|refusal| Unknown(refusal.says().into()))?;
        // What is wrong with the question is said in a body of the same shape.
        let told: Answer = serde_json::from_slice(&answer.body)
            .map_err(|_| Unknown(format!("answered {} with something that is no table", answer.status)))?;
        if told.code != "Ok" {
            let code: String = told.code.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
            return Err(Unknown(format!("answered {code}")));
        }
        let whole = told.durations.len() == from.len() && told.durations.iter().all(|row| row.len() == to.len());
        if !whole {
            return Err(Unknown("answered a table of another size".into()));
        }
        // Rounded up, as everything about being late is.
        let minutes = |seconds: f64| {
            (seconds.is_finite() && seconds >= 0.0)
                .then(|| (seconds / 60.0).ceil().min(f64::from(super::NO_WAY - 1)) as i32)
        };
        Ok(told.durations.into_iter().map(|row| row.into_iter().map(|one| one.and_then(minutes)).collect()).collect())
    }

    fn address(&self, points: &[Point], from: &[usize], to: &[usize]) -> String {
        let mut url = format!("{}/table/v1/driving/", self.base);
        for (n, (latitude, longitude)) in points.iter().enumerate() {
            let _ = write!(url, "{}{longitude:.5},{latitude:.5}", if n == 0 { "" } else { ";" });
        }
        let list = |which: &[usize]| which.iter().map(usize::to_string).collect::<Vec<_>>().join(";");
        let _ = write!(url, "?annotations=duration&sources={}&destinations={}", list(from), list(to));
        url
    }
}
