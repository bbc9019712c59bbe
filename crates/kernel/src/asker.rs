//! Whoever asked for work that is done after their request has ended: the work has their rights, reach and eyes, as they are
//! when it is done. What they may no more, it may no more.
use serde::{Deserialize, Serialize};
use std::{future::Future, sync::Arc};
use uuid::Uuid;

use crate::{
    Actor, Principal, Result, Scope,
    sight::{self, Sight},
};

crate::text_enum! {
    pub enum Kind {
        User = "user": "Person",
        Key = "key": "API key",
        Service = "service": "Service account",
    }
}

/// Somebody of a company, as a job writes them down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    pub kind: Kind,
    pub id: Uuid,
    /// The key by which a service account came: it may no more than that one.
    pub key: Option<Uuid>,
}

impl Asker {
    /// Visitors, those who run the house and the house itself ask for no such work.
    pub fn of(scope: &Scope) -> Option<Self> {
        let principal = scope.principal()?;
        let (kind, id) = match &principal.actor {
            Actor::User { id, .. } => (Kind::User, *id),
            Actor::Key { id, .. } => (Kind::Key, *id),
            Actor::Service { id, .. } => (Kind::Service, *id),
            Actor::Operator { .. } | Actor::Visitor | Actor::System(_) => return None,
        };
        Some(Self { kind, id, key: principal.key.filter(|_| kind == Kind::Service) })
    }
}

impl Scope {
    /// Does the work in the name of whoever asked for it: every statement is held to what they reach, every amount to what
    /// they see. `None`, and nothing is done, when they are nobody here any more. What the work spawns has the house's eyes,
    /// so it must have looked before.
    pub async fn in_the_name_of<T, Fut: Future<Output = Result<T>>>(
        &self,
        asker: &Asker,
        work: impl FnOnce(Scope) -> Fut,
    ) -> Result<Option<T>> {
        let found: Option<Principal> = self.house().authenticator().again(self.clone(), asker).await?;
        let Some(principal) = found.filter(|principal| principal.tenant == self.tenant().id) else { return Ok(None) };
        let sight = Sight::of(Some(&principal));
        let (tenant, actor) = (self.tenant().clone(), Arc::new(principal.actor.clone()));
        let principal = Some(Arc::new(principal));
        let theirs = Scope::new(self.house().clone(), tenant, actor, principal, Uuid::now_v7(), Arc::default()).held();
        sight::with(sight, work(theirs)).await.map(Some)
    }
}
