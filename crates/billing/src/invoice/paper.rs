//! The invoice as PDF, from the same figures that the page and the API show.
use bytes::Bytes;
use documents::{Align, Brand, Column, Document, Emphasis, Fact, Labels, Note, Paper, Party, Row, Table, Total};
use kernel::{
    Error, Permission, PricesSee, Result, Scope, Tenant,
    access::Access,
    http::{Download, Path},
    sight, tenant,
};
use std::sync::LazyLock;
use uuid::Uuid;

use super::{Invoice, Status, TaxLine, view};
use crate::{InvoiceId, bill_to, letterhead, permissions::InvoicesRead, words::Words, written};

/// Which paper: the invoice at this version, under the company's present head.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    tenant: Uuid,
    invoice: InvoiceId,
    version: i64,
    name: String,
    brand: tenant::Brand,
    letterhead: tenant::Letterhead,
}

/// Papers that were set lately, up to 32 MB of them. A draft's address is not settled, so drafts are set anew each time.
static PAPERS: LazyLock<moka::sync::Cache<Key, Bytes>> = LazyLock::new(|| {
    let weigh = |_: &Key, bytes: &Bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    moka::sync::Cache::builder().max_capacity(32 << 20).weigher(weigh).build()
});

pub async fn api(access: Access<InvoicesRead>, Path(id): Path<InvoiceId>) -> Result<Download> {
    let invoice = view(&access, id).await?;
    // The paper is the customer's and has its prices: it is for whoever may see them.
    if !access.can::<PricesSee>() {
        return Err(Error::Forbidden(PricesSee::NAME));
    }
    let name = format!("{}.pdf", invoice.head.number.clone().unwrap_or_else(|| "Invoice draft".into()));
    let bytes = bytes_of(&access, invoice).await?;
    Ok(Download { name, media_type: "application/pdf".into(), bytes, inline: true })
}

/// The bytes of the PDF; the same version of the same invoice is set once.
pub async fn bytes_of(scope: &Scope, invoice: Invoice) -> Result<Bytes> {
    let tenant = scope.tenant().clone();
    let draft = invoice.head.status == Status::Draft;
    let key = Key {
        tenant: tenant.id,
        invoice: invoice.head.id,
        version: invoice.head.version,
        name: tenant.name.clone(),
        brand: tenant.brand.clone(),
        letterhead: tenant.letterhead.clone(),
    };
    if let (false, Some(bytes)) = (draft, PAPERS.get(&key)) {
        return Ok(bytes);
    }
    let bill_to = bill_to_of(scope, &invoice).await?;
    // It is kept for whoever asks next, and goes to customers: its figures do not depend on who asks first.
    let paper = sight::whole(|| document(&tenant, &invoice, &bill_to));
    let bytes = set(scope, paper).await?;
    if !draft {
        PAPERS.insert(key, bytes.clone());
    }
    Ok(bytes)
}

/// The paper typeset, under the company's logo.
pub async fn set(scope: &Scope, mut paper: Document) -> Result<Bytes> {
    paper.brand.logo = letterhead::logo(scope).await;
    let tenant = scope.tenant().id;
    let set = move || match documents::render(&paper) {
        // A logo that browsers show and the PDF cannot keeps nobody from being paid.
        Err(error) if paper.brand.logo.take().is_some() => {
            tracing::warn!(%error, %tenant, "a paper was set without its logo");
            documents::render(&paper)
        }
        set => set,
    };
    let bytes = tokio::task::spawn_blocking(set)
        .await
        .map_err(|e| Error::Bug(format!("the paper was not set: {e}")))?
        .map_err(|e| Error::refused(format!("The PDF cannot be made: {e}.")))?;
    Ok(Bytes::from(bytes))
}

