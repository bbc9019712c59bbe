//! Office pages: the list, the record, today, an empty list, a form, settings.
use maud::{Markup, html};
use ui::card::{self, Todo};
use ui::chart::{self, Bar, Piece};
use ui::day::{self, Clock, Day, Mark, Window};
use ui::filters::{self, BulkVerb, Chip};
use ui::table::{self, Column, Row, Table, row_link};
use ui::timeline::{self, Happened};
use ui::{
    Filled, Flash, MenuItem, Page, Shell, button, field, form, icon, icon_class, kbd, link_button, note, status,
    status_line, tag, tag_icon,
};

pub fn customers(shell: &Shell) -> Markup {
    let columns = [
        Column::lead("Customer").width(34).sort("?sort=-name", Some(true)),
        Column::text("Place").width(28),
        Column::text("Phone").drops(),
        Column::text("Tags").width(18).drops(),
        Column::text("Nearest visit").width(24),
        Column::number("Owes").width(12).side(),
    ];
    let data = [
        (
            "Alvarez, Rosa",
            "1198",
            "77 Birch Ln, Springfield",
            "(217) 555-0164",
            "Comfort Plan",
            ("confirmed", "Fri 26 Jun, 8–10"),
            "",
            false,
        ),
        (
            "Chen Family",
            "1071",
            "18 Orchard Rd, Springfield",
            "(217) 555-0119",
            "Comfort Plan",
            ("completed", "Today, 8–10"),
            "$189.00",
            false,
        ),
        (
            "Diaz, Elena",
            "1310",
            "904 Lake St, Springfield",
            "(217) 555-0182",
            "Has dog",
            ("en_route", "Today, 10–12"),
            "",
            false,
        ),
        (
            "Greenfield HOA",
            "1004",
            "1 Commons Way, Rochester",
            "(217) 555-0101",
            "Net 30",
            ("confirmed", "Mon 29 Jun, 7–9"),
            "$3,420.00",
            true,
        ),
        (
            "Kowalski, Jan",
            "1288",
            "231 Cedar Ave, Chatham",
            "(217) 555-0177",
            "Comfort Plan",
            ("confirmed", "Today, 11–1"),
            "",
            false,
        ),
        (
            "Lopez Residence",
            "1153",
            "455 Prairie Dr, Springfield",
            "(217) 555-0158",
            "Comfort Plan",
            ("on_site", "Today, 9–11"),
            "",
            false,
        ),
        (
            "Mercer & Sons Bakery",
            "1017",
            "60 Market St, Springfield",
            "(217) 555-0107",
            "Commercial",
            ("requested", "Thu 25 Jun, any"),
            "$612.40",
            false,
        ),
        (
            "Ng, Wei",
            "1266",
            "5 Harbor Ct, Springfield",
            "(217) 555-0171",
            "Comfort Plan",
            ("confirmed", "Today, 1–3"),
            "",
            false,
        ),
        (
            "Oak Hill Dental",
            "1009",
            "340 Oak Hill Rd, Springfield",
            "(217) 555-0103",
            "Net 30",
            ("completed", "Today, 7–9"),
            "$1,180.00",
            false,
        ),
        (
            "Rivera Residence",
            "1042",
            "12 Elm St, Springfield",
            "(217) 555-0142",
            "2 locations",
            ("confirmed", "Tue 8 Sep, 8–10"),
            "$240.00",
            true,
        ),
        (
            "Santos, Miguel",
            "1240",
            "88 Ridge Rd, Chatham",
            "(217) 555-0169",
            "Comfort Plan",
            ("no_show", "Mon 22 Jun, 2–4"),
            "",
            false,
        ),
        (
            "Vance, Loretta",
            "1219",
            "47 Sycamore St, Springfield",
            "(217) 555-0166",
            "Comfort Plan",
            ("cancelled", "Tue 23 Jun, 8–10"),
            "",
            false,
        ),
    ];
    let rows: Vec<Row> = data
        .iter()
        .map(|(name, no, place, phone, mark, (state, visit), owes, late)| {
            let owed = html! { @if owes.is_empty() { (table::nothing("nothing")) } @else { span class=(if *late { "overdue" } else { "strong" }) { (owes) @if *late { span.vh { " overdue" } } } } };
            Row::new(*no, *name, vec![
                row_link("customer.html", name, &format!("#{no}")),
                html! { (place) },
                html! { span.num { (phone) } },
                html! { span.tagset { (tag(mark)) } },
                status_line(state, visit),
                owed,
            ])
            .sub(format!("{place} · {visit}"))
            .peek("peek.html")
            .current(*no == "1042")
        })
        .collect();
    let chip = |field: &str, value: &str| Chip {
        field: field.into(),
        value: value.into(),
        others: vec![
            MenuItem::link("Active", "?").checked(true),
            MenuItem::link("Archived", "?status=archived").checked(false),
        ],
        remove: "?".into(),
    };
    let main = filters::list(html! {
        (filters::bar(
            filters::view("Springfield, active", &[MenuItem::link("Springfield, active", "?").checked(true), MenuItem::link("Owing money", "?owes=1").checked(false)]),
            html! {},
            &[chip("Status", "Active"), chip("Branch", "Springfield")],
            &[MenuItem::link("Tag", "?tag"), MenuItem::link("Owes money", "?owes=1")],
            filters::export("/customers.csv"),
        ))
        (Table::new("Customers, Springfield, active", &columns).select().more("/customers?after=x", "12 shown").show(&rows))
        (filters::bulk("customers", &[
            BulkVerb { label: "Text".into(), icon: "message-square", action: "/text".into() },
            BulkVerb { label: "Tag".into(), icon: "tag", action: "/tag".into() },
            BulkVerb { label: "Merge".into(), icon: "git-merge", action: "/merge".into() },
        ]))
    });
    let aside = ui::peek(
        "Rivera Residence",
        "#1042 · customer since 2024",
        "customer.html",
        html! { (link_button("Job", "#").primary().icon("plus")) (link_button("Call", "tel:1").icon("phone")) (link_button("Text", "sms:1").icon("message-square")) },
        html! {
            section { (card::trio(&[("Owes", "$240.00", "overdue"), ("Last visit", "Today", ""), ("Rating", "4.8", "")])) }
            (card::section("Next visit", status("confirmed"), html! {
                p.strong { "Fall furnace check " span.dim { "J-2402" } } p.soft.t13.num { "Tue 8 Sep · promised 8–10 am · Marco Bianchi" }
                (window("confirmed", Some((495, 570)), Some((480, 600)), "Planned 8:15 to 9:30 inside the promised window 8 to 10", true))
            }))
            (card::section("Reach", html! {}, card::facts(&[("Ana Rivera", html! { "(217) 555-0142 " span.dim { "owner" } }), ("Place", html! { "12 Elm St, Springfield" }), ("Gate", html! { span.num.strong { "4471#" } })])))
            (card::section("Equipment", html! { span.dim.t12 { "2" } }, html! { (card::line("fan", "Carrier 24ACC6", "AC, 3 ton · installed 2019", html! { span.dim.t12.num { "7 yr" } })) (card::line("flame", "Carrier 59TP6", "Furnace, 80k BTU · installed 2019", html! { span.dim.t12.num { "7 yr" } })) }))
        },
    );
    Page::new(shell, "Customers").at("customers.html").aside(aside).show(main)
}

