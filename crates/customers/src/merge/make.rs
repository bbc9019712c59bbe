//! Merging: who goes becomes part of who stays, with everything that is theirs, in one transaction.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Json, One, Path, Repeatable},
    row, sql,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{Gone, Kept, MergeId, Picks, elsewhere, fields, follow, kept_of, set, set_custom, tags_of, untag};
use crate::{
    CustomerId,
    consent::{self, Consent, ConsentChanged, ConsentId},
    contact,
    customer::{self, Change, Customer, CustomerMerged, Status, held, reach, words},
    duplicate, equipment, location,
    permissions::CustomersMerge,
    tag::{self, MOST_OF_ONE},
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewMerge")]
pub struct New {
    /// Who becomes part of this customer.
    pub customer_id: CustomerId,
    #[serde(default)]
    pub fields: Picks,
}
impl Input for New {
    fn check(&mut self, _: &mut Checks) {}
}

sql! {
    fn insert(id: MergeId, customer: CustomerId, gone: CustomerId, kept: Value, author: String, at: Timestamp, created_by: Option<Uuid>) = "
        insert into customer_merge (tenant_id, id, customer_id, gone_id, kept, author, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    fn write_down(merge: MergeId, records: Vec<String>, rows: Vec<Uuid>) = "
        insert into customer_merge_row (tenant_id, merge_id, record, row_id)
        select $1::uuid, $2::uuid, r.record, r.id from unnest($3::text[], $4::uuid[]) r(record, id)";
}

/// More rows than one transaction should move; then the other one stays.
const MOST: usize = 20_000;

/// The two, locked; both are here and not one.
async fn two(tx: &mut TenantTx, stays: CustomerId, gone: CustomerId) -> Result<(Customer, Customer)> {
    let both = tx.run(held(vec![stays.0, gone.0])).await?;
    let one = |id: CustomerId| {
        let at = both.iter().position(|customer| customer.id == id).ok_or(Error::NotFound)?;
        Ok::<_, Error>(both[at].clone())
    };
    let (stays, gone) = (one(stays)?, one(gone)?);
    if stays.id == gone.id {
        return Err(Error::refused("A customer is not merged with itself. Choose another one."));
    }
    Ok((stays.here()?, gone.here()?))
}

/// Both together have no more than a customer may have.
async fn fit(tx: &mut TenantTx, stays: CustomerId, gone: CustomerId) -> Result<()> {
    let of = |id| (contact::of_customer(id), location::of_customer(id), equipment::of_customer(id));
    let (ours, theirs) = tx.run((of(stays), of(gone))).await?;
    for (many, most, what) in [
        (ours.0.len() + theirs.0.len(), 100, "contacts"),
        (ours.1.len() + theirs.1.len(), 500, "locations"),
        (ours.2.len() + theirs.2.len(), 500, "pieces of equipment"),
    ] {
        if many > most {
            return Err(Error::refused(format!("Together they have {many} {what}; a customer has at most {most}.")));
        }
    }
    Ok(())
}

pub async fn make(
    tx: &mut TenantTx,
    stays: CustomerId,
    gone: CustomerId,
    picks: Picks,
    author: &str,
) -> Result<Customer> {
    let (stays, gone) = two(tx, stays, gone).await?;
    if stays.status == Status::Archived {
        return Err(Error::refused(format!(
            "{} is archived. Bring them back first, or let the other stay.",
            stays.name
        )));
    }
    fit(tx, stays.id, gone.id).await?;
    let (id, now) = (MergeId::new(), tx.now());
    let (before, theirs) = (fields(&stays), fields(&gone));
    let change = picks.change(&before, &theirs);
    let (put_away, known, tags, their_tags, said, they_said) = tx
        .run((
            put_away(gone.id),
            kept_of(gone.id),
            tags_of(stays.id),
            tags_of(gone.id),
            consent::of_customer(stays.id),
            consent::of_customer(gone.id),
        ))
        .await?;
    let keys = known_by(&gone, known);
    let was = |field: &String| before.get(field).cloned().unwrap_or_default();
    // What is in the company's own fields of one only is kept; of what is in both, that of who stays.
    let custom = stays.custom.filled_from(&gone.custom);
    let custom = (custom != stays.custom).then(|| (stays.custom.clone(), custom));
    let elsewhere = elsewhere::over(tx, gone.id, stays.id).await?;
    let kept = Kept {
        elsewhere,
        custom: custom.clone(),
        fields: change.iter().map(|(field, value)| (field.clone(), (was(field), value.clone()))).collect(),
        gone: Gone { archived_at: put_away.archived_at, external_id: gone.external_id.clone() },
        keys: keys.clone(),
    };
    let kept = serde_json::to_value(&kept).map_err(|e| Error::Bug(format!("a merge: {e}")))?;
    tx.queue(insert(id, stays.id, gone.id, kept, author.into(), now, tx.user()));

    let mut moved: Vec<(&str, Uuid)> = vec![];
    let tagged = join_tags(tx, (stays.id, tags), (gone.id, their_tags)).await?;
    moved.extend(tagged);
    // Whose id it is in another system is said of one only.
    let external_id = gone.external_id.clone().filter(|_| !change.contains_key("external_id"));
    tx.run(set(gone.id, Status::Merged, Some(stays.id), None, external_id, now)).await?;
    let followers = follow::all();
    let go: Vec<_> = followers.iter().map(|follower| (follower.go)(gone.id, stays.id, None)).collect();
    for (follower, rows) in followers.iter().zip(tx.run(go).await?) {
        moved.extend(rows.into_iter().map(|row| (follower.name, row)));
    }
    moved.extend(stricter(tx, &stays, &gone, &said, &they_said, author));
    if moved.len() > MOST {
        return Err(Error::refused(format!("{} has too much to be moved at once. Let them stay instead.", gone.name)));
    }
    if !moved.is_empty() {
        let (records, rows) = moved.into_iter().map(|(record, row)| (record.to_owned(), row)).unzip();
        tx.queue(write_down(id, records, rows));
    }
    tx.run(keys.iter().map(|key| reach::forget(gone.id, key.clone())).collect::<Vec<_>>()).await?;
    tx.queue(reach::add(stays.id, keys));
    duplicate::forget(tx, gone.id).await?;
    if let Some((_, custom)) = custom {
        tx.run(set_custom(stays.id, custom)).await?;
    }

    let now_is = tx.run(customer::find(stays.id)).await?;
    let customer = match change.is_empty() {
        true => now_is,
        false => {
            let change: Change =
                serde_json::from_value(change.into()).map_err(|e| Error::Bug(format!("a merge: {e}")))?;
            customer::change(tx, stays.id, now_is.version, change.checked()?).await?
        }
    };
    location::repeat_first(tx, stays.id).await?;
    words::renew(tx, &customer).await?;
    let (number, gone_number) = (stays.number, gone.number);
    tx.tell(&CustomerMerged { customer: stays.id, number, gone: gone.id, gone_number, merge: id });
    tx.run(customer::find(stays.id)).await
}

row! { struct PutAway { archived_at: Option<Timestamp> } }

sql! {
    fn put_away(id: CustomerId) -> PutAway = "
        select archived_at from customer where tenant_id = $1 and id = $2";
}

/// Its own keys, and those of whoever became part of it before.
fn known_by(customer: &Customer, merges: Vec<Value>) -> Vec<String> {
    let earlier = merges.into_iter().filter_map(|kept| serde_json::from_value::<Kept>(kept).ok());
    let mut keys: Vec<String> = reach::keys(customer).into_iter().chain(earlier.flat_map(|kept| kept.keys)).collect();
    keys.sort();
    keys.dedup();
    keys
}

/// Who stays has the tags of both.
async fn join_tags(
    tx: &mut TenantTx,
    (stays, ours): (CustomerId, Vec<Uuid>),
    (gone, theirs): (CustomerId, Vec<Uuid>),
) -> Result<Vec<(&'static str, Uuid)>> {
    if theirs.is_empty() {
        return Ok(vec![]);
    }
    let given: Vec<Uuid> = theirs.iter().filter(|tag| !ours.contains(tag)).copied().collect();
    if ours.len() + given.len() > MOST_OF_ONE {
        return Err(Error::refused(
            "Together they have more than 20 tags. Take off those that are no longer needed first.",
        ));
    }
    tx.run((untag(gone, theirs.clone()), tag::add(vec![stays.0], given.clone(), tx.now(), tx.user()))).await?;
    tag::settle(tx, &[stays]).await?;
    let given = given.into_iter().map(|tag| ("tag given", tag));
    Ok(theirs.into_iter().map(|tag| ("tag taken", tag)).chain(given).collect())
}

/// What either refused stays refused, whoever spoke last.
fn stricter(
    tx: &mut TenantTx,
    stays: &Customer,
    gone: &Customer,
    said: &[Consent],
    they_said: &[Consent],
    author: &str,
) -> Vec<(&'static str, Uuid)> {
    let mut written = vec![];
    let all = || said.iter().chain(they_said);
    for refused in all().filter(|one| !one.allowed) {
        let last = all().filter(|one| one.channel == refused.channel && one.purpose == refused.purpose);
        if last.max_by_key(|one| one.id).is_some_and(|last| last.allowed) {
            let id = ConsentId::new();
            let source = format!("Merged with #{}; one of the two refused it", gone.number);
            let (channel, purpose) = (refused.channel, refused.purpose);
            let author = author.to_owned();
            tx.queue(consent::write_down(id, stays.id, channel, purpose, false, source, author, tx.now(), tx.user()));
            tx.tell(&ConsentChanged { customer: stays.id, channel, purpose, allowed: false });
            written.push(("consent written", id.0));
        }
    }
    written
}

pub async fn api(
    access: Access<CustomersMerge>,
    Path(id): Path<CustomerId>,
    Json(new): Json<New>,
) -> Result<Repeatable<One<Customer>>> {
    let author = access.actor().name().to_owned();
    access.once(async |tx: &mut TenantTx| make(tx, id, new.customer_id, new.fields, &author).await.map(One)).await
}
