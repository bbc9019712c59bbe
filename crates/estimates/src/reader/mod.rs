//! An estimate as its customer sees it, by the link in the letter: no account, phone first, every step a plain form.
pub mod answer;
pub mod link;
pub mod seen;
pub mod show;
pub mod sign;

use jiff::civil::Date;
use kernel::{Error, Result, Visitor, row, sql};

use crate::{
    EstimateId,
    decision::{self, Decision},
    estimate::Status,
    revision::{self, content::Content},
};

row! {
    struct State { status: Status, revision: i32, valid_until: Option<Date> }
}

sql! {
    fn state(id: EstimateId) -> Option<State> = "select status, revision, valid_until from estimate where tenant_id = $1 and id = $2";
}

/// What the link opens, and how it stands with it.
pub(crate) struct Shown {
    pub id: EstimateId,
    pub status: Status,
    /// The newest that was sent.
    pub newest: i32,
    pub hash: String,
    pub content: Content,
    pub decision: Option<Decision>,
}

impl Shown {
    pub fn is_newest(&self) -> bool {
        self.newest == self.content.revision
    }
    pub fn may_decide(&self) -> bool {
        self.status.is_open() && self.is_newest()
    }
}

pub(crate) async fn of(visitor: &Visitor, token: &str) -> Result<Shown> {
    let (id, number) = link::read(visitor, token)?;
    let (state, kept, said) = visitor.read((state(id), revision::of(id, number), decision::newest(id))).await?;
    let (state, kept) = state.zip(kept).ok_or(Error::NotFound)?;
    let content = kept.content()?;
    let over = state.valid_until.is_some_and(|day| day < visitor.local_now().date());
    // The hourly turn may not have come by yet.
    let status = if state.status.is_open() && over { Status::Expired } else { state.status };
    let decision = said.map(|said| said.shown(content.currency()));
    Ok(Shown { id, status, newest: state.revision, hash: kept.hash, content, decision })
}
