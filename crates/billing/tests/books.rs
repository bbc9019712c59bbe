//! The books: closed days stay as they are, and every report says what the vouchers say. Through the front door, in both placements.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use axum::http::Method;
use harness::{Answer, Company, Person, in_both_placements};
use serde_json::{Value, json};

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

fn cents(money: &Value) -> i64 {
    kernel::Money::parse(money["amount"].as_str().unwrap(), kernel::Currency::USD).unwrap().minor
}

async fn house() -> harness::TestHouse {
    let modules = vec![
        customers::module(),
        catalog::module(),
        insights::module(),
        taxes::module(),
        scheduling::module(),
        work::module(),
        exports::module(),
        billing::module(),
    ];
    harness::start(modules).await
}

async fn issued(owner: &Person<'_>, name: &str, price: &str, terms_days: i64) -> Answer {
    let customer = owner.post("/api/v1/customers", json!({ "name": name })).await.id();
    let taxes = json!([{ "name": "State", "rate_ppm": 62_500 }, { "name": "City", "rate_ppm": 20_000 }]);
    let lines = json!([{ "description": "Call", "unit_price": usd(price), "taxes": taxes }]);
    let draft = json!({ "customer_id": customer, "terms_days": terms_days, "lines": lines });
    let draft = owner.post("/api/v1/invoices", draft).await.id();
    let issued = owner.post(&format!("/api/v1/invoices/{draft}/issue"), json!({})).await;
    assert_eq!(issued.status, 200, "{issued:?}");
    issued
}

