//! Who levies what in the demo: the state, and the town on top of it with a rate that changes. What is sold is taxed, work is not.
use jiff::{ToSpan, civil::Date};
use serde_json::json;

use super::Caller;
use crate::start::Result;

/// The tax that parts are sold with.
pub async fn levied(caller: &Caller, today: Date) -> Result<String> {
    let tax = json!({ "name": "Sales tax", "rate_ppm": 62_500, "standard": true });
    let tax = caller.made("/api/v1/tax-rates", tax).await?;
    let day = |days: i32| today.saturating_add(days.days());
    let state = json!({ "name": "Illinois", "country": "US", "regions": ["IL", "Illinois"] });
    let town =
        json!({ "name": "Springfield", "country": "US", "regions": ["IL", "Illinois"], "cities": ["Springfield"] });
    for (place, rates) in [(state, vec![(62_500, -3000)]), (town, vec![(20_000, -3000), (22_500, 75)])] {
        let place = caller.made("/api/v1/jurisdictions", place).await?;
        for (rate_ppm, days) in rates {
            let rate = json!({ "tax_rate_id": tax, "rate_ppm": rate_ppm, "from_on": day(days) });
            caller.post(&format!("/api/v1/jurisdictions/{place}/rates"), rate).await?;
        }
    }
    Ok(tax)
}

/// A customer with a certificate.
pub async fn exempt(caller: &Caller, customer: &str, today: Date) -> Result<()> {
    let from = today.saturating_sub(200.days());
    let given = json!({ "certificate": "E9987-6123-05", "reason": "Owners' association", "from_on": from, "until_on": from.saturating_add(730.days()) });
    caller.post(&format!("/api/v1/customers/{customer}/tax-exemptions"), given).await.map(drop)
}
