//! What a client says by itself, and when it stops.

use serde::{Deserialize, Serialize};

/// The course of a client's side of a dialog, over any transport. An answer is what comes until nothing more came for 30 ms;
/// a datagram without one within 2 s counts as answered.
#[expect(clippy::struct_excessive_bools, reason = "one setting each")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Script {
    /// Nothing is sent before the peer has said something.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub receive_first: bool,
    /// Sent in this order, each as it stands, without a line end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub send: Vec<String>,
    /// Afterwards every non-empty line that the user types is sent, without its line end.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub from_user: bool,
    /// Each message but the first waits for an answer to the one before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub take_turns: bool,
    /// After this text has been sent, nothing more is, and the connection is closed.
    pub stop_on: Option<String>,
    /// The connection is closed when the last message has been answered, instead of when the peer closes it; where a user
    /// types, that is when they type no more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub close_after_reply: bool,
}
