//! Who comes to `/`: the office sees today, a technician their own jobs, and at no company's address the first page of sign-up.
use axum::{extract::FromRequestParts, http::request::Parts};
use kernel::{
    Access, Error, House, Outside, Result, Visitor,
    module::{Gate, Opens},
};

use crate::permissions::DashboardRead;

pub enum Home {
    Office(Access<DashboardRead>),
    Elsewhere(&'static str),
}

impl Opens for Home {
    fn gate() -> Gate {
        <Access<DashboardRead> as Opens>::gate()
    }
}

impl FromRequestParts<House> for Home {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self> {
        if Outside::from_request_parts(parts, house).await?.tenant.is_none() {
            return Ok(Self::Elsewhere("/start"));
        }
        match Access::<DashboardRead>::from_request_parts(parts, house).await {
            Ok(access) => Ok(Self::Office(access)),
            // Somebody whose work is on the phone has no dashboard, and needs none.
            Err(Error::Forbidden(_)) if Visitor::from_request_parts(parts, house).await?.may("jobs.own") => {
                Ok(Self::Elsewhere("/tech"))
            }
            Err(error) => Err(error),
        }
    }
}
