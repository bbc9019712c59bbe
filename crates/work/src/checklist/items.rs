//! Which checklists an item of the price book brings to a job: said as a whole, on the item's page.
use catalog::{CatalogRead, ItemId};
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx, Uuid,
    http::{Form, Json, Path, Redirect, Repeatable},
    sql,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ui::{Filled, button, card, field, form};

use super::{ChecklistId, ChecklistsOfItem, Kept, Status, all};
use crate::permissions::ChecklistsWrite;

#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Given {
    /// All that the item brings, at most 20.
    pub checklist_ids: Vec<ChecklistId>,
}
impl Input for Given {
    fn check(&mut self, checks: &mut Checks) {
        let few = self.checklist_ids.len() <= 20;
        checks.that(few, "checklist_ids", "too_many", "An item brings at most 20 checklists.");
    }
}

sql! {
    fn item(id: ItemId) -> Option<ItemId> = "select id from item where tenant_id = $1 and id = $2 for key share";
    fn of(item: ItemId) -> Vec<ChecklistId> = "
        select i.checklist_id from checklist_item i where i.tenant_id = $1 and i.item_id = $2 order by i.checklist_id limit 200";
    fn keep_only(item: ItemId, lists: Vec<Uuid>) -> u64 = "
        delete from checklist_item where tenant_id = $1 and item_id = $2 and checklist_id <> all($3)";
    fn add(item: ItemId, lists: Vec<Uuid>, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into checklist_item (tenant_id, checklist_id, item_id, created_at, created_by)
        select $1, n.id, $2, $4, $5 from unnest($3::uuid[]) n(id) on conflict (tenant_id, checklist_id, item_id) do nothing";
}

pub async fn set(tx: &mut TenantTx, id: ItemId, given: &Given) -> Result<Given> {
    tx.run(item(id)).await?.ok_or(Error::NotFound)?;
    let mut lists: Vec<Uuid> = given.checklist_ids.iter().map(|one| one.0).collect();
    lists.sort_unstable();
    lists.dedup();
    let more = add(id, lists.clone(), tx.now(), tx.user());
    let (taken, added, now) = tx.run((keep_only(id, lists), more, of(id))).await?;
    if taken + added > 0 {
        tx.tell(&ChecklistsOfItem { item: id });
    }
    Ok(Given { checklist_ids: now })
}

pub async fn api(access: Access<CatalogRead>, Path(id): Path<ItemId>) -> Result<Json<Given>> {
    let (found, checklist_ids) = access.read((catalog::item::find(id), of(id))).await?;
    found.map(|_| Json(Given { checklist_ids })).ok_or(Error::NotFound)
}

pub async fn api_set(
    access: Access<ChecklistsWrite>,
    Path(id): Path<ItemId>,
    Json(given): Json<Given>,
) -> Result<Json<Given>> {
    access.retrying(async |tx: &mut TenantTx| set(tx, id, &given).await).await.map(Json)
}

pub async fn post(
    access: Access<ChecklistsWrite>,
    Path(id): Path<ItemId>,
    given: Form<Given>,
) -> Result<Repeatable<Redirect>> {
    let outcome = given
        .then(async |given: Given| {
            access
                .once(async |tx: &mut TenantTx| {
                    set(tx, id, &given).await?;
                    Ok(Redirect::to(format!("/price-book/{id}")).toast("The checklists are saved."))
                })
                .await
        })
        .await?;
    outcome.map_err(|typed| typed.refused())
}

/// Beneath an item in the price book: what it brings, and the boxes to change it.
pub async fn panel(scope: Scope, id: Uuid) -> Result<Markup> {
    let (lists, brings) = scope.read((all(), of(ItemId(id)))).await?;
    let lists: Vec<Kept> =
        lists.into_iter().filter(|one| one.status == Status::Active || brings.contains(&one.id)).collect();
    let may = scope.can::<ChecklistsWrite>();
    if lists.is_empty() {
        let way = html! { @if may { (ui::link_button("Checklists", "/settings/checklists").small()) } };
        return Ok(
            html! { div."mt-6" { (card::line("list-checks", "What is asked on the job", "No checklists yet.", way)) } },
        );
    }
    let names: Vec<&str> = lists.iter().filter(|one| brings.contains(&one.id)).map(|one| one.name.as_str()).collect();
    let says = match names.is_empty() {
        true => "Nothing beyond what is asked on every job.".to_owned(),
        false => names.join(" · "),
    };
    let chosen = brings.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let filled = Filled::of([("checklist_ids", chosen)]);
    let boxes: Vec<(String, &str)> = lists.iter().map(|one| (one.id.to_string(), one.name.as_str())).collect();
    Ok(html! { div."mt-6" {
        (card::line("list-checks", "What is asked on the job", &says, html! {}))
        @if may { (ui::fold("Change", html! {
            form.form method="post" action={ "/price-book/" (id) "/checklists" } data-form { (form::key())
                (field::boxes(&filled, "checklist_ids", "Checklists that come with it", &boxes))
                (form::actions(html! { (button("Save checklists").small()) })) }
        })) }
    } })
}
