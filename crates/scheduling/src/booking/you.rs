//! Last question: who are you? Then the time that was held is booked.
use customers::{CustomerId, LocationId, customer, location};
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Checks, Error, Input, Result, TenantTx, Visitor,
    http::{Either, Form, Page, Redirect, Repeatable},
    phone,
    secret::hash,
    sql,
    text::{digits, fold},
};
use maud::{Markup, html};
use tenancy::shell;
use ui::{Filled, field, form};

use super::{
    HELD_MINUTES, STEPS, code,
    draft::Draft,
    hold::{Held, find_held},
    place::form_of,
};
use crate::{
    appointment::{AppointmentBooked, AppointmentId, Source},
    neighbours::service_of,
    say,
    terms::{self, Kept, Terms},
};

pub async fn page(visitor: Visitor) -> Result<Either<Redirect, Page>> {
    draw(&visitor, &Filled::default()).await
}

async fn draw(visitor: &Visitor, values: &Filled) -> Result<Either<Redirect, Page>> {
    let Some(draft) = Draft::of(visitor) else { return Ok(Either::Done(Redirect::to("/book"))) };
    let Some(token) = &draft.token else { return Ok(Either::Done(Redirect::to("/book/when"))) };
    let (held, service, kept) =
        visitor.read((find_held(hash(token), visitor.now()), service_of(draft.item), terms::kept())).await?;
    let locale = &visitor.tenant().locale;
    let terms = Terms::of(kept, locale.currency);
    let phone_hint = if locale.country == "US" {
        "We text or call only about this visit."
    } else {
        "We write or call only about this visit."
    };
    let body = html! {
        (ui::steps(&STEPS, 3))
        (ui::question("Who should we ask for?", "No account, no password. We write only about this visit."))
        @if held.is_none() {
            div."mt-4" { (ui::note("", html! { "The time is not held any more. " a.link href="/book/when" { "Choose a time again" } "; everything else is still here." })) }
        }
        (form_of("/book/you", values, html! {
            (field::text(values, "name", "Your name").required().most(200).autocomplete("name"))
            (form::pair(html! {
                (field::tel(values, "phone", "Phone").hint(phone_hint))
                (field::email(values, "email", "Email").hint(if terms.prove_email { "We send a code there." } else { "" }))
            }))
            (field::textarea(values, "problem", "What should we know?").hint("What is wrong, since when, a dog, a gate.").rows(3).most(2000))
            // Nobody sees this field, so nobody fills it in but a machine.
            div.vh aria-hidden="true" { label for="f-website" { "Leave this empty" } input #f-website name="website" tabindex="-1" autocomplete="off"; }
            @if terms.cancel_fee.minor > 0 { p.t13.soft."mt-2" { "Calling off less than " (terms.fee_hours) " hours before costs " (terms.cancel_fee.display(&locale.language)) "." } }
            (ui::onward(Some("/book/when"), if terms.prove_email { "Continue" } else { "Book the visit" }, html! {}))
        }))
    };
    let mark = held.as_ref().map_or(html! {}, |held| mark(visitor, held));
    let aside = draft.summary(visitor, service.as_ref(), mark);
    Ok(Either::Again(terms::framed(shell::public(visitor, "Who should we ask for?", body, aside), &terms.embedded_at)))
}

/// The time that is held, and for how long.
pub(super) fn mark(visitor: &Visitor, held: &Held) -> Markup {
    let left = held.expires_at.map_or(0, |until| until.duration_since(visitor.now()).as_secs()).max(0);
    ui::booking::held(&held_words(held, visitor), left as u32, (HELD_MINUTES * 60) as u32, "/book/when")
}

/// Without what was said before there is nothing to book.
pub(super) fn start_again() -> Error {
    Error::refused("Start again at the first page: what you had chosen is not known any more.")
}

pub(super) fn gone() -> Error {
    Error::refused("The time is not held any more. Choose a time again; everything else is still here.")
}

fn held_words(held: &Held, visitor: &Visitor) -> String {
    let locale = &visitor.tenant().locale;
    let (from, until) = (held.window_starts.unwrap_or(held.starts_at), held.window_ends.unwrap_or(held.ends_at));
    format!("{}, {}", say::day(say::local(from, locale).date()), say::window(from, until, locale))
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct YouForm {
    #[serde(default)]
    pub(super) name: String,
    pub(super) phone: Option<String>,
    pub(super) email: Option<String>,
    pub(super) problem: Option<String>,
    website: Option<String>,
}
impl YouForm {
    /// As it was typed, and waited for a code.
    pub(super) fn of(name: String, email: String, phone: Option<String>, problem: Option<String>) -> Self {
        Self { name, phone, email: Some(email), problem, website: None }
    }
}
impl Input for YouForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 200, "your name");
        checks.email("email", &mut self.email);
        checks.optional("phone", &mut self.phone, 40);
        checks.optional("problem", &mut self.problem, 2000);
        checks.that(
            self.email.is_some() || self.phone.is_some(),
            "phone",
            "required",
            "Give a phone number or an e-mail address, so that we can reach you.",
        );
        let count = self.phone.as_deref().map(|phone| digits(phone).len());
        checks.that(
            count.is_none_or(|count| (5..=20).contains(&count)),
            "phone",
            "phone",
            "That is not a phone number, such as (217) 555-0142.",
        );
    }
}

