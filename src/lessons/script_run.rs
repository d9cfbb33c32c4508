//! A run of a client's [`Script`] as a state machine: facts of its connection and the time go in, what to do comes out.
//!
//! Owns every rule of a script: whose turn it is, when an answer is whole, when a datagram counts as lost, and when the
//! script is over. Whoever has the connection only translates: the window between two frames, the command line on threads
//! that may wait. Must not know sockets, and reads no clock: the time is told.

use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::model::Script;

/// An answer is taken as whole when nothing more came for so long: a stream does not tell where a message ends.
const QUIET: Duration = Duration::from_millis(30);
/// A datagram that is not answered within this time is taken for lost.
const LOST: Duration = Duration::from_secs(2);

/// What the client does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptAction {
    /// Sends this as it stands.
    Send(Bytes),
    /// Sends FIN after all that was sent before: the peer may still have something to say.
    HalfClose,
    /// Closes the connection after all that was sent before.
    Close,
}

/// What became of the newest message of this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reply {
    /// There is no message yet.
    Unasked,
    /// Nothing came since.
    Awaited,
    /// Something came, and more may follow.
    Coming,
    /// It was answered, or nobody waits for an answer any more.
    Settled,
}

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The connection is not there yet.
    Connecting,
    Running,
    /// The script has nothing more to say.
    Over,
}

/// One run of a script, over one connection.
#[derive(Clone, Debug)]
pub struct ScriptRun {
    script: Script,
    /// Nothing that is sent has to arrive, and each answer is one datagram.
    datagrams: bool,
    stage: Stage,
    /// The next message of the script.
    next: usize,
    /// The peer has said something, and all of it has come.
    greeted: bool,
    reply: Reply,
    /// When what came last is whole, unless more comes.
    whole_at: Option<Instant>,
    /// When the newest message is taken for lost.
    lost_at: Option<Instant>,
    /// Nobody types anything more.
    input_ended: bool,
}

impl ScriptRun {
    /// A run that has not begun.
    #[must_use]
    pub fn new(script: Script, datagrams: bool) -> Self {
        Self {
            script,
            datagrams,
            stage: Stage::Connecting,
            next: 0,
            greeted: false,
            reply: Reply::Unasked,
            whole_at: None,
            lost_at: None,
            input_ended: false,
        }
    }

    /// The connection stands.
    pub fn opened(&mut self, now: Instant) -> Vec<ScriptAction> {
        if self.stage == Stage::Connecting {
            self.stage = Stage::Running;
        }
        self.go_on(now)
    }

    /// Something came from the peer, perhaps before the connection was known to stand. What it means shows when nothing
    /// more comes: see [`Self::deadline`].
    pub fn received(&mut self, now: Instant) {
        if self.reply == Reply::Awaited {
            self.reply = Reply::Coming;
            self.lost_at = None;
        }
        self.whole_at = Some(now + QUIET);
    }

    /// A person has sent something besides the script; its line end does not count for [`Script::stop_on`].
    pub fn typed(&mut self, bytes: &[u8], now: Instant) -> Vec<ScriptAction> {
        if self.stage == Stage::Over {
            return Vec::new();
        }
        self.spoke(now);
        if self.script.stop_on.as_ref().is_some_and(|stop| stop.as_bytes() == bytes.trim_ascii_end()) {
            return self.end(ScriptAction::Close);
        }
        Vec::new()
    }

    /// Nobody types anything more: the script ends when it has said all it has. Where this is never told, a person may
    /// go on, and only an answer or [`Script::stop_on`] ends it.
    pub fn input_ended(&mut self, now: Instant) -> Vec<ScriptAction> {
        self.input_ended = true;
        self.go_on(now)
    }

    /// The peer says nothing more.
    pub fn peer_finished(&mut self, now: Instant) -> Vec<ScriptAction> {
        if self.whole_at.is_some() {
            self.settle();
        }
        let answered = self.is_all_said() && self.reply == Reply::Settled;
        let actions = if answered { self.go_on(now) } else { Vec::new() };
        self.stage = Stage::Over;
        actions
    }

