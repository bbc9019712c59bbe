//! Words that came from somewhere, written in one piece where nothing in them has to be escaped.
//!
//! maud escapes letter by letter, which was a seventh of what a long table cost. What nearly always is plain, in rows, menus and the
//! frame, goes through here; all that has one of the four letters in it goes maud's way.
use maud::Render;

/// Words for `html!`, in its text and its attributes: `(escaped(&row.name))`.
pub fn escaped(plain: &str) -> Escaped<'_> {
    Escaped(plain)
}

/// What [`escaped`] makes.
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a>(&'a str);

impl Render for Escaped<'_> {
    fn render_to(&self, to: &mut String) {
        // Without an early end, so that sixteen letters are looked at in one step.
        let escapes = self.0.bytes().fold(false, |any, b| any | matches!(b, b'&' | b'<' | b'>' | b'"'));
        if escapes { self.0.render_to(to) } else { to.push_str(self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use maud::html;

    #[test]
    fn is_what_maud_writes() {
        for said in [
            "",
            "Rivera Residence",
            "Smith & Sons",
            "<script>",
            "a\"b",
            "12 < 13",
            "x>y",
            "é – ñ",
            "it's",
            "a' b=&quot;",
        ] {
            let (ours, theirs) =
                (html! { p title=(escaped(said)) { (escaped(said)) } }, html! { p title=(said) { (said) } });
            assert_eq!(ours.into_string(), theirs.into_string());
        }
    }
}
