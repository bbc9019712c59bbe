//! What a tax comes to at a place, on a day, for a customer: a function over rows that are read in one trip.
use catalog::{TaxRateId, tax_rate};
use customers::LocationId;
use jiff::civil::Date;
use kernel::{
    Error, Statement, TenantTx, row, sql,
    sum::{LineTax, LineTaxes, Rules},
};
use uuid::Uuid;

use crate::{jurisdiction::JurisdictionId, terms};

/// Where it is sold: an address that is kept, or one that is written out. With neither it is the customer's first address, and
/// without one where the company is.
#[derive(Debug, Clone, Default)]
pub struct Place {
    pub location: Option<Uuid>,
    pub country: Option<String>,
    pub region: Option<String>,
    pub city: Option<String>,
    pub postal_code: Option<String>,
}

impl From<Option<LocationId>> for Place {
    fn from(location: Option<LocationId>) -> Self {
        Self { location: location.map(|id| id.0), ..Self::default() }
    }
}

row! {
    #[derive(Debug, Clone)]
    pub struct InForce {
        pub jurisdiction_id: JurisdictionId,
        pub jurisdiction: String,
        pub tax_rate_id: TaxRateId,
        pub name: String,
        pub rate_ppm: i64,
        pub compound: bool,
    }
}
row! {
    #[derive(Debug, Clone)]
    pub struct Exempt {
        pub jurisdiction_id: Option<JurisdictionId>,
        pub certificate: String,
    }
}

sql! {
    // Where no address is said, the customer's first one counts; where one is written out, that. The postal codes that would match
    // are made of the address once, so that a list of two thousand is looked at and not worked through.
    // The widest first, so that a compound tax of a town is on those of the country and the region.
    fn in_force(location: Option<Uuid>, country: Option<String>, region: Option<String>, city: Option<String>, postal_code: Option<String>, home: String, on: Date, customer: Uuid) -> Vec<InForce> = "
        select r.jurisdiction_id, j.name as jurisdiction, r.tax_rate_id, coalesce(nullif(r.name, ''), j.name) as name, r.rate_ppm, r.compound
        from (select coalesce(max(l.country), nullif($3::text, ''), $7::text) as country,
                     lower(btrim(coalesce(max(l.region), $4::text, ''))) as region, lower(btrim(coalesce(max(l.city), $5::text, ''))) as city,
                     upper(translate(coalesce(max(l.postal_code), $6::text, ''), ' -', '')) as code
              from location l where l.tenant_id = $1 and l.id = coalesce($2, (
                  select f.id from location f where f.tenant_id = $1 and f.customer_id = $9 and $3 is null and $4 is null and $5 is null and $6 is null
                  order by f.position, f.id limit 1))) a
        cross join lateral (
              select a.country, a.region, a.city,
                     array(select left(a.code, n) || '*' from generate_series(1, least(length(a.code), 12)) n)
                     || a.code || case when length(a.code) = 9 then left(a.code, 5) end as codes) p
        join jurisdiction j on j.tenant_id = $1 and j.active
             and (j.country = '' or j.country = p.country)
             and (cardinality(j.regions) = 0 or p.region = any (j.regions))
             and (cardinality(j.cities) = 0 or p.city = any (j.cities))
             and (cardinality(j.postal_codes) = 0 or j.postal_codes && p.codes)
        join jurisdiction_rate r on r.tenant_id = $1 and r.jurisdiction_id = j.id and r.from_on <= $8 and (r.until_on is null or r.until_on > $8)
        order by (j.country <> '')::int + (cardinality(j.regions) > 0)::int + (cardinality(j.cities) + cardinality(j.postal_codes) > 0)::int,
                 j.name_key, j.id, r.tax_rate_id limit 2000";
    fn exempt(customer: Uuid, on: Date) -> Vec<Exempt> = "
        select jurisdiction_id, certificate from tax_exemption
        where tenant_id = $1 and customer_id = $2 and from_on <= $3 and (until_on is null or until_on > $3) order by certificate, id limit 100";
}

/// All that decides about taxes at one place on one day for one customer.
#[derive(Debug, Clone, Default)]
pub struct Basis {
    pub rules: Rules,
    taxes: Vec<tax_rate::TaxRate>,
    in_force: Vec<InForce>,
    exempt: Vec<Exempt>,
}

/// What reads it, to be sent with whatever else is read. `home` is the company's country.
pub fn read(place: Place, customer: Uuid, on: Date, home: &str) -> Reads {
    let Place { location, country, region, city, postal_code } = place;
    (
        terms::rules(),
        tax_rate::active(),
        in_force(location, country, region, city, postal_code, home.to_owned(), on, customer),
        exempt(customer, on),
    )
}

