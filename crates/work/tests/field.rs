//! What happens around a job in the field: signatures, photos in pieces, waiting and going on, and what follows.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::{body::Body, http::Method};
use harness::{Answer, Person, in_both_placements};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

mod shop;
use shop::{house, job_of, made, redirected, shop, technician};

const DRAWN: &str = "100,200 140,180 180,260 240,120;300,200 420,210";
const MULTIPART: [(&str, &str); 1] = [("content-type", "multipart/form-data; boundary=tradewind")];

fn says(answer: &Answer) -> &str {
    answer.body["detail"].as_str().unwrap_or("")
}

/// What the page stands for.
fn shown_on(page: &str) -> String {
    let from = page.find("name=\"shown\"").unwrap_or_else(|| panic!("{page}"));
    page[from..].split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_signature_is_bound_to_what_was_shown() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let (owner, marco, at) = (&shop.owner, &shop.marco, format!("/tech/jobs/{}", shop.visit));
        redirected(&marco.form(&format!("{at}/start"), &[]).await);
        let page = marco.page(&format!("{at}/sign")).await.text;
        assert!(page.contains("Diagnostic visit") && page.contains("canvas") && !page.contains("89.00"), "{page}");
        let sign = async |fields: &[(&str, &str)]| {
            let shown = shown_on(&marco.page(&format!("{at}/sign")).await.text);
            let mut all = vec![("kind", "approval"), ("name", "Ana Lopez"), ("shown", shown.as_str())];
            all.extend_from_slice(fields);
            marco.form(&format!("{at}/sign"), &all).await
        };
        let none = sign(&[]).await;
        assert!(
            none.status == 422 && none.text.contains("Sign in the field, or say that the typed name counts."),
            "{none:?}"
        );
        for bad in ["1,1", "1,1 2,2 3,3 4,4 5,5000", "<svg/onload=alert(1)>"] {
            assert_eq!(sign(&[("strokes", bad)]).await.status, 422, "{bad}");
        }
        redirected(&sign(&[("strokes", DRAWN)]).await);
        redirected(&sign(&[("typed", "true")]).await);
        let job = job_of(&shop).await;
        let signed = job["signatures"].as_array().unwrap().clone();
        let first = &signed[0];
        assert_eq!((signed.len(), &first["strokes"], &first["name"]), (2, &json!(DRAWN), &json!("Ana Lopez")));
        assert_eq!((&first["intact"], &first["changed_since"]), (&json!(true), &json!(false)));
        assert_eq!(
            (&first["lines"][0]["description"], &first["lines"][0]["amount"]),
            (&json!("Diagnostic visit"), &Value::Null)
        );
        assert_eq!((&signed[1]["strokes"], first["hash"].as_str().unwrap().len()), (&Value::Null, 64));
        let id = job["id"].as_str().unwrap();
        let office = owner.page(&format!("/jobs/{id}")).await.text;
        assert!(
            office.contains("polyline") && office.contains("Ana Lopez") && !office.contains("Changed since signed"),
            "{office}"
        );

        // What was shown before is not signed for what stands there now, and the drawing for it is not taken over.
        let before = shown_on(&marco.page(&format!("{at}/sign")).await.text);
        // Other lines are other work.
        redirected(&marco.form(&format!("{at}/lines"), &[("item_id", &shop.part)]).await);
        assert_eq!(job_of(&shop).await["signatures"][0]["changed_since"], json!(true));
        assert!(owner.page(&format!("/jobs/{id}")).await.text.contains("Changed since signed"));
        let late = [("kind", "completion"), ("name", "Ana Lopez"), ("shown", before.as_str()), ("strokes", DRAWN)];
        let late = marco.form(&format!("{at}/sign"), &late).await;
        assert!(
            late.status == 422 && late.text.contains("nothing is signed yet") && !late.text.contains(DRAWN),
            "{late:?}"
        );
        assert!(late.text.contains("Run capacitor") && shown_on(&late.text) != before, "{late:?}");
        let now = shown_on(&late.text);
        let nameless = [("kind", "completion"), ("name", ""), ("shown", now.as_str()), ("strokes", DRAWN)];
        let nameless = marco.form(&format!("{at}/sign"), &nameless).await;
        assert!(nameless.status == 422 && nameless.text.contains(DRAWN), "what was drawn is still there: {nameless:?}");
        // By the API somebody sees prices, so they are part of what is signed.
        let api = format!("/api/v1/work-orders/{id}/signatures");
        let signed =
            |shown: &Value| json!({ "kind": "completion", "name": "Ana Lopez", "typed": true, "shown": shown });
        for unseen in [json!(""), json!(before)] {
            let refused = owner.post(&api, signed(&unseen)).await;
            assert!(refused.error("/shown").starts_with("What was shown is not what this job says now"), "{refused:?}");
        }
        let taken = owner.post(&api, signed(&job_of(&shop).await["shown_hash"])).await;
        assert_eq!((taken.status, &taken.body["total"]["amount"]), (201, &json!("328.00")), "{taken:?}");
        // Nothing of it can be changed, and whoever changed it above the program would be found out.
        let (client, schema) = (house.above().await, acme.schema().await);
        let sql = format!(
            "update {schema}.signature set name = 'Somebody Else' where tenant_id = $1 and strokes is not null"
        );
        client.execute(&sql, &[&acme.id]).await.unwrap();
        assert_eq!(job_of(&shop).await["signatures"][0]["intact"], json!(false));
        let told = acme.told().await;
        assert_eq!(told.iter().filter(|kind| *kind == "work_order.signed").count(), 3, "{told:?}");
        let (paula, _) = technician(&acme, owner, "Paula Stone").await;
        assert_eq!(
            paula.form(&format!("{at}/sign"), &[("kind", "approval"), ("name", "x"), ("typed", "true")]).await.status,
            404
        );
    })
    .await;
}

