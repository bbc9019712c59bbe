//! What is plainly wrong in a form of a page or in an upload: refused with a sentence, at the field where there is one.
use super::{
    bad_input::{Field, Tester},
    neighbour::{
        ask::{Caller, Face},
        operation::Operation,
    },
};
use kernel::{
    Access, Error, Result,
    http::{Form, Json},
};
use serde_json::{Value, json};

/// A form that says what it takes and then does not look.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
pub struct Typed {
    #[allow(dead_code)] // It does not look.
    name: String,
}
impl kernel::Input for Typed {
    fn check(&mut self, _: &mut kernel::Checks) {}
}
/// Breaks at what is long, takes fields that nobody knows and misses none.
pub async fn naive(_: Access<customers::CustomersRead>, form: Form<Typed>) -> Result<Json<Value>> {
    match form.value("name").is_some_and(|name| name.len() > 50_000) {
        true => Err(Error::Bug("too long for me".into())),
        false => Ok(Json(json!({}))),
    }
}

/// First questions, where a form goes back to that has no beginning.
pub const BEGINNINGS: [&str; 4] = ["/sign-in", "/book", "/onboarding", "/portal/sign-in"];

/// Ticks, of which every value but none is a yes.
const TICKS: [&str; 6] = ["standard", "ask_first", "allowed", "remember", "online", "anyway"];

/// The form again, with the sentence at the field.
pub fn marks(face: &Face, field: &str) -> bool {
    let plain = field.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "-");
    face.status == 422 && face.text.contains(&format!("id=\"f-{plain}-error\""))
}

/// What a page that refuses lacks: a mark at the field; where the form does not have it (a row's own form, a tick, a field
/// that nobody knows, or another that was looked at first), a list of what is wrong or a page that says so.
pub fn untold(face: &Face, field: Option<&str>) -> Option<String> {
    let field = field.filter(|field| face.status == 422 && !marks(face, field))?;
    let list = face.text.contains("role=\"alert\"");
    let page = face.text.contains("Number of this request");
    (!list && !page).then(|| format!("422 does not say what is wrong with `{field}`"))
}

fn encode(pairs: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// No form at all, too large, with NUL, with a field that nobody knows; and each field left out, of another type or endless.
pub async fn plainly_wrong(
    tester: &mut Tester,
    operation: &Operation,
    caller: &Caller,
    ids: &[String],
    fields: &[Field],
) {
    let (path, body) = operation.filled(ids);
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let form = operation.media;
    for other in ["application/json", "text/plain", "multipart/form-data"] {
        // The board's own script speaks JSON.
        if operation.route.starts_with("/board/") && other == "application/json" {
            continue;
        }
        let what = format!("as {other}");
        tester.ask(operation, caller, &path, Some(other), body.clone(), &what, true, None).await;
    }
    let large = format!("{body}&padding={}", "x".repeat(5 << 20));
    tester.ask(operation, caller, &path, form, large, "5 MiB", true, None).await;
    // A form of a button alone has nothing that anybody reads.
    if fields.is_empty() {
        return;
    }
    let nul = format!("{body}&name=a%00b");
    tester.ask(operation, caller, &path, form, nul, "a NUL", true, None).await;
    let more = format!("{body}&surprise=1");
    tester.ask(operation, caller, &path, form, more, "a field nobody knows", true, Some("surprise")).await;
    for field in fields {
        let name = field.name.as_str();
        if TICKS.contains(&name) || field.kind == "boolean" {
            continue;
        }
        let with = |value: &str| {
            let mut pairs: Vec<_> = pairs.iter().filter(|(n, _)| n != name).cloned().collect();
            pairs.push((name.to_owned(), value.to_owned()));
            encode(&pairs)
        };
        if field.required && field.kind != "array" {
            let less: Vec<_> = pairs.iter().filter(|(n, _)| n != name).cloned().collect();
            let what = format!("without {name}");
            tester.ask(operation, caller, &path, form, encode(&less), &what, true, Some(name)).await;
            let what = format!("with {name} empty");
            tester.ask(operation, caller, &path, form, with(""), &what, true, Some(name)).await;
        }
        if field.kind != "string" && field.kind != "array" {
            let what = format!("{name} that is no {}", field.kind);
            tester.ask(operation, caller, &path, form, with("@@"), &what, true, Some(name)).await;
        }
        let what = format!("{name} of 100,000 letters");
        tester.ask(operation, caller, &path, form, with(&"x".repeat(100_000)), &what, true, Some(name)).await;
    }
}

/// A file that is cut off, another type, too large, one of too many parts, or none.
pub async fn uploads(tester: &mut Tester, operation: &Operation, caller: &Caller, ids: &[String]) {
    let (path, body) = operation.filled(ids);
    let part = |name: &str, more: &str, text: &str| {
        format!("--tradewind\r\ncontent-disposition: form-data; name=\"{name}\"{more}\r\n\r\n{text}\r\n")
    };
    let end = "--tradewind--\r\n";
    let files = |text: &str| {
        // Whichever of them this route takes.
        ["file", "photo", "logo"]
            .map(|name| part(name, "; filename=\"a.png\"\r\ncontent-type: image/png", text))
            .concat()
    };
    let media = Some("multipart/form-data; boundary=tradewind");
    let picture = "\u{89}PNG\r\n\u{1a}\n";
    for (what, media, body) in [
        ("cut off", media, body[..body.len() - end.len() - 4].to_owned()),
        ("with no boundary", Some("multipart/form-data"), body.clone()),
        ("as JSON", Some("application/json"), "{}".into()),
        ("as plain text", Some("text/plain"), body.clone()),
        ("without a part", media, end.into()),
        ("a program for a picture", media, files("#!/bin/sh\nrm -rf /\n\u{0}\u{1}") + end),
        ("200 parts", media, (0..200).map(|n| part(&format!("more{n}"), "", "x")).collect::<String>() + end),
        ("30 MB", media, part("file", "; filename=\"a.png\"", &(picture.to_owned() + &"x".repeat(30 << 20))) + end),
        ("a part without a name", media, "--tradewind\r\ncontent-type: image/png\r\n\r\nx\r\n--tradewind--\r\n".into()),
    ] {
        // A list of customers may be far larger; that it has a bound is tested where lists are read. What is kept of a customer may
        // be anything; that it is served as bytes is tested there.
        let fits = match what {
            "30 MB" => operation.route.contains("import"),
            "a program for a picture" => operation.route.ends_with("/files"),
            _ => false,
        };
        if fits {
            continue;
        }
        tester.ask(operation, caller, &path, media, body, what, true, None).await;
    }
}
