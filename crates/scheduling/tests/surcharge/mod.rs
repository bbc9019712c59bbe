//! What a visit costs more at some times: said before a time is chosen, agreed when it is booked.
use super::*;

fn after_hours() -> Value {
    json!({ "name": "After hours", "weekdays": [1, 2, 3, 4, 5], "starts": "15:00", "ends": "07:00", "amount": usd("75.00") })
}

async fn add(owner: &Person<'_>, body: Value) -> harness::Answer {
    let made = owner.post("/api/v1/surcharges", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_costs_more_says_so_before_it_is_chosen() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        let made = add(&owner, after_hours()).await;
        // On the API's free slots, each by its own begin.
        let asked = owner.get(&format!("/api/v1/availability?item_id={}&from=2026-06-23&days=1", shop.item)).await;
        let slots = asked.body["slots"].as_array().unwrap();
        assert!(slots.iter().any(|slot| slot["starts_at"] == tuesday(14).to_string()));
        for slot in slots {
            let late = slot["starts_at"].as_str().unwrap() >= tuesday(15).to_string().as_str();
            let wanted = if late { json!({ "name": "After hours", "amount": usd("75.00") }) } else { Value::Null };
            assert_eq!(slot["surcharge"], wanted, "{slot}");
        }
        // On the booking page, by the promised window; on the summary of what is held; on the page of the visit and in the letter.
        let mut browser = Browser::at(&acme).for_service(&shop.item).await;
        let when = browser.get("/book/when?date=2026-06-23").await;
        assert_eq!(when.text.matches("+ $75.00 After hours").count(), 1, "the last window alone: {}", when.text);
        assert_eq!(browser.post("/book/when", &[("slot", "2026-06-23T16:00")]).await.status, 303);
        let you = browser.get("/book/you").await;
        assert!(you.text.contains("After hours") && you.text.contains("+ $75.00"), "{}", you.text);
        house.clock.advance(SignedDuration::from_secs(5));
        let email = format!("late@{}.example", acme.slug);
        let done = browser.post("/book/you", &[("name", "Elena Diaz"), ("email", &email)]).await;
        let page = browser.get(done.header("location")).await;
        assert!(page.text.contains("After hours") && page.text.contains("+ $75.00"), "{}", page.text);
        let listed = owner.get("/api/v1/appointments?from=2026-06-23T05:00:00Z&to=2026-06-24T05:00:00Z").await;
        let visit = listed.body["data"][0]["id"].as_str().unwrap().to_owned();
        let terms = agreed(&owner, &visit).await;
        assert_eq!((&terms["surcharge"], &terms["surcharge_name"]), (&usd("75.00"), &json!("After hours")));
        let pane = owner.page(&format!("/board?date=2026-06-23&job={visit}")).await;
        assert!(pane.text.contains("Surcharge") && pane.text.contains("$75.00"), "{}", pane.text);
        house.run_jobs().await;
        let letters = house.letters();
        let letter = letters.iter().find(|letter| letter.to.contains(&email)).unwrap();
        assert!(letter.text.contains("After hours: $75.00 on top of the price"), "{}", letter.text);
        // What was agreed stays, whatever it becomes; what comes then is of then.
        let dearer = json!({ "amount": usd("90.00"), "name": "Evening" });
        let path = format!("/api/v1/surcharges/{}", made.id());
        let changed = owner.patch(&path, &made.etag(), dearer).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        assert_eq!(agreed(&owner, &visit).await["surcharge"], usd("75.00"));
        // Its customer moves it to a time that costs nothing more, and back to one that does.
        let from = page.text.find("/visit/").unwrap();
        let link = &page.text[from..from + 7 + page.text[from + 7..].find(['/', '"']).unwrap()];
        for (slot, surcharge) in [("2026-06-24T10:00", Value::Null), ("2026-06-24T16:00", usd("90.00"))] {
            let other = acme.visitor().page(&format!("{link}/move?date=2026-06-24")).await;
            assert!(other.text.contains("+ $90.00 Evening"), "{}", other.text);
            let moved = acme.visitor().form(&format!("{link}/move"), &[("slot", slot)]).await;
            assert_eq!(moved.status, 303, "{moved:?}");
            assert_eq!(agreed(&owner, &visit).await["surcharge"], surcharge, "{slot}");
        }
        // The office moves it: no dearer than agreed, cheaper where the new time is.
        let to = async |hour: i64| {
            let found = owner.get(&format!("/api/v1/appointments/{visit}")).await;
            let (starts, ends) = (tuesday(hour).to_string(), tuesday(hour + 2).to_string());
            let body = json!({ "starts_at": starts, "technician_id": shop.marco, "window_starts": starts, "window_ends": ends, "anyway": true });
            let moved = owner.send(Method::POST, &format!("/api/v1/appointments/{visit}/move"), &[("if-match", &found.etag())], body).await;
            assert_eq!(moved.status, 200, "{moved:?}");
            agreed(&owner, &visit).await["surcharge"].clone()
        };
        assert_eq!(to(10).await, Value::Null);
        assert_eq!(to(16).await, Value::Null, "nobody agreed to more");
        // Out of use it counts for nothing that is booked from then on.
        assert_eq!(owner.patch(&path, &changed.etag(), json!({ "active": false })).await.status, 200);
        let asked = owner.get(&format!("/api/v1/availability?item_id={}&from=2026-06-23&days=1", shop.item)).await;
        assert!(asked.body["slots"].as_array().unwrap().iter().all(|slot| slot["surcharge"].is_null()), "{asked:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_the_dearest_counts_and_what_makes_no_sense_is_said() {
    let house = start().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let shop = shop(&owner).await;
        add(&owner, after_hours()).await;
        let part = json!({ "name": "Tuesday", "weekdays": [2], "starts": "00:00", "ends": "00:00", "rate_ppm": 125_000 });
        let made = add(&owner, part).await;
        let terms = agreed(&owner, &book(&owner, &shop, 10).await.id()).await;
        assert_eq!((&terms["surcharge"], &terms["surcharge_name"]), (&usd("12.38"), &json!("Tuesday")), "of 99.00");
        assert_eq!(agreed(&owner, &book(&owner, &shop, 15).await.id()).await["surcharge_name"], "After hours");
        // What is no service of the price book has no price, and no surcharge.
        let bare = json!({ "customer_id": shop.customer, "title": "Look at it", "duration_minutes": 60, "starts_at": tuesday(12).to_string() });
        let bare = owner.post("/api/v1/appointments", bare).await;
        assert_eq!(agreed(&owner, &bare.id()).await["surcharge"], Value::Null);
        let good = after_hours();
        for (field, value, says) in [
            ("name", json!(""), "Give"),
            ("weekdays", json!([0, 8]), "A weekday is 1 for Monday to 7 for Sunday."),
            ("weekdays", json!([]), "Choose the days on which it counts."),
            ("amount", usd("0.00"), "A surcharge is more than nothing, up to a million."),
            ("amount", json!({ "amount": "5.00", "currency": "EUR" }), "Surcharges here are in USD, not in EUR."),
            ("amount", Value::Null, "Say how much it is: an amount, or a part of the price."),
            ("rate_ppm", json!(0), "A surcharge is more than 0 % and at most 1000 % of the price."),
        ] {
            let mut body = good.clone();
            body[field] = value;
            let refused = owner.post("/api/v1/surcharges", body).await;
            assert!(refused.status == 422 && refused.error(&format!("/{field}")).starts_with(says), "{field}: {refused:?}");
        }
        let both = json!({ "name": "Both", "weekdays": [1], "starts": "08:00", "ends": "09:00", "amount": usd("1.00"), "rate_ppm": 10_000 });
        assert_eq!(owner.post("/api/v1/surcharges", both).await.error("/amount"), "Say either an amount or a part of the price.");
        let twice = owner.post("/api/v1/surcharges", good).await;
        assert!(twice.error("/name").starts_with("There is a surcharge of that name"), "{twice:?}");
        // By the form, as people type it.
        let list = owner.page("/settings/surcharges").await;
        assert!(list.text.contains("12.5 % of the price") && list.text.contains("Monday to Friday, 3 pm – 7 am"), "{}", list.text);
        let form = [("name", "Weekend"), ("days", "sat"), ("days", "holidays"), ("starts", "08:00"), ("ends", "20:00"), ("amount", ""), ("percent", "12,5")];
        assert_eq!(owner.form("/settings/surcharges/new", &form).await.status, 303);
        let wrong = [("name", "Night"), ("starts", "08:00"), ("ends", "20:00"), ("percent", "x")];
        let refused = owner.form("/settings/surcharges/new", &wrong).await;
        assert!(refused.status == 422 && refused.text.contains("no part of the price"), "{}", refused.text);
        let refused = owner.form("/settings/surcharges/new", &[("name", "Night"), ("starts", "08:00"), ("ends", "20:00"), ("percent", "5")]).await;
        assert!(refused.status == 422 && refused.text.contains("Choose the days"), "{}", refused.text);
        let path = format!("/settings/surcharges/{}", made.id());
        let shown = owner.page(&path).await;
        assert!(shown.text.contains("value=\"12.5\""), "{}", shown.text);
        assert_eq!(owner.form(&path, &[("version", "1"), ("active", "false")]).await.status, 303);
        assert_eq!(owner.form(&path, &[("version", "1"), ("active", "true")]).await.status, 422);
        let shown = owner.get(&format!("/api/v1/surcharges/{}", made.id())).await.body;
        assert_eq!((&shown["active"], &shown["rate_ppm"]), (&json!(false), &json!(125_000)));
        // Who may only look adds none, and another company sees none of them.
        let viewer = acme.person("viewer").await;
        assert_eq!(viewer.post("/api/v1/surcharges", after_hours()).await.status, 403);
        assert!(viewer.page("/settings/surcharges").await.status == 200);
        let other = house.company("pooled").await.person("owner").await.get(&format!("/api/v1/surcharges/{}", made.id())).await.status;
        assert_eq!(other, 404);
    })
    .await;
}
