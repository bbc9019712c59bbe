//! Nothing of the program stands in the way of many machines: every statement and every key could be Citus's as it is, each company
//! on one shard. `docs/scale-out.md` tells the steps and what is not shown by this.
//!
//! The statements are read with a parser and held to rules; what breaks one and stays is named here with its reason, and
//! each rule has mistakes planted for it that it must find.
mod keys;
mod rules;
mod ties;

use kernel::tx::{Plane, QUERIES};
use rules::{Known, broken};
use tradewind::modules;

/// What breaks a rule and stays: rule, statement, why.
const STAYS: &[(&str, &str, &str)] = &[
    ("S03", "customers/customer/bring.rs insert", ARRAYS),
    ("S03", "customers/customer/bring.rs insert_locations", ARRAYS),
    ("S03", "customers/customer/bring.rs insert_contacts", ARRAYS),
    ("S04", "scheduling/board/viewers.rs look", "one row: who looks at which day"),
    ("S04", "scheduling/terms/agreed.rs agree", "one row: what was agreed with one visit"),
    ("S04", "customers/timeline/mod.rs insert", "one row: one entry of a timeline"),
    ("S04", "customers/tag/give.rs add", "a tag for those chosen in a list, some hundred at most"),
    ("S04", "customers/tag/give_more.rs add_pairs", "tags of one batch of an import"),
];
const ARRAYS: &str = "the star is of arrays that were sent along, which have the columns that the same line gives them";

/// What breaks a rule of keys and stays: rule, name, why.
const KEYS_STAY: &[(&str, &str, &str)] = &[];

