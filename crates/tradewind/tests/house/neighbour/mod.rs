//! A neighbour sees nothing: more than a hundred thousand requests that could show, take or change what is another company's.
//!
//! Requests are made from the routes themselves: every one with a place for an id in path, query or body (forms of pages
//! and uploads too), filled so that it reaches the rules behind the door. In every pairing of placements, by token, API key,
//! session and nobody, by a technician's phone and by each role (the ids of any table by turns, in one pairing or another; in
//! `make attack` in all). A probe fails when its answer differs, by a byte of the
//! body, the status, type, location or version, from that to an id that exists nowhere, or shows any id or name of the
//! neighbour's. What each kind proves:
//!
//! | kind | would fail if |
//! |---|---|
//! | theirs | a record of the neighbour's could be reached by the ids that belong together |
//! | any table | an id were looked up in a table that nobody thought of (photos by files, jobs by visits) |
//! | deleted | what is gone could be told from what never was, theirs or ours |
//! | missing | an id that exists nowhere were taken |
//! | by role | a lesser role came by a way that the owner does not take |
//! | one foreign, one own | only one of several ids were checked against the tenant: a line of another's job, a visit for another's customer |
//! | spelling | an id in capitals, braces, without dashes, as urn or with a space passed a check as text and was then found |
//! | version | 412 or 428 told that there is something, or a weak tag opened it |
//! | key | an answer kept under the neighbour's idempotency key were repeated to us |
//! | cursor | a page continued from where a page of the neighbour's ended showed theirs |
//! | list | a list, search, page or dashboard showed what is theirs, also with their address in a forwarded header |
//! | wrong door | a credential opened another company's address, or two credentials at once opened either |
//! | shut | our own id were given to nobody or to a role without the permission: tells when a permission is lost |
//! | live | events of theirs were heard, or replayed by their number |
//! | own | (the positive control) our own ids answered as missing ones do: then nothing above could have failed |
//!
//! The neighbour's rows are hashed before and after. `sabotage` takes the defences away one by one.
pub mod ask;
pub mod declared;
mod kinds;
pub mod operation;
mod sabotage;
pub mod side;

use ask::Probe;
use declared::Declared;
use harness::TestHouse;
use kernel::module::Route;
use operation::Operation;
use side::Side;
use std::{collections::BTreeMap, sync::Arc};
use tradewind::modules;

/// Own ids that answer as missing ones do, and why.
const NO_DIFFERENCE: &[(&str, &str)] = &[
    // Held with the portal's own session, ids of other customers and a control that succeeds in crate portal's tests.
    ("POST /portal/enter/{token}", "the link is good once, and another probe has used it"),
    ("POST /portal/{customer}/details", "nobody asks with both a form's key and the portal's session"),
    ("POST /portal/{customer}/visits/{visit}/again", "nobody asks with both a form's key and the portal's session"),
    ("POST /portal/{customer}/cards", "nobody asks with both a form's key and the portal's session"),
    ("POST /portal/{customer}/cards/{card}/remove", "nobody asks with both a form's key and the portal's session"),
    ("GET /portal/{customer}/jobs/{work_order}/pdf", "the job of the story goes on, and a paper has who is done"),
    ("/board/map", "no location of the story has a point; crate scheduling's test sees whose way is drawn"),
    (
        "POST /invoices/{id}/deposits/{deposit}",
        "the invoice of the story is no deposit; crate billing's test takes off its own and nobody else's",
    ),
    ("/recalls", "of the chosen technician and items no job is finished; crate work's test tells them apart"),
    ("/api/v1/recalls", "of the chosen technician and items no job is finished; crate work's test tells them apart"),
    ("/api/v1/audit", "the member did nothing to this customer"),
    ("/settings/audit", "the member did nothing to this customer"),
    ("/api/v1/history/{id}/put-back", "the id is a change's, and this is a record's"),
    ("/history/{id}/put-back", "the id is a change's, and this is a record's"),
    ("/technicians/new", "the member is a technician already"),
    ("/board", "the visit is not one of today's tray"),
    ("/book/service", "the item is none that is offered online"),
    ("/api/v1/emails", "the letter is about nothing"),
    ("/settings/email", "the letter is about nothing"),
    ("/settings/email/part", "the letter is about nothing"),
    ("/api/v1/email-blocks/{id}", "the page's own way has freed the address before"),
    ("/account/places/{id}/end", "no session is among the rows: those who ask hold them"),
    ("/api/v1/account/sessions/{id}", "no session is among the rows: those who ask hold them"),
    ("/jobs/{id}/time/{entry}/remove", "the API's own way has removed it before"),
    ("/timesheets/{technician}/time/{entry}/remove", "the API's own way has removed it before"),
    ("/account/passkeys/{id}/remove", "the API's own way has removed it before"),
    ("/mail/unsubscribe/{token}", "the token stands in a letter alone"),
];

pub fn operations(routes: &[Route]) -> Vec<Arc<Operation>> {
    // Streams stay open, signing out ends the session that asks, and the figures of a process change with every request.
    let asked = |r: &&Route| {
        !matches!(r.path, "/live" | "/sign-out" | "/portal/sign-out" | "/metrics") && !r.path.contains("{*")
    };
    routes.iter().filter(asked).flat_map(Operation::all_of).map(Arc::new).collect()
}

