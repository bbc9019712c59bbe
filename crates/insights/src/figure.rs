//! Figures of the business: each context registers its own, the summary gathers them.
use futures_util::future::BoxFuture;
use kernel::{Money, Result, Scope};
use serde::Serialize;

/// What a figure says: so many, or so much money.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Value {
    Count(i64),
    Money(Money),
}

/// One figure of `GET /api/v1/insights/summary`, by its name there. Left out for those without its permission.
pub struct Figure {
    pub name: &'static str,
    pub permission: &'static str,
    pub measure: fn(Scope) -> BoxFuture<'static, Result<Value>>,
}

/// Every figure of the program.
#[linkme::distributed_slice]
pub static FIGURES: [Figure];

/// `insights::figure! { "open_receivables" for InvoicesRead => open_receivables }`, where the function is
/// `async fn open_receivables(scope: Scope) -> Result<Value>`.
#[macro_export]
macro_rules! figure {
    ($($name:literal for $permission:ty => $measure:path),+ $(,)?) => {$(
        const _: () = {
            #[$crate::__::linkme::distributed_slice($crate::FIGURES)]
            #[linkme(crate = $crate::__::linkme)]
            static FIGURE: $crate::Figure = $crate::Figure {
                name: $name,
                permission: <$permission as $crate::__::Permission>::NAME,
                measure: |scope| ::std::boxed::Box::pin($measure(scope)),
            };
        };
    )+};
}
