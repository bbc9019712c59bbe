//! What comes between an import and its work, or its undoing.
use super::*;
use std::time::Duration;

fn page_of(path: &str) -> String {
    path.replace(IMPORTS, "/price-book/imports")
}

#[tokio::test]
async fn what_cannot_go_back_stays_and_all_else_goes_back() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        // Kits of parts that a file brought, taken apart by the next; a fan that the next takes out of the book.
        let first = "Name,Code,Kind,Price,Parts\nBolt,BOLT1,Material,1.00,\nNut,NUT1,Bundle,1.00,\nRod,ROD1,Material,1.00,\n";
        let first = imported(&owner, &test, first.as_bytes()).await;
        let kits = "Name,Code,Kind,Price,Parts\nKit of bolts,KITB,Bundle,5.00,1 × BOLT1\nKit of nuts,KITN,Bundle,5.00,1 × NUT1\nFan,FAN1,Material,7.00,\nHose,HOSE1,Material,3.00,\n";
        imported(&owner, &test, kits.as_bytes()).await;
        let second = "Name,Code,Kind,Price,Parts,Status\nKit of bolts,KITB,Bundle,6.00,1 × ROD1,\nKit of nuts,KITN,Bundle,6.00,1 × ROD1,\nFan,FAN1,,,,Archived\nHose,HOSE1,Material,4.00,,\nNew part,NEW1,Material,2.00,,\n";
        let second = imported(&owner, &test, second.as_bytes()).await;
        assert_eq!(counts(&owner.get(&second).await.body), [1, 4, 0, 0], "{:?}", lines(&owner, &second, "wrong").await);
        let of = async |code: &str| owner.get(&format!("/api/v1/items?q={code}")).await.body["data"][0].clone();
        // The nut consists of its kit by now; the fan's code is another's.
        let (nut, kit) = (of("NUT1").await["id"].clone(), of("KITN").await["id"].clone());
        let parts = json!({ "parts": [{ "item_id": kit, "quantity_milli": 1000 }] });
        let put = owner.send(Method::PUT, &format!("/api/v1/items/{}/parts", nut.as_str().unwrap()), &[], parts).await;
        assert_eq!(put.status, 200, "{put:?}");
        let fan = json!({ "name": "Better fan", "code": "FAN1", "kind": "material", "price": usd("8.00") });
        made(&owner, "/api/v1/items", fan).await;
        // Of the first file the bolt goes: nothing consists of it at the moment.
        verb(&owner, &test, &first, "undo", "undone").await;
        assert_eq!(owner.get("/api/v1/items?q=BOLT1").await.body["data"], json!([]));
        let done = verb(&owner, &test, &second, "undo", "undone").await;
        assert_eq!((&done["taken_back"], &done["kept"]), (&json!(2), &json!(3)), "{done}");
        for (code, price) in [("KITB", "6.00"), ("KITN", "6.00"), ("HOSE1", "3.00")] {
            assert_eq!(of(code).await["price"], usd(price), "{code}");
        }
        assert_eq!(owner.get("/api/v1/items?q=NEW1").await.body["data"], json!([]));
        let page = owner.page(&page_of(&second)).await;
        for name in ["Left as they are", "Kit of bolts", "Kit of nuts", "Fan"] {
            assert!(page.text.contains(name), "{name}: {}", page.text);
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_done_at_all_is_said_and_can_be_asked_for_again() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let path = imported(&owner, &test, b"Name,Code,Kind,Price\nHose,H,Material,3.00\n").await;
        let (above, schema) = (test.above().await, acme.schema().await);
        // What was written down cannot be read any more.
        let spoil = format!("update {schema}.item_import_deed set after = $2 where tenant_id = $1");
        let sound: String = above
            .query_one(&format!("select after from {schema}.item_import_deed where tenant_id = $1"), &[&acme.id])
            .await
            .unwrap()
            .get(0);
        above.execute(&spoil, &[&acme.id, &"nothing"]).await.unwrap();
        let done = verb(&owner, &test, &path, "undo", "done").await;
        assert!(done["problem"].as_str().unwrap().starts_with("Nothing was changed."), "{done}");
        let page = owner.page(&page_of(&path)).await;
        assert!(page.text.contains("It was not undone") && page.text.contains("Undo all of it"), "{}", page.text);
        above.execute(&spoil, &[&acme.id, &sound]).await.unwrap();
        let done = verb(&owner, &test, &path, "undo", "undone").await;
        assert_eq!((&done["taken_back"], &done["problem"]), (&json!(1), &Value::Null), "{done}");
    })
    .await;
}

