//! Writing down what a customer prefers: what is absent stays, `null` takes away. The first word of it makes the row.
use jiff::{Timestamp, civil::Time};
use kernel::{
    Access, Checks, Error, Input, Money, Result, Scope, TenantTx, Uuid, chosen,
    http::{IfMatch, Json, One, Path},
    sql,
    tenant::Locale,
};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::MemberId;

use super::{Day, PreferenceId, Preferences, PreferencesChanged, ReachBy, language, of_customer, whose};
use crate::{CustomerId, customer::find, permissions::CustomersWrite};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    /// The member whom the customer would like to come.
    #[serde(deserialize_with = "chosen")]
    pub preferred_technician: Option<Option<MemberId>>,
    /// The members whom the customer does not want: all of them.
    #[serde(deserialize_with = "chosen")]
    pub unwanted_technicians: Option<Option<Vec<MemberId>>>,
    #[serde(deserialize_with = "chosen")]
    pub days: Option<Option<Vec<Day>>>,
    #[serde(deserialize_with = "chosen")]
    pub arrive_from: Option<Option<Time>>,
    #[serde(deserialize_with = "chosen")]
    pub arrive_until: Option<Option<Time>>,
    #[serde(deserialize_with = "chosen")]
    pub reach_by: Option<Option<ReachBy>>,
    #[serde(deserialize_with = "chosen")]
    pub quiet_from: Option<Option<Time>>,
    #[serde(deserialize_with = "chosen")]
    pub quiet_until: Option<Option<Time>>,
    /// BCP 47, such as "es" or "pt-BR".
    #[serde(deserialize_with = "chosen")]
    pub language: Option<Option<String>>,
    #[serde(deserialize_with = "chosen")]
    pub notice_minutes: Option<Option<i32>>,
    /// In the company's currency.
    #[serde(deserialize_with = "chosen")]
    pub approval_above: Option<Option<Money>>,
}

impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        let unwanted = self.unwanted_technicians.iter().flatten().map(Vec::len).max().unwrap_or(0);
        checks.that(unwanted <= 20, "unwanted_technicians", "too_many", "Name at most 20 who are not to be sent.");
        if let Some(Some(days)) = &mut self.days {
            days.sort();
            days.dedup();
        }
        if let Some(language) = &mut self.language {
            language::check(checks, language);
        }
        if let Some(Some(minutes)) = self.notice_minutes {
            checks.range("notice_minutes", minutes.into(), 5, 1440, "Notice is given 5 minutes to 24 hours before.");
        }
        if let Some(Some(above)) = self.approval_above {
            checks.that(above.minor >= 0, "approval_above", "range", "Give an amount of zero or more.");
        }
    }
}

/// What can only be seen of the whole.
fn agree(known: &Preferences) -> Result<()> {
    let mut checks = Checks::default();
    let wanted = known.preferred_technician.is_none_or(|one| !known.unwanted_technicians.contains(&one));
    checks.that(wanted, "unwanted_technicians", "both", "Nobody is preferred and not to be sent at once. Choose one.");
    let in_order = known.arrive_from.zip(known.arrive_until).is_none_or(|(from, until)| from < until);
    checks.that(in_order, "arrive_until", "order", "The arrival ends after it begins, on the same day.");
    let whole = known.quiet_from.is_some() == known.quiet_until.is_some();
    checks.that(whole, "quiet_until", "half", "Say from when and until when not to call, or neither.");
    let some = known.quiet_from.is_none() || known.quiet_from != known.quiet_until;
    checks.that(some, "quiet_until", "empty", "The time without calls has no length.");
    checks.done()
}

sql! {
    fn known_members(ids: Vec<Uuid>) -> Vec<Uuid> = "select id from member where tenant_id = $1 and id = any($2)";
    fn keep(id: PreferenceId, customer: CustomerId, seen: i64, preferred: Option<MemberId>, unwanted: Vec<Uuid>, days: Vec<String>, arrive_from: Option<Time>, arrive_until: Option<Time>, reach_by: Option<ReachBy>, quiet_from: Option<Time>, quiet_until: Option<Time>, language: Option<String>, notice_minutes: Option<i32>, approval_above_minor: Option<i64>, currency: Option<String>, at: Timestamp, created_by: Option<Uuid>) -> u64 = "
        insert into customer_preference as p (tenant_id, id, customer_id, preferred_technician, unwanted_technicians, days, arrive_from, arrive_until, reach_by, quiet_from, quiet_until, language, notice_minutes, approval_above_minor, currency, created_at, updated_at, created_by)
        values ($1, $2, $3, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, $18)
        on conflict (tenant_id, customer_id) do update set preferred_technician = $5, unwanted_technicians = $6, days = $7, arrive_from = $8, arrive_until = $9,
          reach_by = $10, quiet_from = $11, quiet_until = $12, language = $13, notice_minutes = $14, approval_above_minor = $15, currency = $16, updated_at = $17, version = p.version + 1
        where p.version = $4";
}

