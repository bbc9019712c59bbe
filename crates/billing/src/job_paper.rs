//! A job as PDF, as the customer takes it along: what was done and used, what its checklists asked, which equipment, who signed.
//! Whoever is not shown prices gets it without.
use customers::{LocationId, location};
use documents::{Align, Column, Document, Emphasis, Fact, Note, Party, Row, Signature, Table, Total};
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use kernel::{
    Access, Money, PricesSee, Result, Scope, Tenant, Uuid,
    http::{Download, Path, Query},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use work::{
    Line, WorkOrderId, WorkRead,
    order::{
        Status,
        show::{Whole, whole},
    },
    question::{Asked, Kind},
    signature::{self, Strokes},
};

use crate::{
    bill_to::{self, Address},
    invoice::paper,
    words::Words,
    written,
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "JobPaperAsked")]
pub struct Wish {
    /// `false` leaves prices out, also for whoever may see them.
    pub prices: Option<bool>,
}

pub async fn api(access: Access<WorkRead>, Path(id): Path<WorkOrderId>, Query(wish): Query<Wish>) -> Result<Download> {
    let priced = access.can::<PricesSee>() && wish.prices != Some(false);
    of(&access, id, priced).await
}

pub async fn of(scope: &Scope, id: WorkOrderId, priced: bool) -> Result<Download> {
    let job = whole(scope, id).await?;
    let place = location::find(job.order.location_id.unwrap_or(LocationId(Uuid::nil())));
    let (address, place) = scope.read((bill_to::address(job.order.customer_id), place)).await?;
    let to = bill_to::written(&job.order.customer_name, address.as_ref());
    let paper = document(scope.tenant(), &job, &to, place.map(Address::from), priced);
    let bytes = paper::set(scope, paper).await?;
    let name = format!("Work order {}.pdf", job.order.called());
    Ok(Download { name, media_type: "application/pdf".into(), bytes, inline: true })
}

pub fn panel(_: Scope, order: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let at = format!("/jobs/{order}/pdf");
        Ok(ui::card::section(
            "Paper",
            html! {},
            html! {
                div."flex"."flex-wrap"."gap-2" {
                    a.btn."btn-s" href=(at) target="_blank" { (ui::icon("file-text")) "Work order as PDF" }
                    @if kernel::sight::prices() { a.link.t13."self-center" href={ (at) "?prices=false" } target="_blank" { "without prices" } }
                }
            },
        ))
    })
}

fn document(tenant: &Tenant, job: &Whole, to: &str, place: Option<Address>, priced: bool) -> Document {
    let (order, words) = (&job.order, Words::of(tenant));
    let moment = |at: Timestamp| words.day(at.to_zoned(tenant.locale.zone.clone()).date());
    let mut facts = vec![];
    let mut fact = |label: &str, value: Option<String>| {
        facts.extend(value.map(|value| Fact { label: words.say(label), value }));
    };
    fact("Visit", order.visit_starts_at.or(order.started_at).map(moment));
    fact("Technician", order.technician_name.clone());
    fact("Finished", order.completed_at.map(moment));
    let at_home = place.as_ref().is_none_or(|place| to.ends_with(&place.lines().join("\n")));
    let place =
        place.filter(|_| !at_home).map(|place| Party { label: words.say("Place of work"), lines: place.lines() });
    let customer = Party { label: words.say("Customer"), lines: to.lines().map(str::to_owned).collect() };
    let scope = order.scope.clone().map(|text| Note { heading: words.say("What was asked for"), text });
    let mut tables: Vec<Table> = (!job.lines.is_empty()).then(|| lines(tenant, job, priced)).into_iter().collect();
    tables.extend(equipment(job, words));
    tables.extend(job.questions.chunk_by(|a, b| a.checklist_id == b.checklist_id).map(|some| asked(some, words)));
    let mut signatures: Vec<Signature> = job.signatures.iter().map(|one| signed(tenant, one)).collect();
    if !job.signatures.iter().any(|one| one.kind == signature::Kind::Completion && !one.changed_since) {
        signatures.push(Signature { label: words.say("Name, date and signature"), ..Signature::default() });
    }
    Document {
        title: words.with("Work order {}", &[&order.called().to_string()]),
        subtitle: order.title.clone(),
        parties: [Some(customer), place].into_iter().flatten().collect(),
        facts,
        tables,
        notes: scope.into_iter().collect(),
        signatures,
        watermark: if order.status == Status::Cancelled { words.say("Cancelled") } else { String::new() },
        ..paper::blank(tenant)
    }
}

