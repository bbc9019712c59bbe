//! An implementation that is none of ours, in Python, to compare ours with.
use std::{
    io::Write,
    process::{Command, Stdio},
};

/// Zones whose clocks have done everything that clocks do.
pub const ZONES: [&str; 30] = [
    "America/Chicago",
    "America/New_York",
    "America/Los_Angeles",
    "America/Halifax",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Asuncion",
    "America/Havana",
    "America/Caracas",
    "America/Mexico_City",
    "America/Nuuk",
    "Atlantic/Azores",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Amman",
    "Asia/Tehran",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
];

pub struct Python(&'static str);

impl Python {
    /// A Python in which `probe` runs. Where there is none, what is left out for it is said, with the packages that mend it; where
    /// nothing may be left out, that is a failure.
    pub fn with(probe: &str, packages: &str, left_out: &str) -> Option<Self> {
        let has = |python: &&str| {
            let asked = Command::new(python).args(["-c", probe]).stderr(Stdio::null()).status();
            asked.is_ok_and(|status| status.success())
        };
        let found = ["python3", "/usr/bin/python3"].into_iter().find(has);
        if found.is_none() {
            println!("LEFT OUT: no Python that fits is here (apt install {packages}); {left_out}");
            assert!(std::env::var_os("TRADEWIND_NOTHING_LEFT_OUT").is_none(), "{packages} is missing");
        }
        found.map(Self)
    }

    /// What the script says to these questions.
    pub fn answer(&self, script: &str, questions: String) -> String {
        let mut child = Command::new(self.0).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let writing = std::thread::spawn(move || stdin.write_all(questions.as_bytes()));
        let answer = child.wait_with_output().unwrap();
        writing.join().unwrap().unwrap();
        assert!(answer.status.success(), "{answer:?}");
        String::from_utf8(answer.stdout).unwrap()
    }
}

impl Python {
    /// That of `scripts/elsewhere.sh`, in which Stripe's own library and an emulator of its API are.
    pub fn elsewhere(left_out: &str) -> Option<Self> {
        const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/elsewhere/bin/python");
        let asked = Command::new(HERE).args(["-c", "import stripe, localstripe"]).stderr(Stdio::null()).status();
        if asked.is_ok_and(|status| status.success()) {
            return Some(Self(HERE));
        }
        println!("LEFT OUT: Stripe's library is not here (sh scripts/elsewhere.sh fetches it); {left_out}");
        assert!(std::env::var_os("TRADEWIND_NOTHING_LEFT_OUT").is_none(), "sh scripts/elsewhere.sh has not run");
        None
    }

    /// A module that serves until it is dropped.
    pub fn serve(&self, args: &[&str]) -> Serving {
        let child = Command::new(self.0).args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Serving(child)
    }
}

pub struct Serving(std::process::Child);
impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
