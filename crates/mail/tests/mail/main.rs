//! E-mail through the front door, against a mail server that refuses, puts off, hangs up and takes.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
mod server;

use harness::{Company, Person, TestHouse};
use jiff::SignedDuration;
use kernel::{Access, Checks, Error, Input, Module, Result, TenantTx, http::Json};
use mail::{EmailId, EmailSend, Letter, Post, Purpose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use server::{Order, Server};

/// A context that sends letters, as the others do.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ask {
    to: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    reminder: bool,
    #[serde(default)]
    confidential: bool,
    /// The change fails after the letter was queued.
    #[serde(default)]
    fails: bool,
}
impl Input for Ask {
    fn check(&mut self, _: &mut Checks) {}
}
#[derive(Serialize, JsonSchema)]
struct Asked {
    id: EmailId,
}

async fn ask(access: Access<EmailSend>, Json(ask): Json<Ask>) -> Result<Json<Asked>> {
    access
        .write_with(async |tx: &mut TenantTx| {
            let mut letter = Letter::to(&ask.to, &ask.name, format!("Visit for {}", ask.name))
                .greeting(format!("Hello {},", ask.name))
                .paragraph("we come on Monday.")
                .button("See it", "/v/secret-token")
                .about("appointment", kernel::Uuid::nil());
            if ask.reminder {
                letter = letter.purpose(Purpose::Reminder);
            }
            if ask.confidential {
                letter = letter.confidential();
            }
            let id = mail::send(tx, letter).await?;
            if ask.fails {
                return Err(Error::refused("No."));
            }
            Ok(Json(Asked { id }))
        })
        .await
}

async fn start() -> TestHouse {
    let letters = Module::new("letters").post("/api/v1/letters", ask, "Send a letter");
    harness::start(vec![mail::mailbox::module(), letters]).await
}

async fn with_server() -> (TestHouse, Server) {
    let (house, server) = (start().await, Server::start().await);
    house.house.keep(Post::smtp(&server.url, "Tradewind <mail@example.com>").unwrap());
    (house, server)
}

