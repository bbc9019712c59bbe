//! A process that serves certain contexts: it answers and works for those, and relays for all.
use super::{
    ground::{Ground, JobDone, ground, scope, until},
    queue::{Diary, Errand, diary, enqueue, errand, quick, work},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header::HOST},
};
use kernel::{
    House, Module, Outside, Result, Scope, Uuid,
    http::{Json, arrive::Arrival, serve::router},
    job::{Job, relay},
};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tower::ServiceExt;

#[derive(Serialize, Deserialize)]
struct Letter(String);
impl Job for Letter {
    const KIND: &'static str = "letter";
    async fn run(self, scope: Scope) -> Result<()> {
        diary(scope.house()).write(format!("{} posted", self.0));
        Ok(())
    }
}

async fn hello(_: Outside) -> Result<Json<&'static str>> {
    Ok(Json("hello"))
}

fn modules() -> Vec<Module> {
    vec![
        Module::new("errands").job::<Errand>().get("/errands", hello, "Errands").on::<JobDone, _, _>(
            "counts_jobs",
            |scope: Scope, _| async move {
                diary(scope.house()).write("counted");
                Ok(())
            },
        ),
        Module::new("stamps").merge(Router::new().route("/stamp.svg", axum::routing::get(async || "a stamp"))),
        Module::new("letters").job::<Letter>().get("/letters", hello, "Letters"),
    ]
}

fn process(ground: &Ground, context: &str) -> House {
    let house = ground.house_serving(modules(), context);
    house.keep(Diary::default());
    house
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_worker_takes_the_jobs_of_its_contexts_whatever_else_waits() {
    let ground = ground().await;
    let (errands, letters) = (process(&ground, "errands"), process(&ground, "letters"));
    let (acme, bolt) = (Uuid::now_v7(), Uuid::now_v7());
    for n in 0..300 {
        enqueue(&errands, acme, &errand(&format!("e{n}"))).await;
    }
    for company in [acme, bolt] {
        for n in 0..5 {
            enqueue(&errands, company, &Letter(format!("{n}"))).await;
        }
    }
    let waiting = async |kind: &str| {
        ground.one::<i64>(&format!("select count(*) from ops.job where state = 'ready' and kind = '{kind}'")).await
    };
    // Nobody runs errands yet, and three hundred of them lie before the letters.
    let postman = work(&letters, quick(3));
    until("every letter is posted", async || waiting("letter").await == 0).await;
    until("by the one worker", async || (0..5).all(|n| diary(&letters).count(&format!("{n} posted")) == 2)).await;
    assert_eq!(waiting("errand").await, 300, "and it left what is not its own");

    let runner = work(&errands, quick(4));
    until("the errands are run", async || (0..300).all(|n| diary(&errands).count(&format!("e{n} done")) == 1)).await;
    assert_eq!(diary(&letters).0.lock().unwrap().len(), 10);
    postman.stop().await;
    runner.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_relays_makes_the_jobs_of_every_context() {
    let ground = ground().await;
    let (errands, letters) = (process(&ground, "errands"), process(&ground, "letters"));
    let acme = Uuid::now_v7();
    scope(&letters, acme).await.write(JobDone { job: Uuid::now_v7() }, ()).await.unwrap();
    let (stop, stopped) = watch::channel(false);
    let relaying = tokio::spawn(relay::run(letters.clone(), stopped));
    let runner = work(&errands, quick(2));
    until("the other process hears of it", async || diary(&errands).count("counted") == 1).await;
    stop.send_replace(true);
    relaying.await.unwrap();
    runner.stop().await;
}

#[tokio::test]
async fn what_another_process_answers_is_misdirected_here() {
    let ground = ground().await;
    let letters = process(&ground, "letters");
    let error_page =
        |_: &House, _: Option<&std::sync::Arc<kernel::Tenant>>, _: &kernel::error::Problem, _: &str| maud::html! {};
    let arrival = Arrival { house: letters.clone(), error_page, behind_proxy: false };
    let router = router(arrival, Default::default());
    let ask = async |path: &str| {
        let request = Request::get(path).header(HOST, "tradewind.test").body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        let (status, body) = (answer.status().as_u16(), to_bytes(answer.into_body(), 10_000).await.unwrap());
        (status, String::from_utf8(body.to_vec()).unwrap())
    };
    assert_eq!(ask("/letters").await, (200, "\"hello\"".into()));
    let (status, body) = ask("/errands").await;
    assert_eq!(status, 421);
    assert!(body.contains("does not serve errands"), "{body}");
    assert_eq!(ask("/nowhere").await.0, 404);
    assert_eq!(ask("/stamp.svg").await.0, 200, "files of the house are everywhere");
    assert_eq!(letters.modules().routes.len(), 2, "the menu stays whole: pages link to what others serve");
}
