//! What a service needs to be planned, as a form beneath it in the price book.
use catalog::{Item, ItemId};
use kernel::{
    Access, Checks, Currency, Error, Input, Money, Result, Scope, Uuid,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame, filled};
use ui::{Filled, button, field, form};

use super::item::{Licence, Needs, read, set};
use crate::{
    permissions::TechniciansWrite,
    skill::{self, Skill, SkillId, level_word},
    technician::page::skills::{read as read_levels, selects},
};

fn number(number: Option<i32>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// On the page of the service: what it needs now, and the way to the form.
pub async fn panel(scope: Scope, id: Uuid) -> Result<Markup> {
    let (found, needs, asked, around) = scope.read(read(ItemId(id))).await?;
    if found.is_none_or(|item| item.kind != catalog::item::Kind::Service) {
        return Ok(html! {});
    }
    let skills: Vec<String> =
        needs.iter().map(|need| format!("{} ({})", need.name, level_word(need.level).to_lowercase())).collect();
    let licences: Vec<String> = asked.iter().map(|one| one.words()).collect();
    let around = around.unwrap_or_default();
    let minutes = |what: &str, minutes: Option<i32>| minutes.map(|minutes| format!("{minutes} min {what}"));
    let rest = [
        minutes("before", around.buffer_before),
        minutes("after", around.buffer_after),
        minutes("notice", around.notice_minutes),
        around.deposit_minor.map(|minor| {
            let locale = &scope.tenant().locale;
            format!("{} deposit", Money::new(minor, locale.currency).display(&locale.language))
        }),
    ];
    let all: Vec<String> = skills.into_iter().chain(licences).chain(rest.into_iter().flatten()).collect();
    let says = if all.is_empty() { "Anybody can be sent.".to_owned() } else { all.join(" · ") };
    let to = format!("/price-book/{id}/scheduling");
    Ok(html! {
        div."mt-8" { (ui::card::line("calendar-range", "What it needs to be planned", &says, html! {
            @if scope.can::<TechniciansWrite>() { (ui::link_button("Change", to).small()) }
        })) }
    })
}

/// As typed: levels of skills, and one licence a line.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NeedsForm {
    #[serde(default)]
    levels: Vec<String>,
    /// "Master plumber; Illinois; A": name, where it counts, class.
    licences: Option<String>,
    buffer_before: Option<i32>,
    buffer_after: Option<i32>,
    notice_minutes: Option<i32>,
    deposit: Option<String>,
}
impl Input for NeedsForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.levels.len() <= 100, "levels", "too_many", "At most 100 skills.");
        checks.optional("licences", &mut self.licences, 4000);
        checks.optional("deposit", &mut self.deposit, 30);
    }
}

impl NeedsForm {
    fn needs(self, currency: Currency) -> Result<Needs> {
        let lines = self.licences.as_deref().unwrap_or("").lines().filter(|line| !line.trim().is_empty());
        let licence = |line: &str| {
            let mut parts = line.split(';').map(str::trim).map(str::to_owned);
            let some = |part: Option<String>| part.filter(|part| !part.is_empty());
            let name = parts.next().unwrap_or_default();
            let (jurisdiction, class) = (some(parts.next()), some(parts.next()));
            match parts.next() {
                None => Ok(Licence { name, jurisdiction, class }),
                Some(_) => Err(()),
            }
        };
        let wrong = |()| {
            Error::field("/licences", "licence", "One licence a line: its name; where it has to count; its class.")
        };
        let licences = lines.map(licence).collect::<Result<Vec<_>, ()>>().map_err(wrong)?;
        let wrong = || Error::field("/deposit", "money", "That is no amount, such as 50 or 49.50.");
        let deposit =
            self.deposit.as_deref().map(|typed| Money::parse(typed, currency).ok_or_else(wrong)).transpose()?;
        let needs = Needs {
            skills: read_levels(&self.levels)?,
            licences,
            buffer_before: self.buffer_before,
            buffer_after: self.buffer_after,
            notice_minutes: self.notice_minutes,
            deposit: deposit.filter(|deposit| deposit.minor != 0),
        };
        // What is wrong with one licence is wrong with the field that holds them all.
        needs.checked().map_err(|error| match error {
            Error::Invalid(mut faults) => {
                for fault in faults.iter_mut().filter(|fault| fault.pointer.starts_with("/licences/")) {
                    fault.pointer = "/licences".into();
                }
                Error::Invalid(faults)
            }
            other => other,
        })
    }
}

