//! Surcharges: the list under Settings, and the form of one.
use catalog::tax_rate::far_millionths;
use jiff::civil::Time;
use kernel::{
    Access, Checks, Currency, Error, Input, Money, Result,
    decimal::percent,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
    tenant::Locale,
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{
    Filled, button, card, field, form,
    table::{Column, Row, Table, row_link},
};

use super::{Change, Kept, New, SurchargeId, change, create, find, list::list};
use crate::{
    permissions::{BoardRead, TechniciansWrite},
    say,
    shift::WEEKDAYS,
};

/// The day that stands for public holidays in the row of boxes.
const HOLIDAYS: &str = "holidays";

fn crumbs() -> Vec<(String, String)> {
    vec![("Settings".into(), "/settings".into()), ("Surcharges".into(), "/settings/surcharges".into())]
}

/// "Mon, Tue and holidays, 5 pm – 10 pm".
fn when(one: &Kept, locale: &Locale) -> String {
    let mut days: Vec<String> = match one.weekdays.as_slice() {
        [1, 2, 3, 4, 5, 6, 7] => vec!["Every day".into()],
        [1, 2, 3, 4, 5] => vec!["Monday to Friday".into()],
        all => {
            let named = all.iter().filter_map(|day| WEEKDAYS.get(usize::try_from(day - 1).ok()?));
            named.map(|(_, name)| name.chars().take(3).collect()).collect()
        }
    };
    if one.holidays {
        days.push("holidays".into());
    }
    let hours = match one.starts == one.ends {
        true => "all day".to_owned(),
        false => format!("{} – {}", say::hour(one.starts, locale), say::hour(one.ends, locale)),
    };
    format!("{}, {hours}", days.join(", "))
}

/// "$75.00", "25 % of the price".
fn much(one: &Kept, language: &str) -> String {
    match (one.amount_minor, one.rate_ppm) {
        (Some(minor), _) => Money::new(minor, Currency::of(&one.currency).unwrap_or(Currency::USD)).display(language),
        (None, Some(rate)) if kernel::sight::prices() => format!("{} % of the price", percent(rate)),
        _ => "–".into(),
    }
}

pub async fn all(access: Access<BoardRead>) -> Result<Page> {
    let (found, locale) = (access.read(list()).await?, access.tenant().locale.clone());
    let may = access.can::<TechniciansWrite>() && kernel::sight::prices();
    let add = match may {
        true => html! { (ui::link_button("Add surcharge", "/settings/surcharges/new").icon("plus").primary()) },
        false => html! {},
    };
    let columns =
        [Column::lead("Name").width(26), Column::text("When"), Column::text("How much"), Column::text("State").side()];
    let row = |one: &Kept| {
        let (state, words) = if one.active { ("active", "In use") } else { ("inactive", "Out of use") };
        let (when, much) = (when(one, &locale), much(one, &locale.language));
        let name = match access.can::<TechniciansWrite>() {
            true => row_link(&format!("/settings/surcharges/{}", one.id), &one.name, ""),
            false => html! { (one.name) },
        };
        let cells = vec![name, html! { (when) }, html! { span.num { (much) } }, ui::status_saying(state, words)];
        Row::new(one.id.to_string(), one.name.clone(), cells).sub(html! { (much) " · " (when) })
    };
    let rows: Vec<Row> = found.iter().map(row).collect();
    let body = match rows.is_empty() {
        true => card::empty(
            "No surcharges yet",
            "Evenings, weekends, holidays: what a visit costs more then stands beside the time before a customer chooses it, and on the job by itself.",
            add.clone(),
            html! {},
        ),
        false => html! {
            (ui::filters::list(Table::new("Surcharges", &columns).show(&rows)))
            p.soft.t13."mt-4" { "Of several that hold at a time, the dearest counts alone. What was agreed for a visit stays, whatever you change." }
        },
    };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    let title = "Surcharges".into();
    let frame = Frame { title, active: "/settings", crumbs, actions: add, wide: true, body, ..Frame::default() };
    Ok(shell::page(&access, frame))
}

/// As typed: days as ticked boxes, an amount or per cents.
#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurchargeForm {
    #[serde(default)]
    name: String,
    /// "mon" to "sun", and "holidays".
    #[serde(default)]
    days: Vec<String>,
    starts: Option<Time>,
    ends: Option<Time>,
    amount: Option<String>,
    percent: Option<String>,
    active: Option<bool>,
}
impl Input for SurchargeForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("amount", &mut self.amount, 30);
        checks.optional("percent", &mut self.percent, 12);
        let few = self.name.len() <= 400 && self.days.len() <= 8 && self.days.iter().all(|day| day.len() <= 10);
        checks.that(few, "days", "too_many", "There are seven days, and holidays.");
        if self.active.is_none() {
            checks.that(self.starts.is_some(), "starts", "required", "Say from when.");
            checks.that(self.ends.is_some(), "ends", "required", "Say until when; the same time twice is all day.");
        }
    }
}

