//! What is told of the portal, and how it reads on a customer's timeline.
use customers::{
    CustomerId,
    timeline::{EntryId, Story, Told},
};
use kernel::{Uuid, sql};

use crate::{permissions::PortalRead, terms::PortalTermsId};

kernel::event! {
    /// A letter with a link is on its way.
    pub struct PortalLinkSent = "portal.link_sent", seen by PortalRead { customer: CustomerId }
}
kernel::event! {
    pub struct PortalSignedIn = "portal.signed_in", seen by PortalRead { customer: CustomerId }
}
kernel::event! {
    pub struct PortalSignedOut = "portal.signed_out", seen by PortalRead { customer: CustomerId }
}
kernel::event! {
    /// The office has ended their sessions.
    pub struct PortalSessionsEnded = "portal.sessions_ended", seen by PortalRead { customer: CustomerId, sessions: i64 }
}
kernel::event! {
    /// The customer would like something about them changed.
    pub struct PortalChangeAsked = "portal.change_asked", seen by PortalRead { customer: CustomerId, entry: EntryId }
}
kernel::event! {
    pub struct PortalTermsChanged = "portal_terms.changed", seen by PortalRead { terms: PortalTermsId }
}

sql! {
    fn seen(id: Uuid) -> Option<CustomerId> = "select id from customer where tenant_id = $1 and id = $2";
}
kernel::heard! {
    "portal." by who sees seen;
    "portal_terms." by everybody
}

fn story(told: &Told, icon: &'static str, text: &str) -> Option<Story> {
    Some(Story::of(told)?.icon(icon).text(text))
}

customers::story! {
    "portal.link_sent" => |told| story(told, "mail", "Link to the portal sent");
    "portal.signed_in" => |told| story(told, "log-in", "Signed in to the portal");
    "portal.sessions_ended" => |told| story(told, "log-out", "Sessions in the portal ended");
    "portal.change_asked" => |told| story(told, "message-square", "Asked for a change in the portal");
}
