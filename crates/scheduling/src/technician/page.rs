//! The technicians' pages: who there is and what is missing; one of them with skills, week and time off.
use jiff::civil::{Date, Time};
use kernel::{
    Access, Checks, Error, Input, Result, Scope,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame, filled};
use ui::{
    Filled, field, form,
    table::{Column, Row, Table, nothing, row_link},
};

use super::{Change, New, Technician, TechnicianId, change, create, find, list};
use crate::{
    permissions::{BoardRead, TechniciansWrite},
    say,
    shift::{self, Shift, Turn, WEEKDAYS, Week},
    time_off::{self, TimeOff, TimeOffId},
};

fn frame(scope: &Scope, title: &str, crumbs: bool, actions: Markup, body: Markup) -> Page {
    let crumbs = if crumbs { vec![("Technicians".to_owned(), "/technicians".to_owned())] } else { vec![] };
    shell::page(
        scope,
        Frame { title: title.to_owned(), active: "/technicians", crumbs, actions, body, ..Frame::default() },
    )
}

pub async fn all(access: Access<BoardRead>) -> Result<Page> {
    let technicians = access.read(list(None, None, TechnicianId::max(), 200)).await?;
    let may = access.can::<TechniciansWrite>();
    let columns = [
        Column::lead("Technician").width(34),
        Column::text("Skills"),
        Column::text("Shifts").width(22),
        Column::text("State").side(),
    ];
    let rows: Vec<Row> = technicians
        .iter()
        .map(|t| {
            let shifts = match t.shift_days {
                0 => html! { span.tone-warn { "No shifts, is offered no work" } },
                1 => html! { "1 day a week" },
                days => html! { (days) " days a week" },
            };
            let skills = if t.skills.is_empty() {
                nothing("No skills")
            } else {
                html! { (t.skills) }
            };
            let state = if t.active { "active" } else { "inactive" };
            let cells = vec![
                row_link(&format!("/technicians/{}", t.id), &t.name, ""),
                skills,
                shifts,
                ui::status_saying(state, if t.active { "Active" } else { "Gone" }),
            ];
            Row::new(t.id.to_string(), t.name.clone(), cells).sub(t.skills.clone())
        })
        .collect();
    let add = if may {
        html! { (ui::link_button("Add technician", "/technicians/new").icon("plus").primary()) }
    } else {
        html! {}
    };
    let body = match rows.is_empty() {
        true => ui::card::empty(
            "No technicians yet",
            "A technician has a lane on the board, skills, and shifts in which jobs can be booked.",
            add.clone(),
            html! {},
        ),
        false => ui::filters::list(Table::new("Technicians", &columns).show(&rows)),
    };
    let frame = Frame {
        title: "Technicians".into(),
        active: "/technicians",
        actions: add,
        wide: true,
        body,
        ..Frame::default()
    };
    Ok(shell::page(&access, frame))
}

fn fields(filled: &Filled, is_new: bool) -> Markup {
    html! {
        (field::text(filled, "name", "Name").required().most(120).autocomplete("off"))
        @if is_new {
            (form::pair(html! {
                (field::email(filled, "email", "Email").required().hint("To sign in on the phone. The link to choose a password is made under Settings, People.").autocomplete("off"))
                (field::tel(filled, "phone", "Phone").autocomplete("off"))
            }))
        } @else { (field::tel(filled, "phone", "Phone").autocomplete("off")) }
        (field::text(filled, "skills", "Skills").hint("With commas between, such as HVAC, EPA 608. A service that needs a skill is offered only with somebody who has it.").most(400))
        (field::textarea(filled, "home_note", "For dispatchers").hint("Where the day begins, what is in the truck.").rows(3).most(500))
    }
}

fn new_form(filled: &Filled) -> Markup {
    form::form(
        "/technicians/new",
        filled,
        html! {
            (fields(filled, true))
            p.dim.t13 { "Starts with shifts from Monday to Friday, 8 to 17. They can be changed on the next page." }
            (form::actions(html! { (ui::button("Add technician").primary()) }))
        },
    )
}

pub async fn new(access: Access<TechniciansWrite>) -> Result<Page> {
    Ok(frame(&access, "Add technician", true, html! {}, new_form(&Filled::default())))
}