pub fn window(
    state: &str,
    planned: Option<(u16, u16)>,
    promised: Option<(u16, u16)>,
    says: &str,
    hours: bool,
) -> Markup {
    day::window(Day::default(), Clock::Twelve, &Window { status: state, planned, promised, broken: false, says }, hours)
}

pub fn customer(shell: &Shell) -> Markup {
    let item = |sign: &str, tone: &'static str, what: Markup, when: &str, more: Option<Markup>| Happened {
        icon: sign.into(),
        tone,
        what,
        when: when.into(),
        datetime: "2026-06-24T09:52:00Z".into(),
        more,
    };
    let main = card::record(
        html! {
            (card::record_name("Rivera Residence", "#1042", tag_icon("shield-check", "Comfort Plan"), html! { (link_button("Call", "tel:1").icon("phone")) (link_button("Text", "sms:1").icon("message-square")) (link_button("Job", "#").primary().icon("plus")) }))
            p.soft.t13."mt-1"."flex"."items-center"."gap-1" { (icon_class("map-pin", "i-s dim")) "12 Elm St, Springfield " span.dim { "and 1 more" } }
            (card::tabs("Customer", &[("Timeline", "", "#", true), ("Jobs", "9", "#", false), ("Money", "$240", "#", false), ("Equipment", "2", "#", false), ("Files", "14", "#", false)]))
        },
        html! {
            h2.vh { "Timeline" }
            (timeline::composer("/notes", "Write a note. Only the team sees it.", &[("note", "sticky-note", "Note"), ("text", "message-square", "Text"), ("email", "mail", "Email")], "Save note"))
            (timeline::day("Today, Wed 24 Jun", &[
                item("message-square", "", html! { a href="#" { "Ana replied" } " " span.dim { "by text, to Jo" } }, "9:52", Some(timeline::bubble("Thank you, it is so much quieter now."))),
                item("check", "st-completed", html! { a href="#" { "Marco finished AC tune-up" } " " span.dim { "J-2311" } }, "9:04", Some(html! { "Coil cleaned, capacitor read 44.1 of 45 µF. Suggests a new contactor before next summer." })),
                item("truck", "st-enroute", html! { a href="#" { "Marco was on his way" } }, "7:18", None),
            ]))
            (timeline::day("May", &[
                item("receipt-text", "", html! { a href="#" { "INV-0231 issued" } " " span.num.strong { "$480.00" } }, "18 May", None),
                item("banknote", "tone-good", html! { a href="#" { "Paid by card" } " " span.num.strong { "$240.00" } }, "18 May", None),
            ]))
        },
        html! {
            section { (card::trio(&[("Owes", "$240.00", "overdue"), ("Lifetime", "$6,412", ""), ("Rating", "4.8", "")])) div."mt-3" { (note("danger", html! { p { "INV-0231 is 7 days late. " a.link href="#" { "Take payment" } } })) } }
            (card::section("Next visit", status("confirmed"), html! { p.strong { "Fall furnace check " span.dim { "J-2402" } } (window("confirmed", Some((495, 570)), Some((480, 600)), "Planned 8:15 to 9:30", false)) }))
            (card::section("Contacts", button("Add contact").plain().small().quiet().icon_only("user-plus").attr("data-x", "1").class("").render(), html! { (card::person("Ana Rivera", "Owner · (217) 555-0142", html! { span.dim.t12 { "text, email" } })) (card::person("Luis Rivera", "Husband · (217) 555-0143", html! { span.dim.t12 { "text only" } })) }))
            (card::section("Before you go", html! {}, card::facts(&[("Gate", html! { span.strong.num { "4471#" } }), ("Dog", html! { "Biscuit, friendly" }), ("Prefers", html! { "Marco, mornings" })])))
        },
    );
    Page::new(shell, "Rivera Residence").at("customers.html").crumb("Customers", "customers.html").show(main)
}

