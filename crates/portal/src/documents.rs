//! All papers in one place, as PDF: invoices, receipts, credit notes, the statement, estimates, what was done.
use billing::{CreditNoteId, PaymentId, credit_note as note, invoice, job_paper, payment::receipt, statement, written};
use customers::CustomerId;
use estimates::{estimate, reader};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Currency, Error, Money, Result, Visitor,
    http::{Download, Page, Path},
    row, sql,
};
use maud::{Markup, html};
use work::{WorkOrderId, order};

use crate::{
    frame::{self, Place, base, row},
    guest,
};

row! { struct Job { id: WorkOrderId, number: i64, title: String, completed_at: Option<Timestamp> } }
row! { struct Paid { id: PaymentId, number: String, amount_minor: i64, currency: String, received_on: Date } }
row! { struct Note { id: CreditNoteId, number: String, issued_on: Date } }

sql! {
    fn notes_of(customer: CustomerId) -> Vec<Note> = "
        select id, number, issued_on from credit_note where tenant_id = $1 and customer_id = $2 order by id desc limit 100";
    fn jobs_of(customer: CustomerId) -> Vec<Job> = "
        select id, number, title, completed_at from work_order
        where tenant_id = $1 and customer_id = $2 and status = 'completed' order by number desc limit 100";
    fn their_job(customer: CustomerId, id: WorkOrderId) -> Option<WorkOrderId> = "
        select id from work_order where tenant_id = $1 and customer_id = $2 and id = $3 and status = 'completed'";
    // What was taken back was no payment.
    fn paid_by(customer: CustomerId) -> Vec<Paid> = "
        select p.id, coalesce(i.number, '') as number, p.amount_minor, p.currency, p.received_on
        from payment p join invoice i on i.tenant_id = $1 and i.id = p.invoice_id
        where p.tenant_id = $1 and p.customer_id = $2 and p.reversed_on is null order by p.id desc limit 200";
    fn their_payment(customer: CustomerId, id: PaymentId) -> Option<PaymentId> = "
        select id from payment where tenant_id = $1 and customer_id = $2 and id = $3 and reversed_on is null";
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
    let (notes, jobs, paid) = visitor.read((notes_of(mine.id), jobs_of(mine.id), paid_by(mine.id))).await?;
    let invoices: Vec<Markup> = invoices
        .iter()
        .filter(|one| one.status != invoice::Status::Draft)
        .map(|one| {
            let words = format!("Invoice {}", one.number.as_deref().unwrap_or_default());
            paper(&format!("{base}/invoices/{}/pdf", one.id), &words, &day(one.issued_on))
        })
        .collect();
    let receipts: Vec<Markup> = paid
        .iter()
        .map(|one| {
            let amount =
                Money::new(one.amount_minor, Currency::of(&one.currency).unwrap_or(visitor.tenant().locale.currency));
            let small = format!("{} · {}", day(Some(one.received_on)), written::money(visitor.tenant(), amount));
            paper(&format!("{base}/receipts/{}/pdf", one.id), &format!("Receipt for {}", one.number), &small)
        })
        .collect();
    // Of whoever was never billed there is nothing to state.
    let stated =
        (!invoices.is_empty()).then(|| paper(&format!("{base}/statement/pdf"), "Statement", "The last three months"));
    let notes: Vec<Markup> = notes
        .iter()
        .map(|one| {
            let href = format!("{base}/credit-notes/{}/pdf", one.id);
            paper(&href, &format!("Credit note {}", one.number), &day(Some(one.issued_on)))
        })
        .collect();
    let jobs: Vec<Markup> = jobs
        .iter()
        .map(|one| {
            let on = one.completed_at.map(|at| at.to_zoned(visitor.tenant().locale.zone.clone()).date());
            let (href, what) = (format!("{base}/jobs/{}/pdf", one.id), format!("{}, {}", one.title, day(on)));
            paper(&href, &format!("Work order {}", order::called(one.number)), &what)
        })
        .collect();
    let mut offers = vec![];
    for one in estimates.iter().filter(|one| one.revision > 0) {
        let href = format!("{}/pdf", reader::link::path(&visitor, one.id, one.revision)?);
        offers.push(paper(&href, &format!("Estimate {}", one.number.as_deref().unwrap_or_default()), &one.title));
    }
    let all = [
        ("Invoices", invoices),
        ("Receipts", receipts),
        ("Credit notes", notes),
        ("Statement", stated.into_iter().collect()),
        ("Estimates", offers),
        ("Work done", jobs),
    ];
    let body = html! {
        @if all.iter().all(|(_, papers)| papers.is_empty()) { p.soft."mt-6" { "No paper yet. Invoices, receipts, credit notes, estimates and what was done stand here as PDF." } }
        @for (title, papers) in &all { @if !papers.is_empty() { h2.portal-h { (title) } ul.portal-list { @for one in papers { (one) } } } }
    };
    Ok(frame::page(&visitor, &here, Place::Documents, "Documents", "", body))
}

pub async fn credit_note(visitor: Visitor, Path((customer, id)): Path<(CustomerId, CreditNoteId)>) -> Result<Download> {
    let (_, mine) = guest::at(&visitor, customer).await?;
    let id = visitor.read(theirs(mine.id, id)).await?.ok_or(Error::NotFound)?;
    note::pdf(&visitor, id).await
}

/// What was done and found, without prices: these are the invoice's.
pub async fn job(visitor: Visitor, Path((customer, id)): Path<(CustomerId, WorkOrderId)>) -> Result<Download> {
    let (_, mine) = guest::at(&visitor, customer).await?;
    let id = visitor.read(their_job(mine.id, id)).await?.ok_or(Error::NotFound)?;
    job_paper::of(&visitor, id, false).await
}

pub async fn paid(visitor: Visitor, Path((customer, id)): Path<(CustomerId, PaymentId)>) -> Result<Download> {
    let (_, mine) = guest::at(&visitor, customer).await?;
    let id = visitor.read(their_payment(mine.id, id)).await?.ok_or(Error::NotFound)?;
    receipt::pdf(&visitor, id).await
}

pub async fn stated(visitor: Visitor, Path(customer): Path<CustomerId>) -> Result<Download> {
    let (_, mine) = guest::at(&visitor, customer).await?;
    statement::latest(&visitor, mine.id).await
}
