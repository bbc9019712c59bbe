//! All files of a customer, newest first: in the API, and as a page with the form that adds some.
use kernel::{
    Access, Cursor, Error, Paged, Result, Scope,
    http::{Json, One, Page, Path, Query},
    page::{Asked, limit},
};
use maud::html;
use ui::Filled;

use super::{CustomerFile, CustomerFileId, card, find, of_customer};
use crate::{
    CustomerId,
    customer::{self, beneath::beneath},
    location,
    permissions::{CustomersRead, CustomersWrite},
};

fn before(query: &Asked) -> Result<CustomerFileId> {
    Ok(Cursor::maybe(query.cursor.as_deref())?.unwrap_or(CustomerFileId::max()))
}

pub async fn api(
    access: Access<CustomersRead>,
    Path(customer): Path<CustomerId>,
    Query(query): Query<Asked>,
) -> Result<Json<Paged<CustomerFile>>> {
    let most = limit(query.limit)?;
    let files = of_customer(customer, before(&query)?, most as i64 + 1);
    let (_, files) = access.read((customer::find(customer), files)).await?;
    Ok(Json(Paged::of(files, most, |file| file.id)))
}

pub async fn api_one(
    access: Access<CustomersRead>,
    Path((customer, id)): Path<(CustomerId, CustomerFileId)>,
) -> Result<One<CustomerFile>> {
    let (_, file) = access.read((customer::find(customer), find(customer, id))).await?;
    file.map(One).ok_or(Error::NotFound)
}

pub async fn page(
    access: Access<CustomersRead>,
    Path(customer): Path<CustomerId>,
    Query(query): Query<Asked>,
) -> Result<Page> {
    draw(&access, customer, &query, &Filled::default()).await
}

pub(super) async fn draw(scope: &Scope, id: CustomerId, query: &Asked, filled: &Filled) -> Result<Page> {
    let most = limit(query.limit)?;
    let read = (customer::find(id), of_customer(id, before(query)?, most as i64 + 1), location::of_customer(id));
    let (customer, files, places) = scope.read(read).await?;
    let files = Paged::of(files, most, |file| file.id);
    let may = scope.can::<CustomersWrite>();
    let body = html! { div.form-narrow.grid."gap-6" {
        @if may { (card::add(id, &places, filled)) }
        section aria-label="Files" {
            @for file in &files.data { (card::line(scope, file, &places)) }
            @if files.data.is_empty() { p.dim.t13 { "No files yet. Permits, contracts, warranty papers and pictures of the house are at hand here for whoever goes there." } }
            @if let Some(cursor) = &files.next_cursor { p.mt-3 { a.link href={ "/customers/" (id) "/files?cursor=" (cursor) } { "Older" } } }
        }
    } };
    Ok(beneath(scope, &customer, "Files", body, filled))
}
