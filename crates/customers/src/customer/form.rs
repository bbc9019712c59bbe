//! The pages on which a customer is added and changed.
use kernel::{
    Access, Checks, Input, Result, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use tenancy::{
    MemberId,
    member::{Named, colleagues},
    shell::{self, Frame},
};
use ui::{Filled, button, field, form, link_button};

use super::{Change, Customer, CustomerId, Kind, New, change, create, find};
use crate::{
    contact,
    custom::{self, Field, Typed},
    location,
    permissions::CustomersWrite,
};

/// A form is flat; the pointers of `New` name the same fields with a dot.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct NewForm {
    name: String,
    kind: Option<Kind>,
    email: Option<String>,
    phone: Option<String>,
    notes: Option<String>,
    external_id: Option<String>,
    assigned_to: Option<MemberId>,
    #[serde(rename = "location.street")]
    street: Option<String>,
    #[serde(rename = "location.unit")]
    unit: Option<String>,
    #[serde(rename = "location.city")]
    city: Option<String>,
    #[serde(rename = "location.region")]
    region: Option<String>,
    #[serde(rename = "location.postal_code")]
    postal_code: Option<String>,
    #[serde(rename = "location.access_notes")]
    access_notes: Option<String>,
    #[serde(rename = "contact.name")]
    contact_name: Option<String>,
    #[serde(rename = "contact.role")]
    contact_role: Option<String>,
    #[serde(rename = "contact.email")]
    contact_email: Option<String>,
    #[serde(rename = "contact.phone")]
    contact_phone: Option<String>,
    /// The company's own fields: `custom.<key>`.
    #[serde(flatten)]
    custom: Typed,
    #[serde(skip)]
    new: New,
}

impl Input for NewForm {
    fn check(&mut self, checks: &mut Checks) {
        let form = std::mem::take(self);
        let place = [&form.street, &form.unit, &form.city, &form.region, &form.postal_code, &form.access_notes];
        let location = place.iter().any(|part| part.is_some()).then(|| location::New {
            label: None,
            street: form.street.clone().unwrap_or_default(),
            unit: form.unit.clone(),
            city: form.city.clone(),
            region: form.region.clone(),
            postal_code: form.postal_code.clone(),
            country: None,
            access_notes: form.access_notes.clone(),
            ..location::New::default()
        });
        let person = [&form.contact_name, &form.contact_role, &form.contact_email, &form.contact_phone];
        let contact = person.iter().any(|part| part.is_some()).then(|| contact::New {
            name: form.contact_name.clone().unwrap_or_default(),
            role: form.contact_role.clone(),
            email: form.contact_email.clone(),
            phone: form.contact_phone.clone(),
        });
        self.new = New {
            name: form.name,
            kind: form.kind,
            email: form.email,
            phone: form.phone,
            notes: form.notes,
            external_id: form.external_id,
            assigned_to: form.assigned_to,
            tags: vec![],
            custom: custom::typed(checks, &form.custom),
            location,
            contact,
        };
        self.new.check(checks);
    }
}

fn who(filled: &Filled) -> Markup {
    let kinds: Vec<(&str, &str)> = Kind::ALL.iter().map(|kind| (kind.as_str(), kind.label())).collect();
    html! {
        (form::pair(html! {
            (field::text(filled, "name", "Name").required().most(200).autocomplete("off").placeholder("Rivera Residence").focus())
            (field::select(filled, "kind", "Kind", &kinds))
        }))
        (form::pair(html! {
            (field::tel(filled, "phone", "Phone").most(40).autocomplete("off"))
            (field::email(filled, "email", "Email").most(254).autocomplete("off"))
        }))
    }
}

fn rest(filled: &Filled, people: &[Named], fields: &[Field]) -> Markup {
    let nobody = (String::new(), "Nobody in particular".to_owned());
    let people: Vec<(String, String)> =
        [nobody].into_iter().chain(people.iter().map(|one| (one.id.to_string(), one.name.clone()))).collect();
    let people: Vec<(&str, &str)> = people.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    html! {
        (field::select(filled, "assigned_to", "Looked after by", &people).hint("Who sees only their own customers sees those they look after."))
        (field::textarea(filled, "notes", "Notes").hint("Only the team sees them.").rows(3).most(10_000))
        (field::text(filled, "external_id", "Id in another system").hint("An import finds this customer by it.").most(100))
        (custom::inputs(filled, fields))
    }
}

fn draw_new(access: &Access<CustomersWrite>, filled: &Filled, people: &[Named], fields: &[Field]) -> Page {
    let body = form::form(
        "/customers/new",
        filled,
        html! {
            (who(filled))
            (form::part("Where the work is done", "", location::address(filled, "location.")))
            (form::part("Whom to ask for", "When it is somebody else than the customer.", html! {
                (form::pair(html! {
                    (field::text(filled, "contact.name", "Contact's name").most(200).autocomplete("off"))
                    (field::text(filled, "contact.role", "Role").placeholder("Facility manager").most(80))
                }))
                (form::pair(html! {
                    (field::tel(filled, "contact.phone", "Contact's phone").most(40).autocomplete("off"))
                    (field::email(filled, "contact.email", "Contact's email").most(254).autocomplete("off"))
                }))
            }))
            (form::part("Besides", "", rest(filled, people, fields)))
            (form::actions(html! { (button("Add customer").primary()) (link_button("Cancel", "/customers").quiet()) }))
        },
    );
    let crumbs = vec![("Customers".into(), "/customers".into())];
    let frame = Frame { title: "New customer".into(), active: "/customers", crumbs, body, ..Frame::default() };
    let mut page = shell::page(access, frame);
    page.status = if filled.is_wrong() { 422 } else { 200 };
    page
}

