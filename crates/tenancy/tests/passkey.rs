//! Passkeys through the front door, with a device of software: made, used, refused in every way it can be wrong.
#![allow(clippy::unwrap_used)] // A test stops where something is not as it should be.
mod browser;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as TEXT};
use browser::{Browser, house, set_up};
use harness::{Answer, Company, PASSWORD, in_both_placements};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const NEW: u8 = 0x40;

/// What keeps a key: a phone, a laptop, a stick.
struct Device {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    /// Whose it is, as the site said.
    owner: Vec<u8>,
    counter: u32,
    flags: u8,
    /// Where the browser stands.
    origin: String,
    site: String,
}

fn origin(acme: &Company<'_>) -> String {
    format!("http://{}", acme.host)
}

fn said(kind: &str, challenge: &Value, origin: &str) -> Vec<u8> {
    json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false }).to_string().into_bytes()
}

impl Device {
    /// Makes a key for what is asked; gives it and the answer.
    fn make(options: &Value, origin: &str) -> (Self, Value) {
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required", "{options}");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required", "{options}");
        let device = Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            id: rand::random::<[u8; 16]>().to_vec(),
            owner: TEXT.decode(options["user"]["id"].as_str().unwrap()).unwrap(),
            counter: 0,
            flags: PRESENT | VERIFIED,
            origin: origin.to_owned(),
            site: options["rp"]["id"].as_str().unwrap().to_owned(),
        };
        let answer = device.made(options);
        (device, answer)
    }

    fn made(&self, options: &Value) -> Value {
        let point = self.key.public_key().as_ref();
        let mut data = self.data(self.flags | NEW);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..65]);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        let client = said("webauthn.create", &options["challenge"], &self.origin);
        self.credential(
            json!({ "clientDataJSON": TEXT.encode(client), "attestationObject": TEXT.encode(object), "transports": ["internal"] }),
        )
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.site.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn credential(&self, response: Value) -> Value {
        let id = TEXT.encode(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {}, "authenticatorAttachment": "platform" })
    }

    /// Signs what is asked.
    fn sign(&mut self, options: &Value) -> Value {
        self.counter += 1;
        self.sign_as_it_is(options)
    }

    fn sign_as_it_is(&self, options: &Value) -> Value {
        let client = said("webauthn.get", &options["challenge"], &self.origin);
        let data = self.data(self.flags);
        let signed = [&data[..], &Sha256::digest(&client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.credential(json!({
            "clientDataJSON": TEXT.encode(client), "authenticatorData": TEXT.encode(data),
            "signature": TEXT.encode(signature.as_ref()), "userHandle": TEXT.encode(&self.owner),
        }))
    }
}

/// The owner, signed in with the password, adds a passkey.
async fn add(acme: &Company<'_>, browser: &mut Browser<'_>) -> (Device, Value) {
    let asked = browser.with().post("/api/v1/account/passkeys/options", json!({ "current": PASSWORD })).await;
    assert_eq!(asked.status, 200, "{asked:?}");
    let (device, credential) = Device::make(&asked.body["options"], &origin(acme));
    let made = json!({ "ceremony": asked.body["ceremony"], "credential": credential, "name": "Olive's phone" });
    let added = browser.with().post("/api/v1/account/passkeys", made).await;
    assert_eq!(added.status, 201, "{added:?}");
    (device, added.body)
}

async fn owner<'a>(acme: &'a Company<'_>) -> Browser<'a> {
    let mut browser = Browser::at(acme);
    assert_eq!(browser.sign_in(&acme.owner_email, PASSWORD).await.status, 303);
    browser
}

async fn ask(browser: &Browser<'_>) -> Value {
    let asked = browser.with().post("/sign-in/passkey/options", json!({})).await;
    assert_eq!(asked.status, 200, "{asked:?}");
    asked.body
}

async fn show(browser: &mut Browser<'_>, ceremony: &Value, credential: &Value) -> Answer {
    let fields =
        [("ceremony", ceremony.as_str().unwrap()), ("credential", &credential.to_string()), ("next", "/settings")];
    browser.form("/sign-in/passkey", &fields).await
}

async fn sign_in(browser: &mut Browser<'_>, device: &mut Device) -> Answer {
    let asked = ask(browser).await;
    let credential = device.sign(&asked["options"]);
    show(browser, &asked["ceremony"], &credential).await
}

#[tokio::test]
async fn a_passkey_is_added_with_the_password_named_and_removed_by_its_owner_alone() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let mut browser = owner(&acme).await;
        let me = browser.with();
        let wrong = me.post("/api/v1/account/passkeys/options", json!({ "current": "not it" })).await;
        assert!(wrong.status == 422 && wrong.error("/current").contains("not the password you have now"), "{wrong:?}");
        assert_eq!(acme.visitor().post("/api/v1/account/passkeys/options", json!({})).await.status, 401);
        let key = acme.program().post("/api/v1/account/passkeys/options", json!({ "current": PASSWORD })).await;
        assert!(key.status == 409 && key.text.contains("an API key has no account"), "{key:?}");

        let (device, made) = add(&acme, &mut browser).await;
        assert_eq!((made["name"].as_str(), made["host"].as_str()), (Some("Olive's phone"), Some(acme.host.as_str())));
        assert_eq!(made["last_used_at"], Value::Null);
        house.run_jobs().await;
        let letters = house.letters();
        let told = |l: &&std::sync::Arc<mail::Kept>| {
            l.to.contains(&acme.owner_email) && l.subject.contains("passkey was added")
        };
        assert!(letters.iter().any(|l| told(&l)), "its owner hears of it");

        // The device says that it has one: the question names what is there.
        let asked = me.post("/api/v1/account/passkeys/options", json!({ "current": PASSWORD })).await.body;
        assert_eq!(asked["options"]["excludeCredentials"][0]["id"], TEXT.encode(&device.id));
        let again = json!({ "ceremony": asked["ceremony"], "credential": device.made(&asked["options"]) });
        let twice = me.post("/api/v1/account/passkeys", again.clone()).await;
        assert!(twice.status == 409 || twice.status == 422, "the same key twice: {twice:?}");
        let replay = me.post("/api/v1/account/passkeys", again).await;
        assert!(replay.status == 409 && replay.text.contains("That took too long, or was sent before"), "{replay:?}");

        // Through the page, as the island sends it.
        let asked = me.post("/api/v1/account/passkeys/options", json!({ "current": PASSWORD })).await.body;
        let (mut laptop, credential) = Device::make(&asked["options"], &origin(&acme));
        let ceremony = asked["ceremony"].as_str().unwrap().to_owned();
        let fields = [("ceremony", ceremony.as_str()), ("credential", &credential.to_string()), ("name", "Laptop")];
        let added = browser.form("/account/passkeys", &fields).await;
        assert_eq!((added.status, added.header("location")), (303, "/account"), "{added:?}");
        let over = browser.form("/account/passkeys", &fields).await;
        assert!(over.status == 422 && over.text.contains("was sent before"), "{over:?}");
        let page = browser.page("/account").await;
        assert!(page.text.contains("Laptop") && page.text.contains("not used yet"), "{page:?}");

        let list = me.get("/api/v1/account/passkeys").await.body;
        assert_eq!(list["data"].as_array().unwrap().len(), 2);
        let at = format!("/api/v1/account/passkeys/{}", list["data"][1]["id"].as_str().unwrap());
        let found = me.get(&at).await;
        let named = me.patch(&at, &found.etag(), json!({ "name": "Work laptop" })).await;
        assert_eq!((named.status, named.body["name"].as_str()), (200, Some("Work laptop")), "{named:?}");
        assert_eq!(me.patch(&at, &found.etag(), json!({ "name": "Again" })).await.status, 412);
        assert_eq!(me.send(axum::http::Method::PATCH, &at, &[], json!({ "name": "X" })).await.status, 428);
        assert!(me.patch(&at, &named.etag(), json!({ "name": " " })).await.error("/name").contains("name"));
        let one = at.trim_start_matches("/api/v1");
        assert!(browser.page(one).await.text.contains("Work laptop"));
        let version = named.body["version"].to_string();
        let renamed = browser.form(one, &[("version", &version), ("name", "Office laptop")]).await;
        assert_eq!(renamed.status, 303, "{renamed:?}");

        // Nobody else's, whatever they may do.
        for other in [acme.person("admin").await, acme.person("viewer").await] {
            assert_eq!(other.get(&at).await.status, 404);
            assert_eq!(other.delete(&at).await.status, 404);
        }
        assert_eq!(house.company("pooled").await.person("owner").await.delete(&at).await.status, 404);

        assert_eq!(me.delete(&at).await.status, 204);
        assert_eq!(me.delete(&at).await.status, 404);
        assert_eq!(sign_in(&mut Browser::at(&acme), &mut laptop).await.status, 422, "what was removed opens nothing");
        let told = acme.told().await;
        assert_eq!(told.iter().filter(|kind| *kind == "passkey.added").count(), 2);
        assert!(told.contains(&"passkey.removed".to_owned()), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn a_passkey_stands_for_the_password_and_the_second_step() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let mut browser = owner(&acme).await;
        set_up(&house, &mut browser).await;
        let (mut device, _) = add(&acme, &mut browser).await;
        let page = acme.visitor().page("/sign-in").await;
        assert!(page.text.contains("data-island=\"passkey\"") && page.text.contains("username webauthn"), "{page:?}");
        let mut new = Browser::at(&acme);
        let entered = sign_in(&mut new, &mut device).await;
        assert_eq!((entered.status, entered.header("location")), (303, "/settings"), "{entered:?}");
        assert!(new.is_in().await, "no code was asked for");
        assert_ne!(new.with().get("/api/v1/account/passkeys").await.body["data"][0]["last_used_at"], Value::Null);
        assert!(acme.told().await.contains(&"passkey.used".to_owned()));
        // It is a session as any other: it ends with the rest.
        assert_eq!(browser.form("/account/elsewhere", &[]).await.status, 303);
        assert!(!new.is_in().await);
        // A way onward leads nowhere else.
        let asked = ask(&new).await;
        let credential = device.sign(&asked["options"]).to_string();
        let fields = [
            ("ceremony", asked["ceremony"].as_str().unwrap()),
            ("credential", &credential),
            ("next", "https://evil.example/"),
        ];
        assert_eq!(new.form("/sign-in/passkey", &fields).await.header("location"), "/");
        // A device that never counts is as good.
        let (mut still, _) = add(&acme, &mut browser).await;
        for _ in 0..2 {
            still.counter = 0;
            let asked = ask(&new).await;
            let answer = still.sign_as_it_is(&asked["options"]);
            assert_eq!(show(&mut new, &asked["ceremony"], &answer).await.status, 303);
        }
    })
    .await;
}

