//! The tags of a customer, set as a whole; the page on which they are chosen.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx, Uuid,
    http::{Either, Form, Json, One, Page, Path, Redirect, Repeatable},
    sql,
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell;
use ui::{Filled, button, field, form, link_button};

use super::{Tag, all, check_name, known_or_made, settle};
use crate::{
    CustomerId,
    customer::{self, Customer, CustomerTagged, beneath::beneath, held},
    permissions::CustomersWrite,
};

/// With more, a tag says nothing.
pub(crate) const MOST_OF_ONE: usize = 20;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// All the customer shall have, at most 20; a name that is not known yet becomes a tag.
    pub tags: Vec<String>,
}

impl Input for Given {
    fn check(&mut self, checks: &mut Checks) {
        check_names(checks, &mut self.tags);
    }
}

pub(crate) fn check_names(checks: &mut Checks, names: &mut [String]) {
    checks.that(names.len() <= MOST_OF_ONE, "tags", "too_many", "A customer has at most 20 tags.");
    for (n, name) in names.iter_mut().take(MOST_OF_ONE).enumerate() {
        check_name(checks, &format!("tags/{n}"), name);
    }
}

sql! {
    fn keep_only(customer: CustomerId, tags: Vec<Uuid>) -> u64 = "
        delete from customer_tag where tenant_id = $1 and customer_id = $2 and tag_id <> all($3)";
    // Whoever calls has locked the customers: their state and name stay until COMMIT.
    pub(crate) fn add(customers: Vec<Uuid>, tags: Vec<Uuid>, at: Timestamp, created_by: Option<Uuid>) -> u64 = "
        insert into customer_tag (tenant_id, customer_id, tag_id, status, name_key, created_at, created_by)
        select $1, c.id, t.id, c.status, c.name_key, $4, $5
        from customer c join tag t on t.tenant_id = $1 and t.id = any($3)
        where c.tenant_id = $1 and c.id = any($2)
        on conflict (tenant_id, customer_id, tag_id) do nothing";
}

pub async fn give(tx: &mut TenantTx, id: CustomerId, names: &[String]) -> Result<Customer> {
    let now = tx.run(held(vec![id.0])).await?.pop().ok_or(Error::NotFound)?;
    let tags: Vec<Uuid> = known_or_made(tx, names).await?.into_iter().map(|tag| tag.id.0).collect();
    let more = add(vec![id.0], tags.clone(), tx.now(), tx.user());
    let (taken, given) = tx.run((keep_only(id, tags), more)).await?;
    let Some(customer) = settle(tx, &[id]).await?.pop() else { return Ok(now) };
    tx.tell(&CustomerTagged { customer: id, number: customer.number, given: given as i64, taken: taken as i64 });
    Ok(customer)
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    Json(input): Json<Given>,
) -> Result<Repeatable<One<Customer>>> {
    access.once(async |tx: &mut TenantTx| give(tx, id, &input.tags).await.map(One)).await
}

/// Ticks for those that are known, and a line for others.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Choice {
    tags: Vec<String>,
    others: Option<String>,
}

impl Input for Choice {
    fn check(&mut self, checks: &mut Checks) {
        for name in &mut self.tags {
            check_name(checks, "tags", name);
        }
        let others = self.others.take().unwrap_or_default();
        for name in others.split(',').filter(|name| !name.trim().is_empty()) {
            let mut name = name.to_owned();
            check_name(checks, "others", &mut name);
            self.tags.push(name);
        }
        checks.that(self.tags.len() <= MOST_OF_ONE, "others", "too_many", "A customer has at most 20 tags.");
    }
}

fn draw(access: &Access<CustomersWrite>, customer: &Customer, known: &[Tag], filled: &Filled) -> Page {
    let back = format!("/customers/{}", customer.id);
    let body = form::form(
        &format!("{back}/tags"),
        filled,
        html! {
            @if !known.is_empty() {
                (form::part("Tags", "", html! { div."grid"."gap-2" { @for tag in known {
                    label.tickline {
                        input.check type="checkbox" name="tags" value=(tag.name) checked[filled.has("tags", &tag.name)];
                        span { (ui::tag_in(tag.colour.as_str(), &tag.name)) }
                    }
                } } }))
            }
            (field::text(filled, "others", if known.is_empty() { "Tags" } else { "New tags" }).hint("Part several with commas.").placeholder("VIP, Net 30").most(400).autocomplete("off"))
            (form::actions(html! { (button("Save tags").primary()) (link_button("Cancel", back).quiet()) }))
        },
    );
    beneath(access, customer, "Tags", body, filled)
}

pub async fn edit(access: Access<CustomersWrite>, Path(id): Path<CustomerId>) -> Result<Page> {
    let (customer, known) = access.read((customer::find(id), all())).await?;
    let filled = Filled::of([("tags", customer.tags.join(","))]);
    Ok(draw(&access, &customer, &known, &filled))
}

pub async fn post(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    form: Form<Choice>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let work = async |choice: Choice| {
        access
            .once(async |tx: &mut TenantTx| {
                let customer = give(tx, id, &choice.tags).await?;
                Ok(Redirect::to(format!("/customers/{id}")).toast(&format!("The tags of {} are saved.", customer.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let (customer, known) = access.read((customer::find(id), all())).await?;
            Ok(Either::Again(draw(&access, &customer, &known, &shell::filled(typed))))
        }
    }
}

#[test]
fn names_are_parted_by_commas_and_checked_one_by_one() {
    let choice = Choice { tags: vec!["VIP".into()], others: Some(" Net 30 ,, ".into()) }.checked().unwrap();
    assert_eq!(choice.tags, ["VIP", "Net 30"]);
    let wrong = |name: &str| Given { tags: vec![name.into()] }.checked().is_err();
    assert!(wrong("") && wrong("--") && wrong("A, B") && wrong(&"x".repeat(41)) && !wrong("É-1"));
}
