//! Holds a time while the form is filled in: a row of the calendar like any other, with an end.
use catalog::ItemId;
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, TenantTx, row, secret::hash, sql, tenant::Locale};

use crate::{
    appointment::{AppointmentId, Place, Source, settle},
    availability::Spot,
    neighbours::Service,
    overlap::Overlapping,
    technician::TechnicianId,
};

pub const HELD_MINUTES: i64 = 10;

row! {
    /// A hold that still holds.
    #[derive(Debug, Clone)]
    pub(super) struct Held {
        pub id: AppointmentId,
        pub technician_id: TechnicianId,
        pub item_id: ItemId,
        pub starts_at: Timestamp,
        pub ends_at: Timestamp,
        pub window_starts: Option<Timestamp>,
        pub window_ends: Option<Timestamp>,
        pub expires_at: Option<Timestamp>,
    }
}

sql! {
    fn insert(id: AppointmentId, technician: TechnicianId, item: ItemId, title: String, starts_at: Timestamp, ends_at: Timestamp,
              window_starts: Timestamp, window_ends: Timestamp, source: Source, expires_at: Timestamp, token_hash: String, before: i32, after: i32, at: Timestamp) = "
        insert into appointment (tenant_id, id, technician_id, item_id, title, starts_at, ends_at, window_starts, window_ends, status, source, expires_at, token_hash, buffer_before, buffer_after, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'held', $10, $11, $12, $13, $14, $15, $15)";
    fn release(token_hash: String) -> u64 = "delete from appointment where tenant_id = $1 and token_hash = $2 and status = 'held'";
    pub(super) fn find_held(token_hash: String, now: Timestamp) -> Option<Held> = "
        select a.id, t.id as technician_id, i.id as item_id, a.starts_at, a.ends_at, a.window_starts, a.window_ends, a.expires_at
        from appointment a
        join technician t on t.tenant_id = $1 and t.id = a.technician_id
        join item i on i.tenant_id = $1 and i.id = a.item_id
        where a.tenant_id = $1 and a.token_hash = $2 and a.status = 'held' and a.expires_at > $3";
    fn expire(now: Timestamp) -> u64 = "delete from appointment where tenant_id = $1 and status = 'held' and expires_at <= $2";
}

/// The time that shall be held, and for whom.
#[derive(Debug, Clone)]
pub struct Wish<'a> {
    pub technician: TechnicianId,
    pub service: &'a Service,
    pub starts_at: Timestamp,
    pub window: (Timestamp, Timestamp),
    /// As much as is known of where.
    pub spot: Spot,
    /// Whoever has it may book the time.
    pub token: &'a str,
    /// The hold that this one replaces.
    pub before: Option<&'a str>,
}

/// Holds the time for ten minutes, or refuses with `slot_taken`.
pub async fn hold(tx: &mut TenantTx, wish: &Wish<'_>, locale: &Locale) -> Result<AppointmentId> {
    if let Some(before) = wish.before {
        tx.run(release(hash(before))).await?;
    }
    let starts_at = wish.starts_at;
    let ends_at = starts_at.saturating_add(SignedDuration::from_mins(wish.service.minutes.into())).unwrap_or(starts_at);
    let place = Place {
        technician: Some(wish.technician),
        along: &[],
        starts_at,
        ends_at,
        days: &[],
        item: Some(wish.service.id),
        location: None,
        spot: Some(wish.spot.clone()),
        window: Some(wish.window),
        itself: None,
        anyway: false,
        overlap: &Overlapping::Never,
    };
    let settled = settle(tx, &place, locale, true).await?;
    let id = AppointmentId::new();
    let now = tx.now();
    let expires_at = now.saturating_add(SignedDuration::from_mins(HELD_MINUTES)).unwrap_or(now);
    let row = insert(
        id,
        wish.technician,
        wish.service.id,
        wish.service.name.clone(),
        starts_at,
        ends_at,
        wish.window.0,
        wish.window.1,
        Source::Online,
        expires_at,
        hash(wish.token),
        settled.before,
        settled.after,
        now,
    );
    tx.run((settled.make_room(), row, settled.keep(id))).await?;
    Ok(id)
}

/// Every minute: holds that nobody made use of make room.
pub async fn expire_all(scope: Scope) -> Result<()> {
    let now = scope.now();
    scope.write_with(async |tx| tx.run(expire(now)).await).await.map(drop)
}
