//! Settings, Support access: what the company says about visits, those that are open or wait, and those that were.
use jiff::Timestamp;
use kernel::{
    Access, Paged, Result, Scope,
    http::{Page, Path, Query},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{
    Filled, button, card, field, form, note, status_saying,
    table::{Column, Row, Table, plain, row_link},
};

use super::{
    Standing, Visit, VisitId,
    list::{Look, VisitInFull, in_full, visits},
    rules::{self, Rules},
};
use crate::{
    AuditRead, SupportManage,
    shell::{self, Frame, moment},
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    cursor: Option<String>,
}

pub async fn page(access: Access<AuditRead>, Query(asked): Query<Asked>) -> Result<Page> {
    draw(&access, asked.cursor.as_deref(), None).await
}

pub(super) async fn draw(scope: &Scope, cursor: Option<&str>, again: Option<Filled>) -> Result<Page> {
    let found = visits(scope, Some(50), cursor).await?;
    let rules = scope.read(rules::find()).await?.unwrap_or_default();
    let filled = again.unwrap_or_else(|| filled(scope, &rules));
    let now = scope.now();
    let (live, past): (Vec<&Visit>, Vec<&Visit>) =
        found.data.iter().partition(|visit| visit.standing(now) != Standing::Over);
    let body = html! {
        p."mb-6" { "Nobody of Tradewind is a user here. When one of them looks in, to help you or to mend something, it is for a reason they give, for a limited time, and read-only unless you say otherwise. It is all shown here and in " a.link href="/settings/audit" { "What happened" } "." }
        @for visit in &live { div."mb-4" { (now_card(scope, visit)) } }
        @if scope.can::<SupportManage>() { (say(&filled, rules.version)) } @else { (said(scope, &rules)) }
        section."mt-8" {
            h2.lbl."mb-2" { "Visits that were" }
            @if past.is_empty() { (card::empty("No visits yet", "When somebody of Tradewind has looked in, it stands here: who, when, why, and what they looked at.", html! {}, html! {})) }
            @else { (table(scope, &past, &found)) }
        }
    };
    Ok(frame(scope, "Support access", vec![("Settings".into(), "/settings".into())], body))
}

fn frame(scope: &Scope, title: &str, crumbs: Vec<(String, String)>, body: Markup) -> Page {
    shell::page(scope, Frame { title: title.into(), active: "/settings", crumbs, body, ..Frame::default() })
}

fn filled(scope: &Scope, rules: &Rules) -> Filled {
    let day = rules.writes_until.filter(|until| *until > scope.now()).map(|until| last_day(scope, until));
    let ticked = rules.ask_first.then_some(("ask_first", "on".to_owned()));
    Filled::of(ticked.into_iter().chain(day.map(|day| ("writes_until", day))))
}

/// The day at whose end it stops.
fn last_day(scope: &Scope, until: Timestamp) -> String {
    let end = until.saturating_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(until);
    end.to_zoned(scope.tenant().locale.zone.clone()).date().to_string()
}

fn say(filled: &Filled, version: i64) -> Markup {
    form::form(
        "/settings/support",
        filled,
        form::part(
            "What visits may do",
            "",
            html! {
                (field::hidden("version", version.to_string()))
                (field::checkbox(filled, "ask_first", "Ask us first").hint("A visit waits until an owner or admin agrees"))
                (field::date(filled, "writes_until", "Visits may change things until").hint("To the end of that day; empty means that each only looks, unless you allow it more. People, roles, keys and what is sent stay out of reach."))
                (form::actions(html! { (button("Save").primary()) }))
            },
        ),
    )
}

fn said(scope: &Scope, rules: &Rules) -> Markup {
    let asked = if rules.ask_first { "Yes" } else { "No" };
    let writes = rules.writes_until.filter(|until| *until > scope.now());
    let writes =
        writes.map_or("Only look".to_owned(), |until| format!("Change things until {}", moment(scope.tenant(), until)));
    card::card(
        "What visits may do",
        "",
        None,
        card::card_body(card::facts(&[("Ask us first", html! { (asked) }), ("Visits", html! { (writes) })])),
    )
}

fn now_card(scope: &Scope, visit: &Visit) -> Markup {
    let quiet = says(scope, visit);
    let open = format!("/settings/support/{}", visit.id);
    card::card(
        &format!("{} of Tradewind", visit.operator_name),
        &quiet,
        Some(("See more", &open)),
        card::card_body(html! { p."mb-4" { (visit.reason) } (verbs(scope, visit)) }),
    )
}

fn says(scope: &Scope, visit: &Visit) -> String {
    let when = |at: Option<Timestamp>| at.map(|at| moment(scope.tenant(), at)).unwrap_or_default();
    match visit.standing(scope.now()) {
        Standing::Waiting => format!("asks to look in for {} minutes", visit.minutes),
        Standing::Ready => format!("may look in for {} minutes", visit.minutes),
        Standing::Open if visit.writes => format!("is in and may change things, until {}", when(visit.until)),
        Standing::Open => format!("is looking in, until {}", when(visit.until)),
        Standing::Over => match (visit.entered_at, visit.ended_by.as_deref()) {
            (_, Some("refused")) => "was refused".into(),
            (None, _) => "never came in".into(),
            (entered, _) => format!("looked in {}", when(entered)),
        },
    }
}

/// What the company can do about it now.
fn verbs(scope: &Scope, visit: &Visit) -> Markup {
    let to = |verb: &str| format!("/settings/support/{}/{verb}", visit.id);
    let standing = visit.standing(scope.now());
    html! {
        @if scope.can::<SupportManage>() && standing != Standing::Over {
            div."flex"."flex-wrap"."gap-2" {
                @if standing == Standing::Waiting {
                    (form::verb_form(&to("agree"), html! { (button("Let them look in").primary()) }))
                    (form::verb_form(&to("refuse"), html! { (button("Refuse")) }))
                } @else {
                    (form::verb_form(&to("end"), html! { (button("End the visit").danger()) }))
                    (form::verb_form(&to("writing"), html! {
                        (field::hidden("allowed", if visit.writes { "false" } else { "true" }))
                        (button(if visit.writes { "Only look from now on" } else { "Let them change things" }))
                    }))
                }
            }
        }
    }
}

fn table(scope: &Scope, past: &[&Visit], found: &Paged<Visit>) -> Markup {
    let columns = [Column::lead("Who").width(25), Column::text("Why").width(40), Column::text("When").width(35)];
    let rows: Vec<Row> = past
        .iter()
        .map(|visit| {
            let who = row_link(&format!("/settings/support/{}", visit.id), &visit.operator_name, "");
            let when = says(scope, visit);
            Row::new(
                visit.id.to_string(),
                visit.operator_name.clone(),
                vec![who, html! { (visit.reason) }, html! { span.num { (when) } }],
            )
            .sub(format!("{}, {when}", visit.reason))
        })
        .collect();
    let mut table = Table::new("Visits that were", &columns);
    if let Some(cursor) = &found.next_cursor {
        table = table.more(format!("/settings/support?cursor={cursor}"), format!("{} shown", rows.len()));
    }
    table.show(&rows)
}

pub async fn show_page(access: Access<AuditRead>, Path(id): Path<VisitId>) -> Result<Page> {
    let VisitInFull { visit, looked_at } = in_full(&access, id).await?;
    let when = |at: Option<Timestamp>| at.map_or("Not yet".to_owned(), |at| moment(access.tenant(), at));
    let standing = visit.standing(access.now());
    let look = match standing {
        Standing::Open => "active",
        Standing::Over => "done",
        _ => "pending",
    };
    let ended = match visit.ended_by.as_deref() {
        Some("operator") => "By themselves",
        Some("company") => "By your company",
        Some("refused") => "You refused",
        Some(_) => "They work for Tradewind no longer",
        None => "By its time",
    };
    let body = html! {
        p."mb-4" { (status_saying(look, standing.label())) }
        (card::facts(&[
            ("Who", html! { (visit.operator_name) " of Tradewind" }),
            ("Why", html! { (visit.reason) }),
            ("Asked", html! { (when(Some(visit.created_at))) }),
            ("Came in", html! { (when(visit.entered_at)) }),
            ("Until", html! { @match visit.until { Some(until) => (moment(access.tenant(), until)), None => { (visit.minutes) " minutes from when they come in" } } }),
            ("May", html! { @if visit.writes { "Read and change" } @else { "Read" } }),
        ]))
        @if standing == Standing::Over { p.soft."mt-2" { "Ended: " (ended) @if let Some(at) = visit.ended_at { ", " (moment(access.tenant(), at)) } "." } }
        div."mt-4" { (verbs(&access, &visit)) }
        section."mt-8" {
            h2.lbl."mb-2" { "What they looked at" }
            @if looked_at.is_empty() { p.soft { "Nothing so far." } } @else { (looks(&access, &looked_at)) }
        }
        @if visit.writes { div."mt-6" { (note("info", html! { p { "What they change stands in " a.link href="/settings/audit" { "What happened" } ", under their name." } })) } }
    };
    let crumbs = vec![("Settings".into(), "/settings".into()), ("Support access".into(), "/settings/support".into())];
    Ok(frame(&access, &format!("Visit of {}", visit.operator_name), crumbs, body))
}

fn looks(scope: &Scope, all: &[Look]) -> Markup {
    let summary = |route: &str| {
        let known = scope.house().modules().routes.iter();
        known.clone().find(|known| known.method == "GET" && known.path == route).map_or("A page", |known| known.summary)
    };
    let columns = [Column::lead("What").width(45), Column::text("Where").width(30), Column::text("First").width(25)];
    let rows: Vec<Vec<Markup>> = all
        .iter()
        .map(|look| {
            let path = html! { @if look.path.starts_with("/api/") { (look.path) } @else { a.link href=(look.path) { (look.path) } } };
            vec![html! { (summary(&look.route)) }, path, html! { span.num { (moment(scope.tenant(), look.at)) } }]
        })
        .collect();
    plain("What they looked at", &columns, &rows)
}
