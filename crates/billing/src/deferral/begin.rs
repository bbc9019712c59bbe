//! What an invoice in advance defers, and when its parts are earned.
use jiff::{Timestamp, civil::Date};
use kernel::{TenantTx, money::allocate, sql};
use maintenance::PlanId;

use crate::{
    DeferralId, DeferralPartId, InvoiceId,
    recurring::{Period, Rounds},
};

/// What an invoice is paid in advance for: a period of a plan, and the days on which its months are over.
#[derive(Debug, Clone)]
pub struct Prepaid {
    pub plan: PlanId,
    pub period: Period,
    pub earns_on: Vec<Date>,
}

impl Prepaid {
    /// Months are counted from where the plan's are, so that those of a year are the same as twelve of one month each.
    pub fn of(plan: PlanId, rounds: Rounds, period: Period) -> Self {
        let monthly = Rounds { months: 1, ..rounds };
        let first = monthly.at(period.starts_on);
        let earns_on = (first..first + rounds.months).map(|n| monthly.period(n).ends_on).collect();
        Self { plan, period, earns_on }
    }
    /// A visit is earned whole: on its day, once it is done.
    pub fn of_visit(plan: PlanId, period: Period) -> Self {
        Self { plan, period, earns_on: vec![period.starts_on] }
    }
}

sql! {
    fn insert(id: DeferralId, plan: PlanId, invoice: InvoiceId, starts_on: Date, ends_on: Date, amount_minor: i64, currency: String, at: Timestamp) = "
        insert into deferral (tenant_id, id, plan_id, invoice_id, starts_on, ends_on, amount_minor, currency, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    fn insert_part(id: DeferralPartId, deferral: DeferralId, position: i32, earns_on: Date, amount_minor: i64, at: Timestamp) = "
        insert into deferral_part (tenant_id, id, deferral_id, position, earns_on, amount_minor, created_at) values ($1, $2, $3, $4, $5, $6, $7)";
}

/// Keeps what is to be earned when; `minor` is the invoice without its taxes.
pub fn begin(tx: &mut TenantTx, invoice: InvoiceId, prepaid: &Prepaid, minor: i64, currency: &str) {
    if minor <= 0 {
        return;
    }
    let (id, at) = (DeferralId::new(), tx.now());
    let Period { starts_on, ends_on } = prepaid.period;
    tx.queue(insert(id, prepaid.plan, invoice, starts_on, ends_on, minor, currency.to_owned(), at));
    let parts = allocate(minor, &vec![1; prepaid.earns_on.len()]);
    for ((position, earns_on), part) in (1..).zip(&prepaid.earns_on).zip(parts) {
        tx.queue(insert_part(DeferralPartId::new(), id, position, *earns_on, part, at));
    }
}