impl SurchargeForm {
    fn weekdays(&self) -> Vec<i32> {
        (1..).zip(WEEKDAYS).filter(|(_, (day, _))| self.days.iter().any(|one| one == day)).map(|(n, _)| n).collect()
    }
    fn holidays(&self) -> bool {
        self.days.iter().any(|one| one == HOLIDAYS)
    }
    fn sum(&self, currency: Currency) -> Result<(Option<Money>, Option<i64>)> {
        let no_amount = || Error::field("/amount", "money", "That is no amount, such as 75 or 49.50.");
        let no_part = || Error::field("/percent", "percent", "That is no part of the price, such as 25 or 12.5.");
        let amount =
            self.amount.as_deref().map(|typed| Money::parse(typed, currency).ok_or_else(no_amount)).transpose()?;
        let part = self.percent.as_deref().map(|typed| far_millionths(typed).ok_or_else(no_part)).transpose()?;
        Ok((amount, part))
    }
    fn added(&self, currency: Currency) -> Result<New> {
        let (amount, rate_ppm) = self.sum(currency)?;
        let (starts, ends) = (self.starts.unwrap_or_default(), self.ends.unwrap_or_default());
        let (weekdays, holidays) = (self.weekdays(), self.holidays());
        let new = New { name: self.name.clone(), weekdays, holidays, starts, ends, amount, rate_ppm };
        new.checked().map_err(to_form)
    }
    fn change(&self, currency: Currency) -> Result<Change> {
        if self.active.is_some() {
            return Ok(Change { active: self.active, ..Change::default() });
        }
        let (amount, rate_ppm) = self.sum(currency)?;
        let change = Change {
            name: Some(self.name.clone()),
            weekdays: Some(self.weekdays()),
            holidays: Some(self.holidays()),
            starts: self.starts,
            ends: self.ends,
            amount,
            rate_ppm,
            active: None,
        };
        change.checked().map_err(to_form)
    }
}

/// The form calls the days and the part otherwise than the API does.
fn to_form(error: Error) -> Error {
    match error {
        Error::Invalid(mut faults) => {
            for fault in &mut faults {
                fault.pointer = match fault.pointer.as_str() {
                    "/weekdays" => "/days".into(),
                    "/rate_ppm" => "/percent".into(),
                    _ => continue,
                };
            }
            Error::Invalid(faults)
        }
        other => other,
    }
}

fn values(one: &Kept) -> Filled {
    let clock = |time: Time| time.strftime("%H:%M").to_string();
    let currency = Currency::of(&one.currency).unwrap_or(Currency::USD);
    let mut filled = Filled::of([
        ("name", one.name.clone()),
        ("starts", clock(one.starts)),
        ("ends", clock(one.ends)),
        ("amount", one.amount_minor.map(|minor| Money::new(minor, currency).amount()).unwrap_or_default()),
        ("percent", one.rate_ppm.filter(|_| kernel::sight::prices()).map(percent).unwrap_or_default()),
    ]);
    let days = one.weekdays.iter().filter_map(|day| WEEKDAYS.get(usize::try_from(day - 1).ok()?)).map(|(day, _)| *day);
    let days: Vec<&str> = days.chain(one.holidays.then_some(HOLIDAYS)).collect();
    filled.values.insert("days".into(), days.join(","));
    filled
}

