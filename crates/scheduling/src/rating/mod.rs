//! How it was: one to five stars that a customer gives for a visit, once, by the link in the letter after it.
//!
//! It stands in this context because a visit does: the letter that asks, the sealed links and the technician's page are here.
mod export;
mod give;
mod link;
mod list;
mod page;
mod panels;
mod see_to;
mod stars;

pub use give::{page as ask, post as give};
pub use link::path;
pub use list::{Ask, api, api_one, latest_of_customer, list, of_visit};
pub use page::{page, part};
pub use panels::{card, customer, hand, technician};
pub use see_to::{api as see_to_api, post as see_to_post, see_to};
pub use stars::{Score, drawn, said};

use customers::CustomerId;
use jiff::{SignedDuration, Timestamp};
use kernel::{http::Versioned, row, sql};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AppointmentId, TechnicianId, permissions::RatingsRead};

kernel::id!(RatingId);

/// So long after a visit its customer may say how it was, and so long after that may say it otherwise.
pub const OPEN: SignedDuration = SignedDuration::from_hours(30 * 24);
pub const CHANGEABLE: SignedDuration = SignedDuration::from_hours(24);

row! {
    /// What a customer said of a visit.
    #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
    pub struct Rating {
        pub id: RatingId,
        pub appointment_id: AppointmentId,
        /// What was done.
        pub title: String,
        pub customer_id: CustomerId,
        pub customer_name: String,
        /// Who was there.
        pub technician_id: Option<TechnicianId>,
        pub technician_name: Option<String>,
        /// 1 to 5.
        pub stars: i32,
        /// In the customer's words.
        pub comment: Option<String>,
        /// So few stars that the office calls: by what the company held for few when it was given.
        pub low: bool,
        /// When somebody of the office saw to a low one, and who.
        pub seen_to_at: Option<Timestamp>,
        pub seen_to_by: Option<String>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for Rating {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Rating {
    /// Few stars, and nobody has seen to it.
    pub fn waits(&self) -> bool {
        self.low && self.seen_to_at.is_none()
    }
}

sql! {
    fn seen(id: uuid::Uuid) -> Option<RatingId> = "select id from rating where tenant_id = $1 and id = $2";
}
kernel::heard! { "rating." by who sees seen }

kernel::promise! {
    "rating_stars": "/stars", "One to five stars.";
    "rating_once": "", "This visit was rated already.";
}

kernel::event! {
    /// A customer has said how it was, or says it otherwise than at first.
    pub struct RatingGiven = "rating.given", seen by RatingsRead {
        rating: RatingId, appointment: AppointmentId, customer: CustomerId, technician: Option<TechnicianId>, stars: i32, low: bool,
    }
}
kernel::event! {
    /// Somebody of the office saw to a low one.
    pub struct RatingSeenTo = "rating.seen_to", seen by RatingsRead { rating: RatingId, appointment: AppointmentId }
}

customers::story! {
    "rating.given" => |told| {
        let stars = told.body.get("stars")?.as_i64()?;
        let low = told.body.get("low").and_then(|low| low.as_bool()) == Some(true);
        let visit = told.body.get("appointment")?.as_str()?.to_owned();
        let story = customers::timeline::Story::of(told)?.icon("star").href(format!("/appointments/{visit}"));
        let story = story.text(format!("Rated the visit {stars} of 5"));
        Some(if low { story.bad() } else { story })
    };
}
