//! What somebody is shown of prices and of costs. The types of money ask here when they are written or read, so that no page,
//! list, export or answer can forget it: what is not for somebody's eyes is `null` on the wire and a dash on a page.
use std::future::Future;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::Principal;

crate::permission! {
    pub PricesSee = "prices.see": "See prices and totals", [ServiceManager, Dispatcher, Member, Viewer];
    pub CostsSee = "costs.see": "See what things cost the company, and the margin", [ServiceManager];
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Sight {
    prices: bool,
    costs: bool,
}

tokio::task_local! { static SIGHT: Sight; }

const WHOLE: Sight = Sight { prices: true, costs: true };

impl Sight {
    /// Whoever has no name here is a customer on a public page, who sees prices, and never a cost.
    pub(crate) fn of(principal: Option<&Principal>) -> Self {
        let may = |name: &str| principal.is_some_and(|principal| principal.granted.has(name));
        Self {
            prices: principal.is_none() || may(<PricesSee as crate::Permission>::NAME),
            costs: may(<CostsSee as crate::Permission>::NAME),
        }
    }
}

/// Answers a request with the eyes of whoever asks.
pub(crate) fn with<F: Future>(sight: Sight, work: F) -> impl Future<Output = F::Output> {
    SIGHT.scope(sight, work)
}

/// Whether whoever asks is shown prices. The house's own work (jobs, subscribers) sees all.
pub fn prices() -> bool {
    SIGHT.try_with(|sight| sight.prices).unwrap_or(true)
}

/// Whether whoever asks is shown what things cost.
pub fn costs() -> bool {
    SIGHT.try_with(|sight| sight.costs).unwrap_or(true)
}

/// What is made for somebody else's eyes, or to be kept: a paper, a letter. It has its prices whoever asked for it.
pub fn whole<T>(work: impl FnOnce() -> T) -> T {
    SIGHT.sync_scope(WHOLE, work)
}

#[cfg(test)]
pub(crate) fn blind<T>(work: impl FnOnce() -> T) -> T {
    SIGHT.sync_scope(Sight { prices: false, costs: false }, work)
}

/// An audited or remembered value as whoever asks may see it: amounts become `null`, wherever they stand.
pub fn veiled(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(fields)
            if !prices() && fields.len() == 2 && fields.contains_key("amount") && fields.contains_key("currency") =>
        {
            Value::Null
        }
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, value)| if hides(&name) { (name, Value::Null) } else { (name, veiled(value)) })
                .collect(),
        ),
        Value::Array(values) => Value::Array(values.into_iter().map(veiled).collect()),
        other => other,
    }
}

/// What was remembered of a record, or audited, veiled from the moment it is read.
#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
#[serde(transparent)]
#[schemars(transparent, inline)]
pub struct Remembered(serde_json::Value);

impl std::ops::Deref for Remembered {
    type Target = serde_json::Value;
    fn deref(&self) -> &serde_json::Value {
        &self.0
    }
}
impl crate::tx::SqlType for Remembered {
    const TYPE: Type = Type::JSONB;
}
impl ToSql for Remembered {
    fn to_sql(&self, ty: &Type, out: &mut bytes::BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.0.to_sql(ty, out)
    }
    fn accepts(ty: &Type) -> bool {
        <serde_json::Value as ToSql>::accepts(ty)
    }
    to_sql_checked!();
}
impl From<serde_json::Value> for Remembered {
    fn from(kept: serde_json::Value) -> Self {
        Self(veiled(kept))
    }
}
impl<'a> FromSql<'a> for Remembered {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        serde_json::Value::from_sql(ty, raw).map(Self::from)
    }
    fn accepts(ty: &Type) -> bool {
        <serde_json::Value as FromSql>::accepts(ty)
    }
}

/// Whether a field of that name holds what whoever asks may not see.
pub fn hides(field: &str) -> bool {
    match field {
        // A markup tells the cost of what its price is known of, and the bands of one are costs.
        "cost" | "cost_minor" | "markup_ppm" | "from_minor" => !costs(),
        field => field.ends_with("_minor") && !prices(),
    }
}

#[test]
fn what_is_remembered_is_veiled_as_the_eyes_are() {
    use serde_json::json;
    let kept = || json!({ "before": [{ "name": "Elbow", "price_minor": 73137, "cost_minor": 4000 }], "total": { "amount": "1.00", "currency": "USD" } });
    assert_eq!(veiled(kept()), kept());
    let seen = |prices, costs| SIGHT.sync_scope(Sight { prices, costs }, || veiled(kept()));
    assert_eq!(
        seen(false, false),
        json!({ "before": [{ "name": "Elbow", "price_minor": null, "cost_minor": null }], "total": null })
    );
    assert_eq!(seen(true, false)["before"][0], json!({ "name": "Elbow", "price_minor": 73137, "cost_minor": null }));
    let markup = json!({ "from_minor": [0, 5000], "markup_ppm": [500_000, 350_000] });
    let seen = |costs| SIGHT.sync_scope(Sight { prices: true, costs }, || veiled(markup.clone()));
    assert_eq!((seen(true), seen(false)), (markup.clone(), json!({ "from_minor": null, "markup_ppm": null })));
    assert_eq!(SIGHT.sync_scope(Sight { prices: false, costs: false }, || whole(|| veiled(kept()))), kept());
}
