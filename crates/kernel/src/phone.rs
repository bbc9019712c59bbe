//! Telephone numbers: written as a company's country writes them, dialled as every telephone understands.
use phonenumber::{Mode, PhoneNumber, country::Id, is_valid, parse};

/// The number, if there is one of these digits. A company's own country needs no prefix.
fn number(typed: &str, country: &str) -> Option<PhoneNumber> {
    // "1-800-FLOWERS" is a number as well, but nobody who types "call Ana" means 2255-262.
    let digits = typed.bytes().filter(u8::is_ascii_digit).count();
    // "+44 (0)20 …": the nought is for those who dial inside the country.
    let plain = if typed.starts_with('+') { typed.replacen("(0)", "", 1) } else { typed.to_owned() };
    let number = parse(country.parse::<Id>().ok(), plain).ok().filter(|_| digits >= 5)?;
    is_valid(&number).then_some(number)
}

/// "(217) 555-0142" for whoever is in the same country, "+44 20 7946 0958" for others. What is no number of any country stays
/// as it was typed: half a number is better than none.
pub fn written(typed: &str, country: &str) -> String {
    let Some(number) = number(typed, country) else { return typed.to_owned() };
    let here = number.country().id().is_some_and(|id| id.as_ref() == country) || shares_plan(&number, country);
    number.format().mode(if here { Mode::National } else { Mode::International }).to_string()
}

/// Canada dials the United States as itself.
fn shares_plan(number: &PhoneNumber, country: &str) -> bool {
    let own = country.parse::<Id>().ok().and_then(|id| phonenumber::metadata::DATABASE.by_id(id.as_ref()));
    own.is_some_and(|own| own.country_code() == number.code().value())
}

/// For `tel:` and `sms:` links, with the scheme's signs: `+1-217-555-0142;ext=5`. What is no number is given as its digits.
pub fn dialled(typed: &str, country: &str) -> String {
    match number(typed, country) {
        Some(number) => number.format().mode(Mode::Rfc3966).to_string().trim_start_matches("tel:").to_owned(),
        None => typed.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_as_its_country_does() {
        for typed in ["2175550142", "217.555.0142", "+1 217 555 0142", "(217) 555-0142", "1-217-555-0142"] {
            assert_eq!(written(typed, "US"), "(217) 555-0142", "{typed}");
        }
        assert_eq!(written("(217) 555-0142", "CA"), "(217) 555-0142");
        assert_eq!(written("217 555 0142 x12", "US"), "(217) 555-0142 ext. 12");
        assert_eq!(written("+44 (0)20 7946 0958", "US"), "+44 20 7946 0958");
        assert_eq!(written("+442079460958", "GB"), "020 7946 0958");
        assert_eq!(written("+1 217 555 0142", "GB"), "+1 217-555-0142");
    }

    #[test]
    fn what_is_no_number_stays() {
        for typed in
            ["000 000", "555-0142", "ask for Bob", "(271) 555-0142", "", "911", "(217) 555-0101, (217) 555-0102"]
        {
            assert_eq!(written(typed, "US"), typed);
        }
        assert_eq!(written("+1 217 555 0142", ""), "+1 217-555-0142");
        assert_eq!(written("217 555 0142", ""), "217 555 0142");
    }

    #[test]
    fn a_telephone_is_told_with_the_country() {
        assert_eq!(dialled("217 555 0142 x5", "US"), "+1-217-555-0142;ext=5");
        assert_eq!(dialled("555 0142", "US"), "5550142");
    }
}
