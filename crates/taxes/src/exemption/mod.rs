//! A customer who pays no tax, or not that of one jurisdiction, with the certificate that shows it.
mod change;
mod follow;
mod give;
mod page;

use customers::{CustomerId, CustomersRead};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Paged, Result,
    http::{Json, Path, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

pub use change::{Change, api as change_api, change};
pub use give::{New, api as give_api, give};
pub(crate) use page::of_customer;
pub use page::{end_post, page, post};

use crate::jurisdiction::JurisdictionId;

kernel::id!(ExemptionId);

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    #[schemars(rename = "TaxExemption")]
    pub struct Exemption {
        pub id: ExemptionId,
        pub customer_id: CustomerId,
        /// None: of all taxes.
        pub jurisdiction_id: Option<JurisdictionId>,
        pub jurisdiction: Option<String>,
        /// The number of the certificate.
        pub certificate: String,
        pub reason: Option<String>,
        /// The first day.
        pub from_on: Date,
        /// The day from which it counts no more.
        pub until_on: Option<Date>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for Exemption {
    fn version(&self) -> i64 {
        self.version
    }
}

sql! {
    pub(crate) fn seen(id: Uuid) -> Option<CustomerId> = "select customer_id from tax_exemption where tenant_id = $1 and id = $2";
    pub fn find(id: ExemptionId) -> Option<Exemption> = "
        select x.id, x.customer_id, x.jurisdiction_id, j.name as jurisdiction, x.certificate, x.reason, x.from_on, x.until_on, x.version, x.created_at, x.updated_at
        from tax_exemption x left join jurisdiction j on j.tenant_id = $1 and j.id = x.jurisdiction_id
        where x.tenant_id = $1 and x.id = $2";
    /// The latest first.
    pub fn of(customer: CustomerId) -> Vec<Exemption> = "
        select x.id, x.customer_id, x.jurisdiction_id, j.name as jurisdiction, x.certificate, x.reason, x.from_on, x.until_on, x.version, x.created_at, x.updated_at
        from tax_exemption x left join jurisdiction j on j.tenant_id = $1 and j.id = x.jurisdiction_id
        where x.tenant_id = $1 and x.customer_id = $2 order by x.from_on desc, x.id limit 100";
}

kernel::event! { pub struct TaxExemptionGiven = "tax_exemption.given", seen by CustomersRead { exemption: ExemptionId, customer: CustomerId } }
kernel::event! { pub struct TaxExemptionChanged = "tax_exemption.changed", seen by CustomersRead { exemption: ExemptionId, customer: CustomerId } }
kernel::promise! {
    "tax_exemption_jurisdiction": "/jurisdiction_id", "There is no such jurisdiction.";
    "tax_exemption_span": "/until_on", "It ends on its first day or later."
}

pub async fn list_api(access: Access<CustomersRead>, Path(id): Path<CustomerId>) -> Result<Json<Paged<Exemption>>> {
    let (_, data) = access.read((customers::customer::find(id), of(id))).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}
