//! The office's pages about the visits of a job: booking another by the form of every booking, and ending one.
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{Either, Form, Page, Path, Query, Redirect, Repeatable},
};
use maud::html;
use scheduling::{
    AppointmentId,
    appointment::{
        Source,
        new_page::{At, BookForm, NewQuery, sheet},
    },
    overlap::Overlapping,
    say,
};
use tenancy::shell::{Frame, filled};

use super::{
    book::{self, Another, must_book, short},
    end::{self, End},
    of,
};
use crate::{
    office::verbs::{Answer, back, typed},
    order::{self, Status, WorkOrder, WorkOrderId},
    permissions::WorkWrite,
};

/// The form stands on the job: for whom, where and what it knows.
fn at(order: &WorkOrder, nth: usize) -> At {
    let crumbs = vec![("Jobs".into(), "/jobs".into()), (order.called(), format!("/jobs/{}", order.id))];
    let title = format!("Visit {nth} of {}", order.called());
    At {
        path: format!("/jobs/{}/visits/new", order.id),
        asks: String::new(),
        frame: Frame { title, active: "/jobs", crumbs, ..Frame::default() },
        head: html! { p.soft."mb-4" { "Scope, lines, checklists and the invoice stay those of the job. A service chosen here says how long the visit takes and what it needs, and adds no line." } },
        title: Some(short(&order.title)),
        verb: "Book visit",
    }
}

async fn taking(scope: &Scope, id: WorkOrderId) -> Result<(WorkOrder, usize)> {
    let (order, visits) = scope.read((order::find(id), of(id))).await?;
    let order = order.ok_or(Error::NotFound)?;
    must_book(scope)?;
    Ok((order, visits.len() + 1))
}

/// With whoever came last, where nobody else is named.
fn asked(mut query: NewQuery, order: &WorkOrder) -> NewQuery {
    query.location_id = order.location_id;
    query.technician_id = query.technician_id.or(order.technician_id);
    query
}

pub async fn page(
    access: Access<WorkWrite>,
    Path(id): Path<WorkOrderId>,
    Query(query): Query<NewQuery>,
) -> Result<Either<Redirect, Page>> {
    let (order, nth) = taking(&access, id).await?;
    if order.status.is_over() {
        return Ok(Either::Done(back(id)));
    }
    sheet(&access, order.customer_id, &asked(query, &order), None, at(&order, nth)).await.map(Either::Again)
}

pub async fn post(
    access: Access<WorkWrite>,
    Path(id): Path<WorkOrderId>,
    form: Form<BookForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let (order, nth) = taking(&access, id).await?;
    let locale = &access.tenant().locale;
    let outcome = form
        .then(async |input: BookForm| {
            let another = Another::from(input.booking(locale)?);
            let overlap = Overlapping::of(&access, another.overlap_reason.as_deref())?;
            access
                .once(async |tx: &mut TenantTx| {
                    let booked = book::book(tx, id, another.clone(), Source::Office, &overlap, locale).await?;
                    let when = booked.starts_at.zip(booked.ends_at).map(|(from, until)| say::when(from, until, locale));
                    let says =
                        format!("Visit {} of {} booked, {}", booked.nth, order.called(), when.unwrap_or_default());
                    Ok(back(id).toast(&says))
                })
                .await
        })
        .await?;
    match outcome {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let query = asked(NewQuery::typed(&typed), &order);
            sheet(&access, order.customer_id, &query, Some(filled(typed)), at(&order, nth)).await.map(Either::Again)
        }
    }
}

pub async fn end(
    access: Access<WorkWrite>,
    Path((id, visit)): Path<(WorkOrderId, AppointmentId)>,
    form: Form<End>,
) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |input| {
            scope
                .once(async |tx: &mut TenantTx| {
                    let order = end::end(scope, tx, id, visit, &input).await?;
                    let says = match order.status {
                        Status::OnHold => format!("The visit is over. {} is on hold", order.called()),
                        _ => format!("The visit is over. {} goes on", order.called()),
                    };
                    Ok(back(id).toast(&says))
                })
                .await
        })
        .await;
    typed(&access, id, outcome).await
}
