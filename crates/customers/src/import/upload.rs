//! Choosing a file: it is read at once, kept line by line, and its columns are guessed from their headings.
use kernel::{
    Access, Result, TenantTx,
    http::{Created, Either, LargestFile, Page, Redirect, Repeatable, Spool, Spooled, Typed, Versioned},
    sql,
};
use maud::{Markup, html};
use sheets::{MOST_COLUMNS, Part, Sheet, as_json};
use std::collections::HashMap;
use tenancy::shell::{self, Frame};
use ui::{
    Filled, button, field as input, form, link_button,
    table::{Column, plain},
};

use super::{
    Import, ImportId, ImportUploaded, Source, Status, field,
    format::recognise,
    holds::{Holds, with_own},
    latest,
    propose::{Proposal, Tally},
};
use crate::{custom, permissions::CustomersImport};

impl Versioned for Import {
    fn version(&self) -> i64 {
        self.version
    }
}

sql! {
    fn insert(id: ImportId, file_name: String, columns: String, mapping: String, country: String, lines: i32, at: jiff::Timestamp, created_by: Option<uuid::Uuid>, source: Source, proposed: String, longest: i32) = "
        insert into import (tenant_id, id, file_name, columns, mapping, country, lines, created_at, updated_at, created_by, source, headings, proposed, longest)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, md5($4)::uuid, $11, $12)";
    // How a file with the same first line was understood when one was last looked through.
    fn understood(columns: String) -> Option<Understood> = "
        select source, mapping from import
        where tenant_id = $1 and headings = md5($2)::uuid and status <> 'uploaded' order by id desc limit 1";
    fn insert_lines(import: ImportId, lines: Vec<i32>, cells: Vec<String>) = "
        insert into import_row (tenant_id, import_id, line, cells)
        select $1::uuid, $2::uuid, r.line, r.cells from unnest($3::int[], $4::text[]) r(line, cells)";
}

kernel::row! {
    struct Understood {
        source: Source,
        mapping: String,
    }
}

impl Understood {
    /// Without fields that were deleted since.
    fn still(&self, own: &[custom::Field]) -> Vec<Option<Holds>> {
        let mapping: Vec<Option<Holds>> = serde_json::from_str(&self.mapping).unwrap_or_default();
        mapping.into_iter().map(|held| held.filter(|held| held.is_there(own))).collect()
    }
}

/// The file is read a second time here, part by part into the database.
async fn keep(tx: &mut TenantTx, file: &Spool, country: &str, sheet: &Looked) -> Result<Import> {
    let Looked { sheet, proposed } = sheet;
    let columns = as_json(&sheet.columns);
    let (understood, own) = tx.run((understood(columns.clone()), custom::all())).await?;
    let (source, mapping) = match understood {
        Some(before) => (before.source, before.still(&own)),
        None => {
            let source = recognise(&sheet.columns);
            (source, with_own(&sheet.columns, field::guess(&sheet.columns, source, &sheet.sample), &own))
        }
    };
    let import = Import {
        id: ImportId::new(),
        file_name: file.name.chars().take(200).collect(),
        source,
        columns,
        mapping: as_json(&mapping),
        proposed: as_json(proposed),
        country: country.into(),
        status: Status::Uploaded,
        lines: sheet.lines,
        longest: sheet.longest,
        cursor: 0,
        made: 0,
        changed: 0,
        same: 0,
        wrong: 0,
        taken_back: 0,
        kept: 0,
        deeds: 0,
        undone_to: None,
        version: 1,
        created_at: tx.now(),
    };
    tx.queue(insert(
        import.id,
        import.file_name.clone(),
        import.columns.clone(),
        import.mapping.clone(),
        import.country.clone(),
        import.lines,
        import.created_at,
        tx.user(),
        import.source,
        import.proposed.clone(),
        import.longest,
    ));
    let mut parts = Part::all(sheet.lines(file.open()));
    while let Some(Part { numbers, cells }) = parts.next().transpose()? {
        tx.run(insert_lines(import.id, numbers, cells)).await?;
    }
    tx.tell(&ImportUploaded { import: import.id, lines: import.lines });
    Ok(import)
}

struct Looked {
    sheet: Sheet,
    proposed: Vec<Proposal>,
}

