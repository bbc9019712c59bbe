//! Every half minute: the companies that something was told of are sealed. Any number of processes may; one of them is first.
use futures_util::future::BoxFuture;
use kernel::{House, Result, row, sql};
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

row! { struct Told { tenant_id: Uuid, seq: i64 } }

sql! {
    #![ops]
    fn told_since(seq: i64) -> Vec<Told> = "
        select tenant_id, max(seq) as seq from ops.outbox where seq > $1 group by tenant_id";
}

const PAUSE: Duration = Duration::from_secs(30);

pub fn keep(house: House, mut shutdown: watch::Receiver<bool>) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        // From the first event that is still kept: what was left when the last process ended is sealed too.
        let mut seen = 0;
        loop {
            tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
            match round(&house, seen).await {
                Ok(last) => seen = last,
                Err(error) => tracing::warn!(%error, "sealing the audit failed; it is tried again in half a minute"),
            }
        }
    })
}

async fn round(house: &House, seen: i64) -> Result<i64> {
    let told = house.ops().run(told_since(seen)).await?;
    for one in &told {
        let scope = house.errand(one.tenant_id, "job:audit.seal").await?;
        // Another process that seals the same company just now takes the number; its rows are sealed then.
        if let Err(error) = super::seal(&scope).await {
            tracing::info!(%error, tenant = %one.tenant_id, "not sealed this time");
        }
    }
    Ok(told.iter().map(|one| one.seq).max().unwrap_or(seen))
}