pub async fn new_post(access: Access<TechniciansWrite>, form: Form<New>) -> Result<Either<Repeatable<Redirect>, Page>> {
    let outcome = form
        .then(async |input: New| {
            access
                .once(async |tx| {
                    let made = create(&access, tx, &input).await?;
                    Ok(Redirect::to(format!("/technicians/{}", made.id))
                        .toast(&format!("{} has a lane on the board", made.name)))
                })
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(redirect) => Either::Done(redirect),
        Err(typed) => {
            let page = frame(&access, "Add technician", true, html! {}, new_form(&filled(typed)));
            Either::Again(Page { status: 422, ..page })
        }
    })
}

pub async fn show(access: Access<BoardRead>, Path(id): Path<TechnicianId>) -> Result<Page> {
    sheet(&access, id, None).await
}

/// Which of the page's forms came back, with what was typed.
type Back = (&'static str, Filled);

async fn sheet(scope: &Scope, id: TechnicianId, back: Option<Back>) -> Result<Page> {
    let (found, shifts, off) =
        scope.read((find(id), shift::of_technician(id), time_off::ahead(id, scope.now()))).await?;
    let t = found.ok_or(Error::NotFound)?;
    let may = scope.can::<TechniciansWrite>();
    let typed = |which: &str, or: Filled| match &back {
        Some((form, filled)) if *form == which => filled.clone(),
        _ => or,
    };
    let about = typed("about", about(&t));
    let week_filled = typed("week", week_values(&shifts));
    let off_filled = typed("off", Filled::default());
    let body = html! {
        @if t.shift_days == 0 && t.active { (ui::note("", html! { (t.name) " has no shifts, so nobody can book a job with them. Set the week below." })) }
        @if !may { p.dim { "Only those who may set up technicians can change this." } }
        (form::part("About", "", form::form(&format!("/technicians/{id}"), &about, html! {
            (version(&t)) (fields(&about, false))
            (form::actions(html! { (ui::button("Save").primary().disabled(!may)) }))
        })))
        (form::part("Week", "On the company's clock. Leave a day empty that is free. An end at or before the start is on the next day.", week_form(&t, &shifts, &week_filled, may)))
        (form::part("Time off", "", time_off_part(scope, &t, &off, &off_filled, may)))
        @if may { (form::part(if t.active { "Leaving" } else { "Coming back" }, if t.active { "No new jobs can be booked, and the lane leaves the board. What was done stays." } else { "The lane is on the board again, and jobs can be booked." },
            form::verb_form(&format!("/technicians/{id}/{}", if t.active { "leave" } else { "return" }), html! {
                @if t.active { (ui::button("Takes no more jobs").danger()) } @else { (ui::button("Takes jobs again")) }
            }))) }
    };
    let page = frame(scope, &t.name, true, html! {}, body);
    Ok(Page { status: if back.is_some() { 422 } else { page.status }, ..page })
}

fn version(t: &Technician) -> Markup {
    html! { (field::hidden("version", t.version.to_string())) }
}

fn about(t: &Technician) -> Filled {
    Filled::of([
        ("name", t.name.clone()),
        ("phone", t.phone.clone().unwrap_or_default()),
        ("skills", t.skills.clone()),
        ("home_note", t.home_note.clone().unwrap_or_default()),
    ])
}

fn week_values(shifts: &[Shift]) -> Filled {
    let mut filled = Filled::default();
    for shift in shifts.iter().rev() {
        let Some((day, _)) = usize::try_from(shift.weekday - 1).ok().and_then(|n| WEEKDAYS.get(n)) else { continue };
        filled.values.insert(format!("{day}_starts"), shift.starts.strftime("%H:%M").to_string());
        filled.values.insert(format!("{day}_ends"), shift.ends.strftime("%H:%M").to_string());
    }
    filled
}

fn week_form(t: &Technician, shifts: &[Shift], filled: &Filled, may: bool) -> Markup {
    let special = shifts.iter().any(|s| s.valid_from.is_some() || s.valid_until.is_some())
        || shifts.windows(2).any(|pair| pair[0].weekday == pair[1].weekday);
    form::form(
        &format!("/technicians/{}/week", t.id),
        filled,
        html! {
            (version(t))
            @if special { (ui::note("info", html! { "There are split or dated shifts that this table cannot show. Saving replaces them." })) }
            @for (day, name) in WEEKDAYS {
                (form::pair(html! {
                    (field::time(filled, &format!("{day}_starts"), &format!("{name} from")))
                    (field::time(filled, &format!("{day}_ends"), &format!("{name} to")))
                }))
            }
            (form::actions(html! { (ui::button("Save week").disabled(!may)) }))
        },
    )
}

fn time_off_part(scope: &Scope, t: &Technician, off: &[TimeOff], filled: &Filled, may: bool) -> Markup {
    let locale = &scope.tenant().locale;
    let moment = |at| {
        let local = say::local(at, locale);
        format!("{}, {}", say::day(local.date()), say::clock(local.time(), locale))
    };
    html! {
        @if off.is_empty() { p.dim.t13 { "None ahead." } }
        @for one in off {
            (ui::card::line("palmtree", &one.reason, &format!("{} to {}", moment(one.starts_at), moment(one.ends_at)), html! {
                @if may { (form::verb_form(&format!("/technicians/{}/time-off/{}/remove", t.id, one.id), html! { (ui::button("Take back").small().quiet()) })) }
            }))
        }
        @if may { (form::form(&format!("/technicians/{}/time-off", t.id), filled, html! {
            (field::text(filled, "reason", "Reason").hint("Everybody who sees the board reads it.").most(120))
            (form::pair(html! { (field::date(filled, "from_day", "From").required()) (field::time(filled, "from_time", "At").hint("Empty: from the start of that day.")) }))
            (form::pair(html! { (field::date(filled, "to_day", "To").required()) (field::time(filled, "to_time", "At").hint("Empty: to the end of that day.")) }))
            (form::actions(html! { (ui::button("Add time off")) }))
        })) }
    }
}

/// An empty field of the form means "none" here, not "as it was".
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct About {
    pub name: String,
    pub phone: Option<String>,
    pub skills: Option<String>,
    pub home_note: Option<String>,
}
impl Input for About {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 120, "the technician's name");
        checks.optional("phone", &mut self.phone, 40);
        checks.optional("home_note", &mut self.home_note, 500);
        checks.optional("skills", &mut self.skills, 400);
    }
}

