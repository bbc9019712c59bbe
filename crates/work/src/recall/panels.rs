//! What other pages show of it: two figures of the summary, and a technician's own number.
use insights::Value;
use kernel::{Result, Scope};
use maud::{Markup, html};
use scheduling::TechnicianId;
use uuid::Uuid;

use super::report::lately;
use crate::permissions::WorkRead;

async fn finished_90_days(scope: Scope) -> Result<Value> {
    lately(&scope, None).await.map(|share| Value::Count(share.finished))
}
async fn recalled_90_days(scope: Scope) -> Result<Value> {
    lately(&scope, None).await.map(|share| Value::Count(share.recalled))
}

insights::figure! {
    "finished_jobs_90_days" for WorkRead => finished_90_days,
    "recalled_jobs_90_days" for WorkRead => recalled_90_days,
}

/// On a technician's page.
pub async fn technician(scope: Scope, id: Uuid) -> Result<Markup> {
    let share = lately(&scope, Some(TechnicianId(id))).await?;
    let body = html! {
        @if share.finished == 0 { p.dim { "No job was finished in the last 90 days." } }
        @else {
            p.strong.num { (share.words()) }
            p."mt-2" { a.link href={ "/recalls?technician_id=" (id) } { "The jobs behind it" } }
        }
    };
    let says = "Of the jobs of the last 90 days, those that were recalled or came back under warranty within 30 days.";
    Ok(ui::form::part("What did not hold", says, body))
}
