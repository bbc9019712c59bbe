//! The router of a process, and the layers that every request passes.
use axum::{Router, extract::DefaultBodyLimit, response::IntoResponse};
use std::time::Duration;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, csrf::CsrfLayer, timeout::TimeoutLayer};

use super::arrive::{Arrival, arrive};
use crate::{Error, House};

/// The largest body: files; everything else is JSON or a form and far smaller.
pub const LARGEST: usize = 20 << 20;
/// What a route made by `post_large` takes instead, a little more than a file of 100 MB needs.
const LARGE: usize = super::spool::MOST as usize + (1 << 20);

/// Everything but the socket. Long-lived streams belong into `streams`: no time-out, no compression.
pub fn router(arrival: Arrival, streams: Router<House>) -> Router {
    let house = arrival.house.clone();
    let routes = house.modules().router.clone();
    let large = house
        .modules()
        .large
        .clone()
        .layer(DefaultBodyLimit::max(LARGE))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(900)))
        .layer(CompressionLayer::new());
    let timed = routes
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(30)))
        .layer(CompressionLayer::new());
    timed
        .merge(large)
        .merge(streams)
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(CatchPanicLayer::custom(|panic: Box<dyn std::any::Any + Send>| {
            let what = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("?");
            Error::Bug(format!("panic: {what}")).into_response()
        }))
        .layer(CsrfLayer::new())
        .layer(axum::middleware::from_fn_with_state(arrival, arrive))
        .with_state(house)
}
