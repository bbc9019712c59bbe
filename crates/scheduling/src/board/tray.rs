//! What nobody has yet, as slips in the tray.
use jiff::SignedDuration;
use ui::board::Slip;

use super::Loaded;
use crate::say;

impl Loaded {
    pub fn slips(&self, may_move: bool) -> Vec<Slip> {
        let today = say::local(self.now, &self.locale).date();
        self.tray
            .iter()
            .map(|job| {
                let date = say::local(job.starts_at, &self.locale).date();
                let day = if date == today { "Today".to_owned() } else { say::day(date) };
                let window = job.window_starts.zip(job.window_ends);
                let time = match window {
                    Some((from, until)) => say::window(from, until, &self.locale),
                    None => say::clock(say::local(job.starts_at, &self.locale).time(), &self.locale),
                };
                let soon = self.now.saturating_add(SignedDuration::from_hours(2)).unwrap_or(self.now);
                Slip {
                    carried: self.carried(job, may_move),
                    name: job.customer_name.clone(),
                    says: job
                        .problem
                        .clone()
                        .filter(|text| text.chars().count() <= 80)
                        .unwrap_or_else(|| job.title.clone()),
                    when: format!("{day}, {time} · {}", say::minutes(job.minutes())),
                    needs: self.needs_of(job.item_id).map(|need| need.name.clone()).collect(),
                    late: window.map_or(job.starts_at, |(from, _)| from) < soon,
                    href: self.href(job.id),
                }
            })
            .collect()
    }
}
