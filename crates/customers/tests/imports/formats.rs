//! Exports of other systems, as they come: recognised, with dirty cells, several places, and ids of their own.
use harness::{Company, Person, in_both_placements};
use serde_json::{Value, json};

use crate::{checked, counts, hashes, house, imported, send, undone, verb};

const COUNTS: [&str; 4] = ["made", "changed", "same", "wrong"];

/// Looked through and run: what was promised happened.
async fn both(owner: &Person<'_>, acme: &Company<'_>, bytes: &[u8]) -> (String, Value) {
    let path = checked(owner, acme, bytes).await;
    let promised = owner.get(&path).await.body;
    assert_eq!(verb(owner, &path, "run").await.status, 202);
    acme.test.run_jobs().await;
    let done = owner.get(&path).await.body;
    assert_eq!(counts(&promised, &COUNTS), counts(&done, &COUNTS), "{done}");
    (path, done)
}

async fn found(owner: &Person<'_>, q: &str) -> Value {
    let found = owner.get(&format!("/api/v1/customers?q={q}")).await;
    assert_eq!(found.body["data"].as_array().unwrap().len(), 1, "{q}: {found:?}");
    found.body["data"][0].clone()
}

async fn parts(owner: &Person<'_>, customer: &Value, what: &str) -> Vec<Value> {
    let path = format!("/api/v1/customers/{}/{what}", customer["id"].as_str().unwrap());
    owner.get(&path).await.body["data"].as_array().unwrap().clone()
}

const JOBBER: &str = "J-ID,Display Name,First Name,Last Name,Company Name,Main Phone #s,Mobile Phone #s,E-mails,Billing Street 1,Billing City,Service Street 1,Service Street 2,Service City,Service State,Service Zip code,Tags,CFT[Gate code],PFT[Filter size]\n";

fn jobber() -> String {
    let mut file = JOBBER.to_owned();
    let rivera = "101,Ana Rivera,Ana,Rivera,,\"(217) 555-0101, (217) 555-0102\",217.555.0101,\"Ana@x.example, luis@x.example\",1 Bill St,Salem";
    file += &format!("{rivera},12 Elm St,,Springfield,IL,62701,\"VIP, Net 30\",4471,16x20\n");
    file += &format!("{rivera},9 Lake Shore,Dock B,Chatham,IL,62629,\"VIP, Net 30\",4471,20x25\n");
    file += &format!("{rivera},12 Elm St,,Springfield,IL,62701,\"VIP, Net 30\",4471,16x20\n");
    file += "102,שלום 😀,דוד,לוי,שלום 😀 בע״מ,+972 3 555 0102,,,,,7 Oak St,,Salem,IL,62702,,\"=HYPERLINK(\"\"http://x.example\"\")\",\n";
    file += "103,Null Person,,,,NONE,--,n/a,,,,,,,,,,\n";
    file += "104,Bad Mail,,,,,,not-an-address,,,,,,,,,,\n";
    file += &format!("105,Long Note,,,,,,,,,,,,,,,{},\n", "x".repeat(1 << 20));
    file += ",Totals,,,,5,,,,,,,,,,,,\n";
    file
}

#[tokio::test]
async fn a_jobber_export_brings_each_client_with_all_properties() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let before = hashes(&acme).await;
        let (path, done) = both(&owner, &acme, jobber().as_bytes()).await;
        assert_eq!((&done["source"], counts(&done, &COUNTS)), (&json!("jobber"), vec![3, 1, 2, 2]), "{done}");
        let ana = found(&owner, "rivera").await;
        assert_eq!((&ana["phone"], &ana["email"]), (&json!("(217) 555-0101"), &json!("ana@x.example")));
        assert_eq!(ana["notes"], "Gate code: 4471\nOther phone: (217) 555-0102\nOther e-mail: luis@x.example");
        assert_eq!((&ana["tags"], &ana["external_id"]), (&json!(["Net 30", "VIP"]), &Value::Null));
        let places = parts(&owner, &ana, "locations").await;
        let places: Vec<_> = places.iter().map(|place| (place["street"].clone(), place["access_notes"].clone())).collect();
        assert_eq!(
            places,
            [(json!("12 Elm St"), json!("Filter size: 16x20")), (json!("9 Lake Shore"), json!("Filter size: 20x25"))]
        );
        let ids = parts(&owner, &ana, "external-ids").await;
        assert_eq!((&ids[0]["source"], &ids[0]["external_id"], ids.len()), (&json!("jobber"), &json!("101"), 1));
        let shalom = found(&owner, "%D7%A9%D7%9C%D7%95%D7%9D").await;
        assert_eq!((&shalom["name"], &shalom["kind"]), (&json!("שלום 😀 בע״מ"), &json!("company")));
        assert_eq!(shalom["notes"], "Gate code: =HYPERLINK(\"http://x.example\")", "what is kept is as it came");
        assert_eq!(parts(&owner, &shalom, "contacts").await[0]["name"], "דוד לוי");
        let page = owner.page(&path.replace("/api/v1/customer-imports", "/customers/import")).await;
        assert!(page.text.contains("A line of totals, left out."), "{}", page.text);
        let errors = owner.page(&format!("{}/errors.csv", path.replace("/api/v1/customer-imports", "/customers/import"))).await;
        assert!(errors.text.contains("not-an-address") && errors.text.len() > 1 << 20);

        let now = hashes(&acme).await;
        let (_, again) = both(&owner, &acme, jobber().as_bytes()).await;
        assert_eq!(counts(&again, &COUNTS), [0, 0, 6, 2], "the same file twice changes nothing");
        assert_eq!(hashes(&acme).await, now);
        // A further property of one, and another who is as before.
        let more = JOBBER.to_owned()
            + "101,Ana Rivera,Ana,Rivera,,,,,,,3 Third St,,Salem,IL,62701,,,\n102,,,,שלום 😀 בע״מ,,,,,,7 Oak St,,Salem,,,,,\n";
        let (more, done) = both(&owner, &acme, more.as_bytes()).await;
        assert_eq!(counts(&done, &COUNTS), [0, 1, 1, 0], "{done}");
        assert_eq!(parts(&owner, &ana, "locations").await.len(), 3);
        undone(&owner, &acme, &more).await;
        assert_eq!(hashes(&acme).await, now);
        let undone = undone(&owner, &acme, &path).await;
        assert_eq!(counts(&undone, &["taken_back", "kept"]), [3, 0]);
        assert_eq!(hashes(&acme).await, before);
    })
    .await;
}

