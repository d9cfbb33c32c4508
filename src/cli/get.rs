//! `socketlab get`.

use std::{fmt::Write as _, io, thread};

use tokio::sync::{mpsc, oneshot};

use super::{
    End,
    args::{Common, Get},
    session::{SESSION, Session, Step},
    stdio::{self, Screen},
};
use crate::{
    engine::{Command, Notice},
    model::Page,
    words::{exact_size, text},
};

/// Pieces of a body that may wait for standard output.
const FEED: usize = 16;

/// Gets a URL; the status of the answer does not change the exit code.
pub(super) fn run(get: &Get, common: &Common) -> io::Result<End> {
    let config = get.config();
    let mut session = Session::start(common, false)?;
    let mut feed = None;
    let mut writer = None;
    // The head is printed before the first piece of the body.
    let (release, head_is_out) = oneshot::channel::<()>();
    let mut release = Some(release);
    if get.to_stdout() && !common.json {
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
            Step::Received | Step::Sent | Step::PeerFinished => {}
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

/// Says what is wrong with an answer, and where it went; returns true when it is not whole.
fn explain(session: &Session, page: &Page, get: &Get) -> bool {
    for remark in &page.remarks {
        session.say(remark);
    }
    if !get.to_stdout() {
        session.say(&text!("{length} saved", length = exact_size(page.length)));
    }
    page.is_cut_short
}
