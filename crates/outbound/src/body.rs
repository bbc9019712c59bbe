//! Takes the answer in, so much and no more: bytes are counted as they come and once more as they are unpacked.
use flate2::write::MultiGzDecoder;
use http_body_util::BodyExt;
use hyper::{HeaderMap, body::Incoming, header::CONTENT_ENCODING};
use std::io::{self, Write};

use crate::Refusal;

/// Takes bytes in up to a bound.
struct Bounded {
    bytes: Vec<u8>,
    most: usize,
    full: bool,
}

impl Write for Bounded {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > self.most {
            self.full = true;
            return Err(io::Error::other("too large"));
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Sink {
    Plain(Bounded),
    Packed(Box<MultiGzDecoder<Bounded>>),
}

fn packed(headers: &HeaderMap) -> Result<bool, Refusal> {
    let mut named = headers.get_all(CONTENT_ENCODING).iter();
    match (named.next().map(|value| value.to_str().unwrap_or("?").trim().to_ascii_lowercase()), named.next()) {
        (None, _) => Ok(false),
        (Some(one), None) if matches!(one.as_str(), "" | "identity") => Ok(false),
        (Some(one), None) if matches!(one.as_str(), "gzip" | "x-gzip") => Ok(true),
        // Nothing else was asked for; and what is packed twice was packed to be a burden.
        _ => Err(Refusal::Encoding),
    }
}

pub(crate) async fn take(headers: &HeaderMap, mut body: Incoming, most: usize) -> Result<Vec<u8>, Refusal> {
    let bounded = Bounded { bytes: vec![], most, full: false };
    let mut sink = match packed(headers)? {
        true => Sink::Packed(Box::new(MultiGzDecoder::new(bounded))),
        false => Sink::Plain(bounded),
    };
    let mut came = 0;
    while let Some(frame) = body.frame().await {
        let Ok(bytes) = frame.map_err(|_| Refusal::NoAnswer)?.into_data() else { continue };
        came += bytes.len();
        if came > most {
            return Err(Refusal::TooLarge);
        }
        let written = match &mut sink {
            Sink::Plain(bounded) => bounded.write_all(&bytes),
            Sink::Packed(packed) => packed.write_all(&bytes),
        };
        if written.is_err() {
            return Err(sink.refusal());
        }
    }
    match sink {
        Sink::Plain(bounded) => Ok(bounded.bytes),
        Sink::Packed(mut packed) => match packed.try_finish() {
            Ok(()) => Ok(std::mem::take(&mut packed.get_mut().bytes)),
            Err(_) => Err(Sink::Packed(packed).refusal()),
        },
    }
}

impl Sink {
    fn refusal(&self) -> Refusal {
        let full = match self {
            Self::Plain(bounded) => bounded.full,
            Self::Packed(packed) => packed.get_ref().full,
        };
        if full { Refusal::TooLarge } else { Refusal::Encoding }
    }
}
