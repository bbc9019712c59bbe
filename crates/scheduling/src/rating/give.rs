//! The customer says how it was: five large buttons and room for words, by the link in the letter.
use customers::CustomerId;
use jiff::Timestamp;
use kernel::{
    Checks, Error, Input, Result, TenantTx, Uuid, Visitor,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
    row, sql,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, filled};
use ui::{Filled, field, form};

use super::{CHANGEABLE, OPEN, Rating, RatingGiven, RatingId, drawn, link, of_visit, said};
use crate::{
    AppointmentId, TechnicianId,
    message::{Messages, kept},
    say,
};

row! {
    /// The visit that is done, as much of it as the question needs.
    struct Done {
        id: AppointmentId,
        customer_id: CustomerId,
        title: String,
        technician_id: Option<TechnicianId>,
        technician: Option<String>,
        starts_at: Timestamp,
        completed_at: Timestamp,
    }
}

sql! {
    fn done(id: AppointmentId) -> Option<Done> = "
        select a.id, c.id as customer_id, a.title, a.technician_id, t.name as technician, a.starts_at, coalesce(a.completed_at, a.ends_at) as completed_at
        from appointment a
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        where a.tenant_id = $1 and a.id = $2 and a.status = 'completed'";
    fn insert(id: RatingId, visit: AppointmentId, technician: Option<TechnicianId>, stars: i32, comment: Option<String>, low: bool, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into rating (tenant_id, id, appointment_id, technician_id, stars, comment, low, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
        on conflict (tenant_id, appointment_id) do nothing";
    // What is said anew is seen to anew.
    fn update(visit: AppointmentId, stars: i32, comment: Option<String>, low: bool, at: Timestamp) -> u64 = "
        update rating set stars = $3, comment = $4, low = $5, updated_at = $6, version = version + 1, seen_to_at = null, seen_to_by = null
        where tenant_id = $1 and appointment_id = $2";
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveForm {
    /// 1 to 5.
    pub stars: Option<i32>,
    pub comment: Option<String>,
}
impl Input for GiveForm {
    fn check(&mut self, checks: &mut Checks) {
        let good = self.stars.is_some_and(|stars| (1..=5).contains(&stars));
        checks.that(good, "stars", "required", "Choose one to five stars.");
        checks.optional("comment", &mut self.comment, 2000);
    }
}

async fn of(visitor: &Visitor, token: &str) -> Result<(Done, Option<Rating>)> {
    let id = link::read(visitor, token)?;
    let (done, rating) = visitor.read((done(id), of_visit(id))).await?;
    Ok((done.ok_or(Error::NotFound)?, rating))
}

fn until(at: Timestamp, span: jiff::SignedDuration) -> Timestamp {
    at.saturating_add(span).unwrap_or(at)
}

/// Why nothing can be said here any more, if so.
fn over(done: &Done, rating: Option<&Rating>, now: Timestamp) -> Option<&'static str> {
    match rating {
        Some(rating) if now > until(rating.created_at, CHANGEABLE) => Some(
            "You have said how it was; it can be changed for a day and no longer. Call us if there is more to say.",
        ),
        None if now > until(done.completed_at, OPEN) => {
            Some("This visit was some time ago, and the question is closed. Call us if there is something to say.")
        }
        _ => None,
    }
}

fn choice(values: &Filled) -> Markup {
    html! {
        fieldset.field.rate #f-stars tabindex="-1" aria-describedby=[values.error("stars").map(|_| "f-stars-error")] {
            legend.label { "How was it?" }
            div.rate-row {
                @for n in 1..=5 {
                    label.rate-star {
                        input type="radio" name="stars" value=(n) checked[values.value("stars") == n.to_string()];
                        (ui::icon_class("star", "i-l"))
                        b.num { (n) } small { (said(n)) }
                    }
                }
            }
            @if let Some(says) = values.error("stars") { p.wrong #f-stars-error { (ui::icon("circle-alert")) span { (says) } } }
        }
    }
}

fn sheet(visitor: &Visitor, token: &str, values: &Filled, verb: &str) -> Markup {
    let company = &visitor.tenant().name;
    html! {
        form.form method="post" action={ "/rate/" (token) } data-form novalidate {
            (form::key())
            (form::summary(values))
            (choice(values))
            (field::textarea(values, "comment", "In your words, if you like").rows(4).most(2000).hint(format!("{company} reads it; nobody else does.")))
            button.btn.btn-l.btn-primary type="submit" { (verb) }
        }
    }
}

fn draw(visitor: &Visitor, token: &str, done: &Done, rating: Option<&Rating>, values: &Filled) -> Page {
    let locale = &visitor.tenant().locale;
    let day = say::long_day(say::local(done.starts_at, locale).date());
    let by = done.technician.as_deref().map(|name| format!(" with {name}")).unwrap_or_default();
    let about = format!("{}{by}, {day}.", done.title);
    let closed = over(done, rating, visitor.now());
    let (title, body) = match rating {
        Some(rating) => {
            let as_said = Filled::of([
                ("stars", rating.stars.to_string()),
                ("comment", rating.comment.clone().unwrap_or_default()),
            ]);
            let values = if values.is_wrong() { values } else { &as_said };
            let thanks = if rating.stars >= 4 { "We are glad." } else { "We read every word, and do better." };
            let body = html! {
                (ui::question("Thank you", &about))
                div.card.rate-said {
                    (drawn(rating.stars)) p.strong { (said(rating.stars)) }
                    @if let Some(comment) = &rating.comment { @for line in comment.lines() { p { (line) } } }
                }
                p.soft."mt-4" { (thanks) }
                @match closed {
                    Some(says) => { (form::summary(values)) p.soft."mt-4" { (says) } }
                    None => details.est-no."mt-6" open[values.is_wrong()] {
                        summary.btn { "Say it otherwise" }
                        (sheet(visitor, token, values, "Save"))
                    }
                }
            };
            ("Thank you", body)
        }
        None => {
            let body = html! {
                (ui::question("How was it?", &about))
                @match closed {
                    Some(says) => p."mt-6" { (says) },
                    None => div."mt-6" { (sheet(visitor, token, values, "Send")) },
                }
            };
            ("How was it?", body)
        }
    };
    shell::public(visitor, title, body, html! {})
}

pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Result<Page> {
    let (done, rating) = of(&visitor, &token).await?;
    let page = draw(&visitor, &token, &done, rating.as_ref(), &Filled::default());
    let gone = rating.is_none() && over(&done, None, visitor.now()).is_some();
    Ok(if gone { Page { status: 410, ..page } } else { page })
}

async fn say_it(tx: &mut TenantTx, done: &Done, stars: i32, comment: Option<String>) -> Result<()> {
    let (rating, settings) = tx.run((of_visit(done.id), kept())).await?;
    let now = tx.now();
    if let Some(says) = over(done, rating.as_ref(), now) {
        return Err(Error::refused(says));
    }
    let low = stars <= Messages::of(settings).low_stars;
    let (id, rows) = match rating {
        Some(rating) => (rating.id, tx.run(update(done.id, stars, comment, low, now)).await?),
        None => {
            let (id, by) = (RatingId::new(), tx.user());
            (id, tx.run(insert(id, done.id, done.technician_id, stars, comment, low, now, by)).await?)
        }
    };
    if rows == 0 {
        return Err(Error::refused("This was just sent from another window. Load the page again."));
    }
    tx.tell(&RatingGiven {
        rating: id,
        appointment: done.id,
        customer: done.customer_id,
        technician: done.technician_id,
        stars,
        low,
    });
    Ok(())
}

pub async fn post(
    visitor: Visitor,
    Path(token): Path<String>,
    form: Form<GiveForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    visitor.house().limits().careful("rate", &visitor.peer)?;
    let (done, rating) = of(&visitor, &token).await?;
    let outcome = form
        .then(async |input: GiveForm| {
            // Whoever works here reads what customers say, and says nothing in their name.
            if visitor.principal().is_some() {
                return Err(Error::refused(
                    "You are signed in as somebody of the company. Only the customer says how it was.",
                ));
            }
            visitor
                .once(async |tx| {
                    say_it(tx, &done, input.stars.unwrap_or_default(), input.comment.clone()).await?;
                    Ok(Redirect::to(format!("/rate/{token}")))
                })
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(sent) => Either::Done(sent),
        Err(typed) => {
            let page = draw(&visitor, &token, &done, rating.as_ref(), &filled(typed));
            Either::Again(Page { status: 422, ..page })
        }
    })
}
