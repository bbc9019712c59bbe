//! Who sees only their own rows sees nothing of others', on every route there is: made from the routes, the tables and the
//! events themselves, so that a new noun, table, route or event is held to it or fails here.
use crate::neighbour::{
    ask::{Caller, Fill, Group, Probe},
    declared::Declared,
    operation::Operation,
    operations, side,
};
use axum::http::Method;
use harness::{Company, Person, TestHouse};
use kernel::{
    EVENTS, PERMISSIONS, Role,
    reach::{NOUNS, heard_by},
};
use serde_json::json;
use std::{collections::HashSet, sync::Arc};
use tradewind::modules;

/// Tables that name a noun with reach, a technician or a member and are nobody's in particular; and why.
const NOBODYS: &[(&str, &str)] = &[
    ("technician", "who comes is no secret among colleagues"),
    ("technician_skill", "nor what they can do"),
    ("shift", "nor when they work"),
    ("time_off", "nor when they do not"),
    ("shift_exception", "nor on which days they do otherwise"),
    ("on_call", "nor when they may be called"),
    ("credential", "nor for what they are licensed"),
    ("technician_area", "nor where they go"),
    ("appointment_resource", "ids alone, of which reach itself is read"),
    (
        "work_order_visit",
        "ids and how far each is: reach itself is read of it, and who ends one visit must know of the others",
    ),
    (
        "board_viewer",
        "who looks at the board is no secret among those who do; whose job it is, its lane says to whom sees it",
    ),
    ("session", "read by its secret alone, or by its own member"),
    ("device", "read by its secret alone, or by its own member"),
    ("half_sign_in", "read by its secret alone"),
    ("refresh_token", "read by its secret alone"),
    ("token_family", "read by its own member"),
    ("invitation", "read by its secret alone"),
    ("mail_link", "read by its secret alone"),
    ("portal_request", "read by the job that answers it alone"),
    ("portal_link", "read by its secret alone"),
    ("portal_session", "read by its secret alone"),
    ("passkey", "read by its own member"),
    ("passkey_ceremony", "read by its own member"),
    ("second_factor", "read by its own member"),
    ("recovery_code", "read by its own member"),
    ("saved_view", "shared with everybody, or read by its own member"),
    ("import_row", "an import is for those who see all"),
    ("import_deed", "an import is for those who see all"),
];

async fn tables_held(house: &TestHouse) -> HashSet<String> {
    let rows = house
        .above()
        .await
        .query("select c.relname::text from pg_policy p join pg_class c on c.oid = p.polrelid where p.polname = 'reach' and c.relnamespace = 'app'::regnamespace", &[])
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn every_table_about_a_noun_is_held_to_its_reach() {
    let house = harness::start(modules::list()).await;
    let held = tables_held(&house).await;
    for noun in NOUNS.iter() {
        assert!(held.contains(noun.name), "{} has no policy `reach`: see ctl.within_reach", noun.name);
        assert!(noun.shows.iter().all(|shown| NOUNS.iter().any(|other| other.name == *shown)));
    }
    // A foreign key or a column of the name: either says whose it is.
    let rows = house
        .above()
        .await
        .query(
            "select distinct c.relname::text, a.attname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and a.atttypid = 'uuid'::regtype and a.attname <> 'created_by' and (
               a.attname in (select n || '_id' from unnest($1::text[]) n)
               or exists (select from pg_constraint k where k.contype = 'f' and k.conrelid = c.oid and a.attnum = any (k.conkey) and a.attname <> 'tenant_id'
                 and (select relname::text from pg_class where oid = k.confrelid) = any ($1::text[])))",
            &[&held.iter().cloned().chain(["technician".into(), "member".into()]).collect::<Vec<String>>()],
        )
        .await
        .unwrap();
    let missing: Vec<(String, String)> = rows
        .iter()
        .map(|row| (row.get::<_, String>(0), row.get::<_, String>(1)))
        .filter(|(table, _)| !held.contains(table) && !NOBODYS.iter().any(|(known, _)| known == table))
        .collect();
    assert!(missing.is_empty(), "tables about nouns with reach that are not held to it: {missing:?}");
    assert!(rows.len() > 20, "{rows:?}");
}

#[test]
fn every_event_says_who_hears_it() {
    let whole = |name: &str| PERMISSIONS.iter().any(|p| p.name == name && p.whole);
    let silent: Vec<&str> =
        EVENTS.iter().filter(|e| heard_by(e.kind).is_none() && !whole(e.seen_by)).map(|event| event.kind).collect();
    assert!(silent.is_empty(), "kernel::heard! says of each who hears it: {silent:?}");
}

