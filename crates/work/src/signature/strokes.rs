//! What a finger drew: strokes of points in a field of 1000 by 400, kept as text and drawn by us. Nothing of it is ever run.
use kernel::{Error, Result};

/// Points of all strokes; a long name has some hundreds.
const MOST_POINTS: usize = 6000;
const WIDE: u16 = 1000;
const HIGH: u16 = 400;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strokes(Vec<Vec<(u16, u16)>>);

impl Strokes {
    /// "12,40 15,44;80,12 90,30".
    pub fn read(text: &str) -> Result<Self> {
        let wrong = |says: &str| Error::field("/strokes", "strokes", says);
        let point = |pair: &str| {
            let (x, y) = pair.split_once(',')?;
            let (x, y): (u16, u16) = (x.parse().ok()?, y.parse().ok()?);
            (x <= WIDE && y <= HIGH).then_some((x, y))
        };
        let stroke = |text: &str| text.split_ascii_whitespace().map(point).collect::<Option<Vec<_>>>();
        let strokes: Option<Vec<_>> = text.split(';').map(stroke).collect();
        let strokes: Vec<Vec<(u16, u16)>> =
            strokes.ok_or_else(|| wrong("This drawing cannot be read. Clear it and sign again."))?;
        let strokes: Vec<_> = strokes.into_iter().filter(|stroke| !stroke.is_empty()).collect();
        let points: usize = strokes.iter().map(Vec::len).sum();
        match points {
            0..=4 => Err(wrong("That is no more than a dot. Sign in the field, or type the name instead.")),
            points if points > MOST_POINTS => Err(wrong("This drawing is too long. Clear it and sign again.")),
            _ => Ok(Self(strokes)),
        }
    }

    /// As it is kept.
    pub fn text(&self) -> String {
        let points =
            |stroke: &Vec<(u16, u16)>| stroke.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ");
        self.0.iter().map(points).collect::<Vec<_>>().join(";")
    }

    pub fn points(self) -> Vec<Vec<(u16, u16)>> {
        self.0
    }

    /// The `points` of a line for each stroke; a dot is a short line.
    pub fn lines(&self) -> Vec<String> {
        let line = |stroke: &Vec<(u16, u16)>| match stroke.as_slice() {
            [(x, y)] => format!("{x},{y} {},{y}", x + 1),
            all => all.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" "),
        };
        self.0.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_points_within_the_field_are_taken() {
        let good = "10,20 11,22 13,25 18,30;400,0;;999,400 1000,399";
        let strokes = Strokes::read(good).unwrap();
        assert_eq!(strokes.text(), "10,20 11,22 13,25 18,30;400,0;999,400 1000,399");
        assert_eq!(strokes.lines()[1], "400,0 401,0");
        assert_eq!(Strokes::read(&strokes.text()).unwrap(), strokes);
        for bad in [
            "",
            "1,1",
            "1,1 2,2 3,3 4,4 5,401",
            "1,1 2,2 3,3 4,4 1001,5",
            "1,1 2,2 3,3 4,4 -1,5",
            "1,1 2,2 3,3 4,4 \"/><script>",
            "1 2 3 4 5 6",
            "1.5,2 1,1 1,1 1,1 1,1",
        ] {
            assert!(Strokes::read(bad).is_err(), "{bad}");
        }
        assert!(Strokes::read(&"1,1 ".repeat(MOST_POINTS + 1)).is_err());
    }
}
