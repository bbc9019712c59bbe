//! Saying what each column holds, looking at what would happen, and letting it happen.
use kernel::{
    Access, Error, Permission, Result, TenantTx,
    http::{Accepted, Either, Form, Json, Page, Path, Redirect, Repeatable},
    sql,
};
use tenancy::SettingsWrite;

pub use super::columns::Columns;
use super::{Import, ImportId, ImportLines, Source, Status, columns::nameless, find, show};
use crate::{custom, permissions::CustomersImport};

sql! {
    fn begin_check(id: ImportId, mapping: String, at: jiff::Timestamp, source: Source) -> u64 = "
        update import set status = 'checking', mapping = $3, source = $5, cursor = 0, made = 0, changed = 0, same = 0, wrong = 0, updated_at = $4, version = version + 1
        where tenant_id = $1 and id = $2 and status in ('uploaded', 'checked')";
    fn begin_run(id: ImportId, at: jiff::Timestamp) -> u64 = "
        update import set status = 'running', cursor = 0, made = 0, changed = 0, same = 0, wrong = 0, updated_at = $3, version = version + 1
        where tenant_id = $1 and id = $2 and status = 'checked'";
}

/// A dry run of every line, as a job.
pub async fn check(tx: &mut TenantTx, id: ImportId, columns: &Columns) -> Result<Import> {
    let import = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    let mapping = match columns.is_empty() {
        true => import.mapping(),
        false => columns.settle(tx, &import).await?,
    };
    let mapping = serde_json::to_string(&mapping).map_err(|e| Error::Bug(e.to_string()))?;
    let source = columns.source.unwrap_or(import.source);
    if tx.run(begin_check(id, mapping, tx.now(), source)).await? == 0 {
        return Err(Error::refused("This import is at work or done. Upload the file again to import it anew."));
    }
    tx.enqueue(&ImportLines { import: id });
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

pub async fn run(tx: &mut TenantTx, id: ImportId) -> Result<Import> {
    let import = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    match (import.status, tx.run(begin_run(id, tx.now())).await?) {
        (_, 1) => {
            tx.enqueue(&ImportLines { import: id });
            tx.run(find(id)).await?.ok_or(Error::NotFound)
        }
        // Asked for twice is once.
        (Status::Running | Status::Done, _) => Ok(import),
        (Status::Paused, _) => Err(Error::refused("This import is paused. Let it go on, or stop it.")),
        (Status::Cancelled | Status::Undoing | Status::Undone, _) => {
            Err(Error::refused("This import was stopped or undone. Upload the file again to import it anew."))
        }
        _ => Err(Error::refused("Check the file first, and look at what would happen.")),
    }
}

/// Whoever may import may not make fields for it.
fn allowed(access: &Access<CustomersImport>, columns: &Columns) -> Result<()> {
    match columns.makes_fields() && !access.can::<SettingsWrite>() {
        true => Err(Error::Forbidden(<SettingsWrite as Permission>::NAME)),
        false => Ok(()),
    }
}

pub async fn api(
    access: Access<CustomersImport>,
    Path(id): Path<ImportId>,
    Json(columns): Json<Columns>,
) -> Result<Repeatable<Accepted<Import>>> {
    allowed(&access, &columns)?;
    let done = access
        .once(async |tx: &mut TenantTx| {
            let import = check(tx, id, &columns).await?;
            Ok(Accepted { location: format!("/api/v1/customer-imports/{id}"), body: import })
        })
        .await;
    custom::forget(&access);
    done
}

pub async fn api_run(
    access: Access<CustomersImport>,
    Path(id): Path<ImportId>,
) -> Result<Repeatable<Accepted<Import>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let import = run(tx, id).await?;
            Ok(Accepted { location: format!("/api/v1/customer-imports/{id}"), body: import })
        })
        .await
}

pub async fn post(
    access: Access<CustomersImport>,
    Path(id): Path<ImportId>,
    form: Form<Columns>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let work = async |columns: Columns| {
        // A form with every column left out is not the wish to take what was guessed.
        if columns.is_empty() {
            return Err(nameless());
        }
        allowed(&access, &columns)?;
        access
            .once(async |tx: &mut TenantTx| {
                check(tx, id, &columns).await?;
                Ok(Redirect::to(format!("/customers/import/{id}")))
            })
            .await
    };
    let done = form.then(work).await?;
    custom::forget(&access);
    match done {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => show::again(&access, id, typed).await.map(Either::Again),
    }
}

pub async fn post_run(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            run(tx, id).await?;
            Ok(Redirect::to(format!("/customers/import/{id}")))
        })
        .await
}
