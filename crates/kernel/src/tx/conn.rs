//! One connection, spoken to directly: a pipeline leaves in one write with one Sync, and the task that asked reads the answers itself.
//!
//! tokio-postgres says hello (addresses, passwords, SCRAM); from then on the connection is ours. It ends each statement with
//! a Sync of its own, which PostgreSQL answers with a write of its own, and reads in another task: of a simple request's time,
//! half was spent on waking one another. With one Sync an error also skips what follows it, COMMIT included.
use bytes::{Buf, BytesMut};
use fallible_iterator::FallibleIterator;
use postgres_protocol::{
    IsNull,
    message::{
        backend::{DataRowBody, ErrorResponseBody, Message, RowDescriptionBody},
        frontend,
    },
};
use std::{
    collections::HashMap,
    future::poll_fn,
    io,
    pin::{Pin, pin},
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker, ready},
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio_postgres::{
    CancelToken, Config, NoTls,
    types::{IsNull as Null, ToSql, Type},
};

use super::sql::{Query, Reply};
use crate::{Error, Result};

pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

pub(crate) struct Conn {
    stream: Box<dyn Stream>,
    inbox: BytesMut,
    outbox: BytesMut,
    /// What the server said last of its transaction: `I`dle, in a `T`ransaction, in a failed one (`E`); or that it has not answered yet.
    status: u8,
    prepared: HashMap<usize, Prepared>,
    named: usize,
    cancel: CancelToken,
}

struct Prepared {
    name: String,
    columns: Columns,
}

/// Name and type of each column of an answer.
pub(crate) type Columns = Arc<[(String, Type)]>;

/// A statement and the values it is sent with, the tenant's id first where there is one.
pub(crate) struct Ask<'a> {
    pub query: &'static Query,
    pub values: Vec<(&'a (dyn ToSql + Sync), &'a Type)>,
}

impl Ask<'_> {
    pub fn plain(query: &'static Query) -> Self {
        Self { query, values: vec![] }
    }
}

const UNANSWERED: u8 = 0;
/// Beyond this an emptied buffer is not kept for the next request.
const KEPT: usize = 64 * 1024;

impl Conn {
    pub async fn open(config: &Config, stream: Box<dyn Stream>) -> Result<Self> {
        let lent = Lent(Arc::new(Mutex::new(Some(stream))));
        let hello = config.connect_raw(Lent(lent.0.clone()), NoTls).await;
        let (client, connection) = hello.map_err(|e| Error::from_pg("connect", e))?;
        let cancel = client.cancel_token();
        drop((client, connection));
        let stream = lent.0.lock().unwrap_or_else(|e| e.into_inner()).take();
        let stream = stream.ok_or_else(|| Error::Lost("the connection was lost at its start".into()))?;
        let (inbox, outbox) = (BytesMut::with_capacity(8 * 1024), BytesMut::with_capacity(4 * 1024));
        Ok(Self { stream, inbox, outbox, status: b'I', prepared: HashMap::new(), named: 0, cancel })
    }

    /// Everything sent is answered, and the server says it is in no transaction.
    pub fn is_quiet(&self) -> bool {
        self.status == b'I'
    }

    pub fn cancel_token(&self) -> CancelToken {
        self.cancel.clone()
    }

    /// Nothing was said while it lay idle but what a server may say at any time. A closed one has said so.
    pub fn is_open(&mut self) -> bool {
        loop {
            let heard = pin!(self.stream.read_buf(&mut self.inbox)).poll(&mut Context::from_waker(Waker::noop()));
            match heard {
                Poll::Pending => return self.is_quiet(),
                Poll::Ready(Ok(1..)) => {}
                Poll::Ready(_) => return false,
            }
            loop {
                match Message::parse(&mut self.inbox) {
                    Ok(None) => break,
                    Ok(Some(Message::NoticeResponse(_) | Message::ParameterStatus(_))) => {}
                    _ => return false,
                }
            }
        }
    }

