//! The state machine of a client's [`Script`]: events of its connection go in, what to send or that to close comes out.
//!
//! Owns whose turn it is. Must not know sockets; its driver sends and closes, and reports what came.

use crate::model::Script;

/// What the client does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Sends this as it stands.
    Say(String),
    /// Closes the connection after everything that was said before.
    Close,
}

/// One run of a script, over one connection.
#[expect(clippy::struct_excessive_bools, reason = "one fact of the dialog each")]
#[derive(Clone, Debug)]
pub struct Course {
    script: Script,
    /// The next message of the script.
    next: usize,
    /// The peer has said something at all.
    greeted: bool,
    /// This side has said something at all.
    spoke: bool,
    /// The peer has said something since this side spoke last.
    answered: bool,
    over: bool,
}

impl Course {
    /// A run that has not begun.
    #[must_use]
    pub fn new(script: Script) -> Self {
        Self { script, next: 0, greeted: false, spoke: false, answered: false, over: false }
    }

    /// The connection stands.
    pub fn opened(&mut self) -> Vec<Step> {
        self.advance()
    }

    /// Something came from the peer. What one message of the peer's is, a stream does not tell: every arrival counts.
    pub fn heard(&mut self) -> Vec<Step> {
        self.greeted = true;
        self.answered = self.spoke;
        let said_all = self.next >= self.script.send.len();
        if !self.over && self.answered && said_all && self.script.close_after_reply {
            self.over = true;
            return vec![Step::Close];
        }
        self.advance()
    }

    /// The user has sent something; its line end does not count for [`Script::stop_on`].
    pub fn typed(&mut self, bytes: &[u8]) -> Vec<Step> {
        self.spoke = true;
        self.answered = false;
        let line = bytes.trim_ascii_end();
        if !self.over && self.script.stop_on.as_ref().is_some_and(|stop| stop.as_bytes() == line) {
            self.over = true;
            return vec![Step::Close];
        }
        Vec::new()
    }

    /// True when the script closed the connection.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Says what may be said now.
    fn advance(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        while !self.over {
            let must_wait = self.script.receive_first && !self.greeted;
            let not_my_turn = self.script.take_turns && self.spoke && !self.answered;
            let Some(line) = self.script.send.get(self.next).filter(|_| !must_wait && !not_my_turn) else { break };
            let last = self.script.stop_on.as_ref() == Some(line);
            steps.push(Step::Say(line.clone()));
            self.next += 1;
            self.spoke = true;
            self.answered = false;
            if last {
                steps.push(Step::Close);
                self.over = true;
            }
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(line: &str) -> Step {
        Step::Say(line.to_owned())
    }

    #[test]
    fn one_message_is_said_at_once_and_its_answer_ends_it() {
        let script = Script { send: vec!["yaoyao".into()], close_after_reply: true, ..Script::default() };
        let mut course = Course::new(script);
        assert_eq!(course.opened(), [say("yaoyao")]);
        assert_eq!(course.heard(), [Step::Close]);
        assert!(course.is_over() && course.heard().is_empty());
    }

    #[test]
    fn a_greeting_is_no_answer_and_turns_are_taken() {
        let send = vec!["0".into(), "exit".into(), "never".into()];
        let script = Script {
            send,
            receive_first: true,
            take_turns: true,
            stop_on: Some("exit".into()),
            close_after_reply: true,
            ..Script::default()
        };
        let mut course = Course::new(script);
        assert!(course.opened().is_empty());
        assert_eq!(course.heard(), [say("0")]);
        assert_eq!(course.heard(), [say("exit"), Step::Close]);
        assert!(course.heard().is_empty());
    }

    #[test]
    fn what_the_user_types_can_end_it() {
        let script = Script { from_user: true, stop_on: Some("exit".into()), ..Script::default() };
        let mut course = Course::new(script);
        assert!(course.opened().is_empty() && course.typed(b"exits").is_empty());
        assert_eq!(course.typed(b"exit\r\n"), [Step::Close]);
    }

    #[test]
    fn without_turns_everything_is_said_at_once() {
        let script = Script { send: vec!["a".into(), "b".into()], ..Script::default() };
        assert_eq!(Course::new(script).opened(), [say("a"), say("b")]);
    }
}