async fn close(owner: &Person<'_>, version: i64, to: Value) -> Answer {
    let seen = format!("\"{version}\"");
    owner.send(Method::PUT, "/api/v1/ledger/close", &[("if-match", &seen)], json!({ "closed_to": to })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_posted_on_a_closed_day_by_whichever_way() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let today: jiff::civil::Date = issued(&owner, "Ana", "100.00", 14).await.body["issued_on"].as_str().unwrap().parse().unwrap();
        let invoice = owner.get("/api/v1/invoices").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let before = today.yesterday().unwrap();
        assert_eq!(close(&owner, 0, json!(today)).await.error("/closed_to"), "Close up to yesterday at most: today’s vouchers still come.");
        let closed = close(&owner, 0, json!(before)).await;
        assert_eq!((closed.status, &closed.body["closed_to"]), (200, &json!(before)), "{closed:?}");
        assert_eq!(close(&owner, 0, json!(before)).await.status, 412);
        let pay = async |on: jiff::civil::Date| {
            let body = json!({ "amount": usd("10.00"), "method": "cash", "received_on": on });
            owner.post(&format!("/api/v1/invoices/{invoice}/payments"), body).await
        };
        let late = pay(before).await;
        assert!(late.status == 422 && late.text.contains("The books are closed for that day."), "{late:?}");
        assert_eq!(pay(today).await.status, 201);
        // What was refused left nothing behind.
        let kept = owner.get(&format!("/api/v1/invoices/{invoice}")).await;
        assert_eq!((&kept.body["paid"], kept.body["payments"].as_array().unwrap().len()), (&usd("10.00"), 1), "{kept:?}");
        // Not even by hand.
        let (client, schema) = (house.above().await, acme.schema().await);
        let sql = format!("insert into {schema}.voucher (tenant_id, id, number, kind, posted_on, subject, currency, memo) values ($1, $2, 999, 'refund', $3::text::date, $2, 'USD', 'x')");
        let refused = client.execute(&sql, &[&acme.id, &uuid::Uuid::now_v7(), &before.to_string()]).await.unwrap_err();
        assert_eq!(refused.as_db_error().unwrap().constraint(), Some("voucher_period_open"), "{refused:?}");
        // Who keeps the books may not open them; the owner may, on the page.
        let manager = acme.person("service_manager").await;
        assert_eq!(close(&manager, 1, Value::Null).await.status, 403);
        assert!(manager.page("/books/close").await.text.contains("Closed up to"));
        assert_eq!(owner.form("/books/close", &[("version", "1"), ("closed_to", "")]).await.status, 303);
        assert!(owner.page("/books/close").await.text.contains("All days are open."));
        assert_eq!(pay(before).await.status, 201);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_report_says_what_the_vouchers_say() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let big = issued(&owner, "Big Co", "1000.00", 0).await;
        let small = issued(&owner, "Small Co", "200.00", 30).await;
        let gone = issued(&owner, "Gone Co", "50.00", 14).await;
        let at = |invoice: &Answer, verb: &str| format!("/api/v1/invoices/{}/{verb}", invoice.id());
        assert_eq!(owner.post(&at(&gone, "void"), json!({ "reason": "Slip" })).await.status, 200);
        assert_eq!(
            owner.post(&at(&big, "payments"), json!({ "amount": usd("82.50"), "method": "cash" })).await.status,
            201
        );
        let line = small.body["lines"][0]["id"].clone();
        let half = json!({ "reason": "Half", "lines": [{ "line_id": line, "quantity_milli": 500 }] });
        assert_eq!(owner.post(&at(&small, "credit-notes"), half).await.status, 201);

        let owed = owner.get("/api/v1/ledger/receivables").await;
        let names: Vec<&str> =
            owed.body["data"].as_array().unwrap().iter().map(|one| one["customer_name"].as_str().unwrap()).collect();
        assert_eq!((names, &owed.body["all"]["total"]), (vec!["Big Co", "Small Co"], &usd("1108.25")), "{owed:?}");
        assert_eq!(&owed.body["all"]["not_due"], &usd("1108.25"));
        let today: jiff::civil::Date = big.body["issued_on"].as_str().unwrap().parse().unwrap();
        // In forty days the one is over thirty days late, the other ten.
        let then = today.checked_add(jiff::Span::new().days(40)).unwrap();
        let owed = owner.get(&format!("/api/v1/ledger/receivables?on={then}")).await;
        assert_eq!(
            (&owed.body["all"]["to_60"], &owed.body["all"]["to_30"]),
            (&usd("1000.00"), &usd("108.25")),
            "{owed:?}"
        );
        let before = owner.get(&format!("/api/v1/ledger/receivables?on={}", today.yesterday().unwrap())).await;
        assert_eq!(before.body["data"], json!([]));
        let trial = owner.get("/api/v1/ledger/trial-balance").await;
        let account = |code: &str| {
            cents(
                &trial.body["accounts"].as_array().unwrap().iter().find(|one| one["code"] == code).unwrap()["balance"],
            )
        };
        assert_eq!((account("1100"), account("2200")), (110_825, -9_075));

        let taxes = owner.get(&format!("/api/v1/ledger/taxes?from={today}&to={today}")).await;
        let lines: Vec<(i64, i64, i64)> = taxes.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tax| (tax["rate_ppm"].as_i64().unwrap(), cents(&tax["base"]), cents(&tax["tax"])))
            .collect();
        assert_eq!(lines, [(20_000, 110_000, 2_200), (62_500, 110_000, 6_875)], "{taxes:?}");
        assert_eq!((&taxes.body["tax"], &taxes.body["by_account"]), (&usd("90.75"), &usd("90.75")));

        // The journal has every entry once, page by page, and balances.
        let mut entries: Vec<Value> = vec![];
        let mut cursor = String::new();
        loop {
            let page = owner.get(&format!("/api/v1/ledger/journal?limit=4{cursor}")).await;
            entries.extend(page.body["data"].as_array().unwrap().iter().cloned());
            match page.body["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let vouchers: Vec<i64> = entries.iter().map(|one| one["voucher"].as_i64().unwrap()).collect();
        assert!(vouchers.is_sorted() && vouchers.last() == Some(&6), "{vouchers:?}");
        assert_eq!(entries.iter().map(|one| cents(&one["amount"])).sum::<i64>(), 0);
        let unique: std::collections::BTreeSet<(i64, i64)> =
            entries.iter().map(|one| (one["voucher"].as_i64().unwrap(), one["position"].as_i64().unwrap())).collect();
        assert_eq!((unique.len(), entries.len()), (entries.len(), 22));

        // As files: debits as Xero wants them, days as the country writes them.
        for (list, wanted) in [
            ("journal", "\"debit\""),
            ("journal_xero", "*Narration,*Date,Description,*AccountCode,*TaxRate,*Amount"),
            ("journal_quickbooks", "Journal No,Journal Date,Account,Debits,Credits"),
        ] {
            let format = if list == "journal" { "json" } else { "csv" };
            let asked = owner
                .post(
                    "/api/v1/exports",
                    json!({ "list": list, "format": format, "filter": { "from": today, "to": today } }),
                )
                .await;
            assert_eq!(asked.status, 202, "{asked:?}");
            house.run_jobs().await;
            let done = owner.get(&format!("/api/v1/exports/{}", asked.id())).await;
            let file = owner.get(done.body["download"].as_str().unwrap()).await;
            assert!(file.text.contains(wanted), "{list}: {}", file.text);
            assert!(file.text.matches("Big Co").count() >= 1 || list == "journal_xero", "{list}: {}", file.text);
            if list == "journal_quickbooks" {
                let mut reader = csv::Reader::from_reader(file.text.trim_start_matches('\u{feff}').as_bytes());
                let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
                let minor = |row: &csv::StringRecord, column: usize| match row[column].trim() {
                    "" => 0,
                    text => text.replace('.', "").parse::<i64>().unwrap_or_else(|_| panic!("{text} in {row:?}")),
                };
                let sum = |column| rows.iter().map(|row| minor(row, column)).sum::<i64>();
                let (debits, credits) = (sum(3), sum(4));
                let by_api: i64 = entries.iter().map(|one| cents(&one["amount"]).max(0)).sum();
                assert_eq!((rows.len(), debits, credits), (entries.len(), by_api, by_api), "{}", file.text);
                assert!(rows.iter().any(|row| minor(row, 3) == 108_250), "what is owed, as a debit: {}", file.text);
                assert!(rows.iter().any(|row| minor(row, 4) == 100_000), "what is earned, as a credit: {}", file.text);
            }
            if list == "journal_xero" {
                assert!(
                    file.text.contains(",1100,Tax Exempt,1082.50") && file.text.contains(",4000,Tax Exempt,-1000.00"),
                    "{}",
                    file.text
                );
                assert!(file.text.contains(&today.strftime("%m/%d/%Y").to_string()), "{}", file.text);
            }
        }
        for (page, shown) in [
            ("/books", "Accounts receivable"),
            ("/books/receivables", "Big Co"),
            ("/books/taxes", "Agrees with the account of taxes."),
            ("/books/journal", "Credit note CN-0001 for INV-0002"),
        ] {
            let drawn = owner.page(page).await;
            assert!(drawn.status == 200 && drawn.text.contains(shown), "{page}: {}", drawn.text);
        }
        let dispatcher = acme.person("dispatcher").await;
        assert_eq!(dispatcher.page("/books").await.status, 403);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_called_what_the_company_calls_them() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let list = "/api/v1/ledger/accounts";
        assert_eq!(owner.get(list).await.body, json!([]));
        assert!(owner.page("/books/accounts").await.text.contains("No accounts yet"));
        issued(&owner, "Ana", "100.00", 14).await;
        let of = |all: &Answer, code: &str| {
            all.body.as_array().unwrap().iter().find(|one| one["code"] == code).unwrap().clone()
        };
        let revenue = of(&owner.get(list).await, "4000");
        assert_eq!(
            (&revenue["name"], &revenue["kind"], &revenue["version"]),
            (&json!("Service revenue"), &json!("income"), &json!(1))
        );
        let path = format!("{list}/{}", revenue["id"].as_str().unwrap());
        let name = |name: &str| json!({ "name": name });
        assert_eq!(owner.patch(&path, "\"1\"", name(" ")).await.error("/name"), "Give a name.");
        let called = owner.patch(&path, "\"1\"", name(" Umsatz <Service> ")).await;
        assert_eq!(
            (called.status, &called.body["name"], &called.body["version"]),
            (200, &json!("Umsatz <Service>"), &json!(2)),
            "{called:?}"
        );
        assert_eq!(owner.patch(&path, "\"1\"", name("Too late")).await.status, 412);
        assert_eq!(owner.send(Method::PATCH, &path, &[], name("Unseen")).await.status, 428);
        assert_eq!(owner.patch(&path, "\"2\"", json!({ "name": "x", "code": "9" })).await.status, 422);
        assert!(acme.told().await.iter().any(|kind| kind == "ledger.account_renamed"));
        // It is called so wherever it stands, and its number stays.
        let books = owner.get("/api/v1/ledger/trial-balance").await;
        assert!(
            books.body["accounts"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["code"] == "4000" && one["name"] == "Umsatz <Service>"),
            "{books:?}"
        );
        assert!(owner.get("/api/v1/ledger/journal").await.text.contains("Umsatz <Service>"));
        assert!(owner.page("/books").await.text.contains("Umsatz &lt;Service&gt;"));
        // By its page, and only by whom may.
        let form = path.replace(list, "/books/accounts");
        let wrong = owner.form(&form, &[("version", "2"), ("name", "")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("Give a name."), "{wrong:?}");
        assert_eq!(owner.form(&form, &[("version", "2"), ("name", "Turnover")]).await.status, 303);
        assert_eq!(owner.get(&path).await.body["name"], "Turnover");
        let manager = acme.person("service_manager").await;
        let page = manager.page("/books/accounts").await;
        assert!(
            page.status == 200 && page.text.contains("Turnover") && !page.text.contains("<button>Save"),
            "{page:?}"
        );
        assert_eq!(manager.patch(&path, "\"3\"", name("Mine")).await.status, 403);
    })
    .await;
}