    /// Prepares, in one round trip, what this connection has not seen yet.
    pub async fn prepare(&mut self, queries: impl Iterator<Item = &'static Query>) -> Result<()> {
        let mut missing: Vec<_> = queries.filter(|q| !self.prepared.contains_key(&q.key())).collect();
        missing.sort_by_key(|q| q.key());
        missing.dedup_by_key(|q| q.key());
        if missing.is_empty() {
            return Ok(());
        }
        let mut names = vec![];
        for query in &missing {
            // The types are ours, as with unnamed statements, so that both ways mean the same.
            let name = format!("s{}", self.named);
            self.named += 1;
            frontend::parse(&name, query.sql, query.types().iter().map(Type::oid), &mut self.outbox).map_err(lost)?;
            frontend::describe(b'S', &name, &mut self.outbox).map_err(lost)?;
            names.push(name);
        }
        frontend::sync(&mut self.outbox);
        let mut described = vec![];
        let heard = |message| {
            match message {
                Message::RowDescription(body) => described.push(columns(&body)?),
                Message::NoData => described.push(Arc::from([])),
                _ => {}
            }
            Ok(())
        };
        let refused = self.talk(heard).await?;
        let at = missing.get(described.len()).map_or("prepare", |q| q.at);
        for ((query, name), columns) in missing.into_iter().zip(names).zip(described) {
            query.check(columns.iter().map(|(name, ty)| (name.as_str(), ty)))?;
            self.prepared.insert(query.key(), Prepared { name, columns });
        }
        refused.map_or(Ok(()), |refused| Err(Error::from_server(at, &refused)))
    }

    /// One write, one wait. The last `bool` says that the last statement was COMMIT, and that the server did commit.
    pub async fn exchange(&mut self, asks: &[Ask<'_>]) -> Result<(Vec<Reply>, bool)> {
        for ask in asks {
            if let Err(error) = self.put(ask) {
                // A value that does not encode: nothing of the whole exchange has left, nor will.
                self.outbox.clear();
                return Err(error);
            }
        }
        frontend::sync(&mut self.outbox);
        let mut replies: Vec<Reply> = Vec::with_capacity(asks.len());
        let (mut rows, mut shape, mut committed) = (vec![], None, false);
        let prepared = std::mem::take(&mut self.prepared);
        let heard = |message| {
            match message {
                Message::DataRow(row) => rows.push(row),
                Message::RowDescription(body) => shape = Some(columns(&body)?),
                Message::CommandComplete(body) => {
                    let query = asks.get(replies.len()).ok_or_else(|| astray("an answer nobody asked for"))?.query;
                    let tag = body.tag().map_err(lost)?;
                    committed = tag == "COMMIT";
                    let touched = tag.rsplit(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0);
                    let known =
                        || prepared.get(&query.key()).map(|p| p.columns.clone()).unwrap_or_else(|| Arc::from([]));
                    let columns = shape.take().unwrap_or_else(known);
                    replies.push(Reply { query, columns, rows: std::mem::take(&mut rows), touched });
                }
                Message::EmptyQueryResponse | Message::PortalSuspended => {
                    return Err(astray("an answer without an end"));
                }
                _ => {}
            }
            Ok(())
        };
        let refused = self.talk(heard).await;
        self.prepared = prepared;
        if let Some(refused) = refused? {
            let at = asks.get(replies.len()).map_or("commit", |ask| ask.query.at);
            return Err(Error::from_server(at, &refused));
        }
        if replies.len() != asks.len() {
            return Err(astray("fewer answers than questions"));
        }
        // What is prepared was looked at then.
        for reply in replies.iter().filter(|reply| !self.prepared.contains_key(&reply.query.key())) {
            reply.query.check(reply.columns.iter().map(|(name, ty)| (name.as_str(), ty)))?;
        }
        Ok((replies, committed))
    }

    fn put(&mut self, ask: &Ask<'_>) -> Result<()> {
        let name = match self.prepared.get(&ask.query.key()) {
            Some(prepared) => prepared.name.as_str(),
            None => {
                let oids = ask.values.iter().map(|(_, ty)| ty.oid());
                frontend::parse("", ask.query.sql, oids, &mut self.outbox).map_err(lost)?;
                ""
            }
        };
        let bound = frontend::bind(
            "",
            name,
            Some(1),
            &ask.values,
            |(value, ty), buf| match value.to_sql_checked(ty, buf)? {
                Null::Yes => Ok(IsNull::Yes),
                Null::No => Ok(IsNull::No),
            },
            Some(1),
            &mut self.outbox,
        );
        bound.map_err(|e| Error::Misfit {
            at: ask.query.at,
            what: format!("a value that cannot be sent: {}", unbound(e)),
        })?;
        if name.is_empty() {
            frontend::describe(b'P', "", &mut self.outbox).map_err(lost)?;
        }
        frontend::execute("", 0, &mut self.outbox).map_err(lost)
    }

    /// Sends what is in the outbox and hears every message up to ReadyForQuery. What comes back is the first error, if there was one.
    async fn talk(&mut self, mut heard: impl FnMut(Message) -> Result<()>) -> Result<Option<ErrorResponseBody>> {
        self.status = UNANSWERED;
        metrics::counter!("database_round_trips_total").increment(1);
        let (mut refused, mut stray) = (None, None);
        loop {
            while let Some(message) = Message::parse(&mut self.inbox).map_err(lost)? {
                match message {
                    Message::ReadyForQuery(body) => {
                        self.status = body.status();
                        if self.inbox.capacity() > KEPT && self.inbox.is_empty() {
                            self.inbox = BytesMut::with_capacity(8 * 1024);
                        }
                        return stray.map_or(Ok(refused), Err);
                    }
                    Message::ErrorResponse(body) => refused = refused.or(Some(body)),
                    message => stray = stray.or(heard(message).err()),
                }
            }
            if let Err(error) = poll_fn(|cx| self.poll_move(cx)).await {
                // A server that ends a session says why before it hangs up; the connection is of no use in either case.
                return refused.map_or_else(|| Err(lost(error)), |refused| Ok(Some(refused)));
            }
        }
    }

    /// Moves bytes in both directions: a server that waits to be read would never read the rest of a long pipeline.
    fn poll_move(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.outbox.is_empty() {
            match Pin::new(&mut self.stream).poll_write(cx, &self.outbox) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(n)) => self.outbox.advance(n),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => break,
            }
        }
        if self.outbox.is_empty() && self.outbox.capacity() > KEPT {
            self.outbox = BytesMut::with_capacity(4 * 1024);
        }
        self.inbox.reserve(4 * 1024);
        match ready!(pin!(self.stream.read_buf(&mut self.inbox)).poll(cx))? {
            0 => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
            _ => Poll::Ready(Ok(())),
        }
    }
}

