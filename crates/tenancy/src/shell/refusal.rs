//! How a refusal looks to a person: what happened, and what can be done about it.
use kernel::{House, PERMISSIONS, Tenant, error::Problem};
use maud::Markup;
use std::sync::Arc;
use ui::Refusal;

/// Given to `kernel::http::arrive::Arrival`.
pub fn error_page(_: &House, tenant: Option<&Arc<Tenant>>, problem: &Problem, _: &str) -> Markup {
    ui::error_page(None, &super::brand_of(tenant), &refusal(problem), &problem.instance)
}

fn refusal(problem: &Problem) -> Refusal {
    match (problem.status, problem.code.as_str()) {
        (404, _) => Refusal::NotFound,
        (403, "forbidden") => Refusal::Forbidden { needs: needs(&problem.detail), ask: vec![] },
        (403, "closed") => Refusal::Suspended { says: problem.detail.clone(), mend: None },
        (429, _) => Refusal::TooMany { wait: problem.retry_after.and_then(|s| u32::try_from(s).ok()).unwrap_or(1) },
        (503, "busy") => Refusal::Unavailable,
        (500, _) => Refusal::Broken,
        (status, _) => Refusal::Other { status, title: problem.title.clone(), detail: problem.detail.clone() },
    }
}

/// The permission's own sentence, begun in small letters: "see customers".
fn needs(detail: &str) -> String {
    let name = detail.split('`').nth(1).unwrap_or_default();
    let sentence = PERMISSIONS.iter().find(|p| p.name == name).map_or("open this", |p| p.sentence);
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
