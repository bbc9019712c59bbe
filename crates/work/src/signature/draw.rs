//! Signatures as they are shown: the drawing as lines of our own, who, when, and whether the job is still what was signed.
use kernel::Scope;
use maud::{Markup, html};
use scheduling::say;
use ui::card;

use super::{Signature, Strokes};

/// The drawing, or the typed name.
pub fn face(signature: &Signature) -> Markup {
    let strokes = signature.strokes.as_deref().and_then(|text| Strokes::read(text).ok());
    html! {
        @match strokes {
            Some(strokes) => svg.sign-pic viewBox="0 0 1000 400" role="img" aria-label={ "Signature of " (signature.name) } {
                @for line in strokes.lines() { polyline points=(line) {} }
            },
            None => p.sign-typed { (signature.name) },
        }
    }
}

pub fn all(scope: &Scope, signatures: &[Signature]) -> Markup {
    if signatures.is_empty() {
        return html! {};
    }
    let locale = &scope.tenant().locale;
    card::section(
        "Signatures",
        html! {},
        html! { ul.signs { @for one in signatures {
            li {
                (face(one))
                p.strong { (one.name) " " span.dim.t13.nowrap { (one.kind.label()) } }
                p.soft.t13 { "“" (one.words) "”" }
                p.dim.t12.num { (say::moment(one.signed_at, locale)) ", with " (one.taken_by) @if one.strokes.is_none() { ", name typed" } }
                @if one.changed_since { p.t13.tone-warn { (ui::icon("triangle-alert")) " Changed since signed: the lines are other ones now." } }
                @if !one.intact { p.t13.tone-bad { (ui::icon("circle-alert")) " This is not what was signed." } }
                @if !one.lines.is_empty() {
                    (ui::fold("What was signed", html! {
                        ul.t13 { @for line in &one.lines { li { span.num { (crate::line::quantity(line.quantity_milli)) } " × " (line.description) @if let Some(amount) = line.amount { " · " span.num { (amount.display(&locale.language)) } } } } }
                        @if let Some(total) = one.total { p.t13.strong { "Total with tax " span.num { (total.display(&locale.language)) } } }
                        p.dim.t12.wrap-any { "SHA-256 " (one.hash) }
                    }))
                }
            }
        } } },
    )
}
