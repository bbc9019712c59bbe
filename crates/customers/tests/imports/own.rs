//! Columns for fields of the company's own: checked as the form checks them, made on the way, undone with all else.
use harness::{Answer, Person, in_both_placements};
use serde_json::{Value, json};

use crate::{checked, counts, hashes, house, imported, send, undone, verb};

const COUNTS: [&str; 4] = ["made", "changed", "same", "wrong"];

async fn field(owner: &Person<'_>, label: &str, kind: &str, more: Value) {
    let mut body = json!({ "label": label, "kind": kind });
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    let made = owner.post("/api/v1/custom-fields", body).await;
    assert_eq!(made.status, 201, "{made:?}");
}

async fn custom_of(owner: &Person<'_>, q: &str) -> Value {
    let found = owner.get(&format!("/api/v1/customers?q={q}")).await;
    assert_eq!(found.body["data"].as_array().unwrap().len(), 1, "{q}: {found:?}");
    found.body["data"][0]["custom"].clone()
}

async fn uploaded(owner: &Person<'_>, file: &str) -> String {
    let made = send(owner, "/api/v1/customer-imports", "customers.csv", file.as_bytes()).await;
    assert_eq!(made.status, 201, "{made:?}");
    format!("/api/v1/customer-imports/{}", made.id())
}

fn page_of(path: &str) -> String {
    path.replace("/api/v1/customer-imports", "/customers/import")
}

async fn refused_lines(owner: &Person<'_>, path: &str) -> String {
    owner.page(&format!("{}/errors.csv", page_of(path))).await.text
}

const HEAD: &str = "J-ID,Display Name,E-mails,Service Street 1,Service City,CFT[Gate Code],CFT[Filter size],CFT[Square feet],CFT[Contract until],CFT[Has a dog],PFT[Attic]\n";

fn jobber() -> String {
    HEAD.to_owned()
        + "1,Ana Rivera,ana@x.example,12 Elm St,Salem,0471,16X20,\"1,850.5\",03/31/2027,Yes,left door\n\
           2,Bo Chen,bo@x.example,9 Oak St,Salem,#12,None,900,\"Mar 1, 2027\",no,\n\
           3,Cy Diaz,cy@x.example,,,,18x25,,,,\n\
           4,Di Evans,di@x.example,,,,,many,31/12/2027,perhaps,\n\
           5,Known Already,known@x.example,,,n/a,20x25,,,,\n"
}

