//! What the door lets through and what not. Whatever is refused here stands beside the same thing let through, so that no refusal
//! comes from a server that is not there.
#![allow(clippy::unwrap_used)]
use flate2::{Compression, write::GzEncoder};
use futures_util::future::BoxFuture;
use outbound::{Answer, Ask, Door, Refusal, Resolve, is_public};
use std::{
    io::{self, Write},
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

/// A server of few words: what it is asked is kept, what it answers depends on the path.
struct Server {
    at: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn heard(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(vec![], Compression::best());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

fn plain(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n", body.len()).as_bytes(), body].concat()
}

async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    says: &str,
    asked: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let mut head = vec![];
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    asked.lock().unwrap().push(head.clone());
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let to = |status: &str, to: &str| plain(status, &format!("location: {to}\r\n"), b"");
    let bytes = match path.split_once('?').unwrap_or((&path, "")) {
        ("/to", target) => to("302 Found", &target.replace("%3f", "?")),
        ("/loop", _) => to("307 Temporary Redirect", "/loop"),
        ("/thrice", "") => to("301 Moved Permanently", "/thrice?2"),
        ("/thrice", "2") => to("303 See Other", "/thrice?1"),
        ("/thrice", "1") => to("308 Permanent Redirect", "/"),
        ("/tagged", _) if head.contains("if-none-match: \"one\"") => {
            plain("304 Not Modified", "etag: \"one\"\r\n", b"")
        }
        ("/tagged", _) => {
            plain("200 OK", "etag: \"one\"\r\nlast-modified: Sat, 21 Nov 2026 08:00:00 GMT\r\n", b"tagged")
        }
        ("/gzip", _) => plain("200 OK", "content-encoding: gzip\r\n", &gzip(b"unpacked")),
        ("/cut", _) => plain("200 OK", "content-encoding: gzip\r\n", &gzip(b"unpacked")[..12]),
        ("/twice", _) => plain("200 OK", "content-encoding: gzip, gzip\r\n", &gzip(&gzip(b"unpacked"))),
        ("/brotli", _) => plain("200 OK", "content-encoding: br\r\n", b"..."),
        // 64 MB of nothing in 64 KB.
        ("/bomb", _) => plain("200 OK", "content-encoding: gzip\r\n", &gzip(&vec![0; 64 << 20])),
        ("/exact", size) => plain("200 OK", "", &vec![b'a'; size.parse().unwrap_or(0)]),
        ("/liar", _) => b"HTTP/1.1 200 OK\r\ncontent-length: 5000000000\r\n\r\nshort".to_vec(),
        ("/nonsense", _) => b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
        ("/head", _) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            loop {
                stream.write_all(&[b"x-more: ", [b'a'; 1000].as_slice(), b"\r\n"].concat()).await?;
            }
        }
        ("/endless", _) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
            loop {
                stream.write_all(&[b"1000\r\n".as_slice(), &[b'a'; 4096], b"\r\n"].concat()).await?;
            }
        }
        ("/drops", _) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
            loop {
                stream.write_all(b"1\r\na\r\n").await?;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        ("/silent", _) => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            vec![]
        }
        _ => plain("200 OK", "set-cookie: a=b\r\n", says.as_bytes()),
    };
    stream.write_all(&bytes).await?;
    stream.shutdown().await
}

async fn serve(at: &str, says: &'static str, tls: Option<TlsAcceptor>) -> Server {
    let listener = TcpListener::bind(at).await.unwrap();
    let server = Server { at: listener.local_addr().unwrap(), asked: Arc::default() };
    let asked = server.asked.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (asked, tls) = (asked.clone(), tls.clone());
            tokio::spawn(async move {
                match tls {
                    None => answer(stream, says, &asked).await,
                    Some(tls) => match tls.accept(stream).await {
                        Ok(stream) => answer(stream, says, &asked).await,
                        Err(error) => Err(error),
                    },
                }
            });
        }
    });
    server
}

