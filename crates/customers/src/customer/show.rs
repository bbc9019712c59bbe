//! The page of a customer: who they are, what happened, and what other contexts know; and the drawer of the list.
use kernel::{
    Access, Paged, Result, Scope,
    http::{One, Page, Path, Query, Typed},
    page::Asked,
    phone, sql,
};
use maud::{Markup, html};
use tenancy::{
    history::{self, AsOf, Past},
    shell::{self, Frame},
};
use ui::{MenuItem, button, card, icon_class, link_button, menu, note, table, timeline::composer};

use super::{Customer, CustomerId, Kind, Status, find, vcard};
use crate::{
    consent::{self, Consent},
    contact::{self, Contact},
    custom::{self, Field},
    duplicate::{self, Suggested},
    equipment::{self, Equipment},
    file::{self, CustomerFile},
    import::elsewhere::{self, ExternalId},
    location::{self, Location},
    merge::{self, Merge},
    permissions::{CustomersMerge, CustomersRead, CustomersWrite},
    preference::{self, Preferences},
    relation::{self, Relation},
    tag::{self, Tag},
    timeline::{self, Entry},
};

pub async fn api(
    access: Access<CustomersRead>,
    Path(id): Path<CustomerId>,
    Query(asked): Query<AsOf>,
) -> Result<One<Customer>> {
    match asked.as_of {
        None => access.read(find(id)).await.map(One),
        Some(at) => {
            let state = Past::of(&access, at, async |past: &mut Past<'_>| past.one("customer", id.0).await).await?;
            history::shaped(state).map(One)
        }
    }
}

sql! {
    fn keeper(id: CustomerId) -> Option<String> = "
        select m.name from customer c join member m on m.tenant_id = $1 and m.id = c.assigned_to where c.tenant_id = $1 and c.id = $2";
}

struct Whole {
    customer: Customer,
    /// Who looks after them.
    keeper: Option<String>,
    contacts: Vec<Contact>,
    locations: Vec<Location>,
    equipment: Vec<Equipment>,
    /// What whoever goes there must know.
    pinned: Vec<Entry>,
    /// The newest.
    files: Vec<CustomerFile>,
    /// All there are, with their colours.
    tags: Vec<Tag>,
    consents: Vec<Consent>,
    preferences: Option<Preferences>,
    /// The company's own fields.
    fields: Vec<Field>,
    /// By which ids other systems know them.
    elsewhere: Vec<ExternalId>,
    relations: Vec<Relation>,
    merged: Vec<Merge>,
    /// Who may be the same.
    suggested: Vec<Suggested>,
    header: Vec<Markup>,
    rail: Vec<Markup>,
}

async fn whole(scope: &Scope, id: CustomerId) -> Result<Whole> {
    let (contacts, locations) = (contact::of_customer(id), location::of_customer(id));
    let others = (relation::of_customer(id), merge::of_customer(id), duplicate::of_customer(id), elsewhere::of_one(id));
    let rest =
        (equipment::of_customer(id), tag::all(), consent::of_customer(id), custom::all(), preference::of_customer(id));
    let read = (find(id), keeper(id), contacts, locations, rest, (others, file::newest(id), timeline::pinned(id)));
    let (customer, keeper, contacts, locations, rest, (others, files, pinned)) = scope.read(read).await?;
    let (equipment, tags, consents, fields, preferences) = rest;
    let (relations, merged, suggested, elsewhere) = others;
    let here = format!("/customers/{id}");
    Ok(Whole {
        customer,
        keeper,
        contacts,
        locations,
        equipment,
        pinned,
        files,
        tags,
        consents,
        preferences,
        fields,
        elsewhere,
        relations,
        merged,
        suggested,
        header: shell::panels(scope, "customer.header", id.into(), &here).await,
        rail: shell::panels(scope, "customer.rail", id.into(), &here).await,
    })
}

pub async fn page(
    access: Access<CustomersRead>,
    Path(id): Path<CustomerId>,
    Query(query): Query<Asked>,
) -> Result<Page> {
    let (_, entries) = timeline::latest(&access, id, &query).await?;
    let whole = whole(&access, id).await?;
    Ok(draw(&access, &whole, &entries, &query, None))
}

/// After a note that could not be kept: the same page with what is wrong.
pub(crate) async fn again(access: &Access<CustomersWrite>, id: CustomerId, typed: Typed) -> Result<Page> {
    let whole = whole(access, id).await?;
    let empty = Paged { data: vec![], next_cursor: None };
    let mut page = draw(access, &whole, &empty, &Asked::default(), Some(&typed));
    page.status = 422;
    Ok(page)
}

fn draw(scope: &Scope, whole: &Whole, entries: &Paged<Entry>, query: &Asked, wrong: Option<&Typed>) -> Page {
    let customer = &whole.customer;
    let id = customer.id;
    let main = html! {
        h2.vh { "Timeline" }
        @if let Some(typed) = wrong { @for (_, says) in &typed.errors { (note("danger", html! { p role="alert" { (says) } })) } }
        (timeline::pinned_section(scope, id, &whole.pinned))
        @if scope.can::<CustomersWrite>() {
            (composer(&format!("/customers/{id}/notes"), "Write a note. Only the team sees it.", &[("note", "sticky-note", "Note")], "Save note"))
        }
        (timeline::section(scope, id, entries, query))
    };
    let body = card::record(head(scope, whole), main, rail(scope, whole));
    let crumbs = vec![("Customers".into(), "/customers".into())];
    let frame =
        Frame { title: customer.name.clone(), active: "/customers", crumbs, body, wide: true, ..Frame::default() };
    shell::page(scope, frame)
}

/// "#1042 · customer since 2024".
fn quiet(customer: &Customer, scope: &Scope) -> String {
    let since = customer.created_at.to_zoned(scope.tenant().locale.zone.clone()).year();
    format!("#{} · customer since {since}", customer.number)
}

fn reach(scope: &Scope, customer: &Customer) -> Markup {
    html! {
        @if let Some(number) = &customer.phone { (link_button("Call", format!("tel:{}", phone::dialled(number, &scope.tenant().locale.country))).icon("phone")) }
        @if let Some(email) = &customer.email { (link_button("Email", format!("mailto:{email}")).icon("mail")) }
    }
}

fn head(scope: &Scope, whole: &Whole) -> Markup {
    let customer = &whole.customer;
    let id = customer.id;
    let may = scope.can::<CustomersWrite>();
    let archive = match customer.status {
        Status::Active => MenuItem::post("Archive", format!("/customers/{id}/archive")).icon("archive").apart(),
        Status::Archived | Status::Merged => {
            MenuItem::post("Bring back", format!("/customers/{id}/restore")).icon("undo-2").apart()
        }
    };
    let mut items = vec![
        MenuItem::link("Change", format!("/customers/{id}/edit")).icon("pencil").key("e"),
        MenuItem::link("Tags", format!("/customers/{id}/tags")).icon("tag").key("t"),
        MenuItem::link("Add location", format!("/customers/{id}/locations/new")).icon("map-pin"),
        MenuItem::link("Add equipment", format!("/customers/{id}/equipment/new")).icon("wrench"),
        MenuItem::link("Add contact", format!("/customers/{id}/contacts/new")).icon("user-plus"),
        MenuItem::link("Save as vCard", vcard::href(id)).icon("contact"),
    ];
    if scope.can::<CustomersMerge>() {
        items.push(MenuItem::link("Merge with another", format!("/customers/{id}/merge")).icon("git-merge"));
    }
    items.push(archive);
    let tags = html! {
        @if customer.kind == Kind::Company { (ui::tag_icon("building-2", "Company")) }
        @if customer.status == Status::Archived { (ui::tag_icon("archive", "Archived")) }
    };
    let verbs = html! {
        (reach(scope, customer))
        @for panel in &whole.header { (panel) }
        @if !may { (link_button("Save as vCard", vcard::href(id)).icon_only("contact")) }
        @if may { (button("More actions").icon_only("ellipsis").opens_menu("menu-customer")) }
    };
    html! {
        (card::record_name(&customer.name, &quiet(customer, scope), tags, verbs))
        @if may { (menu("menu-customer", "Customer", &items)) }
        div.soft.t13."mt-1"."pb-3"."flex"."flex-wrap"."items-center"."gap-2" {
            @match &customer.place {
                Some(place) => span."inline-flex"."items-center"."gap-1" { (icon_class("map-pin", "i-s dim")) (place) @if whole.locations.len() > 1 { span.dim { "and " (whole.locations.len() - 1) " more" } } },
                None => span.dim { "No location yet" },
            }
            (tag::chips(&customer.tags, &whole.tags))
            @if may { a.link.t12 href=(format!("/customers/{id}/tags")) { @if customer.tags.is_empty() { "Add tags" } @else { "Change tags" } } }
        }
    }
}

fn dots(parts: &[Option<&str>]) -> String {
    parts.iter().flatten().copied().collect::<Vec<_>>().join(" · ")
}

fn rail(scope: &Scope, whole: &Whole) -> Markup {
    let (customer, may) = (&whole.customer, scope.can::<CustomersWrite>());
    let id = customer.id;
    let add = |label: &str, href: String, icon| html! { @if may { (link_button(label, href).small().quiet().icon_only(icon)) } };
    let change = |href: String| html! { @if may { a.link.t12 href=(href) { "Change" } } };
    let contacts = html! {
        @for contact in &whole.contacts {
            (card::person(&contact.name, &dots(&[contact.role.as_deref(), contact.phone.as_deref(), contact.email.as_deref()]), change(format!("/customers/contacts/{}/edit", contact.id))))
        }
        @if whole.contacts.is_empty() { p.dim.t13 { "Nobody besides the customer." } }
    };
    let locations = html! {
        @for location in &whole.locations {
            @let small = dots(&[location.label.as_deref(), location.region.as_deref(), location.postal_code.as_deref(), location.access_notes.as_deref()]);
            @let right = html! { span."flex"."gap-3" {
                @if let Some(point) = location.point() { a.link.t12 href=(location::map(point)) rel="noreferrer" aria-label={ "Map of " (location.line()) } { "Map" } }
                (change(format!("/customers/locations/{}/edit", location.id)))
            } };
            (card::line("map-pin", &location.line(), &small, right))
        }
        @if whole.locations.is_empty() { p.dim.t13 { "None yet. A visit needs one." } }
    };
    let elsewhere = elsewhere::said(&whole.elsewhere);
    let facts = [
        ("Phone", &customer.phone),
        ("Email", &customer.email),
        ("Notes", &customer.notes),
        ("Other id", &customer.external_id),
        ("In other systems", &elsewhere),
        ("Looked after by", &whole.keeper),
    ];
    let mut facts: Vec<(&str, Markup)> =
        facts.into_iter().filter_map(|(name, value)| value.as_ref().map(|value| (name, html! { (value) }))).collect();
    facts.extend(whole.fields.iter().filter_map(|field| {
        let value = customer.custom.0.get(&field.key)?;
        Some((field.label.as_str(), html! { (custom::told(value)) }))
    }));
    html! {
        @for panel in &whole.rail { (panel) }
        @if !facts.is_empty() { (card::section("Facts", html! {}, card::facts(&facts))) }
        (card::section("Locations", add("Add location", format!("/customers/{id}/locations/new"), "plus"), locations))
        (equipment::card(scope, id, &whole.equipment, &whole.locations))
        (file::card(scope, id, &whole.files, &whole.locations))
        (card::section("Contacts", add("Add contact", format!("/customers/{id}/contacts/new"), "user-plus"), contacts))
        (relation::card(scope, id, &whole.relations))
        @if let Some(preferences) = &whole.preferences { (preference::card(scope, preferences)) }
        (consent::card(scope, id, &whole.consents))
        (merge::card(scope, id, &whole.merged, &whole.suggested))
    }
}

/// The drawer beside the list.
pub async fn peek(access: Access<CustomersRead>, Path(id): Path<CustomerId>) -> Result<Page> {
    let query = Asked { limit: Some(5), cursor: None };
    let (_, entries) = timeline::latest(&access, id, &query).await?;
    let whole = whole(&access, id).await?;
    let latest = html! { @for entry in &entries.data { (card::line(&entry.icon, &entry.words(), entry.detail.as_deref().unwrap_or(""), html! {})) } };
    let body = html! {
        (rail(&access, &whole))
        @if !entries.data.is_empty() { (card::section("Latest", html! {}, latest)) }
    };
    let customer = &whole.customer;
    let drawer = table::peek(
        &customer.name,
        &quiet(customer, &access),
        &format!("/customers/{id}"),
        reach(&access, customer),
        body,
    );
    Ok(drawer.into())
}
