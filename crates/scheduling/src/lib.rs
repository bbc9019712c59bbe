//! Scheduling: technicians, skills, shifts, appointments, free time, the dispatch board and the booking page.
//!
//! One row of `appointment` is one stretch of a technician's time, whether booked or only held while a form is filled in;
//! one exclusion constraint keeps two of them from overlapping. Whoever places one asks `appointment::settle` first, which
//! queues up behind others for the same technician and answers with who is there and when.
pub mod appointment;
pub mod availability;
pub mod board;
pub mod booking;
pub mod ics;
mod neighbours;
pub mod overlap;
mod panels;
pub mod permissions;
pub mod resource;
pub mod say;
pub mod shift;
pub mod skill;
mod stories;
pub mod technician;
pub mod time_off;

pub use appointment::{Appointment, AppointmentId};
pub use overlap::OverlapId;
pub use permissions::{AppointmentsOverlap, AppointmentsWrite, BoardRead, OwnJobs, TechniciansWrite};
pub use technician::{Technician, TechnicianId};

use kernel::Module;

pub fn module() -> Module {
    let module = Module::new("scheduling")
        .nav::<BoardRead>(20, "Board", "/board", "calendar-range", 'b')
        .nav::<TechniciansWrite>(75, "Technicians", "/technicians", "hard-hat", 't')
        .action::<AppointmentsWrite>("New job", "/appointments/new", "calendar-plus", true)
        .action::<TechniciansWrite>("New technician", "/technicians/new", "user-plus", false)
        .finder::<AppointmentsWrite>("Book", |scope, asked| Box::pin(appointment::new_page::find(scope, asked)))
        .panel::<BoardRead>("today.hand", 10, |scope, id| Box::pin(panels::hand(scope, id)))
        .panel::<BoardRead>("today.day", 10, |scope, id| Box::pin(panels::day(scope, id)))
        .panel::<BoardRead>("customer.header", 10, |scope, id| Box::pin(panels::customer_header(scope, id)))
        .panel::<BoardRead>("customer.rail", 10, |scope, id| Box::pin(panels::customer_rail(scope, id)))
        .every("scheduling.expire_holds", 60, booking::expire_all);
    pages(api(module))
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

fn pages(module: Module) -> Module {
    module
        .get("/board", board::page, "Dispatch board of a day")
        .get("/board/lanes", board::lanes_part, "Tray and lanes of the board")
        .get("/board/strips", panels::strips, "The day as thin lines")
        .post("/board/move", board::drop_api, "A drop on the board")
        .get("/appointments/new", appointment::new_page::page, "Form of a new job")
        .post("/appointments/new", appointment::new_page::post, "Book a job")
        .get("/appointments/{id}", board::job, "A job, shown on the board of its day")
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
        .get("/book/done/{token}", booking::done, "A booked visit")
        .get("/book/done/{token}/visit.ics", booking::ics, "A booked visit as a calendar file")
}
