//! Makes somebody a technician: a member there is already, or a new one.
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Created, Json, Repeatable},
    sql,
};
use tenancy::MemberId;

use super::{Technician, TechnicianCreated, TechnicianId, find};
use crate::{permissions::TechniciansWrite, shift, skill};

#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// A member who becomes a technician. Without it a new member is made, with the role technician.
    pub member_id: Option<MemberId>,
    pub name: String,
    /// Where the invitation of a new member goes.
    pub email: Option<String>,
    pub phone: Option<String>,
    /// Where the day begins, what is in the truck.
    pub home_note: Option<String>,
    /// Names with a comma between, such as "HVAC, EPA 608". A name that is new becomes a skill.
    pub skills: Option<String>,
    /// Starts without shifts, and so without bookings. Otherwise Monday to Friday, 8 to 17.
    pub without_shifts: Option<bool>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 120, "the technician's name");
        checks.email("email", &mut self.email);
        checks.optional("phone", &mut self.phone, 40);
        checks.optional("home_note", &mut self.home_note, 500);
        checks.optional("skills", &mut self.skills, 400);
        let named = self.member_id.is_some() || self.email.is_some();
        checks.that(
            named,
            "email",
            "required",
            "Give an e-mail address, so that the technician can sign in; or choose a member.",
        );
    }
}

sql! {
    fn insert(id: TechnicianId, member: MemberId, name: String, initials: String, phone: Option<String>, home_note: Option<String>, by: Option<uuid::Uuid>) = "
        insert into technician (tenant_id, id, member_id, name, initials, phone, home_note, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub(super) fn give(technician: TechnicianId, skill: skill::SkillId) = "
        insert into technician_skill (tenant_id, technician_id, skill_id) values ($1, $2, $3)";
}

pub async fn create(scope: &Scope, tx: &mut TenantTx, new: &New) -> Result<Technician> {
    let member = match (new.member_id, &new.email) {
        (Some(member), _) => member,
        (None, Some(email)) => crate::neighbours::new_member(scope, tx, &new.name, email, new.phone.as_deref()).await?,
        (None, None) => return Err(Error::field("/email", "required", "Give an e-mail address, or choose a member.")),
    };
    let id = TechnicianId::new();
    tx.tell(&TechnicianCreated { technician: id, member });
    let by = tx.user();
    tx.run(insert(id, member, new.name.clone(), initials(&new.name), new.phone.clone(), new.home_note.clone(), by))
        .await?;
    for name in skill_names(new.skills.as_deref())? {
        let skill = skill::find_or_create(tx, &name).await?;
        tx.queue(give(id, skill));
    }
    if new.without_shifts != Some(true) {
        tx.queue(shift::week(id, &shift::Week::usual()));
    }
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

pub async fn create_api(
    access: Access<TechniciansWrite>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Technician>>> {
    access
        .once(async |tx| {
            let technician = create(&access, tx, &new).await?;
            Ok(Created { location: format!("/api/v1/technicians/{}", technician.id), body: technician })
        })
        .await
}

/// First letters of the first and the last word; a name without letters gets a dot.
pub(super) fn initials(name: &str) -> String {
    let letters: String = ui::initials(name).chars().filter(|c| c.is_alphanumeric()).take(3).collect();
    if letters.is_empty() { "·".into() } else { letters }
}

/// Each name once, however it is written.
pub(crate) fn skill_names(text: Option<&str>) -> Result<Vec<String>> {
    let mut names: Vec<String> = vec![];
    for name in text.unwrap_or("").split(',').map(str::trim).filter(|name| !name.is_empty()) {
        if name.chars().count() > 60 || kernel::text::fold(name).is_empty() {
            return Err(Error::field(
                "/skills",
                "skill",
                "A skill is a few words, such as EPA 608, with commas between.",
            ));
        }
        if !names.iter().any(|known| kernel::text::fold(known) == kernel::text::fold(name)) {
            names.push(name.to_owned());
        }
    }
    match names.len() {
        0..=20 => Ok(names),
        _ => Err(Error::field("/skills", "too_many", "Name at most 20 skills.")),
    }
}

#[test]
fn skills_are_told_apart_by_their_folded_names() {
    let names = skill_names(Some(" HVAC, hvac ,, EPA 608")).unwrap();
    assert_eq!(names, ["HVAC", "EPA 608"]);
    assert!(skill_names(Some("!!!")).is_err());
}
