//! Who looks in, by the visit's cookie: both halves of the visit must say so, the company's and the house's.
use jiff::Timestamp;
use kernel::{Actor, Principal, Result, Scope, permission::Granted, row, sql};
use uuid::Uuid;

use super::VisitId;
use crate::{operator, secret};

row! {
    struct Live {
        id: VisitId,
        operator_id: Uuid,
        operator_name: String,
        until: Timestamp,
        writes: bool,
    }
}

sql! {
    fn live(token_hash: String, now: Timestamp) -> Option<Live> = "
        select v.id, v.operator_id, v.operator_name, coalesce(v.until, v.entered_at) as until,
          v.writes or coalesce((select r.writes_until > $3 from support_rule r where r.tenant_id = $1), false) as writes
        from support_visit v
        where v.tenant_id = $1 and v.token_hash = $2 and v.until > $3 and v.ended_at is null";
}

pub(crate) async fn recognise(scope: &Scope, cookie: &str) -> Result<Option<Principal>> {
    let now = scope.now();
    let Some(live) = scope.read(live(secret::hash(cookie), now)).await? else { return Ok(None) };
    if !operator::still_in(scope.house(), live.id, scope.tenant().id, live.operator_id).await? {
        return Ok(None);
    }
    Ok(Some(Principal {
        tenant: scope.tenant().id,
        actor: Actor::Operator { id: live.operator_id, name: live.operator_name },
        email: String::new(),
        roles: vec![],
        granted: Granted::of_operator(live.writes),
        within: None,
        session: Some(live.id.0),
        key: None,
        expires: Some(live.until),
        unshown: vec![],
    }))
}
