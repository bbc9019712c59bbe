//! Looking for customers who may be one: after each change by a job, and through all of them when somebody asks or a file came in.
use jiff::Timestamp;
use kernel::{
    Access, Result, Scope, TenantTx,
    http::{NoContent, Redirect, Repeatable},
    job::{Job, SubscriberEntry, Told},
    row, sql,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

use super::{keys::keys, weigh::weigh};
use crate::{Customer, CustomerId, Location, customer, location, permissions::CustomersMerge};

/// So many in one transaction.
const AT_ONCE: usize = 100;
/// What more share says nothing of any two of them: an office's telephone, "none@example.com".
const SHARED: usize = 20;

row! { struct Like { key: String, one: Uuid, other: Uuid } }
row! { struct Written { key: String, customer_id: Uuid } }

sql! {
    // Two who are looked at side by side would not see each other: each writes down what the other has yet to commit.
    fn queue_up() -> i64 = "select count(*) from (select pg_advisory_xact_lock(hashtextextended('likeness ' || $1::text, 0))) l";
    fn written(ids: Vec<Uuid>) -> Vec<Written> = "
        select l.key, l.customer_id from unnest($2::uuid[]) asked(id) cross join lateral (
            select key, customer_id from customer_likeness where tenant_id = $1 and customer_id = asked.id limit 200) l";
    // One of these for each that is gone, all in one go; mostly there is none.
    fn forget(id: Uuid, key: String) -> u64 = "
        delete from customer_likeness where tenant_id = $1 and key = $3 and customer_id = $2";
    fn add(keys: Vec<String>, of: Vec<Uuid>) -> u64 = "
        insert into customer_likeness (tenant_id, key, customer_id)
        select $1::uuid, k.key, k.id from unnest($2::text[], $3::uuid[]) k(key, id) order by k.key, k.id
        on conflict (tenant_id, key, customer_id) do nothing";
    fn alike(ids: Vec<Uuid>) -> Vec<Like> = "
        select l.key, l.customer_id as one, o.customer_id as other
        from unnest($2::uuid[]) asked(id) cross join lateral (
            select key, customer_id from customer_likeness where tenant_id = $1 and customer_id = asked.id limit 200) l
        cross join lateral (
            select o.customer_id from customer_likeness o
            where o.tenant_id = $1 and o.key = l.key and o.customer_id <> l.customer_id limit 21) o
        limit 20000";
    fn no_more(ids: Vec<Uuid>, ones: Vec<Uuid>, others: Vec<Uuid>) -> u64 = "
        delete from duplicate d where d.tenant_id = $1 and (d.one_id = any($2) or d.other_id = any($2)) and d.decision = 'open'
          and not exists (select from unnest($3::uuid[], $4::uuid[]) p(one, other) where p.one = d.one_id and p.other = d.other_id)";
    fn suggest(ids: Vec<Uuid>, ones: Vec<Uuid>, others: Vec<Uuid>, scores: Vec<i32>, reasons: Vec<String>, at: Timestamp) -> u64 = "
        insert into duplicate (tenant_id, id, one_id, other_id, score, reasons, created_at)
        select $1::uuid, p.id, p.one, p.other, p.score, string_to_array(p.reasons, ' '), $7::timestamptz
        from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::text[]) p(id, one, other, score, reasons)
        order by p.one, p.other
        on conflict (tenant_id, one_id, other_id) do update set score = excluded.score, reasons = excluded.reasons
        where duplicate.decision = 'open'";
    fn next(after: CustomerId, most: i64) -> Vec<CustomerId> = "
        select id from customer where tenant_id = $1 and id > $2 order by id limit $3";
}

/// Writes down what they are alike by, and suggests those who share it.
async fn look(tx: &mut TenantTx, ids: &[CustomerId]) -> Result<()> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let read = (queue_up(), customer::those(ids.clone()), location::of_customers(ids.clone()), written(ids.clone()));
    let (_, customers, locations, written) = tx.run(read).await?;
    let mut known = Known::default();
    known.admit(customers, locations);
    let before: HashSet<(String, Uuid)> = written.into_iter().map(|one| (one.key, one.customer_id)).collect();
    let all = known.0.values();
    let now: HashSet<(String, Uuid)> =
        all.flat_map(|(customer, places)| keys(customer, places).into_iter().map(|key| (key, customer.id.0))).collect();
    let lost: Vec<_> = before.difference(&now).map(|(key, id)| forget(*id, key.clone())).collect();
    let (new, of) = now.difference(&before).cloned().unzip();
    let (_, _, like) = tx.run((lost, add(new, of), alike(ids.clone()))).await?;
    let pairs = worth_a_look(like);
    let others: BTreeSet<Uuid> = pairs.iter().flat_map(|(one, other)| [*one, *other]).collect();
    let others: Vec<Uuid> = others.into_iter().filter(|id| !known.0.contains_key(id)).collect();
    let (customers, locations) = tx.run((customer::those(others.clone()), location::of_customers(others))).await?;
    known.admit(customers, locations);

    let (mut new, mut ones, mut twos, mut scores, mut reasons) = (vec![], vec![], vec![], vec![], vec![]);
    for (one, other) in pairs {
        let (Some(a), Some(b)) = (known.0.get(&one), known.0.get(&other)) else { continue };
        let Some(weighed) = weigh((&a.0, &a.1), (&b.0, &b.1)) else { continue };
        new.push(Uuid::now_v7());
        ones.push(one);
        twos.push(other);
        scores.push(weighed.score);
        reasons.push(weighed.reasons.join(" "));
    }
    tx.run((no_more(ids, ones.clone(), twos.clone()), suggest(new, ones, twos, scores, reasons, tx.now()))).await?;
    Ok(())
}

