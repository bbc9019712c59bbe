//! Tags through the front door: given, searched by, filtered by, renamed and deleted; many customers at once, and the way back.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::{body::Body, http::Method};
use harness::{Answer, Company, Person, in_both_placements, start};
use serde_json::{Value, json};

async fn house() -> harness::TestHouse {
    start(vec![customers::module()]).await
}

fn names(answer: &Answer) -> Vec<String> {
    let data = answer.body["data"].as_array().unwrap_or_else(|| panic!("no list: {answer:?}"));
    data.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

async fn customer(person: &Person<'_>, name: &str, city: &str) -> String {
    let body = json!({ "name": name, "location": { "street": "1 Elm St", "city": city } });
    let made = person.post("/api/v1/customers", body).await;
    assert_eq!((made.status, made.body["tags"].clone()), (201, json!([])), "{made:?}");
    made.id()
}

async fn give(person: &Person<'_>, id: &str, tags: Value) -> Answer {
    person.post(&format!("/api/v1/customers/{id}/tags"), json!({ "tags": tags })).await
}

async fn bulk(person: &Person<'_>, ids: &[&str], deed: &str, tag: &str) -> Answer {
    person.post("/api/v1/customers/bulk", json!({ "ids": ids, "do": deed, "tag": tag })).await
}

#[tokio::test]
async fn a_tag_is_given_found_renamed_and_deleted() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let find = async |q: &str| names(&owner.get(&format!("/api/v1/customers?{q}")).await);
        let ana = customer(&owner, "Ana Abbott", "Salem").await;
        let bo = customer(&owner, "Bo Baker", "Springfield").await;
        let given = give(&owner, &ana, json!(["net 30", " VIP ", "vip"])).await;
        assert_eq!(
            (given.status, &given.body["tags"], given.etag().as_str()),
            (200, &json!(["net 30", "VIP"]), "\"2\"")
        );
        assert_eq!(
            give(&owner, &bo, json!(["Vip"])).await.body["tags"],
            json!(["VIP"]),
            "one tag, however it is written"
        );
        assert_eq!(names(&owner.get("/api/v1/tags").await), ["net 30", "VIP"]);
        assert_eq!(give(&owner, &bo, json!(["VIP"])).await.body["version"], 2, "what is the same changes nothing");

        assert_eq!(find("tag=vip").await, ["Ana Abbott", "Bo Baker"]);
        assert_eq!(find("tag=VIP&city=salem").await, ["Ana Abbott"]);
        assert_eq!(find("tag=VIP&q=b").await, ["Bo Baker"]);
        assert_eq!(find("tag=net%2030&q=elm").await, ["Ana Abbott"]);
        assert_eq!(find("tag=nobody").await, Vec::<String>::new());
        assert_eq!(find("q=net+30").await, ["Ana Abbott"], "a tag is a word to search by");
        assert_eq!(find("q=vip+springfield").await, ["Bo Baker"]);
        let first = owner.get("/api/v1/customers?tag=vip&limit=1").await;
        let next = first.body["next_cursor"].as_str().unwrap();
        assert_eq!(find(&format!("tag=vip&limit=1&cursor={next}")).await, ["Bo Baker"]);

        // The order of the list and the state follow the customer.
        let path = format!("/api/v1/customers/{ana}");
        let etag = owner.get(&path).await.etag();
        assert_eq!(owner.patch(&path, &etag, json!({ "name": "Zoe Abbott" })).await.status, 200);
        assert_eq!(find("tag=vip").await, ["Bo Baker", "Zoe Abbott"]);
        owner.post(&format!("/api/v1/customers/{bo}/archive"), json!({})).await;
        assert_eq!(find("tag=vip").await, ["Zoe Abbott"]);
        assert_eq!(find("tag=vip&status=archived").await, ["Bo Baker"]);

        let tags = owner.get("/api/v1/tags").await;
        let vip = tags.body["data"][1].clone();
        let at = format!("/api/v1/tags/{}", vip["id"].as_str().unwrap());
        let twin = owner.patch(&at, "\"1\"", json!({ "name": "NET-30" })).await;
        assert_eq!(twin.error("/name"), "There is a tag of this name already.", "{twin:?}");
        let changed = owner.patch(&at, "\"1\"", json!({ "name": "Gold", "colour": "amber" })).await;
        assert_eq!((changed.status, &changed.body["colour"]), (200, &json!("amber")), "{changed:?}");
        assert_eq!(owner.patch(&at, "\"1\"", json!({ "name": "Late" })).await.status, 412);
        assert_eq!(owner.get(&path).await.body["tags"], json!(["Gold", "net 30"]));
        assert_eq!((find("q=gold").await, find("q=vip").await), (vec!["Zoe Abbott".to_owned()], vec![]));

        let gone = owner.delete(&at).await;
        assert_eq!((gone.status, &gone.body["customers"]), (200, &json!(2)), "{gone:?}");
        assert_eq!(owner.get(&path).await.body["tags"], json!(["net 30"]));
        assert_eq!((find("q=gold").await, find("tag=gold").await), (vec![], vec![]));
        assert_eq!(owner.delete(&at).await.status, 404);
        let told = acme.told().await;
        for kind in ["tag.created", "tag.changed", "tag.deleted", "customer.tagged"] {
            assert!(told.iter().any(|one| one == kind), "{kind}: {told:?}");
        }
        let before = owner.get(&format!("/api/v1/history/{ana}")).await;
        assert!(before.text.contains("\"tags\":[\"VIP\"") || before.text.contains("\"VIP\""), "{before:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_tag_is_refused_and_not_everybody_renames() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let ana = customer(&owner, "Ana", "Salem").await;
        for (tags, pointer, sentence) in [
            (json!([""]), "/tags/0", "Give the tag a name."),
            (json!(["A", "B, C"]), "/tags/1", "A tag is letters and figures without a comma, such as VIP."),
            (json!(["--"]), "/tags/0", "A tag is letters and figures without a comma, such as VIP."),
            (json!(["x".repeat(41)]), "/tags/0", "At most 40 characters; this has 41."),
            (json!((0..21).map(|n| format!("T{n}")).collect::<Vec<_>>()), "/tags", "A customer has at most 20 tags."),
        ] {
            let answer = give(&owner, &ana, tags.clone()).await;
            assert_eq!((answer.status, answer.error(pointer)), (422, sentence), "{tags} {answer:?}");
        }
        assert_eq!(owner.post("/api/v1/tags", json!({ "name": "A", "colour": "pink" })).await.status, 422);
        let made = owner.post("/api/v1/tags", json!({ "name": "VIP", "colour": "violet" })).await;
        assert_eq!(made.status, 201, "{made:?}");
        assert_eq!(owner.post("/api/v1/tags", json!({ "name": "vip" })).await.status, 422);
        let at = format!("/api/v1/tags/{}", made.id());

        let (dispatcher, viewer) = (acme.person("dispatcher").await, acme.person("viewer").await);
        assert_eq!(give(&dispatcher, &ana, json!(["New one"])).await.status, 200, "a new name becomes a tag");
        assert_eq!(dispatcher.delete(&at).await.status, 403);
        assert_eq!(dispatcher.patch(&at, "\"1\"", json!({ "name": "X" })).await.status, 403);
        assert_eq!(give(&viewer, &ana, json!(["X"])).await.status, 403);
        assert_eq!(viewer.get("/api/v1/tags").await.status, 200);
        let other = house.company(placement).await;
        let neighbour = other.person("owner").await;
        assert_eq!(give(&neighbour, &ana, json!(["X"])).await.status, 404);
        assert_eq!(neighbour.delete(&at).await.status, 404);
        assert_eq!(names(&neighbour.get("/api/v1/tags").await), Vec::<String>::new(), "nothing is made for nobody");
    }
}

