//! A technician's licences and certificates: what there is, what is over, and a form for more.
use jiff::civil::Date;
use kernel::{
    Access, Result,
    http::{Form, Nothing, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use ui::{Filled, card, field, form};

use super::{Answered, answered, sheet_of};
use crate::{
    credential::{self, Credential, CredentialId},
    permissions::TechniciansWrite,
    say,
    technician::TechnicianId,
};

fn until(one: &Credential, today: Date) -> Markup {
    let number = one.number.as_deref().map(|number| format!("No. {number}"));
    let soon = today.saturating_add(jiff::Span::new().days(60));
    let day = |day: Date| format!("{} {}", say::day(day), day.year());
    html! {
        @if let Some(number) = &number { (number) " · " }
        @match one.expires_on {
            None => "does not end",
            Some(last) if last < today => span.tone-bad { "Over since " (day(last)) },
            Some(last) if last <= soon => span.tone-warn { "Ends on " (day(last)) },
            Some(last) => { "until " (day(last)) }
        }
    }
}

pub(super) fn part(id: TechnicianId, held: &[Credential], today: Date, filled: &Filled, may: bool) -> Markup {
    html! {
        @if held.is_empty() { p.dim.t13 { "None yet. A service that asks for a licence is planned only with somebody who has it on that day." } }
        @for one in held {
            (card::line_with("badge-check", &one.words(), until(one, today), html! {
                @if may { (form::verb_form(&format!("/technicians/{id}/credentials/{}/remove", one.id), html! { (ui::button("Remove").small().quiet()) })) }
            }))
        }
        @if may { (form::form(&format!("/technicians/{id}/credentials"), filled, html! {
            (form::pair(html! {
                (field::text(filled, "name", "Licence").required().most(80).hint("Such as Master plumber, or EPA 608."))
                (field::text(filled, "jurisdiction", "Counts in").most(80).hint("State or county; empty: everywhere."))
            }))
            (form::pair(html! {
                (field::text(filled, "class", "Class").most(40))
                (field::text(filled, "number", "Number").most(60))
            }))
            (field::date(filled, "expires_on", "Last day").hint("Empty when it does not end."))
            (form::actions(html! { (ui::button("Add licence")) }))
        })) }
    }
}

pub async fn post(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    form: Form<credential::New>,
) -> Answered {
    let outcome = form
        .then(async |new: credential::New| {
            access
                .once(async |tx| {
                    let made = credential::add(tx, id, &new).await?;
                    Ok(Redirect::to(sheet_of(id)).toast(&format!("{} added", made.name)))
                })
                .await
        })
        .await?;
    answered(&access, id, "licence", outcome).await
}

pub async fn remove(
    access: Access<TechniciansWrite>,
    Path((id, credential)): Path<(TechnicianId, CredentialId)>,
    _: Form<Nothing>,
) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx| {
            credential::remove(tx, id, credential).await?;
            Ok(Redirect::to(sheet_of(id)).toast("Licence removed"))
        })
        .await
}
