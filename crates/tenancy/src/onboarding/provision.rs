//! Makes companies of the sign-ups that were asked for: any worker takes any of them, and one that was left in the middle is
//! taken up again.
//!
//! `asked → making → ready`, or `failed` and, after a growing pause, `making` again. What is done is safe to do twice: the logo
//! is written to the same place, and registry, schema, role and first rows come in one transaction under the sign-up's own
//! id. So the lease has nothing to guard; it only keeps two workers from doing the same work for nothing.
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use kernel::{Error, House, Outside, Result, http::Redirect, row, sql};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::draft::{self, Draft, Signup};
use crate::company::{self, Keyring, NewCompany};

/// How long a worker that says nothing is believed to be at it. Making a company takes a second or two.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How often a worker looks when nobody of its own process has asked.
const POLL: Duration = Duration::from_secs(1);
/// 5, 10, 20 … seconds lie between tries: ten minutes in all.
const MOST_TRIES: i32 = 8;
const FIRST_PAUSE: i64 = 5;

/// Kept by the house: a worker of the same process need not wait for its next look.
#[derive(Default)]
pub struct Asked(Notify);

row! {
    struct Claimed {
        id: Uuid,
        draft: Value,
        attempts: i32,
    }
}
row! {
    struct Made {
        slug: String,
        name: String,
    }
}

sql! {
    #![control]
    fn claim(now: Timestamp, worker: Uuid, until: Timestamp, only: Option<Uuid>) -> Option<Claimed> = "
        update ctl.signup set state = 'making', attempts = attempts + 1, claimed_by = $2, run_at = $3, updated_at = $1
        where id = (
          select id from ctl.signup where run_at <= $1 and ($4::uuid is null or id = $4)
          order by run_at limit 1 for update skip locked)
        returning id, draft, attempts";
    fn made(id: Uuid) -> Option<Made> = "select slug, name from ctl.tenant where id = $1";
    fn ready(id: Uuid, outcome: Value, at: Timestamp) -> u64 = "
        update ctl.signup set state = 'ready', draft = '{}', slug = null, outcome = $2, run_at = null, claimed_by = null, updated_at = $3
        where id = $1";
    // Only by whoever holds it: one who was slow must not undo what another did meanwhile.
    fn failed(id: Uuid, worker: Uuid, draft: Value, slug: Option<String>, outcome: Value, again: Option<Timestamp>, at: Timestamp) -> u64 = "
        update ctl.signup set state = 'failed', draft = $3, slug = $4, outcome = $5, run_at = $6, claimed_by = null, updated_at = $7
        where id = $1 and state = 'making' and claimed_by = $2";
}

/// Hands the sign-up to the workers; the answer does not wait for them.
pub async fn ask(outside: &Outside, signup: &Signup) -> Result<()> {
    if signup.draft.step() == 4 {
        draft::ask_for(outside, signup.id).await?;
        if let Some(asked) = outside.house.kept::<Asked>() {
            asked.0.notify_one();
        }
    }
    Ok(())
}

/// Once more, and at once, after it failed.
pub async fn again(outside: Outside) -> Result<Redirect> {
    super::nobodys(&outside)?;
    if let Some(mut signup) = draft::current(&outside).await?
        && signup.state == "failed"
        && signup.draft.step() == 4
    {
        outside.house.limits().careful("sign-up", &outside.peer)?;
        // A worker may have taken it up this moment: then there is nothing to ask for.
        match draft::keep(&outside, &mut signup).await {
            Err(Error::Refused(_)) => {}
            kept => {
                kept?;
                ask(&outside, &signup).await?;
            }
        }
    }
    Ok(Redirect::to("/onboarding"))
}

/// For as long as the worker lives.
pub fn duty(house: House, mut stop: watch::Receiver<bool>) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        let asked = house.kept::<Asked>().unwrap_or_default();
        while !*stop.borrow() {
            match next(&house, None).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "looking for sign-ups failed; it is tried again in a moment"),
            }
            tokio::select! {
                // Told to stop, or nobody is left to tell.
                _ = stop.wait_for(|stop| *stop) => return,
                () = asked.0.notified() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    })
}

