//! `tradewind serve`: the web, the worker, the live updates, and an end without loose ends.
use axum::Router;
use clap::builder::PossibleValuesParser;
use kernel::{
    Clock, House,
    http::{arrive::Arrival, serve::router},
};
use metrics_exporter_prometheus::PrometheusBuilder;
use std::{collections::BTreeSet, net::SocketAddr, time::Duration};
use tokio::{net::TcpListener, sync::watch};

use crate::{
    config::Config,
    modules,
    start::{self, Ground, Result},
};

#[derive(Debug, Clone, clap::Args)]
pub struct Serve {
    /// What this process does: web, worker, or both
    #[arg(long, env = "TRADEWIND_ROLES", value_delimiter = ',', default_value = "web,worker")]
    pub roles: Vec<Role>,
    /// The contexts this process answers and works for, such as scheduling,work; left out, it serves all of them
    #[arg(long, env = "TRADEWIND_CONTEXTS", value_delimiter = ',', value_parser = PossibleValuesParser::new(modules::names()))]
    pub contexts: Vec<String>,
    /// Jobs at the same time
    #[arg(long, env = "TRADEWIND_WORKERS", default_value_t = 4)]
    pub workers: usize,
    /// Migrate before serving; leave it off where a deployment migrates by itself
    #[arg(long, env = "TRADEWIND_MIGRATE", default_value_t = true, action = clap::ArgAction::Set)]
    pub migrate: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    Web,
    Worker,
}

pub fn application(config: &Config, house: House) -> Router {
    router(
        Arrival { house, error_page: tenancy::shell::error_page, behind_proxy: config.behind_proxy },
        kernel::live::streams(),
    )
}

pub async fn run(config: &Config, options: &Serve) -> Result<()> {
    let ground = start::ground(config).await?;
    serve(config, options, ground, |_| async { Ok(()) }).await
}

/// Within how many seconds requests and jobs are done, as they are counted; figures of several servers can be added up. Without them
/// each time would go into a sketch of quantiles, one by one.
const SECONDS: [f64; 13] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// `ready` is called when the house stands and the socket listens: the demo seeds itself there.
pub async fn serve<F, Fut>(config: &Config, options: &Serve, ground: Ground, ready: F) -> Result<()>
where
    F: FnOnce(House) -> Fut,
    Fut: Future<Output = Result<()>>,
{
    for warning in &ground.warnings {
        tracing::warn!("{warning}");
    }
    if options.migrate {
        start::migrate_and_check(&ground).await?;
    }
    let figures = PrometheusBuilder::new().set_buckets(&SECONDS);
    if let Ok(handle) = figures.and_then(PrometheusBuilder::install_recorder) {
        let _ = crate::house::METRICS.set(handle);
    }
    let web = options.roles.contains(&Role::Web);
    let house = start::house_serving(config, &ground, Clock::wall(), &options.contexts, web)?;
    tenancy::on_start(&house, &ground.dsns, &ground.secrets).await.map_err(|e| e.to_string())?;
    let listener = TcpListener::bind(config.listen).await.map_err(|e| {
        format!("cannot listen on {}: {e}. Another program may use it; choose another with --listen", config.listen)
    })?;

    let (stop, stopped) = watch::channel(false);
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(kernel::live::follow(house.clone(), stopped.clone()));
    if options.roles.contains(&Role::Worker) {
        tasks.spawn(kernel::job::relay::run(house.clone(), stopped.clone()));
        tasks.spawn(kernel::job::worker::run(
            house.clone(),
            stopped.clone(),
            kernel::job::worker::Options { concurrency: options.workers, ..Default::default() },
        ));
        tasks.spawn(queue_figures(house.clone(), stopped.clone()));
    }
    tasks.spawn(housekeeping(house.clone(), stopped.clone()));

    let app = application(config, house.clone());
    let mut quiet = stopped.clone();
    let server = axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).with_graceful_shutdown(
        async move {
            let _ = quiet.wait_for(|stop| *stop).await;
        },
    );
    let server = tokio::spawn(server.into_future());
    ready(house.clone()).await?;
    println!("Tradewind is at {}", house.url(None, "/"));

    let gone = async {
        match &ground.embedded {
            Some(database) => database.ended().await,
            None => std::future::pending().await,
        }
    };
    let outcome = tokio::select! {
        () = asked_to_stop() => Ok(()),
        () = gone => Err("PostgreSQL has ended by itself; start again, it recovers what was committed".to_owned()),
    };
    let _ = stop.send(true);
    // Requests under way get ten seconds, jobs give back what they hold.
    let _ = tokio::time::timeout(Duration::from_secs(10), server).await;
    let _ = tokio::time::timeout(Duration::from_secs(10), async { while tasks.join_next().await.is_some() {} }).await;
    write_down(&house).await;
    drop(house);
    if let Some(database) = ground.embedded {
        database.stop().await.map_err(|e| e.to_string())?;
    }
    outcome
}

/// Idle connections close, quiet limits are forgotten, figures are taken.
async fn housekeeping(house: House, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(Duration::from_secs(10)) => {}
        }
        house.database().reap(Duration::from_secs(60));
        house.control().reap(Duration::from_secs(120));
        house.ops().reap(Duration::from_secs(120));
        house.limits().tidy();
        write_down(&house).await;
        metrics::gauge!("dedicated_pools").set(house.database().dedicated_pools() as f64);
        // Ten seconds of a busy house are a hundred thousand times to be counted: not on a thread that answers requests.
        if let Some(handle) = crate::house::METRICS.get().cloned() {
            let _ = tokio::task::spawn_blocking(move || handle.run_upkeep()).await;
        }
    }
}

/// How much of each kind waits, and how long the oldest of it has: the sign that no worker serves its context.
async fn queue_figures(house: House, mut stopped: watch::Receiver<bool>) {
    let mut seen = BTreeSet::new();
    loop {
        match kernel::job::worker::stats(&house).await {
            Err(error) => tracing::warn!(%error, "the queue could not be counted; it is tried again in half a minute"),
            Ok(standing) => {
                let now = house.clock().now();
                let mut gone = std::mem::take(&mut seen);
                for of in standing {
                    let waits = now.duration_since(of.since).as_secs_f64().max(0.0);
                    gauges(&of.kind, &of.state, of.jobs as f64, waits);
                    gone.remove(&(of.kind.clone(), of.state.clone()));
                    seen.insert((of.kind, of.state));
                }
                gone.iter().for_each(|(kind, state)| gauges(kind, state, 0.0, 0.0));
            }
        }
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(Duration::from_secs(30)) => {}
        }
    }
}

fn gauges(kind: &str, state: &str, jobs: f64, seconds: f64) {
    let labels = [("kind", kind.to_owned()), ("state", state.to_owned())];
    metrics::gauge!("jobs_standing", &labels).set(jobs);
    metrics::gauge!("jobs_oldest_seconds", &labels).set(seconds);
}

/// When keys were last used.
async fn write_down(house: &House) {
    if let Err(error) = tenancy::api_key::write_down(house).await {
        tracing::warn!(%error, "when API keys were used could not be written down");
    }
}

async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
}