sql! {
    fn lock(token_hash: String) -> Option<AppointmentId> = "
        select id from appointment where tenant_id = $1 and token_hash = $2 and status = 'held' for no key update";
    fn confirm(id: AppointmentId, customer: CustomerId, location: LocationId, problem: Option<String>, at: Timestamp) -> u64 = "
        update appointment set status = 'confirmed', customer_id = $3, location_id = $4, problem = $5, expires_at = null,
               version = version + 1, updated_at = $6
        where tenant_id = $1 and id = $2 and status = 'held'";
}

/// Four pages take a person longer than this.
const QUICKEST: SignedDuration = SignedDuration::from_secs(3);

pub async fn post(visitor: Visitor, form: Form<YouForm>) -> Result<Either<Repeatable<Redirect>, Page>> {
    let Some((draft, token)) = Draft::of(&visitor).and_then(|draft| draft.token.clone().map(|token| (draft, token)))
    else {
        return Err(start_again());
    };
    visitor.house().limits().careful("book", &visitor.peer)?;
    let outcome = form
        .then(async |you: YouForm| {
            let quick = visitor.now().duration_since(draft.begun) < QUICKEST;
            if quick || you.website.is_some() {
                return Err(Error::refused("That went too fast for us. Wait a moment and send it again."));
            }
            let kept = visitor.read(terms::kept()).await?;
            let proves = kept.as_ref().is_some_and(Kept::proves);
            let sites = terms::sites_in(kept);
            visitor
                .once(async |tx| {
                    if proves {
                        code::send(&visitor, tx, &token, &you).await?;
                        return Ok(Redirect::to("/book/code"));
                    }
                    book(tx, &draft, &token, &you, &visitor.tenant().locale.country).await?;
                    Ok(Redirect::to(format!("/book/done/{token}")).cookie(Draft::forget(&visitor, &sites)))
                })
                .await
        })
        .await?;
    match outcome {
        Ok(redirect) => Ok(Either::Done(redirect)),
        Err(typed) => match draw(&visitor, &shell::filled(typed)).await? {
            Either::Again(page) => Ok(Either::Again(Page { status: 422, ..page })),
            Either::Done(_) => Err(start_again()),
        },
    }
}

pub(super) async fn book(tx: &mut TenantTx, draft: &Draft, token: &str, you: &YouForm, country: &str) -> Result<()> {
    let now = tx.now();
    let (_, held) = tx.run((lock(hash(token)), find_held(hash(token), now))).await?;
    let held = held.ok_or_else(gone)?;
    let (customer, location) = known_or_new(tx, draft, you, country).await?;
    tx.tell(&AppointmentBooked {
        appointment: held.id,
        customer,
        technician: Some(held.technician_id),
        starts_at: held.starts_at,
        source: Source::Online,
    });
    let booked = confirm(held.id, customer, location, you.problem.clone(), now);
    match tx.run((booked, code::forget(held.id), terms::agree(held.id, tx.currency().code().to_owned(), now))).await? {
        (1, ..) => Ok(()),
        _ => Err(gone()),
    }
}

/// Somebody we know by e-mail or phone keeps their record, and what is on it: a booking page changes nobody's data.
async fn known_or_new(
    tx: &mut TenantTx,
    draft: &Draft,
    you: &YouForm,
    country: &str,
) -> Result<(CustomerId, LocationId)> {
    let place = location::New {
        street: draft.street.clone(),
        unit: draft.unit.clone(),
        city: Some(draft.city.clone()),
        region: draft.region.clone(),
        postal_code: Some(draft.postal_code.clone()),
        country: Some(country.to_owned()),
        ..location::New::default()
    };
    let email = you.email.as_deref().map(str::to_lowercase).unwrap_or_default();
    let phone = you.phone.as_deref().map(|typed| digits(&phone::written(typed, tx.country()))).unwrap_or_default();
    let known = tx.run(customer::find_by_reach(email, phone)).await?;
    let customer = match known {
        Some(customer) => customer.id,
        None => {
            let new = customer::New {
                name: you.name.clone(),
                email: you.email.clone(),
                phone: you.phone.clone(),
                location: Some(place.clone()),
                ..customer::New::default()
            };
            customer::create(tx, new).await?.id
        }
    };
    let places = tx.run(location::of_customer(customer)).await?;
    let same = |text: &str| fold(text);
    let there = places.iter().find(|known| {
        same(&known.street) == same(&draft.street)
            && known.unit.as_deref().map(same) == draft.unit.as_deref().map(same)
            && known.postal_code.as_deref().is_none_or(|code| same(code) == same(&draft.postal_code))
    });
    match there {
        Some(known) => Ok((customer, known.id)),
        None => Ok((customer, location::create(tx, customer, place).await?.id)),
    }
}