/// Takes one sign-up that waits, or the one that is named, and brings it to an end. False when none waits.
pub async fn next(house: &House, only: Option<Uuid>) -> Result<bool> {
    let (me, now) = (Uuid::now_v7(), house.clock().now());
    let until = now.saturating_add(LEASE).unwrap_or(now);
    let Some(claimed) = house.control().run(claim(now, me, until, only)).await? else { return Ok(false) };
    let draft: Draft =
        serde_json::from_value(claimed.draft).map_err(|e| Error::Bug(format!("a sign-up's draft: {e}")))?;
    let outcome = match claimed.attempts {
        // Whatever it is that ends the process each time, it shall not do so for ever.
        tries if tries > MOST_TRIES => Err(Error::Bug("every process that began it ended in the middle".into())),
        _ => make(house, claimed.id, &draft).await,
    };
    let at = house.clock().now();
    match outcome {
        Ok(made) => {
            let outcome = json!({ "slug": made.slug, "name": made.name });
            house.control().run(ready(claimed.id, outcome, at)).await?;
            let _ = tokio::fs::remove_file(draft::logo_path(house, claimed.id)).await;
        }
        Err(error) => {
            let (draft, sentence, again) = verdict(error, draft, claimed.id, claimed.attempts, at);
            let (slug, json) = (draft.slug.clone(), draft::json_of(&draft)?);
            let outcome = json!({ "sentence": sentence });
            house.control().run(failed(claimed.id, me, json, slug, outcome, again, at)).await?;
        }
    }
    Ok(true)
}

/// What a failure means: the answers that are left, the sentence, and when it is tried again by itself.
fn verdict(error: Error, draft: Draft, id: Uuid, tries: i32, at: Timestamp) -> (Draft, String, Option<Timestamp>) {
    if let Error::Invalid(errors) = &error {
        let sentence = errors.iter().map(|e| e.message.as_str()).collect::<Vec<_>>().join(" ");
        // The address went to somebody else between the question and now: it is asked again.
        let slug = draft.slug.clone().filter(|_| !errors.iter().any(|e| e.pointer == "/slug"));
        return (Draft { slug, ..draft }, sentence, None);
    }
    tracing::error!(%error, signup = %id, tries, "a company could not be set up");
    if tries >= MOST_TRIES {
        let sentence = format!(
            "Something broke on our side, {MOST_TRIES} times. What you answered is kept: try again later, or write to us and name {id}."
        );
        return (draft, sentence, None);
    }
    let pause = FIRST_PAUSE << (tries - 1).clamp(0, 10);
    let again = at.saturating_add(SignedDuration::from_secs(pause)).ok();
    (draft, "Something broke on our side. Nothing is lost, and it is tried again by itself.".into(), again)
}

async fn make(house: &House, id: Uuid, draft: &Draft) -> Result<Made> {
    let desk = house.control();
    if let Some(made) = desk.run(made(id)).await? {
        return Ok(made);
    }
    let outcome = raise(house, id, draft).await;
    // A failure may have come after the commit, or from another worker's being there first.
    match (desk.run(made(id)).await?, outcome) {
        (Some(made), _) => Ok(made),
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Err(Error::Bug("a company was made and is not there".into())),
    }
}

async fn raise(house: &House, id: Uuid, draft: &Draft) -> Result<()> {
    let unfinished = || Error::Bug("a sign-up was begun before its last question".into());
    let draft = draft.clone();
    let (company, you) = (draft.company.ok_or_else(unfinished)?, draft.you.ok_or_else(unfinished)?);
    let country = super::country::of(&company.country);
    let keyring =
        house.kept::<Keyring>().ok_or_else(|| Error::Bug("the house was not started with its keyring".into()))?;
    let logo = match company.logo {
        Some(media_type) => {
            tokio::fs::read(draft::logo_path(house, id)).await.ok().map(|bytes| (media_type, bytes.into()))
        }
        None => None,
    };
    let new = NewCompany {
        name: company.name,
        slug: draft.slug.ok_or_else(unfinished)?,
        plan: draft.plan.ok_or_else(unfinished)?,
        industry: Some(company.industry),
        website_url: company.website,
        owner_name: you.name,
        owner_email: you.email,
        owner_phone: you.phone,
        owner_password_hash: Some(you.password_hash),
        time_zone: Some(company.time_zone),
        currency: Some(country.currency.to_owned()),
        language: Some(country.language.to_owned()),
        country: Some(country.code.to_owned()),
        letterhead: kernel::tenant::Letterhead { phone: company.phone.unwrap_or_default(), ..Default::default() },
        logo,
        ..Default::default()
    };
    company::provision(house, &keyring.dsns, &keyring.secrets, id, new).await
}
