//! How customers stand to each other: a landlord and a tenant, a company and its parent, whoever pays for somebody else. Each is
//! written once and read from both ends.
mod add;
mod card;
mod follow;
mod form;
mod list;
mod remove;

use jiff::Timestamp;
use kernel::{http::Versioned, row, sql, tx::LookedAt};
use schemars::JsonSchema;
use serde::Serialize;

pub use add::{New, add, api as api_add};
pub(crate) use card::card;
pub use form::{new, post, post_remove};
pub use list::api as api_list;
pub use remove::{api as api_remove, remove};

use crate::{CustomerId, CustomersRead, customer::seen};

kernel::id!(RelationId);
kernel::text_enum! {
    /// What the other is to this customer.
    pub enum Kind {
        Landlord = "landlord": "Landlord",
        Tenant = "tenant": "Tenant",
        PropertyManager = "property_manager": "Property manager",
        PropertyOwner = "property_owner": "Property owner",
        ParentCompany = "parent_company": "Parent company",
        Subsidiary = "subsidiary": "Subsidiary",
        Payer = "payer": "Pays their bills",
        PaidFor = "paid_for": "Has bills paid by them",
        ReferredBy = "referred_by": "Referred them",
        Referred = "referred": "Referred by them",
        Family = "family": "Family",
        Other = "other": "Connected",
    }
}

impl Kind {
    /// What this customer is to the other.
    pub fn inverse(self) -> Self {
        match self {
            Self::Landlord => Self::Tenant,
            Self::Tenant => Self::Landlord,
            Self::PropertyManager => Self::PropertyOwner,
            Self::PropertyOwner => Self::PropertyManager,
            Self::ParentCompany => Self::Subsidiary,
            Self::Subsidiary => Self::ParentCompany,
            Self::Payer => Self::PaidFor,
            Self::PaidFor => Self::Payer,
            Self::ReferredBy => Self::Referred,
            Self::Referred => Self::ReferredBy,
            Self::Family => Self::Family,
            Self::Other => Self::Other,
        }
    }
    /// Of two ways to say the same the one that is kept.
    fn is_kept(self) -> bool {
        use Kind::{Family, Landlord, Other, ParentCompany, Payer, PropertyManager, ReferredBy};
        matches!(self, Landlord | PropertyManager | ParentCompany | Payer | ReferredBy | Family | Other)
    }
}

/// Another customer and what they are to this one.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Relation {
    pub id: RelationId,
    /// What the other is to this customer.
    pub kind: Kind,
    /// The other.
    pub customer_id: CustomerId,
    pub number: i64,
    pub name: String,
    pub place: Option<String>,
    pub note: Option<String>,
    pub created_at: Timestamp,
}
impl Versioned for Relation {
    /// It is there or not; nothing of it changes.
    fn version(&self) -> i64 {
        1
    }
}

row! {
    pub(crate) struct Kept { id: RelationId, kind: Kind, turned: bool, customer_id: CustomerId, number: i64, name: String, place: Option<String>, note: Option<String>, created_at: Timestamp }
}
impl From<Kept> for Relation {
    fn from(kept: Kept) -> Self {
        let Kept { id, kind, turned, customer_id, number, name, place, note, created_at } = kept;
        Self {
            id,
            kind: if turned { kind.inverse() } else { kind },
            customer_id,
            number,
            name,
            place,
            note,
            created_at,
        }
    }
}

/// With more, somebody keeps a list of addresses.
pub(crate) const MOST: usize = 100;

sql! {
    fn read_from_both_ends(customer: CustomerId) -> Vec<Kept> = "
        select r.id, r.kind, r.turned, r.with_id as customer_id, c.number, c.name, c.place, r.note, r.created_at from (
            (select id, kind, false as turned, other_id as with_id, note, created_at from customer_relation
            where tenant_id = $1 and customer_id = $2 order by id limit 200)
            union all
            (select id, kind, true as turned, customer_id as with_id, note, created_at from customer_relation
            where tenant_id = $1 and other_id = $2 order by id limit 200)) r
        join customer c on c.tenant_id = $1 and c.id = r.with_id and c.status <> 'merged'
        order by r.id limit 200";
}

/// In the order in which they were added.
pub(crate) fn of_customer(customer: CustomerId) -> LookedAt<Vec<Kept>, Vec<Relation>> {
    read_from_both_ends(customer).looked_at(|kept| Ok(kept.into_iter().map(Relation::from).collect()))
}

kernel::event! { pub struct RelationAdded = "customer_relation.added", seen by CustomersRead { customer: CustomerId, other: CustomerId, relation: RelationId } }
kernel::event! { pub struct RelationRemoved = "customer_relation.removed", seen by CustomersRead { customer: CustomerId, other: CustomerId, relation: RelationId } }
kernel::heard! { "customer_relation." by who sees seen }

kernel::promise! { "customer_relation_once": "/kind", "They are connected in this way already." }

#[test]
fn whatever_is_said_from_one_end_is_kept_in_one_way() {
    for kind in Kind::ALL {
        assert_eq!(kind.inverse().inverse(), *kind);
        assert!(kind.is_kept() || kind.inverse().is_kept(), "{kind}");
        assert_eq!(kind.is_kept() && kind.inverse().is_kept(), kind.inverse() == *kind, "{kind}");
    }
}
