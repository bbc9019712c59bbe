//! Settings: what a company is called, how it writes money and time, who works there, what happened.
mod audit;
mod audit_export;
mod company;
mod company_page;
mod index;
mod letterhead;
mod logo;
mod plan;

pub use audit::{Entry, api as audit_api, page as audit_page};
pub use audit_export::{api as audit_export_api, page as audit_export_page, post as audit_export_post};
pub use company::{Change, Company, api as company_api, change_api};
pub(crate) use company::{SettingsChanged, locale};
pub(crate) use company_page::zones;
pub use company_page::{page as company_page, post as company_post};
pub use index::page as index_page;
pub use letterhead::Letterhead;
pub(crate) use letterhead::{PHONE, is_phone, website};
pub(crate) use logo::MOST as LOGO_MOST;
pub use logo::{post as logo_post, remove as logo_remove};
pub use plan::page as plan_page;

/// Label, path, what it holds, icon, permission: the settings there are.
const PLACES: [(&str, &str, &str, &str, &str); 22] = [
    (
        "Company",
        "/settings/company",
        "Name, address, time zone, currency, colours and logo",
        "building-2",
        "settings.read",
    ),
    ("People", "/settings/people", "Who works here, and what each may do", "users", "members.read"),
    ("Roles", "/settings/roles", "What each role may do and whose records it sees", "shield-check", "members.read"),
    ("Teams", "/settings/teams", "Who works together", "users", "members.read"),
    ("Tags", "/settings/tags", "Your own words for customers, and their colours", "tags", "customers.read"),
    ("Customer fields", "/settings/fields", "What you keep of each customer besides", "list-checks", "customers.read"),
    (
        "Scheduling",
        "/settings/scheduling",
        "Notice, arrival windows, time around visits and on the way",
        "calendar-range",
        "board.read",
    ),
    (
        "Booking page",
        "/settings/booking",
        "A fee for calling off late, a code for the e-mail address, your own site",
        "globe",
        "board.read",
    ),
    (
        "Surcharges",
        "/settings/surcharges",
        "What visits cost more after hours, on weekends, on holidays",
        "clock",
        "board.read",
    ),
    (
        "What customers are told",
        "/settings/visit-messages",
        "Letters about their visits: booked, reminded, moved, on the way",
        "message-square",
        "board.read",
    ),
    (
        "Customer portal",
        "/settings/portal",
        "Where customers see their visits, estimates and invoices",
        "circle-user",
        "settings.read",
    ),
    (
        "Checklists",
        "/settings/checklists",
        "What is asked on jobs before they are finished",
        "list-checks",
        "work.read",
    ),
    ("Photos of jobs", "/settings/photos", "Whether it is kept where they were taken", "camera", "settings.read"),
    (
        "Taxes by place",
        "/settings/taxes",
        "Who levies what where and from when, and how papers are added up",
        "percent",
        "catalog.read",
    ),
    (
        "Reminders",
        "/settings/reminders",
        "When customers are reminded of late invoices, and what is said",
        "bell",
        "invoices.read",
    ),
    (
        "Card payments",
        "/settings/card-payments",
        "With which account customers pay invoices by card",
        "credit-card",
        "payments.manage",
    ),
    ("E-mail", "/settings/email", "What was sent and how it fared, and under which name", "mail", "email.read"),
    ("API keys", "/settings/api-keys", "Let other programs read and write here", "key-round", "api_keys.manage"),
    ("Exports", "/exports", "Lists you have taken along as files", "download", "exports.create"),
    ("Plan", "/settings/plan", "What you have, and how much of it is used", "badge-check", "settings.read"),
    (
        "Support access",
        "/settings/support",
        "When somebody of Tradewind looks in: who, why, and what they may",
        "eye",
        "audit.read",
    ),
    ("What happened", "/settings/audit", "Who did what, and when", "history", "audit.read"),
];
