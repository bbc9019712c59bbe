//! The structure as PDF tags, so that the paper can be heard in its order.

use std::num::NonZeroU16;

use krilla::tagging::{Identifier, Node, TableHeaderScope, Tag, TagGroup, TagTree};

use crate::structure::{Kind, Structure};

/// `leaves` holds, for each node of the structure, the marked content that belongs to it.
pub fn tree(structure: &Structure, leaves: Vec<Vec<Identifier>>, language: &str) -> TagTree {
    let mut groups: Vec<Option<TagGroup>> = structure.nodes.iter().map(|node| Some(group(&node.kind))).collect();
    for (group, leaves) in groups.iter_mut().zip(leaves) {
        if let Some(group) = group {
            leaves.into_iter().for_each(|leaf| group.push(leaf));
        }
    }
    let mut roots: Vec<Node> = Vec::new();
    // A parent stands before its children, so from the end every group is complete when it is handed up.
    for index in (0..groups.len()).rev() {
        let Some(child) = groups[index].take() else { continue };
        match structure.nodes[index].parent.and_then(|parent| groups[parent].as_mut()) {
            Some(parent) => parent.children.insert(0, child.into()),
            // An empty cell still holds its place in the row; anything else without content is not told.
            None => roots.push(child.into()),
        }
    }
    roots.reverse();
    let mut tree = TagTree::from(roots);
    if !language.is_empty() {
        tree = tree.with_lang(Some(language.to_owned()));
    }
    tree
}

fn group(kind: &Kind) -> TagGroup {
    let level = |level| NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
    match kind {
        Kind::Title(text) => TagGroup::new(Tag::Hn(level(1), Some(text.clone()))),
        Kind::Heading(text) => TagGroup::new(Tag::Hn(level(2), Some(text.clone()))),
        Kind::Paragraph => TagGroup::new(Tag::P),
        Kind::Figure(alt) => TagGroup::new(Tag::Figure(Some(alt.clone()))),
        Kind::Link(_) => TagGroup::new(Tag::Link),
        Kind::Table => TagGroup::new(Tag::Table),
        Kind::TableHead => TagGroup::new(Tag::THead),
        Kind::TableBody => TagGroup::new(Tag::TBody),
        Kind::TableRow => TagGroup::new(Tag::TR),
        Kind::ColumnHeading => TagGroup::new(Tag::TH(TableHeaderScope::Column)),
        Kind::RowHeading => TagGroup::new(Tag::TH(TableHeaderScope::Row)),
        Kind::Cell => TagGroup::new(Tag::TD),
    }
}
