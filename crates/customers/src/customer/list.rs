//! The list of customers: by name, filtered by state and city, or what was searched for.
use kernel::{
    Access, Cursor, Paged, Result, Scope,
    http::{Json, Page, Query},
    page::limit,
    sql,
    text::fold,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::shell::{self, Frame};
use ui::{
    MenuItem, card, filters, link_button,
    table::{Column, Row, Table, nothing, row_link},
};

pub use super::search::search;
use super::{
    Customer, CustomerId, Status,
    near::{Hits, search_or_near},
};
use crate::permissions::{CustomersImport, CustomersRead, CustomersWrite};

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
}

sql! {
    fn by_name(status: Status, after: String, after_id: CustomerId, most: i64) -> Vec<Customer> = "
        select id, number, kind, name, email, phone, notes, external_id, place, city, status, assigned_to, version, created_at, updated_at
        from customer where tenant_id = $1 and status = $2 and (name_key, id) > ($3, $4)
        order by name_key, id limit $5";
    fn in_city(status: Status, city_key: String, after: String, after_id: CustomerId, most: i64) -> Vec<Customer> = "
        select id, number, kind, name, email, phone, notes, external_id, place, city, status, assigned_to, version, created_at, updated_at
        from customer where tenant_id = $1 and status = $2 and city_key = $3 and (name_key, id) > ($4, $5)
        order by name_key, id limit $6";
}

/// One round trip, whatever is asked, but for what is mistyped.
pub async fn list(scope: &Scope, query: &ListQuery) -> Result<Paged<Customer>> {
    Ok(listed(scope, query).await?.0)
}

/// And what was looked for instead of what was asked, if nothing has that.
async fn listed(scope: &Scope, query: &ListQuery) -> Result<(Paged<Customer>, Option<String>)> {
    let most = limit(query.limit)?;
    let status = query.status.unwrap_or(Status::Active);
    let city = query.city.as_deref().map(fold).filter(|city| !city.is_empty());
    if let Some(asked) = query.q.as_deref().filter(|q| !q.trim().is_empty()) {
        let most = most.min(50) as i64;
        let hits = match query.fuzzy.unwrap_or_default() {
            true => search_or_near(scope, asked, status, city, most).await?,
            false => Hits { data: search(scope, asked, status, city, most).await?, instead: None },
        };
        return Ok((Paged { data: hits.data, next_cursor: None }, hits.instead));
    }
    let (name, id) = Cursor::maybe::<(String, CustomerId)>(query.cursor.as_deref())?
        .unwrap_or((String::new(), CustomerId(uuid::Uuid::nil())));
    let more = most as i64 + 1;
    let rows = match city {
        Some(city) => scope.read(in_city(status, city, name, id, more)).await?,
        None => scope.read(by_name(status, name, id, more)).await?,
    };
    Ok((Paged::of(rows, most, |customer| (fold(&customer.name), customer.id)), None))
}

pub async fn api(access: Access<CustomersRead>, Query(query): Query<ListQuery>) -> Result<Json<Paged<Customer>>> {
    list(&access, &query).await.map(Json)
}

/// The address of the list with these filters.
fn href(path: &str, query: &ListQuery) -> String {
    let pairs: Vec<String> = [
        ("q", query.q.clone()),
        ("status", query.status.map(|status| status.to_string())),
        ("city", query.city.clone()),
        ("cursor", query.cursor.clone()),
    ]
    .into_iter()
    .filter_map(|(name, value)| value.filter(|v| !v.is_empty()).map(|value| format!("{name}={}", encode(&value))))
    .collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

fn encode(text: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn columns() -> [Column; 4] {
    [
        Column::lead("Customer").width(30),
        Column::text("Place").width(30),
        Column::text("Phone").width(18),
        Column::text("Email").drops(),
    ]
}

fn row(customer: &Customer) -> Row {
    let text = |value: &Option<String>| html! { @match value { Some(value) => (value), None => (nothing("none")) } };
    let cells = vec![
        row_link(&format!("/customers/{}", customer.id), &customer.name, &format!("#{}", customer.number)),
        text(&customer.place),
        html! { span.num { (text(&customer.phone)) } },
        text(&customer.email),
    ];
    let sub = [customer.place.as_deref(), customer.phone.as_deref()].into_iter().flatten().collect::<Vec<_>>();
    Row::new(customer.id.to_string(), &customer.name, cells)
        .sub(sub.join(" · "))
        .peek(format!("/customers/{}/peek", customer.id))
}

fn with_more<'a>(table: Table<'a>, query: &ListQuery, found: &Paged<Customer>) -> Table<'a> {
    match &found.next_cursor {
        Some(cursor) => {
            let next = ListQuery { cursor: Some(cursor.clone()), ..query.clone() };
            table.more(href("/customers/rows", &next), format!("{} shown", found.data.len()))
        }
        None => table,
    }
}

