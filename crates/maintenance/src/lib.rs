//! Maintenance: plans by which visits come round, as a rule of the calendar says.
//!
//! When a visit falls due is worked out each time from the day on which its plan began (`recurrence`); only what was booked or differs
//! is kept (`visit`). A job books what falls due within the horizon through scheduling's own functions, so that a visit of a plan is an
//! appointment like any other.
mod panels;
mod permissions;
pub mod plan;
pub mod recurrence;
mod stories;
pub mod visit;

pub use permissions::{MaintenanceRead, MaintenanceWrite};
pub use plan::{Plan, PlanId};

use kernel::Module;

pub fn module() -> Module {
    let module = Module::new("maintenance")
        .nav::<MaintenanceRead>(45, "Maintenance", "/maintenance", "repeat", 'n')
        .action::<MaintenanceWrite>("New maintenance plan", "/maintenance/new", "repeat", true)
        .panel::<MaintenanceRead>("customer.rail", 15, |scope, id| Box::pin(panels::of_customer(scope, id)))
        .panel::<MaintenanceRead>("today.hand", 40, |scope, id| Box::pin(panels::hand(scope, id)))
        .job::<visit::MakeVisits>()
        .every("maintenance.make_visits", 900, visit::make_all);
    pages(api(module))
}

fn api(module: Module) -> Module {
    module
        .get("/api/v1/maintenance-plans", plan::list_api, "Maintenance plans, the newest first")
        .post("/api/v1/maintenance-plans", plan::create_api, "Begin a maintenance plan")
        .get("/api/v1/maintenance-plans/{id}", plan::find_api, "One maintenance plan")
        .put(
            "/api/v1/maintenance-plans/{id}",
            plan::change_api,
            "Change a plan, as a whole or from one of its visits on, or see what that would do",
        )
        .post("/api/v1/maintenance-plans/{id}/pause", plan::pause_api, "Pause a plan")
        .post("/api/v1/maintenance-plans/{id}/resume", plan::resume_api, "Take a paused plan up again")
        .post("/api/v1/maintenance-plans/{id}/end", plan::end_api, "End a plan")
        .get("/api/v1/maintenance-plans/{id}/visits", visit::ahead_api, "The visits of a plan that are ahead")
        .put(
            "/api/v1/maintenance-plans/{id}/visits/{due_on}",
            visit::change_api,
            "Change one visit and no other, or see what that would do",
        )
}

fn pages(module: Module) -> Module {
    module
        .get("/maintenance", plan::all, "List of maintenance plans")
        .get("/maintenance/rows", plan::rows, "More rows of the list")
        .get("/maintenance/new", plan::new, "Form of a new plan")
        .post("/maintenance/new", plan::new_post, "Begin a plan")
        .get("/maintenance/{id}", plan::show, "Page of a plan")
        .get("/maintenance/{id}/edit", plan::edit, "Form of a plan")
        .post("/maintenance/{id}/edit", plan::edit_post, "Look at what a change does, or save it")
        .get("/maintenance/{id}/pause", plan::pause_page, "Form to pause a plan")
        .post("/maintenance/{id}/pause", plan::pause_post, "Pause a plan")
        .post("/maintenance/{id}/resume", plan::resume_post, "Take a plan up again")
        .get("/maintenance/{id}/end", plan::end_page, "Form to end a plan")
        .post("/maintenance/{id}/end", plan::end_post, "Look at what ending a plan does, or end it")
        .get("/maintenance/{id}/visits/{due_on}", visit::page, "Form of one visit")
        .post("/maintenance/{id}/visits/{due_on}", visit::post, "Look at what a change of one visit does, or save it")
}
