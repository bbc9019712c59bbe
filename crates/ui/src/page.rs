//! The office page: sidebar, top bar, main, and what may stand beside it.
use crate::menu::{menu, menu_with};
use crate::shell::{Flash, Nav, Shell, toasts};
use crate::status::{avatar, initials};
use crate::{escaped, icon, icon_class};
use maud::{Markup, html};

/// An office page under construction.
///
/// ```
/// use maud::html;
/// use ui::{Page, Shell, link_button};
/// let shell = Shell::default();
/// let markup = Page::new(&shell, "Rivera Residence")
///     .at("/customers")
///     .crumb("Customers", "/customers")
///     .actions(html! { (link_button("Edit", "/customers/7/edit")) })
///     .show(html! { div.page { "…" } });
/// ```
#[must_use]
pub struct Page<'a> {
    shell: &'a Shell,
    title: String,
    beside: Option<String>,
    at: String,
    crumbs: Vec<(String, String)>,
    actions: Markup,
    aside: Markup,
    flash: Option<Flash>,
    folded: bool,
    canvas: bool,
}

impl<'a> Page<'a> {
    /// A page of this title, which is its heading too.
    pub fn new(shell: &'a Shell, title: impl Into<String>) -> Self {
        Page {
            shell,
            title: title.into(),
            beside: None,
            at: String::new(),
            crumbs: Vec::new(),
            actions: html! {},
            aside: html! {},
            flash: None,
            folded: false,
            canvas: false,
        }
    }
    /// The path of the page or of the place it belongs to: lights up the entry of the sidebar.
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.at = path.into();
        self
    }
    /// Quiet words after the title, such as the day.
    pub fn beside(mut self, words: impl Into<String>) -> Self {
        self.beside = Some(words.into());
        self
    }
    /// A step on the way here.
    pub fn crumb(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.crumbs.push((label.into(), href.into()));
        self
    }
    /// Buttons in the top bar.
    pub fn actions(mut self, buttons: Markup) -> Self {
        self.actions = buttons;
        self
    }
    /// A drawer beside the content ([`crate::peek`]).
    pub fn aside(mut self, aside: Markup) -> Self {
        self.aside = aside;
        self
    }
    /// A toast.
    pub fn flash(mut self, flash: Option<Flash>) -> Self {
        self.flash = flash;
        self
    }
    /// The sidebar shows icons only, for the board.
    pub fn folded(mut self) -> Self {
        self.folded = true;
        self
    }
    /// Grey ground, for cards and paper.
    pub fn canvas(mut self) -> Self {
        self.canvas = true;
        self
    }

    /// The whole document.
    pub fn show(self, main: Markup) -> Markup {
        let shell = self.shell;
        let frame = if self.folded { "frame is-folded" } else { "frame" };
        let class = if self.canvas { "main main-canvas" } else { "main" };
        let body = html! {
            a.skip href="#main" { "Skip to content" }
            div class=(frame) {
                (self.side())
                (self.top())
                main #main class=(class) tabindex="-1" { (main) }
                (self.aside)
            }
            (toasts(self.flash.as_ref()))
            (menus(shell))
        };
        shell.document(&self.title, "office", body)
    }

    fn side(&self) -> Markup {
        let shell = self.shell;
        let current = current(&shell.nav, &self.at);
        let is = |entry: &Nav| current.is_some_and(|href| href == entry.href);
        let mark = shell.brand.mark();
        html! {
            nav.side aria-label="Main" {
                @if shell.companies.is_empty() {
                    a.tenant href="/" { (mark) span.nav-label aria-hidden="true" { (shell.brand.company) } span.vh { (shell.brand.company) } }
                } @else {
                    button.tenant type="button" popovertarget="menu-companies" aria-haspopup="menu" {
                        (mark) span.nav-label aria-hidden="true" { (shell.brand.company) } span.vh { (shell.brand.company) ", switch company" } (icon_class("chevrons-up-down", "nav-label"))
                    }
                }
                ul.nav { @for entry in shell.nav.iter().filter(|n| !n.foot) { (self.entry(entry, is(entry))) } }
                ul.nav.nav-foot {
                    @for entry in shell.nav.iter().filter(|n| n.foot) { (self.entry(entry, is(entry))) }
                    li { button.nav-item type="button" data-opens="keys" title=[self.folded.then_some("Keys")] {
                        (icon("keyboard")) span.nav-label { "Keys" } kbd.nav-label aria-hidden="true" { "?" } } }
                }
                ul.tabbar {
                    @for entry in shell.nav.iter().filter(|n| !n.foot).take(4) {
                        li { a.tab-item href=(entry.href) aria-current=[is(entry).then_some("page")] {
                            (icon(&entry.icon)) span { (entry.label) }
                            @if entry.count > 0 { span.tab-n aria-hidden="true" {} } } }
                    }
                    li { button.tab-item type="button" popovertarget="menu-more" aria-haspopup="menu" data-on[shell.nav.iter().filter(|n| !n.foot).skip(4).any(is) || shell.nav.iter().filter(|n| n.foot).any(is)] {
                        (icon("menu")) span { "More" } } }
                }
            }
        }
    }

    fn entry(&self, entry: &Nav, is: bool) -> Markup {
        html! {
            li { a.nav-item href=(escaped(&entry.href)) aria-current=[is.then_some("page")] title=[self.folded.then_some(&entry.label)] data-key=[entry.key.as_deref().map(escaped)] {
                (icon(&entry.icon)) span.nav-label { (escaped(&entry.label)) }
                @if entry.count > 0 { span.nav-n { (entry.count) span.vh { " waiting" } } }
            } }
        }
    }

    fn top(&self) -> Markup {
        let shell = self.shell;
        html! {
            header.top {
                div.top-title {
                    @for (label, href) in &self.crumbs { span.crumb { a href=(href) { (icon_class("chevron-left", "crumb-back")) span.crumb-word { (label) } } (icon_class("chevron-right", "i-s")) } }
                    h1 { (self.title) @if let Some(words) = &self.beside { " " span."dim"."font-normal!" { (words) } } }
                }
                div.top-actions {
                    @if !self.actions.0.is_empty() { span."page-acts" { (self.actions) } }
                    @if !shell.no_palette { button.find type="button" data-palette aria-haspopup="dialog" { (icon("search")) span { "Search or do anything" } kbd aria-hidden="true" data-mod="K" { "⌘K" } } }
                    @if !shell.new.is_empty() {
                        button.btn type="button" popovertarget="menu-new" aria-haspopup="menu" aria-label="New" data-key="n" { (icon("plus")) span.wide { "New" } (icon_class("chevron-down", "dim wide")) }
                    }
                    @if let Some(unread) = shell.unread {
                        a.btn.btn-icon.btn-quiet href="/notifications" aria-label={ "Notifications" @if unread > 0 { ", " (unread) " unread" } } { (icon("bell")) @if unread > 0 { span.dot {} } }
                    }
                    button.me type="button" popovertarget="menu-me" aria-haspopup="menu" { (avatar(&initials(&shell.who.name), None, "")) span.vh { (shell.who.name) ", account" } }
                }
            }
        }
    }
}

