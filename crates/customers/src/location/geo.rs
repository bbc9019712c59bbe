//! A point on the earth as people have it: copied from a map, off a geo: link, in degrees with minutes, or in a map's address.

/// Latitude and longitude in degrees, to six places: a hand's breadth.
pub type Point = (f64, f64);

const EXAMPLE: &str = "Paste the point as a map copies it, such as 40.7128, -74.0060.";
const OUTSIDE: &str = "A latitude is from -90 to 90, a longitude from -180 to 180.";

/// "40.7128, -74.006", as `read` takes it back.
pub fn write((latitude, longitude): Point) -> String {
    format!("{latitude}, {longitude}")
}

/// A link that a phone opens in its map.
pub fn map((latitude, longitude): Point) -> String {
    format!("https://www.google.com/maps/search/?api=1&query={latitude}%2C{longitude}")
}

/// However a map writes it.
pub fn read(text: &str) -> Result<Point, &'static str> {
    let text = text.trim().replace("%2C", ",").replace("%2c", ",").replace("%20", " ");
    let found = match text.get(..4).filter(|head| head.eq_ignore_ascii_case("geo:")) {
        Some(_) => plain(text[4..].split([';', '?']).next().unwrap_or_default()),
        None if text.contains("://") => linked(&text),
        None => plain(&text).or_else(|| hemispheres(&text)),
    };
    settled(found.ok_or(EXAMPLE)?)
}

/// Within the earth, and no finer than is kept.
pub(super) fn settled((latitude, longitude): Point) -> Result<Point, &'static str> {
    let kept = |degrees: f64| (degrees * 1e6).round() / 1e6 + 0.0;
    let inside = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    inside.then(|| (kept(latitude), kept(longitude))).ok_or(OUTSIDE)
}

