//! A pool whose default is to close. A connection comes back only when its lease is handed back by name and
//! the wire is quiet; a lease that is merely dropped (a client went away) takes its connection with it.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::AbortHandle,
    time::timeout,
};
use tokio_postgres::{AsyncMessage, CancelToken, Client, Config, NoTls, config::Host};

use super::{
    sql::Query,
    wire::{Tapped, Wire},
};
use crate::{Error, Result};

const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

pub(crate) struct Pool {
    config: Config,
    size: usize,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Conn>>,
}

pub(crate) struct Conn {
    pub client: Client,
    pub wire: Arc<Wire>,
    task: AbortHandle,
    prepared: HashMap<usize, tokio_postgres::Statement>,
    idle_since: Instant,
}

pub(crate) struct Lease {
    conn: Option<Conn>,
    pool: Arc<Pool>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Pool {
    pub fn new(config: Config, size: usize) -> Arc<Self> {
        Arc::new(Self { config, size, permits: Arc::new(Semaphore::new(size)), idle: Mutex::default() })
    }

    pub async fn lease(self: &Arc<Self>) -> Result<Lease> {
        let permit = timeout(PATIENCE, self.permits.clone().acquire_owned())
            .await
            .map_err(|_| Error::Busy)?
            .map_err(|_| Error::Busy)?;
        let waiting = {
            let mut idle = self.idle.lock().unwrap_or_else(|e| e.into_inner());
            std::iter::from_fn(|| idle.pop()).find(|conn| !conn.client.is_closed() && conn.wire.is_quiet())
        };
        let conn = match waiting {
            Some(conn) => conn,
            None => timeout(PATIENCE, self.connect()).await.map_err(|_| Error::Busy)??,
        };
        Ok(Lease { conn: Some(conn), pool: self.clone(), permit: Some(permit) })
    }

    /// A Unix socket or TCP; without TLS, which a proxy or a private network provides.
    async fn dial(&self) -> Result<Box<dyn Stream>> {
        let port = *self.config.get_ports().first().unwrap_or(&5432);
        let lost = |e: std::io::Error| Error::Lost(e.to_string());
        match self.config.get_hosts().first() {
            Some(Host::Tcp(host)) => {
                let stream = TcpStream::connect((host.as_str(), port)).await.map_err(lost)?;
                stream.set_nodelay(true).map_err(lost)?;
                Ok(Box::new(stream))
            }
            Some(Host::Unix(folder)) => {
                Ok(Box::new(UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await.map_err(lost)?))
            }
            None => Err(Error::Lost("the address of the database has no host".into())),
        }
    }

    async fn connect(&self) -> Result<Conn> {
        let wire = Arc::new(Wire::default());
        let tapped = Tapped::new(self.dial().await?, wire.clone());
        let (client, connection) =
            self.config.connect_raw(tapped, NoTls).await.map_err(|e| Error::from_pg("connect", e))?;
        let task = tokio::spawn(connection).abort_handle();
        Ok(Conn { client, wire, task, prepared: HashMap::new(), idle_since: Instant::now() })
    }

    /// A connection outside the pool that says `listen` and then only hears, until it breaks.
    pub async fn hear(&self, listen: &str, hint: impl Fn()) -> Result<()> {
        let lost = |e| Error::from_pg("listen", e);
        let connected = timeout(PATIENCE, async { Ok(self.config.connect_raw(self.dial().await?, NoTls).await) });
        let (client, mut connection) = connected.await.map_err(|_| Error::Busy)??.map_err(lost)?;
        let mut said = Box::pin(client.batch_execute(listen));
        let mut listening = false;
        loop {
            let message = std::future::poll_fn(|cx| connection.poll_message(cx));
            tokio::select! {
                outcome = &mut said, if !listening => {
                    outcome.map_err(lost)?;
                    listening = true;
                }
                message = message => match message {
                    Some(Ok(AsyncMessage::Notification(_))) => hint(),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(lost(error)),
                    None => return Ok(()),
                },
            }
        }
    }

    /// Closes what has been idle for too long. True when nothing is left and nobody is at work here.
    pub fn reap(&self, idle_for: Duration) -> bool {
        let mut idle = self.idle.lock().unwrap_or_else(|e| e.into_inner());
        idle.retain(|conn| conn.idle_since.elapsed() < idle_for && !conn.client.is_closed());
        idle.is_empty() && self.permits.available_permits() == self.size
    }
}

impl Conn {
    /// Prepares, in one round trip, what this connection has not seen yet. It comes before the pipeline is built,
    /// never inside it: a statement prepared in the middle would let the later ones overtake it.
    pub async fn prepare(&mut self, queries: impl Iterator<Item = &'static Query>) -> Result<()> {
        let mut missing: Vec<_> = queries.filter(|q| !self.prepared.contains_key(&q.key())).collect();
        missing.sort_by_key(|q| q.key());
        missing.dedup_by_key(|q| q.key());
        let client = &self.client;
        // The types are ours, as with unnamed statements, so that both ways mean the same.
        let typed: Vec<_> = missing.iter().map(|q| q.types()).collect();
        let each = missing.iter().zip(&typed).map(|(q, types)| client.prepare_typed(q.sql, types));
        let made = futures_util::future::join_all(each).await;
        for (query, made) in missing.into_iter().zip(made) {
            let statement = made.map_err(|e| Error::from_pg(query.at, e))?;
            query.check(statement.columns())?;
            self.prepared.insert(query.key(), statement);
        }
        Ok(())
    }

    pub fn prepared(&self, query: &'static Query) -> Option<&tokio_postgres::Statement> {
        self.prepared.get(&query.key())
    }
}

impl Lease {
    #[allow(clippy::expect_used)]
    pub fn conn(&mut self) -> &mut Conn {
        self.conn.as_mut().expect("held until given back")
    }

    pub fn give_back(mut self) {
        if self.conn().wire.is_quiet()
            && let Some(mut conn) = self.conn.take()
        {
            conn.idle_since = Instant::now();
            self.pool.idle.lock().unwrap_or_else(|e| e.into_inner()).push(conn);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else { return };
        // What is not written yet never will be; what the server is busy with is cancelled, so that a statement
        // waiting for a lock does not go on, and COMMIT behind it in the same write becomes ROLLBACK.
        conn.task.abort();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (pool, permit, token) = (self.pool.clone(), self.permit.take(), conn.client.cancel_token());
            runtime.spawn(async move {
                let _ = timeout(PATIENCE, cancel(&pool, token)).await;
                drop(permit);
            });
        }
    }
}

async fn cancel(pool: &Pool, token: CancelToken) -> Result<()> {
    let stream = pool.dial().await?;
    token.cancel_query_raw(stream, NoTls).await.map_err(|e| Error::from_pg("cancel", e))
}
