//! What stands around the views whatever is shown: bars, the list of sessions, tabs, messages, the palette.

pub mod palette;
pub mod sessions;
pub mod status_bar;
pub mod tabs;
pub mod toast;
pub mod top_bar;
