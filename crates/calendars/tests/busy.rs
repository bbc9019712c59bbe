//! Technicians' own calendars through the front door: what is read from a server takes their time, and nothing else of it is kept.
#![allow(clippy::unwrap_used)]
use axum::http::Method;
use harness::{Answer, Company, Person, TestHouse};
use kernel::jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// A server of calendars: what it says can be changed, and what it was asked is kept.
#[derive(Clone)]
struct Server {
    at: SocketAddr,
    says: Arc<Mutex<(u16, String)>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            at: listener.local_addr().unwrap(),
            says: Arc::new(Mutex::new((200, String::new()))),
            asked: Arc::default(),
        };
        let served = server.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = vec![];
                while !head.ends_with(b"\r\n\r\n") {
                    let Ok(byte) = stream.read_u8().await else { break };
                    head.push(byte);
                }
                let head = String::from_utf8_lossy(&head).to_lowercase();
                let (status, body) = served.says.lock().unwrap().clone();
                let tag = format!("\"{}\"", body.len());
                let answer = match head.contains(&format!("if-none-match: {tag}")) {
                    true => format!("HTTP/1.1 304 Not Modified\r\netag: {tag}\r\ncontent-length: 0\r\n\r\n"),
                    false => {
                        format!("HTTP/1.1 {status} X\r\netag: {tag}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
                    }
                };
                served.asked.lock().unwrap().push(head);
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        server
    }
    fn says(&self, status: u16, body: &str) {
        *self.says.lock().unwrap() = (status, body.to_owned());
    }
    fn asked(&self) -> usize {
        std::mem::take(&mut *self.asked.lock().unwrap()).len()
    }
    fn url(&self) -> String {
        format!("http://{}/marco-9f27-{}.ics", self.at, "s3cret9f27".repeat(2))
    }
}

fn calendar(events: &[(&str, &str)]) -> String {
    let one = |(n, (starts, ends)): (usize, &(&str, &str))| {
        format!(
            "BEGIN:VEVENT\r\nUID:{n}\r\nSUMMARY:Oncologist-9f27\r\nLOCATION:Clinic-9f27\r\nDTSTART;TZID=America/New_York:{starts}\r\nDTEND;TZID=America/New_York:{ends}\r\nEND:VEVENT\r\n"
        )
    };
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n",
        events.iter().enumerate().map(one).collect::<String>()
    )
}

/// It is Monday 22 June 2026, 10 o'clock in New York, wherever the company is.
async fn start() -> (TestHouse, Server) {
    let house = harness::start(vec![
        catalog::module(),
        customers::module(),
        insights::module(),
        scheduling::module(),
        calendars::module(),
    ])
    .await;
    let server = Server::start().await;
    house.house.keep(outbound::Door::new().unwrap().allowing(vec![server.at]));
    (house, server)
}

struct Shop {
    marco: String,
    customer: String,
    item: String,
}

async fn shop(owner: &Person<'_>) -> Shop {
    let marco = owner.post("/api/v1/technicians", json!({ "name": "Marco", "email": "marco@example.com" })).await;
    assert_eq!(marco.status, 201, "{marco:?}");
    let customer = owner.post("/api/v1/customers", json!({ "name": "Rivera" })).await.id();
    let item = owner
        .post("/api/v1/items", json!({ "name": "Check", "kind": "service", "price": { "amount": "100.00", "currency": "USD" }, "duration_minutes": 60 }))
        .await;
    assert_eq!(item.status, 201, "{item:?}");
    let shop = Shop { marco: marco.id(), customer, item: item.id() };
    let week: Vec<Value> = (1..=7).map(|day| json!({ "weekday": day, "starts": "08:00", "ends": "17:00" })).collect();
    let etag = owner.get(&format!("/api/v1/technicians/{}", shop.marco)).await.etag();
    let set = owner
        .send(
            Method::PUT,
            &format!("/api/v1/technicians/{}/shifts", shop.marco),
            &[("if-match", &etag)],
            json!({ "shifts": week }),
        )
        .await;
    assert_eq!(set.status, 200, "{set:?}");
    shop
}

fn path(shop: &Shop) -> String {
    format!("/api/v1/technicians/{}/busy-calendar", shop.marco)
}

async fn put(owner: &Person<'_>, shop: &Shop, url: &str) -> Answer {
    owner.send(Method::PUT, &path(shop), &[], json!({ "url": url })).await
}

