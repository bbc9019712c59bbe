//! The office's pages of jobs: the list, one job, and the verbs on it.
pub mod lines;
pub mod list;
pub mod show;
pub mod time;
pub mod verbs;
