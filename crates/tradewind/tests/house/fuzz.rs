//! Whatever arrives, at random: hosts, credentials, cursors, filters and bodies that no person would write. Never a fault of ours, never
//! slow. What once broke stands in `SEEDS` and is tried first. `FUZZ_CASES` says how many of each (64).
use axum::{
    body::{Body, to_bytes},
    http::{HeaderValue, Method, Request, Uri},
};
use harness::TestHouse;
use proptest::{
    prelude::*,
    strategy::BoxedStrategy,
    test_runner::{Config, TestError, TestRunner},
};
use std::time::{Duration, Instant};
use tower::ServiceExt;
use tradewind::modules;

/// No answer takes longer, on a machine with other work.
const PATIENCE: Duration = Duration::from_secs(5);

/// What once broke, here or elsewhere, and what sits on an edge.
const SEEDS: &[&str] = &[
    "",
    "\0",
    "%",
    "%00",
    "%ff%fe",
    "[",
    "]:80",
    ":::",
    "a:b:c",
    "\u{feff}",
    "\u{202e}",
    "{\"a\":",
    "null",
    "[]",
    "\"",
    "-0",
    "1e999",
    "9223372036854775808",
    "-9223372036854775809",
    "0190b6a2-7c1e-7def-8000-0123456789ab",
    "eyJhbGciOiJub25lIn0..",
    "tk_",
    "tk_\u{0}",
    "Bearer Bearer",
    "....",
    "a.b.c.d",
    "WyIiLG51bGxd",
    "bnVsbA",
    "e30",
    "W10",
    "2026-02-30",
    "-262144-01-01",
    "+292278994-08-17",
    "9999-12-31T23:59:60Z",
    "1=1;--",
    "%27%20or%201=1",
    "\u{1d54f}\u{300}\u{301}",
    "\u{0130}",
    "\u{fdfa}",
];

fn cases() -> u32 {
    std::env::var("FUZZ_CASES").ok().and_then(|number| number.parse().ok()).unwrap_or(64)
}

/// Text as random as can be, text made of pieces that mean something, and the seeds.
fn text() -> BoxedStrategy<String> {
    let pieces = [
        "a", ".", "/", "%", "%2e", ":", "@", "-", "_", "=", "&", "\"", "{", "}", "[", "]", "\\", "eyJ", "tk_", "null",
        "0", "1", " ", "\u{e9}",
    ];
    let pieces = prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..24).prop_map(|parts| parts.concat());
    let long = ("[a-z0-9.]{1,4}", 1..3_000_usize).prop_map(|(part, times)| part.repeat(times));
    prop_oneof![4 => ".{0,60}", 4 => pieces, 1 => long, 2 => prop::sample::select(SEEDS).prop_map(str::to_owned)]
        .boxed()
}

/// JSON of any shape, with names that our filters and inputs know among the others.
fn value() -> BoxedStrategy<serde_json::Value> {
    use serde_json::Value;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    let names = [
        "name", "q", "status", "kind", "tag", "city", "from", "until", "limit", "filter", "list", "format", "lines",
        "id", "x",
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        let name = prop_oneof![4 => prop::sample::select(names.to_vec()).prop_map(str::to_owned), 1 => ".{0,12}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..6).prop_map(|all| Value::Object(all.into_iter().collect())),
        ]
    })
    .boxed()
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

