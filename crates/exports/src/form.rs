//! The way from a list to its file: a button over the list, and the page that asks for the format.
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Either, Form, Page, Query, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use tenancy::shell::{self, Frame};
use ui::{Filled, button as submit, field, form, link_button};

use crate::{
    ExportsCreate, Format,
    ask::{New, ask},
    list::Entry,
};

/// Among the tools over a list, for those who may: `href` is the list's own address with its question.
pub fn button(scope: &Scope, list: &str, href: &str) -> Markup {
    let question = href.split_once('?').map_or("", |(_, question)| question);
    let pairs = [("list", list), ("filter", question)];
    let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let query = serde_html_form::to_string(pairs).unwrap_or_default();
    html! { @if scope.can::<ExportsCreate>() {
        (link_button("Export", format!("/exports/new?{query}")).quiet().icon_only("download"))
    } }
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    pub list: Option<String>,
    /// The question of the list's own address, as it stands behind its question mark.
    pub filter: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    pub list: String,
    pub format: Format,
    pub filter: Option<String>,
}
impl Input for Chosen {
    fn check(&mut self, checks: &mut Checks) {
        let small = self.filter.as_ref().is_none_or(|filter| filter.len() <= 1000);
        checks.that(
            small,
            "filter",
            "filter",
            "These are more filters than any list has. Go back to the list and export from there.",
        );
    }
}

/// As the list's address writes it, so as the API takes it.
fn question(text: Option<&str>) -> Result<Option<Value>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let wrong =
        || Error::field("/filter", "filter", "This is no list's question. Go back to the list and export from there.");
    let pairs: Vec<(String, String)> = serde_html_form::from_str(text).map_err(|_| wrong())?;
    let pairs: Map<String, Value> = pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    Ok(Some(Value::Object(pairs)))
}

pub async fn page(access: Access<ExportsCreate>, Query(asked): Query<Asked>) -> Result<Page> {
    let pairs = [("list", asked.list), ("filter", asked.filter)];
    let filled = Filled::of(pairs.into_iter().filter_map(|(name, value)| Some((name, value?))));
    draw(&access, &filled)
}

pub async fn post(access: Access<ExportsCreate>, form: Form<Chosen>) -> Result<Either<Repeatable<Redirect>, Page>> {
    let work = async |chosen: Chosen| {
        let filter = question(chosen.filter.as_deref())?.map(|filter| typed(&chosen.list, filter));
        let new = New { list: chosen.list, format: chosen.format, filter };
        access
            .once(async |tx: &mut TenantTx| {
                let export = ask(&access, tx, &new).await?;
                Ok(Redirect::to(format!("/exports/{}", export.id)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(Page { status: 422, ..draw(&access, &shell::filled(typed))? })),
    }
}

/// An address knows words alone; where the list does not take them as such, yes and no are said.
fn typed(list: &str, filter: Value) -> Value {
    match (Entry::find(list), &filter) {
        (Some(entry), Value::Object(pairs)) if (entry.check)(&filter).is_err() => {
            let said = |value: &Value| match value.as_str() {
                Some("true") => Value::Bool(true),
                Some("false") => Value::Bool(false),
                _ => value.clone(),
            };
            Value::Object(pairs.iter().map(|(name, value)| (name.clone(), said(value))).collect())
        }
        _ => filter,
    }
}

/// What of the list: "status is archived", in the words of its address.
fn narrowed(filter: &str, zone: &jiff::tz::TimeZone) -> Option<String> {
    let asked = question(Some(filter)).ok().flatten()?;
    let said = asked.as_object()?.iter().filter(|(name, _)| *name != "fuzzy");
    let words = said.map(|(name, value)| match (name.as_str(), value.as_str()) {
        ("q", Some(asked)) => format!("what “{asked}” finds, as the list shows it"),
        // An id says nothing to a person.
        (name, Some(id)) if id.parse::<kernel::Uuid>().is_ok() => format!("one {}", name.trim_end_matches("_id")),
        (name, value) => {
            let value = value.unwrap_or_default();
            let moment = value.parse::<jiff::Timestamp>().ok();
            let shown = moment.map(|at| at.to_zoned(zone.clone()).strftime("%-d %b %Y, %H:%M").to_string());
            format!("{name} is {}", shown.as_deref().unwrap_or(value))
        }
    });
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn draw(scope: &Scope, filled: &Filled) -> Result<Page> {
    let lists = Entry::all(scope);
    let chosen = lists.iter().find(|entry| entry.name == filled.value("list"));
    let options: Vec<(&str, &str)> = lists.iter().map(|entry| (entry.name, entry.label)).collect();
    let formats: Vec<(&str, &str, &str)> =
        Format::ALL.iter().map(|format| (format.as_str(), format.label(), format.says())).collect();
    let filter = filled.value("filter");
    let body = html! {
        (form::form("/exports/new", filled, html! {
            @match chosen {
                Some(entry) => {
                    (field::hidden("list", entry.name)) (field::hidden("filter", filter))
                    @if let Some(words) = narrowed(filter, &scope.tenant().locale.zone) { (ui::note("info", html! { p { "With the filters of the list: " (words) "." } })) }
                },
                None => { (field::select(filled, "list", "List", &options).required()) },
            }
            (field::choices(filled, "format", "Format", &formats).value(Format::Csv.as_str()).required())
            p.soft.t13 { "The file holds what you may see, as it is now. It can be had for 24 hours, by you and by colleagues who see as much; that it was taken along is written down." }
            (form::actions(html! {
                (submit("Export").primary().icon("download"))
                (link_button("Cancel", chosen.map_or("/exports", |entry| entry.href)).quiet())
            }))
        }))
    };
    let title = chosen.map_or("Export a list".to_owned(), |entry| format!("Export {}", entry.label.to_lowercase()));
    let (active, crumbs) = match chosen {
        Some(entry) => (entry.href, vec![(entry.label.to_owned(), entry.href.to_owned())]),
        None => ("/settings", vec![("Settings".into(), "/settings".into()), ("Exports".into(), "/exports".into())]),
    };
    Ok(shell::page(scope, Frame { title, active, crumbs, body, ..Frame::default() }))
}

#[test]
fn a_question_reads_as_a_sentence() {
    let narrowed = |filter| narrowed(filter, &jiff::tz::TimeZone::UTC);
    assert_eq!(narrowed("from=2026-06-22T05:00:00Z").unwrap(), "from is 22 Jun 2026, 05:00");
    assert_eq!(narrowed("status=archived&city=Springfield").unwrap(), "city is Springfield, status is archived");
    assert_eq!(narrowed("customer_id=0197a5a0-0000-7000-8000-000000000000").unwrap(), "one customer");
    assert!(narrowed("q=elm+st").unwrap().contains("“elm st”"));
    assert!(narrowed("").is_none());
}