#[tokio::test]
async fn a_file_fills_the_companys_own_fields_and_undoing_takes_it_back() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        field(&owner, "Gate code", "text", json!({})).await;
        field(&owner, "Filter size", "choice", json!({ "choices": ["16x20", "20x25", "None"] })).await;
        field(&owner, "Square feet", "number", json!({})).await;
        field(&owner, "Contract until", "date", json!({})).await;
        field(&owner, "Has a dog", "flag", json!({})).await;
        let known = json!({ "name": "Known Already", "email": "known@x.example", "custom": { "gate_code": "77", "filter_size": "16x20" } });
        assert_eq!(owner.post("/api/v1/customers", known).await.status, 201);
        house.run_jobs().await;
        let before = hashes(&acme).await;

        let path = checked(&owner, &acme, jobber().as_bytes()).await;
        let promised = owner.get(&path).await.body;
        assert_eq!(counts(&promised, &COUNTS), [2, 1, 0, 2], "{promised}");
        assert_eq!(hashes(&acme).await, before, "a dry run changes nothing");
        assert_eq!(verb(&owner, &path, "run").await.status, 202);
        house.run_jobs().await;
        assert_eq!(counts(&owner.get(&path).await.body, &COUNTS), [2, 1, 0, 2]);
        let ana = json!({ "gate_code": "0471", "filter_size": "16x20", "square_feet": 1850.5, "contract_until": "2027-03-31", "has_a_dog": true });
        assert_eq!(custom_of(&owner, "rivera").await, ana);
        let bo = json!({ "gate_code": "#12", "filter_size": "None", "square_feet": 900, "contract_until": "2027-03-01", "has_a_dog": false });
        assert_eq!(custom_of(&owner, "chen").await, bo);
        // A cell that says nothing takes nothing away.
        assert_eq!(custom_of(&owner, "known").await, json!({ "gate_code": "77", "filter_size": "20x25" }));
        assert_eq!(custom_of(&owner, "0471").await, ana, "they are found by it");
        let refused = refused_lines(&owner, &path).await;
        for says in [
            "Column “CFT[Filter size]”: Filter size is one of 16x20, 20x25, None.",
            "Column “CFT[Square feet]”: Square feet is a number, such as 12.5.",
        ] {
            assert!(refused.contains(says), "{says}: {refused}");
        }
        // Of a place: there is no field of its name, so it stands with the place.
        let ana = owner.get("/api/v1/customers?q=rivera").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let places = owner.get(&format!("/api/v1/customers/{ana}/locations")).await.body;
        assert_eq!(places["data"][0]["access_notes"], "Attic: left door");

        let now = hashes(&acme).await;
        let again = imported(&owner, &acme, jobber().as_bytes()).await;
        assert_eq!(counts(&owner.get(&again).await.body, &COUNTS), [0, 0, 3, 2], "the same file twice changes nothing");
        assert_eq!(hashes(&acme).await, now);
        assert_eq!(counts(&undone(&owner, &acme, &path).await, &["taken_back", "kept"]), [3, 0]);
        assert_eq!(hashes(&acme).await, before, "as if the file had never come");
    })
    .await;
}

#[tokio::test]
async fn a_field_is_made_for_a_column_in_one_step() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let line = |n: usize| {
            format!("{n},Client {n},c{n}@x.example,,,{},{},{n},0{}/03/2026,{},\n", n * 7, ["16x20", "20x25"][n % 2], 1 + n % 9, ["yes", "no"][n % 2])
        };
        let file = HEAD.to_owned() + &(1..=8).map(line).collect::<String>();
        let path = uploaded(&owner, &file).await;
        let page = owner.page(&page_of(&path)).await;
        for offered in [
            "The other system has fields of its own: Gate Code, Filter size",
            "New field “Gate Code”: number",
            "New field “Gate Code”: text",
            "New field “Filter size”: one of several",
            "New field “Contract until”: date",
            "New field “Has a dog”: yes or no",
        ] {
            assert!(page.text.contains(offered), "{offered}: {}", page.text);
        }
        let columns = json!({ "c0": "external_id", "c1": "name", "c2": "email", "c5": "new.text", "c6": "new.choice", "c7": "new.number", "c8": "new.date", "c9": "new.flag" });
        // Whoever may import may not make fields.
        let manager = acme.person("service_manager").await;
        let refused = manager.post(&format!("{path}/check"), columns.clone()).await;
        assert!(refused.status == 403 && refused.text.contains("settings.write"), "{refused:?}");
        let page = manager.page(&page_of(&path)).await;
        assert!(page.status == 200 && !page.text.contains("New field"), "{}", page.text);
        assert_eq!(owner.get("/api/v1/custom-fields").await.body["data"], json!([]));

        let twice = json!({ "c1": "name", "c5": "new.text", "c6": "name" });
        let refused = owner.post(&format!("{path}/check"), twice).await;
        assert!(refused.status == 422 && refused.text.contains("is chosen for two columns"), "{refused:?}");
        let none = owner.post(&format!("{path}/check"), json!({ "c1": "name", "c5": "custom.nobody" })).await;
        assert_eq!((none.status, none.error("/c5")), (422, "Choose one of the fields offered, or leave the column out."));
        let choice = owner.post(&format!("{path}/check"), json!({ "c1": "name", "c5": "new.choice" })).await;
        assert_eq!((choice.status, choice.error("/c5")), (422, "Say what can be chosen."));
        assert_eq!(owner.get("/api/v1/custom-fields").await.body["data"], json!([]), "nothing is made on the way to a refusal");

        // By the form, as a person does.
        let fields: Vec<(String, String)> =
            columns.as_object().unwrap().iter().map(|(c, held)| (c.clone(), held.as_str().unwrap().to_owned())).collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(c, held)| (c.as_str(), held.as_str())).collect();
        let at = page_of(&path);
        let sent: Answer = owner.form(&format!("{at}/check"), &[&[("source", "jobber"), ("c3", "")], fields.as_slice()].concat()).await;
        assert_eq!(sent.status, 303, "{sent:?}");
        house.run_jobs().await;
        let own = owner.get("/api/v1/custom-fields").await.body;
        let made: Vec<_> = own["data"].as_array().unwrap().iter().map(|one| (one["key"].as_str().unwrap(), one["kind"].as_str().unwrap())).collect();
        assert_eq!(made, [("gate_code", "text"), ("filter_size", "choice"), ("square_feet", "number"), ("contract_until", "date"), ("has_a_dog", "flag")]);
        assert_eq!(own["data"][1]["choices"], json!(["16x20", "20x25"]));
        assert_eq!(verb(&owner, &path, "run").await.status, 202);
        house.run_jobs().await;
        assert_eq!(counts(&owner.get(&path).await.body, &COUNTS), [8, 0, 0, 0]);
        let third = json!({ "gate_code": "21", "filter_size": "20x25", "square_feet": 3, "contract_until": "2026-04-03", "has_a_dog": false });
        assert_eq!(custom_of(&owner, "c3").await, third);

        // The next file of its kind is understood alike, but for a field that was deleted since.
        let gate = own["data"][0]["id"].as_str().unwrap();
        assert_eq!(owner.delete(&format!("/api/v1/custom-fields/{gate}")).await.status, 204);
        house.run_jobs().await;
        let next = HEAD.to_owned() + "9,Client 9,c9@x.example,,,63,16x20,9,,,\n";
        let path = imported(&owner, &acme, next.as_bytes()).await;
        assert_eq!(counts(&owner.get(&path).await.body, &COUNTS), [1, 0, 0, 0]);
        assert_eq!(custom_of(&owner, "c9").await, json!({ "filter_size": "16x20", "square_feet": 9 }));
    })
    .await;
}