fn column(words: Words, heading: &str, align: Align) -> Column {
    Column { heading: words.say(heading), align }
}

fn lines(tenant: &Tenant, job: &Whole, priced: bool) -> Table {
    let words = Words::of(tenant);
    let figure = |minor| written::figure(tenant, Money::new(minor, job.order.currency()));
    let row = |line: &Line| {
        let mut cells = vec![line.description.clone(), words.number(written::quantity(line.quantity_milli))];
        if priced {
            cells.extend([figure(line.unit_price_minor), figure(line.amount_minor(job.rules))]);
        }
        Row { cells, description: line.waived.clone().map(|why| words.with("Free: {}", &[&why])).unwrap_or_default() }
    };
    let mut columns = vec![column(words, "What was done and used", Align::Left), column(words, "Qty", Align::Right)];
    let mut totals = vec![];
    if priced {
        columns.extend([column(words, "Rate", Align::Right), column(words, "Amount", Align::Right)]);
        let sums = job.sums();
        let plain =
            |label: &str, minor| Total { label: words.say(label), value: figure(minor), emphasis: Emphasis::Plain };
        let total = written::money(tenant, job.money(sums.total_minor));
        let total = Total { label: words.say("Total"), value: total, emphasis: Emphasis::Strong };
        totals = match job.rules.inclusive {
            true => vec![total, plain("Tax, in the total", sums.tax_minor)],
            false => vec![plain("Subtotal", sums.subtotal_minor), plain("Tax", sums.tax_minor), total],
        };
    }
    Table { columns, main: 0, rows: job.lines.iter().map(row).collect(), totals, ..Table::default() }
}

fn equipment(job: &Whole, words: Words) -> Option<Table> {
    let row = |unit: &work::serviced::Unit| {
        let kind = [&unit.make, &unit.model].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
        Row { cells: vec![unit.name.clone(), kind, unit.serial.clone().unwrap_or_default()], ..Row::default() }
    };
    let rows: Vec<Row> = job.equipment.iter().filter(|unit| unit.worked_on).map(row).collect();
    let columns = vec![
        column(words, "Equipment", Align::Left),
        column(words, "Make and model", Align::Left),
        column(words, "Serial number", Align::Left),
    ];
    (!rows.is_empty()).then(|| Table { columns, main: 0, rows, ..Table::default() })
}

/// A checklist with its answers; what was not answered is left to be seen.
fn asked(questions: &[Asked], words: Words) -> Table {
    let row = |one: &Asked| {
        let unit = one.question.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
        let answer = match (one.question.kind, one.answer.as_deref()) {
            (Kind::Photo, _) if one.photo_id.is_some() => words.say("Photo taken"),
            (_, None) => "–".to_owned(),
            (Kind::YesNo, Some(said)) => words.say(if said == "yes" { "Yes" } else { "No" }),
            (_, Some(said)) => format!("{said}{unit}"),
        };
        let bounds = (one.failed && !one.question.bounds().is_empty())
            .then(|| words.with("To be {}", &[&one.question.bounds()]));
        let below: Vec<String> = bounds.into_iter().chain(one.note.clone()).collect();
        Row { cells: vec![one.question.words.clone(), answer], description: below.join("\n") }
    };
    Table {
        caption: questions.first().map(|one| one.checklist.clone()).unwrap_or_default(),
        columns: vec![column(words, "Checked", Align::Left), column(words, "Found", Align::Left)],
        main: 0,
        rows: questions.iter().map(row).collect(),
        ..Table::default()
    }
}

fn signed(tenant: &Tenant, one: &signature::Signature) -> Signature {
    let words = Words::of(tenant);
    let day = words.day(one.signed_at.to_zoned(tenant.locale.zone.clone()).date());
    let besides = match (one.intact, one.changed_since) {
        (false, _) => Some("this is not what was signed"),
        (_, true) => Some("the lines were other ones then"),
        _ => None,
    };
    let besides = besides.map(|says| format!(" · {}", words.say(says))).unwrap_or_default();
    let drawn = one.strokes.as_deref().and_then(|text| Strokes::read(text).ok());
    Signature {
        label: format!("{}{besides}", words.say(one.kind.label())),
        signed: format!("{}, {day}", one.name),
        strokes: drawn.map(Strokes::points).unwrap_or_default(),
        image: None,
    }
}