async fn draw(scope: &Scope, id: ItemId, back: Option<Filled>) -> Result<Page> {
    let (all, (item, needs, asked, around)) = scope.read((skill::all(), read(id))).await?;
    let item: Item = item.ok_or(Error::NotFound)?;
    let around = around.unwrap_or_default();
    let lines: Vec<String> = asked
        .iter()
        .map(|one| {
            let parts = [Some(one.name.as_str()), one.jurisdiction.as_deref(), one.class.as_deref()];
            let last = parts.iter().rposition(Option::is_some).unwrap_or(0);
            parts[..=last].iter().map(|part| part.unwrap_or("")).collect::<Vec<_>>().join("; ")
        })
        .collect();
    let held: Vec<(SkillId, i32)> = needs.iter().map(|need| (need.skill_id, need.level)).collect();
    let currency = scope.tenant().locale.currency;
    let values = back.unwrap_or_else(|| {
        Filled::of([
            ("licences", lines.join("\n")),
            ("buffer_before", number(around.buffer_before)),
            ("buffer_after", number(around.buffer_after)),
            ("notice_minutes", number(around.notice_minutes)),
            ("deposit", around.deposit_minor.map(|minor| Money::new(minor, currency).amount()).unwrap_or_default()),
        ])
    });
    let shown: Vec<Skill> = all;
    let body = form::form(
        &format!("/price-book/{id}/scheduling"),
        &values,
        html! {
            (form::part("Skills", "Who has not all of them, at least as well, is not offered for it.", html! {
                @if shown.is_empty() { p.dim.t13 { "There are no skills yet. They are added with a technician." } }
                (selects(&values, &shown, &held, "Does not matter"))
            }))
            (form::part("Licences", "", html! { (field::textarea(&values, "licences", "Asked for").rows(3).most(4000)
                .hint("One a line: its name; where it has to count; its class. Such as Master plumber; Illinois; A. The last two can be left out.")) }))
            (form::part("Time", "Empty: as your rules say.", html! {
                (form::pair(html! {
                    (field::number(&values, "buffer_before", "Kept free before").after("min"))
                    (field::number(&values, "buffer_after", "Kept free after").after("min"))
                }))
                (field::number(&values, "notice_minutes", "Booked no sooner than").after("min from now"))
            }))
            @if kernel::sight::prices() { (form::part("Deposit", "Said on the booking page and kept with the visit. Where you take cards, whoever books is asked for it right then; else you ask for it.", html! {
                (field::money(&values, "deposit", "Wanted beforehand", currency.code()))
            })) }
            (form::actions(html! { (button("Save").primary()) (ui::link_button("Back to the service", format!("/price-book/{id}")).quiet()) }))
        },
    );
    let crumbs = vec![("Price book".into(), "/price-book".into()), (item.name, format!("/price-book/{id}"))];
    let frame = Frame { title: "What it needs".into(), active: "/price-book", crumbs, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Ok(Page { status: if values.is_wrong() { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<TechniciansWrite>, Path(id): Path<ItemId>) -> Result<Page> {
    draw(&access, id, None).await
}

pub async fn post(
    access: Access<TechniciansWrite>,
    Path(id): Path<ItemId>,
    form: Form<NeedsForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let outcome = form
        .then(async |input: NeedsForm| {
            let needs = input.needs(access.tenant().locale.currency)?;
            access
                .once(async |tx| {
                    set(tx, id, &needs).await?;
                    Ok(Redirect::to(format!("/price-book/{id}")).toast("Saved"))
                })
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(done) => Either::Done(done),
        Err(typed) => Either::Again(draw(&access, id, Some(filled(typed))).await?),
    })
}
