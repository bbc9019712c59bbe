//! Work: jobs with what was done and used on them, the technician's day on the phone, and the office's list of jobs.
//!
//! A job (`work_order`) is made of a visit when somebody starts it, or by the office before; its lines carry the price
//! as sold. It may take several visits (visit/rule.rs). Finishing it finishes the last one and tells `work_order.completed`, from which billing drafts the invoice.
pub mod checklist;
pub mod cost;
pub mod line;
pub mod note;
mod office;
pub mod order;
mod panels;
mod permissions;
pub mod photo;
pub mod question;
pub mod recall;
pub mod serviced;
pub mod signature;
mod stories;
mod subscribers;
mod tech;
pub mod time;
pub mod visit;

use kernel::{Module, job::SubscriberEntry};

pub use checklist::{Checklist, ChecklistId};
pub use line::{Line, LineItemId};
pub use note::{Note, NoteId};
pub use order::{WorkOrder, WorkOrderCompleted, WorkOrderId};
pub use permissions::{ChecklistsWrite, FinishAnyway, Reopen, TimeRead, TimeWrite, WorkOwn, WorkRead, WorkWrite};
pub use photo::{Photo, PhotoId};
pub(crate) use scheduling::AppointmentId;
pub use signature::{Signature, SignatureId};

kernel::event! {
    /// For the phones: a visit of somebody's day is not what it was. It says no more, for every technician hears it.
    pub struct DayChanged = "day.changed", seen by WorkOwn, for screens only { visit: AppointmentId }
}

kernel::sql! {
    fn seen_visit(id: kernel::Uuid) -> Option<AppointmentId> = "select id from appointment where tenant_id = $1 and id = $2";
}
kernel::heard! { "day." by who sees seen_visit, or at least that }

