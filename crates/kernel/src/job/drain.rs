//! For tests: relay and run until nothing is ready.
use std::time::Duration;
use uuid::Uuid;

use super::{
    claim,
    perform::{Ended, later, perform},
    relay,
};
use crate::{Error, House, Result};

/// Everything of every tenant. Where several tests share one database, `drain_for` keeps to the own tenant.
pub async fn drain(house: &House) -> Result<usize> {
    let mut done = 0;
    loop {
        while relay::relay(house, None, true).await? > 0 {}
        let mut round = 0;
        for tenant in claim::waiting_tenants(house).await? {
            round += drain_for(house, tenant).await?;
        }
        if round == 0 {
            return Ok(done);
        }
        done += round;
    }
}

/// One tenant's events and jobs, with what they lead to; failed ones are tried again at once, planned ones are left until the
/// clock says so. Returns how many were done. A job that died, or that nobody knows, is an error.
pub async fn drain_for(house: &House, tenant: Uuid) -> Result<usize> {
    let (me, mut done) = (Uuid::now_v7(), 0);
    loop {
        while relay::relay(house, Some(tenant), true).await? > 0 {}
        claim::wake_of(house, tenant).await?;
        let until = later(house.clock().now(), Duration::from_secs(600));
        let jobs = claim::of_tenant(house, tenant, me, until).await?;
        if jobs.is_empty() {
            return Ok(done);
        }
        for job in jobs {
            match perform(house, &job, me, Duration::from_secs(120)).await? {
                Ended::Done => done += 1,
                Ended::Failed | Ended::Lost => {}
                Ended::Dead(error) => return Err(Error::Bug(format!("the job {} died: {error}", job.kind))),
                Ended::Unknown => return Err(Error::Bug(format!("no module of this house does the job {}", job.kind))),
            }
        }
    }
}
