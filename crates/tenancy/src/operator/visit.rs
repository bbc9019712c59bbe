//! Visits from the side of those who run the house: asked for, handed over to the company's address, ended. The registry
//! keeps this half; whether a visit is open, and until when, the company's half says.
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Cursor, Error, House, Paged, Result, TenantTx,
    http::{Page, Path, Query, Redirect},
    page as paging, row, sql,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{
    button, card, form, link_button, note, status_saying,
    table::{Column, Row, Table, row_link},
};
use uuid::Uuid;

use super::{Operator, company, frame};
use crate::{
    secret,
    support::{self, By, Standing, Visit, VisitId},
};

/// How long a ticket is good.
const TICKET: SignedDuration = SignedDuration::from_secs(60);

row! {
    pub(crate) struct Ticket {
        pub visit: Uuid,
        pub operator_id: Uuid,
        pub operator_name: String,
    }
}
row! {
    pub(super) struct Here {
        pub operator_name: String,
        pub reason: String,
        pub created_at: Timestamp,
    }
}
row! {
    pub(super) struct Open {
        pub id: Uuid,
        pub tenant_id: Uuid,
    }
}
row! {
    struct Mine {
        id: Uuid,
        tenant_id: Uuid,
        company: String,
        slug: String,
        reason: String,
        ended_at: Option<Timestamp>,
        created_at: Timestamp,
    }
}

sql! {
    #![control]
    fn keep(id: Uuid, operator_id: Uuid, tenant_id: Uuid, reason: String, minutes: i32, at: Timestamp) -> u64 = "
        insert into ctl.operator_visit (id, operator_id, tenant_id, reason, minutes, created_at) values ($1, $2, $3, $4, $5, $6)";
    fn here(tenant_id: Uuid) -> Vec<Here> = "
        select o.name as operator_name, v.reason, v.created_at from ctl.operator_visit v join ctl.operator o on o.id = v.operator_id
        where v.tenant_id = $1 order by v.id desc limit 20";
    fn open(operator_id: Uuid) -> Vec<Open> = "
        select id, tenant_id from ctl.operator_visit where operator_id = $1 and ended_at is null order by id";
    fn mine(operator_id: Uuid, id: Uuid, limit: i64) -> Vec<Mine> = "
        select v.id, v.tenant_id, t.name as company, t.slug, v.reason, v.ended_at, v.created_at
        from ctl.operator_visit v join ctl.tenant t on t.id = v.tenant_id
        where v.operator_id = $1 and v.id < $2 order by v.id desc limit $3";
    fn one(operator_id: Uuid, id: Uuid) -> Option<Mine> = "
        select v.id, v.tenant_id, t.name as company, t.slug, v.reason, v.ended_at, v.created_at
        from ctl.operator_visit v join ctl.tenant t on t.id = v.tenant_id
        where v.operator_id = $1 and v.id = $2";
    fn draw_ticket(id: Uuid, ticket_hash: String, until: Timestamp) -> u64 = "
        update ctl.operator_visit set ticket_hash = $2, ticket_until = $3 where id = $1 and ended_at is null";
    fn by_ticket(tenant_id: Uuid, ticket_hash: String, now: Timestamp) -> Option<Ticket> = "
        select v.id as visit, v.operator_id, o.name as operator_name
        from ctl.operator_visit v join ctl.operator o on o.id = v.operator_id
        where v.tenant_id = $1 and v.ticket_hash = $2 and v.ticket_until > $3 and v.ended_at is null
          and o.disabled_at is null and o.confirmed_at is not null";
    fn take(tenant_id: Uuid, ticket_hash: String, now: Timestamp) -> u64 = "
        update ctl.operator_visit set ticket_hash = null, ticket_until = null
        where tenant_id = $1 and ticket_hash = $2 and ticket_until > $3 and ended_at is null";
    fn over(id: Uuid, tenant_id: Uuid, at: Timestamp) -> u64 = "
        update ctl.operator_visit set ended_at = $3, ticket_hash = null, ticket_until = null
        where id = $1 and tenant_id = $2 and ended_at is null";
    fn good(id: Uuid, tenant_id: Uuid, operator_id: Uuid) -> Option<bool> = "
        select true as good from ctl.operator_visit v join ctl.operator o on o.id = v.operator_id
        where v.id = $1 and v.tenant_id = $2 and v.operator_id = $3 and v.ended_at is null and o.disabled_at is null and o.confirmed_at is not null";
}

