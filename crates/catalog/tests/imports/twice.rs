//! What a file says twice, and what the book has in another way than the file.
use super::*;

/// The same file, looked at: what is wrong with which line.
async fn wrong(person: &Person<'_>, test: &TestHouse, file: &str) -> (String, Vec<(i64, String)>) {
    let path = checked(person, test, file.as_bytes()).await;
    let says = lines(person, &path, "wrong").await;
    let says = says.iter().map(|line| (line["line"].as_i64().unwrap(), line["reason"].as_str().unwrap().to_owned()));
    (path, says.collect())
}

#[tokio::test]
async fn a_code_that_is_given_twice_is_refused_whichever_of_them_is_known() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let filter = json!({ "name": "Filter", "kind": "material", "price": usd("10.00") });
        let filter = made(&owner, "/api/v1/items", filter).await;
        for file in [
            "Name,Code,Kind,Price\nFilter,F1,Material,11.00\nOther,F1,Material,2.00\n",
            "Name,Code,Kind,Price\nOther,F1,Material,2.00\nFilter,F1,Material,11.00\n",
        ] {
            let (_, says) = wrong(&owner, &test, file).await;
            assert_eq!(says, [(3, "Line 2 has this code already.".to_owned())], "{file}");
        }
        let (path, _) =
            wrong(&owner, &test, "Name,Code,Kind,Price\nFilter,F1,Material,11.00\nOther,F1,Material,2.00\n").await;
        let done = verb(&owner, &test, &path, "run", "done").await;
        assert_eq!(counts(&done), [0, 1, 0, 1]);
        assert_eq!(owner.get(&format!("/api/v1/items/{filter}")).await.body["code"], "F1");
    })
    .await;
}

#[tokio::test]
async fn a_twin_that_was_refused_is_refused_when_the_file_comes_again() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let file = "Name,Kind,Price\nHose,Material,3.00\nHose,Material,4.00\n";
        for of_the_others in [[1, 0, 0], [0, 0, 1]] {
            let (path, says) = wrong(&owner, &test, file).await;
            let twin = "Line 2 has the same name, kind and category. Give each a code of its own.";
            assert_eq!(says, [(3, twin.to_owned())]);
            let done = verb(&owner, &test, &path, "run", "done").await;
            assert_eq!(counts(&done)[..3], of_the_others, "{done}");
        }
        assert_eq!(owner.get("/api/v1/items").await.body["data"].as_array().unwrap().len(), 1);
        // Two that the book has so are both meant.
        made(&owner, "/api/v1/items", json!({ "name": "Hose", "kind": "material", "price": usd("4.00") })).await;
        let (path, says) = wrong(&owner, &test, file).await;
        assert_eq!((says, counts(&owner.get(&path).await.body)), (vec![], [0, 0, 2, 0]));
    })
    .await;
}

#[tokio::test]
async fn a_per_cent_without_a_name_is_the_one_tax_of_that_rate() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        for (name, ppm) in [("Sales tax", 82_500), ("Levy", 60_000), ("Other levy", 60_000)] {
            made(&owner, "/api/v1/tax-rates", json!({ "name": name, "rate_ppm": ppm })).await;
        }
        let known = json!({ "name": "Pipe", "kind": "material", "price": usd("4.00") });
        let known = made(&owner, "/api/v1/items", known).await;
        let file = "Name,Kind,Price,Tax percent,Taxable\nHose,Material,3.00,8.25,\nPipe,Material,4.00,8.25 %,yes\nNut,Material,1.00,0,\nBolt,Material,1.00,6,\nPin,Material,1.00,7.5,\nRod,Material,1.00,8.25,no\n";
        let (path, says) = wrong(&owner, &test, file).await;
        let expected = [
            (5, "There are several taxes of 6 %. Give the name of the tax in a column of its own."),
            (6, "There is no tax of 7.5 % here. Add it under Taxes, or give its name in a column of its own."),
        ];
        assert_eq!(says, expected.map(|(line, says)| (line, says.to_owned())));
        assert_eq!(lines(&owner, &path, "wrong").await[0]["column"], "Tax percent");
        verb(&owner, &test, &path, "run", "done").await;
        let rate = async |q: &str| owner.get(&format!("/api/v1/items?q={q}")).await.body["data"][0]["tax_rate_ppm"].clone();
        assert_eq!([rate("Hose").await, rate("Nut").await, rate("Rod").await], [82_500, 0, 0]);
        assert_eq!(owner.get(&format!("/api/v1/items/{known}")).await.body["tax_rate_ppm"], 82_500);
    })
    .await;
}

#[tokio::test]
async fn an_item_in_another_currency_takes_no_amount_of_a_file() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        for (name, code) in [("Hose", "H"), ("Pipe", "P")] {
            let item =
                json!({ "name": name, "code": code, "kind": "material", "price": usd("4.00"), "cost": usd("1.00") });
            made(&owner, "/api/v1/items", item).await;
        }
        // The company's currency was another one when they were made.
        let sql = format!("update {}.item set currency = 'EUR' where tenant_id = $1", acme.schema().await);
        test.above().await.execute(&sql, &[&acme.id]).await.unwrap();
        let file = "Name,Code,Price,Cost\nHose,H,5.00,\nPipe,P,,2.00\n";
        let (_, says) = wrong(&owner, &test, file).await;
        let mut expected = ["Hose", "Pipe"]
            .map(|name| format!("“{name}” is kept in EUR. Give it a price in USD in the price book first."));
        assert_eq!(says, [(2, std::mem::take(&mut expected[0])), (3, std::mem::take(&mut expected[1]))]);
        let (path, says) = wrong(&owner, &test, "Name,Code,Unit\nHose,H,ft\nPipe,P,ft\n").await;
        assert!(says.is_empty(), "{says:?}");
        assert_eq!(counts(&owner.get(&path).await.body), [0, 2, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn what_a_bundle_of_nothing_costs_comes_with_the_file() {
    let test = house().await;
    in_both_placements(&test, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let kit = made(
            &owner,
            "/api/v1/items",
            json!({ "name": "Kit", "code": "K", "kind": "bundle", "price": usd("9.00") }),
        )
        .await;
        let sum = json!({ "name": "Sum", "code": "S", "kind": "bundle", "price": usd("9.00"), "pricing": "parts" });
        let sum = made(&owner, "/api/v1/items", sum).await;
        imported(&owner, &test, b"Name,Code,Price,Cost\nKit,K,10.00,4.00\nSum,S,11.00,5.00\n").await;
        for (id, price, cost) in [(&kit, "10.00", "4.00"), (&sum, "11.00", "5.00")] {
            let now = owner.get(&format!("/api/v1/items/{id}")).await.body;
            assert_eq!((&now["price"], &now["cost"]), (&usd(price), &usd(cost)), "{now}");
        }
        // What consists of others costs what these cost.
        let file = "Name,Code,Kind,Price,Cost,Parts\nBolt,B,Material,1.00,0.40,\nKit,K,Bundle,10.00,7.00,2 × B\n";
        imported(&owner, &test, file.as_bytes()).await;
        let now = owner.get(&format!("/api/v1/items/{kit}")).await.body;
        assert_eq!((&now["price"], &now["cost"]), (&usd("10.00"), &usd("0.80")), "{now}");
    })
    .await;
}
