//! What a job makes of its visits, said here and nowhere else.
//!
//! - Of several visits one counts now: where somebody works, else who is on the way, else the first that is ahead, else the
//!   last that took place, else the last there was. `work_order.appointment_id` names it, and the verbs of the job are about it.
//! - A job is not finished over the head of who is still to come: while another of its visits is ahead or under way, the visit
//!   ends alone.
//! - When the last open visit is done, the job is finished with it, as far as its lines and questions allow; but not where it
//!   was left with "come again", nor while the job waits.
//! - When the last open visit is called off, a job that nobody has begun is called off with it; one that has begun stays, and
//!   waits for its next visit.
use kernel::row;
use scheduling::{AppointmentId, appointment::Status};

use crate::order;

row! {
    /// A visit of a job, as far as the rule looks at it.
    #[derive(Debug, Clone)]
    pub struct Step {
        pub appointment_id: AppointmentId,
        pub nth: i32,
        pub status: Status,
        /// Somebody has worked at it.
        pub begun: bool,
        /// It ended with "come again".
        pub again: bool,
    }
}

/// What becomes of the job when one of its visits is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Stays,
    Finishes,
    IsCalledOff,
}

fn weight(status: Status) -> u8 {
    match status {
        Status::OnSite => 0,
        Status::EnRoute => 1,
        Status::Requested | Status::Confirmed => 2,
        Status::Completed => 3,
        Status::Cancelled | Status::NoShow => 4,
    }
}

/// The visit that counts now. Of those that are ahead the first, of those that are over the last; `steps` are in their order.
pub fn counts(steps: &[Step]) -> Option<&Step> {
    let least = steps.iter().map(|step| weight(step.status)).min()?;
    let mut same = steps.iter().filter(|step| weight(step.status) == least);
    if least < weight(Status::Completed) { same.next() } else { same.next_back() }
}

/// Another visit than this one that is ahead or under way: it keeps the job from being finished.
pub fn in_the_way(steps: &[Step], at: Option<AppointmentId>) -> Option<&Step> {
    let here = |step: &Step| Some(step.appointment_id) == at && step.status == Status::OnSite;
    steps.iter().find(|step| step.status.is_open() && !here(step))
}

/// What follows from the end of `visit`, however it ended.
pub fn then(job: order::Status, steps: &[Step], visit: AppointmentId) -> Then {
    let (Some(counts), Some(over)) = (counts(steps), steps.iter().find(|step| step.appointment_id == visit)) else {
        return Then::Stays;
    };
    if counts.status.is_open() {
        return Then::Stays;
    }
    match (over.status, job) {
        // An event that comes late, of a visit after which there was another, ends nothing.
        (Status::Completed, order::Status::Open | order::Status::InProgress)
            if !over.again && counts.appointment_id == visit =>
        {
            Then::Finishes
        }
        (Status::Cancelled | Status::NoShow, order::Status::Open) => Then::IsCalledOff,
        _ => Then::Stays,
    }
}

#[cfg(test)]
mod tests {
    use kernel::Uuid;
    use order::Status::{Completed as Finished, InProgress, OnHold, Open};

    use super::*;

    fn of(all: &[Status]) -> Vec<Step> {
        let step = |(n, status): (usize, &Status)| Step {
            appointment_id: id(n),
            nth: n as i32 + 1,
            status: *status,
            begun: false,
            again: false,
        };
        all.iter().enumerate().map(step).collect()
    }
    fn id(n: usize) -> AppointmentId {
        AppointmentId(Uuid::from_u128(n as u128 + 1))
    }
    fn counting(all: &[Status]) -> Option<i32> {
        counts(&of(all)).map(|step| step.nth)
    }

    #[test]
    fn one_visit_counts() {
        use Status::*;
        assert_eq!(counting(&[]), None);
        assert_eq!(counting(&[Completed, Confirmed, Confirmed]), Some(2));
        assert_eq!(counting(&[Confirmed, Confirmed, OnSite]), Some(3));
        assert_eq!(counting(&[Confirmed, EnRoute]), Some(2));
        assert_eq!(counting(&[Completed, Completed, NoShow]), Some(2));
        assert_eq!(counting(&[Cancelled, NoShow]), Some(2));
    }

    #[test]
    fn nobody_finishes_over_the_head_of_who_is_still_to_come() {
        use Status::*;
        assert!(in_the_way(&of(&[OnSite, Confirmed]), Some(id(0))).is_some_and(|step| step.nth == 2));
        assert!(in_the_way(&of(&[OnSite, OnSite]), Some(id(1))).is_some_and(|step| step.nth == 1));
        assert!(in_the_way(&of(&[Completed, Confirmed]), Some(id(1))).is_some_and(|step| step.nth == 2));
        assert!(in_the_way(&of(&[Completed, OnSite, Cancelled]), Some(id(1))).is_none());
        assert!(in_the_way(&of(&[Completed]), Some(id(0))).is_none() && in_the_way(&[], None).is_none());
    }

    #[test]
    fn the_last_open_visit_decides() {
        use Status::*;
        let after = |all: &[Status], job, n| then(job, &of(all), id(n));
        assert_eq!(after(&[Completed], InProgress, 0), Then::Finishes);
        assert_eq!(after(&[Completed], OnHold, 0), Then::Stays);
        assert_eq!(after(&[Completed, Confirmed], InProgress, 0), Then::Stays);
        assert_eq!(after(&[Completed, Completed], InProgress, 1), Then::Finishes);
        assert_eq!(after(&[Completed, Completed], InProgress, 0), Then::Stays, "told late");
        assert_eq!(after(&[Cancelled], Open, 0), Then::IsCalledOff);
        assert_eq!(after(&[NoShow, Confirmed], Open, 0), Then::Stays);
        assert_eq!(after(&[NoShow, Cancelled], Open, 1), Then::IsCalledOff);
        assert_eq!(after(&[Completed, NoShow], InProgress, 1), Then::Stays);
        assert_eq!(after(&[Completed], Finished, 0), Then::Stays);
        let mut left = of(&[Completed]);
        left[0].again = true;
        assert_eq!(then(InProgress, &left, id(0)), Then::Stays, "somebody has to come again");
    }
}
