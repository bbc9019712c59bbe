//! The page of a job: lines, notes and photos, its verbs, and what other contexts put beside it.
use catalog::item::{self, Item};
use customers::location::{Point, map};
use kernel::{
    Access, CostsSee, PricesSee, Result, Scope,
    http::{Page, Path, Query, Typed},
    sum::Rules,
};
use maud::{Markup, html};
use scheduling::{TechnicianId, say};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{
    Filled, button, card, dialog, dismiss, field,
    form::{key, verb_form},
    icon,
    table::{self, Column},
};

use crate::{
    WorkOrderId, cost,
    line::{Line, quantity},
    order::{
        Status, WorkOrder,
        follows::As,
        rest::Why,
        show::{Whole, whole},
    },
    panels::status,
    permissions::{FinishAnyway, Reopen, TimeWrite, WorkRead, WorkWrite},
    question, serviced, signature, time, visit,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Looked for in the price book.
    pub q: Option<String>,
}

pub async fn page(access: Access<WorkRead>, Path(id): Path<WorkOrderId>, Query(search): Query<Search>) -> Result<Page> {
    let job = whole(&access, id).await?;
    let found = match search.q.filter(|asked| !asked.trim().is_empty() && access.can::<WorkWrite>()) {
        Some(asked) => Some((item::list::search(&access, &asked, item::Status::Active, 20).await?, asked)),
        None => None,
    };
    draw(&access, &job, &Filled::default(), found).await
}

/// After a refusal: the same page with what is wrong.
pub(crate) async fn again(access: &Scope, id: WorkOrderId, typed: Typed) -> Result<Page> {
    let job = whole(access, id).await?;
    let mut page = draw(access, &job, &shell::filled(typed), None).await?;
    page.status = 422;
    Ok(page)
}

pub async fn part(access: Access<WorkRead>, Path(id): Path<WorkOrderId>) -> Result<Page> {
    let job = whole(&access, id).await?;
    Ok(content(&access, &job).into())
}

async fn draw(scope: &Scope, job: &Whole, filled: &Filled, found: Option<(Vec<Item>, String)>) -> Result<Page> {
    let order = &job.order;
    let id = order.id;
    let may = scope.can::<WorkWrite>();
    let people = if may && scope.can::<TimeWrite>() { scope.read(time::add::people()).await? } else { vec![] };
    let people: Vec<(TechnicianId, String)> = people.into_iter().map(|one| (one.id, one.name)).collect();
    let rail = shell::panels(scope, "work_order.rail", id.into(), &format!("/jobs/{id}")).await;
    let main = html! { div.grid."gap-6" {
        @for (_, says) in &filled.errors { (ui::note("danger", html! { p role="alert" { (says) } })) }
        div.grid."gap-6" data-live="work_order.* time_entry.*" data-live-src={ "/jobs/" (id) "/part" } { (content(scope, job)) }
        @if may && !order.status.is_over() { (add_line(scope, order, filled, found.as_ref())) }
        @if may {
            (time::draw::add(scope, order, &people))
            @if !job.equipment.is_empty() {
                (card::section("Which equipment is it about?", html! {}, html! {
                    form method="post" action={ "/jobs/" (id) "/equipment" } data-form { (key())
                        (serviced::boxes(&job.equipment, scope.local_now().date()))
                        div.pt-2 { (button("Save equipment").icon("wrench")) } }
                }))
            }
            (card::section("Write a note", html! {}, html! {
                form method="post" action={ "/jobs/" (id) "/notes" } data-form { (key())
                    (field::textarea(filled, "body", "Note").label_hidden().rows(2).most(5000))
                    div.pt-2 { (button("Save note").icon("sticky-note")) } }
            }))
            (card::section("Add a photo", html! {}, html! {
                form method="post" action={ "/jobs/" (id) "/photos" } enctype="multipart/form-data" data-form { (key())
                    (field::file(filled, "photo", "Photo", "image/png,image/jpeg,image/webp", crate::photo::MOST_BYTES as u64))
                    (ui::form::pair(html! {
                        (field::select(filled, "label", "Taken", &[("before", "Before"), ("after", "After"), ("other", "Other")]).value("other"))
                        (field::text(filled, "caption", "What it shows").most(80))
                    }))
                    div.pt-2 { (button("Add photo").icon("image-plus")) } }
            }))
        }
    } };
    let body = card::record(
        head(scope, job),
        main,
        html! { @for panel in &rail { (panel) } (facts(scope, order)) @if order.lines > 0 || !job.times.is_empty() { (cost::draw(scope, &cost::of_whole(job, scope.now()))) } },
    );
    let crumbs = vec![("Jobs".into(), "/jobs".into())];
    let frame = Frame { title: order.called(), active: "/jobs", crumbs, body, wide: true, ..Frame::default() };
    Ok(shell::page(scope, frame))
}

