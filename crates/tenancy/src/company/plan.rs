//! What the plans hold. The plan drives the limits.
pub struct Plan {
    pub name: &'static str,
    pub label: &'static str,
    /// US dollars a month.
    pub price: i64,
    /// People with access; none means as many as there are.
    pub users: Option<i64>,
    pub leads: Option<i64>,
    /// Where a company of this plan lives when nobody says otherwise.
    pub placement: &'static str,
    pub holds: &'static [&'static str],
}

pub const TRIAL_DAYS: i64 = 14;

pub const PLANS: [Plan; 3] = [
    Plan {
        name: "starter",
        label: "Starter",
        price: 99,
        users: Some(3),
        leads: Some(1_000),
        placement: "pooled",
        holds: &["3 people", "1,000 leads", "Booking page and dispatch board", "Help by e-mail"],
    },
    Plan {
        name: "professional",
        label: "Professional",
        price: 199,
        users: Some(10),
        leads: Some(5_000),
        placement: "pooled",
        holds: &["10 people", "5,000 leads", "Your own colours and logo", "Help comes first"],
    },
    Plan {
        name: "enterprise",
        label: "Enterprise",
        price: 299,
        users: None,
        leads: None,
        placement: "dedicated",
        holds: &[
            "As many people as you are",
            "Leads without limit",
            "A database schema of your own",
            "A person who knows you, and an SLA",
        ],
    },
];

/// A plan by its name; one that is not known has the smallest limits.
pub fn of(name: &str) -> &'static Plan {
    find(name).unwrap_or(&PLANS[0])
}

pub fn find(name: &str) -> Option<&'static Plan> {
    PLANS.iter().find(|plan| plan.name == name)
}
