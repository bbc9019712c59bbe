//! An invoice as its customer sees it, by the link in the letter: no account, phone first, nothing that needs a script.
pub mod link;
mod show;

use kernel::{
    Access, Error, Result, Scope, Visitor,
    http::{Download, Json, Path},
};
use schemars::JsonSchema;
use serde::Serialize;

pub use show::{draw, page};

use crate::{
    InvoiceId,
    invoice::{Invoice, Status, paper, view},
    permissions::InvoicesRead,
};

/// Where others put a way to pay on the page of the link: drawn for whoever has it.
pub const WAYS: &str = "invoice.link";

/// What the link opens. A draft is not for its customer yet.
pub async fn of(scope: &Scope, token: &str) -> Result<Invoice> {
    let invoice = view(scope, link::read(scope, token)?).await?;
    if invoice.head.status == Status::Draft { Err(Error::NotFound) } else { Ok(invoice) }
}

pub async fn pdf(visitor: Visitor, Path(token): Path<String>) -> Result<Download> {
    let invoice = of(&visitor, &token).await?;
    let name = format!("{}.pdf", invoice.head.number.clone().unwrap_or_default());
    let bytes = paper::bytes_of(&visitor, invoice).await?;
    Ok(Download { name, media_type: "application/pdf".into(), bytes, inline: true })
}

/// Where a customer sees and pays the invoice. Whoever has the address may see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceLink")]
pub struct Link {
    pub url: String,
}

pub async fn link_api(access: Access<InvoicesRead>, Path(id): Path<InvoiceId>) -> Result<Json<Link>> {
    let invoice = view(&access, id).await?;
    if !access.can::<kernel::PricesSee>() {
        return Err(Error::Forbidden(<kernel::PricesSee as kernel::Permission>::NAME));
    }
    if invoice.head.status == Status::Draft {
        return Err(Error::refused("Issue this invoice first; then its customer can see it."));
    }
    Ok(Json(Link { url: link::url(&access, id)? }))
}
