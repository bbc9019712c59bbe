//! Under which name a company writes, where answers go, and what stands at the foot of its mails.
mod page;

use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Tenant, TenantTx, Uuid, event,
    http::{IfMatch, Json, One, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Address, EmailRead, EmailSettings, letter::lines};
pub use page::{page, post};

row! {
    #[derive(Debug, Clone, Default, Serialize, JsonSchema, PartialEq)]
    pub struct Setting {
        /// Without one, the company's name.
        pub sender_name: Option<String>,
        /// Where answers go; without one, to the address on the company's papers.
        pub reply_to: Option<String>,
        /// Lines at the foot of every mail; without them, what the company's papers say.
        pub foot: String,
        /// 0 until something is said.
        pub version: i64,
    }
}
impl Versioned for Setting {
    fn version(&self) -> i64 {
        self.version
    }
}

/// Left out means unchanged; empty means none.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    pub sender_name: Option<String>,
    pub reply_to: Option<String>,
    pub foot: Option<String>,
}

impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.sender_name {
            *name = crate::letter::line(name, 1000);
            checks.that(name.chars().count() <= 80, "sender_name", "too_long", "At most 80 characters.");
            // It stands before our address: another address in it would mislead the reader.
            checks.that(!name.contains('@'), "sender_name", "address", "Give a name, not an address.");
        }
        if let Some(to) = &mut self.reply_to {
            *to = to.trim().to_owned();
            let good = to.is_empty() || Address::parse(to).is_some();
            checks.that(good, "reply_to", "email", "That is not an e-mail address, such as office@example.com.");
        }
        if let Some(foot) = &mut self.foot {
            *foot = lines(foot);
            checks.that(foot.chars().count() <= 300, "foot", "too_long", "At most 300 characters.");
        }
    }
}

event! { pub struct EmailSettingsChanged = "email.settings_changed", seen by EmailRead { company: Uuid } }

sql! {
    pub fn find() -> Option<Setting> = "
        select sender_name, reply_to, foot, version from email_setting where tenant_id = $1";
    fn insert(sender_name: Option<String>, reply_to: Option<String>, foot: String, at: Timestamp, created_by: Option<Uuid>) -> u64 = "
        insert into email_setting (tenant_id, sender_name, reply_to, foot, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $5, $6) on conflict (tenant_id) do nothing";
    fn update(seen: i64, sender_name: Option<String>, reply_to: Option<String>, foot: String, at: Timestamp) -> u64 = "
        update email_setting set sender_name = $3, reply_to = $4, foot = $5, updated_at = $6, version = version + 1
        where tenant_id = $1 and version = $2";
}

/// From the company's papers: address and telephone.
pub fn foot(tenant: &Tenant) -> String {
    let head = &tenant.letterhead;
    let some = |parts: &[&str], between: &str| {
        parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
    };
    let place = some(&[&head.city, &some(&[&head.region, &head.postal_code], " ")], ", ");
    some(&[&some(&[&head.street, &place], ", "), &some(&[&head.phone, &head.website], " · ")], "\n")
}

pub async fn change(tx: &mut TenantTx, seen: i64, change: Change) -> Result<Setting> {
    let now = tx.run(find()).await?.unwrap_or_default();
    if now.version != seen {
        return Err(Error::Stale(Some(now.version)));
    }
    let given = |new: Option<String>, old: Option<String>| match new {
        Some(text) => Some(text).filter(|text| !text.is_empty()),
        None => old,
    };
    let next = Setting {
        sender_name: given(change.sender_name, now.sender_name),
        reply_to: given(change.reply_to, now.reply_to),
        foot: change.foot.unwrap_or(now.foot),
        version: seen + 1,
    };
    let (name, reply_to, foot) = (next.sender_name.clone(), next.reply_to.clone(), next.foot.clone());
    let rows = match seen {
        0 => tx.run(insert(name, reply_to, foot, tx.now(), tx.user())).await?,
        _ => tx.run(update(seen, name, reply_to, foot, tx.now())).await?,
    };
    if rows != 1 {
        return Err(Error::Stale(Some(now.version)));
    }
    tx.tell(&EmailSettingsChanged { company: tx.tenant() });
    Ok(next)
}

pub async fn api(access: Access<EmailRead>) -> Result<One<Setting>> {
    Ok(One(access.read(find()).await?.unwrap_or_default()))
}

pub async fn change_api(
    access: Access<EmailSettings>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Setting>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, seen, input.clone()).await).await.map(One)
}
