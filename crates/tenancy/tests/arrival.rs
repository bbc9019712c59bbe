//! Who comes where: how often, at which domain, into which state of a company, and what other processes know of it.
#![allow(clippy::unwrap_used)] // A test stops where something is not as it should be.
use harness::{Answer, Company, TestHouse, in_both_placements, start, start_with};
use kernel::http::limit::Rates;
use std::{future::Future, time::Duration};
use tenancy::company::host;

/// One process of the house; two of them share the database and nothing else.
async fn process() -> TestHouse {
    let house = start(vec![]).await;
    tenancy::on_start(&house.house, &house.ground.dsns, &house.ground.secrets).await.unwrap();
    house
}

/// The same company as another process sees it.
fn seen_by<'a>(process: &'a TestHouse, acme: &Company<'_>) -> Company<'a> {
    Company {
        test: process,
        id: acme.id,
        slug: acme.slug.clone(),
        host: acme.host.clone(),
        placement: acme.placement.clone(),
        api_key: acme.api_key.clone(),
        owner_email: acme.owner_email.clone(),
    }
}

/// Two seconds lie between two looks at the registry; five are enough on a busy machine.
async fn soon(what: &str, holds: impl AsyncFn() -> bool) {
    for _ in 0..50 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("five seconds later: {what}");
}

/// Asks until it is too often.
async fn until_refused<F: Future<Output = Answer>>(most: usize, ask: impl Fn() -> F) -> (Vec<Answer>, Answer) {
    let mut before = vec![];
    for _ in 0..most {
        let answer = ask().await;
        if answer.status == 429 {
            return (before, answer);
        }
        before.push(answer);
    }
    panic!("{most} requests and none too many");
}

/// Says how often one may come, that nothing is left, and when to come again.
fn says_when(refused: &Answer, policy: &str, quota: u32) {
    assert_eq!(refused.header("ratelimit-policy"), format!("\"{policy}\";q={quota};w=60"));
    let wait: u64 = refused.header("retry-after").parse().unwrap_or_else(|_| panic!("no Retry-After: {refused:?}"));
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(refused.header("ratelimit"), format!("\"{policy}\";r=0;t={wait}"));
}

