//! Choosing another customer beside the one a page is about: looked for by words, without script too.
use kernel::{Result, Scope, http::Page};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, card};

use super::{CustomerId, Status, beneath::beneath, find, near::search_or_near};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Whom {
    /// The other.
    pub(crate) customer_id: Option<CustomerId>,
    /// Whom to look for.
    pub(crate) q: Option<String>,
}

/// `here` takes whoever is chosen as `customer_id`.
pub(crate) async fn choose(
    scope: &Scope,
    id: CustomerId,
    asked: Option<&String>,
    here: &str,
    (title, verb): (&str, &str),
) -> Result<Page> {
    let customer = scope.read(find(id)).await?;
    let found = match asked.filter(|asked| !asked.trim().is_empty()) {
        Some(asked) => search_or_near(scope, asked, Status::Active, None, 20).await?.data,
        None => vec![],
    };
    let body = html! { div.form-narrow {
        p.soft."mb-4" { "Look for the other customer." }
        (ui::filters::search(here, asked.map_or("", String::as_str), "Name, phone, street", &[]))
        @for other in found.iter().filter(|other| other.id != id) {
            @let link = html! { a.link.t12 href={ (here) "?customer_id=" (other.id) } aria-label={ (verb) " " (other.name) } { (verb) } };
            (card::line("user-round", &format!("{} #{}", other.name, other.number), other.place.as_deref().unwrap_or(""), link))
        }
        @if asked.is_some() && found.iter().all(|other| other.id == id) { p.dim.t13."mt-3" role="status" { "Nobody else is found by that." } }
    } };
    Ok(beneath(scope, &customer, title, body, &Filled::default()))
}
