//! What customers refuse: written down with who and from where, kept, and heeded by the mail.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use harness::{Person, in_both_placements, start};
use kernel::{Access, Checks, Input, Module, Result, TenantTx, http::Json};
use mail::{EmailId, EmailSend, Letter, Purpose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A context that sends letters, as the others do.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ask {
    to: String,
    purpose: String,
    #[serde(default)]
    customer: Option<uuid::Uuid>,
}
impl Input for Ask {
    fn check(&mut self, _: &mut Checks) {}
}
#[derive(Serialize, JsonSchema)]
struct Asked {
    id: EmailId,
}

async fn ask(access: Access<EmailSend>, Json(ask): Json<Ask>) -> Result<Json<Asked>> {
    let purpose = Purpose::ALL.iter().find(|purpose| purpose.as_str() == ask.purpose).copied().unwrap();
    access
        .write_with(async |tx: &mut TenantTx| {
            let letter = Letter::to(&ask.to, "Ana", "Your furnace").paragraph("It is autumn.").purpose(purpose);
            let letter = match ask.customer {
                Some(id) => letter.about("customer", id),
                None => letter.about("appointment", uuid::Uuid::nil()),
            };
            Ok(Json(Asked { id: mail::send(tx, letter).await? }))
        })
        .await
}

async fn house() -> harness::TestHouse {
    let letters = Module::new("letters").post("/api/v1/letters", ask, "Send a letter");
    start(vec![customers::module(), letters]).await
}

async fn say(person: &Person<'_>, customer: &str, purpose: &str, allowed: bool, source: &str) -> harness::Answer {
    let word = json!({ "channel": "email", "purpose": purpose, "allowed": allowed });
    let said = json!({ "changes": [word], "source": source });
    person.post(&format!("/api/v1/customers/{customer}/consents"), said).await
}

fn standing(consents: &Value, channel: &str, purpose: &str) -> Value {
    let all = consents["data"].as_array().unwrap();
    assert_eq!(all.len(), 12, "{consents}");
    all.iter().find(|one| one["channel"] == channel && one["purpose"] == purpose).unwrap().clone()
}

async fn ana(owner: &Person<'_>) -> String {
    let made = owner.post("/api/v1/customers", json!({ "name": "Ana", "email": "Ana@exämple.com" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.id()
}

#[tokio::test]
async fn what_was_said_stands_and_stays() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let ana = ana(&owner).await;
        let path = format!("/api/v1/customers/{ana}/consents");
        let now = owner.get(&path).await.body;
        assert_eq!(standing(&now, "sms", "reminder")["allowed"], true, "of what nothing was said, all is allowed");
        let said = say(&owner, &ana, "marketing", false, " On the phone ").await;
        assert_eq!(said.status, 200, "{said:?}");
        let now = owner.get(&path).await.body;
        assert_eq!(now, said.body);
        let one = standing(&now, "email", "marketing");
        assert_eq!(
            (&one["allowed"], &one["source"], one["author"].is_string()),
            (&json!(false), &json!("On the phone"), true)
        );
        assert_eq!(standing(&now, "phone", "marketing")["allowed"], true);
        say(&owner, &ana, "marketing", false, "Again").await;
        say(&owner, &ana, "marketing", true, "By letter").await;
        assert_eq!(standing(&owner.get(&path).await.body, "email", "marketing")["allowed"], true);
        let kept = owner.get(&format!("{path}/history?limit=1")).await;
        assert_eq!(
            (&kept.body["data"][0]["source"], &kept.body["data"][0]["allowed"]),
            (&json!("By letter"), &json!(true))
        );
        let next = kept.body["next_cursor"].as_str().unwrap();
        let kept = owner.get(&format!("{path}/history?cursor={next}")).await;
        let sources: Vec<_> = kept.body["data"].as_array().unwrap().iter().map(|one| one["source"].clone()).collect();
        assert_eq!(sources, [json!("On the phone")], "what is the same is not written twice");

        assert_eq!(
            say(&owner, &ana, "marketing", false, " ").await.error("/source"),
            "Give from where you know it, such as: on the phone."
        );
        let none = owner.post(&path, json!({ "changes": [], "source": "x" })).await;
        assert_eq!(none.error("/changes"), "Say what may be sent, or may not.");
        assert_eq!(say(&owner, &ana, "gossip", false, "x").await.status, 422);
        let (viewer, technician) = (acme.person("viewer").await, acme.person("technician").await);
        assert_eq!(say(&viewer, &ana, "marketing", false, "x").await.status, 403);
        assert_eq!(viewer.get(&path).await.status, 200);
        assert!(matches!(technician.get(&path).await.status, 403 | 404));
        let other = house.company("pooled").await;
        let neighbour = other.person("owner").await;
        assert_eq!(neighbour.get(&path).await.status, 404);
        assert_eq!(neighbour.get(&format!("{path}/history")).await.status, 404);
        assert_eq!(say(&neighbour, &ana, "marketing", false, "x").await.status, 404);

        house.run_jobs().await;
        let told: Vec<_> = acme.told().await.into_iter().filter(|kind| kind == "customer.consent_changed").collect();
        assert_eq!(told.len(), 2);
        let timeline = owner.get(&format!("/api/v1/customers/{ana}/timeline")).await.text;
        for words in ["Wants no news and offers by email", "Wants news and offers by email again"] {
            assert!(timeline.contains(words), "{words}: {timeline}");
        }
    })
    .await;
}

#[tokio::test]
async fn it_is_written_down_on_a_page() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let ana = ana(&owner).await;
        let form = format!("/customers/{ana}/consent");
        assert!(owner.page(&format!("/customers/{ana}")).await.text.contains("Nothing refused"));
        let wrong = owner.form(&form, &[("refused", "email.marketing")]).await;
        assert!(
            wrong.status == 422 && wrong.text.contains("id=\"f-source-error\"") && wrong.text.contains("checked"),
            "{wrong:?}"
        );
        assert_eq!(owner.form(&form, &[("refused", "email.gossip"), ("source", "x")]).await.status, 422);
        let ticks = [("refused", "email.marketing"), ("refused", "phone.reminder"), ("source", "At the <fair>")];
        assert_eq!(owner.form(&form, &ticks).await.status, 303);
        let page = owner.page(&format!("/customers/{ana}")).await.text;
        assert!(page.contains("No news and offers by email") && page.contains("At the &lt;fair&gt; · "), "{page}");
        let page = owner.page(&form).await.text;
        assert!(page.contains("value=\"phone.reminder\" aria-label=\"no reminders by phone\" checked"), "{page}");
        assert_eq!(owner.form(&form, &[("source", "By letter")]).await.status, 303);
        assert!(owner.page(&format!("/customers/{ana}")).await.text.contains("Nothing refused"));
        assert!(owner.page(&form).await.text.contains("Wants no reminders by phone"), "what was said stays");
        let viewer = acme.person("viewer").await;
        let page = viewer.page(&form).await.text;
        assert!(page.contains("disabled") && !page.contains("Save consent"), "{page}");
    })
    .await;
}