#[tokio::test]
async fn who_comes_too_often_is_told_when_to_come_again_and_nobody_else_notices() {
    let rates = Rates { principal: 6, visitor: 1_000, tenant: 40, careful: 1_000 };
    let house = start_with(vec![tenancy::module()], rates).await;
    let bolt = house.company("pooled").await;
    let neighbour = bolt.person("owner").await;
    in_both_placements(&house, async |acme| {
        let (owner, program, visitor) = (acme.person("owner").await, acme.program(), acme.visitor());
        let (before, refused) = until_refused(9, || owner.get("/api/v1/account")).await;
        assert!(before.len() >= 6 && before.iter().all(|answer| answer.status == 200), "{before:?}");
        assert_eq!(before[0].header("ratelimit-policy"), "\"principal\";q=6;w=60");
        assert!(before[0].header("ratelimit").starts_with("\"principal\";r=5;t="), "{:?}", before[0].headers);
        assert_eq!(refused.body["code"], "too_many");
        says_when(&refused, "principal", 6);
        let page = owner.page("/account").await;
        assert!(page.status == 429 && page.header("content-type").starts_with("text/html"), "{page:?}");
        says_when(&page, "principal", 6);
        assert_eq!(program.get("/api/v1/company").await.status, 200, "another of the same company goes on");

        // What was refused there did not come out of what the company has.
        for _ in 0..60 {
            assert_eq!(owner.get("/api/v1/account").await.status, 429);
        }
        let (before, refused) = until_refused(60, || visitor.get("/sign-in")).await;
        assert!(before.len() >= 20, "only {} were left to the company", before.len());
        assert_eq!(refused.body["code"], "too_many");
        says_when(&refused, "tenant", 40);
        says_when(&acme.visitor().page("/sign-in").await, "tenant", 40);
        says_when(&program.get("/api/v1/company").await, "tenant", 40);
        assert_eq!(neighbour.get("/api/v1/account").await.status, 200, "the neighbour notices nothing");
        assert_eq!(bolt.visitor().page("/sign-in").await.status, 200);
        assert_eq!(house.outside().page("/start").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_company_that_is_closed_says_so_and_one_that_is_gone_is_not_there() {
    let house = start(vec![]).await;
    let bolt = house.company("pooled").await;
    in_both_placements(&house, async |acme| {
        let (owner, program) = (acme.person("owner").await, acme.program());
        // At no company's address a key and a token name their company themselves.
        let mut roaming = [program.clone(), owner.clone()];
        roaming.iter_mut().for_each(|one| one.host = "tradewind.test".into());
        let turn = async |status: &str| {
            let sql = "update ctl.tenant set status = $2, updated_at = now() where id = $1";
            assert_eq!(house.above().await.execute(sql, &[&acme.id, &status]).await.unwrap(), 1);
            house.house.tenants().forget();
        };
        for open in ["active", "trial"] {
            turn(open).await;
            assert_eq!(acme.visitor().page("/sign-in").await.status, 200);
            for one in [&program, &owner, &roaming[0], &roaming[1]] {
                assert_eq!(one.get("/api/v1/company").await.status, 200, "{open} at {}", one.host);
            }
        }
        turn("suspended").await;
        for page in
            [acme.visitor().page("/sign-in").await, acme.visitor().page("/nowhere").await, owner.page("/account").await]
        {
            assert_eq!(page.status, 403);
            assert!(
                page.header("content-type").starts_with("text/html") && page.text.contains("suspended"),
                "{}",
                page.text
            );
            assert!(page.text.contains("nothing has been deleted"), "{}", page.text);
        }
        for one in [&acme.visitor(), &program, &owner, &roaming[0], &roaming[1]] {
            let answer = one.get("/api/v1/company").await;
            assert_eq!((answer.status, answer.header("content-type")), (403, "application/problem+json"), "{answer:?}");
            assert_eq!(answer.body["code"], "closed");
            assert!(answer.body["detail"].as_str().unwrap().contains("suspended"), "{answer:?}");
        }
        let before = acme.fingerprint().await;
        let attempt = [("email", acme.owner_email.as_str()), ("password", harness::PASSWORD)];
        assert_eq!(acme.visitor().form("/sign-in", &attempt).await.status, 403, "nobody signs in");
        assert_eq!(before, acme.fingerprint().await);

        for gone in ["cancelled", "deleted", "provisioning"] {
            turn(gone).await;
            for page in [acme.visitor().page("/sign-in").await, owner.page("/account").await] {
                assert_eq!(page.status, 404, "{gone}");
                assert!(page.header("content-type").starts_with("text/html"));
                assert!(!page.text.contains(&acme.slug) && !page.text.contains(gone), "{}", page.text);
            }
            let mut nowhere = house.outside();
            nowhere.host = "never-was.tradewind.test".into();
            let missing = nowhere.get("/api/v1/company").await;
            for one in [&acme.visitor(), &program, &owner, &roaming[0], &roaming[1]] {
                let answer = one.get("/api/v1/company").await;
                assert_eq!(
                    (answer.status, answer.header("content-type")),
                    (404, "application/problem+json"),
                    "{answer:?}"
                );
                assert_eq!(answer.body["detail"], missing.body["detail"], "as if it had never been");
            }
        }
        assert_eq!(bolt.visitor().page("/sign-in").await.status, 200, "the neighbour is open");
        turn("active").await;
        assert_eq!(program.get("/api/v1/company").await.status, 200, "nothing was lost");
    })
    .await;
}

#[tokio::test]
async fn a_company_opens_at_a_domain_of_its_own() {
    let (house, other) = (process().await, process().await);
    let bolt = house.company("pooled").await;
    in_both_placements(&house, async |acme| {
        let domain = format!("CRM.{}.Example", acme.slug);
        let kept = domain.to_ascii_lowercase();
        let mut here = acme.visitor();
        here.host = kept.clone();
        let there_company = seen_by(&other, &acme);
        let mut there = there_company.visitor();
        there.host = kept.clone();
        assert_eq!(here.page("/sign-in").await.status, 404, "nobody has it yet");
        assert_eq!(there.page("/sign-in").await.status, 404);

        assert_eq!(host::add(&house.house, &acme.slug, &domain).await.unwrap(), kept);
        assert_eq!(here.page("/sign-in").await.status, 200, "at once where it was done");
        soon("the other process does not know", async || there.page("/sign-in").await.status == 200).await;
        assert!(here.page("/sign-in").await.text.contains(&acme_name(&acme).await));
        let mut written = here.clone();
        written.host = format!("{}.:8080", kept.to_ascii_uppercase());
        assert_eq!(written.page("/sign-in").await.status, 200, "however it is written");
        // Who is of the company is so there too; who is of another is not.
        let (mut ours, mut theirs) = (acme.program(), bolt.program());
        (ours.host, theirs.host) = (kept.clone(), kept.clone());
        assert_eq!(ours.get("/api/v1/company").await.body["slug"], acme.slug.as_str());
        assert_eq!(theirs.get("/api/v1/company").await.body["code"], "wrong_tenant");
        let mut under = acme.visitor();
        under.host = format!("www.{kept}");
        assert_eq!(under.page("/sign-in").await.status, 404, "what lies under it is another domain");

        let sentence =
            async |slug: &str, name: &str| host::add(&house.house, slug, name).await.unwrap_err().to_string();
        assert!(sentence(&acme.slug, &kept).await.contains("this company's already"));
        let taken = sentence(&bolt.slug, &kept).await;
        assert!(taken.contains(&format!("{}'s", acme.slug)) && taken.contains("belongs to one company"), "{taken}");
        assert!(sentence(&acme.slug, "x.tradewind.test").await.contains("Give a domain of the company's own"));
        assert!(sentence(&acme.slug, "https://acme.com/").await.contains("Leave out scheme"));
        assert!(sentence("nobody-here", "acme.com").await.contains("no company at `nobody-here`"));
        assert_eq!(host::list(&house.house, &acme.slug).await.unwrap(), std::slice::from_ref(&kept));
        assert!(host::list(&house.house, &bolt.slug).await.unwrap().is_empty());
        let not_theirs = host::remove(&house.house, &bolt.slug, &kept).await.unwrap_err().to_string();
        assert!(not_theirs.contains("has no domain"), "{not_theirs}");
        assert_eq!(here.page("/sign-in").await.status, 200, "the neighbour cannot take it away");

        // Removed by the other process, seen in this one.
        assert_eq!(host::remove(&other.house, &acme.slug, &domain).await.unwrap(), kept);
        assert_eq!(there.page("/sign-in").await.status, 404);
        soon("the domain is still open", async || here.page("/sign-in").await.status == 404).await;
        assert_eq!(acme.visitor().page("/sign-in").await.status, 200, "its address under ours stays");
        let told = acme.told().await;
        assert_eq!(told.iter().filter(|kind| *kind == "settings.changed").count(), 2, "{told:?}");
        // A domain that is free again may be another's, and old credentials do not open it.
        assert_eq!(host::add(&house.house, &bolt.slug, &kept).await.unwrap(), kept);
        assert_eq!(ours.get("/api/v1/company").await.body["code"], "wrong_tenant");
        host::remove(&house.house, &bolt.slug, &kept).await.unwrap();
    })
    .await;
}

async fn acme_name(acme: &Company<'_>) -> String {
    acme.program().get("/api/v1/company").await.body["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_change_by_another_process_is_seen_whatever_its_clock_says() {
    let (house, other) = (process().await, process().await);
    in_both_placements(&house, async |acme| {
        let there = seen_by(&other, &acme);
        let open = async |company: &Company<'_>| company.visitor().page("/sign-in").await.status == 200;
        assert!(open(&acme).await && open(&there).await);
        let above = house.above().await;
        // By a process whose clock is a year behind; one that is right; and one that writes no time at all.
        for time in ["'2020-01-01'", "now()", "updated_at"] {
            for (status, opened) in [("suspended", false), ("active", true)] {
                let sql = format!("update ctl.tenant set status = '{status}', updated_at = {time} where id = $1");
                above.execute(&sql, &[&acme.id]).await.unwrap();
                for company in [&acme, &there] {
                    soon(status, async || open(company).await == opened).await;
                }
            }
        }
        // Two transactions, of which the one that began first commits last: what both did is seen, each after its commit.
        let (mut first, second) = (house.above().await, house.above().await);
        let slow = first.transaction().await.unwrap();
        slow.execute("update ctl.tenant set status = 'suspended', updated_at = now() where id = $1", &[&acme.id])
            .await
            .unwrap();
        let made = house.company("pooled").await;
        second
            .execute("update ctl.tenant set name = 'Newer', updated_at = now() where id = $1", &[&made.id])
            .await
            .unwrap();
        let newer = seen_by(&other, &made);
        soon("the newer name", async || newer.visitor().page("/sign-in").await.text.contains("Newer")).await;
        assert!(open(&there).await, "not before it is committed");
        slow.commit().await.unwrap();
        soon("the commit that came late", async || !open(&there).await).await;
        above.execute("update ctl.tenant set status = 'active' where id = $1", &[&acme.id]).await.unwrap();
        soon("open again", async || open(&there).await).await;
    })
    .await;
}
