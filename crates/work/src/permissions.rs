//! What one may do with jobs: all of the company's, or one's own on the phone.
use kernel::permission;

permission! {
    pub WorkRead = "work.read": "See jobs with their lines, notes and photos", [ServiceManager, Dispatcher, Member, Viewer];
    pub WorkWrite = "work.write": "Create, change, finish and cancel jobs", [ServiceManager, Dispatcher];
    pub WorkOwn = "work.own": "Carry out one's own jobs on the phone", [Technician];
}