/// A name server that answers from a list, the next answer each time, and the last one ever after.
struct Says(Vec<&'static str>, Arc<AtomicUsize>);
impl Resolve for Says {
    fn addresses<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        let n = self.1.fetch_add(1, Relaxed).min(self.0.len() - 1);
        let answers = self.0[n].split(' ').map(|one| one.parse().unwrap()).collect();
        let known = name.trim_end_matches('.').ends_with("example.com");
        Box::pin(async move { if known { Ok(answers) } else { Err(io::Error::other("no such name")) } })
    }
}

const MOST: usize = 1 << 20;

async fn get(door: &Door, url: &str) -> Result<Answer, Refusal> {
    door.get(&Ask::of(url, "*/*", MOST, Duration::from_secs(10))).await
}
async fn text(door: &Door, url: &str) -> Result<String, Refusal> {
    get(door, url).await.map(|answer| String::from_utf8(answer.body).unwrap())
}

/// Two machines with one port: the one that may be reached by this port, and the one nearby that must not.
async fn two() -> (Server, Server, u16) {
    let open = serve("127.0.0.2:0", "open", None).await;
    let port = open.at.port();
    let near = serve(&format!("127.0.0.1:{port}"), "secret", None).await;
    (open, near, port)
}

fn door(allowed: &[SocketAddr], resolver: &[&'static str]) -> (Door, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::default());
    let door = Door::new().unwrap().allowing(allowed.to_vec()).asking(Says(resolver.to_vec(), count.clone()));
    (door, count)
}

/// Ways to write 127.0.0.1. PORT is the port.
const LOOPBACK: &[&str] = &[
    "http://127.0.0.1:PORT/",
    "http://127.0.0.1.:PORT/",
    "http://2130706433:PORT/",
    "http://0x7f000001:PORT/",
    "http://0x7f.0x0.0x0.0x1:PORT/",
    "http://0x7F.1:PORT/",
    "http://017700000001:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://0177.0.0.01:PORT/",
    "http://00000177.0.0.1:PORT/",
    "http://127.1:PORT/",
    "http://127.0.1:PORT/",
    "http://127.0x1:PORT/",
    "HTTP://127.0.0.1:PORT/",
    "  http://127.0.0.1:PORT/  ",
    "http:\\\\127.0.0.1:PORT\\",
    "http:/127.0.0.1:PORT/",
    "http:127.0.0.1:PORT/",
    "http:///127.0.0.1:PORT/",
    "http://127.0.0.1:0PORT/",
    "http://%31%32%37.0.0.1:PORT/",
    "http://127.0.0%2e1:PORT/",
    "http://①②⑦.0.0.1:PORT/",
    "http://１２７.０.０.１:PORT/",
    "http://127。0。0。1:PORT/",
    "http://127.0.0.1\t:PORT/",
    "http://12\n7.0.0.1:PORT/",
    "http://@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT#@calendar.example.com/",
    "http://127.0.0.1:PORT?@calendar.example.com/",
    "http://127.0.0.1:PORT\\@calendar.example.com/",
    "http://calendar.example.com:PORT/",
    "http://calendar.example.com.:PORT/",
    "http://CALENDAR.Example.COM:PORT/",
];

#[tokio::test]
async fn no_spelling_of_this_machine_gets_through() {
    let (open, near, port) = two().await;
    let (guarded, _) = door(&[open.at], &["127.0.0.1"]);
    let (wide, _) = door(&[near.at], &["127.0.0.1"]);
    for spelling in LOOPBACK {
        let url = spelling.replace("PORT", &port.to_string());
        assert_eq!(text(&guarded, &url).await, Err(Refusal::Private), "{url}");
        assert_eq!(near.heard(), Vec::<String>::new(), "{url}");
        assert_eq!(text(&wide, &url).await, Ok("secret".into()), "{url} is a way to write it");
        assert_eq!(near.heard().len(), 1, "{url}");
    }
    assert_eq!(text(&guarded, &format!("http://127.0.0.2:{port}/")).await, Ok("open".into()));
    assert!(LOOPBACK.len() > 30);
}

/// What is sent goes to the address that was meant, and nowhere on.
#[tokio::test]
async fn what_is_sent_follows_nowhere() {
    let (open, near, port) = two().await;
    let (guarded, _) = door(&[open.at], &["127.0.0.1"]);
    let ask = |url: &'static str| Ask {
        authorization: Some("Bearer s3cret"),
        more: &[("idempotency-key", "once")],
        ..Ask::of(url, "application/json", 1000, Duration::from_secs(5))
    };
    let url: &'static str = format!("http://127.0.0.2:{port}/").leak();
    assert_eq!(guarded.post(&ask(url), "a=1&b=%20".into()).await.unwrap().body, b"open");
    let heard = open.heard().concat();
    for part in [
        "post / http/1.1",
        "content-type: application/x-www-form-urlencoded",
        "idempotency-key: once",
        "bearer s3cret",
        "content-length: 9",
    ] {
        assert!(heard.contains(part), "{part}: {heard}");
    }
    assert_eq!(guarded.delete(&ask(url)).await.unwrap().status, 200);
    assert!(open.heard().concat().starts_with("delete / "));
    // Onward, even to where it might go; and to a machine nearby.
    for (from, to) in [("127.0.0.2", "127.0.0.2"), ("127.0.0.2", "127.0.0.1")] {
        let url: &'static str = format!("http://{from}:{port}/to?http://{to}:{port}/").leak();
        assert_eq!(guarded.post(&ask(url), String::new()).await, Err(Refusal::TooManyRedirects));
        assert_eq!(open.heard().len(), 1);
    }
    let url: &'static str = format!("http://127.0.0.1:{port}/").leak();
    assert_eq!(guarded.post(&ask(url), String::new()).await, Err(Refusal::Private));
    assert_eq!(near.heard(), Vec::<String>::new());
}

