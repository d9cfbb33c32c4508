//! The main views of the window: journal, conversation, ladder, stream, inspector, send box, pictures, HTTP, labs.
//!
//! Each view is a small struct with what a person did to it (scroll position, choice, typed text) and one `show` that
//! reads the shared data and pushes what the person wants as [`Action`](super::action::Action)s. The application carries
//! them out. Nothing here opens a file, decodes a picture or touches a socket.

pub mod choices;
pub mod conversation;
pub mod http;
pub mod inspector;
pub mod journal;
pub mod lab;
pub mod ladder;
pub mod pictures;
pub mod send_box;
pub mod shared;
pub mod site;
pub mod start;
pub mod stream;
