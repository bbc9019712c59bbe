//! What customers said, on the pages of others: what waits, the last ninety days, a customer's, a technician's.
use customers::CustomerId;
use insights::{
    Value, card as card_of,
    hand::{Tone, item},
};
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, row, sql};
use maud::{Markup, html};
use ui::chart::{Bar, bars};
use uuid::Uuid;

use super::{
    Rating, Score, drawn,
    list::{Ask, latest_of_customer, list},
    stars::count,
};
use crate::{TechnicianId, permissions::RatingsRead, say};

row! { struct Share { stars: i32, ratings: i64 } }

sql! {
    fn shares(since: Timestamp) -> Vec<Share> = "
        select stars, count(*) as ratings from rating where tenant_id = $1 and created_at >= $2 group by stars order by stars";
    fn waiting() -> i64 = "
        select count(*) from (select id from rating where tenant_id = $1 and low and seen_to_at is null limit 100) w";
    /// Of the newest 500.
    fn of_technician(technician: TechnicianId) -> Score = "
        select count(*) as ratings, coalesce(sum(n.stars), 0)::bigint as stars
        from (select r.stars from rating r where r.tenant_id = $1 and r.technician_id = $2 order by r.id desc limit 500) n";
    /// Of the newest 200.
    fn of_customer(customer: CustomerId) -> Score = "
        select count(*) as ratings, coalesce(sum(n.stars), 0)::bigint as stars
        from (select r.stars from appointment a join rating r on r.tenant_id = $1 and r.appointment_id = a.id
              where a.tenant_id = $1 and a.customer_id = $2 order by r.id desc limit 200) n";
}

fn lately(scope: &Scope) -> Timestamp {
    scope.now().saturating_sub(SignedDuration::from_hours(24 * 90)).unwrap_or(Timestamp::MIN)
}

fn all(shares: &[Share]) -> Score {
    Score {
        ratings: shares.iter().map(|share| share.ratings).sum(),
        stars: shares.iter().map(|share| share.ratings * i64::from(share.stars)).sum(),
    }
}

async fn score(scope: &Scope) -> Result<Score> {
    scope.read(shares(lately(scope))).await.map(|shares| all(&shares))
}

async fn ratings_90_days(scope: Scope) -> Result<Value> {
    score(&scope).await.map(|score| Value::Count(score.ratings))
}
async fn stars_90_days(scope: Scope) -> Result<Value> {
    score(&scope).await.map(|score| Value::Count(score.stars))
}
async fn low_waiting(scope: Scope) -> Result<Value> {
    scope.read(waiting()).await.map(Value::Count)
}

insights::figure! {
    "ratings_90_days" for RatingsRead => ratings_90_days,
    "rating_stars_90_days" for RatingsRead => stars_90_days,
    "low_ratings_waiting" for RatingsRead => low_waiting,
}

/// Who was not content, and nobody has called yet.
pub async fn hand(scope: Scope, _: Uuid) -> Result<Markup> {
    let ask = Ask { waiting: Some(true), limit: Some(4), ..Ask::default() };
    let found = list(&scope, &ask).await?.data;
    Ok(html! {
        @for rating in found.iter().take(3) {
            @let words = format!("{} gave {} of 5", rating.customer_name, rating.stars);
            @let why = rating.comment.as_deref().map_or_else(|| rating.title.clone(), short);
            (item("star", Tone::Bad, &words, &why, "Look", "/ratings?waiting=true"))
        }
        @if found.len() > 3 { (item("star", Tone::Warn, "More customers were not content", "Call them, and say so on the list.", "Look", "/ratings?waiting=true")) }
    })
}

/// The first words, for a line.
fn short(comment: &str) -> String {
    let line = comment.lines().next().unwrap_or_default();
    match line.char_indices().nth(90) {
        Some((at, _)) => format!("“{}…”", line.get(..at).unwrap_or(line).trim_end()),
        None => format!("“{line}”"),
    }
}

/// On the dashboard: the last ninety days.
pub async fn card(scope: Scope, _: Uuid) -> Result<Markup> {
    let shares = scope.read(shares(lately(&scope))).await?;
    let of = |stars: i32| shares.iter().find(|share| share.stars == stars).map_or(0, |share| share.ratings);
    let columns: Vec<Bar> = (1..=5)
        .map(|stars| {
            let n = of(stars);
            Bar {
                label: format!("{stars} ★"),
                value: n as f64,
                text: count(n),
                short: n.to_string(),
                before: None,
                now: false,
            }
        })
        .collect();
    let score = all(&shares);
    let body = html! {
        @match score.words() {
            None => p.soft.t13 { "Nobody has said how it was in the last 90 days. Customers are asked when you turn it on under Settings, Scheduling, What customers are told." },
            Some(words) => {
                (bars("Ratings of the last 90 days by stars", ("Ratings", ""), &columns))
                p.t13.soft.num."mt-2" { (words) " in 90 days." }
            }
        }
    };
    let mean = score.mean().unwrap_or_default();
    Ok(card_of("ratings-lately", "How it was", &mean, Some(("/ratings", "Ratings")), body))
}

fn line(scope: &Scope, rating: &Rating, other: &str) -> Markup {
    let day = say::local(rating.created_at, &scope.tenant().locale).strftime("%-d %b %Y").to_string();
    html! {
        div.eq {
            (ui::icon("star"))
            a href={ "/appointments/" (rating.appointment_id) } { (drawn(rating.stars)) small { (other) ", " (day) @if let Some(comment) = &rating.comment { br; (short(comment)) } } }
        }
    }
}

/// In the rail of a customer.
pub async fn customer(scope: Scope, customer: Uuid) -> Result<Markup> {
    let customer = CustomerId(customer);
    let (score, latest) = scope.read((of_customer(customer), latest_of_customer(customer, 3))).await?;
    let Some(words) = score.words() else { return Ok(html! {}) };
    let right = html! { a.link.t13 href={ "/ratings?customer_id=" (customer) } { "All" } };
    let body = html! {
        p.t13.num { (words) }
        @for rating in &latest { (line(&scope, rating, &rating.title)) }
    };
    Ok(ui::card::section("How it was", right, body))
}

/// On a technician's page.
pub async fn technician(scope: Scope, technician: Uuid) -> Result<Markup> {
    let technician = TechnicianId(technician);
    let ask = Ask { technician_id: Some(technician), limit: Some(3), ..Ask::default() };
    let score = scope.read(of_technician(technician)).await?;
    let latest = list(&scope, &ask).await?.data;
    let body = html! {
        @match score.words() {
            None => p.dim { "Nobody has said how it was yet." },
            Some(words) => {
                p.strong.num { (words) }
                @for rating in &latest { (line(&scope, rating, &rating.customer_name)) }
                p."mt-2" { a.link href={ "/ratings?technician_id=" (technician) } { "All ratings" } }
            }
        }
    };
    Ok(ui::form::part("How it was", "What customers said after a visit.", body))
}
