//! A note of the team about a customer.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Either, Form, Json, Page, Path, Redirect, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CustomerNoted, Entry, EntryId, Tone};
use crate::{CustomerId, customer, permissions::CustomersWrite};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// Only the team sees it. At most 10,000 characters.
    #[serde(default)]
    #[schemars(required)]
    pub body: String,
}

impl Input for NewNote {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("body", &mut self.body, 10_000, "the words of the note");
    }
}

sql! {
    fn insert(id: EntryId, customer: CustomerId, at: Timestamp, detail: String, author: String, created_by: Option<uuid::Uuid>) = "
        insert into timeline_entry (tenant_id, id, customer_id, at, kind, icon, text, detail, author, created_at, created_by)
        values ($1, $2, $3, $4, 'note', 'sticky-note', 'Note', $5, $6, $4, $7)";
}

pub async fn write(tx: &mut TenantTx, customer: CustomerId, author: &str, note: NewNote) -> Result<Entry> {
    let (id, at) = (EntryId::new(), tx.now());
    tx.run(customer::maybe(customer)).await?.ok_or(Error::NotFound)?;
    tx.queue(insert(id, customer, at, note.body.clone(), author.into(), tx.user()));
    tx.tell(&CustomerNoted { customer, entry: id });
    Ok(Entry {
        id,
        at,
        kind: "note".into(),
        icon: "sticky-note".into(),
        tone: Tone::Plain,
        text: "Note".into(),
        detail: Some(note.body),
        href: None,
        author: Some(author.into()),
        pinned_at: None,
        edited_at: None,
        version: 1,
        created_by: tx.user(),
    })
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    Json(note): Json<NewNote>,
) -> Result<Repeatable<Created<Entry>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let entry = write(tx, id, access.actor().name(), note.clone()).await?;
            Ok(Created { location: format!("/api/v1/customers/{id}/timeline"), body: entry })
        })
        .await
}

pub async fn post(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    form: Form<NewNote>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let work = async |note: NewNote| {
        access
            .once(async |tx: &mut TenantTx| {
                write(tx, id, access.actor().name(), note.clone()).await?;
                Ok(Redirect::to(format!("/customers/{id}")).toast("The note is saved."))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => customer::show::again(&access, id, typed).await.map(Either::Again),
    }
}
