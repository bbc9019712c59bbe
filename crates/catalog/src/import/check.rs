//! Saying what each column holds, looking at what would happen, and letting it happen.
use jiff::Timestamp;
use kernel::{
    Access, CostsSee, Error, Result, TenantTx,
    http::{Accepted, Either, Form, Json, Page, Path, Redirect, Repeatable},
    sql,
};
use sheets::as_json;

pub use super::columns::Columns;
use super::{ItemImport, ItemImportBegun, ItemImportId, State, columns::nameless, hold, run::begin, seen, show};
use crate::permissions::CatalogWrite;

sql! {
    fn match_columns(id: ItemImportId, mapping: String, at: Timestamp) -> u64 = "
        update item_import set mapping = $3, updated_at = $4, version = version + 1 where tenant_id = $1 and id = $2";
}

/// A dry run of every line, as a job.
pub async fn check(
    tx: &mut TenantTx,
    access: &Access<CatalogWrite>,
    id: ItemImportId,
    columns: &Columns,
) -> Result<ItemImport> {
    let import = seen(access, tx.run(hold(id)).await?)?;
    let mapping = columns.settle(&import, access.can::<CostsSee>())?;
    match import.status {
        State::Checking if columns.is_empty() => return Ok(import),
        State::Uploaded | State::Checked => {}
        _ => return Err(Error::refused("This import is at work or done. Upload the file again to import it anew.")),
    }
    tx.run(match_columns(id, as_json(&mapping), tx.now())).await?;
    begin(tx, id, State::Checking).await
}

/// Asked for twice is once.
pub async fn run(tx: &mut TenantTx, access: &Access<CatalogWrite>, id: ItemImportId) -> Result<ItemImport> {
    let import = seen(access, tx.run(hold(id)).await?)?;
    match import.status {
        State::Checked => {
            tx.tell(&ItemImportBegun { item_import: id });
            begin(tx, id, State::Running).await
        }
        State::Running | State::Done => Ok(import),
        State::Undoing | State::Undone => {
            Err(Error::refused("This import was undone. Upload the file again to import it anew."))
        }
        _ => Err(Error::refused("Check the file first, and look at what would happen.")),
    }
}

fn accepted(body: ItemImport) -> Accepted<ItemImport> {
    Accepted { location: format!("/api/v1/price-book-imports/{}", body.id), body }
}

pub async fn api(
    access: Access<CatalogWrite>,
    Path(id): Path<ItemImportId>,
    Json(columns): Json<Columns>,
) -> Result<Repeatable<Accepted<ItemImport>>> {
    access.once(async |tx: &mut TenantTx| check(tx, &access, id, &columns).await.map(accepted)).await
}

pub async fn api_run(
    access: Access<CatalogWrite>,
    Path(id): Path<ItemImportId>,
) -> Result<Repeatable<Accepted<ItemImport>>> {
    access.once(async |tx: &mut TenantTx| run(tx, &access, id).await.map(accepted)).await
}

pub async fn post(
    access: Access<CatalogWrite>,
    Path(id): Path<ItemImportId>,
    form: Form<Columns>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let work = async |columns: Columns| {
        // A form with every column left out is not the wish to take what was guessed.
        if columns.is_empty() {
            return Err(nameless());
        }
        access
            .once(async |tx: &mut TenantTx| {
                check(tx, &access, id, &columns).await?;
                Ok(Redirect::to(format!("/price-book/imports/{id}")))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => show::again(&access, id, typed).await.map(Either::Again),
    }
}

pub async fn post_run(access: Access<CatalogWrite>, Path(id): Path<ItemImportId>) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            run(tx, &access, id).await?;
            Ok(Redirect::to(format!("/price-book/imports/{id}")))
        })
        .await
}
