//! What was agreed for one visit when it was booked, and what was charged when it was called off.
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Currency, Error, Money, Result, TenantTx,
    http::{Json, Path},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    appointment::{self, Appointment, AppointmentId, CancelledBy},
    permissions::BoardRead,
};

row! {
    #[derive(Debug, Clone)]
    pub struct Agreed {
        pub currency: String,
        pub deposit_minor: i64,
        pub fee_minor: i64,
        pub fee_hours: i32,
        pub charged_minor: Option<i64>,
        /// What the time costs more, by this name.
        pub surcharge_name: Option<String>,
        pub surcharge_minor: i64,
    }
}

sql! {
    pub fn of_visit(id: AppointmentId) -> Option<Agreed> = "
        select currency, deposit_minor, fee_minor, fee_hours, charged_minor, surcharge_name, surcharge_minor from visit_terms where tenant_id = $1 and appointment_id = $2";
    /// Writes down the terms as they are now; nothing where nothing is asked.
    pub fn agree(id: AppointmentId, currency: String, at: Timestamp, surcharge: Option<String>, surcharge_minor: i64) -> u64 = "
        insert into visit_terms (tenant_id, appointment_id, currency, deposit_minor, fee_minor, fee_hours, created_at, surcharge_name, surcharge_minor)
        select $1::uuid, a.id, $3::text, coalesce(s.deposit_minor, 0), coalesce(b.cancel_fee_minor, 0), coalesce(b.fee_hours, 0), $4::timestamptz, $5::text, $6::bigint
        from appointment a
        left join booking_terms b on b.tenant_id = $1
        left join item_scheduling s on s.tenant_id = $1 and s.item_id = a.item_id
        where a.tenant_id = $1 and a.id = $2 and (coalesce(s.deposit_minor, 0) > 0 or coalesce(b.cancel_fee_minor, 0) > 0 or $6::bigint > 0)
        on conflict (tenant_id, appointment_id) do nothing";
    fn charged(id: AppointmentId, currency: String, charged_minor: i64, at: Timestamp) -> u64 = "
        insert into visit_terms (tenant_id, appointment_id, currency, deposit_minor, fee_minor, fee_hours, charged_minor, created_at)
        values ($1, $2, $3, 0, 0, 0, $4, $5)
        on conflict (tenant_id, appointment_id) do update set charged_minor = $4";
}

impl Agreed {
    fn money(&self, minor: i64) -> Money {
        Money::new(minor, Currency::of(&self.currency).unwrap_or(Currency::USD))
    }
    pub fn deposit(&self) -> Option<Money> {
        (self.deposit_minor > 0).then(|| self.money(self.deposit_minor))
    }
    /// The fee that was agreed, whether or not it is due.
    pub fn fee(&self) -> Option<Money> {
        (self.fee_minor > 0).then(|| self.money(self.fee_minor))
    }
    pub fn charged(&self) -> Option<Money> {
        self.charged_minor.filter(|minor| *minor > 0).map(|minor| self.money(minor))
    }
    /// What the time that was chosen costs more, and what that is called.
    pub fn surcharge(&self) -> Option<(&str, Money)> {
        let name = self.surcharge_name.as_deref().filter(|_| self.surcharge_minor > 0)?;
        Some((name, self.money(self.surcharge_minor)))
    }
    /// From then on calling off costs the fee.
    pub fn late_from(&self, starts_at: Timestamp) -> Timestamp {
        starts_at.checked_sub(SignedDuration::from_hours(self.fee_hours.into())).unwrap_or(starts_at)
    }
    /// What a customer owes who calls it off now.
    pub fn due(&self, starts_at: Timestamp, now: Timestamp) -> Option<Money> {
        self.fee().filter(|_| now >= self.late_from(starts_at))
    }
}

/// What is charged for calling off: what is said; otherwise what was agreed, where the customer is late. Written down.
pub async fn charge(
    tx: &mut TenantTx,
    was: &Appointment,
    by: CancelledBy,
    said: Option<Money>,
) -> Result<Option<Money>> {
    let agreed = tx.run(of_visit(was.id)).await?;
    let due = agreed.filter(|_| by == CancelledBy::Customer).and_then(|agreed| agreed.due(was.starts_at, tx.now()));
    let fee = said.or(due).filter(|fee| fee.minor > 0);
    if let Some(fee) = fee {
        let now = tx.now();
        tx.run(charged(was.id, fee.currency.code().to_owned(), fee.minor, now)).await?;
    }
    Ok(fee)
}

/// On the wire; nothing was agreed where all of it is null.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VisitTerms {
    /// Wanted before the visit; how it stands with it, `/deposit` says.
    deposit: Option<Money>,
    /// What the time that was chosen costs more; the job gets it as a line of its own.
    surcharge: Option<Money>,
    surcharge_name: Option<String>,
    /// For calling it off late.
    cancel_fee: Option<Money>,
    /// From when on that is late.
    late_from: Option<Timestamp>,
    /// What was charged when it was called off.
    charged: Option<Money>,
}

pub async fn agreed_api(access: Access<BoardRead>, Path(id): Path<AppointmentId>) -> Result<Json<VisitTerms>> {
    let (found, agreed) = access.read((appointment::find(id), of_visit(id))).await?;
    let visit = found.ok_or(Error::NotFound)?;
    let agreed = agreed.as_ref();
    Ok(Json(VisitTerms {
        deposit: agreed.and_then(Agreed::deposit),
        surcharge: agreed.and_then(Agreed::surcharge).map(|(_, amount)| amount),
        surcharge_name: agreed.and_then(|agreed| agreed.surcharge_name.clone()),
        cancel_fee: agreed.and_then(Agreed::fee),
        late_from: agreed.filter(|agreed| agreed.fee_minor > 0).map(|agreed| agreed.late_from(visit.starts_at)),
        charged: agreed.and_then(Agreed::charged),
    }))
}