use maud::Render;

pub fn today(shell: &Shell) -> Markup {
    let todo = |sign: &str, tone: &'static str, what: &str, why: &str, verb: ui::Button| Todo {
        icon: sign.into(),
        tone,
        what: what.into(),
        why: why.into(),
        verb: verb.render(),
    };
    let (day, clock, now) = (Day::default(), Clock::Twelve, Some(642));
    let strip = |name: &str, marks: &[Mark<'_>], words: Markup, says: &str| {
        day::strip(day, name, "board.html", marks, now, words, says)
    };
    let bar = |label: &str, value: f64, before: f64, now: bool| Bar {
        label: label.into(),
        value,
        text: format!("${value:.0}"),
        short: if value > 0.0 { format!("{:.1}k", value / 1000.0) } else { String::new() },
        before: Some((before, format!("${before:.0}"))),
        now,
    };
    let piece = |class, label: &str, count: &str, value: f64| Piece {
        label: label.into(),
        value,
        text: format!("${value:.2}"),
        count: count.into(),
        class,
        href: Some("#".into()),
    };
    let main = html! {
        div.dash {
            section.card."todo-card" aria-labelledby="todo-h" { div."card-h" { h2 #todo-h { "Needs a hand now" } span.dim.num { "5" } }
                (card::todos(&[
                    todo("clock", "tone-bad", "Abbott may be missed, promised 10–12", "Priya leaves Hale at 10:25 for a 35 min drive; the job runs past noon", button("Re-plan").primary()),
                    todo("calendar-x", "tone-bad", "Hutchins has nobody, promised 12–2", "AC not cooling, baby at home. Marco fits at 12:00 if his lunch moves to 11:30", button("Assign Marco")),
                    todo("user-x", "tone-warn", "Santos was not home at 9:12", "Tom waited 15 min and left a card", button("Call")),
                    todo("receipt-text", "tone-warn", "4 finished jobs have no invoice", "$1,942.30 of work, oldest from Mon 22 Jun", button("Draft all")),
                    todo("plug", "", "Bo has no shifts after 3 Jul", "He will not be offered on the booking page", button("Set shifts")),
                ])) }
            section.card."pb-2"."day-card" aria-labelledby="day-h" { div."card-h" { h2 #day-h { "The day" } span.dim.t13.num { "19 jobs · 5 done · 2 on site" } a.link href="board.html" { "Open the board" } }
                (day::strip_axis(day, clock))
                (strip("Marco Bianchi", &[Mark::Job("completed", 450, 540), Mark::Job("on_site", 560, 690), Mark::Promise(540, 660, false), Mark::Off(705, 750), Mark::Job("confirmed", 780, 870), Mark::Promise(780, 900, false)], html! { "On site at Lopez until 11:30" }, "Marco: 1 done, on site at Lopez, 1 to come"))
                (strip("Ana Duarte", &[Mark::Job("completed", 480, 575), Mark::Job("en_route", 630, 720), Mark::Promise(600, 720, false), Mark::Job("confirmed", 795, 885)], html! { "Driving to Diaz, there 10:55" }, "Ana: driving to Diaz"))
                (strip("Bo Lindqvist", &[Mark::Off(420, 1080)], html! { "Vacation until Fri 26 Jun" }, "Bo: off today"))
                (strip("Priya Nair", &[Mark::Job("completed", 480, 540), Mark::Job("confirmed", 660, 750), Mark::Promise(600, 720, true), Mark::Job("no_show", 900, 960), Mark::Job("requested", 980, 1060)], html! { span.overdue { "Abbott at risk, 30 min over" } }, "Priya: Abbott at risk"))
            }
            div."grid"."gap-4"."content-start".money {
                section.card."px-4"."pb-3" { div."card-h"."px-0!" { h2 { "Collected this week" } a.link href="#" { "Payments" } }
                    div."flex"."items-baseline"."gap-3" { span.big { "$6,699" } span.t13.soft.num { span.down { "$2,011 less" } " than by Wed last week" } }
                    (chart::bars("Collected by day, this week and last", ("This week", "Last week"), &[bar("Mon", 3120.0, 2480.0, false), bar("Tue", 2210.0, 3340.0, false), bar("Wed", 1369.0, 2890.0, true), bar("Thu", 0.0, 2110.0, false), bar("Fri", 0.0, 3675.0, false), bar("Sat", 0.0, 640.0, false)])) }
                section.card."px-4"."pb-2" { div."card-h"."px-0!" { h2 { "Open invoices" } span.strong.num."ml-auto" { "$14,540.75" } }
                    (chart::stacked("Open invoices by age", &[piece("o1", "Not due", "11", 8240.5), piece("o2", "1–30 days", "6", 3755.0), piece("o3", "31–60 days", "3", 1640.25), piece("o4", "Over 60 days", "2", 905.0)])) }
            }
        }
    };
    Page::new(shell, "Today")
        .beside("Wed 24 Jun")
        .at("today.html")
        .canvas()
        .flash(Some(Flash::done("INV-0249 moved to Void").undo("/undo")))
        .show(main)
}

pub fn empty(shell: &Shell) -> Markup {
    let main = card::empty(
        "Show three prices, let the customer choose",
        "An estimate puts good, better and best side by side. The customer signs on a phone, and the one they pick becomes a job.",
        html! { (link_button("Write an estimate", "#").primary().large().key("n")) },
        card::sample(
            "heat pump for a three bedroom house",
            html! { a.link href="#" { "Try with this sample" } },
            html! {
            table."sample-t" { thead { tr { th scope="col" { "Option" } th scope="col" { "What it is" } th.r scope="col" { "Price" } th scope="col" { span.vh { "Mark" } } } }
                tbody { @for (a, b, c, d) in [("Good", "14.3 SEER2, single stage, 10 year parts", "$8,450.00", ""), ("Better", "16 SEER2, two stage, 10 year parts and labor", "$10,900.00", "Most chosen"), ("Best", "18 SEER2, variable speed", "$13,750.00", "")] {
                    tr { td { span.strong { (a) } } td { (b) } td.r.strong { (c) } td { @if !d.is_empty() { (tag(d)) } } } } } } },
        ),
    );
    Page::new(shell, "Estimates").at("estimates.html").show(main)
}

pub fn form(shell: &Shell) -> Markup {
    let filled = Filled::of([
        ("name", "Rivera Residence".to_owned()),
        ("email", "ana@".to_owned()),
        ("texts", "true".to_owned()),
        ("terms", "net14".to_owned()),
        ("kind", "home".to_owned()),
    ])
    .wrong("email", "Write the whole address, such as ana@rivera.example")
    .wrong("discount", "At most 100 %");
    let main = html! { div.page { (form::form("/customers", &filled, html! {
        (form::part("Who", "What stands on their invoices.", html! {
            (field::text(&filled, "name", "Name").required().autocomplete("organization"))
            (form::pair(html! { (field::email(&filled, "email", "Email").hint("Invoices and reminders go here")) (field::tel(&filled, "phone", "Phone").placeholder("(217) 555-0142")) }))
            (field::choices(&filled, "kind", "Kind", &[("home", "Home", "A family; visits by the day's windows"), ("business", "Business", "Net terms, several locations")]))
        }))
        (form::part("Money", "", html! {
            (form::pair(html! { (field::select(&filled, "terms", "Payment terms", &[("", "As the company's"), ("net14", "Net 14"), ("net30", "Net 30")])) (field::number(&filled, "discount", "Discount").after("%")) (field::money(&filled, "limit", "Credit limit", "$").hint("None when empty")) }))
            (field::checkbox(&filled, "texts", "Text when the technician sets off").hint("They agreed to service texts"))
        }))
        (form::part("Visit", "", html! {
            (form::pair(html! { (field::date(&filled, "day", "First visit")) (field::time(&filled, "time", "Not before")) }))
            (field::textarea(&filled, "notes", "Notes for the technician").rows(3))
            (field::file(&filled, "photo", "Photo of the place", "image/*", 8_000_000).hint("JPEG or PNG, up to 8 MB"))
            (field::hidden("version", "3"))
        }))
        (form::actions(html! { (button("Save customer").primary()) (link_button("Leave", "customers.html").quiet()) }))
    })) } };
    Page::new(shell, "New customer").at("customers.html").crumb("Customers", "customers.html").show(main)
}

pub fn settings(shell: &Shell) -> Markup {
    let main = html! { div.settings {
        nav aria-label="Settings" { @for (n, (sign, label)) in [("building-2", "Company"), ("users", "People"), ("shield-check", "Roles"), ("key-round", "API keys"), ("credit-card", "Plan")].iter().enumerate() { a.nav-item href="#" aria-current=[(n == 2).then_some("page")] { (icon(sign)) span { (label) } } } }
        div."grid"."gap-4" {
            div { h2."h-lg" { "Dispatcher" } p.soft { "What a dispatcher may do. Changes count from the next click of the 3 people who have this role." } }
            (card::card("Jobs", "4 of 6", None, html! { div."px-4" { table.matrix { thead { tr { th scope="col" { "May" } th scope="col" { "Own" } th scope="col" { "Everybody's" } } } tbody {
                @for what in ["see jobs", "move jobs on the board", "cancel jobs"] { tr { td { (what) } @for who in ["own", "all"] { td { input.check type="checkbox" aria-label={ (what) ", " (who) } checked[who == "own"]; } } } }
            } } } }))
            (card::card("API key", "", None, card::card_body(html! { p.soft.t13."mb-2" { "Shown once. Keep it where your programs keep secrets." } (ui::card::copy("tk_live_8c1f_2f0c9a7be6d14b6c", "the key")) })))
            p.dim.t13 { "Press " (kbd("?")) " for keys." }
        }
    } };
    Page::new(shell, "Roles").at("settings.html").crumb("Settings", "settings.html").canvas().show(main)
}