#[tokio::test]
async fn whatever_is_wrong_with_an_answer_is_refused_in_the_same_words() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let mut browser = owner(&acme).await;
        let (mut device, _) = add(&acme, &mut browser).await;
        let next_door = house.company("pooled").await;
        let (mut theirs, _) = add(&next_door, &mut owner(&next_door).await).await;
        let mut thief = Browser::at(&acme);
        let mut refused: Vec<(&str, Answer)> = vec![];

        let asked = ask(&thief).await;
        device.origin = "http://evil.tradewind.test".into();
        let answer = device.sign(&asked["options"]);
        refused.push(("another page's", show(&mut thief, &asked["ceremony"], &answer).await));
        device.origin = origin(&acme);
        device.site = "tradewind.test".into();
        let asked = ask(&thief).await;
        let answer = device.sign(&asked["options"]);
        refused.push(("another site's", show(&mut thief, &asked["ceremony"], &answer).await));
        device.site = acme.host.clone();

        let (asked, other) = (ask(&thief).await, ask(&thief).await);
        let answer = device.sign(&other["options"]);
        refused.push(("another question's", show(&mut thief, &asked["ceremony"], &answer).await));

        let asked = ask(&thief).await;
        let answer = device.sign(&asked["options"]);
        let right = show(&mut browser, &asked["ceremony"], &answer).await;
        assert_eq!(right.status, 303, "the control: {right:?}");
        refused.push(("a replay", show(&mut thief, &asked["ceremony"], &answer).await));
        let asked = ask(&thief).await;
        refused.push(("a replay to a new question", show(&mut thief, &asked["ceremony"], &answer).await));

        let asked = ask(&thief).await;
        device.flags = PRESENT;
        let answer = device.sign(&asked["options"]);
        refused.push(("without finger, face or PIN", show(&mut thief, &asked["ceremony"], &answer).await));
        device.flags = PRESENT | VERIFIED;

        // The neighbour's key, signed by a device that would say anything.
        let asked = ask(&thief).await;
        (theirs.origin, theirs.site) = (origin(&acme), acme.host.clone());
        let answer = theirs.sign(&asked["options"]);
        refused.push(("the neighbour's", show(&mut thief, &asked["ceremony"], &answer).await));
        theirs.owner = device.owner.clone();
        let asked = ask(&thief).await;
        let answer = theirs.sign(&asked["options"]);
        refused.push(("the neighbour's in the owner's name", show(&mut thief, &asked["ceremony"], &answer).await));
        // Ours, under the name of our key, signed by another.
        theirs.id = device.id.clone();
        let asked = ask(&thief).await;
        let answer = theirs.sign(&asked["options"]);
        refused.push(("signed by another key", show(&mut thief, &asked["ceremony"], &answer).await));
        // Ten from one address are heard; the rest waits.
        house.clock.advance(SignedDuration::from_mins(15));

        // A question that the neighbour asked.
        let elsewhere = ask(&Browser::at(&next_door)).await;
        let answer = device.sign(&elsewhere["options"]);
        refused.push(("the neighbour's question", show(&mut thief, &elsewhere["ceremony"], &answer).await));
        let asked = ask(&thief).await;
        let answer = device.sign(&asked["options"]);
        house.clock.advance(SignedDuration::from_secs(301));
        refused.push(("too late", show(&mut thief, &asked["ceremony"], &answer).await));
        for nonsense in ["", "{}", "[]", "null", "\"x\"", "{\"id\":1}"] {
            let asked = ask(&thief).await;
            let fields = [("ceremony", asked["ceremony"].as_str().unwrap()), ("credential", nonsense)];
            assert_eq!(thief.form("/sign-in/passkey", &fields).await.status, 422, "{nonsense}");
        }
        assert!(!acme.told().await.contains(&"passkey.refused".to_owned()));

        // A copy of the key that is behind: told to the auditor, and nobody comes in.
        house.clock.advance(SignedDuration::from_mins(15));
        let good = sign_in(&mut Browser::at(&acme), &mut device).await;
        assert_eq!(good.status, 303, "{good:?}");
        let newest = device.counter;
        for behind in [newest, newest - 1, 0] {
            device.counter = behind;
            let asked = ask(&thief).await;
            let answer = device.sign_as_it_is(&asked["options"]);
            refused.push(("a count that went back", show(&mut thief, &asked["ceremony"], &answer).await));
        }
        let told = acme.told().await;
        assert_eq!(told.iter().filter(|kind| *kind == "passkey.refused").count(), 3, "{told:?}");
        device.counter = newest;
        assert_eq!(sign_in(&mut Browser::at(&acme), &mut device).await.status, 303, "the true one goes on");

        for (what, answer) in &refused {
            assert_eq!(answer.status, 422, "{what}: {answer:?}");
            assert!(answer.text.contains("That passkey was not accepted"), "{what}: {answer:?}");
            assert!(answer.headers.get("set-cookie").is_none(), "{what}");
        }
        assert!(!thief.is_in().await);
    })
    .await;
}

