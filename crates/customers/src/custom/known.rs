//! The fields of a company, remembered for a few seconds: whoever adds a customer asks for them every time.
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};
use uuid::Uuid;

use super::{Field, all};

const FRESH: SignedDuration = SignedDuration::from_secs(5);

type Kept = HashMap<Uuid, (Timestamp, Arc<Vec<Field>>)>;
static KNOWN: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

pub(crate) async fn known(scope: &Scope) -> Result<Arc<Vec<Field>>> {
    let (tenant, now) = (scope.tenant().id, scope.now());
    {
        let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, fields)) = known.get(&tenant)
            && now.duration_since(*at).abs() < FRESH
        {
            return Ok(fields.clone());
        }
    }
    let fields = Arc::new(scope.read(all()).await?);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() > 20_000 {
        known.clear();
    }
    known.insert(tenant, (now, fields.clone()));
    Ok(fields)
}

/// They have changed. Other processes see it when what they remember is no longer fresh.
pub(crate) fn forget(scope: &Scope) {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).remove(&scope.tenant().id);
}
