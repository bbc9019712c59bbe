//! Sent, seen and approved by the link: bound to what was shown, once, and to the cent what it becomes.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use futures_util::future::join_all;
use harness::{Answer, Company, Person, TestHouse, in_both_placements};
use kernel::{Module, jiff::SignedDuration};
use serde_json::{Value, json};

fn modules() -> Vec<Module> {
    vec![
        customers::module(),
        catalog::module(),
        insights::module(),
        scheduling::module(),
        work::module(),
        billing::module(),
        estimates::module(),
    ]
}

async fn house() -> TestHouse {
    harness::start(modules()).await
}

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

fn cents(money: &Value) -> i64 {
    money["amount"].as_str().unwrap_or_else(|| panic!("no money: {money}")).replace('.', "").parse().unwrap()
}

async fn customer(person: &Person<'_>, email: &str) -> String {
    let made = person.post("/api/v1/customers", json!({ "name": "Carmen Lopez", "email": email })).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.id()
}

fn options() -> Value {
    json!([
        { "name": "Repair", "lines": [
            { "description": "Blower motor", "unit_price": usd("640.00"), "taxes": [{ "name": "Sales tax", "rate_ppm": 82500 }] },
            { "description": "Labor", "unit_price": usd("120.00"), "quantity_milli": 2500, "taxes": [] },
            { "description": "New filter", "unit_price": usd("38.00"), "optional": true, "taxes": [{ "name": "Sales tax", "rate_ppm": 82500 }] } ] },
        { "name": "Replace", "recommended": true, "discount_ppm": 50000, "lines": [
            { "description": "Furnace", "unit_price": usd("4210.00"), "taxes": [{ "name": "Sales tax", "rate_ppm": 82500 }] },
            { "description": "Installation", "unit_price": usd("1850.00"), "taxes": [] },
            { "description": "Surge protector", "unit_price": usd("219.33"), "optional": true, "taxes": [{ "name": "Sales tax", "rate_ppm": 82500 }] } ] }
    ])
}