/// Whether the house's half of the visit is good: it was not ended, and who looks in still runs the house.
pub(crate) async fn still_in(house: &House, visit: VisitId, tenant: Uuid, operator: Uuid) -> Result<bool> {
    Ok(house.control().run(good(visit.0, tenant, operator)).await?.is_some())
}

/// The house's half ends.
pub(crate) async fn visit_over(house: &House, visit: VisitId, tenant: Uuid) -> Result<()> {
    house.control().run(over(visit.0, tenant, house.clock().now())).await.map(drop)
}

/// Whose ticket it is, in this company; it stays good.
pub(crate) async fn ticket(house: &House, tenant: Uuid, given: &str) -> Result<Option<Ticket>> {
    house.control().run(by_ticket(tenant, secret::hash(given), house.clock().now())).await
}

/// Uses the ticket up; of two who come with it, one is told true.
pub(crate) async fn take_ticket(house: &House, tenant: Uuid, given: &str) -> Result<bool> {
    Ok(house.control().run(take(tenant, secret::hash(given), house.clock().now())).await? == 1)
}

pub(super) async fn open_of(house: &House, operator: Uuid) -> Result<Vec<Open>> {
    house.control().run(open(operator)).await
}

pub(super) async fn of_company(house: &House, tenant: Uuid) -> Result<Vec<Here>> {
    house.control().run(here(tenant)).await
}

/// The company's half first, which is its record of it: a crash between the two leaves a record and no visit.
pub(super) async fn ask(operator: &Operator, tenant: Uuid, reason: &str, minutes: i32) -> Result<Uuid> {
    let house = &operator.outside.house;
    let (id, now) = (VisitId::new(), house.clock().now());
    let errand = house.errand_of(tenant, operator.id, &operator.name, operator.outside.came()).await?;
    support::ask(&errand, id, reason, minutes).await?;
    house.control().run(keep(id.0, operator.id, tenant, reason.to_owned(), minutes, now)).await?;
    Ok(id.0)
}

async fn both(operator: &Operator, id: Uuid) -> Result<(Mine, Visit)> {
    let house = &operator.outside.house;
    let mine = house.control().run(one(operator.id, id)).await?.ok_or(Error::NotFound)?;
    let errand = house.errand_of(mine.tenant_id, operator.id, &operator.name, operator.outside.came()).await?;
    let visit = errand.read(support::find(VisitId(id))).await?.ok_or(Error::NotFound)?;
    Ok((mine, visit))
}

fn standing(operator: &Operator, mine: &Mine, visit: &Visit) -> Standing {
    if mine.ended_at.is_some() { Standing::Over } else { visit.standing(operator.outside.house.clock().now()) }
}

pub async fn page(operator: Operator, Path(id): Path<Uuid>) -> Result<Page> {
    let (mine, visit) = both(&operator, id).await?;
    let to = |verb: &str| format!("/operator/visits/{id}/{verb}");
    let now = standing(&operator, &mine, &visit);
    let says = match now {
        Standing::Waiting => format!(
            "{} wants to be asked first. Its owners have a letter; load this page again to see the answer.",
            mine.company
        ),
        Standing::Ready => format!("You may look in. The {} minutes begin when you are in.", visit.minutes),
        Standing::Open => "You are looking in.".to_owned(),
        Standing::Over => "This visit is over. Begin another at the company's page.".to_owned(),
    };
    let verbs = html! {
        div."flex"."flex-wrap"."gap-2"."mt-4" {
            @if matches!(now, Standing::Ready | Standing::Open) { (form::verb_form(&to("enter"), html! { (button(format!("Enter {}", mine.company)).primary()) })) }
            @if now != Standing::Over { (form::verb_form(&to("end"), html! { (button("End the visit")) })) }
            (company::link(mine.tenant_id, &mine.company))
        }
    };
    let body = html! { (facts(&mine, &visit, now)) p."mt-6" role="status" { (says) } (verbs) };
    Ok(frame(&operator, &mine, body))
}

fn frame(operator: &Operator, mine: &Mine, body: Markup) -> Page {
    let crumbs = vec![("Visits".into(), "/operator/visits".into())];
    let title = format!("Visit to {}", mine.company);
    frame::page(operator, frame::Inside { title, active: "/operator/visits", crumbs, body, ..Default::default() })
}

