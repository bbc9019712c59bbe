//! Those who run the house. They are nobody in any company: they sign in at the base domain, never without a second step,
//! and look into a company by a visit, of which the company has the other half (`support`).
mod account;
mod companies;
mod company;
mod frame;
mod session;
mod setup;
mod sign_in;
mod visit;

pub use account::{Listed, create, disable, list, reset};
pub use companies::page as companies_page;
pub use company::{page as company_page, post as visit_post};
pub use session::{Operator, sign_out};
pub use setup::{page as setup_page, post as setup_post};
pub use sign_in::{page as sign_in_page, post as sign_in_post};
pub(crate) use visit::{Ticket, still_in, take_ticket, ticket, visit_over};
pub use visit::{end_post, enter_post, list_page as visits_page, page as visit_page};
