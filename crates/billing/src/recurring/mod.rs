//! What a maintenance plan costs, and the invoices that come round with it.
//!
//! Terms of payment are in force for the periods that begin from one day to another; a change begins terms of its own with the next period.
//! What was billed stands in a row of its own, one for a plan and a first day, so that nothing is billed twice whoever tries.
mod bill;
mod cover;
mod follow;
mod form;
mod lines;
mod panel;
mod period;
mod send;
mod set;
mod show;
mod stop;

pub use bill::{BillPlans, bill_all};
pub(crate) use cover::{beyond, covered};
pub use form::{page, post};
pub use panel::panel;
pub use period::{Period, Rounds};
pub use send::SendBilled;
pub use set::{Terms, api as set_api, set};
pub use show::{Plan, api};
pub use stop::{api as stop_api, post as stop_post};

use catalog::{ItemId, TaxRateId};
use jiff::{Timestamp, civil::Date};
use kernel::{Money, Result, TenantTx, row, sql, text_enum};
use maintenance::PlanId;

use crate::{InvoiceId, PlanBillingId, PlanPeriodId, invoice::Status, permissions::InvoicesRead};

text_enum! {
    pub enum Rhythm {
        Visit = "visit": "Each visit",
        Month = "month": "Every month",
        Quarter = "quarter": "Every three months",
        Year = "year": "Every year",
    }
}

impl Rhythm {
    /// None: by visits.
    pub fn months(self) -> Option<i64> {
        match self {
            Self::Visit => None,
            Self::Month => Some(1),
            Self::Quarter => Some(3),
            Self::Year => Some(12),
        }
    }
}

row! {
    /// Terms as they are kept.
    #[derive(Debug, Clone)]
    pub struct Billing {
        pub id: PlanBillingId,
        pub plan_id: PlanId,
        pub from_on: Date,
        pub until_on: Option<Date>,
        pub anchor_on: Date,
        pub rhythm: Rhythm,
        pub in_advance: bool,
        pub description: Option<String>,
        pub item_id: Option<ItemId>,
        pub amount_minor: Option<i64>,
        pub tax_rate_id: Option<TaxRateId>,
        pub terms_days: i32,
        pub sends: bool,
        pub charges: bool,
        pub next_on: Option<Date>,
        pub due_on: Option<Date>,
        pub trouble: Option<String>,
        pub version: i64,
    }
}

impl Billing {
    pub fn rounds(&self) -> Option<Rounds> {
        Some(Rounds { anchor: self.anchor_on, months: self.rhythm.months()? })
    }
    /// Whether what begins on that day is billed by these terms.
    pub fn has(&self, day: Date) -> bool {
        self.from_on <= day && self.until_on.is_none_or(|until| day <= until)
    }
    /// The first day of the first period from that day on, and when it is billed; none, where it is another's.
    pub fn next_from(&self, day: Date) -> Option<(Date, Date)> {
        let rounds = self.rounds()?;
        let period = rounds.period(rounds.from(day.max(self.from_on)));
        self.has(period.starts_on).then(|| (period.starts_on, self.bills_on(period)))
    }
    pub fn bills_on(&self, period: Period) -> Date {
        match self.in_advance {
            true => period.starts_on,
            false => period.ends_on.tomorrow().unwrap_or(Date::MAX),
        }
    }
    /// As people say it.
    pub fn words(&self) -> String {
        let when = if self.in_advance { "in advance" } else { "afterwards" };
        format!("{}, {when}", self.rhythm.label())
    }
}

row! {
    /// A period that was billed, with its invoice.
    #[derive(Debug, Clone)]
    pub struct Billed {
        pub starts_on: Date,
        pub ends_on: Date,
        pub invoice_id: InvoiceId,
        pub number: Option<String>,
        pub status: Status,
        pub issued_on: Option<Date>,
        pub total_minor: i64,
        pub currency: String,
    }
}

