//! The figures of the business as JSON, each by its name.
use kernel::{Result, access::Access, http::Json};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

use crate::{
    figure::{FIGURES, Value},
    permissions::DashboardRead,
};

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Summary {
    /// The company's own date.
    pub today: jiff::civil::Date,
    /// Counts are numbers, money is an amount with its currency. Figures that you may not see are left out.
    pub figures: BTreeMap<&'static str, Value>,
}

pub async fn api(access: Access<DashboardRead>) -> Result<Json<Summary>> {
    let mine: Vec<_> = FIGURES.iter().filter(|figure| access.may(figure.permission)).collect();
    let measured = mine.iter().map(|figure| (figure.measure)((*access).clone()));
    let values = futures_util::future::try_join_all(measured).await?;
    let figures = mine.iter().map(|figure| figure.name).zip(values).collect();
    Ok(Json(Summary { today: access.local_now().date(), figures }))
}
