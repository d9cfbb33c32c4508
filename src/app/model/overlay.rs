//! What lies over the window, one at a time.

use crate::ui::{
    action::Dialog,
    dialogs::{
        about::AboutPage, ask::Ask, help::HelpPage, name_page::NamePage, offer::Offer, path_page::PathPage,
        settings::SettingsPage,
    },
    forms::reach_form::ReachForm,
    frame::palette::PalettePage,
    preferences::Preferences,
};

/// What lies over the window, with what was typed into it.
pub(in crate::app) enum Overlay {
    Listen { fresh: bool },
    Connect { fresh: bool },
    Settings(SettingsPage),
    Palette(PalettePage),
    Help(HelpPage),
    About(AboutPage),
    Offer(Box<Offer>),
    Path(PathPage),
    Labs,
    Attempts(ReachForm),
    Ask(Ask),
    Name(NamePage),
    Details,
    Sessions,
}

impl Overlay {
    /// `None` where there is nothing to open by name alone: a path, an offer, a question and the page on the program itself
    /// come with what they are about.
    pub(in crate::app) fn new(dialog: Dialog, preferences: &Preferences) -> Option<Self> {
        Some(match dialog {
            Dialog::Listen => Self::Listen { fresh: true },
            Dialog::Connect => Self::Connect { fresh: true },
            Dialog::Settings => Self::Settings(SettingsPage::new(preferences)),
            Dialog::Palette => Self::Palette(PalettePage::default()),
            Dialog::Help => Self::Help(HelpPage::default()),
            Dialog::Offer | Dialog::Path | Dialog::About | Dialog::Ask | Dialog::Name => return None,
            Dialog::Labs => Self::Labs,
            Dialog::Details => Self::Details,
            Dialog::Sessions => Self::Sessions,
            Dialog::Attempts => Self::Attempts(ReachForm::default()),
        })
    }

    pub(in crate::app) fn dialog(&self) -> Dialog {
        match self {
            Self::Listen { .. } => Dialog::Listen,
            Self::Connect { .. } => Dialog::Connect,
            Self::Settings(_) => Dialog::Settings,
            Self::Palette(_) => Dialog::Palette,
            Self::Help(_) => Dialog::Help,
            Self::About(_) => Dialog::About,
            Self::Offer(_) => Dialog::Offer,
            Self::Path(_) => Dialog::Path,
            Self::Labs => Dialog::Labs,
            Self::Attempts(_) => Dialog::Attempts,
            Self::Ask(_) => Dialog::Ask,
            Self::Name(_) => Dialog::Name,
            Self::Details => Dialog::Details,
            Self::Sessions => Dialog::Sessions,
        }
    }
}