    /// When [`Self::passed`] is to be called; `None` while only the peer or a person can change anything.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let times = [self.whole_at, self.lost_at];
        times.into_iter().flatten().min().filter(|_| self.stage == Stage::Running)
    }

    /// The time has come, or not yet: then nothing happens.
    pub fn passed(&mut self, now: Instant) -> Vec<ScriptAction> {
        if self.whole_at.is_some_and(|whole| whole <= now) {
            self.settle();
        }
        if self.lost_at.take_if(|lost| *lost <= now).is_some() {
            self.reply = Reply::Settled;
        }
        self.go_on(now)
    }

    /// True when the next line of [`Script::from_user`] may be sent.
    #[must_use]
    pub fn wants_line(&self) -> bool {
        self.script.from_user && !self.input_ended && self.is_all_said() && self.may_speak()
    }

    /// True when nothing that happens makes it do anything more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    fn spoke(&mut self, now: Instant) {
        self.reply = Reply::Awaited;
        self.lost_at = self.datagrams.then(|| now + LOST);
    }

    /// What came is whole.
    fn settle(&mut self) {
        self.whole_at = None;
        self.greeted = true;
        if self.reply == Reply::Coming {
            self.reply = Reply::Settled;
        }
    }

    fn is_all_said(&self) -> bool {
        self.next >= self.script.send.len()
    }

    fn is_waiting(&self) -> bool {
        matches!(self.reply, Reply::Awaited | Reply::Coming)
    }

    fn may_speak(&self) -> bool {
        let greeting_missing = self.script.receive_first && !self.greeted;
        self.stage == Stage::Running && !greeting_missing && !(self.script.take_turns && self.is_waiting())
    }

    fn end(&mut self, action: ScriptAction) -> Vec<ScriptAction> {
        self.stage = Stage::Over;
        vec![action]
    }

    /// Says what may be said now, and ends where all is said.
    fn go_on(&mut self, now: Instant) -> Vec<ScriptAction> {
        let mut actions = Vec::new();
        while self.may_speak() {
            let Some(line) = self.script.send.get(self.next) else { break };
            let last = self.script.stop_on.as_ref() == Some(line);
            actions.push(ScriptAction::Send(Bytes::from(line.clone())));
            self.next += 1;
            self.spoke(now);
            if last {
                actions.extend(self.end(ScriptAction::Close));
            }
        }
        if self.may_speak() {
            actions.extend(self.finish());
        }
        actions
    }

    /// All of the script is said, and it is its turn.
    fn finish(&mut self) -> Vec<ScriptAction> {
        let Script { from_user, close_after_reply, .. } = self.script;
        let more_may_come = from_user && !self.input_ended;
        if close_after_reply && !more_may_come && self.reply == Reply::Settled {
            return self.end(ScriptAction::Close);
        }
        if !self.input_ended || close_after_reply && self.is_waiting() {
            return Vec::new();
        }
        match self.reply {
            _ if close_after_reply || from_user || self.datagrams => self.end(ScriptAction::Close),
            Reply::Unasked => {
                self.stage = Stage::Over;
                Vec::new()
            }
            _ => self.end(ScriptAction::HalfClose),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: Duration = Duration::from_millis(1);

    fn send(line: &str) -> ScriptAction {
        ScriptAction::Send(Bytes::copy_from_slice(line.as_bytes()))
    }

    /// Over a stream, with the clock that all are told.
    fn stream(script: Script) -> (ScriptRun, Instant) {
        (ScriptRun::new(script, false), Instant::now())
    }

    fn lines(lines: &[&str]) -> Script {
        Script { send: lines.iter().map(|line| (*line).to_owned()).collect(), ..Script::default() }
    }

    #[test]
    fn one_message_is_said_at_once_and_its_answer_ends_it_when_it_is_whole() {
        let (mut run, start) = stream(Script { close_after_reply: true, ..lines(&["yaoyao"]) });
        assert_eq!(run.opened(start), [send("yaoyao")]);
        assert_eq!(run.deadline(), None, "a stream is waited for without end");
        // An answer in three pieces, each within the quiet time of the one before.
        for piece in 0..3 {
            let now = start + piece * QUIET.saturating_sub(MOMENT);
            assert_eq!(run.passed(now), []);
            run.received(now);
        }
        let whole = run.deadline().unwrap();
        assert_eq!(run.passed(whole.checked_sub(MOMENT).unwrap()), []);
        assert_eq!(run.passed(whole), [ScriptAction::Close]);
        run.received(whole);
        assert!(run.is_over() && run.deadline().is_none() && run.passed(whole + LOST).is_empty());
    }

    #[test]
    fn a_greeting_is_no_answer_and_turns_are_taken() {
        let script = Script {
            receive_first: true,
            take_turns: true,
            stop_on: Some("exit".into()),
            close_after_reply: true,
            ..lines(&["0", "exit", "never"])
        };
        let (mut run, start) = stream(script);
        // It may come before the connection is known to stand.
        run.received(start);
        assert_eq!(run.opened(start), []);
        assert_eq!(run.passed(start + QUIET), [send("0")]);
        let later = start + LOST;
        assert_eq!(run.passed(later), [], "a stream loses nothing");
        run.received(later);
        assert_eq!(run.passed(later + QUIET), [send("exit"), ScriptAction::Close]);
        assert!(run.is_over());
    }

    #[test]
    fn what_came_before_a_message_is_no_answer_to_it() {
        let (mut run, start) = stream(Script { take_turns: true, close_after_reply: true, ..lines(&["a"]) });
        run.received(start);
        assert_eq!(run.opened(start), [send("a")]);
        assert_eq!(run.passed(start + QUIET), []);
        run.received(start + QUIET);
        assert_eq!(run.passed(start + 2 * QUIET), [ScriptAction::Close]);
    }

    #[test]
    fn what_a_person_types_can_end_it() {
        let (mut run, now) = stream(Script { from_user: true, stop_on: Some("exit".into()), ..Script::default() });
        assert!(run.opened(now).is_empty() && run.typed(b"exits", now).is_empty());
        assert_eq!(run.typed(b"exit\r\n", now), [ScriptAction::Close]);
        assert_eq!(run.typed(b"exit", now), []);
    }

    #[test]
    fn a_person_is_asked_for_a_line_when_it_is_their_turn() {
        let script = Script { from_user: true, take_turns: true, receive_first: true, ..lines(&["hello"]) };
        let (mut run, start) = stream(script);
        assert_eq!(run.opened(start), []);
        assert!(!run.wants_line());
        run.received(start);
        assert_eq!(run.passed(start + QUIET), [send("hello")]);
        assert!(!run.wants_line(), "the line of the script is not answered");
        run.received(start + QUIET);
        assert_eq!(run.passed(start + 2 * QUIET), []);
        assert!(run.wants_line());
        assert_eq!(run.typed(b"line", start + 2 * QUIET), []);
        assert!(!run.wants_line());
        // Whoever types nothing more waits for the last answer, and closes.
        assert_eq!(run.input_ended(start + 2 * QUIET), []);
        run.received(start + 2 * QUIET);
        assert_eq!(run.passed(start + 3 * QUIET), [ScriptAction::Close]);
        assert!(!run.wants_line());
    }

    #[test]
    fn without_turns_everything_is_said_at_once() {
        let (mut run, now) = stream(lines(&["a", "b"]));
        assert_eq!(run.opened(now), [send("a"), send("b")]);
        // A person may still type; where nobody does, the peer is told.
        assert!(!run.is_over());
        assert_eq!(run.input_ended(now), [ScriptAction::HalfClose]);
        let (mut silent, now) = stream(Script::default());
        assert_eq!(silent.opened(now), []);
        assert_eq!(silent.input_ended(now), [], "a client that says nothing does not half-close");
        assert!(silent.is_over());
    }

    #[test]
    fn a_datagram_without_an_answer_is_taken_for_lost() {
        let now = Instant::now();
        let mut run = ScriptRun::new(Script { take_turns: true, close_after_reply: true, ..lines(&["a", "b"]) }, true);
        assert_eq!(run.opened(now), [send("a")]);
        assert_eq!(run.deadline(), Some(now + LOST));
        assert_eq!(run.passed((now + LOST).checked_sub(MOMENT).unwrap()), []);
        assert_eq!(run.passed(now + LOST), [send("b")]);
        run.received(now + LOST);
        assert_eq!(run.passed(now + LOST + QUIET), [ScriptAction::Close]);
        // One that is only said and not waited for closes as soon as nothing more comes.
        let mut run = ScriptRun::new(lines(&["a"]), true);
        assert_eq!(run.opened(now), [send("a")]);
        assert_eq!(run.input_ended(now), [ScriptAction::Close]);
    }

    #[test]
    fn a_peer_that_leaves_ends_it() {
        let script = Script { take_turns: true, close_after_reply: true, ..lines(&["a", "b"]) };
        let (mut run, now) = stream(script.clone());
        assert_eq!(run.opened(now), [send("a")]);
        run.received(now);
        assert_eq!(run.peer_finished(now), [], "nobody hears what is left to say");
        assert!(run.is_over() && run.passed(now + QUIET).is_empty());
        // The last answer is whole: nothing can follow it.
        let (mut run, now) = stream(Script { send: vec!["a".into()], ..script });
        assert_eq!(run.opened(now), [send("a")]);
        run.received(now);
        assert_eq!(run.peer_finished(now), [ScriptAction::Close]);
    }
}
