//! The page of an import: match the columns, then how far it is, then what came of it.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Json, Page, Path, Typed},
};
use maud::html;
use tenancy::{
    SettingsWrite,
    shell::{self, Frame},
};
use ui::Filled;

use super::{Import, ImportId, Status, find, lines_after, offer, progress};
use crate::{custom, permissions::CustomersImport};

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
    let (import, sample, own) = access
        .read_with(async |tx: &mut TenantTx| {
            let (import, sample, own) = tx.run((find(id), lines_after(id, 0, 5), custom::all())).await?;
            Ok((import.ok_or(Error::NotFound)?, sample, own))
        })
        .await?;
    let draw_columns = || offer::draw(&import, &sample, &own, access.can::<SettingsWrite>(), filled);
    let body = html! {
        p.soft.t13.pb-3 { (sheets::cell::count(import.lines)) " lines in " (import.file_name) "." }
        @if import.status == Status::Uploaded || filled.is_wrong() { (draw_columns()) }
        @else {
            div data-island="import" data-progress=[import.is_at_work().then(|| format!("/customers/import/{id}/progress"))] {
                (progress::draw(access, &import).await?)
            }
            @if import.status == Status::Checked { details.fold.mt-4 { summary { "Match the columns differently" } (draw_columns()) } }
        }
    };
    let crumbs = vec![("Customers".into(), "/customers".into()), ("Import".into(), "/customers/import".into())];
    let title = import.file_name.clone();
    Ok(shell::page(access, Frame { title, active: "/customers", crumbs, body, ..Frame::default() }))
}
