//! The board through the front door: whose lanes it shows, where the day lies on the map, who else looks.
#![allow(clippy::unwrap_used)]
use harness::{Company, Person, TestHouse};
use kernel::jiff::SignedDuration;
use serde_json::json;

async fn start() -> TestHouse {
    let _ = tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_test_writer().try_init();
    harness::start(vec![catalog::module(), customers::module(), scheduling::module()]).await
}

const DAY: &str = "/board?date=2026-06-23";

/// Marco knows gas and is in the team of the north; Ana does neither. Each has a visit, and one that needs gas has nobody.
struct Shop {
    gas: String,
    north: String,
    visit: String,
}

async fn made(owner: &Person<'_>, path: &str, body: serde_json::Value) -> String {
    let made = owner.post(path, body).await;
    assert_eq!(made.status, 201, "{path}: {made:?}");
    made.id()
}

async fn shop(owner: &Person<'_>) -> Shop {
    let gas = made(owner, "/api/v1/skills", json!({ "name": "Gas fitter" })).await;
    let service = |name: &str| json!({ "name": name, "kind": "service", "price": { "amount": "89.00", "currency": "USD" }, "duration_minutes": 60 });
    let (tune_up, boiler) =
        (made(owner, "/api/v1/items", service("Tune-up")).await, made(owner, "/api/v1/items", service("Boiler")).await);
    let needs = owner.get(&format!("/api/v1/items/{boiler}/skills")).await;
    let needed = owner
        .send(
            axum::http::Method::PUT,
            &format!("/api/v1/items/{boiler}/skills"),
            &[("if-match", &needs.etag())],
            json!({ "skill_ids": [gas] }),
        )
        .await;
    assert_eq!(needed.status, 200, "{needed:?}");
    let marco = owner
        .post(
            "/api/v1/technicians",
            json!({ "name": "Marco Bianchi", "email": "marco@example.com", "skills": "Gas fitter" }),
        )
        .await;
    let ana = made(
        owner,
        "/api/v1/technicians",
        json!({ "name": "Ana Duarte", "email": "ana@example.com", "skills": "HVAC" }),
    )
    .await;
    let north = made(owner, "/api/v1/teams", json!({ "name": "North" })).await;
    let member = marco.body["member_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/members/{member}");
    let etag = owner.get(&path).await.etag();
    let joined = owner.patch(&path, &etag, json!({ "team_id": north })).await;
    assert_eq!(joined.status, 200, "{joined:?}");
    let customer = |name: &str, point: Option<(f64, f64)>| json!({ "name": name, "location": { "street": "12 Elm St", "city": "Springfield", "postal_code": "62704", "latitude": point.map(|p| p.0), "longitude": point.map(|p| p.1) } });
    let here = made(owner, "/api/v1/customers", customer("Rivera", Some((39.7817, -89.6501)))).await;
    let there = made(owner, "/api/v1/customers", customer("Lopez", None)).await;
    let book = async |customer: &str, item: &str, technician: Option<&str>| {
        made(owner, "/api/v1/appointments", json!({ "customer_id": customer, "item_id": item, "technician_id": technician, "starts_at": "2026-06-23T15:00:00Z" })).await
    };
    let visit = book(&here, &tune_up, Some(&marco.id())).await;
    book(&there, &tune_up, Some(&ana)).await;
    book(&there, &boiler, None).await;
    book(&here, &tune_up, None).await;
    Shop { gas, north, visit }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_shows_the_lanes_that_are_asked_for_in_each_of_its_views() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let lanes = async |view: &str, filter: &str| {
            let page = owner.page(&format!("{DAY}{view}{filter}")).await;
            assert_eq!(page.status, 200, "{view}{filter}: {page:?}");
            // Names stand in the lanes or lines, not only in the menu of the filters.
            (page.text.contains("Marco Bianchi"), page.text.contains("Ana Duarte"), page.text)
        };
        for view in ["", "&view=week", "&view=list", "&view=map"] {
            let (marco, ana, _) = lanes(view, "").await;
            assert!(marco && ana, "all of them{view}");
            for filter in [format!("&team={}", shop.north), format!("&skill={}", shop.gas)] {
                let (marco, ana, page) = lanes(view, &filter).await;
                assert!(marco && !ana, "those alone{view}{filter}");
                assert!(page.contains("Remove filter"), "it can be taken away");
                let onward = format!("date=2026-06-24{}", view.replace('&', "&amp;"));
                if !view.contains("week") {
                    assert!(
                        page.contains(&format!("{onward}{}", filter.replace('&', "&amp;"))),
                        "and goes along to the next day: {view}"
                    );
                }
            }
        }
        let (.., tray) = lanes("", &format!("&skill={}", shop.gas)).await;
        assert_eq!(tray.matches("id=\"slip-").count(), 1, "what waits for that skill");
        let part = owner.page(&format!("/board/lanes?date=2026-06-23&team={}", shop.north)).await;
        assert!(part.text.contains("Marco Bianchi") && !part.text.contains("Ana Duarte"), "what is fetched again too");
        // A team that is not there has nobody, and that is said.
        let (marco, ana, page) = lanes("", &format!("&team={}", kernel::Uuid::nil())).await;
        assert!(!marco && !ana && page.contains("Remove filter"));
        assert_eq!(owner.get("/board?team=north").await.status, 422);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_map_shows_what_has_a_point_and_names_what_has_none() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let empty = owner.page(&format!("{DAY}&view=map")).await;
        assert!(empty.text.contains("Add a technician"), "{}", empty.text);
        let shop = shop(&owner).await;
        let map = owner.page(&format!("{DAY}&view=map")).await;
        assert!(map.text.contains("<svg viewBox=\"0 0 960 640\"") && !map.text.contains("style="), "{}", map.text);
        let drawn =
            |id: &str| map.text.contains(&format!("class=\"stop rt-1\" href=\"/board?date=2026-06-23&amp;job={id}\""));
        assert!(drawn(&shop.visit), "Marco's stop, in the second colour: {}", map.text);
        assert!(map.text.contains("not on the map, no point"), "Lopez has none");
        assert!(map.text.contains("Nobody yet") && map.text.contains("is-nobody"), "what waits is on it");
        assert!(!map.header("content-security-policy").contains("http"), "nothing from elsewhere");

        // Beside the lanes it is the same, in another shape, and whatever one opens keeps it there.
        let board = owner.page(&format!("{DAY}&map=true")).await;
        let at = board.text.find("id=\"board-map\"").unwrap_or_else(|| panic!("{}", board.text));
        let (lanes, near) = board.text.split_at(at);
        assert!(near.contains("<svg viewBox=\"0 0 420 640\"") && !board.text.contains("style="), "{near}");
        let kept = format!("href=\"/board?date=2026-06-23&amp;map=true&amp;job={}\"", shop.visit);
        assert!(near.contains(&format!("class=\"stop rt-1\" {kept}")) && lanes.contains("Marco Bianchi"), "{near}");
        assert!(lanes.contains("/board?date=2026-06-24&amp;map=true"), "the next day has it too");
        assert!(lanes.contains("href=\"/board?date=2026-06-23\"") && lanes.contains("Close map"), "it can be closed");
        assert!(lanes.contains("view=week\"") && !lanes.contains("view=week&amp;map"), "other views stand alone");
        let part = owner.page("/board/map?date=2026-06-23&map=true").await;
        assert!(part.text.starts_with("<div class=\"map-pic\">") && part.text.contains(&kept), "{}", part.text);
        let open = owner.page(&format!("{DAY}&map=true&job={}", shop.visit)).await;
        assert!(open.text.contains("id=\"pane\"") && open.text.contains("id=\"board-map\""), "{}", open.text);
        let bare = owner.page("/board?date=2026-09-01&map=true").await;
        assert!(bare.status == 200, "{bare:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streets_come_from_the_server_that_the_house_names_and_from_no_other() {
    let house = start().await;
    house.house.keep(scheduling::Tiles::new("https://tiles.example.com/{z}/{x}/{y}.png", "© the makers").unwrap());
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    shop(&owner).await;
    let map = owner.page(&format!("{DAY}&view=map")).await;
    let policy = map.header("content-security-policy");
    assert!(policy.contains("img-src 'self' https://tiles.example.com data: blob:;"), "{policy}");
    assert!(
        map.text.matches("href=\"https://tiles.example.com/15/").count() >= 12 && map.text.contains("© the makers")
    );
    let near = owner.page(&format!("{DAY}&map=true")).await;
    assert_eq!(near.header("content-security-policy"), policy, "beside the lanes as well");
    let day = owner.page(DAY).await;
    assert!(!day.header("content-security-policy").contains("tiles"), "other pages need none");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_else_looks_is_seen_while_they_look() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let sam = acme.person("dispatcher").await;
        let look = async |who: &Person<'_>, body| who.post("/board/here", body).await;
        let alone = look(&owner, json!({ "date": "2026-06-23", "job": shop.visit })).await;
        assert!(alone.status == 200 && !alone.text.contains("here\" role=\"status\" data-looks=\"x"), "{alone:?}");
        assert!(!alone.text.contains("is here"), "nobody else: {}", alone.text);
        let both = look(&sam, json!({ "date": "2026-06-23", "job": null })).await;
        assert!(both.text.contains("is here") && both.text.contains(&shop.visit), "{}", both.text);
        let lanes = sam.page("/board/lanes?date=2026-06-23").await;
        assert!(lanes.text.contains("is looking at this job"), "{}", lanes.text);
        assert!(!owner.page("/board/lanes?date=2026-06-23").await.text.contains("is looking at"), "not at oneself");
        let elsewhere = look(&sam, json!({ "date": "2026-06-24", "job": null })).await;
        assert!(!elsewhere.text.contains("is here"), "another day");
        house.clock.advance(SignedDuration::from_secs(60));
        let later = look(&sam, json!({ "date": "2026-06-23", "job": null })).await;
        assert!(!later.text.contains("is here"), "gone for a minute: {}", later.text);
        // What is not there, or is a neighbour's, is no job; and nothing is kept of it.
        let wrong = look(&sam, json!({ "date": "2026-06-23", "job": kernel::Uuid::now_v7() })).await;
        assert_eq!(wrong.status, 404, "{wrong:?}");
        assert_eq!(
            look(&acme.person("technician").await, json!({ "date": "2026-06-23", "job": null })).await.status,
            403
        );
    })
    .await;
}