sql! {
    /// Those that are in force or were, in order.
    pub fn of_plan(plan: PlanId) -> Vec<Billing> = "
        select id, plan_id, from_on, until_on, anchor_on, rhythm, in_advance, description, item_id, amount_minor, tax_rate_id, terms_days, sends, charges,
               next_on, due_on, trouble, version
        from plan_billing where tenant_id = $1 and plan_id = $2 order by from_on desc, id desc limit 20";
    /// Held until the transaction ends.
    fn locked(id: PlanBillingId) -> Option<Billing> = "
        select id, plan_id, from_on, until_on, anchor_on, rhythm, in_advance, description, item_id, amount_minor, tax_rate_id, terms_days, sends, charges,
               next_on, due_on, trouble, version
        from plan_billing where tenant_id = $1 and id = $2 for no key update";
    /// The latest first.
    pub fn billed(plan: PlanId, most: i64) -> Vec<Billed> = "
        select p.starts_on, p.ends_on, p.invoice_id, i.number, i.status, i.issued_on, i.total_minor, i.currency
        from plan_period p join invoice i on i.tenant_id = $1 and i.id = p.invoice_id
        where p.tenant_id = $1 and p.plan_id = $2 order by p.starts_on desc limit $3";
    fn billed_by(billing: PlanBillingId) -> bool = "
        select exists (select 1 from plan_period where tenant_id = $1 and billing_id = $2) as billed";
    /// The plan that this one goes on as.
    fn goes_on_as(plan: PlanId) -> Option<PlanId> = "
        select id from maintenance_plan where tenant_id = $1 and follows_id = $2 order by id desc limit 1";
    fn keep_period(id: PlanPeriodId, billing: PlanBillingId, plan: PlanId, starts_on: Date, ends_on: Date, invoice: InvoiceId, at: Timestamp, by: Option<uuid::Uuid>) = "
        insert into plan_period (tenant_id, id, billing_id, plan_id, starts_on, ends_on, invoice_id, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    fn set_next(id: PlanBillingId, next_on: Option<Date>, due_on: Option<Date>, at: Timestamp) -> u64 = "
        update plan_billing set next_on = $3, due_on = $4, trouble = null, retry_at = null, updated_at = $5 where tenant_id = $1 and id = $2";
    fn set_until(id: PlanBillingId, until_on: Date, next_on: Option<Date>, due_on: Option<Date>, at: Timestamp) -> u64 = "
        update plan_billing set until_on = $3, next_on = $4, due_on = $5, version = version + 1, updated_at = $6 where tenant_id = $1 and id = $2";
    fn seen(id: uuid::Uuid) -> Option<PlanId> = "select id from maintenance_plan where tenant_id = $1 and id = $2";
}

kernel::heard! { "plan_billing." by who sees seen }

kernel::promise! {
    "plan_billing_item": "/item_id", "There is no such item in the price book.";
    "plan_billing_tax_rate": "/tax_rate_id", "There is no such tax in the price book.";
    "plan_billing_once": "", "Somebody else saved this at the same moment. Load the page again.";
    "plan_period_once": "", "This period is billed already.";
}

kernel::event! {
    /// What a plan costs and when it is billed is said, or said otherwise.
    pub struct PlanBillingSet = "plan_billing.set", seen by InvoicesRead { plan: PlanId, from_on: Date }
}
kernel::event! {
    /// A plan is not billed any more.
    pub struct PlanBillingStopped = "plan_billing.stopped", seen by InvoicesRead { plan: PlanId, until_on: Date }
}
kernel::event! {
    /// A period of a plan was billed.
    pub struct PlanBilled = "plan_billing.billed", seen by InvoicesRead {
        plan: PlanId, invoice: InvoiceId, customer: crate::CustomerId, number: String, starts_on: Date, ends_on: Date,
    }
}

/// Lets terms end with what begins up to that day.
async fn close(tx: &mut TenantTx, billing: &Billing, until_on: Date) -> Result<()> {
    let until_on = until_on.max(billing.from_on.yesterday().unwrap_or(billing.from_on));
    let next = billing.next_on.filter(|next| *next <= until_on);
    let due = billing.due_on.filter(|_| next.is_some());
    let at = tx.now();
    tx.run(set_until(billing.id, until_on, next, due, at)).await.map(drop)
}

/// The first day on which another agreement may begin: what has begun, or was billed, stays as it is.
fn next_boundary(billing: &Billing, last_billed: Option<Date>, today: Date) -> Date {
    let after = last_billed.map_or(today, |last| last.max(today));
    match billing.rounds() {
        None => after.tomorrow().unwrap_or(after),
        Some(rounds) => match (&billing.trouble, billing.next_on) {
            // What could not be billed is what the change is for.
            (Some(_), Some(next)) => next,
            _ => rounds.nth(rounds.from(after.tomorrow().unwrap_or(after))),
        },
    }
}

fn money(tx: &TenantTx, minor: i64) -> Money {
    let currency = tx.company().map_or(kernel::Currency::USD, |company| company.locale.currency);
    Money::new(minor, currency)
}