/// A picture with so much noise in it that it is large.
fn large() -> Vec<u8> {
    let mut chance: u32 = 7;
    let pixels = image::RgbImage::from_fn(900, 700, |_, _| {
        let mut next = || {
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (chance >> 24) as u8
        };
        image::Rgb([next(), next(), next()])
    });
    let mut bytes = vec![];
    pixels.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn piece(person: &Person<'_>, at: &str, from: usize, bytes: &[u8]) -> Answer {
    let mut body = format!("--tradewind\r\ncontent-disposition: form-data; name=\"from\"\r\n\r\n{from}\r\n--tradewind\r\ncontent-disposition: form-data; name=\"piece\"; filename=\"piece\"\r\n\r\n").into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--tradewind--\r\n");
    person.call(Method::POST, &format!("{at}/pieces"), &MULTIPART, Body::from(body)).await
}

#[tokio::test]
async fn a_photo_arrives_in_pieces_though_the_line_breaks() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let (owner, marco, home) = (&shop.owner, &shop.marco, format!("/tech/jobs/{}/uploads", shop.visit));
        redirected(&marco.form(&format!("/tech/jobs/{}/start", shop.visit), &[]).await);
        let bytes = large();
        assert!(bytes.len() > 1_200_000, "{}", bytes.len());
        let new = json!({ "size": bytes.len(), "sha256": hash(&bytes), "label": "before", "caption": "Contactor" });
        let begun = marco.post(&home, new.clone()).await;
        let at = format!("{home}/{}", made(begun));
        assert_eq!(marco.post(&format!("{at}/finish"), json!({})).await.body["code"], "upload_offset");
        let half = 900_000;
        let first = piece(marco, &at, 0, &bytes[..half]).await;
        assert_eq!((first.status, &first.body["received"]), (200, &json!(half)), "{first:?}");
        // The answer was lost: the same piece again, then one too far, then the question where to go on.
        assert_eq!(piece(marco, &at, 0, &bytes[..half]).await.body["received"], json!(half));
        let gap = piece(marco, &at, half + 10, &bytes[half + 10..half + 20]).await;
        assert_eq!((gap.status, &gap.body["code"]), (409, &json!("upload_offset")), "{gap:?}");
        assert_eq!(marco.get(&at).await.body["received"], json!(half));
        assert_eq!(piece(marco, &at, half, &vec![0; (1 << 20) + 1]).await.status, 422, "a piece too large");
        // Two at once: one of them is there, and nothing twice.
        let rest = &bytes[half..];
        let (a, b) = tokio::join!(piece(marco, &at, half, rest), piece(marco, &at, half, rest));
        assert_eq!((a.status, b.status), (200, 200), "{a:?} {b:?}");
        let end = format!("{at}/finish");
        let (a, b) = tokio::join!(marco.post(&end, json!({})), marco.post(&end, json!({})));
        assert_eq!((a.status, b.status, a.body["id"].clone()), (201, 201, b.body["id"].clone()), "{a:?} {b:?}");
        let job = job_of(&shop).await;
        assert_eq!(job["photos"].as_array().map(Vec::len), Some(1), "{job}");
        assert_eq!((&job["photos"][0]["label"], &job["photos"][0]["caption"]), (&json!("before"), &json!("Contactor")));
        let id = job["id"].as_str().unwrap();
        let seen = owner.get(&format!("/api/v1/work-orders/{id}/photos/{}", job["photos"][0]["id"].as_str().unwrap())).await;
        assert_eq!(seen.header("content-type"), "image/jpeg");
        let (client, schema) = (house.above().await, acme.schema().await);
        let left = async || {
            let sql = format!("select (select count(*) from {schema}.photo_chunk where tenant_id = $1), (select count(*) from {schema}.photo_upload where tenant_id = $1)");
            let row = client.query_one(&sql, &[&acme.id]).await.unwrap();
            (row.get::<_, i64>(0), row.get::<_, i64>(1))
        };
        assert_eq!(left().await, (0, 1), "its pieces are not kept twice");

        // Other bytes than announced, more than announced, no picture, and what nobody goes on with.
        let wrong = json!({ "size": 5, "sha256": hash(b"12345") });
        let at = format!("{home}/{}", made(marco.post(&home, wrong.clone()).await));
        assert_eq!(piece(marco, &at, 0, b"123456").await.status, 422);
        assert_eq!(piece(marco, &at, 0, b"54321").await.status, 200);
        let refused = marco.post(&format!("{at}/finish"), json!({})).await;
        assert_eq!(refused.error("/sha256"), "These are not the bytes that were announced. Begin the photo anew.");
        let at = format!("{home}/{}", made(marco.post(&home, wrong).await));
        assert_eq!(piece(marco, &at, 0, b"12345").await.status, 200);
        assert_eq!(marco.post(&format!("{at}/finish"), json!({})).await.error("/photo"), "Send a PNG, JPEG or WebP picture.");
        assert_eq!(marco.post(&home, json!({ "size": 30 << 20, "sha256": hash(b"") })).await.error("/size"), "A picture has at most 25 MB.");
        let (paula, _) = technician(&acme, owner, "Paula Stone").await;
        assert_eq!(paula.get(&at).await.status, 404);
        // Whoever goes on has as long again.
        let slow = json!({ "size": 5, "sha256": hash(b"slow!") });
        let key = acme.program();
        let api = format!("/api/v1/work-orders/{id}/photo-uploads");
        let slow = format!("{api}/{}", made(key.post(&api, slow).await));
        for (from, byte) in b"slo".iter().enumerate() {
            assert_eq!(piece(&key, &slow, from, &[*byte]).await.status, 200);
            house.house.clock().advance(SignedDuration::from_hours(40));
        }
        assert_eq!(key.get(&slow).await.body["received"], 3, "five days on the way, a piece each second day");
        house.house.clock().advance(SignedDuration::from_hours(49));
        let scope = house.house.errand(acme.id, "test").await.unwrap();
        work::photo::pieces::sweep(scope).await.unwrap();
        assert_eq!(left().await, (0, 0), "what nobody goes on with is forgotten");
    })
    .await;
}

