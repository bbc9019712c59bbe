//! Fair turns: what one company has waiting costs the others nothing.
use super::{
    ground::{ground, until},
    queue::{Errand, diary, enqueue, errand, house, quick, work},
};
use kernel::{QUERIES, Uuid};
use tokio::time::Instant;

const FLOOD: &str = "
    insert into ops.job (tenant_id, id, kind, body, run_at, created_at)
    select $1, gen_random_uuid(), 'errand', '{\"name\": \"flood\", \"key\": null, \"takes_ms\": 0, \"fails\": 0, \"panics\": false}',
      now() - interval '1 hour', now() from generate_series(1, 100000)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_jobs_of_one_do_not_delay_ten_of_another() {
    let ground = ground().await;
    let house = house(&ground);
    let above = ground.above().await;
    let (flood, small) = (Uuid::now_v7(), Uuid::now_v7());
    above.execute(FLOOD, &[&flood]).await.unwrap();
    above.batch_execute("vacuum analyze ops.job").await.unwrap();
    for n in 0..10 {
        enqueue(&house, small, &errand(&format!("b{n}"))).await;
    }

    // The control: a queue in the order of time would serve none of the ten among its first thousand.
    let in_order = "select count(*) from (select tenant_id from ops.job where state = 'ready' order by run_at limit 1000) q where tenant_id = $1";
    assert_eq!(above.query_one(in_order, &[&small]).await.unwrap().get::<_, i64>(0), 0);

    let begun = Instant::now();
    let worker = work(&house, quick(4));
    until("the ten are done", async || (0..10).all(|n| diary(&house).count(&format!("b{n} done")) == 1)).await;
    let (took, before) = (begun.elapsed(), diary(&house).count("flood done"));
    worker.stop().await;
    println!("ten done after {took:?}; {before} of the hundred thousand went before or beside them");
    assert!(before <= 200, "{before} jobs of the other company came first");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_jobs_of_one_do_not_take_every_place() {
    let ground = ground().await;
    let house = house(&ground);
    let (slow, small) = (Uuid::now_v7(), Uuid::now_v7());
    for n in 0..20 {
        enqueue(&house, slow, &Errand { takes_ms: 30_000, ..errand(&format!("slow{n}")) }).await;
    }
    let worker = work(&house, quick(4));
    until("slow ones run", async || diary(&house).count("slow0 begun") + diary(&house).count("slow1 begun") == 2).await;
    enqueue(&house, small, &errand("b")).await;
    until("the small one is done beside them", async || diary(&house).count("b done") == 1).await;
    worker.0.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_more_companies_than_places_the_round_goes_on_where_it_stopped() {
    let ground = ground().await;
    let house = house(&ground);
    let companies: Vec<Uuid> = (0..20).map(|_| Uuid::now_v7()).collect();
    for (n, company) in companies.iter().enumerate() {
        for m in 0..10 {
            enqueue(&house, *company, &errand(&format!("{n} {m}"))).await;
        }
    }
    let worker = work(&house, quick(2));
    until("the last company's first job is done", async || diary(&house).count("19 0 done") == 1).await;
    let before = diary(&house).0.lock().unwrap().iter().filter(|line| line.ends_with(" done")).count();
    worker.stop().await;
    assert!(before < 50, "{before} of 200 jobs were done first: more than a round or two");
}

/// The claim of the worker, with a hundred thousand jobs of one company, a thousand companies, and a hundred thousand
/// planned jobs: it reads a few pages. With `-- --nocapture` it prints its plan.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_reads_a_few_pages_whatever_waits() {
    let ground = ground().await;
    let mut above = ground.above().await;
    above.execute(FLOOD, &[&Uuid::now_v7()]).await.unwrap();
    let others = "
        insert into ops.job (tenant_id, id, kind, state, run_at)
        select md5(t::text)::uuid, gen_random_uuid(), 'errand', s, now() + interval '1 day'
        from generate_series(1, 1000) t, unnest(array['ready', 'later', 'done']) s, generate_series(1, 30)";
    above.execute(others, &[]).await.unwrap();
    above.batch_execute("vacuum analyze ops.job").await.unwrap();
    reads_a_few_pages(&mut above, "claim", "", 600).await;
    // Of nine kinds, eight have nothing; and one that has nothing but what other workers shall do walks over none of it.
    let kinds = |other: &str| format!(", '{{{other},a,b,c,d,e,f,g,h}}'");
    reads_a_few_pages(&mut above, "claim_kinds", &kinds("errand"), 1200).await;
    reads_a_few_pages(&mut above, "claim_kinds", &kinds("none"), 200).await;
}

async fn reads_a_few_pages(above: &mut tokio_postgres::Client, name: &str, more: &str, most: u64) {
    let claim = QUERIES.iter().find(|q| q.name == name && q.at.contains("claim.rs")).unwrap();
    above
        .batch_execute(&format!(
            "set plan_cache_mode = force_generic_plan; deallocate all; prepare claim as {}",
            claim.sql
        ))
        .await
        .unwrap();
    let tx = above.transaction().await.unwrap();
    let run = format!(
        "execute claim('00000000-0000-0000-0000-000000000000', 8, '{{}}', 4, '00000000-0000-7000-8000-000000000001', now(){more})"
    );
    // The first run brings what is dead on the way out of the way.
    tx.batch_execute(&format!("savepoint once; {run}; rollback to once")).await.unwrap();
    let plan = tx.query(&format!("explain (analyze, buffers, costs off, timing off) {run}"), &[]).await.unwrap();
    let plan: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
    println!("{}", plan.join("\n"));
    let pages: u64 = plan
        .iter()
        .find_map(|line| line.trim().strip_prefix("Buffers: shared hit="))
        .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap())
        .unwrap();
    assert!(pages < most, "{name} read {pages} pages");
    assert!(!plan.iter().any(|line| line.contains("Seq Scan on job")), "the claim reads the whole table");
}
