//! The technician's phone: nothing to press under 44 pixels, and one button that is always the next verb.
use crate::shell::{Flash, Shell, toasts};
use crate::{icon, status};
use maud::{Markup, html};

/// A page on the phone.
#[must_use]
pub struct PhonePage<'a> {
    shell: &'a Shell,
    title: String,
    head: Markup,
    foot: Markup,
    flash: Option<Flash>,
}

impl<'a> PhonePage<'a> {
    /// A page with a tab bar of the shell's first three places and one's account, where the way out is. `says` stands under the title, `right` beside it.
    pub fn new(shell: &'a Shell, title: impl Into<String>, says: &str, right: Markup, at: &str) -> Self {
        let title = title.into();
        let head = html! { header.ph-top { div { h1 { (title) } p.num { (says) } } (right) } };
        let foot = html! {
            nav.ph-tabs aria-label="Main" { @for entry in shell.nav.iter().take(3) {
                a.tab-item href=(entry.href) aria-current=[(entry.href == at).then_some("page")] { (icon(&entry.icon)) (entry.label) @if entry.count > 0 { span.tab-n aria-hidden="true" {} } }
            }
                a.tab-item href="/account" { (icon("circle-user")) "Account" }
            }
        };
        PhonePage { shell, title, head, foot, flash: None }
    }

    /// A page about one job: back, title, a call button, how far it is; at the foot its verb, from [`foot`].
    pub fn job(
        shell: &'a Shell,
        title: impl Into<String>,
        says: Markup,
        back: &str,
        phone: Option<&str>,
        progress: Markup,
        foot: Markup,
    ) -> Self {
        let title = title.into();
        let head = html! {
            header.ph-top.is-job {
                a.ibtn href=(back) aria-label="Back" { (icon("chevron-left")) }
                div."min-w-0" { h1.truncate { (title) } p.truncate { (says) } }
                @if let Some(phone) = phone { a.ibtn href={ "tel:" (phone) } aria-label="Call" { (icon("phone")) } } @else { span {} }
            }
            (progress)
        };
        PhonePage { shell, title, head, foot, flash: None }
    }

    /// A toast.
    pub fn flash(mut self, flash: Option<Flash>) -> Self {
        self.flash = flash;
        self
    }

