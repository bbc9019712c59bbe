//! Tags as they are shown: small words in their colours, each of which leads to whoever has it.
use maud::{Markup, html};

use super::Tag;
use crate::customer::list::with_tag;

/// A name that is no tag any more, until the customer is settled, is grey.
pub(crate) fn chips(names: &[String], known: &[Tag]) -> Markup {
    let colour = |name: &String| known.iter().find(|tag| tag.name == *name).map_or("grey", |tag| tag.colour.as_str());
    html! { @if !names.is_empty() { span.tagset { @for name in names { (ui::tag_link(colour(name), name, &with_tag(name))) } } } }
}
