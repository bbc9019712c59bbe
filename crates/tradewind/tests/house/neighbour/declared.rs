//! What the document of the API declares for each operation: whatever a route really answers must be there.
use axum::http::Method;
use kernel::{module::Route, openapi};
use std::collections::{BTreeSet, HashMap};

/// By method; paths are matched as the house's own router does, which is quick enough to be asked at every probe.
pub struct Declared(HashMap<String, matchit::Router<Operation>>);

struct Operation {
    path: String,
    statuses: BTreeSet<u16>,
}

impl Declared {
    pub fn of(routes: &[Route]) -> Self {
        let document = openapi::document(routes, "0");
        let mut all = HashMap::<String, matchit::Router<Operation>>::new();
        for (path, operations) in document["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                let responses = operation["responses"].as_object().unwrap().keys();
                let statuses = responses.map(|status| status.parse().unwrap()).collect();
                let router = all.entry(method.to_uppercase()).or_default();
                router.insert(path.clone(), Operation { path: path.clone(), statuses }).unwrap();
            }
        }
        Self(all)
    }

    /// What the document does not say of this answer; nothing where it says it, or where nothing of it is documented.
    pub fn missing(&self, method: &Method, path: &str, status: u16) -> Option<String> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let operation = self.0.get(method.as_str())?.at(path).ok()?.value;
        let said = operation.statuses.contains(&status);
        (!said).then(|| format!("{method} {} answers {status}, and the document does not say so", operation.path))
    }
}

#[test]
fn an_answer_that_is_not_declared_is_found() {
    let declared = Declared::of(&tradewind::modules::all().routes);
    let id = kernel::Uuid::now_v7();
    let (get, post) = (Method::GET, Method::POST);
    let one = format!("/api/v1/customers/{id}");
    assert_eq!(declared.missing(&get, &one, 200), None);
    assert!(declared.missing(&get, &one, 402).unwrap().starts_with("GET /api/v1/customers/{id} answers 402"));
    assert!(
        declared.missing(&get, "/api/v1/customers?limit=1", 201).unwrap().contains("GET /api/v1/customers answers")
    );
    assert_eq!(declared.missing(&get, "/customers", 402), None, "a page is not in the document");
    // What was missing once.
    for status in [401, 403, 421] {
        assert_eq!(declared.missing(&post, "/api/v1/auth/token", status), None);
        assert_eq!(declared.missing(&post, "/api/v1/auth/refresh", status), None);
    }
    let file = format!("/files/{id}");
    for path in ["/healthz", "/readyz", "/metrics", "/openapi.json", "/.well-known/jwks.json", &file, "/live"] {
        assert!(declared.missing(&get, path, 402).is_some(), "{path} is not in the document");
        assert_eq!(declared.missing(&get, path, 200), None);
    }
}
