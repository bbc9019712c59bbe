//! Who sees the first page.
kernel::permission! {
    pub DashboardRead = "dashboard.read": "See today: what needs a hand, the day, the money", [ServiceManager, Dispatcher, Member, Viewer];
}
