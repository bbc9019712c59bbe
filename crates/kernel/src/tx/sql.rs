//! SQL is SQL: a statement is a function with a type, and every one is on a list that a test prepares.
use std::marker::PhantomData;
use tokio_postgres::types::{FromSql, FromSqlOwned, ToSql, Type};
use uuid::Uuid;

use super::conn::{Columns, Line};
use crate::{Error, Result};
use jiff::{Timestamp, civil};

/// Every statement of the program, with the place where it is written.
#[linkme::distributed_slice]
pub static QUERIES: [Query];

pub struct Query {
    pub name: &'static str,
    pub sql: &'static str,
    pub at: &'static str,
    /// What the function takes: `$2` and on. `$1` is the tenant, and is nobody's to pass.
    pub takes: &'static [Param],
    /// What a row must look like; empty for statements that return none.
    pub gives: &'static [Field],
    /// Nobody looks at what came back: right for a plain insert only, which works or fails. The test sees to it.
    pub silent: bool,
    pub plane: Plane,
}

/// Whose rows a statement touches, and so which role runs it and whether `$1` is the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plane {
    /// One tenant's rows: `$1` is bound by the transaction.
    Tenant,
    /// The registry (`ctl`), run by the control role.
    Control,
    /// Outbox and queue (`ops`), run by the job role.
    Ops,
}

pub struct Param {
    pub name: &'static str,
    pub rust: &'static str,
    pub ty: Type,
    pub accepts: fn(&Type) -> bool,
}
pub struct Field {
    pub name: &'static str,
    pub rust: &'static str,
    pub accepts: fn(&Type) -> bool,
    pub takes_null: fn() -> bool,
}

pub const fn param<T: SqlType>(name: &'static str, rust: &'static str) -> Param {
    Param { name, rust, ty: T::TYPE, accepts: <T as ToSql>::accepts }
}
pub const fn field<T: FromSqlOwned>(name: &'static str, rust: &'static str) -> Field {
    Field {
        name,
        rust,
        accepts: <T as FromSql<'static>>::accepts,
        takes_null: || T::from_sql_null(&Type::TEXT).is_ok(),
    }
}

impl Query {
    pub(crate) fn key(&'static self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    /// What its parameters are sent as, the tenant's id first where there is one.
    pub fn types(&self) -> Vec<Type> {
        let tenant = (self.plane == Plane::Tenant).then_some(Type::UUID);
        tenant.into_iter().chain(self.takes.iter().map(|param| param.ty.clone())).collect()
    }

    /// Names, order and types must be the struct's: then rows are read by position, and a mistake has an address.
    pub fn check<'a>(&self, columns: impl ExactSizeIterator<Item = (&'a str, &'a Type)>) -> Result<()> {
        let misfit = |what: String| Err(Error::Misfit { at: self.at, what: format!("{}: {what}", self.name) });
        if self.gives.is_empty() {
            return Ok(());
        }
        if self.gives.len() != columns.len() {
            return misfit(format!("{} columns for {} fields", columns.len(), self.gives.len()));
        }
        for (i, (field, (name, ty))) in self.gives.iter().zip(columns).enumerate() {
            if !(field.name.is_empty() || field.name == name) || !(field.accepts)(ty) {
                return misfit(format!(
                    "column {} is `{name}: {ty}`, the field is `{}: {}`",
                    i + 1,
                    field.name,
                    field.rust
                ));
            }
        }
        Ok(())
    }
}

/// A statement and its values, not yet run: `find(id)`. `T` says what comes back (see `Shape`).
#[must_use = "a statement does nothing until it is given to read, write, run or queue"]
pub struct Statement<T>(Bound, PhantomData<fn() -> T>);
#[doc(hidden)]
pub struct Bound {
    pub(crate) query: &'static Query,
    pub(crate) params: Vec<Box<dyn ToSql + Sync + Send>>,
}

impl<T> Statement<T> {
    #[doc(hidden)]
    pub fn new(query: &'static Query, params: Vec<Box<dyn ToSql + Sync + Send>>) -> Self {
        Self(Bound { query, params }, PhantomData)
    }
}

