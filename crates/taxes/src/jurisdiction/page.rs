//! The form of a jurisdiction: where it is, and under it its rates, each from its day on.
use catalog::{CatalogWrite, TaxRateId, tax_rate};
use jiff::civil::Date;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Either, Form, Nothing, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, card, field, form, link_button, table};

use super::{Change, Jurisdiction, JurisdictionId, New, change, create, find};
use crate::rate::{self, Rate, RateId};

type Answer = Result<Either<Repeatable<Redirect>, Page>>;

/// Lists with commas or lines between.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    name: String,
    country: Option<String>,
    regions: Option<String>,
    cities: Option<String>,
    postal_codes: Option<String>,
    active: Option<bool>,
}
impl Input for Typed {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 60, "the jurisdiction a name, such as State of Texas");
        checks.optional("country", &mut self.country, 20);
        checks.optional("regions", &mut self.regions, 3_000);
        checks.optional("cities", &mut self.cities, 20_000);
        checks.optional("postal_codes", &mut self.postal_codes, 30_000);
    }
}

fn listed(text: Option<&str>) -> Vec<String> {
    text.unwrap_or("").split([',', ';', '\n', '\t']).map(str::to_owned).collect()
}

fn values(one: &Jurisdiction) -> Filled {
    Filled::of([
        ("name", one.name.clone()),
        ("country", one.country.clone()),
        ("regions", one.regions.join(", ")),
        ("cities", one.cities.join(", ")),
        ("postal_codes", one.postal_codes.join(", ")),
    ])
}

fn fields(filled: &Filled) -> Markup {
    html! {
        (form::pair(html! {
            (field::text(filled, "name", "Name").required().most(60).hint("Such as State of Texas; papers say it unless a rate has a name of its own."))
            (field::text(filled, "country", "Country").most(2).placeholder("US").hint("Two letters. Empty: everywhere."))
        }))
        (field::text(filled, "regions", "States or provinces").most(3_000).placeholder("TX, Texas").hint("In every way your addresses write them. Empty: all of the country."))
        (field::textarea(filled, "cities", "Towns").rows(2).most(20_000).hint("With commas between. Empty: all."))
        (field::textarea(filled, "postal_codes", "Postal codes").rows(2).most(30_000).hint("78701, or 787* for all that begin so. Empty: all."))
    }
}

fn frame(title: String, body: Markup) -> Frame {
    let crumbs = vec![("Settings".into(), "/settings".into()), ("Taxes by place".into(), "/settings/taxes".into())];
    Frame { title, active: "/settings", crumbs, body, ..Frame::default() }
}

fn draw_new(access: &Access<CatalogWrite>, filled: &Filled) -> Page {
    let body = form::form(
        "/settings/taxes/new",
        filled,
        html! {
            (fields(filled))
            (form::actions(html! { (button("Add jurisdiction").primary()) (link_button("Cancel", "/settings/taxes").quiet()) }))
        },
    );
    let page = shell::page(access, frame("New jurisdiction".into(), body));
    Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page }
}

pub async fn new(access: Access<CatalogWrite>) -> Result<Page> {
    let country = access.tenant().locale.country.clone();
    Ok(draw_new(&access, &Filled::of([("country", country)])))
}

pub async fn new_post(access: Access<CatalogWrite>, form: Form<Typed>) -> Answer {
    let work = async |typed: Typed| {
        let new = New {
            name: typed.name,
            country: typed.country,
            regions: listed(typed.regions.as_deref()),
            cities: listed(typed.cities.as_deref()),
            postal_codes: listed(typed.postal_codes.as_deref()),
        }
        .checked()?;
        access
            .once(async |tx: &mut TenantTx| {
                let made = create(tx, new.clone()).await?;
                let to = format!("/settings/taxes/{}", made.id);
                Ok(Redirect::to(to).toast("Added. Now say its rates."))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw_new(&access, &shell::filled(typed)))),
    }
}

