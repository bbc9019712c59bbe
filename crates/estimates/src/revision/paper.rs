//! The estimate as PDF, from the same content that the page shows and the approval is bound to.
use billing::{bill_to, invoice::paper, words::Words, written};
use documents::{Align, Column, Document, Emphasis, Fact, Link, Note, Party, Row, Signature, Table, Total};
use kernel::{
    Error, Permission, PricesSee, Result, Scope, Tenant, Visitor,
    access::Access,
    http::{Download, Path},
};

use super::{
    content::{Choice, Content},
    newest, send,
};
use crate::{
    EstimateId, EstimateLineId,
    decision::{self, Decision, Kind},
    estimate::{Status, head, option, tax_lines},
    permissions::{EstimatesRead, EstimatesWrite},
    reader::{self, link},
};

/// What was sent last; a draft as it is now.
pub async fn api(access: Access<EstimatesRead>, Path(id): Path<EstimateId>) -> Result<Download> {
    // The paper is the customer's and has its prices: it is for whoever may see them.
    let asked = (head(id), option::of(id), option::lines_of(id), decision::newest(id), newest(id));
    let (found, options, lines, said, sent) = access.read(asked).await?;
    let found = found.ok_or(Error::NotFound)?;
    if !access.can::<PricesSee>() {
        return Err(Error::Forbidden(PricesSee::NAME));
    }
    let draft = found.status == Status::Draft;
    let content = match draft {
        true => {
            let address = access.read(bill_to::address(found.customer_id)).await?;
            let (company, called) = (access.tenant().name.clone(), found.number.clone().unwrap_or_default());
            let addressed_to = bill_to::written(&found.customer_name, address.as_ref());
            send::frozen(&found, (options, lines), called, found.revision, company, addressed_to)?
        }
        false => sent.ok_or(Error::NotFound)?.content()?,
    };
    let said =
        said.map(|said| said.shown(content.currency())).filter(|said| said.revision == content.revision && !draft);
    let url = match found.status.is_open() && access.can::<EstimatesWrite>() {
        true => Some(link::url(&access, id, content.revision)?),
        false => None,
    };
    let watermark = match found.status {
        Status::Draft => "Draft",
        Status::Declined | Status::Expired | Status::Withdrawn => found.status.label(),
        _ => "",
    };
    set(&access, &content, said.as_ref(), url, watermark).await
}

/// As the customer saves it.
pub async fn by_link(visitor: Visitor, Path(token): Path<String>) -> Result<Download> {
    let shown = reader::of(&visitor, &token).await?;
    let said = shown.decision.as_ref().filter(|said| said.revision == shown.content.revision);
    let url = match shown.may_decide() {
        true => Some(link::url(&visitor, shown.id, shown.content.revision)?),
        false => None,
    };
    let watermark = if shown.is_newest() { "" } else { "Replaced" };
    set(&visitor, &shown.content, said, url, watermark).await
}

async fn set(
    scope: &Scope,
    content: &Content,
    said: Option<&Decision>,
    url: Option<String>,
    watermark: &str,
) -> Result<Download> {
    let mut document = document(scope.tenant(), content, said)?;
    document.link = url.map(|url| Link { label: Words::of(scope.tenant()).say("See, choose and approve"), url });
    document.watermark = match watermark {
        "" => String::new(),
        word => Words::of(scope.tenant()).say(word),
    };
    let called = if content.number.is_empty() { "Estimate draft" } else { &content.number };
    let name = format!("{called}.pdf");
    let bytes = paper::set(scope, document).await?;
    Ok(Download { name, media_type: "application/pdf".into(), bytes, inline: true })
}