/// What became of a letter: that it was sent, or why not.
async fn fate(acme: &harness::Company<'_>, owner: &Person<'_>, ask: Value) -> String {
    let id = owner.post("/api/v1/letters", ask).await.id();
    acme.test.run_jobs().await;
    let email = owner.get(&format!("/api/v1/emails/{id}")).await.body;
    match email["state"].as_str() {
        Some("sent") => "sent".to_owned(),
        _ => {
            assert_eq!((&email["state"], &email["attempts"]), (&json!("held"), &json!(0)), "{email}");
            email["problem"].as_str().unwrap().to_owned()
        }
    }
}

#[tokio::test]
async fn the_mail_heeds_it_and_says_why() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let ana = ana(&owner).await;
        let to = |purpose: &str| json!({ "to": "ana@exämple.com", "purpose": purpose });
        let fate = async |ask| fate(&acme, &owner, ask).await;
        let goes = "sent";
        assert!(fate(to("marketing")).await == goes);
        say(&owner, &ana, "marketing", false, "On the phone").await;
        let held = fate(to("marketing")).await;
        assert_eq!(
            held,
            "Customer #1001 wants no news and offers by e-mail. It is written under Consent on their page."
        );
        assert!(fate(to("reminder")).await == goes && fate(to("transactional")).await == goes);
        // A contact of theirs, at another address, about them.
        let contact = json!({ "to": "luis@example.com", "purpose": "marketing", "customer": ana });
        assert!(fate(contact).await.contains("#1001 wants no news"));
        say(&owner, &ana, "reminder", false, "On the phone").await;
        assert!(
            fate(to("reminder")).await.contains("no reminders by e-mail") && fate(to("transactional")).await == goes
        );
        say(&owner, &ana, "service", false, "On the phone").await;
        assert!(fate(to("transactional")).await.contains("no e-mail, not even about visits and invoices"));
        assert!(fate(json!({ "to": "bo@example.com", "purpose": "marketing" })).await == goes, "others are written to");

        // Sending it again by hand is refused with the same sentence, until they want it again.
        let held = owner.get("/api/v1/emails?to=ana@ex%C3%A4mple.com").await;
        let id = held.body["data"][0]["id"].as_str().unwrap().to_owned();
        let again = async || owner.post(&format!("/api/v1/emails/{id}/retry"), json!({})).await;
        let refused = again().await;
        assert!(refused.status == 409 && refused.text.contains("not even about visits"), "{refused:?}");
        say(&owner, &ana, "service", true, "On the phone").await;
        assert_eq!(again().await.status, 200);
        house.run_jobs().await;
        assert_eq!(owner.get(&format!("/api/v1/emails/{id}")).await.body["state"], "sent");

        // Who works here gets the house's letters, whatever they said as a customer.
        let own = json!({ "name": "Owner at home", "email": acme.owner_email });
        let own = owner.post("/api/v1/customers", own).await.id();
        say(&owner, &own, "service", false, "On the phone").await;
        say(&owner, &own, "marketing", false, "On the phone").await;
        assert!(fate(json!({ "to": acme.owner_email, "purpose": "transactional" })).await == goes);
        assert!(fate(json!({ "to": acme.owner_email, "purpose": "marketing" })).await.contains("wants no news"));
    })
    .await;
}
