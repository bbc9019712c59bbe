//! Live streams: what one may hear and nothing else, again from where one was, and only so much.
use super::ground::{Ground, InvoicePaid, JobDone, ground, scope};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use futures_util::StreamExt;
use kernel::{
    House, Uuid,
    http::{arrive::Arrival, serve::router},
    job, live,
};
use std::time::Duration;
use tokio::{sync::watch, time::timeout};
use tower::ServiceExt;

struct Open {
    house: House,
    router: Router,
    stop: watch::Sender<bool>,
}

async fn open(ground: &Ground) -> Open {
    let house = ground.house(vec![]);
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(job::relay::run(house.clone(), stopped.clone()));
    tokio::spawn(live::follow(house.clone(), stopped));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let error_page =
        |_: &House, _: Option<&std::sync::Arc<kernel::Tenant>>, _: &kernel::error::Problem, _: &str| maud::html! {};
    let arrival = Arrival { house: house.clone(), error_page, behind_proxy: false };
    Open { router: router(arrival, live::streams()), house, stop }
}

struct Stream {
    body: axum::body::BodyDataStream,
    text: String,
}

impl Open {
    async fn get(&self, tenant: Uuid, rights: &str, topics: &str, last: Option<i64>) -> axum::response::Response {
        let mut request =
            Request::get(format!("/live?topics={topics}")).header(header::HOST, format!("{tenant}.tradewind.test"));
        if !rights.is_empty() {
            request = request.header(header::COOKIE, format!("__Host-tradewind={rights}"));
        }
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }
    async fn listen(&self, tenant: Uuid, rights: &str, topics: &str, last: Option<i64>) -> Stream {
        let response = self.get(tenant, rights, topics, last).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        Stream { body: response.into_body().into_data_stream(), text: String::new() }
    }
    async fn done(&self, tenant: Uuid) -> Uuid {
        let job = Uuid::now_v7();
        scope(&self.house, tenant).await.write(JobDone { job }, ()).await.unwrap();
        job
    }
    async fn paid(&self, tenant: Uuid) -> Uuid {
        let invoice = Uuid::now_v7();
        scope(&self.house, tenant).await.write(InvoicePaid { invoice }, ()).await.unwrap();
        invoice
    }
}

impl Stream {
    /// The next event as it is on the wire; None when nothing comes, or the stream has ended.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = event.to_owned();
                self.text = rest.to_owned();
                return Some(event);
            }
            let bytes = timeout(Duration::from_millis(2500), self.body.next()).await.ok()??.unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
    async fn ends(&mut self) -> bool {
        timeout(Duration::from_secs(3), self.body.next()).await.is_ok_and(|end| end.is_none())
    }
}

fn message(seq: i64, kind: &str, subject: Uuid) -> Option<String> {
    Some(format!("id: {seq}\ndata: {{\"seq\":{seq},\"kind\":\"{kind}\",\"subject\":\"{subject}\"}}"))
}