#[tokio::test]
async fn an_item_that_is_changed_at_the_same_moment_is_waited_for() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let hose = json!({ "name": "Hose", "code": "H", "kind": "material", "price": usd("3.00"), "unit": "ft" });
        let hose = made(&owner, "/api/v1/items", hose).await;
        let path = checked(&owner, &test, b"Name,Code,Price\nHose,H,4.00\n").await;
        let (mut above, schema) = (test.above().await, acme.schema().await);
        let other = above.transaction().await.unwrap();
        let sql = format!("update {schema}.item set unit = 'm', version = version + 1 where tenant_id = $1");
        other.execute(&sql, &[&acme.id]).await.unwrap();
        assert_eq!(owner.post(&format!("{path}/run"), json!({})).await.status, 202);
        tokio::join!(test.run_jobs(), async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            other.commit().await.unwrap();
        });
        assert_eq!(owner.get(&path).await.body["status"], "done");
        let now = owner.get(&format!("/api/v1/items/{hose}")).await.body;
        assert_eq!((&now["price"], &now["unit"]), (&usd("4.00"), &json!("m")), "{now}");
        let tries = "select max(attempts) from ops.job where tenant_id = $1 and kind = 'catalog.import'";
        let tries: i32 = above.query_one(tries, &[&acme.id]).await.unwrap().get(0);
        assert_eq!(tries, 1, "at once, not after a failure");
    })
    .await;
}

#[tokio::test]
async fn more_items_of_one_name_than_can_be_looked_at_are_refused_and_not_overlooked() {
    let test = house().await;
    let acme = test.company("pooled").await;
    let owner = acme.person("owner").await;
    made(&owner, "/api/v1/items", json!({ "name": "Hose", "kind": "material", "price": usd("3.00") })).await;
    let sql = "
        insert into app.item (tenant_id, id, kind, name, name_key, price_minor, currency, status, created_at, updated_at)
        select tenant_id, gen_random_uuid(), kind, name, name_key, price_minor, currency, 'archived', created_at, updated_at
        from app.item cross join generate_series(1, 10000) where tenant_id = $1";
    test.above().await.execute(sql, &[&acme.id]).await.unwrap();
    let sent = send(&owner, IMPORTS, b"Name,Kind,Price\nHose,Material,4.00\n").await;
    let now = verb(&owner, &test, &format!("{IMPORTS}/{}", sent.id()), "check", "uploaded").await;
    let says = "Too many items of the price book have these names and codes to tell them apart. Split the file, or give each line a code.";
    assert_eq!(now["problem"], says, "{now}");
    // The page learns of it where it waits.
    let waits = owner.page(&format!("/price-book/imports/{}/progress", sent.id())).await;
    assert!(
        waits.text.contains("The file could not be checked") && waits.text.contains("Match the columns again"),
        "{}",
        waits.text
    );
}

/// Whoever adds a table that refers to items names it there, or lets it go with them.
#[tokio::test]
async fn what_refers_to_an_item_is_known_to_the_undoing() {
    let test = house().await;
    let sql = "
        select f.conrelid::regclass::text, p.prosrc from pg_constraint f
        join pg_proc p on p.pronamespace = 'app'::regnamespace and p.proname = 'items_in_use'
        where f.contype = 'f' and f.confdeltype <> 'c' and f.confrelid = 'app.item'::regclass";
    let rows = test.above().await.query(sql, &[]).await.unwrap();
    assert!(rows.len() > 5, "{}", rows.len());
    for row in rows {
        let (table, source): (String, String) = (row.get(0), row.get(1));
        let table = table.trim_start_matches("app.");
        // The undoing itself takes its prices along, and looks at what it is part of.
        if !["item_part", "item_price"].contains(&table) {
            assert!(source.contains(&format!("from {table} ")), "{table} refers to items");
        }
    }
}
