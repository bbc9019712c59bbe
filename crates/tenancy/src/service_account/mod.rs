//! Service accounts: programs that work here under a name and role of their own. They have no password, only keys.
mod change;
mod create;
mod end;
mod list;
mod page;

use jiff::Timestamp;
use kernel::{Error, Result, Role, Scope, http::Versioned, row, sql};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{ApiKeysManage, member};

pub use change::{Change, api as change_api, change};
pub use create::{New, api as create_api, create};
pub use end::{deactivate_api, reactivate_api, set_active};
pub use list::{all, get_api, list_api};
pub use page::{deactivate_post, edit_page, edit_post, list_page, new_post, reactivate_post};

kernel::id!(ServiceAccountId);

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct ServiceAccount {
        pub id: ServiceAccountId,
        pub name: String,
        /// Its keys may no more than this role.
        pub role: Role,
        /// False: none of its keys opens anything.
        pub active: bool,
        pub version: i64,
        pub created_at: Timestamp,
    }
}
impl Versioned for ServiceAccount {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::event! {
    pub struct ServiceAccountCreated = "service_account.created", seen by ApiKeysManage { account: ServiceAccountId, role: Role }
}
kernel::event! {
    pub struct ServiceAccountChanged = "service_account.changed", seen by ApiKeysManage { account: ServiceAccountId, role: Role }
}
kernel::event! {
    pub struct ServiceAccountDeactivated = "service_account.deactivated", seen by ApiKeysManage { account: ServiceAccountId }
}
kernel::event! {
    pub struct ServiceAccountReactivated = "service_account.reactivated", seen by ApiKeysManage { account: ServiceAccountId }
}

kernel::promise! {
    "service_account_name_once": "/name", "Another service account has this name.";
}

sql! {
    pub fn find(id: ServiceAccountId) -> Option<ServiceAccount> = "
        select id, name, role, active, version, created_at from service_account where tenant_id = $1 and id = $2";
}

/// A program owns no company, and nobody gives it more than they hold.
fn may_give(scope: &Scope, role: Role) -> Result<()> {
    match role {
        Role::Owner => Err(Error::field("/role", "role", "A program cannot own the company. Choose another role.")),
        role => member::may_give_of_house(scope, role),
    }
}
