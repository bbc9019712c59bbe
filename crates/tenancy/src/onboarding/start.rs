//! The first page at the base domain: sign up, or find the way to one's own company.
use kernel::{
    Outside, Result,
    http::{Page, Query},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{button, field, link_button, question};

use crate::company;

#[derive(Deserialize, JsonSchema)]
pub struct Asked {
    /// The address of a company, with or without the base domain.
    company: Option<String>,
}

pub async fn start(outside: Outside, Query(asked): Query<Asked>) -> Result<Page> {
    super::nobodys(&outside)?;
    let base = outside.house.base_domain().to_owned();
    let mut filled = ui::Filled::default();
    let mut found = None;
    if let Some(typed) = asked.company {
        outside.house.limits().careful("find-company", &outside.peer)?;
        let host = typed.trim().to_lowercase();
        let host = host.split("://").last().unwrap_or_default().split(['/', ':']).next().unwrap_or_default().to_owned();
        let slug = host.strip_suffix(&format!(".{base}")).unwrap_or(&host).to_owned();
        filled = ui::Filled::of([("company", typed)]);
        match company::taken(outside.house.control(), &slug).await? {
            true => found = Some(slug),
            false => {
                filled =
                    filled.wrong("company", "No company has this address. It is in the link your company sent you.")
            }
        }
    }
    let body = html! {
        (question("The CRM for the trades", "Bookings, the dispatch board, jobs on the phone, invoices and payments: one place for the whole day of a heating, plumbing or electrical company."))
        div."flex"."gap-2"."mt-6" { (link_button("Set up your company", "/onboarding").primary().large()) }
        p.dim.t13."mt-2" { (company::plan::TRIAL_DAYS) " days free, no card. Ten minutes to the first booking." }
        section."mt-8" {
            h2.lbl."mb-2" { "Your company is here already?" }
            form method="get" action="/start" {
                (field::text(&filled, "company", "Company address").after(format!(".{base}")).autocomplete("off"))
                div."mt-2" { (button("Find it")) }
            }
            (there(&outside, found.as_deref()))
        }
    };
    Ok(super::frame(&outside, "Tradewind", body, html! {}))
}

fn there(outside: &Outside, slug: Option<&str>) -> Markup {
    html! {
        @if let Some(slug) = slug {
            p."mt-4" role="status" { a.link href=(outside.house.url(Some(slug), "/sign-in")) { "Sign in at " (slug) "." (outside.house.base_domain()) } }
        }
    }
}
