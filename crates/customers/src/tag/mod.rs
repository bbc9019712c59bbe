//! A tag: a company's own word for some of its customers, such as "VIP".
mod change;
mod chips;
mod create;
mod give;
mod give_more;
mod page;
mod remove;
mod settle;
mod take_back;

use jiff::Timestamp;
use kernel::{
    Access, Checks, Paged, Result,
    http::{Json, Versioned},
    row, sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Serialize;

pub use change::{Change, api as api_change, change};
pub(crate) use chips::chips;
pub(crate) use create::known_or_made;
pub use create::{New, api as api_create, create};
pub use give::{Given, api as api_give, edit, give, post as post_give};
pub(crate) use give::{MOST_OF_ONE, add, check_names};
pub(crate) use give_more::give_more;
pub use page::{page, post, post_change, post_remove};
pub use remove::{Removed, api as api_remove, remove};
pub use settle::Retag;
pub(crate) use settle::settle;
pub(crate) use take_back::take_back;

use crate::permissions::CustomersRead;

kernel::id!(TagId);
kernel::text_enum! {
    pub enum Colour {
        Grey = "grey": "Grey",
        Blue = "blue": "Blue",
        Green = "green": "Green",
        Amber = "amber": "Amber",
        Red = "red": "Red",
        Indigo = "indigo": "Indigo",
        Violet = "violet": "Violet",
    }
}

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Tag {
        pub id: TagId,
        pub name: String,
        pub colour: Colour,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for Tag {
    fn version(&self) -> i64 {
        self.version
    }
}

/// Of more, nobody remembers what they mean.
pub const MOST: i64 = 200;

sql! {
    pub fn all() -> Vec<Tag> = "
        select id, name, colour, version, created_at, updated_at from tag where tenant_id = $1 order by name_key limit 200";
    pub fn find(id: TagId) -> Option<Tag> = "
        select id, name, colour, version, created_at, updated_at from tag where tenant_id = $1 and id = $2";
    pub(crate) fn called(keys: Vec<String>) -> Vec<Tag> = "
        select id, name, colour, version, created_at, updated_at from tag where tenant_id = $1 and name_key = any($2) order by name_key";
}

kernel::event! { pub struct TagCreated = "tag.created", seen by CustomersRead { tag: TagId } }
kernel::event! { pub struct TagChanged = "tag.changed", seen by CustomersRead { tag: TagId } }
kernel::event! { pub struct TagDeleted = "tag.deleted", seen by CustomersRead { tag: TagId, customers: i64 } }
kernel::heard! { "tag." by everybody }

kernel::promise! { "tag_name_once": "/name", "There is a tag of this name already." }

/// Commas part tags from each other, in a form and in a file.
pub(crate) fn check_name(checks: &mut Checks, field: &str, name: &mut String) {
    checks.text(field, name, 40, "the tag a name");
    if !name.is_empty() {
        let fit = !name.contains(',') && !fold(name).is_empty();
        checks.that(fit, field, "name", "A tag is letters and figures without a comma, such as VIP.");
    }
}

/// All: at most 200, so there is one page of them.
pub async fn api_list(access: Access<CustomersRead>) -> Result<Json<Paged<Tag>>> {
    let data = access.read(all()).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}
