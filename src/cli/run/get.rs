//! `socketlab get`.

use std::{fmt::Write as _, io};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::{
    end::{Answered, End},
    session::{SESSION, Session, Step},
};
use crate::{
    cli::{
        output::{self, Around, Status, printer},
        plan::{Getting, Settings},
    },
    engine::{Command, Notice},
    http::client::without_user,
    model::{FetchConfig, Large, Page},
    words::{exact_size, span, text},
};

/// Pieces of a body that may wait for standard output.
const FEED: usize = 16;

/// Gets a URL. What came is printed whatever its status is; the exit code says which it was.
pub(super) fn run(getting: Getting, settings: &Settings, status: &Status) -> io::Result<End> {
    let Getting { config, notes, include, timeline, is_retyped } = getting;
    for note in &notes {
        status.say(note);
    }
    let mut session = Session::start(settings, status, false)?;
    let (print_head, head_printed) = oneshot::channel();
    let mut print_head = Some(print_head).filter(|_| include && !settings.json);
    let (print_end, end_printed) = oneshot::channel();
    let mut print_end = Some(print_end).filter(|_| include && !settings.json);
    let asked = config.clone();
    let mut feed = None;
    if !settings.json {
        // The head goes the same way as the body, before it, and nobody here waits for whoever reads them.
        let (pieces, received) = mpsc::channel(FEED);
        let around = Around { first: Some(head_printed), last: Some(end_printed) };
        session.add(printer(received, around, false, || {}, session.reporter())?);
        feed = Some(pieces).filter(|_| config.output.is_none());
    }
    if let Some(limit) = config.whole_timeout {
        session.limit_output(limit);
    }
    session.ask(Command::Fetch { session: SESSION, config, feed }).map_err(io::Error::other)?;
    let mut failed = false;
    // Until something was answered nothing was done.
    let mut done = End::Failed;
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
                        session.status.say(&too_large(page, asked.output.is_some()));
                        session.ask(Command::Decide { session: *id, large: Large::Stop }).map_err(io::Error::other)?;
                    }
                    Notice::Fetched { page, .. } => {
                        failed |= explain(&session, page, timeline);
                        hint(&session, page, &asked);
                        if is_retyped {
                            session.say(text!("--path-as-is sends a path as it is typed"));
                        }
                        done = Answered::of(page.status).map_or(End::Done, End::Answered);
                        if let Some(print_end) = print_end.take() {
                            let _ = print_end.send(Bytes::from(fields(&page.trailers)));
                        }
                    }
                    Notice::Failed { .. } => failed = true,
                    _ => {}
                }
                let quiet = matches!(notice, Notice::Opened(_) | Notice::Ended(_));
                if !quiet && session.tell(&notice) {
                    break if failed { End::Failed } else { done };
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
    drop((print_head, print_end));
    Ok(session.finish(end))
}

/// Start lines and headers as they came, those of the answers before it first.
pub(super) fn head(page: &Page) -> String {
    let interim = page.interim.iter().map(|interim| (&interim.start_line, &interim.headers));
    let mut out = String::new();
    for (line, headers) in interim.chain([(&page.start_line, &page.headers)]).filter(|(line, _)| !line.is_empty()) {
        let _ = write!(out, "{}\r\n{}\r\n", escaped(line), fields(headers));
    }
    out
}

/// Names and values, a line each.
fn fields(fields: &[(String, String)]) -> String {
    fields.iter().fold(String::new(), |mut out, (name, value)| {
        let _ = write!(out, "{}: {}\r\n", escaped(name), escaped(value));
        out
    })
}

fn escaped(text: &str) -> String {
    output::escape(text.as_bytes()).replace('\n', " ")
}

/// Says how the answer came about, what is wrong with it, and where it went; returns true when it is not whole.
pub(super) fn explain(session: &Session, page: &Page, timeline_wanted: bool) -> bool {
    for hop in &page.hops {
        let (asked, line, location) = (&hop.asked, &hop.start_line, &hop.location);
        session.say(&match location.as_str() {
            "" => text!("{asked}: {line}, asked once more with a digest", asked = asked, line = line),
            _ => text!("{asked}: {line}, on to {location}", asked = asked, line = line, location = location),
        });
        for remark in &hop.remarks {
            session.say(&remark.to_string());
        }
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

/// Says what the status means for who asked, and what on the command line changes it.
fn hint(session: &Session, page: &Page, asked: &FetchConfig) {
    let status = page.start_line.split_once(' ').map_or("", |(_, status)| status).trim();
    match (page.status, page.header("location")) {
        (301 | 302 | 303 | 307 | 308, Some(location)) if asked.redirects == 0 => {
            session.say(&text!(
                "{status}: it is at {location}; --follow goes there",
                status = status,
                location = location
            ));
        }
        (400.., _) => session.say(&text!("the server answered {status}", status = status)),
        (300..=399, _) if page.status != 304 => session.say(&text!("the server answered {status}", status = status)),
        _ => {}
    }
    let asks = |scheme: &str| {
        let names =
            |value: &str| value.trim_start().get(..scheme.len()).is_some_and(|own| own.eq_ignore_ascii_case(scheme));
        page.headers.iter().any(|(name, value)| name.eq_ignore_ascii_case("www-authenticate") && names(value))
    };
    match page.status {
        401 if asked.digest && asks("basic") => {
            session.say(text!("the server wants the password itself: leave --digest out where you trust the way"));
        }
        401 if without_user(&asked.url) != asked.url => {
            session.say(text!("the name or the password is not the right one"));
        }
        401 => session.say(text!("--user NAME:PASSWORD says who asks")),
        407 => session.say(text!("--proxy http://NAME:PASSWORD@HOST:PORT says who asks the proxy")),
        _ => {}
    }
    let is_packed = page.header("content-encoding").is_some_and(|name| !name.eq_ignore_ascii_case("identity"));
    if is_packed && page.length > 0 && !asked.decompress {
        session.say(text!("--compressed decompresses such a body"));
    }
}

fn too_large(page: &Page, is_file: bool) -> String {
    // What is unpacked is longer than what is promised.
    match (page.promised().filter(|_| page.length == 0), is_file) {
        (Some(length), true) => {
            text!("the body has {length}; allow so much with --max BYTES", length = exact_size(length))
        }
        (None, true) => {
            text!("the body has more than {length}; allow more with --max BYTES", length = exact_size(page.length))
        }
        (Some(length), false) => text!(
            "the body has {length}; save it with --output FILE, or allow so much with --max BYTES",
            length = exact_size(length)
        ),
        (None, false) => text!(
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
