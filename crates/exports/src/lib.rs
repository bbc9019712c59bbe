//! Lists taken along as files: asked for, written by a job with the rights and eyes of whoever asked, had by a link that ends.
//!
//! A list registers itself: `exports::list! { customers::export::Customers }` (see `list::List`).
mod ask;
mod cancel;
mod cell;
mod download;
mod export;
mod form;
mod format;
mod link;
pub mod list;
mod mine;
mod permissions;
mod show;
mod sweep;
mod write;

use kernel::Module;

pub use cell::Cell;
pub use export::{Export, ExportId, Status};
pub use form::button;
pub use format::Format;
pub use permissions::ExportsCreate;
pub use write::WriteExport;

#[doc(hidden)]
pub mod __ {
    pub use linkme;
}

pub fn module() -> Module {
    Module::new("exports")
        .get("/api/v1/exports", mine::api, "One's own exports, newest first")
        .post("/api/v1/exports", ask::api, "Take a list along as a file")
        .get("/api/v1/exports/{id}", show::api, "How far an export is, and the link to its file")
        .get("/api/v1/exports/{id}/file", download::get, "The file of an export")
        .post("/api/v1/exports/{id}/cancel", cancel::api, "Stop an export")
        .get("/exports", mine::page, "One's own exports")
        .get("/exports/new", form::page, "Form of a new export")
        .post("/exports/new", form::post, "Take a list along as a file")
        .get("/exports/{id}", show::page, "Page of an export")
        .get("/exports/{id}/progress", show::fragment, "How far an export is")
        .post("/exports/{id}/cancel", cancel::post, "Stop an export")
        .get("/exports/{id}/file", download::get, "The file of an export")
        .job::<WriteExport>()
        .every("exports.sweep", 24 * 3600, sweep::sweep)
}
