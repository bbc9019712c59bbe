//! Customers connected with each other, through the front door: written once, read from both ends, within reach of both.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use harness::{Answer, Company, Person, in_both_placements, start};
use serde_json::json;

async fn house() -> harness::TestHouse {
    start(vec![customers::module()]).await
}

async fn customer(person: &Person<'_>, name: &str) -> String {
    let made = person.post("/api/v1/customers", json!({ "name": name })).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.id()
}

async fn connect(person: &Person<'_>, one: &str, kind: &str, other: &str) -> Answer {
    let body = json!({ "customer_id": other, "kind": kind, "note": "Unit 4" });
    person.post(&format!("/api/v1/customers/{one}/relations"), body).await
}

/// "landlord Bo" of each.
async fn of(person: &Person<'_>, id: &str) -> Vec<String> {
    let list = person.get(&format!("/api/v1/customers/{id}/relations")).await;
    let data = list.body["data"].as_array().unwrap_or_else(|| panic!("{list:?}")).clone();
    data.iter().map(|one| format!("{} {}", one["kind"].as_str().unwrap(), one["name"].as_str().unwrap())).collect()
}

/// Somebody who reads and writes, and sees their own customers alone.
async fn near<'a>(acme: &'a Company<'a>) -> Person<'a> {
    let owner = acme.person("owner").await;
    let role = owner.post("/api/v1/roles", json!({ "label": "Near", "copy_of": "member" })).await;
    let change = json!({ "permissions": ["customers.read", "customers.write"], "reach": { "customer": "own" } });
    let changed = owner.patch(&format!("/api/v1/roles/{}", role.id()), &role.etag(), change).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let person = acme.person("viewer").await;
    let path = format!("/api/v1/members/{}", person.id.unwrap());
    let role = json!({ "role": changed.body["name"] });
    assert_eq!(owner.patch(&path, &owner.get(&path).await.etag(), role).await.status, 200);
    person
}

#[tokio::test]
async fn a_connection_is_read_from_both_ends() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let (owner, viewer) = (acme.person("owner").await, acme.person("viewer").await);
        let (ana, bo) = (customer(&owner, "Ana").await, customer(&owner, "Bo").await);
        let made = connect(&owner, &ana, "landlord", &bo).await;
        assert_eq!(
            (made.status, &made.body["name"], &made.body["note"]),
            (201, &json!("Bo"), &json!("Unit 4")),
            "{made:?}"
        );
        assert_eq!(
            (of(&viewer, &ana).await, of(&viewer, &bo).await),
            (vec!["landlord Bo".into()], vec!["tenant Ana".into()])
        );
        // The same from the other end is the same.
        let twin = connect(&owner, &bo, "tenant", &ana).await;
        assert_eq!((twin.status, twin.error("/kind")), (422, "They are connected in this way already."), "{twin:?}");
        assert_eq!(connect(&owner, &bo, "family", &ana).await.status, 201);
        assert_eq!(connect(&owner, &ana, "family", &bo).await.status, 422);
        assert_eq!(
            connect(&owner, &ana, "family", &ana).await.error("/customer_id"),
            "A customer is not connected with itself. Choose another one."
        );
        assert_eq!(connect(&owner, &ana, "friend", &bo).await.status, 422);
        assert_eq!(connect(&viewer, &ana, "payer", &bo).await.status, 403);
        assert_eq!(connect(&owner, &ana, "payer", "01890000-0000-7000-8000-000000000000").await.status, 404);
        let at = format!("/api/v1/customer-relations/{}", made.id());
        assert_eq!(viewer.delete(&at).await.status, 403);
        assert_eq!((owner.delete(&at).await.status, owner.delete(&at).await.status), (204, 404));
        assert_eq!(of(&owner, &bo).await, ["family Ana"]);
        let told = acme.told().await;
        for kind in ["customer_relation.added", "customer_relation.removed"] {
            assert!(told.iter().any(|one| one == kind), "{kind}: {told:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_reaches_one_end_learns_nothing_of_the_other() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let (owner, near) = (acme.person("owner").await, near(&acme).await);
        let secret = customer(&owner, "Secret").await;
        let own = customer(&near, "Own").await;
        let made = connect(&owner, &own, "landlord", &secret).await;
        assert_eq!(made.status, 201, "{made:?}");
        assert_eq!(of(&owner, &own).await, ["landlord Secret"]);
        assert_eq!(of(&near, &own).await, Vec::<String>::new());
        let page = near.page(&format!("/customers/{own}")).await;
        assert!(page.status == 200 && !page.text.contains("Secret"), "{page:?}");
        assert_eq!(near.delete(&format!("/api/v1/customer-relations/{}", made.id())).await.status, 404);
        assert_eq!(connect(&near, &own, "payer", &secret).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn the_pages_look_for_connect_and_disconnect() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let (ana, bo) = (customer(&owner, "Ana").await, customer(&owner, "Bo Baker").await);
        let here = format!("/customers/{ana}/relations/new");
        assert!(owner.page(&format!("/customers/{ana}")).await.text.contains("Nobody yet: a landlord"));
        assert!(owner.page(&format!("{here}?q=baker")).await.text.contains(&format!("customer_id={bo}")));
        let form = owner.page(&format!("{here}?customer_id={bo}")).await.text;
        assert!(form.contains("What Bo Baker is to Ana"), "{form}");
        let wrong = owner.form(&here, &[("customer_id", &bo), ("kind", ""), ("_key", "a")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("Say what they are to each other."), "{wrong:?}");
        let done = owner.form(&here, &[("customer_id", &bo), ("kind", "payer"), ("_key", "b")]).await;
        assert_eq!((done.status, done.header("location")), (303, format!("/customers/{ana}").as_str()), "{done:?}");
        let other = owner.page(&format!("/customers/{bo}")).await.text;
        assert!(other.contains("Has bills paid by them") && other.contains(&format!("/customers/{ana}")), "{other}");
        let id = owner.get(&format!("/api/v1/customers/{ana}/relations")).await.body["data"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let gone = owner.form(&format!("/customers/{bo}/relations/{id}/remove"), &[("_key", "c")]).await;
        assert_eq!((gone.status, gone.header("location")), (303, format!("/customers/{bo}").as_str()));
        assert_eq!(of(&owner, &ana).await, Vec::<String>::new());
    })
    .await;
}
