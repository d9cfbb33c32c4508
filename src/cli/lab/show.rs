//! What a lab's clients print.

use std::{
    fmt::Write as _,
    io,
    thread::{self, JoinHandle},
    time::Instant,
};

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::{
    cli::{
        get::head,
        session::Session,
        stdio::{self, Screen},
    },
    lessons::Attempt,
    model::{Failure, Page},
    words::{span, text},
};

/// Writes what comes until nothing more can come.
pub(super) fn pieces(mut received: mpsc::Receiver<Bytes>, mut screen: Option<Screen>) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name("stdout".to_owned()).spawn(move || {
        while let Some(bytes) = received.blocking_recv() {
            if let Some(screen) = &mut screen
                && screen.show(&bytes).is_err()
            {
                return;
            }
        }
    })
}

/// Says how one of many clients fares.
pub(super) fn crowd(session: &Session, number: u32, began: Instant, words: &str) {
    let time = after(began);
    session.say(&text!("client {number}, {time}: {words}", number = number, time = time, words = words));
}

/// Start line, head and body of an answer to standard output, and what is wrong with it to standard error.
pub(super) fn page(session: &Session, page: &Page, json: bool) -> io::Result<()> {
    for remark in &page.remarks {
        session.say(remark);
    }
    if json {
        return Ok(());
    }
    stdio::write_all(head(page).as_bytes())?;
    let body = page.body.and_then(|id| session.engine.objects().get(id));
    Screen::new().show(body.as_ref().map_or(&[], |body| &body.content.bytes))
}

/// The outcome of an attempt to connect, with the numbers that `connect_ex` gives on both systems.
pub(super) fn attempt(attempt: &Attempt, began: Instant, failure: Option<&Failure>, json: bool) -> io::Result<()> {
    if json {
        return Ok(());
    }
    let config = &attempt.config;
    let mut out = format!("{:<18} {}:{}  {}  ", attempt.title, config.host, config.port, after(began));
    match failure {
        None => out.push_str(text!("connected; connect_ex returns 0")),
        Some(failure) => {
            let _ = write!(out, "{}", failure.name());
            if let Some(numbers) = failure.numbers() {
                let _ = write!(out, " (Linux {}, WinSock {})", numbers.linux, numbers.windows);
            }
            let _ = write!(out, ": {}", failure.message());
            let hint = failure.hint();
            if !hint.is_empty() {
                let _ = write!(out, "; {}", text!("try: {hint}", hint = hint));
            }
        }
    }
    out.push('\n');
    stdio::write_all(out.as_bytes())
}

fn after(began: Instant) -> String {
    span(u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX))
}