fn head(scope: &Scope, job: &Whole) -> Markup {
    let order = &job.order;
    let id = order.id;
    let open = question::missing(&job.questions).filter(|_| order.status == Status::InProgress);
    let anyway = open.is_some() && scope.can::<FinishAnyway>();
    let verbs = html! {
        @if scope.can::<WorkWrite>() {
            @if !order.status.is_over() {
                (button("Change").icon("pencil").opens_dialog("job-edit"))
                @if order.status == Status::InProgress { (button("Put on hold").quiet().opens_dialog("job-hold")) }
                (button("Cancel job").quiet().opens_dialog("job-cancel"))
            }
            @if order.status == Status::Open { (verb_form(&format!("/jobs/{id}/start"), html! { (button("Start job").primary().icon("wrench")) })) }
            @if order.status == Status::OnHold { (verb_form(&format!("/jobs/{id}/resume"), html! { (button("Go on").primary().icon("play")) })) }
            @if !matches!(order.status, Status::Open | Status::Cancelled) { (button("Follow-up").quiet().icon("corner-down-right").opens_dialog("job-follow")) }
            @if order.status == Status::Completed && scope.can::<Reopen>() { (button("Reopen").quiet().icon("rotate-ccw").opens_dialog("job-reopen")) }
            @if anyway { (button("Finish job").primary().icon("check").opens_dialog("job-anyway")) }
            @else if order.status == Status::InProgress { (verb_form(&format!("/jobs/{id}/finish"), html! { (button("Finish job").primary().icon("check")) })) }
        }
    };
    html! {
        (card::record_name(&order.title, &order.called(), status(order), verbs))
        p.soft.t13.mt-1.pb-3 { a.link href={ "/customers/" (order.customer_id) } { (order.customer_name) }
            @if let Some(why) = order.held_for { " · " span.tone-warn { (why.label()) @if let Some(note) = &order.held_note { ": " (note) } } }
            @for one in &job.related { " · " (if one.earlier { one.follows_as.label().to_owned() + " of" } else { one.follows_as.label().to_owned() }) " " a.link href={ "/jobs/" (one.id) } { (crate::order::called(one.number)) } }
        }
        @if scope.can::<WorkWrite>() && !order.status.is_over() { (dialogs(order)) }
        @if scope.can::<WorkWrite>() { (later(scope, order)) }
        @if anyway { @if let Some(open) = &open { (anyway_dialog(order, open)) } }
    }
}

fn dialogs(order: &WorkOrder) -> Markup {
    let id = order.id;
    let now = Filled::of([("title", order.title.clone()), ("scope", order.scope.clone().unwrap_or_default())]);
    let edit = html! {
        form.form #job-edit-form method="post" action={ "/jobs/" (id) "/edit" } data-form { (key()) (field::hidden("version", order.version.to_string()))
            (field::text(&now, "title", "What is to be done").required().most(200))
            (field::textarea(&now, "scope", "At length").rows(4).most(5000)) }
    };
    let cancel = html! {
        p { "A visit that is still ahead is cancelled with it. The lines, notes and photos stay." }
        form.form #job-cancel-form method="post" action={ "/jobs/" (id) "/cancel" } data-form { (key())
            (field::text(&Filled::default(), "reason", "Why").most(500)) }
    };
    html! {
        (dialog("job-edit", "Change the job", edit, html! { (dismiss("Leave as it is")) (button("Save").primary().attr("form", "job-edit-form")) }))
        (dialog("job-cancel", &format!("Cancel {}", order.called()), cancel, html! { (dismiss("Keep the job")) (button("Cancel job").danger().attr("form", "job-cancel-form")) }))
    }
}

