//! How large a file may be, and that memory does not grow with what is sent.
use axum::{
    body::{Body, Bytes},
    http::Method,
};
use harness::{Answer, Person, in_both_placements};
use kernel::http::LargestFile;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use crate::{BOUNDARY, counts, house, imported, send};

const PATH: &str = "/api/v1/customer-imports";

/// As a browser sends it: piece after piece; how many were taken is counted.
async fn streamed(owner: &Person<'_>, head: String, piece: &'static [u8], pieces: usize, end: &str) -> (Answer, usize) {
    let taken = Arc::new(AtomicUsize::new(0));
    let count = taken.clone();
    let between = (0..pieces).map(move |_| {
        count.fetch_add(1, Relaxed);
        Bytes::from_static(piece)
    });
    let all = std::iter::once(Bytes::from(head)).chain(between).chain([Bytes::from(end.to_owned())]);
    let body = Body::from_stream(futures_util::stream::iter(all.map(Ok::<_, std::io::Error>)));
    let content = format!("multipart/form-data; boundary={BOUNDARY}");
    let answer = owner.call(Method::POST, PATH, &[("content-type", &content)], body).await;
    (answer, taken.load(Relaxed))
}

fn head_of(file: &str) -> String {
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file}\"\r\n\r\n")
}

static MEGABYTE: [u8; 1 << 20] = [b'x'; 1 << 20];

#[tokio::test]
async fn the_operator_says_how_large_a_file_may_be() {
    let house = house().await;
    house.house.keep(LargestFile(3));
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let page = owner.page("/customers/import").await;
        assert!(page.text.contains("At most 3 MB.") && page.text.contains("data-most=\"3145728\""), "{}", page.text);
        let (large, taken) = streamed(&owner, head_of("a.csv"), &MEGABYTE, 60, "").await;
        assert_eq!(large.status, 413, "{large:?}");
        assert!(large.text.contains("This file is larger than 3 MB. Split it"), "{large:?}");
        assert!(taken < 8, "{taken} MB were read of what is refused");
        assert!(!owner.page("/customers/import").await.text.contains("a.csv"), "nothing of it is kept");
        let fits = "Name,Notes\n".to_owned() + &format!("Ana,{}\n", "x".repeat(900)).repeat(3000);
        assert_eq!(send(&owner, PATH, "b.csv", fits.as_bytes()).await.status, 201);
    })
    .await;
    assert_eq!([LargestFile(2048), LargestFile(100)].map(|most| most.to_string()), ["2 GB", "100 MB"]);
}

#[tokio::test]
async fn a_form_without_end_is_not_held_in_memory() {
    let house = house().await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let field = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"more\"\r\n\r\n");
    // A field of a form, what stands before its first part, and the head of a part.
    for head in [field, String::new(), format!("--{BOUNDARY}\r\n")] {
        let (answer, taken) = streamed(&owner, head, &MEGABYTE, 200, "").await;
        assert_eq!(answer.status, 413, "{answer:?}");
        assert!(answer.text.contains("more than 8 MB"), "{answer:?}");
        assert!(taken <= 10, "{taken} MB");
    }
}

/// They come out of it as they went in.
#[tokio::test]
async fn lines_of_a_megabyte_are_imported() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let long = "y".repeat(1 << 20);
        let file: String = (0..20)
            .map(|n| match n % 2 {
                0 => format!("Client {n},c{n}@x.example,\n"),
                _ => format!("Client {n},c{n}@x.example,{long}\n"),
            })
            .collect();
        let path = imported(&owner, &acme, ("Name,Email,Notes\n".to_owned() + &file).as_bytes()).await;
        assert_eq!(counts(&owner.get(&path).await.body, &["made", "wrong"]), [10, 10]);
        let refused = owner.page(&format!("{}/errors.csv", path.replace(PATH, "/customers/import"))).await;
        assert!(refused.text.len() > 10 << 20, "{}", refused.text.len());
        assert_eq!(refused.text.matches("c19@x.example").count(), 1);
    })
    .await;
}
