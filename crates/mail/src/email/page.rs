//! The company's mails as pages: the list with how each fared, and one of them as its reader sees it.
use kernel::{
    Access, Error, Paged, Result,
    http::{Page, Path, Query},
};
use maud::{Markup, html};
use ui::{
    MenuItem, button, card, filters,
    filters::Chip,
    form, menu, status_saying,
    table::{Column, Row, Table, row_link},
};

use super::{Email, EmailId, State, find, list, list::Asked, list::moment};
use crate::{
    EmailRead, EmailSend, EmailSettings, Frame, Framed,
    frame::{Holding, Sealed},
    post::Post,
};

const HERE: &str = "/settings/email";

fn pill(email: &Email) -> Markup {
    let look = match email.state {
        State::Queued | State::Sending => "requested",
        State::Sent => "paid",
        State::Failed => "failed",
        State::Held => "part_paid",
    };
    status_saying(look, email.state.label())
}

/// "Ana Rivera" and the address under it; the address alone where there is no name.
fn reader(email: &Email) -> &str {
    if email.to_name.is_empty() { &email.to_address } else { &email.to_name }
}

pub async fn list_page(frame: Frame, access: Access<EmailRead>, Query(asked): Query<Asked>) -> Result<Page> {
    let found = list::of(&access, &asked).await?;
    let post = Post::of(access.house());
    let choices: Vec<MenuItem> = State::ALL
        .iter()
        .map(|state| MenuItem::link(format!("State is {}", state.label()), format!("{HERE}?state={state}")))
        .collect();
    let chips: Vec<Chip> = asked
        .state
        .iter()
        .map(|state| Chip {
            field: "State".into(),
            value: state.label().into(),
            others: choices.clone(),
            remove: HERE.into(),
        })
        .collect();
    let add = if chips.is_empty() { choices } else { vec![] };
    let search = filters::search(HERE, asked.to.as_deref().unwrap_or(""), "Address it went to", &[]);
    let body = filters::list(html! {
        @if !post.sends() { div."p-3" { (ui::note("warn", html! { (post.says()) })) } }
        (filters::bar(html! {}, to_field(search), &chips, &add, html! {}))
        div #emails.contents data-live="email.*" data-live-src=(here(&asked)) { (inside(&access, &asked, &found)) }
    });
    let more = [
        MenuItem::link("Sender", "/settings/email/sender").icon("pencil"),
        MenuItem::link("Blocked addresses", "/settings/email/blocked").icon("ban"),
    ];
    let actions = html! {
        @if access.can::<EmailSettings>() { (button("More of e-mail").icon_only("ellipsis").opens_menu("menu-email")) (menu("menu-email", "E-mail", &more)) }
        @if access.can::<EmailSend>() { (form::verb_form("/settings/email/test", html! { (button("Send me a test").small().primary().icon("send")) })) }
    };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    Ok(frame(&access, Framed { title: "E-mail".into(), crumbs, actions, body, wide: true }))
}

/// What changes by itself.
pub async fn list_part(access: Access<EmailRead>, Query(asked): Query<Asked>) -> Result<Page> {
    let found = list::of(&access, &asked).await?;
    Ok(inside(&access, &asked, &found).into())
}

fn inside(access: &Access<EmailRead>, asked: &Asked, found: &Paged<Email>) -> Markup {
    let columns = [
        Column::lead("What").width(36),
        Column::text("To").width(28).drops(),
        Column::text("State").width(16).side(),
        Column::text("When").width(20).drops(),
    ];
    let rows: Vec<Row> = found
        .data
        .iter()
        .map(|email| {
            let href = format!("{HERE}/{}", email.id);
            let when = moment(access, email.sent_at.unwrap_or(email.created_at));
            let cells = vec![
                row_link(&href, &email.subject, ""),
                html! { (reader(email)) },
                pill(email),
                html! { span.num { (when) } },
            ];
            Row::new(email.id.to_string(), email.subject.clone(), cells).sub(format!("{}, {when}", reader(email)))
        })
        .collect();
    let mut table = Table::new("E-mails", &columns);
    if let Some(cursor) = &found.next_cursor {
        table = table.more(format!("{HERE}?cursor={cursor}{}", kept(asked, "&")), format!("{} shown", rows.len()));
    }
    html! {
        @if rows.is_empty() { (card::empty("No e-mail here", "Whatever is sent to your customers and people is listed here, with how it fared.", html! {}, html! {})) }
        @else { (table.show(&rows)) }
    }
}

