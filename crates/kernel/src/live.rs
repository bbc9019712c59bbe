//! Live screens: what was told in a tenant, to those who may hear it.
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

/// One committed event, in the order in which the relay saw the commits.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Heard {
    pub seq: i64,
    #[serde(skip)]
    pub tenant: Uuid,
    pub kind: String,
    pub subject: Uuid,
}

/// This process's listeners. Fed by a task that follows the outbox.
pub struct Hub {
    channel: broadcast::Sender<Heard>,
    hint: Notify,
}

impl Default for Hub {
    fn default() -> Self {
        Self { channel: broadcast::channel(4096).0, hint: Notify::new() }
    }
}

impl Hub {
    pub fn listen(&self) -> broadcast::Receiver<Heard> {
        self.channel.subscribe()
    }
    pub fn publish(&self, heard: Heard) {
        let _ = self.channel.send(heard);
    }
    /// Something was told in this process: others may like to look.
    pub fn hint(&self) {
        self.hint.notify_one();
    }
    pub async fn hinted(&self) {
        self.hint.notified().await;
    }
}
