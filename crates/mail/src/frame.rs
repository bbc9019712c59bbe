//! The frame around our pages. It belongs to tenancy, which sends mail itself and so stands above us: it is handed in.
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use kernel::{
    Scope,
    http::Page,
    openapi::{Describe, Operation},
};
use maud::Markup;

/// What one of our pages puts into the frame of the office.
pub struct Framed {
    pub title: String,
    pub crumbs: Vec<(String, String)>,
    pub actions: Markup,
    pub body: Markup,
    /// Edge to edge, for tables.
    pub wide: bool,
}

/// `mail::module(|scope, page| tenancy::shell::page(scope, …))`.
pub type Frame = fn(&Scope, Framed) -> Page;

/// HTML that others wrote: no script, nothing fetched, no form, and no origin of ours even when it is opened by itself.
pub struct Sealed(pub String);

const SEALED: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

impl IntoResponse for Sealed {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SEALED)),
        ];
        (headers, self.0).into_response()
    }
}
impl Describe for Sealed {
    fn describe(operation: &mut Operation) {
        Page::describe(operation);
    }
}

/// A page that shows such HTML inside itself; the house's own policy lets no page hold a frame.
pub struct Holding(pub Page);

const HOLDING: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

impl IntoResponse for Holding {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(HOLDING));
        response
    }
}
impl Describe for Holding {
    fn describe(operation: &mut Operation) {
        Page::describe(operation);
    }
}
