//! The columns of a file beside their first lines, each with what it can hold: what every customer has, a field of the
//! company's own, or one that is made for it.
use maud::{Markup, html};
use sheets::cell::same;
use ui::{
    Filled, button, field, form, link_button,
    table::{Column, plain},
};

use super::{
    Import, Line, Source,
    columns::NEW,
    field::Field,
    format::own_field,
    holds::{Holds, name_of},
    propose::Proposal,
};
use crate::custom::{self, Kind};

/// `makes` for whoever may make fields.
pub(super) fn draw(import: &Import, sample: &[Line], own: &[custom::Field], makes: bool, filled: &Filled) -> Markup {
    let (columns, mapping, proposed) = (import.columns(), import.mapping(), import.proposed());
    let sample: Vec<Vec<String>> = sample.iter().map(Line::cells).collect();
    let heads =
        [Column::lead("Column of the file").width(25), Column::text("Holds").width(30), Column::text("First lines")];
    let line = |(n, column): (usize, &String)| {
        let name = format!("c{n}");
        let now = match filled.is_wrong() {
            true => filled.value(&name).to_owned(),
            false => mapping.get(n).and_then(Option::as_ref).map(Holds::to_string).unwrap_or_default(),
        };
        let new = proposed.get(n).filter(|_| makes && is_new(column, own));
        let first = sample.iter().filter_map(|cells| cells.get(n)).filter(|cell| !cell.is_empty());
        let first: String = first.cloned().collect::<Vec<_>>().join(" · ").chars().take(120).collect();
        vec![html! { span.strong { (column) } }, choice(&name, column, &now, own, new), html! { span.dim { (first) } }]
    };
    let rows: Vec<Vec<Markup>> = columns.iter().enumerate().map(line).collect();
    let sources: Vec<(String, String)> =
        Source::ALL.iter().map(|source| (source.to_string(), source.label().to_owned())).collect();
    let source = match filled.is_wrong() {
        true => filled.value("source").to_owned(),
        false => import.source.to_string(),
    };
    let hint = match import.source {
        Source::Other => "Its ids are kept as your own.",
        _ => "Recognised by its columns. Its ids are kept apart from those of other systems.",
    };
    let apart: Vec<&str> =
        columns.iter().filter(|c| makes && own_field(c).is_some() && is_new(c, own)).map(|c| name_of(c)).collect();
    html! {
        form.form.form-wide method="post" action={ "/customers/import/" (import.id) "/check" } data-form data-island="import" {
            (form::key()) (form::summary(filled))
            (field::select(filled, "source", "The file comes from", &sources).value(source).hint(hint))
            @if !apart.is_empty() { (ui::note("info", html! { p { "The other system has fields of its own: " (apart.join(", ")) ". They are put among the notes unless you choose “New field” for them." } })) }
            div.stacked { (plain("Columns", &heads, &rows)) }
            p.soft.t13 data-mapped {}
            (form::actions(html! { (button("Check the file").primary()) (link_button("Cancel", "/customers/import").quiet()) }))
        }
    }
}

fn is_new(column: &str, own: &[custom::Field]) -> bool {
    let name = name_of(column);
    !name.is_empty() && !own.iter().any(|field| same(&field.label, name))
}

fn choice(name: &str, column: &str, now: &str, own: &[custom::Field], new: Option<&Proposal>) -> Markup {
    // What looks like something narrower may be kept as it is written, too.
    let plain = Proposal { kind: Kind::Text, choices: vec![] };
    let kinds = new.into_iter().chain(new.filter(|new| new.kind != Kind::Text).map(|_| &plain));
    html! {
        span.select-box { select.select name=(name) data-column=(column) aria-label={ "What the column " (column) " holds" } {
            option value="" selected[now.is_empty()] { "Leave out" }
            @for field in Field::ALL { option value=(field) selected[now == field.as_str()] data-many[field.takes_many()] { (field.label()) } }
            @if !own.is_empty() || new.is_some() { optgroup label="Your own fields" {
                @for field in own {
                    @let value = Holds::Own(field.key.clone()).to_string();
                    option value=(value) selected[now == value] { (field.label) }
                }
                @for Proposal { kind, .. } in kinds {
                    @let value = format!("{NEW}{kind}");
                    option value=(value) selected[now == value] data-many { "New field “" (name_of(column)) "”: " (kind.label().to_lowercase()) }
                }
            } }
        } (ui::icon("chevron-down")) }
    }
}
