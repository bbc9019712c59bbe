//! An item as an import finds it and leaves it: what is compared, written, and put back.
use kernel::{Result, TenantTx, sql};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ItemImportId, field::Field};
use crate::{
    category::Status,
    item::{Item, Kind, Pricing, SoldAs, version::Figures},
    price::ByRule,
};

/// Everything about an item that a file can say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub category_id: Option<Uuid>,
    pub kind: Kind,
    pub name: String,
    pub code: Option<String>,
    pub description: Option<String>,
    pub unit: Option<String>,
    pub minutes: i32,
    pub price: i64,
    pub cost: Option<i64>,
    pub tax_rate_id: Option<Uuid>,
    pub online: bool,
    pub pricing: Pricing,
    pub labor_rate_id: Option<Uuid>,
    pub sold_as: SoldAs,
    pub status: Status,
    pub parts: Vec<(Uuid, i64)>,
}

impl Entry {
    pub fn of(item: &Item, parts: Vec<(Uuid, i64)>) -> Self {
        Self {
            category_id: item.category_id.map(|id| id.0),
            kind: item.kind,
            name: item.name.clone(),
            code: item.code.clone(),
            description: item.description.clone(),
            unit: item.unit.clone(),
            minutes: item.duration_minutes,
            price: item.price_minor,
            cost: item.cost_minor,
            tax_rate_id: item.tax_rate_id.map(|id| id.0),
            online: item.online,
            pricing: item.pricing,
            labor_rate_id: item.labor_rate_id.map(|id| id.0),
            sold_as: item.sold_as,
            status: item.status,
            parts,
        }
    }

    pub fn figures(&self) -> Figures {
        Figures { price: self.price, cost: self.cost }
    }
    /// Which of its figures are not set by hand.
    pub fn by_rule(&self) -> ByRule {
        ByRule::of(self.kind, self.pricing, !self.parts.is_empty())
    }

    /// Without what rules reckon: that moves by itself.
    fn own(&self) -> Self {
        let mut own = self.clone();
        let by_rule = self.by_rule();
        if by_rule.price {
            own.price = 0;
        }
        if by_rule.cost {
            own.cost = None;
        }
        own
    }
    pub fn is_as(&self, other: &Self) -> bool {
        self.own() == other.own()
    }

    /// What is not as it was.
    pub fn changes(&self, was: &Self) -> Vec<Field> {
        let (new, was) = (self.own(), was.own());
        let all = [
            (Field::Name, new.name != was.name),
            (Field::Code, new.code != was.code),
            (Field::Kind, new.kind != was.kind),
            (Field::Category, new.category_id != was.category_id),
            (Field::Description, new.description != was.description),
            (Field::Unit, new.unit != was.unit),
            (Field::Minutes, new.minutes != was.minutes),
            (Field::Price, new.price != was.price),
            (Field::Cost, new.cost != was.cost),
            (Field::Tax, new.tax_rate_id != was.tax_rate_id),
            (Field::Online, new.online != was.online),
            (Field::Pricing, new.pricing != was.pricing),
            (Field::LaborRate, new.labor_rate_id != was.labor_rate_id),
            (Field::SoldAs, new.sold_as != was.sold_as),
            (Field::Parts, new.parts != was.parts),
            (Field::Status, new.status != was.status),
        ];
        all.into_iter().filter(|(_, changed)| *changed).map(|(field, _)| field).collect()
    }
}

sql! {
    fn insert(import: ItemImportId, items: Vec<Uuid>, names: Vec<String>, before: Vec<Option<String>>, after: Vec<String>) -> u64 = "
        insert into item_import_deed (tenant_id, import_id, item_id, name, before, after)
        select $1::uuid, $2::uuid, n.item_id, n.name, n.before, n.after
        from unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) n(item_id, name, before, after)";
}

/// An item that is written: how it was (none: it is new) and how it is to be.
#[derive(Debug, Clone)]
pub(super) struct Deed {
    pub item: Uuid,
    pub version: i64,
    pub before: Option<Entry>,
    pub after: Entry,
}

/// So many rows travel in one statement.
pub(super) const PART: usize = 1000;

/// What is needed to undo it.
pub(super) async fn keep(tx: &mut TenantTx, import: ItemImportId, deeds: &[Deed]) -> Result<()> {
    for part in deeds.chunks(PART) {
        let items = part.iter().map(|deed| deed.item).collect();
        let names = part.iter().map(|deed| deed.after.name.clone()).collect();
        let before = part.iter().map(|deed| deed.before.as_ref().map(sheets::as_json)).collect();
        let after = part.iter().map(|deed| sheets::as_json(&deed.after)).collect();
        tx.run(insert(import, items, names, before, after)).await?;
    }
    Ok(())
}
