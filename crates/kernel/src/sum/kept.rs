//! What papers keep of taxes: those of each line, and the rules by which all was added up.
use bytes::BytesMut;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio_postgres::types::{FromSql, IsNull, Json, ToSql, Type, to_sql_checked};

use crate::tx::SqlType;

crate::text_enum! {
    /// What becomes of half a cent.
    pub enum Rounding { HalfUp = "half_up": "Half a cent goes up", HalfEven = "half_even": "Half a cent goes to the even cent" }
}
crate::text_enum! {
    /// Where tax is rounded: on each line, or once for each tax of the whole paper.
    pub enum Level { Line = "line": "On each line", Document = "document": "Once for each tax of a paper" }
}

/// How a company adds up its papers; each paper keeps those it was made by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TaxRules")]
pub struct Rules {
    /// Prices have their taxes in them; then the tax is taken out of them, not put on top.
    #[serde(rename = "prices_include_tax")]
    pub inclusive: bool,
    pub rounding: Rounding,
    pub level: Level,
}

type Failed = Box<dyn std::error::Error + Sync + Send>;

/// In the database three words: "on_top half_up document".
impl std::fmt::Display for Rules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", if self.inclusive { "included" } else { "on_top" }, self.rounding, self.level)
    }
}
impl std::str::FromStr for Rules {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split(' ').collect();
        let &[place, rounding, level] = words.as_slice() else { return Err(format!("`{text}` are no three words")) };
        let inclusive = match place {
            "included" => true,
            "on_top" => false,
            other => return Err(format!("`{other}` is neither on_top nor included")),
        };
        Ok(Self { inclusive, rounding: rounding.parse()?, level: level.parse()? })
    }
}
/// As most companies do: on top, once for each tax, half a cent up.
impl Default for Rules {
    fn default() -> Self {
        Self { inclusive: false, rounding: Rounding::HalfUp, level: Level::Document }
    }
}
impl Rules {
    /// Out of the three words, where a record of the past is read.
    pub fn of_words<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let words = String::deserialize(from)?;
        words.parse().map_err(serde::de::Error::custom)
    }
}
impl SqlType for Rules {
    const TYPE: Type = Type::TEXT;
}
impl ToSql for Rules {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
        self.to_string().to_sql(ty, out)
    }
    fn accepts(ty: &Type) -> bool {
        <&str as ToSql>::accepts(ty)
    }
    to_sql_checked!();
}
impl<'a> FromSql<'a> for Rules {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Failed> {
        Ok(<&str as FromSql>::from_sql(ty, raw)?.parse::<Self>()?)
    }
    fn accepts(ty: &Type) -> bool {
        <&str as FromSql>::accepts(ty)
    }
}
impl crate::tx::Row for Rules {
    const FIELDS: &'static [crate::tx::Field] = &[crate::tx::field::<Self>("", "Rules")];
    fn read(cells: &mut crate::tx::Cells<'_>) -> crate::Result<Self> {
        cells.next()
    }
}

/// A tax on a line. A compound one is also on the taxes that stand before it; of these a line has at most three.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineTax {
    #[serde(default)]
    pub name: String,
    /// Millionths: 82500 is 8.25 %.
    pub rate_ppm: i64,
    /// It is also on the taxes before it.
    #[serde(default)]
    pub compound: bool,
}

impl LineTax {
    /// What a line holds at most: so many, so many of them on others, and names so long.
    pub const MOST: usize = 10;
    pub const MOST_COMPOUND: usize = 3;
    pub const LONGEST_NAME: usize = 60;
}

/// The taxes of a line, in order; the line keeps them as they were when it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(transparent, inline)]
pub struct LineTaxes(pub Vec<LineTax>);

impl std::ops::Deref for LineTaxes {
    type Target = [LineTax];
    fn deref(&self) -> &[LineTax] {
        &self.0
    }
}
impl SqlType for LineTaxes {
    const TYPE: Type = Type::JSONB;
}
impl ToSql for LineTaxes {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
        Json(&self.0).to_sql(ty, out)
    }
    fn accepts(ty: &Type) -> bool {
        <Json<Vec<LineTax>> as ToSql>::accepts(ty)
    }
    to_sql_checked!();
}
impl<'a> FromSql<'a> for LineTaxes {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Failed> {
        Ok(Self(Json::<Vec<LineTax>>::from_sql(ty, raw)?.0))
    }
    fn accepts(ty: &Type) -> bool {
        <Json<Vec<LineTax>> as FromSql>::accepts(ty)
    }
}

#[test]
fn rules_are_read_as_they_are_written() {
    for inclusive in [false, true] {
        for rounding in Rounding::ALL.iter().copied() {
            for level in Level::ALL.iter().copied() {
                let rules = Rules { inclusive, rounding, level };
                assert_eq!(rules.to_string().parse(), Ok(rules));
            }
        }
    }
    assert_eq!(Rules::default().to_string(), "on_top half_up document");
    for bad in ["", "on_top", "on_top half_up", "in half_up line", "on_top half_up line line"] {
        assert!(bad.parse::<Rules>().is_err(), "{bad}");
    }
}
