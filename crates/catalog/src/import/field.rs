//! What a column of a price book can hold, and how its heading tells.
use kernel::text::fold;

kernel::text_enum! {
    pub enum Field {
        Name = "name": "Name",
        Code = "code": "Code or SKU",
        Kind = "kind": "Kind: service, material, labor, equipment, bundle",
        Category = "category": "Category, “Heating > Furnaces”",
        Description = "description": "Description",
        Unit = "unit": "Unit",
        Minutes = "minutes": "Minutes it takes",
        Price = "price": "Price",
        Cost = "cost": "Cost",
        Currency = "currency": "Currency",
        Tax = "tax": "Name of the tax",
        TaxPercent = "tax_percent": "Tax in per cent",
        Taxed = "taxed": "Whether it is taxed",
        Online = "online": "Whether it is booked online",
        Pricing = "pricing": "How it is priced",
        LaborRate = "labor_rate": "Name of the labor rate",
        SoldAs = "sold_as": "How a bundle is sold",
        Parts = "parts": "Parts, “2 × CODE” a line each",
        Status = "status": "Active or archived",
    }
}

/// Headings of our own export and of the lists people come with, folded; the best of each field first.
const HEADINGS: &[(Field, &[&str])] = &[
    (
        Field::Name,
        &[
            "name",
            "item name",
            "service name",
            "product name",
            "product service",
            "item",
            "title",
            "task name",
            "task",
            "service",
            "material",
        ],
    ),
    (
        Field::Code,
        &[
            "code",
            "sku",
            "item code",
            "code sku",
            "product code",
            "part number",
            "part no",
            "item number",
            "item no",
            "task code",
        ],
    ),
    (Field::Kind, &["kind", "type", "item type", "product type", "product service type"]),
    (Field::Category, &["category", "category path", "category name", "categories", "group", "industry"]),
    (Field::Description, &["description", "sales description", "item description", "details"]),
    (Field::Unit, &["unit", "unit of measure", "uom", "units", "per"]),
    (Field::Minutes, &["minutes", "duration minutes", "duration", "estimated minutes", "time"]),
    (
        Field::Price,
        &["price", "unit price", "sales price", "sale price", "sales price rate", "rate", "retail price", "amount"],
    ),
    (Field::Cost, &["cost", "unit cost", "purchase cost", "cost price", "purchase price"]),
    (Field::Currency, &["currency"]),
    (Field::Tax, &["tax", "tax name", "tax rate name"]),
    (Field::TaxPercent, &["tax percent", "tax rate", "tax rate percent"]),
    (Field::Taxed, &["taxable", "taxed", "is taxable"]),
    (Field::Online, &["booked online", "online booking", "online booking enabled", "bookable online"]),
    (Field::Pricing, &["priced by", "pricing"]),
    (Field::LaborRate, &["labor rate", "labour rate"]),
    (Field::SoldAs, &["sold as"]),
    (Field::Parts, &["parts", "components"]),
    (Field::Status, &["status", "active"]),
];

/// What each column most likely holds, each field once. Costs are left to those who may see them.
pub(super) fn guess(columns: &[String], costs: bool) -> Vec<Option<Field>> {
    let folded: Vec<String> = columns.iter().map(|column| fold(column)).collect();
    let mut mapping = vec![None; columns.len()];
    for (field, headings) in HEADINGS.iter().filter(|(field, _)| costs || *field != Field::Cost) {
        let found = headings.iter().find_map(|heading| folded.iter().position(|column| column == heading));
        if let Some(slot @ None) = found.and_then(|n| mapping.get_mut(n)) {
            *slot = Some(*field);
        }
    }
    mapping
}

#[test]
fn headings_of_other_lists_are_understood() {
    let columns = ["Item name", "SKU", "Type", "Unit price", "Unit cost", "Taxable", "Shoe size", "Price"];
    let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
    let mut meant = vec![
        Some(Field::Name),
        Some(Field::Code),
        Some(Field::Kind),
        None,
        Some(Field::Cost),
        Some(Field::Taxed),
        None,
        Some(Field::Price),
    ];
    assert_eq!(guess(&columns, true), meant);
    meant[4] = None;
    assert_eq!(guess(&columns, false), meant);
}
