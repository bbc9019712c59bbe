//! What was taken away is offered back on the next page, and one press brings it back: an item, a customer, a person.
use harness::{Company, in_both_placements};
use serde_json::json;
use tradewind::modules;

/// Posts the form, follows to the page with the toast, presses its Undo. Answers the page after that.
async fn press_undo(owner: &harness::Person<'_>, verb: &str, says: &str) -> String {
    let done = owner.form(verb, &[("_key", verb)]).await;
    assert_eq!(done.status, 303, "{done:?}");
    let toast = done.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(toast.starts_with("tradewind_toast="), "{done:?}");
    let next = done.header("location").to_owned();
    let headers = [("accept", "text/html"), ("cookie", toast.as_str())];
    let page = owner.call(axum::http::Method::GET, &next, &headers, axum::body::Body::empty()).await.text;
    let (_, shown) = page.split_once("data-toast").expect("a toast");
    assert!(shown.contains(says), "{shown}");
    let (_, form) = shown.split_once("<form method=\"post\" action=\"").expect("an Undo");
    let (action, rest) = form.split_once('"').unwrap();
    assert!(rest.split("</form>").next().unwrap().contains("Undo"), "{rest}");
    let back = owner.form(action, &[("_key", action)]).await;
    assert_eq!(back.status, 303, "{back:?}");
    owner.page(back.header("location")).await.text
}

#[tokio::test]
async fn undo_brings_back_what_was_taken_away() {
    let house = harness::start(modules::list()).await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let item = json!({ "name": "Filter change", "kind": "service", "price": { "amount": "80.00", "currency": "USD" }, "duration_minutes": 30 });
        let item = owner.post("/api/v1/items", item).await.id();
        let page = press_undo(&owner, &format!("/price-book/{item}/archive"), "Filter change is out of the price book").await;
        assert!(page.contains("Filter change"), "{page}");
        assert_eq!(owner.get(&format!("/api/v1/items/{item}")).await.body["status"], "active");

        let customer = owner.post("/api/v1/customers", json!({ "name": "Ana Abbott" })).await.id();
        let page = press_undo(&owner, &format!("/customers/{customer}/archive"), "Ana Abbott is archived").await;
        assert!(page.contains("Ana Abbott"), "{page}");
        assert_eq!(owner.get(&format!("/api/v1/customers/{customer}")).await.body["status"], "active");

        let viewer = acme.person("viewer").await;
        let member = viewer.id.unwrap();
        let end = format!("/settings/people/{member}/deactivate");
        let page = press_undo(&owner, &end, "Test viewer can no longer sign in").await;
        assert!(page.contains("Test viewer"), "{page}");
        assert_eq!(owner.get(&format!("/api/v1/members/{member}")).await.body["active"], true);
        let told = acme.told().await;
        for kind in ["item.restored", "customer.restored", "member.reactivated"] {
            assert!(told.iter().any(|one| one == kind), "{kind} is not told: {told:?}");
        }
    })
    .await;
}