#[tokio::test]
async fn more_than_fit_one_transaction_are_renamed_by_jobs() {
    let house = house().await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let mut ids = vec![];
    for n in 0..201 {
        ids.push(customer(&owner, &format!("Customer {n:03}"), "Salem").await);
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    assert_eq!(bulk(&owner, &ids, "tag", "VIP").await.error("/ids"), "Choose at most 200 customers at a time.");
    for part in ids.chunks(200) {
        let done = bulk(&owner, part, "tag", "VIP").await;
        assert_eq!(done.body["changed"].as_array().map(Vec::len), Some(part.len()), "{done:?}");
    }
    let at = format!("/api/v1/tags/{}", owner.get("/api/v1/tags").await.body["data"][0]["id"].as_str().unwrap());
    assert_eq!(owner.patch(&at, "\"1\"", json!({ "name": "Gold" })).await.status, 200);
    house.run_jobs().await;
    let last = async || owner.get(&format!("/api/v1/customers/{}", ids[200])).await.body["tags"].clone();
    assert_eq!(last().await, json!(["Gold"]));
    assert_eq!(owner.delete(&at).await.body["customers"], 201);
    house.run_jobs().await;
    assert_eq!(last().await, json!([]));
    assert!(names(&owner.get("/api/v1/customers?q=gold").await).is_empty());
}

#[tokio::test]
async fn many_are_changed_at_once_and_the_others_are_left_with_a_reason() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let (ana, bo) = (customer(&owner, "Ana", "Salem").await, customer(&owner, "Bo", "Salem").await);
        give(&owner, &bo, json!(["VIP"])).await;
        let nobody = uuid::Uuid::now_v7().to_string();
        let done = bulk(&owner, &[&ana, &bo, &nobody, &ana], "tag", "vip").await;
        assert_eq!((done.status, &done.body["changed"]), (200, &json!([ana])), "{done:?}");
        let left = [
            json!({ "id": nobody, "why": "There is no customer with this id." }),
            json!({ "id": bo, "why": "Has the tag VIP already." }),
        ];
        assert_eq!(done.body["left"], json!(left));
        assert_eq!(bulk(&owner, &[&nobody], "tag", "vip").await.status, 404);
        let done = bulk(&owner, &[&ana, &bo], "untag", "VIP").await;
        assert_eq!(done.body["changed"], json!([ana, bo]), "{done:?}");
        let done = bulk(&owner, &[&ana], "untag", "VIP").await;
        assert_eq!(done.body["left"][0]["why"], "Does not have the tag VIP.");
        assert_eq!(bulk(&owner, &[&ana], "untag", "Nope").await.error("/tag"), "There is no tag of this name.");
        assert_eq!(bulk(&owner, &[&ana], "tag", "").await.error("/tag"), "Give the tag a name.");
        assert_eq!(bulk(&owner, &[], "archive", "").await.error("/ids"), "Choose at least one customer.");
        assert_eq!(bulk(&owner, &[&ana, &bo], "archive", "").await.body["changed"], json!([ana, bo]));
        assert_eq!(bulk(&owner, &[&ana], "archive", "").await.body["left"][0]["why"], "Is archived already.");
        assert_eq!(bulk(&owner, &[&ana, &bo], "restore", "").await.body["changed"], json!([ana, bo]));
        assert_eq!(bulk(&acme.person("viewer").await, &[&ana], "archive", "").await.status, 403);
        let told: Vec<_> = acme.told().await.into_iter().filter(|kind| kind.starts_with("customer.")).collect();
        let count = |kind: &str| told.iter().filter(|one| *one == kind).count();
        assert_eq!((count("customer.tagged"), count("customer.archived"), count("customer.restored")), (4, 2, 2));
    })
    .await;
}

