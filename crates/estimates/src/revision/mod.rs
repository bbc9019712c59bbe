//! What was sent of an estimate: each revision as it was shown, kept with the hash of it.
pub mod content;
pub mod letter;
pub mod paper;
pub mod revise;
pub mod send;
pub mod turn;
pub mod withdraw;

use jiff::Timestamp;
use kernel::{
    Error, Paged, Result,
    access::Access,
    http::{Json, Path},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    EstimateId,
    estimate::{self, option::EstimateOption},
    permissions::{EstimatesRead, EstimatesWrite},
    reader::link,
};
use content::Content;

kernel::id!(RevisionId);

row! {
    #[derive(Debug, Clone)]
    pub struct Kept {
        pub id: RevisionId,
        pub number: i32,
        pub content: String,
        pub hash: String,
        pub sent_to: Option<String>,
        pub reminded_at: Option<Timestamp>,
        pub created_at: Timestamp,
    }
}

sql! {
    pub fn of(estimate: EstimateId, number: i32) -> Option<Kept> = "
        select id, number, content, hash, sent_to, reminded_at, created_at from estimate_revision
        where tenant_id = $1 and estimate_id = $2 and number = $3";
    pub fn newest(estimate: EstimateId) -> Option<Kept> = "
        select id, number, content, hash, sent_to, reminded_at, created_at from estimate_revision
        where tenant_id = $1 and estimate_id = $2 order by number desc limit 1";
    pub fn all(estimate: EstimateId) -> Vec<Kept> = "
        select id, number, content, hash, sent_to, reminded_at, created_at from estimate_revision
        where tenant_id = $1 and estimate_id = $2 order by number desc limit 50";
    pub(crate) fn is_there(estimate: EstimateId) -> Option<EstimateId> = "select id from estimate where tenant_id = $1 and id = $2";
}

impl Kept {
    pub fn content(&self) -> Result<Content> {
        Content::read(&self.content)
    }
}

/// One time that an estimate was sent, as it was shown.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Revision {
    pub id: RevisionId,
    /// 1 for the first.
    pub number: i32,
    pub sent_at: Timestamp,
    /// None: the link was handed over in another way.
    pub sent_to: Option<String>,
    /// SHA-256 of what was shown, in hex; an approval is bound to it.
    pub hash: String,
    /// The customer's page, for who may write estimates: whoever has it may approve.
    pub url: Option<String>,
    pub title: String,
    pub valid_until: Option<jiff::civil::Date>,
    pub options: Vec<EstimateOption>,
}

pub async fn api(access: Access<EstimatesRead>, Path(id): Path<EstimateId>) -> Result<Json<Paged<Revision>>> {
    let (there, kept) = access.read((is_there(id), all(id))).await?;
    there.ok_or(Error::NotFound)?;
    let show = |kept: Kept| {
        let content = kept.content()?;
        let url = match access.can::<EstimatesWrite>() {
            true => Some(link::url(&access, id, kept.number)?),
            false => None,
        };
        let (currency, deposit, rules) = (content.currency(), content.deposit(), content.rules);
        let (options, lines) = content.kept();
        Ok(Revision {
            id: kept.id,
            number: kept.number,
            sent_at: kept.created_at,
            sent_to: kept.sent_to,
            hash: kept.hash,
            url,
            title: content.title,
            valid_until: content.valid_until,
            options: estimate::option::shown(rules, options, lines, currency, deposit)?,
        })
    };
    let data = kept.into_iter().map(show).collect::<Result<_>>()?;
    Ok(Json(Paged { data, next_cursor: None }))
}
