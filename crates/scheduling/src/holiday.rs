//! Public holidays of a company's country, by rules that hold for any year. Of regions within a country nothing is known.
use holidays_rs::{Calendar, Country};
use jiff::civil::Date;

use Country::*;
const COUNTRIES: &[(&str, Country)] = &[
    ("AD", Andorra),
    ("AT", Austria),
    ("AU", Australia),
    ("AW", Aruba),
    ("AX", AlandIslands),
    ("BE", Belgium),
    ("BR", Brazil),
    ("BW", Botswana),
    ("CA", Canada),
    ("CH", Switzerland),
    ("CV", CaboVerde),
    ("CW", Curacao),
    ("CY", Cyprus),
    ("CZ", Czechia),
    ("DE", Germany),
    ("DK", Denmark),
    ("EE", Estonia),
    ("ES", Spain),
    ("FI", Finland),
    ("FO", FaroeIslands),
    ("FR", France),
    ("GB", UnitedKingdom),
    ("GL", Greenland),
    ("GP", Guadeloupe),
    ("GR", Greece),
    ("GU", Guam),
    ("HR", Croatia),
    ("HT", Haiti),
    ("IE", Ireland),
    ("IS", Iceland),
    ("IT", Italy),
    ("JM", Jamaica),
    ("LC", SaintLucia),
    ("LI", Liechtenstein),
    ("LT", Lithuania),
    ("LU", Luxembourg),
    ("LV", Latvia),
    ("MC", Monaco),
    ("MQ", Martinique),
    ("MT", Malta),
    ("MX", Mexico),
    ("NA", Namibia),
    ("NC", NewCaledonia),
    ("NI", Nicaragua),
    ("NL", Netherlands),
    ("NO", Norway),
    ("NZ", NewZealand),
    ("PA", Panama),
    ("PE", Peru),
    ("PF", FrenchPolynesia),
    ("PL", Poland),
    ("PT", Portugal),
    ("RE", Reunion),
    ("RO", Romania),
    ("SE", Sweden),
    ("SI", Slovenia),
    ("SK", Slovakia),
    ("SV", ElSalvador),
    ("US", UnitedStates),
    ("UY", Uruguay),
    ("VI", UnitedStatesVirginIslands),
];

fn calendar(country: &str) -> Option<Calendar> {
    COUNTRIES.iter().find(|(code, _)| *code == country).map(|(_, country)| Calendar::new(*country))
}

/// Whether the holidays of this country (ISO 3166, two letters) are known.
pub fn known(country: &str) -> bool {
    calendar(country).is_some()
}

/// The name of the holiday that is kept on that day.
pub fn holiday(country: &str, day: Date) -> Option<&'static str> {
    let asked = holidays_rs::Date::new(day.year().into(), day.month() as u8, day.day() as u8)?;
    calendar(country)?.holiday_name(asked)
}
