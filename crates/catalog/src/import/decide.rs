//! What becomes of each line: nothing is written here.
use jiff::Timestamp;
use kernel::{Checks, Currency, Error, Result, TenantTx};
use std::collections::{HashMap, HashSet};

use super::{
    book::Book,
    deed::{Deed, Entry},
    field::Field,
    line::{Fault, Said},
    meant::{Meant, meant},
    parts,
};
use crate::{
    category::{CategoryId, Status},
    item::{
        Item, Kind, Pricing, SoldAs,
        create::{fits, priced},
    },
};

/// What becomes of a line.
pub(super) enum Decision {
    Written(Box<Deed>),
    Same,
    Wrong(Fault),
}

pub(super) type Read = (i32, Result<Said, Fault>);

/// `held`: what the lines mean is written next, and nobody else changes it before.
pub(super) async fn decide(tx: &mut TenantTx, lines: Vec<Read>, held: bool) -> Result<(Book, Vec<(i32, Decision)>)> {
    let (at, currency) = (tx.now(), tx.currency());
    let said: Vec<&Said> = lines.iter().filter_map(|(_, said)| said.as_ref().ok()).collect();
    let mut book = Book::load(tx, &said, held).await?;
    let (mut decisions, mut read) = (HashMap::new(), vec![]);
    let order: Vec<i32> = lines.iter().map(|(line, _)| *line).collect();
    for (line, said) in lines {
        match said {
            Ok(said) => read.push((line, said)),
            Err(fault) => drop(decisions.insert(line, Decision::Wrong(fault))),
        }
    }
    let (meant, twice) = meant(&book, read);
    decisions.extend(twice.into_iter().map(|(line, fault)| (line, Decision::Wrong(fault))));
    let mut deeds: Vec<(i32, Deed)> = vec![];
    let ids = parts::Ids::of(&book, &meant);
    for one in &meant {
        match deed(&mut book, &ids, one, at, currency) {
            Ok(deed) => deeds.push((one.line, deed)),
            Err(fault) => drop(decisions.insert(one.line, Decision::Wrong(fault))),
        }
    }
    let there = book.items.iter().map(|item| item.id.0);
    let faults = parts::faults(tx, there, deeds.iter().map(|(line, deed)| (*line, deed))).await?;
    for (line, deed) in deeds {
        let decision = match faults.get(&line) {
            Some(fault) => Decision::Wrong(fault.clone()),
            None if deed.before.as_ref().is_some_and(|before| deed.after.is_as(before)) => Decision::Same,
            None => Decision::Written(Box::new(deed)),
        };
        decisions.insert(line, decision);
    }
    let decided = order.into_iter().filter_map(|line| decisions.remove(&line).map(|decision| (line, decision)));
    Ok((book, decided.collect()))
}

/// The item as it would be: what the line does not say stays, or is as it is for any new item.
fn deed(book: &mut Book, ids: &parts::Ids, meant: &Meant, at: Timestamp, currency: Currency) -> Result<Deed, Fault> {
    let Meant { said, known, item, .. } = meant;
    let known: Option<Item> = known.and_then(|n| book.items.get(n).cloned());
    let before = known.as_ref().map(|item| book.entry(item));
    let mut after = before.clone().unwrap_or_else(|| blank(said));
    after.name.clone_from(&said.name);
    let texts =
        [(&mut after.code, &said.code), (&mut after.description, &said.description), (&mut after.unit, &said.unit)];
    for (slot, said) in texts {
        if said.is_some() {
            slot.clone_from(said);
        }
    }
    after.kind = said.kind.unwrap_or(after.kind);
    after.minutes = said.minutes.unwrap_or(after.minutes);
    after.online = said.online.unwrap_or(after.online);
    after.pricing = said.pricing.unwrap_or(after.pricing);
    after.sold_as = said.sold_as.unwrap_or(after.sold_as);
    after.status = said.status.unwrap_or(Status::Active);
    if let Some(path) = &said.category {
        after.category_id = book.category(path, at)?;
    }
    if let Some(tax) = &said.tax {
        after.tax_rate_id = book.tax(tax, known.as_ref(), at)?;
    }
    if let Some(name) = &said.labor_rate {
        after.labor_rate_id = Some(book.labor_rate(name, after.labor_rate_id)?);
    }
    if let Some(parts) = &said.parts {
        after.parts = ids.resolve(parts)?;
    }
    if let Some(kept) = known.as_ref().filter(|item| item.currency != currency.code() && said.says_amounts()) {
        let says = format!(
            "“{}” is kept in {}. Give it a price in {} in the price book first.",
            kept.name,
            kept.currency,
            currency.code()
        );
        let about = if said.price.is_some() { Field::Price } else { Field::Cost };
        return Err(Fault::of(about, says));
    }
    // What a rule reckons is not set by hand; for what is new it is what it begins with.
    let by_rule = after.by_rule();
    if before.is_none() || !by_rule.price {
        after.price = said.price.unwrap_or(after.price);
    }
    if before.is_none() || !by_rule.cost {
        after.cost = said.cost.or(after.cost);
    }
    if before.is_none() && said.price.is_none() && !by_rule.price {
        return Err(Fault::of(Field::Price, "Give its price."));
    }
    check(&mut after)?;
    Ok(Deed { item: *item, version: known.map_or(0, |item| item.version), before, after })
}

fn blank(said: &Said) -> Entry {
    let minutes = said.minutes.unwrap_or(0);
    Entry {
        category_id: None,
        kind: if minutes > 0 { Kind::Service } else { Kind::Material },
        name: String::new(),
        code: None,
        description: None,
        unit: None,
        minutes: 0,
        price: 0,
        cost: None,
        tax_rate_id: None,
        online: false,
        pricing: Pricing::Fixed,
        labor_rate_id: None,
        sold_as: SoldAs::One,
        status: Status::Active,
        parts: vec![],
    }
}

/// As any other item is checked.
fn check(after: &mut Entry) -> Result<(), Fault> {
    let mut checks = Checks::default();
    checks.text("name", &mut after.name, 120, "a name");
    checks.optional("code", &mut after.code, 40);
    checks.optional("description", &mut after.description, 2000);
    checks.optional("unit", &mut after.unit, 20);
    fits(&mut checks, after.kind, after.minutes, after.online);
    priced(&mut checks, after.kind, after.pricing, after.sold_as, after.cost.is_some());
    let Err(Error::Invalid(faults)) = checks.done() else { return Ok(()) };
    let Some(fault) = faults.into_iter().next() else { return Ok(()) };
    let about = match fault.pointer.as_str() {
        "/name" => Field::Name,
        "/code" => Field::Code,
        "/description" => Field::Description,
        "/unit" => Field::Unit,
        "/duration_minutes" => Field::Minutes,
        "/online" => Field::Online,
        "/pricing" => Field::Pricing,
        "/sold_as" => Field::SoldAs,
        _ => Field::Cost,
    };
    Err(Fault::of(about, fault.message))
}

/// The categories that these need of those that are new, what stands above before what stands below.
pub(super) fn needed(book: &Book, deeds: &[Deed]) -> Vec<CategoryId> {
    let mut needed: HashSet<CategoryId> = HashSet::new();
    for deed in deeds {
        let mut above = deed.after.category_id.map(CategoryId);
        while let Some(id) = above.filter(|id| book.new_categories.contains(id) && needed.insert(*id)) {
            above = book.head(id).and_then(|(one, _)| one.parent_id);
        }
    }
    book.categories.iter().map(|one| one.id).filter(|id| needed.contains(id)).collect()
}