/// `sql! { fn find(id: CustomerId) -> Option<Customer> = "select … where tenant_id = $1 and id = $2"; }`
/// `sql! { #![control] fn hosts() -> Vec<Host> = "select … from ctl.host"; }` (also `#![ops]`): no tenant, `$1` is the first argument.
#[macro_export]
macro_rules! sql {
    (#![control] $($rest:tt)*) => { $crate::sql!(@on Control $($rest)*); };
    (#![ops] $($rest:tt)*) => { $crate::sql!(@on Ops $($rest)*); };
    (@out) => { () };
    (@out $out:ty) => { $out };
    (@on $plane:ident $($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $out:ty)? = $text:literal;)*) => {$(
        $(#[$meta])*
        #[allow(clippy::too_many_arguments)]
        $vis fn $name($($arg: $ty),*) -> $crate::tx::Statement<$crate::sql!(@out $($out)?)> {
            #[$crate::__::linkme::distributed_slice($crate::tx::QUERIES)]
            #[linkme(crate = $crate::__::linkme)]
            static QUERY: $crate::tx::Query = $crate::tx::Query {
                name: stringify!($name),
                sql: $text,
                at: concat!(file!(), ":", line!()),
                takes: &[$($crate::tx::param::<$ty>(stringify!($arg), stringify!($ty))),*],
                gives: <$crate::sql!(@out $($out)?) as $crate::tx::Shape>::FIELDS,
                silent: <$crate::sql!(@out $($out)?) as $crate::tx::Shape>::SILENT,
                plane: $crate::tx::Plane::$plane,
            };
            $crate::tx::Statement::new(&QUERY, vec![$(Box::new($arg)),*])
        }
    )*};
    ($($rest:tt)*) => { $crate::sql!(@on Tenant $($rest)*); };
}

/// What a statement gives: `()` nothing, `u64` how many rows it touched, `T` exactly one row (else `NotFound`),
/// `Option<T>` at most one, `Vec<T>` any number.
pub trait Shape: Sized {
    const FIELDS: &'static [Field];
    const SILENT: bool = false;
    fn of(reply: Reply) -> Result<Self>;
}
pub struct Reply {
    pub(crate) query: &'static Query,
    pub(crate) columns: Columns,
    pub(crate) rows: Vec<Line>,
    pub(crate) touched: u64,
}

impl Shape for () {
    const FIELDS: &'static [Field] = &[];
    const SILENT: bool = true;
    fn of(_: Reply) -> Result<Self> {
        Ok(())
    }
}
impl Shape for u64 {
    const FIELDS: &'static [Field] = &[];
    fn of(reply: Reply) -> Result<Self> {
        Ok(reply.touched)
    }
}
impl<T: Row> Shape for T {
    const FIELDS: &'static [Field] = T::FIELDS;
    fn of(reply: Reply) -> Result<Self> {
        Option::<T>::of(reply)?.ok_or(Error::NotFound)
    }
}
impl<T: Row> Shape for Option<T> {
    const FIELDS: &'static [Field] = T::FIELDS;
    fn of(reply: Reply) -> Result<Self> {
        let at = reply.query.at;
        let mut rows = Vec::<T>::of(reply)?;
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            n => Err(Error::Misfit { at, what: format!("{n} rows where one was promised") }),
        }
    }
}
impl<T: Row> Shape for Vec<T> {
    const FIELDS: &'static [Field] = T::FIELDS;
    fn of(reply: Reply) -> Result<Self> {
        let (columns, at) = (&*reply.columns, reply.query.at);
        reply.rows.iter().map(|row| T::read(&mut Cells { rest: row.buffer(), columns, at })).collect()
    }
}

/// One struct is the row, the JSON and what the page shows. Made by `row!`; also a single value.
pub trait Row: Sized {
    const FIELDS: &'static [Field];
    fn read(cells: &mut Cells<'_>) -> Result<Self>;
}
/// The cells of a row, read one after the other: each a length and so many bytes, or -1 for null.
pub struct Cells<'a> {
    rest: &'a [u8],
    columns: &'a [(String, Type)],
    at: &'static str,
}
impl Cells<'_> {
    #[allow(clippy::should_implement_trait)]
    pub fn next<T: FromSqlOwned>(&mut self) -> Result<T> {
        let misfit = |what: String| Error::Misfit { at: self.at, what };
        let cut = || misfit("a row that ends before its columns do".into());
        let ((name, ty), columns) = self.columns.split_first().ok_or_else(cut)?;
        let (length, rest) = self.rest.split_first_chunk::<4>().ok_or_else(cut)?;
        let (value, rest) = match usize::try_from(i32::from_be_bytes(*length)) {
            Ok(length) => rest.split_at_checked(length).map(|(value, rest)| (Some(value), rest)).ok_or_else(cut)?,
            Err(_) => (None, rest),
        };
        (self.columns, self.rest) = (columns, rest);
        T::from_sql_nullable(ty, value).map_err(|error| misfit(format!("column `{name}`: {error}")))
    }
}

#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fmeta:meta])* $fvis:vis $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$fmeta])* $fvis $field: $ty),* }
        impl $crate::tx::Row for $name {
            const FIELDS: &'static [$crate::tx::Field] = &[$($crate::tx::field::<$ty>(stringify!($field), stringify!($ty))),*];
            fn read(cells: &mut $crate::tx::Cells<'_>) -> $crate::Result<Self> { Ok(Self { $($field: cells.next()?),* }) }
        }
    };
}

