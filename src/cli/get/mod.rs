//! `socketlab get`.

mod args;

use std::{fmt::Write as _, io, thread};

use tokio::sync::{mpsc, oneshot};

use super::{
    End,
    args::Common,
    connect::print,
    session::{SESSION, Session, Step},
    stdio::{self, Screen},
};
use crate::{
    engine::{Command, Notice},
    model::{Large, Page},
    snippet,
    words::{exact_size, span, text},
};
pub(super) use args::Get;

/// Pieces of a body that may wait for standard output.
const FEED: usize = 16;

/// Gets a URL; the status of the answer does not change the exit code.
pub(super) fn run(get: &Get, common: &Common) -> io::Result<End> {
    let config = get.config();
    if let Some(kind) = get.print_as {
        return print(snippet::request(kind, &config));
    }
    let to_stdout = config.output.is_none();
    let mut session = Session::start(common, false)?;
    let mut feed = None;
    let mut writer = None;
    // The head is printed before the first piece of the body.
    let (release, head_is_out) = oneshot::channel::<()>();
    let mut release = Some(release);
    if to_stdout && !common.json {
        let (sender, mut pieces) = mpsc::channel::<bytes::Bytes>(FEED);
        feed = Some(sender);
        writer = Some(thread::Builder::new().name("stdout".to_owned()).spawn(move || -> io::Result<()> {
            let _ = head_is_out.blocking_recv();
            let mut screen = Screen::new();
            while let Some(piece) = pieces.blocking_recv() {
                screen.show(&piece)?;
            }
            Ok(())
        })?);
    }
    session.ask(Command::Fetch { session: SESSION, config, feed }).map_err(io::Error::other)?;
    let mut failed = false;
    let mut fetched = false;
    let end = loop {
        match session.next() {
            Step::Notice(notice) => {
                match &notice {
                    Notice::Head { page, .. } => {
                        if get.include && !common.json {
                            stdio::write_all(head(page).as_bytes())?;
                        }
                        release.take();
                    }
                    Notice::Large { page, session: id } => {
                        failed = true;
                        stdio::status(&too_large(page));
                        session.ask(Command::Decide { session: *id, large: Large::Stop }).map_err(io::Error::other)?;
                    }
                    Notice::Fetched { page, .. } => {
                        fetched = true;
                        failed |= explain(&session, page, get);
                    }
                    Notice::Failed { .. } => failed = true,
                    _ => {}
                }
                let quiet = matches!(notice, Notice::Opened(_) | Notice::Ended(_));
                if !quiet && session.tell(&notice) {
                    break if failed || !fetched { End::Failed } else { End::Done };
                }
            }
            Step::End(end) => break end,
            Step::OutputClosed => break End::Done,
            Step::Heard(_) | Step::Received | Step::Sent | Step::PeerFinished => {}
        }
    };
    drop(release);
    let end = session.finish(end);
    if let Some(writer) = writer
        && end != End::Interrupted
    {
        // A reader that went away (`| head`) is no failure of the network.
        let _ = writer.join();
    }
    Ok(end)
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
    stdio::escape(head.as_bytes()).replace('\n', "\r\n")
}

/// Says how the answer came about, what is wrong with it, and where it went; returns true when it is not whole.
fn explain(session: &Session, page: &Page, get: &Get) -> bool {
    for hop in &page.hops {
        let (asked, line, location) = (&hop.asked, &hop.start_line, &hop.location);
        session.say(&text!("{asked}: {line}, on to {location}", asked = asked, line = line, location = location));
    }
    if let Some(via) = &page.via {
        session.say(&via.to_string());
    }
    for remark in &page.remarks {
        session.say(remark);
    }
    if let Some((name, packed)) = &page.packed {
        let (packed, length) = (exact_size(*packed), exact_size(page.length));
        session.say(&text!("{name}: {packed} became {length}", name = name, packed = packed, length = length));
    }
    if get.timeline {
        session.say(&timeline(page));
    }
    if page.saved.is_some() {
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
