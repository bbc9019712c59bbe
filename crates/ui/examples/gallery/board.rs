//! The board of the look: six technicians on a Wednesday, a job open in the panel.
use maud::{Markup, html};
use ui::board::{self, Board, Carried, Item, Job, Lane, Slip};
use ui::card;
use ui::day::{Clock, Day};
use ui::{Page, Shell, avatar, button, filters, link_button};

fn job(id: &str, status: &str, times: (u16, u16), name: &str, kind: &str, promised: Option<(u16, u16)>) -> Job {
    let fixed = matches!(status, "completed" | "cancelled" | "no_show");
    Job {
        carried: Carried {
            id: id.into(),
            version: 3,
            minutes: times.1 - times.0,
            promised,
            fixed,
            cannot: vec![("bo".into(), "off today".into())],
            ..Carried::default()
        },
        status: status.into(),
        start: times.0,
        end: times.1,
        name: name.into(),
        kind: kind.into(),
        href: "board.html".into(),
        ..Job::default()
    }
}

fn at(job: Job) -> Item {
    Item::Job(Box::new(job))
}
fn go(start: u16, end: u16, tight: bool) -> Item {
    Item::Travel { start, end, tight }
}
fn off(start: u16, end: u16, icon: &str, words: &str) -> Item {
    Item::Off { start, end, icon: icon.into(), words: words.into(), shift: icon.is_empty() }
}
fn lane(id: &str, name: &str, says: &str, load: Option<f64>, items: Vec<Item>) -> Lane {
    Lane { id: id.into(), name: name.into(), says: says.into(), load, lead: id == "marco", items }
}

fn lanes() -> Vec<Lane> {
    vec![
        lane(
            "marco",
            "Marco Bianchi",
            "HVAC · 7.1/8 h",
            Some(0.89),
            vec![
                at(job("a1", "completed", (450, 540), "Rivera", "AC tune-up", None)),
                go(540, 560, false),
                at(Job {
                    says: Some("arrived 9:22, ends 11:30".into()),
                    seen_by: Some("Sam".into()),
                    ..job("a2", "on_site", (560, 690), "Lopez", "AC not cooling", Some((540, 660)))
                }),
                off(705, 750, "coffee", "Lunch"),
                go(750, 775, false),
                at(job("a3", "confirmed", (780, 870), "Ng", "Mini-split quote", Some((780, 900)))),
                go(870, 900, false),
                at(job("a4", "confirmed", (900, 990), "Patel", "No airflow upstairs", Some((900, 1020)))),
            ],
        ),
        lane(
            "ana",
            "Ana Duarte",
            "HVAC · 6.5/8 h",
            Some(0.81),
            vec![
                at(job("b1", "completed", (480, 575), "Chen", "Furnace board", None)),
                go(575, 630, false),
                at(Job {
                    selected: true,
                    ..job("b2", "en_route", (630, 720), "Diaz", "Leak at air handler", Some((600, 720)))
                }),
                go(720, 740, false),
                off(740, 780, "coffee", "Lunch"),
                at(job("b3", "confirmed", (795, 885), "Young", "Duct seal", Some((780, 900)))),
                go(885, 905, true),
                at(job("b4", "confirmed", (905, 1035), "Tanaka", "Heat pump swap, day 1", Some((900, 1020)))),
            ],
        ),
        lane("bo", "Bo Lindqvist", "Back Fri 26 Jun", None, vec![off(420, 1080, "palmtree", "Vacation, back Friday")]),
        lane(
            "dee",
            "Dee Walker",
            "EPA 608 · 8.4/8 h",
            Some(1.05),
            vec![
                at(job("c1", "completed", (420, 615), "Oak Hill Dental", "Rooftop unit service", None)),
                go(615, 655, false),
                at(job("c2", "confirmed", (660, 780), "Kowalski", "Compressor start kit", Some((660, 780)))),
                go(780, 805, false),
                at(job("c3", "confirmed", (810, 900), "Greenfield HOA", "Pool room dehumidifier", Some((780, 900)))),
                go(900, 920, false),
                at(job("c4", "requested", (930, 1020), "Mercer Bakery", "Walk-in cooler check", None)),
            ],
        ),
        lane(
            "priya",
            "Priya Nair",
            "Plumbing · 5/6 h",
            Some(0.83),
            vec![
                at(job("d1", "completed", (480, 540), "Beck", "Toilet reset", None)),
                go(540, 565, false),
                at(job("d2", "completed", (565, 625), "Hale", "Disposer swap", None)),
                go(625, 660, false),
                at(Job {
                    at_risk: true,
                    ..job("d3", "confirmed", (660, 750), "Abbott", "Water heater", Some((600, 720)))
                }),
                off(780, 900, "hard-hat", "Backflow training"),
                at(job("d4", "confirmed", (930, 1020), "Ferris", "Slab leak search", Some((900, 1020)))),
            ],
        ),
        lane(
            "tom",
            "Tom Okafor",
            "Electric · 4.5/8 h",
            Some(0.56),
            vec![
                off(420, 540, "", "Shift from 9"),
                at(job("e1", "no_show", (540, 585), "Santos", "EV charger", None)),
                go(585, 610, false),
                at(job("e2", "on_site", (610, 700), "Thornton Apts", "Panel inspection", Some((600, 720)))),
                off(720, 765, "coffee", "Lunch"),
                at(job("e3", "cancelled", (780, 840), "Vance", "Fan install", None)),
                at(job("e4", "confirmed", (870, 990), "Whitaker", "Surge protector", Some((840, 1020)))),
            ],
        ),
    ]
}

