//! Events: each gets one number, in the order commits became visible, and each subscriber hears it.
use super::{
    ground::{InvoicePaid, JobDone, ground, scope, until},
    queue::{Diary, diary, quick, work},
};
use kernel::{
    House, Module, Scope, Uuid,
    job::{self, SubscriberEntry, Told, worker},
};
use std::{collections::HashSet, time::Duration};
use tokio::sync::watch;

fn module() -> Module {
    Module::new("listeners")
        .on::<JobDone, _, _>("counts_jobs", |scope: Scope, event: JobDone| async move {
            diary(scope.house()).write(format!("counts {}", event.job));
            Ok(())
        })
        .on_kinds(SubscriberEntry::of_kinds(
            "timeline",
            vec!["job.done", "invoice.paid"],
            |scope: Scope, told: Told| async move {
                diary(scope.house()).write(format!("timeline {} {} {}", told.kind, told.subject, told.at));
                Ok(())
            },
        ))
}

fn house(ground: &super::ground::Ground) -> House {
    let house = ground.house(vec![module()]);
    house.keep(Diary::default());
    house
}

#[tokio::test]
async fn each_subscriber_hears_each_event_of_its_kinds() {
    let ground = ground().await;
    let house = house(&ground);
    let (acme, bolt) = (Uuid::now_v7(), Uuid::now_v7());
    let (job, invoice) = (Uuid::now_v7(), Uuid::now_v7());
    let ours = scope(&house, acme).await;
    ours.write_with(async |tx| {
        tx.tell(&JobDone { job });
        tx.tell(&InvoicePaid { invoice });
        Ok(())
    })
    .await
    .unwrap();
    scope(&house, bolt).await.write(JobDone { job: Uuid::now_v7() }, ()).await.unwrap();
    assert_eq!(worker::drain_for(&house, acme).await.unwrap(), 3);
    let mut heard = diary(&house).0.lock().unwrap().clone();
    heard.sort();
    let at = ours.now();
    assert_eq!(
        heard,
        [
            format!("counts {job}"),
            format!("timeline invoice.paid {invoice} {at}"),
            format!("timeline job.done {job} {at}")
        ]
    );
    assert_eq!(
        ground.one::<i64>("select count(*) from ops.outbox where seq is null").await,
        1,
        "the neighbour's is left to the neighbour"
    );
    assert_eq!(worker::drain(&house).await.unwrap(), 2);
    assert_eq!(worker::drain(&house).await.unwrap(), 0, "and nothing is heard twice");
}

#[tokio::test]
async fn numbers_follow_commits_not_beginnings() {
    let ground = ground().await;
    let house = house(&ground);
    let tenant = Uuid::now_v7();
    let mut above = ground.above().await;
    let tell = |id: Uuid| {
        format!("insert into ops.outbox (tenant_id, id, kind, subject) values ('{tenant}', '{id}', 'job.done', '{id}')")
    };
    let (early, late) = (Uuid::now_v7(), Uuid::now_v7());
    let slow = above.transaction().await.unwrap();
    slow.batch_execute(&tell(early)).await.unwrap();
    ground.above().await.batch_execute(&tell(late)).await.unwrap();
    worker::drain_for(&house, tenant).await.unwrap_err(); // Its body is none of ours; the numbers are what counts here.
    let number =
        async |id: Uuid| ground.one::<Option<i64>>(&format!("select max(seq) from ops.outbox where id = '{id}'")).await;
    assert_eq!((number(early).await, number(late).await), (None, Some(1)));
    slow.commit().await.unwrap();
    let _ = worker::drain_for(&house, tenant).await;
    // Who had read up to 1 finds it. A number given at the insert would have been below what was read already.
    assert_eq!((number(early).await, number(late).await), (Some(2), Some(1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_relays_and_eight_writers_lose_and_double_nothing() {
    let ground = ground().await;
    let houses: Vec<House> = (0..3).map(|_| house(&ground)).collect();
    let tenants: Vec<Uuid> = (0..5).map(|_| Uuid::now_v7()).collect();
    let (stop, stopped) = watch::channel(false);
    let mut tasks = vec![];
    for house in &houses {
        tasks.push(tokio::spawn(job::relay::run(house.clone(), stopped.clone())));
        tasks.push(tokio::spawn(kernel::live::follow(house.clone(), stopped.clone())));
    }
    tokio::time::sleep(Duration::from_millis(300)).await; // Followers begin where the numbers stand when they come.
    let mut ear: Vec<_> = tenants.iter().map(|tenant| houses[2].hub().listen(*tenant).unwrap()).collect();
    let writers: Vec<_> = (0..8usize)
        .map(|writer| {
            let (house, tenants) = (houses[writer % 3].clone(), tenants.clone());
            tokio::spawn(async move {
                for n in 0..100 {
                    let scope = scope(&house, tenants[(writer + n) % 5]).await;
                    let told = scope.write_with(async |tx| {
                        tx.tell(&JobDone { job: Uuid::now_v7() });
                        tokio::time::sleep(Duration::from_micros((n as u64 * 7919) % 3000)).await;
                        if n % 10 == 9 { Err(kernel::Error::refused("changed my mind")) } else { Ok(()) }
                    });
                    let _ = told.await;
                }
            })
        })
        .collect();
    // Each is heard in its room, in the order of the numbers.
    let mut heard = HashSet::new();
    for (tenant, ear) in ear.iter_mut().enumerate() {
        let mut last = 0;
        // Twenty of each writer, but of those that changed its mind.
        let told: usize = (0..8).map(|writer| if (writer + 9) % 5 == tenant { 10 } else { 20 }).sum();
        for _ in 0..told {
            let event =
                tokio::time::timeout(Duration::from_secs(20), ear.recv()).await.expect("all that was told").unwrap();
            assert!(event.seq > last && heard.insert(event.seq), "{} after {last}", event.seq);
            last = event.seq;
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!((heard.len(), heard.iter().max()), (720, Some(&720)), "1 to 720 without a gap");
    assert_eq!(ground.one::<i64>("select count(*) from ops.job").await, 1440, "two subscribers each");
    let workers: Vec<_> = houses.iter().map(|house| work(house, quick(4))).collect();
    until("all are heard", async || {
        ground.one::<i64>("select count(*) from ops.job where state = 'done'").await == 1440
    })
    .await;
    let lines: Vec<String> = houses.iter().flat_map(|house| diary(house).0.lock().unwrap().clone()).collect();
    assert_eq!((lines.len(), lines.iter().collect::<HashSet<_>>().len()), (1440, 1440));
    stop.send_replace(true);
    for worker in workers {
        worker.stop().await;
    }
    for task in tasks {
        task.await.unwrap();
    }
}