fn fields(filled: &Filled, currency: Currency) -> Markup {
    let days = WEEKDAYS.iter().map(|(day, name)| ((*day).to_owned(), *name));
    let days: Vec<(String, &str)> = days.chain([(HOLIDAYS.to_owned(), "Public holidays")]).collect();
    html! {
        (field::text(filled, "name", "Name").required().most(80).hint("Customers read it on the booking page and on the invoice. Such as After hours."))
        (field::boxes(filled, "days", "On", &days))
        (form::pair(html! {
            (field::time(filled, "starts", "From").required())
            (field::time(filled, "ends", "Until").required().hint("At or before From: on the next day. The same twice: all day."))
        }))
        @if kernel::sight::prices() { (form::pair(html! {
            (field::money(filled, "amount", "So much a visit", currency.code()))
            (field::text(filled, "percent", "Or a part of the price").after("%").most(12).attr("inputmode", "decimal"))
        })) }
    }
}

fn draw(access: &Access<TechniciansWrite>, one: Option<&Kept>, filled: &Filled) -> Page {
    let to = one.map_or("/settings/surcharges/new".to_owned(), |one| format!("/settings/surcharges/{}", one.id));
    let version = |one: &Kept| field::hidden("version", one.version.to_string());
    let body = html! {
        (form::form(&to, filled, html! {
            @if let Some(one) = one { (version(one)) }
            (fields(filled, access.tenant().locale.currency))
            (form::actions(html! { (button(if one.is_some() { "Save" } else { "Add surcharge" }).primary()) }))
        }))
        @if let Some(one) = one { div."mt-6" { (form::verb_form(&to, html! {
            (version(one)) (field::hidden("active", (!one.active).to_string()))
            @if one.active { (button("Take out of use").quiet().icon("archive")) } @else { (button("Put back in use").icon("rotate-ccw")) }
        })) } }
    };
    let title = one.map_or("New surcharge".to_owned(), |one| one.name.clone());
    let page = shell::page(access, Frame { title, active: "/settings", crumbs: crumbs(), body, ..Frame::default() });
    Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page }
}

type Answer = Result<Either<Repeatable<Redirect>, Page>>;

pub async fn new(access: Access<TechniciansWrite>) -> Result<Page> {
    let mut filled = Filled::of([("starts", "17:00".to_owned()), ("ends", "22:00".to_owned())]);
    filled.values.insert("days".into(), "mon,tue,wed,thu,fri".into());
    Ok(draw(&access, None, &filled))
}

pub async fn new_post(access: Access<TechniciansWrite>, form: Form<SurchargeForm>) -> Answer {
    let work = async |typed: SurchargeForm| {
        let new = typed.added(access.tenant().locale.currency)?;
        access
            .once(async |tx| {
                let made = create(tx, &new).await?;
                Ok(Redirect::to("/settings/surcharges").toast(&format!("{} is added.", made.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, None, &shell::filled(typed)))),
    }
}

pub async fn edit(access: Access<TechniciansWrite>, Path(id): Path<SurchargeId>) -> Result<Page> {
    let one = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    Ok(draw(&access, Some(&one), &values(&one)))
}

pub async fn edit_post(
    access: Access<TechniciansWrite>,
    Path(id): Path<SurchargeId>,
    form: Form<SurchargeForm>,
) -> Answer {
    let version = form.version()?;
    let work = async |typed: SurchargeForm| {
        let input = typed.change(access.tenant().locale.currency)?;
        access
            .once(async |tx| {
                let changed = change(tx, id, version, &input).await?;
                Ok(Redirect::to("/settings/surcharges").toast(&format!("{} is saved.", changed.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let one = access.read(find(id)).await?.ok_or(Error::NotFound)?;
            Ok(Either::Again(draw(&access, Some(&one), &shell::filled(typed))))
        }
    }
}
