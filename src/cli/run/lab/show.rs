//! What a lab's clients print.

use std::{fmt::Write as _, time::Instant};

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::{
    cli::run::{get::head, session::Session},
    lessons::Attempt,
    model::{Failure, Page},
    words::{span, text},
};

/// Says how one of many clients fares.
pub(super) fn crowd(session: &Session, number: u32, began: Instant, words: &str) {
    let time = after(began);
    session.say(&text!("client {number}, {time}: {words}", number = number, time = time, words = words));
}

/// Start line, head and body of an answer to standard output, and what is wrong with it to standard error.
pub(super) fn page(session: &Session, page: &Page, out: Option<&mpsc::Sender<Bytes>>) -> bool {
    for remark in &page.remarks {
        session.say(&remark.to_string());
    }
    let body = page.body.and_then(|id| session.engine.objects().get(id));
    let body = body.map(|body| Bytes::copy_from_slice(&body.content.bytes)).unwrap_or_default();
    print(out, head(page).into()) && print(out, body)
}

/// Hands something over for standard output; false where so much waits for it already that this is not printed.
fn print(out: Option<&mpsc::Sender<Bytes>>, bytes: Bytes) -> bool {
    out.is_none_or(|out| out.try_send(bytes).is_ok())
}

/// The outcome of an attempt to connect, with the numbers that `connect_ex` gives on both systems.
pub(super) fn attempt(
    attempt: &Attempt,
    began: Instant,
    failure: Option<&Failure>,
    output: Option<&mpsc::Sender<Bytes>>,
) -> bool {
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
    print(output, out.into())
}

fn after(began: Instant) -> String {
    span(u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX))
}
