//! Cards that customers keep: with their agreement alone, charged once however often, and forgotten when they say so.
use super::*;

async fn another(owner: &Person<'_>, customer: &str, amount: &str) -> (String, String) {
    let lines = json!([{ "description": "Call", "unit_price": usd(amount) }]);
    let id = owner.post("/api/v1/invoices", json!({ "customer_id": customer, "lines": lines })).await.id();
    assert_eq!(owner.post(&format!("/api/v1/invoices/{id}/issue"), json!({})).await.status, 200);
    let url = owner.get(&format!("/api/v1/invoices/{id}/link")).await.body["url"].as_str().unwrap().to_owned();
    (id, url[url.find("/invoice/").unwrap()..].to_owned())
}

async fn customer_of(owner: &Person<'_>, invoice: &str) -> String {
    owner.get(&format!("/api/v1/invoices/{invoice}")).await.body["customer_id"].as_str().unwrap().to_owned()
}

async fn cards(owner: &Person<'_>, customer: &str) -> Vec<Value> {
    let found = owner.get(&format!("/api/v1/customers/{customer}/cards")).await;
    assert_eq!(found.status, 200, "{found:?}");
    found.body["cards"].as_array().unwrap().clone()
}

/// Pays with the tick, and keeps the card by it. Whose it is.
async fn keeps(house: &TestHouse, stripe: &Stripe, acme: &Company<'_>, owner: &Person<'_>) -> (String, String) {
    let (id, path) = issued(owner, "100.00").await;
    let answer = acme.visitor().form(&format!("{path}/pay"), &[("keep", "true")]).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let paid = stripe.pay(Some(330));
    tell(house, stripe, acme, &format!("evt_{id}"), "payment_intent.succeeded", &paid).await;
    (customer_of(owner, &id).await, path)
}

