//! Customers of a file who were merged since: the file is no news, and its undoing leaves them.
use harness::in_both_placements;
use serde_json::json;

use crate::{counts, hashes, house, imported, undone};

const COUNTS: [&str; 4] = ["made", "changed", "same", "wrong"];
const JOBBER: &str = "J-ID,Display Name,Main Phone #s,E-mails,Service Street 1,Service City\n\
    1,Ana Rivera,(217) 555-0101,ana@x.example,12 Elm St,Salem\n\
    2,A. Rivera,(217) 555-0102,rivera@x.example,12 Elm Street,Salem\n\
    3,Bo Chen,,bo@x.example,,\n";
const OWN: &str = "Customer ID,Name,E-mail\n1,Ida Own,ida@x.example\n2,I. Own,own@x.example\n";

#[tokio::test]
async fn the_same_file_changes_nothing_after_its_customers_were_merged() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        for (file, stays, gone) in [(JOBBER, "ana", "rivera@x.example"), (OWN, "ida", "own@x.example")] {
            let path = imported(&owner, &acme, file.as_bytes()).await;
            let id = async |q: &str| {
                let found = owner.get(&format!("/api/v1/customers?q={q}")).await;
                found.body["data"][0]["id"].as_str().unwrap().to_owned()
            };
            let (stays, gone) = (id(stays).await, id(gone).await);
            let merged = owner.post(&format!("/api/v1/customers/{stays}/merge"), json!({ "customer_id": gone })).await;
            assert_eq!(merged.status, 200, "{merged:?}");
            house.run_jobs().await;
            let before = hashes(&acme).await;
            let again = imported(&owner, &acme, file.as_bytes()).await;
            let again = owner.get(&again).await.body;
            let lines = again["lines"].as_i64().unwrap();
            assert_eq!(counts(&again, &COUNTS), [0, 0, lines, 0], "{again}");
            assert_eq!(hashes(&acme).await, before);

            let undone = undone(&owner, &acme, &path).await;
            assert_eq!(counts(&undone, &["taken_back", "kept"]).iter().sum::<i64>(), lines, "{undone}");
            for (id, status) in [(&stays, 200), (&gone, 409)] {
                let now = owner.get(&format!("/api/v1/customers/{id}")).await;
                assert_eq!(now.status, status, "both are still there: {now:?}");
            }
        }
        let ids = owner.get("/api/v1/customers?q=ana").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let ids = owner.get(&format!("/api/v1/customers/{ids}/external-ids")).await;
        assert_eq!(ids.body["data"].as_array().unwrap().len(), 2, "who stays has the ids of both: {ids:?}");
    })
    .await;
}
