//! What the customer prefers, where a visit is planned: who is proposed first, and a word to whoever plans otherwise.
use customers::{CustomerId, Preferences, preference};
use jiff::Timestamp;
use kernel::{Error, Result, TenantTx, row, sql, tenant::Locale};
use maud::{Markup, html};
use tenancy::MemberId;

use crate::{
    say,
    technician::{Technician, TechnicianId},
};

row! { struct Sent { member_id: MemberId, name: String } }

sql! {
    fn sent(technician: Option<TechnicianId>) -> Option<Sent> = "
        select member_id, name from technician where tenant_id = $1 and id = $2";
}

/// Asks whether it is meant. `starts_at` is none where the time stays as it was agreed.
pub(super) async fn heed(
    tx: &mut TenantTx,
    customer: CustomerId,
    technician: Option<TechnicianId>,
    starts_at: Option<Timestamp>,
    locale: &Locale,
) -> Result<()> {
    let (wishes, sent) = tx.run((preference::of_customer(customer), sent(technician))).await?;
    // Whoever is not there is refused where the visit is written.
    let Some(wishes) = wishes else { return Ok(()) };
    let who = sent.as_ref().map(|sent| (sent.member_id, sent.name.as_str()));
    let against = wishes.against(who, starts_at.map(|at| say::local(at, locale).datetime()), locale);
    match against.is_empty() {
        true => Ok(()),
        false => Err(Error::Ask { code: "not_preferred", message: against.join(" ") }),
    }
}

pub(super) fn preferred<'a>(technicians: &'a [Technician], wishes: &Preferences) -> Option<&'a Technician> {
    technicians.iter().find(|one| wishes.preferred_technician == Some(one.member_id))
}

fn unwanted(technician: &Technician, wishes: &Preferences) -> bool {
    wishes.unwanted_technicians.contains(&technician.member_id)
}

/// The choices of a form: whom the customer prefers first, whom they do not want last, each with a word.
pub(super) fn people(technicians: &[Technician], wishes: &Preferences, nobody: &str) -> Vec<(String, String)> {
    let preferred = preferred(technicians, wishes).map(|one| one.id);
    let mut ranked: Vec<(u8, String, String)> = technicians
        .iter()
        .map(|one| match one {
            one if preferred == Some(one.id) => (0, one.id.to_string(), format!("{} (preferred)", one.name)),
            one if unwanted(one, wishes) => (2, one.id.to_string(), format!("{} (not to be sent)", one.name)),
            one => (1, one.id.to_string(), one.name.clone()),
        })
        .collect();
    ranked.sort_by_key(|(rank, ..)| *rank);
    let ranked = ranked.into_iter().map(|(_, id, words)| (id, words));
    [(String::new(), nobody.to_owned())].into_iter().chain(ranked).collect()
}

/// Of those who are free then: the preferred one, else anybody who may be sent.
pub(super) fn first<'a>(
    free: &'a [TechnicianId],
    technicians: &[Technician],
    wishes: &Preferences,
) -> Option<&'a TechnicianId> {
    let known = |id: &TechnicianId| technicians.iter().find(|one| one.id == *id);
    let wanted = |id: &&TechnicianId| known(id).is_some_and(|one| wishes.preferred_technician == Some(one.member_id));
    let sendable = |id: &&TechnicianId| known(id).is_none_or(|one| !unwanted(one, wishes));
    free.iter().find(wanted).or_else(|| free.iter().find(sendable)).or(free.first())
}

/// What there is to heed, before anything is chosen.
pub(super) fn note(wishes: &Preferences, locale: &Locale) -> Markup {
    let facts = wishes.of_visits(locale);
    html! { @if !facts.is_empty() {
        (ui::note("info", html! { p { strong { "What the customer prefers. " } @for (name, value) in &facts { (name) ": " (value) ". " } } }))
    } }
}
