//! What a payout contains: line by line, matched to what we know, and what is not ours named.
use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_says_what_it_is_made_of_and_what_of_it_is_not_ours() {
    let (house, stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        connect(&owner).await;
        assert!(owner.page("/books/payouts").await.text.contains("Nothing was paid out yet"));
        let mut paid = vec![];
        for n in 0..2 {
            let (id, path) = issued(&owner, "100.00").await;
            pay(&acme, &path).await;
            let said = stripe.pay(Some(320));
            tell(&house, &stripe, &acme, &format!("evt_p{n}"), "payment_intent.succeeded", &said).await;
            paid.push((id, said));
        }
        let intent = paid[0].1["id"].as_str().unwrap().to_owned();
        let back = stripe.world().refund(&intent, 1_000, "succeeded", None);
        tell(&house, &stripe, &acme, "evt_r", "refund.created", &back).await;
        let customer = owner.get(&format!("/api/v1/invoices/{}", paid[0].0)).await.body["customer_id"].clone();
        let timeline = owner.page(&format!("/customers/{}", customer.as_str().unwrap())).await;
        assert!(timeline.text.contains("$10.00 of invoice INV-") && timeline.text.contains("given back to the card"), "{}", timeline.text);

        let tag = acme.slug.replace('-', "");
        let name = format!("po_{tag}");
        let moved = |n: u8, kind: &str, source: Value, amount: i64, fee: i64| {
            json!({ "id": format!("txn_{n}{tag}"), "type": kind, "source": source, "amount": amount, "fee": fee, "net": amount - fee, "currency": "usd", "created": 1_782_000_000, "payout": name, "description": format!("Line {n}") })
        };
        let charge = |n: usize| paid[n].1["latest_charge"]["id"].clone();
        stripe.world().moved.extend([
            moved(1, "payout", json!(name), -18_645, 0),
            moved(2, "charge", charge(0), 10_000, 320),
            moved(3, "charge", charge(1), 10_000, 320),
            moved(4, "refund", back["id"].clone(), -1_000, 0),
            moved(5, "charge", json!("ch_elsewhere"), 500, 15),
            moved(6, "stripe_fee", Value::Null, -200, 0),
        ]);
        let payout = json!({ "id": name, "object": "payout", "amount": 18_645, "currency": "usd", "status": "paid", "arrival_date": 1_782_200_000 });
        stripe.world().payouts.push(payout.clone());
        for n in 0..3 {
            tell(&house, &stripe, &acme, &format!("evt_o{n}"), "payout.paid", &payout).await;
        }
        let all = owner.get("/api/v1/card-payouts").await;
        let id = all.body["data"][0]["id"].as_str().unwrap().to_owned();
        let whole = owner.get(&format!("/api/v1/card-payouts/{id}")).await;
        assert_eq!((&whole.body["read"], &whole.body["sum"]["amount"], &whole.body["unmatched"]), (&json!(true), &json!("186.45"), &json!(1)), "{whole:?}");
        let entries = whole.body["entries"].as_array().unwrap();
        let of: Vec<(&str, Option<&str>)> = entries.iter().map(|one| (one["kind"].as_str().unwrap(), one["matched"].as_str())).collect();
        assert_eq!(of, [("charge", Some("payment")), ("charge", Some("payment")), ("refund", Some("refund")), ("charge", None), ("stripe_fee", None)]);
        assert!(entries[0]["invoice_id"] == paid[0].0 && entries[1]["invoice_id"] == paid[1].0 && entries[2]["invoice_id"] == paid[0].0, "{entries:?}");
        // The provider's own fee is in the books, once; what is not ours stands out.
        assert_eq!(
            books(&house, &acme).await,
            at(&[("1010", 18_645), ("1030", 19_000 - 640 - 200 - 18_645), ("1100", 1_000), ("4000", -20_000), ("6050", 840)])
        );
        let list = owner.page("/books/payouts").await;
        assert!(list.text.contains("$186.45") && list.text.contains(&format!("/books/payouts/{id}")), "{}", list.text);
        let page = owner.page(&format!("/books/payouts/{id}")).await;
        assert!(page.text.contains("One line is no payment") && page.text.contains("Not ours") && page.text.contains("Fee of the provider"), "{}", page.text);
        for role in ["dispatcher", "viewer"] {
            assert_eq!(acme.person(role).await.page(&format!("/books/payouts/{id}")).await.status, 403, "{role}");
        }
        // One that the provider says nothing of is told so, and asked for once.
        let by_hand = json!({ "id": format!("po_hand{tag}"), "object": "payout", "amount": 100, "currency": "usd", "status": "paid", "arrival_date": 1_782_200_000 });
        stripe.world().payouts.push(by_hand.clone());
        tell(&house, &stripe, &acme, "evt_h", "payout.paid", &by_hand).await;
        let newest = owner.get("/api/v1/card-payouts").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let newest = format!("/books/payouts/{newest}");
        assert!(owner.page(&newest).await.text.contains("does not say what this payout contains"));
        // As those are that came before contents were kept: asked for a week long, and then no more.
        let unread = format!("update {}.card_payout set read_at = null where tenant_id = $1 and payout_ref = $2", acme.schema().await);
        let reference = by_hand["id"].as_str().unwrap();
        assert_eq!(house.above().await.execute(&unread, &[&acme.id, &reference]).await.unwrap(), 1);
        assert!(owner.page(&newest).await.text.contains("is asked for within a quarter of an hour"));
        house.clock.advance(SignedDuration::from_hours(24 * 7 + 1));
        let owner = acme.person("owner").await;
        assert!(owner.page(&newest).await.text.contains("It was paid out before contents were kept."));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_told_is_forgotten_after_half_a_year_and_leads_to_nothing_new() {
    for placement in harness::PLACEMENTS {
        let (house, stripe) = house().await;
        let acme = house.company(placement).await;
        let owner = acme.program();
        connect(&acme.person("owner").await).await;
        let (id, path) = issued(&owner, "80.00").await;
        pay(&acme, &path).await;
        let paid = stripe.pay(Some(100));
        tell(&house, &stripe, &acme, "evt_1", "payment_intent.succeeded", &paid).await;
        let known = async || {
            let schema = acme.schema().await;
            let sql = format!("select count(*) from {schema}.provider_event where tenant_id = $1");
            house.above().await.query_one(&sql, &[&acme.id]).await.unwrap().get::<_, i64>(0)
        };
        for (days, left) in [(170, 1), (15, 0)] {
            house.clock.advance(SignedDuration::from_hours(24 * days));
            kernel::job::worker::now_for(&house.house, acme.id, "payments.tidy").await.unwrap();
            house.run_jobs().await;
            assert_eq!(known().await, left, "{days}");
        }
        // Told again after all that time: it is the payment that is there.
        tell(&house, &stripe, &acme, "evt_1", "payment_intent.succeeded", &paid).await;
        assert_eq!(
            owner.get(&format!("/api/v1/payments?invoice_id={id}")).await.body["data"].as_array().unwrap().len(),
            1
        );
    }
}
