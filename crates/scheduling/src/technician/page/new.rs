//! Adds a technician: somebody new, or a member there is already.
use kernel::{
    Access, Checks, Error, Input, Result, Scope,
    http::{Either, Form, Page, Query, Redirect, Repeatable},
};
use maud::{Markup, html};
use tenancy::{MemberId, shell::filled};
use ui::{Filled, field, form};

use super::{frame, more_fields};
use crate::{
    neighbours::{Person, not_on_the_board, person},
    permissions::TechniciansWrite,
    technician::{New, create},
};

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewForm {
    member_id: Option<MemberId>,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    home_note: Option<String>,
    skills: Option<String>,
}
impl Input for NewForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("name", &mut self.name, 120);
        checks.email("email", &mut self.email);
        checks.optional("phone", &mut self.phone, 40);
        checks.optional("home_note", &mut self.home_note, 500);
        checks.optional("skills", &mut self.skills, 400);
        if self.member_id.is_none() {
            checks.that(self.name.is_some(), "name", "required", "Give the technician's name.");
            checks.that(
                self.email.is_some(),
                "email",
                "required",
                "Give an e-mail address, so that the technician can sign in.",
            );
        }
    }
}

fn draw(people: &[Person], filled: &Filled) -> Markup {
    let mut who = vec![(String::new(), "Somebody new".to_owned())];
    who.extend(people.iter().map(|one| (one.id.to_string(), one.name.clone())));
    form::form(
        "/technicians/new",
        filled,
        html! {
            @if !people.is_empty() {
                (field::select(filled, "member_id", "Who", &who).hint("Somebody who works here already keeps their sign-in; name and email below can stay empty."))
            }
            (field::text(filled, "name", "Name").most(120).autocomplete("off"))
            (form::pair(html! {
                (field::email(filled, "email", "Email").hint("To sign in on the phone. The link to choose a password is made under Settings, People.").autocomplete("off"))
                (field::tel(filled, "phone", "Phone").autocomplete("off"))
            }))
            (more_fields(filled))
            p.dim.t13 { "Starts with shifts from Monday to Friday, 8 to 17. They can be changed on the next page." }
            (form::actions(html! { (ui::button("Add technician").primary()) }))
        },
    )
}

async fn sheet(scope: &Scope, filled: &Filled) -> Result<Page> {
    let people = scope.read(not_on_the_board()).await?;
    Ok(frame(scope, "Add technician", true, html! {}, draw(&people, filled)))
}

#[derive(Debug, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct NewQuery {
    pub member_id: Option<MemberId>,
}

pub async fn page(access: Access<TechniciansWrite>, Query(query): Query<NewQuery>) -> Result<Page> {
    let member = query.member_id.map(|id| id.to_string()).unwrap_or_default();
    sheet(&access, &Filled::of([("member_id", member)])).await
}

pub async fn post(access: Access<TechniciansWrite>, form: Form<NewForm>) -> Result<Either<Repeatable<Redirect>, Page>> {
    let outcome = form
        .then(async |input: NewForm| {
            access
                .once(async |tx| {
                    let name = match (&input.name, input.member_id) {
                        (Some(name), _) => name.clone(),
                        (None, Some(member)) => tx.run(person(member)).await?.ok_or_else(gone)?.name,
                        (None, None) => return Err(gone()),
                    };
                    let new = New {
                        member_id: input.member_id,
                        name,
                        email: input.email.clone(),
                        phone: input.phone.clone(),
                        home_note: input.home_note.clone(),
                        skills: input.skills.clone(),
                        without_shifts: None,
                    };
                    let made = create(&access, tx, &new).await?;
                    Ok(Redirect::to(format!("/technicians/{}", made.id))
                        .toast(&format!("{} has a lane on the board", made.name)))
                })
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(redirect) => Either::Done(redirect),
        Err(typed) => Either::Again(Page { status: 422, ..sheet(&access, &filled(typed)).await? }),
    })
}

fn gone() -> Error {
    Error::field("/member_id", "missing", "This person does not work here any more. Choose another one.")
}
