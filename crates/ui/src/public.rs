//! Pages for people without an account: booking, sign-up, sign-in. The tenant's brand, one question a screen.
use crate::shell::{Brand, Document, Flash, Theme, document, toasts};
use crate::{icon, icon_class};
use maud::{Markup, html};

/// A public page under construction.
#[must_use]
pub struct PublicPage<'a> {
    brand: &'a Brand,
    title: String,
    lang: String,
    theme: Theme,
    right: Markup,
    flash: Option<Flash>,
    banner: Markup,
}

impl<'a> PublicPage<'a> {
    /// A page of this title.
    pub fn new(brand: &'a Brand, title: impl Into<String>) -> Self {
        PublicPage {
            brand,
            title: title.into(),
            lang: "en".into(),
            theme: Theme::Auto,
            right: html! {},
            flash: None,
            banner: html! {},
        }
    }
    /// The language of the page, `en-US`.
    pub fn lang(mut self, lang: impl Into<String>) -> Self {
        self.lang = lang.into();
        self
    }
    /// Light or dark.
    pub fn theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self
    }
    /// What stands at the right of the top; without it, the telephone number.
    pub fn right(mut self, right: Markup) -> Self {
        self.right = right;
        self
    }
    /// A toast.
    pub fn flash(mut self, flash: Option<Flash>) -> Self {
        self.flash = flash;
        self
    }

    /// Above everything: who looks in from outside.
    pub fn banner(mut self, banner: Markup) -> Self {
        self.banner = banner;
        self
    }

    fn document(&self, class: &str, body: Markup) -> Markup {
        let page =
            Document { title: &self.title, class, brand: self.brand, theme: self.theme, lang: &self.lang, live: None };
        document(&page, html! { (self.banner) (body) })
    }

    /// The document with a question, and a summary beside it where there is room.
    pub fn show(self, question: Markup, aside: Markup) -> Markup {
        let body = html! {
            a.skip href="#main" { "Skip to content" }
            div.pub {
                header.pub-top {
                    (self.brand.mark()) span { (self.brand.company) }
                    span.right {
                        (self.right)
                        @if let (true, Some(phone)) = (self.right.0.is_empty(), &self.brand.phone) { (call(phone)) }
                    }
                }
                main #main.pub-main tabindex="-1" { div { (question) } (aside) }
            }
            (toasts(self.flash.as_ref()))
        };
        self.document("public", body)
    }

    /// The document with a single card in the middle: sign-in, forgotten password, invitation.
    pub fn card(self, card: Markup, foot: Markup) -> Markup {
        let body = html! {
            main #main.sign tabindex="-1" {
                div.sign-card {
                    div.sign-brand { (self.brand.mark()) span { (self.brand.company) } }
                    div.card { h1 { (self.title) } (card) }
                    @if !foot.0.is_empty() { p.sign-foot { (foot) } }
                }
            }
            (toasts(self.flash.as_ref()))
        };
        self.document("public", body)
    }
}

/// A telephone number as a link.
pub fn call(phone: &str) -> Markup {
    let digits: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    html! { a.link href={ "tel:" (digits) } { (phone) } }
}

/// The line of steps over a question; `at` counts from 0.
pub fn steps(names: &[&str], at: usize) -> Markup {
    html! {
        ol.steps aria-label="Steps" {
            @for (n, name) in names.iter().enumerate() {
                @if n < at { li.is-done { (icon("check")) (name) span.vh { ", done" } } }
                @else { li aria-current=[(n == at).then_some("step")] { (name) } }
            }
        }
    }
}

/// The question itself, as the page's heading, with a sentence under it.
pub fn question(title: &str, says: &str) -> Markup {
    html! { h1."h-lg" { (title) } @if !says.is_empty() { p.soft."mt-1" { (says) } } }
}

/// Back and onward under a question: the same buttons stick to the foot of a phone. Stands inside the question's form.
pub fn onward(back: Option<&str>, label: &str, says: Markup) -> Markup {
    html! {
        div."flex"."justify-between"."items-center"."mt-8".wide {
            @if let Some(href) = back { a.btn."btn-l".btn-quiet."-ml-4" href=(href) { (icon("chevron-left")) "Back" } } @else { span {} }
            button.btn."btn-l".btn-primary type="submit" { (label) }
        }
        div.paybar.hidden {
            @if let Some(href) = back { a.btn."flex-none!" href=(href) aria-label="Back" { (icon("chevron-left")) } }
            (says)
            button.btn.btn-primary type="submit" { (label) }
        }
    }
}

/// One choice of a question as a tile with an icon: what is wrong, which trade.
pub fn tile(name: &str, value: &str, sign: &str, label: &str, says: &str, on: bool, several: bool) -> Markup {
    html! {
        label.tile {
            input type=(if several { "checkbox" } else { "radio" }) name=(name) value=(value) checked[on];
            (icon_class(sign, "i-l")) span { (label) @if !says.is_empty() { br; small { (says) } } }
        }
    }
}

/// The company's address answering while it is typed (island `onboarding`): `GET /onboarding/address?slug=`.
pub fn address_field(filled: &crate::Filled, suffix: &str, rule: &str) -> Markup {
    let value = filled.value("slug");
    let wrong = filled.error("slug");
    html! {
        div.fld data-island="onboarding" data-check="/onboarding/address" {
            label for="slug" { "Company address" }
            div.addr {
                input #slug name="slug" value=(value) required autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="40" aria-describedby="says rule" aria-invalid=[wrong.map(|_| "true")];
                span.suffix { (suffix) }
                svg.i hidden aria-hidden="true" data-free { use href={ (crate::assets::href("icons.svg")) "#circle-check" } {} }
            }
            p.says.(if wrong.is_some() { "is-bad" } else { "" }) #says role="status" { (wrong.unwrap_or("")) }
            p.hint #rule { (rule) }
            div."mt-4" hidden data-others { h2.lbl."mb-2" { "Also free" } div.sugg {} }
        }
    }
}
