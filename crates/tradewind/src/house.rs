//! Routes of the house itself: health, metrics, the document of the API, and what problems mean.
use axum::response::{IntoResponse, Response};
use kernel::{
    Error, Module, Outside, Result,
    http::{Json, Page, Text},
    openapi::{self, Describe, Operation},
};
use maud::{DOCTYPE, html};
use std::sync::OnceLock;

pub const NAME: &str = "house";

pub fn module() -> Module {
    Module::new(NAME)
        .get("/healthz", healthz, "Is the process alive?")
        .get("/readyz", readyz, "Can it serve: database, migrations?")
        .get("/metrics", metrics, "Figures for Prometheus")
        .get("/openapi.json", document, "The document of this API")
        .get("/docs/problems", problems, "What each kind of refusal means")
}

#[derive(serde::Serialize, schemars::JsonSchema)]
pub struct Health {
    status: &'static str,
    version: &'static str,
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

async fn healthz(_: Outside) -> Result<Json<Health>> {
    Ok(Json(Health { status: "ok", version: VERSION }))
}

kernel::sql! {
    #![control]
    // How many steps are recorded for the registry and for the pooled companies.
    fn applied() -> i64 = "select count(*) from ctl.migration where schema_name in ('control', 'app')";
}
kernel::sql! {
    #![ops]
    fn queue_alive() -> i32 = "select 1";
}

async fn readyz(outside: Outside) -> Result<Json<Health>> {
    let applied = outside.house.control().run(applied()).await?;
    outside.house.ops().run(queue_alive()).await?;
    outside.house.database().answers().await?;
    if applied < walls::migrate::steps().map_err(|e| Error::Bug(e.to_string()))? as i64 {
        return Err(Error::Unready("The database is not at this program's version yet: run `tradewind migrate up`."));
    }
    Ok(Json(Health { status: "ready", version: VERSION }))
}

/// Set once by `serve`; other commands have no figures to show.
pub static METRICS: OnceLock<metrics_exporter_prometheus::PrometheusHandle> = OnceLock::new();

async fn metrics(_: Outside) -> Result<Text> {
    let body = METRICS.get().map(|handle| handle.render()).unwrap_or_default();
    Ok(Text { media_type: "text/plain; version=0.0.4", cache: "no-store", body })
}

/// Text that is JSON already.
struct Document(Text);
impl IntoResponse for Document {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}
impl Describe for Document {
    fn describe(operation: &mut Operation) {
        operation.success = (200, Some(("application/json", serde_json::json!({ "type": "object" }))));
    }
}

async fn document(outside: Outside) -> Result<Document> {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    let body = DOCUMENT.get_or_init(|| openapi::document(&outside.house.modules().routes, VERSION).to_string());
    Ok(Document(Text { media_type: "application/json", cache: "public, max-age=300", body: body.clone() }))
}

const PROBLEMS: &[(&str, &str)] = &[
    ("unauthenticated", "No valid session, token or API key came with the request."),
    ("forbidden", "The role behind the credential lacks the permission that is named. An owner or admin can grant it."),
    (
        "only_looking",
        "Somebody who runs the house looks in and may read alone. An owner or admin of the company can allow more.",
    ),
    ("wrong_tenant", "The host names one company, the credential another. Use the company's own address."),
    (
        "foreign",
        "A page of another site sent it. Browsers say so themselves (`Sec-Fetch-Site`, `Origin`); programs send neither.",
    ),
    ("closed", "The company is suspended. Nothing has been deleted."),
    (
        "not_found",
        "There is nothing at this address, or nothing that this credential may see; the two look the same on purpose.",
    ),
    (
        "elsewhere",
        "This process serves other parts of the product. The operator's proxy should have sent the request to another.",
    ),
    ("malformed", "The request could not be read: not JSON, the wrong media type, too large."),
    ("invalid", "One or more values need mending. `errors` names each with a JSON pointer and a sentence."),
    ("refused", "The rules of the trade say no for now; the sentence says why."),
    (
        "stale",
        "The record changed after it was read. Read it again and repeat the change with the new ETag in `If-Match`.",
    ),
    ("version_required", "A change needs `If-Match` with the ETag that was read."),
    ("too_many", "More requests than the limit allows. `Retry-After` says when to come again."),
    ("missing_reference", "An id refers to something that does not exist in this company, or that is still in use."),
    ("unready", "The process is starting, or the database is behind the program. Nothing was changed; try again."),
    ("busy", "The database was busy for a moment. Nothing was changed; try again."),
    (
        "late",
        "It took longer than half a minute and was given up. Look whether it was done, or send it again with the same `Idempotency-Key`.",
    ),
    ("full", "The disk of the house is full; nothing was changed. Send it again when there is room."),
    ("internal", "Something broke on our side. Quote `instance` to support."),
];

async fn problems(_: Outside) -> Result<Page> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; meta name="viewport" content="width=device-width, initial-scale=1"; title { "Problems · Tradewind" } link rel="stylesheet" href="/assets/app.css"; }
            body { main class="doc" {
                h1 class="h-lg" { "What a refusal means" }
                p { "Every refusal of the API is an RFC 9457 problem document. Its " code { "code" } " is stable; these are the codes." }
                dl { @for (code, meaning) in PROBLEMS { dt id=(code) { code { (code) } } dd { (meaning) } } }
            } }
        }
    };
    Ok(page.into())
}
