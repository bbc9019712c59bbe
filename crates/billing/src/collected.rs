//! What came in by day, and what is still open by age: the figures behind the dashboard's money.
use insights::Value;
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use kernel::{Money, Result, Scope, row, sql, tx::Statement};

use crate::permissions::InvoicesRead;

row! {
    #[derive(Debug, Clone)]
    pub struct DaySum {
        pub day: Date,
        pub minor: i64,
    }
}
row! {
    /// 0 not due, 1 up to 30 days late, 2 up to 60, 3 longer.
    #[derive(Debug, Clone)]
    pub struct Age {
        pub bucket: i32,
        pub invoices: i64,
        pub minor: i64,
    }
}

sql! {
    fn by_day(from: Date, to: Date) -> Vec<DaySum> = "
        select received_on as day, sum(amount_minor)::bigint as minor from payment
        where tenant_id = $1 and received_on >= $2 and received_on <= $3 and reversed_on is null group by received_on order by received_on";
    fn by_age(today: Date, month_ago: Date, two_months_ago: Date) -> Vec<Age> = "
        select case when due_on >= $2 then 0 when due_on >= $3 then 1 when due_on >= $4 then 2 else 3 end as bucket,
               count(*) as invoices, sum(total_minor - paid_minor - credited_minor)::bigint as minor
        from invoice where tenant_id = $1 and status in ('issued', 'part_paid') group by 1 order by 1";
}

/// Open invoices by how long they are late.
pub fn ages(today: Date) -> Statement<Vec<Age>> {
    by_age(today, today.saturating_sub(30.days()), today.saturating_sub(60.days()))
}

/// Everything that came in from `from` to `to`, by day.
pub fn days(from: Date, to: Date) -> Statement<Vec<DaySum>> {
    by_day(from, to)
}

/// The first day of the week that `day` is in.
pub fn week_of(day: Date, starts: Weekday) -> Date {
    day.saturating_sub(i64::from(starts.until(day.weekday())).days())
}

pub fn sum(days: &[DaySum], from: Date, to: Date) -> i64 {
    days.iter().filter(|sum| (from..=to).contains(&sum.day)).map(|sum| sum.minor).sum()
}

insights::figure! {
    "open_receivables" for InvoicesRead => open_receivables,
    "overdue_receivables" for InvoicesRead => overdue_receivables,
    "collected_this_week" for InvoicesRead => collected_this_week,
    "collected_last_week" for InvoicesRead => collected_last_week,
}

async fn open_receivables(scope: Scope) -> Result<Value> {
    open(scope, 0).await
}
async fn overdue_receivables(scope: Scope) -> Result<Value> {
    open(scope, 1).await
}
async fn open(scope: Scope, from_bucket: i32) -> Result<Value> {
    let ages = scope.read(ages(scope.local_now().date())).await?;
    let minor = ages.iter().filter(|age| age.bucket >= from_bucket).map(|age| age.minor).sum();
    Ok(Value::Money(Money::new(minor, scope.tenant().locale.currency)))
}

async fn collected_this_week(scope: Scope) -> Result<Value> {
    collected(scope, 0).await
}
async fn collected_last_week(scope: Scope) -> Result<Value> {
    collected(scope, 1).await
}
async fn collected(scope: Scope, weeks_ago: i64) -> Result<Value> {
    let locale = &scope.tenant().locale;
    let first = week_of(scope.local_now().date(), locale.week_starts).saturating_sub((7 * weeks_ago).days());
    let last = first.saturating_add(6.days());
    let days = scope.read(days(first, last)).await?;
    Ok(Value::Money(Money::new(sum(&days, first, last), locale.currency)))
}

#[test]
fn a_week_begins_on_the_companys_own_day() {
    let wednesday = jiff::civil::date(2026, 6, 24);
    assert_eq!(week_of(wednesday, Weekday::Sunday), jiff::civil::date(2026, 6, 21));
    assert_eq!(week_of(wednesday, Weekday::Monday), jiff::civil::date(2026, 6, 22));
    assert_eq!(week_of(wednesday, Weekday::Wednesday), wednesday);
}
