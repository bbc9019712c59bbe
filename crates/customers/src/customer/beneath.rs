//! A page beneath that of a customer, such as the form of a contact: the way back leads there.
use kernel::{Scope, http::Page};
use maud::Markup;
use tenancy::shell::{self, Frame};
use ui::Filled;

use super::Customer;

pub(crate) fn beneath(scope: &Scope, customer: &Customer, title: &str, body: Markup, filled: &Filled) -> Page {
    let back = format!("/customers/{}", customer.id);
    let crumbs = vec![("Customers".into(), "/customers".into()), (customer.name.clone(), back)];
    let mut page =
        shell::page(scope, Frame { title: title.into(), active: "/customers", crumbs, body, ..Frame::default() });
    page.status = if filled.is_wrong() { 422 } else { 200 };
    page
}
