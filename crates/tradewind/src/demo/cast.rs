//! Who and what is in the demo.

pub struct Company {
    pub name: &'static str,
    pub slug: &'static str,
    pub plan: &'static str,
    pub placement: &'static str,
    pub industry: &'static str,
    pub trade: &'static str,
    /// Name, log-in, skills.
    pub technicians: &'static [(&'static str, &'static str, &'static str)],
    /// Name, minutes, price, offered on the booking page.
    pub services: &'static [(&'static str, i32, &'static str, bool)],
    pub parts: &'static [(&'static str, &'static str)],
    pub head: Head,
    /// A PNG, drawn for the demo.
    pub logo: &'static [u8],
}

/// What stands at the head of its papers.
pub struct Head {
    pub street: &'static str,
    pub city: &'static str,
    pub region: &'static str,
    pub postal_code: &'static str,
    pub phone: &'static str,
    pub tax_number: &'static str,
}

pub const COMPANIES: &[Company] = &[
    Company {
        name: "Acme HVAC",
        slug: "acme-hvac",
        plan: "professional",
        placement: "pooled",
        industry: "hvac",
        trade: "Heating and cooling",
        technicians: &[
            ("Marco Bianchi", "marco", "HVAC, EPA 608"),
            ("Ana Duarte", "ana", "HVAC, EPA 608"),
            ("Bo Lindqvist", "bo", "HVAC"),
            ("Dee Walker", "dee", "HVAC, EPA 608"),
            ("Priya Nair", "priya", "HVAC, Gas fitter"),
            ("Tom Okafor", "tom", "HVAC"),
        ],
        services: &[
            ("AC tune-up", 90, "129.00", true),
            ("AC not cooling", 120, "149.00", true),
            ("Furnace check", 90, "119.00", true),
            ("No heat", 120, "149.00", true),
            ("Thermostat installation", 60, "189.00", true),
            ("Duct sealing", 150, "420.00", false),
            ("Heat pump swap", 180, "1450.00", false),
            ("Refrigerant leak search", 90, "245.00", false),
        ],
        parts: &[
            ("Capacitor 45/5 µF", "38.50"),
            ("Contactor 30 A", "46.00"),
            ("Filter 16×25×1", "14.90"),
            ("R-410A, 1 lb", "89.00"),
            ("Condensate pump", "112.00"),
            ("Flame sensor", "41.25"),
            ("Smart thermostat", "179.00"),
        ],
        head: Head {
            street: "1400 Industrial Ave",
            city: "Springfield",
            region: "IL",
            postal_code: "62703",
            phone: "(217) 555-0100",
            tax_number: "00-0410118",
        },
        logo: include_bytes!("acme-hvac.png"),
    },
    Company {
        name: "Blue Ridge Plumbing",
        slug: "blue-ridge",
        plan: "enterprise",
        placement: "dedicated",
        industry: "plumbing",
        trade: "Plumbing",
        technicians: &[
            ("Lena Brandt", "lena", "Plumbing, Gas fitter"),
            ("Raj Mehta", "raj", "Plumbing, Backflow"),
            ("Cody Price", "cody", "Plumbing"),
        ],
        services: &[
            ("Drain cleaning", 60, "159.00", true),
            ("Water heater check", 60, "99.00", true),
            ("Leak repair", 90, "189.00", true),
            ("Toilet replacement", 120, "310.00", true),
            ("Water heater replacement", 180, "1280.00", false),
            ("Backflow test", 60, "145.00", false),
        ],
        parts: &[
            ("Fill valve", "24.50"),
            ("Wax ring", "9.80"),
            ("Ball valve ¾\"", "31.00"),
            ("Expansion tank", "84.00"),
            ("P-trap 1½\"", "17.25"),
        ],
        head: Head {
            street: "212 Ridgeline Rd",
            city: "Chatham",
            region: "IL",
            postal_code: "62629",
            phone: "(217) 555-0180",
            tax_number: "00-0271828",
        },
        logo: include_bytes!("blue-ridge.png"),
    },
];

/// What the company keeps of its customers besides: label, kind, choices.
pub const FIELDS: &[(&str, &str, &[&str])] = &[
    ("Filter size", "choice", &["16x20x1", "20x25x1", "20x25x4"]),
    ("Square feet", "number", &[]),
    ("Plan until", "date", &[]),
    ("Has a dog", "flag", &[]),
];