/// Refused before anybody is asked, each with why.
const REFUSED: &[(&str, Refusal)] = &[
    ("http://0.0.0.0/", Refusal::Private),
    ("http://0/", Refusal::Private),
    ("http://0.1.2.3/", Refusal::Private),
    ("http://10.0.0.1/", Refusal::Private),
    ("http://167772161/", Refusal::Private),
    ("http://172.16.0.1/", Refusal::Private),
    ("http://172.31.255.255/", Refusal::Private),
    ("http://192.168.1.1/", Refusal::Private),
    ("http://0xc0.0xa8.1.1/", Refusal::Private),
    ("http://100.64.0.1/", Refusal::Private),
    ("http://169.254.169.254/latest/meta-data/", Refusal::Private),
    ("http://2852039166/latest/meta-data/", Refusal::Private),
    ("http://0xA9FEA9FE/", Refusal::Private),
    ("http://0251.0376.0251.0376/", Refusal::Private),
    ("http://192.0.2.1/", Refusal::Private),
    ("http://198.18.0.1/", Refusal::Private),
    ("http://198.51.100.1/", Refusal::Private),
    ("http://203.0.113.1/", Refusal::Private),
    ("http://192.88.99.1/", Refusal::Private),
    ("http://224.0.0.1/", Refusal::Private),
    ("http://255.255.255.255/", Refusal::Private),
    ("http://[::]/", Refusal::Private),
    ("http://[::1]/", Refusal::Private),
    ("http://[0:0:0:0:0:0:0:1]/", Refusal::Private),
    ("http://[::ffff:127.0.0.1]/", Refusal::Private),
    ("http://[::ffff:7f00:1]/", Refusal::Private),
    ("http://[0:0:0:0:0:ffff:127.0.0.1]/", Refusal::Private),
    ("http://[::127.0.0.1]/", Refusal::Private),
    ("http://[::ffff:0:127.0.0.1]/", Refusal::Private),
    ("http://[::ffff:8.8.8.8]/", Refusal::Private),
    ("http://[64:ff9b::7f00:1]/", Refusal::Private),
    ("http://[64:ff9b:1::7f00:1]/", Refusal::Private),
    ("http://[2002:7f00:1::]/", Refusal::Private),
    ("http://[2001::1]/", Refusal::Private),
    ("http://[2001:0:53aa:64c:0:fffe:80ff:fffe]/", Refusal::Private),
    ("http://[2001:db8::1]/", Refusal::Private),
    ("http://[3fff::1]/", Refusal::Private),
    ("http://[100::1]/", Refusal::Private),
    ("http://[fc00::1]/", Refusal::Private),
    ("http://[fd00:ec2::254]/", Refusal::Private),
    ("http://[fe80::1]/", Refusal::Private),
    ("http://[fec0::1]/", Refusal::Private),
    ("http://[ff02::1]/", Refusal::Private),
    ("http://[fe80::1%25eth0]/", Refusal::Address),
    ("http://localhost/", Refusal::Private),
    ("http://LOCALHOST./", Refusal::Private),
    ("http://a.localhost/", Refusal::Private),
    ("http://localhost.localdomain/", Refusal::Private),
    ("http://metadata.google.internal/computeMetadata/v1/", Refusal::Private),
    ("http://metadata.google.internal./", Refusal::Private),
    ("http://metadata/", Refusal::Private),
    ("http://printer.local/", Refusal::Private),
    ("http://db/", Refusal::Private),
    ("https://marco@calendar.example.com/", Refusal::Login),
    ("https://marco:secret@calendar.example.com/", Refusal::Login),
    ("https://calendar.example.com@127.0.0.1/", Refusal::Login),
    ("https://calendar.example.com%2f@127.0.0.1/", Refusal::Login),
    ("https://:secret@calendar.example.com/", Refusal::Login),
    ("https://calendar.example.com:22/", Refusal::Port),
    ("https://calendar.example.com:5432/", Refusal::Port),
    ("http://calendar.example.com:8080/", Refusal::Port),
    ("ftp://calendar.example.com/", Refusal::Scheme),
    ("file:///etc/passwd", Refusal::Scheme),
    ("gopher://calendar.example.com:80/_x", Refusal::Scheme),
    ("data:text/calendar,BEGIN:VCALENDAR", Refusal::Scheme),
    ("javascript:alert(1)", Refusal::Scheme),
    ("unix:/var/run/docker.sock", Refusal::Scheme),
    ("blob:https://calendar.example.com/1", Refusal::Scheme),
    ("", Refusal::Address),
    ("calendar.example.com", Refusal::Address),
    ("//calendar.example.com/", Refusal::Address),
    ("http://", Refusal::Address),
    ("http://256.1.1.1/", Refusal::Address),
    ("http://1.2.3.4.5/", Refusal::Address),
    ("http://[::1/", Refusal::Address),
    ("http://calendar.example.com:99999/", Refusal::Address),
    ("http://exa mple.com/", Refusal::Address),
    ("http://exa%00mple.com/", Refusal::Address),
];

