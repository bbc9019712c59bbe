//! The page of an import: match the columns, then what would happen, then what came of it.
use kernel::{
    Access, CostsSee, Result,
    http::{Json, Page, Path, Typed},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{
    Filled, button, form, link_button,
    table::{Column, plain},
};

use super::{ItemImport, ItemImportId, Line, State, draw, field::Field, find, lines_after, seen};
use crate::permissions::CatalogWrite;

pub async fn api(access: Access<CatalogWrite>, Path(id): Path<ItemImportId>) -> Result<Json<ItemImport>> {
    seen(&access, access.read(find(id)).await?).map(Json)
}

pub async fn page(access: Access<CatalogWrite>, Path(id): Path<ItemImportId>) -> Result<Page> {
    page_of(&access, id, &Filled::default()).await
}

pub async fn fragment(access: Access<CatalogWrite>, Path(id): Path<ItemImportId>) -> Result<Page> {
    let import = seen(&access, access.read(find(id)).await?)?;
    Ok(draw::draw(&access, &import).await?.into())
}

/// The columns again, with what is wrong with them.
pub(super) async fn again(access: &Access<CatalogWrite>, id: ItemImportId, typed: Typed) -> Result<Page> {
    Ok(Page { status: 422, ..page_of(access, id, &shell::filled(typed)).await? })
}

async fn page_of(access: &Access<CatalogWrite>, id: ItemImportId, filled: &Filled) -> Result<Page> {
    let (import, sample) = access.read((find(id), lines_after(id, 0, 5))).await?;
    let import = seen(access, import)?;
    let matching = || columns(&import, &sample, access.can::<CostsSee>(), filled);
    let count =
        if import.lines == 1 { "1 line".to_owned() } else { format!("{} lines", sheets::cell::count(import.lines)) };
    let body = html! {
        p.soft.t13.pb-3 { (count) " in " (import.file_name) "." }
        @if import.status == State::Uploaded || filled.is_wrong() { (draw::given_up(&import)) (matching()) }
        @else {
            div data-island="import" data-progress=[import.is_at_work().then(|| format!("/price-book/imports/{id}/progress"))] {
                (draw::draw(access, &import).await?)
            }
            @if import.status == State::Checked { details.fold.mt-4 { summary { "Match the columns differently" } (matching()) } }
        }
    };
    let crumbs = vec![("Price book".into(), "/price-book".into()), ("Import".into(), "/price-book/imports".into())];
    let title = import.file_name.clone();
    Ok(shell::page(access, Frame { title, active: "/price-book", crumbs, body, ..Frame::default() }))
}

fn columns(import: &ItemImport, sample: &[Line], costs: bool, filled: &Filled) -> Markup {
    let (columns, mapping) = (import.columns(), import.mapping());
    let sample: Vec<Vec<String>> = sample.iter().map(Line::cells).collect();
    let heads =
        [Column::lead("Column of the file").width(25), Column::text("Holds").width(30), Column::text("First lines")];
    let line = |(n, column): (usize, &String)| {
        let name = format!("c{n}");
        let now = match filled.is_wrong() {
            true => filled.value(&name).to_owned(),
            false => mapping.get(n).copied().flatten().map(|field| field.to_string()).unwrap_or_default(),
        };
        let first = sample.iter().filter_map(|cells| cells.get(n)).filter(|cell| !cell.is_empty());
        let first: String = first.cloned().collect::<Vec<_>>().join(" · ").chars().take(120).collect();
        vec![html! { span.strong { (column) } }, choice(&name, column, &now, costs), html! { span.dim { (first) } }]
    };
    let rows: Vec<Vec<Markup>> = columns.iter().enumerate().map(line).collect();
    html! {
        form.form.form-wide method="post" action={ "/price-book/imports/" (import.id) "/check" } data-form data-island="import" {
            (form::key()) (form::summary(filled))
            div.stacked { (plain("Columns", &heads, &rows)) }
            p.soft.t13 data-mapped {}
            (form::actions(html! { (button("Check the file").primary()) (link_button("Cancel", "/price-book/imports").quiet()) }))
        }
    }
}

fn choice(name: &str, column: &str, now: &str, costs: bool) -> Markup {
    let offered = Field::ALL.iter().filter(|field| costs || **field != Field::Cost);
    html! {
        span.select-box { select.select name=(name) data-column=(column) aria-label={ "What the column " (column) " holds" } {
            option value="" selected[now.is_empty()] { "Leave out" }
            @for field in offered { option value=(field) selected[now == field.as_str()] { (field.label()) } }
        } (ui::icon("chevron-down")) }
    }
}
