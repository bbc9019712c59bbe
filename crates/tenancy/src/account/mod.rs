//! One's own account: who one is here, the password, the address, where one is signed in.
pub(crate) mod companies;
mod email;
mod page;
mod password;
mod places;

use kernel::{Access, Error, Result, http::Json, row, sql};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{AccountOwn, MemberId};

pub use email::{change_email, send_proof};
pub use page::page;
#[cfg(feature = "passkeys")]
pub(crate) use page::{Part, draw};
pub use password::{change_password, change_password_api};
pub use places::{end_others, end_place, end_place_api, places_api};

row! {
    /// Oneself, as the company knows one.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Account {
        pub id: MemberId,
        pub name: String,
        pub email: String,
        pub role: String,
        /// Whether a letter to that address was answered.
        pub email_verified: bool,
        /// Whether signing in asks for a code beside the password.
        pub second_factor: bool,
    }
}

sql! {
    pub(crate) fn account(id: MemberId) -> Option<Account> = "
        select id, name, email, role, email_verified_at is not null as email_verified,
          exists(select from second_factor f where f.tenant_id = $1 and f.member_id = $2 and f.confirmed_at is not null) as second_factor
        from member where tenant_id = $1 and id = $2";
    fn kept(id: MemberId) -> Option<String> = "
        select coalesce(password_hash, '') from member where tenant_id = $1 and id = $2";
}

/// Keys have no account; only people do.
pub(crate) fn member(access: &Access<AccountOwn>) -> Result<MemberId> {
    access
        .user()
        .map(MemberId)
        .ok_or_else(|| Error::refused("This is for people who sign in; an API key has no account."))
}

/// Whoever changes how one signs in gives the password once more: an open screen is not enough.
pub(crate) async fn again(access: &Access<AccountOwn>, id: MemberId, given: String) -> Result<()> {
    access.house().limits().careful("password", &id.to_string())?;
    let old = access.read(kept(id)).await?.filter(|hash| !hash.is_empty());
    match crate::password::matches(given, old).await? {
        true => Ok(()),
        false => Err(Error::field("/current", "mismatch", "That is not the password you have now.")),
    }
}

pub(crate) fn check_current(checks: &mut kernel::Checks, current: &str) {
    let given = !current.is_empty() && current.len() <= 800;
    checks.that(given, "current", "required", "Give the password you have now.");
}

pub async fn account_api(access: Access<AccountOwn>) -> Result<Json<Account>> {
    let id = member(&access)?;
    access.read(account(id)).await?.map(Json).ok_or(Error::NotFound)
}
