//! The list of invoices as a file.
use exports::{
    Cell,
    list::{Column, List},
};
use kernel::{Paged, Result, Scope};

use super::{
    Listed,
    list::{Ask, list},
};
use crate::permissions::InvoicesRead;

struct Invoices;
exports::list! { Invoices }

impl List for Invoices {
    const NAME: &'static str = "invoices";
    const LABEL: &'static str = "Invoices";
    const HREF: &'static str = "/invoices";
    type Read = InvoicesRead;
    type Filter = Ask;
    type Row = Listed;
    const COLUMNS: &'static [Column<Listed>] = &[
        ("Number", |i| (&i.number).into()),
        ("State", |i| i.status.label().into()),
        ("Overdue", |i| i.overdue.into()),
        ("Customer", |i| (&i.customer_name).into()),
        ("Issued", |i| i.issued_on.into()),
        ("Due", |i| i.due_on.into()),
        ("Subtotal", |i| i.subtotal.into()),
        ("Discount", |i| i.discount.into()),
        ("Tax", |i| i.tax.into()),
        ("Total", |i| i.total.into()),
        ("Paid", |i| i.paid.into()),
        ("Credited", |i| i.credited.into()),
        ("Written off", |i| i.written_off.into()),
        ("Open", |i| i.balance.into()),
        ("Currency", |i| i.total.currency.code().into()),
        ("Reference", |i| (&i.reference).into()),
        ("Note", |i| (&i.note).into()),
        ("Why void", |i| (&i.void_reason).into()),
        ("Written", |i| i.created_at.into()),
        ("Changed", |i| i.updated_at.into()),
        ("Record", |i| Cell::word(i.id)),
        ("Customer's record", |i| Cell::word(i.customer_id)),
    ];

    async fn page(scope: &Scope, filter: Ask, cursor: Option<String>) -> Result<Paged<Listed>> {
        list(scope, &Ask { limit: Some(200), cursor, ..filter }).await
    }
}
