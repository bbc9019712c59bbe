//! The head of the company's papers: its address, how it is reached, and its logo, on the screen as in the PDF.
use kernel::{Scope, Tenant};
use tenancy::files::{self, FileId};

use crate::bill_to::Address;

/// "1400 Industrial Ave", "Springfield, IL 62703".
pub fn address(tenant: &Tenant) -> Vec<String> {
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let head = &tenant.letterhead;
    Address {
        street: head.street.clone(),
        unit: None,
        city: given(&head.city),
        region: given(&head.region),
        postal_code: given(&head.postal_code),
        country: tenant.locale.country.clone(),
    }
    .lines()
}

/// "VAT number DE 123456789": in the words of the company's country, or nothing.
pub fn registration(tenant: &Tenant) -> String {
    let number = &tenant.letterhead.tax_number;
    if number.is_empty() {
        return String::new();
    }
    let word = match tenant.locale.country.as_str() {
        "US" => "Tax ID",
        "CA" => "GST/HST no.",
        "AU" => "ABN",
        "NZ" => "GST no.",
        "IN" => "GSTIN",
        "GB" | "IE" | "AT" | "BE" | "DE" | "DK" | "ES" | "FI" | "FR" | "IT" | "NL" | "PL" | "PT" | "SE" | "ZA" => {
            "VAT no."
        }
        _ => "Tax no.",
    };
    format!("{word} {number}")
}

/// `acme-hvac.com`, as people write it.
pub fn website(tenant: &Tenant) -> &str {
    let site = &tenant.letterhead.website;
    site.split_once("://").map_or(site.as_str(), |(_, rest)| rest).trim_end_matches('/')
}

/// The lines under the company's name on the screen, as the PDF has them.
pub fn lines(tenant: &Tenant) -> Vec<String> {
    let head = &tenant.letterhead;
    [address(tenant).join(", "), joined(&[&head.phone, &head.email]), registration(tenant)]
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect()
}

/// The foot of every page: who it is from, should the pages come apart.
pub fn foot(tenant: &Tenant) -> String {
    joined(&[&tenant.name, website(tenant)])
}

fn joined(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}

/// The bytes of the logo. One that has gone missing keeps nobody from being paid: the paper does without.
pub async fn logo(scope: &Scope) -> Option<Vec<u8>> {
    let id = scope.tenant().brand.logo.map(FileId)?;
    let read = async {
        match scope.read(files::find(id)).await? {
            Some(file) => files::open(scope.house(), scope.tenant().id, &file).await.map(|bytes| Some(bytes.to_vec())),
            None => Ok(None),
        }
    };
    read.await.unwrap_or_else(|error| {
        tracing::warn!(%error, tenant = %scope.tenant().id, "a logo could not be read; papers go without it");
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::tenant::{Letterhead, Locale};

    fn tenant(country: &str, letterhead: Letterhead) -> Tenant {
        Tenant {
            id: uuid::Uuid::nil(),
            slug: String::new(),
            name: "Acme HVAC".into(),
            plan: String::new(),
            status: kernel::tenant::Status::Active,
            placement: kernel::Placement::default(),
            locale: Locale { country: country.into(), ..Locale::default() },
            brand: Default::default(),
            letterhead,
        }
    }

    #[test]
    fn a_head_is_written_as_its_country_does_and_leaves_out_what_is_not_known() {
        let american = Letterhead {
            street: "1400 Industrial Ave".into(),
            city: "Springfield".into(),
            region: "IL".into(),
            postal_code: "62703".into(),
            phone: "(217) 555-0100".into(),
            email: "office@acme-hvac.example".into(),
            website: "https://acme-hvac.example/".into(),
            tax_number: "37-1234567".into(),
        };
        let acme = tenant("US", american);
        assert_eq!(
            lines(&acme),
            [
                "1400 Industrial Ave, Springfield, IL 62703",
                "(217) 555-0100 · office@acme-hvac.example",
                "Tax ID 37-1234567"
            ]
        );
        assert_eq!(foot(&acme), "Acme HVAC · acme-hvac.example");
        let german = Letterhead {
            street: "Domgasse 1".into(),
            city: "Köln".into(),
            postal_code: "50667".into(),
            tax_number: "DE 123456789".into(),
            ..Letterhead::default()
        };
        assert_eq!(lines(&tenant("DE", german)), ["Domgasse 1, 50667 Köln", "VAT no. DE 123456789"]);
        let new = tenant("US", Letterhead::default());
        assert_eq!((lines(&new), foot(&new)), (vec![], "Acme HVAC".to_owned()));
    }
}