/// Of two of three something is known.
pub fn fields_of(index: usize) -> serde_json::Value {
    let size = FIELDS[0].2[index % 3];
    match index % 3 {
        0 => serde_json::json!({}),
        1 => serde_json::json!({ "filter_size": size, "square_feet": 1100 + index * 85 }),
        _ => {
            serde_json::json!({ "filter_size": size, "has_a_dog": index.is_multiple_of(2), "plan_until": "2027-04-30" })
        }
    }
}

/// Name, street, city.
pub const CUSTOMERS: &[(&str, &str, &str)] = &[
    ("Rivera Residence", "12 Elm St", "Springfield"),
    ("Rosa Alvarez", "77 Birch Ln", "Springfield"),
    ("Chen Family", "18 Orchard Rd", "Springfield"),
    ("Elena Diaz", "904 Lake St", "Springfield"),
    ("Greenfield HOA", "1 Commons Way", "Rochester"),
    ("Jan Kowalski", "231 Cedar Ave", "Chatham"),
    ("Lopez Residence", "455 Prairie Dr", "Springfield"),
    ("Mercer & Sons Bakery", "60 Market St", "Springfield"),
    ("Wei Ng", "5 Harbor Ct", "Springfield"),
    ("Oak Hill Dental", "340 Oak Hill Rd", "Springfield"),
    ("Anjali Patel", "12 Willow Bend", "Sherman"),
    ("Miguel Santos", "88 Ridge Rd", "Chatham"),
    ("Maeve Sullivan", "19 Mill Pond Ln", "Springfield"),
    ("Hiro Tanaka", "701 Vine St", "Springfield"),
    ("Thornton Apartments", "2200 College Ave", "Springfield"),
    ("Loretta Vance", "47 Sycamore St", "Springfield"),
    ("Dale Whitaker", "310 Depot Rd", "Sherman"),
    ("Patrice Young", "26 Garden Ct", "Springfield"),
    ("Abbott Family", "9 Juniper Way", "Rochester"),
    ("Zoë Núñez", "118 Walnut St", "Springfield"),
    ("Hutchins Residence", "64 Prospect Ave", "Springfield"),
    ("Delgado Residence", "702 Mason St", "Springfield"),
    ("Hoffman Bakery", "14 Mill Rd", "Chatham"),
    ("Ferris Residence", "55 Quarry Ln", "Sherman"),
];

pub const ACCESS: &[&str] =
    &["Gate 2207#", "Side door, dog in yard", "Park in the alley", "Ring twice", "Key at the neighbour, no. 14"];

/// The company's own words for customers.
/// Kind, name and note of what goes along.
pub const RESOURCES: [(&str, &str, &str); 3] = [
    ("vehicle", "Van 3", "The long one, for ducts. IL 48 2217"),
    ("tool", "Drain camera", "Kept at the office"),
    ("tool", "Recovery machine", "Shared by both teams"),
];
pub const TAGS: &[(&str, &str)] =
    &[("VIP", "violet"), ("Maintenance plan", "green"), ("Net 30", "blue"), ("Has a dog", "amber")];

/// Which tags the nth customer has, and whether they want no offers by e-mail.
pub fn said_of(nth: usize) -> (&'static [&'static str], bool) {
    match nth {
        0 => (&["VIP", "Maintenance plan"], false),
        2 => (&["Has a dog"], true),
        3 | 9 => (&["Net 30"], false),
        5 | 8 | 12 => (&["Maintenance plan"], false),
        7 => (&["Maintenance plan", "Has a dog"], false),
        _ => (&[], false),
    }
}

/// What was written of the nth customer. The first is what whoever goes there must know.
pub fn pinned_of(nth: usize) -> &'static [&'static str] {
    match nth % 5 {
        0 => &[
            "Call before you ring: the baby sleeps from one to three.",
            "Asked what a second zone upstairs would cost.",
        ],
        2 => &["The dog is friendly, the cat must not get out."],
        _ => &[],
    }
}