type Answered = Result<Either<Repeatable<Redirect>, Page>>;

fn sheet_of(id: TechnicianId) -> String {
    format!("/technicians/{id}")
}

pub async fn about_post(access: Access<TechniciansWrite>, Path(id): Path<TechnicianId>, form: Form<About>) -> Answered {
    let version = form.version()?;
    let outcome = form
        .then(async |input: About| {
            let change_to = Change {
                name: Some(input.name),
                phone: Some(input.phone.unwrap_or_default()),
                home_note: Some(input.home_note.unwrap_or_default()),
                active: None,
                skills: Some(input.skills.unwrap_or_default()),
            };
            access
                .once(async |tx| {
                    change(tx, id, version, &change_to)
                        .await
                        .map(|t| Redirect::to(sheet_of(id)).toast(&format!("{} saved", t.name)))
                })
                .await
        })
        .await?;
    answered(&access, id, "about", outcome).await
}

async fn answered(
    scope: &Scope,
    id: TechnicianId,
    which: &'static str,
    outcome: Result<Repeatable<Redirect>, kernel::http::Typed>,
) -> Answered {
    match outcome {
        Ok(redirect) => Ok(Either::Done(redirect)),
        Err(typed) => Ok(Either::Again(sheet(scope, id, Some((which, filled(typed)))).await?)),
    }
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeekForm {
    mon_starts: Option<Time>,
    mon_ends: Option<Time>,
    tue_starts: Option<Time>,
    tue_ends: Option<Time>,
    wed_starts: Option<Time>,
    wed_ends: Option<Time>,
    thu_starts: Option<Time>,
    thu_ends: Option<Time>,
    fri_starts: Option<Time>,
    fri_ends: Option<Time>,
    sat_starts: Option<Time>,
    sat_ends: Option<Time>,
    sun_starts: Option<Time>,
    sun_ends: Option<Time>,
}
impl WeekForm {
    fn days(&self) -> [(Option<Time>, Option<Time>); 7] {
        [
            (self.mon_starts, self.mon_ends),
            (self.tue_starts, self.tue_ends),
            (self.wed_starts, self.wed_ends),
            (self.thu_starts, self.thu_ends),
            (self.fri_starts, self.fri_ends),
            (self.sat_starts, self.sat_ends),
            (self.sun_starts, self.sun_ends),
        ]
    }
    fn week(&self) -> Week {
        let turns = self.days().into_iter().zip(1..).filter_map(|((starts, ends), weekday)| {
            Some(Turn { weekday, starts: starts?, ends: ends?, valid_from: None, valid_until: None })
        });
        Week(turns.collect())
    }
}
impl Input for WeekForm {
    fn check(&mut self, checks: &mut Checks) {
        for ((starts, ends), (day, name)) in self.days().into_iter().zip(WEEKDAYS) {
            checks.that(
                starts.is_some() == ends.is_some(),
                &format!("{day}_ends"),
                "half",
                format!("Give both times for {name}, or none."),
            );
            checks.that(
                starts.is_none() || starts != ends,
                &format!("{day}_ends"),
                "empty",
                format!("The shift of {name} has no length."),
            );
        }
    }
}

pub async fn week_post(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    form: Form<WeekForm>,
) -> Answered {
    let version = form.version()?;
    let outcome = form
        .then(async |input: WeekForm| {
            let week = input.week();
            access
                .once(async |tx| {
                    shift::set(tx, id, version, &week).await.map(|_| Redirect::to(sheet_of(id)).toast("Week saved"))
                })
                .await
        })
        .await?;
    answered(&access, id, "week", outcome).await
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OffForm {
    reason: Option<String>,
    from_day: Date,
    from_time: Option<Time>,
    to_day: Date,
    to_time: Option<Time>,
}
impl Input for OffForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("reason", &mut self.reason, 120);
        checks.that(self.from_day <= self.to_day, "to_day", "order", "Time off ends after it starts.");
    }
}

