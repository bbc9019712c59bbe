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
    list::{ListQuery, encode, href},
};
use crate::{permissions::CustomersWrite, tag::Tag};
use std::collections::BTreeMap;
use tenancy::member::{MemberId, Named};

pub(super) fn bar(query: &ListQuery, tags: &[Tag], people: &[Named]) -> Markup {
    let back = href("/customers", &ListQuery { cursor: None, ..query.clone() });
    let fields = html! {
        input type="hidden" name="back" value=(back);
        input.input type="text" name="tag" list="tags-known" maxlength="40" placeholder="Tag" aria-label="Tag to give or take" autocomplete="off";
        datalist #tags-known { @for tag in tags { option value=(tag.name) {} } }
    };
    let to = html! {
        select.select name="assigned_to" aria-label="Who looks after them" {
            option value="" { "Nobody in particular" }
            @for one in people { option value=(one.id) { (one.name) } }
        }
    };
    let (tagging, giving) =
        ([("tag", "Tag", "tag"), ("untag", "Untag", "minus")], [("assign", "Assign", "user-check")]);
    let verbs = [(fields, &tagging[..]), (to, &giving[..]), (html! {}, &[("archive", "Archive", "archive")][..])];
    ui::filters::bulk_form("customers", "/customers/bulk", &verbs)
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    #[serde(default)]
    id: Vec<CustomerId>,
    #[serde(rename = "do")]
    deed: Deed,
    tag: Option<String>,
    /// Chosen beside the button that assigns; other buttons do not heed it.
    assigned_to: Option<MemberId>,
    /// The list as it was filtered.
    back: Option<String>,
}

impl Input for Chosen {
    fn check(&mut self, checks: &mut Checks) {
        let mut bulk = self.bulk();
        bulk.check(checks);
        self.tag = bulk.tag;
        checks.optional("back", &mut self.back, 2000);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%=&?/".contains(c);
        let ours =
            |back: &String| (*back == "/customers" || back.starts_with("/customers?")) && back.chars().all(plain);
        self.back = self.back.take().filter(ours);
    }
}

impl Chosen {
    fn bulk(&self) -> Bulk {
        let assigned_to = self.assigned_to.filter(|_| self.deed == Deed::Assign);
        Bulk { ids: self.id.clone(), deed: self.deed, tag: self.tag.clone(), assigned_to }
    }
}

fn customers(many: usize) -> String {
    if many == 1 { "1 customer is".into() } else { format!("{many} customers are") }
}

/// "12 customers are tagged VIP. 3 stay as they were: has the tag VIP already."
fn said(bulk: &Bulk, outcome: &Outcome) -> String {
    let tag = bulk.tag.as_deref().unwrap_or_default();
    let done = match bulk.deed {
        Deed::Tag => format!("tagged {tag}"),
        Deed::Untag => format!("without the tag {tag} now"),
        Deed::Assign if bulk.assigned_to.is_some() => "assigned".into(),
        Deed::Assign => "looked after by nobody in particular now".into(),
        Deed::Archive => "archived".into(),
        Deed::Restore => "back".into(),
    };
    let mut said = match outcome.changed.len() {
        0 => "Nothing is changed.".to_owned(),
        many => format!("{} {done}.", customers(many)),
    };
    if let Some(first) = outcome.left.first() {
        let why = &first.why;
        let same = outcome.left.iter().all(|left| left.why == *why);
        let why = if same { format!(": {}{}", why[..1].to_lowercase(), &why[1..]) } else { ".".into() };
        said += &format!(" {} left as they were{why}", customers(outcome.left.len()));
    }
    said
}

/// A cookie holds no more.
const MOST: usize = 1600;

/// Where one press undoes it. Customers go by their numbers, each as its distance from the last: 200 ids are more than a
/// cookie holds. Who was looked after by different people goes back to each: `<member>:1042.1.3~:1050`.
fn back_again(bulk: &Bulk, outcome: &Outcome) -> Option<String> {
    let deed = match bulk.deed {
        Deed::Tag => Deed::Untag,
        Deed::Untag => Deed::Tag,
        Deed::Assign => Deed::Assign,
        Deed::Archive => Deed::Restore,
        Deed::Restore => Deed::Archive,
    };
    let mut by_keeper: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (number, keeper) in &outcome.before {
        let keeper = keeper.map(|id| id.to_string()).unwrap_or_default();
        let group = if deed == Deed::Assign { format!("{keeper}:") } else { String::new() };
        by_keeper.entry(group).or_default().push(*number);
    }
    let groups: Vec<String> = by_keeper.into_iter().map(|(group, numbers)| group + &steps(numbers)).collect();
    let tag = bulk.tag.as_ref().map(|tag| format!("&tag={}", encode(tag))).unwrap_or_default();
    let undo = format!("/customers/bulk/undo?do={deed}{tag}&numbers={}", groups.join("~"));
    (!groups.is_empty() && undo.len() < MOST).then_some(undo)
}