fn sent(stripe: &Stripe) -> usize {
    stripe.world().asked.iter().filter(|asked| *asked == "POST /v1/payment_intents").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_kept_by_whoever_says_so_when_paying_and_the_office_charges_it() {
    let (house, stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        connect(&owner).await;
        // Without the tick nothing is kept.
        let (plain, path) = issued(&owner, "10.00").await;
        pay(&acme, &path).await;
        let paid = stripe.pay(None);
        tell(&house, &stripe, &acme, "evt_plain", "payment_intent.succeeded", &paid).await;
        assert!(cards(&owner, &customer_of(&owner, &plain).await).await.is_empty());

        let (customer, path) = keeps(&house, &stripe, &acme, &owner).await;
        assert_eq!(stripe.world().sessions.last().unwrap()["keeps"], "off_session");
        let kept = cards(&owner, &customer).await;
        assert!(kept.len() == 1 && kept[0]["last_four"] == "4242" && kept[0]["expires_on"] == "2034-08-31", "{kept:?}");
        assert!(kept[0]["agreed_words"].as_str().unwrap().starts_with("I agree that"), "{kept:?}");
        assert!(kept[0]["agreed_by"].as_str().unwrap().starts_with("Ana Rivera, by the link of INV-"), "{kept:?}");
        let page = acme.visitor().page(&path).await;
        assert!(
            page.text.contains("is kept for your invoices") && page.text.contains("good until 08/2034"),
            "{}",
            page.text
        );
        let rail = owner.page(&format!("/customers/{customer}")).await;
        assert!(rail.text.contains("Cards on file") && rail.text.contains("Visa ···· 4242"), "{}", rail.text);
        assert!(rail.text.contains("Keeps Visa ···· 4242 for invoices"), "{}", rail.text);

        let (id, _) = another(&owner, &customer, "40.00").await;
        let charges = format!("/api/v1/invoices/{id}/charges");
        for role in ["viewer", "dispatcher"] {
            assert_eq!(acme.person(role).await.post(&charges, json!({})).await.status, 403, "{role}");
        }
        let shown = owner.page(&format!("/invoices/{id}")).await;
        assert!(shown.text.contains("Charge $40.00"), "{}", shown.text);
        let before = sent(&stripe);
        let begun = owner.post(&charges, json!({})).await;
        assert!(begun.status == 201 && begun.body["status"] == "sending", "{begun:?}");
        assert_eq!(owner.post(&charges, json!({})).await.status, 422, "one at a time");
        house.run_jobs().await;
        assert_eq!(sent(&stripe) - before, 1);
        assert_eq!(status(&owner, &id).await, ("paid".into(), "0.00".into()));
        assert_eq!(owner.get(&charges).await.body["charges"][0]["status"], "succeeded");
        // The provider tells of it too, twice: it is the same payment.
        let paid = stripe.world().intents.last().unwrap().clone();
        for n in 0..2 {
            tell(&house, &stripe, &acme, &format!("evt_again_{n}"), "payment_intent.succeeded", &paid).await;
        }
        assert_eq!(
            owner.get(&format!("/api/v1/payments?invoice_id={id}")).await.body["data"].as_array().unwrap().len(),
            1
        );
        assert_eq!(books(&house, &acme).await, at(&[("1030", 15_000 - 330 - 59), ("4000", -15_000), ("6050", 389)]));
        assert_eq!(
            owner.post(&charges, json!({})).await.body["detail"],
            format!("Nothing is open on {}.", number(&owner, &id).await)
        );

        // Declined: said in words, and the invoice stays open; their bank wants to ask: the same; then it is taken, once.
        let (id, _) = another(&owner, &customer, "25.00").await;
        for (bank, ends, says) in [
            ("card_declined", "declined", "The bank of the card says: Your card was declined."),
            ("expired_card", "declined", "The card has expired."),
            (
                "authentication_required",
                "needs_customer",
                "Their bank wants to ask them first. Send them the link of the invoice: they pay it there.",
            ),
        ] {
            stripe.world().bank = bank;
            let form = owner.form(&format!("/invoices/{id}/charge/{}", kept[0]["id"].as_str().unwrap()), &[]).await;
            assert_eq!(form.status, 303, "{form:?}");
            house.run_jobs().await;
            let last = owner.get(&format!("/api/v1/invoices/{id}/charges")).await.body["charges"][0].clone();
            assert_eq!((last["status"].as_str(), last["says"].as_str()), (Some(ends), Some(says)));
            assert_eq!(status(&owner, &id).await, ("issued".into(), "25.00".into()));
        }
        let shown = owner.page(&format!("/invoices/{id}")).await;
        assert!(
            shown.text.contains("The page where they can pay") && shown.text.contains("Charge $25.00"),
            "{}",
            shown.text
        );
        assert!(owner.page("/").await.text.contains("could not be charged to the card of Ana Rivera"));
        stripe.world().bank = "";
        assert_eq!(owner.post(&format!("/api/v1/invoices/{id}/charges"), json!({})).await.status, 201);
        house.run_jobs().await;
        assert_eq!(status(&owner, &id).await.0, "paid");
        assert!(!owner.page("/").await.text.contains("could not be charged"));

        // The office removes it: nobody is charged any more, and the provider forgets it.
        let card = format!("/api/v1/cards-on-file/{}", kept[0]["id"].as_str().unwrap());
        assert_eq!(acme.person("viewer").await.delete(&card).await.status, 403);
        assert_eq!(owner.delete(&card).await.status, 204);
        assert_eq!(owner.delete(&card).await.status, 404);
        house.run_jobs().await;
        assert!(stripe.world().methods.last().unwrap()["customer"].is_null());
        let (id, _) = another(&owner, &customer, "5.00").await;
        let none = owner.post(&format!("/api/v1/invoices/{id}/charges"), json!({})).await;
        assert!(
            none.status == 409 && none.body["detail"].as_str().unwrap().starts_with("This customer keeps no card."),
            "{none:?}"
        );
        let told = acme.told().await;
        for kind in [
            "card_on_file.kept",
            "card_charge.begun",
            "card_charge.succeeded",
            "card_charge.failed",
            "card_on_file.removed",
        ] {
            assert!(told.iter().any(|one| one == kind), "{kind}: {told:?}");
        }
    })
    .await;
}