/// The entry whose address is the longest beginning of the path.
fn current<'n>(nav: &'n [Nav], path: &str) -> Option<&'n str> {
    nav.iter()
        .map(|entry| entry.href.as_str())
        .filter(|href| path == *href || (href.len() > 1 && path.starts_with(&format!("{href}/"))))
        .max_by_key(|href| href.len())
}

fn menus(shell: &Shell) -> Markup {
    let who = html! { div.menu-who { (avatar(&initials(&shell.who.name), None, "")) span { b { (shell.who.name) } span.dim { (shell.who.says) } } } };
    let more: Vec<_> = shell
        .nav
        .iter()
        .filter(|n| !n.foot)
        .skip(4)
        .chain(shell.nav.iter().filter(|n| n.foot))
        .map(|n| crate::MenuItem::link(&n.label, &n.href).icon(&n.icon))
        .collect();
    html! {
        @if !shell.companies.is_empty() { (menu("menu-companies", "Companies", &shell.companies)) }
        @if !shell.new.is_empty() { (menu("menu-new", "New", &shell.new)) }
        (menu_with("menu-more", "More places", colours(shell), &[more, shell.account.clone()].concat()))
        div.menu #menu-me popover data-menu {
            (who)
            div.menu-sep {}
            (colours(shell))
            @if !shell.account.is_empty() { div.menu-sep {} }
            div role="menu" aria-label="Account" { @for item in &shell.account { (crate::menu::item(item)) } }
        }
    }
}

/// Light, dark, or as the machine says.
fn colours(shell: &Shell) -> Markup {
    html! {
            div.menu-h aria-hidden="true" { "Colours" }
            div."px-2"."pb-2" { div.seg."w-full" role="group" aria-label="Colours" data-themes {
                @for (value, sign, label) in [("", "monitor", "Auto"), ("light", "sun", "Light"), ("dark", "moon", "Dark")] {
                    button."flex-1"."justify-center" type="button" value=(value) aria-pressed=(if theme_value(shell) == value { "true" } else { "false" }) { (icon_class(sign, "i-s")) (label) }
                }
            } }
    }
}

fn theme_value(shell: &Shell) -> &'static str {
    match shell.theme {
        crate::Theme::Auto => "",
        crate::Theme::Light => "light",
        crate::Theme::Dark => "dark",
    }
}

/// A menu with who is signed in on top; for frames of other kinds.
pub fn account_menu(id: &str, shell: &Shell) -> Markup {
    menu_with(id, "Account", html! { div.menu-who { b { (shell.who.name) } } }, &shell.account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_place_lights_up() {
        let nav = [
            Nav::new("Today", "/", "sun"),
            Nav::new("Jobs", "/jobs", "wrench"),
            Nav::new("Settings", "/settings", "settings"),
        ];
        assert_eq!(current(&nav, "/jobs/7"), Some("/jobs"));
        assert_eq!(current(&nav, "/jobsite"), None);
        assert_eq!(current(&nav, "/"), Some("/"));
    }

    #[test]
    fn names_are_escaped_everywhere() {
        let mut shell = Shell::default();
        shell.brand.company = "<script>".into();
        shell.who.name = "\"><img".into();
        let drawn = Page::new(&shell, "<q1>").crumb("<q2>", "/x\"y").show(html! {}).into_string();
        for raw in ["<script>", "<q1>", "<q2>", "x\"y", "\"><img"] {
            assert!(!drawn.contains(raw), "{raw} came through");
        }
    }
}
