//! `socketlab get`.

use std::{fmt::Write as _, io};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::{
    end::End,
    session::{SESSION, Session, Step},
};
use crate::{
    cli::{
        output::{self, Status, printer},
        plan::{Getting, Settings},
    },
    engine::{Command, Notice},
    model::{Large, Page},
    words::{exact_size, span, text},
};

/// Pieces of a body that may wait for standard output.
const FEED: usize = 16;

/// Gets a URL; the status of the answer does not change the exit code.
pub(super) fn run(getting: Getting, settings: &Settings, status: &Status) -> io::Result<End> {
    let Getting { config, notes, include, timeline } = getting;
    for note in &notes {
        status.say(note);
    }
    let mut session = Session::start(settings, status, false)?;
    let (print_head, head_printed) = oneshot::channel();
    let mut print_head = Some(print_head).filter(|_| include && !settings.json);
    let mut feed = None;
    if !settings.json {
        // The head goes the same way as the body, before it, and nobody here waits for whoever reads them.
        let (pieces, received) = mpsc::channel(FEED);
        session.add(printer(received, Some(head_printed), false, || {}, session.reporter())?);
        feed = Some(pieces).filter(|_| config.output.is_none());
    }
    if let Some(limit) = config.whole_timeout {
        session.limit_output(limit);
    }
    session.ask(Command::Fetch { session: SESSION, config, feed }).map_err(io::Error::other)?;
    let mut failed = false;
    let mut fetched = false;
    let end = loop {
        match session.next() {
            Step::Notice(notice) => {
                match &notice {
                    Notice::Head { page, .. } => {
                        if let Some(print_head) = print_head.take() {
                            // The thread has ended: that was told.
                            let _ = print_head.send(Bytes::from(head(page)));
                        }
                    }
                    Notice::Large { page, session: id } => {
                        failed = true;
                        session.status.say(&too_large(page));
                        session.ask(Command::Decide { session: *id, large: Large::Stop }).map_err(io::Error::other)?;
                    }
                    Notice::Fetched { page, .. } => {
                        fetched = true;
                        failed |= explain(&session, page, timeline);
                    }
                    Notice::Failed { .. } => failed = true,
                    _ => {}
                }
                let quiet = matches!(notice, Notice::Opened(_) | Notice::Ended(_));
                if !quiet && session.tell(&notice) {
                    break if failed || !fetched { End::Failed } else { End::Done };
                }
            }
            Step::TimeUp => {
                session.status.say(text!("the time was over before the answer was whole"));
                break End::Failed;
            }
            Step::End(end) => break end,
            Step::OutputClosed => break End::Failed,
            _ => {}
        }
    };
    drop(print_head);
    Ok(session.finish(end))
}

/// Start line and headers as they came.
pub(super) fn head(page: &Page) -> String {
    if page.start_line.is_empty() {
        return String::new();
    }
    let mut head = format!("{}\r\n", page.start_line);
    for (name, value) in &page.headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    output::escape(head.as_bytes()).replace('\n', "\r\n")
}

/// Says how the answer came about, what is wrong with it, and where it went; returns true when it is not whole.
pub(super) fn explain(session: &Session, page: &Page, timeline_wanted: bool) -> bool {
    for hop in &page.hops {
        let (asked, line, location) = (&hop.asked, &hop.start_line, &hop.location);
        session.say(&text!("{asked}: {line}, on to {location}", asked = asked, line = line, location = location));
    }
    if let Some(via) = &page.via {
        session.say(&via.to_string());
    }
    for remark in &page.remarks {
        session.say(&remark.to_string());
    }
    if let Some((name, packed)) = &page.packed {
        let (packed, length) = (exact_size(*packed), exact_size(page.length));
        session.say(&text!("{name}: {packed} became {length}", name = name, packed = packed, length = length));
    }
    if timeline_wanted {
        session.say(&timeline(page));
    }
    // Of a part of it a remark says where it is.
    if page.saved.is_some() && !page.is_cut_short {
        session.say(&text!("{length} saved", length = exact_size(page.length)));
    }
    page.is_cut_short
}

fn too_large(page: &Page) -> String {
    match page.promised() {
        Some(length) => text!(
            "the body has {length}; save it with --output FILE, or allow so much with --max BYTES",
            length = exact_size(length)
        ),
        None => text!(
            "the body is larger than {length}; save it with --output FILE, or allow more with --max BYTES",
            length = exact_size(page.length)
        ),
    }
}

/// When each step was done, after the one before it.
fn timeline(page: &Page) -> String {
    let mut before = 0;
    let mut words = Vec::new();
    for (name, at) in [
        (text!("name look-up"), page.timeline.resolved),
        (text!("connect"), page.timeline.connected),
        (text!("request sent"), page.timeline.sent),
        (text!("first byte"), page.timeline.first),
        (text!("last byte"), page.timeline.last),
    ] {
        let Some(at) = at else { continue };
        words.push(format!("{name} {}", span(at.saturating_sub(before).saturating_mul(1000))));
        before = at;
    }
    words.push(text!("in all {span}", span = span(page.micros.saturating_mul(1000))));
    words.join(" · ")
}