async fn draft(person: &Person<'_>, customer: &str, more: Value) -> Answer {
    let mut body =
        json!({ "customer_id": customer, "title": "Heat for the winter", "deposit_ppm": 300000, "options": options() });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = person.post("/api/v1/estimates", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made
}

async fn sent(person: &Person<'_>, id: &str) -> Answer {
    let sent = person.post(&format!("/api/v1/estimates/{id}/send"), json!({})).await;
    assert_eq!((sent.status, sent.body["status"].as_str()), (200, Some("sent")), "{sent:?}");
    sent
}

async fn now(person: &Person<'_>, id: &str) -> Value {
    person.get(&format!("/api/v1/estimates/{id}")).await.body
}

/// The link in the newest letter to that address, without its host.
fn link(house: &TestHouse, email: &str) -> String {
    let all = house.letters();
    let letter = all.iter().find(|letter| letter.to.contains(email) && letter.text.contains("/estimate/")).unwrap();
    let from = letter.text.find("/estimate/").unwrap();
    letter.text[from..].split_whitespace().next().unwrap().to_owned()
}

fn subjects(house: &TestHouse, email: &str) -> Vec<String> {
    let all = house.letters();
    all.iter().rev().filter(|letter| letter.to.contains(email)).map(|letter| letter.subject.clone()).collect()
}

/// What the page of an option with these ticks would post.
async fn signing(visitor: &Person<'_>, link: &str, option: &str, ticks: &[&str]) -> Vec<(String, String)> {
    let ticked: String = ticks.iter().map(|line| format!("&tick={line}")).collect();
    let page = visitor.page(&format!("{link}/sign?option={option}{ticked}")).await;
    assert_eq!(page.status, 200, "{page:?}");
    let from = page.text.find("name=\"shown\" value=\"").unwrap() + 20;
    let shown = page.text[from..from + 64].to_owned();
    let mut fields =
        vec![("option".to_owned(), option.to_owned()), ("shown".into(), shown), ("name".into(), "Carmen Lopez".into())];
    fields.extend(ticks.iter().map(|line| ("tick".to_owned(), (*line).to_owned())));
    fields
}

async fn post(visitor: &Person<'_>, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    visitor.form(path, &fields).await
}

fn id_in(estimate: &Value, option: usize, line: Option<usize>) -> String {
    let option = &estimate["options"][option];
    let id = line.map_or(&option["id"], |line| &option["lines"][line]["id"]);
    id.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_chooses_ticks_and_approves_and_it_becomes_a_job_and_a_deposit() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let email = format!("carmen@{}.example", acme.slug);
        let carmen = customer(&owner, &email).await;
        let id = draft(&owner, &carmen, json!({})).await.id();
        let done = sent(&owner, &id).await;
        assert_eq!((done.body["number"].as_str(), done.body["revision"].as_i64()), (Some("EST-0001"), Some(1)));
        house.run_jobs().await;
        assert_eq!(
            subjects(&house, &email),
            [format!("Your estimate from {}: Heat for the winter", acme_name(&house, &acme).await)]
        );
        let link = link(&house, &email);
        assert!(link.trim_start_matches("/estimate/").len() >= 60);

        // Forged, or next door, it opens nothing.
        let visitor = acme.visitor();
        let last = link.chars().last().unwrap();
        let bent = format!("{}{}", &link[..link.len() - 1], if last == 'a' { 'b' } else { 'a' });
        let next_door = house.company(&acme.placement).await;
        for (who, path) in
            [(&visitor, bent.as_str()), (&visitor, "/estimate/abc"), (&next_door.visitor(), link.as_str())]
        {
            assert_eq!(who.page(path).await.status, 404);
            assert_eq!(who.form(&format!("{path}/approve"), &[("option", &id), ("name", "X")]).await.status, 404);
        }

        let page = visitor.page(&link).await;
        for words in [
            "Heat for the winter",
            "Blower motor",
            "Surge protector",
            "Choose Replace",
            "$6,086.96",
            "$992.80",
            "$1,826.09",
        ] {
            assert!(page.text.contains(words), "{words}: {}", page.text);
        }
        // Looking at a page changes nothing; the page's script says that somebody looks.
        assert_eq!(now(&owner, &id).await["status"], "sent");
        assert_eq!(owner.form(&format!("{link}/seen"), &[]).await.status, 204);
        assert_eq!(now(&owner, &id).await["status"], "sent", "one of the company is not the customer");
        assert_eq!(visitor.form(&format!("{link}/seen"), &[]).await.status, 204);
        assert_eq!(now(&owner, &id).await["status"], "viewed");

        let estimate = now(&owner, &id).await;
        let (replace, surge) = (id_in(&estimate, 1, None), id_in(&estimate, 1, Some(2)));
        // 6,279.33 less 313.97 (221.46 of it under the tax): 4,207.87 × 8.25 % is 347.15.
        let sums = visitor.page(&format!("{link}/sums?option={replace}&tick={surge}")).await;
        for words in ["$6,279.33", "−$313.97", "$347.15", "$6,312.51", "$1,893.75"] {
            assert!(sums.text.contains(words), "{words}: {}", sums.text);
        }
        assert_eq!(
            visitor.page(&format!("{link}/sums?option={replace}&tick={}", id_in(&estimate, 0, Some(2)))).await.status,
            409
        );
        assert_eq!(
            visitor.page(&format!("{link}/sums?option={replace}&tick={}", id_in(&estimate, 1, Some(0)))).await.status,
            409
        );

        let fields = signing(&visitor, &link, &replace, &[&surge]).await;
        let nameless: Vec<_> = fields.iter().filter(|(name, _)| name != "name").cloned().collect();
        let asked = post(&visitor, &format!("{link}/approve"), &nameless).await;
        assert_eq!(asked.status, 422);
        assert!(
            asked.text.contains("Give your name.") && asked.text.contains("Approve for $6,312.51"),
            "{}",
            asked.text
        );
        let bent: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name.clone(), if name == "shown" { "0".repeat(64) } else { value.clone() }))
            .collect();
        let refused = post(&visitor, &format!("{link}/approve"), &bent).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("nothing is agreed yet"), "{}", refused.text);
        let mut scribble = fields.clone();
        scribble.push(("signature".into(), "M0 0\"/><script>".into()));
        assert_eq!(post(&visitor, &format!("{link}/approve"), &scribble).await.status, 422);
        let mut drawn = fields.clone();
        drawn.push(("signature".into(), "M10 20L30 40M50 60L70 80".into()));
        assert_eq!(post(&visitor, &format!("{link}/approve"), &drawn).await.status, 303);
        let again = post(&visitor, &format!("{link}/approve"), &fields).await;
        assert_eq!((again.status, again.header("location")), (303, link.as_str()), "sent twice it is one approval");
        let other = post(
            &visitor,
            &format!("{link}/approve"),
            &[("option".into(), id_in(&estimate, 0, None)), ("name".into(), "Carmen".into())],
        )
        .await;
        assert!(other.status == 422 && other.text.contains("approved already, with another choice"), "{}", other.text);

        let agreed = now(&owner, &id).await;
        assert_eq!((&agreed["status"], &agreed["total"]), (&json!("approved"), &usd("6312.51")), "{agreed}");
        let said = &agreed["decision"];
        assert_eq!(
            (&said["name"], &said["via"], &said["ticked"], &said["deposit"]),
            (&json!("Carmen Lopez"), &json!("link"), &json!([surge]), &usd("1893.75"))
        );
        let revisions = owner.get(&format!("/api/v1/estimates/{id}/revisions")).await;
        let hash = revisions.body["data"][0]["hash"].as_str().unwrap();
        let text = format!("{hash}\n{replace}\n{surge}\n631251\n189375");
        assert_eq!(said["shown_hash"], json!(kernel::secret::hash(&text)), "anybody can reckon it again");
        assert!(revisions.body["data"][0]["url"].as_str().unwrap().ends_with(&link));
        let viewers = acme.person("viewer").await.get(&format!("/api/v1/estimates/{id}/revisions")).await;
        assert_eq!(viewers.body["data"][0]["url"], Value::Null, "who may not write does not get the link");

        // The deposit: an invoice of its own, due at once.
        let deposit = owner.get(&format!("/api/v1/invoices/{}", agreed["deposit_invoice_id"].as_str().unwrap())).await;
        let of = |field: &str| deposit.body[field].clone();
        assert_eq!(
            (of("number"), of("total"), of("due_on"), of("issued_on")),
            (json!("INV-0001"), usd("1893.75"), json!("2026-06-22"), json!("2026-06-22"))
        );
        assert_eq!(of("lines")[0]["detail"], "EST-0001, Heat for the winter");
        // The job, with what was shown, and the discount under its taxes.
        let order = agreed["made_work_order_id"].as_str().unwrap();
        let job = owner.get(&format!("/api/v1/work-orders/{order}")).await;
        let lines: Vec<(String, i64)> = job.body["line_items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|l| (l["description"].as_str().unwrap().to_owned(), cents(&l["unit_price"])))
            .collect();
        let expected = [
            ("Furnace", 421_000),
            ("Installation", 185_000),
            ("Surge protector", 21_933),
            ("Discount, EST-0001", -22_147),
            ("Discount, EST-0001", -9_250),
        ];
        assert_eq!(
            lines.iter().map(|(words, price)| (words.as_str(), *price)).collect::<Vec<_>>(),
            expected,
            "{job:?}"
        );
        let finished = async |verb: &str| owner.post(&format!("/api/v1/work-orders/{order}/{verb}"), json!({})).await;
        assert_eq!(finished("start").await.status, 200);
        assert_eq!(finished("finish").await.status, 200);
        house.run_jobs().await;
        let listed = owner.get(&format!("/api/v1/invoices?customer_id={carmen}&status=draft")).await;
        let last = owner.get(&format!("/api/v1/invoices/{}", listed.body["data"][0]["id"].as_str().unwrap())).await;
        assert_eq!((&last.body["tax"], &last.body["total"]), (&usd("347.15"), &usd("4418.76")), "{last:?}");
        assert_eq!(cents(&last.body["total"]) + 189_375, 631_251, "to the cent the whole");
        let less = last.body["lines"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(
            (&less["description"], &less["amount"]),
            (&json!("Less deposit, invoice INV-0001"), &usd("-1893.75"))
        );

        let told = acme.told().await;
        let approvals = told.iter().filter(|kind| *kind == "estimate.approved").count();
        assert_eq!(approvals, 1, "{told:?}");
        let thanks = visitor.page(&link).await;
        assert!(
            thanks.text.contains("Approved by Carmen Lopez") && !thanks.text.contains("Choose Replace"),
            "{}",
            thanks.text
        );
        let pdf = visitor.page(&format!("{link}/pdf")).await;
        assert!(pdf.status == 200 && pdf.text.starts_with("%PDF-"));
        let shown = owner.page(&format!("/estimates/{id}")).await;
        assert!(
            shown.text.contains("M10 20L30 40M50 60L70 80") && shown.text.contains("The deposit invoice"),
            "{}",
            shown.text
        );
    })
    .await;
}

