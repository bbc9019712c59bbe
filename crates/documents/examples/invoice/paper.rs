//! A made-up invoice of as many lines as wanted, for the example, the bench and the tests.

use documents::{
    Align, Brand, Column, Document, Emphasis, Fact, Link, Note, Paper, Party, Row, Signature, Table, Total,
};

const WORK: [(&str, &str); 5] = [
    ("Diagnostic visit", "Found welded contactor and weak capacitor"),
    ("Run capacitor 45/5 µF, 440 V", "Supplied and fitted, 2 year warranty"),
    ("Contactor 2-pole 30 A", "Supplied and fitted, 2 year warranty\nOld part left with the customer"),
    (
        "Condenser coil clean",
        "Rinse and straighten fins, clear the drain, check the refrigerant charge against the plate and note the \
         pressures, superheat and subcooling on the job sheet",
    ),
    ("Wärmepumpe prüfen, 2x4 Anschlüsse", ""),
];

pub fn words(text: &str) -> String {
    text.to_owned()
}

pub fn invoice(lines: usize) -> Document {
    let row = |index: usize| {
        let (name, description) = WORK[index % WORK.len()];
        let (quantity, rate) = (1 + index % 3, 8_900 + 125 * index);
        let money = |cents: usize| format!("{}.{:02}", cents / 100, cents % 100);
        let cells = vec![words(name), quantity.to_string(), money(rate), money(rate * quantity)];
        Row { cells, description: words(description) }
    };
    let column = |heading: &str, align| Column { heading: words(heading), align };
    let fact = |label: &str, value: &str| Fact { label: words(label), value: words(value) };
    let total = |label: &str, value: &str, emphasis| Total { label: words(label), value: words(value), emphasis };
    let party = |label: &str, lines: &[&str]| Party {
        label: words(label),
        lines: lines.iter().map(|line| words(line)).collect(),
    };
    Document {
        paper: Paper::Letter,
        language: words("en-US"),
        brand: Brand {
            name: words("Acme HVAC"),
            address: vec![words("1400 Industrial Ave, Springfield, IL 62703")],
            phone: words("(217) 555-0100"),
            email: words("office@acme-hvac.example"),
            registration: words("IL licence 055-041188"),
            logo: Some(LOGO.to_vec()),
            accent: [0x00, 0x5f, 0x73],
        },
        title: words("Invoice INV-0001"),
        subtitle: words("From job J-2318"),
        parties: vec![
            party("Bill to", &["Carmen Lopez", "455 Prairie Dr", "Springfield, IL 62704"]),
            party("Service location", &["Lopez Bakery", "12 Mill Lane", "Springfield, IL 62702"]),
        ],
        facts: vec![fact("Issued", "Wed 24 Jun 2026"), fact("Due", "Wed 8 Jul 2026"), fact("Terms", "Net 14")],
        tables: vec![Table {
            caption: String::new(),
            columns: vec![
                column("Description", Align::Left),
                column("Qty", Align::Right),
                column("Rate", Align::Right),
                column("Amount", Align::Right),
            ],
            main: 0,
            rows: (0..lines).map(row).collect(),
            totals: vec![
                total("Subtotal", "610.00", Emphasis::Plain),
                total("Comfort Plan, 10 % off", "−61.00", Emphasis::Plain),
                total("Sales tax 8.75 % on parts", "29.61", Emphasis::Plain),
                total("Total", "578.61", Emphasis::Strong),
                total("Paid at booking, Visa 4242", "−89.00", Emphasis::Plain),
                total("Due", "$489.61", Emphasis::Due),
            ],
        }],
        link: Some(Link {
            label: words("Pay $489.61 online: acme-hvac.example/pay/7Q2K"),
            url: words("https://acme-hvac.example/pay/7Q2K"),
        }),
        notes: vec![Note {
            heading: words("Thank you, Carmen"),
            text: words(
                "Pay by card at the link above, or by check to Acme HVAC. Parts carry two years, labor one. \
                 We also take ₹, € and £.",
            ),
        }],
        signatures: vec![
            Signature {
                label: words("Customer signature"),
                signed: words("Carmen Lopez, 24 Jun 2026"),
                strokes: vec![vec![(90, 300), (160, 120), (260, 320)], vec![(300, 240), (420, 240)]],
                ..Signature::default()
            },
            Signature { label: words("Technician"), signed: words("Marco Bianchi"), ..Signature::default() },
        ],
        footer: words("Acme HVAC, Inc. · EIN 00-0000000 · acme-hvac.example"),
        ..Document::default()
    }
}

/// A PNG of 2 × 2 pixels in the brand's petrol.
pub const LOGO: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0, 253, 212, 154,
    115, 0, 0, 0, 15, 73, 68, 65, 84, 120, 156, 99, 96, 136, 47, 6, 33, 8, 5, 0, 21, 58, 3, 73, 159, 226, 158, 181, 0,
    0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];