/// What `read` sends.
pub type Reads =
    (Statement<Option<Rules>>, Statement<Vec<tax_rate::TaxRate>>, Statement<Vec<InForce>>, Statement<Vec<Exempt>>);
/// And what comes back.
pub type Rows = (Option<Rules>, Vec<tax_rate::TaxRate>, Vec<InForce>, Vec<Exempt>);

/// The price book has longer names than papers have room for.
fn line(name: &str, rate_ppm: i64, compound: bool) -> LineTax {
    LineTax { name: name.chars().take(LineTax::LONGEST_NAME).collect(), rate_ppm, compound }
}

impl Basis {
    pub fn of((rules, taxes, in_force, exempt): Rows) -> Self {
        Self { rules: rules.unwrap_or_default(), taxes, in_force, exempt }
    }

    /// Today, in the company's own country where the place names none.
    pub async fn today(tx: &mut TenantTx, place: Place, customer: Uuid) -> kernel::Result<Self> {
        let (today, home) = (tx.today(), tx.country().to_owned());
        let basis = Self::of(tx.run(read(place, customer, today, &home)).await?);
        basis.fits_a_line()?;
        Ok(basis)
    }

    /// What a line can carry; more is a slip in the list of jurisdictions, and is said before anything is written.
    fn fits_a_line(&self) -> kernel::Result<()> {
        for tax in &self.taxes {
            let levied = self.of_tax(Some(tax.id));
            let compound = levied.iter().filter(|one| one.compound).count();
            if levied.len() > LineTax::MOST || compound > LineTax::MOST_COMPOUND {
                let names: Vec<&str> = levied.iter().map(|one| one.name.as_str()).collect();
                return Err(Error::refused(format!(
                    "Too many taxes meet at this address for {}: {}. A line carries ten at most, three of them on other taxes. Look through them under Settings, Taxes by place.",
                    tax.name,
                    names.join(", ")
                )));
            }
        }
        Ok(())
    }

    /// The taxes of a line that is sold with this tax of the price book. Where no jurisdiction levies anything, the tax's own rate counts;
    /// where one does, a tax that it has no rate for is not levied.
    pub fn of_tax(&self, tax: Option<TaxRateId>) -> LineTaxes {
        let Some(tax) = tax else { return LineTaxes::default() };
        if self.exempt.iter().any(|exempt| exempt.jurisdiction_id.is_none()) {
            return LineTaxes::default();
        }
        if self.in_force.is_empty() {
            let own = self.taxes.iter().find(|known| known.id == tax).filter(|known| known.rate_ppm > 0);
            return LineTaxes(own.map(|known| line(&known.name, known.rate_ppm, false)).into_iter().collect());
        }
        let levied = self.in_force.iter().filter(|rate| rate.tax_rate_id == tax && rate.rate_ppm > 0);
        let levied = levied.filter(|rate| !self.is_exempt_of(rate.jurisdiction_id));
        LineTaxes(levied.map(|rate| line(&rate.name, rate.rate_ppm, rate.compound)).collect())
    }

    fn is_exempt_of(&self, jurisdiction: JurisdictionId) -> bool {
        self.exempt.iter().any(|exempt| exempt.jurisdiction_id == Some(jurisdiction))
    }

    /// The tax that lines written by hand are sold with.
    pub fn standard(&self) -> Option<TaxRateId> {
        self.taxes.iter().find(|tax| tax.standard).map(|tax| tax.id)
    }

    pub fn taxes(&self) -> &[tax_rate::TaxRate] {
        &self.taxes
    }

    /// Who levies something here, the widest first.
    pub fn jurisdictions(&self) -> Vec<(JurisdictionId, &str)> {
        let mut all: Vec<(JurisdictionId, &str)> = vec![];
        for rate in &self.in_force {
            if !all.iter().any(|(id, _)| *id == rate.jurisdiction_id) {
                all.push((rate.jurisdiction_id, &rate.jurisdiction));
            }
        }
        all
    }

    /// What a paper says under its total, where the customer is exempt.
    pub fn note(&self) -> Option<String> {
        let here = |exempt: &&Exempt| {
            let levied = |id| self.in_force.iter().any(|rate| rate.jurisdiction_id == id);
            exempt.jurisdiction_id.is_none_or(levied)
        };
        let mut certificates: Vec<&str> = self.exempt.iter().filter(here).map(|one| one.certificate.as_str()).collect();
        certificates.dedup();
        let shown: String = certificates.join(", ").chars().take(160).collect();
        (!shown.is_empty()).then(|| format!("Tax exempt, certificate {shown}"))
    }
}
