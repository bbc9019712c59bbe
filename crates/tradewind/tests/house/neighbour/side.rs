//! The two companies of a street: each with a row of everything, what was deleted, and everybody who may ask.
use super::{
    ask::Caller,
    operation::{Operation, upload},
};
use axum::{body::Body, http::Method};
use harness::{Company, Person};
use kernel::Role;
use serde_json::json;
use std::collections::{BTreeMap, HashSet};
use tradewind::demo;
use uuid::Uuid;

pub struct Side {
    pub host: String,
    /// Every id of every table.
    pub all: HashSet<String>,
    /// One for each table, chosen so that they belong together: the line is one of the job's, the payment one of the invoice's.
    pub one: BTreeMap<String, String>,
    /// The first of two, in a few tables.
    pub spare: BTreeMap<String, String>,
    pub versions: BTreeMap<String, i64>,
    pub deleted: Vec<String>,
    /// Names and addresses nobody else has.
    pub words: Vec<String>,
}

/// Token of a visit that was booked on the public page.
fn token(company: &Company<'_>) -> String {
    company.id.simple().to_string().repeat(2)
}

/// Fills the company through its front door.
pub async fn furnish(company: &Company<'_>) -> Side {
    let test = company.test;
    let caller = demo::Caller::new(test.router.clone(), &company.host, &company.api_key);
    let now = test.house.clock().now();
    demo::story(&caller, now).await.expect("the story of a job");
    let owner = company.program();
    let id = async |path: &str| {
        let list = owner.get(path).await;
        list.body["data"][0]["id"].as_str().unwrap_or_else(|| panic!("{path}: {list:?}")).to_owned()
    };
    let customer = id("/api/v1/customers").await;
    let contact = owner.post(&format!("/api/v1/customers/{customer}/contacts"), json!({ "name": "Gone" })).await.id();
    assert_eq!(owner.delete(&format!("/api/v1/contacts/{contact}")).await.status, 204);
    let other = json!({ "name": "Ida", "phone": "(217) 555-0177" });
    owner.post(&format!("/api/v1/customers/{customer}/contacts"), other).await.id();
    owner.post(&format!("/api/v1/customers/{customer}/notes"), json!({ "body": "Rings twice." })).await.id();
    let technician = id("/api/v1/technicians").await;
    let off = |hours| json!({ "starts_at": now + jiff::SignedDuration::from_hours(hours), "ends_at": now + jiff::SignedDuration::from_hours(hours + 2), "reason": "Gone" });
    owner.post(&format!("/api/v1/technicians/{technician}/time-off"), off(240)).await.id();
    let off = owner.post(&format!("/api/v1/technicians/{technician}/time-off"), off(250)).await.id();
    owner.post("/api/v1/resources", json!({ "kind": "vehicle", "name": "Van 3" })).await.id();
    for name in ["Nights", "Sundays"] {
        let price = json!({ "amount": "20.00", "currency": "USD" });
        let more = json!({ "name": name, "weekdays": [7], "starts": "22:00", "ends": "06:00", "amount": price });
        owner.post("/api/v1/surcharges", more).await.id();
    }
    let own = json!({ "url": "https://calendar.invalid/marco.ics" });
    let set = owner.send(Method::PUT, &format!("/api/v1/technicians/{technician}/busy-calendar"), &[], own).await;
    assert_eq!(set.status, 200, "{set:?}");
    for (n, name) in ["Gas", "Boilers"].into_iter().enumerate() {
        let hour = |hours| now + jiff::SignedDuration::from_hours(hours + 24 * n as i64);
        let of = |part: &str| format!("/api/v1/technicians/{technician}/{part}");
        owner.post(&of("credentials"), json!({ "name": name })).await.id();
        owner.post(&of("exceptions"), json!({ "on_day": format!("2035-01-0{}", n + 1) })).await.id();
        owner.post(&of("on-call"), json!({ "starts_at": hour(300), "ends_at": hour(302) })).await.id();
        // Known by a point: a booking with an address alone is never outside of it.
        let shape = json!({ "kind": "circle", "latitude": 0, "longitude": 0, "radius_m": 500_000 });
        owner.post("/api/v1/service-areas", json!({ "name": name, "shape": shape })).await.id();
    }
    assert_eq!(owner.delete(&format!("/api/v1/technicians/{technician}/time-off/{off}")).await.status, 204);
    // A second of what is listed, so that lists have a next page.
    let item = id("/api/v1/items").await;
    owner
        .post("/api/v1/price-changes", json!({ "how": "percent", "by_ppm": 10_000, "effective_on": "2030-01-01" }))
        .await
        .id();
    let hour = json!({ "name": "Standard", "price": { "amount": "120.00", "currency": "USD" } });
    owner.post("/api/v1/labor-rates", hour).await.id();
    let paid = owner.get("/api/v1/payments").await.body["data"][0]["invoice_id"].clone();
    let issued = paid.as_str().expect("somebody paid");
    owner.post(&format!("/api/v1/invoices/{issued}/credit-notes"), json!({ "reason": "Returned" })).await.id();
    let tag = owner.post("/api/v1/tags", json!({ "name": "Group" })).await.id();
    let tax = id("/api/v1/tax-rates").await;
    for name in ["County", "State"] {
        let place = owner.post("/api/v1/jurisdictions", json!({ "name": name, "country": "XX" })).await.id();
        for year in if name == "State" { vec![2090, 2020] } else { vec![] } {
            let rate = json!({ "tax_rate_id": tax, "rate_ppm": 62_500, "from_on": format!("{year}-01-01") });
            owner.post(&format!("/api/v1/jurisdictions/{place}/rates"), rate).await.id();
        }
        let exempt = json!({ "certificate": name, "jurisdiction_id": place });
        owner.post(&format!("/api/v1/customers/{customer}/tax-exemptions"), exempt).await.id();
    }
    for of in [json!({ "item_id": item }), json!({ "tag_id": tag })] {
        let mut markup = json!({ "bands": [{ "from": { "amount": "0", "currency": "USD" }, "markup_ppm": 500_000 }] });
        markup.as_object_mut().unwrap().extend(of.as_object().unwrap().clone());
        owner.post("/api/v1/markups", markup).await.id();
    }
    let later = json!({ "customer_id": customer, "item_id": item, "technician_id": technician, "starts_at": now + jiff::SignedDuration::from_hours(4), "anyway": true });
    let visit = owner.post("/api/v1/appointments", later).await.id();
    let order = owner.post("/api/v1/work-orders", json!({ "appointment_id": visit })).await.id();
    owner
        .post(&format!("/api/v1/work-orders/{order}/lines"), json!({ "item_id": item, "quantity_milli": 1000 }))
        .await
        .id();
    let announced = json!({ "size": 100, "sha256": "0".repeat(64) });
    owner.post(&format!("/api/v1/work-orders/{order}/photo-uploads"), announced).await.id();
    for hours in [5, 3] {
        let ago = |hours: i64| now - jiff::SignedDuration::from_hours(hours);
        let time = json!({ "technician_id": technician, "work_order_id": order, "kind": "work", "starts_at": ago(hours), "ends_at": ago(hours - 1), "reason": "Phone was flat" });
        owner.post("/api/v1/time-entries", time).await.id();
    }
    owner.post("/api/v1/customers", json!({ "name": "Second Residence" })).await.id();
    let landlord = owner.post("/api/v1/customers", json!({ "name": "Landlord" })).await.id();
    for kind in ["landlord", "payer"] {
        let relation = json!({ "customer_id": landlord, "kind": kind });
        owner.post(&format!("/api/v1/customers/{customer}/relations"), relation).await.id();
    }
    for label in ["Gate code", "Filter size"] {
        owner.post("/api/v1/custom-fields", json!({ "label": label, "kind": "text" })).await.id();
    }
    for name in ["Salem", "Springfield"] {
        let view = json!({ "name": name, "filter": { "city": name }, "shared": true });
        owner.post("/api/v1/customer-views", view).await.id();
    }
    // Two who look alike, and two who became one.
    for name in ["Ida Twin", "Ida Twyn"] {
        let twin = json!({ "name": name, "email": format!("twin@{}.example", company.slug) });
        owner.post("/api/v1/customers", twin).await.id();
    }
    let stays = owner.post("/api/v1/customers", json!({ "name": "One of two" })).await.id();
    let gone = owner.post("/api/v1/customers", json!({ "name": "The other of two" })).await.id();
    let merged = owner.post(&format!("/api/v1/customers/{stays}/merge"), json!({ "customer_id": gone })).await;
    assert_eq!(merged.status, 200, "{merged:?}");
    for name in ["Website", "Ledger"] {
        owner.post("/api/v1/service-accounts", json!({ "name": name, "role": "viewer" })).await.id();
    }
    let send = async |path: &str, body: String| {
        let headers = [("content-type", "multipart/form-data; boundary=tradewind")];
        let sent = owner.call(Method::POST, path, &headers, Body::from(body)).await;
        assert_eq!(sent.status, 201, "{sent:?}");
    };
    send(&format!("/api/v1/work-orders/{order}/photos"), upload("photo")).await;
    let scope = test.house.errand(company.id, "test").await.unwrap();
    let link = scheduling::visit::path(&scope, scheduling::AppointmentId(visit.parse().unwrap())).unwrap();
    for _ in 0..2 {
        let headers = [("content-type", "multipart/form-data; boundary=tradewind")];
        let body = Body::from(upload("photo"));
        let sent = company.visitor().call(Method::POST, &format!("{link}/photos"), &headers, body).await;
        assert_eq!(sent.status, 303, "{sent:?}");
    }
    for _ in 0..2 {
        send(&format!("/api/v1/customers/{customer}/files"), upload("file")).await;
    }
    let file = "--tradewind\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nName,Phone\r\nIda Import,2175550199\r\n--tradewind--\r\n";
    send("/api/v1/customer-imports", file.into()).await;
    send("/api/v1/price-book-imports", file.replace("Name,Phone\r\nIda Import,2175550199", "Name,Price\r\nFan,1.00"))
        .await;
    let mut team = String::new();
    for name in ["North", "South"] {
        team = owner.post("/api/v1/teams", json!({ "name": name })).await.id();
    }
    // Somebody is in the newest, so that what shows a team shows somebody.
    let member = owner.get(&format!("/api/v1/technicians/{technician}")).await.body["member_id"].clone();
    let member = format!("/api/v1/members/{}", member.as_str().unwrap());
    let etag = owner.get(&member).await.etag();
    let joined = owner.patch(&member, &etag, json!({ "team_id": team })).await;
    assert_eq!(joined.status, 200, "{joined:?}");
    owner.post("/api/v1/tags", json!({ "name": "Second" })).await.id();
    // Somebody who runs the house has asked to look in, and waits.
    let asked = owner
        .send(Method::PATCH, "/api/v1/support-access", &[("if-match", "\"0\"")], json!({ "ask_first": true }))
        .await;
    assert_eq!(asked.status, 200, "{asked:?}");
    test.operator("Sam Support").await.ask(company, "They cannot find an invoice", "30").await;
    company.person("owner").await.post("/api/v1/emails/test", json!({})).await.id();
    let list = json!({ "list": "customers", "format": "csv" });
    company.person("owner").await.post("/api/v1/exports", list).await.id();
    test.run_jobs().await;

    let client = test.above().await;
    let schema = company.schema().await;
    // A year of its plan is billed in advance, so that there is a period and what of it is still to be earned.
    let sql = format!("update {schema}.plan_billing set due_on = next_on - 400 where tenant_id = $1");
    client.execute(&sql, &[&company.id]).await.unwrap();
    kernel::job::worker::now_for(&test.house, company.id, "billing.bill_plans").await.unwrap();
    test.run_jobs().await;
    let sql = format!(
        "select (select count(*) from {schema}.plan_period where tenant_id = $1), (select count(*) from {schema}.deferral where tenant_id = $1)"
    );
    let row = client.query_one(&sql, &[&company.id]).await.unwrap();
    assert!(row.get::<_, i64>(0) > 0 && row.get::<_, i64>(1) > 0, "nothing was billed in advance");
    let sql = format!(
        "update {schema}.appointment set token_hash = encode(sha256($2::text::bytea), 'hex')
         where tenant_id = $1 and id = (select id from {schema}.appointment where tenant_id = $1 order by id desc limit 1)"
    );
    client.execute(&sql, &[&company.id, &token(company)]).await.unwrap();
    // A calendar's secret is shown once and kept as a hash: each kind has one that the probes know.
    for kind in ["technician", "customer"] {
        let id = if kind == "customer" { &customer } else { &technician };
        for label in ["Phone", "Laptop"] {
            owner.post(&format!("/api/v1/{kind}s/{id}/calendar-links"), json!({ "label": label })).await.id();
        }
    }
    let sql = format!(
        "update {schema}.calendar_link set token_hash = encode(sha256($2::text::bytea), 'hex')
         where tenant_id = $1 and id = (select id from {schema}.calendar_link where tenant_id = $1 and customer_id is not null order by id desc limit 1)"
    );
    client.execute(&sql, &[&company.id, &token(company)]).await.unwrap();
    let sql = format!(
        "insert into {schema}.email_block (tenant_id, id, address_key, purpose, reason, created_at) values ($1, $2, 'ida@gone.example', 'all', 'bounced', now())"
    );
    client.execute(&sql, &[&company.id, &Uuid::now_v7()]).await.unwrap();
    // A device's own part of it is made in crate tenancy's tests.
    let sql = format!(
        "insert into {schema}.passkey (tenant_id, id, member_id, name, host, credential_id, credential, counter, created_at, updated_at)
         select $1, $2, id, 'Phone of the owner', 'elsewhere.example', $2::uuid::text, '{{}}', 0, now(), now()
         from {schema}.member where tenant_id = $1 and email = $3"
    );
    client.execute(&sql, &[&company.id, &Uuid::now_v7(), &company.owner_email]).await.unwrap();

    // Two visits that are done and were not liked: one by the customer's own hand, one by ours, for it has no second visit done.
    let sql = format!(
        "select id from {schema}.appointment where tenant_id = $1 and status = 'completed' order by id desc limit 1"
    );
    let done: Uuid = client.query_one(&sql, &[&company.id]).await.unwrap().get(0);
    let rate = scheduling::rating::path(&scope, scheduling::AppointmentId(done)).unwrap();
    let sql = format!(
        "insert into {schema}.rating (tenant_id, id, appointment_id, stars, low, created_at, updated_at)
         select $1, $2, id, 2, true, now(), now() from {schema}.appointment where tenant_id = $1 and status <> 'completed' order by id limit 1"
    );
    client.execute(&sql, &[&company.id, &Uuid::now_v7()]).await.unwrap();
    let said = company.visitor().form(&rate, &[("stars", "1"), ("comment", "It stopped again.")]).await;
    assert_eq!(said.status, 303, "{said:?}");
    // The payment that the provider told of is made in crate payments' tests, where there is a provider.
    let newest = format!("select id, invoice_id from {schema}.payment where tenant_id = $1 order by id desc limit 1");
    let row = client.query_one(&newest, &[&company.id]).await.unwrap();
    let (payment, invoice, checkout): (Uuid, Uuid, Uuid) = (row.get(0), row.get(1), Uuid::now_v7());
    let sql = format!(
        "insert into {schema}.checkout (tenant_id, id, invoice_id, amount_minor, currency, status, created_at, updated_at) values ($1, $2, $3, 100, 'USD', 'paid', now(), now())"
    );
    client.execute(&sql, &[&company.id, &checkout, &invoice]).await.unwrap();
    let sql = format!(
        "insert into {schema}.card_payment (tenant_id, id, payment_id, invoice_id, checkout_id, intent_ref, amount_minor, currency, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $5::uuid::text, 100, 'USD', now(), now())"
    );
    client.execute(&sql, &[&company.id, &Uuid::now_v7(), &payment, &invoice, &checkout]).await.unwrap();

    // Cards that its customer keeps, and what one was charged, are made there as well; and what was paid out.
    let customer_of = format!("select customer_id from {schema}.invoice where tenant_id = $1 and id = $2");
    let keeper: Uuid = client.query_one(&customer_of, &[&company.id, &invoice]).await.unwrap().get(0);
    let mut card = Uuid::now_v7();
    for _ in 0..2 {
        let agreement = Uuid::now_v7();
        card = Uuid::now_v7();
        let sql = format!(
            "insert into {schema}.card_agreement (tenant_id, id, customer_id, invoice_id, agreed_by, words, status, created_at, updated_at) values ($1, $2, $3, $4, 'Ida', 'Agreed', 'kept', now(), now())"
        );
        client.execute(&sql, &[&company.id, &agreement, &keeper, &invoice]).await.unwrap();
        let sql = format!(
            "insert into {schema}.card_on_file (tenant_id, id, customer_id, agreement_id, holder_ref, method_ref, brand, last_four, created_at, updated_at)
             values ($1, $2, $3, $4, 'cus_' || $2::uuid::text, 'pm_' || $2::uuid::text, 'visa', '4242', now(), now())"
        );
        client.execute(&sql, &[&company.id, &card, &keeper, &agreement]).await.unwrap();
    }
    let sql = format!(
        "insert into {schema}.card_charge (tenant_id, id, card_id, invoice_id, amount_minor, currency, by_plan, status, says, created_at, updated_at)
         values ($1, $2, $3, $4, 100, 'USD', false, 'declined', 'Declined', now(), now())"
    );
    client.execute(&sql, &[&company.id, &Uuid::now_v7(), &card, &invoice]).await.unwrap();
    let payout = Uuid::now_v7();
    let sql = format!(
        "insert into {schema}.card_payout (tenant_id, id, payout_ref, amount_minor, currency, arrives_on, status, created_at, updated_at, read_at)
         values ($1, $2, $2::uuid::text, 100, 'USD', '2030-01-01', 'paid', now(), now(), now())"
    );
    client.execute(&sql, &[&company.id, &payout]).await.unwrap();
    let sql = format!(
        "insert into {schema}.payout_entry (tenant_id, id, payout_id, entry_ref, kind, amount_minor, fee_minor, net_minor, on_day, created_at)
         values ($1, $2, $3, $2::uuid::text, 'charge', 100, 0, 100, '2030-01-01', now())"
    );
    client.execute(&sql, &[&company.id, &Uuid::now_v7(), &payout]).await.unwrap();

    let mut side = Side {
        host: company.host.clone(),
        all: HashSet::new(),
        one: BTreeMap::new(),
        spare: BTreeMap::new(),
        versions: BTreeMap::new(),
        deleted: vec![contact, off],
        words: vec![],
    };
    let tables = client
        .query("select table_name::text from information_schema.columns where table_schema = $1 and column_name = 'id' and data_type = 'uuid' order by 1", &[&schema])
        .await
        .unwrap();
    for table in tables {
        let table: String = table.get(0);
        let rows = client
            .query(&format!("select id from {schema}.{table} where tenant_id = $1 order by id desc"), &[&company.id])
            .await
            .unwrap();
        let ids: Vec<String> = rows.iter().map(|row| row.get::<_, Uuid>(0).to_string()).collect();
        if let Some(newest) = ids.first() {
            side.one.insert(table.clone(), newest.clone());
            if [
                "contact",
                "time_off",
                "credential",
                "shift_exception",
                "on_call",
                "team",
                "tag",
                "saved_view",
                "customer_relation",
                "custom_field",
                "customer_file",
                "visit_photo",
                "calendar_link",
                "markup",
                "time_entry",
                "jurisdiction_rate",
                "card_on_file",
            ]
            .contains(&table.as_str())
            {
                side.spare.insert(table, ids[ids.len() - 1].clone());
            }
        }
        side.all.extend(ids);
    }
    // What belongs to the chosen one: (table, its column, the table it names).
    for (of, column, named) in [
        ("photo", "order_id", "work_order"),
        ("photo", "file_id", "file"),
        ("work_order", "appointment_id", "appointment"),
        ("appointment", "technician_id", "technician"),
        ("technician", "member_id", "member"),
        ("payment", "invoice_id", "invoice"),
        ("equipment", "location_id", "location"),
        ("contact", "customer_id", "customer"),
    ] {
        let sql = format!("select {column} from {schema}.{of} where tenant_id = $1 and id = $2");
        let row = client.query_one(&sql, &[&company.id, &side.uuid(of)]).await.unwrap();
        side.one.insert(named.into(), row.get::<_, Uuid>(0).to_string());
    }
    for (of, column, named) in [
        ("line_item", "order_id", "work_order"),
        ("job_question", "order_id", "work_order"),
        ("time_entry", "order_id", "work_order"),
        ("photo_upload", "order_id", "work_order"),
        ("invoice_line", "invoice_id", "invoice"),
        ("estimate_option", "estimate_id", "estimate"),
        ("estimate_line", "option_id", "estimate_option"),
        ("time_off", "technician_id", "technician"),
        ("credential", "technician_id", "technician"),
        ("shift_exception", "technician_id", "technician"),
        ("on_call", "technician_id", "technician"),
        ("customer_file", "customer_id", "customer"),
        ("visit_photo", "appointment_id", "appointment"),
        ("jurisdiction_rate", "jurisdiction_id", "jurisdiction"),
        ("tax_exemption", "customer_id", "customer"),
        ("card_on_file", "customer_id", "customer"),
    ] {
        let sql =
            format!("select id from {schema}.{of} where tenant_id = $1 and {column} = $2 order by id desc limit 1");
        let row = client.query_one(&sql, &[&company.id, &side.uuid(named)]).await.unwrap();
        side.one.insert(of.into(), row.get::<_, Uuid>(0).to_string());
    }
    // Of what happened with the chosen customer the notes, for nothing else of it is asked for by its id.
    let sql = format!(
        "select id from {schema}.timeline_entry where tenant_id = $1 and customer_id = $2 and kind = 'note' order by id"
    );
    let notes = client.query(&sql, &[&company.id, &side.uuid("customer")]).await.unwrap();
    let note = |n: usize| notes[n].get::<_, Uuid>(0).to_string();
    side.one.insert("timeline_entry".into(), note(0));
    side.spare.insert("timeline_entry".into(), note(1));
    let versioned = client
        .query("select table_name::text from information_schema.columns where table_schema = $1 and column_name = 'version' order by 1", &[&schema])
        .await
        .unwrap();
    for table in versioned {
        let table: String = table.get(0);
        if side.one.contains_key(&table) {
            let sql = format!("select version from {schema}.{table} where tenant_id = $1 and id = $2");
            let row = client.query_one(&sql, &[&company.id, &side.uuid(&table)]).await.unwrap();
            side.versions.insert(table, row.get(0));
        }
    }
    // `customer` waits for the portal, and nobody is shown it.
    let sql = format!("select id from {schema}.role where tenant_id = $1 and name = 'viewer'");
    let row = client.query_one(&sql, &[&company.id]).await.unwrap();
    side.one.insert("role".into(), row.get::<_, Uuid>(0).to_string());
    side.one.insert("token".into(), token(company));
    let scope = test.house.errand(company.id, "test").await.unwrap();
    let link = scheduling::visit::path(&scope, scheduling::AppointmentId(side.uuid("appointment"))).unwrap();
    side.one.insert("visit_link".into(), link.trim_start_matches("/visit/").to_owned());
    // Somebody signed in to the portal for the chosen customer, and a link that waits.
    for (table, columns, values) in [
        (
            "portal_session",
            "token_hash, peer, agent, last_seen_at, ends_at",
            "'', '', $4::timestamptz, $4::timestamptz + interval '9 days'",
        ),
        ("portal_link", "token_hash, expires_at", "$4::timestamptz + interval '9 days'"),
    ] {
        let sql = format!(
            "insert into {schema}.{table} (tenant_id, id, email_key, {columns}, created_at)
             select $1, $2, lower(email), encode(sha256($3::text::bytea), 'hex'), {values}, $4::timestamptz from {schema}.customer where tenant_id = $1 and id = $5"
        );
        let known = std::time::SystemTime::from(now);
        let row: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
            [&company.id, &Uuid::now_v7(), &token(company), &known, &side.uuid("customer")];
        assert_eq!(client.execute(&sql, &row).await.unwrap(), 1, "{table}");
    }
    side.one.insert("rate_link".into(), rate.trim_start_matches("/rate/").to_owned());
    let sql =
        format!("select id from {schema}.estimate where tenant_id = $1 and revision = 1 order by id desc limit 1");
    let row = client.query_one(&sql, &[&company.id]).await.unwrap();
    let link = estimates::reader::link::path(&scope, estimates::EstimateId(row.get(0)), 1).unwrap();
    let paper = billing::reader::link::path(&scope, billing::InvoiceId(side.uuid("invoice"))).unwrap();
    side.one.insert("invoice_link".into(), paper.trim_start_matches("/invoice/").to_owned());
    side.one.insert("estimate_link".into(), link.trim_start_matches("/estimate/").to_owned());
    let sql = format!(
        "select name from {schema}.customer where tenant_id = $1 and name like 'Rivera %' union select email from {schema}.member where tenant_id = $1"
    );
    side.words = client.query(&sql, &[&company.id]).await.unwrap().iter().map(|row| row.get(0)).collect();
    side
}

