//! The office's side: who may sign in for a customer and when they last did, a link for them, the end of their sessions.
use customers::{CustomerId, customer};
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx, Uuid,
    http::{Either, Form, Json, Nothing, Page, Path, Redirect, Repeatable},
    row, sql,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::shell::{self, Frame, filled, moment};
use ui::{Filled, button, card, form, link_button};

use crate::{
    events::PortalSessionsEnded,
    link::{self, HOURS_OF_OFFICE},
    permissions::{PortalRead, PortalSend},
    session, terms,
};

row! {
    /// Somebody who may sign in.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct PortalPerson {
        pub email: String,
        /// As the customer or the contact is called.
        pub name: String,
        /// When they last came in by a link.
        pub signed_in_at: Option<Timestamp>,
        /// When they last looked, in a browser where they are still signed in.
        pub last_seen_at: Option<Timestamp>,
        /// Browsers in which they are signed in.
        pub sessions: i64,
    }
}

sql! {
    fn people_of(customer: CustomerId) -> Vec<PortalPerson> = "
        select p.email, min(p.name) as name,
               (select max(l.used_at) from portal_link l where l.tenant_id = $1 and l.email_key = p.email) as signed_in_at,
               (select max(s.last_seen_at) from portal_session s where s.tenant_id = $1 and s.email_key = p.email) as last_seen_at,
               (select count(*) from portal_session s where s.tenant_id = $1 and s.email_key = p.email) as sessions
        from (select lower(c.email) as email, c.name from customer c where c.tenant_id = $1 and c.id = $2 and c.email is not null
              union all
              select lower(g.email), g.name from customer g where g.tenant_id = $1 and g.merged_into = $2 and g.email is not null
              union all
              select o.email, o.name from contact o where o.tenant_id = $1 and o.customer_id = $2 and o.email is not null) p
        group by p.email order by min(p.name), p.email limit 200";
}

/// The portal of one customer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CustomerPortal {
    /// Whether the company's portal is open at all.
    pub open: bool,
    /// Where they sign in.
    pub url: String,
    /// By whose address somebody comes in; none while the customer is archived.
    pub people: Vec<PortalPerson>,
}

async fn of(scope: &Scope, id: CustomerId) -> Result<(customer::Customer, CustomerPortal)> {
    let (found, people) = scope.read((customer::find(id), people_of(id))).await?;
    let active = found.status == customer::Status::Active;
    let people = if active { people } else { vec![] };
    Ok((found, CustomerPortal { open: terms::is_open(scope).await?, url: terms::url(scope), people }))
}

pub async fn api(access: Access<PortalRead>, Path(id): Path<CustomerId>) -> Result<Json<CustomerPortal>> {
    of(&access, id).await.map(|(_, portal)| Json(portal))
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendTo {
    /// One of those who may sign in.
    #[serde(default)]
    #[schemars(required)]
    pub email: String,
}
impl Input for SendTo {
    fn check(&mut self, checks: &mut Checks) {
        checks.must_be_email("email", &mut self.email, "Say to which address.");
    }
}

/// What became of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LinkSent {
    pub email: String,
    /// So many hours the link is good.
    pub hours: i64,
}

async fn send(scope: &Scope, tx: &mut TenantTx, id: CustomerId, email: &str) -> Result<LinkSent> {
    let (found, people) = tx.run((customer::find(id), people_of(id))).await?;
    if found.status != customer::Status::Active {
        return Err(Error::refused(format!("{} is archived. Bring them back first.", found.name)));
    }
    if !people.iter().any(|one| one.email == email) {
        let says = "Nobody of this customer has that address. Give it to the customer or a contact first.";
        return Err(Error::field("/email", "unknown", says));
    }
    if !terms::is_open(scope).await? {
        return Err(Error::refused("The portal is closed. Open it under Settings, Customer portal."));
    }
    match link::send(scope, tx, email, SignedDuration::from_hours(HOURS_OF_OFFICE)).await? {
        true => Ok(LinkSent { email: email.to_owned(), hours: HOURS_OF_OFFICE }),
        false => Err(Error::refused("Three links went to this address within the hour. Wait a while.")),
    }
}

