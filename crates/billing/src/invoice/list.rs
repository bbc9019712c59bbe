//! The list of invoices: by state, by customer, by number or name; newest first, overdue ones by how long they wait.
use jiff::civil::Date;
use kernel::{
    Cursor, Paged, Result, Scope,
    access::Access,
    http::{Json, Query},
    page, sql, text_enum,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Head, Listed, Status};
use crate::{CustomerId, InvoiceId, permissions::InvoicesRead, series};

text_enum! {
    /// The chips above the list.
    pub enum Chip {
        Draft = "draft": "Drafts",
        Open = "open": "Open",
        Overdue = "overdue": "Overdue",
        Paid = "paid": "Paid",
        WrittenOff = "written_off": "Written off",
        Void = "void": "Void",
    }
}

sql! {
    fn all(before: InvoiceId, limit: i64) -> Vec<Head> = "
        select i.id, i.customer_id, c.name as customer_name, i.work_order_id, i.status, i.number, i.currency, i.terms_days,
               i.issued_on, i.due_on, i.bill_to, i.note, i.reference, i.tax_rules, i.tax_note, i.subtotal_minor, i.discount_minor, i.tax_minor, i.total_minor,
               i.paid_minor, i.credited_minor, i.written_off_minor, i.void_reason, i.version, i.created_at, i.updated_at,
               (i.deposit_of_order_id is not null or i.deposit_of_appointment_id is not null) as is_deposit, i.holds_deposit
        from invoice i join customer c on c.tenant_id = $1 and c.id = i.customer_id
        where i.tenant_id = $1 and i.id < $2 order by i.id desc limit $3";
    fn of_status(status: Status, before: InvoiceId, limit: i64) -> Vec<Head> = "
        select i.id, i.customer_id, c.name as customer_name, i.work_order_id, i.status, i.number, i.currency, i.terms_days,
               i.issued_on, i.due_on, i.bill_to, i.note, i.reference, i.tax_rules, i.tax_note, i.subtotal_minor, i.discount_minor, i.tax_minor, i.total_minor,
               i.paid_minor, i.credited_minor, i.written_off_minor, i.void_reason, i.version, i.created_at, i.updated_at,
               (i.deposit_of_order_id is not null or i.deposit_of_appointment_id is not null) as is_deposit, i.holds_deposit
        from invoice i join customer c on c.tenant_id = $1 and c.id = i.customer_id
        where i.tenant_id = $1 and i.status = $2 and i.id < $3 order by i.id desc limit $4";
    fn open(after_day: Date, after: InvoiceId, until: Date, limit: i64) -> Vec<Head> = "
        select i.id, i.customer_id, c.name as customer_name, i.work_order_id, i.status, i.number, i.currency, i.terms_days,
               i.issued_on, i.due_on, i.bill_to, i.note, i.reference, i.tax_rules, i.tax_note, i.subtotal_minor, i.discount_minor, i.tax_minor, i.total_minor,
               i.paid_minor, i.credited_minor, i.written_off_minor, i.void_reason, i.version, i.created_at, i.updated_at,
               (i.deposit_of_order_id is not null or i.deposit_of_appointment_id is not null) as is_deposit, i.holds_deposit
        from invoice i join customer c on c.tenant_id = $1 and c.id = i.customer_id
        where i.tenant_id = $1 and i.status in ('issued', 'part_paid') and (i.due_on, i.id) > ($2, $3) and i.due_on < $4
        order by i.due_on, i.id limit $5";
    fn of_customer(customer_id: CustomerId, before: InvoiceId, limit: i64) -> Vec<Head> = "
        select i.id, i.customer_id, c.name as customer_name, i.work_order_id, i.status, i.number, i.currency, i.terms_days,
               i.issued_on, i.due_on, i.bill_to, i.note, i.reference, i.tax_rules, i.tax_note, i.subtotal_minor, i.discount_minor, i.tax_minor, i.total_minor,
               i.paid_minor, i.credited_minor, i.written_off_minor, i.void_reason, i.version, i.created_at, i.updated_at,
               (i.deposit_of_order_id is not null or i.deposit_of_appointment_id is not null) as is_deposit, i.holds_deposit
        from invoice i join customer c on c.tenant_id = $1 and c.id = i.customer_id
        where i.tenant_id = $1 and i.customer_id = $2 and i.id < $3 order by i.id desc limit $4";
    fn of_customer_in(customer_id: CustomerId, before: InvoiceId, limit: i64, status: Status, or_status: Status, due_before: Date) -> Vec<Head> = "
        select i.id, i.customer_id, c.name as customer_name, i.work_order_id, i.status, i.number, i.currency, i.terms_days,
               i.issued_on, i.due_on, i.bill_to, i.note, i.reference, i.tax_rules, i.tax_note, i.subtotal_minor, i.discount_minor, i.tax_minor, i.total_minor,
               i.paid_minor, i.credited_minor, i.written_off_minor, i.void_reason, i.version, i.created_at, i.updated_at,
               (i.deposit_of_order_id is not null or i.deposit_of_appointment_id is not null) as is_deposit, i.holds_deposit
        from invoice i join customer c on c.tenant_id = $1 and c.id = i.customer_id
        where i.tenant_id = $1 and i.customer_id = $2 and i.id < $3 and (i.status = $5 or i.status = $6) and coalesce(i.due_on < $7, true)
        order by i.id desc limit $4";
    fn numbered(sequence: i64) -> Vec<Head> = "
        select i.id, i.customer_id, c.name as customer_name, i.work_order_id, i.status, i.number, i.currency, i.terms_days,
               i.issued_on, i.due_on, i.bill_to, i.note, i.reference, i.tax_rules, i.tax_note, i.subtotal_minor, i.discount_minor, i.tax_minor, i.total_minor,
               i.paid_minor, i.credited_minor, i.written_off_minor, i.void_reason, i.version, i.created_at, i.updated_at,
               (i.deposit_of_order_id is not null or i.deposit_of_appointment_id is not null) as is_deposit, i.holds_deposit
        from invoice i join customer c on c.tenant_id = $1 and c.id = i.customer_id
        where i.tenant_id = $1 and i.sequence = $2";
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub limit: Option<i64>,
    pub cursor: Option<String>,
    /// A number, such as INV-0042 or 42.
    pub q: Option<String>,
    pub status: Option<Chip>,
    pub customer_id: Option<CustomerId>,
}

