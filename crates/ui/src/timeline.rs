//! What happened, newest first: an icon, a sentence, a time, and what belongs to it.
use crate::icon;
use maud::{Markup, html};

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Happened {
    /// An icon.
    pub icon: String,
    /// `""`, `tone-good`, `tone-bad`, or a state's class (`crate::status_class`).
    pub tone: &'static str,
    /// "Marco finished AC tune-up", with its link.
    pub what: Markup,
    /// "9:04", formatted.
    pub when: String,
    /// The instant for machines.
    pub datetime: String,
    /// Words under it.
    pub more: Option<Markup>,
}

/// A day of the timeline.
pub fn day(title: &str, items: &[Happened]) -> Markup {
    html! { h3."day-h" { (title) } ol.tl { @for item in items { (happened(item)) } } }
}

/// One line of it.
pub fn happened(item: &Happened) -> Markup {
    html! {
        li { span."tl-i".(item.tone) { (icon(&item.icon)) } p."tl-t" { (item.what) }
            time datetime=(item.datetime) { (item.when) }
            @if let Some(more) = &item.more { div."tl-x" { (more) } } }
    }
}

/// What somebody said, as a bubble.
pub fn bubble(words: &str) -> Markup {
    html! { span.bubble { (words) } }
}

/// The box a note is written in. `kinds` are `(value, icon, label)`; the first is chosen.
pub fn composer(action: &str, placeholder: &str, kinds: &[(&str, &str, &str)], verb: &str) -> Markup {
    html! {
        form.composer method="post" action=(action) aria-label="Write to the timeline" data-form {
            (crate::form::key())
            label.vh for="composer" { "Words" }
            textarea #composer name="body" rows="1" required placeholder=(placeholder) {}
            div."composer-foot" {
                @if kinds.len() > 1 {
                    div.seg role="radiogroup" aria-label="Kind" { @for (n, (value, sign, label)) in kinds.iter().enumerate() {
                        label { input.vh type="radio" name="kind" value=(value) checked[n == 0]; (crate::icon_class(sign, "i-s")) (label) }
                    } }
                }
                span."flex-1" {}
                button.btn type="submit" { (verb) }
            }
        }
    }
}
