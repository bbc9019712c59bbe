//! Who the technician is; and whether they take jobs.
use kernel::{
    Access, Checks, Error, Input,
    http::{Form, Nothing, Path, Redirect},
};
use ui::Filled;

use super::{Answered, answered, sheet_of};
use crate::{
    permissions::TechniciansWrite,
    technician::{Change, Technician, TechnicianId, change, find},
};

pub(super) fn values(t: &Technician) -> Filled {
    Filled::of([
        ("name", t.name.clone()),
        ("phone", t.phone.clone().unwrap_or_default()),
        ("home_note", t.home_note.clone().unwrap_or_default()),
    ])
}

/// An empty field of the form means "none" here, not "as it was".
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct About {
    pub name: String,
    pub phone: Option<String>,
    pub home_note: Option<String>,
}
impl Input for About {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 120, "the technician's name");
        checks.optional("phone", &mut self.phone, 40);
        checks.optional("home_note", &mut self.home_note, 500);
    }
}

pub async fn post(access: Access<TechniciansWrite>, Path(id): Path<TechnicianId>, form: Form<About>) -> Answered {
    let version = form.version()?;
    let outcome = form
        .then(async |input: About| {
            let change_to = Change {
                name: Some(input.name),
                phone: Some(input.phone.unwrap_or_default()),
                home_note: Some(input.home_note.unwrap_or_default()),
                active: None,
                skills: None,
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
