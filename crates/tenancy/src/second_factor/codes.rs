//! Recovery codes: ten, each good once, shown when they are made and kept as hashes.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Either, Form, Json, Page, Redirect},
    sql,
};
use rand::RngExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CodesReplaced, RecoveryCodeId, factor, hash_of, page, replace_codes};
use crate::{
    AccountOwn, MemberId,
    account::{again, check_current, member},
};

sql! {
    pub(super) fn keep(id: RecoveryCodeId, member_id: MemberId, code_hash: String, at: Timestamp) = "
        insert into recovery_code (tenant_id, id, member_id, code_hash, created_at) values ($1, $2, $3, $4, $5)";
}

/// No letter or digit that is taken for another when read from paper.
const SIGNS: &[u8; 30] = b"23456789abcdefghjkmnpqrstvwxyz";

/// Sixteen signs: 78 bits, so that a plain hash is enough.
pub(crate) fn draw() -> String {
    let mut chance = rand::rng();
    let signs: Vec<char> = (0..16).map(|_| char::from(SIGNS[chance.random_range(0..SIGNS.len())])).collect();
    signs.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

pub(crate) fn hash(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    hash_of(&plain)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Again {
    #[serde(default)]
    current: String,
}
impl Input for Again {
    fn check(&mut self, checks: &mut Checks) {
        check_current(checks, &self.current);
    }
}
impl Again {
    pub(super) fn current(self) -> String {
        self.current
    }
}

#[derive(Serialize, JsonSchema)]
pub struct RecoveryCodes {
    /// Ten, each good once. They are in this answer and nowhere else.
    pub(super) recovery_codes: Vec<String>,
}

/// New ones; those that were there are void.
async fn renew(access: &Access<AccountOwn>, input: Again) -> Result<Vec<String>> {
    let id = member(access)?;
    access.read(factor(id)).await?.filter(|factor| factor.confirmed).ok_or(Error::NotFound)?;
    again(access, id, input.current).await?;
    access
        .retrying(async |tx: &mut TenantTx| {
            tx.tell(&CodesReplaced { member: id });
            replace_codes(tx, id).await
        })
        .await
}

pub async fn new_codes(access: Access<AccountOwn>, form: Form<Again>) -> Result<Either<Redirect, Page>> {
    member(&access)?;
    let outcome = form.then(async |input: Again| renew(&access, input).await).await?;
    Ok(Either::Again(match outcome {
        Ok(codes) => page::show_codes(&access, &codes),
        Err(typed) => {
            Page { status: 422, ..page::draw(&access, page::Part::Codes, &crate::shell::faults(typed)).await? }
        }
    }))
}

pub async fn new_codes_api(access: Access<AccountOwn>, Json(input): Json<Again>) -> Result<Json<RecoveryCodes>> {
    renew(&access, input).await.map(|recovery_codes| Json(RecoveryCodes { recovery_codes }))
}

#[test]
fn a_code_is_found_however_it_is_typed() {
    let code = draw();
    assert_eq!(code.len(), 19);
    assert_ne!(code, draw());
    assert_eq!(hash(&code), hash(&code.replace('-', " ").to_uppercase()));
}