pub async fn send_api(
    access: Access<PortalSend>,
    Path(id): Path<CustomerId>,
    Json(input): Json<SendTo>,
) -> Result<Repeatable<Json<LinkSent>>> {
    access.once(async |tx: &mut TenantTx| send(&access, tx, id, &input.email).await.map(Json)).await
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SessionsEnded {
    /// So many browsers they were signed in with.
    pub ended: i64,
}

/// Of all by whose address somebody comes in here, with the links that wait. An address may be another customer's too; there it
/// ends as well.
async fn end(tx: &mut TenantTx, id: CustomerId) -> Result<SessionsEnded> {
    let (_, people) = tx.run((customer::find(id), people_of(id))).await?;
    let emails: Vec<String> = people.into_iter().map(|one| one.email).collect();
    let (ended, _) = tx.run((session::end_of(emails.clone()), link::withdraw(emails))).await?;
    let ended = i64::try_from(ended).unwrap_or(i64::MAX);
    tx.tell(&PortalSessionsEnded { customer: id, sessions: ended });
    Ok(SessionsEnded { ended })
}

pub async fn end_api(
    access: Access<PortalSend>,
    Path(id): Path<CustomerId>,
) -> Result<Repeatable<Json<SessionsEnded>>> {
    access.once(async |tx: &mut TenantTx| end(tx, id).await.map(Json)).await
}

fn here(id: CustomerId) -> String {
    format!("/customers/{id}/portal")
}

fn said(scope: &Scope, one: &PortalPerson) -> String {
    let tenant = scope.tenant();
    match (one.last_seen_at, one.signed_in_at) {
        (Some(at), _) => format!("{}, was here {}", one.email, moment(tenant, at)),
        (None, Some(at)) => format!("{}, last signed in {}", one.email, moment(tenant, at)),
        (None, None) => format!("{}, never signed in", one.email),
    }
}

async fn draw(scope: &Scope, id: CustomerId, values: &Filled) -> Result<Page> {
    let (found, portal) = of(scope, id).await?;
    let may = scope.can::<PortalSend>() && portal.open;
    let signed_in = portal.people.iter().any(|one| one.sessions > 0);
    let right = |one: &PortalPerson| {
        html! { @if may {
            form.contents method="post" action={ (here(id)) "/links" } data-form {
                (form::key())
                input type="hidden" name="email" value=(one.email);
                (button("Send a link").small().icon("send").attr("aria-label", format!("Send a link to {}", one.email)))
            }
        } }
    };
    let body = html! {
        p.soft."mb-4" { "Whoever reads mail at one of these addresses signs in by a link and sees this customer's visits, estimates and invoices. Change an address, and it no longer opens anything." }
        @if !portal.open { (ui::note("", html! { "The portal is closed. It is opened under " a.link href="/settings/portal" { "Settings, Customer portal" } "." })) }
        (form::summary(values))
        (card::card("Who may sign in", "", None, card::card_body(html! {
            @for one in &portal.people { (card::line("circle-user", &one.name, &said(scope, one), right(one))) }
            @if portal.people.is_empty() { p.soft { "Nobody: " (found.name) " has no e-mail address here, or is archived." } }
        })))
        @if signed_in && scope.can::<PortalSend>() {
            div."mt-6" { (form::part("End their sessions", "In every browser, at once. With a new link they come in again.", form::verb_form(&format!("{}/end", here(id)), html! { (button("End all sessions").danger()) }))) }
        }
    };
    let crumbs = vec![("Customers".into(), "/customers".into()), (found.name, format!("/customers/{id}"))];
    let page =
        shell::page(scope, Frame { title: "Portal".into(), active: "/customers", crumbs, body, ..Frame::default() });
    Ok(Page { status: if values.is_wrong() { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<PortalRead>, Path(id): Path<CustomerId>) -> Result<Page> {
    draw(&access, id, &Filled::default()).await
}

pub async fn send_post(
    access: Access<PortalSend>,
    Path(id): Path<CustomerId>,
    form: Form<SendTo>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let work = async |input: SendTo| {
        access
            .once(async |tx: &mut TenantTx| {
                let sent = send(&access, tx, id, &input.email).await?;
                Ok(Redirect::to(here(id)).toast(&format!("A link is on its way to {}", sent.email)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => draw(&access, id, &shell::on_top(typed)).await.map(Either::Again),
    }
}

pub async fn end_post(
    access: Access<PortalSend>,
    Path(id): Path<CustomerId>,
    form: Form<Nothing>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let work = async |_: Nothing| {
        access
            .once(async |tx: &mut TenantTx| {
                end(tx, id).await?;
                Ok(Redirect::to(here(id)).toast("Their sessions are ended"))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => draw(&access, id, &filled(typed)).await.map(Either::Again),
    }
}

/// In the rail of a customer: who was there last.
pub async fn panel(scope: Scope, id: Uuid) -> Result<Markup> {
    let id = CustomerId(id);
    let people = scope.read(people_of(id)).await?;
    let last =
        people.iter().filter_map(|one| Some((one.last_seen_at.max(one.signed_in_at)?, one))).max_by_key(|(at, _)| *at);
    let small = match (last, people.len()) {
        (Some((at, one)), _) => format!("{}, {}", one.name, moment(scope.tenant(), at)),
        (None, 0) => "Nobody has an e-mail address here.".to_owned(),
        (None, _) => "Nobody has signed in yet.".to_owned(),
    };
    Ok(card::section(
        "Portal",
        html! {},
        html! {
            p.dim.t13."mb-2" { (small) }
            (link_button("Who may sign in", here(id)).small().icon("log-in"))
        },
    ))
}
