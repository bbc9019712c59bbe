//! Ends a refresh token and its family, with the access tokens that came of it: signing out, for programs.
use kernel::{
    Result, TenantTx, Visitor,
    http::{Json, NoContent},
};

use super::{family, refresh::Ask};
use crate::secret;

/// The same answer whether there was such a token or not.
pub async fn revoke(visitor: Visitor, Json(ask): Json<Ask>) -> Result<NoContent> {
    visitor.house().limits().careful("refresh", &visitor.peer)?;
    let hash = secret::hash(&ask.refresh_token);
    let work = async |tx: &mut TenantTx| match family::hold(tx, &hash).await? {
        Some(family) => family::end(tx, family, family::Why::SignedOut).await.map(|()| true),
        None => Ok(false),
    };
    if visitor.retrying(work).await? {
        visitor.house().forget_principals();
    }
    Ok(NoContent)
}
