//! Sending: what the customer is shown is frozen as a revision with its hash, and the letter with the link goes out after COMMIT.
use billing::{bill_to, series};
use customers::{CustomerId, customer};
use jiff::civil::Date;
use kernel::{
    Checks, Error, Input, Result, Scope, TenantTx,
    access::Access,
    http::{IfMatch, Json, One, Path, Repeatable},
    secret::hash,
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    RevisionId,
    content::{Content, Offered},
    letter,
};
use crate::{
    EstimateId,
    estimate::{
        Estimate, Head, Status, find, hold_whole,
        option::{self, Kept, KeptOption},
    },
    permissions::EstimatesWrite,
};

/// The series of estimates' numbers, beside those of billing.
const ESTIMATES: &str = "estimate";

sql! {
    fn insert(id: RevisionId, estimate: EstimateId, number: i32, content: String, hash: String, sent_to: Option<String>, at: jiff::Timestamp, by: Option<uuid::Uuid>) = "
        insert into estimate_revision (tenant_id, id, estimate_id, number, content, hash, sent_to, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    fn store(id: EstimateId, number: String, sequence: Option<i64>, revision: i32, at: jiff::Timestamp) -> u64 = "
        update estimate set status = 'sent', number = coalesce(number, $3), sequence = coalesce(sequence, $4), revision = $5, sent_at = $6, viewed_at = null,
                            decided_at = null, updated_at = $6, version = version + 1
        where tenant_id = $1 and id = $2 and status = 'draft'";
}

kernel::event! {
    /// A revision is with the customer, and stays as it is from now on.
    pub struct EstimateSent = "estimate.sent", seen by crate::permissions::EstimatesRead {
        estimate: EstimateId, customer: CustomerId, number: String, revision: i32, total_minor: i64, currency: String,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SendInput {
    /// Where the letter goes; the customer's own address when left out.
    pub email: Option<String>,
    /// False: no letter goes out, and the link is handed over in another way.
    pub letter: Option<bool>,
    /// A paragraph in the letter, in one's own words.
    pub words: Option<String>,
}

impl Input for SendInput {
    fn check(&mut self, checks: &mut Checks) {
        checks.email("email", &mut self.email);
        checks.optional("words", &mut self.words, 2000);
    }
}

/// "EST-0007".
fn number(sequence: i64) -> String {
    format!("EST-{sequence:04}")
}

fn may_send(found: &Head, options: &[KeptOption], lines: &[Kept], today: Date) -> Result<()> {
    if found.status != Status::Draft {
        return Err(Error::refused(format!(
            "{} is {}. Revise it first; then it can be sent again.",
            found.called(),
            found.status.label().to_lowercase()
        )));
    }
    if found.valid_until.is_some_and(|day| day < today) {
        return Err(Error::field(
            "/valid_until",
            "past",
            "The day until which it is good is over. Choose a later one.",
        ));
    }
    for option in options {
        let own = || lines.iter().filter(|line| line.option_id == option.id && !line.optional);
        if own().next().is_none() {
            return Err(Error::refused(format!("{} has no line yet that is not to be ticked. Add one.", option.name)));
        }
        // Whatever is ticked: the least that can be chosen is what counts, and a line that may be ticked may give something back.
        let given_back = lines.iter().filter(|line| line.option_id == option.id && line.unit_price_minor < 0);
        let least =
            option::total(found.tax_rules, option, own().chain(given_back.filter(|line| line.optional)))?.total_minor;
        if least < 0 {
            return Err(Error::refused(format!("{} could come to less than nothing. Look at its lines.", option.name)));
        }
    }
    Ok(())
}

/// As it is shown to the customer.
pub(crate) fn frozen(
    found: &Head,
    (options, lines): (Vec<KeptOption>, Vec<Kept>),
    number: String,
    revision: i32,
    company: String,
    addressed_to: String,
) -> Result<Content> {
    let offer = |option: KeptOption| {
        let own: Vec<Kept> = lines.iter().filter(|line| line.option_id == option.id).cloned().collect();
        let total_minor =
            option::total(found.tax_rules, &option, own.iter().filter(|line| !line.optional))?.total_minor;
        Ok(Offered { option, lines: own, total_minor })
    };
    Ok(Content {
        estimate: found.id,
        number,
        revision,
        company,
        customer: found.customer_id,
        addressed_to,
        title: found.title.clone(),
        note: found.note.clone(),
        terms: found.terms.clone(),
        valid_until: found.valid_until,
        currency: found.currency.clone(),
        rules: found.tax_rules,
        tax_note: found.tax_note.clone(),
        deposit_ppm: found.deposit_ppm,
        deposit_minor: found.deposit_minor,
        options: options.into_iter().map(offer).collect::<Result<_>>()?,
    })
}

/// Freezes the draft and sends it.
pub async fn send(
    scope: &Scope,
    tx: &mut TenantTx,
    id: EstimateId,
    version: Option<i64>,
    input: &SendInput,
) -> Result<()> {
    let (found, options, lines) = hold_whole(tx, id, version).await?;
    may_send(&found, &options, &lines, tx.today())?;
    let (who, address) = tx.run((customer::find(found.customer_id), bill_to::address(found.customer_id))).await?;
    let sent_to = match input.letter {
        Some(false) => None,
        _ => Some(input.email.clone().or(who.email).ok_or_else(|| {
            let says =
                "This customer has no e-mail address. Give one, or send it without a letter and hand the link over.";
            Error::field("/email", "required", says)
        })?),
    };
    // The number it was given stays.
    let (called, sequence) = match found.number.clone() {
        Some(called) => (called, None),
        None => {
            let sequence = series::take_one(tx, ESTIMATES).await?;
            (number(sequence), Some(sequence))
        }
    };
    let revision = found.revision + 1;
    let company = scope.tenant().name.clone();
    let addressed_to = bill_to::written(&found.customer_name, address.as_ref());
    let content = frozen(&found, (options, lines), called.clone(), revision, company, addressed_to)?;
    let text = content.write()?;
    let hashed = hash(&text);
    let (now, by) = (tx.now(), tx.user());
    let kept = insert(RevisionId::new(), id, revision, text, hashed, sent_to.clone(), now, by);
    let ((), stored) = tx.run((kept, store(id, called.clone(), sequence, revision, now))).await?;
    if stored != 1 {
        return Err(Error::Stale(Some(found.version)));
    }
    tx.tell(&EstimateSent {
        estimate: id,
        customer: found.customer_id,
        number: called,
        revision,
        total_minor: found.total_minor,
        currency: found.currency,
    });
    if let Some(email) = sent_to {
        let letter = letter::of(scope, &content, &email, &who.name, letter::Why::Sent, input.words.as_deref())?;
        mail::send(tx, letter).await?;
    }
    Ok(())
}

pub async fn api(
    access: Access<EstimatesWrite>,
    Path(id): Path<EstimateId>,
    version: IfMatch,
    Json(input): Json<SendInput>,
) -> Result<Repeatable<One<Estimate>>> {
    access
        .once(async |tx| {
            send(&access, tx, id, version.0, &input).await?;
            find(tx, id).await.map(One)
        })
        .await
}
