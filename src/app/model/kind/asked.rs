//! What the window asks of a session that depends on its kind.

use crate::{
    engine::Command,
    model::{Encoding, Name, Script, SessionFile, SessionId, Snippet, SocketOptions},
    snippet::Impossible,
    ui::{
        action::{Dialog, Tab},
        frame::sessions::Group,
        views::inspector::SessionConfig,
    },
};

/// What a kind of session is asked.
pub(in crate::app) trait Kind {
    /// In a word, for diagnostics.
    fn word(&self) -> &'static str;

    /// Under which heading of the list it stands.
    fn group(&self) -> Group;

    /// The form that it is filled in, and that shows why it could not start.
    fn form(&self) -> Dialog;

    /// The view that fits it best.
    fn tab(&self) -> Tab {
        Tab::default()
    }

    /// What it is called in the list; empty where its address is its name.
    fn title(&self) -> String {
        String::new()
    }

    /// What it is called where its facts are.
    fn name(&self) -> String;

    /// Where it will be, or whom it reaches.
    fn address(&self) -> String;

    /// What starts it.
    fn command(&self, session: SessionId) -> Command;

    /// Others come to it; otherwise it goes to one other.
    fn is_listener(&self) -> bool {
        false
    }

    /// There is something to see as HTTP.
    fn is_http(&self) -> bool {
        false
    }

    /// A person can say something over it.
    fn takes_messages(&self) -> bool {
        true
    }

    /// What carries it, in a word, where that is not TCP.
    fn carrier(&self) -> &'static str {
        ""
    }

    /// What it sends goes as datagrams.
    fn is_datagram(&self) -> bool {
        false
    }

    /// Whether its board is on; `None` where it has none.
    fn board(&self) -> Option<bool> {
        None
    }

    /// What it reads and writes by itself; `None` where a person chooses.
    fn encoding(&self) -> Option<Encoding> {
        None
    }

    /// What was set for its sockets.
    fn options(&self) -> Option<&SocketOptions> {
        None
    }

    /// What the inspector shows while no connection is chosen.
    fn facts(&self) -> Option<SessionConfig<'_>> {
        None
    }

    /// What it can be copied as.
    fn programs(&self) -> &'static [Snippet];

    /// It as a program. `local` is the name it has, `sent` gives what went out, oldest first.
    fn program(&self, snippet: Snippet, local: &Name, sent: &dyn Fn() -> Vec<Vec<u8>>) -> Result<String, Impossible>;

    /// Takes a free port where its own is refused.
    fn take_any_port(&mut self) {}

    /// Enters it into a file, under the name that a person gave. `before` has what another version had written beside it.
    fn keep(&self, file: &mut SessionFile, before: &SessionFile, name: &str, encoding: Encoding, script: &Script);
}
