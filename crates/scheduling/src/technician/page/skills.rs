//! What a technician can, and how well: one choice for each skill there is, and room for a new one.
use kernel::{
    Access, Checks, Error, Input,
    http::{Form, Path, Redirect},
};
use maud::{Markup, html};
use ui::{Filled, field, form};

use super::{Answered, answered, sheet_of, version};
use crate::{
    permissions::TechniciansWrite,
    skill::{self, Held, LEVELS, Level, Levels, Skill, SkillId},
    technician::{Technician, TechnicianId},
};

/// "id:2", as the choice of one skill is sent.
fn value(skill: SkillId, level: i32) -> String {
    format!("{skill}:{level}")
}

/// One select for each skill, all of one name. `none` says what it means to choose nothing.
pub(crate) fn selects(filled: &Filled, all: &[Skill], held: &[(SkillId, i32)], none: &str) -> Markup {
    let choice = |skill: &Skill| {
        let mut options = vec![(String::new(), none.to_owned())];
        options.extend((1..=3).zip(LEVELS).map(|(level, words)| (value(skill.id, level), words.to_owned())));
        let kept = held.iter().find(|(id, _)| *id == skill.id).map(|(_, level)| value(skill.id, *level));
        let typed = (1..=3).map(|level| value(skill.id, level)).find(|one| filled.has("levels", one));
        let now = if filled.is_wrong() { typed } else { kept }.unwrap_or_default();
        field::select(filled, "levels", &skill.name, &options).value(now).id(format!("level-{}", skill.id))
    };
    html! { div."grid"."gap-4"."sm:grid-cols-2" { @for skill in all { (choice(skill)) } } }
}

pub(crate) fn read(levels: &[String]) -> Result<Vec<Level>, Error> {
    let wrong = || Error::field("/levels", "level", "Choose a level for each skill, or none. Load the page again.");
    let chosen = levels.iter().filter(|level| !level.is_empty()).map(|level| {
        let (id, level) = level.split_once(':').ok_or_else(wrong)?;
        Ok(Level { skill_id: id.parse().map_err(|_| wrong())?, level: level.parse().map_err(|_| wrong())? })
    });
    chosen.collect()
}

pub(super) fn part(t: &Technician, all: &[Skill], held: &[Held], filled: &Filled, may: bool) -> Markup {
    let now: Vec<(SkillId, i32)> = held.iter().map(|one| (one.skill_id, one.level)).collect();
    html! {
        @if !may {
            @if held.is_empty() { p.dim.t13 { "None." } }
            @for one in held { (ui::card::line("award", &one.name, skill::level_word(one.level), html! {})) }
        } @else {
            (form::form(&format!("/technicians/{}/skills", t.id), filled, html! {
                (version(t))
                (selects(filled, all, &now, "Has not"))
                (field::text(filled, "also", "And also").most(400).hint("Skills that are not listed yet, with commas between. They start as “works alone”."))
                (form::actions(html! { (ui::button("Save skills")) }))
            }))
        }
    }
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SkillsForm {
    #[serde(default)]
    levels: Vec<String>,
    also: Option<String>,
}
impl Input for SkillsForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.levels.len() <= 100, "levels", "too_many", "At most 100 skills.");
        checks.optional("also", &mut self.also, 400);
    }
}

pub async fn post(access: Access<TechniciansWrite>, Path(id): Path<TechnicianId>, form: Form<SkillsForm>) -> Answered {
    let version = form.version()?;
    let outcome = form
        .then(async |input: SkillsForm| {
            let chosen = Levels { skills: read(&input.levels)? }.checked()?;
            let names = crate::technician::create::skill_names(input.also.as_deref()).map_err(|_| {
                Error::field("/also", "skill", "A skill is a few words, such as EPA 608, with commas between.")
            })?;
            access
                .once(async |tx| {
                    let mut levels = chosen.clone();
                    for name in &names {
                        let skill_id = skill::find_or_create(tx, name).await?;
                        if !levels.skills.iter().any(|one| one.skill_id == skill_id) {
                            levels.skills.push(Level { skill_id, level: 2 });
                        }
                    }
                    skill::set_levels(tx, id, version, &levels.checked()?).await?;
                    Ok(Redirect::to(sheet_of(id)).toast("Skills saved"))
                })
                .await
        })
        .await?;
    answered(&access, id, "skills", outcome).await
}