async fn letter(person: &Person<'_>, body: Value) -> String {
    let answer = person.post("/api/v1/letters", body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.id()
}

async fn one(person: &Person<'_>, id: &str) -> Value {
    let answer = person.get(&format!("/api/v1/emails/{id}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

/// The value of a header, unfolded.
fn header(data: &str, name: &str) -> String {
    let head = data.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    let found = head.split("\r\n").find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
    found.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_goes_out_once_in_both_placements() {
    let (house, server) = with_server().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let id = letter(&owner, json!({ "to": "ana@exämple.com", "name": "Ana\r\nBcc: x@y.z <b>" })).await;
        assert_eq!(one(&owner, &id).await["state"], "queued");
        house.run_jobs().await;
        house.run_jobs().await;
        let taken = server.taken();
        assert_eq!(taken.len(), 1, "{taken:?}");
        let data = &taken[0].data;
        assert_eq!(taken[0].to, "ana@xn--exmple-cua.com");
        assert_eq!(header(data, "Message-ID"), format!("<{id}@example.com>"));
        assert!(header(data, "From").contains("via Tradewind") && header(data, "From").contains("<mail@example.com>"));
        assert_eq!(header(data, "Bcc"), "");
        assert_eq!(header(data, "List-Unsubscribe"), "", "what somebody waits for cannot be unsubscribed from");
        assert!(data.contains(&format!("http://{}/v/secret-token", acme.host)), "{data}");
        let sent = one(&owner, &id).await;
        assert_eq!((sent["state"].as_str(), sent["attempts"].as_i64()), (Some("sent"), Some(1)));
        assert!(sent["answer"].as_str().unwrap().contains("4711"), "{sent}");
        assert!(
            sent["html"].as_str().unwrap().contains("&lt;b&gt;") && sent["text"].as_str().unwrap().contains("Monday")
        );
        assert_eq!(acme.told().await, ["email.sent"]);
        let again = owner.post(&format!("/api/v1/emails/{id}/retry"), json!({})).await;
        assert_eq!(again.status, 409);
        assert!(again.body["detail"].as_str().unwrap().contains("sent already"), "{again:?}");
        // The page holds the mail in a frame without rights; the mail itself has none wherever it is opened.
        let page = owner.page(&format!("/settings/email/{id}")).await;
        assert!(
            page.text.contains("sandbox=\"\"") && page.header("content-security-policy").contains("frame-src 'self'")
        );
        let shown = owner.page(&format!("/settings/email/{id}/html")).await;
        let policy = shown.header("content-security-policy");
        assert!(policy.contains("sandbox") && policy.contains("default-src 'none'") && !policy.contains("script"));
        assert!(owner.page("/settings/email").await.text.contains("Visit for Ana"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rolled_back_is_never_sent() {
    let (house, server) = with_server().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let owner = acme.person("owner").await;
        let answer = owner.post("/api/v1/letters", json!({ "to": "ana@example.com", "fails": true })).await;
        assert_eq!(answer.status, 409);
        house.run_jobs().await;
        assert_eq!(owner.get("/api/v1/emails").await.body["data"], json!([]));
        assert_eq!(server.connections(), 0);
        let answer = owner.post("/api/v1/letters", json!({ "to": "ana at example" })).await;
        assert_eq!(answer.status, 422);
        assert!(answer.error("/email").contains("not an e-mail address"), "{answer:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_does_not_exist_is_not_written_to_again() {
    for placement in harness::PLACEMENTS {
        let (house, server) = with_server().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        server.order(Order::Recipient("550 5.1.1 no such user here"));
        let id = letter(&owner, json!({ "to": "gone@example.com" })).await;
        house.run_jobs().await;
        let failed = one(&owner, &id).await;
        assert_eq!(failed["state"], "failed");
        assert!(failed["problem"].as_str().unwrap().starts_with("There is no such address (550"), "{failed}");
        assert_eq!(acme.told().await, ["email.failed"]);
        // Even what somebody waits for: it would not arrive, and the relay would think ill of us.
        let next = letter(&owner, json!({ "to": "Gone@EXAMPLE.com" })).await;
        house.run_jobs().await;
        let held = one(&owner, &next).await;
        assert_eq!(held["state"], "held", "{held}");
        assert_eq!(server.connections(), 1);
        let refused = owner.post(&format!("/api/v1/emails/{next}/retry"), json!({})).await;
        assert_eq!(refused.status, 409);
        assert!(refused.body["detail"].as_str().unwrap().contains("no such address"));
        let blocks = owner.get("/api/v1/email-blocks").await;
        let block = blocks.body["data"][0]["id"].as_str().unwrap().to_owned();
        assert!(owner.page("/settings/email/blocked").await.text.contains("gone@example.com"));
        assert_eq!(owner.delete(&format!("/api/v1/email-blocks/{block}")).await.status, 204);
        assert_eq!(owner.post(&format!("/api/v1/emails/{next}/retry"), json!({})).await.status, 200);
        house.run_jobs().await;
        assert_eq!(one(&owner, &next).await["state"], "sent");
        // A refusal that is not about the address blocks nothing.
        server.taken();
        server.order(Order::Mail("554 5.7.1 looks like spam"));
        let spam = letter(&owner, json!({ "to": "ana@example.com" })).await;
        house.run_jobs().await;
        let failed = one(&owner, &spam).await;
        assert_eq!(failed["state"], "failed");
        assert!(failed["problem"].as_str().unwrap().contains("looks like spam"), "{failed}");
        assert_eq!(owner.get("/api/v1/email-blocks").await.body["data"], json!([]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_puts_off_is_tried_again_and_given_up_in_the_end() {
    let (house, server) = with_server().await;
    let acme = house.company("dedicated").await;
    // A key outlives the hours that pass here; a signed-in person would have to sign in again.
    let owner = acme.program();
    server.order(Order::Recipient("451 4.7.1 greylisted, come again"));
    let id = letter(&owner, json!({ "to": "ana@example.com" })).await;
    house.run_jobs().await;
    let waiting = one(&owner, &id).await;
    assert_eq!(waiting["state"], "queued");
    assert!(waiting["problem"].as_str().unwrap().contains("greylisted"), "{waiting}");
    house.run_jobs().await;
    assert_eq!(server.connections(), 1, "not before its time");
    house.clock.advance(SignedDuration::from_mins(2));
    house.run_jobs().await;
    assert_eq!(one(&owner, &id).await["state"], "sent");
    assert_eq!(server.taken().len(), 1);

    // A server that is down, until nobody hopes any more.
    let id = letter(&owner, json!({ "to": "ana@example.com" })).await;
    for _ in 0..9 {
        server.order(Order::Down);
        house.run_jobs().await;
        house.clock.advance(SignedDuration::from_hours(10));
    }
    let failed = one(&owner, &id).await;
    assert_eq!((failed["state"].as_str(), failed["attempts"].as_i64()), (Some("failed"), Some(9)), "{failed}");
    assert!(failed["problem"].as_str().unwrap().contains("tried 9 times"), "{failed}");
    house.run_jobs().await;
    assert_eq!(server.taken().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_knows_after_the_line_broke_in_the_handing_over() {
    for placement in harness::PLACEMENTS {
        let (house, server) = with_server().await;
        let acme = house.company(placement).await;
        // A key outlives the hours that pass here; a signed-in person would have to sign in again.
        let owner = acme.program();
        // Before a byte of the mail left: it can be repeated.
        server.order(Order::DropBefore);
        let early = letter(&owner, json!({ "to": "ana@example.com" })).await;
        house.run_jobs().await;
        assert_eq!(one(&owner, &early).await["state"], "queued");
        house.clock.advance(SignedDuration::from_mins(2));
        house.run_jobs().await;
        assert_eq!((one(&owner, &early).await["state"].as_str(), server.taken().len()), (Some("sent"), 1));

        // After: a person decides.
        server.order(Order::DropAfter);
        let late = letter(&owner, json!({ "to": "ana@example.com" })).await;
        house.run_jobs().await;
        let unsure = one(&owner, &late).await;
        assert_eq!(unsure["state"], "failed");
        assert!(unsure["problem"].as_str().unwrap().contains("may have arrived"), "{unsure}");
        let connections = server.connections();
        house.clock.advance(SignedDuration::from_hours(24));
        house.run_jobs().await;
        assert_eq!(server.connections(), connections, "it is not repeated by itself");
        assert_eq!(owner.post(&format!("/api/v1/emails/{late}/retry"), json!({})).await.status, 200);
        house.run_jobs().await;
        let taken = server.taken();
        assert_eq!(header(&taken[0].data, "Message-ID"), format!("<{late}@example.com>"), "the same mail, the same id");

        // A worker that died in the window leaves `sending` behind.
        let dead = letter(&owner, json!({ "to": "ana@example.com" })).await;
        let client = house.above().await;
        let sql = format!(
            "update {}.email set state = 'sending', handed_at = $2, attempts = 1, next_try_at = null where id = $1",
            acme.schema().await
        );
        let at = house.house.clock().now();
        client.execute(&sql, &[&dead.parse::<kernel::Uuid>().unwrap(), &at]).await.unwrap();
        house.run_jobs().await;
        assert_eq!(one(&owner, &dead).await["state"], "sending", "another worker may be at it");
        house.clock.advance(SignedDuration::from_mins(11));
        house.run_jobs().await;
        let dead = one(&owner, &dead).await;
        assert_eq!(dead["state"], "failed");
        assert!(dead["problem"].as_str().unwrap().contains("interrupted"), "{dead}");
        assert_eq!(server.taken().len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_link_is_read_by_its_reader_alone() {
    for placement in harness::PLACEMENTS {
        let (house, server) = with_server().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let id = letter(&owner, json!({ "to": "ana@example.com", "confidential": true })).await;
        let page = format!("/settings/email/{id}");
        for _ in 0..2 {
            let seen = one(&owner, &id).await;
            assert!(seen["text"].is_null() && seen["html"].is_null(), "{seen}");
            assert!(!owner.page(&page).await.text.contains("secret-token"));
            assert_eq!(owner.page(&format!("{page}/html")).await.status, 404);
            house.run_jobs().await;
        }
        assert!(server.taken()[0].data.contains("secret-token"));
        let sql = format!(
            "select parts::text || coalesce(text, '') || coalesce(html, '') from {}.email where id = $1",
            acme.schema().await
        );
        let row = house.above().await.query_one(&sql, &[&id.parse::<kernel::Uuid>().unwrap()]).await.unwrap();
        assert_eq!(row.get::<_, String>(0), "[]", "it is forgotten");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_ends_reminders_by_one_click() {
    let (house, server) = with_server().await;
    harness::in_both_placements(&house, async |acme: Company<'_>| {
        let neighbour = house.company("pooled").await;
        let owner = acme.person("owner").await;
        letter(&owner, json!({ "to": "ana@example.com", "reminder": true })).await;
        house.run_jobs().await;
        let data = server.taken().remove(0).data;
        assert_eq!(header(&data, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        assert!(header(&data, "List-Id").contains(&format!("reminder.{}", acme.slug)));
        let link = header(&data, "List-Unsubscribe");
        let path = link.trim_matches(['<', '>']).strip_prefix(&format!("http://{}", acme.host)).unwrap().to_owned();
        let reader = acme.visitor();
        let page = reader.page(&path).await;
        assert!(page.status == 200 && page.text.contains("a…@example.com"), "{page:?}");
        assert!(!page.text.contains("ana@example.com"), "a link that was passed on tells no address");
        assert_eq!(owner.get("/api/v1/email-blocks").await.body["data"], json!([]), "looking changes nothing");
        assert_eq!(neighbour.visitor().page(&path).await.status, 404);
        let forged = format!("{}A", &path[..path.len() - 1]);
        let click = [("List-Unsubscribe", "One-Click")];
        if forged != path {
            assert_eq!(reader.form(&forged, &click).await.status, 404);
        }
        assert_eq!(neighbour.visitor().form(&path, &click).await.status, 404);
        for _ in 0..2 {
            assert_eq!(reader.form(&path, &click).await.status, 200);
        }
        assert_eq!(acme.told().await, ["email.sent", "email.unsubscribed"]);
        let reminder = letter(&owner, json!({ "to": "Ana@example.com", "reminder": true })).await;
        let invoice = letter(&owner, json!({ "to": "ana@example.com" })).await;
        house.run_jobs().await;
        let held = one(&owner, &reminder).await;
        assert_eq!(held["state"], "held");
        assert!(held["problem"].as_str().unwrap().contains("unsubscribed from reminders"), "{held}");
        assert_eq!(one(&owner, &invoice).await["state"], "sent");
        assert_eq!(server.taken().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_waits_for_the_next_hour() {
    for placement in harness::PLACEMENTS {
        let (house, server) = (start().await, Server::start().await);
        house.house.keep(Post::smtp(&server.url, "mail@example.com").unwrap().hourly(2));
        let acme = house.company(placement).await;
        let neighbour = house.company("pooled").await;
        let (owner, other) = (acme.person("owner").await, neighbour.person("owner").await);
        for n in 0..4 {
            letter(&owner, json!({ "to": format!("r{n}@example.com"), "reminder": true })).await;
        }
        letter(&other, json!({ "to": "r@example.com", "reminder": true })).await;
        house.run_jobs().await;
        assert_eq!(server.taken().len(), 3, "two of ours, and the neighbour's own");
        let held = owner.get("/api/v1/emails?state=held").await;
        assert_eq!(held.body["data"].as_array().unwrap().len(), 2);
        assert!(held.body["data"][0]["problem"].as_str().unwrap().contains("within an hour"));
        letter(&owner, json!({ "to": "waits@example.com" })).await;
        house.run_jobs().await;
        assert_eq!(server.taken().len(), 1, "what somebody waits for is not stuck behind reminders");
        house.clock.advance(SignedDuration::from_mins(70));
        house.run_jobs().await;
        assert_eq!(server.taken().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_neighbour_and_a_role_see_what_is_theirs() {
    for placement in harness::PLACEMENTS {
        let (house, _server) = with_server().await;
        let (acme, neighbour) = (house.company(placement).await, house.company("pooled").await);
        let (owner, other) = (acme.person("owner").await, neighbour.person("owner").await);
        let id = letter(&owner, json!({ "to": "ana@example.com" })).await;
        house.run_jobs().await;
        for path in
            [format!("/api/v1/emails/{id}"), format!("/settings/email/{id}"), format!("/settings/email/{id}/html")]
        {
            assert_eq!(other.get(&path).await.status, 404, "{path}");
            assert_eq!(acme.visitor().get(&path).await.status, 401, "{path}");
        }
        assert_eq!(other.post(&format!("/api/v1/emails/{id}/retry"), json!({})).await.status, 404);
        assert_eq!(other.get("/api/v1/emails").await.body["data"], json!([]));
        let none = kernel::Uuid::nil();
        for (query, found) in [("to=ANA@example.com", 1), ("to=nobody", 0), ("state=sent", 1), ("state=failed", 0)] {
            let list = owner.get(&format!("/api/v1/emails?{query}")).await;
            assert_eq!(list.body["data"].as_array().unwrap().len(), found, "{query}");
        }
        assert_eq!(
            owner.get(&format!("/api/v1/emails?about={none}&state=sent")).await.body["data"][0]["id"],
            json!(id)
        );
        assert_eq!(owner.get("/api/v1/emails?state=lost").await.status, 422);
        let (viewer, technician) = (acme.person("viewer").await, acme.person("technician").await);
        assert_eq!(viewer.get("/api/v1/emails").await.status, 200);
        assert_eq!(viewer.post(&format!("/api/v1/emails/{id}/retry"), json!({})).await.status, 403);
        assert_eq!(viewer.page("/settings/email/sender").await.status, 403);
        assert_eq!(technician.get("/api/v1/emails").await.status, 403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_signs_its_mails_and_tests_them() {
    for placement in harness::PLACEMENTS {
        let (house, server) = with_server().await;
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let now = owner.get("/api/v1/email-settings").await;
        assert_eq!(now.etag(), "\"0\"");
        // What the company's papers say stands for what was not said here.
        let company = owner.get("/api/v1/company").await;
        let head = json!({ "phone": "217 555 0100", "email": "hello@acme.example" });
        let head = owner.patch("/api/v1/company", &company.etag(), head).await;
        assert_eq!(head.status, 200, "{head:?}");
        letter(&owner, json!({ "to": "ana@example.com" })).await;
        house.run_jobs().await;
        let first = server.taken().remove(0).data;
        assert!(header(&first, "Reply-To") == "hello@acme.example" && first.contains("217 555 0100"), "{first}");

        let change = json!({ "sender_name": "Acme\r\nBcc: x@ HVAC", "reply_to": "nobody", "foot": "x".repeat(400) });
        let refused = owner.patch("/api/v1/email-settings", &now.etag(), change).await;
        for field in ["/sender_name", "/reply_to", "/foot"] {
            assert!(!refused.error(field).is_empty(), "{field} {refused:?}");
        }
        let change =
            json!({ "sender_name": "Ñandú HVAC", "reply_to": "office@acme.example", "foot": "12 Elm St\n555 0100" });
        let saved = owner.patch("/api/v1/email-settings", &now.etag(), change.clone()).await;
        assert_eq!((saved.status, saved.etag().as_str()), (200, "\"1\""), "{saved:?}");
        assert_eq!(owner.patch("/api/v1/email-settings", &now.etag(), change.clone()).await.status, 412);
        assert_eq!(
            owner.patch("/api/v1/email-settings", &saved.etag(), json!({ "foot": "12 Elm St" })).await.etag(),
            "\"2\""
        );
        let form =
            [("version", "2"), ("sender_name", "Acme HVAC"), ("reply_to", "office@acme.example"), ("_key", "k1")];
        assert_eq!(owner.form("/settings/email/sender", &form).await.status, 303);
        assert_eq!(owner.form("/settings/email/sender", &form).await.status, 303, "the same sending again");
        let wrong = [("version", "3"), ("reply_to", "nobody")];
        let again = owner.form("/settings/email/sender", &wrong).await;
        assert!(again.status == 422 && again.text.contains("not an e-mail address"));

        let sent = owner.form("/settings/email/test", &[("_key", "k2")]).await;
        assert_eq!(sent.status, 303);
        assert_eq!(
            owner.form("/settings/email/test", &[("_key", "k2")]).await.header("location"),
            sent.header("location")
        );
        house.run_jobs().await;
        let taken = server.taken();
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].to, acme.owner_email);
        let data = &taken[0].data;
        assert!(header(data, "From").contains("Acme HVAC via Tradewind"), "{data}");
        assert_eq!(header(data, "Reply-To"), "office@acme.example");
        assert!(owner.page(sent.header("location")).await.text.contains("4711"));
        let program = acme.program().post("/api/v1/emails/test", json!({})).await;
        assert_eq!(program.status, 409, "{program:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_mail_waits_and_in_development_it_can_be_read() {
    for placement in harness::PLACEMENTS {
        let house = start().await;
        house.house.keep(Post::nowhere("tradewind.test"));
        let acme = house.company(placement).await;
        let owner = acme.person("owner").await;
        let id = letter(&owner, json!({ "to": "ana@example.com", "name": "Ana" })).await;
        house.run_jobs().await;
        let held = one(&owner, &id).await;
        assert_eq!(held["state"], "held");
        assert!(held["problem"].as_str().unwrap().contains("No mail server"), "{held}");
        assert_eq!(acme.told().await, ["email.held"]);
        assert!(owner.page("/settings/email").await.text.contains("No mail server is set up"));
        assert_eq!(house.outside().page("/mailbox").await.status, 404, "no mailbox without development");

        house.house.keep(Post::here("tradewind.test"));
        assert_eq!(owner.post(&format!("/api/v1/emails/{id}/retry"), json!({})).await.status, 200);
        house.run_jobs().await;
        assert_eq!(one(&owner, &id).await["state"], "sent");
        let mailbox = house.outside().page("/mailbox").await;
        assert!(mailbox.text.contains("Visit for Ana") && mailbox.text.contains(&id), "{}", mailbox.text);
        let mail = house.outside().page(&format!("/mailbox/{id}")).await;
        assert!(mail.text.contains(&format!("http://{}/v/secret-token", acme.host)), "{}", mail.text);
        assert!(
            house
                .outside()
                .page(&format!("/mailbox/{id}/html"))
                .await
                .header("content-security-policy")
                .contains("sandbox")
        );
        for path in ["/mailbox".to_owned(), format!("/mailbox/{id}")] {
            assert_eq!(owner.page(&path).await.status, 404, "at a company's address there is no mailbox");
        }
        house.house.keep(Post::smtp("smtp://127.0.0.1:1", "mail@example.com").unwrap());
        assert_eq!(house.outside().page("/mailbox").await.status, 404, "nor where mail goes out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_not_sent_in_the_clear() {
    let server = Server::start().await;
    let url = server.url.replace("smtp://", "smtp://user:s3cret@") + "?tls=required";
    let post = Post::smtp(&url, "mail@example.com").unwrap();
    let says = post.try_out().await.unwrap_err();
    assert!(says.contains("offers no encryption"), "{says}");
    assert!(!server.heard("AUTH"));
    assert!(
        Post::smtp("smtp://127.0.0.1:1", "mail@example.com").unwrap().try_out().await.unwrap_err().contains("reached")
    );
    let plain = Post::smtp(&server.url.replace("smtp://", "smtp://user:s3cret@"), "mail@example.com").unwrap();
    assert_eq!(plain.try_out().await, Ok(()), "on this machine it may be");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_job_got_lost_is_found_again() {
    for placement in harness::PLACEMENTS {
        let (house, server) = with_server().await;
        let acme = house.company(placement).await;
        let owner = acme.program();
        let id = letter(&owner, json!({ "to": "ana@example.com" })).await;
        let client = house.above().await;
        let sql = "delete from ops.job where tenant_id = $1 and kind = 'mail.deliver'";
        assert_eq!(client.execute(sql, &[&acme.id]).await.unwrap(), 1);
        house.clock.advance(SignedDuration::from_mins(20));
        kernel::job::worker::now_for(&house.house, acme.id, "mail.strays").await.unwrap();
        house.run_jobs().await;
        assert_eq!(one(&owner, &id).await["state"], "queued", "it may still be on its way");
        house.clock.advance(SignedDuration::from_mins(20));
        kernel::job::worker::now_for(&house.house, acme.id, "mail.strays").await.unwrap();
        house.run_jobs().await;
        assert_eq!((one(&owner, &id).await["state"].as_str(), server.taken().len()), (Some("sent"), 1));
    }
}
