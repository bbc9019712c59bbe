//! Files of a customer: permits, contracts, warranty papers, pictures of the house. Whoever sees the customer may save them.
mod add;
mod card;
mod change;
mod form;
mod list;
mod open;
mod remove;
mod sweep;

use jiff::Timestamp;
use kernel::{http::Versioned, row, sql};
use schemars::JsonSchema;
use serde::Serialize;

pub use add::{api as api_add, post};
pub(crate) use card::card;
pub use change::{Change, api as api_change, change};
pub use form::{edit, post_edit};
pub use list::{api as api_list, api_one, page};
pub use open::get;
pub use remove::{api as api_remove, api_restore, post_remove, post_restore, remove, restore};
pub(crate) use sweep::sweep;

use crate::{CustomerId, CustomersRead, LocationId, customer::seen};

kernel::id!(CustomerFileId);

/// Bytes of one file.
pub(crate) const MOST_BYTES: u64 = 25_000_000;
/// Whoever keeps more keeps an archive.
pub(crate) const MOST: i64 = 200;

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct CustomerFile {
        pub id: CustomerFileId,
        pub customer_id: CustomerId,
        /// The one place it belongs to, where it belongs to one.
        pub location_id: Option<LocationId>,
        /// As it came.
        pub name: String,
        /// What it is, where the name does not tell.
        pub caption: Option<String>,
        /// By its first bytes; `application/octet-stream` where they say nothing that is shown.
        pub media_type: String,
        /// Bytes.
        pub size: i64,
        /// Who added it.
        pub author: String,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

impl Versioned for CustomerFile {
    fn version(&self) -> i64 {
        self.version
    }
}

impl CustomerFile {
    pub fn title(&self) -> &str {
        self.caption.as_deref().unwrap_or(&self.name)
    }
    /// "PDF", "Picture", "DOCX".
    fn kind(&self) -> String {
        let ending = || self.name.rsplit_once('.').map(|(_, ending)| ending).unwrap_or_default();
        match self.media_type.as_str() {
            "application/pdf" => "PDF".into(),
            picture if picture.starts_with("image/") => "Picture".into(),
            _ if (1..=5).contains(&ending().len()) && ending().chars().all(|c| c.is_ascii_alphanumeric()) => {
                ending().to_uppercase()
            }
            _ => "File".into(),
        }
    }
    fn icon(&self) -> &'static str {
        match self.media_type.as_str() {
            "application/pdf" => "file-text",
            picture if picture.starts_with("image/") => "image",
            _ => "paperclip",
        }
    }
    fn href(&self) -> String {
        format!("/customers/{}/files/{}", self.customer_id, self.id)
    }
}

sql! {
    pub fn find(customer: CustomerId, id: CustomerFileId) -> Option<CustomerFile> = "
        select id, customer_id, location_id, name, caption, media_type, size, author, version, created_at, updated_at
        from customer_file where tenant_id = $1 and customer_id = $2 and id = $3 and removed_at is null";
    /// Newest first.
    pub(crate) fn of_customer(customer: CustomerId, before: CustomerFileId, most: i64) -> Vec<CustomerFile> = "
        select id, customer_id, location_id, name, caption, media_type, size, author, version, created_at, updated_at
        from customer_file where tenant_id = $1 and customer_id = $2 and id < $3 and removed_at is null
        order by id desc limit $4";
    fn count(customer: CustomerId) -> i64 = "
        select count(*) from customer_file where tenant_id = $1 and customer_id = $2 and removed_at is null";
    fn follow(from: CustomerId, to: CustomerId, only: Option<Vec<kernel::Uuid>>) -> Vec<kernel::Uuid> = "
        update customer_file set customer_id = $3, version = version + 1
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
}
crate::follows! { "customer_file" => follow }

/// Those shown beside the customer, and whether there are more.
pub(crate) fn newest(customer: CustomerId) -> kernel::Statement<Vec<CustomerFile>> {
    of_customer(customer, CustomerFileId::max(), card::SHOWN as i64 + 1)
}

kernel::event! { pub struct FilesAdded = "customer_file.added", seen by CustomersRead { customer: CustomerId, files: Vec<CustomerFileId> } }
kernel::event! { pub struct FileChanged = "customer_file.changed", seen by CustomersRead { customer: CustomerId, file: CustomerFileId } }
kernel::event! { pub struct FileRemoved = "customer_file.removed", seen by CustomersRead { customer: CustomerId, file: CustomerFileId } }
kernel::event! { pub struct FileRestored = "customer_file.restored", seen by CustomersRead { customer: CustomerId, file: CustomerFileId } }
kernel::heard! { "customer_file." by who sees seen }

crate::story! {
    "customer_file.added" => |told| {
        let (story, files) = (crate::timeline::Story::of(told)?, told.body.get("files")?.as_array()?.len());
        let text = if files == 1 { "File added".into() } else { format!("{files} files added") };
        let href = format!("/customers/{}/files", story.customer);
        Some(story.icon("paperclip").text(text).href(href))
    };
}

kernel::promise! { "customer_file_location": "/location_id", "This customer has no location with that id." }

#[test]
fn a_kind_is_said_in_a_word() {
    let file = |name: &str, media_type: &str| CustomerFile {
        id: CustomerFileId::max(),
        customer_id: CustomerId::max(),
        location_id: None,
        name: name.into(),
        caption: None,
        media_type: media_type.into(),
        size: 1,
        author: String::new(),
        version: 1,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    };
    for (name, media_type, kind) in [
        ("a.pdf", "application/pdf", "PDF"),
        ("a.pdf", "image/png", "Picture"),
        ("Contract.docx", "application/octet-stream", "DOCX"),
        ("readme", "application/octet-stream", "File"),
        ("v1.0 (final)", "application/octet-stream", "File"),
    ] {
        assert_eq!(file(name, media_type).kind(), kind, "{name}");
    }
}
