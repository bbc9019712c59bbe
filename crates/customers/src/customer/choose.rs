//! The bar under the list for those who are chosen there, and the way back from what was done to them.
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Form, Query, Redirect, Repeatable},
    sql,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    CustomerId,
    bulk::{Bulk, Deed, Outcome, bulk},
    list::{ListQuery, href},
};
use crate::{permissions::CustomersWrite, tag::Tag};
use tenancy::member::{MemberId, Named};
use ui::icon;

pub(super) fn bar(query: &ListQuery, tags: &[Tag], people: &[Named]) -> Markup {
    let back = href("/customers", &ListQuery { cursor: None, ..query.clone() });
    let fields = html! {
        input type="hidden" name="back" value=(back);
        input.input type="text" name="tag" list="tags-known" maxlength="40" placeholder="Tag" aria-label="Tag to give or take" autocomplete="off";
        datalist #tags-known { @for tag in tags { option value=(tag.name) {} } }
    };
    let give = html! {
        select.select name="assigned_to" aria-label="Who looks after them" {
            option value="" { "Nobody" }
            @for one in people { option value=(one.id) { (one.name) } }
        }
        button type="submit" formaction="/customers/assign" { (icon("user-check")) "Assign" }
    };
    let tagging = [("tag", "Tag", "tag"), ("untag", "Untag", "minus")];
    let deeds = [(fields, &tagging[..]), (give, &[][..]), (html! {}, &[("archive", "Archive", "archive")][..])];
    ui::filters::bulk_form("customers", "/customers/bulk", &deeds)
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    #[serde(default)]
    id: Vec<CustomerId>,
    #[serde(rename = "do")]
    deed: Deed,
    tag: Option<String>,
    /// Stands in the same form, for the button that assigns.
    #[serde(default, rename = "assigned_to")]
    _assigned_to: Option<MemberId>,
    /// The list as it was filtered.
    back: Option<String>,
}

impl Input for Chosen {
    fn check(&mut self, checks: &mut Checks) {
        let mut bulk = self.bulk();
        bulk.check(checks);
        self.tag = bulk.tag;
        self.back = back_to(checks, self.back.take());
    }
}

/// The list as it was filtered, and nowhere else.
pub(super) fn back_to(checks: &mut Checks, mut back: Option<String>) -> Option<String> {
    checks.optional("back", &mut back, 2000);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%=&?/".contains(c);
    back.filter(|back| (*back == "/customers" || back.starts_with("/customers?")) && back.chars().all(plain))
}

impl Chosen {
    fn bulk(&self) -> Bulk {
        Bulk { ids: self.id.clone(), deed: self.deed, tag: self.tag.clone() }
    }
}

fn customers(many: usize) -> String {
    if many == 1 { "1 customer is".into() } else { format!("{many} customers are") }
}

/// "12 customers are tagged VIP. 3 customers are left as they were: has the tag VIP already."
fn said(bulk: &Bulk, outcome: &Outcome) -> String {
    let tag = bulk.tag.as_deref().unwrap_or_default();
    outcome.said(&match bulk.deed {
        Deed::Tag => format!("tagged {tag}"),
        Deed::Untag => format!("without the tag {tag} now"),
        Deed::Archive => "archived".into(),
        Deed::Restore => "back".into(),
    })
}

impl Outcome {
    pub(super) fn said(&self, done: &str) -> String {
        let mut said = match self.changed.len() {
            0 => "Nothing is changed.".to_owned(),
            many => format!("{} {done}.", customers(many)),
        };
        if let Some(first) = self.left.first() {
            let why = &first.why;
            let same = self.left.iter().all(|left| left.why == *why);
            let why = if same { format!(": {}{}", why[..1].to_lowercase(), &why[1..]) } else { ".".into() };
            said += &format!(" {} left as they were{why}", customers(self.left.len()));
        }
        said
    }
}

