//! The mailbox of development: the last mails of this process, in memory.
use jiff::Timestamp;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use crate::EmailId;

const MOST: usize = 200;

#[derive(Debug)]
pub struct Kept {
    pub id: EmailId,
    pub company: String,
    pub from: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Where its button leads.
    pub link: Option<String>,
    pub at: Timestamp,
}

#[derive(Default)]
pub struct Here(Mutex<VecDeque<Arc<Kept>>>);

impl Here {
    pub(crate) fn keep(&self, mail: Kept) {
        let mut all = self.0.lock().unwrap_or_else(|e| e.into_inner());
        all.truncate(MOST - 1);
        all.push_front(Arc::new(mail));
    }
    pub(crate) fn all(&self) -> Vec<Arc<Kept>> {
        self.0.lock().unwrap_or_else(|e| e.into_inner()).iter().cloned().collect()
    }
}
