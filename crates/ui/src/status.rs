//! The state of things: icon, word and colour together, never colour alone; tags, avatars, keys.
use crate::{escaped, icon, icon_class};
use maud::{Markup, html};

/// How a state looks: class, icon, word.
struct Look(&'static str, &'static str, &'static str);

fn look(name: &str) -> Look {
    match name {
        "requested" | "pending" | "held" => Look("st-requested", "circle-dashed", "Requested"),
        "confirmed" | "scheduled" => Look("st-confirmed", "calendar-check", "Confirmed"),
        "en_route" | "enroute" => Look("st-enroute", "truck", "En route"),
        "arrived" => Look("st-onsite", "map-pin", "Arrived"),
        "on_site" | "onsite" | "in_progress" => Look("st-onsite", "wrench", "On site"),
        "completed" | "done" => Look("st-completed", "check", "Completed"),
        "cancelled" => Look("st-cancelled", "x", "Cancelled"),
        "no_show" | "noshow" => Look("st-noshow", "user-x", "No-show"),
        "draft" => Look("inv-draft", "pen-line", "Draft"),
        "issued" | "sent" => Look("inv-issued", "send", "Issued"),
        "part_paid" | "partially_paid" => Look("inv-part", "circle-dollar-sign", "Part paid"),
        "paid" => Look("inv-paid", "check", "Paid"),
        "overdue" => Look("inv-overdue", "circle-alert", "Overdue"),
        "written_off" => Look("inv-draft", "ban", "Written off"),
        "void" => Look("inv-void", "ban", "Void"),
        "active" | "approved" | "accepted" | "on" => Look("inv-paid", "circle-check", "Active"),
        "invited" | "trial" => Look("inv-issued", "clock", "Invited"),
        "suspended" | "failed" | "declined" | "blocked" => Look("inv-overdue", "ban", "Suspended"),
        _ => Look("inv-draft", "circle", ""),
    }
}

/// A state as a pill, in our words: `status("on_site")`.
pub fn status(name: &str) -> Markup {
    let Look(class, sign, word) = look(name);
    pill(class, sign, if word.is_empty() { name } else { word })
}

/// A state as a pill, in the tenant's language or with more words: `status_saying("no_show", "Nobody home 9:12")`.
pub fn status_saying(name: &str, words: &str) -> Markup {
    let Look(class, sign, _) = look(name);
    pill(class, sign, words)
}

/// A state inside a line of a table: an icon in its colour before other words, such as the day of the visit.
pub fn status_line(name: &str, words: &str) -> Markup {
    let Look(class, sign, word) = look(name);
    html! { span.nextv.(class) { (icon(sign)) span.vh { (word) ": " } span { (words) } } }
}

fn pill(class: &str, sign: &str, words: &str) -> Markup {
    html! { span.status.(class) { (icon(sign)) (words) } }
}

/// The class that colours anything by a state: `st-confirmed`.
pub fn status_class(name: &str) -> &'static str {
    look(name).0
}
/// The icon of a state.
pub fn status_icon(name: &str) -> &'static str {
    look(name).1
}
/// The word of a state, in English.
pub fn status_word(name: &str) -> &'static str {
    look(name).2
}

/// A quiet label: a customer's tag, a skill.
pub fn tag(words: &str) -> Markup {
    html! { span.tag { (words) } }
}

/// A label in one of the colours `grey`, `blue`, `green`, `amber`, `red`, `indigo`, `violet`. The word says it all; the colour
/// only helps to find it again.
pub fn tag_in(colour: &str, words: &str) -> Markup {
    html! { span class={ "tag tag-" (colour) } { (words) } }
}

/// The same as a link.
pub fn tag_link(colour: &str, words: &str, href: &str) -> Markup {
    html! { a class={ "tag tag-" (escaped(colour)) } href=(escaped(href)) { (escaped(words)) } }
}

/// A label with an icon, for plans and marks.
pub fn tag_icon(name: &str, words: &str) -> Markup {
    html! { span.tag { (icon_class(name, "i-s")) (words) } }
}

/// Two letters for a person. With a name it is read out; without, the name stands beside it.
pub fn avatar(initials: &str, name: Option<&str>, class: &str) -> Markup {
    html! {
        @match name {
            Some(name) => span.avatar.(class) role="img" aria-label=(name) title=(name) { (initials) },
            None => span.avatar.(class) aria-hidden="true" { (initials) },
        }
    }
}

/// First letters of first and last word: "Ana Maria Duarte" is `AD`.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

/// A key of the keyboard.
pub fn kbd(key: &str) -> Markup {
    html! { kbd { (key) } }
}

/// A sentence in a box: `tone` is `""` (a warning), `danger` or `info`.
pub fn note(tone: &str, body: Markup) -> Markup {
    let (class, sign) = match tone {
        "danger" => ("note note-danger", "circle-alert"),
        "info" => ("note note-info", "info"),
        _ => ("note", "triangle-alert"),
    };
    html! { div class=(class) { (icon(sign)) div."flex-1" { (body) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_take_first_and_last_word() {
        for (name, want) in [("Ana Maria Duarte", "AD"), ("Bo", "B"), ("", ""), ("élan ßx", "ÉSS")] {
            assert_eq!(initials(name), want);
        }
    }

    #[test]
    fn every_state_has_an_icon_that_exists_and_a_word() {
        for name in [
            "requested",
            "confirmed",
            "en_route",
            "on_site",
            "completed",
            "cancelled",
            "no_show",
            "draft",
            "issued",
            "part_paid",
            "paid",
            "overdue",
            "void",
        ] {
            assert!(crate::icon::known(status_icon(name)) && !status_word(name).is_empty(), "{name}");
        }
    }
}
