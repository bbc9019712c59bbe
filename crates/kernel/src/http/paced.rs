//! The body of a large upload, let in a piece at a time: what is not on disk yet stays small, whatever the body is made of.
use axum::body::Body;
use bytes::Bytes;
use futures_util::TryStreamExt;
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

const PIECE: usize = 256 << 10;
/// So far may what was received be before what is on disk: the other fields of the form, and what stands between its parts.
const AHEAD: u64 = 8 << 20;

/// What of the body is on disk, and whether the rest became too much.
#[derive(Debug, Default)]
pub(super) struct Pace {
    on_disk: AtomicU64,
    too_far: AtomicBool,
}

impl Pace {
    pub fn kept(&self, bytes: usize) {
        self.on_disk.fetch_add(bytes as u64, Relaxed);
    }
    pub fn was_too_far(&self) -> bool {
        self.too_far.load(Relaxed)
    }
}

pub(super) fn paced(body: Body, pace: Arc<Pace>) -> Body {
    let start = (body.into_data_stream(), Bytes::new(), 0_u64);
    Body::from_stream(futures_util::stream::try_unfold(start, move |(mut body, mut rest, received)| {
        let pace = pace.clone();
        async move {
            // Whoever reads the form takes all that is ready; so they have time to write it before there is more.
            tokio::task::yield_now().await;
            if rest.is_empty() {
                match body.try_next().await.map_err(io::Error::other)? {
                    Some(more) => rest = more,
                    None => return Ok(None),
                }
            }
            let piece = rest.split_to(rest.len().min(PIECE));
            let received = received + piece.len() as u64;
            if received > pace.on_disk.load(Relaxed) + AHEAD {
                pace.too_far.store(true, Relaxed);
                return Err(io::Error::from(io::ErrorKind::FileTooLarge));
            }
            Ok(Some((piece, (body, rest, received))))
        }
    }))
}
