//! Where the company is and how it is reached: what stands at the head of its papers.
use kernel::{Checks, checks::is_email, tenant};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Serialize;
use ui::{Filled, field, form};

use super::company::Change;

/// As the settings show it; what was not given is null.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Letterhead {
    pub street: Option<String>,
    pub city: Option<String>,
    pub region: Option<String>,
    pub postal_code: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// With its scheme: `https://acme-hvac.com`.
    pub website: Option<String>,
    /// As the tax office writes it: EIN, VAT number, GSTIN.
    pub tax_number: Option<String>,
}

impl Letterhead {
    pub(super) fn of(kept: &tenant::Letterhead) -> Self {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Self {
            street: given(&kept.street),
            city: given(&kept.city),
            region: given(&kept.region),
            postal_code: given(&kept.postal_code),
            phone: given(&kept.phone),
            email: given(&kept.email),
            website: given(&kept.website),
            tax_number: given(&kept.tax_number),
        }
    }
}

pub(super) fn check(checks: &mut Checks, change: &mut Change) {
    line(checks, "street", &mut change.street, 120);
    line(checks, "city", &mut change.city, 80);
    line(checks, "region", &mut change.region, 60);
    if let Some(code) = line(checks, "postal_code", &mut change.postal_code, 12) {
        let good = code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-'))
            && code.chars().any(|c| c.is_ascii_digit());
        checks.that(
            good,
            "postal_code",
            "postal_code",
            "A postal code has letters and digits, such as 62703 or SW1A 1AA.",
        );
    }
    if let Some(phone) = line(checks, "phone", &mut change.phone, 30) {
        checks.that(is_phone(phone), "phone", "phone", PHONE);
    }
    if let Some(email) = line(checks, "email", &mut change.email, 254) {
        *email = email.to_lowercase();
        checks.that(is_email(email), "email", "email", "That is not an e-mail address, such as office@acme-hvac.com.");
    }
    if let Some(site) = line(checks, "website", &mut change.website, 200) {
        website(checks, site);
    }
    if let Some(number) = line(checks, "tax_number", &mut change.tax_number, 30) {
        let good = number.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '/' | '.'))
            && number.chars().any(|c| c.is_ascii_digit());
        checks.that(
            good,
            "tax_number",
            "tax_number",
            "A tax number has letters, digits, hyphens and slashes, such as 37-1234567.",
        );
    }
}

pub(crate) const PHONE: &str = "A phone number has 6 to 15 digits, such as (217) 555-0100 or +49 221 555 01.";

pub(crate) fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (6..=15).contains(&digits)
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '+'))
}

/// One line, trimmed, with single spaces. Gives back what is there to look at; empty means: take it away.
fn line<'a>(checks: &mut Checks, name: &str, value: &'a mut Option<String>, most: usize) -> Option<&'a mut String> {
    let text = value.as_mut()?;
    *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = text.chars().count();
    let fits = checks.that(length <= most, name, "too_long", format!("At most {most} characters; this has {length}."))
        && checks.that(
            !text.chars().any(char::is_control),
            name,
            "bad_character",
            "This holds a character that cannot be printed.",
        );
    (fits && !text.is_empty()).then_some(text)
}

/// `acme-hvac.com` becomes `https://acme-hvac.com`. The same rule for settings and sign-up.
pub(crate) fn website(checks: &mut Checks, site: &mut String) {
    if !site.contains("://") {
        *site = format!("https://{site}");
    }
    let host = site.split("://").nth(1).unwrap_or_default();
    let good = (site.starts_with("https://") || site.starts_with("http://"))
        && host.contains('.')
        && !site.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'));
    checks.that(good, "website", "url", "That is no web address, such as acme-hvac.com.");
}

impl Change {
    /// A form sends every field it has, but what is empty does not arrive: there it means that it was cleared.
    pub(super) fn cleared(mut self) -> Self {
        for field in [
            &mut self.street,
            &mut self.city,
            &mut self.region,
            &mut self.postal_code,
            &mut self.phone,
            &mut self.email,
            &mut self.website,
            &mut self.tax_number,
        ] {
            field.get_or_insert_default();
        }
        self
    }
}

pub(super) fn filled(kept: &Letterhead) -> Vec<(&'static str, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    vec![
        ("street", text(&kept.street)),
        ("city", text(&kept.city)),
        ("region", text(&kept.region)),
        ("postal_code", text(&kept.postal_code)),
        ("phone", text(&kept.phone)),
        ("email", text(&kept.email)),
        ("website", text(&kept.website)),
        ("tax_number", text(&kept.tax_number)),
    ]
}

pub(super) fn part(filled: &Filled) -> Markup {
    form::part(
        "Address and contact",
        "At the head of every invoice, where customers look for whom to call and where to send a cheque.",
        html! {
            (field::text(filled, "street", "Street").most(120).autocomplete("street-address"))
            (form::pair(html! {
                (field::text(filled, "city", "City").most(80).autocomplete("address-level2"))
                (field::text(filled, "region", "State or region").most(60).autocomplete("address-level1"))
            }))
            (form::pair(html! {
                (field::text(filled, "postal_code", "Postal code").most(12).autocomplete("postal-code"))
                (field::tel(filled, "phone", "Phone"))
            }))
            (form::pair(html! {
                (field::email(filled, "email", "Email").hint("The office's, not your own"))
                (field::text(filled, "website", "Website").most(200).placeholder("acme-hvac.com").autocomplete("url"))
            }))
            (field::text(filled, "tax_number", "Tax number").most(30).hint("EIN, VAT number or GSTIN; it can stay empty"))
        },
    )
}

#[test]
fn what_would_look_wrong_on_paper_is_refused() {
    let faults = |change: Change| {
        let (mut checks, mut change) = (Checks::default(), change);
        check(&mut checks, &mut change);
        checks
            .done()
            .err()
            .map(|error| error.problem().errors.into_iter().map(|e| e.pointer).collect::<Vec<_>>())
            .unwrap_or_default()
    };
    let some = |text: &str| Some(text.to_owned());
    assert!(
        faults(Change {
            phone: some("(217) 555-0100"),
            postal_code: some("SW1A 1AA"),
            tax_number: some("37-1234567"),
            ..Change::default()
        })
        .is_empty()
    );
    assert!(
        faults(Change { phone: some(""), email: some(" "), website: some(""), ..Change::default() }).is_empty(),
        "empty takes it away"
    );
    let wrong = Change {
        phone: some("call me"),
        email: some("office"),
        website: some("acme"),
        postal_code: some("none"),
        tax_number: some("<b>1"),
        street: some(&"x".repeat(121)),
        ..Change::default()
    };
    assert_eq!(faults(wrong), ["/street", "/postal_code", "/phone", "/email", "/website", "/tax_number"]);
}
