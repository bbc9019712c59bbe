//! Many customers given to somebody to look after, and the way back to whom each was with.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx, Uuid,
    http::{Form, Json, Query, Redirect, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use tenancy::member::MemberId;

use super::{
    Customer, CustomerId, CustomerUpdated,
    bulk::{Outcome, able, check_ids, there, uuids},
    choose::{back_to, numbered, numbers, steps},
};
use crate::permissions::CustomersWrite;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assign {
    /// At most 200.
    pub ids: Vec<CustomerId>,
    /// Who looks after them from now on; `null`: nobody in particular.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schemars(required)]
    pub assigned_to: Option<MemberId>,
}

impl Input for Assign {
    fn check(&mut self, checks: &mut Checks) {
        check_ids(checks, &self.ids);
    }
}

sql! {
    fn assign_these(customers: Vec<Uuid>, to: Option<MemberId>, at: Timestamp) -> Vec<Customer> = "
        update customer set assigned_to = $3, updated_at = $4, version = version + 1
        where tenant_id = $1 and id = any($2)
        returning id, number, kind, name, email, phone, notes, external_id, place, city, status, assigned_to, tags, custom, merged_into, version, created_at, updated_at";
}

/// What was done, and the numbers of those who changed by whom they were with.
type Done = (Outcome, BTreeMap<Option<MemberId>, Vec<i64>>);

async fn assign(tx: &mut TenantTx, input: &Assign) -> Result<Done> {
    let (there, mut left) = there(tx, &input.ids).await?;
    let with: HashMap<CustomerId, Option<MemberId>> =
        there.iter().map(|customer| (customer.id, customer.assigned_to)).collect();
    let why =
        if input.assigned_to.is_some() { "Is looked after by them already." } else { "Is looked after by nobody." };
    let able = able(there, &mut left, |customer| (customer.assigned_to == input.assigned_to).then(|| why.to_owned()));
    let mut changed = tx.run(assign_these(uuids(&able), input.assigned_to, tx.now())).await?;
    changed.sort_unstable_by_key(|customer| customer.id);
    let mut before: BTreeMap<Option<MemberId>, Vec<i64>> = BTreeMap::new();
    for Customer { id, number, .. } in &changed {
        before.entry(with.get(id).copied().flatten()).or_default().push(*number);
        tx.tell(&CustomerUpdated { customer: *id, number: *number });
    }
    let changed = changed.into_iter().map(|customer| customer.id).collect();
    Ok((Outcome { changed, left, numbers: vec![] }, before))
}

pub async fn api(access: Access<CustomersWrite>, Json(input): Json<Assign>) -> Result<Repeatable<Json<Outcome>>> {
    access.once(async |tx: &mut TenantTx| assign(tx, &input).await.map(|(outcome, _)| Json(outcome))).await
}

/// The form under the list; what is for its other buttons comes along.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    #[serde(default)]
    id: Vec<CustomerId>,
    assigned_to: Option<MemberId>,
    tag: Option<String>,
    /// The list as it was filtered.
    back: Option<String>,
}

impl Input for Chosen {
    fn check(&mut self, checks: &mut Checks) {
        check_ids(checks, &self.id);
        checks.optional("tag", &mut self.tag, 40);
        self.back = back_to(checks, self.back.take());
    }
}

/// A cookie holds no more.
const MOST: usize = 1600;

/// `<member>:1042.1.3~:1050`: who was with whom, each number as its distance from the last.
fn back_again(before: &BTreeMap<Option<MemberId>, Vec<i64>>) -> Option<String> {
    let keeper = |id: &Option<MemberId>| id.map(|id| id.to_string()).unwrap_or_default();
    let groups: Vec<String> =
        before.iter().map(|(with, numbers)| format!("{}:{}", keeper(with), steps(numbers.clone()))).collect();
    let undo = format!("/customers/assign/undo?before={}", groups.join("~"));
    (!groups.is_empty() && undo.len() < MOST).then_some(undo)
}

fn groups(text: &str) -> Option<Vec<(Option<MemberId>, Vec<i64>)>> {
    let group = |group: &str| match group.split_once(':')? {
        ("", steps) => Some((None, numbers(steps)?)),
        (keeper, steps) => Some((Some(keeper.parse().ok()?), numbers(steps)?)),
    };
    text.split('~').map(group).collect()
}

pub async fn post(access: Access<CustomersWrite>, form: Form<Chosen>) -> Result<Repeatable<Redirect>> {
    let work = async |chosen: Chosen| {
        let input = Assign { ids: chosen.id.clone(), assigned_to: chosen.assigned_to };
        access
            .once(async |tx: &mut TenantTx| {
                let (outcome, before) = assign(tx, &input).await?;
                let says =
                    outcome.said(if input.assigned_to.is_some() { "assigned" } else { "looked after by nobody now" });
                let back = Redirect::to(chosen.back.clone().unwrap_or("/customers".into()));
                Ok(match back_again(&before) {
                    Some(undo) => back.toast_undo(&says, &undo),
                    None => back.toast(&says),
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
    /// Who was with whom: `<member>:1042.1.3~:1050` is 1042, 1043 and 1046 with a member and 1050 with nobody.
    before: String,
}

pub async fn undo(access: Access<CustomersWrite>, Query(asked): Query<Undo>) -> Result<Repeatable<Redirect>> {
    let wrong = || Error::field("/before", "numbers", "These are no numbers of customers.");
    let groups = groups(&asked.before).filter(|_| asked.before.len() < MOST).ok_or_else(wrong)?;
    access
        .once(async |tx: &mut TenantTx| {
            let mut all = Outcome::default();
            for (assigned_to, numbers) in &groups {
                let ids = tx.run(numbered(numbers.clone())).await?;
                let input = Assign { ids, assigned_to: *assigned_to }.checked()?;
                let (outcome, _) = assign(tx, &input).await?;
                all.changed.extend(outcome.changed);
                all.left.extend(outcome.left);
            }
            Ok(Redirect::to("/customers").toast(&all.said("looked after as before")))
        })
        .await
}

#[test]
fn the_way_back_names_each_with_whom_they_were() {
    let keeper = MemberId(Uuid::from_u128(7));
    let before = BTreeMap::from([(Some(keeper), vec![1042]), (None, vec![1050, 1046])]);
    let undo = back_again(&before).unwrap();
    let (_, text) = undo.split_once("before=").unwrap();
    assert_eq!(groups(text).unwrap(), [(None, vec![1046, 1050]), (Some(keeper), vec![1042])]);
    assert_eq!((groups("x:1"), groups("1042"), groups("")), (None, None, None));
}