/// "8.25 % since 1 Jan 2026, also on wider taxes".
fn says(rate: &Rate, today: Date) -> String {
    let day = |day: Date| day.strftime("%-d %b %Y").to_string();
    let when = match (rate.from_on > today, rate.until_on) {
        (true, None) => format!("from {} on", day(rate.from_on)),
        (false, None) => format!("since {}", day(rate.from_on)),
        (_, Some(until)) => {
            format!("{} to {}", day(rate.from_on), day(until.saturating_sub(jiff::Span::new().days(1))))
        }
    };
    if rate.compound { format!("{when}, also on wider taxes") } else { when }
}

fn rates(id: JurisdictionId, all: &[Rate], today: Date) -> Markup {
    let columns = [
        table::Column::lead("Tax"),
        table::Column::number("Rate"),
        table::Column::text("When"),
        table::Column::text("Change"),
    ];
    let row = |rate: &Rate| {
        let over = rate.until_on.is_some_and(|until| until <= today);
        let act = if rate.from_on >= today { "Take back" } else { "End today" };
        vec![
            html! { (rate.tax) @if !rate.name.is_empty() { " " span.dim { "as “" (rate.name) "”" } } },
            html! { span.num { (tax_rate::percent(rate.rate_ppm)) " %" } },
            html! { span.dim[over] { (says(rate, today)) } },
            html! { @if !over { (form::verb_form(&format!("/settings/taxes/{id}/rates/{}/end", rate.id), html! { (button(act).small().quiet().attr("aria-label", format!("{act}: {} {} %", rate.tax, tax_rate::percent(rate.rate_ppm)))) })) } },
        ]
    };
    let rows: Vec<Vec<Markup>> = all.iter().map(row).collect();
    form::part(
        "Rates",
        "",
        html! {
            @if rows.is_empty() { p.dim.t13 { "None yet: nothing is levied here until you say a rate." } }
            @else { (table::plain("Rates of this jurisdiction", &columns, &rows)) }
        },
    )
}

/// Which of the two forms was wrong.
#[derive(Clone, Copy, PartialEq)]
enum Which {
    Place,
    Rate,
}

async fn draw(access: &Access<CatalogWrite>, id: JurisdictionId, wrong: Option<(Which, Filled)>) -> Result<Page> {
    let (one, all, taxes) = access.read((find(id), rate::of(id), tax_rate::active())).await?;
    let one = one.ok_or(Error::NotFound)?;
    let today = access.local_now().date();
    let of = |which: Which| wrong.as_ref().filter(|(form, _)| *form == which).map(|(_, filled)| filled.clone());
    let place = of(Which::Place).unwrap_or_else(|| values(&one));
    let typed = of(Which::Rate).unwrap_or_else(|| Filled::of([("from_on", today.to_string())]));
    let to = format!("/settings/taxes/{id}");
    let choices: Vec<(String, String)> = taxes.iter().map(|tax| (tax.id.to_string(), tax.name.clone())).collect();
    let version = || field::hidden("version", one.version.to_string());
    let body = html! {
        @if !one.active { (ui::note("", html! { p { "Out of use: it levies nothing." } })) }
        (rates(id, &all, today))
        @if taxes.is_empty() {
            div.mt-6 { (card::empty("No taxes yet", "Add the taxes you sell with first, such as Sales tax.", html! { (link_button("Taxes of the price book", "/price-book/taxes").primary()) }, html! {})) }
        } @else {
            div.mt-6 { (form::form(&format!("{to}/rates"), &typed, form::part("New rate", "From its first day on it takes the place of the one before.", html! {
                (form::pair(html! {
                    (field::select(&typed, "tax_rate_id", "Tax", &choices).required())
                    (field::number(&typed, "percent", "Rate").required().after("%"))
                }))
                (form::pair(html! {
                    (field::date(&typed, "from_on", "First day").required())
                    (field::text(&typed, "name", "As papers say it").id("f-rate-name").most(60).placeholder(&one.name))
                }))
                (field::checkbox(&typed, "compound", "Tax on tax").hint("Also on the taxes of wider jurisdictions."))
                (form::actions(html! { (button("Add rate").primary()) }))
            }))) }
        }
        div.mt-6 { (form::form(&to, &place, form::part("Where", "", html! {
            (version())
            (fields(&place))
            (form::actions(html! { (button("Save")) }))
        }))) }
        div.mt-4 { (form::verb_form(&to, html! {
            (version()) (field::hidden("name", &one.name)) (field::hidden("active", (!one.active).to_string()))
            @if one.active { (button("Take out of use").quiet().icon("archive")) } @else { (button("Put back in use").icon("rotate-ccw")) }
        })) }
    };
    let page = shell::page(access, frame(one.name.clone(), body));
    Ok(Page { status: if wrong.is_some() { 422 } else { page.status }, ..page })
}

