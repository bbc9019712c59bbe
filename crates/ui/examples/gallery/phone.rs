//! The phone of a technician.
use crate::office::window;
use maud::{Markup, html};
use ui::tech::{self, Hero, Stop};
use ui::{Nav, PhonePage, Shell, button};

fn shell_of(shell: &Shell) -> Shell {
    Shell {
        nav: vec![
            Nav::new("Today", "tech-today.html", "sun"),
            Nav::new("Week", "#w", "calendar-range"),
            Nav::new("Truck", "#t", "package"),
            Nav::new("More", "#m", "menu"),
        ],
        ..shell.clone()
    }
}

pub fn today(shell: &Shell) -> Markup {
    let shell = shell_of(shell);
    let stop = |time: &str, until: &str, name: &str, says: &str, done: bool| Stop {
        time: time.into(),
        until: until.into(),
        name: name.into(),
        says: says.into(),
        status: "completed".into(),
        done,
        href: "tech-job.html".into(),
    };
    let next = Hero {
        when: "Promised 9–11".into(),
        status: "confirmed".into(),
        name: "Lopez Residence".into(),
        place: "455 Prairie Dr, Springfield".into(),
        line: Some(window(
            "confirmed",
            Some((560, 680)),
            Some((540, 660)),
            "Planned 9:20 to 11:20, promised 9 to 11",
            true,
        )),
        map: "geo:39.78,-89.65".into(),
        way: "20 min".into(),
        phone: "+12175550158".into(),
        says: "AC not cooling. Outdoor unit hums, breaker tripped twice yesterday.".into(),
        notes: vec![
            ("key-round".into(), "Gate **2207#**".into()),
            ("dog".into(), "Dog in yard".into()),
            ("fan".into(), "Trane XR14, 2016".into()),
        ],
        href: "tech-job.html".into(),
    };
    PhonePage::new(&shell, "Today", "Wed 24 Jun · 1 of 4 done", tech::sync(), "tech-today.html").show(html! {
        (tech::hero(&next, tech::verb("/en-route", "truck", "On my way")))
        (tech::heading("After that", "2 jobs, home about 4:50"))
        (tech::stops(&[stop("1:00", "by 3:00", "Ng, Wei", "Mini-split quote · 5 Harbor Ct, Springfield", false), stop("3:00", "by 5:00", "Patel, Anjali", "No airflow upstairs · 12 Willow Bend", false)]))
        (tech::heading("Done", "1"))
        (tech::stops(&[stop("7:30", "to 9:00", "Rivera Residence", "AC tune-up · 12 Elm St", true)]))
    })
}

pub fn job(shell: &Shell) -> Markup {
    let shell = shell_of(shell);
    let progress = tech::progress(&[
        ("On my way", "9:02", true, false),
        ("Arrived", "9:22", true, false),
        ("Started", "9:31", true, false),
        ("Working", "1 h 11 min", false, true),
    ]);
    PhonePage::job(&shell, "Lopez, AC not cooling", html! { "455 Prairie Dr · gate " span.strong.num { "2207#" } }, "tech-today.html", Some("+12175550158"), progress, tech::foot(tech::verb_missing("/finish", "check", "Finish job", "Still needed: temperature split, after photo"))).show(html! {
        div."flex"."justify-between"."items-center"."pt-2" { span.t13.soft { "J-2318 · Trane XR14, 2016" } (tech::sync()) }
        section { (tech::heading("Checklist", "4 of 6")) (tech::sheet(html! {
            (tech::tick("/t/1", "Power off, locked out", "", true, "")) (tech::tick("/t/2", "Capacitor tested", "Rated 45 µF", true, "31.2 µF")) (tech::tick("/t/3", "Contactor points checked", "Pitted, replaced", true, ""))
            (tech::reading("/t/4", "dt", "Temperature split", "Needed to finish", "", "°F")) (tech::tick("/t/5", "Show the customer the old part", "", false, ""))
        })) }
        section { (tech::heading("Photos", "1, one still needed")) (tech::photos(&[("assets/favicon.svg", "Before")], "/photos", "After")) }
        section { (tech::heading("Parts and work", "$465.00")) (tech::sheet(html! { (tech::part("/p/1", "Run capacitor 45/5 µF", "$214.00, on the truck", "1")) (tech::part("/p/2", "Contactor 2-pole 30 A", "$162.00, on the truck", "1")) }))
            div."grid"."grid-cols-2"."gap-2"."mt-2" { (button("Scan part").plain().icon("scan-barcode").class("btn-touch")) (button("Price book").plain().icon("search").class("btn-touch")) } }
    })
}
