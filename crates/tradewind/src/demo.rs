//! `tradewind demo`: two companies with some weeks behind them, made through the front door with the clock turned back.
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned, civil};
use kernel::{Clock, House, Uuid, tenant::Letterhead};
use serde_json::json;
use tenancy::operator;

use crate::{
    config::Config,
    serve::{self, Serve, application},
    start::{self, Ground, Result},
};
mod bring;
mod caller;
mod cast;
mod deposits;
mod estimates;
mod field;
mod own_calendar;
mod papers;
mod portal;
mod ratings;
mod settled;
mod story;
mod taxes;
mod twice;

pub use caller::Caller;
pub use story::story;
use twice::Twice;

/// The password of everybody in the demo.
pub const PASSWORD: &str = "tradewind demo";

#[derive(Debug, Clone, clap::Args)]
pub struct Demo {
    /// Go on serving afterwards
    #[arg(long)]
    pub serve: bool,
    #[command(flatten)]
    pub options: Serve,
}

pub async fn run(config: &Config, demo: &Demo) -> Result<()> {
    // Nobody's mail server is bothered by made-up customers: their mail can be read at /mailbox.
    let config = &Config { development: true, smtp_url: None, ..config.clone() };
    let ground = start::ground(config).await?;
    start::migrate_and_check(&ground).await?;
    seed(config, &ground).await?;
    if !demo.serve {
        if let Some(database) = ground.embedded {
            database.stop().await.map_err(|e| e.to_string())?;
        }
        return Ok(());
    }
    serve::serve(config, &demo.options, ground, |house| async move {
        let operator = operator(&house).await.map_err(|e| e.to_string())?;
        introduce(&house, &operator);
        Ok(())
    })
    .await
}

/// Who runs the house here; until somebody has set them up, each start prints a good link for it.
async fn operator(house: &House) -> kernel::Result<String> {
    const EMAIL: &str = "sam@tradewind.example";
    let known = operator::list(house).await?.into_iter().find(|one| one.email == EMAIL);
    match known {
        None => operator::create(house, "Sam Support", EMAIL).await,
        Some(one) if one.ready => Ok(format!("{}  {EMAIL}", house.url(None, "/operator"))),
        Some(_) => operator::reset(house, EMAIL).await,
    }
}

fn introduce(house: &House, operator: &str) {
    println!("\nTwo demo companies, everybody's password is \"{PASSWORD}\":");
    for company in cast::COMPANIES {
        println!("\n  {}  {}", company.name, house.url(Some(company.slug), "/"));
        println!("      owner       olive@{}.example", company.slug);
        println!("      dispatcher  sam@{}.example", company.slug);
        println!(
            "      technician  {}@{}.example   {}",
            company.technicians[0].1,
            company.slug,
            house.url(Some(company.slug), "/tech")
        );
        println!("      apprentice  nina@{}.example   a role of the company's own", company.slug);
        println!("      booking     {}", house.url(Some(company.slug), "/book"));
    }
    println!("\n  What would be sent by e-mail:  {}", house.url(None, "/mailbox"));
    println!("  Sign up a company of your own: {}", house.url(None, "/onboarding"));
    println!("  Run the house, look into companies (needs an authenticator): {operator}\n");
}

