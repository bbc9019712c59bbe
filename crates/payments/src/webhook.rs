//! What Stripe tells us. Every word is signed; each is written down once, and leads to no more than that we ask ourselves.
use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Error, Result, Scope, TenantTx, Uuid, Visitor,
    http::{NoContent, Raw},
    row,
    secret::hex,
    sql,
};
use serde::Deserialize;

use crate::{
    account::open,
    look::{Look, What},
};

/// So much younger or older than our clock, in seconds.
const TOLERANCE: i64 = 300;
/// More signatures stand on nothing that is in earnest.
const MOST: usize = 20;

/// Stripe tells again for three days, and by somebody's hand for thirty. What comes after this would be taken for new, and then lead
/// to no more than that we ask what we know already.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 180);

row! { struct Secret { id: Uuid, sealed: String } }
sql! {
    fn secrets(now: Timestamp) -> Vec<Secret> = "
        select id, sealed from provider_secret where tenant_id = $1 and (good_until is null or good_until > $2) order by created_at desc, id desc limit 10";
    fn forget(before: Timestamp) -> u64 = "delete from provider_event where tenant_id = $1 and created_at < $2";
    fn keep(id: Uuid, reference: String, kind: String, object: Option<String>, at: Timestamp) -> u64 = "
        insert into provider_event (tenant_id, id, event_ref, kind, object_ref, created_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (tenant_id, event_ref) do nothing";
}

#[derive(Deserialize)]
struct Told {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}
#[derive(Deserialize)]
struct Data {
    object: Object,
}
#[derive(Deserialize)]
struct Object {
    id: Option<String>,
    /// An id, or its object where the endpoint was set up to send it.
    #[serde(default)]
    payment_intent: Option<serde_json::Value>,
}

impl Told {
    /// What we ask for then.
    fn leads_to(&self) -> Option<Look> {
        let (id, object) = (self.data.object.id.clone(), &self.data.object);
        let payment = || match object.payment_intent.as_ref()? {
            serde_json::Value::String(id) => Some(id.clone()),
            whole => whole.get("id")?.as_str().map(str::to_owned),
        };
        let (what, id) = match self.kind.as_str() {
            kind if kind.starts_with("checkout.session.") => (What::Checkout, id?),
            kind if kind.starts_with("payment_method.") => (What::Card, id?),
            kind if kind.starts_with("payment_intent.") => (What::Payment, id?),
            kind if kind.starts_with("charge.dispute.") => (What::Dispute, id?),
            kind if kind.starts_with("payout.") => (What::Payout, id?),
            "charge.refunded" => (What::Refunds, payment()?),
            kind if kind.starts_with("refund.") || kind.starts_with("charge.refund.") => (What::Refunds, payment()?),
            kind if kind.starts_with("charge.") => (What::Payment, payment()?),
            _ => return None,
        };
        (id.len() <= 255).then_some(Look { what, id })
    }
}

/// Whether one of the signatures is made with one of the secrets, over this very body, lately.
fn is_signed(header: &str, body: &[u8], secrets: &[Vec<u8>], now: i64) -> bool {
    let pairs = || header.split(',').filter_map(|pair| pair.trim().split_once('='));
    let Some(stamp) = pairs().find(|(name, _)| *name == "t").map(|(_, stamp)| stamp) else { return false };
    let Ok(at) = stamp.parse::<i64>() else { return false };
    if now.abs_diff(at) > TOLERANCE.unsigned_abs() {
        return false;
    }
    let signed = [stamp.as_bytes(), b".", body].concat();
    let given: Vec<&str> = pairs().filter(|(name, _)| *name == "v1").map(|(_, value)| value).take(MOST).collect();
    secrets.iter().any(|secret| {
        let made = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), &signed);
        let made = hex(made.as_ref());
        given.iter().any(|given| verify_slices_are_equal(given.as_bytes(), made.as_bytes()).is_ok())
    })
}

async fn good(scope: &Scope) -> Result<Vec<Vec<u8>>> {
    let kept = scope.read(secrets(scope.now())).await?;
    kept.into_iter().map(|secret| open(scope, secret.id, &secret.sealed).map(String::into_bytes)).collect()
}

pub async fn post(visitor: Visitor, raw: Raw) -> Result<NoContent> {
    let refused = |why: &str| Error::Malformed(400, why.to_owned());
    let header = raw.header("stripe-signature").ok_or_else(|| refused("There is no signature on it."))?;
    if !is_signed(header, &raw.bytes, &good(&visitor).await?, visitor.now().as_second()) {
        return Err(refused("The signature is none of ours, or too old."));
    }
    let told: Told = serde_json::from_slice(&raw.bytes).map_err(|_| refused("This is no event of Stripe's."))?;
    let fits = |text: &str| !text.is_empty() && text.len() <= 255 && !text.contains('\0');
    if !fits(&told.id) || !fits(&told.kind) {
        return Err(refused("This is no event of Stripe's."));
    }
    let look = told.leads_to();
    visitor
        .retrying(async |tx: &mut TenantTx| {
            let object = told.data.object.id.clone().filter(|id| fits(id));
            let row = keep(Uuid::now_v7(), told.id.clone(), told.kind.clone(), object, tx.now());
            // Told before: that has led where it leads.
            if tx.run(row).await? == 1
                && let Some(look) = &look
            {
                tx.enqueue(look);
            }
            Ok(())
        })
        .await?;
    Ok(NoContent)
}

/// Each day: what was told so long ago that nobody tells it again.
pub async fn tidy(scope: Scope) -> Result<()> {
    let before = scope.now().saturating_sub(REMEMBERED).unwrap_or(scope.now());
    scope.write_with(async |tx: &mut TenantTx| tx.run(forget(before)).await.map(drop)).await
}

#[test]
fn a_signature_is_good_for_one_body_one_secret_and_five_minutes() {
    let (body, secret) = (br#"{"id":"evt_1"}"#, b"whsec_one".to_vec());
    let made = |secret: &[u8], at: i64, body: &[u8]| {
        let signed = [at.to_string().as_bytes(), b".", body].concat();
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), &signed);
        hex(tag.as_ref())
    };
    let tag = made(&secret, 1000, body);
    let header = format!("t=1000,v1={tag}");
    let secrets = [b"whsec_two".to_vec(), secret.clone()];
    assert!(is_signed(&header, body, &secrets, 1000));
    assert!(is_signed(&format!("t=1000,v1={},v1={tag},v0=junk", "0".repeat(64)), body, &secrets, 1300));
    assert!(!is_signed(&header, body, &secrets, 1301), "too old");
    assert!(!is_signed(&header, body, &secrets, 699), "from a time to come");
    assert!(!is_signed(&header, br#"{"id":"evt_2"}"#, &secrets, 1000), "another body");
    assert!(!is_signed(&header, body, &secrets[..1], 1000), "another secret");
    assert!(!is_signed(&header.replace("t=1000", "t=1001"), body, &secrets, 1000), "another time");
    assert!(!is_signed(&header.replace("v1=", "v0="), body, &secrets, 1000), "another scheme");
    for junk in ["", "t=", "t=1000", "v1=", "t=x,v1=y", "t=99999999999999999999,v1=a", ",,,==,"] {
        assert!(!is_signed(junk, body, &secrets, 1000), "{junk}");
    }
    assert!(!is_signed(&header, body, &[], 1000), "no secret");
}
