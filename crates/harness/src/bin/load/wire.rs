//! HTTP/1.1 of one client on one connection, no more of it than the house speaks: a head, then a body of a known length or in chunks.
use std::{io, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

pub struct Wire {
    address: String,
    stream: Option<TcpStream>,
    inbox: Vec<u8>,
}

pub struct Answer {
    pub status: u16,
    /// How a refusal begins.
    pub words: String,
}

/// Whoever waits longer has had no answer.
const PATIENCE: Duration = Duration::from_secs(30);

impl Wire {
    pub fn new(address: String) -> Self {
        Self { address, stream: None, inbox: Vec::with_capacity(16 * 1024) }
    }

    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        let outcome = match timeout(PATIENCE, self.exchange(request)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(io::Error::other("no answer in half a minute")),
        };
        if outcome.is_err() {
            self.stream = None;
        }
        outcome
    }

    async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(&self.address).await?,
        };
        stream.set_nodelay(true)?;
        stream.write_all(request).await?;
        self.inbox.clear();
        let head = loop {
            if let Some(end) = find(&self.inbox, b"\r\n\r\n") {
                break end + 4;
            }
            self.more(&mut stream).await?;
        };
        let text = String::from_utf8_lossy(&self.inbox[..head]).to_ascii_lowercase();
        let status = text.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status: u16 = status.ok_or_else(|| io::Error::other("no status"))?;
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let end = match field("content-length:").and_then(|length| length.parse::<usize>().ok()) {
            Some(length) => head + length,
            None if field("transfer-encoding:") == Some("chunked") => usize::MAX,
            None => head,
        };
        while self.inbox.len() < end && !(end == usize::MAX && self.inbox.ends_with(b"0\r\n\r\n")) {
            self.more(&mut stream).await?;
        }
        let words = match status {
            200..400 => String::new(),
            _ => String::from_utf8_lossy(&self.inbox[head..]).chars().take(300).collect(),
        };
        if field("connection:") != Some("close") {
            self.stream = Some(stream);
        }
        Ok(Answer { status, words })
    }

    async fn more(&mut self, stream: &mut TcpStream) -> io::Result<()> {
        match stream.read_buf(&mut self.inbox).await? {
            0 => Err(io::Error::other("the connection was closed in the middle")),
            _ => Ok(()),
        }
    }
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}
