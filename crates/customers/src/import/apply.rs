//! Doing what was decided about a batch of lines: who is new is added, who is known is changed, and both are written down.
use jiff::Timestamp;
use kernel::{Result, TenantTx, sql};
use std::collections::HashSet;
use uuid::Uuid;

use super::{
    Import,
    amend::amend,
    decide::Decision,
    deed::{self, Deed},
    run::{Decided, Mark},
};
use crate::{
    customer::{New, bring::bring, number},
    tag::give_more,
};

sql! {
    fn tell_timeline(ids: Vec<Uuid>, customers: Vec<Uuid>, at: Timestamp, text: String) = "
        insert into timeline_entry (tenant_id, id, customer_id, at, kind, icon, text)
        select $1::uuid, n.id, n.customer_id, $4::timestamptz, 'customers.imported', 'file-up', $5::text
        from unnest($2::uuid[], $3::uuid[]) n(id, customer_id)";
}

pub(super) async fn apply(tx: &mut TenantTx, import: &Import, decisions: Vec<Decided>) -> Result<Vec<Mark>> {
    let (mut marks, mut new, mut changes, mut tagged) = (vec![], vec![], vec![], vec![]);
    for (mark, decided) in decisions {
        match decided {
            Some((customer, Decision::New)) => new.push((marks.len(), customer)),
            Some((_, Decision::Known { known, change })) if !change.is_none() => {
                tagged.extend(change.of_tags(known.customer.id));
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
    let (lines, new): (Vec<usize>, Vec<New>) = new.into_iter().unzip();
    if !new.is_empty() {
        // The counter's row stays locked until COMMIT, so it is asked last.
        let first = number::take(tx, new.len() as i64).await?;
        let tags: Vec<Vec<String>> = new.iter().map(|new| new.tags.clone()).collect();
        let made = bring(tx, new, first);
        tagged.extend(made.iter().map(|made| made.id).zip(tags).filter(|(_, tags)| !tags.is_empty()));
        for (line, made) in lines.into_iter().zip(&made) {
            if let Some(mark) = marks.get_mut(line) {
                mark.customer = Some(made.id);
            }
        }
        let ids = made.iter().map(|_| Uuid::now_v7()).collect();
        let customers = made.iter().map(|made| made.id.into()).collect();
        tx.queue(tell_timeline(ids, customers, tx.now(), format!("Imported from {}", short(&import.file_name))));
        deeds.extend(made.into_iter().map(Deed::made));
    }
    let settled = give_more(tx, &tagged).await?;
    deed::keep(tx, import.id, deeds, &settled);
    Ok(marks)
}

fn short(name: &str) -> String {
    name.chars().take(120).collect()
}
