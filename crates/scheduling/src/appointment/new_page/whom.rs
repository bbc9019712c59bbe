//! For whom: a customer is looked for by a word of theirs.
use customers::CustomerId;
use kernel::{Result, Scope, http::Page, row, sql, text::fold};
use maud::html;
use ui::{Filled, field, form};

use super::{NewQuery, frame};

row! { struct Hit { id: CustomerId, number: i64, name: String, place: Option<String> } }

sql! {
    fn by_word(from: String, until: String) -> Vec<Hit> = "
        select distinct c.id, c.number, c.name, c.place from customer_word w
        join customer c on c.tenant_id = $1 and c.id = w.customer_id and c.status = 'active'
        where w.tenant_id = $1 and w.word >= $2 and w.word < $3 order by c.name, c.id limit 20";
}

pub(super) async fn page(scope: &Scope, query: &NewQuery) -> Result<Page> {
    let typed = query.q.clone().unwrap_or_default();
    // The longest word says most; the list below is short enough to look through.
    let word = fold(&typed).split(' ').max_by_key(|word| word.len()).unwrap_or("").to_owned();
    let hits = match word.is_empty() {
        true => vec![],
        false => scope.read(by_word(word.clone(), format!("{word}\u{10ffff}"))).await?,
    };
    let date = query.date.map(|date| format!("&date={date}")).unwrap_or_default();
    let body = html! {
        h2."h-lg" { "Who is it for?" }
        form.form method="get" action="/appointments/new" {
            @if let Some(date) = query.date { (field::hidden("date", date.to_string())) }
            (field::text(&Filled::of([("q", typed.clone())]), "q", "Customer").hint("Name, phone, e-mail or street.").focus().autocomplete("off"))
            (form::actions(html! { (ui::button("Find").primary().icon("search")) (ui::link_button("New customer", "/customers/new").icon("user-plus")) }))
        }
        @if !word.is_empty() && hits.is_empty() { p.soft { "Nobody by that name. Try a shorter word, or add a new customer." } }
        @for hit in &hits {
            (ui::card::line("user", &hit.name, hit.place.as_deref().unwrap_or(""), html! {
                (ui::link_button("Choose", format!("/appointments/new?customer_id={}{date}", hit.id)).small())
            }))
        }
    };
    Ok(frame(scope, body))
}