    /// The whole document.
    pub fn show(self, body: Markup) -> Markup {
        let inner = html! {
            div.ph data-island="tech" { (self.head) main #main.ph-body tabindex="-1" { (body) } (self.foot) }
            (toasts(self.flash.as_ref()))
        };
        self.shell.document(&self.title, "tech", inner)
    }
}

/// Whether everything has reached the office; the island `tech` counts what waits.
pub fn sync() -> Markup {
    html! { span.sync data-sync { (icon("circle-check")) span { "All sent" } } }
}

/// The next job as a large card.
#[derive(Clone, Debug, Default)]
pub struct Hero {
    /// "Promised 9–11".
    pub when: String,
    /// `confirmed`.
    pub status: String,
    /// "Lopez Residence".
    pub name: String,
    /// "455 Prairie Dr, Springfield".
    pub place: String,
    /// The window line, from [`crate::day::window`].
    pub line: Option<Markup>,
    /// Address of a map, telephone number; empty, and the button is left out.
    pub map: String,
    /// "20 min", or "Map".
    pub way: String,
    /// Digits.
    pub phone: String,
    /// "AC not cooling. Breaker tripped twice."
    pub says: String,
    /// Icon and words: gate code, dog, equipment. Words in `**` are drawn strong.
    pub notes: Vec<(String, String)>,
    /// Where the job is.
    pub href: String,
}

/// Draws it, with its verb at the foot of the card.
pub fn hero(job: &Hero, verb: Markup) -> Markup {
    html! {
        section.hero aria-labelledby="next-h" {
            div."hero-b" {
                div.when { span.num.strong { (job.when) } (status(&job.status)) }
                div { h2 #next-h { a href=(job.href) { (job.name) } } p.t16.soft { (job.place) } }
                @if let Some(line) = &job.line { div { (line) } }
            }
            @if !(job.map.is_empty() && job.phone.is_empty()) {
                nav.tri aria-label=(job.name) {
                    @if !job.map.is_empty() { a href=(job.map) { (icon("navigation")) (job.way) } }
                    @if !job.phone.is_empty() { a href={ "tel:" (job.phone) } { (icon("phone")) "Call" } a href={ "sms:" (job.phone) } { (icon("message-square")) "Text" } }
                }
            }
            div."hero-b" {
                @if !job.says.is_empty() { p.say { (job.says) } }
                @if !job.notes.is_empty() { p.gate { @for (sign, words) in &job.notes { span { (icon(sign)) (strong(words)) } } } }
                (verb)
            }
        }
    }
}

/// `Gate **4471#**` with the marked part strong.
fn strong(words: &str) -> Markup {
    html! { @for (n, part) in words.split("**").enumerate() { @if n % 2 == 1 { b { (part) } } @else { (part) } } }
}

/// The one button: posts to `action` with its key, and tries again when the network fails.
pub fn verb(action: &str, sign: &'static str, label: &str) -> Markup {
    html! { form method="post" action=(action) data-verb { (crate::form::key()) button.verb type="submit" { (icon(sign)) (label) } } }
}

/// The same, with what is still missing above it, which keeps it from being pressed in vain.
pub fn verb_missing(action: &str, sign: &'static str, label: &str, missing: &str) -> Markup {
    html! { @if !missing.is_empty() { p.t13.soft."text-center" { (missing) } } (verb(action, sign, label)) }
}

/// The verb where the thumb is; nothing when there is none.
pub fn foot(verb: Markup) -> Markup {
    html! { @if !verb.0.is_empty() { footer.ph-foot { (verb) } } }
}

/// A heading with quiet words at its right.
pub fn heading(title: &str, says: &str) -> Markup {
    html! { div."ph-h"."pb-2" { h2 { (title) } span { (says) } } }
}

/// A stop of the day.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// "1:00".
    pub time: String,
    /// "by 3:00".
    pub until: String,
    /// "Ng, Wei".
    pub name: String,
    /// "Mini-split quote · 5 Harbor Ct".
    pub says: String,
    /// Its state; shown when it is over.
    pub status: String,
    /// Over.
    pub done: bool,
    /// The job.
    pub href: String,
}

/// The stops, one under the other.
pub fn stops(all: &[Stop]) -> Markup {
    html! {
        ol."ph-list" { @for stop in all { li {
            a.stop.is-done[stop.done] href=(stop.href) {
                time { (stop.time) small { (stop.until) } }
                span."min-w-0" { b { (stop.name) } em { (stop.says) } }
                @if stop.done { (status(&stop.status)) } @else { (crate::icon_class("chevron-right", "dim")) }
            }
        } } }
    }
}

/// How far a job is: `(word, time or how long, done, current)`.
pub fn progress(steps: &[(&str, &str, bool, bool)]) -> Markup {
    html! {
        section aria-label="Progress" { ol.rail { @for (word, time, done, current) in steps {
            li.is-done[*done] aria-current=[current.then_some("step")] { (word) @if !time.is_empty() { span.num { (time) } } }
        } } }
    }
}

/// A line of a checklist; ticking it posts to `action` with `done=true` or `done=false`.
pub fn tick(action: &str, label: &str, says: &str, done: bool, value: &str) -> Markup {
    html! {
        li { form method="post" action=(action) data-tick { (crate::form::key())
            label.tick { input.check."check-l" type="checkbox" name="done" value="true" checked[done]; span { (label) @if !says.is_empty() { small { (says) } } }
                @if !value.is_empty() { span.val { (value) } } } } }
    }
}

/// A line of a checklist that wants a reading, with its unit.
pub fn reading(action: &str, id: &str, label: &str, says: &str, value: &str, unit: &str) -> Markup {
    html! {
        li { form.tick method="post" action=(action) data-tick { (crate::form::key())
            span.check."check-l".is-on[!value.is_empty()] aria-hidden="true" {} span id=(id) { (label) @if !says.is_empty() { small { (says) } } }
            span.readin { input name="value" inputmode="decimal" aria-labelledby=(id) value=(value) autocomplete="off"; span.soft { (unit) } } } }
    }
}

/// A list in a rounded frame.
pub fn sheet(lines: Markup) -> Markup {
    html! { ul."ph-list" { (lines) } }
}

/// A part with its count; the buttons post `by=-1` or `by=1`.
pub fn part(action: &str, name: &str, says: &str, count: &str) -> Markup {
    html! {
        li.part { span { b { (name) } small.num { (says) } }
            form.contents method="post" action=(action) data-form { (crate::form::key())
                div.qty role="group" aria-label={ (name) ", quantity" } {
                    button type="submit" name="by" value="-1" aria-label="One less" { (icon("minus")) } span { (count) }
                    button type="submit" name="by" value="1" aria-label="One more" { (icon("plus")) } } } }
    }
}

/// Photos, and the button that takes the next one. `(address, words)`.
pub fn photos(all: &[(&str, &str)], action: &str, next: &str) -> Markup {
    html! {
        ul.photos {
            @for (src, words) in all { li { figure { img src=(src) alt="" loading="lazy"; } p.t12.soft."pt-1" { (words) } } }
            li { form method="post" action=(action) enctype="multipart/form-data" data-photo { (crate::form::key())
                label.shoot { (icon("camera")) (next) input.vh type="file" name="photo" accept="image/*" capture="environment" aria-label={ "Take a photo: " (next) }; }
                noscript { button.btn type="submit" { "Send" } } } }
        }
    }
}