#[tokio::test]
async fn places_of_a_client_far_apart_in_the_file_find_each_other() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        owner.post("/api/v1/customers", json!({ "name": "Client 1003", "email": "c1003@example.com" })).await;
        let line = |n: usize, street: usize| {
            format!("{n},Client {n},,,,,,c{n}@example.com,,,{street} Elm St,,Salem,IL,62701,,,\n")
        };
        let mut file = JOBBER.to_owned();
        for n in 0..2010 {
            file += &line(n, 1);
        }
        for n in [1003, 1007, 1009] {
            file += &(line(n, 2) + &line(n, 3) + &line(n, 2));
        }
        let (path, done) = both(&owner, &acme, file.as_bytes()).await;
        assert_eq!(counts(&done, &COUNTS), [2009, 7, 3, 0], "{done}");
        for client in ["c1003", "c1007", "c1009"] {
            assert_eq!(parts(&owner, &found(&owner, client).await, "locations").await.len(), 3, "{client}");
        }
        let undone = undone(&owner, &acme, &path).await;
        assert_eq!(counts(&undone, &["taken_back", "kept"]), [2010, 0]);
        assert!(parts(&owner, &found(&owner, "c1003").await, "locations").await.is_empty());
    })
    .await;
}

fn utf16(text: &str) -> Vec<u8> {
    [b"\xFF\xFE".to_vec(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat()
}

/// As Windows writes the West: these letters are the same numbers there as in Unicode.
fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(c as u32).unwrap()).collect()
}

