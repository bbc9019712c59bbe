//! Whose lanes are shown: those of a team, those who can something; and whether the map stands beside them. It stands in the address,
//! to be kept and sent to others.
use jiff::civil::Date;
use kernel::sql;
use maud::Markup;
use tenancy::team::{Team, TeamId};
use ui::{
    MenuItem,
    filters::{self, Chip},
};

use super::day::{Has, Needs};
use crate::{
    appointment::Appointment,
    skill::{Skill, SkillId},
    technician::{Technician, TechnicianId},
};

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Only {
    pub team: Option<TeamId>,
    pub skill: Option<SkillId>,
    /// The map of the day stands beside its lanes.
    pub map: bool,
}

sql! {
    pub(super) fn of_team(team: Option<TeamId>) -> Vec<TechnicianId> = "
        select t.id from technician t join member m on m.tenant_id = $1 and m.id = t.member_id
        where t.tenant_id = $1 and t.active and m.team_id = $2 limit 200";
}

impl Only {
    /// As it stands behind a first parameter of an address.
    pub fn suffix(self) -> String {
        let team = self.team.map(|id| format!("&team={id}")).unwrap_or_default();
        let skill = self.skill.map(|id| format!("&skill={id}")).unwrap_or_default();
        team + &skill + if self.map { "&map=true" } else { "" }
    }

    /// Takes away whose lanes are not shown, and what waits for none of them.
    pub(super) fn keep(
        self,
        technicians: &mut Vec<Technician>,
        tray: &mut Vec<Appointment>,
        in_team: &[TechnicianId],
        has: &[Has],
        needs: &[Needs],
    ) {
        if self.team.is_some() {
            technicians.retain(|one| in_team.contains(&one.id));
        }
        if let Some(skill) = self.skill {
            technicians.retain(|one| has.iter().any(|has| has.technician_id == one.id && has.skill_id == skill));
            tray.retain(|job| needs.iter().any(|need| need.skill_id == skill && Some(need.item_id) == job.item_id));
        }
    }

    pub fn is_set(self) -> bool {
        self.team.is_some() || self.skill.is_some()
    }

    /// What is set, each to be changed or taken away, and what else can be. `view` is "", "list", "week" or "map".
    pub(super) fn chips(self, date: Date, view: &str, teams: &[Team], skills: &[Skill]) -> Markup {
        let href = |only: Self| address(date, view, only);
        let team = |team: &Team| {
            let only = Self { team: Some(team.id), ..self };
            MenuItem::link(&team.name, href(only)).icon("users").checked(self == only)
        };
        let skill = |skill: &Skill| {
            let only = Self { skill: Some(skill.id), ..self };
            MenuItem::link(&skill.name, href(only)).icon("wrench").checked(self == only)
        };
        let mut chips = vec![];
        if let Some(set) = self.team {
            let value = teams.iter().find(|team| team.id == set).map_or("gone", |team| &team.name).to_owned();
            let others = teams.iter().map(team).collect();
            chips.push(Chip { field: "Team".into(), value, others, remove: href(Self { team: None, ..self }) });
        }
        if let Some(set) = self.skill {
            let value = skills.iter().find(|skill| skill.id == set).map_or("gone", |skill| &skill.name).to_owned();
            let others = skills.iter().map(skill).collect();
            chips.push(Chip { field: "Skill".into(), value, others, remove: href(Self { skill: None, ..self }) });
        }
        let teams = teams.iter().filter(|_| self.team.is_none()).map(team);
        let mut skills = skills.iter().filter(|_| self.skill.is_none()).map(skill);
        let apart = if self.team.is_none() { skills.next().map(MenuItem::apart) } else { None };
        let add: Vec<MenuItem> = teams.chain(apart).chain(skills).collect();
        filters::chips(&chips, &add)
    }
}

/// The board of a day as a view of it, with the filters.
pub(super) fn address(date: Date, view: &str, only: Only) -> String {
    let view = if view.is_empty() { String::new() } else { format!("&view={view}") };
    format!("/board?date={date}{view}{}", only.suffix())
}
