//! The page of the company's settings.
use kernel::{
    Access, Result, Scope,
    http::{Either, Form, Page, Redirect},
};
use maud::{Markup, html};

use super::{
    company::{Change, Company, change, read},
    letterhead,
};
use crate::{
    SettingsRead, SettingsWrite,
    shell::{self, Frame},
};

pub async fn page(access: Access<SettingsRead>) -> Result<Page> {
    let company = read(&access).await?;
    let filled = ui::Filled::of(letterhead::filled(&company.letterhead).into_iter().chain([
        ("name", company.name.clone()),
        ("time_zone", company.time_zone.clone()),
        ("currency", company.currency.clone()),
        ("language", company.language.clone()),
        ("country", company.country.clone()),
        ("brand_hue", nearest(company.brand_hue).to_string()),
    ]));
    Ok(draw(&access, &company, &filled))
}

pub async fn post(access: Access<SettingsWrite>, form: Form<Change>) -> Result<Either<Redirect, Page>> {
    let version = form.version();
    let outcome = form.then(async |input: Change| change(&access, version?, input.cleared()).await).await?;
    Ok(match outcome {
        Ok(_) => Either::Done(Redirect::to("/settings/company").toast("Settings saved.")),
        Err(typed) => {
            let company = read(&access).await?;
            Either::Again(Page { status: 422, ..draw(&access, &company, &shell::filled(typed)) })
        }
    })
}

/// Accents by name; lightness and strength are ours, so that each can be read.
const HUES: [(u16, &str); 10] = [
    (25, "Red"),
    (50, "Orange"),
    (80, "Amber"),
    (130, "Olive"),
    (155, "Green"),
    (185, "Teal"),
    (212, "Sky"),
    (255, "Blue"),
    (295, "Violet"),
    (350, "Pink"),
];

fn nearest(hue: u16) -> u16 {
    let far = |of: u16| of.abs_diff(hue).min(360 - of.abs_diff(hue));
    HUES.iter().map(|(hue, _)| *hue).min_by_key(|of| far(*of)).unwrap_or(hue)
}

const CURRENCIES: [&str; 16] =
    ["USD", "CAD", "EUR", "GBP", "AUD", "NZD", "INR", "MXN", "BRL", "JPY", "SEK", "NOK", "DKK", "PLN", "CHF", "ZAR"];
const LANGUAGES: [(&str, &str); 12] = [
    ("en-US", "English (United States)"),
    ("en-GB", "English (United Kingdom)"),
    ("en-IN", "English (India)"),
    ("en-CA", "English (Canada)"),
    ("en-AU", "English (Australia)"),
    ("de-DE", "Deutsch"),
    ("es-MX", "Español (México)"),
    ("es-ES", "Español (España)"),
    ("fr-FR", "Français"),
    ("it-IT", "Italiano"),
    ("nl-NL", "Nederlands"),
    ("pt-BR", "Português (Brasil)"),
];

/// Every zone there is, the company's own first should it have another name.
pub(crate) fn zones(own: &str) -> Vec<(String, String)> {
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .filter(|name| name.contains('/') || name == "UTC")
        .collect();
    if !names.iter().any(|name| name == own) {
        names.insert(0, own.to_owned());
    }
    names.into_iter().map(|name| (name.clone(), name.replace('_', " "))).collect()
}

fn draw(scope: &Scope, company: &Company, filled: &ui::Filled) -> Page {
    use ui::{button, field, form};
    let own = |list: &[&str], own: &str| -> Vec<(String, String)> {
        let known = list.contains(&own);
        let all = list.iter().map(|one| (*one).to_owned()).chain((!known).then(|| own.to_owned()));
        all.map(|one| (one.clone(), one)).collect()
    };
    let mut languages: Vec<(String, String)> =
        LANGUAGES.iter().map(|(tag, words)| ((*tag).to_owned(), (*words).to_owned())).collect();
    if !LANGUAGES.iter().any(|(tag, _)| *tag == company.language) {
        languages.push((company.language.clone(), company.language.clone()));
    }
    let hues: Vec<(String, String)> = HUES.iter().map(|(hue, name)| (hue.to_string(), (*name).to_owned())).collect();
    let fields: Markup = html! {
        (field::hidden("version", company.version.to_string()))
        (form::part("Company", "Customers see the name on the booking page, on invoices and in messages.", html! {
            (field::text(filled, "name", "Name").required().most(100))
        }))
        (letterhead::part(filled))
        (form::part("Money and time", "New invoices and appointments use these; what is written stays as it was.", html! {
            (field::select(filled, "time_zone", "Time zone", &zones(&company.time_zone)))
            (form::pair(html! {
                (field::select(filled, "currency", "Currency", &own(&CURRENCIES, &company.currency)))
                (field::select(filled, "language", "Language and format", &languages))
            }))
            (field::text(filled, "country", "Country").most(2).hint("Two letters, such as US: decides the order in addresses and the paper size"))
        }))
        (form::part("Colour", "The accent of your screens, booking page and papers.", html! {
            (field::select(filled, "brand_hue", "Accent", &hues))
        }))
        @if scope.can::<SettingsWrite>() { (form::actions(html! { (button("Save settings").primary()) })) }
    };
    let body = html! {
        div.form-narrow {
            p.soft."mb-6" { "Your address is " b { (scope.house().url(Some(&company.slug), "")) } "." }
            (form::form("/settings/company", filled, fields))
            div."mt-8" { (super::logo::part(scope, company.logo)) }
        }
    };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    shell::page(scope, Frame { title: "Company".into(), active: "/settings", crumbs, body, ..Frame::default() })
}