#[tokio::test]
async fn what_is_nobodys_out_there_is_refused_before_anybody_is_asked() {
    let (door, count) = door(&[], &["8.8.8.8"]);
    for (url, why) in REFUSED {
        assert_eq!(door.check(url), Err(*why), "{url}");
        assert_eq!(text(&door, url).await, Err(*why), "{url}");
    }
    assert_eq!(count.load(Relaxed), 0, "no name was looked up");
    let good = [
        "https://calendar.example.com/marco.ics?key=1#x",
        "http://8.8.8.8/",
        "http://[2606:4700::1111]/",
        "https://münchen.example.com:443/",
    ];
    for url in good {
        assert_eq!(door.check(url), Ok(()), "{url}");
    }
    assert!(door.check(&format!("https://calendar.example.com/{}", "a".repeat(4000))) == Err(Refusal::Address));
}

#[test]
fn the_edges_of_each_network() {
    let edges = "
        0.0.0.0-0.255.255.255 10.0.0.0-10.255.255.255 100.64.0.0-100.127.255.255 127.0.0.0-127.255.255.255
        169.254.0.0-169.254.255.255 172.16.0.0-172.31.255.255 192.0.0.0-192.0.0.255 192.0.2.0-192.0.2.255
        192.88.99.0-192.88.99.255 192.168.0.0-192.168.255.255 198.18.0.0-198.19.255.255 198.51.100.0-198.51.100.255
        203.0.113.0-203.0.113.255 224.0.0.0-255.255.255.255 ::-1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
        2001::-2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff 2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff
        2002::-2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff 3fff::-3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff
        4000::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    for range in edges.split_whitespace() {
        let (first, last) = range.split_once('-').unwrap();
        let (first, last): (IpAddr, IpAddr) = (first.parse().unwrap(), last.parse().unwrap());
        assert!(!is_public(first) && !is_public(last), "{range}");
        let next = |ip: IpAddr, by: i32| -> Option<IpAddr> {
            match ip {
                IpAddr::V4(v4) => v4.to_bits().checked_add_signed(by).map(|bits| IpAddr::V4(bits.into())),
                IpAddr::V6(v6) => v6.to_bits().checked_add_signed(by.into()).map(|bits| IpAddr::V6(bits.into())),
            }
        };
        for beside in [next(first, -1), next(last, 1)].into_iter().flatten() {
            assert!(is_public(beside), "{beside} lies beside {range}");
        }
    }
    // What wraps an address of this machine is no better than the address.
    for wrapped in ["::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::", "fec0::1"] {
        assert!(!is_public(wrapped.parse().unwrap()), "{wrapped}");
    }
}