/// The filters, for another address.
fn kept(asked: &Asked, begin: &str) -> String {
    let state = asked.state.map(|state| format!("state={state}"));
    let to = asked
        .to
        .as_ref()
        .map(|to| format!("to={}", url::form_urlencoded::byte_serialize(to.as_bytes()).collect::<String>()));
    let all: Vec<String> = [state, to].into_iter().flatten().collect();
    if all.is_empty() { String::new() } else { format!("{begin}{}", all.join("&")) }
}

/// The search box asks for `q`; here it is the address.
fn to_field(search: Markup) -> Markup {
    maud::PreEscaped(search.0.replace("name=\"q\"", "name=\"to\""))
}

fn here(asked: &Asked) -> String {
    format!("{HERE}/part{}", kept(asked, "?"))
}

pub async fn one_page(frame: Frame, access: Access<EmailRead>, Path(id): Path<EmailId>) -> Result<Holding> {
    let whole = list::whole(&access, id).await?;
    let email = &whole.email;
    let alone = format!("{HERE}/{id}/html");
    let body = html! {
        div #email.contents data-live="email.*" data-live-src={ (HERE) "/" (id) "/part" } { (fared(&access, email)) }
        @if let (Some(text), Some(_)) = (&whole.text, &whole.html) {
            div.mt-4 { (card::card("As its reader sees it", "", Some(("Open it alone", &alone)), card::card_body(html! {
                iframe.mailview sandbox="" src={ (HERE) "/" (id) "/html" } title={ "The e-mail: " (email.subject) } width="100%" height="640" loading="lazy" {}
            }))) }
            div.mt-4 { (card::card("As plain text", "", None, card::card_body(html! { pre.mailtext."t13"."whitespace-pre-wrap" { (text) } }))) }
        } @else {
            div.mt-4 { (ui::note("info", html! { "It held a link that lets somebody in, so what it said is shown to nobody here." })) }
        }
    };
    let crumbs = vec![("Settings".into(), "/settings".into()), ("E-mail".into(), HERE.into())];
    let framed = Framed { title: email.subject.clone(), crumbs, actions: html! {}, body, wide: false };
    Ok(Holding(frame(&access, framed)))
}

pub async fn one_part(access: Access<EmailRead>, Path(id): Path<EmailId>) -> Result<Page> {
    let email = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    Ok(fared(&access, &email).into())
}

fn fared(access: &Access<EmailRead>, email: &Email) -> Markup {
    let when = |at: Option<jiff::Timestamp>| at.map(|at| moment(access, at)).unwrap_or_default();
    let again = matches!(email.state, State::Queued | State::Failed | State::Held) && access.can::<EmailSend>();
    let mut facts = vec![
        ("State", html! { (pill(email)) }),
        ("To", html! { (email.to_name) @if !email.to_name.is_empty() { br; } (email.to_address) }),
        ("Kind", html! { (email.purpose.label()) }),
        ("Queued", html! { (moment(access, email.created_at)) }),
    ];
    if !email.problem.is_empty() {
        facts.insert(1, ("What happened", html! { (email.problem) }));
    }
    if let Some(at) = email.next_try_at.filter(|_| email.state != State::Sending && email.attempts > 0) {
        facts.push(("Next try", html! { (when(Some(at))) }));
    }
    if email.sent_at.is_some() {
        facts.push(("Sent", html! { (when(email.sent_at)) }));
        facts.push(("The mail server said", html! { (email.answer) }));
    }
    if email.attempts > 1 {
        facts.push(("Tries", html! { (email.attempts) }));
    }
    html! {
            (card::card("How it fared", "", None, card::card_body(html! {
                (card::facts(&facts))
                @if again { (form::verb_form(&format!("{HERE}/{}/retry", email.id), html! { (button("Send it again").icon("rotate-cw")) })) }
            })))
    }
}

/// What stands in the frame of the page above. By itself it is as harmless: sandboxed, and without an origin.
pub async fn html_page(access: Access<EmailRead>, Path(id): Path<EmailId>) -> Result<Sealed> {
    list::whole(&access, id).await?.html.map(Sealed).ok_or(Error::NotFound)
}
