//! Asks the routing server for what is not known yet, and keeps it. Whatever goes wrong here, the estimate by distance is there.
use kernel::{Result, Scope};
use std::collections::{BTreeMap, BTreeSet};

use super::{
    NO_WAY, Roads, Router, Way, cell, keep, of_pairs, point_of,
    router::{POINTS, Unknown},
};
use crate::availability::{Roster, Spot, kilometres};

/// Ways to and from the place of a question, for everybody who might come there: two questions at most.
pub async fn learn(scope: &Scope, roster: &mut Roster) {
    let Some(router) = router_of(scope) else { return };
    let Some(here) = roster.place.point() else { return };
    let place = cell(here);
    let starts = roster.candidates.iter().map(|who| who.start());
    let stops = roster.taken.iter().map(|one| one.spot());
    let others: BTreeSet<i64> = starts.chain(stops).filter_map(|spot| spot.point()).map(cell).collect();
    let mut others: Vec<i64> = others
        .into_iter()
        .filter(|other| !(roster.roads.knows(*other, place) && roster.roads.knows(place, *other)))
        .collect();
    if others.is_empty() {
        return;
    }
    // Where there are more than a server takes, the far ones matter least: nobody drives there between two visits.
    others.sort_by(|a, b| kilometres(here, point_of(*a)).total_cmp(&kilometres(here, point_of(*b))));
    others.truncate(POINTS - 1);
    let points: Vec<_> = std::iter::once(place).chain(others.iter().copied()).collect();
    let all: Vec<usize> = (1..points.len()).collect();
    let asked = async {
        let there = table(&router, &points, &all, &[0]).await?;
        let back = table(&router, &points, &[0], &all).await?;
        Ok::<_, Unknown>([there, back].concat())
    };
    let ways = or_none(scope, asked.await);
    roster.roads.extend(ways.iter().cloned());
    remember(scope, &ways).await;
}

/// Ways of one day from visit to visit.
pub async fn between(scope: &Scope, legs: &[(Spot, Spot)]) -> Result<Roads> {
    let pairs: BTreeSet<(i64, i64)> = legs
        .iter()
        .filter_map(|(from, to)| Some((cell(from.point()?), cell(to.point()?))))
        .filter(|(from, to)| from != to)
        .collect();
    if pairs.is_empty() {
        return Ok(Roads::default());
    }
    let (from, to) = pairs.iter().copied().unzip();
    let mut roads: Roads = scope.read(of_pairs(from, to)).await?.into_iter().collect();
    let Some(router) = router_of(scope) else { return Ok(roads) };
    // By where they begin, so that a question is no larger than it needs to be.
    let mut missing: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (from, to) in pairs.into_iter().filter(|(from, to)| !roads.knows(*from, *to)) {
        missing.entry(from).or_default().push(to);
    }
    let mut found = vec![];
    for (from, to) in missing {
        let points: Vec<_> = std::iter::once(from).chain(to.into_iter().take(POINTS - 1)).collect();
        let all: Vec<usize> = (1..points.len()).collect();
        let ways = or_none(scope, table(&router, &points, &[0], &all).await);
        if ways.is_empty() && !router.is_awake() {
            break;
        }
        found.extend(ways);
    }
    roads.extend(found.iter().cloned());
    remember(scope, &found).await;
    Ok(roads)
}

fn router_of(scope: &Scope) -> Option<std::sync::Arc<Router>> {
    scope.house().kept::<Router>().filter(|router| router.is_awake())
}

fn or_none(scope: &Scope, asked: std::result::Result<Vec<Way>, Unknown>) -> Vec<Way> {
    asked.unwrap_or_else(|why| {
        tracing::warn!(tenant = %scope.tenant().id, %why, "the routing server does not help; ways are estimated by distance");
        vec![]
    })
}

async fn table(router: &Router, cells: &[i64], from: &[usize], to: &[usize]) -> std::result::Result<Vec<Way>, Unknown> {
    let points: Vec<_> = cells.iter().map(|cell| point_of(*cell)).collect();
    let minutes = router.table(&points, from, to).await?;
    let mut ways = vec![];
    for (row, from) in minutes.into_iter().zip(from) {
        // That no road leads there is an answer too, and kept as one.
        ways.extend(row.into_iter().zip(to).map(|(minutes, to)| Way {
            from_cell: cells[*from],
            to_cell: cells[*to],
            minutes: minutes.unwrap_or(NO_WAY),
        }));
    }
    Ok(ways)
}

/// Kept for whoever asks next. The answer is given all the same where it cannot be.
async fn remember(scope: &Scope, ways: &[Way]) {
    // Whoever may only look leaves nothing behind.
    if ways.is_empty() || scope.principal().is_some_and(|principal| principal.only_looks()) {
        return;
    }
    let (from, (to, minutes)): (Vec<_>, (Vec<_>, Vec<_>)) =
        ways.iter().map(|way| (way.from_cell, (way.to_cell, way.minutes))).unzip();
    let now = scope.now();
    let kept = scope.retrying(async |tx| tx.run(keep(from.clone(), to.clone(), minutes.clone(), now)).await).await;
    if let Err(why) = kept {
        tracing::warn!(tenant = %scope.tenant().id, %why, "ways by road could not be kept");
    }
}
