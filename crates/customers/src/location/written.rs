//! The line with the city as each country writes it. There is no kept library for it in Rust; these are the templates of those
//! countries whose way differs from "postal code, then city", which most of the world has.

/// "Springfield, IL 62704", "62704 Springfield", "London SW1A 1AA"; what is not known is left out.
pub fn place_line(country: &str, city: Option<&str>, region: Option<&str>, postal_code: Option<&str>) -> String {
    let some = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let (city, region, code) = (some(city), some(region), some(postal_code));
    let words = |parts: [Option<String>; 3]| parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    match country {
        // City, then region and code.
        "US" | "CA" | "AU" | "PR" | "GU" | "VI" => {
            let rest = words([region, code, None]);
            [city, Some(rest).filter(|rest| !rest.is_empty())].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
        // City, then code; the region is not written.
        "GB" | "IE" | "IN" | "ID" | "NZ" | "SG" | "TH" | "ZA" | "HK" | "LV" | "UA" => words([city, code, None]),
        // Code, city, and the province behind it.
        "IT" | "ES" | "MX" => {
            let province = region.filter(|region| city.as_ref() != Some(region));
            match country {
                "IT" => words([code, city, province]),
                "ES" => words([code, city, province.map(|province| format!("({province})"))]),
                _ => [Some(words([code, city, None])).filter(|line| !line.is_empty()), province]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(", "),
            }
        }
        "BR" => {
            let place = [city, region].into_iter().flatten().collect::<Vec<_>>().join(" - ");
            words([Some(place).filter(|place| !place.is_empty()), code, None])
        }
        "JP" => words([code.map(|code| format!("〒{code}")), region, city]),
        _ => words([code, city.or(region), None]),
    }
}

#[test]
fn each_country_writes_its_place_its_own_way() {
    let written = |country, city, region, code| place_line(country, Some(city), Some(region), Some(code));
    for (line, country, city, region, code) in [
        ("Springfield, IL 62704", "US", "Springfield", "IL", "62704"),
        ("Montréal, QC H2X 1Y4", "CA", "Montréal", "QC", "H2X 1Y4"),
        ("London SW1A 1AA", "GB", "London", "Greater London", "SW1A 1AA"),
        ("10115 Berlin", "DE", "Berlin", "Berlin", "10115"),
        ("1011 AB Amsterdam", "NL", "Amsterdam", "Noord-Holland", "1011 AB"),
        ("00184 Roma RM", "IT", "Roma", "RM", "00184"),
        ("28013 Madrid", "ES", "Madrid", "Madrid", "28013"),
        ("41001 Dos Hermanas (Sevilla)", "ES", "Dos Hermanas", "Sevilla", "41001"),
        ("São Paulo - SP 01310-100", "BR", "São Paulo", "SP", "01310-100"),
        ("〒100-0001 東京都 千代田区", "JP", "千代田区", "東京都", "100-0001"),
    ] {
        assert_eq!(written(country, city, region, code), line);
    }
    assert_eq!(place_line("US", Some("Springfield"), None, None), "Springfield");
    assert_eq!(place_line("US", None, Some("IL"), Some("62704")), "IL 62704");
    assert_eq!(place_line("DE", Some("Berlin"), None, None), "Berlin");
    assert_eq!(place_line("DE", None, None, None), "");
}