async fn are_here(tx: &mut TenantTx, preferred: Option<MemberId>, unwanted: &[Uuid]) -> Result<()> {
    let preferred = preferred.map(|one| one.0);
    let all: Vec<Uuid> = preferred.iter().chain(unwanted).copied().collect();
    if all.is_empty() {
        return Ok(());
    }
    let here = tx.run(known_members(all)).await?;
    let mut checks = Checks::default();
    let missing = "There is nobody here with that id.";
    checks.that(preferred.is_none_or(|id| here.contains(&id)), "preferred_technician", "missing", missing);
    checks.that(unwanted.iter().all(|id| here.contains(id)), "unwanted_technicians", "missing", missing);
    checks.done()
}

/// `seen` is 0 for who saw that nothing was said.
pub async fn change(
    tx: &mut TenantTx,
    customer: CustomerId,
    seen: i64,
    change: Change,
    locale: &Locale,
) -> Result<Preferences> {
    let (_, known) = tx.run((find(customer), of_customer(customer))).await?;
    let now = known.ok_or(Error::NotFound)?;
    if now.version != seen {
        return Err(Error::Stale(Some(now.version)));
    }
    // Who may not see prices was shown none, and takes none away by sending that back.
    let approval = match change.approval_above.filter(|_| kernel::sight::prices()) {
        None => now.approval_above_minor.zip(now.currency),
        Some(above) => {
            locale.currency.only("/approval_above", "Amounts", above)?;
            above.map(|above| (above.minor, above.currency.code().to_owned()))
        }
    };
    let (approval_above_minor, currency) = approval.unzip();
    let then = Preferences {
        preferred_technician: change.preferred_technician.unwrap_or(now.preferred_technician),
        unwanted_technicians: change.unwanted_technicians.map_or(now.unwanted_technicians, Option::unwrap_or_default),
        days: change.days.map_or(now.days, Option::unwrap_or_default),
        arrive_from: change.arrive_from.unwrap_or(now.arrive_from),
        arrive_until: change.arrive_until.unwrap_or(now.arrive_until),
        reach_by: change.reach_by.unwrap_or(now.reach_by),
        quiet_from: change.quiet_from.unwrap_or(now.quiet_from),
        quiet_until: change.quiet_until.unwrap_or(now.quiet_until),
        language: change.language.unwrap_or(now.language),
        notice_minutes: change.notice_minutes.unwrap_or(now.notice_minutes),
        approval_above_minor,
        currency,
        ..now
    };
    agree(&then)?;
    let unwanted: Vec<Uuid> = then.unwanted_technicians.iter().map(|one| one.0).collect();
    are_here(tx, then.preferred_technician, &unwanted).await?;
    let statement = keep(
        PreferenceId::new(),
        customer,
        seen,
        then.preferred_technician,
        unwanted,
        then.days.iter().map(Day::to_string).collect(),
        then.arrive_from,
        then.arrive_until,
        then.reach_by,
        then.quiet_from,
        then.quiet_until,
        then.language,
        then.notice_minutes,
        then.approval_above_minor,
        then.currency,
        tx.now(),
        tx.user(),
    );
    let (touched, kept) = tx.run((statement, of_customer(customer))).await?;
    if touched == 0 {
        return Err(Error::Stale(None));
    }
    tx.tell(&PreferencesChanged { customer });
    kept.ok_or(Error::NotFound)
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Preferences>> {
    let seen = version.required()?;
    let locale = &access.tenant().locale;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, seen, input.clone(), locale).await).await.map(One)
}

tenancy::put_back! { "customer_preference", CustomersWrite, ["preferred_technician", "unwanted_technicians", "days", "arrive_from", "arrive_until", "reach_by", "quiet_from", "quiet_until", "language", "notice_minutes"], Change,
    async |scope: Scope, id: Uuid, input: Change| {
        let locale = scope.tenant().locale.clone();
        scope.write_with(async move |tx: &mut TenantTx| {
            let customer = tx.run(whose(id)).await?.ok_or(Error::NotFound)?;
            let seen = tx.run(of_customer(customer)).await?.ok_or(Error::NotFound)?.version;
            change(tx, customer, seen, input, &locale).await.map(drop)
        }).await
    }
}