#[tokio::test]
async fn after_the_password_a_passkey_is_as_good_as_the_code() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let mut browser = owner(&acme).await;
        let (phone, _) = set_up(&house, &mut browser).await;
        let mut half = Browser::at(&acme);
        half.sign_in(&acme.owner_email, PASSWORD).await;
        assert!(!half.page("/sign-in/second").await.text.contains("Use a passkey"), "who has none is not asked");
        assert_eq!(half.with().post("/sign-in/second/options", json!({})).await.status, 409);
        let (mut device, _) = add(&acme, &mut browser).await;
        assert!(half.page("/sign-in/second").await.text.contains("Use a passkey instead"));
        assert_eq!(acme.visitor().post("/sign-in/second/options", json!({})).await.status, 401);

        let show = async |half: &mut Browser<'_>, asked: &Value, credential: &Value| {
            let fields = [("ceremony", asked["ceremony"].as_str().unwrap()), ("credential", &credential.to_string())];
            half.form("/sign-in/second/passkey", &fields).await
        };
        // Somebody else's key is no second step.
        let email = format!("vera@{}.example", acme.slug);
        let vera = json!({ "name": "Vera", "email": email, "role": "dispatcher", "password": PASSWORD });
        acme.program().post("/api/v1/members", vera).await.id();
        let mut hers = Browser::at(&acme);
        hers.sign_in(&email, PASSWORD).await;
        let (mut her_device, _) = add(&acme, &mut hers).await;
        let asked = half.with().post("/sign-in/second/options", json!({})).await.body;
        assert_eq!(asked["options"]["allowCredentials"][0]["id"], TEXT.encode(&device.id));
        let answer = her_device.sign(&asked["options"]);
        assert_eq!(show(&mut half, &asked, &answer).await.status, 422);
        // Nor the answer to a question of the first step.
        let first = ask(&half).await;
        let answer = device.sign(&first["options"]);
        assert_eq!(show(&mut half, &first, &answer).await.status, 422);

        let asked = half.with().post("/sign-in/second/options", json!({})).await.body;
        let answer = device.sign(&asked["options"]);
        let entered = show(&mut half, &asked, &answer).await;
        assert_eq!((entered.status, entered.header("location")), (303, "/settings"), "{entered:?}");
        assert!(half.is_in().await);
        let over = show(&mut half, &asked, &answer).await;
        assert_eq!(over.header("location"), "/sign-in", "that half is done");
        // Five tries are all there are, whatever is tried.
        let mut guesser = Browser::at(&acme);
        guesser.sign_in(&acme.owner_email, PASSWORD).await;
        for _ in 0..5 {
            let asked = guesser.with().post("/sign-in/second/options", json!({})).await.body;
            let answer = her_device.sign(&asked["options"]);
            assert_eq!(show(&mut guesser, &asked, &answer).await.status, 422);
        }
        let code = guesser.form("/sign-in/second", &[("code", &phone.next())]).await;
        assert_eq!(code.header("location"), "/sign-in", "{code:?}");
    })
    .await;
}

