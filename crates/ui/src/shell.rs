//! What every office page shares and the server hands in: whose it is, who is there, where they may go.
use crate::icon;
use crate::menu::MenuItem;
use maud::{DOCTYPE, Markup, html};

/// Light, dark, or as the machine of the person says; read from the cookie `theme`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the machine says.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// From the value of the cookie; anything else is `Auto`.
    pub fn of_cookie(value: &str) -> Theme {
        match value {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::Auto,
        }
    }
    fn attr(self) -> Option<&'static str> {
        match self {
            Theme::Auto => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }
}

/// Whose pages these are: the tenant, or ourselves.
#[derive(Clone, Debug, Default)]
pub struct Brand {
    /// "Acme HVAC".
    pub company: String,
    /// The address of the logo; without one, the first letter is drawn in the brand's colour.
    pub logo: Option<String>,
    /// The address of the stylesheet with the brand's colours (`crate::brand_css`), `/brand.css?v=212`.
    pub css: Option<String>,
    /// A telephone number as written, for public pages.
    pub phone: Option<String>,
    /// Tradewind itself: our mark instead of a letter.
    pub ours: bool,
}

impl Brand {
    /// A tenant's brand.
    pub fn tenant(company: impl Into<String>) -> Self {
        Brand { company: company.into(), ..Brand::default() }
    }
    /// Ourselves, for sign-up.
    pub fn tradewind() -> Self {
        Brand { company: "Tradewind".into(), ours: true, ..Brand::default() }
    }
    /// The mark: logo, or a letter in a rounded square.
    pub fn mark(&self) -> Markup {
        let letter = self.company.chars().find(|c| c.is_alphanumeric()).unwrap_or('T').to_uppercase().to_string();
        html! {
            @if let Some(logo) = &self.logo { img.logo src=(logo) alt="" width="24" height="24"; }
            @else if self.ours { svg.mark viewBox="0 0 24 24" aria-hidden="true" { rect width="24" height="24" rx="6" {} path d="M5 9.5h9.5a2.5 2.5 0 1 0-2.5-2.5M5 13h12a2.5 2.5 0 1 1-2.5 2.5M5 16.5h5" {} } }
            @else { svg.mark viewBox="0 0 24 24" aria-hidden="true" { rect width="24" height="24" rx="6" {} text x="12" y="17" text-anchor="middle" { (letter) } } }
        }
    }
}

/// A place in the sidebar. Leave out what the person may not open.
#[derive(Clone, Debug)]
pub struct Nav {
    /// "Customers".
    pub label: String,
    /// `/customers`; pages below it light this entry up.
    pub href: String,
    /// An icon of `web/icons.txt`.
    pub icon: String,
    /// How many things wait there.
    pub count: u32,
    /// The keys that lead there, `g c`.
    pub key: Option<String>,
    /// At the foot of the sidebar, such as Settings.
    pub foot: bool,
}

impl Nav {
    /// An entry.
    pub fn new(label: impl Into<String>, href: impl Into<String>, icon: impl Into<String>) -> Self {
        Nav { label: label.into(), href: href.into(), icon: icon.into(), count: 0, key: None, foot: false }
    }
    /// With keys.
    pub fn key(mut self, keys: impl Into<String>) -> Self {
        self.key = Some(keys.into());
        self
    }
    /// With a number of waiting things.
    pub fn count(mut self, count: u32) -> Self {
        self.count = count;
        self
    }
    /// At the foot.
    pub fn foot(mut self) -> Self {
        self.foot = true;
        self
    }
}

/// Who is signed in.
#[derive(Clone, Debug, Default)]
pub struct Who {
    /// "Alex Brandt".
    pub name: String,
    /// Second line of the menu: role or address.
    pub says: String,
}

/// All that an office page needs besides its own content.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    /// The tenant.
    pub brand: Brand,
    /// Where one can go; the first four and "More" are the bar on a phone.
    pub nav: Vec<Nav>,
    /// Who is there.
    pub who: Who,
    /// Entries of the account menu (profile, sign out).
    pub account: Vec<MenuItem>,
    /// Entries of the menu "New".
    pub new: Vec<MenuItem>,
    /// Other companies of this person, behind the company's name; none, and the name is no button.
    pub companies: Vec<MenuItem>,
    /// How many notices are unread; `None` shows no bell.
    pub unread: Option<u32>,
    /// Light or dark.
    pub theme: Theme,
    /// The language of the page, `en-US`.
    pub lang: String,
    /// Where live messages come from, `/live`; `None` for none.
    pub live: Option<String>,
    /// Above everything, on every page: who looks in from outside.
    pub banner: Markup,
    /// Nothing can be found or done by name here: no palette.
    pub no_palette: bool,
}

