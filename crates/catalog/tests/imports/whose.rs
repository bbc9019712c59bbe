//! Who may bring a price book, and who sees that somebody did.
use super::*;

/// The key of a program.
async fn key<'a>(acme: &'a Company<'_>, owner: &Person<'_>, scopes: &[&str]) -> Person<'a> {
    let key = owner.post("/api/v1/api-keys", json!({ "name": "Shelf", "scopes": scopes })).await;
    let mut program = acme.visitor();
    program.credential = Some(("authorization", format!("Bearer {}", key.body["key"].as_str().unwrap())));
    program
}

#[tokio::test]
async fn a_key_is_refused_at_once_where_it_could_not_go_on() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let file = b"Name,Kind,Price\nHose,Material,3.00\n";
        // An import is shown to the person who brought it, or to whoever sees prices and costs: a key is no person.
        let blind = key(&acme, &owner, &["catalog.read", "catalog.write", "prices.see"]).await;
        let refused = send(&blind, IMPORTS, file).await;
        assert!(refused.status == 403 && refused.body["detail"].as_str().unwrap().contains("costs.see"), "{refused:?}");
        let sees = key(&acme, &owner, &["catalog.read", "catalog.write", "prices.see", "costs.see"]).await;
        imported(&sees, &test, file).await;
        assert_eq!(owner.get("/api/v1/items").await.body["data"].as_array().unwrap().len(), 1);
        // Before the file is looked at: what is wrong with it is nobody's business who may not bring it.
        let priceless = key(&acme, &owner, &["catalog.read", "catalog.write", "costs.see"]).await;
        let refused = send(&priceless, IMPORTS, b"").await;
        assert!(
            refused.status == 403 && refused.body["detail"].as_str().unwrap().contains("prices.see"),
            "{refused:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn imports_that_cannot_be_opened_are_not_listed() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let blind = with(&acme, &owner, &["catalog.read", "catalog.write", "prices.see"]).await;
        let file = b"Name,Kind,Price\nHose,Material,3.00\n";
        let (theirs, own) = (send(&owner, IMPORTS, file).await.id(), send(&blind, IMPORTS, file).await.id());
        let listed = async |person: &Person<'_>| {
            let text = person.page("/price-book/imports").await.text;
            [&theirs, &own].map(|id| text.contains(&format!("/price-book/imports/{id}")))
        };
        assert_eq!((listed(&owner).await, listed(&blind).await), ([true, true], [false, true]));
    })
    .await;
}
