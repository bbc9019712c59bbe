//! The equipment that a job worked on: ticked by whoever does the job; together they are the service history of each piece.
mod draw;
mod give;
mod history;

use customers::equipment::EquipmentId;
use jiff::civil::Date;
use kernel::{Uuid, row, sql};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use draw::{boxes, ticks};
pub use give::{Given, api as api_give, give};
pub use history::{Service, api as api_history, panel};

use crate::WorkOrderId;

row! {
    /// A piece of equipment as a job sees it.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Unit {
        pub id: EquipmentId,
        pub name: String,
        pub make: Option<String>,
        pub model: Option<String>,
        pub serial: Option<String>,
        /// The last day on which the maker pays.
        pub warranty_until: Option<Date>,
        pub notes: Option<String>,
        #[serde(skip)]
        pub worked_on: bool,
    }
}

/// That a job worked on it, as the past tells it.
#[derive(Debug, Deserialize)]
pub(crate) struct Serviced {
    pub equipment_id: EquipmentId,
}

sql! {
    /// By the names they have now.
    pub(crate) fn those(ids: Vec<Uuid>) -> Vec<Unit> = "
        select id, name, make, model, serial, warranty_until, notes, true as worked_on
        from equipment where tenant_id = $1 and id = any($2) order by id limit 500";
    /// What the job worked on, and what stands where the job is: at most as many as a customer has.
    pub fn at(order: WorkOrderId) -> Vec<Unit> = "
        select e.id, e.name, e.make, e.model, e.serial, e.warranty_until, e.notes, s.order_id is not null as worked_on
        from work_order w
        join equipment e on e.tenant_id = $1 and e.customer_id = w.customer_id
        left join serviced s on s.tenant_id = $1 and s.order_id = w.id and s.equipment_id = e.id
        where w.tenant_id = $1 and w.id = $2
          and (s.order_id is not null or (e.removed_on is null and (w.location_id is null or e.location_id = w.location_id)))
        order by e.id limit 500";
}

kernel::promise! {
    "serviced_equipment": "/equipment", "This equipment is not at the customer's of this job."
}