impl Shell {
    /// The document around a body; used by the pages of this crate.
    pub(crate) fn document(&self, title: &str, class: &str, body: Markup) -> Markup {
        document(
            &Document {
                title,
                class,
                brand: &self.brand,
                theme: self.theme,
                lang: &self.lang,
                live: self.live.as_deref(),
            },
            html! { (self.banner) (body) },
        )
    }
}

/// What a whole HTML document needs.
pub(crate) struct Document<'a> {
    pub title: &'a str,
    pub class: &'a str,
    pub brand: &'a Brand,
    pub theme: Theme,
    pub lang: &'a str,
    pub live: Option<&'a str>,
}

pub(crate) fn document(page: &Document<'_>, body: Markup) -> Markup {
    let asset = crate::assets::href;
    let title = if page.title == page.brand.company {
        page.title.to_owned()
    } else {
        format!("{} · {}", page.title, page.brand.company)
    };
    let lang = if page.lang.is_empty() { "en" } else { page.lang };
    html! {
        (DOCTYPE)
        html lang=(lang) data-theme=[page.theme.attr()] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                title { (title) }
                meta name="color-scheme" content="light dark";
                meta name="htmx-config" content="includeIndicatorCSS:false, history:reload, defaultTimeout:20000";
                link rel="preload" href=(asset("fonts/inter-latin-wght-normal.woff2")) as="font" type="font/woff2" crossorigin;
                link rel="stylesheet" href=(asset("app.css"));
                @if let Some(css) = &page.brand.css { link rel="stylesheet" href=(css); }
                link rel="icon" href=(asset("favicon.svg")) type="image/svg+xml";
                link rel="manifest" href=(asset("manifest.webmanifest"));
                script src=(asset("htmx.js")) defer {}
                script src=(asset("app.js")) type="module" data-assets=(crate::assets::PREFIX) data-version=(crate::assets::version()) data-live=[page.live] {}
            }
            body class=(page.class) {
                (body)
                div #say.vh role="status" aria-live="polite" {}
                noscript { p.vh { "Some conveniences need JavaScript; every form works without it." } }
            }
        }
    }
}

/// A toast that came with the page, such as "Invoice issued" with Undo; the island `app` takes it away after 8 seconds.
#[derive(Clone, Debug, Default)]
pub struct Flash {
    /// What happened.
    pub text: String,
    /// Something went wrong.
    pub bad: bool,
    /// Where to post to take it back, and what the button says.
    pub undo: Option<(String, String)>,
}

impl Flash {
    /// It happened.
    pub fn done(text: impl Into<String>) -> Self {
        Flash { text: text.into(), ..Flash::default() }
    }
    /// It did not.
    pub fn failed(text: impl Into<String>) -> Self {
        Flash { text: text.into(), bad: true, undo: None }
    }
    /// It can be taken back by posting there.
    pub fn undo(mut self, action: impl Into<String>) -> Self {
        self.undo = Some((action.into(), "Undo".into()));
        self
    }
}

/// The corner where toasts appear, with the one that came with the page.
pub(crate) fn toasts(flash: Option<&Flash>) -> Markup {
    html! {
        div.toasts #toasts {
            @if let Some(flash) = flash { (toast(flash)) }
        }
    }
}

/// One toast.
pub fn toast(flash: &Flash) -> Markup {
    let class = if flash.bad { "toast is-bad" } else { "toast" };
    html! {
        div class=(class) role=(if flash.bad { "alert" } else { "status" }) data-toast {
            @if flash.bad { (icon("circle-alert")) }
            span { (flash.text) }
            @if let Some((action, label)) = &flash.undo {
                form method="post" action=(action) { (crate::form::key()) button.btn."btn-s" type="submit" { (icon("undo-2")) (label) } }
            }
        }
    }
}
