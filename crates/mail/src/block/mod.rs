//! Addresses that get no mail: those that do not exist get none at all, those whose readers said so none of that purpose.
mod list;
pub(crate) mod unsubscribe;

use jiff::Timestamp;
use kernel::{Result, Scope, TenantTx, Uuid, row, sql};
use schemars::JsonSchema;
use serde::Serialize;

use crate::Purpose;
pub use list::{New, add_post, api, free_api, free_post, page};

kernel::id!(BlockId);

kernel::text_enum! {
    pub enum Reason {
        Bounced = "bounced": "There is no such address",
        Unsubscribed = "unsubscribed": "Unsubscribed",
        Asked = "asked": "Asked for no mail",
    }
}

row! {
    /// An address that gets no mail of a purpose, or none at all.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Block {
        pub id: BlockId,
        pub address_key: String,
        /// `all`, `reminder` or `marketing`.
        pub purpose: String,
        pub reason: Reason,
        /// What the mail server said.
        pub says: String,
        pub created_at: Timestamp,
    }
}

sql! {
    fn standing(address_key: String) -> Vec<Block> = "
        select id, address_key, purpose, reason, says, created_at from email_block where tenant_id = $1 and address_key = $2";
    fn insert(id: BlockId, address_key: String, purpose: String, reason: Reason, says: String, at: Timestamp, created_by: Option<Uuid>) -> u64 = "
        insert into email_block (tenant_id, id, address_key, purpose, reason, says, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (tenant_id, address_key, purpose) do nothing";
}

/// Why no such mail goes to this address, in a sentence; none when it may go.
pub(crate) async fn stands_against(scope: &Scope, key: &str, purpose: Purpose) -> Result<Option<String>> {
    Ok(sentence(&scope.read(standing(key.into())).await?, purpose))
}
pub(crate) async fn stands(tx: &mut TenantTx, key: &str, purpose: Purpose) -> Result<Option<String>> {
    Ok(sentence(&tx.run(standing(key.into())).await?, purpose))
}

fn sentence(blocks: &[Block], purpose: Purpose) -> Option<String> {
    if blocks.iter().any(|block| block.purpose == "all") {
        return Some("An earlier e-mail found no such address. Correct it, or free the address under Settings, E-mail, Blocked addresses.".into());
    }
    let block = blocks.iter().find(|block| block.purpose == purpose.as_str())?;
    let kind = if purpose == Purpose::Marketing { "marketing" } else { "reminders" };
    Some(match block.reason {
        Reason::Unsubscribed => format!("The reader of this address has unsubscribed from {kind}."),
        _ => format!("This address is to get no {kind}."),
    })
}

/// The address does not exist, a mail server said.
pub(crate) async fn bounced(tx: &mut TenantTx, key: &str, says: &str) -> Result<()> {
    tx.run(insert(BlockId::new(), key.into(), "all".into(), Reason::Bounced, says.into(), tx.now(), None))
        .await
        .map(drop)
}