/// A paper under the company's head, on which nothing stands yet.
pub fn blank(tenant: &Tenant) -> Document {
    let letter = matches!(tenant.locale.country.as_str(), "US" | "CA" | "MX" | "CO" | "CL" | "PH");
    Document {
        paper: if letter { Paper::Letter } else { Paper::A4 },
        language: tenant.locale.language.clone(),
        labels: Labels { page_of: Words::of(tenant).say("Page {page} of {pages}") },
        brand: Brand {
            name: tenant.name.clone(),
            address: vec![letterhead::address(tenant).join(", ")],
            phone: tenant.letterhead.phone.clone(),
            email: tenant.letterhead.email.clone(),
            registration: letterhead::registration(tenant),
            accent: accent(tenant.brand.hue),
            logo: None,
        },
        footer: letterhead::foot(tenant),
        ..Document::default()
    }
}

/// As kept at issue; for a draft as the customer is written now.
pub async fn bill_to_of(scope: &Scope, invoice: &Invoice) -> Result<String> {
    if invoice.head.status != Status::Draft {
        return Ok(invoice.bill_to.clone());
    }
    let address = scope.read(bill_to::address(invoice.head.customer_id)).await?;
    Ok(bill_to::written(&invoice.head.customer_name, address.as_ref()))
}

/// A sum at the foot: its words, its figure, and how it weighs.
pub struct Sum {
    pub label: String,
    pub value: String,
    pub emphasis: Emphasis,
}

/// How large a sum stands on a page for its customer: what is due above all.
pub fn size_of(emphasis: Emphasis) -> &'static str {
    match emphasis {
        Emphasis::Plain => "",
        Emphasis::Strong => "sum-s",
        Emphasis::Due => "sum-l",
    }
}

/// The sums of the paper and of the page, in order, in the words of either.
pub fn sums(tenant: &Tenant, invoice: &Invoice, words: Words) -> Vec<Sum> {
    let head = &invoice.head;
    let plain = |label: String, value: String| Sum { label, value, emphasis: Emphasis::Plain };
    let figure = |money| written::figure(tenant, money);
    let less = |money: kernel::Money| figure(kernel::Money::new(-money.minor, money.currency));
    let mut sums = vec![plain(words.say("Subtotal"), figure(head.subtotal))];
    if head.discount.minor != 0 {
        sums.push(plain(words.say("Discount"), less(head.discount)));
    }
    let total = Sum { label: words.say("Total"), value: figure(head.total), emphasis: Emphasis::Strong };
    sums.extend(with_taxes(total, &invoice.taxes, head.tax_rules.inclusive, words, figure));
    for payment in invoice.payments.iter().filter(|payment| payment.reversed_on.is_none()) {
        let method = words.say(payment.method.label()).to_lowercase();
        let label = words.with("Paid {}, {}", &[&words.day(payment.received_on), &method]);
        let applied = payment.amount.minor - payment.kept.minor - payment.refunded.minor;
        if applied != 0 {
            sums.push(plain(label, less(kernel::Money::new(applied, payment.amount.currency))));
        }
    }
    if head.credited.minor > 0 {
        sums.push(plain(words.say("Credited"), less(head.credited)));
    }
    let due = match head.status {
        Status::Draft => head.total,
        // That nobody is expected to pay it is the company's own matter; the paper says what is owed.
        Status::WrittenOff => head.written_off,
        _ => head.balance,
    };
    if head.status != Status::Void {
        sums.push(Sum { label: words.say("Due"), value: written::money(tenant, due), emphasis: Emphasis::Due });
    }
    sums
}

/// The total among its taxes, as every paper has them: what comes on top stands above it; what is in the prices already stands below,
/// for it is no more to be added.
pub fn with_taxes(
    total: Sum,
    taxes: &[TaxLine],
    inclusive: bool,
    words: Words,
    figure: impl Fn(kernel::Money) -> String,
) -> Vec<Sum> {
    let line = |tax: &TaxLine| {
        let name = if tax.name.is_empty() { words.say("Tax") } else { tax.name.clone() };
        let within = if inclusive { format!(", {}", words.say("in the total")) } else { String::new() };
        let label = format!("{name} {} %{within}", words.number(written::percent(tax.rate_ppm)));
        Sum { label, value: figure(tax.tax), emphasis: Emphasis::Plain }
    };
    let mut sums: Vec<Sum> = taxes.iter().map(line).collect();
    sums.insert(if inclusive { 0 } else { sums.len() }, total);
    sums
}

