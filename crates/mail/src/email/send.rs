//! Queuing a letter, in the transaction of the change that it tells of: what is rolled back is never sent.
use jiff::Timestamp;
use kernel::{Result, TenantTx, Uuid, sql};

use super::{AttachmentId, EmailId, Purpose, deliver::Deliver};
use crate::Letter;

sql! {
    fn insert(id: EmailId, to_address: String, to_key: String, to_name: String, subject: String, purpose: Purpose, about_kind: String, about_id: Option<Uuid>, confidential: bool, parts: serde_json::Value, at: Timestamp, created_by: Option<Uuid>) = "
        insert into email (tenant_id, id, to_address, to_key, to_name, subject, purpose, about_kind, about_id, confidential, parts, next_try_at, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $12, $13)";
    fn insert_attachment(id: AttachmentId, email_id: EmailId, name: String, media_type: String, bytes: Vec<u8>, at: Timestamp, created_by: Option<Uuid>) = "
        insert into email_attachment (tenant_id, id, email_id, name, media_type, bytes, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
}

/// The letter goes out after COMMIT, once. An address that takes no mail is no error here: the list of mails says so.
pub async fn send(tx: &mut TenantTx, letter: Letter) -> Result<EmailId> {
    let (letter, address) = letter.ready()?;
    let (id, now, user) = (EmailId::new(), tx.now(), tx.user());
    let parts = serde_json::to_value(&letter.parts).unwrap_or_default();
    let (kind, about) = letter.about.map_or(("", None), |(kind, id)| (kind, Some(id)));
    tx.queue(insert(
        id,
        address.text,
        address.key,
        letter.name,
        letter.subject,
        letter.purpose,
        kind.into(),
        about,
        letter.confidential,
        parts,
        now,
        user,
    ));
    for file in letter.attachments {
        tx.queue(insert_attachment(AttachmentId::new(), id, file.name, file.media_type, file.bytes, now, user));
    }
    tx.enqueue(&Deliver { email: id });
    Ok(id)
}
