//! An estimate: its states, what it says, and how it is found.
pub mod deeds;
pub mod discard;
pub mod draft;
pub mod duplicate;
pub mod edit;
mod export;
pub(crate) mod fill;
mod follow;
pub(crate) mod form;
pub mod list;
pub mod new;
pub mod option;
pub mod page;
pub mod post;
mod sheet;
pub mod show;
mod side;

use billing::invoice::TaxLine;
use customers::{CustomerId, LocationId};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Currency, Error, Money, Result, Scope, TenantTx,
    access::Access,
    http::{One, Path, Versioned},
    row, sql,
    sum::{Rules, Tax},
    text_enum,
};
use schemars::JsonSchema;
use serde::Serialize;
use work::WorkOrderId;

use crate::{
    EstimateId,
    decision::{self, Decision},
    permissions::EstimatesRead,
    sum::Part,
};
use option::{EstimateOption, Kept, KeptOption};

text_enum! {
    /// A draft may change. Sent, it stays as it was shown until it is taken up again as a new revision.
    pub enum Status {
        Draft = "draft": "Draft",
        Sent = "sent": "Sent",
        Viewed = "viewed": "Viewed",
        Approved = "approved": "Approved",
        Declined = "declined": "Declined",
        Expired = "expired": "Expired",
        Withdrawn = "withdrawn": "Withdrawn",
    }
}

impl Status {
    /// The customer has it and has not decided.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Viewed)
    }
}

kernel::promise! {
    "estimate_customer": "/customer_id", "There is no such customer. Choose one of yours.";
    "estimate_location": "/location_id", "There is no such address of this customer.";
    "estimate_work_order": "/work_order_id", "There is no such job.";
    "estimate_line_item": "/item_id", "There is no such item in the price book.";
    "estimate_sequence_once": "", "Another estimate was sent at the same moment. Try again.";
}