async fn acme_name(_: &TestHouse, acme: &Company<'_>) -> String {
    let owner = acme.person("owner").await;
    owner.get("/api/v1/company").await.body["name"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_meanwhile_is_not_approved_and_what_is_new_is_said() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let email = format!("carmen@{}.example", acme.slug);
        let carmen = customer(&owner, &email).await;
        let id = draft(&owner, &carmen, json!({ "terms": "Net 14" })).await.id();
        sent(&owner, &id).await;
        house.run_jobs().await;
        let (visitor, old) = (acme.visitor(), link(&house, &email));
        let replace = id_in(&now(&owner, &id).await, 1, None);
        let fields = signing(&visitor, &old, &replace, &[]).await;

        let path = format!("/api/v1/estimates/{id}");
        let etag = owner.get(&path).await.etag();
        let late = owner.patch(&path, &etag, json!({ "note": "Cheaper" })).await;
        assert_eq!((late.status, late.body["detail"].as_str()), (409, Some("EST-0001 is sent and stays as it was shown. Revise it first; then it can be changed and sent again.")));
        assert_eq!(owner.post(&format!("{path}/revise"), json!({})).await.body["status"], "draft");
        let refused = post(&visitor, &format!("{old}/approve"), &fields).await;
        assert!(refused.status == 422 && refused.text.contains("is being changed right now"), "{}", refused.text);

        let now_is = owner.get(&path).await;
        let mut changed = options();
        for n in 0..2 {
            changed[n]["id"] = json!(id_in(&now_is.body, n, None));
        }
        changed[1]["lines"][0]["unit_price"] = usd("3990.00");
        let edited = owner.patch(&path, &now_is.etag(), json!({ "options": changed, "terms": "Net 7" })).await;
        assert_eq!(edited.status, 200, "{edited:?}");
        assert_eq!(sent(&owner, &id).await.body["revision"], 2);
        house.run_jobs().await;
        let new = link(&house, &email);
        assert_ne!(old, new);
        let refused = post(&visitor, &format!("{old}/approve"), &fields).await;
        assert_eq!(refused.status, 422);
        for words in ["There is a newer version of EST-0001; nothing is agreed yet.", "Replace is $5,860.72 now; it was $6,086.96.", "The terms are others."] {
            assert!(refused.text.contains(words), "{words}: {}", refused.text);
        }
        assert!(!refused.text.contains("Repair is "), "what stayed is not said: {}", refused.text);
        let page = visitor.page(&old).await;
        assert!(page.text.contains("There is a newer version") && page.text.contains(&new) && page.text.contains("$6,086.96"), "{}", page.text);
        let no = visitor.form(&format!("{old}/decline"), &[("reason", "No")]).await;
        assert!(no.status == 422 && no.text.contains("newer version"), "{}", no.text);
        // Whoever looks at the old one has not seen the new one.
        assert_eq!(visitor.form(&format!("{old}/seen"), &[]).await.status, 204);
        let estimate = now(&owner, &id).await;
        assert_eq!((&estimate["status"], &estimate["made_work_order_id"]), (&json!("sent"), &Value::Null));
        assert_eq!(owner.get("/api/v1/invoices").await.body["data"], json!([]), "nothing was made");
        let told = owner.get(&format!("{path}/revisions")).await;
        let totals: Vec<&Value> = told.body["data"].as_array().unwrap().iter().map(|r| &r["options"][1]["total"]).collect();
        assert_eq!(totals, [&usd("5860.72"), &usd("6086.96")], "every revision is kept as it was shown");

        // Declined by the new link, once.
        for _ in 0..2 {
            assert_eq!(visitor.form(&format!("{new}/decline"), &[("reason", "Too much")]).await.status, 303);
        }
        let estimate = now(&owner, &id).await;
        assert_eq!((&estimate["status"], &estimate["decision"]["reason"]), (&json!("declined"), &json!("Too much")));
        assert_eq!(acme.told().await.iter().filter(|kind| *kind == "estimate.declined").count(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_approvals_at_once_are_one() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let email = format!("carmen@{}.example", acme.slug);
        let carmen = customer(&owner, &email).await;
        let id = draft(&owner, &carmen, json!({ "deposit_ppm": 0, "deposit_amount": usd("250.00") })).await.id();
        sent(&owner, &id).await;
        house.run_jobs().await;
        let (visitor, link) = (acme.visitor(), link(&house, &email));
        let estimate = now(&owner, &id).await;
        let (repair, replace) = (id_in(&estimate, 0, None), id_in(&estimate, 1, None));
        let (one, two) = (signing(&visitor, &link, &repair, &[]).await, signing(&visitor, &link, &replace, &[]).await);
        let path = format!("{link}/approve");
        let all = join_all((0..12).map(|n| post(&visitor, &path, if n % 2 == 0 { &one } else { &two }))).await;
        let agreed = all.iter().filter(|answer| answer.status == 303).count();
        assert_eq!(
            agreed,
            6,
            "one of two choices wins, and its copies are told so: {:?}",
            all.iter().map(|a| a.status).collect::<Vec<_>>()
        );
        let count = async |path: &str| owner.get(path).await.body["data"].as_array().unwrap().len();
        assert_eq!((count("/api/v1/work-orders").await, count("/api/v1/invoices").await), (1, 1));
        let invoice = owner.get("/api/v1/invoices").await.body["data"][0].clone();
        assert_eq!((&invoice["number"], &invoice["total"]), (&json!("INV-0001"), &usd("250.00")));
        assert_eq!(acme.told().await.iter().filter(|kind| *kind == "estimate.approved").count(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_approves_in_their_name_onto_the_job_it_belongs_to() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let carmen = owner.post("/api/v1/customers", json!({ "name": "Carmen Lopez" })).await.id();
        let order = owner.post("/api/v1/work-orders", json!({ "customer_id": carmen, "title": "No heat" })).await.id();
        let id = draft(&owner, &carmen, json!({ "work_order_id": order, "deposit_ppm": 0 })).await.id();
        let path = format!("/api/v1/estimates/{id}");
        let nowhere = owner.post(&format!("{path}/send"), json!({})).await;
        assert_eq!((nowhere.status, nowhere.error("/email")), (422, "This customer has no e-mail address. Give one, or send it without a letter and hand the link over."));
        let empty = owner.post("/api/v1/estimates", json!({ "customer_id": carmen, "title": "Empty" })).await.id();
        let refused = owner.post(&format!("/api/v1/estimates/{empty}/send"), json!({ "letter": false })).await;
        assert_eq!((refused.status, refused.body["detail"].as_str()), (409, Some("Good has no line yet that is not to be ticked. Add one.")));
        let done = owner.post(&format!("{path}/send"), json!({ "letter": false })).await;
        assert_eq!((done.status, done.body["number"].as_str()), (200, Some("EST-0001")), "the refused took no number: {done:?}");
        let option = id_in(&done.body, 0, None);
        let yes = json!({ "option_id": option, "ticked": [id_in(&done.body, 0, Some(2))], "name": "Carmen's husband", "via": "phone", "told": "Called at ten, wants the filter too" });
        let mut silent = yes.clone();
        silent["told"] = json!("");
        assert_eq!(owner.post(&format!("{path}/approve"), silent).await.error("/told"), "Give a word on what was said and when.");
        assert_eq!(acme.person("viewer").await.post(&format!("{path}/approve"), yes.clone()).await.status, 403);
        let agreed = owner.post(&format!("{path}/approve"), yes).await;
        assert_eq!((agreed.status, &agreed.body["total"]), (200, &usd("1033.94")), "{agreed:?}");
        assert_eq!((&agreed.body["made_work_order_id"], &agreed.body["deposit_invoice_id"]), (&json!(order), &Value::Null));
        assert_eq!((&agreed.body["decision"]["via"], &agreed.body["decision"]["told"]), (&json!("phone"), &json!("Called at ten, wants the filter too")));
        let job = owner.get(&format!("/api/v1/work-orders/{order}")).await;
        assert_eq!(job.body["line_items"].as_array().unwrap().len(), 3, "{job:?}");
        for verb in ["revise", "withdraw", "decline"] {
            let body = if verb == "decline" { json!({ "via": "email", "told": "Wrote" }) } else { json!({}) };
            assert_eq!(owner.post(&format!("{path}/{verb}"), body).await.status, 409, "{verb}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_comes_before_the_end_and_then_it_is_over() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        // A key outlives the weeks that go by.
        let owner = acme.program();
        let email = format!("carmen@{}.example", acme.slug);
        let carmen = customer(&owner, &email).await;
        let past = draft(&owner, &carmen, json!({ "valid_until": "2026-06-21" })).await.id();
        let refused = owner.post(&format!("/api/v1/estimates/{past}/send"), json!({})).await;
        assert_eq!(
            (refused.status, refused.error("/valid_until")),
            (422, "The day until which it is good is over. Choose a later one.")
        );
        let id = draft(&owner, &carmen, json!({ "valid_until": "2026-07-01" })).await.id();
        sent(&owner, &id).await;
        let turn = async || {
            kernel::job::worker::now_for(&house.house, acme.id, "estimates.turn").await.unwrap();
            house.run_jobs().await;
            subjects(&house, &email).len()
        };
        assert_eq!(turn().await, 1);
        house.clock.advance(SignedDuration::from_hours(24 * 6));
        assert_eq!(turn().await, 2, "three days before");
        assert_eq!(subjects(&house, &email)[1], "Your estimate is good until Wed 1 Jul 2026");
        assert_eq!(turn().await, 2, "once");
        let (visitor, link) = (acme.visitor(), link(&house, &email));
        let option = id_in(&now(&owner, &id).await, 0, None);
        let fields = signing(&visitor, &link, &option, &[]).await;
        house.clock.advance(SignedDuration::from_hours(24 * 4));
        let late = post(&visitor, &format!("{link}/approve"), &fields).await;
        assert!(late.status == 422 && late.text.contains("is no longer good"), "{}", late.text);
        assert_eq!(now(&owner, &id).await["status"], "sent");
        turn().await;
        assert_eq!(now(&owner, &id).await["status"], "expired");
        assert!(visitor.page(&link).await.text.contains("This estimate is expired"));
        let revised = owner.post(&format!("/api/v1/estimates/{id}/revise"), json!({})).await;
        assert_eq!((&revised.body["status"], &revised.body["valid_until"]), (&json!("draft"), &json!("2026-08-01")));
        let back = owner.post(&format!("/api/v1/estimates/{id}/withdraw"), json!({})).await;
        assert_eq!(back.body["status"], "withdrawn", "{back:?}");
    }
}

/// What a customer may choose, through the front door: the deposit and the last invoice are the whole, and the whole is what stood on
/// the page, whatever is ticked, taken off or asked for before.
#[tokio::test(flavor = "multi_thread")]
async fn deposit_and_last_invoice_are_the_whole_to_the_cent() {
    let house = house().await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let carmen = customer(&owner, "carmen@example.com").await;
    let mut seed = 20_261_122_u64;
    let mut below = |n: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % n
    };
    for round in 0..24 {
        let rates = [("State", 82_500), ("City", 12_345), ("", 0)];
        let lines: Vec<Value> = (0..1 + below(6))
            .map(|n| {
                let (name, rate) = rates[below(3) as usize];
                let price = format!("{}.{:02}", below(900), below(100));
                json!({ "description": format!("Line {n}"), "unit_price": usd(&price), "quantity_milli": 1 + below(4000), "taxes": [{ "name": name, "rate_ppm": rate }], "optional": n > 0 && below(3) == 0 })
            })
            .collect();
        let option = json!({ "discount_ppm": below(4) * 33_333, "discount_amount": usd(&format!("{}.{:02}", below(2) * 7, below(100))), "lines": lines });
        let more = json!({ "options": [option], "deposit_ppm": below(3) * 250_000, "deposit_amount": usd(&format!("{}.00", below(2) * 20)) });
        let id = draft(&owner, &carmen, more).await.id();
        let estimate = owner.post(&format!("/api/v1/estimates/{id}/send"), json!({ "letter": false })).await.body;
        let ticked: Vec<&Value> = estimate["options"][0]["lines"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|l| l["optional"] == true && below(2) == 0)
            .map(|l| &l["id"])
            .collect();
        let yes = json!({ "option_id": estimate["options"][0]["id"], "ticked": ticked, "name": "Carmen", "via": "in_person", "told": "Here" });
        let agreed = owner.post(&format!("/api/v1/estimates/{id}/approve"), yes).await;
        assert_eq!(agreed.status, 200, "{round}: {agreed:?}");
        let whole = cents(&agreed.body["total"]);
        let order = agreed.body["made_work_order_id"].as_str().unwrap().to_owned();
        let job = owner.get(&format!("/api/v1/work-orders/{order}")).await;
        for verb in ["start", "finish"] {
            assert_eq!(
                owner.post(&format!("/api/v1/work-orders/{order}/{verb}"), json!({})).await.status,
                200,
                "{job:?}"
            );
        }
        house.run_jobs().await;
        let drafts = owner.get(&format!("/api/v1/invoices?customer_id={carmen}&status=draft")).await;
        let last = &drafts.body["data"][0];
        assert_eq!(last["work_order_id"], json!(order), "{round}");
        let deposit = match agreed.body["deposit_invoice_id"].as_str() {
            Some(id) => cents(&owner.get(&format!("/api/v1/invoices/{id}")).await.body["total"]),
            None => 0,
        };
        assert_eq!(deposit, cents(&agreed.body["decision"]["deposit"]));
        assert_eq!(deposit + cents(&last["total"]), whole, "{round}: {agreed:?}");
        let issued = owner.post(&format!("/api/v1/invoices/{}/issue", last["id"].as_str().unwrap()), json!({})).await;
        assert_eq!(issued.status, 200, "{issued:?}");
    }
    let books = owner.get("/api/v1/ledger/trial-balance").await;
    assert_eq!(books.body["debit"], books.body["credit"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_approved_onto_a_job_in_progress_brings_its_checklists() {
    let house = house().await;
    in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let carmen = owner.post("/api/v1/customers", json!({ "name": "Carmen Lopez" })).await.id();
        let item = json!({ "name": "Gas valve", "kind": "material", "price": usd("310.00") });
        let item = owner.post("/api/v1/items", item).await.id();
        let asks = json!({ "name": "Gas tightness", "questions": [{ "kind": "yes_no", "words": "Tight", "required": true }] });
        let list = owner.post("/api/v1/checklists", asks).await.id();
        let book = format!("/api/v1/items/{item}/checklists");
        let given = owner.send(axum::http::Method::PUT, &book, &[], json!({ "checklist_ids": [list] })).await;
        assert_eq!(given.status, 200, "{given:?}");
        let order = owner.post("/api/v1/work-orders", json!({ "customer_id": carmen, "title": "No heat" })).await.id();
        let path = format!("/api/v1/work-orders/{order}");
        assert_eq!(owner.post(&format!("{path}/start"), json!({})).await.status, 200);
        let body = json!({ "customer_id": carmen, "title": "Valve", "work_order_id": order, "options": [{ "lines": [{ "item_id": item }] }] });
        let id = owner.post("/api/v1/estimates", body).await.id();
        let sent = owner.post(&format!("/api/v1/estimates/{id}/send"), json!({ "letter": false })).await;
        let yes = json!({ "option_id": id_in(&sent.body, 0, None), "name": "Carmen", "via": "phone", "told": "Called" });
        assert_eq!(owner.post(&format!("/api/v1/estimates/{id}/approve"), yes).await.status, 200);
        let job = owner.get(&path).await;
        assert_eq!(job.body["questions"][0]["question"]["words"], "Tight", "{job:?}");
        let refused = owner.post(&format!("{path}/finish"), json!({})).await;
        assert_eq!(refused.body["code"], "questions_open", "{refused:?}");
    })
    .await;
}
