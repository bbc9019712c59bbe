//! The page on which is written down what a customer wants no more, and on which stands what they said before.
use kernel::{
    Access, Checks, Input, Result, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, moment};
use ui::{
    Filled, button, card, field, form, link_button,
    table::{Column, plain},
};

use super::{Channel, Consent, ConsentId, Consents, Purpose, Said, Word, history, of_customer, say};
use crate::{
    CustomerId,
    customer::{Customer, beneath::beneath, find},
    permissions::{CustomersRead, CustomersWrite},
};

/// Ticks, each of a channel and a purpose: `email.marketing`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConsentForm {
    refused: Vec<String>,
    #[schemars(required)]
    source: String,
    #[serde(skip)]
    said: Said,
}

fn tick(channel: Channel, purpose: Purpose) -> String {
    format!("{channel}.{purpose}")
}

impl Input for ConsentForm {
    fn check(&mut self, checks: &mut Checks) {
        let pairs = || Channel::ALL.iter().flat_map(|channel| Purpose::ALL.iter().map(|purpose| (*channel, *purpose)));
        let known = |asked: &String| pairs().any(|(channel, purpose)| tick(channel, purpose) == *asked);
        checks.that(self.refused.iter().all(known), "refused", "unknown", "There is no such channel and purpose.");
        let word =
            |(channel, purpose)| Word { channel, purpose, allowed: !self.refused.contains(&tick(channel, purpose)) };
        self.said = Said { changes: pairs().map(word).collect(), source: std::mem::take(&mut self.source) };
        self.said.check(checks);
    }
}

fn matrix(filled: &Filled, may: bool) -> Markup {
    let mut columns = vec![Column::text("By")];
    columns.extend(Purpose::ALL.iter().map(|purpose| Column::text(purpose.short())));
    let rows: Vec<Vec<Markup>> = Channel::ALL
        .iter()
        .map(|channel| {
            let ticks = Purpose::ALL.iter().map(|purpose| {
                let value = tick(*channel, *purpose);
                let label = Consent::words(*channel, *purpose, false);
                html! { input.check type="checkbox" name="refused" value=(value) aria-label=(label) checked[filled.has("refused", &value)] disabled[!may]; }
            });
            [html! { (channel.label()) }].into_iter().chain(ticks).collect()
        })
        .collect();
    plain("What is not wanted", &columns, &rows)
}

struct Known {
    customer: Customer,
    now: Consents,
    before: Vec<Consent>,
}

async fn known(scope: &kernel::Scope, id: CustomerId) -> Result<Known> {
    let (customer, said, before) = scope.read((find(id), of_customer(id), history(id, ConsentId::max(), 50))).await?;
    Ok(Known { customer, now: Consents::of(said), before })
}

fn draw(scope: &kernel::Scope, known: &Known, filled: &Filled) -> Page {
    let may = scope.can::<CustomersWrite>();
    let back = format!("/customers/{}", known.customer.id);
    let body = html! { div.form-narrow {
        p.soft."mb-6" { "Tick what " (known.customer.name) " wants no more. Reminders and offers by e-mail are then held back by themselves; service, such as an invoice they asked for, goes unless it is ticked too." }
        (form::form(&format!("{back}/consent"), filled, html! {
            (matrix(filled, may))
            @if may {
                (field::text(filled, "source", "From where you know it").required().most(200).placeholder("On the phone").autocomplete("off"))
                (form::actions(html! { (button("Save consent").primary()) (link_button("Cancel", back).quiet()) }))
            }
        }))
        @if !known.before.is_empty() {
            div."mt-8" { (card::section("What was said", html! {}, html! { @for one in &known.before {
                @let words = Consent::words(one.channel, one.purpose, one.allowed);
                (card::line(if one.allowed { "bell" } else { "bell-off" }, &format!("Wants {words}"), &format!("{} · {} · {}", one.source, one.author, moment(scope.tenant(), one.created_at)), html! {}))
            } })) }
        }
    } };
    beneath(scope, &known.customer, "Consent", body, filled)
}

pub async fn page(access: Access<CustomersRead>, Path(id): Path<CustomerId>) -> Result<Page> {
    let known = known(&access, id).await?;
    let refused = known.now.data.iter().filter(|one| !one.allowed).map(|one| tick(one.channel, one.purpose));
    let filled = Filled::of([("refused", refused.collect::<Vec<_>>().join(","))]);
    Ok(draw(&access, &known, &filled))
}

pub async fn post(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    form: Form<ConsentForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let work = async |form: ConsentForm| {
        access
            .once(async |tx: &mut TenantTx| {
                say(tx, id, &form.said, access.actor().name()).await?;
                Ok(Redirect::to(format!("/customers/{id}")).toast("It is written down."))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, &known(&access, id).await?, &shell::filled(typed)))),
    }
}