#[tokio::test]
async fn a_passkey_opens_nothing_to_who_is_gone_and_outlives_a_lost_password() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let email = format!("vera@{}.example", acme.slug);
        let vera = json!({ "name": "Vera", "email": email, "role": "dispatcher", "password": PASSWORD });
        let id = owner.post("/api/v1/members", vera).await.id();
        let mut browser = Browser::at(&acme);
        browser.sign_in(&email, PASSWORD).await;
        let (mut device, _) = add(&acme, &mut browser).await;
        assert_eq!(sign_in(&mut browser, &mut device).await.status, 303);

        assert_eq!(owner.post(&format!("/api/v1/members/{id}/deactivate"), json!({})).await.status, 200);
        assert!(!browser.is_in().await);
        assert_eq!(sign_in(&mut browser, &mut device).await.status, 422, "deactivated");
        assert_eq!(owner.post(&format!("/api/v1/members/{id}/reactivate"), json!({})).await.status, 200);
        assert_eq!(sign_in(&mut browser, &mut device).await.status, 303, "and back");

        // A new password ends what is open, and the device still knows her.
        let mut lost = Browser::at(&acme);
        lost.form("/forgot", &[("email", &email)]).await;
        house.run_jobs().await;
        let letters = house.letters();
        let letter = letters.iter().find(|l| l.to.contains(&email) && l.subject.contains("new password")).unwrap();
        let token = letter.link.clone().unwrap().split("t=").nth(1).unwrap().to_owned();
        assert_eq!(lost.form("/reset", &[("t", &token), ("password", PASSWORD)]).await.status, 303);
        assert!(!browser.is_in().await);
        assert_eq!(sign_in(&mut browser, &mut device).await.status, 303);

        // Phone and codes lost: the passkey was on it.
        set_up(&house, &mut browser).await;
        assert_eq!(owner.post(&format!("/api/v1/members/{id}/remove-second-factor"), json!({})).await.status, 200);
        assert_eq!(sign_in(&mut browser, &mut device).await.status, 422);
        assert!(acme.told().await.contains(&"passkey.removed".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn strangers_questions_fill_no_table_and_wrong_answers_wait() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let schema = acme.schema().await;
        let above = house.above().await;
        let fill = format!(
            "insert into {schema}.passkey_ceremony (tenant_id, id, kind, host, state, ends_at, created_at)
             select $1, gen_random_uuid(), 'sign_in', 'x', '{{}}', $2::text::timestamptz + interval '5 minutes', $2::text::timestamptz
             from generate_series(1, 1500)"
        );
        let count = format!("select count(*) from {schema}.passkey_ceremony where tenant_id = $1");
        let now = house.clock.now().to_string();
        above.execute(&fill, &[&acme.id, &now]).await.unwrap();
        let visitor = Browser::at(&acme);
        house.clock.advance(SignedDuration::from_secs(1));
        ask(&visitor).await;
        assert_eq!(above.query_one(&count, &[&acme.id]).await.unwrap().get::<_, i64>(0), 1000, "the oldest gave way");
        house.clock.advance(SignedDuration::from_mins(6));
        ask(&visitor).await;
        assert_eq!(above.query_one(&count, &[&acme.id]).await.unwrap().get::<_, i64>(0), 1, "what is over is gone");

        let mut guesser = Browser::at(&acme);
        let mut heard = 0;
        for _ in 0..20 {
            let fields = [("ceremony", "01890000-0000-7000-8000-000000000000"), ("credential", "{}")];
            heard += i32::from(guesser.form("/sign-in/passkey", &fields).await.status == 422);
        }
        assert_eq!(heard, 10, "the rest is told to wait");
        assert_eq!(guesser.sign_in(&acme.owner_email, PASSWORD).await.status, 303, "the password is not shut by it");
    })
    .await;
}
