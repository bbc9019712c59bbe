//! What one may do with the calendar.
use kernel::permission;

permission! {
    pub BoardRead = "board.read": "See the board, appointments and technicians", [ServiceManager, Dispatcher, Member, Viewer];
    pub AppointmentsWrite = "appointments.write": "Book, move, assign and cancel appointments", [ServiceManager, Dispatcher];
    pub AppointmentsOverlap = "appointments.overlap": "Plan two things at once for one person, with a reason", [ServiceManager, Dispatcher];
    pub TechniciansWrite = "technicians.write": "Set up technicians, their skills, shifts and time off", [ServiceManager];
    pub RatingsRead = "ratings.read": "See what customers said of visits", [ServiceManager, Dispatcher];
    pub RatingsWrite = "ratings.write": "Say that a low rating was seen to", [ServiceManager, Dispatcher];
    pub OwnJobs = "jobs.own": "See and carry out one's own jobs", [Technician, ServiceManager];
}
