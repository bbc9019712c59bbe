//! E-mail: every context sends its letters through here. Inside the transaction of the change a letter is queued; after
//! its COMMIT a job hands it to the mail server.
//!
//! ```ignore
//! let letter = mail::Letter::to(&customer.email, &customer.name, "Your visit on Monday")
//!     .purpose(mail::Purpose::Reminder)
//!     .about("appointment", id)
//!     .greeting("Hello Ana,")
//!     .paragraph("we come on Monday between nine and eleven.")
//!     .button("See the visit", "/v/…");
//! mail::send(tx, letter).await?;
//! ```
mod address;
mod block;
pub mod email;
mod frame;
pub mod letter;
pub mod mailbox;
mod objection;
mod permissions;
mod post;
mod setting;

pub use address::Address;
pub use email::{Email, EmailFailed, EmailId, EmailSent, Purpose, State, send};
pub use frame::{Frame, Framed};
pub use letter::Letter;
pub use objection::{OBJECTIONS, Objection, Reader};
pub use permissions::{EmailRead, EmailSend, EmailSettings};
pub use post::{HOURLY, Kept, Post};

use kernel::{
    Access, Module,
    http::{Form, Path, Query},
};

/// `frame` draws the office's frame around our pages.
pub fn module(frame: Frame) -> Module {
    Module::new("mail")
        .job::<email::deliver::Deliver>()
        .every("mail.strays", 3600, email::strays)
        .get("/api/v1/emails", email::api, "E-mails, newest first, with how they fared")
        .post("/api/v1/emails/test", email::test_api, "Send oneself a test")
        .get("/api/v1/emails/{id}", email::api_one, "One e-mail with what it says")
        .post("/api/v1/emails/{id}/retry", email::retry_api, "Send again what failed or was held")
        .get("/api/v1/email-blocks", block::api, "Addresses that get no mail")
        .delete("/api/v1/email-blocks/{id}", block::free_api, "Let an address get mail again")
        .get("/api/v1/email-settings", setting::api, "Under which name the company writes")
        .patch("/api/v1/email-settings", setting::change_api, "Change name, reply address or foot")
        .get(
            "/settings/email",
            move |access: Access<EmailRead>, asked: Query<email::Asked>| email::list_page(frame, access, asked),
            "E-mails, newest first, with how they fared",
        )
        .get("/settings/email/part", email::list_part, "The list alone, for the live page")
        .post("/settings/email/test", email::test_post, "Send oneself a test")
        .get(
            "/settings/email/sender",
            move |access: Access<EmailSettings>| setting::page(frame, access),
            "Under which name the company writes",
        )
        .post(
            "/settings/email/sender",
            move |access: Access<EmailSettings>, form: Form<setting::Change>| setting::post(frame, access, form),
            "Change name, reply address or foot",
        )
        .get(
            "/settings/email/blocked",
            move |access: Access<EmailSettings>, asked: Query<kernel::page::Asked>| block::page(frame, access, asked),
            "Addresses that get no mail",
        )
        .post(
            "/settings/email/blocked",
            move |access: Access<EmailSettings>, form: Form<block::New>| block::add_post(frame, access, form),
            "Block an address whose reader asks for it",
        )
        .post("/settings/email/blocked/{id}/free", block::free_post, "Let an address get mail again")
        .get(
            "/settings/email/{id}",
            move |access: Access<EmailRead>, id: Path<EmailId>| email::one_page(frame, access, id),
            "One e-mail with how it fared",
        )
        .get("/settings/email/{id}/part", email::one_part, "How it fared, for the live page")
        .get("/settings/email/{id}/html", email::html_page, "As its reader sees it, sealed")
        .post("/settings/email/{id}/retry", email::retry_post, "Send again what failed or was held")
        .get("/mail/unsubscribe/{token}", block::unsubscribe::page, "The way out of reminders and marketing")
        .post("/mail/unsubscribe/{token}", block::unsubscribe::post, "No more mails of this kind")
}
