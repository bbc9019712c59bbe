//! The first page at the base domain: sign up, or find the way to one's own company.
use kernel::{
    Checks, Error, Input, Outside, Result,
    http::{Form, Page, Query},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, button, field, form, link_button, question};

use crate::{
    company::{self, mail_domain, mail_domain::Home},
    shell,
};

#[derive(Deserialize, JsonSchema)]
pub struct Asked {
    /// The address of a company, with or without the base domain.
    company: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// The address of a company, or somebody's e-mail address.
    #[serde(default)]
    company: String,
}
impl Input for Way {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("company", &mut self.company, 254, "your company's address, or your e-mail address");
    }
}

pub async fn start(outside: Outside, Query(asked): Query<Asked>) -> Result<Page> {
    super::nobodys(&outside)?;
    let Some(company) = asked.company else { return Ok(draw(&outside, &Filled::default(), None)) };
    let filled = Filled::of([("company", company.clone())]);
    match find(&outside, &company).await {
        Ok(home) => Ok(draw(&outside, &filled, Some(&home))),
        Err(error) => Ok(draw(&outside, &super::mendable(vec![("company".into(), company)], error)?, None)),
    }
}

/// What is typed here may be an e-mail address, which does not belong into the address of a page.
pub async fn start_post(outside: Outside, form: Form<Way>) -> Result<Page> {
    super::nobodys(&outside)?;
    let typed = form.value("company").unwrap_or_default().to_owned();
    Ok(match form.then(async |way: Way| find(&outside, &way.company).await).await? {
        Ok(home) => draw(&outside, &Filled::of([("company", typed)]), Some(&home)),
        Err(typed) => Page { status: 422, ..draw(&outside, &shell::filled(typed), None) },
    })
}

async fn find(outside: &Outside, typed: &str) -> Result<Home> {
    outside.house.limits().careful("find-company", &outside.peer)?;
    if typed.contains('@') {
        let unknown = || {
            let domain = typed.rsplit('@').next().unwrap_or_default().trim();
            let sentence = format!(
                "No company is known by addresses at {domain}. Its own address is in the letter that invited you."
            );
            Error::field("/company", "unknown", sentence)
        };
        return mail_domain::of_address(&outside.house, typed).await?.ok_or_else(unknown);
    }
    let base = outside.house.base_domain();
    let host = typed.trim().to_lowercase();
    let host = host.split("://").last().unwrap_or_default().split(['/', ':']).next().unwrap_or_default();
    let slug = host.strip_suffix(&format!(".{base}")).unwrap_or(host).to_owned();
    match company::taken(outside.house.control(), &slug).await? {
        true => Ok(Home { name: format!("{slug}.{base}"), slug }),
        false => Err(Error::field(
            "/company",
            "unknown",
            "No company has this address. It is in the link your company sent you.",
        )),
    }
}

fn draw(outside: &Outside, filled: &Filled, found: Option<&Home>) -> Page {
    let body = html! {
        (question("The CRM for the trades", "Bookings, the dispatch board, jobs on the phone, invoices and payments: one place for the whole day of a heating, plumbing or electrical company."))
        div."flex"."gap-2"."mt-6" { (link_button("Set up your company", "/onboarding").primary().large()) }
        p.dim.t13."mt-2" { (company::plan::TRIAL_DAYS) " days free, no card. Ten minutes to the first booking." }
        section."mt-8" {
            h2.lbl."mb-2" { "Your company is here already?" }
            (form::form("/start", filled, html! {
                (field::text(filled, "company", "Company address or your email").required().most(254).autocomplete("off").hint(format!("Such as acme.{}, or you@acme.com", outside.house.base_domain())))
                div."mt-2" { (button("Find it")) }
            }))
            @if let Some(home) = found { p."mt-4" role="status" { (way(outside, home)) } }
        }
    };
    super::frame(outside, "Tradewind", body, html! {})
}

/// The way to a company's sign-in.
pub(super) fn way(outside: &Outside, home: &Home) -> Markup {
    html! { a.link href=(outside.house.url(Some(&home.slug), "/sign-in")) { "Sign in at " (home.name) } }
}
