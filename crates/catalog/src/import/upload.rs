//! Choosing a file: it is read at once, kept line by line, and its columns are guessed from their headings.
use jiff::Timestamp;
use kernel::{
    Access, CostsSee, Error, Permission, PricesSee, Result, TenantTx,
    http::{Created, Either, Page, Redirect, Repeatable, Spool, Spooled, Typed},
    sql,
};
use maud::{Markup, html};
use sheets::{Part, Sheet, as_json};
use std::collections::HashMap;
use tenancy::shell::{self, Frame};
use ui::{
    Filled, button, field as input, form, link_button,
    table::{Column, plain},
};
use uuid::Uuid;

use super::{
    ItemImport, ItemImportId, ItemImportUploaded, MOST_BYTES, MOST_LINES, State, field::guess, find, latest, priced,
    sees_all,
};
use crate::permissions::CatalogWrite;

sql! {
    fn insert(id: ItemImportId, file_name: String, columns: String, mapping: String, lines: i32, status: State, at: Timestamp, by: Option<Uuid>) = "
        insert into item_import (tenant_id, id, file_name, columns, mapping, lines, status, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)";
    fn insert_lines(import: ItemImportId, lines: Vec<i32>, cells: Vec<String>) = "
        insert into item_import_row (tenant_id, import_id, line, cells)
        select $1::uuid, $2::uuid, r.line, r.cells from unnest($3::int[], $4::text[]) r(line, cells)";
}

async fn earlier(access: &Access<CatalogWrite>) -> Result<Vec<ItemImport>> {
    access.read(latest(sees_all(access), access.user())).await
}

async fn chosen(upload: Spooled) -> Result<(Spool, Sheet)> {
    if upload.file.as_ref().is_some_and(|file| file.bytes > MOST_BYTES) {
        let says = "A price book has at most 32 MB. Split it and bring the parts one after the other.";
        return Err(Error::field("/file", "large", says));
    }
    let (file, sheet) = sheets::chosen(upload, |look| look(&mut |_| {})).await?;
    match sheet.lines <= MOST_LINES {
        true => Ok((file, sheet)),
        false => {
            let says = "A price book has at most 25,000 lines. Split it and bring the parts one after the other.";
            Err(Error::field("/file", "lines", says))
        }
    }
}

async fn keep(tx: &mut TenantTx, file: &Spool, sheet: &Sheet, costs: bool) -> Result<ItemImport> {
    let id = ItemImportId::new();
    let name = file.name.chars().take(200).collect();
    let (columns, mapping) = (as_json(&sheet.columns), as_json(&guess(&sheet.columns, costs)));
    tx.queue(insert(id, name, columns, mapping, sheet.lines, State::Uploaded, tx.now(), tx.user()));
    for part in Part::all(sheet.lines(file.open())) {
        let Part { numbers, cells } = part?;
        tx.queue(insert_lines(id, numbers, cells));
    }
    tx.tell(&ItemImportUploaded { item_import: id, lines: sheet.lines });
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

/// Asked before the file is read. Whoever is no person could not open again what they brought, but by seeing all of it: see `seen`.
fn may_go_on(access: &Access<CatalogWrite>) -> Result<()> {
    priced(access)?;
    match access.user().is_some() || access.can::<CostsSee>() {
        true => Ok(()),
        false => Err(Error::Forbidden(<CostsSee as Permission>::NAME)),
    }
}

pub async fn api(access: Access<CatalogWrite>, upload: Spooled) -> Result<Repeatable<Created<ItemImport>>> {
    may_go_on(&access)?;
    let (file, sheet) = chosen(upload).await?;
    let costs = access.can::<CostsSee>();
    access
        .once(async |tx: &mut TenantTx| {
            let body = keep(tx, &file, &sheet, costs).await?;
            Ok(Created { location: format!("/api/v1/price-book-imports/{}", body.id), body })
        })
        .await
}

pub async fn page(access: Access<CatalogWrite>) -> Result<Page> {
    let earlier = earlier(&access).await?;
    Ok(draw(&access, &earlier, &Filled::default()))
}

pub async fn post(access: Access<CatalogWrite>, upload: Spooled) -> Result<Either<Repeatable<Redirect>, Page>> {
    let costs = access.can::<CostsSee>();
    may_go_on(&access)?;
    let outcome = match chosen(upload).await {
        Ok((file, sheet)) => {
            access
                .once(async |tx: &mut TenantTx| {
                    let import = keep(tx, &file, &sheet, costs).await?;
                    Ok(Redirect::to(format!("/price-book/imports/{}", import.id)))
                })
                .await
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(done) => Ok(Either::Done(done)),
        Err(error) => {
            let typed = Typed::of(HashMap::new(), error)?;
            let earlier = earlier(&access).await?;
            Ok(Either::Again(Page { status: 422, ..draw(&access, &earlier, &shell::filled(typed)) }))
        }
    }
}

fn draw(access: &Access<CatalogWrite>, earlier: &[ItemImport], filled: &Filled) -> Page {
    let accept = ".csv,.tsv,.txt,.xlsx,text/csv,text/tab-separated-values,text/plain,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let body = html! {
        @if !access.can::<PricesSee>() { (ui::note("warn", html! { p { "A price book is brought in by whoever may see prices. An owner or admin can grant it." } })) }
        @else { (form::form_with_files("/price-book/imports", filled, html! {
            p.soft { "Take a list of what you sell from another system or a spreadsheet, or the export of this price book after you have worked on it: an item is known again by its code, or by name, kind and category. The first line names the columns. Nothing is changed until you have seen what would happen." }
            (input::file(filled, "file", "File", accept, MOST_BYTES).required().hint("CSV with commas, semicolons, tabs or bars in any encoding, or Excel (XLSX). At most 25,000 lines and 32 MB."))
            (form::actions(html! { (button("Read file").primary()) (link_button("Cancel", "/price-book").quiet()) }))
        })) }
        @if !earlier.is_empty() { section.mt-4 { div.sect-head { h2 { "Earlier imports" } } (list(access, earlier)) } }
    };
    let crumbs = vec![("Price book".into(), "/price-book".into())];
    let title = "Import a price book".into();
    shell::page(access, Frame { title, active: "/price-book", crumbs, body, ..Frame::default() })
}

fn list(access: &Access<CatalogWrite>, earlier: &[ItemImport]) -> Markup {
    let columns = [
        Column::lead("File").width(35),
        Column::text("Read"),
        Column::text("State"),
        Column::number("Lines"),
        Column::number("New"),
        Column::number("Changed"),
        Column::number("Refused"),
    ];
    let zone = &access.tenant().locale.zone;
    let row = |import: &ItemImport| {
        let day = import.created_at.to_zoned(zone.clone()).strftime("%-d %b %Y").to_string();
        vec![
            html! { a.link href={ "/price-book/imports/" (import.id) } { (import.file_name) } },
            html! { (day) },
            html! { (import.status.label()) },
            html! { (import.lines) },
            html! { (import.made) },
            html! { (import.changed) },
            html! { (import.wrong) },
        ]
    };
    plain("Earlier imports", &columns, &earlier.iter().map(row).collect::<Vec<_>>())
}
