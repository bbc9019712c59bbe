//! A technician's own calendar in the demo, read once from a server that is there for a moment: a demo asks nobody outside.
use jiff::{ToSpan, civil::Date};
use kernel::House;
use outbound::{Door, Resolve};
use serde_json::json;
use std::{io, net::IpAddr};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::Caller;
use crate::start::Result;

const HOST: &str = "calendar.example.com";

/// Its one name is this machine.
struct Here;
impl Resolve for Here {
    fn addresses<'a>(&'a self, name: &'a str) -> futures_util::future::BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        let known = name == HOST;
        Box::pin(async move {
            if known { Ok(vec![IpAddr::from([127, 0, 0, 1])]) } else { Err(io::ErrorKind::NotFound.into()) }
        })
    }
}

/// Lunch with somebody tomorrow, an appointment each Thursday, and an afternoon in a week.
fn calendar(today: Date) -> String {
    let day = |days: i32| today.saturating_add(days.days()).strftime("%Y%m%d").to_string();
    let event = |n: i32, days: i32, from: &str, until: &str, rule: &str| {
        let day = day(days);
        format!(
            "BEGIN:VEVENT\r\nUID:{n}@demo\r\nSUMMARY:Private\r\nDTSTART:{day}T{from}00\r\nDTEND:{day}T{until}00\r\n{rule}END:VEVENT\r\n"
        )
    };
    let weekly = 7 + 3 - i32::from(today.weekday().to_monday_zero_offset());
    let all = [
        event(1, 0, "1530", "1630", ""),
        event(2, 1, "1130", "1300", ""),
        event(3, weekly, "0800", "0900", "RRULE:FREQ=WEEKLY\r\n"),
        event(4, 7, "1300", "1700", ""),
    ];
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n", all.concat())
}

pub async fn read(house: &House, caller: &Caller, technician: &str, today: Date) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|e| e.to_string())?;
    let at = listener.local_addr().map_err(|e| e.to_string())?;
    let body = calendar(today);
    let serves = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    house.keep(Door::new()?.allowing(vec![at]).asking(Here));
    let url = json!({ "url": format!("http://{HOST}:{}/private.ics", at.port()) });
    let read = async {
        caller.replace(&format!("/api/v1/technicians/{technician}/busy-calendar"), url).await?;
        kernel::job::worker::drain(house).await.map_err(|e| e.to_string())
    };
    let outcome = read.await;
    serves.abort();
    house.keep(Door::new()?);
    outcome.map(drop)
}
