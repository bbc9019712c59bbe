//! Scheduling: technicians, skills, shifts, appointments, free time, the dispatch board and the booking page.
//!
//! One row of `appointment` is one stretch of a technician's time, whether booked or only held while a form is filled in;
//! one exclusion constraint keeps two of them from overlapping. Whoever places one asks `appointment::settle` first, which
//! queues up behind others for the same technician and answers with who is there and when.
pub mod appointment;
pub mod area;
pub mod availability;
pub mod board;
pub mod booking;
pub mod busy;
pub mod credential;
pub mod exception;
pub mod holiday;
pub mod ics;
pub mod linter;
pub mod message;
mod neighbours;
pub mod on_call;
pub mod overlap;
mod panels;
pub mod permissions;
pub mod rating;
pub mod resource;
pub mod road;
pub mod rule;
pub mod say;
pub mod shift;
pub mod skill;
mod stories;
pub mod surcharge;
pub mod technician;
pub mod terms;
pub mod time_off;
pub mod visit;

pub use appointment::{Appointment, AppointmentId};
pub use board::map::Tiles;
pub use overlap::OverlapId;
pub use permissions::{
    AppointmentsOverlap, AppointmentsWrite, BoardRead, OwnJobs, RatingsRead, RatingsWrite, TechniciansWrite,
};
pub use rating::{Rating, RatingId};
pub use road::Router;
pub use surcharge::{Surcharge, SurchargeId};
pub use technician::{Technician, TechnicianId};

use kernel::{Module, job::SubscriberEntry};

pub fn module() -> Module {
    let module = Module::new("scheduling")
        .nav::<BoardRead>(20, "Board", "/board", "calendar-range", 'b')
        .nav::<TechniciansWrite>(75, "Technicians", "/technicians", "hard-hat", 't')
        .action::<AppointmentsWrite>("New job", "/appointments/new", "calendar-plus", true)
        .action::<TechniciansWrite>("New technician", "/technicians/new", "user-plus", false)
        .finder::<AppointmentsWrite>("Book", |scope, asked| Box::pin(appointment::new_page::find(scope, asked)))
        .panel::<BoardRead>("today.hand", 10, |scope, id| Box::pin(panels::hand(scope, id)))
        .panel::<TechniciansWrite>("today.hand", 15, |scope, id| Box::pin(linter::hand(scope, id)))
        .panel::<BoardRead>("item.foot", 10, |scope, id| Box::pin(rule::item_page::panel(scope, id)))
        .panel::<BoardRead>("today.day", 10, |scope, id| Box::pin(panels::day(scope, id)))
        .panel::<BoardRead>("customer.header", 10, |scope, id| Box::pin(panels::customer_header(scope, id)))
        .panel::<BoardRead>("customer.rail", 10, |scope, id| Box::pin(panels::customer_rail(scope, id)))
        .panel::<RatingsRead>("today.hand", 12, |scope, id| Box::pin(rating::hand(scope, id)))
        .panel::<RatingsRead>("today.money", 60, |scope, id| Box::pin(rating::card(scope, id)))
        .panel::<RatingsRead>("customer.rail", 14, |scope, id| Box::pin(rating::customer(scope, id)))
        .panel::<RatingsRead>("technician.page", 10, |scope, id| Box::pin(rating::technician(scope, id)))
        .every("scheduling.ask", 900, message::ask)
        .every("scheduling.expire_holds", 60, booking::expire_all)
        .every("scheduling.forget_old_ways", 86_400, road::forget_old)
        .every("scheduling.remind", 900, message::remind)
        .on_kinds(SubscriberEntry::of_kinds("scheduling.tell", message::TOLD.to_vec(), message::tell))
        .on_kinds(SubscriberEntry::of_many(
            "scheduling.lay_ways",
            appointment::ways::MOVED.to_vec(),
            appointment::ways::AT_ONCE,
            appointment::ways::lay_ways,
        ))
        .on_kinds(SubscriberEntry::of_many(
            "scheduling.lay_busy",
            appointment::ways::MOVED.to_vec(),
            appointment::ways::AT_ONCE,
            busy::again,
        ));
    pages(ratings(planning_pages(api(planning_api(module)))))
}

fn ratings(module: Module) -> Module {
    module
        .get("/api/v1/ratings", rating::api, "What customers said of visits, newest first")
        .get("/api/v1/ratings/{id}", rating::api_one, "One rating")
        .post("/api/v1/ratings/{id}/see-to", rating::see_to_api, "Say that a low rating was seen to")
        .get("/ratings", rating::page, "What customers said of visits")
        .get("/ratings/part", rating::part, "The list alone, for the live page")
        .post("/ratings/{id}/see-to", rating::see_to_post, "Say that a low rating was seen to")
        .get("/rate/{token}", rating::ask, "How it was, for whoever has the link")
        .post("/rate/{token}", rating::give, "Say how it was, as the customer")
}

