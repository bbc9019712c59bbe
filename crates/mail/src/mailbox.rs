//! The mailbox of development: what this process would have sent, of all companies, at `/mailbox` of the base domain.
//! A module of its own, which a house has only when it was started for development and without a mail server.
use kernel::{
    Error, Module, Outside, Result,
    http::{Page, Path},
};
use maud::{DOCTYPE, Markup, html};
use std::sync::Arc;

use crate::{
    EmailId, Kept,
    frame::{Holding, Sealed},
    post::Post,
};

pub fn module() -> Module {
    Module::new("mail")
        .get("/mailbox", list, "Mails kept by this development server")
        .get("/mailbox/{id}", one, "One of them")
        .get("/mailbox/{id}/html", html_of, "As its reader sees it")
}

fn all(outside: &Outside) -> Result<Vec<Arc<Kept>>> {
    // At a company's address there is none, so that nobody takes it for the company's.
    match outside.tenant {
        Some(_) => Err(Error::NotFound),
        None => Post::of(&outside.house).kept().ok_or(Error::NotFound),
    }
}

fn find(outside: &Outside, id: EmailId) -> Result<Arc<Kept>> {
    all(outside)?.into_iter().find(|mail| mail.id == id).ok_or(Error::NotFound)
}

fn document(title: &str, body: Markup) -> Page {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; meta name="viewport" content="width=device-width, initial-scale=1"; title { (title) } link rel="stylesheet" href="/assets/app.css"; }
            body { main class="doc" { (body) } }
        }
    };
    page.into()
}

async fn list(outside: Outside) -> Result<Page> {
    let mails = all(&outside)?;
    let body = html! {
        h1 class="h-lg" { "Mailbox" }
        p { "What this development server would have sent, newest first, at most 200. It goes to nobody." }
        @if mails.is_empty() { p { "Nothing yet." } }
        dl { @for mail in &mails {
            dt { a.link href={ "/mailbox/" (mail.id) } { (mail.subject) } }
            dd { (mail.company) " to " (mail.to) ", " (mail.at.strftime("%-d %b %H:%M UTC").to_string()) @if let Some(link) = &mail.link { " · " a.link href=(link) { "Open its link" } } }
        } }
    };
    Ok(document("Mailbox", body))
}

async fn one(outside: Outside, Path(id): Path<EmailId>) -> Result<Holding> {
    let mail = find(&outside, id)?;
    let body = html! {
        p { a.link href="/mailbox" { "Mailbox" } }
        h1 class="h-lg" { (mail.subject) }
        p { "From " (mail.from) br; "To " (mail.to) @if let Some(link) = &mail.link { br; a.link href=(link) { "Open its link" } } }
        iframe sandbox="" src={ "/mailbox/" (id) "/html" } title="The e-mail" width="100%" height="640" {}
        pre class="whitespace-pre-wrap" { (mail.text) }
    };
    Ok(Holding(document(&mail.subject, body)))
}

async fn html_of(outside: Outside, Path(id): Path<EmailId>) -> Result<Sealed> {
    Ok(Sealed(find(&outside, id)?.html.clone()))
}
