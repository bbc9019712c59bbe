//! The furniture of every screen: frames, forms, tables, states, the board. Knows HTML and the look, no rule of the trade.
//!
//! Money, dates and names come in as formatted strings; places to go come in as addresses. Everything is escaped by maud.
//! There is no inline style and no inline script anywhere: the content security policy is `default-src 'self'`.
//!
//! An office page:
//! ```
//! use maud::html;
//! use ui::table::{Column, Row, Table, row_link};
//! use ui::{Page, Shell, filters, link_button, status_line};
//!
//! let shell = Shell::default(); // from the server: brand, navigation, who is there
//! let columns = [Column::lead("Customer").width(30), Column::text("Nearest visit"), Column::number("Owes").side()];
//! let rows = [Row::new("7", "Rivera Residence", vec![
//!     row_link("/customers/7", "Rivera Residence", "#1042"),
//!     status_line("confirmed", "Tue 8 Sep, 8–10"),
//!     html! { span.overdue { "$240.00" } },
//! ]).sub("12 Elm St, Springfield").peek("/customers/7/peek")];
//! let page = Page::new(&shell, "Customers").at("/customers")
//!     .actions(html! { (link_button("Import", "/customers/import")) })
//!     .show(filters::list(html! {
//!         (filters::bar(html! {}, filters::search("/customers", "", "Search customers", &[]), &[], &[], html! {}))
//!         (Table::new("Customers", &columns).select().more("/customers?after=…", "18 shown").show(&rows))
//!         (filters::bulk("customers", &[]))
//!     }));
//! ```
//! A page with a form is in [`field`]; the board in [`board`]; the phone in [`tech`]; booking in [`booking`].
//! A list that is empty is [`card::empty`]; a refusal is [`error_page`]; what happened is a [`Flash`] with Undo.
//!
//! What the islands (`web/islands`) look for, besides what the functions here draw: `data-key="g c"` presses an element by
//! keys; `data-live="work_order.* payment.*" data-live-src="/jobs/7/part"` fetches a part again when something changed and
//! morphs it in; `data-copy="…"` copies; `data-opens="id"` opens a dialog; a response header
//! `HX-Trigger: {"toast": {"text": "Archived", "undo": "/…/restore"}}` shows a toast.
//! `cargo run -p ui --example gallery` writes every component as HTML files.
mod address;
pub mod assets;
mod attrs;
pub mod board;
pub mod booking;
mod brand;
mod button;
pub mod card;
pub mod chart;
pub mod day;
mod escaped;
pub mod field;
pub mod filters;
pub mod form;
mod icon;
pub mod map;
mod menu;
mod page;
pub mod paper;
mod public;
mod refusal;
mod shell;
mod status;
pub mod table;
pub mod tech;
pub mod timeline;

pub use address::{address, encode};
pub use brand::{brand_css, brand_hex, hue_of};
pub use button::{Button, button, link_button};
pub use escaped::{Escaped, escaped};
pub use form::Filled;
pub use icon::{icon, icon_class, known as icon_known};
pub use menu::{MenuItem, dialog, dialog_open, dismiss, fold, menu, menu_with};
pub use page::{Page, account_menu};
pub use public::{PublicPage, address_field, call, onward, question, steps, tile};
pub use refusal::{Refusal, error_page};
pub use shell::{Brand, Flash, Nav, Shell, Theme, Who, toast};
pub use status::{
    avatar, initials, kbd, note, status, status_class, status_icon, status_line, status_saying, status_word, tag,
    tag_icon, tag_in, tag_link,
};
pub use table::peek;
pub use tech::PhonePage;
