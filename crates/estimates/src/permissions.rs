//! What one may do with estimates.
kernel::permission! {
    pub EstimatesRead = "estimates.read": "See estimates and what became of them", [ServiceManager, Dispatcher, Member, Viewer];
    pub EstimatesWrite = "estimates.write": "Write, send and withdraw estimates, and approve them in a customer's name", [ServiceManager, Dispatcher];
}
