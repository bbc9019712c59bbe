//! Two customers of the demo have looked into the portal, and a third has a link that waits.
use kernel::House;
use serde_json::json;

use super::{Caller, Result};

pub async fn visited(house: &House, caller: &Caller, customers: &[(String, String)]) -> Result<()> {
    let welcome = "Call us from seven to six, Monday to Saturday; at night somebody is on call.";
    caller.change("/api/v1/portal-terms", json!({ "welcome": welcome })).await?;
    for (nth, (id, _)) in customers.iter().take(3).enumerate() {
        let customer = caller.get(&format!("/api/v1/customers/{id}")).await?;
        let Some(email) = customer["email"].as_str() else { continue };
        if nth == 2 {
            caller.post(&format!("/api/v1/customers/{id}/portal/links"), json!({ "email": email })).await?;
            continue;
        }
        caller.as_visitor("/portal/sign-in", &[("email", email)]).await?;
        kernel::job::worker::drain(house).await.map_err(|e| e.to_string())?;
        let letters = house.kept::<mail::Post>().and_then(|post| post.kept()).unwrap_or_default();
        let link = letters.iter().find(|letter| letter.to.contains(email) && letter.text.contains("/portal/enter/"));
        let path = link.and_then(|letter| {
            let from = letter.text.find("/portal/enter/")?;
            letter.text.get(from..)?.split_whitespace().next()
        });
        if let Some(path) = path {
            caller.as_visitor(path, &[]).await?;
        }
    }
    Ok(())
}
