//! One schema forward or back, migration by migration.

use super::{
    Report, Runner, Skipped,
    ledger::{Ledger, ledger, record},
};
use crate::{
    Error, Result,
    error::doing,
    furnish::{Place, apply, enter, furnish, revert},
    migration::Migration,
};
use tokio_postgres::{Client, error::SqlState};

/// What kept a schema from a migration, and from which.
pub(super) struct Stuck {
    pub version: i32,
    pub error: Error,
}

impl Runner {
    pub(super) fn history(&self, place: &Place) -> &[Migration] {
        match place {
            Place::Control => &self.histories.control,
            _ => &self.histories.tenant,
        }
    }

    pub(super) fn pending(&self, place: &Place, ledger: &Ledger) -> Vec<&Migration> {
        let done = ledger.get(place.name());
        self.history(place).iter().filter(|m| !done.is_some_and(|done| done.contains_key(&m.version))).collect()
    }

    /// What has been applied must be what is in the files.
    pub(super) fn unchanged(&self, place: &Place, ledger: &Ledger) -> Result<()> {
        let Some(done) = ledger.get(place.name()) else { return Ok(()) };
        match self.history(place).iter().find(|m| done.get(&m.version).is_some_and(|checksum| *checksum != m.checksum))
        {
            Some(changed) => Err(Error::Changed { file: changed.file(), schema: place.name().to_owned() }),
            None => Ok(()),
        }
    }

    /// Applies what is pending, in the order of the numbers, each migration with its walls and its line in the ledger
    /// in one transaction: a process that dies leaves a schema at one version or the next.
    pub(super) async fn bring(
        &self,
        client: &mut Client,
        place: &Place,
        ledger: &Ledger,
        report: &mut Report,
    ) -> std::result::Result<(), Stuck> {
        let history = self.history(place);
        let pending = self.pending(place, ledger);
        let mut done: Vec<i32> =
            ledger.get(place.name()).map(|done| done.keys().copied().collect()).unwrap_or_default();
        for migration in pending {
            done.push(migration.version);
            let step = async {
                let tx = client.transaction().await.map_err(doing("beginning"))?;
                enter(&tx, place).await?;
                apply(&tx, place, migration).await?;
                furnish(&tx, place, history.iter().filter(|m| done.contains(&m.version))).await?;
                tx.commit().await.map_err(doing(format!("committing {}", migration.file())))
            };
            step.await.map_err(|error| Stuck { version: migration.version, error })?;
            report.applied += 1;
        }
        Ok(())
    }

    /// Tries a schema whose tables are in use again for a while; the ledger keeps what kept it.
    pub(super) async fn patiently(
        &self,
        client: &mut Client,
        place: &Place,
        seen: &Ledger,
        report: &mut Report,
    ) -> Result<()> {
        let mut fresh = None;
        for round in 1..=self.rounds.max(1) {
            let Err(stuck) = self.bring(client, place, fresh.as_ref().unwrap_or(seen), report).await else {
                return record(client, place, None).await;
            };
            let recorded = record(client, place, Some(&stuck)).await;
            if !in_use(&stuck.error) {
                return Err(stuck.error);
            }
            recorded?;
            if round == self.rounds.max(1) {
                report.skipped.push(Skipped { schema: place.name().to_owned(), reason: stuck.error.to_string() });
                return Ok(());
            }
            tokio::time::sleep(self.pause).await;
            fresh = Some(ledger(client).await?);
        }
        Ok(())
    }

    /// Goes back over the last `steps` that this schema has seen.
    pub(super) async fn back(
        &self,
        client: &mut Client,
        place: &Place,
        steps: usize,
        report: &mut Report,
    ) -> Result<()> {
        let history = self.history(place);
        for _ in 0..steps {
            let mut done: Vec<i32> =
                ledger(client).await?.remove(place.name()).unwrap_or_default().into_keys().collect();
            let Some(last) = done.pop() else { return Ok(()) };
            let migration = history.iter().find(|m| m.version == last).ok_or_else(|| {
                Error::Refused(format!(
                    "{} has migration {last:04}, which this program does not know. Go back with the newer program",
                    place.name()
                ))
            })?;
            let tx = client.transaction().await.map_err(doing("beginning"))?;
            enter(&tx, place).await?;
            revert(&tx, place, migration).await?;
            furnish(&tx, place, history.iter().filter(|m| done.contains(&m.version))).await?;
            tx.commit().await.map_err(doing(format!("going back over {}", migration.file())))?;
            report.applied += 1;
        }
        Ok(())
    }
}

/// Somebody holds a lock on a table: time cures it.
fn in_use(error: &Error) -> bool {
    let passing = [SqlState::LOCK_NOT_AVAILABLE, SqlState::T_R_DEADLOCK_DETECTED];
    error.sql_state().is_some_and(|state| passing.contains(state))
}
