//! The list of mails, newest first, and one of them whole.
use jiff::Timestamp;
use kernel::{
    Access, Cursor, Error, Paged, Result, Scope, Uuid,
    http::{Json, One, Path, Query, Versioned},
    page, row, sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Email, EmailId, Purpose, State, deliver::letterhead, find};
use crate::{Address, EmailRead, letter::Part, setting};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    /// 1–200, 50 when not given.
    pub limit: Option<i64>,
    pub cursor: Option<String>,
    /// Only in this state.
    pub state: Option<State>,
    /// Only to this address.
    pub to: Option<String>,
    /// Only about this: the id of a customer's invoice, visit or the like.
    pub about: Option<Uuid>,
}

/// With what it says.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Whole {
    #[serde(flatten)]
    pub email: Email,
    /// None for a confidential one.
    pub text: Option<String>,
    pub html: Option<String>,
}
impl Versioned for Whole {
    fn version(&self) -> i64 {
        self.email.version
    }
}

row! { struct Contents { parts: serde_json::Value, text: Option<String>, html: Option<String> } }

sql! {
    fn newest(before: EmailId, limit: i64) -> Vec<Email> = "
        select id, to_address, to_name, subject, purpose, about_kind, about_id, confidential, state, attempts, problem, answer,
          next_try_at, sent_at, version, created_at, created_by
        from email where tenant_id = $1 and id < $2 order by id desc limit $3";
    fn in_state(before: EmailId, limit: i64, state: State) -> Vec<Email> = "
        select id, to_address, to_name, subject, purpose, about_kind, about_id, confidential, state, attempts, problem, answer,
          next_try_at, sent_at, version, created_at, created_by
        from email where tenant_id = $1 and state = $4 and id < $2 order by id desc limit $3";
    fn to_whom(before: EmailId, limit: i64, to_key: String, state: Option<String>) -> Vec<Email> = "
        select id, to_address, to_name, subject, purpose, about_kind, about_id, confidential, state, attempts, problem, answer,
          next_try_at, sent_at, version, created_at, created_by
        from email where tenant_id = $1 and to_key = $4 and id < $2 and ($5 is null or state = $5) order by id desc limit $3";
    fn about(before: EmailId, limit: i64, about: Uuid, state: Option<String>) -> Vec<Email> = "
        select id, to_address, to_name, subject, purpose, about_kind, about_id, confidential, state, attempts, problem, answer,
          next_try_at, sent_at, version, created_at, created_by
        from email where tenant_id = $1 and about_id = $4 and id < $2 and ($5 is null or state = $5) order by id desc limit $3";
    fn contents(id: EmailId) -> Option<Contents> = "
        select parts, text, html from email where tenant_id = $1 and id = $2 and not confidential";
}

pub(super) async fn of(scope: &Scope, asked: &Asked) -> Result<Paged<Email>> {
    let limit = page::limit(asked.limit)?;
    let (from, rows) = (Cursor::maybe(asked.cursor.as_deref())?.unwrap_or(EmailId::max()), limit as i64 + 1);
    let state = asked.state.map(|state| state.to_string());
    let found = match (&asked.about, &asked.to, asked.state) {
        (Some(id), ..) => scope.read(about(from, rows, *id, state)).await?,
        (None, Some(to), _) => {
            // What is no address was written to by nobody.
            let Some(address) = Address::parse(to) else { return Ok(Paged { data: vec![], next_cursor: None }) };
            scope.read(to_whom(from, rows, address.key, state)).await?
        }
        (None, None, Some(state)) => scope.read(in_state(from, rows, state)).await?,
        (None, None, None) => scope.read(newest(from, rows)).await?,
    };
    Ok(Paged::of(found, limit, |email| email.id))
}

/// What it says; as it was sent, or as it would be sent now.
pub(super) async fn whole(scope: &Scope, id: EmailId) -> Result<Whole> {
    let (email, contents, setting) = scope.read((find(id), contents(id), setting::find())).await?;
    let email = email.ok_or(Error::NotFound)?;
    let (text, html) = match contents {
        // A letter about an invoice says what it comes to.
        _ if !kernel::sight::prices() => (None, None),
        None => (None, None),
        Some(Contents { text: Some(text), html: Some(html), .. }) if email.state == State::Sent => {
            (Some(text), Some(html))
        }
        Some(Contents { parts, .. }) => {
            let parts: Vec<Part> = serde_json::from_value(parts).unwrap_or_default();
            let link =
                (email.purpose != Purpose::Transactional).then(|| scope.house().url(Some(&scope.tenant().slug), "/…"));
            let written = letterhead(scope, &setting.unwrap_or_default(), link).write(&email.subject, &parts);
            (Some(written.text), Some(written.html))
        }
    };
    Ok(Whole { email, text, html })
}

pub async fn api(access: Access<EmailRead>, Query(asked): Query<Asked>) -> Result<Json<Paged<Email>>> {
    of(&access, &asked).await.map(Json)
}

pub async fn api_one(access: Access<EmailRead>, Path(id): Path<EmailId>) -> Result<One<Whole>> {
    whole(&access, id).await.map(One)
}

/// "22 Jun 2026, 9:00 am", on the clock and in the way of the company.
pub(crate) fn moment(scope: &Scope, at: Timestamp) -> String {
    let tenant = scope.tenant();
    let how = if tenant.locale.hour_12 { "%-d %b %Y, %-I:%M %P" } else { "%-d %b %Y, %H:%M" };
    at.to_zoned(tenant.locale.zone.clone()).strftime(how).to_string()
}
