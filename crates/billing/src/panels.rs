//! What billing shows on the pages of others: what a customer owes, what needs a hand, the week's money.
use futures_util::future::BoxFuture;
use insights::{card, hand};
use jiff::{ToSpan, civil::Date};
use kernel::{Result, Scope, row, sql};
use maud::{Markup, html};
use ui::chart::{Bar, Piece, bars, stacked};
use uuid::Uuid;

use crate::{
    CustomerId, InvoiceId, WorkOrderId,
    collected::{ages, days, sum, week_of},
    invoice::{Status, list::Chip, page::of_chip},
    written,
};

row! {
    struct Owes {
        open_minor: i64,
        late_minor: i64,
        open_invoices: i64,
        drafts: i64,
    }
}
row! {
    struct Waiting {
        drafts: i64,
        minor: i64,
        oldest: Option<jiff::Timestamp>,
    }
}
row! {
    struct Late {
        customer_id: CustomerId,
        name: String,
        minor: i64,
        due_on: Date,
        invoices: i64,
    }
}

row! {
    struct OfOrder {
        id: InvoiceId,
        number: Option<String>,
        status: Status,
        total_minor: i64,
    }
}

sql! {
    fn of_work_order(work_order_id: WorkOrderId) -> Vec<OfOrder> = "
        select id, number, status, total_minor from invoice where tenant_id = $1 and work_order_id = $2 order by id desc limit 5";
    fn owes(customer_id: CustomerId, today: Date) -> Owes = "
        select coalesce(sum(total_minor - paid_minor - credited_minor) filter (where status in ('issued', 'part_paid')), 0)::bigint as open_minor,
               coalesce(sum(total_minor - paid_minor - credited_minor) filter (where status in ('issued', 'part_paid') and due_on < $3), 0)::bigint as late_minor,
               count(*) filter (where status in ('issued', 'part_paid')) as open_invoices,
               count(*) filter (where status = 'draft') as drafts
        from invoice where tenant_id = $1 and customer_id = $2";
    fn waiting() -> Waiting = "
        select count(*) as drafts, coalesce(sum(total_minor), 0)::bigint as minor, min(created_at) as oldest
        from invoice where tenant_id = $1 and status = 'draft' and work_order_id is not null";
    fn late(today: Date) -> Vec<Late> = "
        select c.id as customer_id, c.name, sum(i.total_minor - i.paid_minor - i.credited_minor)::bigint as minor, min(i.due_on) as due_on, count(*) as invoices
        from invoice i join customer c on c.tenant_id = $1 and c.id = i.customer_id
        where i.tenant_id = $1 and i.status in ('issued', 'part_paid') and i.due_on < $2
        group by c.id, c.name order by min(i.due_on), c.id limit 3";
}

/// The rail of a customer: what they owe.
pub fn customer(scope: Scope, customer: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let read = (owes(CustomerId(customer), scope.local_now().date()), crate::credit::sum_of(CustomerId(customer)));
        let (owes, credit) = scope.read(read).await?;
        let tenant = scope.tenant();
        let money = |minor| written::money(tenant, kernel::Money::new(minor, tenant.locale.currency));
        let list = format!("/invoices?customer_id={customer}");
        let right = html! { a.link.t13 href=(list) { "Invoices" } };
        let late = if owes.late_minor > 0 { "overdue" } else { "" };
        let (open, late_text) = (money(owes.open_minor), money(owes.late_minor));
        let drafts = owes.drafts.to_string();
        let figures =
            [("Owes", open.as_str(), ""), ("Late", late_text.as_str(), late), ("Drafts", drafts.as_str(), "")];
        Ok(ui::card::section(
            "Money",
            right,
            html! {
                (ui::card::trio(&figures))
                @if owes.open_invoices == 0 { p.soft.t13.mt-2 { "Nothing is open." } }
                p.t13.mt-2 { a.link href={ "/customers/" (customer) "/statement" } { "Statement" } }
                @if credit > 0 { p.t13.mt-2 { "Credit: " a.link href={ "/customers/" (customer) "/credit" } { (money(credit)) } } }
            },
        ))
    })
}

/// The rail of a job: its invoice.
pub fn work_order(scope: Scope, order: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let found = scope.read(of_work_order(WorkOrderId(order))).await?;
        let tenant = scope.tenant();
        Ok(html! {
            @if !found.is_empty() {
                (ui::card::section("Invoice", html! {}, html! { @for invoice in &found {
                    @let total = written::money(tenant, kernel::Money::new(invoice.total_minor, tenant.locale.currency));
                    p.t13."flex"."justify-between"."items-center"."gap-2" {
                        a.link href={ "/invoices/" (invoice.id) } { (invoice.number.as_deref().unwrap_or("Draft")) }
                        (ui::status(invoice.status.as_str())) span.num.strong { (total) }
                    }
                } }))
            }
        })
    })
}