#[tokio::test]
async fn a_name_server_that_lies_the_second_time_gains_nothing() {
    let (open, near, port) = two().await;
    let url = format!("http://calendar.example.com:{port}/");
    let (guarded, count) = door(&[open.at], &["127.0.0.2", "127.0.0.1"]);
    assert_eq!(text(&guarded, &url).await, Ok("open".into()));
    assert_eq!(count.load(Relaxed), 1, "one look, and the connection goes where it was seen");
    assert_eq!(text(&guarded, &url).await, Err(Refusal::Private), "the second request sees the lie");
    let (guarded, _) = door(&[open.at], &["127.0.0.2", "127.0.0.1"]);
    assert_eq!(
        text(&guarded, &format!("{url}to?/")).await,
        Err(Refusal::Private),
        "and so does a redirect to the same name"
    );
    assert_eq!(near.heard(), Vec::<String>::new());
    let (wide, _) = door(&[open.at, near.at], &["127.0.0.2", "127.0.0.1"]);
    assert_eq!(text(&wide, &format!("{url}to?/")).await, Ok("secret".into()), "the lie would have been believed");
    // Of several machines behind a name, those out there are asked and no others.
    let (guarded, _) = door(&[open.at], &["127.0.0.1 10.0.0.1 127.0.0.2 ::1"]);
    assert_eq!(text(&guarded, &url).await, Ok("open".into()));
    assert_eq!(text(&guarded, "http://nobody.example.org/").await, Err(Refusal::NoSuchName));
}

