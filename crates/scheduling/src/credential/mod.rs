//! Credentials: licences and certificates of a technician, where they count, of which class, until when.
mod add;
mod change;
mod remove;

pub use add::{New, add, add_api};
pub use change::{Change, change, change_api};
pub use remove::{remove, remove_api};

use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Checks, Error, Paged, Result,
    http::{Json, Path, Versioned},
    row, sql,
    text::fold,
};

use crate::{
    permissions::BoardRead,
    technician::{self, TechnicianId},
};

kernel::id!(CredentialId);

row! {
    #[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
    pub struct Credential {
        pub id: CredentialId,
        pub technician_id: TechnicianId,
        /// Such as "Master plumber".
        pub name: String,
        /// State, county or country where it counts; none: everywhere.
        pub jurisdiction: Option<String>,
        pub class: Option<String>,
        pub number: Option<String>,
        /// The last day on which it counts; none: it does not end.
        pub expires_on: Option<Date>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for Credential {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Credential {
    /// Whether it satisfies what a service asks, on that day. What names no place or class is asked for no matter where and which.
    pub fn meets(&self, asked: &Asked, day: Date) -> bool {
        let same = |held: &Option<String>, asked: &str| {
            asked.is_empty() || held.as_deref().is_some_and(|held| fold(held) == asked)
        };
        let place = self.jurisdiction.is_none() || same(&self.jurisdiction, &asked.jurisdiction_key);
        fold(&self.name) == asked.name_key
            && place
            && same(&self.class, &asked.class_key)
            && self.expires_on.is_none_or(|last| day <= last)
    }

    /// "Master plumber, Illinois, class A".
    pub fn words(&self) -> String {
        words(&self.name, self.jurisdiction.as_deref(), self.class.as_deref())
    }
}

row! {
    /// What a service asks of whoever goes.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Asked {
        pub name: String,
        pub name_key: String,
        pub jurisdiction: Option<String>,
        pub jurisdiction_key: String,
        pub class: Option<String>,
        pub class_key: String,
    }
}

impl Asked {
    pub fn words(&self) -> String {
        words(&self.name, self.jurisdiction.as_deref(), self.class.as_deref())
    }
}

fn words(name: &str, jurisdiction: Option<&str>, class: Option<&str>) -> String {
    let class = class.map(|class| format!("class {class}"));
    [Some(name), jurisdiction, class.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

kernel::promise! {
    "credential_technician": "", "There is no such technician.";
    "item_credential_item": "/item_id", "There is no such service in the price book.";
}

kernel::event! {
    pub struct CredentialsChanged = "technician.credentials_changed", seen by BoardRead { technician: TechnicianId, credential: CredentialId }
}

sql! {
    pub fn of_technician(technician: TechnicianId) -> Vec<Credential> = "
        select id, technician_id, name, jurisdiction, class, number, expires_on, version, created_at, updated_at from credential
        where tenant_id = $1 and technician_id = $2 order by name_key, id limit 100";
    pub fn find(id: CredentialId) -> Option<Credential> = "
        select id, technician_id, name, jurisdiction, class, number, expires_on, version, created_at, updated_at from credential
        where tenant_id = $1 and id = $2";
    /// Of everybody who has one of those that the service asks for.
    pub fn for_item(item: Option<catalog::ItemId>) -> Vec<Credential> = "
        select c.id, c.technician_id, c.name, c.jurisdiction, c.class, c.number, c.expires_on, c.version, c.created_at, c.updated_at
        from credential c where c.tenant_id = $1
          and c.name_key in (select n.name_key from item_credential n where n.tenant_id = $1 and n.item_id = $2) limit 5000";
    pub fn asked_by(item: Option<catalog::ItemId>) -> Vec<Asked> = "
        select name, name_key, jurisdiction, jurisdiction_key, class, class_key from item_credential
        where tenant_id = $1 and item_id = $2 order by name_key limit 20";
}

/// What is the same of new ones and changed ones.
fn check(
    checks: &mut Checks,
    jurisdiction: &mut Option<String>,
    class: &mut Option<String>,
    number: &mut Option<String>,
) {
    checks.optional("jurisdiction", jurisdiction, 80);
    checks.optional("class", class, 40);
    checks.optional("number", number, 60);
}

pub(crate) fn key(text: Option<&str>) -> String {
    text.map(fold).unwrap_or_default()
}

pub async fn list_api(access: Access<BoardRead>, Path(id): Path<TechnicianId>) -> Result<Json<Paged<Credential>>> {
    let (found, data) = access.read((technician::find(id), of_technician(id))).await?;
    found.map(|_| Json(Paged { data, next_cursor: None })).ok_or(Error::NotFound)
}

#[test]
fn a_credential_counts_where_and_until_it_does() {
    let day = jiff::civil::date(2026, 6, 23);
    let asked = |jurisdiction: &str, class: &str| Asked {
        name: "Master plumber".into(),
        name_key: fold("Master plumber"),
        jurisdiction: Some(jurisdiction.into()).filter(|text: &String| !text.is_empty()),
        jurisdiction_key: fold(jurisdiction),
        class: Some(class.into()).filter(|text: &String| !text.is_empty()),
        class_key: fold(class),
    };
    let mut held = Credential {
        id: CredentialId::new(),
        technician_id: TechnicianId::new(),
        name: "MASTER Plumber".into(),
        jurisdiction: Some("Illinois".into()),
        class: Some("A".into()),
        number: None,
        expires_on: Some(day),
        version: 1,
        created_at: Timestamp::MIN,
        updated_at: Timestamp::MIN,
    };
    assert!(held.meets(&asked("", ""), day) && held.meets(&asked("illinois", "a"), day));
    assert!(!held.meets(&asked("Indiana", ""), day) && !held.meets(&asked("", "B"), day));
    assert!(!held.meets(&asked("", ""), day.tomorrow().unwrap_or(day)), "over the day after its last");
    held.jurisdiction = None;
    assert!(held.meets(&asked("Indiana", "A"), day), "what names no place counts everywhere");
    held.class = None;
    assert!(!held.meets(&asked("", "A"), day), "a class that is asked for must be there");
}
