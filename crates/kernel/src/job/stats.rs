//! How the queue stands, for metrics and the operator.
use crate::{House, Result, row, sql};

row! {
    /// Jobs of one kind in one state: `ready`, `later`, `running` or `dead`.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Standing {
        pub kind: String,
        pub state: String,
        pub jobs: i64,
        /// Since when the oldest of them waits, runs or is dead.
        pub since: jiff::Timestamp,
    }
}

sql! {
    #![ops]
    fn standing() -> Vec<Standing> = "
        select kind, state, count(*) as jobs, min(coalesce(finished_at, run_at)) as since
        from ops.job where state in ('ready', 'later', 'running', 'dead') group by kind, state order by kind, state";
}

pub async fn stats(house: &House) -> Result<Vec<Standing>> {
    house.ops().run(standing()).await
}