#[tokio::test]
async fn one_hears_what_one_may_see_and_asked_for() {
    let ground = ground().await;
    let open = open(&ground).await;
    let (acme, bolt) = (Uuid::now_v7(), Uuid::now_v7());
    let mut jobs = open.listen(acme, "jobs.read", "*", None).await;
    let mut both = open.listen(acme, "jobs.read+money.read", "job.*,invoice.paid", None).await;
    let mut money = open.listen(acme, "jobs.read+money.read", "invoice.*", None).await;
    let mut neighbour = open.listen(bolt, "jobs.read+money.read", "*", None).await;
    for stream in [&mut jobs, &mut both, &mut money, &mut neighbour] {
        assert_eq!(stream.next().await.unwrap(), "event: ready\nid: 0\nretry: 2000\ndata: {}");
    }
    let invoice = open.paid(acme).await;
    let job = open.done(acme).await;
    let (first, second) = (message(1, "invoice.paid", invoice), message(2, "job.done", job));
    assert_eq!(jobs.next().await, second, "no money for those who may not see it");
    assert_eq!((both.next().await, both.next().await), (first.clone(), second));
    assert_eq!(money.next().await, first);
    assert_eq!(neighbour.next().await, None);
    assert_eq!(open.get(acme, "", "*", None).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(open.get(acme, "jobs.read", "a*b", None).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    open.stop.send_replace(true);
    assert!(both.ends().await, "when the process stops, streams end");
}

#[tokio::test]
async fn one_who_was_away_hears_what_was_missed() {
    let ground = ground().await;
    let open = open(&ground).await;
    let (acme, bolt) = (Uuid::now_v7(), Uuid::now_v7());
    let mut stream = open.listen(acme, "jobs.read", "*", None).await;
    stream.next().await.unwrap();
    let first = open.done(acme).await;
    assert_eq!(stream.next().await, message(1, "job.done", first));
    drop(stream);
    open.paid(acme).await;
    open.done(bolt).await;
    let missed = open.done(acme).await;
    super::ground::until("relayed", async || ground.one::<i64>("select seq from ops.relay").await == 4).await;
    let mut again = open.listen(acme, "jobs.read", "*", Some(1)).await;
    assert!(again.next().await.unwrap().starts_with("event: ready\nid: 1\n"));
    assert_eq!(again.next().await, message(4, "job.done", missed), "neither the money nor the neighbour's");
    let live = open.done(acme).await;
    assert_eq!(again.next().await, message(5, "job.done", live), "and then goes on, nothing twice");
    // What is no longer known, or more than a screen should replay, is told in one word.
    let above = ground.above().await;
    let mut future = open.listen(acme, "jobs.read", "*", Some(99)).await;
    assert_eq!(future.next().await.unwrap(), "event: reset\nid: 5\ndata: {}");
    above.execute("delete from ops.outbox where seq <= 2", &[]).await.unwrap();
    let mut trimmed = open.listen(acme, "jobs.read", "*", Some(1)).await;
    assert_eq!(trimmed.next().await.unwrap(), "event: reset\nid: 5\ndata: {}");
    let mut kept = open.listen(acme, "jobs.read", "*", Some(2)).await;
    assert!(kept.next().await.unwrap().starts_with("event: ready\nid: 2\n"));
    let many = "insert into ops.outbox (tenant_id, id, kind, seq, relayed_at) select $1, gen_random_uuid(), 'job.done', n, now() from generate_series(6, 1200) n";
    above.execute(many, &[&acme]).await.unwrap();
    above.execute("update ops.relay set seq = 1200", &[]).await.unwrap();
    let mut far = open.listen(acme, "jobs.read", "*", Some(4)).await;
    assert_eq!(far.next().await.unwrap(), "event: reset\nid: 1200\ndata: {}");
}

/// Two processes over one database: whoever tells, all hear; and a screen that loses its process goes on at the other.
#[tokio::test]
async fn what_is_told_in_one_process_is_heard_in_the_other() {
    let ground = ground().await;
    let (one, two) = (open(&ground).await, open(&ground).await);
    let (acme, bolt) = (Uuid::now_v7(), Uuid::now_v7());
    let mut here = one.listen(acme, "jobs.read", "*", None).await;
    let mut there = two.listen(acme, "jobs.read", "*", None).await;
    let mut neighbour = two.listen(bolt, "jobs.read", "*", None).await;
    for stream in [&mut here, &mut there, &mut neighbour] {
        assert!(stream.next().await.unwrap().starts_with("event: ready\nid: 0\n"));
    }
    let job = one.done(acme).await;
    assert_eq!(there.next().await, message(1, "job.done", job), "told in one, heard in two");
    assert_eq!(here.next().await, message(1, "job.done", job));
    let job = two.done(acme).await;
    assert_eq!(here.next().await, message(2, "job.done", job), "and the other way round");
    assert_eq!(there.next().await, message(2, "job.done", job));
    assert_eq!(neighbour.next().await, None);
    // The first process ends; its screen comes back to the second with the last number it heard.
    one.stop.send_replace(true);
    assert!(here.ends().await);
    let (missed, hidden) = (two.done(acme).await, two.paid(acme).await);
    assert_eq!(there.next().await, message(3, "job.done", missed));
    super::ground::until("relayed", async || ground.one::<i64>("select seq from ops.relay").await == 4).await;
    let mut again = two.listen(acme, "jobs.read", "*", Some(2)).await;
    assert!(again.next().await.unwrap().starts_with("event: ready\nid: 2\n"));
    assert_eq!(
        again.next().await,
        message(3, "job.done", missed),
        "what happened meanwhile, but for the money of {hidden}"
    );
    let live = two.done(acme).await;
    assert_eq!(again.next().await, message(5, "job.done", live), "and then goes on, nothing twice");
}

#[tokio::test]
async fn a_room_holds_so_many() {
    let ground = ground().await;
    let open = open(&ground).await;
    let (acme, bolt) = (Uuid::now_v7(), Uuid::now_v7());
    let mut seats: Vec<_> = (0..500).map(|_| open.house.hub().listen(acme).unwrap()).collect();
    assert_eq!(open.get(acme, "jobs.read", "*", None).await.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        open.get(bolt, "jobs.read", "*", None).await.status(),
        StatusCode::OK,
        "the neighbour's room is another"
    );
    seats.pop();
    assert_eq!(open.get(acme, "jobs.read", "*", None).await.status(), StatusCode::OK);
}