fn api(module: Module) -> Module {
    module
        .get("/api/v1/technicians", technician::list_api, "Technicians by name")
        .post("/api/v1/technicians", technician::create_api, "Make somebody a technician")
        .get("/api/v1/technicians/{id}", technician::find_api, "One technician")
        .patch("/api/v1/technicians/{id}", technician::change_api, "Change a technician, or let one go")
        .get("/api/v1/technicians/{id}/shifts", shift::shifts_api, "The technician's week")
        .put("/api/v1/technicians/{id}/shifts", shift::set_api, "Set the technician's week")
        .get("/api/v1/technicians/{id}/time-off", time_off::list_api, "Time off that is ahead")
        .post("/api/v1/technicians/{id}/time-off", time_off::add_api, "Give time off")
        .delete("/api/v1/technicians/{id}/time-off/{time_off}", time_off::remove_api, "Take time off back")
        .get("/api/v1/skills", skill::list_api, "All skills")
        .post("/api/v1/skills", skill::create_api, "Add a skill")
        .get("/api/v1/items/{id}/skills", skill::needs_api, "Skills that a service needs")
        .put("/api/v1/items/{id}/skills", skill::need_api, "Say which skills a service needs")
        .get("/api/v1/availability", availability::ask_api, "When somebody can come for a service")
        .get("/api/v1/availability/why", availability::why_api, "Why each technician is or is not offered for a time")
        .get("/api/v1/appointments", appointment::list_api, "Appointments of a stretch of time")
        .post("/api/v1/appointments", appointment::book_api, "Book an appointment")
        .get("/api/v1/appointments/{id}", appointment::find_api, "One appointment")
        .post(
            "/api/v1/appointments/{id}/assign",
            appointment::assign_api,
            "Give it to a technician, or back to the tray",
        )
        .post("/api/v1/appointments/{id}/move", appointment::move_api, "Move it to another time or technician")
        .get("/api/v1/appointments/{id}/resources", appointment::whole_api, "Who and what goes along, and further days")
        .put(
            "/api/v1/appointments/{id}/resources",
            appointment::along_api,
            "Say who and what goes along, and which further days it takes",
        )
        .get("/api/v1/resources", resource::list_api, "Technicians, vehicles and tools that can be planned")
        .post("/api/v1/resources", resource::create_api, "Add a vehicle or a tool")
        .get("/api/v1/resources/{id}", resource::find_api, "One resource")
        .patch("/api/v1/resources/{id}", resource::change_api, "Change a vehicle or tool, or take it out of use")
        .post("/api/v1/appointments/{id}/cancel", appointment::cancel_api, "Cancel it")
        .post("/api/v1/appointments/{id}/confirm", appointment::confirm_api, "The customer has agreed")
        .post("/api/v1/appointments/{id}/en-route", appointment::en_route_api, "The technician sets out")
        .post("/api/v1/appointments/{id}/start", appointment::start_api, "The technician has arrived")
        .post("/api/v1/appointments/{id}/complete", appointment::complete_api, "The work is done")
        .post("/api/v1/appointments/{id}/no-show", appointment::no_show_api, "Nobody was home")
}