#[tokio::test]
async fn a_file_and_a_new_customer_bring_tags() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let made = owner.post("/api/v1/customers", json!({ "name": "Zoe", "email": "zoe@example.com", "tags": ["vip"] })).await;
        assert_eq!((made.status, &made.body["tags"], made.etag()), (201, &json!(["vip"]), format!("\"{}\"", made.body["version"])), "{made:?}");
        assert_eq!(owner.post("/api/v1/customers", json!({ "name": "A", "tags": ["--"] })).await.status, 422);
        let run = async |file: &str| {
            let body = format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{file}\r\n--x--\r\n");
            let headers = [("content-type", "multipart/form-data; boundary=x")];
            let made = owner.call(Method::POST, "/api/v1/customer-imports", &headers, Body::from(body)).await;
            let at = format!("/api/v1/customer-imports/{}", made.id());
            for verb in ["check", "run"] {
                assert!(owner.post(&format!("{at}/{verb}"), json!({})).await.status < 300);
                house.run_jobs().await;
            }
            let done = owner.get(&at).await.body;
            json!([done["made"], done["changed"], done["same"], done["wrong"]])
        };
        let file = "Name,Email,Tags\nZoe,zoe@example.com,\"VIP, Net 30\"\nYan,yan@example.com,Net-30; New\nXu,xu@example.com,\nWei,wei@example.com,!!\n";
        assert_eq!(run(file).await, json!([2, 1, 0, 1]));
        assert_eq!(names(&owner.get("/api/v1/customers?tag=net+30").await), ["Yan", "Zoe"]);
        assert_eq!(names(&owner.get("/api/v1/customers?q=new").await), ["Yan"]);
        assert_eq!(names(&owner.get("/api/v1/tags").await), ["Net 30", "New", "vip"]);
        assert_eq!(run(file).await, json!([0, 0, 3, 1]), "the same file again changes nothing");
    })
    .await;
}

