//! What the layers around every handler refuse, they refuse as the house does: with a problem for programs, a page for people.
use super::ground::ground;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header::HOST},
};
use kernel::{
    House, Module, Outside, Result, Uuid, Visitor,
    http::{
        Json,
        arrive::Arrival,
        serve::{router, router_within},
    },
};
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tower::ServiceExt;

async fn quick(_: Visitor) -> Result<Json<&'static str>> {
    Ok(Json("done"))
}
async fn slow(_: Outside) -> Result<Json<&'static str>> {
    tokio::time::sleep(Duration::from_secs(600)).await;
    Ok(Json("done"))
}

fn module() -> Module {
    Module::new("errands")
        .post("/api/v1/errands", quick, "By a program")
        .post("/errands", quick, "By a form")
        .get("/api/v1/long", slow, "Takes ten minutes")
        .get("/long", slow, "Takes ten minutes")
}

fn arrival(house: House) -> Arrival {
    let error_page = |_: &House, _: Option<&Arc<kernel::Tenant>>, problem: &kernel::error::Problem, _: &str| {
        maud::html! { h1 { (problem.code) } p { (problem.detail) } }
    };
    Arrival { house, error_page, behind_proxy: false }
}

struct Answer {
    status: u16,
    media: String,
    text: String,
}

impl Answer {
    /// As a program or as a person is told; nobody gets a blank page.
    fn refused(&self, status: u16, code: &str, page: bool) {
        assert_eq!(self.status, status, "{}", self.text);
        if page {
            assert!(self.media.starts_with("text/html"), "{}", self.media);
            assert!(self.text.contains(&format!("<h1>{code}</h1>")), "{}", self.text);
        } else {
            assert_eq!(self.media, "application/problem+json");
            let problem: Value = serde_json::from_str(&self.text).unwrap();
            assert_eq!((problem["code"].as_str(), problem["status"].as_u64()), (Some(code), Some(u64::from(status))));
            assert!(problem["detail"].as_str().unwrap().ends_with('.') && problem["instance"].as_str().unwrap() != "");
        }
    }
}

async fn ask(router: &Router, method: &str, path: &str, host: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header(HOST, host);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let media = parts.headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let text = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
    Answer { status: parts.status.as_u16(), media, text }
}

#[tokio::test]
async fn what_another_site_sends_is_refused_with_a_reason() {
    let house = ground().await.house(vec![module()]);
    let router = router(arrival(house), kernel::live::streams());
    let (acme, bolt) = (format!("{}.tradewind.test", Uuid::now_v7()), format!("{}.tradewind.test", Uuid::now_v7()));
    let neighbour = format!("http://{bolt}");
    let own = format!("http://{acme}");
    let (page, cookie) = (("accept", "text/html"), ("cookie", "__Host-tradewind=jobs.read"));
    for (path, page) in [("/errands", true), ("/api/v1/errands", false)] {
        let headers = [("accept", if page { "text/html" } else { "application/json" }), cookie];
        for foreign in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", neighbour.as_str()),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let answer = ask(&router, "POST", path, &acme, &[&headers[..], &[foreign]].concat()).await;
            answer.refused(403, "foreign", page);
        }
        // What the browser says of itself outweighs an origin that somebody else claims.
        let both = [("sec-fetch-site", "cross-site"), ("origin", own.as_str())];
        ask(&router, "POST", path, &acme, &[&headers[..], &both].concat()).await.refused(403, "foreign", page);
        for same in [("origin", own.as_str()), ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none"), program()]
        {
            let answer = ask(&router, "POST", path, &acme, &[&headers[..], &[same]].concat()).await;
            assert_eq!((answer.status, answer.text.as_str()), (200, "\"done\""), "{path} {same:?}");
        }
    }
    // A fragment is asked for by a script, which reads problems.
    let script = [page, cookie, ("x-fragment", "1"), ("sec-fetch-site", "cross-site")];
    ask(&router, "POST", "/errands", &acme, &script).await.refused(403, "foreign", false);
}

/// A program: neither of the two headers.
fn program() -> (&'static str, &'static str) {
    ("user-agent", "curl")
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_given_up_with_a_reason() {
    let house = ground().await.house(vec![module()]);
    let router = router_within(Duration::from_millis(50), arrival(house), kernel::live::streams());
    let browser = [("accept", "text/html,application/xhtml+xml")];
    ask(&router, "GET", "/long", "tradewind.test", &browser).await.refused(503, "late", true);
    ask(&router, "GET", "/long", "tradewind.test", &[]).await.refused(503, "late", false);
    ask(&router, "GET", "/api/v1/long", "tradewind.test", &browser).await.refused(503, "late", false);
    let acme = format!("{}.tradewind.test", Uuid::now_v7());
    assert_eq!(ask(&router, "POST", "/errands", &acme, &[]).await.status, 200, "what is quick is not given up");
}
