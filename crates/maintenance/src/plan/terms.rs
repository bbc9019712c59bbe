//! What is agreed in a plan and may change: the service, the place, when it comes round. One struct for a new plan and for every change.
use catalog::ItemId;
use customers::{CustomerId, LocationId};
use jiff::{
    Span,
    civil::{Date, Time},
};
use kernel::{Checks, Error, Result, TenantTx, row, sql};
use scheduling::TechnicianId;

use super::{Holidays, Plan};
use crate::recurrence::{self, FURTHEST_YEARS, Season};

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// One of the customer's service locations.
    pub location_id: LocationId,
    /// A service of the price book; a visit takes as long as it says there.
    pub item_id: ItemId,
    /// Who is sent where they are free; otherwise a visit waits in the tray of the board.
    pub technician_id: Option<TechnicianId>,
    /// For whoever goes there.
    pub note: Option<String>,
    /// RFC 5545 without COUNT, UNTIL and times of day: `FREQ=MONTHLY;INTERVAL=6;BYDAY=1TU`.
    pub rule: String,
    /// When a visit begins, on the clock of the plan's zone.
    pub time: Time,
    /// The last day on which a visit may fall due.
    pub ends_on: Option<Date>,
    /// The months in which visits are made, 1 to 12; none: all of them.
    #[serde(default)]
    pub months: Vec<i32>,
    /// So many days may a visit be made before or after, up to 14: for holidays, and to find the technician free.
    pub leeway_days: Option<i32>,
    /// What becomes of a visit on a public holiday of the company's country; `work` when not given.
    pub holidays: Option<Holidays>,
}

impl Terms {
    pub(super) fn check(&mut self, checks: &mut Checks) {
        checks.optional("note", &mut self.note, 2000);
        self.months.sort_unstable();
        self.months.dedup();
        let months = self.months.iter().all(|month| (1..=12).contains(month));
        checks.that(months, "months", "range", "Months are numbers from 1 to 12.");
        let leeway = self.leeway_days.unwrap_or(0);
        checks.range("leeway_days", leeway.into(), 0, 14, "The leeway is at most 14 days.");
        let room = self.holidays != Some(Holidays::Move) || leeway > 0;
        checks.that(room, "leeway_days", "required", "Say by how many days a visit may move away from a holiday.");
        let full = self.time.second() == 0 && self.time.subsec_nanosecond() == 0;
        checks.that(full, "time", "range", "A visit begins at a full minute.");
    }

    /// With the rule as it is kept, when it ever falls due.
    pub(super) fn settled(&self, starts_on: Date, country: &str) -> Result<Self> {
        let wrong = |says: String| Error::field("/rule", "rule", says);
        let rule = recurrence::read(&self.rule, starts_on).map_err(wrong)?;
        if !(1990..=2200).contains(&starts_on.year()) {
            return Err(Error::field("/starts_on", "range", "A plan begins between the years 1990 and 2200."));
        }
        let terms = Self { rule, ..self.clone() };
        let until = starts_on.saturating_add(Span::new().years(FURTHEST_YEARS));
        let season = terms.season(starts_on, country);
        let ever = recurrence::due(&season, starts_on, until).find(|due| due.on.is_some());
        match ever {
            Some(_) => Ok(terms),
            None => Err(wrong(format!(
                "With this rule, its months and its end no visit ever falls due after {}.",
                starts_on.strftime("%-d %b %Y")
            ))),
        }
    }

    fn season<'a>(&'a self, starts_on: Date, country: &'a str) -> Season<'a> {
        Season {
            rule: &self.rule,
            starts_on,
            ends_on: self.ends_on,
            months: &self.months,
            leeway_days: self.leeway_days.unwrap_or(0),
            holidays: self.holidays.unwrap_or(Holidays::Work),
            country,
        }
    }

    pub fn of(plan: &Plan) -> Self {
        Self {
            location_id: plan.location_id,
            item_id: plan.item_id,
            technician_id: plan.technician_id,
            note: plan.note.clone(),
            rule: plan.rule.clone(),
            time: plan.time,
            ends_on: plan.ends_on,
            months: plan.months.clone(),
            leeway_days: Some(plan.leeway_days),
            holidays: Some(plan.holidays),
        }
    }
}

row! { struct Service { name: String, minutes: i32 } }
row! { struct Person { name: String, active: bool } }

sql! {
    fn place_of(customer: CustomerId, location: LocationId) -> Option<LocationId> = "
        select id from location where tenant_id = $1 and customer_id = $2 and id = $3";
    fn service(item: ItemId) -> Option<Service> = "
        select name, duration_minutes as minutes from item where tenant_id = $1 and id = $2 and status = 'active'";
    fn person(technician: Option<TechnicianId>) -> Option<Person> = "select name, active from technician where tenant_id = $1 and id = $2";
}

/// Whether all that the terms name is there and can be booked.
pub(super) async fn known(tx: &mut TenantTx, customer: CustomerId, terms: &Terms) -> Result<()> {
    let asked = (place_of(customer, terms.location_id), service(terms.item_id), person(terms.technician_id));
    let (place, service, person) = tx.run(asked).await?;
    if place.is_none() {
        return Err(Error::field("/location_id", "missing", "There is no such address of this customer."));
    }
    match service {
        None => return Err(Error::field("/item_id", "missing", "There is no such service in the price book.")),
        Some(Service { name, minutes }) if minutes < 5 => {
            let says = format!("{name} has no duration in the price book, so it cannot be planned. Give it one first.");
            return Err(Error::field("/item_id", "no_duration", says));
        }
        Some(_) => {}
    }
    match (terms.technician_id, person) {
        (Some(_), None) => Err(Error::field("/technician_id", "missing", "There is no such technician.")),
        (Some(_), Some(Person { name, active: false })) => {
            Err(Error::field("/technician_id", "inactive", format!("{name} takes no jobs any more.")))
        }
        _ => Ok(()),
    }
}
