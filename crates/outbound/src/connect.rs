//! From a name to a connection: the numbers behind it are looked up once, checked, and one of those very numbers is connected to.
use futures_util::future::BoxFuture;
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, ServerName},
    },
};
use url::Host;

use crate::{Refusal, address};

/// Looks names up. Handed in, so that a test can lie.
pub trait Resolve: Send + Sync + 'static {
    fn addresses<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// As this machine looks names up.
pub struct Lookup;

impl Resolve for Lookup {
    fn addresses<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|found| found.ip()).collect()) })
    }
}

/// One machine of many behind a name may be down: the next is tried, but not for ever.
const TRIED: usize = 4;
const EACH: Duration = Duration::from_secs(5);

pub(crate) struct Connect {
    pub resolver: Arc<dyn Resolve>,
    /// Machines that may be reached although they are near: for development and tests, never from a company.
    pub allowed: Vec<SocketAddr>,
    /// The addresses come from whoever runs the program, so they may lead anywhere.
    pub anywhere: bool,
    tls: Arc<ClientConfig>,
}

pub(crate) enum Stream {
    Plain(TcpStream),
    Sealed(Box<TlsStream<TcpStream>>),
}

impl Connect {
    pub fn new(roots: Vec<CertificateDer<'static>>) -> Result<Self, String> {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        store.add_parsable_certificates(roots);
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|e| format!("TLS cannot be set up: {e}"))?
            .with_root_certificates(store)
            .with_no_client_auth();
        Ok(Self { resolver: Arc::new(Lookup), allowed: vec![], anywhere: false, tls: Arc::new(tls) })
    }

    pub fn is_allowed(&self, at: SocketAddr) -> bool {
        self.anywhere || self.allowed.contains(&at) || address::is_public(at.ip())
    }
    /// Ports of the web, and those of the machines that are allowed by hand.
    pub fn may_use(&self, port: u16) -> bool {
        self.anywhere || matches!(port, 80 | 443) || self.allowed.iter().any(|at| at.port() == port)
    }

    pub fn may_be_asked(&self, name: &str) -> bool {
        self.anywhere || address::may_be_asked(name)
    }

    /// Every machine behind the host that may be reached. An unusual port is for the machines that are named with it alone.
    async fn machines(&self, host: &Host<&str>, port: u16) -> Result<Vec<SocketAddr>, Refusal> {
        let found = match host {
            Host::Ipv4(v4) => vec![IpAddr::V4(*v4)],
            Host::Ipv6(v6) => vec![IpAddr::V6(*v6)],
            Host::Domain(name) if !self.may_be_asked(name) => return Err(Refusal::Private),
            Host::Domain(name) => self.resolver.addresses(name).await.map_err(|_| Refusal::NoSuchName)?,
        };
        if found.is_empty() {
            return Err(Refusal::NoSuchName);
        }
        let at = found.into_iter().map(|address| SocketAddr::new(address, port));
        let usual = self.anywhere || matches!(port, 80 | 443);
        let may: Vec<SocketAddr> =
            at.filter(|at| if usual { self.is_allowed(*at) } else { self.allowed.contains(at) }).collect();
        if may.is_empty() { Err(Refusal::Private) } else { Ok(may) }
    }

    pub async fn to(&self, host: Host<&str>, port: u16, sealed: bool) -> Result<Stream, Refusal> {
        let machines = self.machines(&host, port).await?;
        let mut stream = None;
        for at in machines.into_iter().take(TRIED) {
            if let Ok(Ok(open)) = timeout(EACH, TcpStream::connect(at)).await {
                stream = Some(open);
                break;
            }
        }
        let stream = stream.ok_or(Refusal::Unreachable)?;
        if !sealed {
            return Ok(Stream::Plain(stream));
        }
        let name = match host {
            Host::Domain(name) => {
                ServerName::try_from(name.trim_end_matches('.').to_owned()).map_err(|_| Refusal::Address)?
            }
            Host::Ipv4(v4) => ServerName::from(IpAddr::V4(v4)),
            Host::Ipv6(v6) => ServerName::from(IpAddr::V6(v6)),
        };
        let open =
            TlsConnector::from(self.tls.clone()).connect(name, stream).await.map_err(|_| Refusal::Certificate)?;
        Ok(Stream::Sealed(Box::new(open)))
    }
}
