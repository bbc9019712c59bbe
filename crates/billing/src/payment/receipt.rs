//! The receipt of a payment as PDF: what came in, for which invoice, and what is open after it.
use documents::{Align, Column, Document, Emphasis, Fact, Party, Row as PaperRow, Table, Total};
use kernel::{
    Error, Money, Permission, PricesSee, Result, Tenant,
    access::Access,
    http::{Download, Path},
    sight,
};

use super::{Payment, reverse::find};
use crate::{
    PaymentId,
    invoice::{Invoice, paper, view},
    permissions::InvoicesRead,
    written,
};

pub async fn api(access: Access<InvoicesRead>, Path(id): Path<PaymentId>) -> Result<Download> {
    let payment = access.read(find(id)).await?.ok_or(Error::NotFound)?.payment();
    if !access.can::<PricesSee>() {
        return Err(Error::Forbidden(PricesSee::NAME));
    }
    let invoice = view(&access, payment.invoice_id).await?;
    let paper = sight::whole(|| document(access.tenant(), &invoice, &payment));
    let number = invoice.head.number.clone().unwrap_or_default();
    let name = format!("Receipt {number} {}.pdf", payment.received_on);
    let bytes = paper::set(&access, paper).await?;
    Ok(Download { name, media_type: "application/pdf".into(), bytes, inline: true })
}

fn document(tenant: &Tenant, invoice: &Invoice, payment: &Payment) -> Document {
    let head = &invoice.head;
    let number = head.number.clone().unwrap_or_default();
    let fact = |label: &str, value: String| Fact { label: label.into(), value };
    let figure = |money| written::figure(tenant, money);
    let applied = Money::new(payment.amount.minor - payment.kept.minor, payment.amount.currency);
    let row = |says: String, money| PaperRow { cells: vec![says, figure(money)], description: String::new() };
    let mut rows = vec![row(format!("Invoice {number}"), applied)];
    if payment.kept.minor > 0 {
        rows.push(row("Kept as your credit".into(), payment.kept));
    }
    let mut facts =
        vec![fact("Received", written::day(payment.received_on)), fact("By", payment.method.label().into())];
    facts.extend(payment.reference.clone().map(|reference| fact("Reference", reference)));
    let open =
        |money| Total { label: format!("Open on {number} today"), value: figure(money), emphasis: Emphasis::Plain };
    Document {
        title: "Receipt".into(),
        subtitle: format!("For invoice {number}"),
        parties: vec![Party { label: "From".into(), lines: invoice.bill_to.lines().map(str::to_owned).collect() }],
        facts,
        tables: vec![Table {
            columns: vec![
                Column { heading: "For".into(), align: Align::Left },
                Column { heading: "Amount".into(), align: Align::Right },
            ],
            main: 0,
            rows,
            totals: vec![
                Total {
                    label: "Received".into(),
                    value: written::money(tenant, payment.amount),
                    emphasis: Emphasis::Due,
                },
                open(head.balance),
            ],
            ..Table::default()
        }],
        watermark: if payment.reversed_on.is_some() { "Taken back".into() } else { String::new() },
        ..paper::blank(tenant)
    }
}
