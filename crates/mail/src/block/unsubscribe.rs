//! The way out of reminders and marketing: a sealed link in the mail, one click in a mail program (RFC 8058), one button
//! in a browser. Looking at the page changes nothing: programs that check links look too.
use aws_lc_rs::{hmac, rand::fill};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use kernel::{
    Checks, Error, Input, Result, Scope, TenantTx, Visitor, event,
    http::{Form, Page, Path},
    row, sql,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Brand, PublicPage, button, form};

use super::{BlockId, Reason, insert};
use crate::{Address, EmailId, EmailRead, Purpose};

event! { pub struct EmailUnsubscribed = "email.unsubscribed", seen by EmailRead { email: EmailId } }

row! { struct Reader { to_address: String, to_key: String, purpose: Purpose } }

sql! {
    fn secret() -> Option<String> = "
        select secret from email_key where tenant_id = $1";
    fn keep_secret(secret: String, at: Timestamp) -> u64 = "
        insert into email_key (tenant_id, secret, created_at) values ($1, $2, $3) on conflict (tenant_id) do nothing";
    fn reader(id: EmailId) -> Option<Reader> = "
        select to_address, to_key, purpose from email where tenant_id = $1 and id = $2";
}

/// What a mail program posts, and our own button.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OneClick {
    #[serde(rename = "List-Unsubscribe")]
    pub list_unsubscribe: Option<String>,
}
impl Input for OneClick {
    fn check(&mut self, _: &mut Checks) {}
}

/// The link of this mail. The key is the company's own, so a link of one company says nothing at another's address.
pub(crate) async fn link(scope: &Scope, id: EmailId) -> Result<String> {
    let kept = scope.read(secret()).await?;
    let key = match kept {
        Some(secret) => secret,
        None => {
            let mut fresh = [0; 32];
            fill(&mut fresh).map_err(|_| Error::Bug("no randomness for a key".into()))?;
            let fresh = URL_SAFE_NO_PAD.encode(fresh);
            // Another worker may make one at the same moment: the first stays, and both use it.
            scope
                .write_with(async |tx: &mut TenantTx| {
                    tx.run(keep_secret(fresh.clone(), tx.now())).await?;
                    tx.run(secret()).await?.ok_or_else(|| Error::Bug("the key of the links went missing".into()))
                })
                .await?
        }
    };
    Ok(scope.house().url(Some(&scope.tenant().slug), &format!("/mail/unsubscribe/{}", seal(&key, id))))
}

fn signing(key: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, format!("unsubscribe {key}").as_bytes())
}

fn seal(key: &str, id: EmailId) -> String {
    let tag = hmac::sign(&signing(key), id.0.as_bytes());
    URL_SAFE_NO_PAD.encode([id.0.as_bytes().as_slice(), tag.as_ref()].concat())
}

fn unseal(key: &str, token: &str) -> Option<EmailId> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (id, tag) = bytes.split_first_chunk::<16>()?;
    hmac::verify(&signing(key), id, tag).ok()?;
    Some(EmailId(kernel::Uuid::from_bytes(*id)))
}

async fn open(scope: &Scope, token: &str) -> Result<(EmailId, Reader)> {
    let key = scope.read(secret()).await?.ok_or(Error::NotFound)?;
    let id = unseal(&key, token).ok_or(Error::NotFound)?;
    let reader = scope.read(reader(id)).await?.ok_or(Error::NotFound)?;
    Ok((id, reader))
}

fn kind(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Marketing => "news and offers",
        _ => "reminders",
    }
}

fn card(visitor: &Visitor, title: &str, body: Markup) -> Page {
    let tenant = visitor.tenant();
    let brand = Brand { css: Some(format!("/brand.css?v={}", tenant.brand.hue)), ..Brand::tenant(tenant.name.clone()) };
    Page::from(PublicPage::new(&brand, title).lang(&tenant.locale.language).card(body, html! {}))
}

pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Result<Page> {
    let (_, reader) = open(&visitor, &token).await?;
    let to = Address::parse(&reader.to_address).map(|address| address.veiled()).unwrap_or_default();
    let body = html! {
        p.soft { (visitor.tenant().name) " sends " (kind(reader.purpose)) " to " b { (to) } ". What you wait for, such as an invoice, will still arrive." }
        div."mt-4" { (form::verb_form(&format!("/mail/unsubscribe/{token}"), html! { (button(format!("No more {}", kind(reader.purpose))).primary()) })) }
    };
    Ok(card(&visitor, "Fewer e-mails?", body))
}

pub async fn post(visitor: Visitor, Path(token): Path<String>, form: Form<OneClick>) -> Result<Page> {
    let (id, reader) = open(&visitor, &token).await?;
    if reader.purpose == Purpose::Transactional {
        return Err(Error::NotFound);
    }
    let done = form
        .then(async |_: OneClick| {
            visitor
                .retrying(async |tx: &mut TenantTx| {
                    let (key, purpose) = (reader.to_key.clone(), reader.purpose.to_string());
                    let row = insert(BlockId::new(), key, purpose, Reason::Unsubscribed, String::new(), tx.now(), None);
                    if tx.run(row).await? == 1 {
                        tx.tell(&EmailUnsubscribed { email: id });
                    }
                    Ok(())
                })
                .await
        })
        .await?;
    if done.is_err() {
        return Err(Error::Malformed(400, "This is not what a mail program sends to unsubscribe.".into()));
    }
    let body = html! { p.soft { "You get no more " (kind(reader.purpose)) " from " (visitor.tenant().name) "." } };
    Ok(card(&visitor, "Done", body))
}

#[test]
fn a_seal_is_good_for_one_mail_of_one_company() {
    let (ours, theirs, id) = ("a key", "another key", EmailId::new());
    let token = seal(ours, id);
    assert_eq!(unseal(ours, &token), Some(id));
    assert_eq!(unseal(theirs, &token), None);
    let mut bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
    bytes[3] ^= 1;
    assert_eq!(unseal(ours, &URL_SAFE_NO_PAD.encode(&bytes)), None);
    assert_eq!(unseal(ours, &URL_SAFE_NO_PAD.encode(&bytes[..20])), None);
    assert_eq!(unseal(ours, "…"), None);
}
