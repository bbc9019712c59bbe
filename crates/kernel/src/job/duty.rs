//! Keeps the duties of the house going, beside the jobs of its tenants.
use std::time::Duration;
use tokio::{sync::watch, task::JoinSet};

use super::{Duty, stopped};
use crate::House;

/// One that panicked is left alone for this long.
const PAUSE: Duration = Duration::from_secs(5);

pub(super) fn begin(house: &House, shutdown: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut all = JoinSet::new();
    for duty in &house.modules().duties {
        all.spawn(keep(duty.clone(), house.clone(), shutdown.clone()));
    }
    all
}

async fn keep(duty: Duty, house: House, mut shutdown: watch::Receiver<bool>) {
    while !*shutdown.borrow() {
        if let Err(error) = tokio::spawn((duty.run)(house.clone(), shutdown.clone())).await {
            tracing::error!(%error, duty = duty.name, "a duty ended in the middle and is begun anew");
        }
        tokio::select! {
            () = stopped(&mut shutdown) => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}
