//! Pages that say no, or that something broke: what happened, and what can be done about it.
use crate::shell::{Brand, Shell};
use crate::{Page, PublicPage, button, icon, link_button};
use maud::{Markup, html};

/// Why there is no page.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// 404.
    NotFound,
    /// 403: what it needs, in words, and who can grant it.
    Forbidden {
        /// "issue invoices".
        needs: String,
        /// Names of people who can grant it.
        ask: Vec<String>,
    },
    /// 410: what it was, when it went and by whom.
    Gone {
        /// "Invoice INV-0231".
        what: String,
        /// "moved to the bin by Alex on 3 March".
        how: String,
        /// Where to bring it back, if one can.
        undo: Option<String>,
    },
    /// The company is suspended; what to do in words.
    Suspended {
        /// "The trial ended on 3 March. …"
        says: String,
        /// Where an owner can set it right.
        mend: Option<String>,
    },
    /// 412: somebody changed it meanwhile.
    Stale {
        /// Where the current state is.
        reload: String,
    },
    /// 429.
    TooMany {
        /// Seconds to wait.
        wait: u32,
    },
    /// 503: the database or a part of us does not answer.
    Unavailable,
    /// 500.
    Broken,
    /// Anything else: status, title and sentence as in the problem document.
    Other {
        /// The status.
        status: u16,
        /// What happened.
        title: String,
        /// What to do.
        detail: String,
    },
}

impl Refusal {
    fn status(&self) -> u16 {
        match self {
            Refusal::NotFound => 404,
            Refusal::Forbidden { .. } | Refusal::Suspended { .. } => 403,
            Refusal::Gone { .. } => 410,
            Refusal::Stale { .. } => 412,
            Refusal::TooMany { .. } => 429,
            Refusal::Unavailable => 503,
            Refusal::Broken => 500,
            Refusal::Other { status, .. } => *status,
        }
    }

    fn title(&self) -> String {
        match self {
            Refusal::NotFound => "There is nothing at this address".into(),
            Refusal::Forbidden { .. } => "This is not open to you".into(),
            Refusal::Gone { what, .. } => format!("{what} is gone"),
            Refusal::Suspended { .. } => "This company is suspended".into(),
            Refusal::Stale { .. } => "Somebody changed this while you were writing".into(),
            Refusal::TooMany { .. } => "That was too often".into(),
            Refusal::Unavailable => "We cannot answer just now".into(),
            Refusal::Broken => "Something broke on our side".into(),
            Refusal::Other { title, .. } => title.clone(),
        }
    }

    fn body(&self) -> Markup {
        match self {
            Refusal::NotFound => {
                html! { p { "The link may be old, or it belongs to another company. Look for it by name, or go back to where you were." } }
            }
            Refusal::Forbidden { needs, ask } => html! {
                p { "You need the right to " (needs) "." }
                @if ask.is_empty() { p { "An owner or admin can give you a role that has it, under Settings, People." } }
                @else { p { "These people can grant it:" } ul.who { @for name in ask { li."flex"."gap-2"."items-center" { (icon("user")) (name) } } } }
            },
            Refusal::Gone { how, .. } => html! { p { "It was " (how) "." } },
            Refusal::Suspended { says, .. } => {
                html! { p { (says) } p { "Nothing is lost: all data is kept and can be exported by an owner." } }
            }
            Refusal::Stale { .. } => {
                html! { p { "Your words are still in the form behind. Open the current version in a second window, then decide which one stays." } }
            }
            Refusal::TooMany { wait } => {
                html! { p { "Wait " (wait) " seconds, then try again. Nothing was changed." } }
            }
            Refusal::Unavailable => {
                html! { p { "Nothing is lost. What you sent was not saved; try again in a minute." } }
            }
            Refusal::Broken => {
                html! { p { "Nothing was saved. Try again; if it happens twice, send us the number below." } }
            }
            Refusal::Other { detail, .. } => html! { p { (detail) } },
        }
    }

    fn verbs(&self) -> Markup {
        match self {
            Refusal::Gone { undo: Some(action), .. } => {
                crate::form::verb_form(action, html! { (button("Bring it back").primary().icon("undo-2")) })
            }
            Refusal::Suspended { mend: Some(href), .. } => html! { (link_button("Set it right", href).primary()) },
            Refusal::Stale { reload } => html! { (link_button("Open the current version", reload).primary()) },
            Refusal::Suspended { .. } => html! {},
            Refusal::NotFound | Refusal::Forbidden { .. } | Refusal::Gone { .. } => {
                html! { (link_button("Go to Today", "/").primary()) }
            }
            // What was refused once is refused again; what broke may have mended.
            Refusal::Other { status: 400..=499, .. } => html! { (link_button("Go to the start", "/").primary()) },
            _ => html! { (link_button("Try again", "").primary().icon("rotate-cw")) },
        }
    }

    fn inside(&self, request: &str) -> Markup {
        html! {
            div.oops-page {
                p.code { (self.status()) }
                h2."h-lg" { (self.title()) }
                (self.body())
                div.acts { (self.verbs()) }
                @if !request.is_empty() { p.dim.t12.num { "Number of this request: " code { (request) } } }
            }
        }
    }
}

/// The page of a refusal: inside the office frame for somebody signed in, a plain one for a stranger.
pub fn error_page(shell: Option<&Shell>, brand: &Brand, refusal: &Refusal, request: &str) -> Markup {
    match shell {
        Some(shell) => Page::new(shell, refusal.title()).show(refusal.inside(request)),
        None => PublicPage::new(brand, refusal.title()).show(
            html! {
                p.dim.t12.num { (refusal.status()) }
                h1."h-lg" { (refusal.title()) }
                div."grid"."gap-3"."mt-3".soft { (refusal.body()) }
                div."flex"."gap-2"."mt-6" { @match refusal {
                    Refusal::NotFound | Refusal::Forbidden { .. } | Refusal::Gone { .. } => (link_button("Go to the start", "/").primary()),
                    other => (other.verbs()),
                } }
                @if !request.is_empty() { p.dim.t12.num."mt-6" { "Number of this request: " code { (request) } } }
            },
            html! {},
        ),
    }
}
