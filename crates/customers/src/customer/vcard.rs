//! A customer for an address book: vCard 4.0 (RFC 6350), one card for the customer and one for each contact.
use kernel::{
    Access, Result,
    http::{Download, Path},
};

use super::{Customer, CustomerId, Kind, find};
use crate::{
    contact::{self, Contact},
    location::{self, Location},
    permissions::CustomersRead,
};

pub(super) fn href(id: CustomerId) -> String {
    format!("/api/v1/customers/{id}/vcard")
}

/// What the office writes down about somebody (notes, how to get in) stays in the house.
pub async fn get(access: Access<CustomersRead>, Path(id): Path<CustomerId>) -> Result<Download> {
    let (customer, contacts, locations) =
        access.read((find(id), contact::of_customer(id), location::of_customer(id))).await?;
    let mut cards = card(&customer, &locations);
    for one in &contacts {
        cards += &of_contact(one, &customer);
    }
    Ok(Download {
        name: format!("{}.vcf", customer.name),
        media_type: "text/vcard; charset=utf-8".into(),
        bytes: cards.into(),
        inline: false,
    })
}

fn card(customer: &Customer, locations: &[Location]) -> String {
    let mut lines = begin(&customer.name, customer.id.0, customer.updated_at);
    match customer.kind {
        Kind::Company => lines.extend(["KIND:org".into(), format!("ORG:{}", escaped(&customer.name))]),
        Kind::Person => lines.push("KIND:individual".into()),
    }
    reach(&mut lines, customer.phone.as_deref(), customer.email.as_deref());
    for at in locations {
        let part = |text: &Option<String>| text.as_deref().map(escaped).unwrap_or_default();
        let label = at.label.as_deref().map(|label| format!(";LABEL={}", quoted(label))).unwrap_or_default();
        // Post box, extended address, street, city, region, postal code, country.
        let parts = [
            "".into(),
            part(&at.unit),
            escaped(&at.street),
            part(&at.city),
            part(&at.region),
            part(&at.postal_code),
            escaped(&at.country),
        ];
        lines.push(format!("ADR{label}:{}", parts.join(";")));
        lines.extend(at.point().map(|(latitude, longitude)| format!("GEO:geo:{latitude},{longitude}")));
    }
    end(lines)
}

fn of_contact(contact: &Contact, customer: &Customer) -> String {
    let mut lines = begin(&contact.name, contact.id.0, contact.updated_at);
    lines.push("KIND:individual".into());
    lines.push(format!("ORG:{}", escaped(&customer.name)));
    lines.extend(contact.role.as_deref().map(|role| format!("TITLE:{}", escaped(role))));
    reach(&mut lines, contact.phone.as_deref(), contact.email.as_deref());
    end(lines)
}

fn begin(name: &str, id: uuid::Uuid, changed: jiff::Timestamp) -> Vec<String> {
    vec![
        "BEGIN:VCARD".into(),
        "VERSION:4.0".into(),
        format!("UID:urn:uuid:{id}"),
        format!("REV:{}", changed.strftime("%Y%m%dT%H%M%SZ")),
        format!("FN:{}", escaped(name)),
    ]
}

fn reach(lines: &mut Vec<String>, phone: Option<&str>, email: Option<&str>) {
    lines.extend(phone.map(|phone| format!("TEL;TYPE=voice:{}", escaped(phone))));
    lines.extend(email.map(|email| format!("EMAIL:{}", escaped(email))));
}

fn end(mut lines: Vec<String>) -> String {
    lines.push("END:VCARD".into());
    lines.iter().map(|line| folded(line)).collect()
}

/// Backslash, comma, semicolon and the end of a line stand for themselves only when they are escaped (section 3.4).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\\' | ',' | ';' => out.extend(['\\', sign]),
            '\n' => out.push_str("\\n"),
            sign if sign.is_control() => {}
            sign => out.push(sign),
        }
    }
    out
}

/// The value of a parameter: no quotes in it, and circumflexes as RFC 6868 has them.
fn quoted(text: &str) -> String {
    let plain: String = text.chars().filter(|sign| !sign.is_control()).collect();
    format!("\"{}\"", plain.replace('^', "^^").replace('"', "^'"))
}

/// At most 75 bytes on a line, never through a sign; what goes on begins with a space (section 3.2).
fn folded(line: &str) -> String {
    let (mut out, mut room) = (String::with_capacity(line.len() + 2), 75);
    for sign in line.chars() {
        if sign.len_utf8() > room {
            out.push_str("\r\n ");
            room = 74;
        }
        room -= sign.len_utf8();
        out.push(sign);
    }
    out + "\r\n"
}

#[test]
fn what_is_said_in_a_card_is_read_back_as_it_was() {
    assert_eq!(escaped("Rivera, Ana; \\ \r\nHome"), "Rivera\\, Ana\\; \\\\ \\nHome");
    assert_eq!(quoted("The \"lake\" house^"), "\"The ^'lake^' house^^\"");
    let long = format!("FN:{}", "Ñandú 😀 ".repeat(30));
    let out = folded(&long);
    assert!(out.ends_with("\r\n") && out.split("\r\n").all(|line| line.len() <= 75), "{out}");
    assert_eq!(out.replace("\r\n ", "").trim_end_matches("\r\n"), long);
    assert_eq!(folded("END:VCARD"), "END:VCARD\r\n");
}
