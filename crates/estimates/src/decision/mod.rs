//! What was said to an estimate, by the customer or in their name: approved with a name, bound to what was shown, or declined.
pub mod approve;
pub mod decline;
pub mod office;

use jiff::Timestamp;
use kernel::{Currency, Money, Uuid, row, sql, text_enum};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{EstimateId, OptionId};

kernel::id!(DecisionId);

text_enum! {
    pub enum Kind {
        Approved = "approved": "Approved",
        Declined = "declined": "Declined",
    }
}
text_enum! {
    /// By which way it was said.
    pub enum Via {
        Link = "link": "by the link",
        Phone = "phone": "on the phone",
        InPerson = "in_person": "in person",
        Email = "email": "by e-mail",
        Other = "other": "in another way",
    }
}
text_enum! {
    /// How somebody of the office was told.
    pub enum Told {
        Phone = "phone": "On the phone",
        InPerson = "in_person": "In person",
        Email = "email": "By e-mail",
        Other = "other": "In another way",
    }
}

impl From<Told> for Via {
    fn from(told: Told) -> Self {
        match told {
            Told::Phone => Self::Phone,
            Told::InPerson => Self::InPerson,
            Told::Email => Self::Email,
            Told::Other => Self::Other,
        }
    }
}

row! {
    #[derive(Debug, Clone)]
    pub struct Kept {
        pub id: DecisionId,
        pub revision: i32,
        pub kind: Kind,
        pub option_id: Option<OptionId>,
        pub ticked: Vec<Uuid>,
        pub total_minor: i64,
        pub deposit_minor: i64,
        pub shown_hash: Option<String>,
        pub seal: Option<String>,
        pub name: Option<String>,
        pub signature: Option<String>,
        pub reason: Option<String>,
        pub via: Via,
        pub told: Option<String>,
        pub created_at: Timestamp,
    }
}

sql! {
    pub fn newest(estimate: EstimateId) -> Option<Kept> = "
        select id, revision, kind, option_id, ticked, total_minor, deposit_minor, shown_hash, seal, name, signature, reason, via, told, created_at
        from estimate_decision where tenant_id = $1 and estimate_id = $2 order by id desc limit 1";
}

/// What was decided, by whom and how.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "EstimateDecision")]
pub struct Decision {
    pub kind: Kind,
    /// Of the revision that was decided on.
    pub revision: i32,
    pub option_id: Option<OptionId>,
    /// The lines that were ticked.
    pub ticked: Vec<Uuid>,
    pub total: Money,
    pub deposit: Money,
    /// Who approved, as typed.
    pub name: Option<String>,
    /// What was drawn, as the path of an SVG 600 wide and 200 high.
    pub signature: Option<String>,
    /// Why it was declined.
    pub reason: Option<String>,
    pub via: Via,
    /// What the office was told, where the customer did not say it themselves.
    pub told: Option<String>,
    /// SHA-256 over the revision's hash, the choice and its sums, in hex.
    pub shown_hash: Option<String>,
    /// SHA-256 over that, the name, the signature and the moment.
    pub seal: Option<String>,
    pub at: Timestamp,
}

impl Kept {
    pub fn shown(self, currency: Currency) -> Decision {
        Decision {
            total: Money::new(self.total_minor, currency),
            deposit: Money::new(self.deposit_minor, currency),
            kind: self.kind,
            revision: self.revision,
            option_id: self.option_id,
            ticked: self.ticked,
            name: self.name,
            signature: self.signature,
            reason: self.reason,
            via: self.via,
            told: self.told,
            shown_hash: self.shown_hash,
            seal: self.seal,
            at: self.created_at,
        }
    }
}
