//! Categories as the tree they are: parents before children, in their order, with how deep each stands.
use std::collections::{HashMap, HashSet};

use super::{Category, CategoryId};

/// Each with its depth, 0 for those on top. What is below an archived one stands on top.
pub fn ordered(all: &[Category]) -> Vec<(usize, &Category)> {
    let known: HashSet<CategoryId> = all.iter().map(|one| one.id).collect();
    let mut below: HashMap<Option<CategoryId>, Vec<&Category>> = HashMap::new();
    for one in all {
        below.entry(one.parent_id.filter(|id| known.contains(id))).or_default().push(one);
    }
    let mut out = Vec::with_capacity(all.len());
    let mut waiting: Vec<(usize, &Category)> = vec![];
    waiting.extend(below.get(&None).into_iter().flatten().rev().map(|one| (0, *one)));
    while let Some((depth, one)) = waiting.pop() {
        out.push((depth, one));
        if depth < 10 {
            waiting.extend(below.get(&Some(one.id)).into_iter().flatten().rev().map(|one| (depth + 1, *one)));
        }
    }
    out
}

/// The category and all below it.
pub fn with_all_below(all: &[Category], id: CategoryId) -> Vec<CategoryId> {
    let ordered = ordered(all);
    let Some(at) = ordered.iter().position(|(_, one)| one.id == id) else { return vec![id] };
    let depth = ordered[at].0;
    let below = ordered[at + 1..].iter().take_while(|(deep, _)| *deep > depth);
    std::iter::once(id).chain(below.map(|(_, one)| one.id)).collect()
}

/// For lists in which nothing can be indented but by letters.
fn indented(depth: usize, name: &str) -> String {
    format!("{}{name}", "\u{2003}".repeat(depth))
}

/// For a field to choose one of them; `none` is what choosing none means.
pub fn choices(ordered: &[(usize, &Category)], none: &str) -> Vec<(String, String)> {
    let none = std::iter::once((String::new(), none.to_owned()));
    none.chain(ordered.iter().map(|(depth, one)| (one.id.to_string(), indented(*depth, &one.name)))).collect()
}

/// "Heating › Furnaces" for each.
pub fn paths(all: &[Category]) -> HashMap<CategoryId, String> {
    let mut paths: HashMap<CategoryId, String> = HashMap::new();
    for (_, one) in ordered(all) {
        let above = one.parent_id.and_then(|id| paths.get(&id));
        let path = above.map_or_else(|| one.name.clone(), |above| format!("{above} › {}", one.name));
        paths.insert(one.id, path);
    }
    paths
}