pub async fn new(access: Access<CustomersWrite>) -> Result<Page> {
    let (people, fields) = access.read((colleagues(), custom::all())).await?;
    Ok(draw_new(&access, &Filled::default(), &people, &fields))
}

pub async fn post(access: Access<CustomersWrite>, form: Form<NewForm>) -> Result<Either<Repeatable<Redirect>, Page>> {
    let fields = custom::known(&access).await?;
    let work = async |mut form: NewForm| {
        form.new.custom = custom::settle(&fields, custom::whole(&fields, form.new.custom), true)?;
        access
            .once(async |tx: &mut TenantTx| {
                let mut new = form.new.clone();
                if let Some(location) = &mut new.location {
                    location.country = Some(access.tenant().locale.country.clone());
                }
                let customer = create(tx, new).await?;
                let toast = format!("{} is added as #{}.", customer.name, customer.number);
                Ok(Redirect::to(format!("/customers/{}", customer.id)).toast(&toast))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let (people, fields) = access.read((colleagues(), custom::all())).await?;
            Ok(Either::Again(draw_new(&access, &shell::filled(typed), &people, &fields)))
        }
    }
}

/// What the form of an existing customer holds: all of it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct EditForm {
    name: String,
    kind: Option<Kind>,
    email: Option<String>,
    phone: Option<String>,
    notes: Option<String>,
    external_id: Option<String>,
    assigned_to: Option<MemberId>,
    #[serde(flatten)]
    custom: Typed,
    #[serde(skip)]
    values: Map<String, Value>,
}

impl EditForm {
    /// A form says all there is: what came empty is taken away.
    fn whole(&self) -> Change {
        let whole = |value: &Option<String>| Some(value.clone().unwrap_or_default());
        Change {
            name: Some(self.name.clone()),
            kind: self.kind,
            email: whole(&self.email),
            phone: whole(&self.phone),
            notes: whole(&self.notes),
            external_id: whole(&self.external_id),
            assigned_to: Some(self.assigned_to),
            custom: self.values.clone(),
        }
    }
}

impl Input for EditForm {
    fn check(&mut self, checks: &mut Checks) {
        let mut change = self.whole();
        change.check(checks);
        let values = custom::typed(checks, &self.custom);
        let Change { name, kind, email, phone, notes, external_id, assigned_to, .. } = change;
        let (name, assigned_to, custom) = (name.unwrap_or_default(), assigned_to.flatten(), Typed::new());
        *self = Self { name, kind, email, phone, notes, external_id, assigned_to, custom, values };
    }
}

fn draw_edit(
    access: &Access<CustomersWrite>,
    customer: &Customer,
    filled: &Filled,
    people: &[Named],
    fields: &[Field],
) -> Page {
    let back = format!("/customers/{}", customer.id);
    let version = filled.values.get("version").cloned().unwrap_or_else(|| customer.version.to_string());
    let body = form::form(
        &format!("{back}/edit"),
        filled,
        html! {
            (field::hidden("version", version))
            (who(filled))
            (rest(filled, people, fields))
            (form::actions(html! { (button("Save customer").primary()) (link_button("Cancel", back.clone()).quiet()) }))
        },
    );
    let crumbs = vec![("Customers".into(), "/customers".into()), (customer.name.clone(), back)];
    let frame = Frame { title: "Change customer".into(), active: "/customers", crumbs, body, ..Frame::default() };
    let mut page = shell::page(access, frame);
    page.status = if filled.is_wrong() { 422 } else { 200 };
    page
}

pub async fn edit(access: Access<CustomersWrite>, Path(id): Path<CustomerId>) -> Result<Page> {
    let (customer, people, fields) = access.read((find(id), colleagues(), custom::all())).await?;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut filled = Filled::of([
        ("name", customer.name.clone()),
        ("kind", customer.kind.to_string()),
        ("email", text(&customer.email)),
        ("phone", text(&customer.phone)),
        ("notes", text(&customer.notes)),
        ("external_id", text(&customer.external_id)),
        ("assigned_to", customer.assigned_to.map(|id| id.to_string()).unwrap_or_default()),
    ]);
    filled.values.extend(custom::values(&customer.custom));
    Ok(draw_edit(&access, &customer, &filled, &people, &fields))
}

pub async fn post_edit(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    form: Form<EditForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let seen = form.version()?;
    let fields = custom::known(&access).await?;
    let work = async |mut form: EditForm| {
        form.values = custom::whole(&fields, form.values);
        access
            .once(async |tx: &mut TenantTx| {
                let customer = change(tx, id, seen, form.whole()).await?;
                Ok(Redirect::to(format!("/customers/{id}")).toast(&format!("{} is saved.", customer.name)))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let (customer, people, fields) = access.read((find(id), colleagues(), custom::all())).await?;
            Ok(Either::Again(draw_edit(&access, &customer, &shell::filled(typed), &people, &fields)))
        }
    }
}
