//! The page of a technician's or customer's addresses: make one, see it once, renew and revoke; and the way there from their own pages.
use customers::{CustomerId, customer};
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, Scope, TenantTx, Uuid,
    http::{Either, Form, Nothing, Page, Path, Redirect},
};
use maud::{Markup, html};
use scheduling::{TechnicianId, technician};
use tenancy::shell::{self, Frame, filled};
use ui::{Filled, button, card, field, form, link_button};

use super::{Link, LinkId, Made, New, Whose, make, of, renew, revoke};
use crate::permissions::CalendarsShare;

fn since(at: Timestamp, scope: &Scope) -> String {
    format!("since {}", at.to_zoned(scope.tenant().locale.zone.clone()).strftime("%-d %b %Y"))
}

fn line(link: &Link, scope: &Scope) -> Markup {
    let id = link.id;
    card::line(
        "calendar-days",
        &link.label,
        &since(link.renewed_at, scope),
        html! {
            span."flex"."flex-wrap"."justify-end"."gap-2" {
                (form::verb_form(&format!("/calendar-links/{id}/renew"), html! { (button("New address").small().attr("aria-label", format!("New address for {}", link.label))) }))
                (form::verb_form(&format!("/calendar-links/{id}/revoke"), html! { (button("Revoke").small().quiet().attr("aria-label", format!("Revoke the address of {}", link.label))) }))
            }
        },
    )
}

async fn name(scope: &Scope, whose: Whose) -> Result<(String, Vec<(String, String)>, &'static str)> {
    Ok(match whose {
        Whose::Technician(id) => {
            let name = scope.read(technician::find(id)).await?.ok_or(Error::NotFound)?.name;
            (
                name.clone(),
                vec![("Technicians".into(), "/technicians".into()), (name, format!("/technicians/{id}"))],
                "/technicians",
            )
        }
        Whose::Customer(id) => {
            let name = scope.read(customer::find(id)).await?.name;
            (
                name.clone(),
                vec![("Customers".into(), "/customers".into()), (name, format!("/customers/{id}"))],
                "/customers",
            )
        }
    })
}

async fn draw(scope: &Scope, whose: Whose, values: &Filled, made: Option<&Made>) -> Result<Page> {
    let (name, crumbs, active) = name(scope, whose).await?;
    let links = of(scope, whose).await?;
    let says = match whose {
        Whose::Technician(_) => {
            "A calendar program that subscribes to such an address shows the visits, those they go along to, and time off; it looks again by itself."
        }
        Whose::Customer(_) => {
            "A calendar program that subscribes to such an address shows this customer's visits with time, place and who comes; it looks again by itself."
        }
    };
    let body = html! {
        p.soft."mb-4" { (says) " Whoever has the address reads the calendar, without signing in." }
        @if let Some(made) = made {
            section.card."p-4"."mb-6" role="status" {
                p."mb-2" { "The address for " b { (made.link.label) } ". Copy it now: it is shown this once." }
                (card::copy(&made.url, "the address"))
            }
        }
        (card::card("Addresses", "", None, card::card_body(html! {
            @for link in &links { (line(link, scope)) }
            @if links.is_empty() { p.soft { "None yet. Nobody reads the visits of " (name) " from outside." } }
        })))
        div."mt-6" { (form::form(&whose.page(), values, html! {
            (field::text(values, "label", "Whose calendar").required().most(60).placeholder("Phone of the office"))
            (form::actions(html! { (button("Make address").primary()) }))
        })) }
    };
    let title = "Calendar".into();
    let page = shell::page(scope, Frame { title, active, crumbs, body, ..Frame::default() });
    Ok(Page { status: if values.is_wrong() { 422 } else { page.status }, ..page })
}

/// Not kept with an idempotency key: the page shows the secret, and nothing may keep that.
async fn post(access: &Access<CalendarsShare>, whose: Whose, form: Form<New>) -> Result<Page> {
    let work = async |new: New| access.retrying(async |tx: &mut TenantTx| make(access, tx, whose, &new).await).await;
    match form.then(work).await? {
        Ok(made) => draw(access, whose, &Filled::default(), Some(&made)).await,
        Err(typed) => draw(access, whose, &filled(typed), None).await,
    }
}

pub async fn technician_page(access: Access<CalendarsShare>, Path(id): Path<TechnicianId>) -> Result<Page> {
    draw(&access, Whose::Technician(id), &Filled::default(), None).await
}

pub async fn technician_post(
    access: Access<CalendarsShare>,
    Path(id): Path<TechnicianId>,
    form: Form<New>,
) -> Result<Page> {
    post(&access, Whose::Technician(id), form).await
}

pub async fn customer_page(access: Access<CalendarsShare>, Path(id): Path<CustomerId>) -> Result<Page> {
    draw(&access, Whose::Customer(id), &Filled::default(), None).await
}

pub async fn customer_post(
    access: Access<CalendarsShare>,
    Path(id): Path<CustomerId>,
    form: Form<New>,
) -> Result<Page> {
    post(&access, Whose::Customer(id), form).await
}

pub async fn renew_post(access: Access<CalendarsShare>, Path(id): Path<LinkId>, form: Form<Nothing>) -> Result<Page> {
    let work = async |_: Nothing| access.retrying(async |tx: &mut TenantTx| renew(&access, tx, id).await).await;
    let made = form.then(work).await?.map_err(|typed| typed.refused())?;
    let whose = Whose::of(&made.link).ok_or(Error::NotFound)?;
    draw(&access, whose, &Filled::default(), Some(&made)).await
}

pub async fn revoke_post(
    access: Access<CalendarsShare>,
    Path(id): Path<LinkId>,
    form: Form<Nothing>,
) -> Result<Either<kernel::http::Repeatable<Redirect>, Page>> {
    let work = async |_: Nothing| {
        access
            .once(async |tx| {
                let link = revoke(tx, id).await?;
                let to = Whose::of(&link).map_or("/".to_owned(), Whose::page);
                Ok(Redirect::to(to).toast(&format!("The address of {} opens nothing any more.", link.label)))
            })
            .await
    };
    form.then(work).await?.map(Either::Done).map_err(|typed| typed.refused())
}

fn panel(whose: Whose, links: &[Link]) -> Markup {
    let small = match links.len() {
        0 => "Read by no calendar program.".to_owned(),
        1 => format!("Read by {}.", links[0].label),
        n => format!("Read by {n} calendar programs."),
    };
    html! { p.dim.t13."mb-2" { (small) } (link_button("Calendar addresses", whose.page()).small().icon("calendar-days")) }
}

pub async fn technician_panel(scope: Scope, id: Uuid) -> Result<Markup> {
    let whose = Whose::Technician(TechnicianId(id));
    let links = of(&scope, whose).await?;
    Ok(form::part("Calendar", "The visits in a calendar program of their own.", panel(whose, &links)))
}

pub async fn customer_panel(scope: Scope, id: Uuid) -> Result<Markup> {
    let whose = Whose::Customer(CustomerId(id));
    let links = of(&scope, whose).await?;
    Ok(card::section("Calendar", html! {}, panel(whose, &links)))
}
