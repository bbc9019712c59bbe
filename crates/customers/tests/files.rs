//! Files of customers through the front door, in both placements.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::{body::Body, http::Method};
use harness::{Answer, Company, Person, TestHouse, in_both_placements, start};
use jiff::SignedDuration;
use serde_json::{Value, json};

async fn house() -> TestHouse {
    start(vec![customers::module()]).await
}

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";

/// A form with these fields and files, as a browser sends it.
async fn send(person: &Person<'_>, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
    let mut body = vec![];
    for (name, value) in fields {
        let part = format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    for (name, bytes) in files {
        // What the browser says of it is not believed.
        let part = format!(
            "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: text/html\r\n\r\n"
        );
        body.extend_from_slice(part.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    let accept = if path.starts_with("/api/") { "application/json" } else { "text/html" };
    let headers = [("content-type", "multipart/form-data; boundary=edge"), ("accept", accept)];
    person.call(Method::POST, path, &headers, Body::from(body)).await
}

async fn ana(owner: &Person<'_>) -> (String, String) {
    let place = json!({ "street": "12 Elm St", "city": "Springfield" });
    let made = owner.post("/api/v1/customers", json!({ "name": "Ana Abbott", "location": place })).await;
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.id();
    let places = owner.get(&format!("/api/v1/customers/{id}/locations")).await;
    (format!("/api/v1/customers/{id}/files"), places.body["data"][0]["id"].as_str().unwrap().to_owned())
}

/// So many lie beside the database.
fn on_disk(acme: &Company<'_>) -> usize {
    let folder = acme.test.house.data_dir().join("files").join(acme.id.simple().to_string());
    std::fs::read_dir(folder).map(|all| all.count()).unwrap_or(0)
}

fn page_of(path: &str) -> String {
    path.replace("/api/v1", "")
}

#[tokio::test]
async fn a_file_is_kept_named_saved_removed_and_brought_back() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let (files, place) = ana(&owner).await;
        let made = send(
            &owner,
            &files,
            &[("caption", " Permit 2026 "), ("location_id", &place)],
            &[("C:\\scans\\permit.pdf", PDF)],
        )
        .await;
        assert_eq!(made.status, 201, "{made:?}");
        let said = ["name", "caption", "media_type", "author", "location_id"]
            .map(|field| made.body[field].as_str().unwrap().to_owned());
        assert_eq!(said, ["permit.pdf", "Permit 2026", "application/pdf", "Olive Owner", place.as_str()]);
        assert_eq!(made.body["size"], PDF.len());
        let one = format!("{files}/{}", made.id());
        assert_eq!((made.header("location"), made.etag().as_str()), (one.as_str(), "\"1\""));
        assert_eq!(owner.get(&one).await.body, made.body);

        for path in [format!("{one}/content"), page_of(&one)] {
            let saved = owner.get(&path).await;
            assert_eq!((saved.status, saved.text.as_bytes()), (200, PDF), "{path}");
            assert_eq!(saved.header("content-disposition"), "attachment; filename=\"permit.pdf\"");
            assert_eq!(saved.header("content-security-policy"), "default-src 'none'; sandbox");
            assert_eq!(saved.header("content-length"), PDF.len().to_string());
        }

        let change = json!({ "caption": "Building permit", "location_id": null });
        let changed = owner.patch(&one, "\"1\"", change.clone()).await;
        assert_eq!(
            (changed.status, &changed.body["caption"], &changed.body["location_id"]),
            (200, &json!("Building permit"), &Value::Null)
        );
        assert_eq!(owner.patch(&one, "\"1\"", change).await.status, 412);
        let foreign = owner.patch(&one, "\"2\"", json!({ "location_id": kernel::Uuid::now_v7() })).await;
        assert_eq!(foreign.error("/location_id"), "This customer has no location with that id.");

        let page = owner.page(&page_of(&files)).await;
        assert!(
            page.text.contains("Building permit") && page.text.contains("PDF · 45 bytes · Olive Owner"),
            "{}",
            page.text
        );
        let card = owner.page(&page_of(files.trim_end_matches("/files"))).await;
        assert!(card.text.contains("Building permit"), "the card shows it");

        let words = [("version", "2"), ("caption", ""), ("location_id", place.as_str()), ("_key", "k")];
        let saved = owner.form(&format!("{}/edit", page_of(&one)), &words).await;
        assert_eq!((saved.status, saved.header("location")), (303, page_of(&files).as_str()));
        let now = owner.get(&one).await;
        assert_eq!((&now.body["caption"], &now.body["location_id"]), (&Value::Null, &json!(place)));

        assert_eq!(owner.delete(&one).await.status, 204);
        for path in [one.clone(), format!("{one}/content")] {
            assert_eq!(owner.get(&path).await.status, 404, "{path}");
        }
        assert_eq!(owner.get(&files).await.body["data"], json!([]));
        let back = owner.post(&format!("{one}/restore"), json!({})).await;
        assert_eq!((back.status, &back.body["name"]), (200, &json!("permit.pdf")), "{back:?}");
        assert_eq!(owner.post(&format!("{one}/restore"), json!({})).await.status, 200, "twice is once");
        let gone = owner.form(&format!("{}/remove", page_of(&one)), &[("_key", "r")]).await;
        assert_eq!(gone.status, 303);
        assert!(gone.header("set-cookie").starts_with("tradewind_toast="), "{gone:?}");
        assert_eq!(owner.form(&format!("{}/restore", page_of(&one)), &[("_key", "b")]).await.status, 303);

        house.run_jobs().await;
        let told = acme.told().await;
        for kind in ["customer_file.added", "customer_file.changed", "customer_file.removed", "customer_file.restored"]
        {
            assert!(told.iter().any(|one| one == kind), "{kind}: {told:?}");
        }
        let timeline = owner.get(&files.replace("/files", "/timeline")).await;
        assert!(timeline.text.contains("File added"), "{timeline:?}");
        let history = owner.get(&format!("/api/v1/history/{}", made.id())).await;
        assert!(
            history.text.contains("Building permit") && history.text.contains("customer_file.changed"),
            "{history:?}"
        );
    })
    .await;
}