/// What the paper says.
pub fn document(tenant: &Tenant, invoice: &Invoice, bill_to: &str) -> Document {
    let (head, words) = (&invoice.head, Words::of(tenant));
    let number = head.number.clone();
    let right = |heading: &str| Column { heading: words.say(heading), align: Align::Right };
    let row = |line: &super::lines::Line| Row {
        cells: vec![
            line.description.clone(),
            words.number(written::quantity(line.quantity_milli)),
            written::figure(tenant, line.unit_price),
            written::figure(tenant, line.amount),
        ],
        description: said_of(tenant, line, words),
    };
    let mut facts = vec![];
    let mut fact = |label: &str, value: Option<String>| {
        facts.extend(value.map(|value| Fact { label: words.say(label), value }));
    };
    fact("Issued", head.issued_on.map(|day| words.day(day)));
    fact("Due on", head.due_on.map(|day| words.day(day)));
    fact("Terms", Some(terms(head.terms_days, words)));
    fact("Your reference", head.reference.clone());
    Document {
        title: number.map_or_else(|| words.say("Invoice"), |number| words.with("Invoice {}", &[&number])),
        subtitle: if head.status == Status::Draft { words.say("Number is given at issue") } else { String::new() },
        parties: vec![Party { label: words.say("Bill to"), lines: bill_to.lines().map(str::to_owned).collect() }],
        facts,
        tables: vec![Table {
            columns: vec![
                Column { heading: words.say("Description"), align: Align::Left },
                right("Qty"),
                right("Rate"),
                right("Amount"),
            ],
            main: 0,
            rows: invoice.lines.iter().map(row).collect(),
            totals: sums(tenant, invoice, words)
                .into_iter()
                .map(|sum| Total { label: sum.label, value: sum.value, emphasis: sum.emphasis })
                .collect(),
            ..Table::default()
        }],
        notes: head
            .tax_note
            .iter()
            .chain(&head.note)
            .map(|text| Note { heading: String::new(), text: text.clone() })
            .collect(),
        watermark: match head.status {
            Status::Draft => words.say("Draft"),
            Status::Void => words.say("Void"),
            _ => String::new(),
        },
        ..blank(tenant)
    }
}

/// The small words below a line: its detail, and its discount.
pub fn said_of(tenant: &Tenant, line: &super::lines::Line, words: Words) -> String {
    let less = || words.with("Less {}", &[&written::money(tenant, line.discount)]);
    let discount = (line.discount.minor != 0).then(less);
    line.detail.clone().into_iter().chain(discount).collect::<Vec<_>>().join("\n")
}

/// "State 6.25 % + City 2 %".
pub fn taxes_of(taxes: &[kernel::sum::LineTax]) -> String {
    let one =
        |tax: &kernel::sum::LineTax| format!("{} {} %", tax.name, written::percent(tax.rate_ppm)).trim().to_owned();
    taxes.iter().map(one).collect::<Vec<_>>().join(" + ")
}

pub fn terms(days: i32, words: Words) -> String {
    if days == 0 { words.say("Due at once") } else { words.with("Net {}", &[&days.to_string()]) }
}

/// A colour of the brand's hue that reads on white.
fn accent(hue: u16) -> [u8; 3] {
    // HSL at 30 % lightness and 60 % saturation: dark enough for a rule and for letters at any hue.
    let (chroma, base) = (0.36_f64, 0.12_f64);
    let sector = f64::from(hue % 360) / 60.0;
    let second = chroma * (1.0 - (sector % 2.0 - 1.0).abs());
    let (r, g, b) = match sector as u8 {
        0 => (chroma, second, 0.0),
        1 => (second, chroma, 0.0),
        2 => (0.0, chroma, second),
        3 => (0.0, second, chroma),
        4 => (second, 0.0, chroma),
        _ => (chroma, 0.0, second),
    };
    [r, g, b].map(|part| ((part + base) * 255.0).round() as u8)
}
