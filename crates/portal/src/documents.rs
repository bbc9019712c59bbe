//! All papers in one place, as PDF: invoices, credit notes, estimates.
use billing::{CreditNoteId, credit_note as note, invoice, written};
use customers::CustomerId;
use estimates::{estimate, reader};
use jiff::civil::Date;
use kernel::{
    Error, Result, Visitor,
    http::{Download, Page, Path},
    row, sql,
};
use maud::{Markup, html};

use crate::{
    frame::{self, Place, base, row},
    guest,
};

row! { struct Note { id: CreditNoteId, number: String, issued_on: Date } }

sql! {
    fn notes_of(customer: CustomerId) -> Vec<Note> = "
        select id, number, issued_on from credit_note where tenant_id = $1 and customer_id = $2 order by id desc limit 100";
    fn theirs(customer: CustomerId, id: CreditNoteId) -> Option<CreditNoteId> = "
        select id from credit_note where tenant_id = $1 and customer_id = $2 and id = $3";
}

fn paper(href: &str, words: &str, small: &str) -> Markup {
    let right = html! { a.btn."btn-s" href=(href) target="_blank" aria-label={ (words) " as PDF" } { (ui::icon("file-text")) "PDF" } };
    row("file-text", None, words, small, right)
}

pub async fn page(visitor: Visitor, Path(customer): Path<CustomerId>) -> Result<Page> {
    let here = guest::at(&visitor, customer).await?;
    let mine = &here.1;
    let (base, today) = (base(mine), visitor.local_now().date());
    let day = |day: Option<Date>| day.map(|day| written::short_day(day, today)).unwrap_or_default();
    let ask = invoice::list::Ask { customer_id: Some(mine.id), limit: Some(200), ..Default::default() };
    let invoices = invoice::list::list(&visitor, &ask).await?.data;
    let ask = estimate::list::Ask { customer_id: Some(mine.id), limit: Some(200), ..Default::default() };
    let estimates = estimate::list::list(&visitor, &ask).await?.data;
    let notes = visitor.read(notes_of(mine.id)).await?;
    let invoices: Vec<Markup> = invoices
        .iter()
        .filter(|one| one.status != invoice::Status::Draft)
        .map(|one| {
            let words = format!("Invoice {}", one.number.as_deref().unwrap_or_default());
            paper(&format!("{base}/invoices/{}/pdf", one.id), &words, &day(one.issued_on))
        })
        .collect();
    let notes: Vec<Markup> = notes
        .iter()
        .map(|one| {
            let href = format!("{base}/credit-notes/{}/pdf", one.id);
            paper(&href, &format!("Credit note {}", one.number), &day(Some(one.issued_on)))
        })
        .collect();
    let mut offers = vec![];
    for one in estimates.iter().filter(|one| one.revision > 0) {
        let href = format!("{}/pdf", reader::link::path(&visitor, one.id, one.revision)?);
        offers.push(paper(&href, &format!("Estimate {}", one.number.as_deref().unwrap_or_default()), &one.title));
    }
    let all = [("Invoices", invoices), ("Credit notes", notes), ("Estimates", offers)];
    let body = html! {
        @if all.iter().all(|(_, papers)| papers.is_empty()) { p.soft."mt-6" { "No paper yet. Invoices, credit notes and estimates stand here as PDF." } }
        @for (title, papers) in &all { @if !papers.is_empty() { h2.portal-h { (title) } ul.portal-list { @for one in papers { (one) } } } }
    };
    Ok(frame::page(&visitor, &here, Place::Documents, "Documents", "", body))
}

pub async fn credit_note(visitor: Visitor, Path((customer, id)): Path<(CustomerId, CreditNoteId)>) -> Result<Download> {
    let (_, mine) = guest::at(&visitor, customer).await?;
    let id = visitor.read(theirs(mine.id, id)).await?.ok_or(Error::NotFound)?;
    note::pdf(&visitor, id).await
}