/// What can be done with a job that waits or is over.
fn later(scope: &Scope, order: &WorkOrder) -> Markup {
    let id = order.id;
    let none = Filled::default();
    let reasons: Vec<(&str, &str)> = Why::ALL.iter().map(|why| (why.as_str(), why.label())).collect();
    let hold = html! {
        p { "Its clocks stop, and it stands among the jobs on hold until somebody goes on." }
        form.form #job-hold-form method="post" action={ "/jobs/" (id) "/hold" } data-form { (key())
            (field::select(&none, "reason", "What for", &reasons).id("f-hold-reason"))
            (field::text(&none, "note", "Which part, until when").most(300).id("f-hold-note")) }
    };
    let kinds: Vec<(&str, &str)> = match order.status {
        Status::Completed => As::ALL.iter().map(|kind| (kind.as_str(), kind.label())).collect(),
        _ => vec![(As::FollowUp.as_str(), As::FollowUp.label())],
    };
    let follow = html! {
        p { "A new job for the same customer at the same place; each names the other. On a warranty job and a recall, lines can be free." }
        form.form #job-follow-form method="post" action={ "/jobs/" (id) "/follow" } data-form { (key())
            (field::select(&none, "as", "As", &kinds).id("f-follow-as"))
            (field::text(&none, "title", "What is to be done").most(200).id("f-follow-title")) }
    };
    let reopen = html! {
        p { "It is in progress again and can be changed. A draft of its invoice is thrown away; finishing writes a new one." }
        form.form #job-reopen-form method="post" action={ "/jobs/" (id) "/reopen" } data-form { (key())
            (field::text(&none, "reason", "Why").required().most(500).id("f-reopen-why")) }
    };
    let verb = |word: &str, form: &str| html! { (button(word).primary().attr("form", form)) };
    html! {
        @if order.status == Status::InProgress { (dialog("job-hold", &format!("Put {} on hold", order.called()), hold, html! { (dismiss("Leave it")) (verb("Put on hold", "job-hold-form")) })) }
        @if !matches!(order.status, Status::Open | Status::Cancelled) { (dialog("job-follow", &format!("A job that follows {}", order.called()), follow, html! { (dismiss("Not now")) (verb("Make the job", "job-follow-form")) })) }
        @if order.status == Status::Completed && scope.can::<Reopen>() { (dialog("job-reopen", &format!("Reopen {}?", order.called()), reopen, html! { (dismiss("Leave it finished")) (verb("Reopen", "job-reopen-form")) })) }
    }
}

/// What is still open is named; who may finish the job all the same says why.
fn anyway_dialog(order: &WorkOrder, open: &str) -> Markup {
    let inner = html! {
        p { (open) }
        form.form #job-anyway-form method="post" action={ "/jobs/" (order.id) "/finish-anyway" } data-form { (key())
            (field::text(&Filled::default(), "reason", "Why it is finished all the same").id("f-anyway").required().most(500)) }
    };
    let verbs = html! { (dismiss("Leave it open")) (button("Finish anyway").danger().attr("form", "job-anyway-form")) };
    dialog("job-anyway", &format!("Finish {} anyway?", order.called()), inner, verbs)
}

