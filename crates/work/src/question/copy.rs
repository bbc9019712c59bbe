//! A job takes the questions of its checklists along, as they are at that moment; and leaves them when its item goes again.
use catalog::ItemId;
use jiff::Timestamp;
use kernel::{Result, TenantTx, Uuid, row, serde_json::Value, sql};

use super::JobQuestionId;
use crate::{checklist::ChecklistId, order::WorkOrderId};

row! { struct Due { id: ChecklistId, name: String, questions: Value } }

sql! {
    fn due(order: WorkOrderId, begun: bool) -> Vec<Due> = "
        select c.id, c.name, c.questions from checklist c
        where c.tenant_id = $1 and c.status = 'active'
          and ((c.every_job and $3) or exists (
            select 1 from checklist_item i join line_item l on l.tenant_id = $1 and l.order_id = $2 and l.item_id = i.item_id
            where i.tenant_id = $1 and i.checklist_id = c.id))
          and not exists (select 1 from job_question q where q.tenant_id = $1 and q.order_id = $2 and q.checklist_id = c.id)
        order by c.name_key, c.id limit 20";
    fn insert(order: WorkOrderId, checklist: ChecklistId, name: String, ids: Vec<Uuid>, positions: Vec<i32>, asks: Vec<Value>, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into job_question (tenant_id, id, order_id, checklist_id, checklist_name, position, asks, created_at, updated_at, created_by)
        select $1, n.id, $2, $3, $4, n.position, n.asks, $8, $8, $9 from unnest($5::uuid[], $6::int[], $7::jsonb[]) n(id, position, asks)
        on conflict (tenant_id, order_id, checklist_id, position) do nothing";
    // Of a checklist that this item brings and no line of the job any more, if nobody has answered anything of it.
    fn unneeded(order: WorkOrderId, item: ItemId) -> u64 = "
        delete from job_question q where q.tenant_id = $1 and q.order_id = $2
          and exists (select 1 from checklist_item b where b.tenant_id = $1 and b.checklist_id = q.checklist_id and b.item_id = $3)
          and not exists (select 1 from checklist c where c.tenant_id = $1 and c.id = q.checklist_id and c.every_job)
          and not exists (select 1 from checklist_item i join line_item l on l.tenant_id = $1 and l.order_id = $2 and l.item_id = i.item_id
            where i.tenant_id = $1 and i.checklist_id = q.checklist_id)
          and not exists (select 1 from job_question o where o.tenant_id = $1 and o.order_id = $2 and o.checklist_id = q.checklist_id and o.answered_at is not null)";
}

/// What the items on the job bring, and, once it has begun, what is asked on every job. What it has it keeps as it is.
pub(crate) async fn bring(tx: &mut TenantTx, order: WorkOrderId, begun: bool) -> Result<()> {
    for list in tx.run(due(order, begun)).await? {
        let asks: Vec<Value> = list.questions.as_array().cloned().unwrap_or_default();
        let ids = asks.iter().map(|_| JobQuestionId::new().0).collect();
        let positions = (1..).take(asks.len()).collect();
        let (at, by) = (tx.now(), tx.user());
        tx.run(insert(order, list.id, list.name, ids, positions, asks, at, by)).await?;
    }
    Ok(())
}

/// What came with an item that was taken off; questions that came otherwise stay.
pub(crate) async fn forget(tx: &mut TenantTx, order: WorkOrderId, item: ItemId) -> Result<()> {
    tx.run(unneeded(order, item)).await.map(drop)
}
