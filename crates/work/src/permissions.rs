//! What one may do with jobs: all of the company's, or one's own on the phone.
use kernel::permission;

permission! {
    pub WorkRead = "work.read": "See jobs with their lines, notes and photos", [ServiceManager, Dispatcher, Member, Viewer];
    pub WorkWrite = "work.write": "Create, change, finish and cancel jobs", [ServiceManager, Dispatcher];
    pub FinishAnyway = "work.finish_anyway": "Finish a job although required questions of its checklists are open", [ServiceManager, Dispatcher];
    pub Reopen = "work.reopen": "Take up a finished job again that nobody has been charged for", [ServiceManager];
    pub ChecklistsWrite = "checklists.write": "Say what is asked on jobs: checklists and their questions", [ServiceManager];
    pub TimeRead = "time.read": "See working time: who was where, from when to when", [ServiceManager, Dispatcher];
    pub TimeWrite = "time.write": "Write working time by hand and correct it", [ServiceManager, Dispatcher];
    pub WorkOwn = "work.own": "Carry out one's own jobs on the phone", [Technician];
}
