//! The point of a location, through the front door: typed as a map copies it, kept exactly, and where the way leads.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use harness::{in_both_placements, start};
use serde_json::{Value, json};

#[tokio::test]
async fn a_location_has_a_point_or_none() {
    let house = start(vec![customers::module()]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let place = json!({ "street": "12 Elm St", "latitude": 40.7128, "longitude": -74.0060001 });
        let ana = owner.post("/api/v1/customers", json!({ "name": "Ana", "location": place })).await.id();
        let path = format!("/api/v1/customers/{ana}/locations");
        let first = owner.get(&path).await.body["data"][0].clone();
        assert_eq!((&first["latitude"], &first["longitude"]), (&json!(40.7128), &json!(-74.006)), "{first}");
        let at = format!("/api/v1/locations/{}", first["id"].as_str().unwrap());
        for (change, pointer, says) in [
            (json!({ "latitude": null }), "/longitude", "Give latitude and longitude, or neither."),
            (json!({ "latitude": 90.5 }), "/latitude", "A latitude is from -90 to 90, a longitude from -180 to 180."),
            (json!({ "longitude": -181 }), "/latitude", "A latitude is from -90 to 90, a longitude from -180 to 180."),
        ] {
            let refused = owner.patch(&at, "\"1\"", change).await;
            assert_eq!((refused.status, refused.error(pointer)), (422, says), "{refused:?}");
        }
        let half = owner.post(&path, json!({ "street": "1 Oak St", "longitude": 1 })).await;
        assert_eq!(
            (half.status, half.error("/longitude")),
            (422, "Give latitude and longitude, or neither."),
            "{half:?}"
        );
        let moved = owner.patch(&at, "\"1\"", json!({ "latitude": -33.856784 })).await;
        assert_eq!(
            (moved.status, &moved.body["latitude"], &moved.body["street"]),
            (200, &json!(-33.856784), &json!("12 Elm St")),
            "{moved:?}"
        );

        let page = owner.page(&format!("/customers/{ana}")).await.text;
        assert!(page.contains("query=-33.856784%2C-74.006"), "{page}");
        let card = owner.get(&format!("/api/v1/customers/{ana}/vcard")).await.text;
        assert!(card.contains("GEO:geo:-33.856784,-74.006"), "{card}");
        let none = owner.patch(&at, "\"2\"", json!({ "latitude": null, "longitude": null })).await;
        assert_eq!((none.status, &none.body["longitude"]), (200, &Value::Null), "{none:?}");
        assert!(!owner.page(&format!("/customers/{ana}")).await.text.contains("maps/search"));
    })
    .await;
}

#[tokio::test]
async fn the_form_takes_a_point_as_a_map_copies_it() {
    let house = start(vec![customers::module()]).await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let ana = owner.post("/api/v1/customers", json!({ "name": "Ana" })).await.id();
        let new = format!("/customers/{ana}/locations/new");
        let typed = |point| [("street", "12 Elm St"), ("country", "US"), ("point", point)];
        for (point, says) in [
            ("somewhere", "Paste the point as a map copies it, such as 40.7128, -74.0060."),
            ("91, 0", "A latitude is from -90 to 90, a longitude from -180 to 180."),
        ] {
            let again = owner.form(&new, &typed(point)).await;
            assert!(
                again.status == 422 && again.text.contains(says) && again.text.contains(&format!("value=\"{point}\"")),
                "{again:?}"
            );
        }
        assert_eq!(owner.form(&new, &typed("40.7128\u{b0} N, 74.0060\u{b0} W")).await.status, 303);
        let list = owner.get(&format!("/api/v1/customers/{ana}/locations")).await;
        let place = &list.body["data"][0];
        assert_eq!((&place["latitude"], &place["longitude"]), (&json!(40.7128), &json!(-74.006)), "{list:?}");
        let edit = format!("/customers/locations/{}/edit", place["id"].as_str().unwrap());
        let page = owner.page(&edit).await.text;
        assert!(page.contains("value=\"40.7128, -74.006\"") && page.contains("This is the place"), "{page}");
        // A form says all there is.
        let saved = owner.form(&edit, &[("version", "1"), ("street", "12 Elm St"), ("country", "US")]).await;
        assert_eq!(saved.status, 303, "{saved:?}");
        let list = owner.get(&format!("/api/v1/customers/{ana}/locations")).await;
        assert_eq!(list.body["data"][0]["latitude"], Value::Null);
    })
    .await;
}
