//! Trying it out: what each tax comes to at a place, and who levies it.
use catalog::{CatalogRead, TaxRateId};
use customers::CustomersRead;
use jiff::civil::Date;
use kernel::{
    Access, Error, Permission, Result, Scope, Uuid,
    http::{Json, Query},
    sql,
    sum::LineTax,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::resolve::{Basis, Place, read};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "TaxesAsked")]
pub struct Asked {
    /// A service location of a customer; or the address written out in the other fields.
    pub location_id: Option<Uuid>,
    /// Two letters; the company's own when left out.
    pub country: Option<String>,
    pub region: Option<String>,
    pub city: Option<String>,
    pub postal_code: Option<String>,
    /// Whose exemptions count.
    pub customer_id: Option<Uuid>,
    /// Today when left out.
    pub on: Option<Date>,
}

impl Asked {
    pub fn place(&self) -> Place {
        Place {
            location: self.location_id,
            country: self.country.as_deref().map(|code| code.trim().to_uppercase()),
            region: self.region.clone(),
            city: self.city.clone(),
            postal_code: self.postal_code.clone(),
        }
    }
    pub fn is_some(&self) -> bool {
        let said = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        self.location_id.is_some() || [&self.region, &self.city, &self.postal_code].into_iter().any(said)
    }
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TaxHere {
    /// The tax of the price book.
    pub tax_rate_id: TaxRateId,
    pub tax: String,
    /// What a line sold with it carries, in order.
    pub taxes: Vec<LineTax>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TaxesHere {
    pub on: Date,
    /// Who levies something here, the widest first. Where nobody does, each tax counts at its own rate.
    pub jurisdictions: Vec<String>,
    /// What papers say of the customer's exemption.
    pub note: Option<String>,
    pub data: Vec<TaxHere>,
}

sql! {
    fn are_here(location: Option<Uuid>, customer: Option<Uuid>) -> Vec<bool> = "
        select $2::uuid is null or exists (select 1 from location l where l.tenant_id = $1 and l.id = $2) as here
        union all select $3::uuid is null or exists (select 1 from customer c where c.tenant_id = $1 and c.id = $3)";
}

/// One round trip.
pub async fn here(scope: &Scope, asked: &Asked) -> Result<TaxesHere> {
    // Certificates and addresses are the customers'.
    if (asked.customer_id.is_some() || asked.location_id.is_some()) && !scope.can::<CustomersRead>() {
        return Err(Error::Forbidden(CustomersRead::NAME));
    }
    let on = asked.on.unwrap_or_else(|| scope.local_now().date());
    let home = scope.tenant().locale.country.clone();
    let customer = asked.customer_id.unwrap_or_default();
    let known = are_here(asked.location_id, asked.customer_id);
    let (known, rows) = scope.read((known, read(asked.place(), customer, on, &home))).await?;
    let fields = [("/location_id", "There is no such address."), ("/customer_id", "There is no such customer.")];
    if let Some((_, (field, says))) = known.iter().zip(fields).find(|(here, _)| !**here) {
        return Err(Error::field(field, "missing", says));
    }
    let basis = Basis::of(rows);
    let tax = |known: &catalog::tax_rate::TaxRate| TaxHere {
        tax_rate_id: known.id,
        tax: known.name.clone(),
        taxes: basis.of_tax(Some(known.id)).0,
    };
    Ok(TaxesHere {
        on,
        jurisdictions: basis.jurisdictions().into_iter().map(|(_, name)| name.to_owned()).collect(),
        note: basis.note(),
        data: basis.taxes().iter().map(tax).collect(),
    })
}

pub async fn api(access: Access<CatalogRead>, Query(asked): Query<Asked>) -> Result<Json<TaxesHere>> {
    here(&access, &asked).await.map(Json)
}
