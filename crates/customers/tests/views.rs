//! Saved views through the front door: one's own and the shared, in the menu over the list, renamed and deleted.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use harness::{Answer, Person, in_both_placements, start};
use serde_json::{Value, json};

async fn house() -> harness::TestHouse {
    start(vec![customers::module()]).await
}

async fn save(person: &Person<'_>, name: &str, filter: Value, shared: bool) -> Answer {
    person.post("/api/v1/customer-views", json!({ "name": name, "filter": filter, "shared": shared })).await
}

async fn names(person: &Person<'_>) -> Vec<String> {
    let list = person.get("/api/v1/customer-views").await;
    let data = list.body["data"].as_array().unwrap_or_else(|| panic!("{list:?}")).clone();
    data.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_view_is_saved_shown_shared_renamed_and_deleted() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let (owner, viewer) = (acme.person("owner").await, acme.person("viewer").await);
        let own = save(&owner, "Salem", json!({ "city": "Salem", "status": "archived" }), false).await;
        assert_eq!((own.status, &own.body["shared"]), (201, &json!(false)), "{own:?}");
        assert_eq!(
            save(&viewer, "My list", json!({ "tag": "VIP" }), false).await.status,
            201,
            "who reads has their own"
        );
        assert_eq!(save(&viewer, "salem", json!({ "q": "elm" }), false).await.status, 201, "names are one's own");
        assert_eq!(save(&viewer, "All", json!({ "q": "elm" }), true).await.status, 403, "what all have is not theirs");
        assert_eq!(save(&owner, "Net 30", json!({ "tag": "Net 30" }), true).await.status, 201);
        assert_eq!(names(&owner).await, ["Salem", "Net 30"], "the own first, and nobody else's");
        assert_eq!(names(&viewer).await, ["My list", "salem", "Net 30"]);

        let page = owner.page("/customers?city=Salem&status=archived").await.text;
        assert!(page.contains("Saved views") && page.contains("/customers?status=archived&amp;city=Salem"), "{page}");
        assert!(!page.contains("Save this view"), "it is saved already");
        let page = owner.page("/customers?city=Elsewhere").await.text;
        assert!(page.contains("/customers/views/new?city=Elsewhere"), "{page}");

        let at = format!("/api/v1/customer-views/{}", own.id());
        assert_eq!(viewer.patch(&at, "\"1\"", json!({ "name": "Mine" })).await.status, 404, "it is not theirs to see");
        assert_eq!(viewer.delete(&at).await.status, 404);
        let changed = owner.patch(&at, "\"1\"", json!({ "name": "Salem, archived", "shared": true })).await;
        assert_eq!((changed.status, &changed.body["version"]), (200, &json!(2)), "{changed:?}");
        assert_eq!(owner.patch(&at, "\"1\"", json!({ "name": "Late" })).await.status, 412);
        assert_eq!(names(&viewer).await, ["My list", "salem", "Net 30", "Salem, archived"]);
        assert_eq!(viewer.delete(&at).await.status, 403);
        assert_eq!(owner.delete(&at).await.status, 204);
        assert_eq!(names(&owner).await, ["Net 30"]);
        let told = acme.told().await;
        for kind in ["customer_view.saved", "customer_view.changed", "customer_view.deleted"] {
            assert!(told.iter().any(|one| one == kind), "{kind}: {told:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_no_view_is_refused_in_words() {
    let house = house().await;
    for placement in harness::PLACEMENTS {
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        for (name, filter, pointer, sentence) in [
            ("", json!({ "city": "Salem" }), "/name", "Give the view a name."),
            ("--", json!({ "city": "Salem" }), "/name", "A name is letters and figures, such as Net 30 in Salem."),
            ("A", json!({}), "/filter", "Filter the list first: a view of everybody is the list."),
            (
                "A",
                json!({ "tag": "A, B" }),
                "/filter/tag",
                "A tag is letters and figures without a comma, such as VIP.",
            ),
        ] {
            let answer = save(&owner, name, filter, false).await;
            assert_eq!((answer.status, answer.error(pointer)), (422, sentence), "{answer:?}");
        }
        assert_eq!(save(&owner, "A", json!({ "limit": 3 }), false).await.status, 422);
        assert_eq!(save(&owner, "Salem", json!({ "city": "Salem" }), false).await.status, 201);
        let twin = save(&owner, "SALEM", json!({ "city": "Salem" }), false).await;
        assert_eq!(twin.error("/name"), "You have a view of this name already.", "{twin:?}");
        let program = acme.program();
        let alone = save(&program, "B", json!({ "city": "Salem" }), false).await;
        assert_eq!((alone.status, alone.error("/shared").is_empty()), (422, false), "{alone:?}");
        assert_eq!(save(&program, "B", json!({ "city": "Salem" }), true).await.status, 201);
        let twin = save(&owner, "b", json!({ "city": "Salem" }), true).await;
        assert_eq!(twin.error("/name"), "There is a shared view of this name already.", "{twin:?}");
        let other = house.company(placement).await;
        assert_eq!(names(&other.person("owner").await).await, Vec::<String>::new());
        for n in 0..49 {
            assert_eq!(save(&owner, &format!("V{n}"), json!({ "q": "x" }), false).await.status, 201);
        }
        let full = save(&owner, "More", json!({ "q": "x" }), false).await;
        assert!(full.status == 409 && full.text.contains("50 views already"), "{full:?}");
    }
}

#[tokio::test]
async fn the_pages_save_rename_and_delete() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let (owner, viewer) = (acme.person("owner").await, acme.person("viewer").await);
        let page = owner.page("/customers/views").await.text;
        assert!(page.contains("No view yet"), "{page}");
        let form = owner.page("/customers/views/new?city=Salem&tag=VIP").await.text;
        assert!(form.contains("City is Salem, tag is VIP") && form.contains("Share it"), "{form}");
        assert!(!viewer.page("/customers/views/new?city=Salem").await.text.contains("Share it"));
        let wrong = owner.form("/customers/views/new", &[("city", "Salem"), ("_key", "a")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("Give the view a name."), "{wrong:?}");
        let fields = [("name", "Salem VIP"), ("city", "Salem"), ("tag", "VIP"), ("shared", "true"), ("_key", "b")];
        let saved = owner.form("/customers/views/new", &fields).await;
        assert_eq!((saved.status, saved.header("location")), (303, "/customers?city=Salem&tag=VIP"), "{saved:?}");
        let list = owner.get("/api/v1/customer-views").await;
        let id = list.body["data"][0]["id"].as_str().unwrap().to_owned();
        let here = format!("/customers/views/{id}");
        let changed = owner.form(&here, &[("name", "Gold"), ("version", "1"), ("_key", "c")]).await;
        assert_eq!(changed.status, 303, "{changed:?}");
        let now = owner.get("/api/v1/customer-views").await.body["data"][0].clone();
        assert_eq!((&now["name"], &now["shared"]), (&json!("Gold"), &json!(false)), "a tick that is not there says no");
        let wrong = owner.form(&here, &[("name", ""), ("version", "2"), ("_key", "d")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("Give the view a name."), "{wrong:?}");
        let gone = owner.form(&format!("{here}/delete"), &[("_key", "e")]).await;
        assert_eq!((gone.status, gone.header("location")), (303, "/customers/views"));
        assert_eq!(names(&owner).await, Vec::<String>::new());
    })
    .await;
}