pub fn module() -> Module {
    Module::new("work")
        .get("/api/v1/work-orders", order::list::api, "Jobs, newest first; `q` takes a number or a customer")
        .post("/api/v1/work-orders", order::create::api, "Make a job of a visit, or by itself")
        .get("/api/v1/work-orders/{id}", order::show::api, "One job with lines, notes and photos")
        .patch("/api/v1/work-orders/{id}", order::change::api, "Change title or scope")
        .post("/api/v1/work-orders/{id}/start", order::start::api, "Start a job; its visit becomes on site")
        .post("/api/v1/work-orders/{id}/finish", order::finish::api, "Finish a job; its visit is completed")
        .post(
            "/api/v1/work-orders/{id}/finish-anyway",
            order::anyway::api,
            "Finish a job although required questions are open, with a reason",
        )
        .put("/api/v1/work-orders/{id}/questions/{question}", question::answer::api, "Answer a question of a job")
        .post(
            "/api/v1/work-orders/{id}/questions/{question}/photo",
            question::photo::api,
            "Answer a question of a job with a photo",
        )
        .get("/api/v1/work-orders/{id}/costs", cost::api, "What a job cost and what is left of its price")
        .get("/api/v1/work-orders/{id}/time-entries", time::list::api_of_job, "Working time on a job")
        .get(
            "/api/v1/work-orders/{id}/related",
            order::follows::api_related,
            "The job it follows, and those that follow it",
        )
        .get("/api/v1/work-orders/{id}/visits", visit::api, "The visits of a job, in their order")
        .post("/api/v1/work-orders/{id}/visits", visit::book::api, "Book another visit of a job")
        .post(
            "/api/v1/work-orders/{id}/visits/{visit}/end",
            visit::end::api,
            "End a visit and not the job: somebody comes again",
        )
        .get("/api/v1/time-entries", time::list::api, "Working time of some days, by technician or job")
        .post("/api/v1/time-entries", time::add::api, "Write a stretch of working time by hand")
        .get("/api/v1/time-entries/{id}", time::list::api_one, "One stretch of working time")
        .patch("/api/v1/time-entries/{id}", time::change::api, "Correct a stretch of working time, with the reason")
        .post("/api/v1/time-entries/{id}/remove", time::remove::api, "Take a stretch of working time away")
        .get("/api/v1/technicians/{id}/hour-cost", time::rate::api, "What an hour of a technician costs")
        .put("/api/v1/technicians/{id}/hour-cost", time::rate::api_set, "Say what an hour of a technician costs")
        .get("/api/v1/checklists", checklist::list::api, "Checklists")
        .post("/api/v1/checklists", checklist::create::api, "Add a checklist")
        .get("/api/v1/checklists/{id}", checklist::list::api_one, "One checklist")
        .patch("/api/v1/checklists/{id}", checklist::change::api, "Change or archive a checklist")
        .get("/api/v1/items/{id}/checklists", checklist::items::api, "The checklists that an item brings to a job")
        .put("/api/v1/items/{id}/checklists", checklist::items::api_set, "Say which checklists an item brings")
        .get("/api/v1/checklist-starters", checklist::starter::api_list, "Checklists to begin with")
        .post("/api/v1/checklist-starters", checklist::starter::api, "Add a checklist to begin with")
        .post("/api/v1/work-orders/{id}/cancel", order::cancel::api, "Cancel a job")
        .post("/api/v1/work-orders/{id}/lines", line::add::api, "Add a line, from the price book or by hand")
        .patch("/api/v1/work-orders/{id}/lines/{line}", line::change::api, "Change a line")
        .delete("/api/v1/work-orders/{id}/lines/{line}", line::remove::api, "Take a line off")
        .post("/api/v1/work-orders/{id}/notes", note::api, "Write a note")
        .get("/api/v1/photo-terms", photo::terms::api, "Whether it is kept where photos were taken")
        .patch("/api/v1/photo-terms", photo::terms::change_api, "Keep where photos were taken, or do not")
        .post("/api/v1/work-orders/{id}/photos", photo::keep::api, "Add a photo")
        .get("/api/v1/work-orders/{id}/photos/{photo}", photo::show::get, "A photo")
        .post("/api/v1/work-orders/{id}/photo-uploads", photo::pieces::api_begin, "Begin a photo that comes in pieces")
        .get("/api/v1/work-orders/{id}/photo-uploads/{upload}", photo::pieces::api_progress, "How far such a photo is")
        .post(
            "/api/v1/work-orders/{id}/photo-uploads/{upload}/pieces",
            photo::pieces::api_piece,
            "A piece of a photo, from the byte that comes next",
        )
        .post(
            "/api/v1/work-orders/{id}/photo-uploads/{upload}/finish",
            photo::pieces::api_finish,
            "Keep a photo whose pieces are all here",
        )
        .post("/api/v1/work-orders/{id}/signatures", signature::sign::api, "Take a customer's signature")
        .post("/api/v1/work-orders/{id}/hold", order::rest::api_rest, "Put a job on hold, with what it waits for")
        .post("/api/v1/work-orders/{id}/resume", order::rest::api_resume, "Go on with a job that was on hold")
        .post("/api/v1/work-orders/{id}/reopen", order::reopen::api, "Take up a finished job that is not invoiced")
        .post(
            "/api/v1/work-orders/{id}/follow",
            order::follows::api,
            "Make a follow-up, warranty job or recall of a job",
        )
        .post(
            "/api/v1/work-orders/{id}/lines/{line}/waive",
            line::waive::api,
            "Make a line free on a warranty job or a recall",
        )
        .post("/api/v1/work-orders/{id}/equipment", serviced::api_give, "Say which equipment a job worked on")
        .get(
            "/api/v1/equipment/{id}/work-orders",
            serviced::api_history,
            "The jobs that worked on a piece of equipment, newest first",
        )
        .get("/timesheets", time::sheet::all, "Working time of a week")
        .get("/timesheets/{technician}", time::sheet::one, "A technician's working time of a week")
        .post("/timesheets/{technician}/time/{entry}", office::time::change_on_sheet, "Correct working time")
        .post("/timesheets/{technician}/time/{entry}/remove", office::time::remove_on_sheet, "Take working time away")
        .post("/technicians/{id}/hour-cost", time::rate::post, "Say what an hour of a technician costs")
        .get("/settings/photos", photo::terms::page, "Photos of jobs")
        .post("/settings/photos", photo::terms::post, "Keep where photos were taken, or do not")
        .get("/settings/checklists", checklist::page::page, "Checklists")
        .post("/settings/checklists", checklist::page::post, "Add a checklist")
        .post("/settings/checklists/starter", checklist::starter::post, "Add a checklist to begin with")
        .get("/settings/checklists/{id}", checklist::page::edit, "One checklist")
        .post("/settings/checklists/{id}", checklist::page::edit_post, "Change a checklist")
        .post("/settings/checklists/{id}/status", checklist::page::status_post, "Archive a checklist, or put it back")
        .post("/settings/checklists/{id}/questions", checklist::questions::save, "Add or change a question")
        .post("/settings/checklists/{id}/questions/step", checklist::questions::step, "Move a question by a step")
        .post("/settings/checklists/{id}/questions/remove", checklist::questions::remove, "Take a question off")
        .post("/price-book/{id}/checklists", checklist::items::post, "Say which checklists an item brings")
        .get("/jobs", office::list::page, "List of jobs")
        .get("/recalls", recall::page, "Work that did not hold")
        .get("/api/v1/recalls", recall::api, "Finished jobs whose recall came within 30 days, and how many of how many")
        .get("/jobs/rows", office::list::rows, "More rows of the list")
        .get("/jobs/{id}", office::show::page, "Page of a job")
        .get("/jobs/{id}/part", office::show::part, "The live part of a job's page")
        .post("/jobs/of-visit/{visit}", office::verbs::of_visit, "Open the job of a visit")
        .get("/jobs/{id}/visits/new", visit::page::page, "Form of another visit of a job")
        .post("/jobs/{id}/visits/new", visit::page::post, "Book another visit of a job")
        .post("/jobs/{id}/visits/{visit}/end", visit::page::end, "End a visit and not the job")
        .post("/jobs/{id}/edit", office::verbs::edit, "Change title or scope")
        .post("/jobs/{id}/start", office::verbs::start, "Start a job")
        .post("/jobs/{id}/finish", office::verbs::finish, "Finish a job")
        .post("/jobs/{id}/finish-anyway", office::verbs::finish_anyway, "Finish a job although questions are open")
        .post("/jobs/{id}/cancel", office::verbs::cancel, "Cancel a job")
        .post("/jobs/{id}/lines", office::verbs::add_line, "Add a line")
        .post("/jobs/{id}/lines/{line}", office::verbs::change_line, "Change a line")
        .post("/jobs/{id}/lines/{line}/remove", office::verbs::remove_line, "Take a line off")
        .post("/jobs/{id}/time", office::time::write, "Write working time by hand")
        .post("/jobs/{id}/time/{entry}", office::time::change_on_job, "Correct working time")
        .post("/jobs/{id}/time/{entry}/remove", office::time::remove_on_job, "Take working time away")
        .post("/jobs/{id}/notes", office::verbs::note, "Write a note")
        .post("/jobs/{id}/photos", office::verbs::photo, "Add a photo")
        .post("/jobs/{id}/equipment", office::verbs::equipment, "Say which equipment a job worked on")
        .get("/jobs/{id}/photos/{photo}", photo::show::get, "A photo")
        .post("/jobs/{id}/hold", office::verbs::hold, "Put a job on hold")
        .post("/jobs/{id}/resume", office::verbs::resume, "Go on with a job")
        .post("/jobs/{id}/reopen", office::verbs::reopen, "Take up a finished job again")
        .post("/jobs/{id}/follow", office::verbs::follow, "Make a job that follows")
        .post("/jobs/{id}/lines/{line}/waive", office::verbs::waive, "Make a line free")
        .get("/tech", tech::today::page, "My day")
        .get("/tech/part", tech::today::part, "The live part of my day")
        .get("/tech/jobs/{visit}", tech::job::page, "One of my jobs")
        .get("/tech/jobs/{visit}/part", tech::job::part, "The live part of one of my jobs")
        .get("/tech/jobs/{visit}/progress", tech::next::progress_part, "How far one of my jobs is")
        .get("/tech/jobs/{visit}/next", tech::next::next_part, "The next verb of one of my jobs")
        .post("/tech/jobs/{visit}/en-route", tech::verbs::en_route, "On my way")
        .post("/tech/jobs/{visit}/start", tech::verbs::start, "Arrived, start")
        .post("/tech/jobs/{visit}/finish", tech::verbs::finish, "Finish")
        .post("/tech/jobs/{visit}/clock", tech::clock::press, "Turn my clock: at work, a break, or stop")
        .post("/tech/jobs/{visit}/finish-anyway", tech::verbs::finish_anyway, "Finish although questions are open")
        .post("/tech/jobs/{visit}/questions/{question}", tech::asked::answer, "Answer a question")
        .post("/tech/jobs/{visit}/questions/{question}/photo", tech::asked::photo, "Answer a question with a photo")
        .post("/tech/jobs/{visit}/lines", tech::verbs::add_line, "Add a line")
        .post("/tech/jobs/{visit}/lines/{line}/step", tech::verbs::step, "One more or one less")
        .post("/tech/jobs/{visit}/notes", tech::verbs::note, "Write a note")
        .post("/tech/jobs/{visit}/photos", tech::verbs::photo, "Add a photo")
        .post("/tech/jobs/{visit}/uploads", tech::pieces::begin, "Begin a photo that comes in pieces")
        .get("/tech/jobs/{visit}/uploads/{upload}", tech::pieces::progress, "How far such a photo is")
        .post("/tech/jobs/{visit}/uploads/{upload}/pieces", tech::pieces::piece, "A piece of a photo")
        .post("/tech/jobs/{visit}/uploads/{upload}/finish", tech::pieces::finish, "Keep a photo whose pieces are here")
        .get("/tech/jobs/{visit}/sign", signature::page::page, "Where the customer signs")
        .post("/tech/jobs/{visit}/sign", signature::page::post, "Take the customer's signature")
        .post("/tech/jobs/{visit}/end", tech::verbs::end, "End my visit and not the job")
        .post("/tech/jobs/{visit}/hold", tech::verbs::hold, "Put my job on hold")
        .post("/tech/jobs/{visit}/resume", tech::verbs::resume, "Go on with my job")
        .post("/tech/jobs/{visit}/equipment", tech::verbs::equipment, "Say which equipment I worked on")
        .get("/tech/jobs/{visit}/sent/{photo}", tech::job::sent_photo, "A photo that the customer has sent")
        .get("/tech/jobs/{visit}/photos/{photo}", tech::verbs::see_photo, "A photo of one of my jobs")
        .nav::<WorkOwn>(10, "My day", "/tech", "truck", 'm')
        .only_for(|scope, user| Box::pin(tech::goes_out(scope, user)))
        .keeps_amounts(|scope| Box::pin(order::any(scope)))
        .nav::<WorkRead>(30, "Jobs", "/jobs", "wrench", 'j')
        .finder::<WorkRead>("Jobs", order::list::find)
        .panel::<WorkRead>("appointment.panel", 40, panels::of_visit)
        .panel::<WorkRead>("customer.rail", 40, panels::of_customer)
        .panel::<scheduling::RatingsRead>("work_order.rail", 20, panels::rated)
        .panel::<TimeRead>("technician.page", 30, |scope, id| Box::pin(time::rate::panel(scope, id)))
        .panel::<WorkRead>("technician.page", 15, |scope, id| Box::pin(recall::technician(scope, id)))
        .action::<WorkRead>("What did not hold", "/recalls", "rotate-ccw", false)
        .action::<TimeRead>("Working time", "/timesheets", "clock", false)
        .panel::<catalog::CatalogRead>("item.foot", 20, |scope, id| Box::pin(checklist::items::panel(scope, id)))
        .panel::<WorkRead>("equipment.main", 40, serviced::panel)
        .every("work.sweep_uploads", 3600, photo::pieces::sweep)
        .on("work.visit_started", subscribers::started)
        .on("work.visit_completed", subscribers::completed)
        .on("work.visit_cancelled", subscribers::cancelled)
        .on("work.visit_missed", subscribers::missed)
        .on_kinds(SubscriberEntry::of_kinds("work.day", subscribers::OF_A_DAY.to_vec(), subscribers::day_changed))
}
