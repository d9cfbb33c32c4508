//! The command table. A command owns its text, its explanation, its icon and its keys here and nowhere else; menus,
//! tooltips, the palette and the list of keys are made from it.

use egui::{Context, Key, KeyboardShortcut, Modifiers};

use super::{icons, tab::Tab};
use crate::{model::Snippet, words::text};

/// Everything that can be asked for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UiCommand {
    /// Opens the form of a new listener.
    Listen,
    /// Opens the form of a new client.
    Connect,
    /// Starts both ends here.
    TryIt,
    /// Opens the list of labs.
    Labs,
    /// Serves a folder by HTTP.
    ServeFolder,
    /// Opens a file.
    Open,
    /// Writes what is in the list to a file.
    SaveSession,
    /// Shows the caller that came last, with the keyboard in its send box.
    Newest,
    /// Sends what is in the send box.
    Send,
    /// Goes to the find field.
    Find,
    /// Goes to the next record that the filter of the journal takes.
    FindNext,
    /// Goes to the one before.
    FindPrevious,
    /// Saves the chosen record or picture.
    Save,
    /// Forgets all records.
    Clear,
    /// Half-closes the chosen connection.
    HalfClose,
    /// Closes the chosen connection.
    Close,
    /// Resets the chosen connection.
    Reset,
    /// Stops the chosen listener or client.
    Stop,
    /// Ends what is chosen, or takes it out of the list when it has ended.
    CloseTab,
    /// Puts the chosen session on the clipboard as a program.
    CopyAs(Snippet),
    /// Takes everything that has ended out of the list.
    RemoveEnded,
    /// Shows a view of what is selected.
    Show(Tab),
    /// Shows a picture from a file.
    OpenPicture,
    /// Shows or folds the list of sessions.
    ToggleSessions,
    /// Shows or folds the inspector.
    ToggleInspector,
    /// Goes to the n-th session, 1 to 9.
    Session(u8),
    /// Opens the settings.
    Settings,
    /// Light, dark, as the system.
    Theme,
    /// Larger.
    ZoomIn,
    /// Smaller.
    ZoomOut,
    /// 100 %.
    ZoomReset,
    /// Opens the palette.
    Palette,
    /// Opens keys, ideas and labs.
    Help,
    /// Opens version, licences and diagnostics.
    About,
}

/// What a command says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// In menus and in the palette.
    pub text: &'static str,
    /// What it does, in a tooltip and beside the text in the palette.
    pub tooltip: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// Modifiers and key, if it has any.
    pub keys: Option<KeyboardShortcut>,
}

const CTRL: Modifiers = Modifiers::COMMAND;

impl UiCommand {
    /// Every command, in the order of the palette: each view of the centre has one.
    pub fn all() -> impl Iterator<Item = Self> {
        const BEFORE: [UiCommand; 26] = [
            UiCommand::Listen,
            UiCommand::Connect,
            UiCommand::TryIt,
            UiCommand::Labs,
            UiCommand::ServeFolder,
            UiCommand::Open,
            UiCommand::SaveSession,
            UiCommand::Send,
            UiCommand::Newest,
            UiCommand::Find,
            UiCommand::FindNext,
            UiCommand::FindPrevious,
            UiCommand::Save,
            UiCommand::Clear,
            UiCommand::HalfClose,
            UiCommand::Close,
            UiCommand::Reset,
            UiCommand::Stop,
            UiCommand::CloseTab,
            UiCommand::CopyAs(Snippet::Curl),
            UiCommand::CopyAs(Snippet::Python),
            UiCommand::CopyAs(Snippet::HttpClient),
            UiCommand::CopyAs(Snippet::Netcat),
            UiCommand::CopyAs(Snippet::Socat),
            UiCommand::CopyAs(Snippet::Rust),
            UiCommand::RemoveEnded,
        ];
        const BETWEEN: [UiCommand; 3] = [UiCommand::OpenPicture, UiCommand::ToggleSessions, UiCommand::ToggleInspector];
        const AFTER: [UiCommand; 8] = [
            UiCommand::Settings,
            UiCommand::Theme,
            UiCommand::ZoomIn,
            UiCommand::ZoomOut,
            UiCommand::ZoomReset,
            UiCommand::Palette,
            UiCommand::Help,
            UiCommand::About,
        ];
        let views = Tab::ALL.into_iter().map(Self::Show);
        BEFORE.into_iter().chain(views).chain(BETWEEN).chain((1..=9).map(Self::Session)).chain(AFTER)
    }

