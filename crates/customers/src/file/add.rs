//! Adding files to a customer: one by the API, several at once by the page.
use kernel::{
    Access, Checks, Error, Result, TenantTx,
    http::{Created, Either, Page, Path, Redirect, Repeatable, Spool, SpooledAll, Typed},
    page::Asked,
    sql,
};
use std::{collections::HashMap, io::Read};
use tenancy::{
    files::{self, FileId},
    shell,
};

use super::{CustomerFile, CustomerFileId, FilesAdded, MOST, MOST_BYTES, count, list};
use crate::{CustomerId, LocationId, customer, location, permissions::CustomersWrite};

sql! {
    fn insert(id: CustomerFileId, customer: CustomerId, location: Option<LocationId>, name: String, caption: Option<String>, media_type: String, size: i64, author: String, at: jiff::Timestamp, created_by: Option<uuid::Uuid>) = "
        insert into customer_file (tenant_id, id, customer_id, location_id, name, caption, media_type, size, author, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)";
    fn there(ids: Vec<uuid::Uuid>) -> Vec<CustomerFileId> = "
        select id from customer_file where tenant_id = $1 and id = any($2) order by id limit 100";
}

/// Files whose bytes lie where they belong, and whose rows are not written yet.
struct Laid {
    customer: CustomerId,
    files: Vec<CustomerFile>,
}

impl Laid {
    /// Looks first whether they may be kept, so that a refusal costs no disk.
    async fn of(access: &Access<CustomersWrite>, customer: CustomerId, upload: SpooledAll) -> Result<Self> {
        let read = (customer::find(customer), location::of_customer(customer));
        let (_, places) = access.read(read).await?;
        let (place, caption) = said(&upload.fields, &places)?;
        let spools: Vec<Spool> = upload.files.into_iter().filter(|file| file.field == "file").collect();
        let mut files = spools.iter().map(|spool| checked(access, customer, spool)).collect::<Result<Vec<_>>>()?;
        if files.is_empty() {
            return Err(Error::field("/file", "required", "Choose a file."));
        }
        for file in &mut files {
            (file.location_id, file.caption) = (place, caption.clone());
        }
        let laid = Self { customer, files };
        let (house, tenant) = (access.house(), access.tenant().id);
        for (file, spool) in laid.files.iter().zip(&spools) {
            if let Err(error) = files::put(house, tenant, FileId(file.id.0), spool.open()).await {
                laid.tidied(access).await;
                return Err(error);
            }
        }
        Ok(laid)
    }

    async fn keep(&self, tx: &mut TenantTx) -> Result<()> {
        let (_, kept) = tx.run((customer::find(self.customer), count(self.customer))).await?;
        if kept + self.files.len() as i64 > MOST {
            let says = format!("A customer has at most {MOST} files. Remove what is no longer needed first.");
            return Err(Error::refused(says));
        }
        let by = tx.user();
        for file in self.files.clone() {
            let CustomerFile {
                id, customer_id, location_id, name, caption, media_type, size, author, created_at, ..
            } = file;
            let row = insert(id, customer_id, location_id, name, caption, media_type, size, author, created_at, by);
            tx.queue(row);
        }
        tx.tell(&FilesAdded { customer: self.customer, files: self.files.iter().map(|file| file.id).collect() });
        Ok(())
    }

    /// Bytes of which the database has no row go again: it was refused, or had been kept by an earlier sending of the same form.
    async fn tidied(&self, access: &Access<CustomersWrite>) {
        let ids = self.files.iter().map(|file| file.id.0).collect();
        let tidy = async {
            let kept = access.read(there(ids)).await?;
            for file in self.files.iter().filter(|file| !kept.contains(&file.id)) {
                files::remove(access.house(), access.tenant().id, FileId(file.id.0)).await?;
            }
            Ok::<_, Error>(())
        };
        if let Err(error) = tidy.await {
            tracing::warn!(%error, tenant = %access.tenant().id, "bytes of files without a row were left");
        }
    }
}

/// What was said of the files beside them: of which place they are, and what.
fn said(fields: &[(String, String)], places: &[location::Location]) -> Result<(Option<LocationId>, Option<String>)> {
    let field = |name| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.trim());
    let place = match field("location_id").filter(|text| !text.is_empty()) {
        Some(text) => Some(at(text.parse().ok(), places)?),
        None => None,
    };
    let (mut caption, mut checks) = (field("caption").map(str::to_owned), Checks::default());
    checks.optional("caption", &mut caption, 120);
    checks.done()?;
    Ok((place, caption))
}

/// A place of the customer's own.
pub(super) fn at(given: Option<LocationId>, places: &[location::Location]) -> Result<LocationId> {
    let known = given.filter(|id| places.iter().any(|place| place.id == *id));
    known.ok_or_else(|| Error::field("/location_id", "unknown", "This customer has no location with that id."))
}

fn checked(access: &Access<CustomersWrite>, customer: CustomerId, spool: &Spool) -> Result<CustomerFile> {
    let name = Some(files::bare_name(&spool.name)).filter(|name| !name.is_empty()).unwrap_or_else(|| "File".into());
    let wrong = |code, says| Err(Error::field("/file", code, says));
    if spool.bytes == 0 {
        return wrong("empty", format!("{name} is empty."));
    }
    if spool.bytes > MOST_BYTES {
        return wrong("too_large", format!("{name} is larger than {} MB.", MOST_BYTES / 1_000_000));
    }
    let (mut head, mut read) = ([0; 16], spool.open());
    let known = read.read(&mut head).map_err(|e| Error::Bug(format!("looking at a file: {e}")))?;
    Ok(CustomerFile {
        id: CustomerFileId::new(),
        customer_id: customer,
        location_id: None,
        name,
        caption: None,
        media_type: files::media_type(&head[..known]).into(),
        size: spool.bytes as i64,
        author: access.actor().name().into(),
        version: 1,
        created_at: access.now(),
        updated_at: access.now(),
    })
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    // Not `Spooled`, which takes files as large as an import's.
    upload: SpooledAll,
) -> Result<Repeatable<Created<CustomerFile>>> {
    if upload.files.len() > 1 {
        return Err(Error::Malformed(400, "Send one file at a time.".into()));
    }
    let laid = Laid::of(&access, id, upload).await?;
    let kept = access
        .once(async |tx: &mut TenantTx| {
            laid.keep(tx).await?;
            let body = laid.files.first().cloned().ok_or(Error::NotFound)?;
            Ok(Created { location: format!("/api/v1/customers/{id}/files/{}", body.id), body })
        })
        .await;
    laid.tidied(&access).await;
    kept
}

async fn add(access: &Access<CustomersWrite>, id: CustomerId, upload: SpooledAll) -> Result<Repeatable<Redirect>> {
    let laid = Laid::of(access, id, upload).await?;
    let says = match laid.files.as_slice() {
        [one] => format!("{} is kept.", one.title()),
        all => format!("{} files are kept.", all.len()),
    };
    let kept = access
        .once(async |tx: &mut TenantTx| {
            laid.keep(tx).await?;
            Ok(Redirect::to(format!("/customers/{id}/files")).toast(&says))
        })
        .await;
    laid.tidied(access).await;
    kept
}

pub async fn post(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    upload: SpooledAll,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    match add(&access, id, upload).await {
        Ok(done) => Ok(Either::Done(done)),
        Err(error) => {
            let filled = shell::filled(Typed::of(HashMap::new(), error)?);
            list::draw(&access, id, &Asked::default(), &filled).await.map(Either::Again)
        }
    }
}
