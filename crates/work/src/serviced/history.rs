//! The jobs that worked on a piece of equipment, newest first: in the API, and beside the equipment.
use customers::equipment::EquipmentId;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use kernel::{
    Access, Cursor, Paged, Result, Scope, Uuid,
    http::{Json, Path, Query},
    page::{Asked, limit},
    row, sql,
};
use maud::{Markup, html};
use scheduling::say;
use schemars::JsonSchema;
use serde::Serialize;
use ui::card;

use crate::{
    WorkOrderId,
    order::{Status, called},
    permissions::WorkRead,
};

row! {
    /// A job that worked on it.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Service {
        pub order_id: WorkOrderId,
        pub number: i64,
        pub title: String,
        pub status: Status,
        pub technician_name: Option<String>,
        pub completed_at: Option<Timestamp>,
        pub created_at: Timestamp,
    }
}

sql! {
    // Ids rise with time, so the index is in the order of the list.
    fn of(equipment: EquipmentId, before: WorkOrderId, most: i64) -> Vec<Service> = "
        select w.id as order_id, w.number, w.title, w.status, t.name as technician_name, w.completed_at, w.created_at
        from serviced s
        join work_order w on w.tenant_id = $1 and w.id = s.order_id
        left join appointment a on a.tenant_id = $1 and a.id = w.appointment_id
        left join technician t on t.tenant_id = $1 and t.id = coalesce(w.technician_id, a.technician_id)
        where s.tenant_id = $1 and s.equipment_id = $2 and s.order_id < $3
        order by s.order_id desc limit $4";
}

const LAST: WorkOrderId = WorkOrderId(Uuid::max());

pub async fn api(
    access: Access<WorkRead>,
    Path(id): Path<EquipmentId>,
    Query(asked): Query<Asked>,
) -> Result<Json<Paged<Service>>> {
    let most = limit(asked.limit)?;
    let before = Cursor::maybe::<WorkOrderId>(asked.cursor.as_deref())?.unwrap_or(LAST);
    let read = (customers::equipment::find(id), of(id, before, most as i64 + 1));
    let (known, rows) = access.read(read).await?;
    known.ok_or(kernel::Error::NotFound)?;
    Ok(Json(Paged::of(rows, most, |service| service.order_id)))
}

pub fn panel(scope: Scope, equipment: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let latest = scope.read(of(EquipmentId(equipment), LAST, 50)).await?;
        let small = |service: &Service| {
            let day = say::local(service.completed_at.unwrap_or(service.created_at), &scope.tenant().locale).date();
            let day = format!("{}, {}", day.strftime("%-d %b %Y"), service.status.label().to_lowercase());
            service.technician_name.iter().fold(day, |day, who| format!("{day} · {who}"))
        };
        let body = html! {
            @for service in &latest {
                div.eq { (ui::icon("wrench")) span { a.link href={ "/jobs/" (service.order_id) } { (called(service.number)) } " " (service.title) small { (small(service)) } } }
            }
            @if latest.is_empty() { p.dim.t13 { "No job has worked on it yet. On a job, tick the equipment it is about." } }
        };
        Ok(card::section("Service history", html! {}, body))
    })
}