fn columns(body: &RowDescriptionBody) -> Result<Columns> {
    let mut columns = vec![];
    let mut fields = body.fields();
    while let Some(field) = fields.next().map_err(lost)? {
        let ty = Type::from_oid(field.type_oid()).unwrap_or(Type::UNKNOWN);
        columns.push((field.name().to_owned(), ty));
    }
    Ok(columns.into())
}

pub(crate) type Line = DataRowBody;

fn lost(error: io::Error) -> Error {
    Error::Lost(error.to_string())
}
fn astray(what: &str) -> Error {
    Error::Lost(format!("the database gave {what}"))
}
fn unbound(error: frontend::BindError) -> String {
    match error {
        frontend::BindError::Conversion(error) => error.to_string(),
        frontend::BindError::Serialization(error) => error.to_string(),
    }
}

/// The stream while tokio-postgres has it for the hello; what it is lent, it gives back by being dropped.
struct Lent(Arc<Mutex<Option<Box<dyn Stream>>>>);

impl Lent {
    fn with<T>(&self, poll: impl FnOnce(Pin<&mut dyn Stream>) -> Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match self.0.lock().unwrap_or_else(|e| e.into_inner()).as_mut() {
            Some(stream) => poll(Pin::new(&mut **stream)),
            None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}
impl AsyncRead for Lent {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_read(cx, buf))
    }
}
impl AsyncWrite for Lent {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.with(|stream| stream.poll_write(cx, bytes))
    }
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_flush(cx))
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_shutdown(cx))
    }
}
