//! The deposit of a visit: agreed when it was booked, an invoice of its own as soon as somebody is to pay it, and what became of it.
mod ask;
pub mod back;
pub(crate) mod held;
pub mod panels;
mod report;

pub use ask::{ask, ask_api, ask_post};
pub use report::{owed_api, owed_page};

use jiff::civil::Date;
use kernel::{
    Access, Currency, Error, Money, Result, Scope,
    http::{Json, Path},
    row, sql, text_enum,
};
use scheduling::{
    Appointment, AppointmentId, appointment,
    terms::{self, Agreed},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{InvoiceId, invoice::Status, permissions::InvoicesRead};

kernel::promise! {
    "invoice_visit_deposit_once": "", "This visit's deposit is asked for already.";
    "invoice_visit_deposit_of": "", "There is no such visit.";
}

text_enum! {
    /// How it stands with the deposit of a visit.
    pub enum Standing {
        None = "none": "None agreed",
        Wanted = "wanted": "Not asked for yet",
        Asked = "asked": "To be paid",
        PartPaid = "part_paid": "Part paid",
        Paid = "paid": "Paid",
        GivenBack = "given_back": "Given back",
        LetGo = "let_go": "Not wanted any more",
    }
}

row! {
    /// The newest invoice of it, and what the fee for calling off has taken.
    #[derive(Debug, Clone)]
    pub struct Row {
        pub id: InvoiceId,
        pub number: Option<String>,
        pub status: Status,
        pub currency: String,
        pub issued_on: Option<Date>,
        pub total_minor: i64,
        pub paid_minor: i64,
        /// By credit notes.
        pub given_minor: i64,
        /// Of the invoice for calling off, by the customer's credit.
        pub fee_minor: i64,
    }
}

sql! {
    pub fn of_visit(visit: AppointmentId) -> Option<Row> = "
        select i.id, i.number, i.status, i.currency, i.issued_on, i.total_minor, i.paid_minor,
               (select coalesce(sum(n.total_minor), 0)::bigint from credit_note n where n.tenant_id = $1 and n.invoice_id = i.id) as given_minor,
               (select coalesce(sum(f.credited_minor), 0)::bigint from invoice f where f.tenant_id = $1 and f.fee_of_appointment_id = $2 and f.status <> 'void') as fee_minor
        from invoice i where i.tenant_id = $1 and i.deposit_of_appointment_id = $2 order by i.created_at desc, i.id desc limit 1";
}

impl Row {
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, Currency::of(&self.currency).unwrap_or(Currency::USD))
    }
    fn standing(&self) -> Standing {
        match self.status {
            Status::Void | Status::WrittenOff => Standing::LetGo,
            _ if self.given_minor >= self.total_minor && self.paid_minor > 0 => Standing::GivenBack,
            _ if self.given_minor >= self.total_minor => Standing::LetGo,
            Status::Paid => Standing::Paid,
            Status::PartPaid => Standing::PartPaid,
            Status::Draft | Status::Issued => Standing::Asked,
        }
    }
}

/// The deposit of one visit, on the wire and on pages.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VisitDeposit {
    pub status: Standing,
    /// As it was agreed.
    pub amount: Option<Money>,
    /// Issued when somebody is to pay it; the invoice of the job takes it off.
    pub invoice_id: Option<InvoiceId>,
    pub invoice_number: Option<String>,
    /// What came in for it.
    pub paid: Option<Money>,
    /// What of it was set against the fee for calling off; the rest of what was paid is the customer's credit.
    pub kept: Option<Money>,
    #[serde(skip)]
    pub(crate) open: bool,
}

impl VisitDeposit {
    fn of(visit: &Appointment, agreed: Option<&Agreed>, row: Option<&Row>) -> Self {
        let amount = agreed.and_then(Agreed::deposit);
        let open = visit.status.is_open();
        // One that the office has voided may be asked for anew.
        let row = row.filter(|row| row.status != Status::Void || !open);
        let status = match (&amount, row) {
            (_, Some(row)) => row.standing(),
            (None, None) => Standing::None,
            (Some(_), None) if open => Standing::Wanted,
            (Some(_), None) => Standing::LetGo,
        };
        let kept =
            row.filter(|_| status == Standing::GivenBack).map(|row| row.money(row.fee_minor.min(row.total_minor)));
        Self {
            status,
            amount: amount.or_else(|| row.map(|row| row.money(row.total_minor))),
            invoice_id: row.map(|row| row.id),
            invoice_number: row.and_then(|row| row.number.clone()),
            paid: row.map(|row| row.money(row.paid_minor)),
            kept: kept.filter(|kept| kept.minor > 0),
            open,
        }
    }
    /// What is still to be paid, as long as the visit is to come or under way.
    pub fn to_pay(&self) -> Option<Money> {
        let amount = self.amount.filter(|_| self.open)?;
        let paid = self.paid.map_or(0, |paid| paid.minor);
        let waits = matches!(self.status, Standing::Wanted | Standing::Asked | Standing::PartPaid);
        waits.then(|| Money::new(amount.minor - paid, amount.currency)).filter(|left| left.minor > 0)
    }
}

/// None where there is no such visit.
pub async fn read(scope: &Scope, visit: AppointmentId) -> Result<Option<VisitDeposit>> {
    let (found, agreed, row) = scope.read((appointment::find(visit), terms::of_visit(visit), of_visit(visit))).await?;
    Ok(found.map(|found| VisitDeposit::of(&found, agreed.as_ref(), row.as_ref())))
}

pub async fn api(access: Access<InvoicesRead>, Path(id): Path<AppointmentId>) -> Result<Json<VisitDeposit>> {
    read(&access, id).await?.map(Json).ok_or(Error::NotFound)
}
