//! Calendars: visits as feeds that calendar programs subscribe to, of one technician or of one customer, by an address that is a secret;
//! and technicians' own calendars, from which it is read when they are busy.
pub mod busy;
pub mod feed;
pub mod link;
mod permissions;

pub use link::{Link, LinkId};
pub use permissions::CalendarsShare;

use kernel::Module;
use scheduling::BoardRead;

pub fn module() -> Module {
    busy(Module::new("calendars"))
        .get(
            "/api/v1/technicians/{id}/calendar-links",
            link::of_technician_api,
            "Under which secret addresses a technician's calendar is read",
        )
        .post("/api/v1/technicians/{id}/calendar-links", link::make_technician_api, "Make such an address")
        .get(
            "/api/v1/customers/{id}/calendar-links",
            link::of_customer_api,
            "Under which secret addresses a customer's visits are read",
        )
        .post("/api/v1/customers/{id}/calendar-links", link::make_customer_api, "Make such an address")
        .post("/api/v1/calendar-links/{id}/renew", link::renew_api, "Give a new address in the place of the old one")
        .delete("/api/v1/calendar-links/{id}", link::revoke_api, "Revoke an address")
        .get("/technicians/{id}/calendar-links", link::technician_page, "Calendars that read a technician's visits")
        .post("/technicians/{id}/calendar-links", link::technician_post, "Make an address for a calendar")
        .get("/customers/{id}/calendar-links", link::customer_page, "Calendars that read a customer's visits")
        .post("/customers/{id}/calendar-links", link::customer_post, "Make an address for a calendar")
        .post("/calendar-links/{id}/renew", link::renew_post, "Give a new address in the place of the old one")
        .post("/calendar-links/{id}/revoke", link::revoke_post, "Revoke an address")
        .get("/calendar/{token}/visits.ics", feed::get, "Visits for a calendar program")
        .panel::<CalendarsShare>("technician.page", 10, |scope, id| Box::pin(link::technician_panel(scope, id)))
        .panel::<CalendarsShare>("customer.rail", 80, |scope, id| Box::pin(link::customer_panel(scope, id)))
}

fn busy(module: Module) -> Module {
    module
        .get("/api/v1/technicians/{id}/busy-calendar", busy::find_api, "A technician's own calendar, and how it fares")
        .put(
            "/api/v1/technicians/{id}/busy-calendar",
            busy::set_api,
            "Say from where a technician's own calendar is read",
        )
        .delete("/api/v1/technicians/{id}/busy-calendar", busy::remove_api, "Read it no more")
        .post("/api/v1/technicians/{id}/busy-calendar/fetch", busy::fetch_api, "Read it now")
        .get("/technicians/{id}/busy-calendar", busy::page, "A technician's own calendar")
        .get("/technicians/{id}/busy-calendar/part", busy::part, "How a technician's own calendar fares")
        .post("/technicians/{id}/busy-calendar", busy::post, "Say from where it is read")
        .post("/technicians/{id}/busy-calendar/fetch", busy::fetch_post, "Read it now")
        .post("/technicians/{id}/busy-calendar/remove", busy::remove_post, "Read it no more")
        .job::<busy::FetchCalendar>()
        .every("calendars.fetch", 900, busy::fetch_all)
        .panel::<BoardRead>("technician.page", 5, |scope, id| Box::pin(busy::panel(scope, id)))
        .panel::<BoardRead>("today.hand", 12, |scope, id| Box::pin(busy::hand(scope, id)))
        .panel::<BoardRead>("setup.scheduling", 10, |scope, id| Box::pin(busy::setup(scope, id)))
}