#[tokio::test]
async fn a_job_waits_goes_on_and_is_taken_up_again() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let (owner, marco, at) = (&shop.owner, &shop.marco, format!("/tech/jobs/{}", shop.visit));
        redirected(&marco.form(&format!("{at}/en-route"), &[]).await);
        let early = owner.post("/api/v1/work-orders", json!({ "appointment_id": shop.visit })).await;
        let api = format!("/api/v1/work-orders/{}", made(early));
        let rest = json!({ "reason": "parts", "note": "Compressor, until Friday" });
        let refused = owner.post(&format!("{api}/hold"), rest.clone()).await;
        assert_eq!((refused.status, says(&refused)), (409, "This job has not begun; there is nothing to put on hold."));
        redirected(&marco.form(&format!("{at}/start"), &[]).await);
        assert_eq!(
            owner.post(&format!("{api}/hold"), json!({ "reason": "other" })).await.error("/note"),
            "Say what it waits for."
        );
        for _ in 0..2 {
            redirected(
                &marco.form(&format!("{at}/hold"), &[("reason", "parts"), ("note", "Compressor, until Friday")]).await,
            );
        }
        let job = job_of(&shop).await;
        assert_eq!(
            (&job["status"], &job["held_for"], &job["held_note"]),
            (&json!("on_hold"), &rest["reason"], &rest["note"])
        );
        let open = owner.get(&format!("{api}/time-entries")).await.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["ends_at"].is_null())
            .count();
        assert_eq!(open, 0, "its clocks stand still: {job}");
        let refused = owner.post(&format!("{api}/finish"), json!({})).await;
        assert_eq!(says(&refused), "This job is on hold. Go on with it first, then it can be finished.");
        assert!(marco.page(&at).await.text.contains("Go on with the job"));
        let list = owner.get("/api/v1/work-orders?status=on_hold").await;
        assert_eq!(list.body["data"].as_array().map(Vec::len), Some(1));
        for _ in 0..2 {
            redirected(&marco.form(&format!("{at}/resume"), &[]).await);
        }
        assert_eq!(
            (job_of(&shop).await["status"].clone(), job_of(&shop).await["held_for"].clone()),
            (json!("in_progress"), Value::Null)
        );
        let refused = owner.post(&format!("{api}/reopen"), json!({ "reason": "x" })).await;
        assert_eq!(refused.status, 200, "it is open");
        redirected(&marco.form(&format!("{at}/finish"), &[]).await);

        let dispatcher = acme.person("dispatcher").await;
        assert_eq!(
            dispatcher.post(&format!("{api}/reopen"), json!({ "reason": "Forgot the filter" })).await.status,
            403
        );
        assert_eq!(
            owner.post(&format!("{api}/reopen"), json!({ "reason": "" })).await.error("/reason"),
            "Give a reason."
        );
        let id = job["id"].as_str().unwrap();
        redirected(&owner.form(&format!("/jobs/{id}/reopen"), &[("reason", "Forgot the filter")]).await);
        let job = job_of(&shop).await;
        assert_eq!((&job["status"], &job["completed_at"]), (&json!("in_progress"), &Value::Null));
        assert!(owner.get("/api/v1/audit").await.text.contains("Forgot the filter"));
        redirected(&marco.form(&format!("{at}/finish"), &[]).await);
        let told = acme.told().await;
        let count = |kind: &str| told.iter().filter(|told| *told == kind).count();
        for (kind, times) in
            [("work_order.held", 1), ("work_order.resumed", 1), ("work_order.reopened", 1), ("work_order.completed", 2)]
        {
            assert_eq!(count(kind), times, "{kind} in {told:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_did_not_hold_is_made_good() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let (owner, marco, at) = (&shop.owner, &shop.marco, format!("/tech/jobs/{}", shop.visit));
        redirected(&marco.form(&format!("{at}/start"), &[]).await);
        let first = job_of(&shop).await["id"].as_str().unwrap().to_owned();
        let follow = format!("/api/v1/work-orders/{first}/follow");
        let refused = owner.post(&follow, json!({ "as": "warranty" })).await;
        assert_eq!(
            says(&refused),
            "Only what is finished has a warranty. Finish this job first, or make it a follow-up."
        );
        redirected(&marco.form(&format!("{at}/finish"), &[]).await);
        let made_good = owner.post(&follow, json!({ "as": "recall" })).await;
        let earlier = owner.get(&format!("/api/v1/work-orders/{first}")).await.body;
        assert_eq!(
            (made_good.status, &made_good.body["title"]),
            (201, &json!("Recall: Diagnostic visit")),
            "{made_good:?}"
        );
        assert_eq!(
            (&made_good.body["customer_id"], &made_good.body["location_id"]),
            (&earlier["customer_id"], &earlier["location_id"])
        );
        let second = made_good.id();
        let related =
            async |id: &str| owner.get(&format!("/api/v1/work-orders/{id}/related")).await.body["data"][0].clone();
        let earlier = related(&first).await;
        assert_eq!((&earlier["id"], &earlier["earlier"]), (&json!(second), &json!(false)));
        let later = related(&second).await;
        assert_eq!((&later["id"], &later["as"], &later["earlier"]), (&json!(first), &json!("recall"), &json!(true)));
        let lines = format!("/api/v1/work-orders/{second}/lines");
        let line = made(owner.post(&lines, json!({ "item_id": shop.part })).await);
        assert_eq!(
            owner.post(&format!("{lines}/{line}/waive"), json!({ "reason": " " })).await.error("/reason"),
            "Give a reason."
        );
        let free = owner.post(&format!("{lines}/{line}/waive"), json!({ "reason": "Failed after a week" })).await;
        assert_eq!(
            (free.status, &free.body["unit_price"]["amount"], &free.body["waived"]),
            (200, &json!("0.00"), &json!("Failed after a week"))
        );
        let page = owner.page(&format!("/jobs/{second}")).await.text;
        assert!(page.contains("Recall of") && page.contains("free: Failed after a week"), "{page}");
        let priced = json!({ "unit_price": { "amount": "10.00", "currency": "USD" } });
        let charged = owner.patch(&format!("{lines}/{line}"), &free.etag(), priced).await;
        assert_eq!(
            (charged.status, &charged.body["waived"]),
            (200, &Value::Null),
            "charged for, it is not free: {charged:?}"
        );
        // On any other job nothing is free.
        redirected(
            &owner.form(&format!("/jobs/{first}/follow"), &[("as", "follow_up"), ("title", "Second coat")]).await,
        );
        let third = owner.get("/api/v1/work-orders").await.body["data"][0].clone();
        assert_eq!((&third["title"], &third["follows_as"]), (&json!("Second coat"), &json!("follow_up")));
        let lines = format!("/api/v1/work-orders/{}/lines", third["id"].as_str().unwrap());
        let line = made(owner.post(&lines, json!({ "item_id": shop.part })).await);
        let refused = owner.post(&format!("{lines}/{line}/waive"), json!({ "reason": "x" })).await;
        assert!(says(&refused).starts_with("Only on a warranty job or a recall is a line free."), "{refused:?}");
    })
    .await;
}
