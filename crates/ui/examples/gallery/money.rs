//! The draft as the paper it becomes; the list of invoices with a part that failed.
use maud::{Markup, html};
use ui::card::{self, Stat};
use ui::filters;
use ui::paper::{self, Line, Paper, Sum};
use ui::table::{Column, Row, Table, row_link};
use ui::{Page, Shell, button, icon, icon_class, note, status, tag_icon};

pub fn invoice(shell: &Shell) -> Markup {
    let line = |name: &str, says: &str, rate: &str, open: bool| Line {
        name: name.into(),
        says: says.into(),
        count: "1".into(),
        rate: rate.into(),
        amount: rate.into(),
        edit: Some("/lines/1".into()),
        open,
    };
    let (step, total) =
        (|a: &str, b: &str| Sum::Step(a.into(), b.into()), |a: &str, b: &str| Sum::Total(a.into(), b.into()));
    let made = Paper {
        kind: "Invoice".into(),
        number: "Number is given at issue".into(),
        company: vec![
            "1400 Industrial Ave, Springfield, IL 62703".into(),
            "(217) 555-0100 · IL licence 055-041188".into(),
        ],
        blocks: vec![
            ("Bill to".into(), vec!["Carmen Lopez".into(), "455 Prairie Dr".into(), "Springfield, IL 62704".into()]),
            ("Work".into(), vec!["J-2318, Wed 24 Jun 2026".into(), "AC not cooling".into(), "Marco Bianchi".into()]),
            ("Due".into(), vec!["Wed 8 Jul 2026".into(), "Net 14".into()]),
        ],
        heads: ["Description".into(), "Qty".into(), "Rate".into(), "Amount".into()],
        lines: vec![
            line("Diagnostic visit", "Found welded contactor and weak capacitor", "89.00", false),
            line("Run capacitor 45/5 µF, 440 V", "Supplied and fitted, 2 year warranty", "214.00", false),
            line("Contactor 2-pole 30 A", "Supplied and fitted, 2 year warranty", "162.00", false),
            line("Condenser coil clean", "Rinse and straighten fins", "145.00", true),
        ],
        sums: vec![
            step("Subtotal", "610.00"),
            step("Comfort Plan, 10 % off", "−61.00"),
            step("Sales tax 8.75 % on parts", "29.61"),
            total("Total", "578.61"),
            step("Paid at booking, Visa 4242", "−89.00"),
            Sum::Due("Due".into(), "$489.61".into()),
        ],
        note: "Thank you, Carmen. Pay by card at the link in your email, or by check to Acme HVAC.".into(),
        stamp: None,
    };
    let side = html! {
        section { div."flex"."justify-between"."items-center"."mb-2" { (tag_icon("pen-line", "Draft")) span.t12.dim { "Saved 10:41" } } dl { dt.t12.dim { "Due" } dd.big { "$489.61" } } (button("Issue invoice").primary().large().class("w-full mt-3 wide")) p.t12.dim."mt-2" { "Takes the next number, locks the lines and emails Carmen. A mistake after that is a credit note." } }
        (card::section("What Carmen gets", html! {}, html! { div."grid"."gap-1".t13 { span."flex"."items-center"."gap-2"."min-h-7" { (icon_class("mail", "dim")) "carmen.lopez@mail.example" } a.link."flex"."items-center"."gap-2"."min-h-7" href="#" { (icon("file-text")) "PDF, 1 page" } } }))
    };
    Page::new(shell, "Draft for Lopez").at("invoices.html").crumb("Invoices", "invoices.html").canvas().show(
        paper::desk(
            paper::paper(&shell.brand, &made, paper::add_line("?add", "Add a line")),
            side,
            ("Due", "$489.61"),
            html! { (button("Issue invoice").primary()) },
        ),
    )
}

pub fn invoices(shell: &Shell) -> Markup {
    let columns = [
        Column::lead("Customer").width(30),
        Column::text("Work").width(25).drops(),
        Column::text("Due").width(16),
        Column::text("State").width(14),
        Column::number("Open").width(12).side(),
    ];
    let row = |no: &str, who: &str, work: &str, due: &str, state: &str, open: &str| {
        Row::new(
            no,
            no,
            vec![
                row_link("invoice.html", who, no),
                html! { (work) },
                html! { (due) },
                status(state),
                html! { span.strong { (open) } },
            ],
        )
        .sub(due.to_owned())
    };
    let rows = [
        row("INV-0231", "Rivera Residence", "Drain line and float switch", "17 Jun, 7 days late", "overdue", "$240.00"),
        row("INV-0238", "Greenfield HOA", "Pool room dehumidifier", "12 Jun, 12 days late", "part_paid", "$3,420.00"),
        row("INV-0247", "Thornton Apartments", "Panel inspections", "17 Jul", "issued", "$4,905.75"),
        row("INV-0248", "Oak Hill Dental", "Rooftop unit service", "", "paid", "$0.00"),
        row("INV-0249", "Ng, Wei", "Quote visit", "", "void", "$0.00"),
        row("draft", "Lopez Residence", "AC not cooling", "", "draft", "$489.61"),
    ];
    let stat = |label: &str, value: Option<&str>, tone| Stat {
        label: label.into(),
        value: value.map(str::to_owned),
        tone,
        href: value.map(|_| "#".into()),
    };
    let main = filters::list(html! {
        (card::stats(&[stat("Open", Some("$14,540.75"), ""), stat("Overdue", Some("$6,300.25"), "down"), stat("Not due yet", Some("$8,240.50"), ""), stat("Paid by card today", None, "")]))
        div."px-4"."pt-3" { (note("", html! { p { strong.strong { "The card company has not answered since 10:31." } " Invoices are current. Three below may be paid already, so reminders to them wait." } })) }
        (filters::bar(html! {}, filters::search("/invoices", "", "Search invoices", &[]), &[], &[], filters::export("/invoices.csv")))
        (Table::new("Open invoices", &columns).show(&rows))
    });
    Page::new(shell, "Invoices").at("invoices.html").show(main)
}
