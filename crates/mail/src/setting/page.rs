//! The form of the sender.
use kernel::{
    Access, Result, TenantTx,
    http::{Either, Form, Page, Redirect, Repeatable},
};
use maud::html;
use ui::{Filled, button, field, form};

use super::{Change, Setting, change, find};
use crate::{EmailSettings, Frame, Framed, post::Post};

fn draw(frame: Frame, access: &Access<EmailSettings>, filled: &Filled, version: &str) -> Page {
    let says = Post::of(access.house()).says();
    let body = form::form(
        "/settings/email/sender",
        filled,
        html! {
            (field::hidden("version", version))
            (form::part("Who writes", &format!("Readers see this name before our own address. {says}"), html! {
                (field::text(filled, "sender_name", "Name").placeholder(&access.tenant().name).most(80))
                (field::email(filled, "reply_to", "Answers go to").placeholder(&access.tenant().letterhead.email).hint("Left empty, to the address on your papers.").most(254))
            }))
            (form::part("At the foot", "Left empty, the address and telephone of your papers.", html! {
                (field::textarea(filled, "foot", "Lines").rows(3).most(300))
            }))
            (form::actions(html! { (button("Save").primary()) }))
        },
    );
    let crumbs = vec![("Settings".into(), "/settings".into()), ("E-mail".into(), "/settings/email".into())];
    let mut page = frame(access, Framed { title: "Sender".into(), crumbs, actions: html! {}, body, wide: false });
    page.status = if filled.is_wrong() { 422 } else { 200 };
    page
}

pub async fn page(frame: Frame, access: Access<EmailSettings>) -> Result<Page> {
    let Setting { sender_name, reply_to, foot, version } = access.read(find()).await?.unwrap_or_default();
    let filled = Filled::of([
        ("sender_name", sender_name.unwrap_or_default()),
        ("reply_to", reply_to.unwrap_or_default()),
        ("foot", foot),
    ]);
    Ok(draw(frame, &access, &filled, &version.to_string()))
}

pub async fn post(
    frame: Frame,
    access: Access<EmailSettings>,
    form: Form<Change>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let seen = form.version()?;
    let work = async |input: Change| {
        access
            .once(async |tx: &mut TenantTx| {
                // A form sends every field; one that was emptied does not arrive.
                let whole = Change {
                    sender_name: Some(input.sender_name.clone().unwrap_or_default()),
                    reply_to: Some(input.reply_to.clone().unwrap_or_default()),
                    foot: Some(input.foot.clone().unwrap_or_default()),
                };
                change(tx, seen, whole).await?;
                Ok(Redirect::to("/settings/email").toast("The sender is saved."))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let filled = Filled { values: typed.values, errors: typed.errors };
            Ok(Either::Again(draw(frame, &access, &filled, &seen.to_string())))
        }
    }
}
