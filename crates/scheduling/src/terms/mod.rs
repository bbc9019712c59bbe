//! What a booking costs beside the work, and how the booking page is shown: a fee for calling off late, a deposit of a
//! service, a proved e-mail address, the sites of the company on which the page may stand.
mod agreed;
mod change;
mod page;

pub use agreed::{Agreed, agree, agreed_api, charge, of_visit};
pub use change::{Change, change, change_api};
pub use page::{page, post};

use kernel::{
    Access, Currency, Money, Result, Scope, Uuid,
    http::{One, Page, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::permissions::BoardRead;

row! {
    #[derive(Debug, Clone)]
    pub struct Kept {
        cancel_fee_minor: i64,
        fee_hours: i32,
        prove_email: bool,
        embedded_at: Vec<String>,
        version: i64,
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Terms {
    /// For calling off a visit late; nothing until something is said.
    pub cancel_fee: Money,
    /// Late is less than so many hours before it begins: 1 to 336.
    pub fee_hours: i32,
    /// Whoever books online proves an e-mail address by a code.
    pub prove_email: bool,
    /// Sites on which the booking page may stand, such as "https://acme-hvac.example".
    pub embedded_at: Vec<String>,
    /// 0 until something is said.
    pub version: i64,
}
impl Versioned for Terms {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Kept {
    pub fn proves(&self) -> bool {
        self.prove_email
    }
}

impl Terms {
    pub fn of(kept: Option<Kept>, currency: Currency) -> Self {
        let kept = kept.unwrap_or(Kept {
            cancel_fee_minor: 0,
            fee_hours: 24,
            prove_email: false,
            embedded_at: vec![],
            version: 0,
        });
        Self {
            cancel_fee: Money::new(kept.cancel_fee_minor, currency),
            fee_hours: kept.fee_hours,
            prove_email: kept.prove_email,
            embedded_at: kept.embedded_at,
            version: kept.version,
        }
    }
}

kernel::event! {
    pub struct TermsChanged = "booking.terms_changed", seen by BoardRead { company: Uuid }
}

sql! {
    pub fn kept() -> Option<Kept> = "
        select cancel_fee_minor, fee_hours, prove_email, embedded_at, version from booking_terms where tenant_id = $1";
}

pub async fn api(access: Access<BoardRead>) -> Result<One<Terms>> {
    Ok(One(Terms::of(access.read(kept()).await?, access.tenant().locale.currency)))
}

/// A page of the booking, which may stand on the sites that the company has named.
pub(crate) fn framed(page: Page, sites: &[String]) -> Page {
    framed_to(page, sites, false)
}

/// The same; `pays` where a form of it leads on to the page of whoever takes the card.
pub(crate) fn framed_to(page: Page, sites: &[String], pays: bool) -> Page {
    let page = match sites {
        [] => page,
        sites => {
            let framed = format!("frame-ancestors 'self' {}", sites.join(" "));
            page.policy(kernel::http::POLICY.replace("frame-ancestors 'self'", &framed))
        }
    };
    if pays { page.leads_out() } else { page }
}

/// The sites on which the booking page may stand.
pub(crate) fn sites_in(kept: Option<Kept>) -> Vec<String> {
    kept.map(|kept| kept.embedded_at).unwrap_or_default()
}

pub(crate) async fn sites(scope: &Scope) -> Result<Vec<String>> {
    scope.read(kept()).await.map(sites_in)
}