/// Companies that are there already stay as they are.
async fn seed(config: &Config, ground: &Ground) -> Result<()> {
    let there = walls::tenant::list(&ground.dsns.admin).await.map_err(|e| e.to_string())?;
    let today = Clock::wall().now();
    for company in cast::COMPANIES.iter().filter(|company| !there.iter().any(|t| t.slug == company.slug)) {
        let begun = std::time::Instant::now();
        let clock = Clock::stopped_at(today);
        // Nobody counts the demo's requests.
        let patient = Config {
            rate_principal: u32::MAX,
            rate_tenant: u32::MAX,
            rate_visitor: u32::MAX,
            rate_careful: u32::MAX,
            ..config.clone()
        };
        let house = start::house(&patient, ground, clock.clone())?;
        let made = tenancy::create_company(
            &house,
            &ground.dsns,
            &ground.secrets,
            tenancy::NewCompany {
                name: company.name.into(),
                slug: company.slug.into(),
                plan: company.plan.into(),
                placement: Some(company.placement.into()),
                industry: Some(company.industry.into()),
                owner_name: "Olive Hart".into(),
                owner_email: format!("olive@{}.example", company.slug),
                owner_phone: Some("+1 217 555 0100".into()),
                owner_password: PASSWORD.into(),
                time_zone: Some("America/Chicago".into()),
                currency: Some("USD".into()),
                country: Some("US".into()),
                website_url: Some(format!("https://{}.example", company.slug)),
                letterhead: Letterhead {
                    street: company.head.street.into(),
                    city: company.head.city.into(),
                    region: company.head.region.into(),
                    postal_code: company.head.postal_code.into(),
                    phone: company.head.phone.into(),
                    email: format!("office@{}.example", company.slug),
                    tax_number: company.head.tax_number.into(),
                    ..Letterhead::default()
                },
                logo: Some(("image/png".into(), company.logo.into())),
                ..Default::default()
            },
        )
        .await
        .map_err(|e| e.to_string())?;
        let domain = format!("{}.example", company.slug);
        tenancy::company::mail_domain::add(&house, company.slug, &domain).await.map_err(|e| e.to_string())?;
        let caller = Caller::new(application(&patient, house.clone()), &made.host, &made.api_key);
        let zone = jiff::tz::TimeZone::get("America/Chicago").unwrap_or(jiff::tz::TimeZone::UTC);
        let day = today.to_zoned(zone).date();
        let mut weeks = Weeks { house, clock, caller, company, today, slug: company.slug, day };
        weeks.live().await?;
        println!("{} is ready ({:.1} s)", company.name, begun.elapsed().as_secs_f64());
    }
    Ok(())
}

/// One company's last weeks, lived day by day.
struct Weeks<'a> {
    house: House,
    clock: Clock,
    caller: Caller,
    company: &'a cast::Company,
    today: Timestamp,
    slug: &'a str,
    /// Today, on the company's calendar.
    day: civil::Date,
}

struct Job {
    id: String,
    starts: Timestamp,
    minutes: i64,
    part: usize,
}

/// What a technician does with a job. In this order, when two fall on the same minute.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    End,
    Leave,
    Begin,
}