#[tokio::test]
async fn many_are_given_to_somebody_to_look_after_and_go_back_to_whom_they_were_with() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let (dana, max) = (acme.person("dispatcher").await, acme.person("dispatcher").await);
        let mut ids = vec![];
        for (name, keeper) in [("Ana", json!(null)), ("Bo", json!(max.id)), ("Cy", json!(dana.id))] {
            let made = owner.post("/api/v1/customers", json!({ "name": name, "assigned_to": keeper })).await;
            ids.push(made.id());
        }
        let asked = |to: serde_json::Value| json!({ "ids": ids, "assigned_to": to });
        let done = owner.post("/api/v1/customers/assign", asked(json!(dana.id))).await;
        assert_eq!(done.body["changed"], json!(ids[..2]), "{done:?}");
        assert_eq!(done.body["left"][0]["why"], "Is looked after by them already.");
        let nobody = owner.post("/api/v1/customers/assign", asked(json!(uuid::Uuid::now_v7()))).await;
        assert_eq!(nobody.error("/assigned_to"), "There is nobody here with that id.");

        let silent = owner.post("/api/v1/customers/assign", json!({ "ids": ids })).await;
        assert_eq!(silent.status, 422, "{silent:?}");

        let keepers = async || {
            let mut all = vec![];
            for id in &ids {
                all.push(owner.get(&format!("/api/v1/customers/{id}")).await.body["assigned_to"].clone());
            }
            all
        };
        assert_eq!(keepers().await, [json!(dana.id), json!(dana.id), json!(dana.id)]);
        // From the page: all to nobody, and one press gives each back.
        owner.post("/api/v1/customers/assign", asked(json!(null))).await;
        owner.post("/api/v1/customers/assign", json!({ "ids": [ids[1]], "assigned_to": max.id })).await;
        let chosen: Vec<(&str, &str)> = ids.iter().map(|id| ("id", id.as_str())).collect();
        let to = dana.id.unwrap().to_string();
        let form = [chosen, vec![("tag", ""), ("assigned_to", &to)]].concat();
        let done = owner.form("/customers/assign", &form).await;
        assert_eq!(keepers().await, [json!(dana.id), json!(dana.id), json!(dana.id)]);
        undo(&owner, &done, "3 customers are assigned.").await;
        assert_eq!(keepers().await, [json!(null), json!(max.id), json!(null)]);
    })
    .await;
}

/// Presses the Undo of the toast that comes with the answer.
async fn undo(owner: &Person<'_>, done: &Answer, says: &str) {
    assert_eq!(done.status, 303, "{done:?}");
    let toast = done.header("set-cookie").split(';').next().unwrap().to_owned();
    let headers = [("accept", "text/html"), ("cookie", toast.as_str())];
    let page = owner.call(Method::GET, done.header("location"), &headers, Body::empty()).await.text;
    let (_, shown) = page.split_once("data-toast").expect("a toast");
    assert!(shown.contains(says), "{shown}");
    let (_, form) = shown.split_once("<form method=\"post\" action=\"").expect("an Undo");
    let action = form.split('"').next().unwrap().replace("&amp;", "&");
    let back = owner.form(&action, &[("_key", &action)]).await;
    assert_eq!(back.status, 303, "{back:?}");
}

