//! Saying what each column holds, looking at what would happen, and letting it happen.
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Accepted, Either, Form, Json, Page, Path, Redirect, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

use super::{Field, Import, ImportId, ImportLines, Source, Status, find, show};
use crate::permissions::CustomersImport;

/// By the number of the column, `c0` the first: what it holds. Columns that are not named are left out.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Columns {
    /// The system the file comes from; as it was recognised, when not given.
    source: Option<Source>,
    // Of any kind, so that what is no text is named by its column.
    #[serde(flatten)]
    #[schemars(with = "HashMap<String, String>")]
    columns: HashMap<String, Value>,
}

impl Input for Columns {
    fn check(&mut self, checks: &mut Checks) {
        for (column, field) in &self.columns {
            let column_is = column.strip_prefix('c').is_some_and(|n| n.parse::<u8>().is_ok());
            let known = column_is && named(field).is_some();
            checks.that(known, column, "column", "Choose one of the fields offered, or leave the column out.");
        }
    }
}

fn named(field: &Value) -> Option<Field> {
    field.as_str()?.parse().ok()
}

impl Columns {
    fn mapping(&self, width: usize) -> Result<Vec<Option<Field>>> {
        let mapping: Vec<Option<Field>> =
            (0..width).map(|n| self.columns.get(&format!("c{n}")).and_then(named)).collect();
        for field in Field::ALL.iter().filter(|field| !field.takes_many()) {
            if mapping.iter().filter(|column| **column == Some(*field)).count() > 1 {
                return Err(Error::field(
                    "",
                    "twice",
                    format!("{} is chosen for two columns. Choose one of them.", field.label()),
                ));
            }
        }
        let held = |field: Field| mapping.contains(&Some(field));
        match held(Field::Name) || held(Field::Company) || held(Field::FirstName) || held(Field::LastName) {
            true => Ok(mapping),
            false => Err(Error::field("", "name", "Say which column holds the customer's name.")),
        }
    }
}

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
    let mapping = match columns.columns.is_empty() {
        true => import.mapping(),
        false => columns.mapping(import.columns().len())?,
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

pub async fn api(
    access: Access<CustomersImport>,
    Path(id): Path<ImportId>,
    Json(columns): Json<Columns>,
) -> Result<Repeatable<Accepted<Import>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let import = check(tx, id, &columns).await?;
            Ok(Accepted { location: format!("/api/v1/customer-imports/{id}"), body: import })
        })
        .await
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
        if columns.columns.is_empty() {
            return Err(Error::field("", "name", "Say which column holds the customer's name."));
        }
        access
            .once(async |tx: &mut TenantTx| {
                check(tx, id, &columns).await?;
                Ok(Redirect::to(format!("/customers/import/{id}")))
            })
            .await
    };
    match form.then(work).await? {
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