/// The rows a company begins with are the catalogue's: nobody waits for an update of the program to be held to their reach.
#[tokio::test]
async fn a_new_company_has_its_roles_as_they_are_declared() {
    let house = harness::start(modules::list()).await;
    for placement in harness::PLACEMENTS {
        let company = house.company(placement).await;
        let roles = company.program().get("/api/v1/roles").await.body["data"].clone();
        let of = |role: Role| roles.as_array().unwrap().iter().find(|row| row["name"] == json!(role.as_str())).cloned();
        for role in tenancy::role::STAFF {
            let row = of(*role).unwrap_or_else(|| panic!("{role} is no role of a new company: {roles}"));
            assert_eq!(row["permissions"], json!(tenancy::role::permissions_of(*role)), "{placement}: {role}");
            for noun in NOUNS.iter() {
                assert_eq!(row["reach"][noun.name], json!(noun.of_role(*role).as_str()), "{placement}: {role}");
            }
        }
    }
}

/// Somebody who may everything that does not show the company whole, and reaches their own alone, or their team's: by a
/// role of the company's own, made through the front door.
async fn near<'a>(company: &'a Company<'a>, reach: &str) -> Person<'a> {
    let owner = company.person("owner").await;
    let person = company.person("technician").await;
    let label = format!("Near {reach}");
    let roles = owner.get("/api/v1/roles").await;
    let known = roles.body["data"].as_array().unwrap().iter().find(|role| role["label"] == json!(label)).cloned();
    let role = match known {
        Some(role) => role,
        None => {
            let made = owner.post("/api/v1/roles", json!({ "label": label, "copy_of": "technician" })).await;
            assert_eq!(made.status, 201, "{made:?}");
            let all: Vec<&str> = PERMISSIONS.iter().filter(|p| !p.whole).map(|p| p.name).collect();
            let reach: serde_json::Map<String, serde_json::Value> =
                NOUNS.iter().map(|noun| (noun.name.to_owned(), json!(reach))).collect();
            let path = format!("/api/v1/roles/{}", made.id());
            let changed = owner.patch(&path, &made.etag(), json!({ "permissions": all, "reach": reach })).await;
            assert_eq!(changed.status, 200, "{changed:?}");
            changed.body
        }
    };
    change_member(&owner, &person, json!({ "role": role["name"] })).await;
    person
}

async fn change_member(owner: &Person<'_>, person: &Person<'_>, change: serde_json::Value) {
    let path = format!("/api/v1/members/{}", person.id.unwrap());
    let changed = owner.patch(&path, &owner.get(&path).await.etag(), change).await;
    assert_eq!(changed.status, 200, "{changed:?}");
}

/// A lane for somebody, with a customer, a visit and a job.
struct Own {
    customer: String,
    visit: String,
    order: String,
}

async fn lane(owner: &Person<'_>, member: &Person<'_>, name: &str) -> String {
    let new = json!({ "member_id": member.id.unwrap(), "name": name });
    let made = owner.post("/api/v1/technicians", new).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.id()
}

async fn work(owner: &Person<'_>, technician: &str, customer: &str, hour: i64) -> Own {
    let item = owner.get("/api/v1/items").await.body["data"][0]["id"].as_str().unwrap().to_owned();
    let new = json!({ "name": customer, "phone": "(217) 555-0123", "location": { "street": "1 Near St", "city": "Springfield" }, "contact": { "name": format!("{customer} Contact") } });
    let made = owner.post("/api/v1/customers", new).await;
    assert_eq!(made.status, 201, "{made:?}");
    let customer = made.id();
    let starts: jiff::Timestamp = harness::MORNING.parse().unwrap();
    let starts = starts + jiff::SignedDuration::from_hours(hour);
    let new = json!({ "customer_id": customer, "item_id": item, "technician_id": technician, "starts_at": starts, "anyway": true });
    let made = owner.post("/api/v1/appointments", new).await;
    assert_eq!(made.status, 201, "{made:?}");
    let visit = made.id();
    let order = owner.post("/api/v1/work-orders", json!({ "appointment_id": visit })).await.id();
    Own { customer, visit, order }
}

fn caller(name: &str, company: &Company<'_>, person: &Person<'_>) -> Caller {
    let (header, value) = person.credential.clone().unwrap();
    Caller::new(name, &company.host, &[(header, &value)])
}

