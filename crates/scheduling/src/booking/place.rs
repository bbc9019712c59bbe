//! First question: where?
use kernel::{
    Checks, Error, Input, Result, Visitor,
    http::{Either, Form, Page, Redirect},
};
use maud::{Markup, html};
use tenancy::shell::{self, filled};
use ui::{Filled, field, form};

use super::{STEPS, draft::Draft};
use crate::{area, availability::Spot, terms};

pub async fn page(visitor: Visitor) -> Result<Page> {
    let values = match Draft::of(&visitor) {
        Some(draft) => Filled::of([
            ("street", draft.street),
            ("unit", draft.unit.unwrap_or_default()),
            ("city", draft.city),
            ("region", draft.region.unwrap_or_default()),
            ("postal_code", draft.postal_code),
        ]),
        None => Filled::default(),
    };
    let sites = terms::sites(&visitor).await?;
    Ok(terms::framed(draw(&visitor, &values), &sites))
}

fn draw(visitor: &Visitor, values: &Filled) -> Page {
    let postal = if visitor.tenant().locale.country == "US" { "ZIP code" } else { "Postal code" };
    let body = html! {
        (ui::steps(&STEPS, 0))
        (ui::question("Where should we come?", "The address of the work, not of the bill."))
        (form_of("/book", values, html! {
            (field::text(values, "street", "Street and number").required().most(200).autocomplete("address-line1"))
            (field::text(values, "unit", "Apartment, floor or gate code").most(80).autocomplete("address-line2"))
            (form::pair(html! {
                (field::text(values, "city", "City").required().most(120).autocomplete("address-level2"))
                (field::text(values, "region", "State").most(80).autocomplete("address-level1"))
            }))
            (field::text(values, "postal_code", postal).required().most(20).autocomplete("postal-code"))
            (ui::onward(None, "Continue", html! {}))
        }))
    };
    shell::public(visitor, "Where should we come?", body, html! {})
}

/// A form of the booking pages: it may be left and come back to, so nothing warns.
pub(crate) fn form_of(action: &str, values: &Filled, fields: Markup) -> Markup {
    html! { form.form."mt-6" method="post" action=(action) data-form novalidate { (form::key()) (form::summary(values)) (fields) } }
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceForm {
    #[serde(default)]
    street: String,
    unit: Option<String>,
    #[serde(default)]
    city: String,
    region: Option<String>,
    #[serde(default)]
    postal_code: String,
}
impl Input for PlaceForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("street", &mut self.street, 200, "the street and the number");
        checks.optional("unit", &mut self.unit, 80);
        checks.text("city", &mut self.city, 120, "the city");
        checks.optional("region", &mut self.region, 80);
        checks.text("postal_code", &mut self.postal_code, 20, "the postal code");
    }
}

pub async fn post(visitor: Visitor, form: Form<PlaceForm>) -> Result<Either<Redirect, Page>> {
    let before = Draft::of(&visitor);
    let (areas, kept) = visitor.read((area::in_use(), terms::kept())).await?;
    let sites = terms::sites_in(kept);
    let outcome = form
        .then(async |place: PlaceForm| {
            // Whether anybody comes there is said at once, and not after three more questions.
            let spot = Spot { postal_code: Some(place.postal_code.clone()), latitude: None, longitude: None };
            if !area::is_served(&areas, &spot) {
                let says = format!("We do not come to {} yet. Call us, and we see what we can do.", place.postal_code);
                return Err(Error::field("/postal_code", "outside_area", says));
            }
            let draft = Draft {
                begun: before.as_ref().map_or(visitor.now(), |draft| draft.begun),
                street: place.street,
                unit: place.unit,
                city: place.city,
                region: place.region,
                postal_code: place.postal_code,
                item: before.as_ref().and_then(|draft| draft.item),
                token: before.and_then(|draft| draft.token),
            };
            Ok(Redirect::to("/book/service").cookie(draft.cookie(&visitor, &sites)))
        })
        .await?;
    Ok(match outcome {
        Ok(redirect) => Either::Done(redirect),
        Err(typed) => {
            let page = draw(&visitor, &filled(typed));
            Either::Again(terms::framed(Page { status: 422, ..page }, &sites))
        }
    })
}
