//! Whom the invoice is addressed to: name and first address of the customer, as they are on the day of issue.
use customers::location::Location;
use kernel::{Result, TenantTx, row, sql, tx::Statement};

use crate::CustomerId;

row! {
    #[derive(Debug, Clone)]
    pub struct Address {
        pub street: String,
        pub unit: Option<String>,
        pub city: Option<String>,
        pub region: Option<String>,
        pub postal_code: Option<String>,
        pub country: String,
    }
}

sql! {
    fn first(customer_id: CustomerId) -> Option<Address> = "
        select street, unit, city, region, postal_code, country from location
        where tenant_id = $1 and customer_id = $2 order by position, id limit 1";
}

pub fn address(customer: CustomerId) -> Statement<Option<Address>> {
    first(customer)
}

impl From<Location> for Address {
    fn from(at: Location) -> Self {
        Self {
            street: at.street,
            unit: at.unit,
            city: at.city,
            region: at.region,
            postal_code: at.postal_code,
            country: at.country,
        }
    }
}

impl Address {
    /// Street, then place, as its country writes it.
    pub fn lines(&self) -> Vec<String> {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let street =
            [Some(self.street.clone()), filled(&self.unit)].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let (city, region, code) = (self.city.as_deref(), self.region.as_deref(), self.postal_code.as_deref());
        let place = customers::location::place_line(&self.country, city, region, code);
        [street, place].into_iter().filter(|line| !line.is_empty()).collect()
    }
}

/// Name and address, a line each.
pub fn written(name: &str, address: Option<&Address>) -> String {
    let rest = address.map(Address::lines).unwrap_or_default();
    std::iter::once(name.to_owned()).chain(rest).collect::<Vec<_>>().join("\n")
}

pub async fn of(tx: &mut TenantTx, customer: CustomerId, name: &str) -> Result<String> {
    let found = tx.run(first(customer)).await?;
    Ok(written(name, found.as_ref()))
}

#[test]
fn a_place_is_written_as_its_country_does() {
    let american = Address {
        street: "455 Prairie Dr".into(),
        unit: Some("Apt 2".into()),
        city: Some("Springfield".into()),
        region: Some("IL".into()),
        postal_code: Some("62704".into()),
        country: "US".into(),
    };
    assert_eq!(written("Carmen Lopez", Some(&american)), "Carmen Lopez\n455 Prairie Dr, Apt 2\nSpringfield, IL 62704");
    let german = Address {
        unit: None,
        region: None,
        city: Some("Köln".into()),
        postal_code: Some("50667".into()),
        street: "Domgasse 1".into(),
        country: "DE".into(),
    };
    assert_eq!(written("Söhne GmbH", Some(&german)), "Söhne GmbH\nDomgasse 1\n50667 Köln");
    assert_eq!(written("Nobody", None), "Nobody");
}
