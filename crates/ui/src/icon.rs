//! Icons: lucide's, from one sprite; the names are listed in `web/icons.txt`, and a name that is not there fails tests.
use crate::assets;
use maud::{Markup, PreEscaped};
use std::{collections::HashSet, sync::LazyLock};

/// A page draws hundreds of icons, so looking one up must cost nothing.
static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("../../../web/icons.txt").lines().collect());

/// An icon of 16 pixels, hidden from screen readers: the words beside it say what it means.
pub fn icon(name: &str) -> Markup {
    icon_class(name, "")
}

/// An icon with further classes: `i-s` is 14 pixels, `i-l` 20, `dim` quiet.
pub fn icon_class(name: &str, class: &'static str) -> Markup {
    debug_assert!(known(name), "the icon {name:?} is not in web/icons.txt: add it there and run `make web`");
    let name = if known(name) { name } else { "circle-help" };
    let sprite = assets::href("icons.svg");
    let space = if class.is_empty() { "" } else { " " };
    // Nothing here is anybody's input, so nothing is escaped letter by letter.
    let parts =
        ["<svg class=\"i", space, class, "\" aria-hidden=\"true\"><use href=\"", &sprite, "#", name, "\"></use></svg>"];
    PreEscaped(parts.concat())
}

/// Whether the sprite has this icon; ask before drawing a name that comes from data.
pub fn known(name: &str) -> bool {
    NAMES.contains(name)
}
