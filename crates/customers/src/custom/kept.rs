//! What stands in the fields of one customer, by their keys.
use kernel::{
    __::{
        bytes::BytesMut,
        types::{FromSql, IsNull, ToSql, Type, to_sql_checked},
    },
    tx::SqlType,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

type Failed = Box<dyn std::error::Error + Sync + Send>;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(transparent, inline)]
pub struct Custom(pub Map<String, Value>);

impl Custom {
    /// With these values; `null` takes one away.
    pub(crate) fn with(mut self, values: Map<String, Value>) -> Self {
        for (key, value) in values {
            match value {
                Value::Null => drop(self.0.remove(&key)),
                value => drop(self.0.insert(key, value)),
            }
        }
        self
    }
    /// And what only the other has.
    pub(crate) fn filled_from(&self, other: &Self) -> Self {
        let mut all = other.0.clone();
        all.extend(self.0.clone());
        Self(all)
    }
    /// The words by which its customer is found: texts, choices and figures.
    pub(crate) fn words(&self) -> impl Iterator<Item = String> {
        self.0.values().filter(|value| !value.is_boolean()).map(super::told)
    }
}

impl SqlType for Custom {
    const TYPE: Type = Type::JSONB;
}
impl ToSql for Custom {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
        Value::from(self.0.clone()).to_sql(ty, out)
    }
    fn accepts(ty: &Type) -> bool {
        <Value as ToSql>::accepts(ty)
    }
    to_sql_checked!();
}
impl<'a> FromSql<'a> for Custom {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Failed> {
        match Value::from_sql(ty, raw)? {
            Value::Object(values) => Ok(Self(values)),
            _ => Err("values by their keys are an object".into()),
        }
    }
    fn accepts(ty: &Type) -> bool {
        <Value as FromSql>::accepts(ty)
    }
}
