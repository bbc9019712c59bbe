//! One job with two visits: what is broken is found, a part is ordered, and another day it is fitted.
use jiff::{SignedDuration, Timestamp, civil};
use serde_json::{Value, json};

use super::{Weeks, field};
use crate::start::Result;

/// How far the story is.
pub(super) enum Twice {
    NotYet,
    /// The job, on hold.
    Found(String),
    Repaired,
}

impl Weeks<'_> {
    /// After the others' work, at the end of two of the days that are past.
    pub(super) async fn twice(
        &self,
        so_far: Twice,
        technician: &str,
        customer: &(String, String),
        day: civil::Date,
    ) -> Result<Twice> {
        let at = self.local(day, 17, 20);
        if self.clock.now() > at {
            return Ok(so_far);
        }
        match so_far {
            Twice::NotYet => self.found(technician, customer, at).await.map(Twice::Found),
            Twice::Found(job) => self.repaired(&job, technician, at).await.map(|()| Twice::Repaired),
            Twice::Repaired => Ok(Twice::Repaired),
        }
    }

    async fn found(&self, technician: &str, customer: &(String, String), at: Timestamp) -> Result<String> {
        let visit = json!({ "customer_id": customer.0, "location_id": customer.1, "technician_id": technician, "title": "Nothing happens when it is switched on",
            "problem": "Since this morning, and there was a smell.", "starts_at": at, "duration_minutes": 45, "anyway": true });
        let visit = self.caller.made("/api/v1/appointments", visit).await?;
        self.turn(at);
        let job = self.caller.made("/api/v1/work-orders", json!({ "appointment_id": visit })).await?;
        let job = format!("/api/v1/work-orders/{job}");
        self.caller.verb(&job, "start", json!({})).await?;
        self.caller.post(&format!("{job}/lines"), sold("Finding the fault", "labor", "95.00")).await?;
        self.turn(at + SignedDuration::from_mins(40));
        field::times(&self.caller, &job, at, self.clock.now()).await?;
        let end = json!({ "reason": "parts", "note": "The board is burnt; a new one comes in two days" });
        self.caller.post(&format!("{job}/visits/{visit}/end"), end).await?;
        Ok(job)
    }

    async fn repaired(&self, job: &str, technician: &str, at: Timestamp) -> Result<()> {
        let again = json!({ "technician_id": technician, "title": "Fit the new board", "starts_at": at, "duration_minutes": 60, "anyway": true });
        self.caller.post(&format!("{job}/visits"), again).await?;
        self.turn(at);
        self.caller.verb(job, "start", json!({})).await?;
        self.caller.post(&format!("{job}/lines"), sold("Control board", "material", "238.00")).await?;
        self.turn(at + SignedDuration::from_mins(55));
        field::times(&self.caller, job, at, self.clock.now()).await?;
        field::answers(&self.caller, job, 2).await?;
        field::signs(&self.caller, job, 0).await?;
        self.caller.post(&format!("{job}/notes"), json!({ "body": "New board fitted, runs on all speeds." })).await?;
        self.caller.verb(job, "finish", json!({})).await.map(drop)
    }
}

fn sold(what: &str, kind: &str, price: &str) -> Value {
    json!({ "description": what, "kind": kind, "unit_price": { "amount": price, "currency": "USD" } })
}