fn steps(mut numbers: Vec<i64>) -> String {
    numbers.sort_unstable();
    let steps = numbers.iter().scan(0, |last, number| Some((number - std::mem::replace(last, *number)).to_string()));
    steps.collect::<Vec<_>>().join(".")
}

fn numbers(steps: &str) -> Option<Vec<i64>> {
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
        Err(typed) => Err(Error::refused(typed.errors.into_iter().map(|(_, says)| says).collect::<Vec<_>>().join(" "))),
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    #[serde(rename = "do")]
    deed: Deed,
    tag: Option<String>,
    /// How far each number is from the one before: `1042.1.3` is 1042, 1043 and 1046. For `assign` behind who looked after
    /// them: `<member>:1042.1.3~:1050`.
    numbers: String,
}

/// Who looked after them, and their numbers.
fn groups(text: &str) -> Option<Vec<(Option<MemberId>, Vec<i64>)>> {
    let group = |group: &str| match group.split_once(':') {
        None => Some((None, numbers(group)?)),
        Some(("", steps)) => Some((None, numbers(steps)?)),
        Some((keeper, steps)) => Some((Some(keeper.parse().ok()?), numbers(steps)?)),
    };
    text.split('~').take(MOST).map(group).collect()
}

sql! {
    fn numbered(numbers: Vec<i64>) -> Vec<CustomerId> = "
        select id from customer where tenant_id = $1 and number = any($2) order by id";
}

pub async fn undo(access: Access<CustomersWrite>, Query(asked): Query<Undo>) -> Result<Repeatable<Redirect>> {
    let wrong = || Error::field("/numbers", "numbers", "These are no numbers of customers.");
    let groups = groups(&asked.numbers).filter(|_| asked.numbers.len() < MOST).ok_or_else(wrong)?;
    access
        .once(async |tx: &mut TenantTx| {
            let mut all = Bulk { ids: vec![], deed: asked.deed, tag: asked.tag.clone(), assigned_to: None };
            let mut done = Outcome::default();
            for (assigned_to, numbers) in &groups {
                let ids = tx.run(numbered(numbers.clone())).await?;
                let input = Bulk { ids, assigned_to: *assigned_to, ..all.clone() }.checked()?;
                let outcome = bulk(tx, &input).await?;
                done.changed.extend(outcome.changed);
                done.left.extend(outcome.left);
                all.tag = input.tag;
            }
            let says = match asked.deed {
                Deed::Assign if !done.changed.is_empty() => {
                    format!("{} looked after as before.", customers(done.changed.len()))
                }
                _ => said(&all, &done),
            };
            Ok(Redirect::to("/customers").toast(&says))
        })
        .await
}

#[test]
fn the_way_back_names_each_customer() {
    let before = [1046, 1042, 1043].map(|number| (number, None)).to_vec();
    let outcome = Outcome { before, ..Outcome::default() };
    let input = Bulk { ids: vec![], deed: Deed::Tag, tag: Some("Net 30 & more".into()), assigned_to: None };
    let undo = back_again(&input, &outcome).unwrap();
    assert_eq!(undo, "/customers/bulk/undo?do=untag&tag=Net%2030%20%26%20more&numbers=1042.1.3");
    assert_eq!(numbers("1042.1.3").unwrap(), [1042, 1043, 1046]);
    assert_eq!(numbers("9223372036854775807.1"), None);
    assert_eq!(numbers("1.x"), None);
    let all = Outcome { before: (1..=200).map(|n| (n * 999_983, None)).collect(), ..Outcome::default() };
    assert!(back_again(&input, &all).is_some(), "a cookie holds it");

    let keeper = MemberId(kernel::Uuid::from_u128(7));
    let before = vec![(1046, None), (1042, Some(keeper)), (1050, None)];
    let input = Bulk { deed: Deed::Assign, tag: None, ..input };
    let undo = back_again(&input, &Outcome { before, ..Outcome::default() }).unwrap();
    let (_, steps) = undo.split_once("numbers=").unwrap();
    assert_eq!(groups(steps).unwrap(), [(Some(keeper), vec![1042]), (None, vec![1046, 1050])]);
    assert_eq!(groups("x:1"), None);
}