fn facts(scope: &Scope, order: &WorkOrder) -> Markup {
    let locale = &scope.tenant().locale;
    let at = |at: jiff::Timestamp| {
        let local = say::local(at, locale);
        html! { span.num { (say::day(local.date())) ", " (say::clock(local.time(), locale)) } }
    };
    let mut pairs = vec![("Technician", html! { (order.technician_name.as_deref().unwrap_or("Nobody yet")) })];
    if let Some((starts, ends)) = order.visit_starts_at.zip(order.visit_ends_at) {
        pairs.push(("Visit", html! { span.num { (say::when(starts, ends, locale)) } }));
    }
    if let Some(visit) = order.visit_status {
        pairs.push(("On the board", ui::status(visit.as_str())));
    }
    for (name, moment) in
        [("Started", order.started_at), ("Finished", order.completed_at), ("Cancelled", order.cancelled_at)]
    {
        if let Some(moment) = moment {
            pairs.push((name, at(moment)));
        }
    }
    if let Some(why) = &order.cancel_reason {
        pairs.push(("Why", html! { (why) }));
    }
    if let Some(why) = &order.finished_anyway {
        pairs.push(("Finished with questions open", html! { (why) }));
    }
    card::section("Facts", html! {}, card::facts(&pairs))
}

/// What others may change while somebody looks at it.
fn content(scope: &Scope, job: &Whole) -> Markup {
    let order = &job.order;
    let language = &scope.tenant().locale.language;
    let may = scope.can::<WorkWrite>() && !order.status.is_over();
    let sums = job.sums();
    let money = |minor: i64| job.money(minor).display(language);
    let priced = scope.can::<PricesSee>();
    let mut columns = vec![Column::lead("What"), Column::number("Quantity")];
    if priced {
        columns.extend([Column::number("Price"), Column::number("Amount")]);
    }
    if may {
        columns.push(Column::text("Change"));
    }
    let rows: Vec<Vec<Markup>> =
        job.lines.iter().map(|line| row(order, line, job.rules, language, (may, priced))).collect();
    html! {
        @if let Some(text) = &order.scope { (card::section("To do", html! {}, html! { p { (text) } })) }
        (visit::draw::of_job(scope, order, &job.visits))
        (card::section("Parts and work", html! {}, html! {
            @if rows.is_empty() { p.dim.t13 { "No lines yet. A job needs at least one before it can be finished." } }
            @else {
                (table::plain("Lines of the job", &columns, &rows))
                @if priced { dl.sheet-sums { div { dt { "Subtotal" } dd { (money(sums.subtotal_minor)) } } div { dt { (if job.rules.inclusive { "Tax in it" } else { "Tax" }) } dd { (money(sums.tax_minor)) } } div.strong { dt { "Total" } dd { (money(sums.total_minor)) } } } }
            }
        }))
        @if !job.questions.is_empty() {
            (card::section("Checklist", html! { span.dim.t13.num { (question::draw::count(&job.questions)) } }, question::draw::answers(scope, &format!("/jobs/{}", order.id), &job.questions)))
        }
        (signature::draw::all(scope, &job.signatures))
        (time::draw::of_job(scope, order, &job.times))
        @if job.equipment.iter().any(|unit| unit.worked_on) {
            (card::section("Equipment", html! {}, serviced::ticks(&job.equipment, scope.local_now().date())))
        }
        @if !job.photos.is_empty() {
            (card::section("Photos", html! {}, html! { ul.photos { @for photo in &job.photos { li { (picture(&photo.words(), &format!("photo-{}", photo.id), &format!("/jobs/{}/photos/{}", order.id, photo.id), photo.place())) } } } }))
        }
        @if !job.notes.is_empty() {
            (card::section("Notes", html! {}, html! { @for note in &job.notes { @let local = say::local(note.created_at, &scope.tenant().locale);
                @let visit = job.nth(note.appointment_id).map(|nth| format!(" · visit {nth}")).unwrap_or_default();
                (card::line("sticky-note", &note.body, &format!("{} · {}{visit}", note.author, say::day(local.date())), html! {})) } }))
        }
    }
}

/// A photo that opens large, and from there can be saved; with the place where it was taken, if that is kept and may be seen.
pub(crate) fn picture(caption: &str, id: &str, src: &str, place: Option<Point>) -> Markup {
    let large = html! { img.photo src=(src) alt=(caption) loading="lazy"; };
    let save = html! {
        @if let Some(place) = place { a.btn href=(map(place)) target="_blank" rel="noopener noreferrer" { (icon("map-pin")) "Where it was taken" } }
        a.btn href=(src) download="" { (icon("download")) "Save photo" }
    };
    html! {
        button.shot type="button" data-opens=(id) aria-haspopup="dialog" aria-label={ "Show large: " (caption) } { img src=(src) alt="" loading="lazy"; }
        p.t12.soft.pt-1 { (caption) }
        (dialog(id, caption, large, html! { (dismiss("Close")) (save) }))
    }
}

