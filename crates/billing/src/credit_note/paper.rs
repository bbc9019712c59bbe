//! The credit note as PDF.
use documents::{Align, Column, Document, Emphasis, Fact, Note, Party, Row, Table, Total};
use kernel::{
    Error, Permission, PricesSee, Result, Scope, Tenant,
    access::Access,
    http::{Download, Path},
};

use super::{CreditNote, lines_in, note, told};
use crate::{CreditNoteId, invoice::paper, permissions::InvoicesRead, words::Words, written};

pub async fn api(access: Access<InvoicesRead>, Path(id): Path<CreditNoteId>) -> Result<Download> {
    let found = access.read(note(id)).await?;
    found.ok_or(Error::NotFound)?;
    if !access.can::<PricesSee>() {
        return Err(Error::Forbidden(PricesSee::NAME));
    }
    pdf(&access, id).await
}

/// For whom the caller has seen to it that they may see it.
pub async fn pdf(scope: &Scope, id: CreditNoteId) -> Result<Download> {
    let (row, lines) = scope.read((note(id), lines_in(id))).await?;
    let row = row.ok_or(Error::NotFound)?;
    let bill_to = row.bill_to.clone();
    let note = told(row, &lines);
    let name = format!("{}.pdf", note.number);
    let bytes = paper::set(scope, document(scope.tenant(), &note, &bill_to)).await?;
    Ok(Download { name, media_type: "application/pdf".into(), bytes, inline: true })
}

fn document(tenant: &Tenant, note: &CreditNote, bill_to: &str) -> Document {
    let words = Words::of(tenant);
    let right = |heading: &str| Column { heading: words.say(heading), align: Align::Right };
    let figure = |money| written::figure(tenant, money);
    let fact = |label: &str, value: String| Fact { label: words.say(label), value };
    let plain = |label: String, value: String| Total { label, value, emphasis: Emphasis::Plain };
    let mut totals = vec![plain(words.say("Net"), figure(note.net))];
    for tax in &note.taxes {
        let name = if tax.name.is_empty() { words.say("Tax") } else { tax.name.clone() };
        totals.push(plain(format!("{name} {} %", words.number(written::percent(tax.rate_ppm))), figure(tax.tax)));
    }
    totals.push(Total {
        label: words.say("Given back"),
        value: written::money(tenant, note.total),
        emphasis: Emphasis::Due,
    });
    let row = |line: &super::CreditedLine| Row {
        cells: vec![
            line.description.clone(),
            words.number(written::quantity(line.quantity_milli)),
            figure(line.amount),
        ],
        description: String::new(),
    };
    let kept = (note.to_credit.minor > 0).then(|| Note {
        heading: String::new(),
        text: words.with("{} is kept as your credit.", &[&written::money(tenant, note.to_credit)]),
    });
    Document {
        title: words.with("Credit note {}", &[&note.number]),
        parties: vec![Party { label: words.say("Credit to"), lines: bill_to.lines().map(str::to_owned).collect() }],
        facts: vec![
            fact("Issued", words.day(note.issued_on)),
            fact("For invoice", note.invoice_number.clone()),
            fact("Reason", note.reason.clone()),
        ],
        tables: vec![Table {
            columns: vec![
                Column { heading: words.say("Description"), align: Align::Left },
                right("Qty"),
                right("Amount"),
            ],
            main: 0,
            rows: note.lines.iter().map(row).collect(),
            totals,
            ..Table::default()
        }],
        notes: kept.into_iter().collect(),
        ..paper::blank(tenant)
    }
}