async fn number(owner: &Person<'_>, invoice: &str) -> String {
    owner.get(&format!("/api/v1/invoices/{invoice}")).await.body["number"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_kept_without_paying_once_and_is_whose_the_customer_is() {
    let (house, stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let (owner, visitor) = (acme.person("owner").await, acme.visitor());
        connect(&owner).await;
        let (id, path) = issued(&owner, "30.00").await;
        assert!(!visitor.page(&path).await.text.contains("Agree and keep a card"), "first it is paid");
        let cash = json!({ "amount": usd("30.00"), "method": "cash" });
        assert_eq!(owner.post(&format!("/api/v1/invoices/{id}/payments"), cash).await.status, 201);
        assert!(visitor.page(&path).await.text.contains("Agree and keep a card"));
        let to = visitor.form(&format!("{path}/card"), &[]).await;
        assert!(to.status == 303 && to.header("location").starts_with("https://checkout.stripe.com/"), "{to:?}");
        assert!(visitor.page(&path).await.text.contains("Your card is being kept"));
        let customer = customer_of(&owner, &id).await;
        assert!(cards(&owner, &customer).await.is_empty(), "going there keeps nothing");
        let session = stripe.keep();
        for n in 0..10 {
            tell(&house, &stripe, &acme, &format!("evt_{}", n % 5), "checkout.session.completed", &session).await;
        }
        let kept = cards(&owner, &customer).await;
        assert_eq!(kept.len(), 1, "{kept:?}");
        // Its bank sends a new one.
        let method = stripe.world().methods.last().unwrap()["id"].as_str().unwrap().to_owned();
        let renewed = {
            let mut world = stripe.world();
            let found = World::find(&mut world.methods, &method).unwrap();
            found["card"]["exp_year"] = 2038.into();
            found.clone()
        };
        tell(&house, &stripe, &acme, "evt_new", "payment_method.automatically_updated", &renewed).await;
        assert_eq!(cards(&owner, &customer).await[0]["expires_on"], "2038-08-31");
        // Two become one: the card is theirs.
        let stays = owner.post("/api/v1/customers", json!({ "name": "Ana R." })).await.id();
        let merged = owner.post(&format!("/api/v1/customers/{stays}/merge"), json!({ "customer_id": customer })).await;
        assert_eq!(merged.status, 200, "{merged:?}");
        assert_eq!(cards(&owner, &stays).await.len(), 1);
        // Removed by whoever has the link; the provider forgets it as well.
        let gone = visitor.form(&format!("{path}/card/remove"), &[]).await;
        assert_eq!(gone.status, 303, "{gone:?}");
        assert!(cards(&owner, &stays).await.is_empty());
        assert_eq!(visitor.form(&format!("{path}/card/remove"), &[]).await.status, 409);
        house.run_jobs().await;
        assert!(stripe.world().methods.last().unwrap()["customer"].is_null());
        // One that is over at the provider is over here; and with the connection all of them are.
        for ends in ["detached", "disconnected"] {
            visitor.form(&format!("{path}/card"), &[]).await;
            let session = stripe.keep();
            tell(&house, &stripe, &acme, &format!("evt_{ends}"), "checkout.session.completed", &session).await;
            assert_eq!(cards(&owner, &stays).await.len(), 1, "{ends}");
            if ends == "detached" {
                let gone = {
                    let mut world = stripe.world();
                    let last = world.methods.last_mut().unwrap();
                    last["customer"] = Value::Null;
                    last.clone()
                };
                tell(&house, &stripe, &acme, "evt_gone", "payment_method.detached", &gone).await;
            } else {
                assert_eq!(owner.delete("/api/v1/payment-provider").await.status, 204);
            }
            assert!(cards(&owner, &stays).await.is_empty(), "{ends}");
        }
        let schema = acme.schema().await;
        let sql = format!("select count(*) from {schema}.card_on_file where tenant_id = $1 and (method_ref is not null or holder_ref is not null)");
        assert_eq!(house.above().await.query_one(&sql, &[&acme.id]).await.unwrap().get::<_, i64>(0), 0);
        assert_eq!(visitor.form(&format!("{path}/card"), &[]).await.status, 409, "no cards are taken any more");
        house.run_jobs().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_charges_nobody_twice() {
    for placement in harness::PLACEMENTS {
        let (house, stripe) = house().await;
        let acme = house.company(placement).await;
        let owner = acme.program();
        connect(&acme.person("owner").await).await;
        let (customer, _) = keeps(&house, &stripe, &acme, &owner).await;
        let (id, _) = another(&owner, &customer, "40.00").await;
        // The bank takes its time: nothing is known yet, and nobody asks for the money again.
        stripe.world().bank = "processing";
        let charge = owner.post(&format!("/api/v1/invoices/{id}/charges"), json!({})).await.id();
        house.run_jobs().await;
        let one = format!("/api/v1/card-charges/{charge}");
        assert_eq!(owner.get(&one).await.body["status"], "sending");
        assert_eq!(acme.visitor().form(&format!("{}/pay", link(&owner, &id).await), &[]).await.status, 409);
        stripe.world().bank = "";
        // A quarter of an hour later it is sent once more, under the same key: the same answer.
        house.clock.advance(SignedDuration::from_mins(15));
        kernel::job::worker::now_for(&house.house, acme.id, "payments.reconcile").await.unwrap();
        house.run_jobs().await;
        let intents = stripe.world().intents.len();
        assert_eq!(intents, 2, "the first payment, and this");
        {
            let mut world = stripe.world();
            world.intents.last_mut().unwrap()["status"] = "succeeded".into();
        }
        let paid = stripe.world().intents.last().unwrap().clone();
        tell(&house, &stripe, &acme, "evt_late", "payment_intent.succeeded", &paid).await;
        assert_eq!(status(&owner, &id).await.0, "paid");
        assert_eq!(owner.get(&one).await.body["status"], "succeeded");
    }
}

async fn link(owner: &Person<'_>, invoice: &str) -> String {
    let url = owner.get(&format!("/api/v1/invoices/{invoice}/link")).await.body["url"].as_str().unwrap().to_owned();
    url[url.find("/invoice/").unwrap()..].to_owned()
}

/// A customer with a maintenance plan.
async fn a_plan(owner: &Person<'_>, name: &str) -> (String, String) {
    let item = json!({ "name": format!("Tune-up of {name}"), "kind": "service", "price": usd("89.00"), "duration_minutes": 90 });
    let item = owner.post("/api/v1/items", item).await.id();
    let place = json!({ "street": "12 Elm St", "city": "Springfield", "postal_code": "62704" });
    let customer =
        json!({ "name": name, "email": format!("{}@example.com", name.replace(' ', "-")), "location": place });
    let customer = owner.post("/api/v1/customers", customer).await.id();
    let places = owner.get(&format!("/api/v1/customers/{customer}/locations")).await;
    let plan = json!({ "customer_id": customer, "location_id": places.body["data"][0]["id"], "item_id": item, "rule": "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=15", "starts_on": "2026-06-25", "time": "10:00" });
    (customer, owner.post("/api/v1/maintenance-plans", plan).await.id())
}

/// Billed each month to the card that is kept. Where its billing is read.
async fn charged_monthly(owner: &Person<'_>, plan: &str) -> String {
    let terms = json!({ "rhythm": "month", "in_advance": true, "amount": usd("39.00"), "charges": true, "from_on": "2026-07-10" });
    let path = format!("/api/v1/maintenance-plans/{plan}/billing");
    let set = owner.send(Method::PUT, &path, &[("if-match", "\"0\"")], terms).await;
    assert!(set.status == 200 && set.body["terms"][0]["charges"] == true, "{set:?}");
    path
}

async fn bill_plans(house: &TestHouse, acme: &Company<'_>) {
    kernel::job::worker::now_for(&house.house, acme.id, "billing.bill_plans").await.unwrap();
    house.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_charged_once_for_each_invoice_and_only_where_the_customer_agreed() {
    for placement in harness::PLACEMENTS {
        let (house, stripe) = house().await;
        let acme = house.company(placement).await;
        let owner = acme.program();
        connect(&acme.person("owner").await).await;
        let mut all = vec![];
        for name in ["Keeps", "Keeps none"] {
            let (customer, plan) = a_plan(&owner, name).await;
            let (paid, path) = another(&owner, &customer, "1.00").await;
            if name == "Keeps" {
                assert_eq!(acme.visitor().form(&format!("{path}/pay"), &[("keep", "true")]).await.status, 303);
                let said = stripe.pay(None);
                tell(&house, &stripe, &acme, &format!("evt_{paid}"), "payment_intent.succeeded", &said).await;
            }
            all.push(charged_monthly(&owner, &plan).await);
            let page = acme.person("owner").await.page(&format!("/maintenance/{plan}")).await;
            assert!(page.text.contains("charged to a kept card"), "{}", page.text);
        }
        let turn = async || bill_plans(&house, &acme).await;
        let billed = async |path: &str| owner.get(path).await.body["billed"][0].clone();
        house.clock.advance(SignedDuration::from_hours(24 * 20));
        let before = sent(&stripe);
        for _ in 0..3 {
            turn().await;
        }
        assert_eq!(sent(&stripe) - before, 1);
        let first = billed(&all[0]).await;
        assert_eq!(
            (first["status"].as_str(), billed(&all[1]).await["status"].as_str()),
            (Some("paid"), Some("issued"))
        );
        let charges = format!("/api/v1/invoices/{}/charges", first["invoice_id"].as_str().unwrap());
        assert_eq!(owner.get(&charges).await.body["charges"][0]["by_plan"], true);
        // The next one is declined: it stays open, is not tried again by itself, and the office hears of it.
        stripe.world().bank = "card_declined";
        house.clock.advance(SignedDuration::from_hours(24 * 31));
        for _ in 0..3 {
            turn().await;
        }
        let next = billed(&all[0]).await;
        assert!(next["status"] == "issued" && next["invoice_id"] != first["invoice_id"], "{next}");
        assert_eq!(sent(&stripe) - before, 2);
        assert!(acme.person("owner").await.page("/").await.text.contains("could not be charged to the card of Keeps"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_charges_nobody_who_is_at_the_page_where_it_is_paid() {
    for placement in harness::PLACEMENTS {
        let (house, stripe) = house().await;
        let acme = house.company(placement).await;
        let owner = acme.program();
        connect(&acme.person("owner").await).await;
        let (customer, plan) = a_plan(&owner, "Keeps later").await;
        let billing = charged_monthly(&owner, &plan).await;
        house.clock.advance(SignedDuration::from_hours(24 * 20));
        bill_plans(&house, &acme).await;
        let first = owner.get(&billing).await.body["billed"][0].clone();
        assert_eq!(first["status"], "issued", "no card is kept yet");
        let invoice = first["invoice_id"].as_str().unwrap().to_owned();
        // With the next one they keep a card; then they go and pay the first.
        let (_, path) = another(&owner, &customer, "1.00").await;
        assert_eq!(acme.visitor().form(&format!("{path}/pay"), &[("keep", "true")]).await.status, 303);
        let paid = stripe.pay(None);
        tell(&house, &stripe, &acme, "evt_kept", "payment_intent.succeeded", &paid).await;
        let here = link(&owner, &invoice).await;
        pay(&acme, &here).await;
        // The page is still being opened: nobody knows it well enough to close it, so the plan comes back for it.
        let (client, schema) = (house.above().await, acme.schema().await);
        let opening =
            format!("update {schema}.checkout set status = 'opening' where tenant_id = $1 and status = 'open'");
        assert_eq!(client.execute(&opening, &[&acme.id]).await.unwrap(), 1);
        let told = payments::charge::plan::billed(
            house.house.errand(acme.id, "test").await.unwrap(),
            billing::recurring::PlanBilled {
                plan: plan.parse().unwrap(),
                invoice: invoice.parse().unwrap(),
                customer: customer.parse().unwrap(),
                number: String::new(),
                starts_on: jiff::civil::date(2026, 7, 10),
                ends_on: jiff::civil::date(2026, 8, 9),
            },
        );
        assert!(matches!(told.await, Err(kernel::Error::Unready(_))), "it comes back");
        let open = format!("update {schema}.checkout set status = 'open' where tenant_id = $1 and status = 'opening'");
        assert_eq!(client.execute(&open, &[&acme.id]).await.unwrap(), 1);
        let before = sent(&stripe);
        assert_eq!(before, 0);
        // Told again, it closes the page and charges: nobody can pay there any more.
        let again =
            "update ops.outbox set relayed_at = null, seq = null where tenant_id = $1 and kind = 'plan_billing.billed'";
        assert_eq!(client.execute(again, &[&acme.id]).await.unwrap(), 1);
        house.run_jobs().await;
        assert_eq!(stripe.world().sessions.last().unwrap()["status"], "expired");
        assert_eq!((sent(&stripe), status(&owner, &invoice).await.0), (1, "paid".into()));
        // One who has just paid there is not charged by it.
        let (_, plan) = a_plan(&owner, "Pays").await;
        let billing = charged_monthly(&owner, &plan).await;
        bill_plans(&house, &acme).await;
        let second = owner.get(&billing).await.body["billed"][0]["invoice_id"].as_str().unwrap().to_owned();
        let here = link(&owner, &second).await;
        assert_eq!(acme.visitor().form(&format!("{here}/pay"), &[("keep", "true")]).await.status, 303);
        stripe.pay(None);
        assert!(client.execute(again, &[&acme.id]).await.unwrap() > 0);
        house.run_jobs().await;
        assert_eq!(sent(&stripe), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_not_removed_while_it_is_being_charged() {
    let (house, stripe) = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        connect(&owner).await;
        let (customer, path) = keeps(&house, &stripe, &acme, &owner).await;
        let card = cards(&owner, &customer).await[0]["id"].as_str().unwrap().to_owned();
        let (id, _) = another(&owner, &customer, "40.00").await;
        stripe.world().bank = "processing";
        let charge = owner.post(&format!("/api/v1/invoices/{id}/charges"), json!({})).await.id();
        house.run_jobs().await;
        let says = "This card is being charged right now. Remove it when that is over.";
        let refused = owner.delete(&format!("/api/v1/cards-on-file/{card}")).await;
        assert_eq!((refused.status, refused.body["detail"].as_str()), (409, Some(says)), "{refused:?}");
        assert_eq!(owner.form(&format!("/cards-on-file/{card}/remove"), &[]).await.status, 409);
        let by_link = acme.visitor().form(&format!("{path}/card/remove"), &[]).await;
        assert!(by_link.status == 409 && by_link.text.contains(says), "{by_link:?}");
        // Kept once more meanwhile: the one that is being charged stays beside it.
        stripe.world().bank = "";
        let (twin, path) = another(&owner, &customer, "7.00").await;
        assert_eq!(acme.visitor().form(&format!("{path}/pay"), &[("keep", "true")]).await.status, 303);
        let paid = stripe.pay(None);
        tell(&house, &stripe, &acme, &format!("evt_{twin}"), "payment_intent.succeeded", &paid).await;
        assert_eq!(cards(&owner, &customer).await.len(), 2);
        // The provider itself takes it away: whether it was charged, nobody here can know.
        let gone = {
            let mut world = stripe.world();
            let at = world.methods.len() - 2;
            world.methods[at]["customer"] = Value::Null;
            world.methods[at].clone()
        };
        tell(&house, &stripe, &acme, &format!("evt_gone_{id}"), "payment_method.detached", &gone).await;
        assert_eq!(cards(&owner, &customer).await.len(), 1);
        house.clock.advance(SignedDuration::from_mins(15));
        kernel::job::worker::now_for(&house.house, acme.id, "payments.reconcile").await.unwrap();
        house.run_jobs().await;
        let owner = acme.program();
        let ended = owner.get(&format!("/api/v1/card-charges/{charge}")).await.body;
        assert_eq!(ended["says"], "It is not known whether it was charged. Look at the provider.", "{ended}");
        // Over: now the other one can go.
        let left = cards(&owner, &customer).await[0]["id"].as_str().unwrap().to_owned();
        assert_eq!(owner.delete(&format!("/api/v1/cards-on-file/{left}")).await.status, 204);
        house.run_jobs().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_where_a_card_is_kept_is_asked_for_a_day_and_no_longer() {
    for placement in harness::PLACEMENTS {
        let (house, stripe) = house().await;
        let acme = house.company(placement).await;
        let owner = acme.program();
        connect(&acme.person("owner").await).await;
        let (id, path) = issued(&owner, "30.00").await;
        let cash = json!({ "amount": usd("30.00"), "method": "cash" });
        assert_eq!(owner.post(&format!("/api/v1/invoices/{id}/payments"), cash).await.status, 201);
        let begin = async || assert_eq!(acme.visitor().form(&format!("{path}/card"), &[]).await.status, 303);
        // How often the provider is asked in a turn after so many minutes.
        let asked = async |minutes: i64| {
            house.clock.advance(SignedDuration::from_mins(minutes));
            stripe.world().asked.clear();
            kernel::job::worker::now_for(&house.house, acme.id, "payments.reconcile").await.unwrap();
            house.run_jobs().await;
            stripe.world().asked.iter().filter(|one| one.starts_with("GET /v1/checkout/sessions/")).count()
        };
        begin().await;
        assert_eq!((asked(15).await, asked(1).await, asked(15).await), (1, 0, 1), "while somebody looks for a card");
        // Not for this key, which may change: asked for later, and not at each turn before what others wait for.
        stripe.world().down = Some(403);
        assert_eq!((asked(15).await, asked(1).await), (1, 0));
        stripe.world().down = None;
        assert_eq!((asked(24 * 60).await, asked(15).await), (1, 0), "after a day nobody asks any more");
        // Kept for nobody: it could not be charged.
        begin().await;
        stripe.keep();
        stripe.world().sessions.last_mut().unwrap()["setup_intent"]["payment_method"]["customer"] = Value::Null;
        assert_eq!((asked(15).await, asked(15).await), (1, 0));
        assert!(cards(&owner, &customer_of(&owner, &id).await).await.is_empty());
    }
}
