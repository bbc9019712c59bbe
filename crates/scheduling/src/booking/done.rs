//! Booked: what happens next, and a file for the calendar. The visit is known by the secret of the hold that it was.
use kernel::{
    Error, Result, Visitor,
    http::{Download, Page, Path},
    secret::hash,
    sql,
};

use crate::{
    appointment::AppointmentId,
    rule::{self, Rules},
    visit::{self, Visit},
};

sql! {
    fn booked(token_hash: String) -> Option<AppointmentId> = "
        select id from appointment where tenant_id = $1 and token_hash = $2 and status <> 'held'";
}

async fn found(visitor: &Visitor, token: &str) -> Result<(Visit, Rules)> {
    if token.len() != 64 {
        return Err(Error::NotFound);
    }
    let id = visitor.read(booked(hash(token))).await?.ok_or(Error::NotFound)?;
    let (visit, rules) = visitor.read((visit::find(id), rule::find())).await?;
    Ok((visit.ok_or(Error::NotFound)?, rules.unwrap_or_default()))
}

pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Result<Page> {
    let (visit, rules) = found(&visitor, &token).await?;
    visit::draw(&visitor, &visit, &rules, &ui::Filled::default()).await
}

pub async fn ics(visitor: Visitor, Path(token): Path<String>) -> Result<Download> {
    let (visit, _) = found(&visitor, &token).await?;
    visit::file(&visitor, &visit)
}
