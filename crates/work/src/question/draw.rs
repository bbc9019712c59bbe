//! The questions of a job as people see them: to be answered one by one, or with their answers.
use kernel::Scope;
use maud::{Markup, html};
use scheduling::say;
use ui::{
    form::key,
    tech::{heading, sheet},
};

use super::{Asked, Kind};

/// "4 of 6".
pub fn count(questions: &[Asked]) -> String {
    format!("{} of {}", questions.iter().filter(|one| one.is_answered()).count(), questions.len())
}

/// To be answered, each by its own small form at `{base}/questions/{id}`; photos are shown from `{base}/photos/{id}`.
pub fn form(base: &str, questions: &[Asked]) -> Markup {
    html! { @if !questions.is_empty() {
        section #checklist aria-label="Checklist" {
            (heading("Checklist", &count(questions)))
            (sheet(html! { @for one in questions { (item(base, one)) } }))
        }
    } }
}

fn item(base: &str, one: &Asked) -> Markup {
    let (id, question) = (one.id, &one.question);
    let at = format!("{base}/questions/{id}");
    let label = format!("q-{id}");
    let bounds = question.bounds();
    let says = [question.hint.clone(), Some(bounds).filter(|bounds| !bounds.is_empty())];
    let says = says.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let answer = one.answer.as_deref().unwrap_or("");
    let needed = if one.open && !one.is_answered() { "Needed to finish" } else { "" };
    html! {
        li.ask.is-wrong[one.failed] {
            p id=(label) { span.check."check-l".is-on[one.is_answered()] aria-hidden="true" {} span { (question.words) @if !says.is_empty() { small { (says) } } @if !needed.is_empty() { small.needed { (needed) } } } }
            @if question.kind == Kind::Photo {
                form.ask-a method="post" action={ (at) "/photo" } enctype="multipart/form-data" data-photo { (key())
                    @if let Some(photo) = one.photo_id { img.ask-pic src={ (base) "/photos/" (photo) } alt="" loading="lazy"; }
                    label.btn."btn-touch" { (ui::icon("camera")) @if one.photo_id.is_some() { "Another photo" } @else { "Take photo" } input.vh type="file" name="photo" accept="image/*" capture="environment" aria-labelledby=(label); }
                    noscript { button.btn type="submit" { "Send" } } }
            } @else {
                form.ask-a method="post" action=(at) data-tick="again" { (key())
                    @match question.kind {
                        Kind::YesNo => div.seg role="radiogroup" aria-labelledby=(label) {
                            @for (value, word) in [("yes", "Yes"), ("no", "No")] { label { input type="radio" name="answer" value=(value) checked[answer == value]; span { (word) } } }
                        },
                        Kind::Choice => select.select name="answer" aria-labelledby=(label) {
                            option value="" selected[answer.is_empty()] { "Choose" }
                            @for choice in &question.choices { option value=(choice) selected[answer == choice] { (choice) } }
                        },
                        Kind::Number | Kind::Reading => span.readin { input name="answer" inputmode="decimal" aria-labelledby=(label) value=(answer) autocomplete="off" maxlength="20"; @if let Some(unit) = &question.unit { span.soft { (unit) } } },
                        Kind::Text | Kind::Photo => textarea.input name="answer" rows="2" maxlength="2000" aria-labelledby=(label) { (answer) },
                    }
                    @if one.failed { label.ask-n { span { "What is wrong?" } textarea.input name="note" rows="2" maxlength="1000" { (one.note.as_deref().unwrap_or("")) } } }
                    noscript { button.btn type="submit" { "Save" } } }
            }
        }
    }
}

/// With their answers, under the name of their list.
pub fn answers(scope: &Scope, base: &str, questions: &[Asked]) -> Markup {
    let locale = &scope.tenant().locale;
    let by = |one: &Asked| match (&one.answered_by, one.answered_at) {
        (Some(who), Some(at)) => {
            let local = say::local(at, locale);
            format!("{who}, {} {}", say::day(local.date()), say::clock(local.time(), locale))
        }
        _ => String::new(),
    };
    html! { dl.asked { @for (n, one) in questions.iter().enumerate() {
        @if n == 0 || questions[n - 1].checklist_id != one.checklist_id { div.asked-h { dt { (one.checklist) } } }
        div.is-wrong[one.failed] {
            dt { (one.question.words) @if !by(one).is_empty() { small { (by(one)) } } }
            dd {
                @if let Some(answer) = &one.answer { @if one.failed { (ui::icon("triangle-alert")) } (one.question.said(answer)) }
                @else if let Some(photo) = one.photo_id { a.link href={ (base) "/photos/" (photo) } { "Photo" } }
                @else if one.open { span.needed { "Not answered, required" } }
                @else { span.dim { "Not answered" } }
                @if one.failed { p.t13 { @match &one.note { Some(note) => (note), None => span.needed { "Nobody has said what is wrong." } } } }
            }
        }
    } } }
}
