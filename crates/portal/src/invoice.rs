//! One invoice: its lines and sums, what is open, the paper; and what other contexts put beside it, such as a way to pay.
use billing::{
    InvoiceId,
    invoice::{self, Invoice, Status, paper},
    written,
};
use customers::CustomerId;
use kernel::{
    Error, Result, Visitor,
    http::{Download, Page, Path},
    sql,
};
use maud::html;
use tenancy::shell;

use crate::{
    ON_INVOICE,
    frame::{self, Place, base},
    guest::{self, Guest, Reached},
    invoices::{due, state},
};

sql! {
    fn theirs(customer: CustomerId, id: InvoiceId) -> Option<InvoiceId> = "
        select id from invoice where tenant_id = $1 and customer_id = $2 and id = $3 and status <> 'draft'";
}

async fn of(visitor: &Visitor, customer: CustomerId, id: InvoiceId) -> Result<((Guest, Reached), Invoice)> {
    let here = guest::at(visitor, customer).await?;
    let id = visitor.read(theirs(here.1.id, id)).await?.ok_or(Error::NotFound)?;
    Ok((here, invoice::view(visitor, id).await?))
}

pub async fn page(visitor: Visitor, Path((customer, id)): Path<(CustomerId, InvoiceId)>) -> Result<Page> {
    let (here, invoice) = of(&visitor, customer, id).await?;
    let (tenant, head) = (visitor.tenant(), &invoice.head);
    let base = format!("{}/invoices", base(&here.1));
    let beside = shell::guest_panels(&visitor, ON_INVOICE, id.into(), &format!("{base}/{id}")).await;
    let days = [("Issued", head.issued_on), ("Due", head.due_on.filter(|_| due(head).minor > 0))];
    let days: Vec<String> =
        days.into_iter().filter_map(|(word, day)| Some(format!("{word} {}", written::day(day?)))).collect();
    let body = html! {
        p."mt-4" { (state(head)) }
        @if head.status == Status::Void { p.soft."mt-4" { "This invoice counts no more. There is nothing to pay." } }
        @for panel in &beside { (panel) }
        div.card.portal-paper {
            ul.est-lines { @for line in &invoice.lines {
                li { span.est-line {
                    span { (line.description) @if line.quantity_milli != 1000 { span.soft.num { " × " (written::quantity(line.quantity_milli)) } }
                        @if let Some(detail) = &line.detail { @for words in detail.lines() { small { (words) } } } }
                    span.num.est-amount { (written::money(tenant, line.amount)) }
                } }
            } }
            dl.est-sums { @for sum in paper::sums(tenant, &invoice, billing::words::Words::SCREEN) { div.(paper::size_of(sum.emphasis)) { dt { (sum.label) } dd { (sum.value) } } } }
            @if let Some(note) = &head.note { @for line in note.lines() { p.soft { (line) } } }
        }
        p."mt-6"."flex"."flex-wrap"."gap-2" {
            a.btn href={ (base) "/" (id) "/pdf" } target="_blank" { (ui::icon("file-text")) "Open as PDF" }
            a.btn.btn-quiet href=(base) { "All invoices" }
        }
    };
    let title = format!("Invoice {}", head.number.as_deref().unwrap_or_default());
    let page = frame::page(&visitor, &here, Place::Invoices, &title, &days.join(" · "), body);
    // The way to pay leads to the provider's page.
    Ok(if beside.iter().any(|way| !way.0.is_empty()) { page.leads_out() } else { page })
}

pub async fn pdf(visitor: Visitor, Path((customer, id)): Path<(CustomerId, InvoiceId)>) -> Result<Download> {
    let (_, invoice) = of(&visitor, customer, id).await?;
    let name = format!("{}.pdf", invoice.head.number.clone().unwrap_or_default());
    let bytes = paper::bytes_of(&visitor, invoice).await?;
    Ok(Download { name, media_type: "application/pdf".into(), bytes, inline: true })
}
