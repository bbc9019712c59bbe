//! The router of a process, and the layers that every request passes.
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware::map_response,
    response::{IntoResponse, Response},
};
use std::time::Duration;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, csrf::CsrfLayer, timeout::TimeoutLayer};

use super::arrive::{Arrival, arrive};
use crate::{Error, House, error::Problem};

/// The largest body: files; everything else is JSON or a form and far smaller.
pub const LARGEST: usize = 20 << 20;
/// What a route made by `post_large` may take: as long as a slow line needs for the largest file. It counts what it reads itself.
const PATIENCE_WITH_FILES: Duration = Duration::from_secs(3600);

/// How long a handler may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The layer that gives up answers with a bare status; every other refusal of this status says why.
async fn late(response: Response) -> Response {
    match response.status() == StatusCode::SERVICE_UNAVAILABLE && response.extensions().get::<Problem>().is_none() {
        true => Error::Late.into_response(),
        false => response,
    }
}

/// Everything but the socket. Long-lived streams belong into `streams`: no time-out, no compression.
pub fn router(arrival: Arrival, streams: Router<House>) -> Router {
    router_within(PATIENCE, arrival, streams)
}

/// The same with another patience, for who will not wait half a minute.
pub fn router_within(patience: Duration, arrival: Arrival, streams: Router<House>) -> Router {
    let house = arrival.house.clone();
    let routes = house.modules().router.clone();
    let large = house
        .modules()
        .large
        .clone()
        .layer(DefaultBodyLimit::disable())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE_WITH_FILES))
        .layer(map_response(late))
        .layer(CompressionLayer::new());
    let timed = routes
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, patience))
        .layer(map_response(late))
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
        .layer(CsrfLayer::new().with_rejection_response(|_| Error::Foreign.into_response()))
        .layer(axum::middleware::from_fn_with_state(arrival, arrive))
        .with_state(house)
}
