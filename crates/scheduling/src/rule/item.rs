//! What a service needs to be planned: skills and how well, licences, time around it, notice.
use catalog::ItemId;
use jiff::Timestamp;
use kernel::{
    Access, Checks, Currency, Error, Input, Money, Result, Statement, TenantTx, Uuid,
    http::{Json, Path},
    row, sql,
    text::fold,
};

use crate::{
    credential::{self, Asked},
    permissions::{BoardRead, TechniciansWrite},
    skill::{self, Level, NeedsSet, SkillId},
};

row! {
    /// Where a service differs from the rules of the company.
    #[derive(Debug, Clone, Default, PartialEq)]
    pub struct Around { pub notice_minutes: Option<i32>, pub buffer_before: Option<i32>, pub buffer_after: Option<i32>, pub deposit_minor: Option<i64> }
}

row! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Need { pub skill_id: SkillId, pub name: String, pub level: i32 }
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Such as "Master plumber".
    pub name: String,
    /// Where it has to count; none: anywhere.
    pub jurisdiction: Option<String>,
    pub class: Option<String>,
}

/// All of it: what is left out is not needed.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Needs {
    /// Skills, each with the least level: 1 learning, 2 works alone, 3 expert.
    #[serde(default)]
    pub skills: Vec<Level>,
    #[serde(default)]
    pub licences: Vec<Licence>,
    /// Kept free before; none: as the rules of the company say. 0 to 480.
    pub buffer_before: Option<i32>,
    pub buffer_after: Option<i32>,
    /// 0 to 20160.
    pub notice_minutes: Option<i32>,
    /// Wanted from whoever books it, in the company's currency; none is wanted where it is left out.
    pub deposit: Option<Money>,
}
impl Input for Needs {
    fn check(&mut self, checks: &mut Checks) {
        skill::check_levels(checks, &mut self.skills);
        checks.that(self.skills.len() <= 20, "skills", "too_many", "A service needs at most 20 skills.");
        checks.that(self.licences.len() <= 20, "licences", "too_many", "A service needs at most 20 licences.");
        for (n, one) in self.licences.iter_mut().enumerate().take(20) {
            checks.within(&format!("licences/{n}"), |checks| {
                checks.text("name", &mut one.name, 80, "the licence a name, such as Master plumber");
                checks.optional("jurisdiction", &mut one.jurisdiction, 80);
                checks.optional("class", &mut one.class, 40);
                checks.that(!fold(&one.name).is_empty(), "name", "letters", "A name has letters or digits.");
            });
        }
        let key = |one: &Licence| {
            (fold(&one.name), credential::key(one.jurisdiction.as_deref()), credential::key(one.class.as_deref()))
        };
        self.licences.sort_by_key(key);
        self.licences.dedup_by_key(|one| key(one));
        for (field, value, most) in [
            ("buffer_before", self.buffer_before, 480),
            ("buffer_after", self.buffer_after, 480),
            ("notice_minutes", self.notice_minutes, 20_160),
        ] {
            let good = value.is_none_or(|value| (0..=most).contains(&value));
            checks.that(good, field, "range", format!("From 0 to {most} minutes."));
        }
        if let Some(deposit) = self.deposit {
            checks.range("deposit", deposit.minor, 1, 100_000_000, "A deposit is more than nothing, up to a million.");
        }
    }
}