fn facts(mine: &Mine, visit: &Visit, now: Standing) -> Markup {
    let look = match now {
        Standing::Open => "active",
        Standing::Over => "done",
        _ => "pending",
    };
    let word = if now == Standing::Waiting { "Waits for the company's answer" } else { now.label() };
    card::facts(&[
        ("Now", status_saying(look, word)),
        ("Reason", html! { (mine.reason) }),
        ("Asked", html! { (frame::moment(mine.created_at)) }),
        (
            "Until",
            html! { @match visit.until { Some(at) => (frame::moment(at)), None => { (visit.minutes) " minutes from when you are in" } } },
        ),
        ("May", html! { @if visit.writes { "Read and change" } @else { "Read" } }),
    ])
}

/// A ticket is drawn, and shown as a link this once.
pub async fn enter_post(operator: Operator, Path(id): Path<Uuid>) -> Result<Page> {
    let (mine, visit) = both(&operator, id).await?;
    let house = &operator.outside.house;
    match standing(&operator, &mine, &visit) {
        Standing::Ready | Standing::Open => {}
        Standing::Waiting => return Err(Error::refused(format!("{} has not answered yet.", mine.company))),
        Standing::Over => return Err(Error::refused("This visit is over. Begin another at the company's page.")),
    }
    let (token, now) = (secret::draw(), house.clock().now());
    let until = now.saturating_add(TICKET).unwrap_or(now);
    if house.control().run(draw_ticket(id, secret::hash(&token), until)).await? != 1 {
        return Err(Error::refused("This visit is over. Begin another at the company's page."));
    }
    let href = house.url(Some(&mine.slug), &format!("/support/enter?t={token}"));
    let body = html! {
        (note("info", html! { p { "The way in is good for a minute, and once." } }))
        p."mt-6" { (link_button(format!("Go to {}", mine.company), href).primary().large()) }
        p.soft."mt-4" { a.link href={ "/operator/visits/" (id) } { "Back to the visit" } }
    };
    Ok(frame(&operator, &mine, body))
}

pub async fn end_post(operator: Operator, Path(id): Path<Uuid>) -> Result<Redirect> {
    let house = &operator.outside.house;
    let mine = house.control().run(one(operator.id, id)).await?.ok_or(Error::NotFound)?;
    let errand = house.errand_of(mine.tenant_id, operator.id, &operator.name, operator.outside.came()).await?;
    errand.write_with(async |tx: &mut TenantTx| support::end(tx, VisitId(id), By::Operator).await).await?;
    visit_over(house, VisitId(id), mine.tenant_id).await?;
    house.forget_principals();
    Ok(Redirect::to(format!("/operator/visits/{id}")))
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    cursor: Option<String>,
}

/// One's own visits, the newest first.
pub async fn list_page(operator: Operator, Query(asked): Query<Asked>) -> Result<Page> {
    let limit = paging::limit(None)?;
    let from = Cursor::maybe(asked.cursor.as_deref())?.unwrap_or(Uuid::max());
    let rows = operator.outside.house.control().run(mine(operator.id, from, limit as i64 + 1)).await?;
    let found = Paged::of(rows, limit, |visit| visit.id);
    let columns = [Column::lead("Company").width(30), Column::text("Why").width(40), Column::text("Asked").width(30)];
    let rows: Vec<Row> = found
        .data
        .iter()
        .map(|visit| {
            let lead = row_link(&format!("/operator/visits/{}", visit.id), &visit.company, "");
            let when = frame::moment(visit.created_at);
            let cells = vec![lead, html! { (visit.reason) }, html! { span.num { (when) } }];
            Row::new(visit.id.to_string(), visit.company.clone(), cells).sub(format!("{}, {when}", visit.reason))
        })
        .collect();
    let mut table = Table::new("Visits", &columns);
    if let Some(cursor) = &found.next_cursor {
        table = table.more(format!("/operator/visits?cursor={cursor}"), format!("{} shown", rows.len()));
    }
    let body = html! {
        @if rows.is_empty() { (card::empty("No visits yet", "To look into a company, choose it under Companies and say why.", html! { (link_button("Companies", "/operator")) }, html! {})) }
        @else { (table.show(&rows)) }
    };
    Ok(frame::page(
        &operator,
        frame::Inside { title: "Visits".into(), active: "/operator/visits", body, wide: true, ..Default::default() },
    ))
}