    /// The command's row of the table.
    #[must_use]
    pub fn entry(self) -> Entry {
        let ctrl = |key| Some((CTRL, key));
        let plain = |key| Some((Modifiers::NONE, key));
        let (text, tooltip, icon, keys) = match self {
            Self::Listen => {
                (text!("New listener…"), text!("Wait for others to connect"), icons::BROADCAST, ctrl(Key::L))
            }
            Self::Connect => (text!("Connect…"), text!("Reach a program that listens"), icons::PLUGS, ctrl(Key::O)),
            Self::TryIt => (text!("Try it on this PC"), text!("Echo and a client, already talking"), icons::PLAY, None),
            Self::Labs => {
                (text!("Labs…"), text!("Sockets by example: sixteen to start with a click"), icons::FLASK, None)
            }
            Self::ServeFolder => {
                (text!("Serve a folder of pictures…"), text!("An HTTP listener on a folder"), icons::FOLDER_OPEN, None)
            }
            Self::Open => (text!("Open…"), text!("A saved session or a picture"), icons::FILE, None),
            Self::SaveSession => (
                text!("Save the session…"),
                text!("Listeners, clients and saved messages to a file"),
                icons::FLOPPY_DISK,
                None,
            ),
            Self::Send => (text!("Send"), text!("What is in the send box"), icons::PAPER_PLANE_RIGHT, ctrl(Key::Enter)),
            Self::Newest => (
                text!("Talk with the newest caller"),
                text!("Its conversation, with the keyboard in the send box"),
                icons::CHAT_TEXT,
                ctrl(Key::J),
            ),
            Self::Find => {
                (text!("Find in journal"), text!("Records that hold a text"), icons::MAGNIFYING_GLASS, ctrl(Key::F))
            }
            Self::FindNext => {
                (text!("Find next"), text!("The next record that was found"), icons::CARET_DOWN, plain(Key::F3))
            }
            Self::FindPrevious => (
                text!("Find previous"),
                text!("The one before of what was found"),
                icons::CARET_UP,
                Some((Modifiers::SHIFT, Key::F3)),
            ),
            Self::Save => {
                (text!("Save…"), text!("The chosen record or picture to a file"), icons::FLOPPY_DISK, ctrl(Key::S))
            }
            Self::Clear => (
                text!("Clear the journal"),
                text!("Forget all records"),
                icons::BROOM,
                Some((CTRL | Modifiers::SHIFT, Key::Delete)),
            ),
            Self::HalfClose => (
                text!("Half-close"),
                text!("Send FIN: nothing more goes out, what comes is still received"),
                icons::ARROW_LINE_RIGHT,
                None,
            ),
            Self::Close => (text!("Close"), text!("Close the connection in order"), icons::X_CIRCLE, None),
            Self::Reset => {
                (text!("Reset"), text!("Close with RST: unsent bytes are thrown away"), icons::LIGHTNING, None)
            }
            Self::Stop => {
                (text!("Stop"), text!("End the listener or the client with all its connections"), icons::STOP, None)
            }
            Self::CloseTab => (
                text!("Close or remove"),
                text!("End what is chosen; take it out of the list when it has ended"),
                icons::X,
                ctrl(Key::W),
            ),
            Self::CopyAs(kind) => {
                (copy_as(kind), text!("A program that does what the chosen session did"), icons::CODE, None)
            }
            Self::RemoveEnded => {
                (text!("Remove what has ended"), text!("From the list of sessions"), icons::TRASH, None)
            }
            Self::Show(tab) => {
                let view = tab.entry();
                (view.command, view.tooltip, view.icon, None)
            }
            Self::OpenPicture => {
                (text!("Open a picture…"), text!("Shows a file of this PC in the viewer"), icons::FOLDER_OPEN, None)
            }
            Self::ToggleSessions => {
                (text!("Fold the sessions"), text!("More room for the rest"), icons::SIDEBAR_SIMPLE, ctrl(Key::B))
            }
            Self::ToggleInspector => {
                (text!("Fold the inspector"), text!("More room for the rest"), icons::SIDEBAR_SIMPLE, ctrl(Key::I))
            }
            Self::Session(number) => session_entry(number),
            Self::Settings => {
                (text!("Settings…"), text!("Theme, text size, journal"), icons::GEAR_SIX, ctrl(Key::Comma))
            }
            Self::Theme => (text!("Change the theme"), text!("Light, dark, as the system"), icons::CIRCLE_HALF, None),
            Self::ZoomIn => (text!("Larger text"), text!("The whole window"), icons::PLUS, ctrl(Key::Plus)),
            Self::ZoomOut => (text!("Smaller text"), text!("The whole window"), icons::MINUS, ctrl(Key::Minus)),
            Self::ZoomReset => (text!("Text at 100 %"), text!("The whole window"), icons::TEXT_AA, ctrl(Key::Num0)),
            Self::Palette => (text!("All commands…"), text!("By name"), icons::COMMAND, ctrl(Key::K)),
            Self::Help => (text!("Help…"), text!("Keys, ideas and labs"), icons::QUESTION, plain(Key::F1)),
            Self::About => (text!("About…"), text!("Version, licences, diagnostics"), icons::INFO, None),
        };
        Entry { text, tooltip, icon, keys: keys.map(|(modifiers, key)| KeyboardShortcut::new(modifiers, key)) }
    }

