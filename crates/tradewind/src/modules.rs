//! The menu of the house: every context, in the order of its line in ARCHITECTURE.md.
use kernel::{Module, Scope, http::Page, module::Modules};
use tenancy::shell;

pub fn list() -> Vec<Module> {
    vec![
        mail::module(frame),
        tenancy::module(),
        exports::module(),
        customers::module(),
        catalog::module(),
        insights::module(),
        taxes::module(),
        scheduling::module(),
        work::module(),
        maintenance::module(),
        calendars::module(),
        billing::module(),
        estimates::module(),
        payments::module(),
        portal::module(),
        crate::house::module(),
    ]
}

/// What `serve --contexts` takes. The house itself (health, figures, the document) is served by every process.
pub fn names() -> Vec<&'static str> {
    list().iter().map(|module| module.name).filter(|name| *name != crate::house::NAME).collect()
}

pub fn all() -> Modules {
    Modules::of(list())
}

/// Mail stands below tenancy, which sends some; so it is handed tenancy's frame for its pages.
fn frame(scope: &Scope, page: mail::Framed) -> Page {
    let mail::Framed { title, crumbs, actions, body, wide } = page;
    shell::page(scope, shell::Frame { title, crumbs, actions, body, wide, active: "/settings", ..Default::default() })
}
