//! Writes every component and page state as HTML files, to look at: `cargo run -p ui --example gallery -- FOLDER`, then
//! `node web/tools/look.mjs --dir=FOLDER --out=PICTURES`.
mod board;
mod money;
mod office;
mod outside;
mod parts;
mod phone;

use maud::Markup;
use std::path::PathBuf;
use ui::{Brand, MenuItem, Nav, Shell, Who};

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).map_or_else(|| std::env::temp_dir().join("tradewind-gallery"), PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("brand.css"), ui::brand_css(212))?;
    let office = shell();
    let pages: Vec<(&str, Markup)> = vec![
        ("customers", office::customers(&office)),
        ("customer", office::customer(&office)),
        ("today", office::today(&office)),
        ("empty", office::empty(&office)),
        ("form", office::form(&office)),
        ("settings", office::settings(&office)),
        ("board", board::board(&office)),
        ("invoice", money::invoice(&office)),
        ("invoices", money::invoices(&office)),
        ("booking", outside::booking()),
        ("problem", outside::problem()),
        ("onboarding", outside::onboarding()),
        ("ready", outside::ready()),
        ("sign-in", outside::sign_in()),
        ("tech-today", phone::today(&office)),
        ("tech-job", phone::job(&office)),
        ("parts", parts::parts(&office)),
        ("not-found", parts::refused(&office, 404)),
        ("forbidden", parts::refused(&office, 403)),
        ("suspended", parts::refused(&office, 402)),
        ("broken", parts::broken()),
    ];
    for (name, page) in &pages {
        std::fs::write(folder.join(format!("{name}.html")), &page.0)?;
    }
    println!("{} pages in {}", pages.len(), folder.display());
    Ok(())
}

/// Acme HVAC, as the look has it.
pub fn shell() -> Shell {
    let nav =
        |label: &str, icon: &str, key: &str| Nav::new(label, format!("{}.html", label.to_lowercase()), icon).key(key);
    Shell {
        brand: Brand {
            css: Some("brand.css".into()),
            phone: Some("(217) 555-0100".into()),
            ..Brand::tenant("Acme HVAC")
        },
        nav: vec![
            nav("Today", "sun", "g t").count(7),
            nav("Board", "calendar-range", "g b"),
            nav("Inbox", "inbox", "g i").count(3),
            nav("Customers", "users", "g c"),
            nav("Jobs", "wrench", "g j"),
            nav("Estimates", "file-pen-line", "g e"),
            nav("Invoices", "receipt-text", "g v"),
            nav("Price book", "book-open", "g p"),
            nav("Leads", "target", "g l"),
            nav("Reports", "chart-column", "g r"),
            nav("Settings", "settings", "g s").foot(),
        ],
        who: Who { name: "Alex Brandt".into(), says: "alex@acme.example".into() },
        account: vec![
            MenuItem::link("Your profile", "/me").icon("user"),
            MenuItem::post("Sign out", "/sign-out").icon("log-out"),
        ],
        new: vec![
            MenuItem::link("Customer", "/customers/new").icon("user-plus"),
            MenuItem::link("Job", "/jobs/new").icon("wrench"),
            MenuItem::link("Estimate", "/estimates/new").icon("file-pen-line"),
            MenuItem::link("Invoice", "/invoices/new").icon("receipt-text"),
        ],
        companies: vec![
            MenuItem::link("Acme HVAC", "/").checked(true),
            MenuItem::link("Acme Plumbing", "/other").checked(false),
        ],
        unread: Some(2),
        lang: "en-US".into(),
        ..Shell::default()
    }
}
