//! A mail server on this machine that does as it is told.
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What it does with the next connection; without orders it takes every mail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Order {
    /// Says so in answer to the recipient.
    Recipient(&'static str),
    /// Says so in answer to the whole mail.
    Mail(&'static str),
    /// Hangs up at the word DATA.
    DropBefore,
    /// Reads the mail, says nothing, hangs up.
    DropAfter,
    /// Hangs up at once.
    Down,
}

#[derive(Debug, Clone)]
pub struct Taken {
    pub to: String,
    pub data: String,
}

#[derive(Default)]
struct State {
    orders: VecDeque<Order>,
    taken: Vec<Taken>,
    connections: usize,
    said: Vec<String>,
}

#[derive(Clone)]
pub struct Server {
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let server = Self { url, state: Arc::default() };
        let state = server.state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let order = {
                    let mut state = state.lock().unwrap();
                    state.connections += 1;
                    state.orders.pop_front()
                };
                tokio::spawn(talk(stream, order, state.clone()));
            }
        });
        server
    }
    pub fn order(&self, order: Order) {
        self.state.lock().unwrap().orders.push_back(order);
    }
    /// What it took since it was asked last.
    pub fn taken(&self) -> Vec<Taken> {
        std::mem::take(&mut self.state.lock().unwrap().taken)
    }
    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }
    pub fn heard(&self, words: &str) -> bool {
        self.state.lock().unwrap().said.iter().any(|line| line.contains(words))
    }
}

async fn talk(stream: TcpStream, order: Option<Order>, state: Arc<Mutex<State>>) -> Option<()> {
    if order == Some(Order::Down) {
        return None;
    }
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await.ok()?;
    let mut to = String::new();
    loop {
        let line = lines.next_line().await.ok()??;
        state.lock().unwrap().said.push(line.clone());
        let answer = match line.split([' ', ':']).next().unwrap_or("").to_ascii_uppercase().as_str() {
            "EHLO" => "250-test\r\n250-8BITMIME\r\n250-AUTH PLAIN\r\n250 ENHANCEDSTATUSCODES",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or("").to_owned();
                match order {
                    Some(Order::Recipient(says)) => says,
                    _ => "250 ok",
                }
            }
            "DATA" if order == Some(Order::DropBefore) => return None,
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut data = String::new();
                loop {
                    let line = lines.next_line().await.ok()??;
                    if line == "." {
                        break;
                    }
                    data += line.strip_prefix('.').unwrap_or(&line);
                    data += "\r\n";
                }
                match order {
                    Some(Order::DropAfter) => return None,
                    Some(Order::Mail(says)) => says,
                    _ => {
                        state.lock().unwrap().taken.push(Taken { to: to.clone(), data });
                        "250 2.0.0 queued as 4711"
                    }
                }
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await.ok()?;
                return None;
            }
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
}
