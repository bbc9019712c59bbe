//! Whom an undoing left as they are, because they were changed since.
use kernel::{
    Access, Cursor, Error, Paged, Result,
    http::{Json, Path, Query},
    page::{Asked, limit},
    row, sql,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Serialize;
use sheets::cell::count;
use ui::table::{Column, plain};

use super::{Import, ImportId, find};
use crate::{CustomerId, permissions::CustomersImport};

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    #[schemars(rename = "ImportKept")]
    pub struct Kept {
        pub customer_id: CustomerId,
        pub number: i64,
        pub name: String,
        /// Why the undoing left them.
        pub reason: String,
    }
}

sql! {
    // Also somebody who was removed meanwhile would be no line here: nobody is left to look at.
    pub(super) fn kept(import: ImportId, after: CustomerId, most: i64) -> Vec<Kept> = "
        select d.customer_id, c.number, c.name, coalesce(d.reason, '') as reason
        from import_deed d join customer c on c.tenant_id = $1 and c.id = d.customer_id
        where d.tenant_id = $1 and d.import_id = $2 and d.outcome = 'kept' and d.customer_id > $3
        order by d.customer_id limit $4";
}

pub async fn api(
    access: Access<CustomersImport>,
    Path(id): Path<ImportId>,
    Query(query): Query<Asked>,
) -> Result<Json<Paged<Kept>>> {
    let most = limit(query.limit)?;
    let after = Cursor::maybe::<CustomerId>(query.cursor.as_deref())?.unwrap_or(CustomerId(uuid::Uuid::nil()));
    let (import, rows) = access.read((find(id), kept(id, after, most as i64 + 1))).await?;
    import.ok_or(Error::NotFound)?;
    Ok(Json(Paged::of(rows, most, |kept| kept.customer_id)))
}

pub(super) fn draw(import: &Import, kept: &[Kept]) -> Markup {
    let columns = [Column::lead("Customer").width(50), Column::text("Why")];
    let rows: Vec<Vec<Markup>> = kept
        .iter()
        .map(|one| {
            let name = html! { a.link href={ "/customers/" (one.customer_id) } { "#" (one.number) " " (one.name) } };
            vec![name, html! { (one.reason) }]
        })
        .collect();
    html! { @if !rows.is_empty() {
        section.mt-4 {
            div.sect-head { h2 { "Left as they are" } @if import.kept as usize > kept.len() { span.dim.t13 { "the first " (kept.len()) " of " (count(import.kept)) } } }
            (plain("Left as they are", &columns, &rows))
        }
    } }
}
