//! The customer portal: whoever reads mail at an address of a customer signs in by a link and sees what is theirs.
//!
//! There are no accounts: a session knows an address and nothing else, and what it opens is looked up at each request. Whose address
//! changes, who is archived or merged is seen otherwise from that moment on. Every page names its customer in its path, and every
//! statement is bound to them.
mod again;
mod cards;
mod details;
mod documents;
mod enter;
mod estimates_page;
mod events;
mod frame;
mod guest;
mod home;
mod invoice;
mod invoices;
mod link;
mod office;
mod permissions;
mod session;
mod sign_in;
mod terms;
mod visits;

pub use events::*;
pub use guest::Reached;
pub use link::{PortalLinkId, PortalRequestId};
pub use permissions::{PortalRead, PortalSend};
pub use session::{COOKIE, PortalSessionId};
pub use terms::PortalTermsId;

use kernel::Module;

/// Where other contexts draw on the page of an invoice, for its customer: see `Module::guest_panel`.
pub const ON_INVOICE: &str = "portal.invoice";

pub fn module() -> Module {
    Module::new("portal")
        .get("/api/v1/customers/{id}/portal", office::api, "Who may sign in to the portal for a customer")
        .post("/api/v1/customers/{id}/portal/links", office::send_api, "Send one of them a link")
        .post("/api/v1/customers/{id}/portal/end", office::end_api, "End their sessions")
        .get("/api/v1/portal-terms", terms::api, "Whether the portal is open")
        .patch("/api/v1/portal-terms", terms::change_api, "Open or close the portal")
        .get("/customers/{id}/portal", office::page, "Who may sign in to the portal")
        .post("/customers/{id}/portal/links", office::send_post, "Send a link to the portal")
        .post("/customers/{id}/portal/end", office::end_post, "End a customer's sessions")
        .get("/settings/portal", terms::page, "The customer portal")
        .post("/settings/portal", terms::post, "Open or close the customer portal")
        .get("/portal", home::choose, "Portal: which customer")
        .get("/portal/sign-in", sign_in::page, "Portal: ask for a link")
        .post("/portal/sign-in", sign_in::post, "Portal: have a link sent")
        .get("/portal/enter/{token}", enter::page, "Portal: the link of the letter")
        .post("/portal/enter/{token}", enter::post, "Portal: sign in by the link")
        .post("/portal/sign-out", session::sign_out, "Portal: sign out")
        .get("/portal/{customer}", home::page, "Portal: what is next and what is to do")
        .get("/portal/{customer}/visits", visits::page, "Portal: visits ahead and behind")
        .post("/portal/{customer}/visits/{visit}/again", again::post, "Portal: book the same once more")
        .get("/portal/{customer}/estimates", estimates_page::page, "Portal: estimates")
        .get("/portal/{customer}/invoices", invoices::page, "Portal: invoices")
        .get("/portal/{customer}/invoices/{invoice}", invoice::page, "Portal: an invoice")
        .get("/portal/{customer}/invoices/{invoice}/pdf", invoice::pdf, "Portal: an invoice as PDF")
        .get(
            "/portal/{customer}/credit-notes/{credit_note}/pdf",
            documents::credit_note,
            "Portal: a credit note as PDF",
        )
        .get("/portal/{customer}/receipts/{payment}/pdf", documents::paid, "Portal: the receipt of a payment as PDF")
        .get("/portal/{customer}/statement/pdf", documents::stated, "Portal: the statement as PDF")
        .get("/portal/{customer}/jobs/{work_order}/pdf", documents::job, "Portal: what was done on a job as PDF")
        .get("/portal/{customer}/documents", documents::page, "Portal: papers")
        .get("/portal/{customer}/cards", cards::page, "Portal: cards kept for invoices")
        .post("/portal/{customer}/cards", cards::post, "Portal: to the provider's page, where a card is kept")
        .post("/portal/{customer}/cards/{card}/remove", cards::remove_post, "Portal: keep a card no longer")
        .get("/portal/{customer}/details", details::page, "Portal: who and where")
        .post("/portal/{customer}/details", details::post, "Portal: ask for a change")
        .job::<link::SendLink>()
        .every("portal.tidy", 24 * 3600, session::tidy)
        .panel::<PortalRead>("customer.rail", 60, |scope, id| Box::pin(office::panel(scope, id)))
}