fn row(order: &WorkOrder, line: &Line, rules: Rules, language: &str, (may, priced): (bool, bool)) -> Vec<Markup> {
    let at = format!("/jobs/{}/lines/{}", order.id, line.id);
    let now = Filled::of([
        ("description", line.description.clone()),
        ("quantity", quantity(line.quantity_milli)),
        ("unit_price", line.money(line.unit_price_minor).amount()),
    ]);
    let id = |name: &str| format!("f-{name}-{}", line.id);
    let change = html! {
        @if may { (ui::fold("Change", html! {
            form.form method="post" action=(at) data-form { (key()) (field::hidden("version", line.version.to_string()))
                (field::text(&now, "description", "What").id(id("description")).required())
                (ui::form::pair(html! {
                    (field::number(&now, "quantity", "Quantity").id(id("quantity")))
                    @if priced { (field::number(&now, "unit_price", "Price of one").id(id("price")).after(&line.currency)) }
                }))
                (button("Save line").small()) }
            @if order.follows_as.is_some_and(As::makes_good) && line.waived.is_none() {
                form.form method="post" action={ (at) "/waive" } data-form { (key())
                    (field::text(&Filled::default(), "reason", "Free for the customer, because").id(id("waive")).required().most(300))
                    div { (button("Make it free").small()) } }
            }
            (verb_form(&format!("{at}/remove"), html! { (button("Take off").small().quiet().icon("trash-2")) }))
        })) }
    };
    let mut cells = vec![
        html! { (line.description) @if let Some(why) = &line.waived { " " span.dim.t12 { "free: " (why) } } @if line.taxes.is_empty() { " " span.dim.t12.nowrap { "no tax" } } },
        html! { (quantity(line.quantity_milli)) },
    ];
    if priced {
        cells.push(html! { (line.money(line.unit_price_minor).display(language)) });
        cells.push(html! { (line.money(line.amount_minor(rules)).display(language)) });
    }
    cells.push(change);
    cells
}

fn add_line(scope: &Scope, order: &WorkOrder, filled: &Filled, found: Option<&(Vec<Item>, String)>) -> Markup {
    let (id, language, priced) = (order.id, &scope.tenant().locale.language, scope.can::<PricesSee>());
    let action = format!("/jobs/{id}/lines");
    let asked = found.map_or("", |(_, asked)| asked);
    card::section(
        "Add a line",
        html! {},
        html! {
            (ui::filters::search(&format!("/jobs/{id}"), asked, "Find in the price book", &[]))
            @if let Some((items, asked)) = found {
                @if items.is_empty() { p.dim.t13 { "Nothing in the price book begins with “" (asked) "”." } }
                @for item in items {
                    (card::line("package", &item.name, &if priced { item.price().display(language) } else { String::new() }, html! {
                        form.contents method="post" action=(action) data-form { (key()) input type="hidden" name="item_id" value=(item.id); (button("Add").small().icon("plus").attr("aria-label", format!("Add {}", item.name))) } }))
                }
            }
            details.fold open[filled.is_wrong()] {
                summary { (ui::icon_class("chevron-right", "i-s")) "Something else" }
                form.form method="post" action=(action) data-form novalidate { (key())
                    (field::text(filled, "description", "What is it?").required().most(300))
                    (ui::form::pair(html! {
                        (field::number(filled, "quantity", "Quantity").value("1"))
                        @if priced { (field::number(filled, "unit_price", "Price of one").after(order.currency.as_str()).required()) }
                    }))
                    @if scope.can::<CostsSee>() { (field::number(filled, "cost", "What one costs you").after(order.currency.as_str())) }
                    (field::select(filled, "kind", "Kind", &[("material", "Material"), ("labor", "Labor"), ("service", "Service")]))
                    (button("Add line"))
                }
            }
        },
    )
}
