//! The receipt of a payment as PDF: what came in, for which invoice, and what is open after it.
use documents::{Align, Column, Document, Emphasis, Fact, Party, Row as PaperRow, Table, Total};
use kernel::{
    Error, Money, Permission, PricesSee, Result, Scope, Tenant,
    access::Access,
    http::{Download, Path},
    sight,
};

use super::{Payment, reverse::find};
use crate::{
    PaymentId,
    invoice::{Invoice, paper, view},
    permissions::InvoicesRead,
    words::Words,
    written,
};

pub async fn api(access: Access<InvoicesRead>, Path(id): Path<PaymentId>) -> Result<Download> {
    access.read(find(id)).await?.ok_or(Error::NotFound)?;
    if !access.can::<PricesSee>() {
        return Err(Error::Forbidden(PricesSee::NAME));
    }
    pdf(&access, id).await
}

/// For whom the caller has seen to it that they may see it.
pub async fn pdf(scope: &Scope, id: PaymentId) -> Result<Download> {
    let payment = scope.read(find(id)).await?.ok_or(Error::NotFound)?.payment();
    let invoice = view(scope, payment.invoice_id).await?;
    let paper = sight::whole(|| document(scope.tenant(), &invoice, &payment));
    let number = invoice.head.number.clone().unwrap_or_default();
    let name = format!("Receipt {number} {}.pdf", payment.received_on);
    let bytes = paper::set(scope, paper).await?;
    Ok(Download { name, media_type: "application/pdf".into(), bytes, inline: true })
}

fn document(tenant: &Tenant, invoice: &Invoice, payment: &Payment) -> Document {
    let head = &invoice.head;
    let number = head.number.clone().unwrap_or_default();
    let words = Words::of(tenant);
    let fact = |label: &str, value: String| Fact { label: words.say(label), value };
    let figure = |money| written::figure(tenant, money);
    let applied = Money::new(payment.amount.minor - payment.kept.minor, payment.amount.currency);
    let row = |says: String, money| PaperRow { cells: vec![says, figure(money)], description: String::new() };
    let mut rows = vec![row(words.with("Invoice {}", &[&number]), applied)];
    if payment.kept.minor > 0 {
        rows.push(row(words.say("Kept as your credit"), payment.kept));
    }
    let mut facts =
        vec![fact("Received", words.day(payment.received_on)), fact("By", words.say(payment.method.label()))];
    facts.extend(payment.reference.clone().map(|reference| fact("Reference", reference)));
    let open = |money| Total {
        label: words.with("Open on {} today", &[&number]),
        value: figure(money),
        emphasis: Emphasis::Plain,
    };
    Document {
        title: words.say("Receipt"),
        subtitle: words.with("For invoice {}", &[&number]),
        parties: vec![Party { label: words.say("From"), lines: invoice.bill_to.lines().map(str::to_owned).collect() }],
        facts,
        tables: vec![Table {
            columns: vec![
                Column { heading: words.say("For"), align: Align::Left },
                Column { heading: words.say("Amount"), align: Align::Right },
            ],
            main: 0,
            rows,
            totals: vec![
                Total {
                    label: words.say("Received"),
                    value: written::money(tenant, payment.amount),
                    emphasis: Emphasis::Due,
                },
                open(head.balance),
            ],
            ..Table::default()
        }],
        watermark: if payment.reversed_on.is_some() { words.say("Taken back") } else { String::new() },
        ..paper::blank(tenant)
    }
}