/// What each column could become is found out on the way.
async fn chosen(upload: Spooled, country: &str) -> Result<(Spool, Looked)> {
    let country = country.to_owned();
    sheets::chosen(upload, move |look| {
        let mut tallies: Vec<Tally> = vec![];
        let mut each = |cells: &[String]| {
            let wide = cells.len().clamp(tallies.len(), MOST_COLUMNS);
            tallies.resize_with(wide, || Tally::new(&country));
            tallies.iter_mut().zip(cells).for_each(|(tally, cell)| tally.count(cell));
        };
        let sheet = look(&mut each)?;
        tallies.resize_with(sheet.columns.len(), || Tally::new(&country));
        Ok(Looked { proposed: tallies.into_iter().map(Tally::propose).collect(), sheet })
    })
    .await
}

pub async fn api(access: Access<CustomersImport>, upload: Spooled) -> Result<Repeatable<Created<Import>>> {
    let country = &access.tenant().locale.country;
    let (file, sheet) = chosen(upload, country).await?;
    access
        .once(async |tx: &mut TenantTx| {
            let import = keep(tx, &file, country, &sheet).await?;
            Ok(Created { location: format!("/api/v1/customer-imports/{}", import.id), body: import })
        })
        .await
}

pub async fn page(access: Access<CustomersImport>) -> Result<Page> {
    let earlier = access.read(latest()).await?;
    Ok(draw(&access, &earlier, &Filled::default()))
}

pub async fn post(access: Access<CustomersImport>, upload: Spooled) -> Result<Either<Repeatable<Redirect>, Page>> {
    let country = &access.tenant().locale.country;
    let outcome = match chosen(upload, country).await {
        Ok((file, sheet)) => {
            access
                .once(async |tx: &mut TenantTx| {
                    let import = keep(tx, &file, country, &sheet).await?;
                    Ok(Redirect::to(format!("/customers/import/{}", import.id)))
                })
                .await
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(done) => Ok(Either::Done(done)),
        Err(error) => {
            let typed = Typed::of(HashMap::new(), error)?;
            let earlier = access.read(latest()).await?;
            let mut page = draw(&access, &earlier, &shell::filled(typed));
            page.status = 422;
            Ok(Either::Again(page))
        }
    }
}

fn draw(access: &Access<CustomersImport>, earlier: &[Import], filled: &Filled) -> Page {
    let accept = ".csv,.tsv,.txt,.xlsx,text/csv,text/tab-separated-values,text/plain,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let most = LargestFile::of(access.house());
    let body = html! {
        (form::form_with_files("/customers/import", filled, html! {
            p.soft { "Export your customers from the other system or take a spreadsheet; the first line names the columns. Exports of Jobber, Housecall Pro, ServiceTitan, HubSpot and QuickBooks are recognised. Nothing is changed until you have seen what would happen." }
            (input::file(filled, "file", "File", accept, most.bytes()).required().hint(format!("Excel (XLSX), or CSV with commas, semicolons, tabs or bars in any encoding. At most {most}.")))
            (form::actions(html! { (button("Read file").primary()) (link_button("Cancel", "/customers").quiet()) }))
        }))
        @if !earlier.is_empty() { section.mt-4 { div.sect-head { h2 { "Earlier imports" } } (list(access, earlier)) } }
    };
    let crumbs = vec![("Customers".into(), "/customers".into())];
    shell::page(
        access,
        Frame { title: "Import customers".into(), active: "/customers", crumbs, body, ..Frame::default() },
    )
}

fn list(access: &Access<CustomersImport>, earlier: &[Import]) -> Markup {
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
    let rows: Vec<Vec<Markup>> = earlier
        .iter()
        .map(|import| {
            let day = import.created_at.to_zoned(zone.clone()).strftime("%-d %b %Y").to_string();
            vec![
                html! { a.link href={ "/customers/import/" (import.id) } { (import.file_name) } },
                html! { (day) },
                html! { (import.status.label()) },
                html! { (import.lines) },
                html! { (import.made) },
                html! { (import.changed) },
                html! { (import.wrong) },
            ]
        })
        .collect();
    plain("Earlier imports", &columns, &rows)
}
