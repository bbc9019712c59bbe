//! Ends somebody's access at once, or gives it back. What they did stays under their name.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, Role, Scope, TenantTx,
    http::{One, Path, Repeatable},
    sql,
};

use super::{Member, MemberDeactivated, MemberId, MemberReactivated};
use crate::{MembersWrite, session};

sql! {
    fn set_active(id: MemberId, active: bool, at: Timestamp) -> u64 = "
        update member set active = $3, version = version + 1, updated_at = $4 where tenant_id = $1 and id = $2 and active <> $3";
}

pub async fn deactivate(scope: &Scope, tx: &mut TenantTx, id: MemberId) -> Result<Member> {
    super::one_at_a_time(tx).await?;
    let member = tx.run(super::find(id)).await?.ok_or(Error::NotFound)?;
    super::may_deal_with(scope, tx, &member.role).await?;
    if scope.user() == Some(id.0) {
        return Err(Error::refused("You cannot end your own access. Ask another owner or admin."));
    }
    if !member.active {
        return Ok(member);
    }
    if member.role.is(Role::Owner) {
        super::an_owner_stays(tx, id).await?;
    }
    let at = tx.now();
    tx.run(set_active(id, false, at)).await?;
    session::end_all(tx, id, None).await?;
    tx.tell(&MemberDeactivated { member: id });
    tx.run(super::find(id)).await?.ok_or(Error::NotFound)
}

pub async fn reactivate(scope: &Scope, tx: &mut TenantTx, id: MemberId) -> Result<Member> {
    super::one_at_a_time(tx).await?;
    let member = tx.run(super::find(id)).await?.ok_or(Error::NotFound)?;
    super::may_deal_with(scope, tx, &member.role).await?;
    if member.active {
        return Ok(member);
    }
    super::within_plan(scope, tx).await?;
    let at = tx.now();
    tx.run(set_active(id, true, at)).await?;
    tx.tell(&MemberReactivated { member: id });
    tx.run(super::find(id)).await?.ok_or(Error::NotFound)
}

pub async fn deactivate_api(access: Access<MembersWrite>, Path(id): Path<MemberId>) -> Result<Repeatable<One<Member>>> {
    let done = access.once(async |tx: &mut TenantTx| deactivate(&access, tx, id).await.map(One)).await;
    access.house().forget_principals();
    done
}

pub async fn reactivate_api(access: Access<MembersWrite>, Path(id): Path<MemberId>) -> Result<Repeatable<One<Member>>> {
    access.once(async |tx: &mut TenantTx| reactivate(&access, tx, id).await.map(One)).await
}