/// Before anything was due. The calendar of the program begins earlier than PostgreSQL's.
const LONG_AGO: Date = jiff::civil::date(1, 1, 1);

/// Where a page ended: open invoices go by due date, all others by age alone.
type Place = (Option<Date>, InvoiceId);

pub async fn list(scope: &Scope, ask: &Ask) -> Result<Paged<Listed>> {
    let limit = page::limit(ask.limit)?;
    let today = scope.local_now().date();
    let place: Option<Place> = Cursor::maybe(ask.cursor.as_deref())?;
    let before = place.map_or(InvoiceId::max(), |(_, id)| id);
    let more = limit as i64 + 1;
    if let Some(sequence) = ask.q.as_deref().and_then(number_in) {
        let rows = scope.read(numbered(sequence)).await?;
        return Ok(Paged { data: rows.into_iter().map(|row| row.listed(today)).collect(), next_cursor: None });
    }
    if ask.q.is_some() {
        return Ok(Paged { data: vec![], next_cursor: None });
    }
    let by_due = |until: Date| {
        let (day, id) =
            place.map_or((LONG_AGO, InvoiceId(uuid::Uuid::nil())), |(day, id)| (day.unwrap_or(LONG_AGO), id));
        open(day, id, until, more)
    };
    let rows = match (ask.customer_id, ask.status) {
        (Some(customer), None) => scope.read(of_customer(customer, before, more)).await?,
        (Some(customer), Some(chip)) => {
            let (status, or_status, due_before) = chip.holds(today);
            scope.read(of_customer_in(customer, before, more, status, or_status, due_before)).await?
        }
        (None, None) => scope.read(all(before, more)).await?,
        (None, Some(Chip::Draft)) => scope.read(of_status(Status::Draft, before, more)).await?,
        (None, Some(Chip::Paid)) => scope.read(of_status(Status::Paid, before, more)).await?,
        (None, Some(Chip::WrittenOff)) => scope.read(of_status(Status::WrittenOff, before, more)).await?,
        (None, Some(Chip::Void)) => scope.read(of_status(Status::Void, before, more)).await?,
        (None, Some(Chip::Open)) => scope.read(by_due(Date::MAX)).await?,
        (None, Some(Chip::Overdue)) => scope.read(by_due(today)).await?,
    };
    let rows = rows.into_iter().map(|row| row.listed(today)).collect();
    Ok(Paged::of(rows, limit, |row: &Listed| (row.due_on, row.id)))
}

impl Chip {
    /// The states it shows, and before which day they are due.
    fn holds(self, today: Date) -> (Status, Status, Date) {
        match self {
            Self::WrittenOff => (Status::WrittenOff, Status::WrittenOff, Date::MAX),
            Self::Draft => (Status::Draft, Status::Draft, Date::MAX),
            Self::Open => (Status::Issued, Status::PartPaid, Date::MAX),
            Self::Overdue => (Status::Issued, Status::PartPaid, today),
            Self::Paid => (Status::Paid, Status::Paid, Date::MAX),
            Self::Void => (Status::Void, Status::Void, Date::MAX),
        }
    }
}

/// "INV-0042", "inv 42" and "42" are the invoice with sequence 42.
pub fn number_in(text: &str) -> Option<i64> {
    series::number_in("inv", text)
}

pub async fn api(access: Access<InvoicesRead>, Query(ask): Query<Ask>) -> Result<Json<Paged<Listed>>> {
    list(&access, &ask).await.map(Json)
}
