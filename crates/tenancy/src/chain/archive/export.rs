//! What happened between two moments, from the archive and from the table, oldest first.
use jiff::Timestamp;
use kernel::{Error, Result, Scope, serde_json, sql};
use std::collections::HashSet;
use uuid::Uuid;

use super::{Kept, Storage, between};
use crate::settings::Entry;

sql! {
    fn in_table(from: Timestamp, to: Timestamp, limit: i64) -> Vec<Entry> = "
        select id, at, actor_kind, actor_id, actor_name, action, subject, request_id, detail, via, session_id, address, agent
        from audit where tenant_id = $1 and at >= $2 and at < $3 order by at, id limit $4";
}

pub struct Gathered {
    pub entries: Vec<Entry>,
    /// So many of them came from the archive.
    pub archived: usize,
}

/// None when there are more than `most`.
pub async fn gather(scope: &Scope, from: Timestamp, to: Timestamp, most: usize) -> Result<Option<Gathered>> {
    let storage = Storage::of(scope.house())?;
    let mut entries: Vec<Entry> = vec![];
    for archive in scope.read(between(from, to)).await? {
        let lines = archive.lines(scope, &storage).await?.ok_or_else(|| {
            Error::refused(format!(
                "A file of the archive ({}) is gone, or not what was put there, so these days cannot be read. Whoever runs this house may have it in a backup.",
                archive.path(scope)
            ))
        })?;
        for line in lines {
            let entry = entry(line)?;
            if entry.at >= from && entry.at < to {
                entries.push(entry);
            }
        }
        if entries.len() > most {
            return Ok(None);
        }
    }
    let archived: HashSet<Uuid> = entries.iter().map(|entry| entry.id).collect();
    // What is on its way out of the table is in both.
    let young = scope.read(in_table(from, to, most as i64 + 1)).await?;
    entries.extend(young.into_iter().filter(|entry| !archived.contains(&entry.id)));
    if entries.len() > most {
        return Ok(None);
    }
    entries.sort_by_key(|entry| (entry.at, entry.id));
    entries.dedup_by_key(|entry| entry.id);
    Ok(Some(Gathered { entries, archived: archived.len() }))
}

type Facts = (
    String,
    Option<Uuid>,
    String,
    String,
    Option<Uuid>,
    Option<Uuid>,
    serde_json::Value,
    String,
    Option<Uuid>,
    Option<String>,
    Option<String>,
    i64,
);

fn entry(line: Kept) -> Result<Entry> {
    let odd = |e: &dyn std::fmt::Display| Error::Bug(format!("row {} of the audit's archive: {e}", line.id));
    let facts: Facts = serde_json::from_str(&line.facts).map_err(|e| odd(&e))?;
    let (actor_kind, actor_id, actor_name, action, subject, request_id, detail, via, session_id, address, agent, _) =
        facts;
    let at = Timestamp::from_microsecond(line.at_us).map_err(|e| odd(&e))?;
    Ok(Entry {
        id: line.id,
        at,
        actor_kind,
        actor_id,
        actor_name,
        action,
        subject,
        request_id,
        detail: detail.into(),
        via,
        session_id,
        address,
        agent,
    })
}
