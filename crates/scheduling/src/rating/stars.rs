//! Stars on the screen, and many of them as one figure.
use kernel::row;
use maud::{Markup, html};

row! {
    /// Many ratings together.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Score { pub ratings: i64, pub stars: i64 }
}

impl Score {
    /// "4.8"; none where nobody said anything.
    pub fn mean(self) -> Option<String> {
        let tenths = (self.stars * 20 + self.ratings).checked_div(self.ratings * 2)?;
        Some(format!("{}.{}", tenths / 10, tenths % 10))
    }
    /// "4.8 of 5, 12 ratings".
    pub fn words(self) -> Option<String> {
        Some(format!("{} of 5, {}", self.mean()?, count(self.ratings)))
    }
}

/// "1 rating", "12 ratings".
pub fn count(n: i64) -> String {
    format!("{n} rating{}", if n == 1 { "" } else { "s" })
}

/// What a number of stars means, in words.
pub fn said(stars: i32) -> &'static str {
    match stars {
        1 => "Very bad",
        2 => "Bad",
        3 => "All right",
        4 => "Good",
        _ => "Very good",
    }
}

/// Filled and empty ones in a row, read out as "4 of 5".
pub fn drawn(stars: i32) -> Markup {
    html! {
        span.stars role="img" aria-label={ (stars) " of 5 stars" } {
            @for n in 1..=5 { span.is-on[n <= stars] { (ui::icon("star")) } }
        }
    }
}

#[test]
fn a_mean_is_rounded_to_the_nearest_tenth() {
    let mean = |ratings, stars| Score { ratings, stars }.mean();
    assert_eq!(mean(0, 0), None);
    assert_eq!(mean(1, 5).as_deref(), Some("5.0"));
    assert_eq!(mean(3, 14).as_deref(), Some("4.7"));
    assert_eq!(mean(20, 97).as_deref(), Some("4.9"), "4.85 goes up");
    assert_eq!(Score { ratings: 1, stars: 4 }.words().as_deref(), Some("4.0 of 5, 1 rating"));
}