/// Rows of the kind, with their times.
async fn rows(house: &TestHouse, acme: &Company<'_>, sql: &str) -> Vec<String> {
    let schema = acme.schema().await;
    let rows = house.above().await.query(&sql.replace("SCHEMA", &schema), &[&acme.id]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

async fn busy(house: &TestHouse, acme: &Company<'_>) -> Vec<String> {
    rows(house, acme, "select to_char(starts_at at time zone 'UTC', 'DD HH24:MI') || to_char(ends_at at time zone 'UTC', '-HH24:MI') from SCHEMA.occupancy where tenant_id = $1 and kind = 'busy' order by starts_at").await
}

async fn book(owner: &Person<'_>, shop: &Shop, starts_at: &str, more: Value) -> Answer {
    let mut body = json!({ "customer_id": shop.customer, "item_id": shop.item, "technician_id": shop.marco, "starts_at": starts_at, "anyway": true });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    owner.post("/api/v1/appointments", body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_their_own_calendar_takes_their_time() {
    let (house, server) = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.program();
        let shop = shop(&owner).await;
        server.says(200, &calendar(&[("20260624T100000", "20260624T120000")]));
        let set = put(&owner, &shop, &server.url()).await;
        assert_eq!((set.status, set.body["host"].as_str()), (200, Some("127.0.0.1")), "{set:?}");
        assert!(!set.text.contains("s3cret"), "{set:?}");
        house.run_jobs().await;
        let told = acme.told().await;
        assert!(told.iter().any(|kind| kind == "technician.busy_changed"), "{told:?}");
        assert_eq!(busy(&house, &acme).await, ["24 14:00-16:00"]);
        let shown = owner.get(&path(&shop)).await;
        assert_eq!((shown.body["times"].as_i64(), shown.body["trouble"].is_null(), shown.body["conflicts"].as_array().unwrap().len()), (Some(1), true, 0), "{shown:?}");

        // Nothing is offered then, the reason is told, and nothing is placed.
        let zone = owner.get(&format!("/api/v1/availability?item_id={}&from=2026-06-24&days=1", shop.item)).await;
        let slots: Vec<Timestamp> = zone.body["slots"].as_array().unwrap().iter().map(|slot| slot["starts_at"].as_str().unwrap().parse().unwrap()).collect();
        let (from, until): (Timestamp, Timestamp) = ("2026-06-24T14:00:00Z".parse().unwrap(), "2026-06-24T16:00:00Z".parse().unwrap());
        assert!(!slots.is_empty() && slots.iter().all(|at| *at >= until || *at + SignedDuration::from_hours(1) <= from), "{slots:?}");
        let why = owner.get(&format!("/api/v1/availability/why?item_id={}&starts_at=2026-06-24T15:00:00Z", shop.item)).await;
        assert!(why.text.contains("Marco is busy in their own calendar"), "{why:?}");
        let refused = book(&owner, &shop, "2026-06-24T15:00:00Z", json!({})).await;
        assert_eq!(refused.status, 409, "{refused:?}");
        assert!(refused.body["detail"].as_str().unwrap().contains("busy in their own calendar"), "{refused:?}");
        assert_eq!(book(&owner, &shop, "2026-06-24T16:30:00Z", json!({})).await.status, 201, "beside it there is room");
        let board = acme.person("owner").await.page("/board?date=2026-06-24").await;
        assert!(board.text.contains("Own calendar"), "the board shows it");

        // Nothing but the times is kept, and the address lies sealed.
        let all = rows(&house, &acme, "select table_xml::text from (select schema_to_xml('SCHEMA', true, false, '') as table_xml) x where $1::uuid is not null").await.concat();
        assert!(all.contains("busy_time") && all.contains("Rivera"), "the whole schema was read");
        for secret in ["Oncologist-9f27", "Clinic-9f27", "s3cret9f27", "marco-9f27"] {
            assert!(!all.contains(secret), "{secret} was kept");
        }

        // Changed, and gone.
        server.says(200, &calendar(&[("20260625T100000", "20260625T110000"), ("20260626T100000", "20260626T110000")]));
        let fetch = owner.post(&format!("{}/fetch", path(&shop)), json!({})).await;
        assert_eq!(fetch.status, 204, "{fetch:?}");
        house.run_jobs().await;
        assert_eq!(busy(&house, &acme).await, ["25 14:00-15:00", "26 14:00-15:00"]);
        assert_eq!(owner.delete(&path(&shop)).await.status, 204);
        assert_eq!(busy(&house, &acme).await, Vec::<String>::new());
        assert_eq!(rows(&house, &acme, "select starts_at::text from SCHEMA.busy_time where tenant_id = $1").await, Vec::<String>::new());
        for gone in [owner.get(&path(&shop)).await, owner.delete(&path(&shop)).await, owner.post(&format!("{}/fetch", path(&shop)), json!({})).await] {
            assert_eq!(gone.status, 404, "{gone:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_is_there_stays_and_somebody_is_told() {
    let (house, server) = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.program();
        let shop = shop(&owner).await;
        let visit = book(&owner, &shop, "2026-06-24T15:00:00Z", json!({})).await;
        assert_eq!(visit.status, 201, "{visit:?}");
        server.says(200, &calendar(&[("20260624T103000", "20260624T143000")]));
        put(&owner, &shop, &server.url()).await;
        house.run_jobs().await;
        // Cut around the visit, which keeps its own rows.
        assert_eq!(busy(&house, &acme).await, ["24 14:30-15:00", "24 16:00-18:30"]);
        let shown = owner.get(&path(&shop)).await;
        assert_eq!(shown.body["conflicts"][0]["appointment_id"].as_str(), Some(visit.id().as_str()), "{shown:?}");
        let desk = acme.person("owner").await;
        let page = desk.page(&format!("/technicians/{}/busy-calendar", shop.marco)).await;
        assert!(page.text.contains("Busy during a visit") && page.text.contains("Rivera"), "{page:?}");
        assert!(desk.page(&format!("/technicians/{}", shop.marco)).await.text.contains("Busy during 1 visit."));
        assert!(desk.page("/").await.text.contains("Marco is busy in their own calendar during a visit"));
        for board in ["/board?date=2026-06-24", "/board?date=2026-06-24&view=week"] {
            assert!(desk.page(board).await.text.contains("Busy then in their own calendar"), "{board}");
        }

        // Moved away, it leaves the time to the calendar again; a visit with a reason is no conflict.
        let moved = owner
            .send(
                Method::POST,
                &format!("/api/v1/appointments/{}/move", visit.id()),
                &[("if-match", &visit.etag())],
                json!({ "starts_at": "2026-06-26T15:00:00Z", "technician_id": shop.marco, "anyway": true }),
            )
            .await;
        assert_eq!(moved.status, 200, "{moved:?}");
        house.run_jobs().await;
        assert_eq!(busy(&house, &acme).await, ["24 14:30-18:30"]);
        let both = book(&owner, &shop, "2026-06-24T15:00:00Z", json!({ "overlap_reason": "He said he can" })).await;
        assert_eq!(both.status, 201, "{both:?}");
        house.run_jobs().await;
        let shown = owner.get(&path(&shop)).await;
        assert_eq!(shown.body["conflicts"].as_array().unwrap().len(), 0, "{shown:?}");

        // A day off comes before it, and leaves it where it goes.
        let off =
            json!({ "starts_at": "2026-06-24T17:00:00Z", "ends_at": "2026-06-25T05:00:00Z", "reason": "Vacation" });
        let off = owner.post(&format!("/api/v1/technicians/{}/time-off", shop.marco), off).await;
        assert_eq!(off.status, 201, "{off:?}");
        assert_eq!(busy(&house, &acme).await.last().map(String::as_str), Some("24 16:00-17:00"));
        let back = owner.delete(&format!("/api/v1/technicians/{}/time-off/{}", shop.marco, off.id())).await;
        assert_eq!(back.status, 204);
        assert_eq!(busy(&house, &acme).await.last().map(String::as_str), Some("24 16:00-18:30"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_read_again_and_again_and_says_when_it_cannot_be() {
    let (house, server) = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.program();
        let shop = shop(&owner).await;
        server.says(200, &calendar(&[("20260624T100000", "20260624T120000")]));
        put(&owner, &shop, &server.url()).await;
        house.run_jobs().await;
        server.asked();
        let round = async || {
            kernel::job::worker::now_for(&house.house, acme.id, "calendars.fetch").await.unwrap();
            house.run_jobs().await;
            // Spread over ten minutes.
            house.clock.advance(SignedDuration::from_mins(11));
            house.run_jobs().await;
            house.clock.advance(SignedDuration::from_mins(4));
        };
        house.clock.advance(SignedDuration::from_mins(15));
        round().await;
        let heard = server.asked.lock().unwrap().pop().unwrap_or_default();
        assert!(heard.contains("if-none-match:"), "asked whether it is still so: {heard}");
        assert_eq!(busy(&house, &acme).await, ["24 14:00-16:00"]);

        // It fails: what was read counts on, the reason is told, and it is asked less often.
        server.asked();
        server.says(503, "");
        let mut asked = vec![];
        for _ in 0..8 {
            round().await;
            asked.push(server.asked());
        }
        assert_eq!(asked[0], 1, "{asked:?}");
        assert!(asked.iter().sum::<usize>() <= 4, "{asked:?}");
        assert_eq!(busy(&house, &acme).await, ["24 14:00-16:00"]);
        let shown = owner.get(&path(&shop)).await;
        assert!(shown.body["trouble"].as_str().unwrap().contains("not well"), "{shown:?}");
        let desk = acme.person("owner").await;
        assert!(desk.page(&format!("/technicians/{}", shop.marco)).await.text.contains("not well"));
        house.clock.advance(SignedDuration::from_hours(6));
        let desk = acme.person("owner").await;
        assert!(desk.page("/setup/scheduling").await.text.contains("The own calendar of Marco cannot be read"));
        for (status, body, says) in [
            (404, "", "no calendar at that address"),
            (403, "", "does not let us in"),
            (200, "<html>", "is no calendar"),
            (200, &*"x".repeat(3 << 20), "too large"),
        ] {
            server.says(status, body);
            owner.post(&format!("{}/fetch", path(&shop)), json!({})).await;
            house.run_jobs().await;
            let shown = owner.get(&path(&shop)).await;
            assert!(shown.body["trouble"].as_str().unwrap().contains(says), "{says}: {shown:?}");
        }
        // Well again, though one entry is nonsense.
        server.says(200, &calendar(&[("20260624T100000", "20260624T110000"), ("20269999T100000", "20260624T110000")]));
        owner.post(&format!("{}/fetch", path(&shop)), json!({})).await;
        house.run_jobs().await;
        let shown = owner.get(&path(&shop)).await;
        assert_eq!(
            shown.body["trouble"].as_str(),
            Some("One entry could not be understood and is left out."),
            "{shown:?}"
        );
        assert_eq!(busy(&house, &acme).await, ["24 14:00-15:00"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_one_of_the_world_outside() {
    let (house, server) = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.program();
        let shop = shop(&owner).await;
        for (url, says) in [
            ("", "Give the secret address"),
            ("calendar", "not an address of the web"),
            ("ftp://example.com/a.ics", "begins with https://"),
            ("http://127.0.0.1/a.ics", "not on the public internet"),
            ("webcal://localhost/a.ics", "not on the public internet"),
            ("http://169.254.169.254/latest/", "not on the public internet"),
            ("https://marco:secret@example.com/a.ics", "user name or password"),
            ("https://example.com:5432/a.ics", "port"),
        ] {
            let refused = put(&owner, &shop, url).await;
            assert_eq!(refused.status, 422, "{url}: {refused:?}");
            assert!(refused.error("/url").contains(says), "{url}: {refused:?}");
        }
        let webcal = put(&owner, &shop, "  WebCal://calendar.example.com/a.ics ").await;
        assert_eq!((webcal.status, webcal.body["host"].as_str()), (200, Some("calendar.example.com")), "{webcal:?}");
        let nobody = owner
            .send(
                Method::PUT,
                "/api/v1/technicians/019f0000-0000-7000-8000-000000000000/busy-calendar",
                &[],
                json!({ "url": server.url() }),
            )
            .await;
        assert_eq!(nobody.status, 404);
        // By the form, by who may; and not by who may not.
        let desk = acme.person("owner").await;
        let here = format!("/technicians/{}/busy-calendar", shop.marco);
        let wrong = desk.form(&here, &[("url", "http://10.0.0.1/a.ics")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("not on the public internet"), "{wrong:?}");
        assert_eq!(desk.form(&here, &[("url", &server.url())]).await.status, 303);
        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.form(&here, &[("url", &server.url())]).await.status, 403);
        assert_eq!(viewer.delete(&path(&shop)).await.status, 403);
        let page = viewer.page(&here).await;
        assert!(
            page.status == 200 && !page.text.contains("s3cret") && !page.text.contains("Change address"),
            "{page:?}"
        );
        server.says(200, &calendar(&[]));
        house.run_jobs().await;
        assert_eq!(desk.form(&format!("{here}/fetch"), &[]).await.status, 303);
        assert_eq!(desk.form(&format!("{here}/remove"), &[]).await.status, 303);
        assert!(desk.page(&here).await.text.contains("No calendar is read"));
    })
    .await;
}
