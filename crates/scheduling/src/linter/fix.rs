//! The deeds that mend what is missing. Each mends what was found and nothing else, and is done once.
use catalog::ItemId;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx, Uuid,
    http::{Form, Redirect, Repeatable},
    sql,
};

use super::Kind;
use crate::{
    area::AreaId,
    permissions::TechniciansWrite,
    rule,
    shift::{self, Week},
    skill::{NeedsSet, SkillId},
    technician::{self, TechnicianChanged, TechnicianId},
};

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    pub kind: Kind,
    /// What it is about, by what it is.
    pub technician_id: Option<TechnicianId>,
    pub item_id: Option<ItemId>,
    pub area_id: Option<AreaId>,
    pub part: Option<String>,
}
impl Input for Fix {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("part", &mut self.part, 500);
    }
}

sql! {
    fn drop_skill(item: ItemId, skill: SkillId) -> u64 = "delete from item_skill where tenant_id = $1 and item_id = $2 and skill_id = $3";
    fn drop_licence(item: ItemId, key: String) -> u64 = "
        delete from item_credential where tenant_id = $1 and item_id = $2 and concat_ws(';', name_key, jurisdiction_key, class_key) = $3";
    fn usual_notice(item: ItemId) -> u64 = "update item_scheduling set notice_minutes = null where tenant_id = $1 and item_id = $2";
    fn limited(area: AreaId) -> Vec<TechnicianId> = "
        select distinct c.technician_id from technician_area c join technician t on t.tenant_id = $1 and t.id = c.technician_id and t.active
        where c.tenant_id = $1 and not exists (select from technician_area h where h.tenant_id = $1 and h.technician_id = c.technician_id and h.area_id = $2)";
    fn go_there(area: AreaId, technicians: Vec<Uuid>) = "
        insert into technician_area (tenant_id, technician_id, area_id) select $1::uuid, t.id, $2::uuid from unnest($3::uuid[]) t(id)";
    fn longest() -> i64 = "
        select coalesce(max(case when s.ends > s.starts then extract(epoch from s.ends - s.starts) else 86400 - extract(epoch from s.starts - s.ends) end) / 60, 0)::int8
        from shift s join technician t on t.tenant_id = $1 and t.id = s.technician_id and t.active where s.tenant_id = $1";
}

async fn changed(tx: &mut TenantTx, item: ItemId, change: catalog::item::Change) -> Result<()> {
    let found = tx.run(catalog::item::find(item)).await?.ok_or(Error::NotFound)?;
    catalog::item::change(tx, item, found.version, change).await.map(drop)
}

pub async fn mend(tx: &mut TenantTx, fix: &Fix) -> Result<()> {
    let missing = |field: &str| Error::field(&format!("/{field}"), "required", "Say what it is about.");
    let item = || fix.item_id.ok_or_else(|| missing("item_id"));
    let part = || fix.part.clone().ok_or_else(|| Error::field("/part", "required", "Say which part is missing."));
    match fix.kind {
        Kind::NoShifts => {
            let id = fix.technician_id.ok_or_else(|| missing("technician_id"))?;
            let found = tx.run(technician::find(id)).await?.ok_or(Error::NotFound)?;
            match found.shift_days {
                0 => shift::set(tx, id, found.version, &Week::usual()).await.map(drop),
                _ => Ok(()),
            }
        }
        Kind::TooLong => {
            let longest = tx.run(longest()).await?;
            let minutes = i32::try_from(longest.clamp(5, 1440)).unwrap_or(60);
            changed(tx, item()?, catalog::item::Change { duration_minutes: Some(minutes), ..Default::default() }).await
        }
        Kind::NobodyCan => {
            let wrong = |_| Error::field("/part", "skill", "That is not a skill.");
            let skill: SkillId = part()?.parse().map_err(wrong)?;
            let item = item()?;
            tx.tell(&NeedsSet { item });
            tx.run(drop_skill(item, skill)).await.map(drop)
        }
        Kind::NobodyLicensed => {
            let item = item()?;
            tx.tell(&NeedsSet { item });
            tx.run(drop_licence(item, part()?)).await.map(drop)
        }
        Kind::NobodyGoes => {
            let area = fix.area_id.ok_or_else(|| missing("area_id"))?;
            tx.run(crate::area::find(area)).await?.ok_or(Error::NotFound)?;
            let who = tx.run(limited(area)).await?;
            for technician in &who {
                tx.tell(&TechnicianChanged { technician: *technician });
            }
            tx.run(go_there(area, who.into_iter().map(|id| id.0).collect())).await
        }
        Kind::NobodyAll => {
            changed(tx, item()?, catalog::item::Change { online: Some(false), ..Default::default() }).await
        }
        Kind::ItemTooSoon => {
            let item = item()?;
            tx.tell(&NeedsSet { item });
            tx.run(usual_notice(item)).await.map(drop)
        }
        Kind::TooSoon => {
            let was = tx.run(rule::find()).await?.unwrap_or_default();
            let to = rule::Change { notice_minutes: Some(120), horizon_days: Some(30), ..rule::Change::default() };
            rule::change(tx, was.version, &to).await.map(drop)
        }
    }
}

pub async fn post(access: Access<TechniciansWrite>, form: Form<Fix>) -> Result<Repeatable<Redirect>> {
    let outcome = form
        .then(async |fix: Fix| {
            access
                .once(async |tx| {
                    mend(tx, &fix).await?;
                    Ok(Redirect::to("/setup/scheduling").toast("Mended"))
                })
                .await
        })
        .await?;
    outcome.map_err(kernel::http::Typed::refused)
}