row! {
    /// The estimate as it is kept; `Estimate` is what the wire and the pages show.
    #[derive(Debug, Clone)]
    pub struct Head {
        pub id: EstimateId,
        pub customer_id: CustomerId,
        pub customer_name: String,
        pub location_id: Option<LocationId>,
        pub work_order_id: Option<WorkOrderId>,
        pub status: Status,
        pub number: Option<String>,
        pub revision: i32,
        pub title: String,
        pub note: Option<String>,
        pub terms: Option<String>,
        pub valid_until: Option<Date>,
        pub deposit_ppm: i64,
        pub deposit_minor: i64,
        pub currency: String,
        pub tax_rules: Rules,
        pub tax_note: Option<String>,
        pub total_minor: i64,
        pub sent_at: Option<Timestamp>,
        pub viewed_at: Option<Timestamp>,
        pub decided_at: Option<Timestamp>,
        pub made_order_id: Option<WorkOrderId>,
        pub deposit_invoice_id: Option<billing::InvoiceId>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

sql! {
    fn first() -> Option<EstimateId> = "select id from estimate where tenant_id = $1 limit 1";
}

/// Whether there is one at all.
pub async fn any(scope: kernel::Scope) -> kernel::Result<bool> {
    Ok(scope.read(first()).await?.is_some())
}

sql! {
    pub(crate) fn head(id: EstimateId) -> Option<Head> = "
        select e.id, e.customer_id, c.name as customer_name, e.location_id, e.work_order_id, e.status, e.number, e.revision, e.title, e.note,
               e.terms, e.valid_until, e.deposit_ppm, e.deposit_minor, e.currency, e.tax_rules, e.tax_note, e.total_minor, e.sent_at, e.viewed_at, e.decided_at,
               e.made_order_id, e.deposit_invoice_id, e.version, e.created_at, e.updated_at
        from estimate e join customer c on c.tenant_id = $1 and c.id = e.customer_id
        where e.tenant_id = $1 and e.id = $2";
    fn locked(id: EstimateId) -> Option<Head> = "
        select e.id, e.customer_id, c.name as customer_name, e.location_id, e.work_order_id, e.status, e.number, e.revision, e.title, e.note,
               e.terms, e.valid_until, e.deposit_ppm, e.deposit_minor, e.currency, e.tax_rules, e.tax_note, e.total_minor, e.sent_at, e.viewed_at, e.decided_at,
               e.made_order_id, e.deposit_invoice_id, e.version, e.created_at, e.updated_at
        from estimate e join customer c on c.tenant_id = $1 and c.id = e.customer_id
        where e.tenant_id = $1 and e.id = $2 for no key update of e";
    fn seen(id: uuid::Uuid) -> Option<EstimateId> = "select id from estimate where tenant_id = $1 and id = $2";
    /// For a draft that is put on an address, and on a job: both are the customer's own.
    fn place_of(customer: CustomerId, location: Option<LocationId>) -> bool = "
        select $3::uuid is null or exists (select 1 from location where tenant_id = $1 and customer_id = $2 and id = $3) as fits";
    fn job_of(customer: CustomerId, order: Option<WorkOrderId>) -> bool = "
        select $3::uuid is null or exists (select 1 from work_order where tenant_id = $1 and customer_id = $2 and id = $3) as fits";
}
kernel::heard! {
    "estimate." by who sees seen;
    "estimate.discarded" by who sees seen, or at least that
}

/// An estimate without its options, as lists show it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ListedEstimate")]
pub struct Listed {
    pub id: EstimateId,
    /// Given when it is first sent.
    pub number: Option<String>,
    pub status: Status,
    /// How often it was sent; what was sent stays.
    pub revision: i32,
    pub customer_id: CustomerId,
    pub customer_name: String,
    pub location_id: Option<LocationId>,
    /// The job it belongs to, where there was one before.
    pub work_order_id: Option<WorkOrderId>,
    pub title: String,
    /// Of the recommended option without what may be ticked; once approved, of what was chosen.
    pub total: Money,
    /// The last day on which it can be approved.
    pub valid_until: Option<Date>,
    /// Asked for on approval: millionths of the total.
    pub deposit_ppm: i64,
    /// And an amount besides.
    pub deposit_amount: Money,
    pub note: Option<String>,
    pub terms: Option<String>,
    /// By which rules it is added up.
    pub tax_rules: Rules,
    /// Why it has no tax, or not all.
    pub tax_note: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub viewed_at: Option<Timestamp>,
    /// When it was approved or declined.
    pub decided_at: Option<Timestamp>,
    /// The job that an approved estimate became.
    pub made_work_order_id: Option<WorkOrderId>,
    pub deposit_invoice_id: Option<billing::InvoiceId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Estimate {
    #[serde(flatten)]
    pub head: Listed,
    pub options: Vec<EstimateOption>,
    /// What was said to it last.
    pub decision: Option<Decision>,
}

impl Versioned for Estimate {
    fn version(&self) -> i64 {
        self.head.version
    }
}

impl Head {
    pub fn currency(&self) -> Currency {
        Currency::of(&self.currency).unwrap_or(Currency::USD)
    }
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency())
    }
    pub fn deposit(&self) -> Part {
        Part { ppm: self.deposit_ppm, minor: self.deposit_minor }
    }
    /// As people call it.
    pub fn called(&self) -> String {
        self.number.clone().unwrap_or_else(|| "This draft".to_owned())
    }
    pub fn listed(self) -> Listed {
        Listed {
            total: self.money(self.total_minor),
            deposit_amount: self.money(self.deposit_minor),
            id: self.id,
            number: self.number,
            status: self.status,
            revision: self.revision,
            customer_id: self.customer_id,
            customer_name: self.customer_name,
            location_id: self.location_id,
            work_order_id: self.work_order_id,
            title: self.title,
            valid_until: self.valid_until,
            deposit_ppm: self.deposit_ppm,
            note: self.note,
            terms: self.terms,
            tax_rules: self.tax_rules,
            tax_note: self.tax_note,
            sent_at: self.sent_at,
            viewed_at: self.viewed_at,
            decided_at: self.decided_at,
            made_work_order_id: self.made_order_id,
            deposit_invoice_id: self.deposit_invoice_id,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        }
    }
}

/// Taxes as papers show them.
pub(crate) fn tax_lines(taxes: &[Tax], currency: Currency) -> Vec<TaxLine> {
    let money = |minor| Money::new(minor, currency);
    taxes
        .iter()
        .map(|tax| TaxLine {
            name: tax.name.clone(),
            rate_ppm: tax.rate_ppm,
            base: money(tax.base_minor),
            tax: money(tax.tax_minor),
        })
        .collect()
}

/// The estimate, held until the transaction ends. `version` is the one the caller saw, where it says so.
pub async fn hold(tx: &mut TenantTx, id: EstimateId, version: Option<i64>) -> Result<Head> {
    as_seen(tx.run(locked(id)).await?, version)
}

/// The same with its options and lines.
pub async fn hold_whole(
    tx: &mut TenantTx,
    id: EstimateId,
    version: Option<i64>,
) -> Result<(Head, Vec<KeptOption>, Vec<Kept>)> {
    let (found, options, lines) = tx.run((locked(id), option::of(id), option::lines_of(id))).await?;
    Ok((as_seen(found, version)?, options, lines))
}

fn as_seen(found: Option<Head>, version: Option<i64>) -> Result<Head> {
    let found = found.ok_or(Error::NotFound)?;
    match version {
        Some(version) if version != found.version => Err(Error::Stale(Some(found.version))),
        _ => Ok(found),
    }
}

/// The whole estimate, in one round trip.
pub async fn find(tx: &mut TenantTx, id: EstimateId) -> Result<Estimate> {
    let asked = (head(id), option::of(id), option::lines_of(id), decision::newest(id));
    let (found, options, lines, said) = tx.run(asked).await?;
    whole(found.ok_or(Error::NotFound)?, options, lines, said)
}

/// The same for pages.
pub async fn view(scope: &Scope, id: EstimateId) -> Result<Estimate> {
    let asked = (head(id), option::of(id), option::lines_of(id), decision::newest(id));
    let (found, options, lines, said) = scope.read(asked).await?;
    whole(found.ok_or(Error::NotFound)?, options, lines, said)
}

fn whole(found: Head, options: Vec<KeptOption>, lines: Vec<Kept>, said: Option<decision::Kept>) -> Result<Estimate> {
    let options = option::shown(found.tax_rules, options, lines, found.currency(), found.deposit())?;
    let decision = said.map(|said| said.shown(found.currency()));
    Ok(Estimate { options, decision, head: found.listed() })
}

/// Refuses, in words, an address or a job of somebody else.
pub(crate) async fn must_be_theirs(
    tx: &mut TenantTx,
    customer: CustomerId,
    location: Option<LocationId>,
    order: Option<WorkOrderId>,
) -> Result<()> {
    let (place, job) = tx.run((place_of(customer, location), job_of(customer, order))).await?;
    if !place {
        return Err(Error::field("/location_id", "missing", "There is no such address of this customer."));
    }
    if !job {
        return Err(Error::field("/work_order_id", "missing", "There is no such job of this customer."));
    }
    Ok(())
}

/// Refuses, in words, what is no draft any more.
pub(crate) fn must_be_draft(found: &Head) -> Result<()> {
    match found.status {
        Status::Draft => Ok(()),
        Status::Approved => Err(Error::refused(format!(
            "{} is approved and stays as it was agreed. Duplicate it for something else.",
            found.called()
        ))),
        status => Err(Error::refused(format!(
            "{} is {} and stays as it was shown. Revise it first; then it can be changed and sent again.",
            found.called(),
            status.label().to_lowercase()
        ))),
    }
}

pub async fn api(access: Access<EstimatesRead>, Path(id): Path<EstimateId>) -> Result<One<Estimate>> {
    view(&access, id).await.map(One)
}
