//! What may be sent to a customer now, and what they said when.
use jiff::Timestamp;
use kernel::{
    Access, Cursor, Paged, Result,
    http::{Json, Path, Query},
    page::{Asked, limit},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Channel, Consent, ConsentId, Purpose, history, of_customer};
use crate::{CustomerId, customer::find, permissions::CustomersRead};

/// How it stands with a channel and purpose. Of what nothing was said, all is allowed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Standing {
    pub channel: Channel,
    pub purpose: Purpose,
    pub allowed: bool,
    pub since: Option<Timestamp>,
    pub source: Option<String>,
    pub author: Option<String>,
}

/// All twelve.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Consents {
    pub data: Vec<Standing>,
}

impl Consents {
    pub(crate) fn of(said: Vec<Consent>) -> Self {
        let pairs = Channel::ALL.iter().flat_map(|channel| Purpose::ALL.iter().map(|purpose| (*channel, *purpose)));
        let data = pairs.map(|(channel, purpose)| {
            let last = said.iter().find(|one| one.channel == channel && one.purpose == purpose);
            Standing {
                channel,
                purpose,
                allowed: last.is_none_or(|last| last.allowed),
                since: last.map(|last| last.created_at),
                source: last.map(|last| last.source.clone()),
                author: last.map(|last| last.author.clone()),
            }
        });
        Self { data: data.collect() }
    }
}

pub async fn api(access: Access<CustomersRead>, Path(id): Path<CustomerId>) -> Result<Json<Consents>> {
    let (_, said) = access.read((find(id), of_customer(id))).await?;
    Ok(Json(Consents::of(said)))
}

pub async fn api_history(
    access: Access<CustomersRead>,
    Path(id): Path<CustomerId>,
    Query(asked): Query<Asked>,
) -> Result<Json<Paged<Consent>>> {
    let most = limit(asked.limit)?;
    let before = Cursor::maybe(asked.cursor.as_deref())?.unwrap_or_else(ConsentId::max);
    let (_, rows) = access.read((find(id), history(id, before, most as i64 + 1))).await?;
    Ok(Json(Paged::of(rows, most, |consent| consent.id)))
}