async fn known(house: &harness::TestHouse) -> Known {
    let above = house.above().await;
    let tables =
        "select relname::text from pg_class where relnamespace = 'app'::regnamespace and relkind in ('r', 'p')";
    let steady = "select proname::text, max(case provolatile when 'v' then 3 when 's' then 2 else 1 end) from pg_proc group by 1";
    let spread = above.query(tables, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    let rows = above.query(steady, &[]).await.unwrap();
    let steady = rows.iter().map(|row| (row.get(0), ['i', 's', 'v'][row.get::<_, i32>(1) as usize - 1])).collect();
    Known { spread, steady }
}

#[tokio::test]
async fn every_statement_could_be_sent_to_the_one_machine_that_holds_the_company() {
    let house = harness::start(modules::list()).await;
    let known = known(&house).await;
    let mut found = vec![];
    let mut kept = vec![false; STAYS.len()];
    for query in QUERIES.iter().filter(|query| query.sql.len() > 8) {
        // In which file and under which name, without the line.
        let file = query.at.rsplit_once(':').map_or(query.at, |(file, _)| file);
        let which = format!("{} {}", file.trim_start_matches("crates/").replace("/src/", "/"), query.name);
        for (rule, what) in broken(query.sql, query.plane == Plane::Tenant, &known) {
            match STAYS.iter().position(|(known, statement, _)| *known == rule && *statement == which) {
                Some(at) => kept[at] = true,
                None => found.push(format!("{rule} {which}: {what}")),
            }
        }
    }
    let words: Vec<String> = rules::RULES.iter().map(|(rule, what)| format!("{rule} {what}")).collect();
    assert!(found.is_empty(), "{} findings:\n{}\n\n{}", found.len(), found.join("\n"), words.join("\n"));
    let idle: Vec<_> = STAYS.iter().zip(kept).filter(|(_, kept)| !kept).map(|(stays, _)| stays).collect();
    assert!(idle.is_empty(), "these break nothing any more: {idle:?}");
    println!("{} statements read, {} of them with a reason to stay as they are", QUERIES.len(), STAYS.len());
}

#[tokio::test]
async fn each_rule_finds_the_mistakes_that_are_planted_for_it() {
    let house = harness::start(modules::list()).await;
    let known = known(&house).await;
    let planted: &[(&str, &str, bool)] = &[
        ("S00", "select from where tenant_id = $1 and", true),
        ("S01", "select name from customer", true),
        ("S01", "select name from customer where tenant_id <> $1", true),
        ("S01", "select name from customer where tenant_id = $2", true),
        ("S01", "select name from customer where tenant_id = $1 or id = $2", true),
        ("S01", "select name from customer where not (tenant_id = $1)", true),
        ("S01", "select c.name from customer c join contact k on k.customer_id = c.id where c.tenant_id = $1", true),
        ("S01", "select c.name from customer c, contact k where k.tenant_id = k.tenant_id and c.tenant_id = $1", true),
        // The words are there, and hold only the side that may be missing anyway.
        ("S01", "select c.name from customer c left join contact k on k.tenant_id = $1 and c.tenant_id = $1", true),
        ("S01", "select c.name from customer c full join contact k on k.tenant_id = $1 and c.tenant_id = $1", true),
        ("S01", "select name from customer where tenant_id = $1 and id in (select customer_id from contact)", true),
        (
            "S01",
            "select name from customer c where c.tenant_id = $1 and exists (select from contact k where k.customer_id = c.id)",
            true,
        ),
        (
            "S01",
            "with k as (select customer_id from contact) select c.name from customer c join k on k.customer_id = c.id where c.tenant_id = $1",
            true,
        ),
        ("S01", "select name from customer where tenant_id = $1 union all select name from item", true),
        ("S01", "select (select count(*) from contact) from customer where tenant_id = $1", true),
        ("S01", "select name from customer where tenant_id = $1 order by (select count(*) from contact)", true),
        (
            "S01",
            "select x.n from customer c cross join lateral (select count(*) as n from contact k where k.customer_id = c.id) x where c.tenant_id = $1",
            true,
        ),
        ("S01", "update customer set name = $2", true),
        (
            "S01",
            "update customer c set name = k.name from contact k where c.tenant_id = $1 and k.customer_id = c.id",
            true,
        ),
        ("S01", "update customer set name = (select name from contact limit 1) where tenant_id = $1", true),
        ("S01", "delete from customer where id = $2", true),
        ("S01", "delete from customer c using contact k where c.tenant_id = $1 and k.customer_id = c.id", true),
        ("S01", "insert into tag (tenant_id, name) select $1, name from customer", true),
        ("S01", "select name from app.customer where id = $1", false),
        ("S01", "select name from customer where id = $2 for no key update", true),
        ("S02", "insert into tag (id, name) values ($2, $3)", true),
        ("S02", "insert into tag (tenant_id, id) values ($2, $3)", true),
        ("S02", "insert into tag (tenant_id, id) values ($1, $2), ($3, $2)", true),
        ("S02", "insert into tag (id, tenant_id) select $1, id from customer where tenant_id = $1", true),
        ("S03", "select * from customer where tenant_id = $1", true),
        ("S03", "select c.* from customer c where tenant_id = $1", true),
        ("S03", "select id from customer where tenant_id = $1 and id in (select * from unnest($2::uuid[]))", true),
        ("S03", "delete from customer where tenant_id = $1 returning *", true),
        (
            "S04",
            "insert into tag (tenant_id, name) select $1, name from customer where tenant_id = $1 on conflict (tenant_id, name) do nothing",
            true,
        ),
        (
            "S04",
            "insert into tag (tenant_id, name) select $1, name from customer where tenant_id = $1 returning id",
            true,
        ),
        ("S05", "insert into tag (tenant_id, name) values ($1, $2) on conflict do nothing", true),
        ("S05", "insert into tag (tenant_id, name) values ($1, $2) on conflict (name) do nothing", true),
        (
            "S05",
            "insert into tag (tenant_id, name) values ($1, $2) on conflict on constraint tag_name do nothing",
            true,
        ),
        ("S06", "update customer set tenant_id = $1 where tenant_id = $1", true),
        (
            "S06",
            "insert into tag (tenant_id, name) values ($1, $2) on conflict (tenant_id, name) do update set tenant_id = $1",
            true,
        ),
        ("S07", "update customer set updated_at = clock_timestamp() where tenant_id = $1", true),
        ("S07", "update customer set name = coalesce(name, gen_random_uuid()::text) where tenant_id = $1", true),
        ("S07", "update customer set name = (select string_agg(random()::text, '') ) where tenant_id = $1", true),
        ("S07", "delete from customer where tenant_id = $1 and random() < 0.5", true),
        (
            "S07",
            "insert into tag (tenant_id, name) values ($1, $2) on conflict (tenant_id, name) do update set name = random()::text",
            true,
        ),
        ("S08", "update customer set name = $2 where tenant_id = $1 returning now()", true),
        ("S08", "update customer set name = $2 where tenant_id = $1 returning current_timestamp", true),
        ("S08", "insert into tag (tenant_id, name) values ($1, $2) returning to_char(created_at, 'YYYY')", true),
        ("S09", "with gone as (delete from tag where tenant_id = $1 returning id) select id from gone", true),
    ];
    for (rule, sql, tenants) in planted {
        let found = broken(sql, *tenants, &known);
        assert!(found.iter().any(|(said, _)| said == rule), "{rule} does not find {sql}: {found:?}");
    }
    // What is right is left alone, in every way in which the house ties a table.
    for sql in [
        "select name from customer where tenant_id = $1 and (id = $2 or name = $3)",
        "select c.name from customer c join contact k on k.tenant_id = c.tenant_id and k.customer_id = c.id where $1 = c.tenant_id",
        "select c.name from customer c left join contact k on k.tenant_id = $1::uuid and k.customer_id = c.id where c.tenant_id = $1",
        "select c.name from customer c join contact k using (tenant_id) where c.tenant_id = $1",
        "select count(*) from customer where tenant_id = $1",
        "select c.name from customer c where c.tenant_id = $1 and exists (select from contact k where k.tenant_id = c.tenant_id and k.customer_id = c.id)",
        "with k as materialized (select customer_id from contact where tenant_id = $1) select c.name from k join customer c on c.tenant_id = $1 and c.id = k.customer_id",
        "update customer set name = coalesce($2, name), updated_at = $3 where tenant_id = $1 returning id, lower(name)",
        "insert into tag (tenant_id, name) select $1::uuid, n.name from unnest($2::text[]) n(name) on conflict (tenant_id, name) do nothing returning id",
    ] {
        assert_eq!(broken(sql, true, &known), [], "{sql}");
    }
    for (rule, _) in rules::RULES {
        assert!(planted.iter().any(|(planted, ..)| *planted == rule), "nothing is planted for {rule}");
    }
}

#[tokio::test]
async fn every_key_could_be_spread_by_its_company() {
    let house = harness::start(modules::list()).await;
    let above = house.above().await;
    let stays = |(rule, name): &(String, String)| KEYS_STAY.iter().any(|(known, n, _)| known == rule && n == name);
    let found = keys::findings(&above).await;
    let idle: Vec<_> =
        KEYS_STAY.iter().filter(|(r, n, _)| !found.iter().any(|(rule, name)| rule == r && name == n)).collect();
    assert!(idle.is_empty(), "these break nothing any more: {idle:?}");
    let found: Vec<_> = found.into_iter().filter(|finding| !stays(finding)).collect();
    assert!(found.is_empty(), "{found:#?}\n{:#?}", keys::RULES);
    assert_eq!(keys::unkept(&above).await, Vec::<&str>::new(), "sentences for constraints that no schema has");
}

#[tokio::test]
async fn each_rule_of_keys_finds_what_is_planted_for_it() {
    let house = harness::start_apart(modules::list()).await;
    let above = house.above().await;
    let long = "a_name_that_says_so_much_that_no_number_finds_room_behind_it";
    let base = "create table app.planted (tenant_id uuid not null default wall.current_tenant(), id uuid not null, other uuid, primary key (tenant_id, id));";
    let planted = [
        ("K01", "create table app.planted (tenant_id uuid not null, id uuid)".to_owned(), "planted"),
        (
            "K01",
            "create table app.planted (tenant_id uuid not null, id uuid, primary key (id, tenant_id))".into(),
            "planted",
        ),
        (
            "K02",
            format!(
                "{base} alter table app.planted add constraint planted_fk foreign key (other, tenant_id) references app.planted (id, tenant_id)"
            ),
            "planted_fk",
        ),
        (
            "K03",
            format!(
                "{base} alter table app.planted add constraint planted_fk foreign key (tenant_id) references ctl.tenant (id)"
            ),
            "planted_fk",
        ),
        ("K04", format!("{base} alter table app.planted add constraint {long} check (id is not null)"), long),
        ("K04", format!("{base} create index {long} on app.planted (tenant_id, other)"), long),
        ("K05", format!("{base} alter table app.planted add constraint planted_2 check (id is not null)"), "planted_2"),
        (
            "K06",
            format!("{base} create unique index planted_once on app.planted ((id::text), tenant_id)"),
            "planted_once",
        ),
        ("K07", format!("{base} alter table app.planted alter tenant_id set default gen_random_uuid()"), "planted"),
        (
            "K08",
            format!(
                "{base} create function app.planted() returns trigger language plpgsql as 'begin return null; end'; create trigger planted after insert on app.planted execute function app.planted()"
            ),
            "planted",
        ),
    ];
    for (rule, sql, name) in &planted {
        above.batch_execute("begin").await.unwrap();
        above.batch_execute(sql).await.unwrap_or_else(|e| panic!("{sql}: {e:?}"));
        let found = keys::findings(&above).await;
        above.batch_execute("rollback").await.unwrap();
        assert!(found.iter().any(|(r, n)| r == rule && n == name), "{rule} does not find {sql}: {found:?}");
    }
    for (rule, _) in keys::RULES {
        assert!(planted.iter().any(|(planted, ..)| *planted == rule), "nothing is planted for {rule}");
    }
}

/// A shard says `tag_name_once_102008`; the person reads the sentence of `tag_name_once` all the same. The table is called as a
/// shard's would be, and everything else is the front door.
#[tokio::test]
async fn a_broken_constraint_of_a_shard_has_the_sentence_of_its_table() {
    let house = harness::start_apart(modules::list()).await;
    let acme = house.company("pooled").await;
    let owner = acme.person("owner").await;
    let tag = serde_json::json!({ "name": "Gate code" });
    assert_eq!(owner.post("/api/v1/tags", tag.clone()).await.status, 201);
    let plain = owner.post("/api/v1/tags", tag.clone()).await;
    let above = house.above().await;
    let named: String = above
        .query_one(
            "select conname::text from pg_constraint where conrelid = 'app.tag'::regclass and contype = 'u'",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    above.batch_execute(&format!("alter table app.tag rename constraint {named} to {named}_102008")).await.unwrap();
    let shard = owner.post("/api/v1/tags", tag).await;
    assert_eq!((plain.status, &plain.body["errors"]), (shard.status, &shard.body["errors"]));
    assert!(!shard.body["errors"].to_string().contains("102008") && shard.status == 422, "{shard:?}");
}