#[tokio::test]
async fn what_must_be_filled_in_is_asked_of_whoever_is_new() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let known = json!({ "name": "Known", "email": "known@x.example" });
        assert_eq!(owner.post("/api/v1/customers", known).await.status, 201);
        field(&owner, "Gate code", "text", json!({ "required": true })).await;
        let file =
            "Name,Email,Gate code,Notes\nAna,ana@x.example,,\nAna,ana@x.example,12,\nKnown,known@x.example,,Dog\n";
        let path = imported(&owner, &acme, file.as_bytes()).await;
        assert_eq!(
            counts(&owner.get(&path).await.body, &COUNTS),
            [1, 1, 0, 1],
            "somebody who is known keeps what they have"
        );
        assert!(refused_lines(&owner, &path).await.contains("Give Gate code."));
        assert_eq!(custom_of(&owner, "ana").await, json!({ "gate_code": "12" }));

        // Deleted between the look and the run: nothing is lost unsaid.
        let more = "Name,Email,Gate code,Notes\nBo,bo@x.example,13,\nCy,cy@x.example,,\n";
        let path = checked(&owner, &acme, more.as_bytes()).await;
        let own = owner.get("/api/v1/custom-fields").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(owner.delete(&format!("/api/v1/custom-fields/{own}")).await.status, 204);
        assert_eq!(verb(&owner, &path, "run").await.status, 202);
        house.run_jobs().await;
        assert_eq!(counts(&owner.get(&path).await.body, &COUNTS), [1, 0, 0, 1]);
        assert!(refused_lines(&owner, &path).await.contains("was deleted. Match the columns again."));
    })
    .await;
}
