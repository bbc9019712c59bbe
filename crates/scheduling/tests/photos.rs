//! Photos that a customer adds by the link of a visit.
#![allow(clippy::unwrap_used)]
use axum::{body::Body, http::Method};
use harness::{Answer, Company, Person, TestHouse};
use serde_json::json;

async fn start() -> TestHouse {
    harness::start(vec![catalog::module(), customers::module(), scheduling::module()]).await
}

/// A picture of one pixel.
const PIXEL: &[u8] = b"RIFF\x16\0\0\0WEBPVP8L\x0a\0\0\0/\0\0\0\0(@D\x04\0";

async fn send(who: &Person<'_>, link: &str, bytes: &[u8]) -> Answer {
    let head = b"--edge\r\ncontent-disposition: form-data; name=\"photo\"; filename=\"a.webp\"\r\n\r\n";
    let body = [head, bytes, b"\r\n--edge--\r\n"].concat();
    let headers = [("content-type", "multipart/form-data; boundary=edge"), ("accept", "text/html")];
    who.call(Method::POST, &format!("{link}/photos"), &headers, Body::from(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_shows_what_is_broken_and_takes_it_back() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let customer = owner.post("/api/v1/customers", json!({ "name": "Ida Rivera" })).await.id();
        let body = json!({ "customer_id": customer, "title": "Leak", "duration_minutes": 60, "starts_at": "2026-06-23T15:00:00Z" });
        let visit = owner.post("/api/v1/appointments", body).await;
        let scope = house.house.errand(acme.id, "test").await.unwrap();
        let link = scheduling::visit::path(&scope, scheduling::AppointmentId(visit.id().parse().unwrap())).unwrap();
        let ida = acme.visitor();
        assert!(ida.page(&link).await.text.contains("Add a photo"));
        for (bytes, says) in [(&b"<svg/>"[..], "PNG, JPEG or WebP"), (&PIXEL[..20], "cannot be read"), (b"", "Choose a picture")] {
            let refused = send(&ida, &link, bytes).await;
            assert!(refused.status == 422 && refused.text.contains(says), "{says}: {refused:?}");
        }
        for _ in 0..6 {
            let sent = send(&ida, &link, PIXEL).await;
            assert_eq!(sent.status, 303, "{sent:?}");
        }
        assert_eq!(send(&ida, &link, PIXEL).await.status, 409, "six are enough");
        let photos = owner.get(&format!("/api/v1/appointments/{}/photos", visit.id())).await;
        let ids: Vec<String> = photos.body["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids.len(), 6, "{photos:?}");
        let pane = owner.page(&format!("/board?date=2026-06-23&job={}", visit.id())).await;
        assert!(pane.text.contains(&format!("/appointments/{}/photos/{}", visit.id(), ids[0])), "{}", pane.text);
        for path in [format!("{link}/photos/{}", ids[0]), format!("/appointments/{}/photos/{}", visit.id(), ids[0])] {
            let picture = owner.page(&path).await;
            assert_eq!((picture.status, picture.header("content-type")), (200, "image/jpeg"), "{path}");
        }
        let path = format!("{link}/photos/{}/remove", ids[0]);
        assert_eq!(ida.form(&path, &[]).await.status, 303);
        assert_eq!(ida.form(&path, &[]).await.status, 404, "it is gone");
        assert_eq!(owner.page(&format!("{link}/photos/{}", ids[0])).await.status, 404);
        // Another visit's photo is none of this one's, and a link that nobody gave opens nothing.
        let body = json!({ "customer_id": customer, "title": "Other", "duration_minutes": 60, "starts_at": "2026-06-24T15:00:00Z" });
        let other = owner.post("/api/v1/appointments", body).await;
        let others = scheduling::visit::path(&scope, scheduling::AppointmentId(other.id().parse().unwrap())).unwrap();
        assert_eq!(ida.page(&format!("{others}/photos/{}", ids[1])).await.status, 404);
        assert_eq!(ida.page(&format!("/visit/{}/photos/{}", "0".repeat(96), ids[1])).await.status, 404);
        // When the visit is over, nothing more comes; what there is stays.
        let cancel = format!("/api/v1/appointments/{}/cancel", visit.id());
        let etag = owner.get(&format!("/api/v1/appointments/{}", visit.id())).await.etag();
        assert_eq!(owner.send(Method::POST, &cancel, &[("if-match", &etag)], json!({})).await.status, 200);
        assert_eq!(send(&ida, &link, PIXEL).await.status, 409);
        assert_eq!(ida.page(&format!("{link}/photos/{}", ids[1])).await.status, 200);
    })
    .await;
}
