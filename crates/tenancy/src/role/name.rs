//! By what a role is called in rows and on the wire: a word of the house, or one drawn for a company's own role.
use kernel::{Result, Role};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

type Failed = Box<dyn std::error::Error + Sync + Send>;

/// `owner`, `admin`, … or the name of one of the company's own roles, as `GET /api/v1/roles` tells it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(transparent, inline)]
pub struct RoleName(pub String);

impl RoleName {
    pub fn is(&self, role: Role) -> bool {
        self.0 == role.as_str()
    }
}
impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        Self(role.to_string())
    }
}
impl std::fmt::Display for RoleName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl kernel::tx::SqlType for RoleName {
    const TYPE: Type = Type::TEXT;
}
impl kernel::tx::Row for RoleName {
    const FIELDS: &'static [kernel::tx::Field] = &[kernel::tx::field::<RoleName>("", "RoleName")];
    fn read(cells: &mut kernel::tx::Cells<'_>) -> Result<Self> {
        cells.next()
    }
}
impl ToSql for RoleName {
    fn to_sql(&self, ty: &Type, out: &mut bytes::BytesMut) -> Result<IsNull, Failed> {
        self.0.to_sql(ty, out)
    }
    fn accepts(ty: &Type) -> bool {
        <String as ToSql>::accepts(ty)
    }
    to_sql_checked!();
}
impl<'a> FromSql<'a> for RoleName {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Failed> {
        String::from_sql(ty, raw).map(Self)
    }
    fn accepts(ty: &Type) -> bool {
        <String as FromSql>::accepts(ty)
    }
}
