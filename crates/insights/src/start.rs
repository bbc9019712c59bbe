//! The first steps of a new company, each gone from the page once it is done.
use kernel::{Result, Scope, row, sql};
use maud::{Markup, html};
use ui::{icon, link_button};

row! {
    struct Steps {
        services: bool,
        technicians: bool,
        shifts: bool,
        customers: bool,
        booked: bool,
    }
}

sql! {
    fn done() -> Steps = "
        select exists (select 1 from item where tenant_id = $1 and status = 'active' and kind = 'service') as services,
               exists (select 1 from technician where tenant_id = $1 and active) as technicians,
               exists (select 1 from shift where tenant_id = $1) as shifts,
               exists (select 1 from customer where tenant_id = $1) as customers,
               exists (select 1 from appointment where tenant_id = $1 and status <> 'held') as booked";
}

struct Step {
    done: bool,
    icon: &'static str,
    what: &'static str,
    why: &'static str,
    verb: &'static str,
    href: &'static str,
    permission: &'static str,
}

/// The card with the steps that are left, or nothing.
pub async fn card(scope: &Scope) -> Result<Option<Markup>> {
    let done = scope.read(done()).await?;
    let steps = [
        Step {
            done: done.services,
            icon: "book-open",
            what: "Write down what you offer",
            why: "Services with a price and a duration: the booking page and the board take both from the price book.",
            verb: "Open price book",
            href: "/price-book",
            permission: "catalog.write",
        },
        Step {
            done: done.technicians && done.shifts,
            icon: "hard-hat",
            what: "Add a technician and their week",
            why: "Jobs are offered only in the hours that somebody works.",
            verb: "Add technician",
            href: if done.technicians { "/technicians" } else { "/technicians/new" },
            permission: "technicians.write",
        },
        Step {
            done: done.customers,
            icon: "users",
            what: "Bring your customers",
            why: "Add one by hand, or all of them from a CSV file of another system.",
            verb: "Add customer",
            href: "/customers/new",
            permission: "customers.write",
        },
        Step {
            done: done.booked,
            icon: "calendar-plus",
            what: "Book the first job",
            why: "On the board, or by a customer on your booking page.",
            verb: "New job",
            href: "/appointments/new",
            permission: "appointments.write",
        },
    ];
    let total = steps.len();
    let left: Vec<&Step> = steps.iter().filter(|step| !step.done && scope.may(step.permission)).collect();
    if left.is_empty() {
        return Ok(None);
    }
    let ready = total - steps.iter().filter(|step| !step.done).count();
    let link = scope.house().url(Some(&scope.tenant().slug), "/book");
    Ok(Some(html! {
        section.card.start aria-labelledby="start-h" {
            div.card-h { h2 #start-h { "Getting started" } span.dim.t13.num { (ready) " of " (total) " done" } }
            ul.todo {
                @for (n, step) in left.iter().enumerate() {
                    @let verb = link_button(step.verb, step.href);
                    li { (icon(step.icon)) p { (step.what) small { (step.why) } } @if n == 0 { (verb.primary()) } @else { (verb) } }
                }
                @if done.services && done.shifts {
                    li { (icon("link")) p { "Share your booking page" small { "Put this link on your website and in your mails." } } (ui::card::copy(&link, "the link to the booking page")) }
                }
            }
        }
    }))
}