impl Side {
    fn uuid(&self, table: &str) -> Uuid {
        self.one[table].parse().unwrap()
    }
    /// The ids that belong into the operation's places; none where a place does not say whose.
    pub fn right(&self, operation: &Operation) -> Option<Vec<String>> {
        operation.places.iter().map(|place| self.one.get(place.table?).cloned()).collect()
    }
}

/// Ids that exist nowhere, one for each place.
pub fn nowhere(operation: &Operation) -> Vec<String> {
    let id = Uuid::now_v7();
    let of = |token: bool| if token { id.simple().to_string().repeat(2) } else { id.to_string() };
    operation.places.iter().map(|place| of(place.table == Some("token"))).collect()
}

/// Everybody who asks from our side of the street.
pub struct Cast {
    pub token: Caller,
    pub key: Caller,
    pub session: Caller,
    pub public: Caller,
    /// The technician of the chosen visit, by the phone's session.
    pub phone: Caller,
    pub roles: Vec<Caller>,
}

pub async fn cast(company: &Company<'_>, side: &Side) -> Cast {
    let caller = |name: &str, person: &Person<'_>| {
        let (header, value) = person.credential.clone().unwrap();
        Caller::new(name, &company.host, &[(header, &value)])
    };
    let session = async |email: &str, password: &str| {
        let answer = company.visitor().form("/sign-in", &[("email", email), ("password", password)]).await;
        let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        assert!(cookie.starts_with("__Host-tradewind="), "{answer:?}");
        Caller::new("session", &company.host, &[("cookie", &cookie), ("accept", "text/html")])
    };
    let mut roles = vec![];
    for role in Role::ALL.iter().filter(|role| !matches!(role, Role::Owner | Role::Customer)) {
        let person = company.person(role.as_str()).await;
        roles.push(Caller { role: Some(*role), ..caller(role.as_str(), &person) });
    }
    let client = company.test.above().await;
    let sql = format!("select email from {}.member where tenant_id = $1 and id = $2", company.schema().await);
    let row = client.query_one(&sql, &[&company.id, &side.uuid("member")]).await.unwrap();
    let phone = session(row.get(0), demo::PASSWORD).await;
    // Somebody who has begun to book.
    let begun = company
        .visitor()
        .form("/book", &[("postal_code", "62701"), ("street", "12 Elm St"), ("city", "Springfield")])
        .await;
    let draft = begun.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    // And is signed in to the portal.
    let draft = format!("{draft}; {}={}", portal::COOKIE, side.one["token"]);
    assert_eq!(begun.status, 303, "{begun:?}");
    Cast {
        token: Caller { role: Some(Role::Owner), ..caller("token", &company.person("owner").await) },
        key: caller("key", &company.program()),
        session: session(&company.owner_email, harness::PASSWORD).await,
        public: Caller::new("public", &company.host, &[("cookie", &draft)]),
        phone: Caller { name: "phone".into(), ..phone },
        roles,
    }
}
