//! Sits on the wire, for three things tokio-postgres does not do. It keeps to itself what decides whether a
//! connection is safe to reuse: the transaction status in ReadyForQuery, and whether COMMIT was answered with
//! ROLLBACK. And its connection task, when it runs on another thread, writes each message as soon as it is
//! queued: a pipeline of four leaves in up to four writes. So the wire holds a pipeline until all of it is there.
use std::{
    io,
    pin::Pin,
    sync::Arc,
    sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicUsize, Ordering::SeqCst},
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What the wire has shown so far. One task does all reading and writing, so the three never contradict each other for long.
#[derive(Default)]
pub(crate) struct Wire {
    owed: AtomicI64,
    status: AtomicU8,
    committed: AtomicBool,
    hold: AtomicUsize,
}

impl Wire {
    /// Everything sent is answered, and the server says it is in no transaction.
    pub fn is_quiet(&self) -> bool {
        self.owed.load(SeqCst) == 0 && self.status.load(SeqCst) == b'I'
    }

    /// The last command the server completed was COMMIT, and it did commit.
    pub fn committed(&self) -> bool {
        self.is_quiet() && self.committed.load(SeqCst)
    }

    /// The next `requests` leave together. Called before the first is queued, while the wire is silent.
    pub fn hold(&self, requests: usize) {
        self.hold.store(requests, SeqCst)
    }

    fn holds(&self) -> bool {
        self.hold.load(SeqCst) > 0
    }

    fn sent(&self, tag: u8) {
        // Startup, Sync and a simple query each end in one ReadyForQuery.
        if matches!(tag, STARTUP | b'S' | b'Q') {
            self.owed.fetch_add(1, SeqCst);
            let _ = self.hold.fetch_update(SeqCst, SeqCst, |n| n.checked_sub(1));
        }
    }

    fn heard(&self, tag: u8, body: &[u8]) {
        match tag {
            b'C' => self.committed.store(body.starts_with(b"COMMIT"), SeqCst),
            b'Z' => {
                self.status.store(body[0], SeqCst);
                self.owed.fetch_sub(1, SeqCst);
            }
            _ => {}
        }
    }
}

/// A stream to PostgreSQL with a listener on it. It sits above TLS, where the bytes are plain.
pub(crate) struct Tapped<S> {
    stream: S,
    wire: Arc<Wire>,
    out: Walker,
    back: Walker,
    held: Vec<u8>,
}

impl<S> Tapped<S> {
    pub fn new(stream: S, wire: Arc<Wire>) -> Self {
        // The first message a client sends is the only one without a tag byte.
        Self { stream, wire, out: Walker { head: vec![STARTUP], left: 0 }, back: Walker::default(), held: vec![] }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tapped<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        this.back.walk(&buf.filled()[before..], |tag, body| this.wire.heard(tag, body));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tapped<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let n = match this.wire.holds() || !this.held.is_empty() {
            true => {
                this.held.extend_from_slice(bytes);
                bytes.len()
            }
            false => ready!(Pin::new(&mut this.stream).poll_write(cx, bytes))?,
        };
        this.out.walk(&bytes[..n], |tag, _| this.wire.sent(tag));
        Poll::Ready(Ok(n))
    }

    /// tokio-postgres flushes after every batch of messages it takes from its queue; only the last flush of a pipeline counts.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.wire.holds() {
            return Poll::Ready(Ok(()));
        }
        while !this.held.is_empty() {
            let n = ready!(Pin::new(&mut this.stream).poll_write(cx, &this.held))?;
            this.held.drain(..n);
        }
        Pin::new(&mut this.stream).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

const STARTUP: u8 = 0;

/// Walks over messages (tag, length, body) however the bytes are cut, and keeps the first bytes of each body.
#[derive(Default)]
struct Walker {
    head: Vec<u8>,
    left: usize,
}

impl Walker {
    const HEADER: usize = 5;
    const KEPT: usize = Self::HEADER + 8;

    fn walk(&mut self, mut bytes: &[u8], mut seen: impl FnMut(u8, &[u8])) {
        while !bytes.is_empty() {
            if self.head.len() < Self::HEADER {
                let n = bytes.len().min(Self::HEADER - self.head.len());
                self.head.extend_from_slice(&bytes[..n]);
                bytes = &bytes[n..];
                if self.head.len() < Self::HEADER {
                    return;
                }
                self.left = u32::from_be_bytes([self.head[1], self.head[2], self.head[3], self.head[4]]) as usize - 4;
            }
            let n = bytes.len().min(self.left);
            self.head.extend_from_slice(&bytes[..n.min(Self::KEPT - self.head.len())]);
            bytes = &bytes[n..];
            self.left -= n;
            if self.left == 0 {
                seen(self.head[0], &self.head[Self::HEADER..]);
                self.head.clear();
            }
        }
    }
}

#[test]
fn messages_are_found_however_the_bytes_are_cut() {
    let bytes = b"C\0\0\0\x0bCOMMIT\0Z\0\0\0\x05IS\0\0\0\x04D\0\0\0\x24a row longer than what is kept..Z\0\0\0\x05T";
    for cut in 1..bytes.len() {
        let (mut walker, mut seen) = (Walker::default(), String::new());
        bytes.chunks(cut).for_each(|piece| {
            walker.walk(piece, |tag, body| seen.extend([tag as char, *body.first().unwrap_or(&b'-') as char]))
        });
        assert_eq!(seen, "CCZIS-DaZT", "cut every {cut} bytes");
    }
}
