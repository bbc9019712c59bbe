//! A large file, read from disk as it goes out: memory holds a piece of it at a time, however large it is.
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use tokio::{fs::File, io::AsyncReadExt};

use super::Download;
use crate::openapi::{Describe, Operation};

const PIECE: usize = 64 * 1024;

/// As `Download`, from a file that is open.
#[derive(Debug)]
pub struct Streamed {
    pub name: String,
    pub media_type: String,
    pub file: File,
    pub bytes: u64,
}

impl IntoResponse for Streamed {
    fn into_response(self) -> Response {
        let pieces = futures_util::stream::try_unfold(self.file, |mut file| async move {
            let mut piece = vec![0; PIECE];
            let read = file.read(&mut piece).await?;
            piece.truncate(read);
            Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
        });
        let empty = Download { name: self.name, media_type: self.media_type, bytes: Bytes::new(), inline: false };
        let mut response = empty.into_response();
        *response.body_mut() = Body::from_stream(pieces);
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(self.bytes));
        response
    }
}

impl Describe for Streamed {
    fn describe(operation: &mut Operation) {
        Download::describe(operation);
    }
}
