//! What one may do with exports.
kernel::permission! {
    pub ExportsCreate = "exports.create": "Take lists along as files", [ServiceManager];
}
