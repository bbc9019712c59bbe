//! The list of customers: by name, filtered by state, city and tag, or what was searched for.
use kernel::{
    Access, Batch, Cursor, Paged, Result, Scope, Statement,
    http::{Json, Query},
    page::limit,
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::search::search;
use super::{
    Customer, CustomerId, Status,
    near::{Hits, near_among},
    search::{Among, search_among},
};
use crate::permissions::CustomersRead;

#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListQuery {
    /// 1–200, 50 when not given.
    pub limit: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Beginnings of words of name, address, e-mail, number or phone. The best 50 are given, without a next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// With `q`: when nothing has its words, those that were probably meant. Typing errors are forgiven on pages, and here
    /// when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fuzzy: Option<bool>,
    /// Active when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Only those whose first location is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Only those with the tag of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

/// What was found.
pub(super) struct Listed {
    pub data: Paged<Customer>,
    /// What was looked for instead of what was asked, where nothing has that.
    pub instead: Option<String>,
}

sql! {
    // The largest page stands in the text beside the one that was asked for: of a parameter the planner assumes a tenth of all
    // rows, finds that dear in a large company, and would plan anew at every request, which costs twice what the rows cost.
    fn by_name(status: Status, after: String, after_id: CustomerId, most: i64) -> Vec<Customer> = "
        select id, number, kind, name, email, phone, notes, external_id, place, city, status, assigned_to, tags, custom, merged_into, version, created_at, updated_at
        from (
            select id, number, kind, name, email, phone, notes, external_id, place, city, status, assigned_to, tags, custom, merged_into, version, created_at, updated_at, name_key
            from customer where tenant_id = $1 and status = $2 and (name_key, id) > ($3, $4)
            order by name_key, id limit 201) page
        order by name_key, id limit $5";
    fn in_city(status: Status, city_key: String, after: String, after_id: CustomerId, most: i64) -> Vec<Customer> = "
        select id, number, kind, name, email, phone, notes, external_id, place, city, status, assigned_to, tags, custom, merged_into, version, created_at, updated_at
        from (
            select id, number, kind, name, email, phone, notes, external_id, place, city, status, assigned_to, tags, custom, merged_into, version, created_at, updated_at, name_key
            from customer where tenant_id = $1 and status = $2 and city_key = $3 and (name_key, id) > ($4, $5)
            order by name_key, id limit 201) page
        order by name_key, id limit $6";
    // The tag's own index is in the order of the list.
    fn tagged(status: Status, tag_key: String, city_key: Option<String>, after: String, after_id: CustomerId, most: i64) -> Vec<Customer> = "
        select c.id, c.number, c.kind, c.name, c.email, c.phone, c.notes, c.external_id, c.place, c.city, c.status, c.assigned_to, c.tags, c.custom, c.merged_into, c.version, c.created_at, c.updated_at
        from (
            select g.customer_id, g.name_key from customer_tag g
            where g.tenant_id = $1 and g.tag_id = (select t.id from tag t where t.tenant_id = $1 and t.name_key = $3)
              and g.status = $2 and (g.name_key, g.customer_id) > ($5, $6)
            order by g.name_key, g.customer_id) g
        cross join lateral (
            select c.id, c.number, c.kind, c.name, c.email, c.phone, c.notes, c.external_id, c.place, c.city, c.status, c.assigned_to, c.tags, c.custom, c.merged_into, c.version, c.created_at, c.updated_at
            from customer c where c.tenant_id = $1 and c.id = g.customer_id and ($4::text is null or c.city_key = $4) offset 0) c
        order by g.name_key, g.customer_id limit $7";
}

/// One round trip, whatever is asked, but for what is mistyped.
pub async fn list(scope: &Scope, query: &ListQuery) -> Result<Paged<Customer>> {
    listed(scope, query, ()).await.map(|(found, ())| found.data)
}

/// With what is read beside it; in the same round trip, where nothing is searched for.
pub(super) async fn listed<B: Batch>(scope: &Scope, query: &ListQuery, beside: B) -> Result<(Listed, B::Output)> {
    if let Some(found) = searched(scope, query).await? {
        return Ok((found, scope.read(beside).await?));
    }
    let (rows, beside) = scope.read((browsed(query)?, beside)).await?;
    let data = Paged::of(rows, limit(query.limit)?, |customer| (fold(&customer.name), customer.id));
    Ok((Listed { data, instead: None }, beside))
}

fn among(query: &ListQuery) -> Among {
    let key = |text: &Option<String>| text.as_deref().map(fold).filter(|text| !text.is_empty());
    Among { status: query.status.unwrap_or(Status::Active), city: key(&query.city), tag: key(&query.tag) }
}

/// What was searched for, if anything was.
async fn searched(scope: &Scope, query: &ListQuery) -> Result<Option<Listed>> {
    let Some(asked) = query.q.as_deref().filter(|q| !q.trim().is_empty()) else { return Ok(None) };
    let (among, most) = (among(query), limit(query.limit)?.min(50) as i64);
    let hits = match query.fuzzy.unwrap_or_default() {
        true => near_among(scope, asked, &among, most).await?,
        false => Hits { data: search_among(scope, asked, &among, most).await?, instead: None },
    };
    Ok(Some(Listed { data: Paged { data: hits.data, next_cursor: None }, instead: hits.instead }))
}

/// The rows of a page, and one more where there is another page.
fn browsed(query: &ListQuery) -> Result<Statement<Vec<Customer>>> {
    let more = limit(query.limit)? as i64 + 1;
    let (name, id) = Cursor::maybe::<(String, CustomerId)>(query.cursor.as_deref())?
        .unwrap_or((String::new(), CustomerId(uuid::Uuid::nil())));
    let Among { status, city, tag } = among(query);
    Ok(match (tag, city) {
        (Some(tag), city) => tagged(status, tag, city, name, id, more),
        (None, Some(city)) => in_city(status, city, name, id, more),
        (None, None) => by_name(status, name, id, more),
    })
}

pub async fn api(access: Access<CustomersRead>, Query(query): Query<ListQuery>) -> Result<Json<Paged<Customer>>> {
    list(&access, &query).await.map(Json)
}

/// The address of the list with these filters.
pub(crate) fn href(path: &str, query: &ListQuery) -> String {
    ui::address(
        path,
        [
            ("q", query.q.clone()),
            ("status", query.status.map(|status| status.to_string())),
            ("city", query.city.clone()),
            ("tag", query.tag.clone()),
            ("cursor", query.cursor.clone()),
        ],
    )
}

/// The list of those with a tag.
pub(crate) fn with_tag(name: &str) -> String {
    ui::address("/customers", [("tag", Some(name.to_owned()))])
}
