//! One invoice on the screen: the paper it becomes, and at its side the deliberate acts.
use catalog::tax_rate::{self, TaxRate};
use customers::customer;
use documents::Emphasis;
use kernel::{
    Result, Scope,
    access::Access,
    http::{Page, Path, Query},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::{
    AuditRead,
    shell::{self, Frame},
};
use ui::{Filled, button, dialog, dismiss, field, form, icon, icon_class, link_button, paper::desk};

use super::{Invoice, Status, lines::Line, page::shown_state, paper, post::KEPT};
use crate::{
    InvoiceId, LineId, credit,
    credit_note::{self, CreditNote},
    letter::{self, Sent},
    letterhead,
    payment::{Method, Payment},
    permissions::{InvoicesRead, InvoicesWrite, PaymentsWrite},
    write_off::{self, WriteOff},
    written,
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The line that is being edited.
    pub line: Option<LineId>,
    /// A new line is being written.
    pub add: Option<bool>,
}

/// What is open on the page, and what was typed there.
#[derive(Default)]
pub struct Open {
    pub line: Option<LineId>,
    pub add: bool,
    pub words: bool,
    /// The dialog that shall be shown again: `pay`, `void`, `back`.
    pub filled: Filled,
    pub act: &'static str,
    /// Of the price book, for the line that is written.
    pub taxes: Vec<TaxRate>,
    /// What else settles it.
    pub beside: Beside,
}

/// What stands beside an issued invoice: its credit notes, what is written off, and what credit its customer has.
#[derive(Default)]
pub struct Beside {
    notes: Vec<CreditNote>,
    written_off: Option<WriteOff>,
    credit: i64,
    letters: Vec<Sent>,
    email: String,
}

impl Beside {
    async fn of(scope: &Scope, invoice: &Invoice) -> Result<Self> {
        if invoice.head.status == Status::Draft {
            return Ok(Self::default());
        }
        let (id, customer) = (invoice.head.id, invoice.head.customer_id);
        let read =
            (write_off::standing(id), credit::sum_of(customer), letter::of_invoice(id), customer::find(customer));
        let (written_off, credit, letters, who) = scope.read(read).await?;
        let notes = credit_note::of_invoice(scope, id).await?;
        Ok(Self { notes, written_off, credit, letters, email: who.email.unwrap_or_default() })
    }
}

pub async fn page(access: Access<InvoicesRead>, Path(id): Path<InvoiceId>, Query(ask): Query<Ask>) -> Result<Page> {
    let open = Open { line: ask.line, add: ask.add.unwrap_or(false), ..Open::default() };
    draw(&access, id, open).await
}

/// The part of the page that draws itself again when something happened.
pub async fn part(access: Access<InvoicesRead>, Path(id): Path<InvoiceId>) -> Result<Page> {
    let invoice = super::view(&access, id).await?;
    let bill_to = paper::bill_to_of(&access, &invoice).await?;
    let open = Open { beside: Beside::of(&access, &invoice).await?, ..Open::default() };
    Ok(inside(&access, &invoice, &bill_to, &open).into())
}

/// The page, with what is open on it.
pub async fn draw(scope: &Scope, id: InvoiceId, mut open: Open) -> Result<Page> {
    if open.add || open.line.is_some() {
        open.taxes = scope.read(tax_rate::active()).await?;
    }
    let invoice = super::view(scope, id).await?;
    let bill_to = paper::bill_to_of(scope, &invoice).await?;
    open.beside = Beside::of(scope, &invoice).await?;
    let head = &invoice.head;
    // While a line is written or a refusal is shown, the paper does not draw itself again.
    let quiet = open.line.is_none() && !open.add && !open.filled.is_wrong();
    let paper = inside(scope, &invoice, &bill_to, &open);
    let body = html! {
        @if quiet { div #invoice.contents data-live="invoice.* payment.*" data-live-src={ "/invoices/" (id) "/part" } { (paper) } } @else { (form::unsaid(&open.filled, &paper)) (paper) }
    };
    let title = head.number.clone().unwrap_or_else(|| format!("Draft for {}", head.customer_name));
    let pdf = link_button("PDF", format!("/invoices/{id}/pdf")).quiet().icon("file-text").attr("target", "_blank");
    let past =
        scope.can::<AuditRead>().then(|| link_button("History", format!("/history/{id}")).quiet().icon("history"));
    let frame = Frame {
        title,
        active: "/invoices",
        crumbs: vec![("Invoices".into(), "/invoices".into())],
        actions: html! { @if let Some(past) = past { (past) } @if scope.can::<kernel::PricesSee>() { (pdf) } },
        body,
        wide: true,
        canvas: true,
        ..Frame::default()
    };
    let page = shell::page(scope, frame);
    Ok(if open.filled.is_wrong() { Page { status: 422, ..page } } else { page })
}

/// Paper, side and dialogs.
fn inside(scope: &Scope, invoice: &Invoice, bill_to: &str, open: &Open) -> Markup {
    let head = &invoice.head;
    let draft = head.status == Status::Draft;
    let editable = draft && scope.can::<InvoicesWrite>();
    let (word, due) = if draft { ("Due", head.total) } else { ("Open", head.balance) };
    let act = main_act(scope, invoice, "");
    let due = written::money(scope.tenant(), due);
    let side = side(scope, invoice, &main_act(scope, invoice, "w-full"), open);
    html! { (desk(sheet(scope, invoice, bill_to, editable, open), side, (word, &due), act)) (dialogs(scope, invoice, open)) }
}

fn sheet(scope: &Scope, invoice: &Invoice, bill_to: &str, editable: bool, open: &Open) -> Markup {
    let (tenant, head) = (scope.tenant(), &invoice.head);
    let (brand, head_lines) = (shell::brand(tenant), letterhead::lines(tenant));
    let base = format!("/invoices/{}", head.id);
    html! {
        article.paper aria-labelledby="paper-h" {
            @if head.status == Status::Void { p.stamp aria-hidden="true" { "Void" } }
            div.paper-head {
                div { div.paper-brand { (brand.mark()) (brand.company) } @if !head_lines.is_empty() { p.p2.t12."mt-3" { @for (n, line) in head_lines.iter().enumerate() { @if n > 0 { br; } (line) } } } }
                div.paper-kind { h2 #paper-h { "Invoice" } p.p2.t13.num { (head.number.as_deref().unwrap_or("Number is given at issue")) } }
            }
            div.paper-meta {
                div { h3 { "Bill to" } p { @for (n, line) in bill_to.lines().enumerate() { @if n > 0 { br; } (line) } } }
                div { @if let Some(issued) = head.issued_on { h3 { "Issued" } p { (written::day(issued)) } } @if let Some(reference) = &head.reference { h3 { "Your reference" } p { (reference) } } }
                div { h3 { "Due" } p { @if let Some(due) = head.due_on { (written::day(due)) br; } span.p2 { (paper::terms(head.terms_days)) } } }
            }
            table.lines #lines {
                caption.vh { "Lines" }
                thead { tr { th scope="col" { "Description" } th.r scope="col" { "Qty" } th.r.rate scope="col" { "Rate" } th.r scope="col" { "Amount" } } }
                tbody {
                    @for line in &invoice.lines {
                        @if editable && open.line == Some(line.id) { (line_form(tenant, &base, Some(line), open)) } @else { (line_row(tenant, &base, line, editable)) }
                    }
                    @if editable && open.add { (line_form(tenant, &base, None, open)) }
                }
            }
            @if editable && !open.add { a.addline href={ (base) "?add=true#lines" } data-key="/" { (icon_class("plus", "i-s")) "Add a line " kbd aria-hidden="true" { "/" } } }
            dl.totals { @for sum in paper::sums(tenant, invoice) {
                @let class = match sum.emphasis { Emphasis::Plain => "", Emphasis::Strong => "sum-l", Emphasis::Due => "due" };
                div class=(class) { dt { (sum.label) } dd { (sum.value) } }
            } }
            @if let Some(note) = &head.tax_note { p.p2.t12.mt-6 { (note) } }
            @if let Some(note) = &head.note { p.p2.t12.mt-6 { @for (n, line) in note.lines().enumerate() { @if n > 0 { br; } (line) } } }
        }
    }
}

fn line_row(tenant: &kernel::Tenant, base: &str, line: &Line, editable: bool) -> Markup {
    let says = paper::said_of(tenant, line);
    html! {
        tr {
            td {
                @if editable { a.link-plain href={ (base) "?line=" (line.id) "#lines" } title="Change this line" { (line.description) } } @else { (line.description) }
                @for line in says.lines() { small { (line) } }
            }
            td.r { (written::quantity(line.quantity_milli)) }
            td.r.rate { (written::figure(tenant, line.unit_price)) }
            td.r { (written::figure(tenant, line.amount)) }
        }
    }
}

/// The row in which a line is written: the form stands in the first cell, quantity and rate belong to it by its id.
fn line_form(tenant: &kernel::Tenant, base: &str, line: Option<&Line>, open: &Open) -> Markup {
    let (action, form_id) = match line {
        Some(line) => (format!("{base}/lines/{}", line.id), "line-form"),
        None => (format!("{base}/lines"), "line-form"),
    };
    let typed = |name: &str, kept: String| {
        if open.filled.values.contains_key(name) { open.filled.value(name).to_owned() } else { kept }
    };
    let kept = |of: fn(&Line) -> String| line.map(of).unwrap_or_default();
    let description = typed("description", kept(|l| l.description.clone()));
    let detail = typed("detail", kept(|l| l.detail.clone().unwrap_or_default()));
    let quantity = typed("quantity", line.map_or("1".into(), |l| written::quantity(l.quantity_milli)));
    let price = typed("unit_price", kept(|l| l.unit_price.amount()));
    let discount = typed("discount", kept(|l| if l.discount.minor == 0 { String::new() } else { l.discount.amount() }));
    html! {
        tr.is-edit {
            td {
                form id=(form_id) method="post" action=(action) data-form {
                    (form::key())
                    @for (_, says) in &open.filled.errors { p.overdue.t12 role="alert" { (says) } }
                    input.w-full name="description" value=(description) placeholder="What was done or supplied" aria-label="Description" maxlength="300" autocomplete="off" autofocus;
                    div."mt-4" { input.w-full name="detail" value=(detail) placeholder="More words, small below it" aria-label="More words" maxlength="1000" autocomplete="off"; }
                    div."flex"."flex-wrap"."gap-4"."items-center"."mt-4" {
                        label.t12 { "Discount " input.a name="discount" value=(discount) inputmode="decimal" autocomplete="off"; }
                        (tax_choice(line, open))
                    }
                    div."flex"."gap-2"."mt-4" {
                        (button("Save line").primary().small())
                        (link_button("Cancel", base).small())
                        @if line.is_some() { (button("Remove").danger().small().attr("formaction", format!("{action}/remove"))) }
                    }
                }
            }
            td.r { input.q form=(form_id) name="quantity" value=(quantity) inputmode="decimal" autocomplete="off" aria-label="Quantity"; }
            td.r.rate { input.a form=(form_id) name="unit_price" value=(price) inputmode="decimal" autocomplete="off" aria-label="Rate"; }
            td.r { @if let Some(line) = line { (written::figure(tenant, line.amount)) } }
        }
    }
}

/// A tax of the price book, or name and rate where it has none.
fn tax_choice(line: Option<&Line>, open: &Open) -> Markup {
    let typed = |name: &str| open.filled.values.get(name).cloned();
    let has = line.is_some_and(|line| !line.taxes.is_empty());
    if open.taxes.is_empty() && !has {
        return html! {
            label.t12 { "Tax % " input.q name="tax_rate" value=(typed("tax_rate").unwrap_or_default()) inputmode="decimal" autocomplete="off"; }
            label.t12 { "Tax name " input name="tax_name" value=(typed("tax_name").unwrap_or_default()) maxlength="60" autocomplete="off"; }
        };
    }
    let standard = || open.taxes.iter().find(|tax| tax.standard).map(|tax| tax.id.to_string());
    let now = match line {
        Some(_) if has => Some(KEPT.to_owned()),
        Some(_) => None,
        None => standard(),
    };
    let now = if open.filled.is_wrong() { typed("tax") } else { now }.unwrap_or_default();
    html! {
        label.t12 { "Tax " select name="tax" {
            option value="" selected[now.is_empty()] { "No tax" }
            @if let Some(line) = line.filter(|_| has) { option value=(KEPT) selected[now == KEPT] { (paper::taxes_of(&line.taxes)) } }
            @for tax in &open.taxes { @let id = tax.id.to_string(); option value=(id) selected[now == id] { (tax.name) } }
        } }
    }
}

/// The one thing to do next, as a button.
fn main_act(scope: &Scope, invoice: &Invoice, class: &str) -> Markup {
    let head = &invoice.head;
    match head.status {
        Status::Draft if scope.can::<InvoicesWrite>() && !invoice.lines.is_empty() => html! {
            form.contents method="post" action={ "/invoices/" (head.id) "/issue" } data-form {
                (form::key()) input type="hidden" name="version" value=(head.version);
                (button("Issue invoice").primary().large().class(class))
            }
        },
        Status::Issued | Status::PartPaid if scope.can::<PaymentsWrite>() => {
            html! { (button("Record payment").primary().large().class(class).opens_dialog("pay")) }
        }
        _ => html! {},
    }
}

fn side(scope: &Scope, invoice: &Invoice, act: &Markup, open: &Open) -> Markup {
    let (tenant, head) = (scope.tenant(), &invoice.head);
    let draft = head.status == Status::Draft;
    let due = if draft { head.total } else { head.balance };
    let saved = head
        .updated_at
        .to_zoned(tenant.locale.zone.clone())
        .strftime(if tenant.locale.hour_12 { "%-d %b, %-I:%M %P" } else { "%-d %b, %H:%M" })
        .to_string();
    html! {
        section {
            div."flex"."justify-between"."items-center"."mb-2" { (ui::status(shown_state(head))) span.t12.dim { "Saved " (saved) } }
            dl { dt.t12.dim { @if draft { "Due" } @else { "Still open" } } dd.big { (written::money(tenant, due)) } }
            div."mt-3".wide { (act) }
            @if open.act == "issue" { @for (_, says) in &open.filled.errors { p.overdue.t13.mt-2 role="alert" { (says) } } }
            @if draft { p.t12.dim.mt-2 { @if invoice.lines.is_empty() { "Add the first line; then it can be issued." } @else { "Takes the next number and locks the lines. If something is wrong after that, void it and write another." } } }
            @if !matches!(head.status, Status::Draft | Status::Void) && scope.can::<InvoicesWrite>() { div."mt-2".wide { (button("Send by e-mail").icon("send").class("w-full").opens_dialog("send")) } }
            @if let Some(reason) = &head.void_reason { p.t13.mt-2 { "Voided: " (reason) } }
        }
        @if !invoice.payments.is_empty() {
            section { div.sect-head { h2 { "Payments" } } ul.t13."grid"."gap-2" { @for payment in &invoice.payments { (paid(scope, payment)) } } }
        }
        (settles(scope, head, &open.beside))
        section {
            div.sect-head { h2 { "About" } }
            div."grid"."gap-1".t13 {
                a.link."flex"."items-center"."gap-2"."min-h-7" href={ "/customers/" (head.customer_id) } { (icon("circle-user")) (head.customer_name) }
                @if let Some(order) = head.work_order_id { a.link."flex"."items-center"."gap-2"."min-h-7" href={ "/jobs/" (order) } { (icon("wrench")) "The job" } }
                a.link."flex"."items-center"."gap-2"."min-h-7" href={ "/invoices/" (head.id) "/pdf" } target="_blank" { (icon("file-text")) "PDF, as the customer gets it" }
            }
        }
        @if draft && scope.can::<InvoicesWrite>() { (words(invoice, open)) }
        @if scope.can::<InvoicesWrite>() { (endings(head, !open.beside.notes.is_empty())) }
    }
}

fn paid(scope: &Scope, payment: &Payment) -> Markup {
    let today = scope.local_now().date();
    html! {
        li."flex"."justify-between"."items-baseline"."gap-2" {
            span {
                (written::money(scope.tenant(), payment.amount)) " " span.dim { (payment.method.label().to_lowercase()) @if let Some(reference) = &payment.reference { ", " (reference) } }
                @if payment.reversed_on.is_some() { " " (ui::tag("Taken back")) }
                @else if scope.can::<PaymentsWrite>() { " " (button("Take back").quiet().small().opens_dialog(format!("back-{}", payment.id))) }
            }
            time.dim.num.t12 datetime=(payment.received_on) { (written::short_day(payment.received_on, today)) }
        }
    }
}

/// Terms, reference and note of a draft.
fn words(invoice: &Invoice, open: &Open) -> Markup {
    let head = &invoice.head;
    let filled = if open.words {
        open.filled.clone()
    } else {
        Filled::of([
            ("terms_days", head.terms_days.to_string()),
            ("reference", head.reference.clone().unwrap_or_default()),
            ("note", head.note.clone().unwrap_or_default()),
        ])
    };
    let fields = html! {
        input type="hidden" name="version" value=(head.version);
        (field::number(&filled, "terms_days", "Days to pay").after("days"))
        (field::text(&filled, "reference", "Their order number").most(100))
        (field::textarea(&filled, "note", "Words below the total").rows(3).most(2000))
        (form::actions(html! { (button("Save")) }))
    };
    html! { section { div.sect-head { h2 { "Terms and words" } } (form::form(&format!("/invoices/{}/words", head.id), &filled, fields)) } }
}

/// Credit notes, what is written off, and the customer's credit that could be used.
fn settles(scope: &Scope, head: &super::Listed, beside: &Beside) -> Markup {
    let tenant = scope.tenant();
    let today = scope.local_now().date();
    let credit = kernel::Money::new(beside.credit, tenant.locale.currency);
    let open = matches!(head.status, Status::Issued | Status::PartPaid);
    let verb = |path: &str, button: ui::Button| {
        html! {
            form.contents method="post" action={ "/invoices/" (head.id) (path) } data-form {
                (form::key()) input type="hidden" name="version" value=(head.version);
                (button)
            }
        }
    };
    html! {
        @if !beside.letters.is_empty() {
            section { div.sect-head { h2 { "Letters" } } ul.t13."grid"."gap-2" { @for letter in &beside.letters {
                @let day = letter.created_at.to_zoned(tenant.locale.zone.clone()).date();
                li."flex"."justify-between"."items-baseline"."gap-2" {
                    span { (letter.kind.label()) " " span.dim { (letter.sent_to) } }
                    time.dim.num.t12 datetime=(day) { (written::short_day(day, today)) }
                }
            } } }
        }
        @if !beside.notes.is_empty() {
            section { div.sect-head { h2 { "Credit notes" } } ul.t13."grid"."gap-2" { @for note in &beside.notes {
                li."flex"."justify-between"."items-baseline"."gap-2" {
                    span { @if scope.can::<kernel::PricesSee>() { a.link href={ "/credit-notes/" (note.id) "/pdf" } target="_blank" { (note.number) } } @else { (note.number) } " " (written::money(tenant, note.total)) " " span.dim { (note.reason) } }
                    time.dim.num.t12 datetime=(note.issued_on) { (written::short_day(note.issued_on, today)) }
                }
            } } }
        }
        @if let Some(off) = &beside.written_off {
            section {
                div.sect-head { h2 { "Written off" } }
                p.t13 { (written::money(tenant, head.written_off)) ": " (off.reason) }
                @if scope.can::<InvoicesWrite>() { div."mt-2" { (verb("/write-off/reverse", button("Take back").quiet().small().icon("rotate-ccw"))) } }
            }
        }
        @if open && beside.credit > 0 && scope.can::<PaymentsWrite>() {
            section {
                div.sect-head { h2 { "Credit" } }
                p.t13."mb-2" { (head.customer_name) " has " a.link href={ "/customers/" (head.customer_id) "/credit" } { (written::money(tenant, credit)) } " of credit." }
                (verb("/credit", button("Use it here").small().icon("circle-dollar-sign")))
            }
        }
    }
}

fn endings(head: &super::Listed, credited: bool) -> Markup {
    let settled = credited || head.credited.minor > 0;
    html! {
        @match head.status {
            Status::Draft => section {
                form.contents method="post" action={ "/invoices/" (head.id) "/discard" } data-form {
                    (form::key()) input type="hidden" name="version" value=(head.version);
                    (button("Discard draft").quiet().small().icon("trash-2"))
                }
            },
            Status::Issued | Status::PartPaid | Status::Paid => section."flex"."flex-wrap"."gap-2" {
                (link_button("Credit note", format!("/invoices/{}/credit-note", head.id)).quiet().small().icon("undo-2"))
                @if head.status != Status::Paid { (button("Write off").quiet().small().icon("ban").opens_dialog("write-off")) }
                @if head.status != Status::PartPaid && !settled { (button("Void invoice").quiet().small().icon("ban").opens_dialog("void")) }
            },
            Status::WrittenOff | Status::Void => {},
        }
    }
}

fn dialogs(scope: &Scope, invoice: &Invoice, open: &Open) -> Markup {
    let (tenant, head) = (scope.tenant(), &invoice.head);
    let blank = Filled::default();
    let filled = |act: &str| if open.act == act { &open.filled } else { &blank };
    let base = format!("/invoices/{}", head.id);
    let foot = |id: &str, verb: ui::Button| html! { (dismiss("Not now")) (verb.attr("form", id)) };
    let methods: Vec<(&str, &str)> = Method::ALL.iter().map(|method| (method.as_str(), method.label())).collect();
    let today = scope.local_now().date();
    let ask_reason = |id: &str, action: String, filled: &Filled, says: &str| {
        html! {
            form id=(id) method="post" action=(action) data-form {
                (form::key()) input type="hidden" name="version" value=(head.version);
                (form::summary(filled))
                p.soft.t13."mb-2" { (says) }
                (field::text(filled, "reason", "Why").required().most(300).id(format!("{id}-reason")))
            }
        }
    };
    html! {
        @if matches!(head.status, Status::Issued | Status::PartPaid) && scope.can::<PaymentsWrite>() {
            (shown(open.act == "pay", dialog("pay", "Record payment", html! {
                form #pay-form method="post" action={ (base) "/payments" } data-form {
                    (form::key()) (form::summary(filled("pay")))
                    (form::pair(html! {
                        (field::money(filled("pay"), "amount", "Amount", head.balance.currency.code()).value(head.balance.amount()).required())
                        (field::date(filled("pay"), "received_on", "Came in on").value(today.to_string()).required())
                    }))
                    (field::select(filled("pay"), "method", "How", &methods))
                    (field::text(filled("pay"), "reference", "Number of the cheque, reference of the transfer").most(100))
                    (field::checkbox(filled("pay"), "keep_rest", "Keep what is too much as credit"))
                    p.soft.t13 { "Open on " (head.number.as_deref().unwrap_or("")) ": " (written::money(tenant, head.balance)) }
                }
            }, foot("pay-form", button("Record payment").primary()))))
        }
        @if matches!(head.status, Status::Issued | Status::Paid) && scope.can::<InvoicesWrite>() {
            (shown(open.act == "void", dialog("void", "Void invoice", ask_reason("void-form", format!("{base}/void"), filled("void"), "It keeps its number and counts for nothing. This cannot be taken back."), foot("void-form", button("Void invoice").danger()))))
        }
        @if !matches!(head.status, Status::Draft | Status::Void) && scope.can::<InvoicesWrite>() {
            (shown(open.act == "send", dialog("send", "Send by e-mail", html! {
                form #send-form method="post" action={ (base) "/send" } data-form {
                    (form::key()) (form::summary(filled("send")))
                    (field::email(filled("send"), "email", "To").value(if open.act == "send" { open.filled.value("email").to_owned() } else { open.beside.email.clone() }).required())
                    (field::textarea(filled("send"), "words", "In your words").rows(3).most(2000))
                    p.soft.t13 { "With the PDF attached." }
                }
            }, foot("send-form", button("Send").primary()))))
        }
        @if matches!(head.status, Status::Issued | Status::PartPaid) && scope.can::<InvoicesWrite>() {
            (shown(open.act == "write-off", dialog("write-off", "Write off", ask_reason("write-off-form", format!("{base}/write-off"), filled("write-off"), &format!("{} becomes a loss. It can be taken back when somebody pays after all.", written::money(tenant, head.balance))), foot("write-off-form", button("Write off").danger()))))
        }
        @for payment in invoice.payments.iter().filter(|payment| payment.reversed_on.is_none() && scope.can::<PaymentsWrite>()) {
            @let id = format!("back-{}", payment.id);
            @let says = format!("{} counts for nothing then, and {} is open again.", written::money(tenant, payment.amount), head.number.as_deref().unwrap_or("the invoice"));
            (dialog(&id, "Take payment back", ask_reason(&format!("{id}-form"), format!("{base}/payments/{}/reverse", payment.id), filled("back"), &says), foot(&format!("{id}-form"), button("Take back").danger())))
        }
    }
}

/// A dialog whose form came back with something to mend is open at once, without script.
fn shown(is: bool, dialog: Markup) -> Markup {
    match is {
        true => maud::PreEscaped(dialog.0.replacen("<dialog ", "<dialog open ", 1)),
        false => dialog,
    }
}