#[derive(Default)]
struct Known(HashMap<Uuid, (Customer, Vec<Location>)>);
impl Known {
    fn admit(&mut self, customers: Vec<Customer>, locations: Vec<Location>) {
        self.0.extend(customers.into_iter().map(|customer| (customer.id.0, (customer, vec![]))));
        for location in locations {
            if let Some((_, places)) = self.0.get_mut(&location.customer_id.0) {
                places.push(location);
            }
        }
    }
}

/// The lesser id first, each pair once, without what too many share.
fn worth_a_look(like: Vec<Like>) -> BTreeSet<(Uuid, Uuid)> {
    let mut many: HashMap<(&str, Uuid), usize> = HashMap::new();
    for Like { key, one, .. } in &like {
        *many.entry((key, *one)).or_default() += 1;
    }
    let crowded: HashSet<(String, Uuid)> =
        many.into_iter().filter(|(_, many)| *many > SHARED).map(|((key, one), _)| (key.to_owned(), one)).collect();
    let few = like.into_iter().filter(|like| !crowded.contains(&(like.key.clone(), like.one)));
    few.map(|like| (like.one.min(like.other), like.one.max(like.other))).collect()
}

/// After a change of one; done twice, it finds the same.
#[derive(Debug, Serialize, Deserialize)]
pub struct Look {
    customers: Vec<CustomerId>,
}
impl Job for Look {
    const KIND: &'static str = "customers.look_for_duplicates";
    async fn run(self, scope: Scope) -> Result<()> {
        scope.retrying(async |tx: &mut TenantTx| look(tx, &self.customers).await).await
    }
}

/// All customers, some after the other, each job leaving the rest to the next.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sweep {
    after: CustomerId,
}
impl Job for Sweep {
    const KIND: &'static str = "customers.sweep_for_duplicates";
    /// Two that begin at the same place are one.
    fn key(&self) -> Option<String> {
        Some(self.after.to_string())
    }
    async fn run(self, scope: Scope) -> Result<()> {
        scope
            .retrying(async |tx: &mut TenantTx| {
                let ids = tx.run(next(self.after, AT_ONCE as i64)).await?;
                if let Some(last) = ids.last().filter(|_| ids.len() == AT_ONCE) {
                    tx.enqueue(&Sweep { after: *last });
                }
                look(tx, &ids).await
            })
            .await
    }
}

fn from_the_first() -> Sweep {
    Sweep { after: CustomerId(Uuid::nil()) }
}

/// Hears of every change by which somebody may look like another, or no more.
pub(crate) fn subscriber() -> SubscriberEntry {
    let kinds = vec![
        "customer.created",
        "customer.updated",
        "customer.archived",
        "customer.restored",
        "customer.merged",
        "customer.unmerged",
        "customers.imported",
    ];
    SubscriberEntry::of_many("customers.duplicates", kinds, AT_ONCE, heard)
}

async fn heard(scope: Scope, all: Vec<Told>) -> Result<()> {
    let sweep = all.iter().any(|told| told.kind == "customers.imported");
    let id = |told: &Told, name| told.body.get(name).and_then(|id| id.as_str()).and_then(|id| id.parse().ok());
    let named = all.iter().flat_map(|told| ["customer", "gone"].map(|name| id(told, name)));
    let customers: BTreeSet<Uuid> = named.flatten().collect();
    let customers = customers.into_iter().map(CustomerId).collect();
    if sweep {
        let work = async |tx: &mut TenantTx| {
            tx.enqueue(&from_the_first());
            Ok(())
        };
        scope.write_with(work).await?;
    }
    Look { customers }.run(scope).await
}

pub async fn api(access: Access<CustomersMerge>) -> Result<Repeatable<NoContent>> {
    access
        .once(async |tx: &mut TenantTx| {
            tx.enqueue(&from_the_first());
            Ok(NoContent)
        })
        .await
}

pub async fn post(access: Access<CustomersMerge>) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            tx.enqueue(&from_the_first());
            Ok(Redirect::to("/customers/duplicates")
                .toast("All customers are being looked through. Come back in a moment."))
        })
        .await
}
