//! Ends a refresh token and its family: signing out, for programs.
use kernel::{
    Result, TenantTx, Visitor,
    http::{Json, NoContent},
};

use super::refresh::{Ask, end_family};
use crate::secret;

/// The same answer whether there was such a token or not.
pub async fn revoke(visitor: Visitor, Json(ask): Json<Ask>) -> Result<NoContent> {
    visitor.house().limits().careful("refresh", &visitor.peer)?;
    let hash = secret::hash(&ask.refresh_token);
    visitor.write_with(async |tx: &mut TenantTx| tx.run(end_family(hash, tx.now())).await).await?;
    Ok(NoContent)
}