#[tokio::test]
async fn redirects_are_checked_as_the_first_address_was() {
    let (open, near, port) = two().await;
    let (guarded, _) = door(&[open.at], &["127.0.0.1"]);
    let (wide, _) = door(&[open.at, near.at], &["127.0.0.1"]);
    let start = format!("http://127.0.0.2:{port}");
    for spelling in LOOPBACK {
        // What a header cannot hold, and what would be a path beside the first address.
        let skip = |letter: char| !letter.is_ascii_graphic() || letter == '?' || letter == '#';
        if spelling.contains(skip) || spelling.starts_with("http:1") || spelling.starts_with("http:/1") {
            continue;
        }
        let url = format!("{start}/to?{}", spelling.replace("PORT", &port.to_string()));
        assert_eq!(text(&guarded, &url).await, Err(Refusal::Private), "{url}");
        assert_eq!(text(&wide, &url).await, Ok("secret".into()), "{url}");
        near.heard();
    }
    for (to, why) in [
        ("http://169.254.169.254/latest/meta-data/", Refusal::Private),
        ("//10.0.0.1/", Refusal::Private),
        ("file:///etc/passwd", Refusal::Scheme),
        ("http://marco:secret@127.0.0.2/", Refusal::Login),
        ("http://127.0.0.2:22/", Refusal::Port),
        ("http://[::1]/", Refusal::Private),
    ] {
        assert_eq!(text(&guarded, &format!("{start}/to?{to}")).await, Err(why), "{to}");
    }
    assert_eq!(near.heard(), Vec::<String>::new());
    assert_eq!(text(&guarded, &format!("{start}/thrice")).await, Ok("open".into()), "three are followed");
    assert_eq!(text(&guarded, &format!("{start}/to?/thrice")).await, Err(Refusal::TooManyRedirects));
    open.heard();
    assert_eq!(text(&guarded, &format!("{start}/loop")).await, Err(Refusal::TooManyRedirects));
    assert_eq!(open.heard().len(), 4);
}

#[tokio::test]
async fn nothing_of_ours_travels_along() {
    let (open, near, port) = two().await;
    let (door, _) = door(&[open.at, near.at], &["127.0.0.1"]);
    let url = format!("http://127.0.0.2:{port}/to?http://127.0.0.1:{port}/next");
    let ask = Ask {
        authorization: Some("Bearer secret"),
        etag: Some("\"one\""),
        ..Ask::of(&url, "text/calendar", MOST, Duration::from_secs(5))
    };
    assert_eq!(door.get(&ask).await.unwrap().body, b"secret");
    let (first, second) = (open.heard().remove(0), near.heard().remove(0));
    assert!(first.contains("authorization: bearer secret") && first.contains("if-none-match: \"one\""), "{first}");
    assert!(!second.contains("authorization"), "{second}");
    assert!(
        second.contains(&format!("host: 127.0.0.1:{port}\r\n")) && second.starts_with("get /next http/1.1"),
        "{second}"
    );
    // No cookie that an answer set comes back, and no line more than these.
    get(&door, &format!("http://127.0.0.1:{port}/")).await.unwrap();
    let again = near.heard().remove(0);
    let names: Vec<&str> =
        again.lines().skip(1).filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect();
    assert_eq!(names, ["host", "user-agent", "accept", "accept-encoding", "connection"]);
    // What cannot stand in a header is refused, not sent.
    let split = Ask { etag: Some("a\r\nx-evil: 1"), ..ask.clone() };
    assert_eq!(door.get(&split).await, Err(Refusal::Address));
}

