//! What the page of a lab shows, and what is typed into it. Draws nothing.

use crate::{
    model::{ConnectionId, Failure, SessionId},
    ui::action::Selection,
    words::text,
};

/// The two sides of a lab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LabSide {
    /// The side that waits.
    #[default]
    Listener,
    /// The side that calls.
    Client,
}

/// What is shown below the two sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LabView {
    /// How each of several attempts ended.
    Outcomes,
    /// Files that are asked for by name.
    Files,
    /// Messages and the send box, or the answer to an HTTP request.
    #[default]
    Exchange,
    /// The calls of one side in time.
    Ladder,
    /// The bytes as the calls cut them.
    Stream,
    /// What to try, and what to expect.
    Steps,
    /// The program for one side.
    Python,
}

/// What a person has typed and chosen on the page of one lab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabPage {
    /// Address to bind.
    pub bind: String,
    /// Port to bind.
    pub listen_port: String,
    /// Host to call.
    pub host: String,
    /// Port to call.
    pub call_port: String,
    /// Path of a Unix socket, for both sides.
    pub path: String,
    /// The third argument of `socket`, where it is chosen.
    pub protocol: i32,
    /// The picture or folder that is served.
    pub file: String,
    /// Why that cannot be served, found when the listener was to start; empty when nothing is wrong.
    pub refused: String,
    /// The name of the file to ask for.
    pub name: String,
    /// The chosen view.
    pub view: LabView,
    /// Whose program is shown.
    pub program: LabSide,
    /// Start was pressed, so that what is missing is pointed out.
    pub tried: bool,
    /// The two sides are shown whole while they run, where that leaves little room for what is said.
    pub open: bool,
    /// Both sides were asked for last, and are meant again when another port is taken.
    pub both: bool,
}

/// What the user may choose; something built in is served otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabNeed {
    /// A picture's file.
    Picture,
    /// A folder.
    Folder,
}

/// Which address a side has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Host and port.
    #[default]
    Port,
    /// A path in the file system.
    Path,
    /// None: it asks the system alone.
    Nowhere,
    /// None either; the third argument of `socket` instead.
    Protocol,
}

/// How far a side is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stand {
    /// Not started yet.
    #[default]
    Idle,
    /// Asked for.
    Starting,
    /// Running, in words.
    Running(String),
    /// It ran; in words.
    Over(String),
}

/// One side of the lab.
#[derive(Clone, Debug, Default)]
pub struct SideData {
    /// Its settings in short words.
    pub facts: Vec<String>,
    /// How far it is.
    pub stand: Stand,
    /// What has to be known about the running side, such as a port that was taken instead.
    pub remark: String,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// What else of this program has the port, in words, and how to stop it.
    pub blocker: Option<(String, SessionId)>,
    /// The running listener, for its Stop button.
    pub running: Option<SessionId>,
    /// Sessions and connections that can be shown below, and whether each is.
    pub links: Vec<(Selection, String, bool)>,
    /// Which fields it has.
    pub place: Place,
    /// What the user may choose.
    pub need: Option<LabNeed>,
    /// It stands on loopback, and can be opened to other PCs.
    pub here_only: bool,
    /// One client more makes sense.
    pub one_more: bool,
    /// Whether the ordinary form can hold its values.
    pub can_edit: bool,
}

impl SideData {
    /// It runs, or is about to.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self.stand, Stand::Starting | Stand::Running(_))
    }
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct LabData {
    /// `threading-dialog`.
    pub id: &'static str,
    /// A few words.
    pub title: &'static str,
    /// Two or three sentences.
    pub summary: &'static str,
    /// The side that waits, if the lab has one.
    pub listener: Option<SideData>,
    /// The side that calls.
    pub client: Option<SideData>,
    /// The views that make sense for this lab, in order.
    pub views: Vec<LabView>,
    /// The live connection that is shown, and whether it may still be half-closed.
    pub connection: Option<(ConnectionId, bool)>,
}

impl LabPage {
    /// The port of a side as a number; `None` when it makes no sense. 0 is for listeners only.
    #[must_use]
    pub fn port(&self, side: LabSide) -> Option<u16> {
        match side {
            LabSide::Listener => self.listen_port.trim().parse().ok(),
            LabSide::Client => self.call_port.trim().parse().ok().filter(|port| *port != 0),
        }
    }

    /// What is wrong with a side as it is typed, in words to show under its fields.
    #[must_use]
    pub fn wrong(&self, side: LabSide, data: &SideData) -> Option<&'static str> {
        let host = if side == LabSide::Listener { &self.bind } else { &self.host };
        match data.place {
            Place::Port if host.trim().is_empty() => Some(text!("A name or an address, such as 127.0.0.1")),
            Place::Port if self.port(side).is_none() && side == LabSide::Listener => {
                Some(text!("A number from 0 to 65535"))
            }
            Place::Port if self.port(side).is_none() => Some(text!("A number from 1 to 65535")),
            Place::Path if self.path.trim().is_empty() => Some(text!("A path such as /tmp/socketlab.sock")),
            _ => None,
        }
    }

    pub(super) fn is_ready(&self, side: LabSide, data: &SideData) -> bool {
        self.wrong(side, data).is_none()
    }
}
