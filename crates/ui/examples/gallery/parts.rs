//! Every small part on one page; refusals.
use maud::{Markup, html};
use ui::chart;
use ui::table::{self, Column};
use ui::{
    Brand, Flash, MenuItem, Page, Refusal, Shell, button, card, dialog, dismiss, error_page, fold, kbd, link_button,
    menu, note, status, tag, toast,
};

pub fn parts(shell: &Shell) -> Markup {
    let states = ["requested", "confirmed", "en_route", "on_site", "completed", "cancelled", "no_show"];
    let money = ["draft", "issued", "part_paid", "paid", "overdue", "void"];
    let main = html! { div.page."grid"."gap-6" {
        section { h2.h2."mb-2" { "States" } p."flex"."gap-2"."flex-wrap" { @for name in states { (status(name)) } } p."flex"."gap-2"."flex-wrap"."mt-2" { @for name in money { (status(name)) } } p."mt-2"."flex"."gap-2" { (tag("Comfort Plan")) (kbd("g")) (kbd("b")) } }
        section { h2.h2."mb-2" { "Buttons" } p."flex"."gap-2"."flex-wrap"."items-center" { (button("Issue invoice").primary()) (button("Save draft")) (button("Leave").quiet()) (button("Void").danger().icon("ban")) (button("Closed").disabled(true)) (button("Small").small()) (link_button("Large", "#").large().primary().key("n")) (button("More").plain().opens_menu("m").icon_after("chevron-down")) (button("Delete").plain().danger().opens_dialog("d")) } }
        (menu("m", "More", &[MenuItem::link("Archive", "#").icon("archive").key("e"), MenuItem::post("Copy", "#").icon("copy").says("With lines and photos"), MenuItem::post("Delete", "#").icon("trash-2").danger().apart()]))
        (dialog("d", "Delete Rivera Residence", html! { p { "9 jobs, 4 invoices and 14 files are kept for the books; the name disappears from lists. It can be brought back for 30 days." } }, html! { (dismiss("Keep")) (button("Delete").danger()) }))
        section."grid"."gap-2" { (note("", html! { p { "Three below may be paid already." } })) (note("danger", html! { p { "INV-0231 is 7 days late." } })) (note("info", html! { p { "Prices are copied into the job." } })) }
        section { h2.h2."mb-2" { "Charts" } div."grid"."grid-cols-1"."md:grid-cols-2"."gap-6" { div { (chart::bars("Jobs a day", ("Jobs", ""), &[("Mon", 12.0), ("Tue", 19.0), ("Wed", 7.0), ("Thu", 14.0), ("Fri", 17.0)].map(|(l, v)| chart::Bar { label: l.into(), value: v, text: v.to_string(), short: v.to_string(), before: None, now: l == "Wed" }))) } div { (chart::sparkline("Jobs a week, rising from 12 to 19", &[12.0, 14.0, 13.0, 17.0, 16.0, 19.0])) } } }
        section { h2.h2."mb-2" { "A small table" } (table::plain("Payments", &[Column::lead("When"), Column::text("How"), Column::number("Amount")], &[vec![html! { "18 May" }, html! { "Visa 4242" }, html! { "$240.00" }], vec![html! { "24 Jun" }, html! { "Check 1187" }, html! { "$120.00" }]])) }
        section { h2.h2."mb-2" { "Failed, folded" } (card::failed_part("Payments did not load", "/retry")) (fold("What is in the file", html! { p.soft { "One row a customer." } })) progress.meter max="1" value="0.4" aria-label="Import" {} }
        section."relative"."h-14" { (toast(&Flash::failed("That did not reach the office. Check the line and try again."))) }
    } };
    Page::new(shell, "Parts")
        .at("settings.html")
        .actions(html! { (link_button("Export", "#").icon("download")) })
        .show(main)
}

pub fn refused(shell: &Shell, status: u16) -> Markup {
    let refusal = match status {
        404 => Refusal::NotFound,
        403 => Refusal::Forbidden {
            needs: "issue invoices".into(),
            ask: vec!["Alex Brandt, owner".into(), "Jo Marsh, office".into()],
        },
        _ => Refusal::Suspended { says: "The trial ended on 3 June.".into(), mend: Some("/settings/plan".into()) },
    };
    error_page(Some(shell), &shell.brand, &refusal, "0197a2c4-7f1e")
}

pub fn broken() -> Markup {
    error_page(None, &Brand::tradewind(), &Refusal::Broken, "0197a2c4-7f1e")
}
