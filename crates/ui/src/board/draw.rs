//! How the board is drawn: tray, ruler, lanes, jobs.
use super::{Board, Item, Job, Lane, Slip};
use crate::day::Clock;
use crate::{avatar, icon, status_class, status_icon, status_word};
use maud::{Markup, html};

impl Board {
    /// The whole board: its bar, the tray, the lanes, and the panel of a job (`pane`) or nothing.
    pub fn show(&self, bar: Markup, slips: &[Slip], lanes: &[Lane], pane: Markup) -> Markup {
        let (src, kinds) = self.live.clone().unzip();
        html! {
            div.bd data-island="board" data-move-url=(self.move_url) data-date=(self.date) data-from=(self.day.from()) data-cols=(self.day.columns()) data-clock=(if self.clock == Clock::Twelve { "12" } else { "24" }) {
                div."bd-bar" { (bar) }
                div."bd-live-part" #board-live data-live=[kinds] data-live-src=[src] { (self.live_part(slips, lanes)) }
                (pane)
            }
        }
    }

    /// Tray and lanes: the answer to the address in `live`.
    pub fn live_part(&self, slips: &[Slip], lanes: &[Lane]) -> Markup {
        html! { (self.tray(slips)) (self.lanes(lanes)) }
    }

    fn tray(&self, slips: &[Slip]) -> Markup {
        html! {
            section.tray aria-labelledby="tray-h" data-lane="" {
                div."tray-h" { h2 #tray-h { "Unassigned" } span.num.dim { (self.tray_says) } }
                ol { @for slip in slips { (self.slip(slip)) } }
                @if slips.is_empty() { p.dim.t13."px-1" { "Everything has somebody." span.wide { " Drag a job here to take it off a lane." } } }
                @else { p.dim.t12."mt-4"."px-1".wide { "Pick up with " (crate::kbd("space")) ", move with arrows, drop with " (crate::kbd("⏎")) "." } }
            }
        }
    }

    fn slip(&self, slip: &Slip) -> Markup {
        let carried = &slip.carried;
        html! {
            li id={ "slip-" (carried.id) } {
                button.slip.is-late[slip.late] type="button" data-href=(slip.href) data-carry=[(!carried.fixed).then_some(&carried.id)] data-version=(carried.version)
                    data-minutes=(carried.minutes) data-promised=[carried.promised_words()] data-cannot=[carried.cannot_words()] data-move-url=[&carried.move_url] data-at=[&carried.at] data-name=(slip.name) aria-pressed="false" {
                    b { (slip.name) } span.l { (slip.says) }
                    span.foot { (icon("clock")) span { (slip.when) } }
                    @if !slip.needs.is_empty() { span.foot { @for need in &slip.needs { (crate::tag(need)) } } }
                }
            }
        }
    }

    fn lanes(&self, lanes: &[Lane]) -> Markup {
        html! {
            div.lanes role="region" aria-label={ "Technicians, " (self.date_words) } tabindex="0" {
                (self.ruler())
                @for lane in lanes { (self.lane(lane)) }
                p.lane-say role="status" hidden data-saying {}
                div.lane-key.wide aria-hidden="true" { span { i."k-w" {} "window promised" } span { i."k-b" {} "at risk" } span { i."k-t" {} "travel, minutes" } span { i."k-o" {} "off" } }
            }
        }
    }

    fn ruler(&self) -> Markup {
        let day = self.day;
        let near = |hour: u16| self.now.is_some_and(|now| day.has(now) && now.abs_diff(hour * 60) < 25);
        html! {
            div.ruler aria-hidden="true" { span {}
                ol.(day.class()) {
                    @for n in 0..day.hours() { @let hour = day.from() / 60 + n; @if !near(hour) { li class={ "col-start-" (n * 12 + 1) " col-span-12" } { (self.clock.hour(hour, n == 0)) } } }
                    @if let Some(now) = self.now.filter(|now| day.has(*now)) { li.nowtag.{ "col-start-" (day.column(now)) " col-span-1" } { (self.clock.time(now)) } }
                }
            }
        }
    }

    fn lane(&self, lane: &Lane) -> Markup {
        html! {
            section.lane id={ "lane-" (lane.id) } aria-labelledby={ "t-" (lane.id) } data-lane=(lane.id) data-name=(lane.name) {
                div."lane-head" {
                    (avatar(&crate::initials(&lane.name), None, ""))
                    div {
                        h3 id={ "t-" (lane.id) } { (lane.name) @if lane.lead { (icon("star")) span.vh { "lead" } } }
                        p."lane-says" { (lane.says) } p.why hidden {}
                    }
                    @if let Some(share) = lane.load { (crate::chart::load(share)) }
                }
                ol.track.(self.day.class()) {
                    @for item in &lane.items { (self.item(item)) }
                    @if let Some(now) = self.now.filter(|now| self.day.has(*now)) { li.now.(self.day.at(now, now + 5)) aria-hidden="true" {} }
                }
            }
        }
    }

    fn item(&self, item: &Item) -> Markup {
        let day = self.day;
        match item {
            Item::Job(job) => self.job(job),
            Item::Travel { start, end, tight } => html! {
                @if day.shows(*start, *end) { li.travel.is-tight[*tight].(day.at(*start, *end)) { span { (end.saturating_sub(*start)) } span.vh { " minutes travel" } } }
            },
            Item::Off { start, end, icon: sign, words, shift } => html! {
                @if day.shows(*start, *end) { li.off.is-shift[*shift].is-slim[end.saturating_sub(*start) < 30].(day.at(*start, *end)) { span { @if !sign.is_empty() { (icon(sign)) } span.vh[end.saturating_sub(*start) < 30] { (words) } } } }
            },
        }
    }

    fn job(&self, job: &Job) -> Markup {
        if !self.day.shows(job.start, job.end) {
            return html! {};
        }
        let (carried, day, time) = (&job.carried, self.day, |minute| self.clock.time(minute));
        let times = format!("{}–{}", time(job.start), time(job.end));
        html! {
            li.job.(status_class(&job.status)).is-selected[job.selected].is-seen[job.seen_by.is_some()].is-over[job.overlap.is_some()].(day.at(job.start, job.end)) id={ "job-" (carried.id) @if let Some(part) = &job.part { "-" (part) } } {
                span.jobtime { (time(job.start)) small { "to " (time(job.end)) } }
                button."job-b" type="button" data-href=(job.href) data-carry=[(!carried.fixed).then_some(&carried.id)] data-version=(carried.version) data-start=(job.start)
                    data-minutes=(carried.minutes) data-promised=[carried.promised_words()] data-cannot=[carried.cannot_words()] data-move-url=[&carried.move_url] data-at=[&carried.at] data-name=(job.name) title=[&job.overlap]
                    aria-pressed=(if job.selected { "true" } else { "false" }) {
                    span.n { (icon(status_icon(&job.status))) span { (job.name) } } span.k { (job.kind) }
                    span.h aria-hidden="true" { (job.says.as_deref().unwrap_or(&times)) }
                    span.vh { (status_word(&job.status)) ", " (time(job.start)) " to " (time(job.end))
                        @if let Some((start, end)) = carried.promised { ", promised " (time(start)) " to " (time(end)) @if job.at_risk { ", at risk" } }
                        @if let Some(overlap) = &job.overlap { ". " (overlap) } }
                    @if job.overlap.is_some() { span.twice { (icon("layers")) } }
                }
                @if let Some(who) = &job.seen_by { span.seen { (who) span.vh { " is looking at this job" } } }
            }
            @if let Some((start, end)) = carried.promised {
                @if day.shows(start, end) && !matches!(job.status.as_str(), "completed" | "cancelled" | "no_show") {
                    li.promise.(status_class(&job.status)).is-broken[job.at_risk].(day.at(start, end)) aria-hidden="true" {}
                }
            }
        }
    }
}
