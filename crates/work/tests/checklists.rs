//! What is asked on jobs: checklists of the company, the copy a job takes along, the answers, and the end that waits for them.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::http::Method;
use harness::{Answer, in_both_placements};
use serde_json::{Value, json};

mod shop;
use shop::{house, job_of, made, redirected, shop};

/// A picture by its first bytes.
fn picture() -> Vec<u8> {
    let mut bytes = vec![];
    let pixels = "--tradewind\r\ncontent-disposition: form-data; name=\"photo\"; filename=\"plate.png\"\r\ncontent-type: image/png\r\n\r\n";
    bytes.extend_from_slice(pixels.as_bytes());
    bytes.extend_from_slice(include_bytes!("pixel.png"));
    bytes.extend_from_slice(b"\r\n--tradewind--\r\n");
    bytes
}

const MULTIPART: [(&str, &str); 1] = [("content-type", "multipart/form-data; boundary=tradewind")];

fn question(job: &Value, words: &str) -> Value {
    let all = job["questions"].as_array().unwrap();
    all.iter().find(|one| one["question"]["words"] == words).cloned().unwrap_or_else(|| panic!("{words} in {all:?}"))
}

fn tune_up() -> Value {
    json!({ "name": "Tune-up", "questions": [
        { "kind": "yes_no", "words": "Power off", "required": true, "fails_on": ["no"] },
        { "kind": "reading", "words": "Split", "required": true, "unit": "°F", "least_milli": 14_000, "most_milli": 22_000 },
        { "kind": "number", "words": "Filters", "least_milli": 0, "most_milli": 9000 },
        { "kind": "choice", "words": "Coil", "choices": ["Clean", "Dirty"], "fails_on": ["Dirty"] },
        { "kind": "text", "words": "Remarks" },
        { "kind": "photo", "words": "Plate", "required": true },
    ] })
}

