//! Follows the outbox by number and tells this process's listeners; whispers to other processes, and hears theirs.
use std::time::Duration;
use tokio::{sync::watch, time::sleep};
use uuid::Uuid;

use super::Heard;
use crate::{House, Result, row, sql};

row! { struct Next { seq: i64, tenant_id: Uuid, kind: String, subject: Option<Uuid> } }

sql! {
    #![ops]
    pub(super) fn newest() -> i64 = "select seq from ops.relay where one";
    fn after(seq: i64) -> Vec<Next> = "
        select coalesce(o.seq, 0) as seq, o.tenant_id, o.kind, o.subject from ops.outbox as o where o.seq > $1 order by o.seq limit 1000";
    fn whisper() = "notify tradewind";
}

/// Runs until `shutdown`, in every process; then all streams end.
pub async fn follow(house: House, mut shutdown: watch::Receiver<bool>) {
    tokio::select! {
        () = crate::job::stopped(&mut shutdown) => {}
        () = tail(&house) => {}
        () = whispering(&house) => {}
        () = hearing(&house) => {}
    }
    house.hub().close();
}

/// Numbers become visible in order, so what is above the last one is all there is to tell.
async fn tail(house: &House) {
    let mut last = None;
    loop {
        let full = match step(house, &mut last).await {
            Ok(full) => full,
            Err(error) => {
                tracing::warn!(%error, "following events failed; it is tried again in a second");
                false
            }
        };
        if !full {
            let _ = tokio::time::timeout(Duration::from_secs(1), house.hub().follow.notified()).await;
        }
    }
}

async fn step(house: &House, last: &mut Option<i64>) -> Result<bool> {
    let seq = match *last {
        Some(seq) => seq,
        None => *last.insert(house.ops().run(newest()).await?),
    };
    let events = house.ops().run(after(seq)).await?;
    let full = events.len() == 1000;
    for Next { seq, tenant_id, kind, subject } in events {
        *last = Some(seq);
        house.hub().publish(Heard { seq, tenant: tenant_id, kind, subject: subject.unwrap_or_default() });
    }
    Ok(full)
}

/// NOTIFY takes a lock of the whole database at COMMIT: so outside every business transaction, and once a second at most.
async fn whispering(house: &House) {
    loop {
        house.hub().whisper.notified().await;
        if let Err(error) = house.ops().run(whisper()).await {
            tracing::debug!(%error, "no whisper; the others poll");
        }
        sleep(Duration::from_secs(1)).await;
    }
}

async fn hearing(house: &House) {
    loop {
        let hint = || {
            house.0.nudge.notify_one();
            house.hub().heard_whisper();
        };
        if let Err(error) = house.ops().hear(hint).await {
            tracing::debug!(%error, "not listening for a moment; polling goes on");
        }
        sleep(Duration::from_secs(5)).await;
    }
}
