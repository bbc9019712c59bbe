//! A letter as HTML that mail programs show: tables and styles in place, 600 pixels, light and dark, nothing fetched.
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Letterhead, Part};

/// Programs that know the query turn dark; the others show the styles in place.
const STYLE: &str = "
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .ground { background: #16181c !important; }
  .sheet { background: #202329 !important; border-color: #33373f !important; }
  .ink { color: #eceef1 !important; }
  .soft { color: #a9afb8 !important; }
  .rule { border-color: #33373f !important; }
}
@media (max-width: 620px) { .pad { padding-left: 20px !important; padding-right: 20px !important; } }
";
const FONT: &str = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;";

pub fn write(head: &Letterhead, subject: &str, parts: &[Part]) -> Markup {
    let brand = ui::brand_hex(head.hue);
    let first: String = head.company.chars().take(1).flat_map(char::to_uppercase).collect();
    let opening = parts.iter().find_map(|part| match part {
        Part::Paragraph(words) => Some(words.as_str()),
        _ => None,
    });
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="supported-color-schemes" content="light dark";
                // Phones would make links of numbers and dates.
                meta name="format-detection" content="telephone=no, date=no, address=no, email=no";
                title { (subject) }
                style { (PreEscaped(STYLE)) }
            }
            body.ground style="margin:0;padding:0;background:#f5f4f1;-webkit-text-size-adjust:100%;" {
                // What a list of mails shows beside the subject.
                @if let Some(words) = opening {
                    div style="display:none;max-height:0;overflow:hidden;mso-hide:all;" { (words.chars().take(120).collect::<String>()) }
                }
                table.ground role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f5f4f1;" { tr { td align="center" style="padding:28px 12px;" {
                    table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;" {
                        tr { td style="padding:0 4px 16px;" { (mark(head, &brand, &first)) } }
                        tr { td.sheet.pad bgcolor="#ffffff" style="background:#ffffff;border:1px solid #e4e2dc;border-radius:10px;padding:32px 36px 28px;" {
                            @for part in parts { (show(head, &brand, part)) }
                        } }
                        tr { td style="padding:18px 4px 0;" { (foot(head)) } }
                    }
                } } }
            }
        }
    }
}

fn mark(head: &Letterhead, brand: &str, first: &str) -> Markup {
    html! {
        table role="presentation" cellpadding="0" cellspacing="0" border="0" { tr {
            td width="32" height="32" align="center" bgcolor=(brand) style={ "background:" (brand) ";border-radius:8px;color:#ffffff;font-size:17px;font-weight:700;line-height:32px;" (FONT) } { (first) }
            td.ink style={ "padding-left:10px;color:#1d2025;font-size:16px;font-weight:600;" (FONT) } { (head.company) }
        } }
    }
}

fn show(head: &Letterhead, brand: &str, part: &Part) -> Markup {
    let words = "color:#1d2025;font-size:16px;line-height:25px;";
    html! {
        @match part {
            Part::Greeting(said) => { p.ink style={ "margin:0 0 16px;font-weight:600;" (words) (FONT) } { (said) } }
            Part::Paragraph(said) => { p.ink style={ "margin:0 0 16px;" (words) (FONT) } { (broken(said)) } }
            Part::Facts(pairs) => {
                table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:4px 0 20px;" {
                    @for (label, said) in pairs { tr {
                        td.soft.rule valign="top" width="30%" style={ "padding:8px 12px 8px 0;border-bottom:1px solid #e4e2dc;color:#5f656e;font-size:14px;line-height:21px;" (FONT) } { (label) }
                        td.ink.rule valign="top" style={ "padding:8px 0;border-bottom:1px solid #e4e2dc;color:#1d2025;font-size:15px;line-height:21px;" (FONT) } { (broken(said)) }
                    } }
                }
            }
            Part::Button { label, href } => {
                table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 24px;" { tr {
                    td bgcolor=(brand) style={ "background:" (brand) ";border-radius:8px;" } {
                        a href=(head.link(href)) style={ "display:inline-block;padding:13px 24px;color:#ffffff;font-size:16px;font-weight:600;line-height:20px;text-decoration:none;" (FONT) } { (label) }
                    }
                } }
            }
            Part::Small(said) => { p.soft style={ "margin:0 0 12px;color:#5f656e;font-size:14px;line-height:21px;" (FONT) } { (broken(said)) } }
        }
    }
}

fn foot(head: &Letterhead) -> Markup {
    let quiet = "margin:0 0 6px;color:#5f656e;font-size:13px;line-height:19px;";
    html! {
        p.soft style={ (quiet) (FONT) } { (head.company) @if !head.foot.is_empty() { br; (broken(&head.foot)) } }
        @if let Some(link) = &head.unsubscribe {
            p.soft style={ (quiet) (FONT) } { a.soft href=(link) style="color:#5f656e;" { "No more mails of this kind" } }
        }
    }
}

fn broken(words: &str) -> Markup {
    html! { @for (n, line) in words.lines().enumerate() { @if n > 0 { br; } (line) } }
}
