//! A pool whose default is to close. A connection comes back only when its lease is handed back by name and
//! the wire is quiet; a lease that is merely dropped (a client went away) takes its connection with it.
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{
    net::{TcpStream, UnixStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_postgres::{AsyncMessage, CancelToken, Config, NoTls, config::Host};

use super::conn::{Conn, Stream};
use crate::{Error, Result};

const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Pool {
    config: Config,
    size: usize,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<(Conn, Instant)>>,
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
            std::iter::from_fn(|| idle.pop()).map(|(conn, _)| conn).find_map(|mut conn| conn.is_open().then_some(conn))
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
        Conn::open(&self.config, self.dial().await?).await
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
        idle.retain_mut(|(conn, since)| since.elapsed() < idle_for && conn.is_open());
        idle.is_empty() && self.permits.available_permits() == self.size
    }
}

impl Lease {
    #[allow(clippy::expect_used)]
    pub fn conn(&mut self) -> &mut Conn {
        self.conn.as_mut().expect("held until given back")
    }

    pub fn give_back(mut self) {
        if self.conn().is_quiet()
            && let Some(conn) = self.conn.take()
        {
            self.pool.idle.lock().unwrap_or_else(|e| e.into_inner()).push((conn, Instant::now()));
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else { return };
        // What is not written yet never will be; what the server is busy with is cancelled, so that a statement
        // waiting for a lock does not go on, and COMMIT behind it in the same write becomes ROLLBACK. Only then the connection
        // closes: a pooler forgets with it whose statement the cancelling is about.
        let token = conn.cancel_token();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (pool, permit) = (self.pool.clone(), self.permit.take());
            runtime.spawn(async move {
                let _ = timeout(PATIENCE, cancel(&pool, token)).await;
                drop((conn, permit));
            });
        }
    }
}

async fn cancel(pool: &Pool, token: CancelToken) -> Result<()> {
    let stream = pool.dial().await?;
    token.cancel_query_raw(stream, NoTls).await.map_err(|e| Error::from_pg("cancel", e))
}