/// Two numbers with signs, degree signs or none.
fn plain(text: &str) -> Option<Point> {
    let parts: Vec<&str> = text.split([',', ';', ' ']).map(|part| part.trim_end_matches('°')).collect();
    let mut numbers = parts.into_iter().filter(|part| !part.is_empty()).map(decimal);
    let point = (numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some(point)
}

/// As it is typed: no exponent, no "inf".
fn decimal(text: &str) -> Option<f64> {
    let text = text.replace('\u{2212}', "-");
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let good =
        digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits.starts_with(|c: char| c.is_ascii_digit());
    good.then(|| text.parse().ok())?
}

/// The pin of a map's address stands before its view, and before what was looked for.
fn linked(text: &str) -> Option<Point> {
    if let Some((_, pin)) = text.split_once("!3d") {
        let (latitude, rest) = pin.split_once("!4d")?;
        let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-'))).unwrap_or(rest.len());
        return Some((decimal(latitude)?, decimal(&rest[..end])?));
    }
    let marks = ["/@", "?q=", "&q=", "?ll=", "&ll=", "query=", "destination=", "/search/", "/place/"];
    let after = marks.iter().filter_map(|mark| text.split_once(mark)).map(|(_, rest)| rest);
    after
        .filter_map(|rest| {
            let rest = rest.trim_start_matches("loc:").replace('+', " ");
            let end = rest.find(['&', '/', '#', '?', 'z']).unwrap_or(rest.len());
            // A view has its height as well: `@40.7,-74.0,15z`.
            let two: Vec<&str> = rest[..end].splitn(3, ',').take(2).collect();
            plain(&two.join(","))
        })
        .next()
}

/// "40.7128° N, 74.0060° W", "N 40.7128 W 74.0060", "40°42'46.1\"N 74°00'21.6\"W".
fn hemispheres(text: &str) -> Option<Point> {
    let text = text.to_ascii_uppercase();
    let leads = text.trim_start().starts_with(['N', 'S', 'E', 'W']);
    let (mut halves, mut side, mut numbers, mut digits) = (vec![], None, vec![], String::new());
    let take = |numbers: &mut Vec<f64>, digits: &mut String| match std::mem::take(digits).as_str() {
        "" => Some(()),
        typed => decimal(typed).map(|number| numbers.push(number)),
    };
    for sign in text.chars() {
        match sign {
            '0'..='9' | '.' => digits.push(sign),
            'N' | 'S' | 'E' | 'W' => {
                take(&mut numbers, &mut digits)?;
                match leads {
                    true => halves.extend(side.replace(sign).map(|side| (side, std::mem::take(&mut numbers)))),
                    false => halves.push((sign, std::mem::take(&mut numbers))),
                }
            }
            '°' | '\'' | '"' | '′' | '″' | '’' | '”' | ',' | ';' => take(&mut numbers, &mut digits)?,
            sign if sign.is_whitespace() => take(&mut numbers, &mut digits)?,
            _ => return None,
        }
    }
    take(&mut numbers, &mut digits)?;
    halves.extend(side.map(|side| (side, std::mem::take(&mut numbers))));
    match halves.as_slice() {
        [one, other] if numbers.is_empty() => match (one.0, other.0) {
            ('N' | 'S', 'E' | 'W') => Some((degrees(one)?, degrees(other)?)),
            ('E' | 'W', 'N' | 'S') => Some((degrees(other)?, degrees(one)?)),
            _ => None,
        },
        _ => None,
    }
}

fn degrees((side, numbers): &(char, Vec<f64>)) -> Option<f64> {
    let sixty = |part: &f64| *part < 60.0;
    let whole = match numbers.as_slice() {
        [whole] => *whole,
        [whole, minutes] if sixty(minutes) => whole + minutes / 60.0,
        [whole, minutes, seconds] if sixty(minutes) && sixty(seconds) => whole + minutes / 60.0 + seconds / 3600.0,
        _ => return None,
    };
    Some(if matches!(side, 'S' | 'W') { -whole } else { whole })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_read_however_a_map_writes_it() {
        for text in [
            "40.7128, -74.0060",
            " 40.7128 -74.006 ",
            "40.7128,\u{2212}74.006",
            "40.7128°, -74.0060°",
            "40.7128° N, 74.0060° W",
            "N 40.7128 W 74.0060",
            "74.006w 40.7128n",
            "40°42'46.08\"N 74°00'21.6\"W",
            "geo:40.7128,-74.0060;u=35",
            "GEO:40.7128,-74.0060?z=12",
            "https://www.google.com/maps/@40.7128,-74.006,15z",
            "https://maps.google.com/?q=40.7128%2C-74.006",
            "https://maps.apple.com/?address=1+Elm&ll=40.7128,-74.006&q=Home",
            "https://www.google.com/maps/place/Home/@40.1,-74.1,17z/data=!3m1!4b1!4m6!3m5!8m2!3d40.7128!4d-74.006!16s",
            "https://www.google.com/maps/search/?api=1&query=40.7128%2C-74.006",
        ] {
            assert_eq!(read(text), Ok((40.7128, -74.006)), "{text}");
        }
        assert_eq!(read("-33.8568, 151.2153").map(write), Ok("-33.8568, 151.2153".into()));
        assert_eq!(read("0.0000001, 0"), Ok((0.0, 0.0)));
    }

    #[test]
    fn what_is_no_point_is_refused() {
        for text in [
            "",
            "40.7128",
            "40,7128, -74,0060",
            "Springfield",
            "1e1, 2",
            "inf, nan",
            "40 N 74 N",
            "N 40 74",
            "40 61 0 N 74 W",
            "https://example.com/",
            "-40 N, 74 W",
            "1, 2, 3",
            "geo:",
        ] {
            assert_eq!(read(text), Err(EXAMPLE), "{text}");
        }
        for text in ["91, 0", "0, -180.5", "geo:100,0", "95 N 10 E"] {
            assert_eq!(read(text), Err(OUTSIDE), "{text}");
        }
    }
}
