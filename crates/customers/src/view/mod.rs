//! A saved view: the filters of the list of customers under a name, one's own or everybody's. The address of the list is still
//! the filter.
mod change;
mod create;
mod form;
mod menu;
mod remove;

use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Paged, Result, Scope,
    http::{Json, Versioned},
    row, sql,
    tx::LookedAt,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::MemberId;

pub use change::{Change, api as api_change, change};
pub use create::{New, api as api_create, create};
pub use form::{new, page, post, post_change, post_remove};
pub(crate) use menu::menu;
pub use remove::{api as api_remove, remove};

use crate::{
    customer::{
        Status,
        list::{ListQuery, href},
    },
    permissions::{CustomersRead, CustomersWrite},
    tag::check_name,
};

kernel::id!(ViewId);

/// What the list is filtered by; at least one of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "ViewFilter")]
pub struct Filter {
    /// Words to search for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

impl Filter {
    pub(crate) fn of(query: &ListQuery) -> Self {
        let said = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let ListQuery { q, city, tag, .. } = query;
        Self { q: said(q), status: query.status, city: said(city), tag: said(tag) }
    }
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
    fn query(&self) -> ListQuery {
        let Self { q, status, city, tag } = self.clone();
        ListQuery { q, status, city, tag, ..ListQuery::default() }
    }
    /// The list, so filtered.
    pub(crate) fn href(&self, path: &str) -> String {
        href(path, &self.query())
    }
    /// "Status is Archived, city is Salem".
    fn words(&self) -> String {
        let status = self.status.map(|status| format!("status is {}", status.label()));
        let word = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name} {value}"));
        let all = [
            word("with", &self.q.as_ref().map(|q| format!("“{q}”"))),
            status,
            word("city is", &self.city),
            word("tag is", &self.tag),
        ];
        let all = all.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let mut letters = all.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }
}
impl Input for Filter {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("q", &mut self.q, 200);
        checks.optional("city", &mut self.city, 120);
        checks.optional("tag", &mut self.tag, 40);
        if let Some(tag) = &mut self.tag {
            check_name(checks, "tag", tag);
        }
    }
}

row! {
    pub(crate) struct Kept { id: ViewId, name: String, filter: serde_json::Value, shared: bool, version: i64, created_at: Timestamp, updated_at: Timestamp }
}

/// Filters of the list of customers under a name.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "CustomerView")]
pub struct View {
    pub id: ViewId,
    pub name: String,
    pub filter: Filter,
    /// Everybody who sees customers has it; otherwise its owner alone.
    pub shared: bool,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
impl Versioned for View {
    fn version(&self) -> i64 {
        self.version
    }
}
impl From<Kept> for View {
    fn from(kept: Kept) -> Self {
        let Kept { id, name, filter, shared, version, created_at, updated_at } = kept;
        // A filter that this version does not know filters by nothing.
        let filter = serde_json::from_value(filter).unwrap_or_default();
        Self { id, name, filter, shared, version, created_at, updated_at }
    }
}

/// Of more, nobody finds the right one.
pub(crate) const MOST: i64 = 50;

sql! {
    // One's own, and those of everybody; nobody else's.
    fn visible(me: Option<uuid::Uuid>) -> Vec<Kept> = "
        select id, name, filter, shared, version, created_at, updated_at from (
            (select id, name, name_key, filter, shared, version, created_at, updated_at from saved_view
            where tenant_id = $1 and member_id = $2 and not shared order by name_key limit 50)
            union all
            (select id, name, name_key, filter, shared, version, created_at, updated_at from saved_view
            where tenant_id = $1 and shared order by name_key limit 50)) v
        order by shared, name_key, id";
    fn find(id: ViewId, me: Option<uuid::Uuid>) -> Option<Kept> = "
        select id, name, filter, shared, version, created_at, updated_at from saved_view
        where tenant_id = $1 and id = $2 and (shared or member_id = $3)";
}

/// Those one has, the own first.
pub(crate) fn all(scope: &Scope) -> LookedAt<Vec<Kept>, Vec<View>> {
    visible(scope.user()).looked_at(|kept| Ok(kept.into_iter().map(View::from).collect()))
}

kernel::event! { pub struct ViewSaved = "customer_view.saved", seen by CustomersRead { view: ViewId, shared: bool } }
kernel::event! { pub struct ViewChanged = "customer_view.changed", seen by CustomersRead { view: ViewId, shared: bool } }
kernel::event! { pub struct ViewDeleted = "customer_view.deleted", seen by CustomersRead { view: ViewId, shared: bool } }
kernel::heard! { "customer_view." by everybody }

kernel::promise! {
    "saved_view_name_once": "/name", "You have a view of this name already.";
    "saved_view_shared_name_once": "/name", "There is a shared view of this name already."
}

/// What everybody has is changed by whoever may change customers.
fn may_share(access: &Access<CustomersRead>, shared: bool) -> Result<()> {
    match shared && !access.can::<CustomersWrite>() {
        true => Err(Error::Forbidden(<CustomersWrite as kernel::Permission>::NAME)),
        false => Ok(()),
    }
}

/// A program has none of its own.
fn owner(access: &Access<CustomersRead>, shared: bool) -> Result<Option<MemberId>> {
    match (access.user(), shared) {
        (Some(user), _) => Ok(Some(MemberId(user))),
        (None, true) => Ok(None),
        (None, false) => {
            Err(Error::field("/shared", "program", "An API key has no views of its own. Share it with everybody."))
        }
    }
}

/// All one has: there is one page of them.
pub async fn api_list(access: Access<CustomersRead>) -> Result<Json<Paged<View>>> {
    Ok(Json(Paged { data: access.read(all(&access)).await?, next_cursor: None }))
}
