//! What one may do with calendars.
kernel::permission! {
    pub CalendarsShare = "calendars.share": "Make and revoke the secret addresses under which calendar programs read visits", [ServiceManager, Dispatcher];
}