    /// Its keys as they stand on a key cap, `Ctrl L`; empty when it has none.
    #[must_use]
    pub fn keys_text(self) -> String {
        let Some(keys) = self.entry().keys else { return String::new() };
        let mut words = String::new();
        if keys.modifiers.command {
            words.push_str(if cfg!(target_os = "macos") { "⌘ " } else { "Ctrl " });
        }
        if keys.modifiers.shift {
            words.push_str(if cfg!(target_os = "macos") { "⇧ " } else { "Shift " });
        }
        words.push_str(keys.logical_key.symbol_or_name());
        words
    }

    /// Its explanation with the keys after it, for a tooltip.
    #[must_use]
    pub fn tooltip(self) -> String {
        let entry = self.entry();
        let keys = self.keys_text();
        if keys.is_empty() { entry.tooltip.to_owned() } else { format!("{} · {keys}", entry.tooltip) }
    }

    /// The commands whose keys were pressed since the last frame; their key events are taken away. Keys of the first
    /// `saved` sessions are left to saved messages.
    #[must_use]
    pub fn pressed(ctx: &Context, saved: usize) -> Vec<Self> {
        if !ctx.input(|input| input.events.iter().any(|event| matches!(event, egui::Event::Key { pressed: true, .. })))
        {
            return Vec::new();
        }
        ctx.input_mut(|input| {
            let mut pressed: Vec<Self> = Self::all()
                // Ctrl+Enter belongs to the send box, which knows whether it may send.
                .filter(|command| *command != Self::Send)
                .filter(|command| !matches!(command, Self::Session(number) if usize::from(*number) <= saved))
                .filter(|command| command.entry().keys.is_some_and(|keys| input.consume_shortcut(&keys)))
                .collect();
            // The key beside the digits gives `=` without Shift.
            if input.consume_shortcut(&KeyboardShortcut::new(CTRL, Key::Equals)) {
                pressed.push(Self::ZoomIn);
            }
            pressed
        })
    }
}

type Row = (&'static str, &'static str, &'static str, Option<(Modifiers, Key)>);

fn session_entry(number: u8) -> Row {
    let (text, key) = match number {
        1 => (text!("Go to session 1"), Key::Num1),
        2 => (text!("Go to session 2"), Key::Num2),
        3 => (text!("Go to session 3"), Key::Num3),
        4 => (text!("Go to session 4"), Key::Num4),
        5 => (text!("Go to session 5"), Key::Num5),
        6 => (text!("Go to session 6"), Key::Num6),
        7 => (text!("Go to session 7"), Key::Num7),
        8 => (text!("Go to session 8"), Key::Num8),
        _ => (text!("Go to session 9"), Key::Num9),
    };
    (text, text!("In the order of the list"), icons::HASH, Some((CTRL, key)))
}

/// How copying as a program reads in a menu.
#[must_use]
pub fn copy_as(kind: Snippet) -> &'static str {
    match kind {
        Snippet::Curl => text!("Copy as curl"),
        Snippet::Python => text!("Copy as Python (socket)"),
        Snippet::HttpClient => text!("Copy as Python (http.client)"),
        Snippet::Netcat => text!("Copy as nc"),
        Snippet::Socat => text!("Copy as socat"),
        Snippet::Rust => text!("Copy as Rust"),
    }
}
