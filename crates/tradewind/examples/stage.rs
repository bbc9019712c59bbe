//! Sets the stage for `make faults` and `make load`: companies by the hundred, bare schemas by the hundred, and the migration of a
//! next version that is not written yet. Part of no product. It takes the settings that `tradewind` takes.
use clap::{Parser, Subcommand};
use futures_util::{StreamExt, TryStreamExt, stream};
use tenancy::NewCompany;
use tradewind::{
    config::Config,
    start::{self, Ground, Result},
};
use walls::{
    migrate::Runner,
    migration::Histories,
    tenant::{NewTenant, Placement},
};

#[derive(Parser)]
struct Stage {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand)]
enum Deed {
    /// Found so many companies, and print {id, slug, host, placement, api_key} of each as a line
    Companies { many: usize, placement: String, prefix: String },
    /// Raise so many dedicated schemas without anybody in them
    Schemas { many: usize },
    /// Bring every schema to the next version, or back
    Next {
        #[arg(value_parser = ["up", "down"])]
        way: String,
    },
}

/// What a next version would bring: a column with a default and a table, which the program before it knows nothing of.
const NEXT: [(&str, &str); 2] = [
    (
        "9001_next.up.sql",
        "alter table customer add column next_word text not null default '';
         create table next_noun (
           tenant_id uuid not null default wall.current_tenant(),
           id uuid not null,
           created_at timestamptz not null default now(),
           primary key (tenant_id, id));
         create index customer_next_word on customer (tenant_id, next_word);",
    ),
    (
        "9001_next.down.sql",
        "drop table next_noun; drop index customer_next_word; alter table customer drop column next_word;",
    ),
];
/// Every owner's.
const PASSWORD: &str = "a stage for faults";

#[tokio::main]
async fn main() -> Result<()> {
    let stage = Stage::parse();
    let ground = start::ground(&stage.config).await?;
    match stage.deed {
        Deed::Companies { many, placement, prefix } => {
            start::migrate_and_check(&ground).await?;
            companies(&stage.config, &ground, many, &placement, &prefix).await
        }
        Deed::Schemas { many } => {
            start::migrate_and_check(&ground).await?;
            schemas(&ground, many).await
        }
        Deed::Next { way } => next(&ground, &way).await,
    }
}

async fn companies(config: &Config, ground: &Ground, many: usize, placement: &str, prefix: &str) -> Result<()> {
    let house = start::house(config, ground, kernel::Clock::wall())?;
    let made = (1..=many).map(|n| {
        let slug = format!("{prefix}-{n}");
        let new = NewCompany {
            name: format!("Stage {slug}"),
            owner_email: format!("olive@{slug}.example"),
            slug,
            plan: "enterprise".into(),
            placement: Some(placement.into()),
            owner_name: "Olive Owner".into(),
            owner_password: PASSWORD.into(),
            time_zone: Some("America/Chicago".into()),
            currency: Some("USD".into()),
            ..Default::default()
        };
        tenancy::create_company(&house, &ground.dsns, &ground.secrets, new)
    });
    let made: Vec<_> = stream::iter(made).buffered(4).try_collect().await.map_err(|e| e.to_string())?;
    for company in made {
        println!("{}", serde_json::to_string(&company).map_err(|e| e.to_string())?);
    }
    Ok(())
}

async fn schemas(ground: &Ground, many: usize) -> Result<()> {
    let now = kernel::Clock::wall().now();
    let made = (1..=many).map(|n| async move {
        let slug = format!("bare-{n}");
        let new = NewTenant::new(uuid::Uuid::now_v7(), &slug, &slug, "nobody@stage.example", now);
        let new = NewTenant { placement: Placement::Dedicated, ..new };
        walls::tenant::create(&ground.dsns, &ground.secrets, new, &[]).await.map(drop)
    });
    stream::iter(made).buffered(4).try_collect().await.map_err(|e| e.to_string())
}

async fn next(ground: &Ground, way: &str) -> Result<()> {
    let mut histories = Histories::ours().map_err(|e| e.to_string())?;
    histories.tenant.extend(Histories::read(&[], &NEXT).map_err(|e| e.to_string())?.tenant);
    let runner = Runner::of(histories);
    let report = match way {
        "up" => runner.up(&ground.dsns, &ground.secrets).await,
        _ => runner.down(&ground.dsns, 1).await,
    };
    let report = report.map_err(|e| e.to_string())?;
    let skipped: Vec<_> = report.skipped.iter().map(|late| late.schema.as_str()).collect();
    println!("{}", serde_json::json!({ "applied": report.applied, "skipped": skipped }));
    Ok(())
}
