//! The time, as the house tells it: cut to microseconds, as PostgreSQL keeps it. Tests turn its hands.
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
pub struct Clock(Arc<Mutex<Option<Timestamp>>>);

impl Clock {
    pub fn wall() -> Self {
        Self::default()
    }
    pub fn stopped_at(time: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Some(micros(time)))))
    }
    #[allow(clippy::disallowed_methods)] // The one place that asks the machine.
    pub fn now(&self) -> Timestamp {
        let stopped = *self.0.lock().unwrap_or_else(|e| e.into_inner());
        stopped.unwrap_or_else(|| micros(Timestamp::now()))
    }
    /// Moves a stopped clock; a wall clock goes its own way.
    pub fn advance(&self, by: SignedDuration) {
        if let Some(time) = self.0.lock().unwrap_or_else(|e| e.into_inner()).as_mut() {
            *time = time.saturating_add(by).unwrap_or(*time);
        }
    }
}

fn micros(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}