fn probe(house: &TestHouse, declared: &Arc<Declared>, ours: &Side, theirs: &Side) -> Arc<Probe> {
    Arc::new(Probe {
        secret_ids: theirs.all.difference(&ours.all).cloned().collect(),
        secret_words: theirs.words.clone(),
        ..Probe::of(&house.router, declared)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_neighbour_sees_nothing() {
    let house = harness::start(modules::list()).await;
    let routes = modules::all().routes;
    let declared = Arc::new(Declared::of(&routes));
    let mut operations = operations(&routes);
    // Whoever asks for a new password at the neighbour's own door, or what a passkey would be asked there, is written down
    // there, as they should be.
    operations
        .retain(|operation| !matches!(operation.route, "/forgot" | "/portal/sign-in" | "/sign-in/passkey/options"));
    let mut counts = BTreeMap::<&str, usize>::new();
    // `make attack` goes on with new companies until there were so many probes, or so many seconds are over; each pairing once at least.
    let number = |name: &str| std::env::var(name).ok().and_then(|said| said.parse::<u64>().ok());
    let (wanted, seconds) = (number("ATTACK_PROBES").unwrap_or(0), number("ATTACK_SECONDS").unwrap_or(u64::MAX));
    let begun = std::time::Instant::now();
    let pairings = [("pooled", "pooled"), ("dedicated", "dedicated"), ("pooled", "dedicated"), ("dedicated", "pooled")];
    for (round, (ours, theirs)) in pairings.into_iter().cycle().enumerate() {
        let so_far: usize = counts.values().sum();
        if round >= pairings.len() && (so_far as u64 >= wanted || begun.elapsed().as_secs() >= seconds) {
            break;
        }
        let (acme, neighbour) = (house.company(ours).await, house.company(theirs).await);
        let (our_side, their_side) = (side::furnish(&acme).await, side::furnish(&neighbour).await);
        assert!(their_side.one.len() >= 28, "the neighbour has rows in too few tables: {:?}", their_side.one.keys());
        let (cast, their_cast) = (side::cast(&acme, &our_side).await, side::cast(&neighbour, &their_side).await);
        let probe = probe(&house, &declared, &our_side, &their_side);
        let untouched = neighbour.fingerprint().await;

        // Each id of any table is asked in each place by each caller once, in one pairing or another; at length, in all of them.
        let turn = if wanted > 0 { (0, 1) } else { (round % pairings.len(), pairings.len()) };
        let mut groups = kinds::alone(&operations, &cast, &our_side, &their_side, turn);
        groups.extend(kinds::spellings(&operations, &cast, &their_side));
        groups.extend(kinds::versions(&operations, &cast, &their_side));
        probe.run(16, groups).await;
        kinds::lists(&probe, &operations, &cast, &their_side).await;
        kinds::shut(&probe, &operations, &cast, &our_side).await;
        kinds::wrong_doors(&probe, &operations, &cast, &their_cast).await;
        // One after the other: what is our own may change, and the answers with it.
        probe.run(1, kinds::pairs(&operations, &cast, &our_side, &their_side)).await;
        // The neighbour's own requests are looked at by an eye that may see everything.
        let eye = Probe::of(&house.router, &declared);
        let cursors = kinds::cursors(&probe, &eye, &operations, &cast, &their_cast).await;
        assert!(cursors >= 8, "only {cursors} lists of the neighbour's have a next page");
        assert_eq!(untouched, neighbour.fingerprint().await, "a probe changed the neighbour's rows");

        let kept = kinds::keep(&eye, &operations, &their_cast, &their_side).await;
        assert!(kept.len() >= 20, "the neighbour has only {} answers under keys", kept.len());
        let untouched = neighbour.fingerprint().await;
        kinds::keys(&probe, kept, &cast, &their_side).await;
        kinds::live(&probe, &house, &cast, &their_cast, &our_side).await;
        assert_eq!(untouched, neighbour.fingerprint().await, "a probe changed the neighbour's rows");

        let leaks = probe.leaks.lock().unwrap().clone();
        let shown: Vec<String> = leaks.iter().take(20).map(|leak| leak.chars().take(1500).collect()).collect();
        assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), shown.join("\n"));
        let undeclared = [&probe.undeclared, &eye.undeclared].map(|all| all.lock().unwrap().clone());
        assert!(undeclared.iter().all(|all| all.is_empty()), "{undeclared:#?}");
        let mut same = kinds::own(&probe, &operations, &cast, &our_side).await;
        same.retain(|(which, _)| {
            let route = which.split(' ').nth(1).unwrap_or_default();
            !NO_DIFFERENCE.iter().any(|(known, _)| route == *known || which == known)
        });
        assert!(same.is_empty(), "these cannot fail, for own ids answer as missing ones do:\n{same:#?}");
        for (kind, count) in probe.counts.lock().unwrap().iter() {
            *counts.entry(kind).or_default() += count;
        }
    }
    let again = counts.remove("asked again").unwrap_or(0);
    let all: usize = counts.values().sum();
    assert!(again * 100 <= all, "{again} of {all} probes differed once: something in the answers is by chance");
    let each: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    println!("{all} probes, no leak: {}", each.join(", "));
    assert!(all >= 100_000, "only {all} probes");
}
