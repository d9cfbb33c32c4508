//! What a person chose in the views, as it is kept between runs. What they did to one connection (how far it is scrolled,
//! what is selected, the filter) ends with the run, so that the next one hides nothing.

use serde::{Deserialize, Serialize};

use crate::ui::views::{
    conversation, http,
    journal::detail,
    send_box::{Mode, Repeat},
    stream::CutChoice,
};

/// All of them. A field that an older version did not know gets its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// What is in the send box.
    pub send: Mode,
    /// The saved messages have no row above the box.
    pub saved_folded: bool,
    /// How the same is sent again and again.
    pub repeat: Repeat,
    /// How the saved messages are sent in order.
    pub in_order: Repeat,
    /// What of a record is shown.
    pub record: detail::Form,
    /// How messages of a conversation are shown.
    pub messages: conversation::Look,
    /// What of an HTTP answer is shown.
    pub answer: http::Form,
    /// The ladder has times.
    pub times: bool,
    /// What messages of a stream are made by.
    pub cut: CutChoice,
}
