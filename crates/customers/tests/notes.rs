//! Notes about customers through the front door, in both placements: pinned, corrected, removed.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use harness::{Answer, Person, TestHouse, in_both_placements, start};
use serde_json::{Value, json};

async fn house() -> TestHouse {
    start(vec![customers::module()]).await
}

async fn ana(owner: &Person<'_>) -> String {
    let made = owner.post("/api/v1/customers", json!({ "name": "Ana Abbott" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    format!("/api/v1/customers/{}", made.id())
}

async fn write(person: &Person<'_>, ana: &str, words: &str) -> String {
    let made = person.post(&format!("{ana}/notes"), json!({ "body": words })).await;
    assert_eq!(made.status, 201, "{made:?}");
    format!("{ana}/notes/{}", made.id())
}

fn page_of(path: &str) -> String {
    path.replace("/api/v1", "")
}

async fn verb(person: &Person<'_>, note: &str, verb: &str) -> Answer {
    person.post(&format!("{note}/{verb}"), json!({})).await
}

fn words(list: &Answer) -> Vec<&str> {
    list.body["data"].as_array().unwrap().iter().map(|note| note["detail"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn pinned_notes_stand_on_top_and_are_at_most_five() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let (owner, clerk) = (acme.person("owner").await, acme.person("dispatcher").await);
        let ana = ana(&owner).await;
        let mut notes = vec![];
        for n in 1..=6 {
            notes.push(write(&owner, &ana, &format!("Note {n}")).await);
            house.clock.advance(jiff::SignedDuration::from_mins(1));
        }
        // Anybody who writes notes pins them, their own or not.
        for note in &notes[..5] {
            let pinned = verb(&clerk, note, "pin").await;
            assert_eq!((pinned.status, pinned.body["pinned_at"].is_string()), (200, true), "{pinned:?}");
            house.clock.advance(jiff::SignedDuration::from_mins(1));
        }
        assert_eq!(verb(&clerk, &notes[0], "pin").await.status, 200, "twice is once");
        let sixth = verb(&clerk, &notes[5], "pin").await;
        assert!(sixth.status == 409 && sixth.text.contains("at most 5 pinned notes"), "{sixth:?}");
        let list = owner.get(&format!("{ana}/pinned-notes")).await;
        assert_eq!(words(&list), ["Note 5", "Note 4", "Note 3", "Note 2", "Note 1"]);

        let page = owner.page(&page_of(&ana)).await.text;
        let (pinned, timeline) = page.split_once("id=\"timeline\"").unwrap();
        assert!(pinned.contains("Note 5") && pinned.contains("Olive Owner") && !pinned.contains("Note 6"), "{pinned}");
        assert!(timeline.contains("Note 6") && timeline.contains("Note 5"));
        assert!(owner.page(&format!("{}/pinned", page_of(&ana))).await.text.contains("Note 5"));

        let done = clerk.form(&format!("{}/unpin", page_of(&notes[4])), &[("_key", "u")]).await;
        assert_eq!((done.status, done.header("location")), (303, page_of(&ana).as_str()));
        assert!(done.header("set-cookie").starts_with("tradewind_toast="), "{done:?}");
        let done = clerk.form(&format!("{}/pin", page_of(&notes[5])), &[("_key", "p")]).await;
        assert_eq!(done.status, 303);
        assert_eq!(words(&owner.get(&format!("{ana}/pinned-notes")).await)[0], "Note 6");
        assert_eq!(verb(&clerk, &notes[4], "unpin").await.body["pinned_at"], Value::Null, "twice is once");

        let viewer = acme.person("viewer").await;
        assert_eq!(verb(&viewer, &notes[4], "pin").await.status, 403);
        let seen = viewer.page(&page_of(&ana)).await;
        assert!(seen.text.contains("Note 6") && !seen.text.contains("/unpin"), "a viewer sees them and unpins none");
        let told = acme.told().await;
        for kind in ["customer.note_pinned", "customer.note_unpinned"] {
            assert!(told.iter().any(|one| one == kind), "{kind}: {told:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_note_is_corrected_by_who_wrote_it_and_its_history_stays() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let (owner, clerk, other) =
            (acme.person("owner").await, acme.person("dispatcher").await, acme.person("member").await);
        let ana = ana(&owner).await;
        let note = write(&clerk, &ana, "Key at no. 14").await;
        let read = clerk.get(&note).await;
        assert_eq!(
            (read.status, &read.body["edited_at"], read.etag().as_str()),
            (200, &Value::Null, "\"1\""),
            "{read:?}"
        );
        house.clock.advance(jiff::SignedDuration::from_mins(5));

        let change = json!({ "body": "Key at no. 16" });
        for person in [&other, &acme.program()] {
            let refused = person.patch(&note, "\"1\"", change.clone()).await;
            assert!(refused.status == 409 && refused.text.contains("Only who wrote a note"), "{refused:?}");
            assert_eq!(person.delete(&note).await.status, 409);
        }
        let shown = other.page(&page_of(&ana)).await.text;
        assert!(shown.contains("/pin\"") && !shown.contains("/edit\">Change note"), "{shown}");
        let changed = clerk.patch(&note, "\"1\"", change.clone()).await;
        assert_eq!((changed.status, &changed.body["detail"]), (200, &json!("Key at no. 16")), "{changed:?}");
        assert!(changed.body["edited_at"].is_string() && changed.body["author"] == read.body["author"], "{changed:?}");
        assert_eq!(clerk.patch(&note, "\"1\"", change.clone()).await.status, 412);
        assert_eq!(clerk.patch(&note, "", change.clone()).await.status, 400);
        let empty = clerk.patch(&note, "\"2\"", json!({ "body": " " })).await;
        assert!(empty.status == 422 && !empty.error("/body").is_empty(), "{empty:?}");
        assert!(clerk.page(&page_of(&ana)).await.text.contains("edited"));

        // The author may have left: an owner corrects it too.
        let edit = format!("{}/edit", page_of(&note));
        assert!(owner.page(&edit).await.text.contains("Key at no. 16"));
        let saved = owner.form(&edit, &[("version", "2"), ("body", "Key at the office"), ("_key", "e")]).await;
        assert_eq!((saved.status, saved.header("location")), (303, page_of(&ana).as_str()));
        let wrong = owner.form(&edit, &[("version", "3"), ("body", ""), ("_key", "f")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("f-body-error"), "{wrong:?}");

        assert_eq!(clerk.delete(&note).await.status, 204);
        assert_eq!(clerk.get(&note).await.status, 404);
        assert!(!clerk.get(&format!("{ana}/timeline")).await.text.contains("Key at"));
        let id = note.rsplit('/').next().unwrap();
        let history = owner.get(&format!("/api/v1/history/{id}")).await;
        let deeds: Vec<(&str, &Value)> = history.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|change| {
                (
                    change["deed"].as_str().unwrap(),
                    if change["deed"] == "delete" { &change["before"]["detail"] } else { &change["after"]["detail"] },
                )
            })
            .collect();
        assert_eq!(
            deeds,
            [
                ("delete", &json!("Key at the office")),
                ("update", &json!("Key at the office")),
                ("update", &json!("Key at no. 16")),
                ("insert", &json!("Key at no. 14"))
            ]
        );
        let told = acme.told().await;
        for kind in ["customer.noted", "customer.note_changed", "customer.note_removed"] {
            assert!(told.iter().any(|one| one == kind), "{kind}: {told:?}");
        }
    })
    .await;
}

/// What happened is no note: nobody corrects, pins or removes it; nor the note of another customer by this one's address.
#[tokio::test]
async fn only_notes_of_this_customer_are_meant() {
    let house = house().await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let (ana, bo) = (ana(&owner).await, ana(&owner).await);
    house.run_jobs().await;
    let timeline = owner.get(&format!("{ana}/timeline")).await;
    let added = timeline.body["data"][0]["id"].as_str().unwrap_or_else(|| panic!("{timeline:?}")).to_owned();
    let note = write(&owner, &ana, "Mine").await;
    let elsewhere = format!("{bo}/notes/{}", note.rsplit('/').next().unwrap());
    for path in [format!("{ana}/notes/{added}"), elsewhere] {
        assert_eq!(owner.get(&path).await.status, 404);
        assert_eq!(owner.patch(&path, "\"1\"", json!({ "body": "Other" })).await.status, 404);
        assert_eq!(owner.delete(&path).await.status, 404);
        for verb in ["pin", "unpin"] {
            assert_eq!(owner.post(&format!("{path}/{verb}"), json!({})).await.status, 404);
        }
    }
    // Nor does the table take it from anybody.
    let sql = format!(
        "begin; set local role tw_app; select wall.set_tenant('{}'); update app.timeline_entry set pinned_at = now() where id = '{added}'",
        acme.id
    );
    let client = house.above().await;
    let refused = client.batch_execute(&sql).await.unwrap_err();
    assert_eq!(refused.as_db_error().and_then(|error| error.constraint()), Some("timeline_entry_stays"), "{refused:?}");
}

#[tokio::test]
async fn a_merge_keeps_what_was_pinned_on_both() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let (gone, stays) = (ana(&owner).await, ana(&owner).await);
        for (of, many) in [(&gone, 5), (&stays, 4)] {
            for n in 0..many {
                let note = write(&owner, of, &format!("Note {n}")).await;
                assert_eq!(verb(&owner, &note, "pin").await.status, 200);
            }
        }
        let merge = json!({ "customer_id": gone.rsplit('/').next().unwrap() });
        assert_eq!(owner.post(&format!("{stays}/merge"), merge).await.status, 200);
        assert_eq!(words(&owner.get(&format!("{stays}/pinned-notes")).await).len(), 9);
        assert_eq!(owner.get(&format!("{gone}/pinned-notes")).await.status, 409);
        let merges = owner.get(&format!("{stays}/merges")).await;
        let undo = format!("/api/v1/customer-merges/{}/undo", merges.body["data"][0]["id"].as_str().unwrap());
        assert_eq!(owner.post(&undo, json!({})).await.status, 200);
        assert_eq!(words(&owner.get(&format!("{gone}/pinned-notes")).await).len(), 5);
    })
    .await;
}
