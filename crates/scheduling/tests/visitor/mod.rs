//! Somebody who books online.
use axum::{body::Body, http::Method};
use harness::{Answer, Company, Person};

/// A browser without JavaScript: it keeps cookies and follows where it is sent.
pub struct Browser<'a> {
    pub who: Person<'a>,
    pub cookie: String,
}

impl<'a> Browser<'a> {
    pub fn at(acme: &'a Company<'a>) -> Self {
        Self { who: acme.visitor(), cookie: String::new() }
    }
    pub async fn get(&self, path: &str) -> Answer {
        self.who.call(Method::GET, path, &[("accept", "text/html"), ("cookie", &self.cookie)], Body::empty()).await
    }
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encode = |text: &str| {
            text.bytes()
                .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
                .collect::<String>()
        };
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let headers = [
            ("accept", "text/html"),
            ("cookie", self.cookie.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let answer = self.who.call(Method::POST, path, &headers, Body::from(body.join("&"))).await;
        for set in answer.headers.get_all("set-cookie") {
            let set = set.to_str().unwrap();
            if set.starts_with("tradewind_book=") {
                self.cookie = set.split(';').next().unwrap().to_owned();
            }
        }
        answer
    }
    /// Through the first two questions.
    pub async fn for_service(mut self, item: &str) -> Self {
        let place = self
            .post(
                "/book",
                &[("street", "904 Lake St"), ("city", "Springfield"), ("region", "IL"), ("postal_code", "62704")],
            )
            .await;
        assert_eq!((place.status, place.header("location")), (303, "/book/service"), "{place:?}");
        let service = self.post("/book/service", &[("item_id", item)]).await;
        assert_eq!((service.status, service.header("location")), (303, "/book/when"), "{service:?}");
        self
    }
}
