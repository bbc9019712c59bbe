//! What one may do with customers.
kernel::permission! {
    pub CustomersRead = "customers.read": "See customers, their contacts, places and history", [ServiceManager, Dispatcher, Member, Viewer];
    pub CustomersWrite = "customers.write": "Add and change customers, and write notes", [ServiceManager, Dispatcher, Member];
    pub CustomersTags = "customers.tags": "Rename, colour and delete tags", [ServiceManager], whole;
    pub CustomersMerge = "customers.merge": "Merge customers who are one, and take it back", [ServiceManager, Dispatcher], whole;
    pub CustomersImport = "customers.import": "Import customers from a file", [ServiceManager], whole;
}
