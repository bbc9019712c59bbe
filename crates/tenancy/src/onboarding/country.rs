//! What a country usually means: its money and the way it writes numbers and dates. A start, changed in the settings.
pub struct Country {
    pub code: &'static str,
    pub name: &'static str,
    pub currency: &'static str,
    pub language: &'static str,
}

const fn country(code: &'static str, name: &'static str, currency: &'static str, language: &'static str) -> Country {
    Country { code, name, currency, language }
}

pub const ALL: [Country; 24] = [
    country("US", "United States", "USD", "en-US"),
    country("AU", "Australia", "AUD", "en-AU"),
    country("AT", "Austria", "EUR", "de-AT"),
    country("BE", "Belgium", "EUR", "nl-BE"),
    country("BR", "Brazil", "BRL", "pt-BR"),
    country("CA", "Canada", "CAD", "en-CA"),
    country("DK", "Denmark", "DKK", "da-DK"),
    country("FI", "Finland", "EUR", "fi-FI"),
    country("FR", "France", "EUR", "fr-FR"),
    country("DE", "Germany", "EUR", "de-DE"),
    country("IN", "India", "INR", "en-IN"),
    country("IE", "Ireland", "EUR", "en-IE"),
    country("IT", "Italy", "EUR", "it-IT"),
    country("JP", "Japan", "JPY", "ja-JP"),
    country("MX", "Mexico", "MXN", "es-MX"),
    country("NL", "Netherlands", "EUR", "nl-NL"),
    country("NZ", "New Zealand", "NZD", "en-NZ"),
    country("NO", "Norway", "NOK", "nb-NO"),
    country("PL", "Poland", "PLN", "pl-PL"),
    country("PT", "Portugal", "EUR", "pt-PT"),
    country("ZA", "South Africa", "ZAR", "en-ZA"),
    country("ES", "Spain", "EUR", "es-ES"),
    country("SE", "Sweden", "SEK", "sv-SE"),
    country("GB", "United Kingdom", "GBP", "en-GB"),
];

pub fn known(code: &str) -> bool {
    ALL.iter().any(|country| country.code == code)
}

pub fn of(code: &str) -> &'static Country {
    ALL.iter().find(|country| country.code == code).unwrap_or(&ALL[0])
}