/// Every list, search and page without an id in its address; gives the paths that showed something secret.
async fn lists(probe: &Arc<Probe>, operations: &[Arc<Operation>], caller: &Caller) -> HashSet<String> {
    for operation in operations.iter().filter(|o| o.method == Method::GET && !o.in_path()) {
        let base = operation.filled(&side::nowhere(operation)).0;
        let base = base.split('?').next().unwrap_or_default().to_owned();
        for path in
            [base.clone(), format!("{base}?q=rivera"), format!("{base}?limit=200"), format!("{base}?date=2026-06-22")]
        {
            probe.send(&Method::GET, &path, caller, None, String::new(), &[]).await;
            probe.count("list");
        }
    }
    let leaks = probe.leaks.lock().unwrap();
    leaks
        .iter()
        .filter_map(|leak| leak.split(' ').nth(1))
        .map(|path| path.split('?').next().unwrap_or(path).to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sees_their_own_sees_nothing_of_others() {
    let house = harness::start(modules::list()).await;
    let held = tables_held(&house).await;
    let declared = Arc::new(Declared::of(&modules::all().routes));
    let operations = operations(&modules::all().routes);
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let theirs = side::furnish(&acme).await;
        let (client, schema) = (house.above().await, acme.schema().await);
        let mut secret_ids = HashSet::new();
        for table in &held {
            let has_id = theirs.one.contains_key(table);
            if has_id {
                let rows = client.query(&format!("select id from {schema}.{table} where tenant_id = $1"), &[&acme.id]).await.unwrap();
                secret_ids.extend(rows.iter().map(|row| row.get::<_, uuid::Uuid>(0).to_string()));
            }
        }
        let sql = format!("select name from {schema}.customer where tenant_id = $1 union select name from {schema}.contact where tenant_id = $1 and length(name) > 4 union select street from {schema}.location where tenant_id = $1 union select serial from {schema}.equipment where tenant_id = $1");
        let secret_words: Vec<String> = client.query(&sql, &[&acme.id]).await.unwrap().iter().map(|row| row.get(0)).collect();
        assert!(secret_ids.len() > 30 && secret_words.len() > 2, "{} {secret_words:?}", secret_ids.len());

        let (owner, near) = (acme.program(), near(&acme, "own").await);
        let technician = lane(&owner, &near, "Nora Near").await;
        let own = work(&owner, &technician, "Nearby Household", 6).await;
        house.run_jobs().await;
        let eye = |_: ()| Arc::new(Probe { secret_ids: secret_ids.clone(), secret_words: secret_words.clone(), ..Probe::of(&house.router, &declared) });
        let (probe, control) = (eye(()), eye(()));
        let near_caller = caller("near", &acme, &near);

        // The control: the owner is shown what is secret here, on at least these.
        let shown = lists(&control, &operations, &caller("owner", &acme, &acme.person("owner").await)).await;
        for path in ["/api/v1/customers", "/customers", "/api/v1/appointments", "/api/v1/work-orders", "/api/v1/invoices", "/palette", "/board", "/jobs", "/invoices"] {
            assert!(shown.contains(path), "{path} shows the owner nothing: {shown:?}");
        }
        lists(&probe, &operations, &near_caller).await;

        // Whatever takes an id of theirs answers as if it were nowhere.
        let mut groups = vec![];
        // The link of a visit opens it to whoever was given it, in the company or not; it names one visit and no other.
        let by_link = |o: &&Arc<Operation>| o.places.iter().any(|place| matches!(place.table, Some("visit_link" | "estimate_link" | "rate_link" | "invoice_link")));
        let held_there = |o: &&Arc<Operation>| o.places.iter().any(|place| place.table.is_some_and(|t| held.contains(t)));
        for operation in operations.iter().filter(held_there).filter(|o| !by_link(o)) {
            let nowhere = side::nowhere(operation);
            let fits = |i: usize, theirs_too: bool| match operation.places[i].table {
                Some(table) if held.contains(table) && !theirs_too => nowhere[i].clone(),
                Some(table) => theirs.one.get(table).cloned().unwrap_or_else(|| nowhere[i].clone()),
                None => nowhere[i].clone(),
            };
            let all = |theirs_too: bool| (0..nowhere.len()).map(|i| fits(i, theirs_too)).collect::<Vec<_>>();
            let mut fills = vec![Fill { kind: "others'", ids: all(true) }];
            // By an id of another table nobody comes nearer either.
            fills.extend(held.iter().filter_map(|table| theirs.one.get(table)).map(|id| Fill {
                kind: "any table",
                ids: (0..nowhere.len()).map(|i| if operation.places[i].table.is_some_and(|t| held.contains(t)) { id.clone() } else { fits(i, true) }).collect(),
            }));
            groups.push(Group { operation: operation.clone(), caller: Arc::new(near_caller.clone()), nothing: all(false), foreign: false, fills });
        }
        assert!(groups.len() > 60, "{}", groups.len());
        // The control: where an id stands in the address, the owner is shown what it names.
        let (eye, mut shown) = (Probe::of(&house.router, &declared), 0);
        let all = caller("owner", &acme, &owner);
        for group in groups.iter().filter(|group| group.operation.method == Method::GET) {
            shown += usize::from(eye.ask(&group.operation, &all, &group.fills[0].ids).await.is_success());
        }
        assert!(shown >= 20, "the owner is shown {shown} of others' by id");
        probe.run(1, groups).await;

        // Events: those of their own, and of others' at most that something happened.
        let heard = probe.hear("/live?topics=*", &near_caller.with("last-event-id", "0")).await;
        assert!(heard.contains(&own.customer) && heard.contains(&own.visit) && heard.contains(&own.order), "{heard}");

        let leaks = probe.leaks.lock().unwrap().clone();
        let some: Vec<String> = leaks.iter().take(25).map(|leak| leak.chars().take(900).collect()).collect();
        assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), some.join("\n"));

        // Their own they see, and can count.
        for (path, id) in [
            (format!("/api/v1/customers/{}", own.customer), &own.customer),
            (format!("/api/v1/appointments/{}", own.visit), &own.visit),
            (format!("/api/v1/work-orders/{}", own.order), &own.order),
        ] {
            let answer = near.get(&path).await;
            assert_eq!(answer.body["id"], json!(id), "{answer:?}");
        }
        for path in ["/api/v1/customers", "/api/v1/work-orders", "/api/v1/customers?q=nearby"] {
            let answer = near.get(path).await;
            assert_eq!(answer.body["data"].as_array().map(Vec::len), Some(1), "{path} {answer:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn reach_is_ones_own_ones_teams_or_everybodys() {
    let house = harness::start(modules::list()).await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.program();
        let item = json!({ "name": "Tune-up", "kind": "service", "price": { "amount": "100.00", "currency": "USD" }, "duration_minutes": 60 });
        let made = owner.post("/api/v1/items", item).await;
        assert_eq!(made.status, 201, "{made:?}");
        let (ann, bob, cid) = (near(&acme, "team").await, near(&acme, "own").await, near(&acme, "own").await);
        let mut all = vec![];
        for (i, (person, name)) in [(&ann, "Ann Able"), (&bob, "Bob Best"), (&cid, "Cid Cole")].into_iter().enumerate() {
            let technician = lane(&owner, person, name).await;
            let own = work(&owner, &technician, &format!("Household {name}"), 2 + 2 * i as i64).await;
            all.push((technician, own));
        }
        let team = acme.person("owner").await.post("/api/v1/teams", json!({ "name": "North" })).await;
        assert_eq!(team.status, 201, "{team:?}");
        for person in [&ann, &bob] {
            change_member(&acme.person("owner").await, person, json!({ "team_id": team.id() })).await;
        }
        house.run_jobs().await;

        let names = async |person: &Person<'_>, path: &str, field: &str| -> Vec<String> {
            let answer = person.get(path).await;
            let mut names: Vec<String> = answer.body["data"].as_array().unwrap_or_else(|| panic!("{answer:?}")).iter().map(|row| row[field].as_str().unwrap_or_default().to_owned()).collect();
            names.sort();
            names
        };
        assert_eq!(names(&owner, "/api/v1/customers", "name").await.len(), 3);
        assert_eq!(names(&ann, "/api/v1/customers", "name").await, ["Household Ann Able", "Household Bob Best"]);
        assert_eq!(names(&bob, "/api/v1/customers", "name").await, ["Household Bob Best"]);
        assert_eq!(names(&cid, "/api/v1/work-orders", "customer_name").await, ["Household Cid Cole"]);
        assert_eq!(names(&ann, "/api/v1/work-orders", "customer_name").await.len(), 2);

        // Who goes along reaches the visit and whom it is for, as long as they go.
        let visit = format!("/api/v1/appointments/{}", all[1].1.visit);
        let send_along = async |ids: serde_json::Value| {
            let etag = owner.get(&visit).await.etag();
            let body = json!({ "resource_ids": ids, "anyway": true });
            owner.send(Method::PUT, &format!("{visit}/resources"), &[("if-match", &etag)], body).await
        };
        let along = send_along(json!([all[2].0])).await;
        assert_eq!(along.status, 200, "{along:?}");
        assert_eq!(cid.get(&visit).await.status, 200);
        assert_eq!(names(&cid, "/api/v1/customers", "name").await, ["Household Bob Best", "Household Cid Cole"]);
        assert_eq!(names(&bob, "/api/v1/customers", "name").await, ["Household Bob Best"]);
        let alone = send_along(json!([])).await;
        assert_eq!((alone.status, cid.get(&visit).await.status), (200, 404), "{alone:?}");

        // Whom one adds, one looks after; whom another is made to look after is gone.
        let made = bob.post("/api/v1/customers", json!({ "name": "Bob's Find" })).await;
        assert_eq!((made.status, &made.body["assigned_to"]), (201, &json!(bob.id)), "{made:?}");
        let found = format!("/api/v1/customers/{}", made.id());
        assert_eq!(ann.get(&found).await.status, 200);
        assert_eq!(cid.get(&found).await.status, 404);
        let given = bob.patch(&found, &bob.get(&found).await.etag(), json!({ "assigned_to": cid.id })).await;
        assert_eq!((given.status, given.body["code"].as_str()), (409, Some("out_of_reach")), "{given:?}");
        let given = owner.patch(&found, &owner.get(&found).await.etag(), json!({ "assigned_to": cid.id })).await;
        assert_eq!(given.status, 200, "{given:?}");
        assert_eq!((bob.get(&found).await.status, cid.get(&found).await.status), (404, 200));

        // Within the team a visit may go to another lane, beyond it not; then it is another's to see.
        let visit = format!("/api/v1/appointments/{}", all[1].1.visit);
        let assign = async |person: &Person<'_>, to: usize| {
            let etag = person.get(&visit).await.etag();
            let headers = [("if-match", etag.as_str())];
            person.send(Method::POST, &format!("{visit}/assign"), &headers, json!({ "technician_id": all[to].0, "anyway": true })).await
        };
        let refused = assign(&ann, 2).await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (409, Some("out_of_reach")), "{refused:?}");
        let moved = assign(&ann, 0).await;
        assert_eq!(moved.status, 200, "{moved:?}");
        assert_eq!((bob.get(&visit).await.status, ann.get(&visit).await.status), (404, 200));
    })
    .await;
}