/// What the paper says.
pub fn document(tenant: &Tenant, content: &Content, said: Option<&Decision>) -> Result<Document> {
    let words = Words::of(tenant);
    let several = content.options.len() > 1;
    let yes = said.filter(|said| said.kind == Kind::Approved);
    let table = |offered: &super::content::Offered| {
        let chosen = yes.filter(|yes| yes.option_id == Some(offered.option.id));
        let ticked: Vec<EstimateLineId> =
            chosen.map(|yes| yes.ticked.iter().map(|id| EstimateLineId(*id)).collect()).unwrap_or_default();
        let choice = content.choose(offered.option.id, &ticked, "")?;
        let mut caption = if several { offered.option.name.clone() } else { String::new() };
        if several && offered.option.recommended {
            caption += &format!(" ({})", words.say("recommended"));
        }
        if chosen.is_some() && several {
            caption += &format!(", {}", words.say("as approved"));
        }
        Ok(of_option(tenant, content, offered, &choice, caption))
    };
    let mut facts = vec![];
    let mut fact = |label: &str, value: Option<String>| {
        facts.extend(value.map(|value| Fact { label: words.say(label), value }));
    };
    fact("About", Some(content.title.clone()));
    fact("Good until", content.valid_until.map(|day| words.day(day)));
    let note = |heading: &str, text: &Option<String>| {
        text.as_ref().map(|text| Note { heading: heading.to_owned(), text: text.clone() })
    };
    let says = content.options.iter().filter_map(|offered| {
        let says = offered.option.says.clone()?;
        Some(Note { heading: if several { offered.option.name.clone() } else { String::new() }, text: says })
    });
    let signature = match yes {
        Some(yes) => {
            let day = words.day(yes.at.to_zoned(tenant.locale.zone.clone()).date());
            let who = yes.name.clone().unwrap_or_default();
            Signature {
                label: words.with("Approved {}", &[&words.say(yes.via.label())]),
                signed: format!("{who}, {day}"),
                ..Signature::default()
            }
        }
        None => Signature { label: words.say("Name and date"), ..Signature::default() },
    };
    let called = match content.number.as_str() {
        "" => words.say("Estimate"),
        number => words.with("Estimate {}", &[number]),
    };
    Ok(Document {
        title: called,
        subtitle: match (content.number.as_str(), content.revision) {
            ("", _) => words.say("Number is given when it is sent"),
            (_, revision) if revision > 1 => words.with("Revision {}", &[&revision.to_string()]),
            _ => String::new(),
        },
        parties: vec![Party {
            label: words.say("For"),
            lines: content.addressed_to.lines().map(str::to_owned).collect(),
        }],
        facts,
        tables: content.options.iter().map(table).collect::<Result<_>>()?,
        notes: note("", &content.note)
            .into_iter()
            .chain(says)
            .chain(note("", &content.tax_note))
            .chain(note(&words.say("Terms"), &content.terms))
            .collect(),
        signatures: vec![signature],
        ..paper::blank(tenant)
    })
}

fn of_option(
    tenant: &Tenant,
    content: &Content,
    offered: &super::content::Offered,
    choice: &Choice<'_>,
    caption: String,
) -> Table {
    let words = Words::of(tenant);
    let figure = |minor| written::figure(tenant, content.money(minor));
    let right = |heading: &str| Column { heading: words.say(heading), align: Align::Right };
    let row = |line: &option::Kept| {
        let besides = line.optional && !choice.ticked.contains(&line.id);
        let says = line.detail.clone().into_iter().chain(besides.then(|| words.say("If you like; not in the total")));
        Row {
            cells: vec![
                line.description.clone(),
                words.number(written::quantity(line.quantity_milli)),
                figure(line.unit_price_minor),
                figure(content.rules.amount(line.unit_price_minor, line.quantity_milli)),
            ],
            description: says.collect::<Vec<_>>().join("\n"),
        }
    };
    let sums = &choice.sums;
    let plain = |label: String, value: String| Total { label, value, emphasis: Emphasis::Plain };
    let mut totals = vec![plain(words.say("Subtotal"), figure(sums.subtotal_minor))];
    if sums.discount_minor != 0 {
        totals.push(plain(words.say("Discount"), figure(-sums.discount_minor)));
    }
    let total = written::money(tenant, content.money(sums.total_minor));
    let total = paper::Sum { label: words.say("Total"), value: total, emphasis: Emphasis::Due };
    let taxes = tax_lines(&sums.taxes, content.currency());
    let below =
        paper::with_taxes(total, &taxes, content.rules.inclusive, words, |money| written::figure(tenant, money));
    totals.extend(below.into_iter().map(|sum| Total { label: sum.label, value: sum.value, emphasis: sum.emphasis }));
    if choice.deposit_minor != 0 {
        totals.push(plain(words.say("Deposit on approval"), figure(choice.deposit_minor)));
    }
    Table {
        caption,
        columns: vec![
            Column { heading: words.say("Description"), align: Align::Left },
            right("Qty"),
            right("Rate"),
            right("Amount"),
        ],
        main: 0,
        rows: offered.lines.iter().map(row).collect(),
        totals,
    }
}