impl Weeks<'_> {
    fn local(&self, day: civil::Date, hour: i8, minute: i8) -> Timestamp {
        let zone = jiff::tz::TimeZone::get("America/Chicago").unwrap_or(jiff::tz::TimeZone::UTC);
        day.at(hour, minute, 0, 0).to_zoned(zone).map(|z: Zoned| z.timestamp()).unwrap_or(self.today)
    }

    fn turn(&self, to: Timestamp) {
        self.clock.advance(to.duration_since(self.clock.now()));
    }

    async fn live(&mut self) -> Result<()> {
        let today = self.day;
        let first = today.checked_sub(28.days()).unwrap_or(today);
        self.turn(self.local(first, 8, 0));
        let services = self.price_book().await?;
        let parts = self.parts().await?;
        field::checklists(&self.caller, self.company, &services).await?;
        let technicians = self.people().await?;
        let customers = self.customers().await?;
        estimates::before(&self.caller, &customers).await?;
        let mut chance = Chance(0x9e37_79b9);
        let mut twice = Twice::NotYet;
        for offset in -15..=3_i32 {
            let day = today.checked_add(i64::from(offset).days()).unwrap_or(today);
            let weekend = matches!(day.weekday(), civil::Weekday::Saturday | civil::Weekday::Sunday);
            // Every second Saturday is worked, and always today: whoever starts the demo looks at today first.
            if offset != 0 && weekend && (day.weekday() == civil::Weekday::Sunday || offset % 2 == 0) {
                continue;
            }
            let past = offset < 0;
            self.turn(if offset > 0 { self.today } else { self.local(day, 6, 15) });
            let mut jobs = vec![];
            for (index, technician) in technicians.iter().enumerate() {
                if past && chance.below(4) == 0 {
                    continue;
                }
                let mut at = self.local(day, 8, 0) + SignedDuration::from_mins(30 * chance.below(3));
                for _ in 0..(if offset > 0 { 1 + chance.below(2) } else { 2 + chance.below(2) }) {
                    let service = &services[(chance.below(services.len() as i64)) as usize];
                    let customer = &customers[chance.below(customers.len() as i64) as usize];
                    if at + SignedDuration::from_mins(service.1) > self.local(day, 17, 0) {
                        break;
                    }
                    let problem = cast::PROBLEMS[chance.below(cast::PROBLEMS.len() as i64) as usize];
                    let body = json!({ "customer_id": customer.0, "location_id": customer.1, "item_id": service.0, "technician_id": technician, "problem": problem,
                        "starts_at": at, "window_starts": at, "window_ends": at + SignedDuration::from_hours(2), "anyway": true });
                    let id = self.caller.made("/api/v1/appointments", body).await?;
                    jobs.push(Job { id, starts: at, minutes: service.1, part: index + jobs.len() });
                    at += SignedDuration::from_mins(service.1 + 30 + 15 * chance.below(3));
                }
            }
            if offset == 0 {
                self.waiting(&services, &customers, day).await?;
            }
            if offset <= 0 {
                self.work(&jobs, &parts, &mut chance).await?;
                if let (true, Some(technician), Some(customer)) = (past, technicians.first(), customers.get(7)) {
                    twice = self.twice(twice, technician, customer, day).await?;
                }
                self.bill(&mut chance, past).await?;
                if past {
                    ratings::of_day(&self.house, &self.caller, day, self.local(day, 0, 0), self.clock.now()).await?;
                }
            }
        }
        self.turn(self.today);
        field::aftermath(&self.caller).await?;
        settled::otherwise(&self.caller).await?;
        ratings::seen_to(&self.caller).await?;
        self.installation(&technicians, &customers).await?;
        self.planning(&technicians, &services).await?;
        if let Some((service, _)) = services.last() {
            let ahead = [2, 3].map(|days| self.local(self.day.checked_add(days.days()).unwrap_or(self.day), 15, 0));
            deposits::agreed(&self.caller, service, &customers, &ahead).await?;
        }
        self.maintenance(&services, &technicians, &customers).await?;
        estimates::today(&self.caller, &customers).await?;
        portal::visited(&self.house, &self.caller, &customers).await?;
        kernel::job::worker::drain(&self.house).await.map_err(|e| e.to_string())?;
        match technicians.get(1) {
            Some(technician) => own_calendar::read(&self.house, &self.caller, technician, self.day).await,
            None => Ok(()),
        }
    }

    /// A job for two people and a van over two days, and one that is planned beside it on purpose.
    async fn installation(&self, technicians: &[String], customers: &[(String, String)]) -> Result<()> {
        let mut resources = vec![];
        for (kind, name, note) in cast::RESOURCES {
            let body = json!({ "kind": kind, "name": name, "note": note });
            resources.push(self.caller.made("/api/v1/resources", body).await?);
        }
        let works = |day: &civil::Date| day.weekday().to_monday_one_offset() <= 4;
        let days = self.day.checked_add(4.days()).unwrap_or(self.day).series(1.days());
        let Some(first) = days.take(7).find(works) else { return Ok(()) };
        let second = first.checked_add(1.days()).unwrap_or(first);
        let [Some(lead), Some(mate)] = [technicians.first(), technicians.get(1)] else { return Ok(()) };
        let (customer, location) = &customers[0];
        let [starts, ends] = [8, 14].map(|hour| self.local(first, hour, 0));
        let big = json!({ "customer_id": customer, "location_id": location, "technician_id": lead, "title": "New furnace and ducts", "starts_at": starts,
            "duration_minutes": ends.duration_since(starts).as_mins(), "resource_ids": [mate, resources[0]],
            "days": [{ "starts_at": self.local(second, 8, 0), "ends_at": self.local(second, 12, 0) }], "anyway": true });
        self.caller.made("/api/v1/appointments", big).await?;
        let (customer, location) = &customers[1];
        let beside = json!({ "customer_id": customer, "location_id": location, "technician_id": mate, "title": "Check the thermostat", "starts_at": self.local(first, 10, 0),
            "duration_minutes": 60, "overlap_reason": "Next door; ten minutes' walk", "anyway": true });
        self.caller.made("/api/v1/appointments", beside).await.map(drop)
    }

    /// Areas and the way between them, licences that end, a day that differs, a night on call, what services ask for.
    async fn planning(&self, technicians: &[String], services: &[(String, i64)]) -> Result<()> {
        let town =
            json!({ "name": "Springfield", "shape": { "kind": "postal_codes", "postal_codes": ["627*", "62629"] } });
        let around = json!({ "name": "Around the lake", "shape": { "kind": "circle", "latitude": 39.7000, "longitude": -89.6000, "radius_m": 12_000 } });
        let town = self.caller.made("/api/v1/service-areas", town).await?;
        let lake = self.caller.made("/api/v1/service-areas", around).await?;
        let leg = json!({ "legs": [{ "from_area_id": town, "to_area_id": lake, "minutes": 25 }] });
        self.caller.replace("/api/v1/travel-times", leg).await?;
        let in_days = |days: i64| self.day.checked_add(days.days()).unwrap_or(self.day);
        for (index, technician) in technicians.iter().enumerate() {
            let path = format!("/api/v1/technicians/{technician}");
            let plan = json!({ "start_place": "The yard, Industrial Drive", "start_latitude": 39.8120, "start_longitude": -89.6440,
                "day_jobs": 6, "area_ids": if index == 1 { vec![town.clone()] } else { vec![] } });
            self.caller.set(&path, "planning", plan).await?;
            let licence = json!({ "name": "EPA 608", "class": "Universal", "number": format!("608-{:05}", 41_207 + index * 913),
                "expires_on": if index == 2 { in_days(21) } else { in_days(400 + index as i64 * 30) } });
            self.caller.post(&format!("{path}/credentials"), licence).await?;
        }
        if let [_, second, third, ..] = technicians {
            let path = format!("/api/v1/technicians/{second}/exceptions");
            let half = json!({ "on_day": in_days(12), "starts": "08:00", "ends": "12:00", "reason": "School play" });
            self.caller.post(&path, half).await?;
            let path = format!("/api/v1/technicians/{third}/on-call");
            let night = json!({ "starts_at": self.local(in_days(5), 18, 0), "ends_at": self.local(in_days(6), 6, 0), "note": "Emergencies at night" });
            self.caller.post(&path, night).await?;
        }
        if let Some((service, _)) = services.last() {
            let needs = json!({ "licences": [{ "name": "EPA 608", "class": "Universal" }], "buffer_after": 15,
                "deposit": { "amount": "150.00", "currency": "USD" } });
            self.caller.replace(&format!("/api/v1/items/{service}/scheduling"), needs).await?;
        }
        let terms = json!({ "cancel_fee": { "amount": "50.00", "currency": "USD" }, "fee_hours": 24 });
        self.caller.change("/api/v1/booking-terms", terms).await?;
        let usd = |amount: &str| json!({ "amount": amount, "currency": "USD" });
        let late = json!({ "name": "Late afternoon", "weekdays": [1, 2, 3, 4, 5], "starts": "15:00", "ends": "22:00", "amount": usd("25.00") });
        let weekend = json!({ "name": "Weekends and holidays", "weekdays": [6, 7], "holidays": true, "starts": "00:00", "ends": "00:00", "rate_ppm": 250_000 });
        for surcharge in [late, weekend] {
            self.caller.post("/api/v1/surcharges", surcharge).await?;
        }
        Ok(())
    }

    /// What comes round by itself: some soon, one by the season, one at rest.
    async fn maintenance(
        &self,
        services: &[(String, i64)],
        technicians: &[String],
        customers: &[(String, String)],
    ) -> Result<()> {
        for (index, plan) in cast::PLANS.iter().enumerate() {
            let (customer, location) = &customers[(index * 3 + 2) % customers.len()];
            let service = &services[plan.service % services.len()].0;
            let starts_on = self.day.checked_add(plan.in_days.days()).unwrap_or(self.day);
            let technician = plan.technician.and_then(|nth| technicians.get(nth));
            let body = json!({ "customer_id": customer, "location_id": location, "item_id": service, "technician_id": technician, "note": plan.note,
                "rule": plan.rule, "starts_on": starts_on, "time": plan.time, "months": plan.months, "leeway_days": 3, "holidays": "move" });
            let made = self.caller.made("/api/v1/maintenance-plans", body).await?;
            if let Some(pays) = &plan.pays {
                let mut terms = json!({ "rhythm": pays.rhythm, "in_advance": pays.in_advance, "sends": pays.sends, "description": "Maintenance plan", "from_on": starts_on });
                match pays.amount {
                    Some(amount) => terms["amount"] = json!({ "amount": amount, "currency": "USD" }),
                    None => terms["item_id"] = json!(service),
                }
                self.caller.put(&format!("/api/v1/maintenance-plans/{made}/billing"), terms).await?;
            }
            if plan.rests {
                let record = format!("/api/v1/maintenance-plans/{made}");
                self.caller.verb(&record, "pause", json!({})).await?;
            }
        }
        for (of, id) in
            technicians.first().map(|id| ("technicians", id)).into_iter().chain([("customers", &customers[0].0)])
        {
            let path = format!("/api/v1/{of}/{id}/calendar-links");
            self.caller.post(&path, json!({ "label": "Phone" })).await?;
        }
        Ok(())
    }

    /// Jobs that nobody has yet: the tray of the board.
    async fn waiting(
        &self,
        services: &[(String, i64)],
        customers: &[(String, String)],
        day: civil::Date,
    ) -> Result<()> {
        for (index, problem) in
            ["AC not cooling, baby at home", "Walk-in cooler at 48 °F", "Water heater, pilot will not stay lit"]
                .iter()
                .enumerate()
        {
            let (customer, location) = &customers[index * 5 % customers.len()];
            let starts = self.local(day, 12 + index as i8, 0);
            self.caller
                .made("/api/v1/appointments", json!({ "customer_id": customer, "location_id": location, "item_id": services[index % services.len()].0, "problem": problem,
                    "starts_at": starts, "window_starts": starts, "window_ends": starts + SignedDuration::from_hours(2), "tentative": index == 1 }))
                .await?;
        }
        Ok(())
    }

    /// The technicians' day, up to now: on the way, there, parts, a note, done. All of them work at the same time, so
    /// what each does is sorted by the clock before it is lived.
    async fn work(&self, jobs: &[Job], parts: &[String], chance: &mut Chance) -> Result<()> {
        let mut day: Vec<(Timestamp, Step, &Job)> = vec![];
        for job in jobs {
            let leaves = job.starts - SignedDuration::from_mins(15);
            day.push((leaves, Step::Leave, job));
            day.push((job.starts, Step::Begin, job));
            day.push((job.starts + SignedDuration::from_mins(job.minutes), Step::End, job));
        }
        day.sort_by_key(|(at, step, _)| (*at, *step));
        let mut orders: std::collections::HashMap<&str, String> = Default::default();
        for (at, step, job) in day.into_iter().filter(|(at, ..)| *at <= self.today) {
            self.turn(self.clock.now().max(at));
            match step {
                Step::Leave => {
                    self.caller.verb(&format!("/api/v1/appointments/{}", job.id), "en-route", json!({})).await?;
                }
                Step::Begin => {
                    let order = self.caller.made("/api/v1/work-orders", json!({ "appointment_id": job.id })).await?;
                    let order = format!("/api/v1/work-orders/{order}");
                    self.caller.verb(&order, "start", json!({})).await?;
                    orders.insert(&job.id, order);
                }
                Step::End => {
                    let Some(order) = orders.get(job.id.as_str()) else { continue };
                    if chance.below(3) > 0 {
                        let part = &parts[job.part % parts.len()];
                        let line = json!({ "item_id": part, "quantity_milli": 1000 * (1 + chance.below(2)) });
                        self.caller.post(&format!("{order}/lines"), line).await?;
                    }
                    let (starts, job) = (job.starts, self.caller.get(order).await?);
                    let customer = job["customer_id"].as_str().unwrap_or_default();
                    let installed = self.caller.get(&format!("/api/v1/customers/{customer}/equipment")).await?;
                    if let Some(unit) = installed["data"][0]["id"].as_str() {
                        self.caller.post(&format!("{order}/equipment"), json!({ "equipment": [unit] })).await?;
                    }
                    field::answers(&self.caller, order, chance.below(6)).await?;
                    field::times(&self.caller, order, starts, at).await?;
                    field::signs(&self.caller, order, chance.below(5)).await?;
                    let note = cast::NOTES[chance.below(cast::NOTES.len() as i64) as usize];
                    self.caller.post(&format!("{order}/notes"), json!({ "body": note })).await?;
                    self.caller.verb(order, "finish", json!({})).await?;
                }
            }
        }
        Ok(())
    }

    /// Evening in the office: what is finished becomes an invoice, most are paid.
    async fn bill(&self, chance: &mut Chance, all: bool) -> Result<()> {
        kernel::job::worker::drain(&self.house).await.map_err(|e| e.to_string())?;
        let drafts = self.caller.get("/api/v1/invoices?status=draft&limit=100").await?;
        for (index, draft) in drafts["data"].as_array().into_iter().flatten().enumerate() {
            // A few of today's stay drafts, so that there is something to do.
            if !all && index % 2 == 0 {
                continue;
            }
            let path = format!("/api/v1/invoices/{}", draft["id"].as_str().unwrap_or_default());
            let issued = self.caller.verb(&path, "issue", json!({})).await?;
            if chance.below(5) > 0 {
                let method = ["card_terminal", "cheque", "cash", "transfer"][chance.below(4) as usize];
                self.caller
                    .post(&format!("{path}/payments"), json!({ "amount": issued["total"], "method": method }))
                    .await?;
            }
        }
        Ok(())
    }

    async fn price_book(&self) -> Result<Vec<(String, i64)>> {
        let category =
            self.caller.made("/api/v1/categories", json!({ "name": self.company.trade, "position": 1 })).await?;
        let mut services = vec![];
        for (name, minutes, price, online) in self.company.services {
            let body = json!({ "name": name, "kind": "service", "duration_minutes": minutes, "category_id": category, "online": online, "price": { "amount": price, "currency": "USD" }, "cost": cost_of(price) });
            services.push((self.caller.made("/api/v1/items", body).await?, i64::from(*minutes)));
        }
        Ok(services)
    }

    async fn parts(&self) -> Result<Vec<String>> {
        let category = self.caller.made("/api/v1/categories", json!({ "name": "Parts", "position": 2 })).await?;
        let tax = taxes::levied(&self.caller, self.day).await?;
        let mut parts = vec![];
        for (name, price) in self.company.parts {
            let body = json!({ "name": name, "kind": "material", "category_id": category, "tax_rate_id": tax, "price": { "amount": price, "currency": "USD" }, "cost": cost_of(price) });
            parts.push(self.caller.made("/api/v1/items", body).await?);
        }
        self.priced_by_rules(&category, &parts).await?;
        Ok(parts)
    }

    /// What an hour sells for, what is added to costs, and of each way to price something one to look at.
    async fn priced_by_rules(&self, category: &str, parts: &[String]) -> Result<()> {
        let usd = |amount: &str| json!({ "amount": amount, "currency": "USD" });
        let rates = [("Standard", "120.00", "48.00", true), ("After hours", "180.00", "66.00", false)];
        for (name, price, cost, standard) in rates {
            let body = json!({ "name": name, "price": usd(price), "cost": usd(cost), "standard": standard });
            self.caller.made("/api/v1/labor-rates", body).await?;
        }
        let band = |from: &str, percent: i64| json!({ "from": usd(from), "markup_ppm": percent * 10_000 });
        let all = json!({ "bands": [band("0", 120), band("50", 80), band("250", 45)] });
        self.caller.made("/api/v1/markups", all).await?;
        let small = json!({ "name": "Small parts", "parent_id": category, "position": 1 });
        let small = self.caller.made("/api/v1/categories", small).await?;
        self.caller.made("/api/v1/markups", json!({ "category_id": small, "bands": [band("0", 200)] })).await?;
        let bought = |name: &str, kind: &str, category: Option<&str>, cost: &str| json!({ "name": name, "kind": kind, "category_id": category, "pricing": "markup", "price": usd(cost), "cost": usd(cost) });
        let fitting =
            self.caller.made("/api/v1/items", bought("Brass fitting set", "material", Some(&small), "3.80")).await?;
        self.caller.made("/api/v1/items", bought("Water heater 50 gal", "equipment", None, "610.00")).await?;
        let timed = json!({ "name": "Odd jobs by the hour", "kind": "service", "duration_minutes": 90, "pricing": "time", "price": usd("0") });
        let timed = self.caller.made("/api/v1/items", timed).await?;
        let uses = json!({ "parts": [{ "item_id": fitting, "quantity_milli": 2000 }] });
        self.caller.replace(&format!("/api/v1/items/{timed}/parts"), uses).await?;
        let kit = json!({ "name": "Spares kit", "kind": "bundle", "pricing": "parts", "sold_as": "parts", "category_id": category, "price": usd("0") });
        let kit = self.caller.made("/api/v1/items", kit).await?;
        let within: Vec<_> =
            parts.iter().take(3).map(|part| json!({ "item_id": part, "quantity_milli": 1000 })).collect();
        self.caller.replace(&format!("/api/v1/items/{kit}/parts"), json!({ "parts": within })).await
    }

    /// Monday to Saturday, and Sunday if that is today: a board that is looked at shall have people on it.
    async fn week(&self, technician: &str) -> Result<()> {
        let turn = |weekday: i8| json!({ "weekday": weekday, "starts": "08:00", "ends": "17:00" });
        let days = if self.day.weekday() == civil::Weekday::Sunday { 7 } else { 6 };
        let shifts: Vec<_> = (1..=days).map(turn).collect();
        self.caller.set(&format!("/api/v1/technicians/{technician}"), "shifts", json!({ "shifts": shifts })).await
    }

    /// Somebody with a role of the company's own: the office's work without its money, for the records of one team.
    async fn apprentice(&self, team: &str) -> Result<()> {
        let role = json!({ "label": "Office apprentice", "copy_of": "dispatcher" });
        let made = self.caller.post("/api/v1/roles", role).await?;
        let allowed = [
            "account.own",
            "appointments.write",
            "board.read",
            "catalog.read",
            "customers.read",
            "customers.write",
            "dashboard.read",
            "files.read",
            "work.read",
        ];
        let reach = json!({ "customer": "team", "appointment": "team", "work_order": "team" });
        let path = format!("/api/v1/roles/{}", made["id"].as_str().unwrap_or_default());
        self.caller.change(&path, json!({ "permissions": allowed, "reach": reach })).await?;
        let person = json!({ "email": format!("nina@{}.example", self.slug), "name": "Nina Wolf", "role": made["name"], "password": PASSWORD });
        let member = self.caller.made("/api/v1/members", person).await?;
        self.caller.change(&format!("/api/v1/members/{member}"), json!({ "team_id": team })).await
    }

    async fn people(&self) -> Result<Vec<String>> {
        let email = |who: &str| format!("{who}@{}.example", self.slug);
        self.caller
            .made(
                "/api/v1/members",
                json!({ "email": email("sam"), "name": "Sam Kim", "role": "dispatcher", "password": PASSWORD }),
            )
            .await?;
        // The web site books and reads in its own name; its key is nobody's, so it opens nothing in a demo that strangers see.
        let site = json!({ "name": "Web site", "role": "dispatcher" });
        let site = self.caller.made("/api/v1/service-accounts", site).await?;
        let scopes = ["customers.read", "catalog.read", "prices.see", "appointments.write"];
        let key = json!({ "name": "Booking form", "scopes": scopes, "service_account_id": site });
        self.caller.post("/api/v1/api-keys", key).await?;
        let mut teams = vec![];
        for name in ["North", "South"] {
            teams.push(self.caller.made("/api/v1/teams", json!({ "name": name })).await?);
        }
        self.apprentice(&teams[0]).await?;
        let mut technicians = vec![];
        for (index, (name, who, skills)) in self.company.technicians.iter().enumerate() {
            let member = self
                .caller
                .made(
                    "/api/v1/members",
                    json!({ "email": email(who), "name": name, "role": "technician", "password": PASSWORD }),
                )
                .await?;
            let technician = self
                .caller
                .made("/api/v1/technicians", json!({ "member_id": member, "name": name, "skills": skills }))
                .await?;
            let team = json!({ "team_id": teams[index % teams.len()] });
            self.caller.change(&format!("/api/v1/members/{member}"), team).await?;
            self.week(&technician).await?;
            technicians.push(technician);
        }
        Ok(technicians)
    }

    async fn files(&self, customer: &str, name: &str, location: &str) -> Result<()> {
        let path = format!("/api/v1/customers/{customer}/files");
        let house = papers::picture();
        self.caller
            .upload(&path, "house.png", &house, &[("caption", "From the street"), ("location_id", location)])
            .await?;
        let permit = papers::paper("Building permit", &format!("{name}. Replacement of heating and cooling."));
        self.caller.upload(&path, "permit.pdf", &permit, &[("caption", "Building permit")]).await.map(drop)
    }

    async fn customers(&self) -> Result<Vec<(String, String)>> {
        for (name, colour) in cast::TAGS {
            self.caller.post("/api/v1/tags", json!({ "name": name, "colour": colour })).await?;
        }
        for (label, kind, choices) in cast::FIELDS {
            let field = json!({ "label": label, "kind": kind, "choices": choices });
            self.caller.post("/api/v1/custom-fields", field).await?;
        }
        let lanes = self.caller.get("/api/v1/technicians").await?;
        let mut customers = vec![];
        for (index, (name, street, city)) in cast::CUSTOMERS.iter().enumerate() {
            let company = name.contains("Bakery")
                || name.contains("HOA")
                || name.contains("Dental")
                || name.contains("Apartments");
            let mut body = json!({
                "name": name, "kind": if company { "company" } else { "person" },
                "phone": format!("(217) 555-{:04}", 110 + index * 7),
                "email": format!("{}@example.com", kernel::text::fold(name).replace(' ', ".")),
                "custom": cast::fields_of(index),
                "location": { "street": street, "city": city, "region": "IL", "postal_code": format!("627{:02}", index % 12 + 1), "country": "US", "access_notes": cast::ACCESS[index % cast::ACCESS.len()] },
            });
            // Most are on the map, so that the way between them is known.
            if index % 5 != 3 {
                body["location"]["latitude"] = json!(39.7617 + (index % 7) as f64 * 0.009);
                body["location"]["longitude"] = json!(-89.6801 + (index % 4) as f64 * 0.016);
            }
            let customer = self.caller.made("/api/v1/customers", body).await?;
            let places = self.caller.get(&format!("/api/v1/customers/{customer}/locations")).await?;
            let location = places["data"][0]["id"].as_str().or(places[0]["id"].as_str()).unwrap_or_default().to_owned();
            // Two of three houses have something that was written down, some of them two things.
            for n in [index, index + 2].into_iter().take(index % 3) {
                let (what, make, model, year, pays) = cast::EQUIPMENT[n % cast::EQUIPMENT.len()];
                let day = |year: i16| format!("{year}-{:02}-15", index % 12 + 1);
                let installed = json!({ "location_id": location, "name": what, "make": make, "model": model, "serial": format!("{}{:02}-{}", &make[..1], year % 100, 40_117 + index * 391 + n),
                    "installed_on": day(year), "warranty_until": day(year + pays) });
                self.caller.made(&format!("/api/v1/customers/{customer}/equipment"), installed).await?;
            }
            let (tags, refuses) = cast::said_of(index);
            if !tags.is_empty() {
                self.caller.post(&format!("/api/v1/customers/{customer}/tags"), json!({ "tags": tags })).await?;
            }
            if refuses {
                let word = json!({ "channel": "email", "purpose": "marketing", "allowed": false });
                let said = json!({ "changes": [word], "source": "Said so on the phone" });
                self.caller.post(&format!("/api/v1/customers/{customer}/consents"), said).await?;
            }
            if index % 4 == 0 {
                self.files(&customer, name, &location).await?;
            }
            for (n, words) in cast::pinned_of(index).iter().enumerate() {
                let note =
                    self.caller.made(&format!("/api/v1/customers/{customer}/notes"), json!({ "body": words })).await?;
                if n == 0 {
                    self.caller.post(&format!("/api/v1/customers/{customer}/notes/{note}/pin"), json!({})).await?;
                }
            }
            if let Some(mut prefers) = cast::preferences_of(index) {
                prefers["preferred_technician"] = lanes["data"][index % 3]["member_id"].clone();
                self.caller.change(&format!("/api/v1/customers/{customer}/preferences"), prefers).await?;
            }
            if name.contains("HOA") {
                taxes::exempt(&self.caller, &customer, self.day).await?;
            }
            customers.push((customer, location));
        }
        // As it happens: two were added again, by somebody who did not look.
        for (name, reach, street) in [
            ("Kowalski, Jan", json!({ "phone": "217 555 0145" }), "231 Cedar Avenue"),
            ("M. Santos", json!({ "email": "miguel.santos@example.com" }), "88 Ridge Rd"),
        ] {
            let mut body = json!({ "name": name, "location": { "street": street, "city": "Chatham", "region": "IL", "country": "US" } });
            body.as_object_mut()
                .into_iter()
                .for_each(|body| body.extend(reach.as_object().cloned().unwrap_or_default()));
            self.caller.made("/api/v1/customers", body).await?;
        }
        self.imports().await?;
        Ok(customers)
    }
}

/// Five ninths of what it is sold for.
fn cost_of(price: &str) -> serde_json::Value {
    let price = kernel::Money::parse(price, kernel::Currency::USD);
    json!(price.map(|price| kernel::Money { minor: kernel::money::scale(price.minor, 5, 9), ..price }))
}

/// The same demo everywhere: numbers that only look like chance (xorshift).
struct Chance(u64);
impl Chance {
    fn below(&mut self, n: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as i64 % n.max(1)
    }
}

/// A new id for a caller that needs one (the story's idempotency keys).
pub(crate) fn fresh() -> String {
    Uuid::now_v7().to_string()
}