struct Ask {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

/// What is wrong with the answer, or nothing. What HTTP cannot say does not arrive, and is nothing.
async fn wrong(house: &TestHouse, ask: &Ask) -> Option<String> {
    let uri: Uri = ask.path.parse().ok()?;
    let mut request = Request::builder().method(&ask.method).uri(uri);
    for (name, value) in &ask.headers {
        request = request.header(*name, HeaderValue::from_bytes(value.as_bytes()).ok()?);
    }
    let begun = Instant::now();
    let answer = house.router.clone().oneshot(request.body(Body::from(ask.body.clone())).ok()?);
    // A panic is caught by the house and answered 500, as it would be in the open.
    let Ok(Ok(response)) = tokio::time::timeout(PATIENCE * 2, answer).await else {
        return Some("no answer".into());
    };
    let (parts, body) = response.into_parts();
    let text = String::from_utf8_lossy(&to_bytes(body, 32 << 20).await.ok()?).into_owned();
    if parts.status.as_u16() >= 500 {
        return Some(format!("{}: {:.300}", parts.status, text));
    }
    (begun.elapsed() > PATIENCE).then(|| format!("took {:?}", begun.elapsed()))
}

/// Tries the seeds, then at random, and makes what breaks as small as it can.
fn storm<S: Strategy>(
    what: &str,
    house: &TestHouse,
    strategy: S,
    seeds: Vec<S::Value>,
    ask: impl Fn(&S::Value) -> Ask,
) -> usize
where
    S::Value: Clone + std::fmt::Debug,
{
    let answer = |value: &S::Value| {
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(wrong(house, &ask(value))))
    };
    for seed in &seeds {
        assert_eq!(answer(seed), None, "{what}: {seed:?}");
    }
    let config = Config { cases: cases(), failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    // The same in each run, unless asked for more.
    let mut runner = match cases() > 64 {
        true => TestRunner::new(config),
        false => TestRunner::new_with_rng(
            config,
            proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
        ),
    };
    let outcome = runner.run(&strategy, |value| match answer(&value) {
        None => Ok(()),
        Some(wrong) => Err(TestCaseError::fail(wrong)),
    });
    if let Err(TestError::Fail(why, value)) = &outcome {
        panic!("{what}: {why}\n{value:?}");
    }
    outcome.unwrap();
    seeds.len() + cases() as usize
}

fn seeds() -> Vec<String> {
    SEEDS.iter().map(|seed| (*seed).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_arrives_at_random_breaks_nothing() {
    let house = harness::start(modules::list()).await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let token = owner.credential.clone().unwrap().1;
    let at_home = |mut headers: Vec<(&'static str, String)>| {
        headers.push(("host", acme.host.clone()));
        headers
    };
    let signed = |more: Vec<(&'static str, String)>| at_home([vec![("authorization", token.clone())], more].concat());
    let get = |path: String, headers| Ask { method: Method::GET, path, headers, body: vec![] };
    let mut tried = 0;

    tried += storm("host", &house, text(), seeds(), |host| {
        get("/api/v1/customers".into(), vec![("host", host.clone()), ("authorization", token.clone())])
    });
    tried += storm("host before the base domain", &house, text(), seeds(), |host| {
        get("/sign-in".into(), vec![("host", format!("{host}.tradewind.test"))])
    });
    tried += storm("authorization", &house, text(), seeds(), |said| {
        get("/api/v1/customers".into(), at_home(vec![("authorization", said.clone())]))
    });
    tried += storm("token", &house, text(), seeds(), |said| {
        get("/api/v1/customers".into(), at_home(vec![("authorization", format!("Bearer {said}"))]))
    });
    let parts = (text(), text(), text()).prop_map(|(a, b, c)| {
        use base64::Engine;
        let part = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.{}", part(&a), part(&b), part(&c))
    });
    tried += storm("token of three parts", &house, parts, vec![], |said| {
        get("/api/v1/customers".into(), at_home(vec![("authorization", format!("Bearer {said}"))]))
    });
    tried += storm("key", &house, text(), seeds(), |said| {
        get("/api/v1/customers".into(), at_home(vec![("x-api-key", format!("tk_{said}"))]))
    });
    tried += storm("cookie", &house, text(), seeds(), |said| {
        get(
            "/customers".into(),
            at_home(vec![("cookie", format!("__Host-tradewind={said}")), ("accept", "text/html".into())]),
        )
    });
    tried += storm("version", &house, text(), seeds(), |said| {
        get(
            "/api/v1/customers".into(),
            signed(vec![("if-none-match", said.clone()), ("idempotency-key", said.clone())]),
        )
    });

    for list in [
        "/api/v1/customers",
        "/api/v1/invoices",
        "/api/v1/appointments",
        "/api/v1/work-orders",
        "/api/v1/items",
        "/api/v1/audit",
        "/customers",
        "/invoices",
    ] {
        let query = prop::collection::vec(
            (
                prop::sample::select(
                    &["q", "cursor", "limit", "status", "tag", "city", "sort", "from", "until", "view", "page"][..],
                ),
                text(),
            ),
            0..4,
        );
        tried += storm(list, &house, query, vec![], |query| {
            let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
            get(format!("{list}?{}", query.join("&")), signed(vec![]))
        });
        let cursor = value().prop_map(|value| {
            use base64::Engine;
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string())
        });
        tried +=
            storm("cursor", &house, cursor, vec![], |cursor| get(format!("{list}?cursor={cursor}"), signed(vec![])));
    }
    for (path, wrap) in [
        ("/api/v1/customers", None),
        ("/api/v1/exports", Some("filter")),
        ("/api/v1/customer-views", Some("filter")),
        ("/api/v1/appointments", None),
        ("/api/v1/invoices", None),
        ("/api/v1/items", None),
    ] {
        tried += storm(path, &house, value(), vec![], |value| {
            let body = match wrap {
                Some(name) => serde_json::json!({ "name": "x", "list": "customers", "format": "csv", name: value }),
                None => value.clone(),
            };
            Ask {
                method: Method::POST,
                path: path.into(),
                headers: signed(vec![("content-type", "application/json".into())]),
                body: body.to_string().into_bytes(),
            }
        });
    }
    tried += storm("path", &house, text(), seeds(), |path| {
        get(format!("/{}", path.replace([' ', '#'], "/")), signed(vec![]))
    });
    tried += storm(
        "bytes",
        &house,
        prop::collection::vec(any::<u8>(), 0..300),
        vec![vec![], vec![0xff], vec![b'{'; 300]],
        |bytes| Ask {
            method: Method::POST,
            path: "/api/v1/customers".into(),
            headers: signed(vec![("content-type", "application/json".into())]),
            body: bytes.clone(),
        },
    );
    // A file that is anything, as a spreadsheet's.
    let sheets = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..400),
        prop::collection::vec(
            prop::sample::select(
                &[
                    "Name", "Email", ",", ";", "\t", "\n", "\r\n", "\"", "\"\"", "=1", "a@b.co", "\u{feff}", "\0", "é",
                    " "
                ][..]
            ),
            0..60
        )
        .prop_map(|parts| parts.concat().into_bytes()),
    ];
    tried += storm(
        "import",
        &house,
        sheets,
        vec![b"".to_vec(), b"Name\n\"".to_vec(), b"PK\x03\x04".to_vec(), b"\xff\xfeN\0".to_vec()],
        |bytes| {
            Ask {
        method: Method::POST,
        path: "/api/v1/customer-imports".into(),
        headers: signed(vec![("content-type", "multipart/form-data; boundary=zzboundaryzz".into())]),
        body: [b"--zzboundaryzz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n", &bytes[..], b"\r\n--zzboundaryzz--\r\n"].concat(),
    }
        },
    );
    println!("{tried} requests at random, no fault of ours");

    // The control: a door that breaks is found, and what breaks it is made small.
    let broken = async |_: kernel::Visitor| -> kernel::Result<kernel::http::Json<i64>> {
        Err(kernel::Error::Bug("planted".into()))
    };
    let mut all = modules::list();
    all.push(kernel::Module::new("planted").get("/planted-fault", broken, "Breaks"));
    let planted = harness::start(all).await;
    let other = planted.company("pooled").await;
    let ask = get("/planted-fault".into(), vec![("host", other.host.clone())]);
    assert!(wrong(&planted, &ask).await.is_some_and(|wrong| wrong.starts_with("500")), "the fuzz does not see a fault");
}