#[tokio::test]
async fn exports_of_other_systems_are_recognised_whatever_they_are_written_in() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let housecall = "First Name;Last Name;Display Name;Company;Mobile Number;Home Number;Work Number;Email;Additional Emails;Street Line 1;Street Line 2;City;State;Zip;Tags;Notes;Lead Source\n\
            José;Müller;José Müller;;;(217) 555-0201;;jose@hcp.example;j2@hcp.example;4 Fir St;Apt 2;Salem;IL;62703;VIP|Dog;Ring twice;Web\n\
            José;Müller;José Müller;;;(217) 555-0201;;jose@hcp.example;;4 Fir St;Apt 2;Salem;IL;62703;;;\n";
        let (_, done) = both(&owner, &acme, &latin(housecall)).await;
        assert_eq!((&done["source"], counts(&done, &COUNTS)), (&json!("housecall_pro"), vec![1, 0, 1, 0]), "{done}");
        let jose = found(&owner, "jose").await;
        assert_eq!((&jose["phone"], &jose["place"]), (&json!("(217) 555-0201"), &json!("4 Fir St, Apt 2, Salem")));
        assert_eq!(jose["notes"], "Ring twice\nOther e-mail: j2@hcp.example");

        let titan = "Customer ID\tCustomer Name\tLocation ID\tLocation Name\tLocation Street\tLocation City\tLocation State\tLocation Zip\tPhone\tEmail\n\
            101\tOak Hill Condos\t1\tNorth tower\t1 Oak Hill\tSalem\tIL\t62704\t217-555-0301\toffice@oak.example\n\
            101\tOak Hill Condos\t2\tSouth tower\t2 Oak Hill\tSalem\tIL\t62704\t217-555-0301\toffice@oak.example\n\
            101\tOak Hill Condos\t2\tSouth tower\t2 Oak Hill\tSalem\tIL\t62704\t217-555-0301\toffice@oak.example\n";
        let (_, done) = both(&owner, &acme, &utf16(titan)).await;
        assert_eq!((&done["source"], counts(&done, &COUNTS)), (&json!("servicetitan"), vec![1, 1, 1, 0]), "{done}");
        let oak = found(&owner, "oak+hill+condos").await;
        let towers: Vec<_> = parts(&owner, &oak, "locations").await.iter().map(|place| place["label"].clone()).collect();
        assert_eq!(towers, ["North tower", "South tower"]);

        let hubspot = "\u{feff}Record ID,First Name,Last Name,Email,Phone Number,Lead Status,Create Date,Associated Company,Street Address,City,State/Region,Postal Code,Country/Region\n\
            101,Wei,Chen,wei@hub.example,+1 217 555 0401,Open,2026-13-45,Chen Heating,5 Pine St,Salem,IL,62705,United States\n\
            102,Bo,Nowak,bo@hub.example,,,not a date,,,,,,\n";
        let (_, done) = both(&owner, &acme, hubspot.as_bytes()).await;
        assert_eq!((&done["source"], counts(&done, &COUNTS)), (&json!("hubspot"), vec![2, 0, 0, 0]), "{done}");
        let chen = found(&owner, "chen+heating").await;
        assert_eq!(parts(&owner, &chen, "contacts").await[0]["name"], "Wei Chen");

        let books = "Customer full name|Phone numbers|Email|Full name|Bill address|Open Balance\n\
            Delgado Bakery|(217) 555-0501, (217) 555-0502|pay@delgado.example|Rosa Delgado|\"400 Market St\nSuite 3\nSalem, IL 62706\"|$12.00\n\
            TOTAL|||||$12.00\n";
        let (_, done) = both(&owner, &acme, books.as_bytes()).await;
        assert_eq!((&done["source"], counts(&done, &COUNTS)), (&json!("quickbooks"), vec![1, 0, 1, 0]), "{done}");
        let delgado = found(&owner, "delgado").await;
        assert_eq!((&delgado["place"], &delgado["city"]), (&json!("400 Market St, Suite 3, Salem"), &json!("Salem")));

        // The same number is somebody else in each system, and in the company's own.
        let jobber = JOBBER.to_owned() + "101,Ida Jobber,,,,,,ida@job.example,,,,,,,,,,\n";
        let own = "Customer ID,Name,Email\n101,Own Person,own@x.example\n";
        for file in [jobber.as_str(), own] {
            let (_, done) = both(&owner, &acme, file.as_bytes()).await;
            assert_eq!(counts(&done, &COUNTS), [1, 0, 0, 0], "{done}");
            let (_, done) = both(&owner, &acme, file.as_bytes()).await;
            assert_eq!(counts(&done, &COUNTS), [0, 0, 1, 0], "{done}");
        }
        // Whoever is known by e-mail gets the other system's id, and is found by it when the e-mail has changed.
        let known = JOBBER.to_owned() + "777,José Müller,,,,,,jose@hcp.example,,,,,,,,,,\n";
        assert_eq!(counts(&both(&owner, &acme, known.as_bytes()).await.1, &COUNTS), [0, 1, 0, 0]);
        let moved = known.replace("jose@", "new@");
        assert_eq!(counts(&both(&owner, &acme, moved.as_bytes()).await.1, &COUNTS), [0, 1, 0, 0]);
        assert_eq!(found(&owner, "jose").await["email"], "new@hcp.example");
    })
    .await;
}

#[tokio::test]
async fn columns_are_matched_by_what_they_hold_and_as_they_were_the_last_time() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let file = "Wer\tWo\tNummer\tPost\nMüller Heizung\tElm St 1\t217 555 0601\tm@x.example\n";
        let path = imported(&owner, &acme, file.as_bytes()).await;
        assert_eq!(owner.get(&path).await.body["made"], 1);
        let muller = found(&owner, "heizung").await;
        assert_eq!((&muller["place"], &muller["email"]), (&json!("Elm St 1"), &json!("m@x.example")));

        // Otherwise this time, and so the next.
        let file = file.replace("Müller", "Bäcker").replace("m@x", "b@x").replace("0601", "0602");
        let made = send(&owner, "/api/v1/customer-imports", "b.tsv", file.as_bytes()).await;
        let path = format!("/api/v1/customer-imports/{}", made.id());
        let columns = json!({ "c0": "company", "c1": "notes", "c3": "email", "source": "hubspot" });
        let checking = owner.post(&format!("{path}/check"), columns).await;
        assert_eq!((checking.status, &checking.body["source"]), (202, &json!("hubspot")), "{checking:?}");
        house.run_jobs().await;
        let next = file.replace("Bäcker", "Schmidt").replace("b@x", "s@x");
        let path = imported(&owner, &acme, next.as_bytes()).await;
        assert_eq!(owner.get(&path).await.body["source"], "hubspot");
        let schmidt = found(&owner, "schmidt").await;
        assert_eq!(
            (&schmidt["kind"], &schmidt["notes"], &schmidt["phone"]),
            (&json!("company"), &json!("Elm St 1"), &Value::Null)
        );
        let refused = owner.post(&format!("{path}/check"), json!({ "c0": "name", "source": "myspace" })).await;
        assert_eq!(refused.status, 422, "{refused:?}");
    })
    .await;
}