#[tokio::test]
async fn rows_are_chosen_on_the_page_and_one_press_undoes_it() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let (ana, bo) = (customer(&owner, "Ana", "Salem").await, customer(&owner, "Bo", "Salem").await);
        let cy = customer(&owner, "Cy", "Salem").await;
        give(&owner, &bo, json!(["Net & 30"])).await;
        let list = owner.page("/customers?tag=Net+%26+30").await.text;
        for part in ["Tag", "<b>Net &amp; 30</b>", "form=\"bulk\"", "value=\"untag\"", "/customers?tag=Net%20%26%2030"]
        {
            assert!(list.contains(part), "{part}: {list}");
        }
        let tags = async |id: &str| owner.get(&format!("/api/v1/customers/{id}")).await.body["tags"].clone();
        let chosen = [
            ("id", ana.as_str()),
            ("id", &bo),
            ("id", &cy),
            ("do", "tag"),
            ("tag", "net & 30"),
            ("back", "/customers?city=Salem"),
        ];
        let done = owner.form("/customers/bulk", &chosen).await;
        assert_eq!(done.header("location"), "/customers?city=Salem", "{done:?}");
        assert_eq!(tags(&ana).await, json!(["Net & 30"]));
        undo(
            &owner,
            &done,
            "2 customers are tagged net &amp; 30. 1 customer is left as they were: has the tag Net &amp; 30 already.",
        )
        .await;
        assert_eq!((tags(&ana).await, tags(&bo).await), (json!([]), json!(["Net & 30"])), "who had it keeps it");

        let done = owner
            .form("/customers/bulk", &[("id", &ana), ("id", &cy), ("do", "archive"), ("back", "https://evil.example")])
            .await;
        assert_eq!(done.header("location"), "/customers");
        assert_eq!(names(&owner.get("/api/v1/customers").await), ["Bo"]);
        undo(&owner, &done, "2 customers are archived.").await;
        assert_eq!(names(&owner.get("/api/v1/customers").await), ["Ana", "Bo", "Cy"]);
        let none = owner.form("/customers/bulk", &[("do", "archive")]).await;
        assert!(none.status == 409 && none.text.contains("Choose at least one customer."), "{none:?}");
        assert!(!acme.person("viewer").await.page("/customers").await.text.contains("form=\"bulk\""));

        // The tags of one, on their page.
        let page = owner.page(&format!("/customers/{ana}/tags")).await.text;
        assert!(page.contains("value=\"Net &amp; 30\"") && !page.contains("checked"), "{page}");
        let form = format!("/customers/{ana}/tags");
        let wrong = owner.form(&form, &[("tags", "Net & 30"), ("others", "--")]).await;
        assert!(
            wrong.status == 422 && wrong.text.contains("letters and figures") && wrong.text.contains("checked"),
            "{wrong:?}"
        );
        assert_eq!(owner.form(&form, &[("tags", "Net & 30"), ("others", "VIP, Dog")]).await.status, 303);
        assert_eq!(tags(&ana).await, json!(["Dog", "Net & 30", "VIP"]));
        assert!(
            owner.page(&format!("/customers/{ana}")).await.text.contains("tag tag-grey\" href=\"/customers?tag=VIP\"")
        );
        assert_eq!(owner.form(&form, &[]).await.status, 303);
        assert_eq!(tags(&ana).await, json!([]));

        // The tags of the company, under Settings.
        assert_eq!(owner.form("/settings/tags", &[("name", "Gold"), ("colour", "amber")]).await.status, 303);
        let again = owner.form("/settings/tags", &[("name", "gold")]).await;
        assert!(again.status == 422 && again.text.contains("There is a tag of this name already."), "{again:?}");
        let settings = owner.page("/settings/tags").await.text;
        assert!(
            settings.contains("tag-amber") && settings.contains("1 customer") && settings.contains("nobody"),
            "{settings}"
        );
        let all = owner.get("/api/v1/tags").await;
        let net = all.body["data"].as_array().unwrap().iter().find(|tag| tag["name"] == "Net & 30").unwrap().clone();
        let at = format!("/settings/tags/{}", net["id"].as_str().unwrap());
        assert_eq!(owner.form(&at, &[("version", "1"), ("name", "Net 60"), ("colour", "blue")]).await.status, 303);
        assert_eq!(tags(&bo).await, json!(["Net 60"]));
        assert_eq!(owner.form(&format!("{at}/delete"), &[]).await.status, 303);
        assert_eq!(tags(&bo).await, json!([]));
    })
    .await;
}