pub async fn page(access: Access<CustomersRead>, Query(query): Query<ListQuery>) -> Result<Page> {
    let (found, instead) = listed(&access, &ListQuery { fuzzy: Some(true), ..query.clone() }).await?;
    let may_write = access.can::<CustomersWrite>();
    let actions = html! {
        @if access.can::<CustomersImport>() { (link_button("Import", "/customers/import").quiet().icon("file-up")) }
        @if may_write { (link_button("New customer", "/customers/new").primary().icon("plus").key("n")) }
    };
    let filtered = query.q.is_some() || query.city.is_some() || query.status.is_some() || query.cursor.is_some();
    let columns = columns();
    let rows: Vec<Row> = found.data.iter().map(row).collect();
    let body = filters::list(html! {
        (bar(&query))
        @if let (Some(asked), Some(instead)) = (&query.q, &instead) {
            p.px-4.pt-3.pb-2.t13.soft role="status" { "Nothing has “" (asked) "”. Showing “" (instead) "” instead." }
        }
        @if !rows.is_empty() { (with_more(Table::new("Customers", &columns), &query, &found).show(&rows)) }
        @else if filtered { (none_found(&query)) }
        @else { (none_yet(may_write, access.can::<CustomersImport>())) }
    });
    let frame =
        Frame { title: "Customers".into(), active: "/customers", actions, body, wide: true, ..Frame::default() };
    Ok(shell::page(&access, frame))
}

/// The next rows, for "Load more".
pub async fn rows(access: Access<CustomersRead>, Query(query): Query<ListQuery>) -> Result<Page> {
    let found = list(&access, &query).await?;
    let columns = columns();
    let rows: Vec<Row> = found.data.iter().map(row).collect();
    Ok(with_more(Table::new("Customers", &columns), &query, &found).rows(&rows).into())
}

fn bar(query: &ListQuery) -> Markup {
    let unpaged = ListQuery { cursor: None, ..query.clone() };
    let with = |status| href("/customers", &ListQuery { status, ..unpaged.clone() });
    let mut chips = vec![];
    if let Some(status) = query.status {
        let others = Status::ALL
            .iter()
            .map(|other| MenuItem::link(other.label(), with(Some(*other))).checked(*other == status))
            .collect();
        chips.push(filters::Chip { field: "Status".into(), value: status.label().into(), others, remove: with(None) });
    }
    if let Some(city) = &query.city {
        let remove = href("/customers", &ListQuery { city: None, ..unpaged.clone() });
        chips.push(filters::Chip { field: "City".into(), value: city.clone(), others: vec![], remove });
    }
    let add: Vec<MenuItem> = match query.status {
        Some(_) => vec![],
        None => Status::ALL
            .iter()
            .map(|status| MenuItem::link(format!("Status is {}", status.label()), with(Some(*status))))
            .collect(),
    };
    let status = query.status.map(|status| status.to_string()).unwrap_or_default();
    let keep: Vec<(&str, &str)> = [("status", status.as_str()), ("city", query.city.as_deref().unwrap_or(""))]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let box_ = filters::search("/customers", query.q.as_deref().unwrap_or(""), "Name, phone, street", &keep);
    filters::bar(html! {}, box_, &chips, &add, html! {})
}

fn none_found(query: &ListQuery) -> Markup {
    let says = match &query.q {
        Some(asked) => {
            format!("Nothing begins with “{asked}”. Part of a name, a street, a phone number or an e-mail will do.")
        }
        None => "No customer has all of these filters.".to_owned(),
    };
    card::empty("No customer found", &says, html! { (link_button("Show all customers", "/customers")) }, html! {})
}

fn none_yet(may_write: bool, may_import: bool) -> Markup {
    let verb = html! {
        @if may_write { (link_button("Add a customer", "/customers/new").primary().large().icon("plus")) }
        @if may_import { (link_button("Import from a file", "/customers/import").large().icon("file-up")) }
    };
    let says = "Everything starts with a customer: where they live, whom to ask for, how to get in. Add the first, or bring all of them from another system as CSV.";
    let sample = card::sample(
        "Rivera Residence",
        html! {},
        html! { table.sample-t { tbody {
            tr { td { span.strong { "Rivera Residence" } " #1042" } td { "12 Elm St, Springfield" } td { "(217) 555-0142" } }
            tr { td { span.strong { "Oak Hill Dental" } " #1009" } td { "340 Oak Hill Rd, Springfield" } td { "(217) 555-0103" } }
        } } },
    );
    card::empty("Your customers will stand here", says, verb, sample)
}