#[tokio::test]
async fn a_company_makes_its_own_roles_and_nobody_raises_themselves() {
    let house = harness::start(modules::list()).await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let (owner, admin) = (acme.person("owner").await, acme.person("admin").await);
        let new = |label: &str, of: &str| json!({ "label": label, "copy_of": of });
        let made = admin.post("/api/v1/roles", new("Apprentice", "viewer")).await;
        assert_eq!(made.status, 201, "{made:?}");
        let (path, name) = (format!("/api/v1/roles/{}", made.id()), made.body["name"].clone());

        // What cannot be is refused with a sentence.
        let taken = admin.post("/api/v1/roles", new("apprentice", "viewer")).await;
        assert_eq!(taken.error("/label"), "There is a role called Apprentice already.", "{taken:?}");
        let none = admin.post("/api/v1/roles", new("Other", "nobody")).await;
        assert_eq!(none.error("/copy_of"), "Choose a role to begin with.", "{none:?}");
        let own = admin.post("/api/v1/roles", new("Second owner", "owner")).await;
        assert_eq!((own.status, own.body["detail"].as_str()), (409, Some("Only an owner can make, change or remove an owner.")));
        let etag = made.etag();
        let unknown = admin.patch(&path, &etag, json!({ "permissions": ["moon.fly"] })).await;
        assert_eq!(unknown.error("/permissions"), "`moon.fly` is not a permission.", "{unknown:?}");
        let whole = admin.patch(&path, &etag, json!({ "permissions": ["audit.read", "customers.read"], "reach": { "customer": "team", "appointment": "own", "work_order": "own" } })).await;
        assert!(whole.error("/permissions").contains("shows the whole company"), "{whole:?}");
        let narrower = admin.patch(&path, &etag, json!({ "permissions": ["customers.read"], "reach": { "appointment": "own", "customer": "all" } })).await;
        assert_eq!(narrower.status, 200, "{narrower:?}");
        let narrower = admin.patch(&path, &narrower.etag(), json!({ "reach": { "appointment": "all", "customer": "own", "work_order": "own" } })).await;
        assert!(narrower.error("/reach").contains("at least as far"), "{narrower:?}");
        let system = owner.get("/api/v1/roles").await;
        let system = system.body["data"].as_array().unwrap().iter().find(|role| role["name"] == "viewer").unwrap()["id"].as_str().unwrap().to_owned();
        let house_role = owner.patch(&format!("/api/v1/roles/{system}"), "\"1\"", json!({ "label": "Mine" })).await;
        assert!(house_role.body["detail"].as_str().unwrap_or_default().contains("role of the house"), "{house_role:?}");

        // Given, it counts at once; changed, it counts at once too.
        let person = acme.person("viewer").await;
        change_member(&admin, &person, json!({ "role": name })).await;
        assert_eq!(person.get("/api/v1/customers").await.status, 200);
        assert_eq!(person.get("/api/v1/invoices").await.status, 403);
        let now = admin.get(&path).await;
        assert_eq!(now.body["people"], 1, "{now:?}");
        let more = admin.patch(&path, &now.etag(), json!({ "permissions": ["invoices.read"], "reach": { "customer": "all", "appointment": "all", "work_order": "all" } })).await;
        assert_eq!(more.status, 200, "{more:?}");
        assert_eq!((person.get("/api/v1/customers").await.status, person.get("/api/v1/invoices").await.status), (403, 200));
        let used = admin.delete(&path).await;
        assert_eq!((used.status, used.body["detail"].as_str()), (409, Some("1 person still has this role. Give them another first.")), "{used:?}");

        // Who has it may not change it, whatever else they may; nor give what they have not.
        let now = owner.get(&path).await;
        let own = owner.patch(&path, &now.etag(), json!({ "permissions": ["members.read", "members.write"] })).await;
        assert_eq!(own.status, 200, "{own:?}");
        let raise = person.patch(&path, &own.etag(), json!({ "permissions": ["members.read", "members.write", "audit.read"] })).await;
        assert_eq!(raise.body["detail"], "This is your own role. Ask somebody with another role to change it.", "{raise:?}");
        let copy = person.post("/api/v1/roles", new("Higher", "service_manager")).await;
        assert!(copy.body["detail"].as_str().unwrap_or_default().contains("you may not"), "{copy:?}");
        let low = person.post("/api/v1/roles", json!({ "label": "Same", "copy_of": name })).await;
        assert_eq!(low.status, 201, "{low:?}");
        let raise = person.patch(&format!("/api/v1/roles/{}", low.id()), &low.etag(), json!({ "permissions": ["audit.read"] })).await;
        assert!(raise.body["detail"].as_str().unwrap_or_default().contains("you may not"), "{raise:?}");
        let me = format!("/api/v1/members/{}", person.id.unwrap());
        let raise = person.patch(&me, &person.get(&me).await.etag(), json!({ "role": "admin" })).await;
        assert_eq!(raise.status, 409, "{raise:?}");

        // The pages.
        let matrix = owner.page(&format!("/settings/roles/{}", made.id())).await;
        assert!(matrix.status == 200 && matrix.text.contains("Read who did what") && matrix.text.contains("Whom they look after"), "{matrix:?}");
        let version = owner.get(&path).await.body["version"].to_string();
        let fields = [("label", "Trainee"), ("permissions", "customers.read"), ("permissions", "board.read"), ("reach_customer", "team"), ("reach_appointment", "own"), ("reach_work_order", "own"), ("version", version.as_str())];
        let saved = owner.form(&format!("/settings/roles/{}", made.id()), &fields).await;
        assert_eq!(saved.status, 303, "{saved:?}");
        let now = owner.get(&path).await;
        assert_eq!((now.body["label"].as_str(), now.body["reach"]["customer"].as_str()), (Some("Trainee"), Some("team")), "{now:?}");
        assert_eq!(now.body["permissions"], json!(["account.own", "board.read", "customers.read"]));
        let list = owner.page("/settings/roles").await;
        assert!(list.text.contains("Trainee") && list.text.contains("their team"), "{list:?}");
        assert_eq!(owner.page("/settings/teams").await.status, 200);

        change_member(&owner, &person, json!({ "role": "viewer" })).await;
        let gone = owner.delete(&path).await;
        assert_eq!(gone.status, 204, "{gone:?}");
        assert_eq!(owner.get(&path).await.status, 404);
        let told = acme.told().await;
        assert!(["role.created", "role.changed", "role.deleted"].iter().all(|kind| told.iter().any(|told| told == kind)), "{told:?}");
    })
    .await;
}