/// A page of somebody's own would run as one of the company's.
#[tokio::test]
async fn what_is_no_picture_or_paper_is_served_as_bytes() {
    let house = house().await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let (files, _) = ana(&owner).await;
    let sent: [(&str, &[u8], &str); 5] = [
        ("page.html", b"<!doctype html><script>alert(1)</script>", "application/octet-stream"),
        ("picture.png", b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", "application/octet-stream"),
        ("setup.pdf", b"MZ\x90\x00", "application/octet-stream"),
        ("run.sh", b"#!/bin/sh\n", "application/octet-stream"),
        ("house.html", b"\x89PNG\r\n\x1a\n", "image/png"),
    ];
    for (name, bytes, is) in sent {
        let made = send(&owner, &files, &[], &[(name, bytes)]).await;
        assert_eq!((made.status, &made.body["media_type"]), (201, &json!(is)), "{name}: {made:?}");
        let saved = owner.get(&format!("{files}/{}/content", made.id())).await;
        assert_eq!((saved.header("content-type"), saved.header("x-content-type-options")), (is, "nosniff"), "{name}");
        assert!(saved.header("content-disposition").starts_with("attachment"), "{name}: {saved:?}");
    }
}

#[tokio::test]
async fn several_come_at_once_and_what_is_refused_leaves_no_bytes() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let (files, _) = ana(&owner).await;
        let page = page_of(&files);
        let sent = send(
            &owner,
            &page,
            &[("_key", "one")],
            &[("a.pdf", PDF), ("b.txt", b"Filter 16x25"), ("c.png", b"\x89PNG\r\n\x1a\n")],
        )
        .await;
        assert_eq!((sent.status, sent.header("location")), (303, page.as_str()), "{sent:?}");
        let kept = owner.get(&files).await;
        let names: Vec<&str> =
            kept.body["data"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["c.png", "b.txt", "a.pdf"], "newest first");
        assert_eq!(on_disk(&acme), 3);
        // The same form again is answered with what was answered, and keeps nothing.
        let again = send(
            &owner,
            &page,
            &[("_key", "one")],
            &[("a.pdf", PDF), ("b.txt", b"Filter 16x25"), ("c.png", b"\x89PNG\r\n\x1a\n")],
        )
        .await;
        assert_eq!((again.status, on_disk(&acme)), (303, 3), "{again:?}");
        let first = owner.get(&format!("{files}?limit=2")).await;
        let next = first.body["next_cursor"].as_str().unwrap();
        assert_eq!(owner.get(&format!("{files}?limit=2&cursor={next}")).await.body["data"][0]["name"], "a.pdf");

        let large = vec![b'x'; 25_000_001];
        for (files, sentence) in [
            (&[][..], "Choose a file."),
            (&[("", &b""[..])][..], "Choose a file."),
            (&[("a.pdf", PDF), ("empty.txt", b"")][..], "empty.txt is empty."),
            (&[("a.pdf", PDF), ("film.mov", &large)][..], "film.mov is larger than 25 MB."),
        ] {
            let refused = send(&owner, &page, &[], files).await;
            assert_eq!(refused.status, 422, "{sentence} {refused:?}");
            assert!(refused.text.contains(sentence), "{sentence}: {}", refused.text);
        }
        let refused = send(&owner, &files, &[("caption", &"x".repeat(121))], &[("a.pdf", PDF)]).await;
        assert!(refused.status == 422 && !refused.error("/caption").is_empty(), "{refused:?}");
        let place = kernel::Uuid::now_v7().to_string();
        let refused = send(&owner, &files, &[("location_id", &place)], &[("a.pdf", PDF)]).await;
        assert_eq!(refused.error("/location_id"), "This customer has no location with that id.");
        let two = send(&owner, &files, &[], &[("a.pdf", PDF), ("b.pdf", PDF)]).await;
        assert_eq!(two.status, 400, "the API takes one at a time: {two:?}");
        let many: Vec<(&str, &[u8])> = vec![("a.pdf", PDF); 21];
        assert_eq!(send(&owner, &page, &[], &many).await.status, 400);

        for round in 0..9 {
            let sent = send(&owner, &page, &[], &many[..20]).await;
            assert_eq!(sent.status, 303, "{round}: {sent:?}");
        }
        let over = send(&owner, &page, &[], &many[..18]).await;
        assert!(over.text.contains("at most 200 files"), "{over:?}");
        assert_eq!(on_disk(&acme), 183);
        let viewer = acme.person("viewer").await;
        assert_eq!(send(&viewer, &files, &[], &[("a.pdf", PDF)]).await.status, 403);
        let seen = viewer.page(&page).await;
        assert!(seen.status == 200 && !seen.text.contains("Keep files"), "a viewer looks and adds none");
    })
    .await;
}

