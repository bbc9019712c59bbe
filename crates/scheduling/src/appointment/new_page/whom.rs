//! For whom: a customer is looked for by words of theirs; before that, those who were booked for lately.
use customers::{
    CustomerId,
    customer::{Status, near::search_or_near},
};
use kernel::{Result, Scope, http::Page, row, sql};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{Filled, field, form};

use super::{NewQuery, frame};

row! { struct Hit { id: CustomerId, name: String, place: Option<String> } }

sql! {
    fn lately() -> Vec<Hit> = "
        select c.id, c.name, c.place
        from (select a.id, a.customer_id from appointment a where a.tenant_id = $1 order by a.id desc limit 30) a
        join customer c on c.tenant_id = $1 and c.id = a.customer_id and c.status = 'active'
        order by a.id desc";
}

pub(super) async fn page(scope: &Scope, query: &NewQuery) -> Result<Page> {
    let typed = query.q.clone().unwrap_or_default();
    let asked = !typed.trim().is_empty();
    let hits: Vec<Hit> = match asked {
        true => search_or_near(scope, &typed, Status::Active, None, 20)
            .await?
            .data
            .into_iter()
            .map(|customer| Hit { id: customer.id, name: customer.name, place: customer.place })
            .collect(),
        false => each_once(scope.read(lately()).await?),
    };
    let body = html! {
        h2."h-lg"."mb-4" { "Who is it for?" }
        form.form method="get" action="/appointments/new" {
            @if let Some(date) = query.date { (field::hidden("date", date.to_string())) }
            (field::text(&Filled::of([("q", typed.clone())]), "q", "Customer").hint("Name, phone, e-mail or street.").focus().autocomplete("off"))
            (form::actions(html! { (ui::button("Find").primary().icon("search")) (ui::link_button("New customer", "/customers/new").icon("user-plus")) }))
        }
        @if asked && hits.is_empty() { p.soft."mt-6" role="status" { "Nobody fits “" (typed) "”. Try a shorter word, or add a new customer." } }
        @if !hits.is_empty() { (list(if asked { "Found" } else { "Booked lately" }, &hits, query)) }
    };
    Ok(shell::page(scope, Frame { body, ..frame() }))
}

fn list(title: &str, hits: &[Hit], query: &NewQuery) -> Markup {
    let date = query.date.map(|date| format!("&date={date}")).unwrap_or_default();
    html! {
        section."mt-8"."max-w-[640px]" {
            h3.t14.strong."mb-2" { (title) }
            @for hit in hits {
                (ui::card::line("user-round", &hit.name, hit.place.as_deref().unwrap_or(""), html! {
                    (ui::link_button("Choose", format!("/appointments/new?customer_id={}{date}", hit.id)).small().attr("aria-label", format!("Choose {}", hit.name)))
                }))
            }
        }
    }
}

/// The latest eight people, each in the place of their latest job.
fn each_once(all: Vec<Hit>) -> Vec<Hit> {
    let mut out: Vec<Hit> = vec![];
    for hit in all {
        if !out.iter().any(|known| known.id == hit.id) {
            out.push(hit);
        }
    }
    out.truncate(8);
    out
}
