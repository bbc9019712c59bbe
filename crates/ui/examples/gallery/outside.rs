//! Pages for people without an account.
use maud::{Markup, html};
use ui::booking::{self, DayChoice, Slot};
use ui::{
    Brand, Filled, PublicPage, address_field, button, card, field, form, icon_class, link_button, onward, question,
    steps, tile,
};

fn brand() -> Brand {
    crate::shell().brand
}

fn said() -> Markup {
    booking::summary(
        "Your booking",
        html! {
            (booking::held("Thu 25 Jun, 8 – 10 am", 521, 600, "booking.html"))
            (booking::said("snowflake", "AC not cooling", "Runs, but blows warm upstairs", html! { a.link href="#" aria-label="Change the problem" { "Change" } }))
            (booking::said("map-pin", "26 Garden Ct", "Springfield, IL 62704", html! { a.link href="#" aria-label="Change the place" { "Change" } }))
            (booking::said("wallet", "Diagnostic visit", "Comes off the repair if you go ahead", html! { span.strong.num { "$89.00" } }))
        },
    )
}

pub fn booking() -> Markup {
    let brand = brand();
    let day = |name: &str, number: &str, says: &str, on: bool| DayChoice {
        name: name.into(),
        number: number.into(),
        says: says.into(),
        href: "?d".into(),
        on,
        off: says == "Full" || says == "Closed",
    };
    let slot = |value: &str, label: &str, start: u16, says: &str, on: bool| Slot {
        value: value.into(),
        label: label.into(),
        start,
        end: start + 2,
        says: says.into(),
        extra: if start >= 15 { "+ $75.00 After hours".into() } else { String::new() },
        on,
        full: says == "Full",
    };
    PublicPage::new(&brand, "When should we come?").lang("en-US").show(html! {
        (steps(&["Place", "Problem", "When", "You"], 2))
        (question("When should we come?", "We text you when your technician sets off, with a name and a photo."))
        (booking::days(&[day("Wed", "24", "Full", false), day("Thu", "25", "Soonest", true), day("Fri", "26", "4 left", false), day("Sat", "27", "2 left", false), day("Sun", "28", "Closed", false), day("Mon", "29", "6 left", false), day("Tue", "30", "6 left", false)]))
        form method="post" action="/book/when" { (form::key())
            (booking::slots("Thursday 25 June, we arrive between", 8, 18, &[slot("8", "8 – 10 am", 8, "Held for you", true), slot("10", "10 – 12", 10, "Full", false), slot("12", "12 – 2 pm", 12, "", false), slot("14", "2 – 4 pm", 14, "Last one", false), slot("16", "4 – 6 pm", 16, "", false)]))
            (onward(Some("problem.html"), "Continue with 8 – 10 am", html! { span.t13.num { span.strong data-clock { "8:41" } span.block.soft { "held" } } }))
        }
        p.dim.t13."mt-6" { "No good time? Call us, we keep two places a day for emergencies." }
    }, said())
}

pub fn problem() -> Markup {
    let brand = brand();
    PublicPage::new(&brand, "What can we help with?").show(html! {
        (steps(&["Place", "Problem", "When", "You"], 1))
        (question("What can we help with?", "Choose what fits best; you can say more below."))
        form."grid"."gap-5"."mt-6" method="post" { (form::key())
            div.tiles role="group" aria-label="Problem" { (tile("problem", "cool", "snowflake", "No cooling", "Warm air, or none", true, false)) (tile("problem", "heat", "flame", "No heat", "", false, false)) (tile("problem", "leak", "droplets", "Leaking", "", false, false)) (tile("problem", "tune", "wrench", "Tune-up", "Once a year", false, false)) (tile("problem", "power", "zap", "No power", "", false, false)) (tile("problem", "other", "circle-help", "Something else", "", false, false)) }
            (field::textarea(&Filled::default(), "words", "Anything we should know?").placeholder("The upstairs is warm since Monday"))
            (onward(Some("#"), "Continue", html! {}))
        }
    }, html! {})
}

pub fn onboarding() -> Markup {
    let brand = Brand::tradewind();
    let filled = Filled::of([("slug", "acme-hvac".to_owned())]);
    PublicPage::new(&brand, "Choose your address").right(html! { span.wide.dim { "Saved as you go" } a.link href="#" { "Finish later" } }).show(html! {
        (steps(&["Company", "Address", "Trades", "Plan", "Ready"], 1))
        (question("Where will your people sign in?", "Your team, your booking page and your customers' links all live here. You can add your own domain later."))
        form."mt-6" method="post" { (form::key()) (address_field(&filled, ".tradewind.example", "3 to 40 letters, digits and hyphens. Changing it later keeps old links working for a year.")) (onward(Some("#"), "Take this address", html! {})) }
    }, html! {
        aside."aside-desktop" aria-label="Preview" { p.dim.t12."mb-2" { "Your booking page, from the first minute" }
            div.shot { div."shot-bar" { span.url { (icon_class("lock", "")) span.truncate { "acme-hvac.tradewind.example" } } }
                div."p-4"."grid"."gap-3" { div."flex"."items-center"."gap-2".strong { (Brand::tenant("Acme HVAC").mark()) "Acme HVAC" } p.t16.strong { "What can we help with?" }
                    ul."grid"."grid-cols-2"."gap-2".t13 { @for (sign, word) in [("snowflake", "No cooling"), ("flame", "No heat"), ("droplets", "Leaking"), ("wrench", "Tune-up")] { li.card."p-3"."grid"."gap-2" { (icon_class(sign, "i-l")) (word) } } } } }
            p.dim.t12."mt-3" { "Step 2 of 5 · about 3 minutes left" } }
    })
}

pub fn ready() -> Markup {
    let brand = Brand::tradewind();
    PublicPage::new(&brand, "Acme HVAC is ready").show(html! {
        (steps(&["Company", "Address", "Trades", "Plan", "Ready"], 4))
        (question("Acme HVAC is ready", "Three things to do first. Sample data is one click away and can be thrown out as easily."))
        div."grid"."gap-4"."mt-6" {
            div { p.lbl."mb-2" { "Your API key, shown once" } (card::copy("tk_live_8c1f_2f0c9a7be6d14b6c9f3e", "the API key")) }
            section.card { (card::todos(&[card::Todo { icon: "users".into(), tone: "", what: "Invite your technicians".into(), why: "They get a link by text and need no password".into(), verb: html! { (link_button("Invite", "#").primary()) } }, card::Todo { icon: "upload".into(), tone: "", what: "Bring your customers".into(), why: "A CSV from any system; undo it if it comes out wrong".into(), verb: html! { (link_button("Import", "#")) } }, card::Todo { icon: "sparkles".into(), tone: "", what: "Look around with sample data".into(), why: "A week of jobs, invoices and a busy board".into(), verb: html! { (link_button("Fill in", "#")) } }])) }
            (link_button("Open Tradewind", "today.html").large().primary())
        }
    }, html! {})
}

pub fn sign_in() -> Markup {
    let brand = brand();
    let filled = Filled::of([("email", "alex@acme.example".to_owned())])
        .wrong("password", "Email and password do not fit together. After 5 tries we wait 15 minutes.");
    PublicPage::new(&brand, "Sign in").card(
        form::form(
            "/sign-in",
            &filled,
            html! {
                (field::email(&filled, "email", "Email").required().autocomplete("username"))
                (field::password(&filled, "password", "Password", "current-password").required())
                (button("Sign in").primary().class("w-full"))
            },
        ),
        html! { a.link href="#" { "Forgot the password" } },
    )
}
