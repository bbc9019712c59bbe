//! Ids: UUIDv7 made here, one type for each kind of thing, so that two kinds never mix.

/// `id!(CustomerId)`.
#[macro_export]
macro_rules! id {
    ($($name:ident),+ $(,)?) => {$(
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, $crate::__::serde::Serialize, $crate::__::serde::Deserialize, $crate::__::schemars::JsonSchema)]
        #[serde(transparent, crate = "kernel::__::serde")]
        #[schemars(transparent, inline, crate = "kernel::__::schemars")]
        pub struct $name(pub $crate::Uuid);
        const _: () = {
            use $crate::__::{Uuid, bytes::BytesMut, types::{FromSql, IsNull, ToSql, Type, to_sql_checked}};
            type Failed = Box<dyn std::error::Error + Sync + Send>;
            impl $name {
                #[allow(clippy::new_without_default)]
                pub fn new() -> Self { Self(Uuid::now_v7()) }
                pub fn max() -> Self { Self(Uuid::max()) }
            }
            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
            }
            impl std::str::FromStr for $name {
                type Err = <Uuid as std::str::FromStr>::Err;
                fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
            }
            impl From<$name> for Uuid { fn from(id: $name) -> Uuid { id.0 } }
            impl $crate::tx::SqlType for $name { const TYPE: Type = Type::UUID; }
            impl $crate::tx::Row for $name {
                const FIELDS: &'static [$crate::tx::Field] = &[$crate::tx::field::<$name>("", stringify!($name))];
                fn read(cells: &mut $crate::tx::Cells<'_>) -> $crate::Result<Self> { cells.next() }
            }
            impl ToSql for $name {
                fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> { self.0.to_sql(ty, out) }
                fn accepts(ty: &Type) -> bool { <Uuid as ToSql>::accepts(ty) }
                to_sql_checked!();
            }
            impl<'a> FromSql<'a> for $name {
                fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Failed> { Uuid::from_sql(ty, raw).map(Self) }
                fn accepts(ty: &Type) -> bool { <Uuid as FromSql>::accepts(ty) }
            }
        };
    )+};
}

/// A closed set of words that PostgreSQL keeps as text with a CHECK:
/// `text_enum! { pub enum Status { Open = "open": "Open", Done = "done": "Done" } }` (value, then what a person reads).
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($variant:ident = $word:literal : $label:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, $crate::__::serde::Serialize, $crate::__::serde::Deserialize, $crate::__::schemars::JsonSchema)]
        #[serde(crate = "kernel::__::serde")]
        #[schemars(inline, crate = "kernel::__::schemars")]
        $vis enum $name { $(#[serde(rename = $word)] $variant),+ }
        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
            pub fn label(self) -> &'static str { match self { $(Self::$variant => $label),+ } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text { $($word => Ok(Self::$variant),)+ other => Err(format!("`{other}` is none of {}", [$($word),+].join(", "))) }
            }
        }
        const _: () = {
            use $crate::__::{bytes::BytesMut, types::{FromSql, IsNull, ToSql, Type, to_sql_checked}};
            type Failed = Box<dyn std::error::Error + Sync + Send>;
            impl $crate::tx::SqlType for $name { const TYPE: Type = Type::TEXT; }
            impl ToSql for $name {
                fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> { self.as_str().to_sql(ty, out) }
                fn accepts(ty: &Type) -> bool { <&str as ToSql>::accepts(ty) }
                to_sql_checked!();
            }
            impl<'a> FromSql<'a> for $name {
                fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Failed> { Ok(<&str as FromSql>::from_sql(ty, raw)?.parse::<$name>()?) }
                fn accepts(ty: &Type) -> bool { <&str as FromSql>::accepts(ty) }
            }
        };
    };
}