pub async fn off_post(access: Access<TechniciansWrite>, Path(id): Path<TechnicianId>, form: Form<OffForm>) -> Answered {
    let locale = &access.tenant().locale;
    let outcome = form
        .then(async |input: OffForm| {
            let starts_at = say::at(input.from_day, input.from_time.unwrap_or(Time::midnight()), locale);
            let ends_at = match input.to_time {
                Some(time) => say::at(input.to_day, time, locale),
                None => say::midnight(input.to_day.saturating_add(jiff::Span::new().days(1)), locale),
            };
            if ends_at <= starts_at {
                return Err(Error::field("/to_day", "order", "Time off ends after it starts."));
            }
            let new = time_off::New { starts_at, ends_at, reason: input.reason };
            access
                .once(async |tx| {
                    time_off::add(tx, id, &new).await.map(|_| Redirect::to(sheet_of(id)).toast("Time off added"))
                })
                .await
        })
        .await?;
    answered(&access, id, "off", outcome).await
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}
impl Input for Nothing {
    fn check(&mut self, _: &mut Checks) {}
}

pub async fn off_remove(
    access: Access<TechniciansWrite>,
    Path((id, off)): Path<(TechnicianId, TimeOffId)>,
    _: Form<Nothing>,
) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx| {
            time_off::remove(tx, id, off).await.map(|()| Redirect::to(sheet_of(id)).toast("Time off taken back"))
        })
        .await
}

/// `leave` or `return`.
pub async fn active_post(
    access: Access<TechniciansWrite>,
    Path((id, verb)): Path<(TechnicianId, String)>,
    form: Form<Nothing>,
) -> Answered {
    let active = match verb.as_str() {
        "leave" => false,
        "return" => true,
        _ => return Err(Error::NotFound),
    };
    let outcome = form
        .then(async |_: Nothing| {
            access
                .once(async |tx| {
                    let was = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
                    let input = Change { active: Some(active), ..Change::default() };
                    change(tx, id, was.version, &input)
                        .await
                        .map(|t| Redirect::to(sheet_of(id)).toast(&format!("{} saved", t.name)))
                })
                .await
        })
        .await?;
    answered(&access, id, "about", outcome).await
}