#[tokio::test]
async fn what_has_not_changed_does_not_come_again() {
    let open = serve("127.0.0.1:0", "open", None).await;
    let (door, _) = door(&[open.at], &["127.0.0.1"]);
    let url = format!("http://{}/tagged", open.at);
    let first = get(&door, &url).await.unwrap();
    assert_eq!(
        (first.status, first.body.as_slice(), first.etag.as_deref()),
        (200, b"tagged".as_slice(), Some("\"one\""))
    );
    assert_eq!(first.modified.as_deref(), Some("Sat, 21 Nov 2026 08:00:00 GMT"));
    let again = Ask { etag: first.etag.as_deref(), ..Ask::of(&url, "*/*", MOST, Duration::from_secs(5)) };
    let again = door.get(&again).await.unwrap();
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[tokio::test]
async fn size_is_bounded_before_and_after_unpacking() {
    let open = serve("127.0.0.1:0", "open", None).await;
    let (door, _) = door(&[open.at], &["127.0.0.1"]);
    let at = |path: &str| format!("http://{}{path}", open.at);
    assert_eq!(get(&door, &at(&format!("/exact?{MOST}"))).await.unwrap().body.len(), MOST, "as much as may be");
    assert_eq!(text(&door, &at(&format!("/exact?{}", MOST + 1))).await, Err(Refusal::TooLarge), "and a byte more");
    assert_eq!(text(&door, &at("/gzip")).await, Ok("unpacked".into()));
    let begun = Instant::now();
    assert_eq!(text(&door, &at("/bomb")).await, Err(Refusal::TooLarge));
    assert_eq!(text(&door, &at("/endless")).await, Err(Refusal::TooLarge));
    assert!(begun.elapsed() < Duration::from_secs(8), "not unpacked to the end: {:?}", begun.elapsed());
    assert_eq!(text(&door, &at("/head")).await, Err(Refusal::NoAnswer), "a head without an end");
    for (path, why) in [
        ("/twice", Refusal::Encoding),
        ("/brotli", Refusal::Encoding),
        ("/cut", Refusal::Encoding),
        ("/liar", Refusal::NoAnswer),
        ("/nonsense", Refusal::NoAnswer),
    ] {
        assert_eq!(text(&door, &at(path)).await, Err(why), "{path}");
    }
}

#[tokio::test]
async fn time_is_bounded_as_a_whole() {
    let open = serve("127.0.0.1:0", "open", None).await;
    let (door, _) = door(&[open.at], &["127.0.0.1"]);
    for path in ["/silent", "/drops"] {
        let begun = Instant::now();
        let url = format!("http://{}{path}", open.at);
        let ask = Ask::of(&url, "*/*", MOST, Duration::from_millis(700));
        assert_eq!(door.get(&ask).await, Err(Refusal::TooSlow), "{path}");
        assert!(begun.elapsed() < Duration::from_secs(3), "{path}: {:?}", begun.elapsed());
    }
    assert_eq!(text(&door, &format!("http://{}/", open.at)).await, Ok("open".into()));
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (shut, _) = self::door(&[closed], &["127.0.0.1"]);
    assert_eq!(text(&shut, &format!("http://{closed}/")).await, Err(Refusal::Unreachable));
}

#[tokio::test]
async fn a_certificate_is_good_for_its_name_alone() {
    let pem = |name: &str| std::fs::read(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let own = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(&pem("calendar.pem")).unwrap()],
            PrivateKeyDer::from_pem_slice(&pem("calendar.key")).unwrap(),
        )
        .unwrap();
    let sealed = serve("127.0.0.1:0", "sealed", Some(TlsAcceptor::from(Arc::new(own)))).await;
    let port = sealed.at.port();
    let trusting = |roots| {
        let says = Says(vec!["127.0.0.1"], Arc::default());
        Door::trusting(roots).unwrap().allowing(vec![sealed.at]).asking(says)
    };
    let door = trusting(vec![CertificateDer::from_pem_slice(&pem("ca.pem")).unwrap()]);
    assert_eq!(text(&door, &format!("https://calendar.example.com:{port}/")).await, Ok("sealed".into()));
    assert_eq!(
        text(&door, &format!("https://other.example.com:{port}/")).await,
        Err(Refusal::Certificate),
        "another name"
    );
    assert_eq!(text(&door, &format!("https://127.0.0.1:{port}/")).await, Err(Refusal::Certificate), "no name at all");
    let stranger = trusting(vec![]);
    assert_eq!(
        text(&stranger, &format!("https://calendar.example.com:{port}/")).await,
        Err(Refusal::Certificate),
        "an authority that nobody trusts"
    );
    let plain = format!("https://calendar.example.com:{port}/to?http://calendar.example.com:{port}/");
    assert_eq!(text(&door, &plain).await, Err(Refusal::Downgrade));
}