/// A Rust type with the one PostgreSQL type it is sent as. Unnamed statements need it: nobody asks the server.
pub trait SqlType: ToSql + Sync + Send + 'static {
    const TYPE: Type;
}
impl<T: SqlType> SqlType for Option<T> {
    const TYPE: Type = T::TYPE;
}
impl SqlType for Vec<Uuid> {
    const TYPE: Type = Type::UUID_ARRAY;
}
impl SqlType for Vec<String> {
    const TYPE: Type = Type::TEXT_ARRAY;
}
impl SqlType for Vec<Option<String>> {
    const TYPE: Type = Type::TEXT_ARRAY;
}
impl SqlType for Vec<i64> {
    const TYPE: Type = Type::INT8_ARRAY;
}
impl SqlType for Vec<i32> {
    const TYPE: Type = Type::INT4_ARRAY;
}
impl SqlType for Vec<Timestamp> {
    const TYPE: Type = Type::TIMESTAMPTZ_ARRAY;
}
impl SqlType for Vec<serde_json::Value> {
    const TYPE: Type = Type::JSONB_ARRAY;
}
impl SqlType for Vec<u8> {
    const TYPE: Type = Type::BYTEA;
}

macro_rules! values {
    ($($ty:ty = $pg:ident),*) => {$(
        impl SqlType for $ty { const TYPE: Type = Type::$pg; }
        impl Row for $ty {
            const FIELDS: &'static [Field] = &[field::<$ty>("", stringify!($ty))];
            fn read(cells: &mut Cells<'_>) -> Result<Self> { cells.next() }
        }
    )*};
}
values!(
    Uuid = UUID,
    String = TEXT,
    i64 = INT8,
    i32 = INT4,
    bool = BOOL,
    i16 = INT2,
    f64 = FLOAT8,
    Timestamp = TIMESTAMPTZ,
    civil::Date = DATE,
    civil::Time = TIME,
    serde_json::Value = JSONB
);

/// One statement, a tuple of them, or a `Vec`: what can leave in one write.
pub trait Batch {
    type Output;
    #[doc(hidden)]
    fn bind(self, bounds: &mut Vec<Bound>) -> impl FnOnce(&mut Replies) -> Result<Self::Output> + use<Self>;
}
#[doc(hidden)]
pub type Replies = std::vec::IntoIter<Reply>;

/// Statements that either do what they say or fail: plain inserts. Only they may travel in one write with COMMIT.
pub trait Inserts: Batch {}
impl Inserts for () {}
impl Inserts for Statement<()> {}
impl Inserts for Vec<Statement<()>> {}

impl<T: Shape> Batch for Statement<T> {
    type Output = T;
    fn bind(self, bounds: &mut Vec<Bound>) -> impl FnOnce(&mut Replies) -> Result<T> + use<T> {
        bounds.push(self.0);
        |replies| T::of(replies.next().expect("one reply for each statement"))
    }
}
impl<B: Batch> Batch for Vec<B> {
    type Output = Vec<B::Output>;
    fn bind(self, bounds: &mut Vec<Bound>) -> impl FnOnce(&mut Replies) -> Result<Self::Output> + use<B> {
        let parts: Vec<_> = self.into_iter().map(|b| b.bind(bounds)).collect();
        |replies| parts.into_iter().map(|part| part(replies)).collect()
    }
}
/// A batch whose answer is looked at before it is handed on, whoever asked: see `Statement::looked_at`.
#[must_use = "a statement does nothing until it is given to read, write, run or queue"]
pub struct LookedAt<T, U>(Statement<T>, fn(T) -> Result<U>);
impl<T> Statement<T> {
    /// What comes back goes through `look`: a rule about a row that no reader of it can forget.
    pub fn looked_at<U>(self, look: fn(T) -> Result<U>) -> LookedAt<T, U> {
        LookedAt(self, look)
    }
}
impl<T: Shape, U> Batch for LookedAt<T, U> {
    type Output = U;
    fn bind(self, bounds: &mut Vec<Bound>) -> impl FnOnce(&mut Replies) -> Result<U> + use<T, U> {
        let (inner, look) = (self.0.bind(bounds), self.1);
        move |replies| look(inner(replies)?)
    }
}
impl Batch for () {
    type Output = ();
    fn bind(self, _: &mut Vec<Bound>) -> impl FnOnce(&mut Replies) -> Result<()> + use<> {
        |_| Ok(())
    }
}
macro_rules! tuples {
    ($($($b:ident)+,)+) => {$(
        impl<$($b: Batch),+> Batch for ($($b,)+) {
            type Output = ($($b::Output,)+);
            #[allow(non_snake_case)]
            fn bind(self, bounds: &mut Vec<Bound>) -> impl FnOnce(&mut Replies) -> Result<Self::Output> + use<$($b),+> {
                let ($($b,)+) = self;
                $(let $b = $b.bind(bounds);)+
                |replies| Ok(($($b(replies)?,)+))
            }
        }
        impl<$($b: Inserts),+> Inserts for ($($b,)+) {}
    )+};
}
tuples!(A B, A B C, A B C D, A B C D E, A B C D E F, A B C D E F G, A B C D E F G H,);