#[tokio::test]
async fn a_job_asks_what_its_checklists_ask_and_is_not_finished_before_it_is_answered() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let (owner, marco, at) = (&shop.owner, &shop.marco, format!("/tech/jobs/{}", shop.visit));
        let list = made(owner.post("/api/v1/checklists", tune_up()).await);
        let leaving =
            json!({ "name": "Leaving", "every_job": true, "questions": [{ "kind": "yes_no", "words": "Swept up" }] });
        made(owner.post("/api/v1/checklists", leaving).await);
        let book = format!("/api/v1/items/{}/checklists", shop.part);
        for _ in 0..2 {
            let given = owner.send(Method::PUT, &book, &[], json!({ "checklist_ids": [list, list] })).await;
            assert_eq!((given.status, &given.body), (200, &json!({ "checklist_ids": [list] })), "{given:?}");
        }
        assert_eq!(owner.get(&book).await.body["checklist_ids"], json!([list]));

        // Begun, it asks what every job asks; with the part comes what the part asks, once.
        redirected(&marco.form(&format!("{at}/start"), &[]).await);
        let words = |job: &Value| {
            let all = job["questions"].as_array().unwrap().iter();
            all.map(|one| one["question"]["words"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(words(&job_of(&shop).await), ["Swept up"]);
        for _ in 0..2 {
            redirected(&marco.form(&format!("{at}/lines"), &[("item_id", &shop.part)]).await);
        }
        let job = job_of(&shop).await;
        assert_eq!(words(&job), ["Swept up", "Power off", "Split", "Filters", "Coil", "Remarks", "Plate"]);

        // Changed afterwards, the list is another one for the jobs to come; this one keeps what it was asked.
        let seen = owner.get(&format!("/api/v1/checklists/{list}")).await;
        assert_eq!(seen.body["items"], 1);
        let other = json!({ "questions": [{ "kind": "text", "words": "Something else", "required": true }] });
        let changed = owner.patch(&format!("/api/v1/checklists/{list}"), &seen.etag(), other.clone()).await;
        assert_eq!((changed.status, &changed.body["version"]), (200, &json!(2)), "{changed:?}");
        assert_eq!(owner.patch(&format!("/api/v1/checklists/{list}"), &seen.etag(), other).await.status, 412);
        assert_eq!(words(&job_of(&shop).await).len(), 7);

        let refused = marco.form(&format!("{at}/finish"), &[]).await;
        let says = "Still to be answered: Power off; Split; Plate.";
        assert!(refused.status == 422 && refused.text.contains(says), "{refused:?}");
        let api = format!("/api/v1/work-orders/{}", job["id"].as_str().unwrap());
        let refused = owner.post(&format!("{api}/finish"), json!({})).await;
        assert_eq!(
            (refused.status, &refused.body["code"], &refused.body["detail"]),
            (409, &json!("questions_open"), &json!(says))
        );

        // One by one on the phone; sent twice it is answered once.
        let path = |words: &str| format!("{at}/questions/{}", question(&job, words)["id"].as_str().unwrap());
        let page = marco.page(&at).await.text;
        for seen in ["Power off", "14 to 22 °F", "Needed to finish", "0 of 7", "Take photo"] {
            assert!(page.contains(seen), "{seen}: {page}");
        }
        for _ in 0..2 {
            redirected(&marco.form(&path("Power off"), &[("answer", "no"), ("_key", "once")]).await);
            redirected(&marco.form(&path("Split"), &[("answer", "19,5")]).await);
        }
        let now = job_of(&shop).await;
        let (power, split) = (question(&now, "Power off"), question(&now, "Split"));
        assert_eq!((&split["answer"], &split["failed"], &split["version"]), (&json!("19.5"), &json!(false), &json!(2)));
        assert_eq!(
            (&power["failed"], &power["open"]),
            (&json!(true), &json!(true)),
            "it has failed and nobody says why"
        );
        assert!(marco.page(&at).await.text.contains("What is wrong?"));
        for (words, answer) in
            [("Power off", "maybe"), ("Filters", "12"), ("Coil", "Blue"), ("Plate", "yes"), ("Split", "warm")]
        {
            assert_eq!(marco.form(&path(words), &[("answer", answer)]).await.status, 422, "{words}");
        }
        let out = owner
            .send(
                Method::PUT,
                &format!("{api}/questions/{}", question(&job, "Filters")["id"].as_str().unwrap()),
                &[],
                json!({ "answer": "12" }),
            )
            .await;
        assert_eq!(out.error("/answer"), "This is to be 0 to 9.", "{out:?}");
        redirected(&marco.form(&path("Power off"), &[("answer", "no"), ("note", "Breaker is welded shut.")]).await);
        let sent = marco.call(Method::POST, &format!("{}/photo", path("Plate")), &MULTIPART, picture().into()).await;
        redirected(&sent);
        let wrong = marco.call(Method::POST, &format!("{}/photo", path("Split")), &MULTIPART, picture().into()).await;
        assert_eq!(wrong.status, 422, "{wrong:?}");
        redirected(&marco.form(&format!("{at}/finish"), &[]).await);

        let job = job_of(&shop).await;
        assert_eq!((&job["status"], &job["finished_anyway"]), (&json!("completed"), &Value::Null));
        let plate = question(&job, "Plate");
        assert_eq!(plate["photo_id"], job["photos"][0]["id"]);
        assert_eq!(job["photos"][0]["caption"], "Plate");
        assert_eq!(marco.form(&path("Split"), &[("answer", "20")]).await.status, 422, "what is over stays as it is");
        let page = owner.page(&format!("/jobs/{}", job["id"].as_str().unwrap())).await.text;
        for seen in ["Breaker is welded shut.", "19.5 °F", "3 of 7", "Tune-up"] {
            assert!(page.contains(seen), "{seen}: {page}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_may_finishes_anyway_with_a_reason_that_stays() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let (owner, marco, at) = (&shop.owner, &shop.marco, format!("/tech/jobs/{}", shop.visit));
        let every = json!({ "name": "Every", "every_job": true, "questions": [{ "kind": "text", "words": "Gas tight?", "required": true }] });
        made(owner.post("/api/v1/checklists", every).await);
        redirected(&marco.form(&format!("{at}/start"), &[]).await);
        let id = job_of(&shop).await["id"].as_str().unwrap().to_owned();
        let api = format!("/api/v1/work-orders/{id}/finish-anyway");

        assert_eq!(marco.form(&format!("{at}/finish-anyway"), &[("reason", "In a hurry")]).await.status, 403);
        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.post(&api, json!({ "reason": "x" })).await.status, 403);
        assert_eq!(owner.post(&api, json!({ "reason": " " })).await.error("/reason"), "Give a reason.");
        let page = owner.page(&format!("/jobs/{id}")).await.text;
        assert!(page.contains("Still to be answered: Gas tight?.") && page.contains("Finish anyway"), "{page}");
        assert_eq!(owner.form(&format!("/jobs/{id}/finish-anyway"), &[("reason", "")]).await.status, 422);
        redirected(&owner.form(&format!("/jobs/{id}/finish-anyway"), &[("reason", "Customer had to leave")]).await);
        assert_eq!(owner.post(&api, json!({ "reason": "Again" })).await.status, 200, "twice is once");
        let job = job_of(&shop).await;
        assert_eq!((&job["status"], &job["finished_anyway"]), (&json!("completed"), &json!("Customer had to leave")));
        let told = acme.told().await;
        for once in ["work_order.finished_anyway", "work_order.completed"] {
            assert_eq!(told.iter().filter(|kind| *kind == once).count(), 1, "{told:?}");
        }
        let audit = owner.get("/api/v1/audit").await.text;
        assert!(audit.contains("Customer had to leave") && audit.contains("Gas tight?"), "{audit}");
    })
    .await;
}

#[tokio::test]
async fn an_item_taken_off_takes_its_questions_with_it_unless_one_was_answered() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let owner = &shop.owner;
        let list = made(owner.post("/api/v1/checklists", tune_up()).await);
        let book = format!("/api/v1/items/{}/checklists", shop.part);
        owner.send(Method::PUT, &book, &[], json!({ "checklist_ids": [list] })).await;
        let job = made(owner.post("/api/v1/work-orders", json!({ "appointment_id": shop.visit })).await);
        let lines = format!("/api/v1/work-orders/{job}/lines");
        let add = async || made(owner.post(&lines, json!({ "item_id": shop.part })).await);
        let line = add().await;
        assert_eq!(job_of(&shop).await["questions"].as_array().unwrap().len(), 6, "also before it begins");
        assert_eq!(owner.delete(&format!("{lines}/{line}")).await.status, 204);
        assert_eq!(job_of(&shop).await["questions"], json!([]));
        let line = add().await;
        let split = question(&job_of(&shop).await, "Split")["id"].as_str().unwrap().to_owned();
        let at = format!("/api/v1/work-orders/{job}/questions/{split}");
        let answered = owner.send(Method::PUT, &at, &[], json!({ "answer": "30", "note": "Charge is low" })).await;
        assert_eq!((&answered.body["failed"], &answered.body["open"]), (&json!(true), &json!(false)), "{answered:?}");
        assert_eq!(owner.delete(&format!("{lines}/{line}")).await.status, 204);
        assert_eq!(job_of(&shop).await["questions"].as_array().unwrap().len(), 6);
        // Taken back, it is not answered.
        let back = owner.send(Method::PUT, &at, &[], json!({})).await;
        assert_eq!((&back.body["answer"], &back.body["failed"]), (&Value::Null, &json!(false)), "{back:?}");
        // The neighbour finds nothing of it.
        let other = house.company("pooled").await;
        let stranger = other.person("owner").await;
        assert_eq!(stranger.send(Method::PUT, &at, &[], json!({ "answer": "1" })).await.status, 404);
        assert_eq!(stranger.get(&format!("/api/v1/checklists/{list}")).await.status, 404);
        let theirs = stranger.get("/api/v1/checklists").await;
        assert_eq!(theirs.body["data"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn checklists_are_made_on_pages() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let owner = &shop.owner;
        let home = "/settings/checklists";
        let page = owner.page(home).await.text;
        assert!(
            page.contains("No checklists yet") && page.contains("Cooling tune-up") && page.contains("Electrical panel"),
            "{page}"
        );
        redirected(&owner.form(&format!("{home}/starter"), &[("starter", "panel")]).await);
        let twice = owner.form(&format!("{home}/starter"), &[("starter", "panel")]).await;
        assert!(twice.status == 409 && twice.text.contains("There is a checklist of this name already."), "{twice:?}");
        assert_eq!(owner.form(home, &[("name", "")]).await.status, 422);
        redirected(&owner.form(home, &[("name", "Boiler"), ("every_job", "true")]).await);
        let all = owner.get("/api/v1/checklists").await.body["data"].clone();
        let boiler = all.as_array().unwrap().iter().find(|one| one["name"] == "Boiler").unwrap().clone();
        let (id, at) = (boiler["id"].as_str().unwrap(), format!("{home}/{}", boiler["id"].as_str().unwrap()));
        let now = async || owner.get(&format!("/api/v1/checklists/{id}")).await.body;
        let form = async |path: &str, fields: &[(&str, &str)]| -> Answer {
            let version = now().await["version"].to_string();
            let mut all = vec![("version", version.as_str())];
            all.extend_from_slice(fields);
            owner.form(&format!("{at}{path}"), &all).await
        };
        redirected(
            &form(
                "/questions",
                &[
                    ("kind", "reading"),
                    ("words", "Pressure"),
                    ("unit", "bar"),
                    ("least", "1"),
                    ("most", "2,5"),
                    ("required", "true"),
                ],
            )
            .await,
        );
        redirected(
            &form(
                "/questions",
                &[("kind", "choice"), ("words", "Flue"), ("choices", "Good\r\nRusty"), ("fails_on", "Rusty")],
            )
            .await,
        );
        let wrong = form("/questions", &[("kind", "choice"), ("words", "Which?"), ("choices", "Only")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("One of several has 2 to 20 answers"), "{wrong:?}");
        let wrong = form("/questions", &[("kind", "reading"), ("words", "Which?"), ("least", "low")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("A bound is a number"), "{wrong:?}");
        redirected(&form("/questions/step", &[("place", "1"), ("step", "-1")]).await);
        redirected(
            &form(
                "/questions",
                &[("place", "1"), ("kind", "reading"), ("words", "Pressure, cold"), ("unit", "bar"), ("least", "1")],
            )
            .await,
        );
        let words = |list: &Value| {
            list["questions"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["words"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(words(&now().await), ["Flue", "Pressure, cold"]);
        assert_eq!(now().await["questions"][1]["least_milli"], 1000);
        assert_eq!(form("/questions/remove", &[("place", "7")]).await.status, 422);
        redirected(&form("/questions/remove", &[("place", "0")]).await);
        let late = owner.form(&format!("{at}/questions/remove"), &[("version", "1"), ("place", "0")]).await;
        assert!(late.status == 422 && late.text.contains("Somebody changed it meanwhile"), "{late:?}");
        redirected(&form("", &[("name", "Boilers")]).await);
        let page = owner.page(&at).await.text;
        assert!(page.contains("Pressure, cold") && page.contains("Nowhere yet"), "{page}");
        redirected(&form("/status", &[("status", "archived")]).await);
        assert_eq!(now().await["status"], "archived");
        // Whoever sees jobs looks; whoever sets up changes.
        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.page(&at).await.status, 200);
        assert_eq!(viewer.form(&format!("{at}/status"), &[("version", "1"), ("status", "active")]).await.status, 403);
        // On the page of the item.
        let item = format!("/price-book/{}", shop.part);
        assert!(owner.page(&item).await.text.contains("What is asked on the job"));
        let panel = all.as_array().unwrap().iter().find(|one| one["name"] == "Electrical panel").unwrap().clone();
        redirected(
            &owner.form(&format!("{item}/checklists"), &[("checklist_ids", panel["id"].as_str().unwrap())]).await,
        );
        let page = owner.page(&item).await.text;
        assert!(page.contains("Electrical panel"), "{page}");
    })
    .await;
}

/// The office closes the visit on the board: the job waits for its answers, and nothing is tried again and again.
#[tokio::test]
async fn a_visit_that_is_over_leaves_its_job_open_while_something_is_to_be_answered() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let owner = &shop.owner;
        let asks = json!({ "name": "Leaving", "every_job": true, "questions": [{ "kind": "yes_no", "words": "Swept up", "required": true }] });
        made(owner.post("/api/v1/checklists", asks).await);
        let verb = async |verb: &str| {
            let path = format!("/api/v1/appointments/{}", shop.visit);
            let etag = owner.get(&path).await.etag();
            let done = owner.send(Method::POST, &format!("{path}/{verb}"), &[("if-match", &etag)], json!({})).await;
            assert_eq!(done.status, 200, "{done:?}");
            house.run_jobs().await;
        };
        for one in ["en-route", "start", "complete"] {
            verb(one).await;
        }
        let job = job_of(&shop).await;
        assert_eq!((&job["status"], &job["visit_status"]), (&json!("in_progress"), &json!("completed")), "{job}");
        assert_eq!(question(&job, "Swept up")["open"], true);
    })
    .await;
}

#[tokio::test]
async fn a_line_that_goes_takes_along_only_what_it_brought() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let shop = shop(&acme).await;
        let owner = &shop.owner;
        let list = async |name: &str, every: bool| {
            let new = json!({ "name": name, "every_job": every, "questions": [{ "kind": "text", "words": name }] });
            made(owner.post("/api/v1/checklists", new).await)
        };
        let (leaving, tune_up) = (list("Leaving", true).await, list("Tune-up", false).await);
        let book = format!("/api/v1/items/{}/checklists", shop.part);
        let given = owner.send(Method::PUT, &book, &[], json!({ "checklist_ids": [tune_up] })).await;
        assert_eq!(given.status, 200, "{given:?}");
        let job = made(owner.post("/api/v1/work-orders", json!({ "appointment_id": shop.visit })).await);
        let path = format!("/api/v1/work-orders/{job}");
        assert_eq!(owner.post(&format!("{path}/start"), json!({})).await.status, 200);
        let usd = |amount: &str| json!({ "amount": amount, "currency": "USD" });
        let by_hand = json!({ "description": "Bracket", "unit_price": usd("20.00") });
        let by_hand = made(owner.post(&format!("{path}/lines"), by_hand).await);
        let part = made(owner.post(&format!("{path}/lines"), json!({ "item_id": shop.part })).await);
        let asked = async || {
            let job = owner.get(&path).await.body;
            let all: Vec<String> = job["questions"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["checklist"].as_str().unwrap().to_owned())
                .collect();
            all
        };
        assert_eq!(asked().await, ["Leaving", "Tune-up"]);
        // From now on the list is for no job by itself; this one has taken it along.
        let seen = owner.get(&format!("/api/v1/checklists/{leaving}")).await;
        let changed =
            owner.patch(&format!("/api/v1/checklists/{leaving}"), &seen.etag(), json!({ "every_job": false })).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        let off = async |line: &str| {
            owner.send(Method::DELETE, &format!("{path}/lines/{line}"), &[], Value::Null).await.status
        };
        assert_eq!(off(&by_hand).await, 204);
        assert_eq!(asked().await, ["Leaving", "Tune-up"], "what was written by hand has brought nothing");
        assert_eq!(off(&part).await, 204);
        assert_eq!(asked().await, ["Leaving"]);
    })
    .await;
}
