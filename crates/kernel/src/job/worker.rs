//! Claims jobs and runs them.
