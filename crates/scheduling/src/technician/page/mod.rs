//! The technicians' pages: who there is and what is missing; one of them with skills, week and time off.
mod about;
mod all;
mod differs;
mod licences;
mod new;
mod off;
mod planning;
mod sheet;
pub(crate) mod skills;
mod week;

pub use about::{active_post, post as about_post};
pub use all::page as all;
pub use differs::{day_post, day_remove, on_call_post, on_call_remove};
pub use licences::{post as licence_post, remove as licence_remove};
pub use new::{page as new, post as new_post};
pub use off::{post as off_post, remove as off_remove};
pub use planning::post as planning_post;
pub use sheet::page as show;
pub use skills::post as skills_post;
pub use week::post as week_post;

use kernel::{
    Result, Scope,
    http::{Either, Page, Redirect, Repeatable},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame, filled};
use ui::{Filled, field};

use super::{Technician, TechnicianId};

fn frame(scope: &Scope, title: &str, crumbs: bool, actions: Markup, body: Markup) -> Page {
    let crumbs = if crumbs { vec![("Technicians".to_owned(), "/technicians".to_owned())] } else { vec![] };
    shell::page(
        scope,
        Frame { title: title.to_owned(), active: "/technicians", crumbs, actions, body, ..Frame::default() },
    )
}

/// Which of the page's forms came back, with what was typed.
type Back = (&'static str, Filled);

fn version(t: &Technician) -> Markup {
    html! { (field::hidden("version", t.version.to_string())) }
}

fn fields(filled: &Filled) -> Markup {
    html! {
        (field::text(filled, "name", "Name").required().most(120).autocomplete("off"))
        (field::tel(filled, "phone", "Phone").autocomplete("off"))
        (note_field(filled))
    }
}

fn more_fields(filled: &Filled) -> Markup {
    html! {
        (field::text(filled, "skills", "Skills").hint("With commas between, such as HVAC, EPA 608. A service that needs a skill is offered only with somebody who has it.").most(400))
        (note_field(filled))
    }
}

fn note_field(filled: &Filled) -> Markup {
    html! { (field::textarea(filled, "home_note", "For dispatchers").hint("What is in the truck, what to mind.").rows(3).most(500)) }
}

type Answered = Result<Either<Repeatable<Redirect>, Page>>;

fn sheet_of(id: TechnicianId) -> String {
    format!("/technicians/{id}")
}

async fn answered(
    scope: &Scope,
    id: TechnicianId,
    which: &'static str,
    outcome: Result<Repeatable<Redirect>, kernel::http::Typed>,
) -> Answered {
    match outcome {
        Ok(redirect) => Ok(Either::Done(redirect)),
        Err(typed) => Ok(Either::Again(sheet::draw(scope, id, Some((which, filled(typed)))).await?)),
    }
}
