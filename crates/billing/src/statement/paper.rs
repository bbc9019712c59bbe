//! The statement as PDF.
use bytes::Bytes;
use documents::{Align, Column, Document, Emphasis, Fact, Note, Party, Row, Table, Total};
use kernel::{
    Error, Permission, PricesSee, Result, Scope, Tenant,
    access::Access,
    http::{Download, Path, Query},
    sight,
};

use super::{Asked, OpenInvoice, Statement, StatementLine, statement};
use crate::{CustomerId, bill_to, invoice::paper, permissions::InvoicesRead, words::Words, written};

pub async fn api(
    access: Access<InvoicesRead>,
    Path(id): Path<CustomerId>,
    Query(asked): Query<Asked>,
) -> Result<Download> {
    let found = statement(&access, id, &asked).await?;
    // The paper is the customer's and has its prices: it is for whoever may see them.
    if !access.can::<PricesSee>() {
        return Err(Error::Forbidden(PricesSee::NAME));
    }
    download(&access, &found).await
}

async fn download(scope: &Scope, found: &Statement) -> Result<Download> {
    let bytes = bytes_of(scope, found).await?;
    Ok(Download { name: name_of(found), media_type: "application/pdf".into(), bytes, inline: true })
}

/// The last three months, for whom the caller has seen to it that they may see it.
pub async fn latest(scope: &Scope, id: CustomerId) -> Result<Download> {
    download(scope, &statement(scope, id, &Asked::default()).await?).await
}

pub(super) fn name_of(found: &Statement) -> String {
    format!("Statement {}.pdf", found.to)
}

pub(super) async fn bytes_of(scope: &Scope, found: &Statement) -> Result<Bytes> {
    let address = scope.read(bill_to::address(found.customer_id)).await?;
    let to = bill_to::written(&found.customer_name, address.as_ref());
    // The paper is the customer's and has its prices, whoever sends it.
    let paper = sight::whole(|| document(scope.tenant(), found, &to));
    paper::set(scope, paper).await
}

fn document(tenant: &Tenant, found: &Statement, to: &str) -> Document {
    let words = Words::of(tenant);
    let right = |heading: &str| Column { heading: words.say(heading), align: Align::Right };
    let left = |heading: &str| Column { heading: words.say(heading), align: Align::Left };
    let figure = |money| written::figure(tenant, money);
    let fact = |label: &str, value: String| Fact { label: words.say(label), value };
    let row = |cells: Vec<String>| Row { cells, description: String::new() };
    let line = |line: &StatementLine| {
        // What was written down when it was posted is in English.
        let says = match words == Words::SCREEN {
            true => line.says.clone(),
            false => format!("{} {}", words.say(line.kind.label()), line.number.as_deref().unwrap_or_default()),
        };
        row(vec![words.day(line.on), says, figure(line.amount), figure(line.balance)])
    };
    let before = row(vec![words.day(found.from), words.say("Balance before"), String::new(), figure(found.opening)]);
    let open = |one: &OpenInvoice| row(vec![one.number.clone(), words.day(one.due_on), figure(one.open)]);
    let owed =
        Total { label: words.say("Owed"), value: written::money(tenant, found.closing), emphasis: Emphasis::Due };
    let late: i64 = found.open.iter().filter(|one| one.overdue).map(|one| one.open.minor).sum();
    let late = (late > 0).then(|| Total {
        label: words.say("Of this overdue"),
        value: figure(kernel::Money::new(late, found.closing.currency)),
        emphasis: Emphasis::Plain,
    });
    let mut tables = vec![Table {
        columns: vec![left("Day"), left("What"), right("Amount"), right("Balance")],
        main: 1,
        rows: std::iter::once(before).chain(found.data.iter().map(line)).collect(),
        totals: late.into_iter().chain([owed]).collect(),
        ..Table::default()
    }];
    if !found.open.is_empty() {
        tables.push(Table {
            caption: words.say("Open invoices"),
            columns: vec![left("Invoice"), left("Due"), right("Open")],
            main: 1,
            rows: found.open.iter().map(open).collect(),
            ..Table::default()
        });
    }
    let kept = (found.credit.minor > 0).then(|| Note {
        heading: String::new(),
        text: words.with("{} is kept as your credit.", &[&written::money(tenant, found.credit)]),
    });
    Document {
        title: words.say("Statement"),
        parties: vec![Party { label: words.say("For"), lines: to.lines().map(str::to_owned).collect() }],
        facts: vec![fact("From", words.day(found.from)), fact("To", words.day(found.to))],
        tables,
        notes: kept.into_iter().collect(),
        ..paper::blank(tenant)
    }
}