/// Finished jobs whose invoice is still a draft, and who is late.
pub fn hand(scope: Scope, _: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let today = scope.local_now().date();
        let (waiting, late) = scope.read((waiting(), late(today))).await?;
        let tenant = scope.tenant();
        let money = |minor| written::money(tenant, kernel::Money::new(minor, tenant.locale.currency));
        let oldest = waiting.oldest.map(|at| at.to_zoned(tenant.locale.zone.clone()).date());
        Ok(html! {
            @if waiting.drafts > 0 {
                @let what = match waiting.drafts { 1 => "1 finished job has no invoice yet".to_owned(), n => format!("{n} finished jobs have no invoice yet") };
                @let since = oldest.map(|day| format!(", oldest from {}", written::short_day(day, today))).unwrap_or_default();
                (hand::item("receipt-text", hand::Tone::Warn, &what, &format!("{} of work is drafted{since}", money(waiting.minor)), "Look over", &of_chip(Chip::Draft)))
            }
            @for late in &late {
                @let days = i64::from(today.since(late.due_on).map_or(0, |span| span.get_days()));
                @let what = format!("{} owes {}, {} late", late.name, money(late.minor), if days == 1 { "a day".into() } else { format!("{days} days") });
                @let why = match late.invoices { 1 => format!("Due {}", written::short_day(late.due_on, today)), n => format!("{n} invoices, the first due {}", written::short_day(late.due_on, today)) };
                (hand::item("circle-alert", hand::Tone::Warn, &what, &why, "See invoices", &format!("/invoices?status=overdue&customer_id={}", late.customer_id)))
            }
        })
    })
}

/// Collected this week beside last, open by age, and the last eight weeks.
pub fn money(scope: Scope, _: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        // A bar's height says as much as its figure.
        if !scope.can::<kernel::PricesSee>() {
            return Ok(html! {});
        }
        let today = scope.local_now().date();
        let week = week_of(today, scope.tenant().locale.week_starts);
        let first = week.saturating_sub(49.days());
        let (days, ages) = scope.read((days(first, today), ages(today))).await?;
        Ok(
            html! { (this_week(&scope, &days, week, today)) (open_by_age(&scope, &ages)) (eight_weeks(&scope, &days, first, today)) },
        )
    })
}

type DaySums = [crate::collected::DaySum];

fn bar(scope: &Scope, label: String, minor: i64, before: Option<i64>, now: bool) -> Bar {
    let currency = scope.tenant().locale.currency;
    let text = |minor| written::money(scope.tenant(), kernel::Money::new(minor, currency));
    Bar {
        label,
        value: minor as f64,
        text: text(minor),
        short: if minor > 0 { written::short(minor, currency) } else { String::new() },
        before: before.map(|minor| (minor as f64, text(minor))),
        now,
    }
}

fn this_week(scope: &Scope, days: &DaySums, week: Date, today: Date) -> Markup {
    let currency = scope.tenant().locale.currency;
    let text = |minor| written::money(scope.tenant(), kernel::Money::new(minor, currency));
    let (so_far, then) =
        (sum(days, week, today), sum(days, week.saturating_sub(7.days()), today.saturating_sub(7.days())));
    let more = so_far - then;
    let all: Vec<Bar> = (0..7_i64)
        .map(|n| {
            let day = week.saturating_add(n.days());
            let before = day.saturating_sub(7.days());
            bar(
                scope,
                day.strftime("%a").to_string(),
                sum(days, day, day),
                Some(sum(days, before, before)),
                day == today,
            )
        })
        .collect();
    let by = format!("than last week up to {}", today.strftime("%A"));
    let body = html! {
        div."flex"."items-baseline"."gap-3" {
            span.big { (text(so_far)) }
            span.t13.soft.num {
                @if more < 0 { span.down { (text(-more)) " less" } " " (by) } @else if more > 0 { span.up { (text(more)) " more" } " " (by) } @else { "as much as last week up to " (today.strftime("%A").to_string()) }
            }
        }
        (bars("Collected by day, this week beside last", ("This week", "Last week"), &all))
    };
    card("money-week", "Collected this week", "", Some(("/invoices?status=paid", "Paid")), body)
}

fn open_by_age(scope: &Scope, ages: &[crate::collected::Age]) -> Markup {
    let currency = scope.tenant().locale.currency;
    let text = |minor| written::money(scope.tenant(), kernel::Money::new(minor, currency));
    let names = ["Not due", "1–30 days", "31–60 days", "Over 60 days"];
    let pieces: Vec<Piece> = (0_i32..4)
        .zip(names)
        .zip(["o1", "o2", "o3", "o4"])
        .map(|((bucket, label), class)| {
            let age = ages.iter().find(|age| age.bucket == bucket);
            let minor = age.map_or(0, |age| age.minor);
            Piece {
                label: label.into(),
                value: minor as f64,
                text: text(minor),
                count: age.map_or(0, |age| age.invoices).to_string(),
                class,
                href: Some(of_chip(if bucket == 0 { Chip::Open } else { Chip::Overdue })),
            }
        })
        .collect();
    let all = text(ages.iter().map(|age| age.minor).sum());
    let body = html! {
        @if ages.is_empty() { p.soft.t13 { "Nothing is open. What you issue stands here by age until it is paid." } }
        @else { (stacked("Open invoices by age", &pieces)) }
    };
    card("money-open", "Open invoices", &all, None, body)
}

fn eight_weeks(scope: &Scope, days: &DaySums, first: Date, today: Date) -> Markup {
    let all: Vec<Bar> = (0..8_i64)
        .map(|n| {
            let (from, to) = (first.saturating_add((7 * n).days()), first.saturating_add((7 * n + 6).days()));
            // The month stands where it begins; eight of them side by side would run into each other.
            let label = from.strftime(if n == 0 || from.day() <= 7 { "%-d %b" } else { "%-d" }).to_string();
            bar(scope, label, sum(days, from, to), None, (from..=to).contains(&today))
        })
        .collect();
    card(
        "money-weeks",
        "Last eight weeks",
        "",
        None,
        bars("Collected by week over the last eight weeks", ("Collected", ""), &all),
    )
}
