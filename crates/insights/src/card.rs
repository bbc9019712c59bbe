//! The frame of a card on the dashboard.
use maud::{Markup, html};

/// A card with a heading, a quiet word beside it, and a link: `card("money-week", "Collected this week", "", Some(("/payments", "Payments")), body)`.
/// `id` is unique on the page.
pub fn card(id: &str, title: &str, aside: &str, link: Option<(&str, &str)>, body: Markup) -> Markup {
    html! {
        section class="card px-4 pb-3" aria-labelledby=(id) {
            div class="card-h px-0!" {
                h2 id=(id) { (title) }
                @if !aside.is_empty() { span class="dim t13 num" { (aside) } }
                @if let Some((href, words)) = link { a class="link" href=(href) { (words) } }
            }
            (body)
        }
    }
}
