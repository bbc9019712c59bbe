//! The words by which a customer is found: name, addresses, numbers, tags, contacts, each folded and kept once; in the index of
//! words, and in one text with the customer.
use kernel::{
    Result, TenantTx, phone, sql,
    text::{digits, fold},
};
use std::collections::BTreeSet;

use super::{Customer, CustomerId};
use crate::{
    contact::{self, Contact},
    equipment,
    location::{self, Location},
    merge,
};

sql! {
    pub(crate) fn add(id: CustomerId, words: Vec<String>) = "
        insert into customer_word (tenant_id, customer_id, word)
        select $1::uuid, $2::uuid, w.word from unnest($3::text[]) w(word)
        on conflict (tenant_id, word, customer_id) do nothing";
    // What stands with the customer says which entries there are: the index begins with the word.
    pub(crate) fn forget(id: CustomerId) -> u64 = "
        delete from customer_word w
        using customer c cross join lateral unnest(string_to_array(c.words, ' ')) old(word)
        where c.tenant_id = $1 and c.id = $2 and w.tenant_id = $1 and w.customer_id = $2 and w.word = old.word";
    fn keep(id: CustomerId, words: String) -> u64 = "
        update customer set words = $3 where tenant_id = $1 and id = $2";
}

/// At most this many, so that a long note-like name cannot fill the index.
const MOST: usize = 400;

/// `besides` are words as they stand with each piece of equipment, and with whoever was merged into this one.
pub(crate) fn of(customer: &Customer, contacts: &[Contact], locations: &[Location], besides: &[String]) -> Vec<String> {
    let mut words = BTreeSet::new();
    text(&mut words, &customer.name);
    words.insert(customer.number.to_string());
    reach(&mut words, customer.email.as_deref(), customer.phone.as_deref());
    if let Some(id) = &customer.external_id {
        text(&mut words, id);
    }
    customer.tags.iter().for_each(|tag| text(&mut words, tag));
    customer.custom.words().for_each(|value| text(&mut words, &value));
    for location in locations {
        for part in
            [Some(&location.street), location.unit.as_ref(), location.city.as_ref(), location.postal_code.as_ref()]
        {
            part.into_iter().for_each(|part| text(&mut words, part));
        }
    }
    for contact in contacts {
        text(&mut words, &contact.name);
        reach(&mut words, contact.email.as_deref(), contact.phone.as_deref());
    }
    words.extend(besides.iter().flat_map(|all| all.split(' ')).filter(|word| !word.is_empty()).map(str::to_owned));
    words.into_iter().take(MOST).collect()
}

fn text(words: &mut BTreeSet<String>, text: &str) {
    words.extend(fold(text).split(' ').filter(|word| !word.is_empty()).map(|word| word.chars().take(40).collect()));
}

/// A phone number is found by all its digits, without the country, and by the last seven or four, as people say them.
fn reach(words: &mut BTreeSet<String>, email: Option<&str>, phone: Option<&str>) {
    if let Some(email) = email {
        text(words, email);
    }
    let all = phone.map(before_extension).map(digits).unwrap_or_default();
    for tail in [all.len(), 10, 7, 4] {
        if tail > 0 && tail <= all.len() {
            words.insert(all[all.len() - tail..].to_owned());
        }
    }
}

/// The switchboard: "(217) 555-0142 ext. 5" is found by what stands before the "e".
fn before_extension(phone: &str) -> &str {
    let phone = phone.trim_start_matches('#');
    let (number, rest) = phone.split_at(phone.find(['e', 'x', '#', ',']).unwrap_or(phone.len()));
    let extension = rest.trim_start_matches(|c| "ext.#, ".contains(c));
    if !extension.is_empty() && extension.bytes().all(|b| b.is_ascii_digit()) { number } else { phone }
}

/// The beginnings of words that were asked for; digits with signs between them are one phone number, whether its country is
/// said or not.
pub(crate) fn asked(query: &str, country: &str) -> Vec<String> {
    let query = query.trim();
    let number = before_extension(query);
    if digits(number).len() >= 4 && number.chars().all(|c| c.is_ascii_digit() || " +-()./".contains(c)) {
        return vec![digits(&phone::written(number, country))];
    }
    let folded = fold(query);
    let words: BTreeSet<String> =
        folded.split(' ').filter(|word| !word.is_empty()).map(|word| word.chars().take(40).collect()).collect();
    words.into_iter().take(6).collect()
}

/// Where the range of words with this beginning ends.
pub(crate) fn end(word: &str) -> String {
    format!("{word}\u{10ffff}")
}

/// Written anew from what is there now.
pub(crate) async fn renew(tx: &mut TenantTx, customer: &Customer) -> Result<()> {
    renew_all(tx, std::slice::from_ref(customer)).await
}

/// The same for many, in as many round trips as for one.
pub(crate) async fn renew_all(tx: &mut TenantTx, all: &[Customer]) -> Result<()> {
    let ids = all.iter().map(|customer| customer.id);
    let read: Vec<_> = ids
        .map(|id| {
            let besides = (equipment::words_of(id), merge::words_of(id));
            (contact::of_customer(id), location::of_customer(id), besides, forget(id))
        })
        .collect();
    let (mut kept, mut added) = (vec![], vec![]);
    for (customer, (contacts, locations, (mut besides, merged), _)) in all.iter().zip(tx.run(read).await?) {
        besides.extend(merged);
        let words = of(customer, &contacts, &locations, &besides);
        kept.push(keep(customer.id, words.join(" ")));
        added.push(add(customer.id, words));
    }
    tx.run(kept).await?;
    tx.queue(added);
    Ok(())
}

#[test]
fn a_number_is_asked_for_however_it_is_typed() {
    for number in ["(217) 555-0142", "+1 217 555 0142", "217.555.0142 x12", "1-217-555-0142 ext. 12"] {
        assert_eq!(asked(number, "US"), ["2175550142"], "{number}");
    }
    assert_eq!(asked("#1042", "US"), ["1042"]);
    assert_eq!(asked("12 Elm", "US"), ["12", "elm"]);
    assert_eq!(asked("1200 elm", "US"), ["1200", "elm"]);
    assert_eq!(asked("  Ñandú  ", "US"), ["nandu"]);
    assert!(asked("--", "US").is_empty());
}