/// Who can what, from when to when, where: what planning goes by.
fn planning_api(module: Module) -> Module {
    module
        .get("/api/v1/technicians/{id}/skills", skill::levels_api, "What a technician can, and how well")
        .put("/api/v1/technicians/{id}/skills", skill::set_levels_api, "Set what a technician can, and how well")
        .get(
            "/api/v1/technicians/{id}/planning",
            technician::planning_api,
            "Where the day starts, what it holds, areas",
        )
        .put(
            "/api/v1/technicians/{id}/planning",
            technician::plan_api,
            "Set where the day starts, what it holds, areas",
        )
        .get("/api/v1/technicians/{id}/credentials", credential::list_api, "A technician's licences")
        .post("/api/v1/technicians/{id}/credentials", credential::add_api, "Add a licence")
        .patch("/api/v1/technicians/{id}/credentials/{credential}", credential::change_api, "Change a licence")
        .delete("/api/v1/technicians/{id}/credentials/{credential}", credential::remove_api, "Remove a licence")
        .get("/api/v1/technicians/{id}/exceptions", exception::list_api, "Days ahead that differ from the week")
        .post("/api/v1/technicians/{id}/exceptions", exception::add_api, "Write down a day that differs")
        .delete("/api/v1/technicians/{id}/exceptions/{exception}", exception::remove_api, "As every week again")
        .get("/api/v1/technicians/{id}/on-call", on_call::list_api, "When a technician is on call")
        .post("/api/v1/technicians/{id}/on-call", on_call::add_api, "Put a technician on call")
        .delete("/api/v1/technicians/{id}/on-call/{on_call}", on_call::remove_api, "Not on call after all")
        .get("/api/v1/items/{id}/scheduling", rule::item::api, "What a service needs to be planned")
        .put("/api/v1/items/{id}/scheduling", rule::item::set_api, "Say what a service needs to be planned")
        .get("/api/v1/service-areas", area::list_api, "Service areas")
        .post("/api/v1/service-areas", area::create_api, "Add a service area")
        .get("/api/v1/service-areas/{id}", area::find_api, "One service area")
        .patch("/api/v1/service-areas/{id}", area::change_api, "Change a service area, or take it out of use")
        .get("/api/v1/travel-times", area::legs_api, "Minutes between areas")
        .put("/api/v1/travel-times", area::set_legs_api, "Set the minutes between areas")
        .get("/api/v1/scheduling-rules", rule::api, "By which rules visits are offered and placed")
        .patch("/api/v1/scheduling-rules", rule::change_api, "Change the rules")
        .get("/api/v1/surcharges", surcharge::list_api, "What visits cost more at some times")
        .post("/api/v1/surcharges", surcharge::create_api, "Add a surcharge")
        .get("/api/v1/surcharges/{id}", surcharge::find_api, "One surcharge")
        .patch("/api/v1/surcharges/{id}", surcharge::change_api, "Change a surcharge, or take it out of use")
        .get("/api/v1/visit-messages", message::api, "What customers are told of their visits")
        .patch("/api/v1/visit-messages", message::change_api, "Say what customers are told")
        .get("/api/v1/booking-terms", terms::api, "What a booking costs beside the work, where its page may stand")
        .patch("/api/v1/booking-terms", terms::change_api, "Change the terms of booking")
        .get("/api/v1/appointments/{id}/photos", visit::photo::list_api, "Photos that the customer has added")
        .get("/api/v1/appointments/{id}/photos/{photo}", visit::photo::get, "One of them, as JPEG")
        .get("/api/v1/appointments/{id}/terms", terms::agreed_api, "What was agreed for one visit")
        .get("/api/v1/setup/scheduling", linter::api, "What keeps work from being offered")
}

fn planning_pages(module: Module) -> Module {
    module
        .get("/availability/why", availability::why_page::page, "Who could come at a time, and who not")
        .post("/technicians/{id}/skills", technician::page::skills_post, "Set what a technician can")
        .post("/technicians/{id}/planning", technician::page::planning_post, "Set where the day starts, what it holds")
        .post("/technicians/{id}/credentials", technician::page::licence_post, "Add a licence")
        .post("/technicians/{id}/credentials/{credential}/remove", technician::page::licence_remove, "Remove a licence")
        .post("/technicians/{id}/exceptions", technician::page::day_post, "Write down a day that differs")
        .post("/technicians/{id}/exceptions/{exception}/remove", technician::page::day_remove, "As every week again")
        .post("/technicians/{id}/on-call", technician::page::on_call_post, "Put a technician on call")
        .post("/technicians/{id}/on-call/{on_call}/remove", technician::page::on_call_remove, "Not on call after all")
        .get("/price-book/{id}/scheduling", rule::item_page::page, "Form of what a service needs to be planned")
        .post("/price-book/{id}/scheduling", rule::item_page::post, "Say what a service needs to be planned")
        .get("/service-areas", area::all, "Service areas")
        .get("/service-areas/new", area::new, "Form of a service area")
        .post("/service-areas/new", area::new_post, "Add a service area")
        .get("/service-areas/travel-times", area::legs_page, "Minutes between areas")
        .post("/service-areas/travel-times", area::legs_post, "Write down minutes between two areas")
        .get("/service-areas/{id}", area::edit, "Form of one service area")
        .post("/service-areas/{id}", area::edit_post, "Change a service area")
        .get("/settings/scheduling", rule::page, "Rules of scheduling")
        .post("/settings/scheduling", rule::post, "Change the rules of scheduling")
        .get("/settings/surcharges", surcharge::all, "Surcharges")
        .get("/settings/surcharges/new", surcharge::new, "Form of a surcharge")
        .post("/settings/surcharges/new", surcharge::new_post, "Add a surcharge")
        .get("/settings/surcharges/{id}", surcharge::edit, "Form of one surcharge")
        .post("/settings/surcharges/{id}", surcharge::edit_post, "Change a surcharge")
        .get("/settings/visit-messages", message::page, "What customers are told of their visits")
        .post("/settings/visit-messages", message::post, "Say what customers are told")
        .get("/settings/booking", terms::page, "Terms of booking")
        .post("/settings/booking", terms::post, "Change the terms of booking")
        .get("/setup/scheduling", linter::page, "What keeps work from being offered")
        .post("/setup/scheduling/fix", linter::post, "Mend what is missing")
}

