//! The technician's week as a table of seven days.
use jiff::civil::Time;
use kernel::{
    Access, Checks, Input,
    http::{Form, Path, Redirect},
};
use maud::{Markup, html};
use ui::{Filled, field, form};

use super::{Answered, answered, sheet_of, version};
use crate::{
    permissions::TechniciansWrite,
    shift::{self, Shift, Turn, WEEKDAYS, Week},
    technician::{Technician, TechnicianId},
};

pub(super) fn values(shifts: &[Shift]) -> Filled {
    let mut filled = Filled::default();
    for shift in shifts.iter().rev() {
        let Some((day, _)) = usize::try_from(shift.weekday - 1).ok().and_then(|n| WEEKDAYS.get(n)) else { continue };
        filled.values.insert(format!("{day}_starts"), shift.starts.strftime("%H:%M").to_string());
        filled.values.insert(format!("{day}_ends"), shift.ends.strftime("%H:%M").to_string());
    }
    filled
}

pub(super) fn form(t: &Technician, shifts: &[Shift], filled: &Filled, may: bool) -> Markup {
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

pub async fn post(access: Access<TechniciansWrite>, Path(id): Path<TechnicianId>, form: Form<WeekForm>) -> Answered {
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