pub async fn edit(access: Access<CatalogWrite>, Path(id): Path<JurisdictionId>) -> Result<Page> {
    draw(&access, id, None).await
}

pub async fn edit_post(access: Access<CatalogWrite>, Path(id): Path<JurisdictionId>, form: Form<Typed>) -> Answer {
    let seen = form.version()?;
    let work = async |typed: Typed| {
        // The button that takes it out of use says nothing of where it is.
        let change_of = match typed.active {
            Some(active) => Change { active: Some(active), ..Change::default() },
            None => Change {
                name: Some(typed.name),
                country: Some(typed.country.unwrap_or_default()),
                regions: Some(listed(typed.regions.as_deref())),
                cities: Some(listed(typed.cities.as_deref())),
                postal_codes: Some(listed(typed.postal_codes.as_deref())),
                active: None,
            },
        }
        .checked()?;
        access
            .once(async |tx: &mut TenantTx| {
                let one = change(tx, id, seen, change_of.clone()).await?;
                Ok(Redirect::to(format!("/settings/taxes/{id}")).toast(&format!("{} is saved.", one.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, id, Some((Which::Place, shell::filled(typed)))).await?)),
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "TypedRate")]
pub struct TypedRate {
    tax_rate_id: Option<TaxRateId>,
    percent: String,
    from_on: Option<Date>,
    name: Option<String>,
    compound: Option<bool>,
}
impl Input for TypedRate {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.tax_rate_id.is_some(), "tax_rate_id", "required", "Choose the tax.");
        let rate = tax_rate::millionths(&self.percent).filter(|rate| *rate <= 1_000_000);
        checks.that(rate.is_some(), "percent", "percent", "Give the rate in percent, such as 8.25.");
    }
}

pub async fn rate_post(access: Access<CatalogWrite>, Path(id): Path<JurisdictionId>, form: Form<TypedRate>) -> Answer {
    let work = async |typed: TypedRate| {
        let missing = || Error::field("/tax_rate_id", "required", "Choose the tax.");
        let new = rate::New {
            tax_rate_id: typed.tax_rate_id.ok_or_else(missing)?,
            name: typed.name,
            rate_ppm: tax_rate::millionths(&typed.percent).unwrap_or_default(),
            compound: typed.compound == Some(true),
            from_on: typed.from_on,
        }
        .checked()?;
        access
            .once(async |tx: &mut TenantTx| {
                rate::set(tx, id, new.clone()).await?;
                Ok(Redirect::to(format!("/settings/taxes/{id}")).toast("The rate is added."))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, id, Some((Which::Rate, shell::filled(typed)))).await?)),
    }
}

pub async fn end_post(
    access: Access<CatalogWrite>,
    Path((id, rate_id)): Path<(JurisdictionId, RateId)>,
    form: Form<Nothing>,
) -> Answer {
    let work = async |_: Nothing| {
        access
            .once(async |tx: &mut TenantTx| {
                rate::end(tx, id, rate_id, &rate::End::default()).await?;
                Ok(Redirect::to(format!("/settings/taxes/{id}")).toast("Ended."))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, id, Some((Which::Rate, shell::filled(typed)))).await?)),
    }
}
