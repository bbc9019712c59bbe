//! Doing what was decided about a batch of lines: who is new is added, who is known is changed, and both are written down.
use jiff::Timestamp;
use kernel::{Result, TenantTx, sql};
use std::collections::HashSet;
use uuid::Uuid;

use super::{
    Import, Outcome, Source,
    amend::amend,
    decide::Decision,
    deed::{self, Deed},
    elsewhere,
    lay::MOST_LOCATIONS,
    run::{Decided, Mark},
};
use crate::{
    CustomerId,
    customer::{New, bring::bring, number},
    location,
    tag::give_more,
};

sql! {
    fn tell_timeline(ids: Vec<Uuid>, customers: Vec<Uuid>, at: Timestamp, text: String) = "
        insert into timeline_entry (tenant_id, id, customer_id, at, kind, icon, text)
        select $1::uuid, n.id, n.customer_id, $4::timestamptz, 'customers.imported', 'file-up', $5::text
        from unnest($2::uuid[], $3::uuid[]) n(id, customer_id)";
}

pub(super) async fn apply(tx: &mut TenantTx, import: &Import, decisions: Vec<Decided>) -> Result<Vec<Mark>> {
    let (mut marks, mut new, mut changes, mut tagged): (Vec<Mark>, Vec<Arrival>, Vec<_>, Vec<_>) = Default::default();
    let mut ids: Vec<(CustomerId, String)> = vec![];
    for (mut mark, decided) in decisions {
        match decided {
            Some((customer, Decision::New)) => new.push(Arrival::of(marks.len(), mark.line, customer, import.source)),
            Some((_, Decision::Another { of, place })) => match new.iter_mut().find(|one| one.line == of) {
                Some(one) if one.more.len() + 1 < MOST_LOCATIONS => {
                    one.more.push(*place);
                    one.marks.push(marks.len());
                }
                found => {
                    mark.outcome = Outcome::Wrong;
                    mark.reason = Some(match found {
                        Some(_) => "A customer has at most 500 locations.".into(),
                        None => format!("Line {of}, which names the customer of this place, was refused."),
                    });
                }
            },
            Some((_, Decision::Known { known, change })) if !change.is_none() => {
                tagged.extend(change.of_tags(known.customer.id));
                ids.extend(change.elsewhere.clone().map(|id| (known.customer.id, id)));
                if !change.is_of_tags() {
                    changes.push((*known, *change));
                }
            }
            Some((_, Decision::Known { .. })) | None => {}
        }
        marks.push(mark);
    }
    let mut deeds = amend(tx, changes).await?;
    let amended: HashSet<Uuid> = deeds.iter().map(|deed| deed.customer_id).collect();
    let only_tagged: HashSet<Uuid> =
        tagged.iter().map(|(id, _)| Uuid::from(*id)).filter(|id| !amended.contains(id)).collect();
    deeds.extend(deed::of_tagged(tx, only_tagged.into_iter().collect()).await?);
    if !new.is_empty() {
        // The counter's row stays locked until COMMIT, so it is asked last.
        let first = number::take(tx, new.len() as i64).await?;
        let told: Vec<_> = new.iter().map(|one| (one.new.tags.clone(), one.id.clone(), one.marks.clone())).collect();
        let made = bring(tx, new.into_iter().map(|one| (one.new, one.more)).collect(), first);
        for ((tags, id, lines), made) in told.into_iter().zip(&made) {
            if !tags.is_empty() {
                tagged.push((made.id, tags));
            }
            ids.extend(id.map(|id| (made.id, id)));
            for n in lines {
                marks.get_mut(n).into_iter().for_each(|mark| mark.customer = Some(made.id));
            }
        }
        let entries = made.iter().map(|_| Uuid::now_v7()).collect();
        let customers = made.iter().map(|made| made.id.into()).collect();
        tx.queue(tell_timeline(entries, customers, tx.now(), format!("Imported from {}", short(&import.file_name))));
        deeds.extend(made.into_iter().map(Deed::made));
    }
    elsewhere::keep(tx, import.source, import.id, &ids);
    let settled = give_more(tx, &tagged).await?;
    deed::keep(tx, import.id, deeds, &settled);
    Ok(marks)
}

/// Somebody new, with more places of theirs, and which lines spoke of them.
struct Arrival {
    line: i32,
    new: New,
    /// By which the source of the file knows them, where it is not the company's own.
    id: Option<String>,
    more: Vec<location::New>,
    marks: Vec<usize>,
}

impl Arrival {
    fn of(mark: usize, line: i32, mut new: New, source: Source) -> Self {
        let id = if source == Source::Other { None } else { new.external_id.take() };
        Self { line, new, id, more: vec![], marks: vec![mark] }
    }
}

fn short(name: &str) -> String {
    name.chars().take(120).collect()
}