sql! {
    pub fn around(item: Option<ItemId>) -> Option<Around> = "
        select notice_minutes, buffer_before, buffer_after, deposit_minor from item_scheduling where tenant_id = $1 and item_id = $2";
    pub fn needs_of(item: Option<ItemId>) -> Vec<Need> = "
        select s.id as skill_id, s.name, n.level from item_skill n join skill s on s.tenant_id = $1 and s.id = n.skill_id
        where n.tenant_id = $1 and n.item_id = $2 order by s.name_key limit 50";
    fn clear_skills(item: ItemId) -> u64 = "delete from item_skill where tenant_id = $1 and item_id = $2";
    fn ask_skills(item: ItemId, skills: Vec<Uuid>, levels: Vec<i32>) = "
        insert into item_skill (tenant_id, item_id, skill_id, level)
        select $1::uuid, $2::uuid, s.id, s.level from unnest($3::uuid[], $4::int[]) s(id, level)";
    fn clear_licences(item: ItemId) -> u64 = "delete from item_credential where tenant_id = $1 and item_id = $2";
    fn ask_licence(item: ItemId, name: String, name_key: String, jurisdiction: Option<String>, jurisdiction_key: String, class: Option<String>, class_key: String) = "
        insert into item_credential (tenant_id, item_id, name, name_key, jurisdiction, jurisdiction_key, class, class_key) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    fn keep(item: ItemId, notice_minutes: Option<i32>, before: Option<i32>, after: Option<i32>, deposit: Option<i64>, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into item_scheduling (tenant_id, item_id, notice_minutes, buffer_before, buffer_after, deposit_minor, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $7, $8)
        on conflict (tenant_id, item_id) do update set notice_minutes = $3, buffer_before = $4, buffer_after = $5, deposit_minor = $6, updated_at = $7";
}

fn joined(needs: Vec<Need>, asked: Vec<Asked>, around: Option<Around>, currency: Currency) -> Needs {
    let around = around.unwrap_or_default();
    Needs {
        skills: needs.into_iter().map(|need| Level { skill_id: need.skill_id, level: need.level }).collect(),
        licences: asked
            .into_iter()
            .map(|one| Licence { name: one.name, jurisdiction: one.jurisdiction, class: one.class })
            .collect(),
        buffer_before: around.buffer_before,
        buffer_after: around.buffer_after,
        notice_minutes: around.notice_minutes,
        deposit: around.deposit_minor.map(|minor| Money::new(minor, currency)),
    }
}

/// Replaces what was said before.
pub async fn set(tx: &mut TenantTx, item: ItemId, needs: &Needs) -> Result<Needs> {
    tx.run(catalog::item::find(item)).await?.ok_or(Error::NotFound)?;
    tx.tell(&NeedsSet { item });
    let (ids, levels) = needs.skills.iter().map(|one| (one.skill_id.0, one.level)).unzip();
    let licences = needs.licences.iter().map(|one| {
        let (place, class) = (one.jurisdiction.clone(), one.class.clone());
        let keys = (credential::key(place.as_deref()), credential::key(class.as_deref()));
        ask_licence(item, one.name.clone(), fold(&one.name), place, keys.0, class, keys.1)
    });
    let licences: Vec<_> = licences.collect();
    let (now, by) = (tx.now(), tx.user());
    let deposit = match (kernel::sight::prices(), needs.deposit) {
        (true, deposit) => deposit.map(|deposit| deposit.minor),
        // Who may not see prices leaves it as it is.
        (false, _) => tx.run(around(Some(item))).await?.and_then(|around| around.deposit_minor),
    };
    let around = keep(item, needs.notice_minutes, needs.buffer_before, needs.buffer_after, deposit, now, by);
    tx.run((clear_skills(item), ask_skills(item, ids, levels), clear_licences(item), licences, around)).await?;
    Ok(needs.clone())
}

type Read = (Statement<Option<catalog::Item>>, Statement<Vec<Need>>, Statement<Vec<Asked>>, Statement<Option<Around>>);

pub(super) fn read(item: ItemId) -> Read {
    (catalog::item::find(item), needs_of(Some(item)), credential::asked_by(Some(item)), around(Some(item)))
}

pub async fn api(access: Access<BoardRead>, Path(item): Path<ItemId>) -> Result<Json<Needs>> {
    let (found, needs, asked, around) = access.read(read(item)).await?;
    found.ok_or(Error::NotFound)?;
    Ok(Json(joined(needs, asked, around, access.tenant().locale.currency)))
}

pub async fn set_api(
    access: Access<TechniciansWrite>,
    Path(item): Path<ItemId>,
    Json(needs): Json<Needs>,
) -> Result<Json<Needs>> {
    access.tenant().locale.currency.only("/deposit", "Deposits", needs.deposit)?;
    access.retrying(async |tx| set(tx, item, &needs).await).await.map(Json)
}
