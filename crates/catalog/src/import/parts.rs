//! What items consist of, as a file says it: which items are meant, and that nothing ends up within itself.
use kernel::{Result, TenantTx, text::fold};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use super::{
    book::Book,
    deed::Deed,
    field::Field,
    line::{Fault, Named},
    meant::Meant,
};
use crate::{category::Status, item::Kind, part::MOST};

/// Chains of items within items are no longer, as the database has it.
const DEEPEST: usize = 5;

/// Items by what parts are called: those of the book, and those that the file adds.
pub(super) struct Ids {
    by_code: HashMap<String, Uuid>,
    by_name: HashMap<String, Vec<(Option<String>, Uuid)>>,
}

impl Ids {
    pub fn of(book: &Book, meant: &[Meant]) -> Self {
        let mut ids = Self { by_code: HashMap::new(), by_name: HashMap::new() };
        let said: HashMap<usize, &Meant> = meant.iter().filter_map(|one| Some((one.known?, one))).collect();
        for (n, item) in book.items.iter().enumerate() {
            if item.status == Status::Active && !said.contains_key(&n) {
                ids.add(item.code.clone(), &item.name, item.id.0);
            }
        }
        for one in meant {
            let known = one.known.and_then(|n| book.items.get(n));
            let code = one.said.code.clone().or_else(|| known.and_then(|item| item.code.clone()));
            ids.add(code, &one.said.name, one.item);
        }
        ids
    }

    fn add(&mut self, code: Option<String>, name: &str, id: Uuid) {
        self.by_name.entry(fold(name)).or_default().push((code.clone(), id));
        if let Some(code) = code {
            self.by_code.insert(code, id);
        }
    }

    pub fn resolve(&self, parts: &[(i64, Named)]) -> Result<Vec<(Uuid, i64)>, Fault> {
        let fault = |says: String| Err(Fault::of(Field::Parts, says));
        if parts.len() > MOST {
            return fault("An item consists of at most 50 others.".into());
        }
        let mut found: Vec<(Uuid, i64)> = vec![];
        for (quantity, named) in parts {
            let (called, code) = match named {
                Named::Name(name) => (name, None),
                Named::Code(code) => (code, self.by_code.get(code)),
            };
            let named = self.by_name.get(&fold(called)).map(Vec::as_slice).unwrap_or_default();
            // Of those of one name the one without a code is called by it.
            let bare: Vec<Uuid> = named.iter().filter(|(code, _)| code.is_none()).map(|(_, id)| *id).collect();
            let id = match (code, bare.as_slice(), named) {
                (Some(id), ..) | (None, [id], _) | (None, _, [(_, id)]) => *id,
                (None, _, []) => {
                    return fault(format!("There is no item “{called}”, neither in the price book nor in this file."));
                }
                _ => return fault(format!("There are several items “{called}”. Give the part's code.")),
            };
            if found.iter().any(|(other, _)| *other == id) {
                return fault(format!("“{called}” stands there twice. Give it once, with the sum."));
            }
            found.push((id, *quantity));
        }
        Ok(found)
    }
}

/// The lines that cannot be, for what they consist of: refused too are those that have a refused line's new item in them.
/// `there`: other items that are there.
pub(super) async fn faults<'a>(
    tx: &mut TenantTx,
    there: impl Iterator<Item = Uuid>,
    deeds: impl Iterator<Item = (i32, &'a Deed)>,
) -> Result<HashMap<i32, Fault>> {
    let mut faults = HashMap::new();
    let deeds: Vec<(i32, &Deed)> = deeds.collect();
    let differ = |deed: &Deed| deed.before.as_ref().is_none_or(|before| before.parts != deed.after.parts);
    let changed: Vec<&(i32, &Deed)> =
        deeds.iter().filter(|(_, deed)| !deed.after.parts.is_empty() && differ(deed)).collect();
    let touched = changed.iter().flat_map(|(_, deed)| deed.after.parts.iter().map(|(id, _)| *id).chain([deed.item]));
    let touched: HashSet<Uuid> = touched.collect();
    let mut edges = Book::around(tx, touched.into_iter().collect()).await?;
    for (_, deed) in &deeds {
        edges.insert(deed.item, deed.after.parts.clone());
    }
    let there: HashSet<Uuid> = deeds.iter().map(|(_, deed)| deed.item).chain(there).collect();
    let mut within: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (item, parts) in &edges {
        parts.iter().for_each(|(part, _)| within.entry(*part).or_default().push(*item));
    }
    let down = |id: Uuid| deepest(id, &|id| edges.get(&id).into_iter().flatten().map(|(part, _)| *part).collect());
    let up = |id: Uuid| deepest(id, &|id| within.get(&id).cloned().unwrap_or_default());
    for (line, deed) in deeds.iter().filter(|(_, deed)| !deed.after.parts.is_empty()) {
        let says = match () {
            () if !matches!(deed.after.kind, Kind::Bundle | Kind::Service) => {
                "Only bundles and services consist of others."
            }
            () if down(deed.item) + up(deed.item) > DEEPEST + 1 => {
                "Bundles go four deep, and nothing is within itself. Make it flatter."
            }
            () => continue,
        };
        faults.insert(*line, Fault::of(Field::Parts, says));
    }
    loop {
        let gone: HashSet<Uuid> = deeds
            .iter()
            .filter(|(line, deed)| faults.contains_key(line) && deed.before.is_none())
            .map(|(_, deed)| deed.item)
            .collect();
        let lost = |id: &Uuid| gone.contains(id) || !there.contains(id);
        let more: Vec<i32> = deeds
            .iter()
            .filter(|(line, deed)| {
                !faults.contains_key(line) && differ(deed) && deed.after.parts.iter().any(|(id, _)| lost(id))
            })
            .map(|(line, _)| *line)
            .collect();
        if more.is_empty() {
            return Ok(faults);
        }
        faults.extend(
            more.into_iter().map(|line| (line, Fault::of(Field::Parts, "A part of it is on a line that is refused."))),
        );
    }
}

/// How many stand one below the other, itself counted; a circle has no end, so it is counted to beyond the deepest.
fn deepest(id: Uuid, next: &dyn Fn(Uuid) -> Vec<Uuid>) -> usize {
    let (mut level, mut depth) = (HashSet::from([id]), 0);
    while !level.is_empty() && depth <= DEEPEST {
        depth += 1;
        level = level.into_iter().flat_map(next).collect();
    }
    depth
}
