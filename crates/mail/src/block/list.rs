//! The addresses that get no mail, for people: look, add one who asked, free one.
use kernel::{
    Access, Checks, Cursor, Error, Input, Paged, Result, Scope, TenantTx, event,
    http::{Either, Form, Json, NoContent, Nothing, Page, Path, Query, Redirect, Repeatable},
    page::{self, Asked},
    sql,
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{
    Filled, button, card, field, form,
    table::{self, Column},
};

use super::{Block, BlockId, Reason, insert};
use crate::{Address, EmailRead, EmailSettings, Frame, Framed};

event! { pub struct EmailAddressBlocked = "email.address_blocked", seen by EmailRead { block: BlockId } }
event! { pub struct EmailAddressFreed = "email.address_freed", seen by EmailRead { block: BlockId } }

/// Somebody said: no more reminders, or no more marketing.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct New {
    pub address: String,
    /// `reminder` or `marketing`.
    pub purpose: String,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        let good = Address::parse(&self.address).is_some();
        checks.that(good, "address", "email", "That is not an e-mail address, such as ana@example.com.");
        let known = matches!(self.purpose.as_str(), "reminder" | "marketing");
        checks.that(known, "purpose", "purpose", "Say which mails it shall not get: `reminder` or `marketing`.");
    }
}

sql! {
    fn newest(before: BlockId, limit: i64) -> Vec<Block> = "
        select id, address_key, purpose, reason, says, created_at from email_block where tenant_id = $1 and id < $2 order by id desc limit $3";
    fn delete(id: BlockId) -> u64 = "
        delete from email_block where tenant_id = $1 and id = $2";
}

async fn of(scope: &Scope, asked: &Asked) -> Result<Paged<Block>> {
    let limit = page::limit(asked.limit)?;
    let from = Cursor::maybe(asked.cursor.as_deref())?.unwrap_or(BlockId::max());
    let found = scope.read(newest(from, limit as i64 + 1)).await?;
    Ok(Paged::of(found, limit, |block| block.id))
}

async fn add(tx: &mut TenantTx, new: &New) -> Result<()> {
    let key = Address::parse(&new.address).map(|address| address.key).unwrap_or_default();
    let id = BlockId::new();
    let made = tx.run(insert(id, key, new.purpose.clone(), Reason::Asked, String::new(), tx.now(), tx.user())).await?;
    if made == 1 {
        tx.tell(&EmailAddressBlocked { block: id });
    }
    Ok(())
}

async fn free(tx: &mut TenantTx, id: BlockId) -> Result<()> {
    if tx.run(delete(id)).await? == 0 {
        return Err(Error::NotFound);
    }
    tx.tell(&EmailAddressFreed { block: id });
    Ok(())
}

pub async fn api(access: Access<EmailRead>, Query(asked): Query<Asked>) -> Result<Json<Paged<Block>>> {
    of(&access, &asked).await.map(Json)
}

pub async fn free_api(access: Access<EmailSettings>, Path(id): Path<BlockId>) -> Result<Repeatable<NoContent>> {
    access.once(async |tx: &mut TenantTx| free(tx, id).await.map(|()| NoContent)).await
}

pub async fn page(frame: Frame, access: Access<EmailSettings>, Query(asked): Query<Asked>) -> Result<Page> {
    draw(frame, &access, &asked, &Filled::default()).await
}

async fn draw(frame: Frame, access: &Access<EmailSettings>, asked: &Asked, filled: &Filled) -> Result<Page> {
    let found = of(access, asked).await?;
    let columns = [
        Column::lead("Address").width(40),
        Column::text("Gets no").width(20),
        Column::text("Why").drops(),
        Column::text(""),
    ];
    let rows: Vec<_> = found
        .data
        .iter()
        .map(|block| {
            let what = match block.purpose.as_str() {
                "all" => "mail at all",
                "reminder" => "reminders",
                _ => "marketing",
            };
            vec![
                html! { (block.address_key) },
                html! { (what) },
                html! { span.soft.t13 title=(block.says) { (block.reason.label()) } },
                form::verb_form(
                    &format!("/settings/email/blocked/{}/free", block.id),
                    html! { (button("Free it").small().quiet()) },
                ),
            ]
        })
        .collect();
    let purposes = [("reminder", "Reminders"), ("marketing", "Marketing")];
    let body = html! {
        @if rows.is_empty() { (card::empty("No address is blocked", "Addresses that do not exist, and readers who unsubscribed, are listed here.", html! {}, html! {})) }
        @else { (table::plain("Blocked addresses", &columns, &rows)) }
        @if let Some(cursor) = &found.next_cursor { p.mt-4 { a.link href={ "/settings/email/blocked?cursor=" (cursor) } { "Older ones" } } }
        div.mt-4 { (form::form("/settings/email/blocked", filled, html! {
            (form::part("Somebody asks for no mail", "What they wait for, such as an invoice, still goes to them.", form::pair(html! {
                (field::email(filled, "address", "Address").required().most(254))
                (field::select(filled, "purpose", "Which mails", &purposes))
            })))
            (form::actions(html! { (button("Block it").primary()) }))
        })) }
    };
    let crumbs = vec![("Settings".into(), "/settings".into()), ("E-mail".into(), "/settings/email".into())];
    let mut page =
        frame(access, Framed { title: "Blocked addresses".into(), crumbs, actions: html! {}, body, wide: false });
    page.status = if filled.is_wrong() { 422 } else { 200 };
    Ok(page)
}

pub async fn add_post(
    frame: Frame,
    access: Access<EmailSettings>,
    form: Form<New>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let work = async |new: New| {
        access
            .once(async |tx: &mut TenantTx| {
                add(tx, &new).await?;
                Ok(Redirect::to("/settings/email/blocked").toast("The address is blocked."))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let filled = Filled { values: typed.values, errors: typed.errors };
            Ok(Either::Again(draw(frame, &access, &Asked::default(), &filled).await?))
        }
    }
}

pub async fn free_post(
    access: Access<EmailSettings>,
    Path(id): Path<BlockId>,
    _form: Form<Nothing>,
) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            free(tx, id).await?;
            Ok(Redirect::to("/settings/email/blocked").toast("The address gets mail again."))
        })
        .await
}
