//! Lists of items: by name, of a category, or what was searched for.
use futures_util::future::BoxFuture;
use kernel::{
    Access, Cursor, Error, Paged, PricesSee, Result, Scope,
    http::{Json, One, Path, Query},
    module::Found,
    page::limit,
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Item, ItemId, Status, find as find_one, words};
use crate::{category::CategoryId, permissions::CatalogRead};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListQuery {
    /// 1–200, 50 when not given.
    pub limit: Option<i64>,
    pub cursor: Option<String>,
    /// Beginnings of words of name, code or description. The best 50 are given, without a next page.
    pub q: Option<String>,
    /// Active when not given.
    pub status: Option<Status>,
    pub category_id: Option<CategoryId>,
}

sql! {
    fn by_name(status: Status, after: String, after_id: ItemId, most: i64) -> Vec<Item> = "
        select i.id, i.category_id, c.name as category, i.kind, i.name, i.code, i.description, i.unit, i.duration_minutes, i.price_minor, i.cost_minor, i.currency,
               i.tax_rate_id, t.name as tax_name, coalesce(t.rate_ppm, 0) as tax_rate_ppm, i.online, i.pricing, i.labor_rate_id, i.sold_as, i.status, i.version, i.created_at, i.updated_at
        from item i left join category c on c.tenant_id = $1 and c.id = i.category_id left join tax_rate t on t.tenant_id = $1 and t.id = i.tax_rate_id
        where i.tenant_id = $1 and i.status = $2 and (i.name_key, i.id) > ($3, $4)
        order by i.name_key, i.id limit $5";
    fn of_category(category: CategoryId, status: Status, after: String, after_id: ItemId, most: i64) -> Vec<Item> = "
        select i.id, i.category_id, c.name as category, i.kind, i.name, i.code, i.description, i.unit, i.duration_minutes, i.price_minor, i.cost_minor, i.currency,
               i.tax_rate_id, t.name as tax_name, coalesce(t.rate_ppm, 0) as tax_rate_ppm, i.online, i.pricing, i.labor_rate_id, i.sold_as, i.status, i.version, i.created_at, i.updated_at
        from item i left join category c on c.tenant_id = $1 and c.id = i.category_id left join tax_rate t on t.tenant_id = $1 and t.id = i.tax_rate_id
        where i.tenant_id = $1 and i.category_id = $2 and i.status = $3 and (i.name_key, i.id) > ($4, $5)
        order by i.name_key, i.id limit $6";
    // The rarest word leads, as in the search for customers: at most 1,000 entries of each word are read.
    fn matching(from: Vec<String>, till: Vec<String>, status: Status, most: i64) -> Vec<Item> = "
        with asked as (select a.lo, a.hi from unnest($2::text[], $3::text[]) as a(lo, hi)),
        lead as materialized (
            select a.lo, a.hi from asked a cross join lateral (
                select count(*) as n from (
                    select 1 from item_word w where w.tenant_id = $1 and w.word >= a.lo and w.word < a.hi limit 1000) counted
            ) c order by c.n, a.lo limit 1),
        found as materialized (
            select distinct w.item_id from lead cross join lateral (
                select w.item_id from item_word w
                where w.tenant_id = $1 and w.word >= lead.lo and w.word < lead.hi limit 1000) w
            where not exists (
                select 1 from asked a where a.lo <> lead.lo and not exists (
                    select 1 from item_word o
                    where o.tenant_id = $1 and o.item_id = w.item_id and o.word >= a.lo and o.word < a.hi)))
        select i.id, i.category_id, c.name as category, i.kind, i.name, i.code, i.description, i.unit, i.duration_minutes, i.price_minor, i.cost_minor, i.currency,
               i.tax_rate_id, t.name as tax_name, coalesce(t.rate_ppm, 0) as tax_rate_ppm, i.online, i.pricing, i.labor_rate_id, i.sold_as, i.status, i.version, i.created_at, i.updated_at
        from found f join item i on i.tenant_id = $1 and i.id = f.item_id
             left join category c on c.tenant_id = $1 and c.id = i.category_id left join tax_rate t on t.tenant_id = $1 and t.id = i.tax_rate_id
        where i.status = $4
        order by i.name_key, i.id limit $5";
}

/// One round trip, whatever is asked.
pub async fn list(scope: &Scope, query: &ListQuery) -> Result<Paged<Item>> {
    let most = limit(query.limit)?;
    let status = query.status.unwrap_or(Status::Active);
    if let Some(asked) = query.q.as_deref().filter(|q| !q.trim().is_empty()) {
        let data = search(scope, asked, status, most.min(50) as i64).await?;
        return Ok(Paged { data, next_cursor: None });
    }
    let (name, id) = Cursor::maybe::<(String, ItemId)>(query.cursor.as_deref())?
        .unwrap_or((String::new(), ItemId(uuid::Uuid::nil())));
    let more = most as i64 + 1;
    let rows = match query.category_id {
        Some(category) => scope.read(of_category(category, status, name, id, more)).await?,
        None => scope.read(by_name(status, name, id, more)).await?,
    };
    Ok(Paged::of(rows, most, |item| (fold(&item.name), item.id)))
}

/// Also for whoever adds a line to a work order or an invoice.
pub async fn search(scope: &Scope, asked: &str, status: Status, most: i64) -> Result<Vec<Item>> {
    let (from, till) = words::asked(asked);
    if from.is_empty() {
        return Ok(vec![]);
    }
    scope.read(matching(from, till, status, most)).await
}

pub async fn api(access: Access<CatalogRead>, Query(query): Query<ListQuery>) -> Result<Json<Paged<Item>>> {
    list(&access, &query).await.map(Json)
}

pub async fn api_one(access: Access<CatalogRead>, Path(id): Path<ItemId>) -> Result<One<Item>> {
    access.read(find_one(id)).await?.map(One).ok_or(Error::NotFound)
}

/// For the command palette.
pub fn find(scope: Scope, asked: String) -> BoxFuture<'static, Result<Vec<Found>>> {
    Box::pin(async move {
        let language = scope.tenant().locale.language.clone();
        let found = search(&scope, &asked, Status::Active, 8).await?.into_iter().map(|item| Found {
            hint: match scope.can::<PricesSee>() {
                true => format!("{} · {}", item.kind.label(), item.price().display(&language)),
                false => item.kind.label().into(),
            },
            href: format!("/price-book?q={}", fold(&item.name).replace(' ', "+")),
            label: item.name,
            icon: "book-open",
        });
        Ok(found.collect())
    })
}
