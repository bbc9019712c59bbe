//! The menu of the house: every context, in the order of its line in ARCHITECTURE.md.
use kernel::{Module, module::Modules};

pub fn list() -> Vec<Module> {
    vec![
        tenancy::module(),
        customers::module(),
        catalog::module(),
        insights::module(),
        scheduling::module(),
        work::module(),
        billing::module(),
        crate::house::module(),
    ]
}

pub fn all() -> Modules {
    Modules::of(list())
}