/// What the nth customer prefers, besides who comes.
pub fn preferences_of(nth: usize) -> Option<serde_json::Value> {
    let above = |amount: &str| serde_json::json!({ "amount": amount, "currency": "USD" });
    Some(match nth {
        0 => serde_json::json!({ "reach_by": "sms", "notice_minutes": 30, "approval_above": above("500.00") }),
        1 => {
            serde_json::json!({ "language": "es", "days": ["mon", "wed", "fri"], "arrive_until": "12:00", "notice_minutes": 30 })
        }
        8 => serde_json::json!({ "language": "zh", "reach_by": "call", "quiet_from": "20:00", "quiet_until": "09:00" }),
        14 => {
            serde_json::json!({ "reach_by": "email", "arrive_from": "09:00", "arrive_until": "16:00", "approval_above": above("1500.00") })
        }
        _ => return None,
    })
}

/// What stands at a house: name, make, model, the year it was installed in, for how many years the maker pays.
pub const EQUIPMENT: &[(&str, &str, &str, i16, i16)] = &[
    ("Furnace", "Carrier", "59TP6A080", 2021, 10),
    ("Air conditioner", "Trane", "XR14 036", 2014, 10),
    ("Heat pump", "Daikin", "DZ17VSA", 2023, 12),
    ("Water heater", "Rheem", "XE50T10", 2017, 6),
    ("Air handler", "Lennox", "CBA38MV", 2019, 10),
];

pub const PROBLEMS: &[&str] = &[
    "Outdoor unit hums, breaker tripped twice yesterday.",
    "Upstairs stays warm all afternoon.",
    "Strange smell when it starts.",
    "Yearly check, same as last time.",
    "Water on the closet floor since last night.",
    "Bangs loudly when it switches off.",
    "Bill has doubled since spring.",
    "Display shows E4.",
];

pub const NOTES: &[&str] = &[
    "Replaced the worn part and ran it through a full cycle; all good.",
    "Cleaned, tightened, measured. Customer shown the readings.",
    "Works again. Unit is 14 years old; suggested a replacement estimate for the fall.",
    "Left the old part with the customer.",
    "Access was blocked by boxes; moved them with the customer's help.",
];

/// A maintenance plan, with whom and for what by their places in the lists above.
pub struct Plan {
    pub service: usize,
    pub technician: Option<usize>,
    pub rule: &'static str,
    pub time: &'static str,
    pub in_days: i64,
    pub months: &'static [i32],
    pub note: Option<&'static str>,
    pub rests: bool,
    pub pays: Option<Pays>,
}

/// What a plan costs: how often, whether in advance, and how much; without an amount what the price book says.
pub struct Pays {
    pub rhythm: &'static str,
    pub in_advance: bool,
    pub amount: Option<&'static str>,
    pub sends: bool,
}

pub const PLANS: &[Plan] = &[
    Plan {
        service: 0,
        technician: Some(0),
        rule: "FREQ=MONTHLY;INTERVAL=6;BYDAY=3TU",
        time: "09:00",
        in_days: -100,
        months: &[],
        note: Some("Two units: the second is on the roof, the key is at the desk."),
        rests: false,
        pays: Some(Pays { rhythm: "quarter", in_advance: true, amount: Some("147.00"), sends: true }),
    },
    Plan {
        service: 2,
        technician: None,
        rule: "FREQ=WEEKLY;INTERVAL=3;BYDAY=TH",
        time: "13:00",
        in_days: 6,
        months: &[],
        note: None,
        rests: false,
        pays: Some(Pays { rhythm: "visit", in_advance: false, amount: None, sends: false }),
    },
    Plan {
        service: 7,
        technician: Some(1),
        rule: "FREQ=MONTHLY;INTERVAL=1;BYDAY=1MO",
        time: "08:00",
        in_days: -40,
        months: &[4, 5, 6, 7, 8, 9, 10, 11],
        note: Some("Only while the kitchen is in use."),
        rests: false,
        pays: Some(Pays { rhythm: "month", in_advance: true, amount: Some("39.00"), sends: true }),
    },
    Plan {
        service: 4,
        technician: Some(2),
        rule: "FREQ=YEARLY;INTERVAL=1",
        time: "10:30",
        in_days: 40,
        months: &[],
        note: None,
        rests: true,
        pays: None,
    },
];
