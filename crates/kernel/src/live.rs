//! Live screens: what was told in a tenant, to those who may hear it.
use std::{
    collections::HashMap,
    sync::Mutex,
    sync::atomic::{AtomicBool, Ordering::SeqCst},
};
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

use crate::{Error, Result};

mod follow;
mod stream;

pub use follow::follow;
pub(crate) use stream::route;
pub use stream::streams;

/// One committed event, in the order in which the relay saw the commits.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Heard {
    pub seq: i64,
    #[serde(skip)]
    pub tenant: Uuid,
    pub kind: String,
    pub subject: Uuid,
}

/// This process's listeners, each in its company's room. Fed by a task that follows the outbox.
#[derive(Default)]
pub struct Hub {
    rooms: Mutex<HashMap<Uuid, broadcast::Sender<Heard>>>,
    closed: AtomicBool,
    told: Notify,
    follow: Notify,
    whisper: Notify,
}

/// Open streams of one company in one process.
const SEATS: usize = 500;
/// How many events a listener may be behind before it is told to load everything anew.
const BACKLOG: usize = 256;

impl Hub {
    /// Fails with `TooMany` when the company's room is full.
    pub fn listen(&self, tenant: Uuid) -> Result<broadcast::Receiver<Heard>> {
        if self.closed.load(SeqCst) {
            return Err(Error::Busy);
        }
        let mut rooms = self.rooms.lock().unwrap_or_else(|e| e.into_inner());
        rooms.retain(|_, room| room.receiver_count() > 0);
        let room = rooms.entry(tenant).or_insert_with(|| broadcast::channel(BACKLOG).0);
        match room.receiver_count() < SEATS {
            true => Ok(room.subscribe()),
            false => Err(Error::TooMany { retry_after: 10 }),
        }
    }

    pub fn publish(&self, heard: Heard) {
        let rooms = self.rooms.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(room) = rooms.get(&heard.tenant) {
            let _ = room.send(heard);
        }
    }

    /// Something was told in this process: the relay and, by a whisper, other processes may like to look.
    pub fn hint(&self) {
        self.told.notify_one();
        self.whisper.notify_one();
    }

    /// The relay waits here.
    pub(crate) async fn told(&self) {
        self.told.notified().await;
    }

    /// Events have got their numbers.
    pub(crate) fn relayed(&self) {
        self.follow.notify_one();
        self.whisper.notify_one();
    }

    /// Another process whispered; nothing is passed on, or two processes would whisper for ever.
    fn heard_whisper(&self) {
        self.told.notify_one();
        self.follow.notify_one();
    }

    /// The process ends: every stream ends too, so that browsers turn to another one.
    fn close(&self) {
        self.closed.store(true, SeqCst);
        self.rooms.lock().unwrap_or_else(|e| e.into_inner()).clear();
    }
}
