//! What a customer prefers, through the front door: written once, changed with the version, shown, and refused with a sentence.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use harness::{Answer, Person, in_both_placements, start};
use serde_json::{Value, json};

async fn ana(owner: &Person<'_>) -> String {
    let made = owner.post("/api/v1/customers", json!({ "name": "Ana" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.id()
}

async fn say(person: &Person<'_>, customer: &str, seen: &str, change: Value) -> Answer {
    person.patch(&format!("/api/v1/customers/{customer}/preferences"), seen, change).await
}

#[tokio::test]
async fn what_is_said_stands_until_it_is_taken_away() {
    let house = start(vec![customers::module()]).await;
    in_both_placements(&house, async |acme| {
        let (owner, viewer) = (acme.person("owner").await, acme.person("viewer").await);
        let ana = ana(&owner).await;
        let path = format!("/api/v1/customers/{ana}/preferences");
        let none = viewer.get(&path).await;
        assert_eq!((none.status, none.etag(), &none.body["days"]), (200, "\"0\"".into(), &json!([])), "{none:?}");
        let page = owner.page(&format!("/customers/{ana}")).await.text;
        assert!(page.contains("Add preferences") && !page.contains("Agree on work above"), "{page}");

        let marco = viewer.id.unwrap().to_string();
        let all = json!({ "preferred_technician": marco, "days": ["fri", "mon", "fri"], "arrive_from": "08:00", "arrive_until": "12:00", "reach_by": "sms",
            "quiet_from": "20:00", "quiet_until": "08:00", "language": "ES-mx", "notice_minutes": 90, "approval_above": { "amount": "500.00", "currency": "USD" } });
        let said = say(&owner, &ana, "\"0\"", all.clone()).await;
        assert_eq!((said.status, said.etag()), (200, "\"1\"".into()), "{said:?}");
        assert_eq!(
            (&said.body["days"], &said.body["language"], &said.body["arrive_until"]),
            (&json!(["mon", "fri"]), &json!("es-MX"), &json!("12:00:00"))
        );
        assert_eq!(said.body["approval_above"], all["approval_above"]);
        assert_eq!(viewer.get(&path).await.body, said.body);

        // Two who saw the same: the second is told.
        assert_eq!(say(&owner, &ana, "\"0\"", json!({ "notice_minutes": 20 })).await.status, 412);
        assert_eq!(owner.send(axum::http::Method::PATCH, &path, &[], json!({})).await.status, 428);

        let page = owner.page(&format!("/customers/{ana}")).await.text;
        for words in ["Test viewer", "Monday, Friday", "from 8 am to 12 pm", "Text message", "from 8 pm to 8 am", "Spanish (es-MX)", "1 h 30 min before arriving", "$500.00"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let changed = say(&owner, &ana, "\"1\"", json!({ "days": null, "quiet_from": null, "quiet_until": null, "approval_above": null })).await;
        assert_eq!(
            (changed.status, &changed.body["days"], &changed.body["quiet_from"], &changed.body["approval_above"]),
            (200, &json!([]), &Value::Null, &Value::Null),
            "{changed:?}"
        );
        assert_eq!(changed.body["notice_minutes"], 90, "what is not named stays");
        assert_eq!(say(&viewer, &ana, "\"2\"", json!({})).await.status, 403);
        house.run_jobs().await;
        assert!(acme.told().await.iter().filter(|kind| *kind == "customer.preferences_changed").count() == 2);
        assert!(owner.page(&format!("/customers/{ana}")).await.text.contains("Preferences changed"));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_a_sentence() {
    let house = start(vec![customers::module()]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let (ana, marco) = (ana(&owner).await, acme.person("technician").await.id.unwrap().to_string());
        let nobody = "018f0000-0000-7000-8000-000000000000";
        for (change, at, says) in [
            (json!({ "preferred_technician": nobody }), "/preferred_technician", "There is nobody here with that id."),
            (
                json!({ "unwanted_technicians": [nobody] }),
                "/unwanted_technicians",
                "There is nobody here with that id.",
            ),
            (
                json!({ "preferred_technician": marco, "unwanted_technicians": [marco] }),
                "/unwanted_technicians",
                "Nobody is preferred and not to be sent at once. Choose one.",
            ),
            (
                json!({ "unwanted_technicians": vec![marco.clone(); 21] }),
                "/unwanted_technicians",
                "Name at most 20 who are not to be sent.",
            ),
            (
                json!({ "arrive_from": "12:00", "arrive_until": "08:00" }),
                "/arrive_until",
                "The arrival ends after it begins, on the same day.",
            ),
            (json!({ "quiet_from": "20:00" }), "/quiet_until", "Say from when and until when not to call, or neither."),
            (
                json!({ "quiet_from": "20:00", "quiet_until": "20:00" }),
                "/quiet_until",
                "The time without calls has no length.",
            ),
            (json!({ "language": "Spanish" }), "/language", "A language is written like es or pt-BR."),
            (json!({ "notice_minutes": 4 }), "/notice_minutes", "Notice is given 5 minutes to 24 hours before."),
            (
                json!({ "approval_above": { "amount": "-1.00", "currency": "USD" } }),
                "/approval_above",
                "Give an amount of zero or more.",
            ),
            (
                json!({ "approval_above": { "amount": "1.00", "currency": "EUR" } }),
                "/approval_above",
                "Amounts here are in USD, not in EUR.",
            ),
        ] {
            let refused = say(&owner, &ana, "\"0\"", change.clone()).await;
            assert_eq!((refused.status, refused.error(at)), (422, says), "{change}: {refused:?}");
        }
        let stranger = say(&owner, nobody, "\"0\"", json!({})).await;
        assert_eq!(stranger.status, 404, "{stranger:?}");

        // The form keeps what was typed, and says all there is.
        let form = format!("/customers/{ana}/preferences");
        let typed =
            [("version", "0"), ("days", "mon"), ("days", "wed"), ("arrive_until", "12:00"), ("approval_above", "much")];
        let again = owner.form(&form, &typed).await;
        assert!(
            again.status == 422 && again.text.contains("Give the amount as a number, such as 500.00."),
            "{again:?}"
        );
        assert!(again.text.contains("value=\"wed\" checked"), "{again:?}");
        let typed =
            [("version", "0"), ("days", "mon"), ("unwanted_technicians", marco.as_str()), ("approval_above", "750")];
        let done = owner.form(&form, &typed).await;
        assert_eq!(done.status, 303, "{done:?}");
        let kept = owner.get(&format!("/api/v1{form}")).await;
        assert_eq!(
            (&kept.body["unwanted_technicians"], &kept.body["approval_above"]["amount"]),
            (&json!([marco]), &json!("750.00")),
            "{kept:?}"
        );
        let page = owner.page(&form).await.text;
        assert!(page.contains(&format!("value=\"{marco}\" checked")) && page.contains("value=\"750.00\""), "{page}");
        let stale = owner.form(&form, &[("version", "0")]).await;
        assert!(stale.status == 422 && stale.text.contains("Somebody changed it meanwhile"), "{stale:?}");
    })
    .await;
}

/// Who may not see prices is shown no amount, and takes none away by saving the rest.
#[tokio::test]
async fn an_amount_stays_with_who_may_see_it() {
    let house = start(vec![customers::module()]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let ana = ana(&owner).await;
        let above = json!({ "amount": "500.00", "currency": "USD" });
        assert_eq!(say(&owner, &ana, "\"0\"", json!({ "approval_above": above })).await.status, 200);
        let role = owner.post("/api/v1/roles", json!({ "label": "Helper", "copy_of": "member" })).await;
        let change = json!({ "permissions": ["customers.read", "customers.write"] });
        let role = owner.patch(&format!("/api/v1/roles/{}", role.id()), &role.etag(), change).await;
        let helper = acme.person("viewer").await;
        let path = format!("/api/v1/members/{}", helper.id.unwrap());
        let named = json!({ "role": role.body["name"] });
        assert_eq!(owner.patch(&path, &owner.get(&path).await.etag(), named).await.status, 200);
        let seen = helper.get(&format!("/api/v1/customers/{ana}/preferences")).await;
        assert_eq!(seen.body["approval_above"], Value::Null, "{seen:?}");
        let page = helper.page(&format!("/customers/{ana}/preferences")).await.text;
        assert!(!page.contains("approval_above") && !page.contains("500"), "{page}");
        let saved =
            helper.form(&format!("/customers/{ana}/preferences"), &[("version", "1"), ("notice_minutes", "30")]).await;
        assert_eq!(saved.status, 303, "{saved:?}");
        let kept = owner.get(&format!("/api/v1/customers/{ana}/preferences")).await;
        assert_eq!((&kept.body["approval_above"], &kept.body["notice_minutes"]), (&above, &json!(30)), "{kept:?}");
    })
    .await;
}
