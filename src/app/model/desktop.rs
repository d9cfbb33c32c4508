//! What the desktop around the window wishes.

/// What a person set for the whole desktop; `None` where it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::app) struct DesktopPreferences {
    /// Dark colours.
    pub(in crate::app) dark: Option<bool>,
    /// As little motion as possible.
    pub(in crate::app) still: Option<bool>,
}
