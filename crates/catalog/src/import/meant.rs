//! Which item each line means: by its code, by all that tells it, or by what is left.
use kernel::text::fold;
use std::collections::HashMap;
use uuid::Uuid;

use super::{
    book::Book,
    field::Field,
    line::{Fault, Said},
};
use crate::{
    category::Status,
    item::{Item, ItemId, Kind},
};

/// A line and the item it means.
pub(super) struct Meant {
    pub line: i32,
    pub said: Said,
    /// Where in the book; none: it is new.
    pub known: Option<usize>,
    pub item: Uuid,
}

/// By which a line is told from others where it has no code.
type Key = (String, Option<Kind>, Option<String>);

fn path(said: &Said) -> Option<String> {
    said.category.as_ref().map(|names| names.iter().map(|name| fold(name)).collect::<Vec<_>>().join("\n"))
}

fn path_of(book: &Book, item: &Item) -> String {
    let mut names = vec![];
    let mut above = item.category_id;
    while let Some((one, name)) = above.and_then(|id| book.head(id)).filter(|_| names.len() < 10) {
        names.push(name);
        above = one.parent_id;
    }
    names.reverse();
    names.join("\n")
}

/// The items of a book by what a line can say; what is in the book stands before what was taken out of it.
struct Register<'a> {
    book: &'a Book,
    by_code: HashMap<&'a str, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    paths: Vec<String>,
    /// By which line.
    taken: HashMap<usize, i32>,
}

impl<'a> Register<'a> {
    fn of(book: &'a Book) -> Self {
        let mut by_code: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        let mut order: Vec<usize> = (0..book.items.len()).collect();
        order.sort_by_key(|n| book.items[*n].status == Status::Archived);
        for n in order {
            let item = &book.items[n];
            if let Some(code) = &item.code {
                by_code.entry(code).or_default().push(n);
            }
            by_name.entry(fold(&item.name)).or_default().push(n);
        }
        let paths = book.items.iter().map(|item| path_of(book, item)).collect();
        Self { book, by_code, by_name, paths, taken: HashMap::new() }
    }

    fn coded(&self, said: &Said) -> Option<usize> {
        self.by_code.get(said.code.as_deref()?)?.first().copied()
    }

    /// Those of the name and kind that no line means yet. One that has a code is another, unless the line has none to say.
    fn named(&self, said: &Said) -> Vec<usize> {
        let fits = |n: &usize| {
            let item = &self.book.items[*n];
            let kind = said.kind.is_none_or(|kind| kind == item.kind);
            kind && (said.code.is_none() || item.code.is_none()) && !self.taken.contains_key(n)
        };
        self.by_name.get(&fold(&said.name)).into_iter().flatten().copied().filter(fits).collect()
    }

    /// In the category that the line says, one without a code rather than one with.
    fn there(&self, said: &Said) -> Option<usize> {
        let path = path(said);
        let mut all = self.named(said);
        all.retain(|n| path.as_ref().is_none_or(|path| *path == self.paths[*n]));
        let codeless = all.iter().find(|n| self.book.items[**n].code.is_none()).copied();
        codeless.or_else(|| all.first().copied())
    }

    /// The only one in the book: it goes into another category.
    fn left(&self, said: &Said) -> Option<usize> {
        let mut all = self.named(said);
        all.retain(|n| self.book.items[*n].status == Status::Active);
        if let [one] = all.as_slice() { Some(*one) } else { None }
    }
}

/// Surely meant first, of all lines, so that none takes what another names.
pub(super) fn meant(book: &Book, read: Vec<(i32, Said)>) -> (Vec<Meant>, Vec<(i32, Fault)>) {
    let mut register = Register::of(book);
    let mut found: HashMap<i32, usize> = HashMap::new();
    let mut faults: HashMap<i32, Fault> = HashMap::new();
    for look in [Register::coded, Register::there, Register::left] {
        for (line, said) in &read {
            if found.contains_key(line) || faults.contains_key(line) {
                continue;
            }
            let Some(n) = look(&register, said) else { continue };
            match register.taken.get(&n) {
                Some(other) => {
                    let says = format!("Line {other} is about the same item.");
                    faults.insert(*line, Fault::of(Field::Code, says));
                }
                None => {
                    register.taken.insert(n, *line);
                    found.insert(*line, n);
                }
            }
        }
    }
    let (mut codes, mut keys): (HashMap<String, i32>, HashMap<Key, i32>) = Default::default();
    let mut meant = vec![];
    for (line, said) in read {
        if faults.contains_key(&line) {
            continue;
        }
        let known = found.get(&line).copied();
        let twin = match &said.code {
            Some(code) => codes.insert(code.clone(), line).map(|other| format!("Line {other} has this code already.")),
            // Two that the book has so are told apart by being there; what is new beside one of them is not.
            None => {
                let other = keys.insert((fold(&said.name), said.kind, path(&said)), line);
                other.filter(|_| known.is_none()).map(|other| {
                    format!("Line {other} has the same name, kind and category. Give each a code of its own.")
                })
            }
        };
        if let Some(says) = twin {
            faults.insert(line, Fault::of(Field::Code, says));
            continue;
        }
        let item = known.map_or_else(|| ItemId::new().0, |n| book.items[n].id.0);
        meant.push(Meant { line, said, known, item });
    }
    (meant, faults.into_iter().collect())
}