#[tokio::test]
async fn bytes_of_what_was_removed_are_swept_away_after_a_week() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let (files, _) = ana(&owner).await;
        let made = send(&owner, &files, &[], &[("a.pdf", PDF)]).await;
        send(&owner, &files, &[], &[("b.pdf", PDF)]).await;
        let one = format!("{files}/{}", made.id());
        assert_eq!(owner.delete(&one).await.status, 204);
        let program = acme.program();
        let sweep = async || {
            kernel::job::worker::now_for(&house.house, acme.id, "customers.sweep_files").await.unwrap();
            house.run_jobs().await;
        };
        house.clock.advance(SignedDuration::from_hours(6 * 24));
        sweep().await;
        assert_eq!(on_disk(&acme), 2, "not before its time");
        assert_eq!(program.post(&format!("{one}/restore"), json!({})).await.status, 200);
        assert_eq!(program.delete(&one).await.status, 204);
        house.clock.advance(SignedDuration::from_hours(7 * 24 + 1));
        sweep().await;
        assert_eq!(on_disk(&acme), 1);
        assert_eq!(program.post(&format!("{one}/restore"), json!({})).await.status, 404);
        assert_eq!(program.get(&files).await.body["data"].as_array().unwrap().len(), 1, "the other stays");
    })
    .await;
}

#[tokio::test]
async fn files_follow_a_merge_and_go_back_with_it() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let ((gone, _), (stays, _)) = (ana(&owner).await, ana(&owner).await);
        let made = send(&owner, &gone, &[], &[("a.pdf", PDF)]).await.id();
        let customer = |path: &str| path.split('/').nth(4).unwrap().to_owned();
        let merge = json!({ "customer_id": customer(&gone) });
        let merged = owner.post(&format!("/api/v1/customers/{}/merge", customer(&stays)), merge).await;
        assert_eq!(merged.status, 200, "{merged:?}");
        assert_eq!(owner.get(&format!("{stays}/{made}/content")).await.text.as_bytes(), PDF);
        for asked in
            [owner.get(&format!("{gone}/{made}/content")).await, send(&owner, &gone, &[], &[("b.pdf", PDF)]).await]
        {
            assert_eq!((asked.status, &asked.body["code"]), (409, &json!("merged")), "{asked:?}");
        }
        let merges = owner.get(&format!("/api/v1/customers/{}/merges", customer(&stays))).await;
        let undo = format!("/api/v1/customer-merges/{}/undo", merges.body["data"][0]["id"].as_str().unwrap());
        assert_eq!(owner.post(&undo, json!({})).await.status, 200);
        assert_eq!(owner.get(&format!("{gone}/{made}")).await.status, 200);
        assert_eq!(owner.get(&format!("{stays}/{made}")).await.status, 404);
        assert_eq!(on_disk(&acme), 1);
    })
    .await;
}