fn pages(module: Module) -> Module {
    module
        .get("/board", board::page, "Dispatch board of a day")
        .get("/board/lanes", board::lanes_part, "Tray and lanes of the board")
        .get("/board/map", board::map::part, "The map beside the board")
        .get("/board/week", board::week_part, "The table of the week")
        .get("/board/strips", panels::strips, "The day as thin lines")
        .post("/board/move", board::drop_api, "A drop on the board")
        .post("/board/here", board::here, "Who else looks at the day")
        .get("/appointments/new", appointment::new_page::page, "Form of a new job")
        .post("/appointments/new", appointment::new_page::post, "Book a job")
        .get("/appointments/{id}", board::job, "A job, shown on the board of its day")
        .get("/appointments/{id}/photos/{photo}", visit::photo::get, "A photo that the customer has added")
        .get("/appointments/{id}/move", appointment::move_page::page, "Form to move a job")
        .post("/appointments/{id}/move", appointment::move_page::post, "Move a job")
        .get("/appointments/{id}/resources", appointment::along_page::page, "Form of who goes along")
        .post("/appointments/{id}/resources", appointment::along_page::post, "Say who goes along, for how many days")
        .post("/appointments/{id}/{verb}", board::verb, "The next step of a job")
        .get("/technicians", technician::page::all, "List of technicians")
        .get("/technicians/new", technician::page::new, "Form of a new technician")
        .post("/technicians/new", technician::page::new_post, "Add a technician")
        .get("/technicians/{id}", technician::page::show, "A technician")
        .post("/technicians/{id}", technician::page::about_post, "Change a technician")
        .post("/technicians/{id}/week", technician::page::week_post, "Set a technician's week")
        .post("/technicians/{id}/time-off", technician::page::off_post, "Give time off")
        .post("/technicians/{id}/time-off/{time_off}/remove", technician::page::off_remove, "Take time off back")
        .post("/technicians/{id}/{verb}", technician::page::active_post, "Let a technician go, or take one back")
        .get("/resources", resource::all, "Vehicles and tools")
        .get("/resources/new", resource::new, "Form of a vehicle or tool")
        .post("/resources/new", resource::new_post, "Add a vehicle or tool")
        .get("/resources/{id}", resource::edit, "Form of a vehicle or tool")
        .post("/resources/{id}", resource::edit_post, "Change a vehicle or tool")
        .get("/book", booking::place, "Booking page: where")
        .post("/book", booking::place_post, "Say where")
        .get("/book/service", booking::service, "Booking page: what")
        .post("/book/service", booking::service_post, "Say what")
        .get("/book/when", booking::when, "Booking page: when")
        .post("/book/when", booking::when_post, "Hold a time")
        .get("/book/you", booking::you, "Booking page: who")
        .post("/book/you", booking::you_post, "Book the visit")
        .get("/book/code", booking::code::page, "Booking page: the code of a letter")
        .post("/book/code", booking::code::post, "Book the visit with a code")
        .post("/book/code/again", booking::code::again, "Have another code sent")
        .get("/book/done/{token}", booking::done, "A booked visit")
        .get("/book/done/{token}/visit.ics", booking::ics, "A booked visit as a calendar file")
        .get("/visit/{token}", visit::show, "A visit, for whoever has its link")
        .post("/visit/{token}/photos", visit::photo::add, "Add a photo to a visit, as its customer")
        .get("/visit/{token}/photos/{photo}", visit::photo::show, "A photo of a visit, for whoever has its link")
        .post("/visit/{token}/photos/{photo}/remove", visit::photo::remove, "Take a photo away again")
        .get("/visit/{token}/visit.ics", visit::ics, "A visit as a calendar file")
        .get("/visit/{token}/move", visit::reschedule, "Times to which a customer may move the visit")
        .post("/visit/{token}/move", visit::reschedule_post, "Move a visit, as its customer")
        .get("/visit/{token}/cancel", visit::cancel, "Whether the visit shall be cancelled")
        .post("/visit/{token}/cancel", visit::cancel_post, "Cancel a visit, as its customer")
}
