//! What one may do with maintenance plans.
use kernel::permission;

permission! {
    pub MaintenanceRead = "maintenance.read": "See maintenance plans and when their visits fall due", [ServiceManager, Dispatcher, Member, Viewer];
    pub MaintenanceWrite = "maintenance.write": "Set up, change and end maintenance plans, which books, moves and cancels their visits", [ServiceManager, Dispatcher];
}
