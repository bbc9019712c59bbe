//! A category of the price book, such as "Air conditioning".
pub mod change;
pub mod create;
pub(crate) mod form;
pub mod step;
pub mod tree;

use jiff::Timestamp;
use kernel::{
    Access, Paged, Result,
    http::{Json, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;

pub use change::{Change, change};
pub use create::{New, create};

use crate::permissions::CatalogRead;

kernel::id!(CategoryId);
kernel::text_enum! {
    pub enum Status {
        Active = "active": "Active",
        Archived = "archived": "Archived",
    }
}

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Category {
        pub id: CategoryId,
        /// The category it stands below; none: it stands on top.
        pub parent_id: Option<CategoryId>,
        pub name: String,
        /// Smaller is higher in the price book.
        pub position: i32,
        pub status: Status,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for Category {
    fn version(&self) -> i64 {
        self.version
    }
}

/// More make a price book that nobody finds anything in.
pub const MOST: i64 = 200;

sql! {
    pub fn active() -> Vec<Category> = "
        select id, parent_id, name, position, status, version, created_at, updated_at
        from category where tenant_id = $1 and status = 'active' order by position, name_key, id limit 200";
    pub fn find(id: CategoryId) -> Option<Category> = "
        select id, parent_id, name, position, status, version, created_at, updated_at
        from category where tenant_id = $1 and id = $2";
}

kernel::event! { pub struct CategoryCreated = "category.created", seen by CatalogRead { category: CategoryId } }
kernel::event! { pub struct CategoryUpdated = "category.updated", seen by CatalogRead { category: CategoryId } }

kernel::promise! {
    "category_name_once": "/name", "There is a category of this name already.";
    "category_parent": "/parent_id", "There is no such category.";
    "category_no_circle": "/parent_id", "A category cannot stand below itself.";
    "category_depth": "/parent_id", "Categories go five deep. Put it higher up."
}

/// All active ones: at most 200, so there is one page of them.
pub async fn api_list(access: Access<CatalogRead>) -> Result<Json<Paged<Category>>> {
    let data = access.read(active()).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}