pub fn board(shell: &Shell) -> Markup {
    let slip =
        |id: &str, name: &str, says: &str, when: &str, needs: &[&str], late: bool, promised: Option<(u16, u16)>| Slip {
            carried: Carried {
                id: id.into(),
                version: 1,
                minutes: 60,
                promised,
                cannot: vec![
                    ("bo".into(), "off today".into()),
                    ("priya".into(), "no HVAC".into()),
                    ("tom".into(), "no HVAC".into()),
                ],
                ..Carried::default()
            },
            name: name.into(),
            says: says.into(),
            when: when.into(),
            needs: needs.iter().map(|n| (*n).to_owned()).collect(),
            late,
            href: "board.html".into(),
        };
    let slips = [
        slip("s1", "Hutchins", "AC not cooling, baby at home", "Today 12–2 · 60 min", &[], true, Some((720, 840))),
        slip("s2", "Mercer Bakery", "Walk-in cooler at 48 °F", "Today, any · 90 min", &["EPA 608"], false, None),
        slip(
            "s3",
            "Delgado",
            "Water heater, pilot will not stay lit",
            "Today 2–4 · 2 h",
            &["Gas fitter"],
            false,
            Some((840, 960)),
        ),
        slip("s4", "Price", "Ceiling fan hums, two rooms", "Thu 25 or Fri 26 · 90 min", &[], false, None),
    ];
    let made = Board {
        day: Day::default(),
        clock: Clock::Twelve,
        date: "2026-06-24".into(),
        date_words: "Wed 24 Jun".into(),
        now: Some(642),
        move_url: "/board/move".into(),
        live: Some(("/board/lanes?day=2026-06-24".into(), "appointment.* work_order.*".into())),
        tray_says: "4 jobs · 6 h".into(),
    };
    let bar = html! {
        (board::day_turner("2026-06-24", "Wed 24 Jun", ("?day=23", "?day=25", "?")))
        (filters::segments("View", &[("Day", "?", true), ("Week", "?week", false), ("List", "?list", false)]))
        button.chip."chip-add" type="button" { (ui::icon_class("list-filter", "i-s")) "Teams, skills" }
        div."bd-live" { span { "Sam and Jo are here" } span.avatars { (avatar("SK", Some("Sam Keller, looking at Lopez"), "avatar-s viewer-a")) (avatar("JM", Some("Jo Marsh, looking at the tray"), "avatar-s viewer-b")) } }
        (button("Fit").plain().icon("sparkles"))
    };
    let pane = board::pane(
        "Diaz, leak at air handler",
        "J-2319 · booked by Elena online, Mon 22 Jun",
        "en_route",
        "board.html",
        html! {
            section { div."flex"."justify-between".t13.num { span.strong { "Promised 10–12" } span.soft { "arrives about 10:55" } } (crate::office::window("en_route", Some((630, 720)), Some((600, 720)), "Planned 10:30 to 12:00, promised 10 to 12", true)) }
            section { (card::facts(&[("Who", html! { a.link href="customer.html" { "Elena Diaz" } }), ("Phone", html! { "(217) 555-0182" }), ("Where", html! { "904 Lake St, Springfield" }), ("Access", html! { "Side door, dog in yard" }), ("Needs", html! { "HVAC, wet vac" }), ("Said", html! { "“Water on the closet floor since last night.”" })])) }
            (card::section("With", html! {}, card::person("Ana Duarte", "Truck 4 · left Chen 9:38", html! {})))
        },
        html! { (link_button("Text Elena", "sms:1").icon("message-square")) (button("Move to…").plain().primary().icon("calendar-range")) },
    );
    Page::new(shell, "Board").at("board.html").folded().show(made.show(bar, &slips, &lanes(), pane))
}
