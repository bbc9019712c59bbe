//! ui
pub mod assets;
mod attrs;
mod button;
pub mod field;
pub mod form;
mod icon;
mod menu;
mod page;
mod public;
mod refusal;
mod shell;
mod status;

pub use button::{Button, button, link_button};
pub use form::Filled;
pub use icon::known as icon_known;
pub use icon::{icon, icon_class};
pub use menu::{MenuItem, dialog, dismiss, fold, menu, menu_with};
pub use page::{Page, account_menu};
pub use public::{PublicPage, address_field, call, onward, question, steps, tile};
pub use refusal::{Refusal, error_page};
pub use shell::{Brand, Flash, Nav, Shell, Theme, Who, toast};
pub use status::*;
