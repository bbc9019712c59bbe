//! The page of an import: match the columns, then how far it is, then what came of it.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Json, Page, Path, Typed},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{
    Filled, button, field, form, link_button,
    table::{Column, plain},
};

use super::{Field, Import, ImportId, Line, Source, Status, find, lines_after, progress};
use crate::permissions::CustomersImport;

pub async fn api(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Json<Import>> {
    access.read(find(id)).await?.map(Json).ok_or(Error::NotFound)
}

pub async fn page(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Page> {
    draw(&access, id, &Filled::default()).await
}

/// The columns again, with what is wrong with them.
pub(super) async fn again(access: &Access<CustomersImport>, id: ImportId, typed: Typed) -> Result<Page> {
    let mut page = draw(access, id, &shell::filled(typed)).await?;
    page.status = 422;
    Ok(page)
}

async fn draw(access: &Access<CustomersImport>, id: ImportId, filled: &Filled) -> Result<Page> {
    let (import, sample) = access
        .read_with(async |tx: &mut TenantTx| {
            let (import, sample) = tx.run((find(id), lines_after(id, 0, 5))).await?;
            Ok((import.ok_or(Error::NotFound)?, sample))
        })
        .await?;
    let body = html! {
        p.soft.t13.pb-3 { (progress::count(import.lines)) " lines in " (import.file_name) "." }
        @if import.status == Status::Uploaded || filled.is_wrong() { (columns(&import, &sample, filled)) }
        @else {
            div data-island="import" data-progress=[import.is_at_work().then(|| format!("/customers/import/{id}/progress"))] {
                (progress::draw(access, &import).await?)
            }
            @if import.status == Status::Checked { details.fold.mt-4 { summary { "Match the columns differently" } (columns(&import, &sample, filled)) } }
        }
    };
    let crumbs = vec![("Customers".into(), "/customers".into()), ("Import".into(), "/customers/import".into())];
    let title = import.file_name.clone();
    Ok(shell::page(access, Frame { title, active: "/customers", crumbs, body, ..Frame::default() }))
}

fn columns(import: &Import, sample: &[Line], filled: &Filled) -> Markup {
    let (columns, mapping) = (import.columns(), import.mapping());
    let sample: Vec<Vec<String>> = sample.iter().map(Line::cells).collect();
    let heads =
        [Column::lead("Column of the file").width(25), Column::text("Holds").width(30), Column::text("First lines")];
    let rows: Vec<Vec<Markup>> = columns
        .iter()
        .enumerate()
        .map(|(n, column)| {
            let name = format!("c{n}");
            let now = match filled.is_wrong() {
                true => filled.value(&name).to_owned(),
                false => mapping.get(n).copied().flatten().map(|field| field.to_string()).unwrap_or_default(),
            };
            let first: Vec<&str> =
                sample.iter().filter_map(|cells| cells.get(n)).map(String::as_str).filter(|cell| !cell.is_empty()).collect();
            let choice = html! {
                span.select-box { select.select name=(name) data-column=(column) aria-label={ "What the column " (column) " holds" } {
                    option value="" selected[now.is_empty()] { "Leave out" }
                    @for field in Field::ALL { option value=(field) selected[now == field.as_str()] data-many[field.takes_many()] { (field.label()) } }
                } (ui::icon("chevron-down")) }
            };
            vec![html! { span.strong { (column) } }, choice, html! { span.dim { (first.join(" · ").chars().take(120).collect::<String>()) } }]
        })
        .collect();
    let action = format!("/customers/import/{}/check", import.id);
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
    html! {
        form.form.form-wide method="post" action=(action) data-form data-island="import" {
            (form::key()) (form::summary(filled))
            (field::select(filled, "source", "The file comes from", &sources).value(source).hint(hint))
            div.stacked { (plain("Columns", &heads, &rows)) }
            p.soft.t13 data-mapped {}
            (form::actions(html! { (button("Check the file").primary()) (link_button("Cancel", "/customers/import").quiet()) }))
        }
    }
}