/// Where one press undoes it. Customers go by their numbers, each as its distance from the last: 200 ids are more than a
/// cookie holds.
fn back_again(bulk: &Bulk, outcome: &Outcome) -> Option<String> {
    let deed = match bulk.deed {
        Deed::Tag => Deed::Untag,
        Deed::Untag => Deed::Tag,
        Deed::Archive => Deed::Restore,
        Deed::Restore => Deed::Archive,
    };
    let steps = steps(outcome.numbers.clone());
    let tag = bulk.tag.as_ref().map(|tag| format!("&tag={}", ui::encode(tag))).unwrap_or_default();
    (!steps.is_empty()).then(|| format!("/customers/bulk/undo?do={deed}{tag}&numbers={steps}"))
}

pub(super) fn steps(mut numbers: Vec<i64>) -> String {
    numbers.sort_unstable();
    let steps = numbers.iter().scan(0, |last, number| Some((number - std::mem::replace(last, *number)).to_string()));
    steps.collect::<Vec<_>>().join(".")
}

pub(super) fn numbers(steps: &str) -> Option<Vec<i64>> {
    let add = |last: &mut i64, step: &str| {
        *last = last.checked_add(step.parse().ok()?)?;
        Some(*last)
    };
    steps.split('.').take(201).scan(0, |last, step| Some(add(last, step))).collect()
}

pub async fn post(access: Access<CustomersWrite>, form: Form<Chosen>) -> Result<Repeatable<Redirect>> {
    let work = async |chosen: Chosen| {
        let asked = chosen.bulk();
        access
            .once(async |tx: &mut TenantTx| {
                let outcome = bulk(tx, &asked).await?;
                let (back, says) = (chosen.back.clone().unwrap_or("/customers".into()), said(&asked, &outcome));
                Ok(match back_again(&asked, &outcome) {
                    Some(undo) => Redirect::to(back).toast_undo(&says, &undo),
                    None => Redirect::to(back).toast(&says),
                })
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(done),
        Err(typed) => Err(typed.refused()),
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    #[serde(rename = "do")]
    deed: Deed,
    tag: Option<String>,
    /// How far each number is from the one before: `1042.1.3` is 1042, 1043 and 1046.
    numbers: String,
}

sql! {
    pub(super) fn numbered(numbers: Vec<i64>) -> Vec<CustomerId> = "
        select id from customer where tenant_id = $1 and number = any($2) order by id";
}

pub async fn undo(access: Access<CustomersWrite>, Query(asked): Query<Undo>) -> Result<Repeatable<Redirect>> {
    let wrong = || Error::field("/numbers", "numbers", "These are no numbers of customers.");
    let numbers = numbers(&asked.numbers).ok_or_else(wrong)?;
    access
        .once(async |tx: &mut TenantTx| {
            let ids = tx.run(numbered(numbers.clone())).await?;
            let input = Bulk { ids, deed: asked.deed, tag: asked.tag.clone() }.checked()?;
            let outcome = bulk(tx, &input).await?;
            Ok(Redirect::to("/customers").toast(&said(&input, &outcome)))
        })
        .await
}

#[test]
fn the_way_back_names_each_customer() {
    let outcome = Outcome { changed: vec![], left: vec![], numbers: vec![1046, 1042, 1043] };
    let input = Bulk { ids: vec![], deed: Deed::Tag, tag: Some("Net 30 & more".into()) };
    let undo = back_again(&input, &outcome).unwrap();
    assert_eq!(undo, "/customers/bulk/undo?do=untag&tag=Net%2030%20%26%20more&numbers=1042.1.3");
    assert_eq!(numbers("1042.1.3").unwrap(), [1042, 1043, 1046]);
    assert_eq!(numbers("9223372036854775807.1"), None);
    assert_eq!(numbers("1.x"), None);
    let all = Outcome { numbers: (1..=200).map(|n| n * 999_983).collect(), ..outcome };
    assert!(back_again(&input, &all).unwrap().len() < 1600, "a cookie holds it");
}
